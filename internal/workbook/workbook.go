// Package workbook turns a declared book of blocks into an xlsx file that can
// be read on a screen, printed on A4 and calculated with. It knows nothing of
// what the figures are about.
//
// Words: a Book holds Sheets; a Sheet stacks Blocks from top to bottom. A block
// is a Title, Heading, Note, Figures (cards), Table, Charts (a row of native
// charts) or Box (an empty field to write in). A Table has an ID by which
// charts draw from it and links point to it, on whatever sheet it stands. A
// sheet's columns come from its tables; a sheet of Figures has a Grid of cards
// instead, and no tables.
//
// A figure may say how it is Derived from a table's columns: it is then a live
// formula over them, with its value stored beside it for programs that don't
// calculate.
//
// A book is laid out in memory first (canvas), so that links, formulas and
// charts know where everything is. excelize then makes the package around the
// rows, which are written into it as they go (see parts). The same Book gives
// the same content; the bytes may differ.
package workbook

import "time"

// Book is one workbook.
type Book struct {
	Title  string
	Props  Props
	Footer string // left part of every page's footer; the page number is in the middle
	Sheets []Sheet
}

// Props are the document properties. Created is also the time of last change,
// so that the same content stays the same.
type Props struct {
	Subject, Creator, Description, Keywords, Category string
	Created                                           time.Time
	Custom                                            []Property
}

// Property is a custom document property: text, number, bool or time.
type Property struct {
	Name  string
	Value any
}

// Orientation of a printed page.
type Orientation int

// Portrait is 纵向, Landscape 横向.
const (
	Portrait Orientation = iota
	Landscape
)

// Sheet is one worksheet. Its name is made safe (see SheetName) and unique.
type Sheet struct {
	Name        string
	Orientation Orientation
	OnePage     bool // fit to one page high as well as wide
	Grid        int  // how many cards stand beside each other; such a sheet has no tables
	Blocks      []Block
}

// Block is one thing on a sheet.
type Block interface{ isBlock() }

// Title opens a sheet: a large line, and a smaller one under it.
type Title struct {
	Text, Sub string
	Link      *Link    // shown at the right end of Sub
	Logo      *Picture // at the left end of the large line
}

// Heading is a section's title.
type Heading struct{ Text string }

// Note is running text. Strong sets it apart as a lead; Indent gives
// paragraphs their first-line indent of two characters. Light puts its word
// before the text; Link leads on from it.
type Note struct {
	Text   string
	Light  Light
	Link   *Link
	Strong bool
	Small  bool
	Indent bool
}

// Box is an empty bordered field with a label, to be written in by hand.
type Box struct {
	Label  string
	Height float64 // points
}

// Link points to a sheet by its declared name, or to a table by its ID.
type Link struct {
	Text  string
	Sheet string
	Table string
}

// Light is the word of a traffic light; it is always printed, never colour alone.
type Light string

// The three lights.
const (
	Red   Light = "红"
	Amber Light = "黄"
	Green Light = "绿"
)

// Tone says whether a change is for the better.
type Tone int

// Tones of a change.
const (
	Neutral Tone = iota
	Better
	Worse
)

// Number is a figure as stored, and how it is to be read. A nil Value shows
// Missing (a dash where Missing is empty).
type Number struct {
	Value   any // nil, int64 or float64
	Format  string
	Missing string
	Before  string // what a card says before the number, such as 上周; a table has it in the heading
	Name    string // defined name of its cell; made safe, left out when empty
	From    *Derived
}

// Op is how a figure follows from a column.
type Op string

// The ways to derive a figure.
const (
	Sum      Op = "sum"
	Quotient Op = "quotient" // sum ÷ sum
	Median   Op = "median"   // of the column's numbers; empty cells don't count
)

// Derived says how a figure follows from a table's columns. A table without
// rows gives no formula: the value stands alone.
type Derived struct {
	Table   string
	Op      Op
	Column  string
	Over    string  // Quotient's denominator
	Divisor float64 // of the result, from yuan to 万元, say; 0 is 1
}

