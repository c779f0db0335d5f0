package heading

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// A date is often ruled into columns of its own for year, month and day, as in account books: 交办日期 over 年 | 月 | 日, or
// 兑付年 | 兑付月 | 兑付日. They are read as one column, which stands where the first of them does.

// dateParts are the columns of one date; 0 where there is none: 月 | 日 alone, under 2026年 perhaps, and 年 | 月 of months.
type dateParts struct{ year, month, day, said int } // said: the year that a level names

// Some says whether there are such columns.
func (d dateParts) Some() bool { return d.month > 0 }

// partOf is what a heading that names a part of a date adds to its column.
type partOf struct {
	of    byte     // y, m, d; 0 where it names none
	stem  string   // what stands before it, with the groups over it
	names []string // what the whole date may be called
}

var partTails = []struct {
	tail string
	of   byte
}{{"年份", 'y'}, {"年", 'y'}, {"月份", 'm'}, {"月", 'm'}, {"日", 'd'}, {"号", 'd'}}

// datePart reads the last level of a heading as a part of a date: 年, 兑付月, 交办时间（日）.
func datePart(leaf string, groups [][]string) (p partOf) {
	t := strings.TrimRight(leaf, ")）】] ")
	for _, x := range partTails {
		stem, ok := strings.CutSuffix(t, x.tail)
		if !ok || len(stem) > 30 {
			continue
		}
		stem = spelling.Squash(strings.TrimRight(stem, "(（【[-—_/ "))
		p.of, p.stem = x.of, stem
		for k := len(groups) - 1; k >= 0; k-- {
			p.names = append(p.names, groups[k]...)
			p.stem = groups[k][0] + "/" + p.stem
		}
		if stem != "" {
			p.names = append(p.names, stem)
		}
		return p
	}
	return p
}

// joinDates makes one heading of those that name the parts of a date beside each other.
func joinDates(heads map[int]columnHead) {
	var cols []int
	for col, h := range heads {
		if h.part.of != 0 {
			cols = append(cols, col)
		}
	}
	if len(cols) < 2 {
		return
	}
	slices.Sort(cols)
	for i := 0; i+1 < len(cols); i++ {
		first := heads[cols[i]]
		run := string(first.part.of)
		for k := i + 1; k < len(cols) && k < i+3 && cols[k] == cols[i]+k-i && heads[cols[k]].part.stem == first.part.stem; k++ {
			run += string(heads[cols[k]].part.of)
		}
		at := dateParts{said: first.year}
		switch {
		case strings.HasPrefix(run, "ymd"):
			at.year, at.month, at.day = cols[i], cols[i]+1, cols[i]+2
		case strings.HasPrefix(run, "md"):
			at.month, at.day = cols[i], cols[i]+1
		case strings.HasPrefix(run, "ym"):
			at.year, at.month = cols[i], cols[i]+1
		default:
			continue
		}
		heads[cols[i]] = first.ofDate(at)
		for _, col := range []int{at.month, at.day} {
			if col > cols[i] {
				delete(heads, col)
			}
		}
		for i+1 < len(cols) && cols[i+1] <= max(at.month, at.day) {
			i++
		}
	}
}

// ofDate is the heading of the date whose first part a heading names.
func (h columnHead) ofDate(at dateParts) columnHead {
	out := columnHead{parts: at, title: strings.Trim(h.part.stem, "/"), year: h.year, other: h.other}
	tails := []string{"日期", "时间"}
	if at.day == 0 {
		tails = []string{"月份", "年月"}
	}
	for _, n := range h.part.names {
		out.names = append(out.names, n, n+tails[0], n+tails[1])
	}
	if len(out.names) == 0 {
		out.names, out.title = tails, tails[0]
	}
	out.whole = out.title
	shape := fmt.Sprint(at.year > 0, at.day > 0, at.said)
	out.said = joinedDate + shape + "\x00" + strings.Join(out.names, "\x00")
	return out
}

// joinedDate begins what the columns of a date together say: their shape, and what the date may be called.
const joinedDate = "\x01"

// Cell puts the parts that a row holds together, as somebody would write them into one cell.
func (d dateParts) Cell(row *sheet.Row, down map[[2]int]sheet.Cell, above *sheet.Cell) sheet.Cell {
	var words [3]string
	var only *sheet.Cell
	n := 0
	for i, col := range []int{d.year, d.month, d.day} {
		c := sight.CellIn(row, col)
		if c == nil && col > 0 { // merged downwards
			if over, ok := down[[2]int{row.N, col}]; ok {
				c = &over
			}
		}
		if !sight.Present(c) {
			continue
		}
		only, n = c, n+1
		words[i] = strings.TrimRight(written.Plain(c.Text), "年月日号份 ")
		if above != nil && sight.SaysAbove(c.Text) {
			words[i] = partIn(above.Text, i)
		}
	}
	if n == 0 {
		return sheet.Cell{}
	}
	if n == 1 && (only.Kind != sheet.Number && written.Atoi(written.Plain(only.Text)) == 0 || only.Kind == sheet.Date) { // 长期, or the whole date in one of them
		return *only
	}
	if words[0] == words[1] && (words[2] == words[0] || d.day == 0) && written.Atoi(words[0]) == 0 { // dashes
		return *only
	}
	if words[0] == "" && d.said > 0 {
		words[0] = strconv.Itoa(d.said)
	}
	text := words[1] + "月"
	if words[0] != "" {
		text = words[0] + "年" + text
	}
	if text += words[2]; written.Atoi(words[2]) > 0 { // 12月底
		text += "日"
	}
	return sheet.Cell{Kind: sheet.Text, Text: text}
}

// partIn is the ith part of a date that was put together.
func partIn(text string, i int) string {
	rest := text
	for k, sign := range []string{"年", "月", "日"} {
		before, after, ok := strings.Cut(rest, sign)
		if !ok {
			before, after = "", rest
		}
		if k == i {
			return before
		}
		rest = after
	}
	return ""
}

// First is the cell of the first part that a row fills; nil where it fills none.
func (d dateParts) First(row *sheet.Row) *sheet.Cell {
	for _, col := range []int{d.year, d.month, d.day} {
		if c := sight.CellIn(row, col); col > 0 && sight.Present(c) {
			return c
		}
	}
	return nil
}
