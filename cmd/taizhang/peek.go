package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/internal/lang"
	"taizhang/internal/zone"
)

func (a *app) peekCmd() *cobra.Command {
	var which string
	c := &cobra.Command{
		Use:   "peek FILE",
		Short: lang.Phrase("Show what the reader sees in a spreadsheet; no zone is needed", "显示表格文件读出来的内容；不需要园区"),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var write func(p *peeked) error
			switch a.format {
			case "json":
				write = a.peekJSON
			case "csv":
				write = a.peekCSV
			case "table":
				write = a.peekTable
			default:
				return usagef("unknown format %q: table, csv or json", "没有 %q 这种格式：table、csv 或 json", a.format)
			}
			file, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			if err := notFolder(file.Stat()); err != nil {
				return err
			}
			p, err := a.peekAt(cmd.Context(), file, which)
			if err != nil {
				return err
			}
			return write(p)
		},
	}
	c.Flags().StringVar(&which, "sheet", "", lang.Phrase("one sheet, by name or number from 1", "只看一张工作表，写名称或序号（从1起）"))
	return c
}

// notFolder refuses a folder where a file is asked for.
func notFolder(info fs.FileInfo, err error) error {
	if err == nil && info.IsDir() {
		return usagef("%s is a folder, not a file", "%s 是文件夹，不是文件", info.Name())
	}
	return err
}

// peeked is a file that was read once, to the end of every sheet asked for, and
// can be read again while it is printed: it is never held in memory, however
// many rows it has or repeats.
type peeked struct {
	book   *sheet.Book
	sheets []peekedSheet
}

// peekedSheet is what reading it once told of a sheet.
type peekedSheet struct {
	sheet.SheetInfo
	index         int
	rows, columns int         // the last that hold something
	head          []sheet.Row // its first rows
	more          int         // rows after them
	sorted        *sheet.Grid // of a sheet whose rows are in disorder, as broken files have them
}

// peekAt reads the sheets asked for. The time for a file bounds this reading;
// printing may wait for whoever reads what is printed.
func (a *app) peekAt(ctx context.Context, file *os.File, which string) (*peeked, error) {
	lim := sheet.DefaultLimits()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > lim.FileBytes {
		return nil, lang.Errorf("%s: the file has %d MB, more than the %d MB that are read", "%s: 文件有%dMB，超过%dMB的上限", file.Name(), info.Size()>>20, lim.FileBytes>>20)
	}
	within, cancel := context.WithTimeout(ctx, zone.DefaultLimits().Time)
	defer cancel()
	book, err := anyfile.OpenAt(within, info.Name(), file, info.Size(), lim)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file.Name(), err)
	}
	indexes, err := chosen(book.Sheets(), which, a.format)
	if err != nil {
		return nil, err
	}
	p := &peeked{}
	for _, i := range indexes {
		s, err := surveySheet(book, i)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file.Name(), err)
		}
		p.sheets = append(p.sheets, s)
	}
	if p.book, err = anyfile.OpenAt(ctx, info.Name(), file, info.Size(), lim); err != nil {
		return nil, fmt.Errorf("%s: %w", file.Name(), err)
	}
	return p, nil
}

// chosen gives the sheets asked for: all, or the first visible one for csv.
func chosen(sheets []sheet.SheetInfo, which, format string) ([]int, error) {
	if which != "" {
		for i, s := range sheets {
			if s.Name == which {
				return []int{i}, nil
			}
		}
		if n, err := strconv.Atoi(which); err == nil && n >= 1 && n <= len(sheets) {
			return []int{n - 1}, nil
		}
		return nil, usagef("no sheet %q; there are %d", "没有工作表 %q；共有%d张", which, len(sheets))
	}
	var out []int
	for i, s := range sheets {
		if format == "csv" && !s.Hidden {
			return []int{i}, nil
		}
		out = append(out, i)
	}
	if format == "csv" {
		return nil, lang.Errorf("the workbook has no visible sheet", "工作簿中没有可见的工作表")
	}
	return out, nil
}

// peekRows is how many rows a table shows.
const peekRows = 20

// surveySheet reads a sheet to its end.
func surveySheet(book *sheet.Book, i int) (peekedSheet, error) {
	s := peekedSheet{SheetInfo: book.Sheets()[i], index: i}
	last, ordered := 0, true
	note := func(r *sheet.Row) error {
		ordered = ordered && r.N > last
		last = r.N
		for _, c := range r.Cells {
			if c.Kind != sheet.Empty {
				s.rows, s.columns = max(s.rows, r.N), max(s.columns, c.Col)
			}
		}
		if len(s.head) < peekRows {
			s.head = append(s.head, sheet.Row{N: r.N, Cells: slices.Clone(r.Cells)})
		} else {
			s.more++
		}
		return nil
	}
	if err := book.Each(i, note); err != nil {
		return s, err
	}
	if ordered {
		return s, nil
	}
	g, err := book.Grid(i)
	if err != nil {
		return s, err
	}
	s.sorted, s.head, s.more = g, g.Rows[:min(peekRows, len(g.Rows))], max(0, len(g.Rows)-peekRows)
	return s, nil
}

// each calls fn for the rows of a sheet in ascending order.
func (p *peeked) each(s *peekedSheet, fn func(r *sheet.Row) error) error {
	if s.sorted == nil {
		return p.book.Each(s.index, fn)
	}
	for i := range s.sorted.Rows {
		if err := fn(&s.sorted.Rows[i]); err != nil {
			return err
		}
	}
	return nil
}

