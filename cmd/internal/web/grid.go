package web

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"taizhang/ingest/sheet"
)

// gridView is a piece of a sheet, as people see one: letters above, numbers beside, cells marked.
type gridView struct {
	Sheet   string
	Columns []string
	Rows    []gridRow
	Cut     string // what of it is not shown; "" where all is
}

type gridRow struct {
	N     int
	Gap   bool // rows before it are left out
	Here  bool
	Cells []gridCell
}

type gridCell struct {
	Ref, Text string
	Class     string // error, warning, info, mark or empty
	Notes     []int  // numbers of findings
	Link      string
	Span      int  // of merged cells, over how many columns; 0: its own
	Hidden    bool // under a merged cell to its left
}

// gridMark is what is said of a cell.
type gridMark struct {
	class string
	notes []int
}

// gridAsk says which piece of a sheet is wanted.
type gridAsk struct {
	head  int         // the row of the headings, 0 for none
	rows  map[int]int // wanted rows: how many around each
	here  int         // the row that it is about
	marks map[string]gridMark
	link  func(ref string) string                         // nil: none
	text  func(row, col int, c *sheet.Cell) (text string) // nil: as it stands
	most  int                                             // rows at most; 0: 60
}

const (
	gridColumns = 40
	gridText    = 200 // characters of a cell
)

// gridOf cuts a piece out of a sheet.
func gridOf(g *sheet.Grid, a gridAsk) gridView {
	v := gridView{Sheet: g.Name}
	if a.most == 0 {
		a.most = 60
	}
	wanted := map[int]bool{}
	for n := max(1, a.head-2); n <= a.head; n++ {
		wanted[n] = true
	}
	for n, around := range a.rows {
		for i := n - around; i <= n+around; i++ {
			wanted[i] = true
		}
	}
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
	for ref := range a.marks {
		if row, col, ok := splitRef(ref); ok && wanted[row] {
			last = max(last, col)
			if byRow[row] == nil {
				byRow[row] = &sheet.Row{N: row}
			}
		}
	}
	if last > gridColumns {
		v.Cut = "只显示前" + strconv.Itoa(gridColumns) + "列。"
		last = gridColumns
	}
	for c := 1; c <= last; c++ {
		v.Columns = append(v.Columns, sheet.ColumnName(c))
	}
	before := 0
	for _, n := range slices.Sorted(maps.Keys(byRow)) {
		if len(v.Rows) == a.most {
			v.Cut += "只显示前" + strconv.Itoa(a.most) + "行相关内容。"
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

// overflow lets a text that stands alone in its row, such as a title, run over the empty cells to its right, as Excel
// shows it.
func (r *gridRow) overflow() {
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
func (r *gridRow) merge(left, right int) {
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

func (a gridAsk) row(r *sheet.Row, last, before int) gridRow {
	out := gridRow{N: r.N, Gap: r.N > before+1, Here: r.N == a.here, Cells: make([]gridCell, last)}
	for c := range out.Cells {
		out.Cells[c].Ref = sheet.Ref(r.N, c+1)
	}
	for i := range r.Cells {
		c := &r.Cells[i]
		if c.Col > last {
			continue
		}
		text := shownCell(c)
		if a.text != nil {
			text = a.text(r.N, c.Col, c)
		}
		out.Cells[c.Col-1].Text = clip(text, gridText)
	}
	for i := range out.Cells {
		c := &out.Cells[i]
		if m, ok := a.marks[c.Ref]; ok {
			c.Class, c.Notes = m.class, m.notes
		}
		if a.link != nil && (out.Here || c.Class != "") {
			c.Link = a.link(c.Ref)
		}
	}
	return out
}

// shownCell is what stands in a cell, as its sender sees it or nearly so.
func shownCell(c *sheet.Cell) string {
	switch {
	case c.Kind == sheet.Date:
		return strings.TrimSuffix(c.Text, "T00:00:00")
	case c.Kind == sheet.Number && c.Percent:
		return strconv.FormatFloat(c.Num*100, 'f', -1, 64) + "%"
	}
	return c.Text
}

func clip(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most]) + "…"
}

// splitRef reads A1.
func splitRef(ref string) (row, col int, ok bool) {
	i := 0
	for i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z' && i < 3 {
		col = col*26 + int(ref[i]-'A') + 1
		i++
	}
	n, err := strconv.Atoi(ref[i:])
	return n, col, i > 0 && err == nil && n > 0
}
