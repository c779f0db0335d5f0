package layout

import (
	"strings"

	"taizhang/ingest/around"
	"taizhang/ingest/finding"
	"taizhang/ingest/heading"
	"taizhang/ingest/rowkind"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
)

// Passed is a row below a head that is no line, and what it was taken for (CONTRACT: passed_over).
type Passed struct {
	Sheet string
	Row   int
	Kind  string // total, section, footer, note, head, prompt, statistic
}

// Unread is a cell with content that stands under no heading: nothing was read from it.
type Unread struct {
	Sheet string
	Cell  sheet.Cell
}

// kindNames are the kinds in the words of the contract.
var kindNames = [rowkind.Kinds]string{rowkind.Head: "head", rowkind.Total: "total", rowkind.Carried: "total", rowkind.Memo: "statistic", rowkind.Section: "section", rowkind.Note: "note", rowkind.Footer: "footer",
	rowkind.Nothing: "note", rowkind.Example: "prompt", rowkind.Numbered: "prompt", rowkind.Prompt: "prompt", rowkind.Stray: "note", rowkind.Aside: "statistic", rowkind.Joined: "note"}

// maxUnread is how many cells under no heading are kept of a table; of more only the number is.
const maxUnread = 1000

// account says where every row and every cell with content below the head went. Lines are asked for the cells that they
// took, so that what a later stage will see is compared with what stands on the sheet.
func (r *tableReader) account(start, end int) {
	t := r.table
	line := 0
	for i := start; i < end; i++ {
		for line < len(t.Lines) && t.Lines[line].N < r.page.Rows[i].N {
			line++
		}
		if line < len(t.Lines) && int(t.Lines[line].index) == i && t.Lines[line].plain && r.kinds[i] == rowkind.Data { // it took all of them
			n := int(t.Lines[line].filled)
			t.Below++
			t.kinds[rowkind.Data]++
			t.cells += n
			t.accounted += n
			continue
		}
		row := r.page.Row(i)
		n := 0
		for k := range row.Cells {
			if sight.Filled(&row.Cells[k]) {
				n++
			}
		}
		if n == 0 {
			continue
		}
		t.Below++
		t.kinds[r.kinds[i]]++
		t.cells += n
		if r.kinds[i] != rowkind.Data {
			t.accounted += n
			t.Passed = append(t.Passed, Passed{r.page.Name, row.N, kindNames[r.kinds[i]]})
			if r.kinds[i] == rowkind.Total {
				r.unreadIn(row, nil, r.table.Heads[0])
			}
			continue
		}
		if line < len(t.Lines) && t.Lines[line].N == row.N {
			t.accounted += r.unreadIn(row, &t.Lines[line], t.Lines[line].Head)
		}
	}
}

// unreadIn names the cells of a row that stand under no heading, and gives the number of those whose whereabouts are
// known: taken by the line, under a heading, a prompt, or now named.
func (r *tableReader) unreadIn(row *sheet.Row, l *Line, h *heading.Head) int {
	known := 0
	headed := r.headed(h)
	r.noteTaken(row, l)
	for k := range row.Cells {
		c := &row.Cells[k]
		switch {
		case !sight.Filled(c):
			continue
		case l != nil && (l.refused() || c.Col < len(r.takenIn) && r.takenIn[c.Col] == row.N), sight.IsPrompt(c), c.Col < len(headed) && headed[c.Col]:
		case c.Kind == sheet.Text && r.table.Said.TakeUnit(around.Said{Text: c.Text, Sheet: r.page.Name, Ref: c.Ref()}): // beside the table
		default:
			if r.table.unread++; len(r.table.Unread) < maxUnread {
				r.table.Unread = append(r.table.Unread, Unread{r.page.Name, *c})
			}
		}
		known++
	}
	return known
}

// noteTaken notes the columns of a row whose cells a line holds.
func (r *tableReader) noteTaken(row *sheet.Row, l *Line) {
	if l == nil {
		return
	}
	r.taken = l.Cells(r.taken)
	for k := range r.taken {
		if c := &r.taken[k]; c.Col > 0 && (c.Kind != sheet.Empty || c.NoValue) {
			for len(r.takenIn) <= c.Col {
				r.takenIn = append(r.takenIn, 0)
			}
			r.takenIn[c.Col] = row.N
		}
	}
}

