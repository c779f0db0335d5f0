package ingest

import (
	"regexp"
	"slices"
	"strings"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
)

// line is one row of data as written: a cell per field of the form.
type line struct {
	sheet  string
	n      int // row number on the sheet
	index  int // of the page's rows
	cells  []sheet.Cell
	at     []placed      // by field; col 0 where the sheet has no such column
	block  int           // which of the table's heads it stands below
	facts  []columnFacts // by field: what its cells are read by
	rolled []rolled      // cells under 累计 headings
	weak   bool          // nothing but a number or formulas: prepared, perhaps not filled in
}

// total is a 合计 row: what it claims for each column.
type total struct {
	sheet  string
	n      int
	at     []placed
	cells  []sheet.Cell
	block  int
	line   int      // lines before it
	rolled []rolled // cells under 累计 headings
	part   bool     // 小计: of a block, not of the whole table
}

// stray is a row that fits nowhere.
type stray struct {
	n    int
	text string
	ref  string
	line int // lines before it
}

// table is all that was read of one form on one page.
type table struct {
	grid    *sheet.Grid
	heads   []*header // one for each block with columns of its own; usually one
	lines   []line
	totals  []total
	strays  []stray
	empty   []int // rows prepared and not filled in
	asides  []below
	carried map[string]bool
	said    stated
	facts   [][]columnFacts // by head and field
	bounds  [][3]int        // by head: row of the head, first and last row of data (sheet numbers)

	kinds [rowKinds]int // rows below the head by what they were taken for
	below int           // rows below the head in which somebody sees something, counted apart from the reading
}

// ignored is the number of rows recognised as not data.
func (t *table) ignored() int {
	n := 0
	for k, count := range t.kinds {
		if rowKind(k) != rowBlank && rowKind(k) != rowData {
			n += count
		}
	}
	return n
}

// unaccounted is the number of rows below the head that became neither lines nor were recognised as something else.
func (t *table) unaccounted() int { return t.below - len(t.lines) - t.ignored() }

var sameAbove = map[string]bool{"同上": true, "〃": true, "″": true, "\"": true, "同前": true, "同上行": true}

// tableReader reads the rows below a head.
type tableReader struct {
	in    *Intake
	p     *page
	t     *table
	h     *header
	at    []placed
	down  map[[2]int]sheet.Cell
	carry map[int]carried // by field: what the last section row said of a column that the table lacks
	ranks []string        // ways of numbering sections, the outermost first
	seen  int             // lines since the last head
	kinds []rowKind       // by row index
}

// readTable reads the data rows below a head, and gives the row index at which another form's table begins.
func (in *Intake) readTable(p *page, h *header) (*table, int) {
	t := &table{grid: p.Grid, heads: []*header{h}, carried: map[string]bool{}}
	r := &tableReader{in: in, p: p, t: t, h: h, at: place(h), carry: map[int]carried{}, kinds: make([]rowKind, len(p.Rows))}
	for i := 0; i < h.row; i++ {
		if !looksLikeData(&p.Rows[i]) {
			t.said.labelled(p.Name, &p.Rows[i], true)
		}
	}
	for i := 0; i < h.row; i++ { // the first block's section row may stand above the head
		if len(p.Rows[i].Cells) == 1 && r.section(&p.Rows[i]) {
			continue
		}
	}
	if len(r.carry) == 0 {
		r.ranks = nil
	}
	start := h.row + h.height
	r.down = fillDown(p, p.Rows[start-1].N)
	t.bounds = append(t.bounds, [3]int{p.Rows[h.row].N, 0, 0})
	end := len(p.Rows)
	after, free := rowBlank, start // free: the first row after the last that belongs to this table for certain
	for i := start; i < len(p.Rows); i++ {
		in.alive()
		row := &p.Rows[i]
		kind := in.vocab.classify(p, row, r.h, r.at, r.down, r.seen, after)
		if (kind == rowHead || kind == rowData || kind == rowStray) && in.vocab.mayBeHead(row) && in.vocab.otherHead(p, i, free, h.form) {
			end = free // what stands above its head is its title
			break
		}
		if n := r.asideAt(i, kind, after); n > 0 {
			i, after = i+n-1, rowBlank
			continue
		}
		if kind != rowBlank {
			after = kind
		}
		if i += r.take(kind, i, free); kind == rowData || kind == rowTotal || kind == rowHead {
			free = i + 1
		}
	}
	r.settle(start, end)
	return t, end
}

