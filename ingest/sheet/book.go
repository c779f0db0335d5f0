package sheet

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"unsafe"
)

// Formats that are read.
const (
	XLSX    = "xlsx"
	XLSM    = "xlsm"
	XLS     = "xls" // also WPS .et
	CSV     = "csv" // also tab- and semicolon-separated text
	ODS     = "ods"
	HTML    = "html"
	XML2003 = "xml2003" // SpreadsheetML of Excel 2002 and 2003
)

// Book is one open file. It owns no file handle and needs no closing; it is
// not for use by several goroutines at once.
type Book struct {
	Format   string // one of the formats above
	Macros   bool   // carries a VBA project (which nothing here ever runs)
	Date1904 bool   // dates were stored in the 1904 system; cells are converted already
	Charset  string // of csv and html: utf-8, utf-16le, utf-16be, gb18030, …

	lim    Limits
	sheets []SheetInfo
	src    Source
	grids  int64 // bytes of the grids made so far
}

// SheetInfo describes a sheet. Chart, dialog and macro sheets have no cells and
// are not listed.
type SheetInfo struct {
	Name   string
	Hidden bool // hidden or very hidden
}

// Source is what a format's reader provides: the rows of sheet i in file order,
// then its merged ranges. The row is reused between calls, its strings are not.
type Source interface {
	Each(i int, fn func(*Row) error) ([]Range, error)
}

// New begins the book that a format's reader makes; [Book.Add] gives it its sheets.
func New(format string, lim Limits, src Source) *Book {
	return &Book{Format: format, lim: lim, src: src}
}

// Add lists the next sheet.
func (b *Book) Add(s SheetInfo) { b.sheets = append(b.sheets, s) }

// Guard calls what opens a book with limits that are complete and end with ctx. Whatever goes wrong in it becomes a *Refusal.
func Guard(ctx context.Context, lim Limits, open func(lim Limits) (*Book, error)) (b *Book, err error) {
	defer func() {
		if p := recover(); p != nil {
			b, err = nil, Damage("panic: %v", p)
		}
	}()
	lim = lim.Filled()
	lim.ctx = ctx
	b, err = open(lim)
	if err != nil {
		return nil, AsRefusal(err)
	}
	if len(b.sheets) > lim.Sheets {
		return nil, Refuse(TooLarge, "%d sheets", len(b.sheets))
	}
	for i := range b.sheets {
		b.sheets[i].Name = strings.Clone(b.sheets[i].Name)
	}
	return b, nil
}

// Sheets lists the sheets in order.
func (b *Book) Sheets() []SheetInfo { return b.sheets }

// Rename gives the sheets other names, in order.
func (b *Book) Rename(names func([]string) []string) {
	old := make([]string, len(b.sheets))
	for i := range b.sheets {
		old[i] = b.sheets[i].Name
	}
	for i, n := range names(old) {
		b.sheets[i].Name = n
	}
}

// Each calls fn for every row of sheet i that has a cell, in the order of the
// file, which is ascending in all but broken files ([Row.N] tells; [Book.Grid]
// sorts). The row and its cells are valid only during the call; the texts may
// be kept. An error of fn ends the walk and is returned as it is; any other
// error is a *Refusal, and the rows handed out before it are not to be used.
func (b *Book) Each(i int, fn func(*Row) error) error {
	_, err := b.Walk(i, fn)
	return err
}

// Walk is [Book.Each] that also gives the merged cells, which a file names after its rows.
func (b *Book) Walk(i int, fn func(*Row) error) (m []Range, err error) {
	if i < 0 || i >= len(b.sheets) {
		return nil, fmt.Errorf("sheet: no sheet %d of %d", i, len(b.sheets))
	}
	inFn := false
	var fnErr error
	defer func() {
		if p := recover(); p != nil {
			if inFn { // the caller's own fault, not the file's
				panic(p)
			}
			m, err = nil, Damage("panic: %v", p)
		}
	}()
	if err := b.lim.Expired(); err != nil {
		return nil, err
	}
	rows := 0
	m, err = b.src.Each(i, func(r *Row) error {
		if rows++; rows&255 == 0 {
			if err := b.lim.Expired(); err != nil {
				return err
			}
		}
		inFn = true
		fnErr = fn(r)
		inFn = false
		return fnErr
	})
	if fnErr != nil {
		return nil, fnErr
	}
	return m, AsRefusal(err)
}

