package layout

import (
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
	rowMemo             // figures that are no line and no sum: 本年累计, 其中, 同比
	rowSection          // 一、…
	rowNote             // 注：…
	rowFooter           // 填表人：…, 第1页 共2页
	rowNothing          // 本期无
	rowExample          // 示例
	rowNumbered         // nothing but a running number or formulas: prepared and not filled in
	rowPrompt           // nothing but 请选择: prepared and not filled in
	rowStray            // a text that fits nowhere
	rowAside            // of another small table below this one
	rowKinds
)

// rowSeen is what the tests of rows are told: the row, the head above it, and what was seen at a glance.
type rowSeen struct {
	v     *Vocabulary
	p     *Page
	row   *sheet.Row
	h     *Head
	at    []Placed
	down  map[[2]int]sheet.Cell
	seen  int     // lines before it in its block
	after rowKind // of the row above

	filled, fields, texts, prompts int
	numbers                        bool // plain numbers, not in the form's columns only
	first                          *sheet.Cell
	word                           string // the first text, reduced
	wide                           bool   // its only text is merged over three columns or more
	lonely                         bool   // hardly anything but one text
}

// rowTest is one of the ways in which a row is told. The first that holds decides.
type rowTest struct {
	kind rowKind
	like string // an example, cells between bars; "…" for whatever else stands there
	is   func(s *rowSeen) bool
}

// rowTests are tried in order: what is proven by the columns comes before what words say.
var rowTests = []rowTest{
	{rowBlank, "(empty)", func(s *rowSeen) bool { return s.filled == 0 && s.prompts == 0 }},
	{rowPrompt, "3 | | 请选择 | 请选择", func(s *rowSeen) bool { return s.prompts > 0 && s.onlyNumbered() }},
	{rowExample, "示例：Q-1 | 走访 | …", func(s *rowSeen) bool { return s.first != nil && exampleMark.MatchString(s.word) }},
	{rowData, "Q-1 | 走访 | … | 办理中 (every required field)", (*rowSeen).full},
	{rowFooter, "第1页 共2页", (*rowSeen).isPage},
	{rowTotal, "合计 | | 300", func(s *rowSeen) bool { return s.first != nil && len(s.word) <= 60 && s.isTotal() }},
	{rowExample, "示例 | Q-1 | …", func(s *rowSeen) bool {
		return s.first != nil && !written.IsASCII(s.word) && exampleWord.MatchString(s.word)
	}},
	{rowMemo, "本年累计 | | 500", func(s *rowSeen) bool {
		return s.first != nil && memoWord.MatchString(s.word) && fewKeys(s.row, s.at, s.first.Col)
	}},
	{rowNote, "注：每周一报送", func(s *rowSeen) bool {
		return s.first != nil && (s.filled <= 2 || s.fields <= 1) && noteWord.MatchString(s.word)
	}},
	{rowFooter, "填表人：张三 | 审核人：李四", (*rowSeen).isFooter},
	{rowNothing, "本期无", func(s *rowSeen) bool {
		return s.first != nil && (s.fields <= 2 && written.IsNothing(s.first.Text) && !s.numbers || allNothing(s.row))
	}},
	{rowHead, "甲 | 乙 | 1 | 2", func(s *rowSeen) bool { return s.seen == 0 && s.isNumbering() }},
	{rowHead, "问题编号 | 问题来源 | 责任清单 | …", func(s *rowSeen) bool {
		return s.texts >= 3 && !s.numbers && s.v.looksLikeHead(s.p, s.row, s.h.Form, s.fields)
	}},
	{rowNothing, "我局本月无新增问题", func(s *rowSeen) bool { return s.isLine() && written.IsNothingLine(s.word) }},
	{rowNote, "2.办结的不要删除 (below a note)", func(s *rowSeen) bool {
		return s.isLine() && (s.after == rowNote || s.after == rowFooter) && (sectionWord.MatchString(s.word) || written.Bullet.MatchString(s.word) || s.fields == 0)
	}},
	{rowTotal, "合计：3件", func(s *rowSeen) bool { return s.isLine() && totalLine.MatchString(s.word) }},
	{rowSection, "一、企业难题（2件）", func(s *rowSeen) bool {
		return s.isLine() && (sectionWord.MatchString(s.word) || s.wide && len(s.word) <= 120)
	}},
	{rowStray, "(a long text merged over the whole width)", func(s *rowSeen) bool { return s.isLine() && s.wide }},
	{rowNumbered, "5 (in a column that is no field)", func(s *rowSeen) bool { return s.fields == 0 && s.texts == 0 }},
	{rowStray, "(texts in columns that are no fields)", func(s *rowSeen) bool { return s.fields == 0 }},
	{rowStray, "已联系供电所处理 (alone)", func(s *rowSeen) bool {
		return s.isLine() && s.filled == 1 && len(s.at) > 2 && !s.mergedData() && !isCodeField(s.first, s.at)
	}},
	{rowData, "Q-1 | | … (something is missing)", func(*rowSeen) bool { return true }},
}

