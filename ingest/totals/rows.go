package totals

import (
	"slices"

	"taizhang/ingest/finding"
	"taizhang/ingest/layout"
)

// checkRows asks about a number of rows that is said (共12件) and that is not how many there are: in the table, in the return, or
// in what a total may sum. What the title and the total both say is one question.
func (r *Return) checkRows(tb *layout.Table) {
	type asked struct {
		said layout.RowsSaid
		rows int
		part bool
		also []string
	}
	var all []asked
	for _, said := range tb.RowsSaid {
		stretches := [][]layout.Line{tb.Lines}
		if said.Total >= 0 {
			stretches = append(stretches, r.summed(tb, said.Total)...)
		}
		inAll := 0
		for _, t := range r.Tables {
			inAll += len(t.Lines)
		}
		enough := func(rows int) bool { return rows == said.Rows || said.New && rows > said.Rows }
		if inAll == 0 || enough(inAll) || enough(inAll-r.Repeats) || slices.ContainsFunc(stretches, func(l []layout.Line) bool { return enough(len(l)) }) {
			continue
		}
		q := asked{said: said, rows: len(tb.Lines)}
		if said.Total >= 0 {
			q.rows, q.part = len(stretches[1]), tb.Totals[said.Total].Part
		}
		same := slices.IndexFunc(all, func(a asked) bool {
			return !a.part && !q.part && a.said.Rows == said.Rows && a.said.New == said.New && a.rows == q.rows
		})
		if same < 0 {
			all = append(all, q)
		} else {
			all[same].also = append(all[same].also, said.At.Cell)
		}
	}
	for _, q := range all {
		r.Add(finding.RowsDiffer(q.said.Text, q.also, q.said.Rows, q.said.Word, q.rows, q.part).At(q.said.At))
	}
}