// Grid reads sheet i whole: rows in ascending order, cells from left to right.
// A cell given twice with different values is damage.
func (b *Book) Grid(i int) (*Grid, error) { return b.grid(i, math.MaxInt) }

// grid reads sheet i whole, and packs the rows after the first loose ones.
func (b *Book) grid(i, loose int) (*Grid, error) {
	g := &Grid{}
	cells, sorted := 0, true
	var slab []Cell // rows share slabs: one allocation per many rows
	m, err := b.Walk(i, func(r *Row) error {
		if cells += len(r.Cells); cells > b.lim.Cells {
			return Refuse(TooLarge, "more than %d cells", b.lim.Cells)
		}
		for k := range r.Cells {
			b.grids += int64(len(r.Cells[k].Text))
		}
		if b.grids += int64(len(r.Cells)) * int64(unsafe.Sizeof(Cell{})); b.grids > b.lim.GridBytes {
			return Refuse(TooLarge, "more than %d bytes of cells: %w", b.lim.GridBytes, ErrMemory)
		}
		if n := len(g.Rows); n > 0 && r.N <= g.Rows[n-1].N {
			sorted = false
		}
		if len(g.Rows) >= loose && len(r.Cells) > 0 {
			if packed, ok := g.pack(r); ok {
				g.Rows = append(g.Rows, Row{N: r.N, Fields: r.Fields, Hidden: r.Hidden, packed: packed})
				return nil
			}
		}
		if cap(slab)-len(slab) < len(r.Cells) {
			slab = make([]Cell, 0, max(len(r.Cells), min(max(cells, 32), 4096)))
		}
		at := len(slab)
		slab = append(slab, r.Cells...)
		g.Rows = append(g.Rows, Row{N: r.N, Fields: r.Fields, Hidden: r.Hidden, Cells: slab[at:len(slab):len(slab)]})
		return nil
	})
	if err != nil {
		return nil, err
	}
	g.Name, g.Hidden, g.Merged = b.sheets[i].Name, b.sheets[i].Hidden, m
	if src, ok := b.src.(Commented); ok {
		if g.Comments, err = src.Comments(i); err != nil {
			return nil, AsRefusal(err)
		}
	}
	if src, ok := b.src.(Concealing); ok {
		g.Concealed = src.HiddenColumns()
	}
	if !sorted {
		g = g.Unpacked()
		if g.Rows, err = MergeRows(g.Rows); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// MergeRows sorts rows and joins those with the same number.
func MergeRows(rows []Row) ([]Row, error) {
	slices.SortStableFunc(rows, func(a, b Row) int { return a.N - b.N })
	out := rows[:0]
	for i := 0; i < len(rows); {
		r, n := rows[i], i+1
		for n < len(rows) && rows[n].N == r.N {
			n++
		}
		if n > i+1 { // joined at once: there may be a million of them
			var cells []Cell
			for _, twin := range rows[i:n] {
				cells = append(cells, twin.Cells...)
				r.Hidden = r.Hidden && twin.Hidden
			}
			var err error
			if r.Cells, err = SortCells(cells); err != nil {
				return nil, err
			}
		}
		out = append(out, r)
		i = n
	}
	return out, nil
}

// SortCells orders the cells of one row; equal twins become one, others are damage.
func SortCells(cells []Cell) ([]Cell, error) {
	slices.SortStableFunc(cells, func(a, b Cell) int { return a.Col - b.Col })
	out := cells[:0]
	for _, c := range cells {
		if n := len(out); n > 0 && out[n-1].Col == c.Col {
			if out[n-1].Kind != c.Kind || out[n-1].Text != c.Text {
				return nil, Damage("cell %s is there twice: %q and %q", c.Ref(), out[n-1].Text, c.Text)
			}
			continue
		}
		out = append(out, c)
	}
	return out, nil
}
