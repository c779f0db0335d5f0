package heading

import (
	"maps"
	"slices"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
)

// Aside is a table that stands beside another one on a sheet, behind an empty column.
type Aside struct {
	col    int // its first column
	titles []string
	twin   bool        // the same form's head again: the sheet is folded into two halves
	fields bool        // a heading that the table itself lacks stands in it
	form   *forms.Form // another form, all of which stands in it; nil where none does
}

// WithoutAsides takes the tables beside the one under a head off the page, and places the form's fields again on what is
// left: a summary by street must not lend its column 街道 to the ledger beside it.
func (v *Vocabulary) WithoutAsides(p *Page, h *Head) (*Page, []Aside) {
	heads := p.heads(h.Row, h.Height)
	parts := p.parts(h, heads)
	if len(parts) < 2 {
		return p, nil
	}
	matches := make([]matched, len(parts))
	main := 0
	for i, cols := range parts {
		matches[i] = v.match(h.Form, only(heads, cols))
		if len(matches[i].Columns) > len(matches[main].Columns) {
			main = i
		}
	}
	var out []Aside
	var cut [][2]int
	for i, cols := range parts {
		m := matches[i]
		if i == main {
			continue
		}
		a := Aside{col: cols[0]}
		repeated, needed := false, false
		for _, c := range m.Columns {
			if slices.ContainsFunc(matches[main].Columns, func(x Placed) bool { return x.Field == c.Field }) {
				repeated = true
			} else {
				a.fields = true
				needed = needed || c.Field.Required
			}
		}
		unknown := len(cols) - len(m.Columns) - len(m.rollup)
		if !repeated && v.wholeIn(only(heads, cols), h.Form) == nil && (needed || unknown <= len(m.Columns) || len(cols) < 2) { // the table's own columns, set off by an empty one
			continue
		}
		a.form = v.wholeIn(only(heads, cols), h.Form)
		found, all := (&Head{matched: m, Form: h.Form}).required()
		a.twin = mostOf(found, all)
		for _, c := range cols {
			a.titles = append(a.titles, written.Short(heads[c].title, 12))
		}
		out, cut = append(out, a), append(cut, [2]int{cols[0], cols[len(cols)-1]})
	}
	if len(out) == 0 {
		return p, nil
	}
	whole := p
	p = p.without(h.Row, cut)
	p.Delimited = whole.Delimited
	h.matched = v.match(h.Form, p.heads(h.Row, h.Height))
	return p, out
}

// wholeIn is the form, other than one, of which all that it must have stands in some columns.
func (v *Vocabulary) wholeIn(heads map[int]columnHead, but *forms.Form) *forms.Form {
	for _, f := range v.Set.Forms {
		if f == but {
			continue
		}
		if found, all := (&Head{matched: v.match(f, heads), Form: f}).required(); found == all && all >= 3 {
			return f
		}
	}
	return nil
}

// parts divides a head's columns at those that are empty from the head down to the first blank row.
func (p *Page) parts(h *Head, heads map[int]columnHead) [][]int {
	cols := slices.Sorted(maps.Keys(heads))
	empty := map[int]bool{} // columns between those of the head
	for i := 1; i < len(cols); i++ {
		for g := cols[i-1] + 1; g < cols[i]; g++ {
			empty[g] = true
		}
	}
	var scratch sheet.Row
	for i := h.Row; i < len(p.Rows) && len(empty) > 0; i++ {
		row := p.Reuse(i, &scratch)
		if sight.BlankRow(row) || i > h.Row && row.N > p.Rows[i-1].N+1 {
			break
		}
		for k := range row.Cells {
			if sight.Filled(&row.Cells[k]) {
				delete(empty, row.Cells[k].Col)
			}
		}
	}
	var out [][]int
	for i, c := range cols {
		gap := i > 0 && c > cols[i-1]+1
		for g := c - 1; gap && g > cols[i-1]; g-- {
			gap = empty[g] // a gap is nothing but empty columns
		}
		if i == 0 || gap {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], c)
	}
	return out
}

func only(heads map[int]columnHead, cols []int) map[int]columnHead {
	out := map[int]columnHead{}
	for _, c := range cols {
		out[c] = heads[c]
	}
	return out
}

