package rowkind

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"taizhang/ingest/around"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// isTotal says whether one of the row's first texts is 合计 or 小计 and the fields that identify a row are mostly empty.
func (g *Seen) isTotal() bool {
	row, at := g.Row, g.At
	if g.filled > 6 && !strings.Contains(g.word, "计") && !strings.ContainsAny(g.word, "总汇共t") && !anyHas(row, "计") {
		return false
	}
	if TotalWord().MatchString(g.word) && (g.filled == 1 || fewKeys(row, at, g.first.Col)) {
		return true
	}
	n := 0
	for i := range row.Cells {
		c := &row.Cells[i]
		if c.Kind != sheet.Text || !sight.Filled(c) {
			continue
		}
		if n++; n > 3 {
			break
		}
		if len(c.Text) > 60 {
			continue
		}
		word := spelling.Squash(c.Text)
		if (TotalWord().MatchString(word) || SubWord().MatchString(word)) && g.filled > 1 && (fewKeys(row, at, c.Col) || isUnitColumn(at, c.Col)) {
			return true
		}
	}
	return false
}

// isUnitColumn says whether units stand in a column, none of which is called 小计.
func isUnitColumn(at []heading.Placed, col int) bool {
	return slices.ContainsFunc(at, func(p heading.Placed) bool { return p.Col == col && p.Field.Type == forms.Unit })
}

// isFooter recognises signatures below a table.
func (g *Seen) isFooter() bool {
	if g.first == nil {
		return false
	}
	row := g.Row
	labelled := 0
	for i := range row.Cells {
		if IsLabel(&row.Cells[i]) {
			labelled++
		}
	}
	if labelled >= 2 || labelled == 1 && footWord().MatchString(g.word) && g.filled <= 3 {
		return true
	}
	if g.fields > 3 || g.filled > 4 {
		return false
	}
	return footAny().MatchString(g.word) || strings.ContainsAny(sight.Joined(row), ":：(（") && footAny().MatchString(spelling.Squash(sight.Joined(row)))
}

// footBegins is a quick test: the text begins as one of the labels of a signature line does.
func footBegins(s string) bool {
	return footLetters.Begin(strings.TrimLeft(s, " \u3000"))
}

var footLetters = written.NewLetters("填报制经审复签批统编部主分领单打联电盖公日负导生")

// isNumbering recognises the row under a head that numbers the columns: 甲 乙 1 2 3.
func (g *Seen) isNumbering() bool {
	row := g.Row
	if g.filled < 3 {
		return false
	}
	last, labels := 0, 0
	for i := range row.Cells {
		c := &row.Cells[i]
		if !sight.Filled(c) {
			continue
		}
		w := written.Plain(c.Text)
		if i := strings.IndexAny(w, "=("); i > 0 && columnSum().MatchString(w) { // 4=5+6
			w = w[:i]
		}
		if last == 0 && columnLabel[written.Heading(w)] {
			labels++
			continue
		}
		if !columnNo().MatchString(strings.ToLower(w)) {
			return false
		}
		if n := written.Atoi(strings.Trim(w, "()")); n > 0 {
			if last > 0 && n != last+1 || last == 0 && n > 3 {
				return false
			}
			last = n
		}
	}
	return labels <= 1 && (last >= 2 || g.Texts == g.filled)
}

// isCodeField says whether a lone text stands in a column of numbers or codes: then the row was meant as data.
func isCodeField(c *sheet.Cell, at []heading.Placed) bool {
	for k := range at {
		if at[k].Col == c.Col {
			return at[k].Field.Type == forms.Code && MayBeCode(c.Text)
		}
	}
	return false
}

// MayBeCode says whether a text may be a code that was written ahead: it has digits, and is no sentence (另有3件正在核实，下周补报).
func MayBeCode(text string) bool {
	if !strings.ContainsAny(text, "0123456789") || strings.ContainsAny(text, ",，。;；:：!！?？") {
		return false
	}
	han := 0
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			han++
		}
	}
	return han <= 10
}

// isTitle says whether the row's text names a form or labels something: 问题台账（截至8月12日）, 报送期：2022年第32周.
func (s *Seen) isTitle() bool {
	return s.Vocab.Titled(s.first.Text) != nil || strings.ContainsAny(s.first.Text, ":：") && around.Labels().MatchString(written.Tidy(s.first.Text))
}

// mergedData says whether the row takes other fields from merged cells above.
func (s *Seen) mergedData() bool {
	for k := range s.At {
		if _, ok := s.Down[[2]int{s.Row.N, s.At[k].Col}]; ok {
			return true
		}
	}
	return false
}

