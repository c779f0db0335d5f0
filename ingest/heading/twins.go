package heading

import (
	"math"
	"strings"

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

// settleTwins decides between columns that mean the same field, by what stands in them, before where they stand: the one that
// was taken gives way to another one where it is empty or holds another kind of thing, and to one with the same heading that
// nobody hid, or that is filled in further. It names both.
func (l *Reader) settleTwins(pg *Page, h *Head) (said Notes) {
	moved := map[int]int{} // columns that gave way, to the one that is read
	for _, d := range h.doubled {
		if to, ok := moved[d.byCol]; ok {
			d.byCol = to
		}
		at := h.at(d.byCol)
		t := l.compare(pg, h, at, d.byCol, d.col, d.apart(at))
		same := written.Heading(d.title) == written.Heading(d.by)
		here, there := sheet.ColumnName(d.byCol), sheet.ColumnName(d.col)
		passed, taken := written.Short(d.title, 30), written.Short(d.by, 30)
		var f finding.Finding
		switch g := levelsAbove(d.title); {
		case at != nil && t.mine == 0 && t.other > 0 && (same || d.declared || at.Field.Required):
			d.take(at)
			f = finding.EmptyTwin(taken, here, there)
		case at != nil && t.mineFits == 0 && t.otherFits > 0 && (same || d.declared || at.Field.Required):
			d.take(at)
			f = finding.TwinUnlike(taken, here, there, at.Field.Title)
		case at != nil && same && t.lost == 0 && t.otherFits > 0 && pg.ColumnHidden(d.byCol) && !pg.ColumnHidden(d.col):
			d.take(at)
			f = finding.TwinHidden(taken, here, there)
		case at != nil && same && t.lost == 0 && t.otherFits > t.mineFits:
			d.take(at)
			f = finding.TwinFuller(taken, here, there, t.mineFits, t.otherFits)
		case g != levelsAbove(d.by) && g != "" && levelsAbove(d.by) != "" && lastLevel(d.title) == lastLevel(d.by):
			f = finding.HeadingInGroups(passed, taken)
		case same && t.differ > 0:
			f = finding.TwinsDiffer(passed, here, there, t.differ)
		case same:
			f = finding.HeadingTwice(passed, here, there)
		case at != nil && t.differ > 0 && (at.Field.Type == forms.Date || IsNumber(at.Field)): // figures would be others
			f = finding.HeadingsDiffer(passed, taken, t.differ)
		default:
			f = finding.HeadingsAlike(passed, taken)
		}
		if at != nil && at.Col == d.col {
			moved[d.byCol] = d.col
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

// take lets a field be read from the column that was passed over.
func (d *twin) take(at *Placed) {
	at.Col, at.Title, at.Unit, at.HasUnit, at.Scale = d.col, d.title, d.unit, d.hasUnit, d.scale
}

// compared is what stands in two columns that mean the same field, in numbers of rows.
type compared struct {
	mine, other         int // filled
	mineFits, otherFits int // with something of the field's kind
	lost                int // where only the first one has that
	differ              int // where the other one holds something that the first one doesn't say
}

// compare compares what stands below a head in the column that is read and in another one, of which the first is in a unit
// that is larger by powers of ten.
func (l *Reader) compare(p *Page, h *Head, at *Placed, a, b, apart int) (t compared) {
	for i := h.Row + h.Height; i < len(p.Rows); i++ {
		row := p.Row(i)
		if len(row.Cells) < 3 {
			continue
		}
		x, y := sight.CellIn(row, a), sight.CellIn(row, b)
		inA, inB := sight.Present(x), sight.Present(y)
		fitsA, fitsB := inA && l.fits(at, x), inB && l.fits(at, y)
		t.mine, t.other, t.mineFits, t.otherFits = t.mine+one(inA), t.other+one(inB), t.mineFits+one(fitsA), t.otherFits+one(fitsB)
		t.lost += one(fitsA && !fitsB)
		if inB && (x == nil || spelling.Squash(x.Text) != spelling.Squash(y.Text) && !sameAmount(x, y, apart)) {
			t.differ++
		}
	}
	return t
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// fits says whether a cell holds something of a field's kind, if not whether that is right: of a date a day, of an amount
// some figure, of a list one of its values.
func (l *Reader) fits(at *Placed, c *sheet.Cell) bool {
	if at == nil {
		return true
	}
	switch at.Field.Type {
	case forms.Date, forms.Month:
		_, _, ok := written.CellDate(*c)
		return ok
	case forms.Int, forms.Money, forms.Percent:
		return c.Kind == sheet.Number || c.Kind == sheet.Text && strings.ContainsAny(written.Plain(c.Text), "0123456789")
	case forms.List:
		_, ok := l.Vocab.Lists[at.Field][written.Heading(c.Text)]
		return ok
	}
	return true
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
