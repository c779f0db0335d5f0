package official

import "time"

// Document is one file.
type Document struct {
	Title     string // a line break divides it as written
	Subtitle  string // under the title, 楷体
	To        string // 主送机关, without its colon
	Blocks    []Block
	Signature Signature
	Tail      []Block // what stands under the signature: a slip to sign, a note
	Props     Props
}

// Props are the document properties. Created is also the time of last change,
// so that the same content stays the same bytes; a zero time is left out.
type Props struct {
	Subject, Creator, Description, Keywords string
	Created                                 time.Time
}

// Block is one thing in the body.
type Block interface{ isBlock() }

// Heading is a section's title, of level 1 (黑体 一、), 2 (楷体 （一）), 3 (1.)
// or 4 (（1）). A text that carries the mark of its level keeps it, and counting
// goes on from there; another gets the next number.
type Heading struct {
	Level int
	Text  string
}

// Paragraph is running text with the first line indented by two characters.
// Line breaks begin new paragraphs.
type Paragraph struct {
	Text string
	Lead bool // flush left, without indent
}

// Align is where a cell's text stands.
type Align int

// Alignments of a column.
const (
	Left Align = iota
	Center
	Right
)

// Column is one column of a table.
type Column struct {
	Title string
	Width float64 // in characters of the table's text; 0: from the content
	Align Align
}

// Table is rows under a header that repeats on every page.
type Table struct {
	Title   string
	Columns []Column
	Rows    [][]string
	Empty   string // the line that stands for no rows
	Answer  string // what is to be written by hand below each row, over the whole width; empty: nothing is
}

// Field is a label and the room beside it. Text is what already stands there.
type Field struct {
	Label string
	Text  string
}

// FormRow is one line of a form, as high as given in millimetres.
type FormRow struct {
	Fields []Field
	Height float64
}

// Form is a bordered grid to be filled in by hand.
type Form struct{ Rows []FormRow }

// Signature is the 落款: who, and when. Sealed leaves room for a seal over it:
// the date four characters from the right, the unit centred on it. Otherwise
// the unit stands two characters from the right and the date two characters
// further in.
type Signature struct {
	Unit   string
	Date   string
	Sealed bool
}

func (Heading) isBlock()   {}
func (Paragraph) isBlock() {}
func (Table) isBlock()     {}
func (Form) isBlock()      {}
