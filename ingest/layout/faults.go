package layout

import (
	"fmt"
	"slices"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
)

// Fault is what is wrong with a line as the table lays it out: its cells can't be read, whatever they hold.
type Fault struct {
	K      int              // column of the form; -1: the whole line
	Reason string           // why the row is refused
	Said   *finding.Finding // nil where another line's finding says it
}

// Fault gives what is wrong with a column of a line; nil if nothing is.
func (l *Line) Fault(k int) *Fault {
	if l.more == nil {
		return nil
	}
	for i := range l.more.faults {
		if f := &l.more.faults[i]; f.K == k {
			return f
		}
	}
	return nil
}

// refused says whether a line as a whole can't be read.
func (l *Line) refused() bool { return l.Fault(-1) != nil }

// tooManyFields tells a line of separated fields that has more of them than its heading: a comma within a text was taken
// for a separator, and everything right of it stands in the wrong column.
func (r *tableReader) tooManyFields(l *Line, row *sheet.Row) {
	if !r.page.Delimited || len(row.Cells) == 0 {
		return
	}
	last := len(row.Cells) - 1
	for last > 0 && !sight.Filled(&row.Cells[last]) {
		last--
	}
	most := r.lastHeading(l.Head)
	switch {
	case row.Cells[last].Col > most:
		l.blameWhole(finding.FieldsBeyondHeading(row.Cells[last].Col, most).At(finding.Place{Sheet: l.Sheet, Row: l.N, Cell: row.Cells[last].Ref()}))
	case r.isOverlong(l.Head, row):
		if said, shifted := r.shiftedFields(l, row); shifted {
			l.blameWhole(said)
		}
	case row.Fields < most:
		if said, wide := r.wideCommas(l, row); wide {
			l.blameWhole(said)
		}
	}
}

// blameWhole notes what makes a line as a whole unreadable.
func (l *Line) blameWhole(said finding.Finding) {
	l.blame(Fault{K: -1, Reason: said.Message, Said: &said})
}

// mergedAmounts tells the amounts and counts that are merged over several lines: one number, of which nobody knows how
// much belongs to which line. Where the name is merged over the same rows it is the number of that name, and stays with
// the first line.
func (r *tableReader) mergedAmounts() {
	if len(r.spans) == 0 {
		return
	}
	t := r.table
	at := make(map[int]int, len(t.Lines)) // row → line
	for i := range t.Lines {
		at[t.Lines[i].N] = i
	}
	for i := range t.Lines {
		first := &t.Lines[i]
		for k := range first.At {
			p := &first.At[k]
			if p.Col == 0 || !heading.IsNumber(p.Field) {
				continue
			}
			amount := first.Cell(k)
			if !sight.Present(&amount) {
				continue
			}
			m, ok := r.spans[[2]int{first.N, p.Col}]
			if !ok {
				continue
			}
			var rest []*Line
			for n := first.N + 1; n <= min(m.Bottom, first.N+len(r.page.Rows)); n++ {
				if j, ok := at[n]; ok && sight.CellIn(r.page.Row(int(t.Lines[j].index)), p.Col) == nil {
					rest = append(rest, &t.Lines[j])
				}
			}
			own := r.sameName(first, m)
			if len(rest) == 0 || own && !p.Field.Required {
				continue
			}
			where := fmt.Sprintf("%s:%s", sheet.Ref(m.Top, m.Left), sheet.Ref(m.Bottom, m.Right))
			shared := finding.MergedAmount(p.Field.Title, where, len(rest)+1, written.Short(written.Tidy(amount.Text), 30)).
				At(finding.Place{Sheet: first.Sheet, Row: first.N, Cell: sheet.Ref(m.Top, m.Left), Field: p.Field.Field, Value: written.Short(written.Tidy(amount.Text), 60)})
			said, why := &shared, shared.Message
			if own {
				said.Row, said.Cell = rest[0].N, sheet.Ref(rest[0].N, p.Col)
			} else {
				first.blame(Fault{k, why, said})
				said = nil
			}
			for _, l := range rest {
				l.blame(Fault{k, why, said})
				said = nil
			}
		}
	}
}

