package read

import (
	"slices"

	"taizhang/ingest/finding"
	"taizhang/ingest/heading"
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

func (r *reading) continuedOf(pg *heading.Page) {
	if c := r.goesOn(pg); c != nil {
		c.part.Add(finding.SheetContinues(pg.Name, c.table.Grid.Name, c.Rows).At(finding.Place{Sheet: pg.Name, Cell: c.First.Ref(), Row: c.First.Row}))
	}
}

// continuation is a table that a sheet without a head goes on with.
type continuation struct {
	layout.Continued
	part  *Part
	table *layout.Table
}

// goesOn finds that table among those read so far; nil where there is none.
func (r *reading) goesOn(pg *heading.Page) *continuation {
	for _, pt := range r.p.Parts {
		for i := len(pt.Tables) - 1; i >= 0; i-- {
			if c, ok := r.rd.layout.Continues(pg, pt.Tables[i]); ok {
				return &continuation{c, pt, pt.Tables[i]}
			}
		}
	}
	return nil
}