// without gives the page without some columns, from row index i on to the first row that is blank in them.
func (p *Page) without(i int, columns [][2]int) *Page {
	g := *p.Grid
	g.Rows = slices.Clone(p.Rows)
	for _, span := range columns {
		for j := i; j < len(g.Rows); j++ {
			row := *g.Row(j)
			inside := func(c sheet.Cell) bool { return c.Col >= span[0] && c.Col <= span[1] }
			if !slices.ContainsFunc(row.Cells, func(c sheet.Cell) bool { return inside(c) && sight.Filled(&c) }) || j > i && row.N > g.Rows[j-1].N+1 {
				break
			}
			row.Cells = slices.DeleteFunc(slices.Clone(row.Cells), inside)
			g.Rows[j] = row
		}
	}
	return NewPage(&g)
}

// TellAsides says what stands beside the table and was not read. The other half of a folded sheet sends the return back.
func TellAsides(pg *Page, h *Head, asides []Aside) (said Notes) {
	for _, a := range asides {
		f := finding.TableBeside(letters(a.col), written.Short(strings.Join(a.titles, "、"), 40), a.fields)
		if a.form != nil {
			f = finding.FormBeside(letters(a.col), a.form.PlainTitle())
		}
		if a.twin {
			f = finding.TwinBeside(letters(a.col))
		}
		said.Add(f.At(finding.Place{Sheet: pg.Name, Cell: sheet.Ref(pg.Rows[h.Row].N, a.col), Row: pg.Rows[h.Row].N}))
	}
	return said
}

// letters is a column's name.
func letters(col int) string { return strings.TrimRight(sheet.Ref(1, col), "1") }

// crossed rejects a table whose head stands twice beside itself, and one that spreads a field over columns of several
// streets or listed values (a cross table): a row of it is not one row of the form.
func (l *Reader) crossed(pg *Page, h *Head) (said Notes) {
	again := map[string]bool{}
	for _, d := range h.doubled {
		if d.title == d.by {
			again[d.title] = true
		}
	}
	twice := 0
	for i := range h.Columns {
		if again[h.Columns[i].Title] && h.Columns[i].Field.Required {
			twice++
		}
	}
	if _, all := h.required(); mostOf(twice, all) && twice > 1 {
		said.Add(finding.Folded().At(finding.Place{Sheet: pg.Name, Cell: sheet.Ref(pg.Rows[h.Row].N, 1), Row: pg.Rows[h.Row].N}))
		return said
	}
	for _, d := range h.doubled {
		a, b := levelsAbove(d.title), levelsAbove(d.by)
		if a == "" || b == "" || a == b || lastLevel(d.title) != lastLevel(d.by) {
			continue
		}
		if what := l.groupedBy(h.Form, a, b); what != nil {
			h.Crossed = what
			said.Add(finding.CrossTable(lastLevel(d.title), written.Short(b, 20), written.Short(a, 20), what.Title).
				At(finding.Place{Sheet: pg.Name, Cell: sheet.Ref(pg.Rows[h.Row].N, 1), Value: written.Short(d.title, 30)}))
			return said
		}
	}
	return nil
}

func levelsAbove(title string) string {
	if i := lastSlash(title); i > 0 {
		return title[:i]
	}
	return ""
}

func lastLevel(title string) string { return title[lastSlash(title)+1:] }

// lastSlash is where the last level of a title begins: a slash in brackets, as in 兑付金额（元/户）, divides no levels.
func lastSlash(title string) int {
	last, depth := -1, 0
	for i, r := range title {
		switch r {
		case '(', '（', '[', '【':
			depth++
		case ')', '）', ']', '】':
			depth--
		case '/':
			if depth <= 0 {
				last = i
			}
		}
	}
	return last
}

// groupedBy is the column whose values two group headings are; nil where they are none.
func (l *Reader) groupedBy(f *forms.Form, a, b string) *forms.Column {
	for i := range f.Columns {
		c := &f.Columns[i]
		if l.SectionValue(c, written.Heading(a)) != "" && l.SectionValue(c, written.Heading(b)) != "" {
			return c
		}
	}
	return nil
}
