package layout

import (
	"slices"
	"strings"

	"taizhang/ingest/around"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/rowkind"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// total is a 合计 row: what it claims for each column.
type total struct {
	Sheet  string
	N      int
	At     []heading.Placed
	Cells  []sheet.Cell
	block  int
	Head   *heading.Head
	Line   int              // lines before it
	Rolled []heading.Rolled // cells under 累计 headings
	Part   bool             // 小计: of a block, not of the whole table
	Said   sheet.Cell       // all that stands in the row, if that is one text: 合计：3笔，共80万元
}

// Stray is a row that fits nowhere: a text where a line should be, such as 数据正在核对.
type Stray struct {
	N    int
	Text string
	Ref  string
	Line int // lines before it

	Numbered bool // it has a running number as lines have
}

// Table is all that was read of one form on one page.
type Table struct {
	Grid        *sheet.Grid     // without its rows, which would be held until the return is stored
	Heads       []*heading.Head // one for each block with columns of its own; usually one
	Lines       []Line
	Totals      []total
	carriedSums []int // rows of sums that are carried from page to page
	Strays      []Stray
	Voiding     []sheet.Cell // notes that say that some of the lines are void
	About       []About      // notes that say otherwise of a line than it does
	Empty       []int        // rows prepared and not filled in
	asides      []below

	filledDown  []filledDown    // columns of blocks, filled in from their first line or section row
	refuted     []refuted       // sections of which a row says otherwise
	joinedRows  []joinedRows    // rows that went into the line above them
	carried     map[string]bool // by field: section rows give it
	Said        around.Stated
	Between     []around.Stated // what stands above heads that stand again
	Bounds      [][3]int        // by head: row of the head, first and last row of data (sheet numbers)
	AmountsSaid []AmountSaid    // sums in titles and notes
	RowsSaid    []RowsSaid      // how many rows titles, totals and notes say there are
	Passed      []Passed        // rows below the head that are no lines
	Unread      []Unread        // cells under no heading, the first of them

	unread     int                // how many these are
	cells      int                // cells with content below the head
	accounted  int                // of these, the ones whose whereabouts are known
	cumulative []sheet.Cell       // remarks that say that the figures beside them are
	examples   []example          // rows that are filled like data
	bareTotals []bareTotal        // totals that don't say so
	counted    []counted          // sections that say how many items they hold, and hold others
	kinds      [rowkind.Kinds]int // rows below the head by what they were taken for
	Below      int                // rows below the head in which somebody sees something, counted apart from the reading
}

// Carries says whether section rows give a field that the table has no column for.
func (t *Table) Carries(c *forms.Column) bool { return t.carried[c.Field] }

// Ignored is the number of rows recognised as not data.
func (t *Table) Ignored() int {
	n := 0
	for k, count := range t.kinds {
		if rowkind.Kind(k) != rowkind.Blank && rowkind.Kind(k) != rowkind.Data {
			n += count
		}
	}
	return n
}

// Unaccounted is the number of rows below the head that became neither lines nor were recognised as something else.
func (t *Table) Unaccounted() int { return t.Below - len(t.Lines) - t.Ignored() }

// tableReader reads the rows below a head.
type tableReader struct {
	reader        *Reader
	page          *heading.Page
	table         *Table
	head          *heading.Head // the last above the row: heads stand again further down
	at            []heading.Placed
	down          map[[2]int]sheet.Cell
	spans         map[[2]int]sheet.Range // cells merged downwards, by the row and column of the first
	carry         map[int]carried        // by field: what the last section row said of a column
	ranks         []string               // ways of numbering sections, the outermost first
	seen          int                    // lines since the last head
	kinds         []rowkind.Kind         // by row index
	under         *stretch               // the lines since the last head
	picked, taken []sheet.Cell           // scratch: of a line's cells, of those that it took

	scratch  sheet.Row                // see plainLine
	headedBy map[*heading.Head][]bool // see headed
	overlong map[*heading.Head][]int  // see isOverlong
	void     *sheet.Cell              // the section heading that says that the rows below it are void
	unit     string                   // of the amounts below a section row that states one
	above    []string                 // cells above the head that are sections' headings
	told     map[string]int           // by field: how many different values sections told
	unfilled []unfilled               // under section rows: see underSection
	takenIn  []int                    // by column: the last row of which a line took its cell
}

// ReadTable reads the data rows below a head, and gives the row index at which another form's table begins.
func (l *Reader) ReadTable(p *heading.Page, h *heading.Head) (*Table, int) {
	t := &Table{Grid: &sheet.Grid{Name: p.Name, Hidden: p.Hidden}, Heads: []*heading.Head{h}, carried: map[string]bool{}}
	r := &tableReader{reader: l, page: p, table: t, head: h, at: h.ByField(), carry: map[int]carried{}, told: map[string]int{}, kinds: make([]rowkind.Kind, len(p.Rows))}
	r.readAbove()
	start := h.Row + h.Height
	r.down, r.spans = rowkind.FillDown(p, p.Rows[start-1].N)
	t.Bounds = append(t.Bounds, [3]int{p.Rows[h.Row].N, 0, 0})
	t.Lines = make([]Line, 0, len(p.Rows)-start) // nearly all rows are
	end := len(p.Rows)
	after, free := rowkind.Blank, start // free: the first row after the last that belongs to this table for certain
	for i := start; i < len(p.Rows); i++ {
		l.Alive()
		if r.plainLine(i) {
			after, free = rowkind.Data, i+1
			continue
		}
		row := p.Row(i)
		s := rowkind.Seen{Vocab: l.Vocab, Units: l.Units, Page: p, Row: row, Head: r.head, At: r.at, Down: r.down, Before: r.seen, After: after}
		kind := s.Classify()
		if r.endsAt(i, free, kind, s.Certain) {
			end = free // what stands above its head is its title
			break
		}
		if n := r.asideAt(i, kind, after, &s); n > 0 {
			i, after = i+n-1, rowkind.Blank
			continue
		}
		if kind != rowkind.Blank {
			after = kind
		}
		took := r.take(kind, i, free)
		if s.Marked != nil {
			r.marked(row.N, s.Marked, kind == rowkind.Data)
		}
		if i += took; kind == rowkind.Data || kind == rowkind.Total || kind == rowkind.Carried || kind == rowkind.Head {
			free = i + 1
		}
	}
	r.settle(start, end)
	return t, end
}

// readAbove takes what stands above the head: what is stated there, and the section row of the first block.
func (r *tableReader) readAbove() {
	for i := 0; i < r.head.Row; i++ {
		if !looksLikeData(r.page.Row(i)) {
			r.table.Said.Labelled(r.page.Name, r.page.Row(i), true)
		}
	}
	for i := 0; i < r.head.Row; i++ { // the first block's section row may stand above the head
		if row := r.page.Row(i); len(row.Cells) == 1 && r.section(row) {
			r.above = append(r.above, row.Cells[0].Ref())
		}
	}
	if len(r.carry) == 0 {
		r.ranks = nil
	}
}

// endsAt says whether another form's table begins at row i: its head stands there, or is what the rows from free on lead to.
func (r *tableReader) endsAt(i, free int, kind rowkind.Kind, certain bool) bool {
	if certain || kind != rowkind.Head && kind != rowkind.Data && kind != rowkind.Stray {
		return false
	}
	return r.reader.Vocab.MayBeHead(r.page.Row(i)) && r.reader.Vocab.OtherHead(r.page, i, free, r.table.Heads[0].Form)
}

// take puts one row where it belongs and says how many rows after it went with it.
func (r *tableReader) take(kind rowkind.Kind, i, free int) int {
	t, row := r.table, r.page.Row(i)
	if kind == rowkind.Section || kind == rowkind.Stray {
		if r.section(row) || kind == rowkind.Section || r.headsBelow(i+1) {
			kind = rowkind.Section
			r.void = voidSection(row)
		} else {
			r.headsNothing(row.N)
		}
	}
	if (kind == rowkind.Section || kind == rowkind.Note || kind == rowkind.Stray) && r.takeUnit(kind, row) {
		kind = rowkind.Section
	}
	r.kinds[i] = kind
	switch kind {
	case rowkind.Head:
		return r.repeatedHead(i, free)
	case rowkind.Total:
		t.Totals = append(t.Totals, total{Sheet: r.page.Name, N: row.N, block: len(t.Heads) - 1, Head: r.head, Line: len(t.Lines), Cells: r.pick(nil, row, false), At: r.at, Part: !isWhole(row), Rolled: r.head.RolledUp(row), Said: soleText(row)})
	case rowkind.Carried:
		t.carriedSums = append(t.carriedSums, row.N)
	case rowkind.Stray:
		c := sight.FirstText(row)
		numbered := written.Atoi(written.Plain(c.Text)) > 0 && !sight.SoleCell(row)
		t.Strays = append(t.Strays, Stray{row.N, written.Tidy(sight.Joined(row)), c.Ref(), len(t.Lines), numbered})
	case rowkind.Data:
		r.add(r.line(row, i))
	}
	return 0
}

// soleText is the one cell of a row; an empty one where it has several.
func soleText(row *sheet.Row) (c sheet.Cell) {
	if sight.SoleCell(row) {
		c = sight.FirstText(row)
	}
	return c
}

// line makes a line of the ith row of the page.
func (r *tableReader) line(row *sheet.Row, i int) Line {
	r.begin()
	r.picked = r.pick(r.picked, row, true)
	l := Line{stretch: r.under, N: row.N, index: int32(i), cells: r.under.kept.Put(row.N, r.picked), weak: r.isWeak(row)}
	if void := r.voided(row); void != nil {
		v := *void
		l.extra().void = &v
	} else if r.void != nil {
		l.extra().void = r.void
	}
	if isStruck(row) {
		l.extra().struck = true
	} else {
		r.crossings(&l, row)
	}
	r.unseen(&l, row)
	if rolled := r.head.RolledUp(row); rolled != nil {
		l.extra().rolled = rolled
	}
	r.tooManyFields(&l, row)
	r.mergedAcross(&l, row)
	r.notedCumulative(&l, row)
	for k := range r.at {
		if r.at[k].Ticks != nil {
			l.tickFault(row, k)
		}
	}
	if len(r.carry) > 0 {
		r.underSection(&l)
	}
	return l
}

// isWhole says whether a 合计 row is for the whole table, not for a block of it as 小计 and 青山街道合计 are.
func isWhole(row *sheet.Row) bool {
	for i := range row.Cells {
		if w := spelling.Squash(row.Cells[i].Text); rowkind.TotalWord().MatchString(w) || rowkind.TotalLine().MatchString(w) {
			return !strings.Contains(w, "小计")
		}
	}
	return false
}

// settle counts the rows once it is known where the table ends: those at its end that were prepared and never filled
// in are no lines, and what stands above the next form's head belongs to that.
func (r *tableReader) settle(start, end int) {
	t := r.table
	r.unlabelledTotals()
	r.groupSums()
	n := len(t.Lines)
	for n > 0 && t.Lines[n-1].weak {
		n--
		r.kinds[t.Lines[n].index] = rowkind.Numbered
	}
	t.Lines = t.Lines[:n]
	for i := range t.Totals {
		t.Totals[i].Line = min(t.Totals[i].Line, n)
	}
	r.joinSubrows()
	r.fillSections()
	r.refute()
	r.countSections(start, end)
	r.countRows(start, end)
	t.fillBlocks()
	r.nilLines()
	if end < len(r.page.Rows) {
		next := r.page.Rows[end].N
		t.Strays = slices.DeleteFunc(t.Strays, func(s Stray) bool { return s.N >= next })
	}
	r.mergedAmounts()
	r.unproven(start, end)
	for i := start; i < end; i++ {
		switch r.kinds[i] {
		case rowkind.Note, rowkind.Footer, rowkind.Stray:
			t.Said.Labelled(r.page.Name, r.page.Row(i), false)
		case rowkind.Nothing:
			t.Said.Nothing = true
		case rowkind.Numbered:
			t.Empty = append(t.Empty, r.page.Rows[i].N)
		}
	}
	r.titlesWithin(start)
	for _, n := range r.told { // one of several streets' blocks is no submitter
		if n > 1 {
			t.Said.Titles = slices.DeleteFunc(t.Said.Titles, func(s around.Said) bool { return slices.Contains(r.above, s.Ref) })
		}
	}
	r.voidNotes(end)
	r.account(start, end)
}

// voidNotes keeps the notes beside the lines that take some of them back.
func (r *tableReader) voidNotes(end int) {
	for i := range r.page.Rows[:end] {
		switch r.kinds[i] {
		case rowkind.Blank, rowkind.Note, rowkind.Footer, rowkind.Stray: // rowBlank: also what stands above the head
			c := voidNote(r.page.Row(i))
			if c == nil {
				c = r.voidByKey(r.page.Row(i))
			}
			if c == nil && len(r.table.Lines) > 0 {
				if about := r.about(r.page.Row(i)); about != nil {
					r.table.About = append(r.table.About, *about)
					r.table.Strays = slices.DeleteFunc(r.table.Strays, func(s Stray) bool { return s.N == about.Cell.Row })
				}
			}
			if c == nil || len(r.table.Lines) == 0 {
				continue
			}
			r.table.Voiding = append(r.table.Voiding, *c)
			r.table.Strays = slices.DeleteFunc(r.table.Strays, func(s Stray) bool { return s.N == c.Row })
		}
	}
}

// unproven takes a text merged over the whole width for a section only where lines follow: below them, or where there are
// none, it is a remark such as 数据正在核对.
func (r *tableReader) unproven(start, end int) {
	t := r.table
	last := 0
	if n := len(t.Lines); n > 0 {
		last = int(t.Lines[n-1].index)
	}
	for i := max(start, last); i < end; i++ {
		if r.kinds[i] != rowkind.Section {
			continue
		}
		row := r.page.Row(i)
		if rowkind.SectionWord().MatchString(spelling.Squash(rowkind.SectionText(row))) {
			continue
		}
		r.kinds[i] = rowkind.Stray
		t.Strays = append(t.Strays, Stray{N: row.N, Text: written.Tidy(sight.Joined(row)), Ref: sight.FirstText(row).Ref(), Line: len(t.Lines)})
	}
	slices.SortFunc(t.Strays, func(a, b Stray) int { return a.N - b.N })
}

// repeatedHead takes a head that stands again, with the same columns or others. The rows from free up to it are its title.
func (r *tableReader) repeatedHead(i, free int) int {
	heights := r.reader.Vocab.HeadsOf(r.page, i)
	if heights == nil {
		return 0
	}
	c := r.reader.Vocab.HeadAt(i, r.head.Form, heights)
	if c == nil || len(c.Columns) < 3 {
		return 0
	}
	r.seen = 0
	var said around.Stated
	for k := free; k < i; k++ {
		row := r.page.Row(k)
		if said.Labelled(r.page.Name, row, true); r.kinds[k] == rowkind.Stray || r.kinds[k] == rowkind.Note && around.UnitRow(row) {
			r.kinds[k] = rowkind.Head
			r.table.Strays = slices.DeleteFunc(r.table.Strays, func(s Stray) bool { return s.N == row.N })
		}
	}
	r.table.Between = append(r.table.Between, said)
	for k := range c.Columns {
		if p := &c.Columns[k]; said.HasUnit && !p.HasUnit && p.Field.Type == forms.Money {
			p.Unit, p.HasUnit = said.Unit, true
		}
	}
	c.KeepAdjusted(r.head)
	if !sameColumns(c.Head, r.head) {
		for _, old := range r.head.Columns { // constants of the title hold on
			if old.Col == 0 && c.Column(old.Field.Field) == nil {
				c.Columns = append(c.Columns, old)
			}
		}
		c.Head.Lack()
		r.table.Heads = append(r.table.Heads, c.Head)
		r.table.Bounds = append(r.table.Bounds, [3]int{r.page.Rows[i].N, 0, 0})
		r.head, r.at = c.Head, c.Head.ByField()
	}
	last := i + c.Height - 1
	for last+1 < len(r.page.Rows) && r.page.OnlyRemarks(last+1) {
		last++
	}
	for k := i + 1; k <= last; k++ {
		r.kinds[k] = rowkind.Head
	}
	return last - i
}

// isWeak says whether a row holds nothing that anybody typed for it: a running number, a prepared code, formulas.
func (r *tableReader) isWeak(row *sheet.Row) bool {
	keys := r.head.Form.Key
	for i := range row.Cells {
		c := &row.Cells[i]
		if !sight.Present(c) || c.Formula {
			continue
		}
		k := slices.IndexFunc(r.at, func(p heading.Placed) bool { return p.Col == c.Col })
		if k < 0 {
			if c.Kind == sheet.Number {
				continue
			}
			return false
		}
		f := r.at[k].Field
		if !slices.ContainsFunc(keys, func(part forms.KeyPart) bool { return slices.Contains(part, f.Field) }) || f.Type != forms.Code && f.Type != forms.Int {
			return false
		}
		if c.Kind == sheet.Text && !rowkind.MayBeCode(c.Text) { // words are no prepared code
			return false
		}
	}
	return true
}

// HasRollups says whether the table has columns of cumulative figures (累计).
func (t *Table) HasRollups() bool {
	return slices.ContainsFunc(t.Heads, func(h *heading.Head) bool { return len(h.Rollups) > 0 })
}
