package data

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// grid is one sheet as a clerk sees it, before it becomes xlsx or csv.
type grid struct {
	name   string
	hidden bool
	rows   []gridRow
	merges [][4]int // top, left, bottom, right, from 1
	widths []float64
	look   look
	head   int // last heading row, for the frozen pane
}

type gridRow struct {
	height float64
	hidden bool
	cells  []gridCell
}

// gridCell holds a string, int, float64 or date, or a formula with its stored value.
type gridCell struct {
	v       any
	style   string // title, meta, head, text, center, section, foot, or a number format
	formula string
}

func (g *grid) row(n int) *gridRow {
	for len(g.rows) < n {
		g.rows = append(g.rows, gridRow{cells: make([]gridCell, len(g.widths))})
	}
	return &g.rows[n-1]
}

func (g *grid) put(r, c int, v any, style string) {
	g.row(r).cells[c-1] = gridCell{v: v, style: style}
}

func (g *grid) merge(top, left, bottom, right int) {
	if top == bottom && left == right {
		return
	}
	g.merges = append(g.merges, [4]int{top, left, bottom, right})
	for r := top; r <= bottom; r++ {
		for c := left; c <= right; c++ {
			g.row(r).cells[c-1].style = g.rows[top-1].cells[left-1].style
		}
	}
}

// lay writes one part in its layout: usually one sheet, several where the office splits its rows.
func (l layout) lay(p *part, wrongSum fen) []*grid {
	var out []*grid
	if l.split == nil || len(p.rows) == 0 {
		out = append(out, l.sheetOf(p, l.sheet, p.rows, wrongSum))
	} else {
		var names []string
		groups := map[string][]row{}
		for _, r := range p.rows {
			n := l.split(r)
			if groups[n] == nil {
				names = append(names, n)
			}
			groups[n] = append(groups[n], r)
		}
		for _, n := range names {
			out = append(out, l.sheetOf(p, n, groups[n], wrongSum))
		}
	}
	if l.help != "" {
		out = append(out, helpSheet(l))
	}
	if l.hidden {
		out = append(out, listSheet())
	}
	return out
}

// sheetOf lays a part's rows out on a sheet.
func (l layout) sheetOf(p *part, name string, rows []row, wrongSum fen) *grid {
	g := &grid{name: name, look: l.look}
	for _, c := range l.cols {
		g.widths = append(g.widths, c.width)
	}
	n := len(l.cols)
	g.put(1, 1, p.fill(l.title), "title")
	g.merge(1, 1, 1, n)
	g.row(1).height = 34
	at := 2
	for _, line := range l.meta {
		g.metaLine(at, p, line)
		at++
	}
	at = g.heading(at, l.cols)
	g.head = at - 1
	if l.total == "top" && len(rows) > 0 {
		g.totals(at, "合计", l, rows, wrongSum, 0)
		at++
	}
	if len(rows) == 0 && l.empty != "" {
		g.put(at, 1, l.empty, "center")
		g.merge(at, 1, at, n)
		at++
	}
	first := at
	at = g.sections(at, l, rows)
	g.mergeRepeats(l, first, at-1)
	if (l.total == "bottom" || l.total == "formula") && len(rows) > 0 {
		g.totals(at, "合计", l, rows, wrongSum, first)
		at++
	}
	for _, f := range l.foot {
		g.put(at, 1, p.fill(f), "foot")
		g.merge(at, 1, at, n)
		at++
	}
	return g
}

// sections writes the rows, with a line above each section, a 小计 below each group, and the heading again where the layout
// has them. It gives the row behind them.
func (g *grid) sections(at int, l layout, rows []row) int {
	number := 0
	for _, sec := range sectionsOf(rows, l.section) {
		if l.section != "" {
			g.put(at, 1, fmt.Sprintf("%s、%s（%d件）", chinese(sec.n), sec.name, len(sec.rows)), "section")
			g.merge(at, 1, at, len(l.cols))
			at++
		}
		run := 0 // where the rows of the next 小计 begin
		for i, r := range sec.rows {
			if number++; l.repeat > 0 && number > 1 && number%l.repeat == 1 {
				at = g.heading(at, l.cols)
			}
			g.dataRow(at, l, r, number)
			at++
			if l.subtotal != "" && (i+1 == len(sec.rows) || sec.rows[i+1].text(l.subtotal) != r.text(l.subtotal)) {
				g.totals(at, "小计", l, sec.rows[run:i+1], 0, 0)
				at, run = at+1, i+1
			}
		}
	}
	return at
}

