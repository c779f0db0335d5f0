package layout

import (
	"slices"

	"taizhang/ingest/finding"
	"taizhang/ingest/heading"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
)

// A section row may say the value of a column that the table has and nobody filled in below it: 第三批 over rows whose 批次 is
// empty. Where a row of that section says otherwise, the section's name proves nothing.

// unfilled are the rows of a section that have nothing for a field.
type unfilled struct {
	k       int
	section int // its row
	text    string
	value   string
	rows    []int

	agree, odd int        // rows that say the same, others
	near       int        // that say another state of the same meaning
	other      sheet.Cell // the first of the others
}

// underSection notes what a line has in the columns that the section above it says.
func (r *tableReader) underSection(l *Line) {
	for k, c := range r.carry {
		if r.at[k].Col == 0 || c.value == "" {
			continue
		}
		i := slices.IndexFunc(r.unfilled, func(u unfilled) bool { return u.k == k && u.section == c.row })
		if i < 0 {
			i = len(r.unfilled)
			r.unfilled = append(r.unfilled, unfilled{k: k, section: c.row, text: c.text, value: c.value})
		}
		u := &r.unfilled[i]
		switch own := l.Cell(k); {
		case !sight.Present(&own) || sight.NoValue[written.Heading(own.Text)]:
			u.rows = append(u.rows, l.N)
		case r.sameValue(k, &own, c.value):
			u.agree++
		case r.reader.asDone(r.at[k].Field, &own, c.value):
			u.near++
		default:
			if u.odd++; u.odd == 1 {
				u.other = own
			}
		}
	}
}

// sameValue says whether a cell says what a section does.
func (r *tableReader) sameValue(k int, c *sheet.Cell, value string) bool {
	if written.Heading(c.Text) == written.Heading(value) || r.reader.SectionValue(r.at[k].Field, written.Heading(c.Text)) == value {
		return true
	}
	n, ok := written.ParseInt(c.Text)
	m, isInt := written.ParseInt(value)
	return ok && isInt && n == m
}

// headsBelow says whether a lone text above the ith row may head a section: in the column of which the text says the value that
// row has nothing, or the same (企业难题类 over 企业难题).
func (r *tableReader) headsBelow(i int) bool {
	if i >= len(r.page.Rows) {
		return false
	}
	next, n := r.page.Row(i), 0
	for k, c := range r.carry {
		if col := r.at[k].Col; col > 0 && c.value != "" && c.row == r.page.Rows[i-1].N {
			if own := sight.CellIn(next, col); !sight.Present(own) || r.reader.valueOf(r.at[k].Field, own) == c.value {
				n++
			}
		}
	}
	return n > 0 && len(next.Cells) >= 3
}

// headsNothing forgets what a text would have said as a section row.
func (r *tableReader) headsNothing(row int) {
	for k, c := range r.carry {
		if c.row == row {
			delete(r.carry, k)
		}
	}
}

// fillSections fills these columns in.
func (r *tableReader) fillSections() {
	t := r.table
	if len(r.unfilled) == 0 {
		return
	}
	at := make(map[int]*Line, len(t.Lines))
	for i := range t.Lines {
		at[t.Lines[i].N] = &t.Lines[i]
	}
	for _, u := range r.unfilled {
		if u.odd+u.near > 0 {
			continue
		}
		said := filledDown{section: u.text, value: u.value}
		for _, n := range u.rows {
			l := at[n]
			if l == nil {
				continue
			}
			p := &l.At[u.k]
			l.setCell(u.k, sheet.Cell{Row: n, Col: p.Col, Kind: sheet.Text, Text: u.value})
			if said.n++; said.n == 1 {
				said.c, said.at = p.Field, finding.Place{Sheet: l.Sheet, Cell: sheet.Ref(n, p.Col), Row: n, Field: p.Field.Field}
			}
		}
		if said.n > 0 {
			t.filledDown = append(t.filledDown, said)
		}
	}
}

// tellSections says, once for each column, which rows took its value from section rows.
func (t *Table) tellSections() (said heading.Notes) {
	for i, f := range t.filledDown {
		if f.section == "" || slices.ContainsFunc(t.filledDown[:i], func(g filledDown) bool { return g.section != "" && g.c == f.c }) {
			continue
		}
		rows, names := 0, []string{}
		for _, g := range t.filledDown[i:] {
			if g.section == "" || g.c != f.c {
				continue
			}
			if rows += g.n; len(names) < 3 {
				names = append(names, written.Short(g.section, 20))
			}
		}
		said.Add(finding.FromSections(f.c.Title, rows, names).At(f.at))
	}
	return said
}