// take puts one row where it belongs and says how many rows after it went with it.
func (r *tableReader) take(kind rowKind, i, free int) int {
	t, row := r.t, &r.p.Rows[i]
	if kind == rowStray && r.section(row) || kind == rowSection {
		r.section(row)
		kind = rowSection
	}
	r.kinds[i] = kind
	switch kind {
	case rowHead:
		return r.repeatedHead(i, free)
	case rowTotal:
		t.totals = append(t.totals, total{sheet: r.p.Name, n: row.N, block: len(t.heads) - 1, line: len(t.lines), cells: r.pick(row, false), at: r.at, part: !isWhole(row), rolled: r.h.rolledUp(row)})
	case rowStray:
		c := firstText(row)
		t.strays = append(t.strays, stray{row.N, tidy(joined(row)), c.Ref(), len(t.lines)})
	case rowData:
		r.seen++
		t.lines = append(t.lines, line{sheet: r.p.Name, n: row.N, index: i, cells: r.pick(row, true), at: r.at, block: len(t.heads) - 1, weak: r.isWeak(row), rolled: r.h.rolledUp(row)})
		b := &t.bounds[len(t.bounds)-1]
		if b[1] == 0 {
			b[1] = row.N
		}
		b[2] = row.N
	}
	return 0
}

// isWhole says whether a 合计 row is for the whole table, not for a block of it as 小计 and 青山街道合计 are.
func isWhole(row *sheet.Row) bool {
	for i := range row.Cells {
		if w := squash(row.Cells[i].Text); totalWord.MatchString(w) || totalLine.MatchString(w) {
			return !strings.Contains(w, "小计")
		}
	}
	return false
}

// settle counts the rows once it is known where the table ends: those at its end that were prepared and never filled
// in are no lines, and what stands above the next form's head belongs to that.
func (r *tableReader) settle(start, end int) {
	t := r.t
	n := len(t.lines)
	for n > 0 && t.lines[n-1].weak {
		n--
		r.kinds[t.lines[n].index] = rowNumbered
	}
	t.lines = t.lines[:n]
	for i := range t.totals {
		t.totals[i].line = min(t.totals[i].line, n)
	}
	if end < len(r.p.Rows) {
		next := r.p.Rows[end].N
		t.strays = slices.DeleteFunc(t.strays, func(s stray) bool { return s.n >= next })
	}
	for i := start; i < end; i++ {
		row := &r.p.Rows[i]
		if blankRow(row) {
			continue
		}
		t.below++
		switch r.kinds[i] {
		case rowNote, rowStray:
			t.said.labelled(r.p.Name, row, false)
		case rowNothing:
			t.said.nothing = true
		case rowNumbered:
			t.empty = append(t.empty, row.N)
		}
		t.kinds[r.kinds[i]]++
	}
}

