package anyfile_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/sheettest"

	"github.com/xuri/excelize/v2"
)

// otherwise are files that excelize reads differently, and why it is wrong or
// means the same.
var otherwise = map[string]string{
	"nasty/15_sst_elsewhere.xlsx":     "excelize looks for shared strings at xl/sharedStrings.xml only, and leaves all texts empty",
	"nasty/16_rels_custom_names.xlsx": "the same",
	"nasty/17_empty_s_attribute.xlsx": `excelize gives nothing for cells with s=""`,
	"nasty/24_strict.xlsx":            "excelize hands out the ISO date as text",
	"xlsx/strict_iso_dates.xlsx":      "the same",
	"nasty/25_1904.xlsx":              "excelize does not convert the 1904 system",
	"xlsx/date_1904.xlsx":             "the same",
	"xlsx/escapes_x005f.xlsx":         "excelize resolves every _xHHHH_; we leave alone what no writer needs to escape",
}

// TestAgainstExcelize compares with excelize's raw values on every workbook of
// the corpus that both read.
func TestAgainstExcelize(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	dir := sheettest.CorpusDir(t)
	files, cells := 0, 0
	for _, f := range sheettest.ReadCorpus(t, dir) {
		data, err := os.ReadFile(filepath.Join(dir, f.Name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(data, []byte("PK\x03\x04")) || strings.HasPrefix(f.Name, "ods/") {
			continue
		}
		grids, err := sheettest.ReadAll(f.Name, data)
		if err != nil {
			continue
		}
		x, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: 256 << 20})
		if err != nil {
			t.Logf("%s: only we read it: excelize says %v", f.Name, err)
			continue
		}
		files++
		n, bad := sameAsExcelize(x, grids)
		x.Close()
		cells += n
		switch why := otherwise[f.Name]; {
		case len(bad) == 0 && why != "":
			t.Errorf("%s: agrees now; take it off the list", f.Name)
		case len(bad) > 0 && why == "":
			t.Errorf("%s: %d of %d differ\n\t%s", f.Name, len(bad), n, strings.Join(bad[:min(4, len(bad))], "\n\t"))
		}
	}
	t.Logf("%d workbooks, %d cells, %d workbooks differ for a reason", files, cells, len(otherwise))
}

func sameAsExcelize(x *excelize.File, grids []*sheet.Grid) (n int, bad []string) {
	for _, g := range grids {
		rows, err := x.GetRows(g.Name, excelize.Options{RawCellValue: true})
		if err != nil {
			return n, append(bad, g.Name+": "+err.Error())
		}
		theirs := map[string]string{}
		for r, cols := range rows {
			for c, v := range cols {
				if v != "" {
					theirs[sheet.Ref(r+1, c+1)] = v
				}
			}
		}
		for _, r := range g.Rows {
			for _, c := range r.Cells {
				n++
				v := theirs[c.Ref()]
				delete(theirs, c.Ref())
				if !sameRaw(c, v) {
					bad = append(bad, fmt.Sprintf("%s!%s: %v %q, excelize %q", g.Name, c.Ref(), c.Kind, c.Text, v))
				}
			}
		}
		for ref, v := range theirs {
			bad = append(bad, fmt.Sprintf("%s!%s: nothing, excelize %q", g.Name, ref, v))
		}
	}
	return n, bad
}

func sameRaw(c sheet.Cell, v string) bool {
	switch c.Kind {
	case sheet.Number, sheet.Date, sheet.Time:
		f, err := strconv.ParseFloat(v, 64)
		return err == nil && math.Abs(f-c.Num) <= 1e-9*math.Max(1, math.Abs(f))
	case sheet.Bool:
		return v == "1" && c.Num == 1 || v == "0" && c.Num == 0 || strings.EqualFold(v, c.Text)
	case sheet.Empty:
		return v == ""
	}
	v = strings.ReplaceAll(strings.ReplaceAll(v, "\r\n", "\n"), "\r", "\n")
	return v == c.Text
}