func cellValue(c sheet.Cell) any {
	switch c.Kind {
	case sheet.Number:
		if json.Valid([]byte(c.Text)) {
			return json.Number(c.Text)
		}
		return c.Num
	case sheet.Bool:
		return c.Num != 0
	}
	return c.Text
}

// peekJSON writes the sheets as printJSON would, cell by cell.
func (a *app) peekJSON(p *peeked) error {
	w := bufio.NewWriter(a.out)
	e := &cellWriter{w: w}
	w.WriteByte('[')
	for i := range p.sheets {
		s := &p.sheets[i]
		e.comma(i == 0, "\n ")
		w.WriteString("{\n  \"sheet\": ")
		e.value(s.Name)
		fmt.Fprintf(w, ",\n  \"hidden\": %v,\n  \"rows\": %d,\n  \"columns\": %d,\n  \"cells\": [", s.Hidden, s.rows, s.columns)
		cells := 0
		if err := p.each(s, func(r *sheet.Row) error {
			for _, c := range r.Cells {
				if c.Kind != sheet.Empty {
					e.cell(c, cells == 0)
					cells++
				}
			}
			return e.err
		}); err != nil {
			return err
		}
		if cells > 0 {
			w.WriteString("\n  ")
		}
		w.WriteString("]\n }")
	}
	if len(p.sheets) > 0 {
		w.WriteByte('\n')
	}
	w.WriteString("]\n")
	if e.err != nil {
		return e.err
	}
	return w.Flush()
}

// cellWriter writes the elements of an array; it keeps the first error.
type cellWriter struct {
	w   *bufio.Writer
	buf bytes.Buffer
	err error
}

func (e *cellWriter) comma(first bool, space string) {
	if !first {
		e.w.WriteByte(',')
	}
	e.w.WriteString(space)
}

// value writes a value as encoding/json does; a text without anything to escape
// directly, since a sheet may have millions.
func (e *cellWriter) value(v any) {
	if s, ok := v.(string); ok && plainJSON(s) {
		e.w.WriteByte('"')
		e.w.WriteString(s)
		e.w.WriteByte('"')
		return
	}
	if n, ok := v.(json.Number); ok {
		e.w.WriteString(n.String())
		return
	}
	e.buf.Reset()
	enc := json.NewEncoder(&e.buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	if err == nil {
		_, err = e.w.Write(bytes.TrimSuffix(e.buf.Bytes(), []byte("\n"))) // a bufio.Writer tells of every earlier failure
	}
	if e.err == nil {
		e.err = err
	}
}

func (e *cellWriter) cell(c sheet.Cell, first bool) {
	e.comma(first, "\n   {\n    \"ref\": \"")
	e.w.WriteString(c.Ref())
	e.w.WriteString("\",\n    \"type\": \"")
	e.w.WriteString(c.Kind.String())
	e.w.WriteString("\",\n    \"value\": ")
	e.value(cellValue(c))
	e.w.WriteString(",\n    \"text\": ")
	e.value(c.Text)
	if c.Formula {
		e.w.WriteString(",\n    \"formula\": true")
	}
	e.w.WriteString("\n   }")
}

// plainJSON says whether a text stands in JSON as it is.
func plainJSON(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c == 0xe2 { // U+2028 and U+2029 begin with E2
			return false
		}
	}
	return utf8.ValidString(s)
}

// rowTexts spreads a row over the sheet's columns.
func rowTexts(r sheet.Row, columns int) []string {
	out := make([]string, columns)
	for _, c := range r.Cells {
		if c.Col <= columns && c.Kind != sheet.Empty {
			out[c.Col-1] = c.Text
		}
	}
	return out
}

func (a *app) peekCSV(p *peeked) error {
	s := &p.sheets[0]
	w := csv.NewWriter(a.out)
	blank := make([]string, max(s.columns, 1))
	next := 1
	if err := p.each(s, func(r *sheet.Row) error {
		if r.N > s.rows {
			return nil
		}
		for ; next < r.N; next++ { // empty rows keep their place
			if err := w.Write(blank); err != nil {
				return err
			}
		}
		next++
		return w.Write(rowTexts(*r, s.columns))
	}); err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}

func (a *app) peekTable(p *peeked) error {
	for _, s := range p.sheets {
		hidden := lang.Text{}
		if s.Hidden {
			hidden = lang.Say(", hidden", "，隐藏")
		}
		fmt.Fprint(a.out, lang.Say("%s: %d rows, %d columns%s\n", "%s：%d行，%d列%s\n", s.Name, s.rows, s.columns, hidden))
		head := []string{""}
		for c := 1; c <= s.columns; c++ {
			head = append(head, sheet.ColumnName(c))
		}
		var lines [][]string
		for _, r := range s.head {
			cells := rowTexts(r, s.columns)
			for j, t := range cells {
				if n := []rune(t); len(n) > 24 {
					cells[j] = string(n[:23]) + "…"
				}
			}
			lines = append(lines, append([]string{strconv.Itoa(r.N)}, cells...))
		}
		if err := printTable(a.out, head, lines, make([]bool, len(head))); err != nil {
			return err
		}
		if s.more > 0 {
			fmt.Fprint(a.out, lang.Say("… %d more rows\n", "……还有%d行\n", s.more))
		}
		fmt.Fprintln(a.out)
	}
	return nil
}
