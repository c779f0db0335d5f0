package layout

import (
	"regexp"
	"slices"
	"sync"

	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// monthAlone is a section's heading that is nothing but a month: 2022年7月, 7月份, and 2022-07 of a date.
var monthAlone = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[(（]?(20\d\d年度?)?(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(份|底)?[)）]?$|^20\d\d-(0[1-9]|1[0-2])$`)
})

// titlesWithin keeps what titles among the lines say of their period: two months stacked below one head. It is said as it
// would be where the head stood again, and not as a line that is no data.
func (r *tableReader) titlesWithin(start int) {
	t := r.t
	if len(t.Lines) == 0 {
		return
	}
	last := int(t.Lines[len(t.Lines)-1].index)
	for i := start; i < last; i++ {
		if k := r.kinds[i]; k != rowStray && k != rowSection && k != rowNote {
			continue
		}
		row := r.p.Row(i)
		var said Stated
		said.Labelled(r.p.Name, row, true)
		if r.l.Vocab.Titled(FirstText(row).Text) != r.h.Form && said.Period.Text == "" {
			continue
		}
		t.Between = append(t.Between, said)
		if r.kinds[i] == rowStray {
			r.kinds[i] = rowSection
			t.Strays = slices.DeleteFunc(t.Strays, func(s Stray) bool { return s.N == row.N })
		}
	}
}

// soleCell says whether a row has one cell with content at most.
func soleCell(row *sheet.Row) bool {
	n := 0
	for i := range row.Cells {
		if filled(&row.Cells[i]) {
			n++
		}
	}
	return n <= 1
}

// loneDate gives the only cell of a row where that is a date under a column of other things: 2022年7月 above its rows, which
// spreadsheets make a date of.
func (s *rowSeen) loneDate() *sheet.Cell {
	if s.filled != 1 || s.texts > 0 || s.numbers {
		return nil
	}
	for i := range s.row.Cells {
		c := &s.row.Cells[i]
		if !present(c) {
			continue
		}
		if c.Kind != sheet.Date || slices.ContainsFunc(s.at, func(p Placed) bool { return p.Col == c.Col && asksNumber(p.Field) }) {
			return nil
		}
		return c
	}
	return nil
}

// sectionWords is a section's heading, of a lone date the month.
func sectionWords(row *sheet.Row) string {
	if c := FirstText(row); c.Kind == sheet.Date {
		return TextOf(&c)
	}
	return written.Heading(sectionText(row))
}
