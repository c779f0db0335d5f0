package layout

import (
	"math"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/rowkind"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// Of a block that a subtotal closes, the street or firm often stands in the first row alone, and no merge says that it holds for
// the others. The subtotal proves it where it sums up all of them, or is named after it.

// filledDown is a column of a block that was filled in from the block's first line.
type filledDown struct {
	c       *forms.Column
	at      finding.Place
	value   string
	n       int
	section string // the section row that says it; "" where a subtotal proves it
}

// fillBlocks fills them in.
func (t *Table) fillBlocks() {
	from := 0
	for i := range t.Totals {
		tot := &t.Totals[i]
		to := tot.Line
		if lines := t.Lines[min(from, to):to]; tot.Part && len(lines) > 1 && len(tot.Cells) > 0 {
			t.fillBlock(lines, tot)
		}
		from = to
	}
}

func (t *Table) fillBlock(lines []Line, tot *total) {
	first := &lines[0]
	for k := range first.At {
		p := &first.At[k]
		value := first.Cell(k)
		if p.Col == 0 || !p.Field.Required || value.Kind != sheet.Text || p.Field.Type != forms.Unit && p.Field.Type != forms.List && p.Field.Type != forms.Text {
			continue
		}
		if !alone(lines, k) || !tot.names(value.Text) && !tot.sums(lines) {
			continue
		}
		for i := range lines[1:] {
			l := &lines[i+1]
			c := value
			c.Row = l.N
			l.setCell(k, c)
		}
		l := &lines[1]
		t.filledDown = append(t.filledDown, filledDown{c: p.Field, at: finding.Place{Sheet: l.Sheet, Cell: sheet.Ref(l.N, p.Col), Row: l.N, Field: p.Field.Field}, value: value.Text, n: len(lines) - 1})
	}
}

// alone says whether of the lines of a block only the first has something for a field.
func alone(lines []Line, k int) bool {
	for i := range lines {
		if c := lines[i].Cell(k); sight.Present(&c) != (i == 0) || len(lines[i].At) != len(lines[0].At) {
			return false
		}
	}
	return true
}

// names says whether a subtotal is called after a value: 青山街道小计.
func (t *total) names(value string) bool {
	for k := range t.Cells {
		if w := spelling.Squash(t.Cells[k].Text); t.Cells[k].Kind == sheet.Text && rowkind.SaysTotal(w) && strings.HasPrefix(w, spelling.Squash(value)) {
			return true
		}
	}
	return false
}

// sums says whether a subtotal holds the sums of all of some lines.
func (t *total) sums(lines []Line) bool {
	some := false
	for k := range t.Cells {
		own := &t.Cells[k]
		if t.At[k].Col == 0 || !heading.IsNumber(t.At[k].Field) || !sight.Present(own) || sight.Dashed(own) {
			continue
		}
		claimed, places, ok := sight.NumberOf(own)
		sum := 0.0
		for i := range lines {
			if c := lines[i].Cell(k); ok && sight.Present(&c) && !sight.Dashed(&c) {
				var n float64
				n, _, ok = sight.NumberOf(&c)
				sum += n
			}
		}
		if !ok || math.Abs(sum-claimed) > 0.5*math.Pow10(-places) {
			return false
		}
		some = some || claimed != 0
	}
	return some
}

// TellFilled asks about what was filled in.
func (t *Table) TellFilled() (said heading.Notes) {
	for _, f := range t.filledDown {
		if f.section != "" {
			continue
		}
		said.Add(finding.FilledDown(f.c.Title, f.n, written.Short(f.value, 20)).At(f.at))
	}
	return append(said, t.tellSections()...)
}
