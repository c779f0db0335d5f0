package layout

import (
	"slices"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
)

// shiftedFields tells a line of separated fields that has more of them than other lines, the last ones empty: a comma
// within a text may have moved everything right of it. Evidence is that cells don't fit the columns they stand in, and
// would fit if they stood further left; a line that only ends in a comma too many fits as it is.
func (r *tableReader) shiftedFields(l *Line, row *sheet.Row) (said finding.Finding, ok bool) {
	fields := r.lastHeading(l.Head)
	most := min(row.Fields-fields, 8) // empty fields at the end are dropped by some, so it may be fewer
	as := r.misfits(row, 0, 0)
	if len(as) == 0 {
		return said, false
	}
	for by := 1; by <= most; by++ {
		for from := 1; from < fields; from++ {
			if n := len(r.misfits(row, from, by)); n*2 <= len(as) && n < len(as) {
				first := sight.CellIn(row, as[0])
				where := sheet.Ref(row.N, as[0])
				value := ""
				if first != nil {
					value = written.Short(first.Text, 20)
				}
				return finding.FieldsShifted(row.Fields, fields).At(finding.Place{Sheet: l.Sheet, Row: l.N, Cell: where, Value: value}), true
			}
		}
	}
	return said, false
}

// isOverlong says whether a line has more fields than the lines of its table usually have.
func (r *tableReader) isOverlong(h *heading.Head, row *sheet.Row) bool {
	if r.overlong == nil {
		r.overlong = map[*heading.Head][]int{}
	}
	rows, known := r.overlong[h]
	if !known {
		rows = r.page.Overlong(r.page.Rows[h.Row].N, r.page.Rows[h.Row+h.Height-1].N)
		r.overlong[h] = rows
	}
	_, found := slices.BinarySearch(rows, row.N)
	return found
}

// misfits gives the columns whose cell is none of the kind that they ask for, or required and empty, if the cells right of
// from stood by columns further left.
func (r *tableReader) misfits(row *sheet.Row, from, by int) (out []int) {
	for k := range r.at {
		p := &r.at[k]
		if p.Col == 0 || p.Ticks != nil {
			continue
		}
		col := p.Col
		if by > 0 && col > from {
			col += by
		}
		c := sight.CellIn(row, col)
		if !sight.Present(c) {
			if p.Field.Required {
				out = append(out, p.Col)
			}
			continue
		}
		if !r.fits(c, p.Field) {
			out = append(out, p.Col)
		}
	}
	slices.Sort(out)
	return out
}

// fits says whether a cell may be of the kind that a column asks for, however badly written.
func (r *tableReader) fits(c *sheet.Cell, f *forms.Column) bool {
	text := written.Plain(c.Text)
	digits := strings.ContainsAny(text, "0123456789")
	switch f.Type {
	case forms.List:
		_, ok := r.reader.Vocab.Lists[f][written.Heading(c.Text)]
		return ok
	case forms.Date:
		return digits && c.Kind != sheet.Text || written.StartsDate(text) || f.Role == forms.Deadline && strings.HasPrefix(text, "长期")
	case forms.Month, forms.Money, forms.Int, forms.Percent, forms.USCC, forms.ID, forms.Phone, forms.TaxNo:
		return digits
	case forms.Unit:
		return !digits
	}
	return true
}

// wideCommas tells a line that has fewer fields than its heading, because a Chinese comma was typed between two of them: divided
// there, it has as many, and its cells fit their columns better.
func (r *tableReader) wideCommas(l *Line, row *sheet.Row) (said finding.Finding, ok bool) {
	fields := r.lastHeading(l.Head)
	for i := range row.Cells {
		commas := strings.Count(row.Cells[i].Text, "，")
		if commas == 0 || row.Fields+commas != fields {
			continue
		}
		as, parts := r.misfits(row, 0, 0), strings.Split(row.Cells[i].Text, "，")
		divided := sheet.Row{N: row.N, Fields: fields, Cells: slices.Clone(row.Cells[:i])}
		for k, text := range parts {
			divided.Cells = append(divided.Cells, sheet.Cell{Row: row.N, Col: row.Cells[i].Col + k, Kind: sheet.Text, Text: text})
		}
		for _, c := range row.Cells[i+1:] {
			c.Col += len(parts) - 1
			divided.Cells = append(divided.Cells, c)
		}
		if n := len(r.misfits(&divided, 0, 0)); len(as) > 0 && n*2 <= len(as) {
			at := finding.Place{Sheet: l.Sheet, Row: l.N, Cell: row.Cells[i].Ref(), Value: written.Short(row.Cells[i].Text, 30)}
			return finding.CommaWide(row.Fields, fields).At(at), true
		}
	}
	return said, false
}
