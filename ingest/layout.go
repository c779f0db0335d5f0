package ingest

import (
	"slices"
	"sort"
	"strings"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
)

// placed is a form's field found in a column of a sheet.
type placed struct {
	field   *forms.Column
	col     int    // from 1; 0 for a constant taken from the title
	title   string // as the sender wrote it
	unit    int    // power of ten of yuan
	hasUnit bool
	guess   bool   // a close but unsure match
	konst   string // the value where col is 0
}

// header is a table head found on a sheet.
type header struct {
	form    *forms.Form
	row     int // index in grid.Rows of the first heading row
	height  int
	columns []placed
	extra   []string // headings that match no field
	rollup  []string // fields of which only a cumulative (累计) column stands there
	missing []*forms.Column
	titled  bool // the title above the head names the form
}

func (h *header) required() (found, all int) {
	for _, c := range h.form.Columns {
		if !c.Required {
			continue
		}
		all++
		if h.column(c.Field) != nil {
			found++
		}
	}
	return
}

func (h *header) column(field string) *placed {
	for i := range h.columns {
		if h.columns[i].field.Field == field {
			return &h.columns[i]
		}
	}
	return nil
}

// names is a form's headings by meaning, with their rank: 0 the title, 1 a synonym.
type names map[string]named
type named struct{ index, rank int }

// vocabulary holds what is computed once per set of forms.
type vocabulary struct {
	set   *forms.Set
	names map[string]names                    // by form id
	lists map[*forms.Column]map[string]string // listed values by meaning
	title map[string][]string                 // titles and synonyms by form id, squashed
	words map[string]struct{}                 // every heading of every form
}

func newVocabulary(set *forms.Set) *vocabulary {
	v := &vocabulary{set: set, names: map[string]names{}, lists: map[*forms.Column]map[string]string{}, title: map[string][]string{}, words: map[string]struct{}{}}
	for _, f := range set.Forms {
		ns := names{}
		add := func(text string, i, rank int) {
			keys, _, _ := headingForms(text)
			for _, k := range keys {
				if old, ok := ns[k]; !ok || rank < old.rank {
					ns[k] = named{i, rank}
				}
				v.words[k] = struct{}{}
			}
		}
		loose := func(text string, i int) {
			keys, _, _ := headingForms(text)
			for _, k := range keys {
				c := "~" + canon(k)
				if old, ok := ns[c]; ok && old.index != i {
					ns[c] = named{-1, 2} // means two fields: proves nothing
				} else if !ok {
					ns[c] = named{i, 2}
				}
				v.words[c] = struct{}{}
			}
		}
		for i := range f.Columns {
			c := &f.Columns[i]
			add(c.Title, i, 0)
			for _, s := range c.Synonyms {
				add(s, i, 1)
			}
			for _, s := range append([]string{c.Title}, c.Synonyms...) {
				loose(s, i)
			}
			if c.Type == forms.List {
				m := map[string]string{}
				for _, val := range c.Values {
					for _, x := range append([]string{val.Name}, val.Variants...) {
						m[heading(x)] = val.Name
					}
				}
				v.lists[c] = m
			}
		}
		v.names[f.ID] = ns
		for _, t := range append([]string{f.Title}, f.Synonyms...) {
			v.title[f.ID] = append(v.title[f.ID], heading(t))
		}
	}
	return v
}

// titled finds the form whose title a text holds; the longest title wins, two equally long ones of different forms are none.
func (v *vocabulary) titled(text string) *forms.Form {
	text = heading(text)
	if text == "" {
		return nil
	}
	best, bestLen, tie := (*forms.Form)(nil), 0, false
	for _, f := range v.set.Forms {
		for _, t := range v.title[f.ID] {
			n := len([]rune(t))
			if n < bestLen || !strings.Contains(text, t) {
				continue
			}
			if n == bestLen && best != nil && best != f {
				tie = true
				continue
			}
			best, bestLen, tie = f, n, false
		}
	}
	if tie {
		return nil
	}
	return best
}

// reader of one grid: looks cells up by row index and column, through merged areas.
type page struct {
	*sheet.Grid
	merged  map[[2]int]sheet.Range // by covered cell, only over the first rows (headings)
	heading map[string]bool        // texts already looked up among the form's headings
}

const headRows = 80 // a head stands within the first rows that have content

func newPage(g *sheet.Grid) *page {
	p := &page{Grid: g, merged: map[[2]int]sheet.Range{}, heading: map[string]bool{}}
	if len(g.Rows) == 0 {
		return p
	}
	last := g.Rows[min(len(g.Rows), headRows)-1].N
	for _, m := range g.Merged {
		if m.Top > last {
			continue
		}
		for r := m.Top; r <= min(m.Bottom, m.Top+8); r++ {
			for c := m.Left; c <= min(m.Right, m.Left+200); c++ {
				p.merged[[2]int{r, c}] = m
			}
		}
	}
	return p
}

// cell gives the cell at a row index and column; nil where it is empty.
func cellIn(row *sheet.Row, col int) *sheet.Cell {
	i := sort.Search(len(row.Cells), func(i int) bool { return row.Cells[i].Col >= col })
	if i < len(row.Cells) && row.Cells[i].Col == col {
		return &row.Cells[i]
	}
	return nil
}

