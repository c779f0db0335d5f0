package layout

import (
	"math"
	"slices"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/rowkind"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
)

// unlabelledTotals takes lines that hold nothing but numbers, each the sum of the lines above (or, at the top of a block,
// below), for what they are: totals whose word was left out.
func (r *tableReader) unlabelledTotals() {
	t := r.table
	bare := map[int]bool{}
	for i := range t.Lines {
		if l := &t.Lines[i]; !l.plain && r.numbersOnly(r.page.Row(int(l.index)), l) {
			bare[i] = true
		}
	}
	if len(bare) == 0 {
		return
	}
	var kept []Line
	since := 0 // first kept line after the last total
	shift := make([]int, len(t.Lines)+1)
	found := map[int]bool{}
	totals := slices.Clone(t.Totals)
	next := 0
	for i := range t.Lines {
		for next < len(t.Totals) && t.Totals[next].Line <= i {
			since = len(kept)
			next++
		}
		shift[i] = len(kept)
		l := &t.Lines[i]
		if !bare[i] {
			kept = append(kept, *l)
			continue
		}
		part, ok := r.sumsUp(l, kept[since:], kept, r.linesBelow(i, bare))
		if !ok {
			kept = append(kept, *l)
			continue
		}
		found[i] = true
		row := r.page.Row(int(l.index))
		totals = append(totals, total{Sheet: l.Sheet, N: l.N, block: l.Block, Head: l.Head, Line: len(kept), Cells: r.pick(nil, row, false), At: l.At, Part: part, Rolled: l.Rolled()})
		r.kinds[l.index] = rowkind.Total
		t.bareTotals = append(t.bareTotals, bareTotal{N: l.N, ref: sight.FirstText(row).Ref()})
		since = len(kept)
	}
	if len(found) == 0 {
		return
	}
	shift[len(t.Lines)] = len(kept)
	for i := range totals {
		if i < len(t.Totals) {
			totals[i].Line = shift[totals[i].Line]
		}
	}
	slices.SortStableFunc(totals, func(a, b total) int { return a.N - b.N })
	for i := range t.Strays {
		t.Strays[i].Line = shift[min(t.Strays[i].Line, len(t.Lines))]
	}
	t.Lines, t.Totals = kept, totals
}

// MaySumNothing says whether a total may be the sum of no line: a 小计, or one below a head, or another 合计, that no line stands
// under.
func (t *Table) MaySumNothing(n int) bool {
	tot := &t.Totals[n]
	return tot.Part || n > 0 && !t.Totals[n-1].Part && t.Totals[n-1].Line == tot.Line || !slices.ContainsFunc(t.Lines, func(l Line) bool { return int(l.Block) == tot.block })
}

// SincePage is the first line of the page on which a row stands, where sums are carried from page to page.
func (t *Table) SincePage(row int) (line int) {
	from := 0
	for _, n := range t.carriedSums {
		if n < row {
			from = n
		}
	}
	for line < len(t.Lines) && t.Lines[line].N < from {
		line++
	}
	return line
}

// bareTotal is a total that doesn't say so.
type bareTotal struct {
	N    int
	ref  string
	says string // the name of the group that it sums; nothing where the row holds numbers only
}

// linesBelow are the lines after i that are followed by no other line of nothing but numbers.
func (r *tableReader) linesBelow(i int, bare map[int]bool) []Line {
	n := i + 1
	for n < len(r.table.Lines) && !bare[n] {
		n++
	}
	return r.table.Lines[i+1 : n]
}

// numbersOnly says whether nothing of a line says what it is about: it holds amounts and counts and no name, code, date.
func (r *tableReader) numbersOnly(row *sheet.Row, l *Line) bool {
	numbers, counts := 0, 0
	for k := range row.Cells {
		c := &row.Cells[k]
		if !sight.Present(c) || sight.Dashed(c) {
			continue
		}
		at := slices.IndexFunc(l.At, func(p heading.Placed) bool { return p.Col == c.Col })
		switch {
		case at >= 0 && heading.IsNumber(l.At[at].Field):
			if _, _, ok := sight.NumberOf(c); !ok {
				return false
			}
			numbers++
		case c.Kind == sheet.Number && at >= 0 && isNames(l.At[at].Field) && counts == 0: // how many rows they are, see sumsUp
			counts++
		case c.Kind == sheet.Number:
			if at >= 0 && !c.Percent {
				return false
			}
		default:
			return false
		}
	}
	if numbers == 0 {
		return false
	}
	for _, p := range l.At { // a part of merged rows is no total
		if _, ok := r.down[[2]int{l.N, p.Col}]; ok && p.Col > 0 {
			return false
		}
	}
	return true
}

// sumsUp says whether each number of a line is the sum of one of three stretches of lines, and whether that is a part of
// the table only.
func (r *tableReader) sumsUp(l *Line, block, above, below []Line) (part, ok bool) {
	for i, lines := range [][]Line{block, above, below} {
		if len(lines) > 0 && l.countsRows(len(lines)) && l.isSumOf(lines) {
			return i == 0 && len(block) < len(above) || i == 2 && len(above) > 0, true
		}
	}
	return false, false
}

// isNames says whether a field holds names or codes: a number there counts them, if it is no code.
func isNames(c *forms.Column) bool {
	return c.Type == forms.Text || c.Type == forms.Code || c.Type == forms.USCC
}

// countsRows says whether a number under a column of names, if one stands there, is how many rows there are.
func (l *Line) countsRows(n int) bool {
	for k := range l.At {
		if c := l.Cell(k); l.At[k].Col > 0 && isNames(l.At[k].Field) && sight.Present(&c) && c.Kind == sheet.Number && c.Num != float64(n) {
			return false
		}
	}
	return true
}

func (l *Line) isSumOf(lines []Line) bool {
	some := false
	for k := range l.At {
		own := l.Cell(k)
		if l.At[k].Col == 0 || !heading.IsNumber(l.At[k].Field) || !sight.Present(&own) || sight.Dashed(&own) {
			continue
		}
		claimed, places, _ := sight.NumberOf(&own)
		sum := 0.0
		for i := range lines {
			if c := lines[i].Cell(k); sight.Present(&c) && !sight.Dashed(&c) && len(lines[i].At) == len(l.At) {
				n, p, ok := sight.NumberOf(&c)
				if !ok {
					return false
				}
				sum, places = sum+n, max(places, p)
			}
		}
		if math.Abs(sum-claimed) > 0.5*math.Pow10(-places)*float64(len(lines))*0.999+math.Abs(sum)*1e-12 {
			return false
		}
		some = some || claimed != 0
	}
	return some
}

// TellTotals names the totals that don't say that they are.
func (t *Table) TellTotals() (said heading.Notes) {
	for _, b := range t.bareTotals {
		f := finding.TotalUnlabelled(b.N)
		if b.says != "" {
			f = finding.GroupTotal(b.N, b.says)
		}
		said.Add(f.At(finding.Place{Sheet: t.Grid.Name, Cell: b.ref, Row: b.N}))
	}
	return said
}
