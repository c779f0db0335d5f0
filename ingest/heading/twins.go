package heading

import (
	"math"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// twin is a heading that was passed over for another one that means the same field.
type twin struct {
	title, by  string
	col, byCol int
	unit       int // of the one passed over
	hasUnit    bool
	scale      int
	declared   bool // the form lists the heading as it stands
}

// settleTwins decides between columns that mean the same field, by what stands in them: where the one that was taken is
// empty and the other isn't, the other is read. It names both.
func (h *Head) settleTwins(pg *Page) (said Notes) {
	for _, d := range h.doubled {
		at := h.at(d.byCol)
		mine, other, differ := pg.compare(h, d.byCol, d.col, d.apart(at))
		same := written.Heading(d.title) == written.Heading(d.by)
		here, there := sheet.ColumnName(d.byCol), sheet.ColumnName(d.col)
		passed, taken := written.Short(d.title, 30), written.Short(d.by, 30)
		var f finding.Finding
		switch g := levelsAbove(d.title); {
		case at != nil && mine == 0 && other > 0 && (same || d.declared || at.Field.Required):
			at.Col, at.Title, at.Unit, at.HasUnit, at.Scale = d.col, d.title, d.unit, d.hasUnit, d.scale
			f = finding.EmptyTwin(taken, here, there)
		case g != levelsAbove(d.by) && g != "" && levelsAbove(d.by) != "" && lastLevel(d.title) == lastLevel(d.by):
			f = finding.HeadingInGroups(passed, taken)
		case same && differ > 0:
			f = finding.TwinsDiffer(passed, here, there, differ)
		case same:
			f = finding.HeadingTwice(passed, here, there)
		case at != nil && differ > 0 && (at.Field.Type == forms.Date || IsNumber(at.Field)): // figures would be others
			f = finding.HeadingsDiffer(passed, taken, differ)
		default:
			f = finding.HeadingsAlike(passed, taken)
		}
		f = f.At(finding.Place{Sheet: pg.Name, Value: passed, Cell: sheet.Ref(pg.Rows[h.Row+h.Height-1].N, d.col)})
		said.Add(f)
	}
	return said
}

// apart is by how many powers of ten the amounts of the column that is read are larger than those of its twin; 0 where not both
// say their unit.
func (d *twin) apart(at *Placed) int {
	if at == nil || !at.HasUnit || !d.hasUnit {
		return 0
	}
	return at.Unit - d.unit
}

// at gives the field placed on a column; nil if none is.
func (h *Head) at(col int) *Placed {
	for i := range h.Columns {
		if h.Columns[i].Col == col {
			return &h.Columns[i]
		}
	}
	return nil
}

// compare counts the rows below a head in which one column, and the other one, holds something, and those in which the
// other one holds something that the first one doesn't say, in a unit that is smaller by powers of ten.
func (p *Page) compare(h *Head, a, b, apart int) (inA, inB, differ int) {
	for i := h.Row + h.Height; i < len(p.Rows); i++ {
		row := p.Row(i)
		if len(row.Cells) < 3 {
			continue
		}
		x, y := sight.CellIn(row, a), sight.CellIn(row, b)
		if sight.Present(x) {
			inA++
		}
		if sight.Present(y) {
			if inB++; x == nil || spelling.Squash(x.Text) != spelling.Squash(y.Text) && !sameAmount(x, y, apart) {
				differ++
			}
		}
	}
	return inA, inB, differ
}

// sameAmount says whether two numbers are the same where the first is in a unit larger by powers of ten, to the places that each
// shows.
func sameAmount(x, y *sheet.Cell, apart int) bool {
	a, placesA, okA := sight.NumberOf(x)
	b, placesB, okB := sight.NumberOf(y)
	if apart == 0 || !okA || !okB {
		return false
	}
	tolerance := max(math.Pow10(-placesA+apart), math.Pow10(-placesB)) / 2
	return math.Abs(a*math.Pow10(apart)-b) <= tolerance*1.000001
}
