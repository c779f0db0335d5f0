package layout

import (
	"slices"
	"strings"
	"unicode/utf8"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/units"
	"taizhang/ingest/written"
)

// rowKind says what a row below a head is.
type rowKind uint8

const (
	rowBlank    rowKind = iota
	rowData             // a line
	rowHead             // the head again, or a row of column numbers
	rowTotal            // 合计, 小计
	rowCarried          // 过次页, 承前页: a sum carried from page to page
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
	rowJoined           // the text of the item above goes on: see subrows.go
	rowKinds
)

// rowSeen is what the tests of rows are told: the row, the head above it, and what was seen at a glance.
type rowSeen struct {
	v     *Vocabulary
	units *units.Register // nil: none is known
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
	certain                        bool   // a full row with a value of the kind that its column asks for: no head
}

// rowTest is one of the ways in which a row is told. The first that holds decides.
type rowTest struct {
	kind rowKind
	like string // an example below a head of the problem ledger, cells between bars: see TestRowTests
	is   func(s *rowSeen) bool
}

// rowTests are tried in order. What the columns prove comes first, and decides nearly all rows; what words say comes after.
var rowTests = append(columnTests, wordTests...)

var columnTests = []rowTest{
	{rowBlank, "", func(s *rowSeen) bool { return s.filled == 0 && s.prompts == 0 }},
	{rowPrompt, "3 | | 请选择 | 请选择", func(s *rowSeen) bool { return s.prompts > 0 && s.onlyNumbered() }},
	{rowData, "1 | Q-1 | 走访 | 企业 | 停电 | 经发局 | 2022-08-01 | 2022-08-20 | 办理中", (*rowSeen).full},
}

var wordTests = []rowTest{
	{rowFooter, "第1页 共2页", (*rowSeen).isPage},
	{rowCarried, "过次页 | | | | 3", func(s *rowSeen) bool {
		return s.first != nil && len(s.word) <= 60 && carriedWord().MatchString(s.word) && fewKeys(s.row, s.at, s.first.Col)
	}},
	{rowTotal, "合计 | | | | 3", func(s *rowSeen) bool { return s.first != nil && len(s.word) <= 60 && s.isTotal() }},
	{rowExample, "示例 | Q-1 | 走访", func(s *rowSeen) bool {
		return s.first != nil && !written.IsASCII(s.word) && exampleWord().MatchString(s.word)
	}},
	{rowExample, "(first) 必填，唯一 | 下拉选择 | 下拉选择 | 不超过200字 | 填单位全称 | 格式2026-11-01", (*rowSeen).requires},
	{rowMemo, "本年累计 | | | | 500", func(s *rowSeen) bool {
		return s.first != nil && memoWord().MatchString(s.word) && fewKeys(s.row, s.at, s.first.Col)
	}},
	{rowMemo, "(below a memo) 智能制造 | | | | 500", func(s *rowSeen) bool { // 其中：… | 500 goes on
		return s.after == rowMemo && s.texts == 1 && s.numbers && fewKeys(s.row, s.at, s.first.Col)
	}},
	{rowNote, "注：每周一报送", func(s *rowSeen) bool {
		return s.first != nil && (s.filled <= 2 || s.fields <= 1) && noteWord().MatchString(s.word)
	}},
	{rowNote, "备注： | 1.本表每周一报 | 2.不要漏报 | 3.不要错报", func(s *rowSeen) bool { // one note over several cells
		return s.first != nil && !s.numbers && noteAlone().MatchString(written.Squash(s.first.Text))
	}},
	{rowNote, " | | | | 单位：万元", (*rowSeen).saysUnit},
	{rowFooter, "填表人：张三 | | 审核人：李四", (*rowSeen).isFooter},
	{rowFooter, " | | | | 经发局（盖章） | | 2022-08-20", (*rowSeen).isSealed},
	{rowNothing, "本期无", func(s *rowSeen) bool {
		return s.first != nil && (s.fields <= 2 && written.IsNothing(s.first.Text) && !s.numbers || allNothing(s.row))
	}},
	{rowHead, "(first) 甲 | 乙 | 1 | 2", func(s *rowSeen) bool { return s.seen == 0 && s.isNumbering() }},
	{rowHead, "序号 | 问题编号 | 问题来源 | 责任清单", func(s *rowSeen) bool {
		return s.texts >= 3 && !s.numbers && s.v.looksLikeHead(s.p, s.row, s.h.Form, s.fields)
	}},
	{rowNothing, "截至目前未收到群众反映问题", func(s *rowSeen) bool { return s.isLine() && written.IsNothingLine(s.word) }},
	{rowNothing, "(first) 与上周一致，无变化", func(s *rowSeen) bool {
		return s.seen == 0 && s.isLine() && s.h.Form.Mode == forms.Ledger && written.IsUnchanged(s.word)
	}},
	{rowNote, "(below a note) 2.办结的不要删除", func(s *rowSeen) bool {
		return s.isLine() && (s.after == rowNote || s.after == rowFooter) && (sectionWord().MatchString(s.word) || written.Bullet().MatchString(s.word) || s.fields == 0)
	}},
	{rowTotal, "以上合计：3件，其中2件办结", func(s *rowSeen) bool { return s.isLine() && totalLine().MatchString(s.word) }},
	{rowSection, "一、企业难题（2件）", func(s *rowSeen) bool {
		return s.isLine() && (sectionWord().MatchString(s.word) || s.wide && len(s.word) <= 120 || monthAlone().MatchString(s.word) && s.filled == 1)
	}},
	{rowSection, "(date) 2022-07-01", func(s *rowSeen) bool { return s.loneDate() != nil }},
	{rowSection, "一 | 企业难题 | | | | | 2件", (*rowSeen).isSplitSection},
	{rowStray, "(merged) 说起来话长的一段文字横跨全表写在数据中间没有标点也没有编号只是告诉各单位这几行还在核实请耐心等待", func(s *rowSeen) bool { return s.isLine() && s.wide }},
	{rowStray, "3 | 城管办反映的占道经营问题正在核实中", (*rowSeen).isNumberedText},
	{rowNumbered, "5", func(s *rowSeen) bool { return s.fields == 0 && s.texts == 0 }},
	{rowStray, "已催办 | | | | | | | | | 两次", func(s *rowSeen) bool { return s.fields == 0 }},
	{rowStray, " | | | | 已联系供电所处理", func(s *rowSeen) bool {
		return s.isLine() && s.filled == 1 && len(s.at) > 2 && !s.mergedData() && (!isCodeField(s.first, s.at) || s.isTitle())
	}},
	{rowData, "1 | Q-1 | | | 停电", func(*rowSeen) bool { return true }},
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
}

