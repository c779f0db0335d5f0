package read

import (
	"slices"

	"taizhang/ingest/finding"
	"taizhang/ingest/layout"
)

// continued asks about sheets without a head that seem to go on with a table of the file: their rows were not read.
func (r *reading) continued() {
	for _, pg := range r.leftovers {
		if slices.Contains(r.unknown, pg.Name) {
			r.continuedOf(pg)
		}
	}
}

func (r *reading) continuedOf(pg *layout.Page) {
	for _, pt := range r.p.Parts {
		for i := len(pt.Tables) - 1; i >= 0; i-- {
			t := pt.Tables[i]
			c, ok := r.rd.layout.Continues(pg, t)
			if !ok {
				continue
			}
			pt.Add(finding.SheetContinues(pg.Name, t.Grid.Name, c.Rows).At(finding.Place{Sheet: pg.Name, Cell: c.First.Ref(), Row: c.First.Row}))
			return
		}
	}
}