// Figure is one headline figure.
type Figure struct {
	Label  string
	Value  Number
	Detail string // small line under the value: numerator and denominator, coverage
	Last   Number
	Change Number
	Tone   Tone
	Target Number
	Light  Light
	Link   *Link  // from the label
	More   *Link  // from the detail, whose text stands where there is no detail
	Trend  *Trend // sparkline
}

// Trend names a table's column that a sparkline draws.
type Trend struct{ Table, Column string }

// Figures lays figures out as cards on the sheet's grid.
type Figures struct{ Items []Figure }

// Table is rows under a header.
type Table struct {
	ID      string
	Title   string
	Note    string // small line under the table's title
	Partial bool   // it holds some of its rows only, and Note says so
	Columns []Column
	Rows    [][]any // values, or Cell to override the column
	Rest    [][]any // rows that are not written: parts of the table may show theirs
	Cut     bool    // rows are not written, those of Rest and others that were not read, and Note says how many there are
	Total   []any   // last row, set apart; nil for none
	Empty   string  // the line that stands for no rows
	Filter  bool    // filter buttons on the header
	Main    bool    // header stays on screen
	Dense   bool    // a long list: small print, columns as wide as they ask for however wide the page gets
	Names   bool    // titles are names that programs read, too: none is broken into lines
	Keep    int     // how many columns of a Main table stay on screen too
}

// size of the table's text.
func (t Table) size() float64 {
	if t.Dense {
		return sizeSmall
	}
	return sizeBody
}

// Kind says how a column's values are written.
type Kind string

// The kinds of columns.
const (
	Text    Kind = "text"    // left, wrapped
	Mark    Kind = "mark"    // short words, centred
	Int     Kind = "int"     // whole numbers
	Num     Kind = "num"     // numbers, up to two decimals as needed
	Wan     Kind = "wan"     // yuan in, 万元 out
	Percent Kind = "percent" // 1 = 100 %
	Points  Kind = "points"  // percentage points
	Date    Kind = "date"
	Time    Kind = "time"
	LightK  Kind = "light" // 红, 黄 or 绿
)

// Column is one column of a table.
type Column struct {
	Title  string
	Kind   Kind
	Width  float64 // in characters of the default font; 0: from the content
	Format string  // overrides the kind's number format
	Span   int     // over how many of the sheet's columns; not in a table with Filter
	Screen bool    // to the right of what is printed
}

// Cell overrides what its column says about one value.
type Cell struct {
	Value  any
	Kind   Kind
	Format string
	Tone   Tone
	Light  Light
	Bold   bool
	Link   *Link
	Name   string // defined name
	From   *Derived
}

// ChartKind is the shape of a chart.
type ChartKind string

// The kinds of charts. Funnel is horizontal bars in the table's order, top down.
const (
	Columns ChartKind = "column"
	Stacked ChartKind = "stacked"
	Bars    ChartKind = "bar"
	Lines   ChartKind = "line"
	Funnel  ChartKind = "funnel"
)

// Chart draws columns of a table.
type Chart struct {
	Name     string // of the object; unique in the book
	Title    string
	Kind     ChartKind
	Table    string   // its ID
	Category string   // column title
	Series   []string // column titles
	XTitle   string
	YTitle   string
	Format   string // number format of the value axis and labels
	Labels   bool   // print values at the marks
	Total    bool   // the table's total row belongs to the chart
	LastN    int    // only the last so many rows
}

// Charts is a row of charts of equal width.
type Charts struct {
	Items  []Chart
	Height float64 // points; default 200
}

func (Title) isBlock()   {}
func (Heading) isBlock() {}
func (Note) isBlock()    {}
func (Box) isBlock()     {}
func (Figures) isBlock() {}
func (Table) isBlock()   {}
func (Charts) isBlock()  {}
