package heading

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"sync"

	"taizhang/ingest/forms"
)

// Placed is a form's field found in a column of a sheet.
type Placed struct {
	Field    *forms.Column
	Col      int    // from 1; 0 for a constant taken from the title
	Title    string // as the sender wrote it
	Unit     int    // power of ten of yuan
	HasUnit  bool
	Scale    int    // of a count: power of ten (百个: 2)
	guess    bool   // a close but unsure match
	UnitCol  int    // column in which each row states the unit; 0 for none
	Ticks    []tick // columns of its listed values, of which one is ticked in each row
	Constant string // the value where col is 0
	Parts    dateParts
	Before   int // column of the deadline that was set first, read where this one is empty; 0 for none
}

// Head is a table head found on a sheet.
type Head struct {
	matched
	Form    *forms.Form
	Row     int // index in grid.Rows of the first heading row
	Height  int
	Missing []*forms.Column
	titled  bool          // the title above the head names the form
	joint   []joint       // columns that are headed by two fields at once
	bare    []bareColumn  // columns headed by no more than a time
	Crossed *forms.Column // whose values head groups of columns: told already
}

func (h *Head) required() (found, all int) {
	for i := range h.Form.Columns {
		c := &h.Form.Columns[i]
		if !c.Required {
			continue
		}
		all++
		if h.Column(c.Field) != nil {
			found++
		}
	}
	return
}

// Column is where a field stands; nil where the head has no column for it.
func (h *Head) Column(field string) *Placed {
	for i := range h.Columns {
		if h.Columns[i].Field.Field == field {
			return &h.Columns[i]
		}
	}
	return nil
}

// ByField spreads a head's columns over the form's fields.
func (h *Head) ByField() []Placed {
	at := make([]Placed, len(h.Form.Columns))
	for i := range h.Form.Columns {
		at[i].Field = &h.Form.Columns[i]
		if c := h.Column(h.Form.Columns[i].Field); c != nil {
			at[i] = *c
		}
	}
	return at
}

// candidate is the best head of one form on a page.
type candidate struct {
	*Head
	Found, All int
}

func (c *candidate) full() bool { return c.Found == c.All }

// mostHeadings is how many percent of a form's required headings make a row its head: of the ten of 问题台账 seven. A row
// with six is another table's as often as not; who left out three columns is told which.
const mostHeadings = 70

func mostOf(found, all int) bool { return found*100 >= all*mostHeadings }

// HeadAt reads the rows from index i on as a head of a form; nil where they are none. Of one to three rows those
// count that place the most required fields, then the most fields, then the fewest rows.
func (v *Vocabulary) HeadAt(i int, f *forms.Form, heights []columnHeads) *candidate {
	var best *candidate
	for height, heads := range heights {
		if heads.at == nil {
			continue
		}
		m := v.matchKept(f, heads)
		if len(m.Columns)+len(m.rollup) < 2 {
			continue
		}
		h := &Head{matched: m, Form: f, Row: i, Height: height + 1}
		found, all := h.required()
		if c := (candidate{h, found, all}); best == nil || c.better(best) {
			best = &c
		}
	}
	return best
}

// columnHeads are the headings of a head of one height.
type columnHeads struct {
	at   map[int]columnHead // by column; nil where that is no head of any form
	kept *keptMatches       // shared by the heads that say the same; nil where nobody should keep them
}

// keptMatches are what the forms make of a head.
type keptMatches struct {
	mu sync.Mutex
	m  map[*forms.Form]matched
}

