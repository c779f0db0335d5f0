package layout

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/rowkind"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// groupSum is a line that names a group of lines and holds the sum of that group's amounts, without the word 小计:
// “一 | 智能制造 | … | 11” over 5 and 6.
type groupSum struct {
	label string
	style string // how it is numbered, see outlineStyle; "" where it has a name only
}

// outlined begins with such a number: 一、智能制造.
var outlined = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([(（【][一二三四五六七八九十]{1,3}[)）】]|[一二三四五六七八九十]{1,3}[、,，.．:：]|[ivx]{1,4}[、.．])`)
})

// groupOf says whether a line may be the sum of a group: beside amounts and counts it holds its number and its name only,
// and lacks fields that a row must have.
func (r *tableReader) groupOf(l *Line) (groupSum, bool) {
	if r.mergedInto(l) {
		return groupSum{}, false
	}
	row := r.page.Row(int(l.index))
	g, numbers, ok := l.named(row)
	return g, ok && numbers > 0 && l.lacks(row) && (g.style != "" || g.label != "" && !firmName().MatchString(g.label))
}

// mergedInto says whether a line is a part of merged rows.
func (r *tableReader) mergedInto(l *Line) bool {
	return slices.ContainsFunc(l.At, func(p heading.Placed) bool {
		_, ok := r.down[[2]int{l.N, p.Col}]
		return ok && p.Col > 0
	})
}

// lacks says whether a line holds nothing in some field, other than its numbers, that a row must have.
func (l *Line) lacks(row *sheet.Row) bool {
	return slices.ContainsFunc(l.At, func(p heading.Placed) bool {
		if p.Col == 0 || !p.Field.Required || heading.IsNumber(p.Field) {
			return false
		}
		c := sight.CellIn(row, p.Col)
		return !sight.Present(c) || sight.Dashed(c)
	})
}

// named reads a line that holds numbers under the columns of numbers, and beside them a group's number and name only:
// “一 | 智能制造 | … | 11”; how many numbers it holds. False where anything else stands there.
func (l *Line) named(row *sheet.Row) (g groupSum, numbers int, ok bool) {
	texts := 0
	for k := range row.Cells {
		c := &row.Cells[k]
		if !sight.Present(c) || sight.Dashed(c) {
			continue
		}
		at := slices.IndexFunc(l.At, func(p heading.Placed) bool { return p.Col == c.Col })
		if at >= 0 && heading.IsNumber(l.At[at].Field) {
			if _, _, ok := sight.NumberOf(c); !ok {
				return g, 0, false
			}
			numbers++
			continue
		}
		word := spelling.Squash(c.Text)
		switch {
		case c.Kind == sheet.Number && at < 0 && numbers == 0: // a running number
		case c.Kind != sheet.Text || at >= 0 && !isLabelled(l.At[at].Field):
			return g, 0, false
		case texts == 0 && heading.Outline().MatchString(word):
			g.style = outlineStyle(word)
		case texts > 0 || len([]rune(word)) > 30:
			return g, 0, false
		default:
			if texts++; g.style == "" && outlined().MatchString(word) {
				g.style = outlineStyle(word)
			}
			g.label = word
		}
	}
	return g, numbers, true
}

// firmName ends names of firms and of others that are paid: a row under such a name lacks fields.
var firmName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(公司|集团|企业|厂|店|场|社|所|院|行|部|学校|中心|协会|基金会|个体户|经营户)(\(.*\))?$`)
})

// outlineStyle tells the ranks of an outline apart: 一, （一）, Ⅰ (folded: i).
func outlineStyle(word string) string {
	switch r, _ := utf8.DecodeRuneInString(word); {
	case strings.ContainsRune("(（【", r):
		return "（一）"
	case r == 'i' || r == 'v' || r == 'x':
		return "Ⅰ"
	}
	return "一"
}

// isLabelled says whether the name of a group may stand in a field's column.
func isLabelled(c *forms.Column) bool {
	return c.Type != forms.Date && c.Type != forms.Month && c.Type != forms.Percent
}

// groupSums takes out the lines that are the sums of their groups. It goes by what the columns prove: each amount is the
// sum of the lines below, up to the next such line, or of those above. A name alone proves it over two lines at least:
// two firms may be paid alike.
func (r *tableReader) groupSums() {
	t := r.table
	groups := map[int]groupSum{}
	for i := range t.Lines {
		if t.Lines[i].plain { // it lacks nothing
			continue
		}
		if g, ok := r.groupOf(&t.Lines[i]); ok {
			groups[i] = g
		}
	}
	found := map[int]bool{}
	for i := range t.Lines {
		g, ok := groups[i]
		if !ok {
			continue
		}
		for _, lines := range r.groupLines(i, g, groups, found) {
			if n := len(lines); (n > 1 || n == 1 && g.style != "") && t.Lines[i].isSumOf(lines) {
				found[i] = true
				row := r.page.Row(int(t.Lines[i].index))
				r.kinds[t.Lines[i].index] = rowkind.Total
				t.bareTotals = append(t.bareTotals, bareTotal{t.Lines[i].N, sight.FirstText(row).Ref(), written.Short(written.Tidy(textsOf(row)), 20)})
				break
			}
		}
	}
	r.table.without(found)
}

// groupLines gives the stretches of lines that may be a group's: those below its sum, else those above. A numbered group
// ends where the next of its rank begins, or any numbered one; a named group at any line that may be a sum.
func (r *tableReader) groupLines(i int, g groupSum, groups map[int]groupSum, found map[int]bool) [][]Line {
	ends := func(k int, anyStyle bool) bool {
		o, ok := groups[k]
		return ok && (g.style == "" || o.style == g.style || anyStyle && o.style != "")
	}
	walk := func(step int, anyStyle bool) (lines []Line) {
		for k := i + step; k >= 0 && k < len(r.table.Lines) && !ends(k, anyStyle); k += step {
			if o := groups[k]; o.style == "" && !found[k] {
				lines = append(lines, r.table.Lines[k])
			}
		}
		return lines
	}
	return [][]Line{walk(1, true), walk(1, false), walk(-1, true), walk(-1, false)}
}

// textsOf is what a row says in words.
func textsOf(row *sheet.Row) string {
	var words []string
	for k := range row.Cells {
		if c := &row.Cells[k]; sight.Present(c) && c.Kind == sheet.Text && !sight.Dashed(c) {
			if _, _, ok := sight.NumberOf(c); !ok {
				words = append(words, c.Text)
			}
		}
	}
	return strings.Join(words, " ")
}

// without takes lines out, by their index.
func (t *Table) without(found map[int]bool) {
	if len(found) == 0 {
		return
	}
	before := make([]int, len(t.Lines)+1) // how many of the lines before are kept
	kept := make([]Line, 0, len(t.Lines)-len(found))
	for i := range t.Lines {
		if before[i] = len(kept); !found[i] {
			kept = append(kept, t.Lines[i])
		}
	}
	before[len(t.Lines)] = len(kept)
	for i := range t.Totals {
		t.Totals[i].Line = before[t.Totals[i].Line]
	}
	for i := range t.Strays {
		t.Strays[i].Line = before[min(t.Strays[i].Line, len(t.Lines))]
	}
	t.Lines = kept
}