// headed says which columns have a heading, known or not, by column.
func (r *tableReader) headed(h *heading.Head) []bool {
	if out, ok := r.headedBy[h]; ok {
		return out
	}
	last := 0
	for j := h.Row; j < h.Row+h.Height; j++ {
		if cells := r.page.Row(j).Cells; len(cells) > 0 {
			last = max(last, cells[len(cells)-1].Col)
		}
	}
	for at, m := range r.page.Areas {
		if at[0] >= r.page.Rows[h.Row].N && at[0] <= r.page.Rows[h.Row+h.Height-1].N {
			last = max(last, min(m.Right, m.Left+200))
		}
	}
	out := make([]bool, last+1)
	for col := 1; col <= last; col++ {
		for j := h.Row; j < h.Row+h.Height && !out[col]; j++ {
			text, wide, _ := r.page.Level(j, col)
			out[col] = text != "" && (!wide || j == h.Row+h.Height-1) // a title over everything heads nothing
		}
	}
	for _, p := range h.Columns {
		if p.Col > 0 && p.Col < len(out) {
			out[p.Col] = true
		}
		for _, t := range p.Ticks {
			if t.Col < len(out) {
				out[t.Col] = true
			}
		}
	}
	if r.headedBy == nil {
		r.headedBy = map[*heading.Head][]bool{}
	}
	r.headedBy[h] = out
	return out
}

// lastHeading is the rightmost column of a head that has a heading.
func (r *tableReader) lastHeading(h *heading.Head) int {
	out := r.headed(h)
	for c := len(out) - 1; c > 0; c-- {
		if out[c] {
			return c
		}
	}
	return 0
}

// CellsUnread is the number of cells with content under no heading.
func (t *Table) CellsUnread() int { return t.unread }

// CellsUnaccounted is the number of cells with content below the head that were neither taken, passed over with their
// row, under a heading that is told of elsewhere, nor named as unread.
func (t *Table) CellsUnaccounted() int { return t.cells - t.accounted }

// unreadNamed is how many cells one finding names.
const unreadNamed = 5

// TellUnread names the cells under no heading. A column full of them is more than a remark: its heading may be missing.
func (t *Table) TellUnread() (said heading.Notes) {
	if t.unread == 0 {
		return nil
	}
	inColumn := map[int]int{}
	for _, u := range t.Unread {
		inColumn[u.Cell.Col]++
	}
	var refs []string
	for _, u := range t.Unread {
		if len(refs) < unreadNamed {
			refs = append(refs, u.Cell.Ref())
		}
	}
	some := strings.Join(refs, "、")
	if t.unread > len(refs) {
		some += "等"
	}
	first := &t.Unread[0].Cell
	said.Add(finding.CellsUnread(t.unread, some).At(finding.Place{Sheet: t.Grid.Name, Cell: first.Ref(), Row: first.Row}))
	for _, u := range t.Unread {
		n := inColumn[u.Cell.Col]
		if inColumn[u.Cell.Col] = 0; n < 3 || n*2 < len(t.Lines) || t.counts(u.Cell.Col) {
			continue
		}
		said.Add(finding.ColumnWithoutHeading(sheet.ColumnName(u.Cell.Col), n).At(finding.Place{Sheet: t.Grid.Name, Cell: u.Cell.Ref(), Row: u.Cell.Row}))
	}
	return said
}

// counts says whether the cells under no heading in a column are running numbers.
func (t *Table) counts(col int) bool {
	last := 0.0
	for _, u := range t.Unread {
		if u.Cell.Col != col {
			continue
		}
		n := u.Cell.Num
		if u.Cell.Kind == sheet.Text {
			n = float64(written.Atoi(written.Plain(u.Cell.Text)))
		}
		if n <= last || n > last+1 && last > 0 {
			return false
		}
		last = n
	}
	return true
}
