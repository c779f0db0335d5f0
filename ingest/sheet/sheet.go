// Package sheet is the grid that every spreadsheet becomes, whatever its format.
// It knows nothing of forms, submitters or figures.
//
// Words: a book is one file; a sheet is one grid in it; a cell has an address
// (row and column, both from 1, as people count them) and an exact value; a
// grid is a sheet read whole. A serial is a date as spreadsheets store it: days
// since 1899-12-30. A refusal says why a file is not read at all. A source is
// what a format's reader gives: rows, and where it knows them remarks and looks.
//
// Every file is held to be hostile: [Limits] bound what reading may cost, and
// damage anywhere in a sheet ends in a [Refusal], never in the rows read so far.
// Rows already handed to the function given to [Book.Each] must be discarded
// when it returns one.
//
// Here stands what is the same of all formats. What one format has is in its
// room below (xlsx, xls, ods, xml2003, text, html); what several store alike in
// stored; which format a file has, anyfile tells. A new format is a room with a
// [Source] and an Open, and a case in anyfile.
//
// Standards cited here and in the rooms below: ECMA-376 (Office Open XML),
// [MS-XLS] and [MS-XLSB] (binary workbooks), [MS-CFB] (OLE2 containers),
// [MS-OFFCRYPTO] (encryption), OASIS ODF 1.3, and the "Excel file format" of
// OpenOffice.org for BIFF2 to BIFF4.
package sheet

import (
	"strconv"

	"taizhang/ingest/numfmt"
)

// ShownText is what a cell shows of a whole number whose format adds to its digits: see [numfmt.Shown].
func (c *Cell) ShownText() (text string, ok bool) {
	if c.Kind != Number {
		return "", false
	}
	return numfmt.Shown(c.Format, c.Text, c.Num)
}

// PaddedText is what a cell shows of a number whose format writes noughts behind its decimals: see [numfmt.Padded].
func (c *Cell) PaddedText() (text string, ok bool) {
	if c.Kind != Number || c.Format == "" {
		return "", false
	}
	return numfmt.Padded(c.Format, c.Text, c.Num)
}

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
	Text     string  // see Kind; for Text exactly as stored, line ends as \n
	Num      float64 // see Kind
	Format   string  // number format code where it isn't General
	Kind     Kind    // of the value
	Percent  bool    // the number format shows a percentage
	Formula  bool    // the value is a formula's stored result
	Struck   Strike  // whether it is shown with a line through it
	Unseen   bool    // written in the colour behind it, or hidden by its format
	NoValue  bool    // a formula without a stored result: Kind is Empty
	Again    uint16  // from a shelf: the number of a text, or of a date in its format, that its column repeats; 0 for others
}

// Strike is how much of a cell is struck through.
type Strike uint8

// How much of it.
const (
	NotStruck Strike = iota
	PartStruck
	AllStruck
)

// StrikeIf is how a cell is struck through that is so as a whole or not at all.
func StrikeIf(all bool) Strike {
	if all {
		return AllStruck
	}
	return NotStruck
}

// Ref gives the address in A1 form.
func (c Cell) Ref() string { return Ref(c.Row, c.Col) }

// Ref gives the A1 form of a row and column, both from 1.
func Ref(row, col int) string { return ColumnName(col) + strconv.Itoa(row) }

// ColumnName gives the letters of a column, from 1: A, B, …, Z, AA.
func ColumnName(col int) string {
	var b [16]byte
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
	Fields int // of a line of CSV: how many fields it has, empty ones at its end included; else 0
	Hidden bool
	Cells  []Cell
	packed string // the cells instead, of a row of a long grid
}

// Grid is one sheet read whole: rows in ascending order, empty rows absent. A long one (see [Book.Long]) holds most of
// its rows packed: [Grid.Row] gives a row with its cells.
type Grid struct {
	Name   string
	Hidden bool // hidden or very hidden
	Rows   []Row
	Merged []Range
	shelf  *Shelf // of the packed rows

	Comments  []Comment // of its cells; of formats that have none, none
	Concealed []Stretch // hidden columns
}

// Overlong lists the rows below a heading in the rows top to bottom whose line of
// CSV has more fields than the heading's: somebody wrote a comma into a text
// without putting it in quotes, and every field after it stands in the wrong
// column. Empty fields at the end count, since the last column may have been
// empty before; but not where most lines end in the same number of them, as some
// programs write. Other formats have no such rows.
func (g *Grid) Overlong(top, bottom int) []int {
	head, counts := 0, map[int]int{}
	for i := range g.Rows {
		r := &g.Rows[i]
		switch {
		case r.N >= top && r.N <= bottom:
			head = max(head, r.Fields)
		case r.N > bottom:
			counts[r.Fields]++
		}
	}
	if head == 0 {
		return nil
	}
	usual, rows := head, 1
	for n, k := range counts {
		if k > rows || k == rows && k > 1 && n < usual {
			usual, rows = n, k
		}
	}
	var out []int
	for i := range g.Rows {
		r := &g.Rows[i]
		if r.N <= bottom || r.Fields <= head {
			continue
		}
		if cells := g.Row(i).Cells; len(cells) > 0 && cells[len(cells)-1].Col > head || r.Fields > usual && len(cells) > 0 {
			out = append(out, r.N)
		}
	}
	return out
}
