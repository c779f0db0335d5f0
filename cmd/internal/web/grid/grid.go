package grid

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"taizhang/ingest/sheet"
)

// View is a piece of a sheet, as people see one: letters above, numbers beside, cells marked.
type View struct {
	Sheet   string
	Columns []string
	Rows    []Row
	Cut     string // what of it is not shown; "" where all is
}

type Row struct {
	N     int
	Gap   bool // rows before it are left out
	Here  bool
	Cells []Cell
}

type Cell struct {
	Ref, Text string
	Class     string // error, warning, info, mark or empty
	Notes     []int  // numbers of findings
	Link      string
	Span      int  // of merged cells, over how many columns; 0: its own
	Hidden    bool // under a merged cell to its left
}

// Mark is what is said of a cell.
type Mark struct {
	Class string
	Notes []int
}

// Ask says which piece of a sheet is wanted.
type Ask struct {
	Head  int         // the row of the headings, 0 for none
	Rows  map[int]int // wanted rows: how many around each
	Here  int         // the row that it is about
	Marks map[string]Mark
	Link  func(ref string) string                         // nil: none
	Text  func(row, col int, c *sheet.Cell) (text string) // nil: as it stands
	Most  int                                             // rows at most; 0: 60
}

const (
	mostColumns = 40
	mostText    = 200 // characters of a cell
)

// Of cuts a piece out of a sheet.
func Of(g *sheet.Grid, a Ask) View {
	v := View{Sheet: g.Name}
	if a.Most == 0 {
		a.Most = 60
	}
	wanted := a.wanted()
	byRow := map[int]*sheet.Row{}
	last := 0
	for i := range g.Rows {
		r := &g.Rows[i]
		if !wanted[r.N] {
			continue
		}
		byRow[r.N] = r
		for _, c := range r.Cells {
			last = max(last, c.Col)
		}
	}
	for ref := range a.Marks {
		if row, col, ok := SplitRef(ref); ok && wanted[row] {
			last = max(last, col)
			if byRow[row] == nil {
				byRow[row] = &sheet.Row{N: row}
			}
		}
	}
	if last > mostColumns {
		v.Cut = "只显示前" + strconv.Itoa(mostColumns) + "列。"
		last = mostColumns
	}
	for c := 1; c <= last; c++ {
		v.Columns = append(v.Columns, sheet.ColumnName(c))
	}
	before := 0
	for _, n := range slices.Sorted(maps.Keys(byRow)) {
		if len(v.Rows) == a.Most {
			v.Cut += "只显示前" + strconv.Itoa(a.Most) + "行相关内容。"
			break
		}
		row := a.row(byRow[n], last, before)
		for _, m := range g.Merged {
			if m.Top <= n && n <= m.Bottom && m.Left <= last && m.Right > m.Left {
				row.merge(m.Left, min(m.Right, last))
			}
		}
		row.overflow()
		v.Rows = append(v.Rows, row)
		before = n
	}
	return v
}

// wanted are the rows that are asked for: those of the headings, and those about others.
func (a Ask) wanted() map[int]bool {
	out := map[int]bool{}
	for n := max(1, a.Head-2); n <= a.Head; n++ {
		out[n] = true
	}
	for n, around := range a.Rows {
		for i := n - around; i <= n+around; i++ {
			out[i] = true
		}
	}
	return out
}

// overflow lets a text that stands alone in its row, such as a title, run over the empty cells to its right, as Excel
// shows it.
func (r *Row) overflow() {
	only := -1
	for i, c := range r.Cells {
		if c.Class != "" || c.Hidden || c.Span > 0 || c.Link != "" {
			return
		}
		if c.Text == "" {
			continue
		}
		if only >= 0 {
			return
		}
		only = i
	}
	if only >= 0 && len([]rune(r.Cells[only].Text)) > 6 {
		r.merge(only+1, len(r.Cells))
	}
}

// merge shows cells as one.
func (r *Row) merge(left, right int) {
	for c := left + 1; c <= right; c++ {
		if x := r.Cells[c-1]; x.Class != "" || x.Text != "" || x.Hidden {
			return // something is said of a cell under it
		}
	}
	r.Cells[left-1].Span = right - left + 1
	for c := left + 1; c <= right; c++ {
		r.Cells[c-1].Hidden = true
	}
}

func (a Ask) row(r *sheet.Row, last, before int) Row {
	out := Row{N: r.N, Gap: r.N > before+1, Here: r.N == a.Here, Cells: make([]Cell, last)}
	for c := range out.Cells {
		out.Cells[c].Ref = sheet.Ref(r.N, c+1)
	}
	for i := range r.Cells {
		c := &r.Cells[i]
		if c.Col > last {
			continue
		}
		text := ShownCell(c)
		if a.Text != nil {
			text = a.Text(r.N, c.Col, c)
		}
		out.Cells[c.Col-1].Text = Clip(text, mostText)
	}
	for i := range out.Cells {
		c := &out.Cells[i]
		if m, ok := a.Marks[c.Ref]; ok {
			c.Class, c.Notes = m.Class, m.Notes
		}
		if a.Link != nil && (out.Here || c.Class != "") {
			c.Link = a.Link(c.Ref)
		}
	}
	return out
}

// ShownCell is what stands in a cell, as its sender sees it or nearly so.
func ShownCell(c *sheet.Cell) string {
	switch {
	case c.Kind == sheet.Date:
		return strings.TrimSuffix(c.Text, "T00:00:00")
	case c.Kind == sheet.Number && c.Percent:
		return strconv.FormatFloat(c.Num*100, 'f', -1, 64) + "%"
	}
	return c.Text
}

// Shows says whether a note stands at one of the cells.
func (v *View) Shows(note int) bool {
	return slices.ContainsFunc(v.Rows, func(r Row) bool {
		return slices.ContainsFunc(r.Cells, func(c Cell) bool { return !c.Hidden && slices.Contains(c.Notes, note) })
	})
}

// Marked are the addresses of the marked cells that are shown.
func (v *View) Marked() (out []string) {
	for _, r := range v.Rows {
		for _, c := range r.Cells {
			if c.Class == "mark" && !c.Hidden {
				out = append(out, c.Ref)
			}
		}
	}
	return out
}

// Clip cuts a text that is longer than most characters, and shows that it did.
func Clip(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most]) + "…"
}

// SplitRef reads A1.
func SplitRef(ref string) (row, col int, ok bool) {
	i := 0
	for i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z' && i < 3 {
		col = col*26 + int(ref[i]-'A') + 1
		i++
	}
	n, err := strconv.Atoi(ref[i:])
	return n, col, i > 0 && err == nil && n > 0
}
