// Package rowkind says what a row below a head is: data, a total, a section, a
// note, what signs a paper, an example, a prompt, and so on.
//
// Words: a row is seen together with the head above it, the cells merged down
// into it and what the row above it was taken for; it is full where every
// required field is filled, and then it is data whatever its words; it is certain
// where a cell holds a value of the kind that its column asks for.
//
// A new footer, total or note word goes into words.go, a new kind of row or
// another way to tell one into rowTests, in the order in which they are tried and
// with an example.
package rowkind

import (
	"slices"
	"strings"

	"taizhang/ingest/around"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/units"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// Kind says what a row below a head is.
type Kind uint8

const (
	Blank    Kind = iota
	Data          // a line
	Head          // the head again, or a row of column numbers
	Total         // 合计, 小计
	Carried       // 过次页, 承前页: a sum carried from page to page
	Memo          // figures that are no line and no sum: 本年累计, 其中, 同比
	Section       // 一、…
	Note          // 注：…
	Footer        // 填表人：…, 第1页 共2页
	Nothing       // 本期无
	Example       // 示例
	Numbered      // nothing but a running number or formulas: prepared and not filled in
	Prompt        // nothing but 请选择: prepared and not filled in
	Stray         // a text that fits nowhere
	Aside         // of another small table below this one
	Joined        // the text of the item above goes on: see package layout
	Kinds
)

// Seen is what the tests of rows are told: the row, the head above it, and what was seen at a glance.
type Seen struct {
	Vocab  *heading.Vocabulary
	Units  *units.Register // nil: none is known
	Page   *heading.Page
	Row    *sheet.Row
	Head   *heading.Head
	At     []heading.Placed
	Down   map[[2]int]sheet.Cell
	Before int  // lines before it in its block
	After  Kind // of the row above

	filled, fields, Texts, prompts int
	Marked                         *sheet.Cell // what marks a row as an example that is filled like data, with nothing made up in it
	numbers                        bool        // plain numbers, not in the form's columns only
	first                          *sheet.Cell
	word                           string // the first text, reduced
	wide                           bool   // its only text is merged over three columns or more
	lonely                         bool   // hardly anything but one text
	shown                          bool   // filled like data, and an example all the same
	Certain                        bool   // a full row with a value of the kind that its column asks for: no head
}

// rowTest is one of the ways in which a row is told. The first that holds decides.
type rowTest struct {
	kind Kind
	like string // an example below a head of the problem ledger, cells between bars: see TestRowTests
	is   func(s *Seen) bool
}

// rowTests are tried in order. What the columns prove comes first, and decides nearly all rows; what words say comes after.
var rowTests = append(columnTests, wordTests...)

var columnTests = []rowTest{
	{Blank, "", func(s *Seen) bool { return s.filled == 0 && s.prompts == 0 }},
	{Prompt, "3 | | 请选择 | 请选择", func(s *Seen) bool { return s.prompts > 0 && s.onlyNumbered() }},
	{Data, "1 | Q-1 | 走访 | 企业 | 停电 | 经发局 | 2022-08-01 | 2022-08-20 | 办理中", (*Seen).Full},
}

var wordTests = []rowTest{
	{Footer, "第1页 共2页", (*Seen).isPage},
	{Carried, "过次页 | | | | 3", func(s *Seen) bool {
		return s.first != nil && len(s.word) <= 60 && carriedWord().MatchString(s.word) && fewKeys(s.Row, s.At, s.first.Col)
	}},
	{Total, "合计 | | | | 3", func(s *Seen) bool { return s.first != nil && len(s.word) <= 60 && s.isTotal() }},
	{Example, "示例 | Q-1 | 走访", (*Seen).isExample},
	{Example, "(first) 必填，唯一 | 下拉选择 | 下拉选择 | 不超过200字 | 填单位全称 | 格式2026-11-01", (*Seen).requires},
	{Memo, "本年累计 | | | | 500", func(s *Seen) bool {
		return s.first != nil && memoWord().MatchString(s.word) && fewKeys(s.Row, s.At, s.first.Col)
	}},
	{Memo, "(below a memo) 智能制造 | | | | 500", func(s *Seen) bool { // 其中：… | 500 goes on
		return s.After == Memo && s.Texts == 1 && s.numbers && fewKeys(s.Row, s.At, s.first.Col)
	}},
	{Note, "注：每周一报送", func(s *Seen) bool {
		return s.first != nil && (s.filled <= 2 || s.fields <= 1) && noteWord().MatchString(s.word)
	}},
	{Note, "备注： | 1.本表每周一报 | 2.不要漏报 | 3.不要错报", func(s *Seen) bool { // one note over several cells
		return s.first != nil && !s.numbers && noteAlone().MatchString(spelling.Squash(s.first.Text))
	}},
	{Note, " | | | | 单位：万元", (*Seen).saysUnit},
	{Footer, "填表人：张三 | | 审核人：李四", (*Seen).isFooter},
	{Footer, " | | | | 经发局（盖章） | | 2022-08-20", (*Seen).isSealed},
	{Nothing, "本期无", func(s *Seen) bool {
		return s.first != nil && (s.fields <= 2 && written.IsNothing(s.first.Text) && !s.numbers || allNothing(s.Row))
	}},
	{Head, "(first) 甲 | 乙 | 1 | 2", func(s *Seen) bool { return s.Before == 0 && s.isNumbering() }},
	{Head, "(first) No. | Source | Category | Description | Owner", (*Seen).isForeignHead},
	{Head, "序号 | 问题编号 | 问题来源 | 责任清单", func(s *Seen) bool {
		return s.Texts >= 3 && !s.numbers && s.Vocab.LooksLikeHead(s.Page, s.Row, s.Head.Form, s.fields)
	}},
	{Nothing, "截至目前未收到群众反映问题", func(s *Seen) bool { return s.isLine() && written.IsNothingLine(s.word) }},
	{Nothing, "(first) 与上周一致，无变化", func(s *Seen) bool {
		return s.Before == 0 && s.isLine() && s.Head.Form.Mode == forms.Ledger && written.IsUnchanged(s.word)
	}},
	{Note, "(below a note) 2.办结的不要删除", func(s *Seen) bool {
		return s.isLine() && (s.After == Note || s.After == Footer) && (SectionWord().MatchString(s.word) || written.Bullet(s.word) != "" || s.fields == 0)
	}},
	{Total, "以上合计：3件，其中2件办结", func(s *Seen) bool { return s.isLine() && TotalLine().MatchString(s.word) }},
	{Section, "一、企业难题（2件）", func(s *Seen) bool {
		return s.isLine() && (SectionWord().MatchString(s.word) || s.wide && len(s.word) <= 120 && !isSentence(s.word) || heading.MonthAlone().MatchString(s.word) && s.filled == 1)
	}},
	{Section, "(date) 2022-07-01", func(s *Seen) bool { return s.loneDate() != nil }},
	{Section, "一 | 企业难题 | | | | | 2件", (*Seen).isSplitSection},
	{Stray, "(merged) 说起来话长的一段文字横跨全表写在数据中间没有标点也没有编号只是告诉各单位这几行还在核实请耐心等待", func(s *Seen) bool { return s.isLine() && s.wide }},
	{Stray, "3 | 城管办反映的占道经营问题正在核实中", (*Seen).isNumberedText},
	{Numbered, "5", func(s *Seen) bool { return s.fields == 0 && s.Texts == 0 }},
	{Stray, "已催办 | | | | | | | | | 两次", func(s *Seen) bool { return s.fields == 0 }},
	{Stray, " | | | | 已联系供电所处理", func(s *Seen) bool {
		return s.isLine() && s.filled == 1 && len(s.At) > 2 && !s.mergedData() && (!isCodeField(s.first, s.At) || s.isTitle())
	}},
	{Data, "1 | Q-1 | | | 停电", func(*Seen) bool { return true }},
}

// Look fills in what is seen of the row at a glance. Prompts (请选择) are no content.
func (s *Seen) Look() {
	for i := range s.Row.Cells {
		c := &s.Row.Cells[i]
		if !sight.Filled(c) {
			continue
		}
		if sight.IsPrompt(c) {
			s.prompts++
			continue
		}
		s.filled++
		switch c.Kind {
		case sheet.Text:
			if s.Texts++; s.first == nil {
				s.first = c
			}
		case sheet.Number:
			s.numbers = true
		}
	}
	for k := range s.At {
		if s.At[k].Col > 0 && sight.Present(sight.CellIn(s.Row, s.At[k].Col)) {
			s.fields++
		}
	}
}

// reduce fills in what the tests of words look at.
func (s *Seen) reduce() {
	if s.first != nil && len(s.first.Text) < 300 {
		s.word = spelling.Squash(s.first.Text)
	}
	s.wide = widelyMerged(s.Page, s.Row, s.first)
	s.lonely = s.filled == 1 || s.Texts == 1 && s.filled <= 2 && !s.numbers || s.wide
}

// isLine says whether the row is one line of text and hardly anything else.
func (s *Seen) isLine() bool { return s.lonely && s.first != nil && s.Texts == 1 }

// Classify says what a row below the head is.
func (s *Seen) Classify() Kind {
	s.Look()
	for i := range rowTests {
		if i == len(columnTests) {
			s.reduce()
		}
		if rowTests[i].is(s) {
			return rowTests[i].kind
		}
	}
	return Data
}

// Full says whether every required field that the table has a column for is filled: then the row is data, whatever words
// stand in it. Dashes and 合计 fill nothing; headings, labels and column numbers are no content.
func (s *Seen) Full() bool {
	n, proven, labels := 0, Unproven, 0
	for k := range s.At {
		if s.At[k].Col == 0 || !s.At[k].Field.Required {
			continue
		}
		c := s.standsIn(&s.At[k])
		if c == nil || !s.Fills(c, &proven, s.At[k].Field) {
			return false
		}
		if n++; IsLabel(c) {
			labels++
		}
	}
	if n < 2 || s.Before == 0 && (s.isNumbering() || s.requires()) || s.isForeignHead() {
		return false
	}
	if s.shown = s.showsHow(); s.shown {
		return false
	}
	switch {
	case proven == ProvenByList:
		s.Certain = true
		return true
	case labels*2 >= n: // 填表人： | 张三 | 审核人： | 李四
		return false
	case proven == ProvenByNumber:
		s.Certain = true
		return true
	}
	return !(s.Texts >= 3 && s.Vocab.LooksLikeHead(s.Page, s.Row, s.Head.Form, s.fields))
}

// isForeignHead says whether the row repeats the head above it in English.
func (s *Seen) isForeignHead() bool {
	if s.numbers || s.Texts < 3 || s.Before > 0 && s.After != Head || !heading.Foreign(s.Row) {
		return false
	}
	for k := range s.At { // a code may be any letters, a day is none
		f := s.At[k].Field
		if c := sight.CellIn(s.Row, s.At[k].Col); s.At[k].Col > 0 && sight.Filled(c) && (f.Type == forms.Date || f.Type == forms.List || heading.IsNumber(f)) && s.Vocab.Lists[f][written.Heading(c.Text)] == "" {
			return true
		}
	}
	return false
}

// standsIn is the cell that speaks for a field in the row: the value that is ticked, the first of 年 月 日, of two columns the
// filled one, what is merged down into it. Nil where there is none.
func (s *Seen) standsIn(at *heading.Placed) *sheet.Cell {
	c := sight.CellIn(s.Row, at.Col)
	if at.Ticks != nil {
		c = at.Ticked(s.Row)
	}
	if at.Parts.Some() {
		c = at.Parts.First(s.Row)
	}
	if at.Before > 0 && (!sight.Present(c) || sight.NoValue[written.Heading(c.Text)]) {
		c = sight.CellIn(s.Row, at.Before)
	}
	if c != nil {
		return c
	}
	if down, ok := s.Down[[2]int{s.Row.N, at.Col}]; ok {
		return &down
	}
	return nil
}

// isSentence says whether a text has clauses, beside what stands in brackets behind it, that may speak of a row that is missing:
// 丙公司本月未兑付，数据待定. Headings have clauses too: 省级资金，共2家30万元; 重点企业，四上企业; 双马街道（3件，已办结2件）.
func isSentence(word string) bool {
	if i := strings.IndexAny(word, "(（"); i >= 0 {
		word = word[:i]
	}
	clauses := strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune("，。；,;", r) })
	if len(clauses) == 0 || !strings.ContainsAny(word, "，。；,;") || !speaksOfRow().MatchString(word) {
		return false
	}
	return len(clauses) < 2 || slices.ContainsFunc(clauses[1:], func(s string) bool { return !countClause().MatchString(s) })
}