func textOf(c *sheet.Cell) string {
	if c == nil {
		return ""
	}
	return tidy(c.Text)
}

// level gives the heading text at a row index and column, through merged areas; wide is true where it spans columns.
func (p *page) level(i, col int) (text string, wide bool, anchor [2]int) {
	n := p.Rows[i].N
	anchor = [2]int{n, col}
	if m, ok := p.merged[[2]int{n, col}]; ok {
		anchor = [2]int{m.Top, m.Left}
		for j := i; j >= 0 && p.Rows[j].N >= m.Top; j-- {
			if p.Rows[j].N == m.Top {
				return textOf(cellIn(&p.Rows[j], m.Left)), m.Right > m.Left, anchor
			}
		}
		return "", false, anchor
	}
	return textOf(cellIn(&p.Rows[i], col)), false, anchor
}

var (
	thisPeriod = []string{"本月", "当月", "本期", "本周", "当期"}
	toDate     = []string{"累计", "本年累计", "全年累计", "年累计", "年初至今", "自年初累计", "今年累计", "截至目前", "1—本月", "年初累计"}
)

func isOneOf(s string, list []string) bool {
	for _, w := range list {
		if s == w {
			return true
		}
	}
	return false
}

// heading of one column over the levels of a head.
type columnHead struct {
	names   []string // candidates, best first
	title   string
	unit    int
	hasUnit bool
	rollup  bool // 累计
}

// heads reads the headings of the rows i … i+height-1.
func (p *page) heads(i, height int) map[int]columnHead {
	cols := map[int]bool{}
	for j := i; j < i+height; j++ {
		for _, c := range p.Rows[j].Cells {
			if c.Col <= 400 {
				cols[c.Col] = true
			}
		}
	}
	for at := range p.merged {
		if at[0] >= p.Rows[i].N && at[0] <= p.Rows[i+height-1].N {
			cols[at[1]] = true
		}
	}
	out := map[int]columnHead{}
	for col := range cols {
		var h columnHead
		var levels []string
		seen := map[[2]int]bool{}
		for j := i; j < i+height; j++ {
			t, _, anchor := p.level(j, col)
			if t == "" && j+1 < i+height { // an unmerged group heading stands in its first column only
				if below, _, _ := p.level(j+1, col); below != "" {
					t = p.groupLeft(j, col)
				}
			}
			if t == "" || seen[anchor] {
				continue
			}
			seen[anchor] = true
			if len([]rune(t)) > 60 {
				levels = nil
				break
			}
			levels = append(levels, t)
		}
		var kept []string
		for _, t := range levels {
			ns, unit, has := headingForms(t)
			bare := strings.Trim(ns[0], "()[]【】:")
			if exp, ok := units[bare]; ok {
				unit, has, bare = exp, true, ""
			}
			if has {
				h.unit, h.hasUnit = unit, true
			}
			switch {
			case bare == "" || counted.MatchString(bare):
			case isOneOf(bare, thisPeriod):
			case isOneOf(bare, toDate) || strings.HasSuffix(bare, "累计") && len([]rune(bare)) <= 6:
				h.rollup = true
			default:
				kept = append(kept, t)
			}
		}
		if len(kept) == 0 {
			continue
		}
		h.title = strings.Join(kept, "/")
		leaf := kept[len(kept)-1]
		ns, _, _ := headingForms(leaf)
		h.names = append(h.names, ns...)
		if len(kept) > 1 {
			for k := len(kept) - 2; k >= 0; k-- {
				up, _, _ := headingForms(kept[k])
				h.names = append(h.names, up[0]+ns[0], ns[0]+up[0])
			}
			if ns[0] == "" {
				h.names = append(h.names, h.names[len(h.names)-1])
			}
		}
		for _, n := range ns {
			for _, w := range thisPeriod {
				if rest, ok := strings.CutPrefix(n, w); ok && rest != "" {
					h.names = append(h.names, rest)
				}
			}
		}
		out[col] = h
	}
	return out
}

// groupLeft finds the nearest heading to the left on the same row, if the columns between have none.
func (p *page) groupLeft(i, col int) string {
	for c := col - 1; c > 0 && c > col-12; c-- {
		if t, wide, _ := p.level(i, c); t != "" {
			if wide {
				return "" // a merged heading says itself how far it reaches
			}
			if below, _, _ := p.level(i+1, c); below != "" {
				return t
			}
			return ""
		}
	}
	return ""
}

