package layout

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/rowkind"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/units"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// zoneLine is a line whose unit is the zone itself, or one of its units; lines of one key but for the unit go together.
type zoneLine struct {
	t      *Table
	i      int // of its lines
	extent units.Extent
}

func (z zoneLine) line() *Line { return &z.t.Lines[z.i] }

// ZoneSums takes out the lines that are for the whole zone (全区, 各街道, its own name) and hold the sums of what stands
// beside them for its streets, on whatever sheet: counted, they would count twice. One that is no such sum is asked
// about, as it may hold what the streets do. The zone's own level (区本级) is a unit beside the streets, unless its numbers
// are the sum of several. Only forms whose rows are told apart by a unit and hold amounts or counts can have such lines.
func (l *Reader) ZoneSums(f *forms.Form, tables []*Table) (said heading.Notes) {
	k := slices.IndexFunc(f.Columns, func(c forms.Column) bool { return isUnitKey(&c) })
	if k < 0 || !f.HasAmounts() {
		return nil
	}
	found := map[*Table]map[int]bool{}
	for _, group := range l.zoneGroups(f, k, tables) {
		for _, z := range group {
			if z.extent == units.OneUnit {
				continue
			}
			c := z.line().Cell(k)
			sums, total := z.sumsUp(group), saysTotal(c.Text)
			switch {
			case sums && !total:
				z.t.bareTotals = append(z.t.bareTotals, z.bareTotal(k))
			case total && !sums:
				said = append(said, z.mismatch(group)...)
			case !total && (z.extent == units.WholeZone || z.line().isSumOf(z.streets(group))):
				said.Add(finding.ZoneBesideStreets(f.Columns[k].Title, written.Short(written.Tidy(c.Text), 20), z.extent == units.OwnLevel).
					At(finding.Place{Sheet: z.line().Sheet, Row: z.line().N, Cell: c.Ref(), Field: f.Columns[k].Field, Value: written.Short(written.Tidy(c.Text), 30)}))
			}
			if sums || total {
				if found[z.t] == nil {
					found[z.t] = map[int]bool{}
				}
				found[z.t][z.i] = true
			}
		}
	}
	for t, lines := range found {
		t.retake(lines)
	}
	return said
}

// zoneGroups gives the groups of lines in which the zone stands beside its units, in the order of the tables.
func (l *Reader) zoneGroups(f *forms.Form, k int, tables []*Table) (out [][]zoneLine) {
	at := map[string]int{}
	var all [][]zoneLine
	extents := map[string]units.Extent{}
	for _, t := range tables {
		for i := range t.Lines {
			l.Alive()
			text := textOf(t.Lines[i].Cell(k))
			e, known := extents[text]
			if !known {
				e = l.Units.ExtentOf(text)
				extents[text] = e
			}
			key := l.keyBut(f, k, &t.Lines[i])
			g, ok := at[key]
			if !ok {
				g = len(all)
				at[key], all = g, append(all, nil)
			}
			all[g] = append(all[g], zoneLine{t, i, e})
		}
	}
	for _, group := range all {
		of := func(one bool) bool {
			return slices.ContainsFunc(group, func(z zoneLine) bool { return (z.extent == units.OneUnit) == one })
		}
		if of(true) && of(false) {
			out = append(out, group)
		}
	}
	return out
}

// textOf is what a cell says in words; nothing of numbers and dates.
func textOf(c sheet.Cell) string {
	if c.Kind != sheet.Text {
		return ""
	}
	return c.Text
}