// requires says whether the first row below the head says how its columns are to be filled in.
func (s *Seen) requires() bool {
	if s.Before > 0 || s.numbers || s.Texts < 3 {
		return false
	}
	asks, others := s.prompts, 0
	for i := range s.Row.Cells {
		c := &s.Row.Cells[i]
		switch {
		case !sight.Present(c):
		case c.Kind != sheet.Text:
			return false
		case len(c.Text) < 120 && requirement().MatchString(spelling.Squash(c.Text)):
			asks++
		default:
			others++
		}
	}
	return asks >= 3 && others*3 <= asks
}

// IsLabel says whether a cell is one of the labels of a signature line.
func IsLabel(c *sheet.Cell) bool {
	return c.Kind == sheet.Text && footBegins(c.Text) && len(c.Text) < 120 && strings.ContainsAny(c.Text, ":：") && footWord().MatchString(spelling.Squash(c.Text))
}

// Proof is what proves that a row is one of data, beside that it is filled: a value where a number or date is asked for, or one
// of a column's listed values.
type Proof uint8

const (
	Unproven Proof = iota
	ProvenByNumber
	ProvenByList
)

// Fills says whether a cell holds a value at all; proven where it is of the kind that its column asks for.
func (s *Seen) Fills(c *sheet.Cell, proven *Proof, f *forms.Column) bool {
	if !sight.Present(c) {
		return false
	}
	if c.Kind != sheet.Text {
		if c.Kind == sheet.Number || c.Kind == sheet.Date {
			*proven = max(*proven, ProvenByNumber)
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
			*proven = max(*proven, ProvenByNumber)
		}
		return true
	}
	word := written.Heading(c.Text)
	if fillsNothing(word, f) {
		return false
	}
	switch {
	case f.Type == forms.List:
		if _, ok := s.Vocab.Lists[f][word]; ok {
			*proven = ProvenByList
		}
	case asksNumber(f) && numberLetters.Only(word):
		*proven = max(*proven, ProvenByNumber)
	}
	return true
}

