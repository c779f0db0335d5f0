// Package sheet reads spreadsheets of any common format as grids of cells.
// It knows nothing of forms, submitters or figures.
//
// Words: a book is one file; a sheet is one grid in it; a cell has an address
// (row and column, both from 1, as people count them) and an exact value; a
// grid is a sheet read whole.
package sheet

import "strconv"

// Kind says what a cell's value is.
type Kind uint8

const (
	Empty  Kind = iota
	Number      // Num holds it, Text its shortest exact decimal
	Text        // Text holds it
	Date        // a date or a date with time of day; Num is the serial in the 1900 system (days since 1899-12-30), Text ISO 8601
	Time        // a time of day or duration; Num in days, Text h:mm:ss
	Bool        // Num 1 or 0, Text TRUE or FALSE
	Error       // Text is the error as shown: #DIV/0!
)

// String names the kind as `peek` prints it.
func (k Kind) String() string {
	return [...]string{"empty", "number", "text", "date", "time", "bool", "error"}[k]
}

// Cell is one non-empty cell (or a formula without a stored value).
type Cell struct {
	Row, Col int     // from 1
	Kind     Kind    // of the value
	Text     string  // see Kind; for Text exactly as stored, line ends as \n
	Num      float64 // see Kind
	Percent  bool    // the number format shows a percentage
	Formula  bool    // the value is a formula's stored result
	NoValue  bool    // a formula without a stored result: Kind is Empty
	Format   string  // number format code where it isn't General
}

// Ref gives the address in A1 form.
func (c Cell) Ref() string { return Ref(c.Row, c.Col) }

// Ref gives the A1 form of a row and column, both from 1.
func Ref(row, col int) string { return ColumnName(col) + strconv.Itoa(row) }

// ColumnName gives the letters of a column, from 1: A, B, …, Z, AA.
func ColumnName(col int) string {
	var b [8]byte
	i := len(b)
	for col > 0 {
		col--
		i--
		b[i] = byte('A' + col%26)
		col /= 26
	}
	return string(b[i:])
}

// Range is a rectangle of cells, both corners included, from 1.
type Range struct{ Top, Left, Bottom, Right int }

// Row is one row of a sheet with its non-empty cells from left to right.
type Row struct {
	N      int // from 1
	Hidden bool
	Cells  []Cell
}

// Grid is one sheet read whole: rows in ascending order, empty rows absent.
type Grid struct {
	Name   string
	Hidden bool // hidden or very hidden
	Rows   []Row
	Merged []Range
}
