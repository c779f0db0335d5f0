package layout

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// rowKind says what a row below a head is.
type rowKind uint8

const (
	rowBlank    rowKind = iota
	rowData             // a line
	rowHead             // the head again, or a row of column numbers
	rowTotal            // 合计, 小计
	rowSection          // 一、…
	rowNote             // 注：…, 填表人：…
	rowNothing          // 本期无
	rowExample          // 示例
	rowNumbered         // nothing but a running number or formulas: prepared and not filled in
	rowStray            // a text that fits nowhere
	rowAside            // of another small table below this one
	rowKinds
)

var (
	totalWord   = regexp.MustCompile(`^(合计|总计|共计|总合计|本月合计|本期合计|本周合计|当月合计|合计数|总数|total|汇总)(\(.*\))?:?$|^(合计|总计|共计|共):?\d+(场|户|家|个|人|件|项|条|次|笔|期|批)?$`)
	subWord     = regexp.MustCompile(`^(.{0,12}小计|.{1,12}合计)(\(.*\))?:?$`)
	totalLine   = regexp.MustCompile(`^(合计|总计|共计|小计|以上(合计|共计)|本页(合计|小计))[:：]?.{0,40}$`)
	sectionWord = regexp.MustCompile(`^([(（]?[一二三四五六七八九十]+[)）、.．]|[0-9]+[、.．]?[^0-9.]*(片区|类|部分)$|第[一二三四五六七八九十]+(部分|类|批|章|节)|[①-⑳Ⅰ-Ⅻ])`)
	noteWord    = regexp.MustCompile(`^[(（【]?(注|备注|说明|填表说明|填报说明|填报要求|填写说明|附注|注意|注意事项|要求|温馨提示|提示)([)）】]|\s*\d?\s*[:：.、])`)
	footLabel   = `(填表人|填报人|制表人|经办人|审核人|复核人|制表|填报|填表|审核|复核|审批|审批人|签发|签发人|批准|统计人|统计负责人|编制人|复核人签字|负责人签字|单位负责人|部门负责人|主管领导|分管领导|领导签字|主要领导|主要负责人|单位领导|填报单位|报送单位|填报日期|填表日期|填报时间|填表时间|制表日期|制表时间|报送日期|报送时间|报出日期|打印日期|联系电话|联系人|电话|单位盖章|盖章|公章|签字|签章|日期)`
	footWord    = regexp.MustCompile(`^` + footLabel + `(\((签字|签名|签章|盖章|公章|章)\))?[:：]`)
	footAny     = regexp.MustCompile(`(填表人|填报人|制表人|经办人|审核人|复核人签字|负责人签字|单位负责人|分管领导|主管领导|填报日期|填表日期|填报时间|制表日期|报送日期|联系电话|盖章|公章)(\((签字|签名|签章|盖章|公章|章)\))?[:：(（]`)
	// memoWord begins rows of figures that are neither data nor the sum of the rows above.
	memoWord    = regexp.MustCompile(`^(其中([:：]|$)|(本年|全年|当年|今年|年初至今|历年|截至目前|截至本月|截至本期|[1一][-—–~至]\d{1,2}月)(份)?累计|累计(数)?[:：]?$|(同比|环比|比上月|比上年|较上月|较上年|占比|比重|平均|均值|去年同期|上年同期|上月|上期|上周)[^,。]{0,8}$)`)
	exampleWord = regexp.MustCompile(`^[(（【]?(示例|样例|范例|填写示例|例)([)）】:：]|$)|^(示例|样例|范例|填写示例)`)
	columnNo    = regexp.MustCompile(`^(\(?\d{1,2}\)?|[甲乙丙丁戊己庚辛]|[a-z]|[①-⑳])$`)
)

// glance is what classify looks at first.
type glance struct {
	filled, fields, texts int
	numbers               bool // plain numbers, not in the form's columns only
	first                 *sheet.Cell
	word                  string // the first text, reduced
}

func look(row *sheet.Row, at []Placed) (g glance) {
	for i := range row.Cells {
		c := &row.Cells[i]
		if !filled(c) {
			continue
		}
		g.filled++
		switch c.Kind {
		case sheet.Text:
			if g.texts++; g.first == nil {
				g.first = c
			}
		case sheet.Number:
			g.numbers = true
		}
	}
	for k := range at {
		if at[k].Col > 0 && filled(CellIn(row, at[k].Col)) {
			g.fields++
		}
	}
	if g.first != nil && len(g.first.Text) < 300 {
		g.word = written.Squash(g.first.Text)
	}
	return g
}