// reduce fills in what the tests of words look at.
func (s *rowSeen) reduce() {
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
		if i == len(columnTests) {
			s.reduce()
		}
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
		if d := s.at[k].parts; d.some() {
			c = d.first(s.row)
		}
		if b := s.at[k].before; b > 0 && (!present(c) || noValue[written.Heading(c.Text)]) {
			c = CellIn(s.row, b)
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
		if n++; isLabel(c) {
			labels++
		}
	}
	switch {
	case n < 2 || s.seen == 0 && (s.isNumbering() || s.requires()) || s.first != nil && isExample(s.first.Text):
		return false
	case proven == provenByList:
		s.certain = true
		return true
	case labels*2 >= n: // 填表人： | 张三 | 审核人： | 李四
		return false
	case proven == provenByNumber:
		s.certain = true
		return true
	}
	return !(s.texts >= 3 && s.v.looksLikeHead(s.p, s.row, s.h.Form, s.fields))
}

// requires says whether the first row below the head says how its columns are to be filled in.
func (s *rowSeen) requires() bool {
	if s.seen > 0 || s.numbers || s.texts < 3 {
		return false
	}
	asks, others := s.prompts, 0
	for i := range s.row.Cells {
		c := &s.row.Cells[i]
		switch {
		case !present(c):
		case c.Kind != sheet.Text:
			return false
		case len(c.Text) < 120 && requirement().MatchString(written.Squash(c.Text)):
			asks++
		default:
			others++
		}
	}
	return asks >= 3 && others*3 <= asks
}

// isLabel says whether a cell is one of the labels of a signature line.
func isLabel(c *sheet.Cell) bool {
	return c.Kind == sheet.Text && footBegins(c.Text) && len(c.Text) < 120 && strings.ContainsAny(c.Text, ":：") && footWord().MatchString(written.Squash(c.Text))
}

// isExample says whether a row's first text marks it as an example.
func isExample(text string) bool {
	text = strings.TrimLeft(text, " \u3000")
	if r, _ := utf8.DecodeRuneInString(text); !strings.ContainsRune("示样范填例(（【", r) || len(text) > 300 {
		return false
	}
	return exampleMark().MatchString(written.Squash(text))
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
	if f.Type == forms.Text && (len(c.Text) > 30 || !mayFillNothing.In(c.Text)) {
		return true
	}
	if plain, number := plainly(c.Text); plain && f.Type != forms.List && f.Type != forms.Text && (number || !asksNumber(f)) {
		if asksNumber(f) {
			*proven = max(*proven, provenByNumber)
		}
		return true
	}
	word := written.Heading(c.Text)
	if len(word) <= 30 && (word == "" || noValue[word] || sumLetters.In(word) && (totalWord().MatchString(word) || word == "小计" || (f.Type == forms.List || f.Type == forms.Unit) && subWord().MatchString(word))) {
		return false
	}
	switch {
	case f.Type == forms.List:
		if _, ok := s.v.Lists[f][word]; ok {
			*proven = provenByList
		}
	case asksNumber(f) && numberLetters.Only(word):
		*proven = max(*proven, provenByNumber)
	}
	return true
}

// asksNumber says whether a column asks for a number or a date.
func asksNumber(f *forms.Column) bool {
	switch f.Type {
	case forms.Date, forms.Month, forms.Int, forms.Money, forms.Percent:
		return true
	}
	return false
}

// plainly tells, without reducing them, the texts that can be neither dashes nor the word of a sum: those of nothing but
// what numbers and dates are written with, and codes.
func plainly(text string) (plain, number bool) {
	switch first := text[0]; {
	case first >= '0' && first <= '9':
		number = numberLetters.Only(text)
	case first < 'A' || first > 'z' || first > 'Z' && first < 'a' || first == 't' || first == 'T':
		return false, false
	}
	return number || written.IsASCII(text), number
}

// numberLetters are what numbers and dates are written with, sumLetters those of which one stands in every word of a sum.
var (
	numberLetters = written.NewLetters("0123456789-./年月日号:,%元万")
	sumLetters    = written.NewLetters("计总汇t")
)

// mayFillNothing are the letters of which one stands in every sum and dash.
var mayFillNothing = written.NewLetters("计总汇tT无-—/\\－／")

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