// match places a form's fields on the headings.
func (v *vocabulary) match(f *forms.Form, heads map[int]columnHead) (cols []placed, extra, rollup []string) {
	ns := v.names[f.ID]
	type hit struct{ col, rank int }
	best := map[int]hit{}
	colNums := make([]int, 0, len(heads))
	for c := range heads {
		colNums = append(colNums, c)
	}
	sort.Ints(colNums)
	used := map[int]int{} // column → field index + 1
	for _, col := range colNums {
		h := heads[col]
		for k, n := range h.names {
			m, ok := ns[n]
			if !ok {
				if m, ok = ns["~"+canon(n)]; !ok || m.index < 0 {
					continue
				}
			}
			if h.rollup && !strings.Contains(squash(f.Columns[m.index].Title), "累计") {
				rollup = append(rollup, f.Columns[m.index].Field)
				used[col] = -1
				break
			}
			rank := m.rank*10 + min(k, 9)
			if old, taken := best[m.index]; taken && old.rank <= rank {
				break
			} else if taken {
				delete(used, old.col)
			}
			best[m.index] = hit{col, rank}
			used[col] = m.index + 1
			break
		}
	}
	for _, col := range colNums {
		switch u := used[col]; {
		case u > 0:
			h := heads[col]
			cols = append(cols, placed{field: &f.Columns[u-1], col: col, title: h.title, unit: h.unit, hasUnit: h.hasUnit})
		case u == 0:
			extra = append(extra, heads[col].title)
		}
	}
	return cols, extra, rollup
}

// findHead finds the best head of any of the forms on a sheet; nil where none is plausible.
// fileTitle breaks ties only.
func (v *vocabulary) findHead(p *page, fileTitle string) (*header, bool) {
	type candidate struct {
		*header
		found, all int
	}
	best := map[*forms.Form]candidate{}
	n := min(len(p.Rows), headRows)
	for i := 0; i < n; i++ {
		if len(p.Rows[i].Cells) < 2 && !p.startsGroup(i) {
			continue
		}
		for height := 1; height <= 3 && i+height <= len(p.Rows); height++ {
			if height > 1 && p.Rows[i+height-1].N != p.Rows[i].N+height-1 {
				break
			}
			heads := p.heads(i, height)
			if len(heads) < 2 || !v.plausible(heads) {
				continue
			}
			for _, f := range v.set.Forms {
				cols, extra, rollup := v.match(f, heads)
				if len(cols) < 2 {
					continue
				}
				h := &header{form: f, row: i, height: height, columns: cols, extra: extra, rollup: rollup}
				found, all := h.required()
				if old, ok := best[f]; ok && !better(found, len(cols), height, old.found, len(old.columns), old.height) {
					continue
				}
				best[f] = candidate{h, found, all}
			}
		}
	}
	var all []candidate
	for _, f := range v.set.Forms {
		if c, ok := best[f]; ok && (c.found*2 >= c.all && c.found+len(c.columns) >= 4 || c.found == c.all) {
			if t := v.titled(p.above(c.row) + " " + p.Name); t == f {
				c.titled = true
			}
			all = append(all, c)
		}
	}
	if len(all) == 0 {
		return nil, false
	}
	for _, c := range all {
		if c.titled && c.found == c.all {
			return c.header, false
		}
	}
	for _, c := range all { // a title that says 问题清单 does not outweigh a table that has every column of another form
		if c.titled && !slices.ContainsFunc(all, func(o candidate) bool { return o.found == o.all }) {
			return c.header, false
		}
	}
	sort.SliceStable(all, func(i, j int) bool {
		a, b := all[i], all[j]
		if full := a.found == a.all; full != (b.found == b.all) {
			return full
		}
		if len(a.columns) != len(b.columns) {
			return len(a.columns) > len(b.columns)
		}
		return a.found*b.all > b.found*a.all
	})
	top := all[0]
	if len(all) > 1 {
		next := all[1]
		if (next.found == next.all) == (top.found == top.all) && len(next.columns) == len(top.columns) {
			switch v.titled(fileTitle) {
			case top.form:
			case next.form:
				top = next
			default:
				return nil, true
			}
		}
	}
	if top.found < top.all && top.found*10 < top.all*7 {
		return nil, false
	}
	return top.header, false
}

// better compares two heads of one form: more required fields, then more fields, then fewer rows (a title above the
// head adds nothing).
func better(found, cols, height, oldFound, oldCols, oldHeight int) bool {
	if found != oldFound {
		return found > oldFound
	}
	if cols != oldCols {
		return cols > oldCols
	}
	return height < oldHeight
}

// startsGroup says whether a row's only cell is a heading merged over several columns.
func (p *page) startsGroup(i int) bool {
	return i+1 < len(p.Rows) && len(p.Rows[i+1].Cells) >= 3 && len(p.Rows[i].Cells) == 1
}

// plausible is a quick test: at least two headings are words that some form knows.
func (v *vocabulary) plausible(heads map[int]columnHead) bool {
	n := 0
	for _, h := range heads {
		for _, name := range h.names {
			if _, ok := v.words[name]; ok {
				n++
				break
			}
			if _, ok := v.words["~"+canon(name)]; ok {
				n++
				break
			}
		}
		if n >= 2 {
			return true
		}
	}
	return false
}

// above joins the texts of the rows over a row index: titles and notes.
func (p *page) above(i int) string {
	var b strings.Builder
	for j := 0; j < i; j++ {
		for _, c := range p.Rows[j].Cells {
			b.WriteString(c.Text)
			b.WriteByte(' ')
		}
	}
	return b.String()
}