// anyHas says whether a text of the row holds a word.
func anyHas(row *sheet.Row, word string) bool {
	return slices.ContainsFunc(row.Cells, func(c sheet.Cell) bool { return strings.Contains(c.Text, word) })
}

// allNothing says whether a row says 无 in all its cells, beside a running number.
func allNothing(row *sheet.Row) bool {
	nothing, numbers, dashed := 0, 0, 0
	for i := range row.Cells {
		c := &row.Cells[i]
		if !sight.Filled(c) {
			continue
		}
		if c.Kind == sheet.Text && len(c.Text) > 300 {
			return false
		}
		switch t := spelling.Squash(c.Text); {
		case c.Kind == sheet.Number:
			if numbers++; numbers > 1 || nothing > 0 {
				return false
			}
		case c.Kind != sheet.Text:
			return false
		case written.IsNothing(t):
			nothing++
		case strings.Trim(t, ".·") == "": // ……
			dashed++
		case t == "/" || t == "-" || t == "—" || t == "——" || t == "--":
			dashed++
		case t != "0":
			return false
		}
	}
	return nothing > 0 || dashed > 0 && numbers == 0
}

// identifies says whether a cell may tell a row from others: no dash, as sums have in the columns that they don't sum, and no count (2家).
func identifies(c *sheet.Cell) bool {
	if !sight.Filled(c) || c.Kind != sheet.Text || len(c.Text) > 30 {
		return sight.Filled(c)
	}
	word := written.Heading(c.Text)
	return word != "" && !sight.NoValue[word] && strings.Trim(word, "-—–─*x×·.") != "" && !sectionCount().MatchString(word)
}

// fewKeys says whether most of the fields that identify a row are empty, as in a subtotal, whose word stands in column but.
func fewKeys(row *sheet.Row, at []heading.Placed, but int) bool {
	have, all := 0, 0
	for k := range at {
		if at[k].Col == 0 || !at[k].Field.Required || at[k].Field.Type == forms.Money || at[k].Field.Type == forms.Int {
			continue
		}
		all++
		if at[k].Col != but && identifies(sight.CellIn(row, at[k].Col)) {
			have++
		}
	}
	return have*2 <= all
}

// widelyMerged says whether the row's only text is merged across at least three columns.
func widelyMerged(p *heading.Page, row *sheet.Row, first *sheet.Cell) bool {
	if first == nil {
		return false
	}
	for i := range row.Cells {
		if c := &row.Cells[i]; c.Col != first.Col && sight.Filled(c) {
			return false
		}
	}
	return writtenAcross(p, row, first)
}

// writtenAcross says whether a cell of a row is merged with at least the next two.
func writtenAcross(p *heading.Page, row *sheet.Row, c *sheet.Cell) bool {
	m, ok := p.Areas[[2]int{row.N, c.Col}]
	return ok && m.Top == row.N && m.Left == c.Col && m.Right-m.Left >= 2
}

// firstAndLast are the first cell in which something stands and the last one behind it; nil where none is.
func (s *Seen) firstAndLast() (first, last *sheet.Cell) {
	for i := range s.Row.Cells {
		c := &s.Row.Cells[i]
		switch {
		case !sight.Present(c):
		case first == nil:
			first = c
		default:
			last = c
		}
	}
	return first, last
}

// isRunningNumber says whether a cell numbers its row: no field's number, no date.
func (s *Seen) isRunningNumber(c *sheet.Cell) bool {
	return !s.numberField(c.Col) && (c.Kind == sheet.Number || c.Kind != sheet.Date && numberLetters.Only(written.Plain(c.Text)))
}

// isNumberedText says whether the row is a running number and a text that is no value of its column: one written across the
// table, or words where a code should be. Whether that is an item or a note nobody can tell but its author.
func (s *Seen) isNumberedText() bool {
	if s.filled != 2 || s.Texts == 0 || s.prompts > 0 || s.mergedData() {
		return false
	}
	number, text := s.firstAndLast()
	if text == nil || text.Kind != sheet.Text || !s.isRunningNumber(number) {
		return false
	}
	if writtenAcross(s.Page, s.Row, text) {
		return true
	}
	return slices.ContainsFunc(s.At, func(p heading.Placed) bool {
		return p.Col == text.Col && p.Field.Type == forms.Code && !strings.ContainsAny(text.Text, "0123456789") && utf8.RuneCountInString(text.Text) >= 6
	})
}
