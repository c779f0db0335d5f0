package layout

import (
	"slices"
	"strings"
	"unicode/utf8"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// isTotal says whether one of the row's first texts is 合计 or 小计 and the fields that identify a row are mostly empty.
func (g *rowSeen) isTotal() bool {
	row, at := g.row, g.at
	if g.filled > 6 && !strings.Contains(g.word, "计") && !strings.ContainsAny(g.word, "总汇共t") && !anyHas(row, "计") {
		return false
	}
	if totalWord().MatchString(g.word) && (g.filled == 1 || fewKeys(row, at, g.first.Col)) {
		return true
	}
	n := 0
	for i := range row.Cells {
		c := &row.Cells[i]
		if c.Kind != sheet.Text || !filled(c) {
			continue
		}
		if n++; n > 3 {
			break
		}
		if len(c.Text) > 60 {
			continue
		}
		word := written.Squash(c.Text)
		if (totalWord().MatchString(word) || subWord().MatchString(word)) && g.filled > 1 && (fewKeys(row, at, c.Col) || isUnitColumn(at, c.Col)) {
			return true
		}
	}
	return false
}

// isUnitColumn says whether units stand in a column, none of which is called 小计.
func isUnitColumn(at []Placed, col int) bool {
	return slices.ContainsFunc(at, func(p Placed) bool { return p.Col == col && p.Field.Type == forms.Unit })
}

// isFooter recognises signatures below a table.
func (g *rowSeen) isFooter() bool {
	if g.first == nil {
		return false
	}
	row := g.row
	labelled := 0
	for i := range row.Cells {
		if isLabel(&row.Cells[i]) {
			labelled++
		}
	}
	if labelled >= 2 || labelled == 1 && footWord().MatchString(g.word) && g.filled <= 3 {
		return true
	}
	if g.fields > 3 || g.filled > 4 {
		return false
	}
	return footAny().MatchString(g.word) || strings.ContainsAny(joined(row), ":：(（") && footAny().MatchString(written.Squash(joined(row)))
}

// footBegins is a quick test: the text begins as one of the labels of a signature line does.
func footBegins(s string) bool {
	return footLetters.Begin(strings.TrimLeft(s, " \u3000"))
}

var footLetters = written.NewLetters("填报制经审复签批统编部主分领单打联电盖公日负导生")

// isNumbering recognises the row under a head that numbers the columns: 甲 乙 1 2 3.
func (g *rowSeen) isNumbering() bool {
	row := g.row
	if g.filled < 3 {
		return false
	}
	last := 0
	for i := range row.Cells {
		c := &row.Cells[i]
		if !filled(c) {
			continue
		}
		w := written.Plain(c.Text)
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
	return last >= 2 || g.texts == g.filled
}

// isCodeField says whether a lone text stands in a column of numbers or codes: then the row was meant as data.
func isCodeField(c *sheet.Cell, at []Placed) bool {
	for k := range at {
		if at[k].Col == c.Col {
			return at[k].Field.Type == forms.Code && strings.ContainsAny(c.Text, "0123456789")
		}
	}
	return false
}

// isTitle says whether the row's text names a form or labels something: 问题台账（截至8月12日）, 报送期：2022年第32周.
func (s *rowSeen) isTitle() bool {
	return s.v.Titled(s.first.Text) != nil || strings.ContainsAny(s.first.Text, ":：") && labels().MatchString(written.Tidy(s.first.Text))
}

// mergedData says whether the row takes other fields from merged cells above.
func (s *rowSeen) mergedData() bool {
	for k := range s.at {
		if _, ok := s.down[[2]int{s.row.N, s.at[k].Col}]; ok {
			return true
		}
	}
	return false
}

// anyHas says whether a text of the row holds a word.
func anyHas(row *sheet.Row, word string) bool {
	return slices.ContainsFunc(row.Cells, func(c sheet.Cell) bool { return strings.Contains(c.Text, word) })
}

func joined(row *sheet.Row) string {
	var b strings.Builder
	for _, c := range row.Cells {
		b.WriteString(c.Text)
		b.WriteByte(' ')
	}
	return b.String()
}

// allNothing says whether a row says 无 in all its cells, beside a running number.
func allNothing(row *sheet.Row) bool {
	nothing, numbers, dashed := 0, 0, 0
	for i := range row.Cells {
		c := &row.Cells[i]
		if !filled(c) {
			continue
		}
		if c.Kind == sheet.Text && len(c.Text) > 300 {
			return false
		}
		switch t := written.Squash(c.Text); {
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
	if !filled(c) || c.Kind != sheet.Text || len(c.Text) > 30 {
		return filled(c)
	}
	word := written.Heading(c.Text)
	return word != "" && !noValue[word] && strings.Trim(word, "-—–─*x×·.") != "" && !sectionCount().MatchString(word)
}

// fewKeys says whether most of the fields that identify a row are empty, as in a subtotal, whose word stands in column but.
func fewKeys(row *sheet.Row, at []Placed, but int) bool {
	have, all := 0, 0
	for k := range at {
		if at[k].Col == 0 || !at[k].Field.Required || at[k].Field.Type == forms.Money || at[k].Field.Type == forms.Int {
			continue
		}
		all++
		if at[k].Col != but && identifies(CellIn(row, at[k].Col)) {
			have++
		}
	}
	return have*2 <= all
}

// widelyMerged says whether the row's only text is merged across at least three columns.
func widelyMerged(p *Page, row *sheet.Row, first *sheet.Cell) bool {
	if first == nil {
		return false
	}
	for i := range row.Cells {
		if c := &row.Cells[i]; c.Col != first.Col && filled(c) {
			return false
		}
	}
	m, ok := p.merged[[2]int{row.N, first.Col}]
	return ok && m.Top == row.N && m.Left == first.Col && m.Right-m.Left >= 2
}

// isNumberedText says whether the row is a running number and a text that is no value of its column: one written across the
// table, or words where a code should be. Whether that is an item or a note nobody can tell but its author.
func (s *rowSeen) isNumberedText() bool {
	if s.filled != 2 || s.texts == 0 || s.prompts > 0 || s.mergedData() {
		return false
	}
	var number, text *sheet.Cell
	for i := range s.row.Cells {
		c := &s.row.Cells[i]
		switch {
		case !present(c):
		case number == nil:
			number = c
		default:
			text = c
		}
	}
	if text == nil || text.Kind != sheet.Text || s.numberField(number.Col) || number.Kind != sheet.Number && !numberLetters.Only(written.Plain(number.Text)) || number.Kind == sheet.Date {
		return false
	}
	if m, ok := s.p.merged[[2]int{s.row.N, text.Col}]; ok && m.Top == s.row.N && m.Left == text.Col && m.Right-m.Left >= 2 {
		return true
	}
	return slices.ContainsFunc(s.at, func(p Placed) bool {
		return p.Col == text.Col && p.Field.Type == forms.Code && !strings.ContainsAny(text.Text, "0123456789") && utf8.RuneCountInString(text.Text) >= 6
	})
}

// isHeading says whether a text is one of the form's headings; answers are kept, since columns repeat few texts.
func (p *Page) isHeading(ns names, text string) bool {
	if known, ok := p.known[text]; ok {
		return known
	}
	known := false
	keys, _, _ := written.HeadingForms(text)
	for _, k := range append(keys, written.CountedNames(text)...) {
		if _, ok := ns[k]; ok {
			known = true
			break
		}
	}
	if len(p.known) < 4096 {
		p.known[text] = known
	}
	return known
}

// looksLikeHead says whether a row of texts repeats the form's headings.
func (v *Vocabulary) looksLikeHead(p *Page, row *sheet.Row, f *forms.Form, fields int) bool {
	ns := v.names[f.ID]
	hits := 0
	for _, c := range row.Cells {
		switch {
		case c.Kind == sheet.Date:
			return false
		case c.Kind == sheet.Text && len(c.Text) <= 60 && p.isHeading(ns, c.Text):
			hits++
		}
	}
	return hits >= 3 && hits*2 >= min(fields, len(row.Cells))
}

// FirstText is the first cell with content of a row, of any kind; an empty one in column A where there is none.
func FirstText(row *sheet.Row) sheet.Cell {
	for i := range row.Cells {
		if filled(&row.Cells[i]) {
			return row.Cells[i]
		}
	}
	return sheet.Cell{Row: row.N, Col: 1}
}