// classify says what a row below the head is. seen is the number of lines before it in its block, after the kind of the row above.
func (v *Vocabulary) classify(p *Page, row *sheet.Row, h *Head, at []Placed, down map[[2]int]sheet.Cell, seen int, after rowKind) rowKind {
	g := look(row, at)
	if g.filled == 0 {
		return rowBlank
	}
	first, word := g.first, g.word
	if first != nil && len(word) <= 60 && isTotal(row, at, g) {
		return rowTotal
	}
	if first != nil && !written.IsASCII(word) && exampleWord.MatchString(word) {
		return rowExample
	}
	if isNote(row, at, g) {
		return rowNote
	}
	if first != nil && (g.fields <= 2 && written.IsNothing(first.Text) && !g.numbers || allNothing(row)) {
		return rowNothing
	}
	if seen == 0 && isNumbering(row, g) {
		return rowHead
	}
	if g.texts >= 3 && !g.numbers && v.looksLikeHead(p, row, h.Form, g.fields) {
		return rowHead
	}
	wide := widelyMerged(p, row, first)
	lonely := g.filled == 1 || g.texts == 1 && g.filled <= 2 && !g.numbers || wide
	if lonely && first != nil && g.texts == 1 {
		switch {
		case written.IsNothingLine(word):
			return rowNothing
		case after == rowNote && (sectionWord.MatchString(word) || written.Bullet.MatchString(word) || g.fields == 0): // the note's next lines
			return rowNote
		case totalLine.MatchString(word):
			return rowTotal
		case sectionWord.MatchString(word) || wide && len(word) <= 120:
			return rowSection
		case wide:
			return rowStray
		}
	}
	if g.fields == 0 { // only columns the form doesn't know
		if g.texts == 0 {
			return rowNumbered
		}
		return rowStray
	}
	if lonely && first != nil && g.texts == 1 && g.filled == 1 && len(at) > 2 && !p.mergedData(row, at, down) && !isCodeField(first, at) {
		return rowStray
	}
	return rowData
}

// isTotal says whether one of the row's first texts is 合计 or 小计 and the fields that identify a row are mostly empty.
func isTotal(row *sheet.Row, at []Placed, g glance) bool {
	if g.filled > 6 && !strings.Contains(g.word, "计") && !strings.ContainsAny(g.word, "总汇共t") && !anyHas(row, "计") {
		return false
	}
	if totalWord.MatchString(g.word) && (g.filled == 1 || fewKeys(row, at, g.first.Col)) {
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
		if (totalWord.MatchString(word) || subWord.MatchString(word)) && g.filled > 1 && fewKeys(row, at, c.Col) {
			return true
		}
	}
	return false
}

// isNote recognises remarks and signatures below a table.
func isNote(row *sheet.Row, at []Placed, g glance) bool {
	if g.first == nil {
		return false
	}
	if memoWord.MatchString(g.word) && fewKeys(row, at, g.first.Col) {
		return true
	}
	if (g.filled <= 2 || g.fields <= 1) && noteWord.MatchString(g.word) {
		return true
	}
	labelled := 0
	for i := range row.Cells {
		if c := &row.Cells[i]; c.Kind == sheet.Text && len(c.Text) < 120 && footBegins(c.Text) && strings.ContainsAny(c.Text, ":：") && footWord.MatchString(written.Squash(c.Text)) {
			labelled++
		}
	}
	if labelled >= 2 || labelled == 1 && footWord.MatchString(g.word) && g.filled <= 3 {
		return true
	}
	if g.fields > 3 || g.filled > 4 {
		return false
	}
	return footAny.MatchString(g.word) || strings.ContainsAny(joined(row), ":：(（") && footAny.MatchString(written.Squash(joined(row)))
}

// footBegins is a quick test: the text begins as one of the labels of a signature line does.
func footBegins(s string) bool {
	s = strings.TrimLeft(s, " \u3000")
	r, _ := utf8.DecodeRuneInString(s)
	return strings.ContainsRune("填报制经审复签批统编部主分领单打联电盖公日负", r)
}

// isNumbering recognises the row under a head that numbers the columns: 甲 乙 1 2 3.
func isNumbering(row *sheet.Row, g glance) bool {
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
		if !columnNo.MatchString(strings.ToLower(w)) {
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

// mergedData says whether the row takes other fields from merged cells above.
func (p *Page) mergedData(row *sheet.Row, at []Placed, down map[[2]int]sheet.Cell) bool {
	for k := range at {
		if _, ok := down[[2]int{row.N, at[k].Col}]; ok {
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
		case t == "/" || t == "-" || t == "—" || t == "——" || t == "--":
			dashed++
		case t != "0":
			return false
		}
	}
	return nothing > 0 || dashed > 0 && numbers == 0
}

// fewKeys says whether most of the fields that identify a row are empty, as in a subtotal, whose word stands in column but.
func fewKeys(row *sheet.Row, at []Placed, but int) bool {
	have, all := 0, 0
	for k := range at {
		if at[k].Col == 0 || !at[k].Field.Required || at[k].Field.Type == forms.Money || at[k].Field.Type == forms.Int {
			continue
		}
		all++
		if at[k].Col != but && filled(CellIn(row, at[k].Col)) {
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

// isHeading says whether a text is one of the form's headings; answers are kept, since columns repeat few texts.
func (p *Page) isHeading(ns names, text string) bool {
	if known, ok := p.known[text]; ok {
		return known
	}
	known := false
	keys, _, _ := written.HeadingForms(text)
	for _, k := range keys {
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

func FirstText(row *sheet.Row) sheet.Cell {
	for i := range row.Cells {
		if filled(&row.Cells[i]) {
			return row.Cells[i]
		}
	}
	return sheet.Cell{Row: row.N, Col: 1}
}