// fillsNothing tells the words that leave a field empty: dashes, 无, and those of sums: 合计, 小计, under lists and units 双马街道小计 too.
func fillsNothing(word string, f *forms.Column) bool {
	switch {
	case len(word) > 30:
		return false
	case word == "" || sight.NoValue[word]:
		return true
	case !sumLetters.In(word):
		return false
	}
	return TotalWord().MatchString(word) || word == "小计" || (f.Type == forms.List || f.Type == forms.Unit) && SubWord().MatchString(word)
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
	return number || spelling.IsASCII(text), number
}

// numberLetters are what numbers and dates are written with, sumLetters those of which one stands in every word of a sum.
var (
	numberLetters = written.NewLetters("0123456789-./年月日号:,%元万")
	sumLetters    = written.NewLetters("计总汇t")
)

// mayFillNothing are the letters of which one stands in every sum and dash.
var mayFillNothing = written.NewLetters("计总汇tT无-—/\\－／")

// onlyNumbered says whether the row holds nothing but prompts, running numbers and formulas.
func (s *Seen) onlyNumbered() bool {
	if s.filled == 0 {
		return true
	}
	for i := range s.Row.Cells {
		c := &s.Row.Cells[i]
		if !sight.Present(c) || c.Formula || c.Kind == sheet.Number && !s.numberField(c.Col) {
			continue
		}
		if k := slices.IndexFunc(s.At, func(p heading.Placed) bool { return p.Col == c.Col }); k < 0 || !s.At[k].Field.InKey || s.At[k].Field.Type != forms.Code {
			return false
		}
	}
	return true
}