func (g *grid) dataRow(at int, l layout, r row, number int) {
	for i, c := range l.cols {
		if v, style := l.cellValue(r, c, number); v != nil || style != "" {
			g.put(at, i+1, v, style)
		}
	}
	g.row(at).hidden = l.hide != nil && l.hide(r)
	g.row(at).height = 18 * float64(g.lines(at))
}

// metaLine spreads texts over the width; "label\tvalue" takes two cells.
func (g *grid) metaLine(at int, p *part, line []string) {
	n := len(g.widths)
	for i, s := range line {
		left, right := 1+i*n/len(line), (i+1)*n/len(line)
		label, value, two := strings.Cut(s, "\t")
		g.put(at, left, p.fill(label), "meta")
		if !two {
			g.merge(at, left, at, right)
			continue
		}
		if value == "@until" {
			g.put(at, left+1, p.until, "date:cn")
		} else {
			g.put(at, left+1, p.fill(value), "meta")
		}
		g.merge(at, left+1, at, min(left+2, n))
	}
	g.row(at).height = 20
}

// heading writes one heading row, or two where headings stand in groups.
func (g *grid) heading(at int, cols []col) int {
	two := false
	for _, c := range cols {
		two = two || strings.Contains(c.head, "/")
	}
	if !two {
		for i, c := range cols {
			g.put(at, i+1, c.head, "head")
		}
		g.row(at).height = 30
		return at + 1
	}
	for i := 0; i < len(cols); {
		group, _, grouped := strings.Cut(cols[i].head, "/")
		if !grouped {
			g.put(at, i+1, cols[i].head, "head")
			g.merge(at, i+1, at+1, i+1)
			i++
			continue
		}
		j := i
		for ; j < len(cols); j++ {
			gr, head, ok := strings.Cut(cols[j].head, "/")
			if !ok || gr != group {
				break
			}
			g.put(at+1, j+1, head, "head")
		}
		g.put(at, i+1, group, "head")
		g.merge(at, i+1, at, j)
		i = j
	}
	return at + 2
}

// lines is how many lines the longest wrapped text of a row takes.
func (g *grid) lines(at int) int {
	most := 1
	for i, c := range g.rows[at-1].cells {
		if s, ok := c.v.(string); ok {
			width := 0.0
			for _, ch := range s {
				if width++; ch > 127 {
					width++
				}
			}
			most = max(most, int((width-1)/g.widths[i])+1)
		}
	}
	return most
}

// section is a run of rows under one section line.
type section struct {
	n    int
	name string
	rows []row
}

func sectionsOf(rows []row, by string) []section {
	if by == "" {
		return []section{{rows: rows}}
	}
	var out []section
next:
	for _, r := range rows {
		for i := range out {
			if out[i].name == r.text(by) {
				out[i].rows = append(out[i].rows, r)
				continue next
			}
		}
		out = append(out, section{len(out) + 1, r.text(by), []row{r}})
	}
	return out
}

func chinese(n int) string { return string([]rune("〇一二三四五六七八九")[n]) }

// cellValue is what stands in a cell and in which style.
func (l layout) cellValue(r row, c col, number int) (any, string) {
	switch c.key {
	case "#":
		return number, "center"
	case "-":
		return nil, "text"
	}
	v, ok := r[c.key]
	if !ok {
		return nil, "text"
	}
	switch x := v.(type) {
	case string:
		return l.textCell(r, c, x)
	case int:
		switch c.as {
		case "batch":
			return x, "batch"
		case "int,":
			return x, "#,##0"
		}
		return x, "center"
	case date:
		return dateCell(x, c.as)
	case fen:
		return amount(x, c.as, number)
	case percent:
		switch c.as {
		case "pctnum":
			return int(x), "center"
		case "frac":
			return float64(x) / 100, "center"
		}
		return float64(x) / 100, "0%"
	case ym:
		if c.as == "ym:cn" {
			return date(x).format("2006年1月"), "center"
		}
		return date(x), "ym"
	}
	panic(fmt.Sprintf("data: no way to write %T in %s", v, c.head))
}

// textCell writes a text in the words of the layout.
func (l layout) textCell(r row, c col, text string) (any, string) {
	if c.as == "struck" && text == "已办结" && !r.day("销号日期").none() {
		return "已销号", "center"
	}
	if w := l.say[c.key][text]; w != "" {
		text = w
	}
	if c.width > 15 {
		return text, "text"
	}
	return text, "center"
}

