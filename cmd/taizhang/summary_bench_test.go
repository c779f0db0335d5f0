package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
	"taizhang/internal/workbook"
	"taizhang/queries"
	"taizhang/queries/weekly"
)

// weeklyOf opens a publication and builds its workbook.
func weeklyOf(b *testing.B, path string) workbook.Book {
	b.Helper()
	r, err := queries.Open(path, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	book, err := weekly.Build(context.Background(), r, warehouse.Point{}, weekly.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return book
}

// BenchmarkSummary is the demo's whole workbook with its queries: opening,
// asking, writing. Budget: 0.3 s of CPU.
func BenchmarkSummary(b *testing.B) {
	path, err := warehouse.Newest(filepath.Join(demoZone(b), "published"))
	if err != nil {
		b.Fatal(err)
	}
	var ask, write time.Duration
	for b.Loop() {
		at := warehousetest.CPU()
		book := weeklyOf(b, path)
		then := warehousetest.CPU()
		if err := book.Write(&bytes.Buffer{}); err != nil {
			b.Fatal(err)
		}
		ask, write = ask+then-at, write+warehousetest.CPU()-then
	}
	per := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 / float64(b.N) }
	b.ReportMetric(per(ask), "ask-cpu-ms/op")
	b.ReportMetric(per(write), "write-cpu-ms/op")
	b.ReportMetric(per(ask+write), "cpu-ms/op")
}

// BenchmarkAgainstXlsxWriter writes the demo's workbook, and its cells with
// XlsxWriter: the ratio of CPU times is to stay under 1. PYTHON names the
// interpreter that has it.
func BenchmarkAgainstXlsxWriter(b *testing.B) {
	python := os.Getenv("PYTHON")
	if python == "" {
		python = "python3"
	}
	if out, err := exec.Command(python, "-c", "import xlsxwriter").CombinedOutput(); err != nil {
		b.Skipf("XlsxWriter is missing: %s -c 'import xlsxwriter': %v\n%s\ninstall it with: python3 -m venv venv && venv/bin/pip install xlsxwriter, and set PYTHON=venv/bin/python", python, err, out)
	}
	path, err := warehouse.Newest(filepath.Join(demoZone(b), "published"))
	if err != nil {
		b.Fatal(err)
	}
	book := weeklyOf(b, path)
	var file bytes.Buffer
	if err := book.Write(&file); err != nil {
		b.Fatal(err)
	}
	content, cells := cellsOf(b, file.Bytes())
	c := exec.Command(python, "testdata/against_xlsxwriter.py", "5")
	c.Stdin, c.Stderr = bytes.NewReader(content), os.Stderr
	out, err := c.Output()
	if err != nil {
		b.Fatal(err)
	}
	words := strings.Fields(string(out))
	if words[0] != strconv.Itoa(cells) {
		b.Fatalf("XlsxWriter wrote %s cells, not %d", words[0], cells)
	}
	theirs, err := strconv.ParseFloat(words[1], 64)
	if err != nil {
		b.Fatal(err)
	}
	best := time.Duration(1 << 62)
	for b.Loop() {
		at := warehousetest.CPU()
		if err := book.Write(&bytes.Buffer{}); err != nil {
			b.Fatal(err)
		}
		best = min(best, warehousetest.CPU()-at)
	}
	b.ReportMetric(float64(cells), "cells")
	b.ReportMetric(theirs*1000, "xlsxwriter-ms")
	b.ReportMetric(best.Seconds()/theirs, "ratio")
}

// cellsOf is what a workbook holds, for XlsxWriter to write again.
func cellsOf(b *testing.B, file []byte) (content []byte, cells int) {
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	type sheet struct {
		Name   string    `json:"name"`
		Widths []float64 `json:"widths"`
		Merges [][4]int  `json:"merges"`
		Rows   [][][]any `json:"rows"`
	}
	var sheets []sheet
	styles := 0
	for _, name := range f.GetSheetList() {
		s := sheet{Name: name, Merges: [][4]int{}, Rows: [][][]any{}, Widths: []float64{}}
		size, err := f.GetSheetDimension(name)
		if err != nil {
			b.Fatal(err)
		}
		_, corner, _ := strings.Cut(size, ":")
		width, height, err := excelize.CellNameToCoordinates(corner)
		if err != nil {
			b.Fatal(err)
		}
		for col := range width {
			letter, _ := excelize.ColumnNumberToName(col + 1)
			w, _ := f.GetColWidth(name, letter)
			s.Widths = append(s.Widths, w)
		}
		for row := range height {
			line := [][]any{}
			for col := range width {
				at, _ := excelize.CoordinatesToCellName(col+1, row+1)
				style, _ := f.GetCellStyle(name, at)
				text, _ := f.GetCellValue(name, at, excelize.Options{RawCellValue: true})
				kind, _ := f.GetCellType(name, at)
				formula, _ := f.GetCellFormula(name, at)
				if style == 0 && text == "" {
					continue
				}
				styles = max(styles, style+1)
				var value any
				if n, err := strconv.ParseFloat(text, 64); err == nil && kind != excelize.CellTypeInlineString {
					value = n
				} else if text != "" {
					value = text
				}
				line = append(line, []any{col, style, value, formula})
				cells++
			}
			s.Rows = append(s.Rows, line)
		}
		merged, err := f.GetMergeCells(name)
		if err != nil {
			b.Fatal(err)
		}
		for _, m := range merged {
			c1, r1, _ := excelize.CellNameToCoordinates(m.GetStartAxis())
			c2, r2, _ := excelize.CellNameToCoordinates(m.GetEndAxis())
			s.Merges = append(s.Merges, [4]int{r1 - 1, c1 - 1, r2 - 1, c2 - 1})
		}
		sheets = append(sheets, s)
	}
	content, err = json.Marshal(map[string]any{"sheets": sheets, "styles": styles})
	if err != nil {
		b.Fatal(err)
	}
	if len(sheets) == 0 {
		b.Fatal(fmt.Errorf("no sheets"))
	}
	return content, cells
}
