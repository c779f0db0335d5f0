package sheet

// Looks is how a sheet looks: what receipts keep of a sender's workbook that
// can't be marked as it is. What a format has beyond this is left out.
type Looks struct {
	Columns []ColumnLook
	Rows    map[int]*RowLook // by row, from 1
	Styles  []Look           // what cells, rows and columns refer to; 0 is the plain one
	Page    Page
}

// ColumnLook is how columns From to To look, from 1, both included.
type ColumnLook struct {
	From, To int
	Width    float64 // in characters of the usual font; 0: not said
	Hidden   bool
	Style    int
}

// RowLook is how a row and its cells look.
type RowLook struct {
	Height float64     // in points; 0: not said
	Cells  map[int]int // style by column, from 1
}

// Look is how a cell looks. The zero Look is the plain one.
type Look struct {
	Font                     string
	Size                     float64 // in points
	Bold, Italic, Wrap       bool
	Color, Fill              string // RRGGBB; "": automatic, none
	Horizontal, Vertical     string // as ECMA-376 18.18.40 and 18.18.88 name them
	Left, Right, Top, Bottom Line
}

// Line is one side of a cell's border; Style as ECMA-376 18.18.3 names it, "" for none.
type Line struct{ Style, Color string }

// Page is how a sheet is printed. Margins are in inches, 0: not said.
type Page struct {
	Paper                    int // as ECMA-376 18.3.1.63 numbers it: 9 is A4, 8 is A3; 0: not said
	Landscape, Fit           bool
	FitWidth, FitHeight      int
	Scale                    int // in percent; 0: not said
	Left, Right, Top, Bottom float64
	Centred                  bool
}

// MaxLooks is how many cells of a sheet may have a look of their own; what
// comes after is plain.
const MaxLooks = 200_000

// Looks reads how sheet i looks: of .xls and .ods, nil of other formats. It
// goes through the file once more, so it is asked for only where it is needed.
// The error is always a *Refusal.
func (b *Book) Looks(i int) (l *Looks, err error) {
	defer func() {
		if p := recover(); p != nil {
			l, err = nil, Damage("looks: %v", p)
		}
		err = AsRefusal(err)
	}()
	if s, ok := b.src.(Looked); ok {
		return s.Looks(i)
	}
	return nil, nil
}

// Looked is a [Source] that knows how a sheet looks.
type Looked interface {
	Looks(i int) (*Looks, error)
}

// Set notes the style of a cell, unless there are too many already.
func (l *Looks) Set(row, col, style int, count *int) {
	if style == 0 || *count >= MaxLooks || row < 1 || col < 1 || row > 1<<20 || col > 1<<14 {
		return
	}
	*count++
	r := l.Row(row)
	if r.Cells == nil {
		r.Cells = map[int]int{}
	}
	r.Cells[col] = style
}

// Row gives the look of row n, to be filled in.
func (l *Looks) Row(n int) *RowLook {
	r := l.Rows[n]
	if r == nil {
		r = &RowLook{}
		l.Rows[n] = r
	}
	return r
}
