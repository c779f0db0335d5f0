package layout

import (
	"slices"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
)

// Constants are values that a return's identity gives to columns which its table lacks.
type Constants struct {
	Month  string // of a month's return: which one
	Street string // of a street's return: its name
}

// supply fills missing columns of one block of a table with what is known otherwise.
func (tb *Table) supply(block int, by Constants) (said heading.Notes) {
	h := tb.Heads[block]
	for i := 0; i < len(h.Missing); i++ {
		c := h.Missing[i]
		known := ""
		switch {
		case tb.carried[c.Field] && c.Type == forms.Month && c.Field == h.Form.OwnDate && by.Month != "": // the rows above the first section
			h.Missing = slices.Delete(slices.Clone(h.Missing), i, i+1)
			i--
			tb.fill(block, c, by.Month)
			continue
		case tb.carried[c.Field]:
			h.Missing = slices.Delete(slices.Clone(h.Missing), i, i+1)
			i--
			continue
		case c.Type == forms.Month && c.Field == h.Form.OwnDate:
			known = by.Month
		case c.Type == forms.Unit && c.Field == "street":
			known = by.Street
		}
		if known == "" {
			continue
		}
		h.Missing = slices.Delete(slices.Clone(h.Missing), i, i+1)
		i--
		tb.fill(block, c, known)
		said.Add(finding.FromIdentity(c.Title, known).At(finding.Place{Sheet: tb.Grid.Name, Field: c.Field}))
	}
	return said
}

// fill gives the lines of one block that have nothing for a column what is known of it.
func (tb *Table) fill(block int, c *forms.Column, known string) {
	for j := range tb.Lines {
		l := &tb.Lines[j]
		for q := range l.At {
			if l.Block != block || l.At[q].Field != c {
				continue
			}
			if old := l.Cell(q); old.Kind == sheet.Empty {
				l.setCell(q, sheet.Cell{Row: l.N, Kind: sheet.Text, Text: known})
			}
		}
	}
}

// FillBatch gives the rows of a table whose column of batches is empty the batch that its sheet's name or title says.
func (t *Table) FillBatch(pg *heading.Page, h *heading.Head) (said heading.Notes) {
	for k := range h.Form.Columns {
		c := &h.Form.Columns[k]
		at := h.Column(c.Field)
		if at == nil || at.Col == 0 || len(t.Lines) == 0 || len(t.Heads) > 1 {
			continue
		}
		value, bySheet := heading.BatchSaid(c, pg, pg.Above(h.Row))
		if value == "" || t.filled(k) {
			continue
		}
		for i := range t.Lines {
			t.Lines[i].setCell(k, sheet.Cell{Row: t.Lines[i].N, Col: at.Col, Kind: sheet.Text, Text: value})
		}
		said.Add(finding.EmptyColumn(c.Title, value, bySheet).At(pg.Under(h, at)))
	}
	return said
}

// filled says whether any line holds something of a field.
func (t *Table) filled(k int) bool {
	for i := range t.Lines {
		if c := t.Lines[i].Cell(k); sight.Filled(&c) {
			return true
		}
	}
	return false
}

// MissingColumns supplies required columns that the return's identity or its section rows give, and rejects a return
// whose table lacks others. False where a column is missing or unsure: then no row can count, and each is read only to
// tell all that is wrong with it.
// A column of which only the cumulative figures are there, beside others of the period, is a fault of its own: emptied is
// how many cells it leaves empty.
func MissingColumns(tables []*Table, known Constants) (said heading.Notes, emptied int, complete bool) {
	var faults heading.Notes
	crossed := false
	for _, tb := range tables {
		for n, h := range tb.Heads {
			said = append(said, tb.supply(n, known)...)
			crossed = crossed || h.Crossed != nil
			at := finding.Place{Sheet: tb.Grid.Name, Cell: sheet.Ref(tb.Bounds[n][0], 1)}
			for _, find := range []func(*heading.Head, finding.Place) heading.Notes{heading.LackingColumns, heading.JointColumns, heading.ColumnsOfOthers, heading.OnlyCumulative} {
				found := find(h, at)
				said, faults = append(said, found...), append(faults, found...)
			}
			joint, lost := h.JointBeside(at)
			said, emptied = append(said, joint...), emptied+lost
			for _, c := range h.CumulativeBeside() {
				at.Field = c.Field
				said.Add(finding.CumulativeBeside(c.Title).At(at))
				emptied += tb.rolledIn(n, c)
			}
		}
	}
	return said, emptied, len(faults) == 0 && !crossed
}

// rolledIn counts the lines of a block that say something of a field in a cumulative column only.
func (t *Table) rolledIn(block int, c *forms.Column) (n int) {
	for i := range t.Lines {
		if l := &t.Lines[i]; l.Block == block && slices.ContainsFunc(l.Rolled(), func(r heading.Rolled) bool { return &l.Head.Form.Columns[r.K] == c }) {
			n++
		}
	}
	return n
}

// LookUpCodes fills in what the template's own formula gives where the program that filled it in did not compute it.
func (t *Table) LookUpCodes(m heading.Marker) {
	for name := range m.Form.Columns {
		code := m.Form.CodeOf(m.Form.Columns[name].Field)
		k := slices.IndexFunc(m.Form.Columns, func(c forms.Column) bool { return c.Field == code })
		if k < 0 {
			continue
		}
		for i := range t.Lines {
			l := &t.Lines[i]
			c := l.Cell(k)
			if !c.NoValue {
				continue
			}
			c = sheet.Cell{Row: c.Row, Col: c.Col}
			if code := m.CodeOf(l.Cell(name).Text); code != "" {
				c.Kind, c.Text = sheet.Text, code
			}
			l.setCell(k, c)
		}
	}
}