// keyBut is a line's key by what it means, but for column k.
func (l *Reader) keyBut(f *forms.Form, k int, line *Line) string {
	var parts []string
	for i := range f.Columns {
		c := &f.Columns[i]
		if i == k || !c.InKey {
			continue
		}
		at := line.Cell(i)
		text := written.Heading(written.DateText(at))
		if v, ok := l.Vocab.Lists[c][text]; ok {
			text = v
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "\x1f")
}

// saysTotal says whether the name of a unit says that its row is a total: 全区小计.
func saysTotal(text string) bool {
	word := spelling.Squash(text)
	return word == "小计" || rowkind.TotalWord().MatchString(word) || rowkind.SubWord().MatchString(word)
}

// streets are the lines of a group's units.
func (z zoneLine) streets(group []zoneLine) (lines []Line) {
	for _, o := range group {
		if o.extent == units.OneUnit {
			lines = append(lines, *o.line())
		}
	}
	return lines
}

// sumsUp says whether a line holds the sums of its group's units, with the zone's own level or without. The own level's
// prove it only where two numbers do: 2 may be what two streets with 1 each have, and yet its own.
func (z zoneLine) sumsUp(group []zoneLine) bool {
	streets := z.streets(group)
	if z.extent == units.OwnLevel {
		return len(streets) > 1 && z.line().numbers() > 1 && z.line().isSumOf(streets)
	}
	return z.line().isSumOf(streets) || z.line().isSumOf(append(streets, z.ownLevel(group)...))
}

func (z zoneLine) ownLevel(group []zoneLine) (lines []Line) {
	for _, o := range group {
		if o.extent == units.OwnLevel && o.line() != z.line() {
			lines = append(lines, *o.line())
		}
	}
	return lines
}

// numbers is how many numbers other than 0 a line holds.
func (l *Line) numbers() (n int) {
	for k := range l.At {
		if c := l.Cell(k); l.At[k].Col > 0 && heading.IsNumber(l.At[k].Field) && sight.Present(&c) {
			if x, _, ok := sight.NumberOf(&c); ok && x != 0 {
				n++
			}
		}
	}
	return n
}

// mismatch tells the first number of a line that says 小计 which is not the sum of its group's units.
func (z zoneLine) mismatch(group []zoneLine) heading.Notes {
	l, lines := z.line(), append(z.streets(group), z.ownLevel(group)...)
	for k := range l.At {
		c, f := l.Cell(k), l.At[k].Field
		claimed, places, ok := sight.NumberOf(&c)
		if l.At[k].Col == 0 || !heading.IsNumber(f) || !sight.Present(&c) || !ok {
			continue
		}
		sum := 0.0
		for i := range lines {
			at := lines[i].Cell(k)
			n, p, _ := sight.NumberOf(&at)
			sum, places = sum+n, max(places, p)
		}
		if math.Abs(sum-claimed) < 0.5*math.Pow10(-places)*float64(len(lines)) {
			continue
		}
		show := func(n float64) string { return strconv.FormatFloat(n, 'f', places, 64) }
		money := f.Type == forms.Money
		return heading.Notes{finding.TotalMismatch(f.Title, show(claimed), show(sum), show(claimed-sum), money, money && l.Head.Form.TotalsReject).
			At(finding.Place{Sheet: l.Sheet, Row: l.N, Cell: c.Ref(), Field: f.Field, Value: written.Short(written.Tidy(c.Text), 30)})}
	}
	return nil
}

// bareTotal names the line by what it is the total of.
func (z zoneLine) bareTotal(k int) bareTotal {
	l := z.line()
	var words []string
	for i := range l.At {
		if f := l.At[i].Field; i == k || f.InKey && f.Type == forms.List {
			if c := l.Cell(i); sight.Present(&c) {
				words = append(words, c.Text)
			}
		}
	}
	c := l.Cell(k)
	return bareTotal{l.N, c.Ref(), written.Short(written.Tidy(strings.Join(words, " ")), 20)}
}

// retake makes totals of lines that were taken for data.
func (t *Table) retake(lines map[int]bool) {
	for i := range lines {
		t.kinds[rowkind.Data]--
		t.kinds[rowkind.Total]++
		t.Passed = append(t.Passed, Passed{t.Lines[i].Sheet, t.Lines[i].N, kindNames[rowkind.Total]})
	}
	slices.SortFunc(t.Passed, func(a, b Passed) int { return cmp.Compare(a.Row, b.Row) })
	slices.SortFunc(t.bareTotals, func(a, b bareTotal) int { return cmp.Compare(a.N, b.N) })
	t.without(lines)
}

// isUnitKey says whether a field tells rows apart by the unit that they are for.
func isUnitKey(f *forms.Column) bool { return f.Type == forms.Unit && f.InKey }