// repeatedHead takes a head that stands again, with the same columns or others. The rows from free up to it are its title.
func (r *tableReader) repeatedHead(i, free int) int {
	heights := r.in.vocab.headsOf(r.p, i)
	if heights == nil {
		return 0
	}
	c := r.in.vocab.headAt(i, r.h.form, heights)
	if c == nil || len(c.columns) < 3 {
		return 0
	}
	r.seen = 0
	var said stated
	for k := free; k < i; k++ {
		row := &r.p.Rows[k]
		if said.labelled(r.p.Name, row, true); r.kinds[k] == rowStray {
			r.kinds[k] = rowSection
			r.t.strays = slices.DeleteFunc(r.t.strays, func(s stray) bool { return s.n == row.N })
		}
	}
	for k := range c.columns {
		if p := &c.columns[k]; said.hasUnit && !p.hasUnit && p.field.Type == forms.Money {
			p.unit, p.hasUnit = said.unit, true
		}
	}
	if !sameColumns(c.header, r.h) {
		for _, old := range r.h.columns { // constants of the title hold on
			if old.col == 0 && c.column(old.field.Field) == nil {
				c.columns = append(c.columns, old)
			}
		}
		r.in.missing(c.header)
		r.t.heads = append(r.t.heads, c.header)
		r.t.bounds = append(r.t.bounds, [3]int{r.p.Rows[i].N, 0, 0})
		r.h, r.at = c.header, place(c.header)
	}
	last := i + c.height - 1
	for last+1 < len(r.p.Rows) && r.p.onlyRemarks(last+1) {
		last++
	}
	for k := i + 1; k <= last; k++ {
		r.kinds[k] = rowHead
	}
	return last - i
}

var (
	sectionTail   = regexp.MustCompile(`[(（:：].*$|(共|合计)?\d+(件|项|个|户|家|条)?$`)
	sectionSuffix = regexp.MustCompile(`(问题清单|清单|问题|方面|领域|类|部分|片区)$`)
)

// carried is what a section row said of a column, and how that row was numbered.
type carried struct{ value, style string }

// numbering is the way in which a section row is numbered: 一、 or （一） or 1.
func numbering(text string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case strings.ContainsRune("一二三四五六七八九十", c):
			return '一'
		case c >= '0' && c <= '9':
			return '1'
		}
		return c
	}, strings.ReplaceAll(bullet.FindString(text), "十", "一"))
}

// section takes what a section row says of columns that the table lacks: a list's value, a street. False where it says
// nothing of them; then what a section of the same rank said before holds no longer.
func (r *tableReader) section(row *sheet.Row) bool {
	text := firstText(row).Text
	if len(text) > 120 {
		return false
	}
	whole := heading(text)
	text, style := bullet.ReplaceAllString(whole, ""), numbering(whole)
	depth := slices.Index(r.ranks, style)
	if depth < 0 {
		depth = len(r.ranks)
		r.ranks = append(r.ranks, style)
	}
	for k, c := range r.carry { // a section ends those within the one before it
		if slices.Index(r.ranks, c.style) > depth {
			r.carry[k] = carried{"", c.style}
		}
	}
	told, above := false, row.N < r.p.Rows[r.h.row].N
	for k := range r.at {
		if r.at[k].col > 0 {
			continue
		}
		if v := r.in.sectionValue(r.at[k].field, text); v != "" {
			r.carry[k] = carried{v, style}
			r.t.carried[r.at[k].field.Field] = true
			told = true
		} else if c, ok := r.carry[k]; ok && c.style == style && !above { // a line below a title doesn't end what the title says
			r.carry[k] = carried{"", style}
		}
	}
	return told
}

// sectionValue reads a section heading as the value of a column.
func (in *Intake) sectionValue(c *forms.Column, text string) string {
	bare := sectionTail.ReplaceAllString(text, "")
	for _, t := range []string{text, bare, sectionSuffix.ReplaceAllString(bare, "")} {
		switch c.Type {
		case forms.List:
			if v, ok := in.vocab.lists[c][t]; ok {
				return v
			}
		case forms.Unit:
			if s, ok := in.Zone.Match(t); ok && (c.Field != "street" || s.Kind == "street") {
				return s.Name
			}
		}
	}
	return ""
}

// isWeak says whether a row holds nothing that anybody typed for it: a running number, a prepared code, formulas.
func (r *tableReader) isWeak(row *sheet.Row) bool {
	keys := r.h.form.Key
	for i := range row.Cells {
		c := &row.Cells[i]
		if !filled(c) || c.Formula {
			continue
		}
		k := slices.IndexFunc(r.at, func(p placed) bool { return p.col == c.Col })
		if k < 0 {
			if c.Kind == sheet.Number {
				continue
			}
			return false
		}
		f := r.at[k].field
		if !slices.ContainsFunc(keys, func(part forms.KeyPart) bool { return slices.Contains(part, f.Field) }) || f.Type != forms.Code && f.Type != forms.Int {
			return false
		}
	}
	return true
}

