package totals

import (
	"math/big"
	"strings"

	"taizhang/ingest/cell"
	"taizhang/ingest/forms"
	"taizhang/ingest/layout"
	"taizhang/ingest/rowkind"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
)

// summed gives the stretches of lines that a total may sum, the likeliest first: a 小计 its block, above or below it;
// a 合计 the whole table, all sheets of the return, or what stands above it.
func (r *Return) summed(tb *layout.Table, n int) [][]layout.Line {
	tot := tb.Totals[n]
	since, until := 0, len(tb.Lines)
	if n > 0 {
		since = tb.Totals[n-1].Line
	}
	if n+1 < len(tb.Totals) {
		until = tb.Totals[n+1].Line
	}
	var all []layout.Line
	for _, t := range r.Tables {
		all = append(all, t.Lines...)
	}
	var alike [][]layout.Line // 低保救助 | 小计, wherever it stands
	if lines := likeTotal(r, tb, n); len(lines) > 0 {
		alike = append(alike, lines)
	}
	block := [][]layout.Line{tb.Lines[since:tot.Line], tb.Lines[tot.Line:until]}
	if page := tb.SincePage(tot.N); page > since && page < tot.Line { // 本页小计
		block = append([][]layout.Line{tb.Lines[page:tot.Line]}, block...)
	}
	whole := [][]layout.Line{tb.Lines, all, tb.Lines[:tot.Line], tb.Lines[tot.Line:]}
	for i := n - 1; i >= 0; i-- { // a 合计 of several 小计 blocks
		from := 0
		if i > 0 {
			from = tb.Totals[i-1].Line
		}
		whole = append(whole, tb.Lines[from:tot.Line])
	}
	if tot.Part && tot.Line > since {
		return append(append(alike, block...), whole...)
	}
	if tot.Part {
		return append(append(alike, block[len(block)-1]), whole...)
	}
	return append(append(alike, whole...), block...)
}

// likeTotal gives the lines that have in every part of the key what a 合计 row says of it; none where it says nothing.
func likeTotal(r *Return, tb *layout.Table, n int) (lines []layout.Line) {
	tot, said := &tb.Totals[n], map[int]string{}
	for k := range r.Form.Columns {
		c, at := &r.Form.Columns[k], &tot.Cells[k]
		if c.InKey && (c.Type == forms.List || c.Type == forms.Month || c.Type == forms.Code) && at.Col > 0 && at.Kind != sheet.Empty {
			if word := written.Heading(sight.TextOf(at)); !rowkind.SaysTotal(word) {
				said[k] = word
			}
		}
	}
	if len(said) == 0 {
		return nil
	}
	for i := range tb.Lines {
		same := true
		for k, word := range said {
			at := tb.Lines[i].Cell(k)
			same = same && written.Heading(sight.TextOf(&at)) == word
		}
		if same {
			lines = append(lines, tb.Lines[i])
		}
	}
	return lines
}

// sums is a column added up as written.
type sums struct {
	sum, tolerance *big.Int
	rows           int
	readable       bool // every amount could be read
}

// sumLines adds a column up and gives the tolerance: half a unit in the last place shown, per summed row.
func (r *Return) sumLines(lines []layout.Line, k int, c *forms.Column) sums {
	s := sums{sum: new(big.Int), tolerance: new(big.Int), readable: true}
	places := -99
	for i := range lines {
		at := lines[i].Cell(k)
		if at.Kind == sheet.Empty && !at.NoValue || cell.Dashes[strings.ToLower(written.Tidy(at.Text))] {
			continue
		}
		n, shown, ok := cell.Amount(&at, c, r.Facts[lines[i].Head][k])
		if !ok {
			s.readable = false
			continue
		}
		s.sum.Add(s.sum, n)
		places = max(places, shown)
		s.rows++
	}
	if s.rows > 0 {
		s.tolerance.Add(s.tolerance, cell.Halves(places, s.rows, c))
	}
	return s
}