// dateCell writes a date as a text of the column's kind, or as a date.
func dateCell(d date, as string) (any, string) {
	switch as {
	case "dot":
		return d.format("2006.1.2"), "center"
	case "dash":
		return d.format("2006-01-02"), "center"
	case "年月日":
		return d.format("2006年1月2日"), "center"
	case "月日":
		return d.format("1月2日"), "center"
	}
	return d, as
}

// amount writes money in the unit and manner of the column.
func amount(f fen, as string, number int) (any, string) {
	switch {
	case as == "wan,cell" && number%6 == 2: // the unit typed into the cell
		return strconv.FormatFloat(scaled(f, 6), 'f', -1, 64) + "万元", "right"
	case strings.HasPrefix(as, "wan"):
		return scaled(f, 6), "0.00####"
	case as == "yuan,some" && number%5 == 3: // typed as text, with separators
		return thousands(f), "right"
	case as == "yuan," || as == "yuan,some":
		return scaled(f, 2), "#,##0.00"
	}
	return scaled(f, 2), "0.00"
}

// scaled is f divided by a power of ten, as the float nearest to the exact decimal.
func scaled(f fen, digits int) float64 {
	r := new(big.Rat).SetFrac64(int64(f), int64(pow10(digits)))
	x, _ := r.Float64()
	return x
}

func pow10(n int) int {
	p := 1
	for range n {
		p *= 10
	}
	return p
}

func thousands(f fen) string {
	whole, frac := strconv.FormatInt(int64(f)/100, 10), fmt.Sprintf("%02d", int64(f)%100)
	var b strings.Builder
	for i, ch := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(ch)
	}
	return b.String() + "." + frac
}

// totals writes a 合计 or 小计 line over every column of amounts and head counts.
func (g *grid) totals(at int, word string, l layout, rows []row, wrongSum fen, firstRow int) {
	label := 0
	for i, c := range l.cols {
		var money fen
		count, isMoney, isCount := 0, false, false
		for _, r := range rows {
			switch v := r[c.key].(type) {
			case fen:
				money, isMoney = money+v, true
			case int:
				if c.key != "期次" {
					count, isCount = count+v, true
				}
			}
		}
		switch {
		case isMoney:
			v, style := amount(money+wrongSum, c.as, 0)
			g.put(at, i+1, v, style)
			if l.total == "formula" {
				name := columnName(i + 1)
				g.rows[at-1].cells[i].formula = fmt.Sprintf("SUM(%s%d:%s%d)", name, firstRow, name, at-1)
			}
		case isCount:
			g.put(at, i+1, count, "center")
		default:
			g.put(at, i+1, nil, "center")
			if label == i && i < 3 {
				label = i + 1
			}
		}
	}
	g.put(at, 1, word, "head")
	g.merge(at, 1, at, max(1, label))
}

func columnName(n int) string {
	if n > 26 {
		return columnName((n-1)/26) + columnName((n-1)%26+1)
	}
	return string(rune('A' + n - 1))
}

// mergeRepeats turns runs of one value into one tall cell.
func (g *grid) mergeRepeats(l layout, first, last int) {
	for i, c := range l.cols {
		for _, m := range l.merge {
			if c.key != m {
				continue
			}
			for top := first; top <= last; {
				bottom := top
				for bottom < last && g.rows[bottom].cells[i].v == g.rows[top-1].cells[i].v {
					g.rows[bottom].cells[i].v = nil
					bottom++
				}
				g.merge(top, i+1, bottom, i+1)
				top = bottom + 1
			}
		}
	}
}

func helpSheet(l layout) *grid {
	g := &grid{name: "填报说明", widths: []float64{90}, look: l.look}
	g.put(1, 1, "填报说明", "title")
	for i, s := range strings.Split(l.help, "\n") {
		g.put(i+2, 1, s, "text")
	}
	return g
}

func listSheet() *grid {
	g := &grid{name: "下拉选项", hidden: true, widths: []float64{16, 16, 16}, look: plain}
	for c, list := range [][]string{{"责任清单", "企业难题", "实事项目", "基层治理", "安全生产", "生态环保", "信访维稳", "作风建设"}, {"来源", "走访调研", "企业反映", "12345热线", "市专班交办", "群众来信", "其他"}, {"状态", "未启动", "办理中", "办结", "长期推进"}} {
		for r, s := range list {
			g.put(r+1, c+1, s, "text")
		}
	}
	return g
}