// look fills in what is seen of the row at a glance. Prompts (请选择) are no content.
func (s *rowSeen) look() {
	for i := range s.row.Cells {
		c := &s.row.Cells[i]
		if !filled(c) {
			continue
		}
		if isPrompt(c) {
			s.prompts++
			continue
		}
		s.filled++
		switch c.Kind {
		case sheet.Text:
			if s.texts++; s.first == nil {
				s.first = c
			}
		case sheet.Number:
			s.numbers = true
		}
	}
	for k := range s.at {
		if s.at[k].Col > 0 && present(CellIn(s.row, s.at[k].Col)) {
			s.fields++
		}
	}
	if s.first != nil && len(s.first.Text) < 300 {
		s.word = written.Squash(s.first.Text)
	}
	s.wide = widelyMerged(s.p, s.row, s.first)
	s.lonely = s.filled == 1 || s.texts == 1 && s.filled <= 2 && !s.numbers || s.wide
}

// present says whether somebody typed something into a cell.
func present(c *sheet.Cell) bool { return filled(c) && !isPrompt(c) }

// isLine says whether the row is one line of text and hardly anything else.
func (s *rowSeen) isLine() bool { return s.lonely && s.first != nil && s.texts == 1 }

// classify says what a row below the head is.
func (s *rowSeen) classify() rowKind {
	s.look()
	for i := range rowTests {
		if rowTests[i].is(s) {
			return rowTests[i].kind
		}
	}
	return rowData
}

// full says whether every required field that the table has a column for is filled: then the row is data, whatever words
// stand in it. Dashes and 合计 fill nothing; headings, labels and column numbers are no content.
func (s *rowSeen) full() bool {
	n, proven, labels := 0, unproven, 0
	for k := range s.at {
		if s.at[k].Col == 0 || !s.at[k].Field.Required {
			continue
		}
		c := CellIn(s.row, s.at[k].Col)
		if s.at[k].ticks != nil {
			c = s.at[k].ticked(s.row)
		}
		if c == nil {
			down, ok := s.down[[2]int{s.row.N, s.at[k].Col}]
			if !ok {
				return false
			}
			c = &down
		}
		if !s.fills(c, &proven, s.at[k].Field) {
			return false
		}
		if n++; c.Kind == sheet.Text && footBegins(c.Text) && len(c.Text) < 120 && strings.ContainsAny(c.Text, ":：") && footWord.MatchString(written.Squash(c.Text)) {
			labels++
		}
	}
	switch {
	case n < 2 || s.seen == 0 && s.isNumbering():
		return false
	case proven == provenByList:
		return true
	case labels*2 >= n: // 填表人： | 张三 | 审核人： | 李四
		return false
	case proven == provenByNumber:
		return true
	}
	return !(s.texts >= 3 && s.v.looksLikeHead(s.p, s.row, s.h.Form, s.fields))
}

