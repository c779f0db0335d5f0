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

// pair is the column that a field is read from and its twin, with what stands in both.
type pair struct {
	*twin
	compared
	page *Page
	at   *Placed // the field; nil where the column is no field's any more
	same bool    // one heading, twice
}

// better are the reasons for which a field is read from the twin instead: the first that holds.
var better = [...]struct {
	holds func(p *pair) bool
	says  func(p *pair) finding.Finding
}{
	{ // nothing stands in the column that was taken
		func(p *pair) bool { return p.mine == 0 && p.other > 0 && p.stands() },
		func(p *pair) finding.Finding { return finding.EmptyTwin(p.taken(), p.here(), p.there()) },
	},
	{ // 办结时限: 三个工作日, 立即 beside 办结时限: 2026-11-20
		func(p *pair) bool { return p.mineFits == 0 && p.otherFits > 0 && p.stands() },
		func(p *pair) finding.Finding {
			return finding.TwinUnlike(p.taken(), p.here(), p.there(), p.at.Field.Title)
		},
	},
	{ // somebody hid it: last month's
		func(p *pair) bool {
			return p.same && p.lost == 0 && p.otherFits > 0 && p.page.ColumnHidden(p.byCol) && !p.page.ColumnHidden(p.col)
		},
		func(p *pair) finding.Finding { return finding.TwinHidden(p.taken(), p.here(), p.there()) },
	},
	{ // the other one was filled in further
		func(p *pair) bool { return p.same && p.lost == 0 && p.otherFits > p.mineFits },
		func(p *pair) finding.Finding {
			return finding.TwinFuller(p.taken(), p.here(), p.there(), p.mineFits, p.otherFits)
		},
	},
}

// settleTwins decides between columns that mean the same field, by what stands in them, before where they stand: the one that
// was taken gives way to another one where it is empty or holds another kind of thing, and to one with the same heading that
// nobody hid, or that is filled in further. It names both, at the one that is not read.
func (l *Reader) settleTwins(pg *Page, h *Head) (said Notes) {
	moved := map[int]int{} // columns that gave way, to the one that is read
	for _, d := range h.doubled {
		if to, ok := moved[d.byCol]; ok {
			d.byCol = to
		}
		at := h.at(d.byCol)
		p := &pair{twin: &d, compared: l.compare(pg, h, at, d.byCol, d.col, d.apart(at)), page: pg, at: at,
			same: written.Heading(d.title) == written.Heading(d.by)}
		f, unread, title := p.told(), d.col, d.title
		if at != nil {
			for _, why := range better {
				if why.holds(p) {
					f = why.says(p)
					if !pg.ColumnHidden(d.byCol) { // a mark there would not be seen
						unread, title = d.byCol, d.by
					}
					d.take(at)
					moved[d.byCol] = d.col
					break
				}
			}
		}
		said.Add(f.At(finding.Place{Sheet: pg.Name, Value: written.Short(title, 30), Cell: sheet.Ref(pg.Rows[h.Row+h.Height-1].N, unread)}))
	}
	return said
}

// told is what is said where the field stays where it is.
func (p *pair) told() finding.Finding {
	passed, above, by := written.Short(p.title, 30), levelsAbove(p.title), levelsAbove(p.by)
	switch {
	case above != by && above != "" && by != "" && lastLevel(p.title) == lastLevel(p.by):
		return finding.HeadingInGroups(passed, p.taken())
	case p.same && p.differ > 0:
		return finding.TwinsDiffer(passed, p.here(), p.there(), p.differ)
	case p.same:
		return finding.HeadingTwice(passed, p.here(), p.there())
	case p.at != nil && p.differ > 0 && (p.at.Field.Type == forms.Date || IsNumber(p.at.Field)): // figures would be others
		return finding.HeadingsDiffer(passed, p.taken(), p.differ)
	}
	return finding.HeadingsAlike(passed, p.taken())
}

// stands says whether the twin may be read at all: it has the same heading, one that the form lists, or the field has to be there.
func (p *pair) stands() bool { return p.same || p.declared || p.at.Field.Required }

func (p *pair) taken() string { return written.Short(p.by, 30) }
func (p *pair) here() string  { return sheet.ColumnName(p.byCol) }
func (p *pair) there() string { return sheet.ColumnName(p.col) }

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
