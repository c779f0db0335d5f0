package layout

import (
	"slices"

	"taizhang/ingest/finding"
	"taizhang/ingest/heading"
	"taizhang/ingest/rowkind"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// example is a row that is marked as one and filled like data.
type example struct {
	at    finding.Place
	mark  string
	alone string // the title of the column in which nothing but the mark stands
	taken bool   // for data
}

// marked takes note of a row that is filled like data and marked as an example. Where its mark stands before a value, the
// value is what the line holds: 湖南丙机械有限公司 of 示例：湖南丙机械有限公司.
func (r *tableReader) marked(n int, c *sheet.Cell, taken bool) {
	mark, value := rowkind.CutMark(c.Text)
	e := example{at: finding.Place{Sheet: r.page.Name, Cell: c.Ref(), Row: n, Value: written.Short(c.Text, 30)}, mark: mark, taken: taken}
	if k := slices.IndexFunc(r.at, func(p heading.Placed) bool { return p.Col == c.Col }); k >= 0 && taken {
		if value == "" {
			e.alone = r.at[k].Field.Title
		} else if l := &r.table.Lines[len(r.table.Lines)-1]; l.N == n {
			own := l.Cell(k)
			own.Text, own.Again = value, 0
			l.setCell(k, own)
		}
	}
	r.table.examples = append(r.table.examples, e)
}

// TellExamples asks about the rows that are marked as examples and filled like data.
func (t *Table) TellExamples() (said heading.Notes) {
	for _, e := range t.examples {
		f := finding.ExampleFilled(e.at.Row)
		if e.taken {
			f = finding.ExampleTaken(e.mark, e.alone)
		}
		said.Add(f.At(e.at))
	}
	return said
}