// mergedAcross tells of cells that are merged over the columns of several fields, where one of these needs a value of its own: a
// field that must be filled in, or one of two numbers. Nobody can fill in a cell that is hidden under another one. Nothing at all
// (—, 未缴款, 0) may be said of several numbers at once; where equal cells were merged and kept (WPS), each has its value.
func (r *tableReader) mergedAcross(l *Line, row *sheet.Row) {
	for i := range row.Cells {
		c := &row.Cells[i]
		m, ok := r.page.Areas[[2]int{row.N, c.Col}]
		if !ok || m.Right == m.Left || m.Left != c.Col || m.Top != row.N || !sight.Present(c) {
			continue
		}
		over := spannedBy(l, row, c, m)
		if over.mayStay(c) {
			continue
		}
		value := written.Short(written.Tidy(c.Text), 30)
		said := finding.MergedAcross(over.names, sheet.Ref(m.Top, m.Left)+":"+sheet.Ref(m.Bottom, m.Right), value).
			At(finding.Place{Sheet: l.Sheet, Row: l.N, Cell: c.Ref(), Field: l.At[over.fields[0]].Field.Field, Value: value})
		first := &said
		for _, k := range over.fields {
			if own := l.At[k].Col == m.Left; !own || heading.IsNumber(l.At[k].Field) {
				l.blame(Fault{k, said.Message, first})
				first = nil
			}
		}
	}
}

// spanned are the fields that one merged cell lies over.
type spanned struct {
	fields  []int // by their places in the form
	names   []string
	numbers int
	needed  bool // one that is hidden must be filled in
	kept    bool // what is hidden are equal values of their own
}

func spannedBy(l *Line, row *sheet.Row, c *sheet.Cell, m sheet.Range) spanned {
	s := spanned{kept: true}
	for k := range l.At {
		p := &l.At[k]
		if p.Col < m.Left || p.Col > m.Right {
			continue
		}
		s.fields, s.names = append(s.fields, k), append(s.names, p.Field.Title)
		if under := sight.CellIn(row, p.Col); p.Col > m.Left {
			s.needed = s.needed || p.Field.Required
			s.kept = s.kept && under != nil && under.Kind == c.Kind && under.Text == c.Text
		}
		if heading.IsNumber(p.Field) {
			s.numbers++
		}
	}
	return s
}

// mayStay says whether the merged cell takes nothing from anybody.
func (s spanned) mayStay(c *sheet.Cell) bool {
	return len(s.fields) < 2 || s.kept || !s.needed && (s.numbers < 2 || saysNothing(c))
}

// saysNothing says whether a cell holds no number, whichever is asked for: a dash, 未缴款, 0.
func saysNothing(c *sheet.Cell) bool {
	if c.Kind == sheet.Number {
		return written.Plain(c.Text) == "0"
	}
	return c.Kind == sheet.Text && (sight.NoValue[written.Heading(c.Text)] || written.NotYet(written.Tidy(c.Text)) || written.IsNothing(c.Text))
}

// sameName says whether a name or code that identifies rows is merged over the same rows as a number is.
func (r *tableReader) sameName(l *Line, m sheet.Range) bool {
	return slices.ContainsFunc(l.At, func(p heading.Placed) bool {
		if p.Col == 0 || heading.IsNumber(p.Field) || !p.Field.InKey || p.Field.Type == forms.Date || p.Field.Type == forms.Month || p.Field.Type == forms.List {
			return false
		}
		over, ok := r.spans[[2]int{l.N, p.Col}]
		return ok && over.Top <= m.Top && over.Bottom >= m.Bottom
	})
}

// tickFault says what is wrong with the ticks of a line.
func (l *Line) tickFault(row *sheet.Row, k int) {
	p := &l.At[k]
	var names, ticked []string
	for _, t := range p.Ticks {
		names = append(names, t.Value)
		if _, _, blank := t.Mark(row); !blank {
			ticked = append(ticked, t.Value)
		}
	}
	if len(ticked) == 1 || len(ticked) == 0 && !p.Field.Required {
		return
	}
	said := finding.NotTicked(p.Field.Title, names)
	if len(ticked) > 1 {
		said = finding.TickedTwice(p.Field.Title, ticked)
	}
	said = said.At(finding.Place{Sheet: l.Sheet, Row: l.N, Cell: sheet.Ref(l.N, p.Col), Field: p.Field.Field, Value: strings.Join(ticked, "、")})
	l.blame(Fault{k, said.Message, &said})
}
