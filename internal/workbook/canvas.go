package workbook

import (
	"github.com/xuri/excelize/v2"
)

// cell is one cell as laid out; the zero cell, of no style, is none.
type cell struct {
	value any
	style int // place in the canvas's looks, from 1
}

// row is one row as laid out.
type row struct {
	cells  []cell
	height float64
	values []any // instead of cells: a plain row of a list, see listRow
	list   *plainLooks
	stripe bool
}

// plainLooks are the looks of a table's plain values, by column and kind.
type plainLooks struct {
	cols  []Column
	known []int
}

// area is a rectangle of cells, from 1.
type area struct{ col1, row1, col2, row2 int }

func (a area) String() string {
	s, _ := excelize.CoordinatesToCellName(a.col1, a.row1)
	e, _ := excelize.CoordinatesToCellName(a.col2, a.row2)
	return s + ":" + e
}

// at is the absolute address of a cell, as formulas of other sheets name it.
func at(sheet string, a area) string {
	s, _ := excelize.CoordinatesToCellName(a.col1, a.row1, true)
	if a.col1 == a.col2 && a.row1 == a.row2 {
		return quoteSheet(sheet) + "!" + s
	}
	e, _ := excelize.CoordinatesToCellName(a.col2, a.row2, true)
	return quoteSheet(sheet) + "!" + s + ":" + e
}

// quoteSheet writes a sheet's name as formulas want it.
func quoteSheet(name string) string {
	out := []rune{'\''}
	for _, r := range name {
		if r == '\'' {
			out = append(out, '\'')
		}
		out = append(out, r)
	}
	return string(append(out, '\''))
}

// placedLink is a link whose goal is looked up once all sheets are laid out.
type placedLink struct {
	cell string
	link Link
}

// placedChart is a chart and the columns and rows it covers.
type placedChart struct {
	chart  Chart
	col    int
	to     int // last column
	row    int
	width  int // pixels
	height int // rows
}

// placedTrend is a sparkline's cell.
type placedTrend struct {
	cell  string
	trend Trend
}

// placedFigure is a cell that is calculated.
type placedFigure struct {
	col, row int
	from     Derived
	missing  string
}

// namedCell is a defined name.
type namedCell struct {
	name string
	area area
}

// placedTable says where a table came to stand.
type placedTable struct {
	id      string
	sheet   string
	columns []Column
	head    int // header row; 0 for an empty table
	first   int // first and last data row
	last    int
	total   int // total row or 0
	anchor  int // where a link leads: the table's title
}

func (p placedTable) column(title string) int {
	for i, at := range places(p.columns)[:len(p.columns)] {
		if p.columns[i].Title == title {
			return at
		}
	}
	return 0
}

// canvas is one sheet in memory.
type canvas struct {
	name    string
	sheet   Sheet
	widths  []float64
	paper   int // columns that are printed: all but those for the screen
	rows    []row
	merges  []area
	links   []placedLink
	charts  []placedChart
	trends  []placedTrend
	names   []namedCell
	derived []placedFigure
	logos   map[int]*Picture  // by row
	formula map[[2]int]string // by column and row, once all sheets are laid out
	filter  *area
	freeze  int           // rows that stay on screen
	keep    int           // columns that stay on screen
	repeat  int           // header row that repeats on every page
	repeats map[int][]int // table's place on the sheet → data rows before which a page begins under a repeated header
	placed  []placedTable // in order
	plain   *plainLooks   // of the table being laid out
	place   []int         // columns at which those of the table being laid out begin
	tables  map[string]placedTable
	lastCol int
	starts  []int // rows at which a page may begin: first rows of blocks
	breaks  []int // rows at which one does
	forced  []int // repeated headers, before which one must
	looks   []style
	look    map[style]int
}

// next opens a row and gives its number.
func (c *canvas) next(height float64) int {
	c.rows = append(c.rows, row{height: height})
	return len(c.rows)
}

// put writes a value; text is made safe and marked as text where it looks like a formula.
func (c *canvas) put(col, rowNo int, value any, st style) {
	if s, ok := value.(string); ok {
		if safe := cellText(s); safe != s {
			s, value = safe, safe
		}
		st.quote = formulaLike(s)
	}
	c.set(col, rowNo, value, c.styled(st))
}

// set writes a value that is safe, in a style that is numbered.
func (c *canvas) set(col, rowNo int, value any, look int) {
	r := &c.rows[rowNo-1]
	if r.cells == nil {
		r.cells = make([]cell, 0, len(c.widths))
	}
	for len(r.cells) < col {
		r.cells = append(r.cells, cell{})
	}
	r.cells[col-1] = cell{value, look}
	c.lastCol = max(c.lastCol, col)
}

// styled numbers a style: cells are many, looks are few.
func (c *canvas) styled(st style) int {
	n, ok := c.look[st]
	if !ok {
		c.looks = append(c.looks, st)
		n = len(c.looks)
		c.look[st] = n
	}
	return n
}

// span writes a value across columns and rows, the style on every part.
func (c *canvas) span(a area, value any, st style) {
	blank := st
	blank.quote = false
	for r := a.row1; r <= a.row2; r++ {
		for col := a.col1; col <= a.col2; col++ {
			if r == a.row1 && col == a.col1 {
				continue
			}
			c.put(col, r, nil, blank)
		}
	}
	c.put(a.col1, a.row1, value, st)
	if a.col1 != a.col2 || a.row1 != a.row2 {
		c.merges = append(c.merges, a)
	}
}

// width of columns from..to together, in characters.
func (c *canvas) width(from, to int) float64 {
	w := 0.0
	for i := from; i <= to && i <= len(c.widths); i++ {
		w += c.widths[i-1]
	}
	return w
}

// pixels of a column of that width in the default font, as excelize counts them.
func pixels(width float64) int { return int(width*8 + 0.5) }

func (c *canvas) link(col, rowNo int, l *Link) {
	if l == nil {
		return
	}
	name, _ := excelize.CoordinatesToCellName(col, rowNo)
	c.links = append(c.links, placedLink{name, *l})
}

// derive remembers that a cell is calculated; missing stands for no value.
func (c *canvas) derive(col, rowNo int, from *Derived, missing string) {
	if from != nil {
		c.derived = append(c.derived, placedFigure{col, rowNo, *from, missing})
	}
}

func (c *canvas) name1(name string, col, rowNo int) {
	if name != "" {
		c.names = append(c.names, namedCell{name, area{col, rowNo, col, rowNo}})
	}
}