// place spreads a head's columns over the form's fields.
func place(h *header) []placed {
	at := make([]placed, len(h.form.Columns))
	for i := range h.form.Columns {
		at[i].field = &h.form.Columns[i]
		if c := h.column(h.form.Columns[i].Field); c != nil {
			at[i] = *c
		}
	}
	return at
}

func sameColumns(a, b *header) bool {
	real := func(h *header) (n int) {
		for _, c := range h.columns {
			if c.col > 0 {
				n++
			}
		}
		return n
	}
	if real(a) != real(b) {
		return false
	}
	for i := range a.columns {
		o := b.column(a.columns[i].field.Field)
		if o == nil || o.col != a.columns[i].col || o.unit != a.columns[i].unit || o.hasUnit != a.columns[i].hasUnit {
			return false
		}
	}
	return true
}

// pick takes the cells of a row by field; of a line also through vertical merges, 同上 and section rows.
func (r *tableReader) pick(row *sheet.Row, isLine bool) []sheet.Cell {
	cells := make([]sheet.Cell, len(r.at))
	var above *line
	if n := len(r.t.lines); n > 0 && isLine {
		above = &r.t.lines[n-1]
	}
	for k := range r.at {
		col, f := r.at[k].col, r.at[k].field
		if col == 0 {
			v := r.at[k].konst
			if c, ok := r.carry[k]; ok && (c.value != "" || v == "") {
				v = c.value
			}
			if v != "" && isLine {
				cells[k] = sheet.Cell{Row: row.N, Kind: sheet.Text, Text: v}
			}
			continue
		}
		if c := cellIn(row, col); c != nil {
			cells[k] = *c
		} else if isLine { // one amount over several rows is not the amount of each
			if c, ok := r.down[[2]int{row.N, col}]; ok && f.Type != forms.Money && (f.Type != forms.Int || f.InKey) {
				cells[k] = c
			}
		}
		cells[k].Row, cells[k].Col = row.N, col
		if above != nil && cells[k].Kind == sheet.Text && sameAbove[tidy(cells[k].Text)] {
			cells[k] = above.cells[k]
			cells[k].Row, cells[k].Col = row.N, col
		}
	}
	return cells
}

// fillDown maps the cells covered by vertical merges below a row to the value they share.
func fillDown(p *page, below int) map[[2]int]sheet.Cell {
	out := map[[2]int]sheet.Cell{}
	byRow := map[int]*sheet.Row{}
	for _, m := range p.Merged {
		if m.Bottom <= m.Top || m.Top <= below {
			continue
		}
		if len(byRow) == 0 {
			for i := range p.Rows {
				byRow[p.Rows[i].N] = &p.Rows[i]
			}
		}
		top := byRow[m.Top]
		if top == nil {
			continue
		}
		c := cellIn(top, m.Left)
		if c == nil || m.Bottom-m.Top > 100000 {
			continue
		}
		for r := m.Top + 1; r <= m.Bottom; r++ {
			out[[2]int{r, m.Left}] = *c
		}
	}
	return out
}

// mayBeHead is a quick test: a row of three or more texts, most of them headings that some form knows.
func (v *vocabulary) mayBeHead(row *sheet.Row) bool {
	texts, hits := 0, 0
	for i := range row.Cells {
		c := &row.Cells[i]
		switch {
		case c.Kind == sheet.Date || c.Kind == sheet.Number:
			return false
		case c.Kind == sheet.Text && c.Text != "":
			if len(c.Text) > 90 {
				return false
			}
			texts++
		}
	}
	if texts < 3 {
		return false
	}
	for i := range row.Cells {
		if c := &row.Cells[i]; c.Kind == sheet.Text && v.isWord(c.Text) {
			hits++
		}
	}
	return hits >= 3 && hits*10 >= texts*6
}
