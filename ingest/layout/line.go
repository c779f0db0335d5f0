package layout

import (
	"taizhang/ingest/finding"
	"taizhang/ingest/heading"
	"taizhang/ingest/sheet"
)

// stretch is what the lines below one head have in common.
type stretch struct {
	Sheet string
	At    []heading.Placed // by field; col 0 where the sheet has no such column
	Block int              // which of the table's heads they stand below
	Head  *heading.Head
	kept  *sheet.Shelf

	fields   []int16    // by column: the number of its field from 1; nil where lines take more than the cells of their rows: see direct
	required int        // how many columns of required fields there are
	glances  [][]glance // by field and text that is repeated: see plain.go
}

// Line is one row of data as written: a cell per field of the form. It holds no cells of the sheet, which can be let go
// of once its tables are read.
type Line struct {
	*stretch
	N      int // row number on the sheet
	cells  string
	more   *lineMore // nil for nearly all
	index  int32     // of the page's rows
	filled uint16    // of a plain line: how many cells somebody sees something in
	plain  bool      // cells are those of the row as the grid packed it, and nothing is to be said of them: see plain.go
	weak   bool      // nothing but a number or formulas: prepared, perhaps not filled in
}

// lineMore is what few lines have.
type lineMore struct {
	rolled []heading.Rolled // cells under 累计 headings
	void   *sheet.Cell      // a remark that says that the row is void
	struck bool             // all of its cells are struck through
	faults []Fault          // what the layout itself makes unreadable

	crossed []finding.Finding // cells that are struck through, or that nobody can see
}

// Cell gives the cell of a field, by its place in the form.
func (l *Line) Cell(k int) sheet.Cell {
	if l.plain {
		if l.At[k].Col == 0 {
			return sheet.Cell{}
		}
		return l.kept.Under(l.cells, l.N, l.At[k].Col)
	}
	return l.kept.Take(l.cells, l.N, k)
}

// Cells gives all cells, by field, in into where it has room.
func (l *Line) Cells(into []sheet.Cell) []sheet.Cell {
	if l.plain {
		return l.placed(into)
	}
	return l.kept.All(l.cells, l.N, into[:0])
}

// Shelf is what holds the line's cells: it numbers the texts that are repeated.
func (l *Line) Shelf() *sheet.Shelf { return l.kept }

// setCell puts another cell in a field's place.
func (l *Line) setCell(k int, c sheet.Cell) {
	cells := l.Cells(nil)
	cells[k] = c
	l.cells, l.plain = l.kept.Put(l.N, cells), false
}

func (l *Line) extra() *lineMore {
	if l.more == nil {
		l.more = &lineMore{}
	}
	return l.more
}

// Place is where a field of the line stands; no cell where the sheet has no column for it.
func (l *Line) Place(k int, value string) finding.Place {
	at := finding.Place{Sheet: l.Sheet, Row: l.N, Field: l.At[k].Field.Field, Value: value}
	if l.At[k].Col > 0 {
		at.Cell = sheet.Ref(l.N, l.At[k].Col)
	}
	return at
}

// Rolled gives the cells under 累计 headings.
func (l *Line) Rolled() []heading.Rolled {
	if l.more == nil {
		return nil
	}
	return l.more.rolled
}

// Void gives the remark that says that the row is void; nil where there is none.
func (l *Line) Void() *sheet.Cell {
	if l.more == nil {
		return nil
	}
	return l.more.void
}

// Struck says whether somebody drew a line through the whole row.
func (l *Line) Struck() bool { return l.more != nil && l.more.struck }

// Crossed tells of cells that are struck through in a row that isn't, and of those that nobody can see. Their values are read.
func (l *Line) Crossed() []finding.Finding {
	if l.more == nil {
		return nil
	}
	return l.more.crossed
}

// blame notes what the layout makes unreadable.
func (l *Line) blame(f Fault) {
	x := l.extra()
	x.faults = append(x.faults, f)
}