// keptFor gives what is kept of a head: the sheets of one run have few different ones.
func (v *Vocabulary) keptFor(heads map[int]columnHead) *keptMatches {
	key := keyOf(heads)
	if key == nil {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	k := v.heads[string(key)]
	if k == nil {
		if len(v.heads) >= 500 {
			clear(v.heads)
		}
		k = &keptMatches{m: map[*forms.Form]matched{}}
		v.heads[string(key)] = k
	}
	return k
}

// keyOf writes headings as a key: all that match looks at. Nil where it is too long.
func keyOf(heads map[int]columnHead) []byte {
	const most = 4096
	b := make([]byte, 0, 1024)
	for _, col := range slices.Sorted(maps.Keys(heads)) {
		h := heads[col]
		b = strconv.AppendInt(b, int64(col), 10)
		b = append(append(b, 0), h.said...)
		b = append(strconv.AppendBool(strconv.AppendBool(b, h.other), len(h.joined) > 0), '\n') // see keepOwn
		if len(b) > most {
			return nil
		}
	}
	return b
}

// HeadsOf reads the rows from i on as heads of one, two and three rows; nil where that is no head of any form.
func (v *Vocabulary) HeadsOf(p *Page, i int) []columnHeads {
	if len(p.Row(i).Cells) < 2 && !(p.startsGroup(i) && !v.isTitle(p, i)) || !v.promising(p, i) || v.inside(p, i) {
		return nil
	}
	var out []columnHeads
	for height := 1; height <= 3 && i+height <= len(p.Rows); height++ {
		if height > 1 {
			if p.Rows[i+height-1].N != p.Rows[i].N+height-1 {
				break
			}
			if v.proven(p, i, i+height-1) || p.underGroups(i+height-1) {
				if !p.OnlyRemarks(i + height - 1) { // see FindHead
					clear(out) // a head can't end above a row that belongs to it
				}
			} else if !v.headLike(p.Row(i + height - 1)) {
				break
			}
		}
		var heads columnHeads
		if at := p.headsIf(i, height, func(at map[int]columnHead) bool { return len(at) >= 2 && v.plausible(at) }); at != nil {
			heads = columnHeads{at, v.keptFor(at)}
		}
		out = append(out, heads)
	}
	return out
}

// better compares two heads of one form: more required fields, then more fields, then fewer headings that mean the same
// (a group heading above tells them apart), then fewer rows (a title above the head adds nothing).
func (c *candidate) better(old *candidate) bool {
	if c.Found != old.Found {
		return c.Found > old.Found
	}
	if len(c.Columns) != len(old.Columns) {
		return len(c.Columns) > len(old.Columns)
	}
	if a, b := len(c.rollup)+len(c.others), len(old.rollup)+len(old.others); a != b { // understood, if not wanted
		return a > b
	}
	if len(c.doubled) != len(old.doubled) {
		return len(c.doubled) < len(old.doubled)
	}
	return c.Height < old.Height
}

// FindHead finds the best head of any of the forms on a page; nil where none is plausible, tie where two forms are equally so.
// fileTitle breaks ties only.
func (v *Vocabulary) FindHead(p *Page, fileTitle string) (h *Head, tie bool) {
	n := min(len(p.Rows), headRows)
	heights := make([][]columnHeads, n)
	best := map[*forms.Form]*candidate{}
	full := false // a form has all that it must have: below, only what looks like a head can do better
	for i := range heights {
		if full && !v.dense(p, i) {
			continue
		}
		if heights[i] = v.HeadsOf(p, i); heights[i] == nil {
			continue
		}
		for _, f := range v.Set.Forms {
			if c := v.HeadAt(i, f, heights[i]); c != nil && (best[f] == nil || c.better(best[f])) {
				best[f] = c
				full = full || c.full()
			}
		}
	}
	c, tie := v.choose(p, best, fileTitle)
	if c == nil {
		return nil, tie
	}
	c = v.firstBlock(v.upper(p, c, best), heights)
	for c.Row+c.Height < len(p.Rows) && c.Height < 5 && p.Rows[c.Row+c.Height].N == p.Rows[c.Row].N+c.Height && p.OnlyRemarks(c.Row+c.Height) {
		m := v.match(c.Form, p.heads(c.Row, c.Height+1)) // with a row of units below the headings
		if len(m.Columns) < len(c.Columns) && !p.saysOfNumbers(c.Row+c.Height, c.Head) {
			break
		}
		c.Height, c.matched = c.Height+1, m
	}
	v.takeTicks(p, c.Head)
	return c.Head, false
}

// upper gives the head of another form's table above the best head, or that head where none stands there: two tables below
// one another are read from the top, whichever has more columns.
func (v *Vocabulary) upper(p *Page, c *candidate, best map[*forms.Form]*candidate) *candidate {
	top := c
	for _, f := range v.Set.Forms {
		b := best[f]
		if b == nil || b.Row+b.Height >= top.Row || !b.full() && !mostOf(b.Found, b.All) {
			continue
		}
		named := v.Titled(p.Above(b.Row) + " " + p.Name)
		if named != f && (named != nil || !b.full() || b.All < 4) {
			continue
		}
		for i := b.Row + b.Height; i < top.Row; i++ {
			if len(p.Row(i).Cells) >= 3 { // a row of its own
				b.titled, top = named == f, b
				break
			}
		}
	}
	return top
}

// firstBlock finds the head of the first block where the best head is that of a later one: a table may begin with a
// poorer head than its best.
func (v *Vocabulary) firstBlock(c *candidate, heights [][]columnHeads) *candidate {
	for i := range heights[:c.Row] { // a head of several rows must end above it
		heights[i] = heights[i][:min(len(heights[i]), c.Row-i)]
	}
	for i := 0; i < c.Row; i++ {
		first := v.HeadAt(i, c.Form, heights[i])
		if first == nil || !mostOf(first.Found, c.All) || !mostOf(len(first.Columns), len(c.Columns)) {
			continue
		}
		for j := i + 1; j < i+3 && j < c.Row; j++ { // without the title above it
			if next := v.HeadAt(j, c.Form, heights[j]); next != nil && next.better(first) {
				first = next
			}
		}
		first.titled = c.titled
		return first
	}
	return c
}

// choose decides which form a page is, from each form's best head.
func (v *Vocabulary) choose(p *Page, best map[*forms.Form]*candidate, fileTitle string) (*candidate, bool) {
	all := v.plausibleOf(p, best)
	if len(all) == 0 {
		return nil, false
	}
	anyFull := slices.ContainsFunc(all, (*candidate).full)
	for _, c := range all { // a title that says 问题清单 does not outweigh a table that has every column of another form
		if c.titled && (c.full() || !anyFull) {
			return c, false
		}
	}
	slices.SortStableFunc(all, (*candidate).before)
	top := all[0]
	if len(all) > 1 {
		if next := all[1]; next.full() == top.full() && len(next.Columns) == len(top.Columns) {
			switch v.Titled(fileTitle) {
			case top.Form:
			case next.Form:
				top = next
			default:
				return nil, true
			}
		}
	}
	needed := top.All
	if own := top.Form.Column(top.Form.OwnDate); own != nil && own.Type == forms.Month && top.Column(own.Field) == nil {
		needed-- // a month's return says which month it is
	}
	if !top.full() && !mostOf(top.Found, needed) {
		return nil, false
	}
	return top, false
}

// plausibleOf gives the forms' best heads that may be meant: with half of what the form must have, all of it, or under its title.
func (v *Vocabulary) plausibleOf(p *Page, best map[*forms.Form]*candidate) (all []*candidate) {
	titled := map[int]*forms.Form{} // by row of the head
	for _, f := range v.Set.Forms {
		c := best[f]
		if c == nil {
			continue
		}
		named, seen := titled[c.Row]
		if !seen {
			named = v.Titled(p.Above(c.Row) + " " + p.Name)
			titled[c.Row] = named
		}
		c.titled = named == f
		if c.Found*2 >= c.All && c.Found+len(c.Columns) >= 4 || c.full() || c.titled && c.completable() {
			all = append(all, c)
		}
	}
	return all
}

// before compares heads of different forms: a full one comes first, then the one with more columns, then with the larger share
// of those that its form must have.
func (c *candidate) before(b *candidate) int {
	if c.full() != b.full() {
		if c.full() {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(len(b.Columns), len(c.Columns)), cmp.Compare(b.Found*c.All, c.Found*b.All))
}

// completable says whether what the head lacks may stand in its title, in section rows or in the sheet's name.
func (c *candidate) completable() bool {
	for i := range c.Form.Columns {
		k := &c.Form.Columns[i]
		if k.Required && c.Column(k.Field) == nil && k.Type != forms.List && k.Type != forms.Unit && k.Field != c.Form.OwnDate {
			return false
		}
	}
	return len(c.Columns) >= 3
}

// startsGroup says whether a row's only cell is a heading merged over several columns.
func (p *Page) startsGroup(i int) bool {
	return i+1 < len(p.Rows) && len(p.Row(i+1).Cells) >= 3 && len(p.Row(i).Cells) == 1
}

// isTitle says whether a row's only cell names a form and is no group of some of the columns below: 招聘活动 over 名称 and 时间.
func (v *Vocabulary) isTitle(p *Page, i int) bool {
	c := &p.Row(i).Cells[0]
	if m, ok := p.Areas[[2]int{p.Rows[i].N, c.Col}]; ok && m.Right-m.Left+1 < p.widest(i) {
		return false
	}
	return v.Titled(c.Text) != nil
}

// OtherHead says whether another form's head begins at row index i: its title stands above it and most of its
// required columns are there, or all of them, and the form at hand makes less of the row.
func (v *Vocabulary) OtherHead(p *Page, i, since int, current *forms.Form) bool {
	heights := v.HeadsOf(p, i)
	if heights == nil {
		return false
	}
	own := v.HeadAt(i, current, heights)
	title := ""
	for j := since; j < i; j++ {
		for _, c := range p.Row(j).Cells {
			title += c.Text + " "
		}
	}
	named := v.Titled(title)
	if named == current || named == nil && own != nil && own.full() {
		return false
	}
	for _, f := range v.Set.Forms {
		if f == current {
			continue
		}
		c := v.HeadAt(i, f, heights)
		if c != nil && (c.full() && (own == nil || len(c.Columns) >= len(own.Columns)) || f == named && mostOf(c.Found, c.All)) {
			return true
		}
	}
	return false
}

// IsNumber says whether a column holds amounts or counts, of which one cell over several rows is not the value of each.
func IsNumber(c *forms.Column) bool {
	return c.Type == forms.Money || c.Type == forms.Int && !c.InKey
}
