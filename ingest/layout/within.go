package layout

import (
	"slices"

	"taizhang/ingest/around"
	"taizhang/ingest/rowkind"
	"taizhang/ingest/sight"
)

// titlesWithin keeps what titles among the lines say of their period: two months stacked below one head. It is said as it
// would be where the head stood again, and not as a line that is no data.
func (r *tableReader) titlesWithin(start int) {
	t := r.table
	if len(t.Lines) == 0 {
		return
	}
	last := int(t.Lines[len(t.Lines)-1].index)
	for i := start; i < last; i++ {
		if k := r.kinds[i]; k != rowkind.Stray && k != rowkind.Section && k != rowkind.Note {
			continue
		}
		row := r.page.Row(i)
		var said around.Stated
		said.Labelled(r.page.Name, row, true)
		if r.reader.Vocab.Titled(sight.FirstText(row).Text) != r.head.Form && said.Period.Text == "" {
			continue
		}
		t.Between = append(t.Between, said)
		if r.kinds[i] == rowkind.Stray {
			r.kinds[i] = rowkind.Section
			t.Strays = slices.DeleteFunc(t.Strays, func(s Stray) bool { return s.N == row.N })
		}
	}
}