// numberField says whether a column is one in which a number is a value of its own.
func (s *Seen) numberField(col int) bool {
	return slices.ContainsFunc(s.At, func(p heading.Placed) bool {
		return p.Col == col && (p.Field.Type == forms.Money || p.Field.Type == forms.Int && !p.Field.InKey || p.Field.Type == forms.Percent)
	})
}

// isPage recognises what a print adds: page numbers, when it was printed. Nothing else stands in such a row.
func (s *Seen) isPage() bool {
	if s.filled == 0 || s.filled > 4 {
		return false
	}
	marks := 0
	for i := range s.Row.Cells {
		c := &s.Row.Cells[i]
		if !sight.Filled(c) {
			continue
		}
		switch word := spelling.Squash(c.Text); {
		case c.Kind == sheet.Date && (s.filled > 1 || !slices.ContainsFunc(s.At, func(p heading.Placed) bool { return p.Col == c.Col })): // 1/2 becomes a date
		case c.Kind == sheet.Text && isPageMark(word):
			marks++
		case c.Kind == sheet.Text && s.filled > 1 && s.Vocab.Titled(c.Text) != nil: // 问题台账 | 第1页
		default:
			return false
		}
	}
	return marks > 0
}

// saysUnit says whether a row does nothing but state a unit: 单位：万元, in one cell or two.
func (s *Seen) saysUnit() bool { return s.filled <= 2 && around.UnitRow(s.Row) }