// What proves that a row is one of data, beside that it is filled: a value where a number or date is asked for, or one
// of a column's listed values.
type proof uint8

const (
	unproven proof = iota
	provenByNumber
	provenByList
)

// fills says whether a cell holds a value at all; proven where it is of the kind that its column asks for.
func (s *rowSeen) fills(c *sheet.Cell, proven *proof, f *forms.Column) bool {
	if !present(c) {
		return false
	}
	if c.Kind != sheet.Text {
		if c.Kind == sheet.Number || c.Kind == sheet.Date {
			*proven = max(*proven, provenByNumber)
		}
		return true
	}
	if len(c.Text) > 90 {
		return true
	}
	word := written.Heading(c.Text)
	if len(word) <= 30 && (word == "" || noValue[word] || strings.ContainsAny(word, "计总汇t") && (totalWord.MatchString(word) || word == "小计" || f.Type == forms.List && subWord.MatchString(word))) {
		return false
	}
	switch f.Type {
	case forms.List:
		if _, ok := s.v.Lists[f][word]; ok {
			*proven = provenByList
		}
	case forms.Date, forms.Month, forms.Int, forms.Money, forms.Percent:
		if strings.IndexFunc(word, func(r rune) bool { return !strings.ContainsRune("0123456789-./年月日号:,%元万", r) }) < 0 {
			*proven = max(*proven, provenByNumber)
		}
	}
	return true
}

// noValue are texts that leave a required field empty as far as a row's kind is concerned.
var noValue = map[string]bool{"-": true, "—": true, "——": true, "--": true, "/": true, "\\": true, "无": true, "同上": false}

// onlyNumbered says whether the row holds nothing but prompts, running numbers and formulas.
func (s *rowSeen) onlyNumbered() bool {
	if s.filled == 0 {
		return true
	}
	for i := range s.row.Cells {
		c := &s.row.Cells[i]
		if !present(c) || c.Formula || c.Kind == sheet.Number && !s.numberField(c.Col) {
			continue
		}
		if k := slices.IndexFunc(s.at, func(p Placed) bool { return p.Col == c.Col }); k < 0 || !s.at[k].Field.InKey || s.at[k].Field.Type != forms.Code {
			return false
		}
	}
	return true
}

// numberField says whether a column is one in which a number is a value of its own.
func (s *rowSeen) numberField(col int) bool {
	return slices.ContainsFunc(s.at, func(p Placed) bool {
		return p.Col == col && (p.Field.Type == forms.Money || p.Field.Type == forms.Int && !p.Field.InKey || p.Field.Type == forms.Percent)
	})
}

// isPage recognises what a print adds: page numbers, when it was printed. Nothing else stands in such a row.
func (s *rowSeen) isPage() bool {
	if s.filled == 0 || s.filled > 4 {
		return false
	}
	marks := 0
	for i := range s.row.Cells {
		c := &s.row.Cells[i]
		if !filled(c) {
			continue
		}
		switch word := written.Squash(c.Text); {
		case c.Kind == sheet.Date && (s.filled > 1 || !slices.ContainsFunc(s.at, func(p Placed) bool { return p.Col == c.Col })): // 1/2 becomes a date
		case c.Kind == sheet.Text && isPageMark(word):
			marks++
		case c.Kind == sheet.Text && s.filled > 1 && s.v.Titled(c.Text) != nil: // 问题台账 | 第1页
		default:
			return false
		}
	}
	return marks > 0
}

// isTotal says whether one of the row's first texts is 合计 or 小计 and the fields that identify a row are mostly empty.
func (g *rowSeen) isTotal() bool {
	row, at := g.row, g.at
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

// isFooter recognises signatures below a table.
func (g *rowSeen) isFooter() bool {
	if g.first == nil {
		return false
	}
	row := g.row
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
	return strings.ContainsRune("填报制经审复签批统编部主分领单打联电盖公日负导生", r)
}

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
