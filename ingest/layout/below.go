package layout

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/rowkind"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// below is another small table under this one, a summary of it perhaps: its rows are no lines.
type below struct {
	n, rows int // its head's row and how many rows it takes
	ref     string
	titles  []string
}

// countHead ends headings of summaries.
var countHead = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(数|数量|率|合计|小计|总计|占比|比重|排名|位次|金额|备注|序号|名称|单位|街道|乡镇|类别|类型|清单|来源|个数|情况)$`)
})

// asideAt takes a small table whose head is row i and says how many rows it takes; 0 where none begins there. It stands
// apart from the rows above, has words for a head and fills few of the columns that a row of this form must have; or it
// sets listed values and units against counts, with a head or without one.
func (r *tableReader) asideAt(i int, kind, after rowkind.Kind, s *rowkind.Seen) int {
	if s.Certain && s.Texts >= 3 || r.seen == 0 { // a statistic's rows have one text
		return 0
	}
	switch kind {
	case rowkind.Data, rowkind.Stray, rowkind.Head, rowkind.Total:
	default:
		return 0
	}
	n := r.statisticAt(i, after)
	if n == 0 && kind != rowkind.Total && r.apart(i, after) && r.summaryHead(r.page.Row(i)) && !(kind == rowkind.Head && r.ownHead(i)) {
		n = r.summaryAt(i)
	}
	if n > 0 {
		r.takeAside(i, n)
	}
	return n
}

// ownHead says whether row i is a head of this form, of which half the fields are there.
func (r *tableReader) ownHead(i int) bool {
	heads := r.reader.Vocab.HeadsOf(r.page, i)
	if heads == nil {
		return false
	}
	c := r.reader.Vocab.HeadAt(i, r.head.Form, heads)
	return c != nil && (c.Found*2 >= c.All || len(c.Columns)*2 >= len(r.head.Columns))
}

// summaryAt is how many rows a summary takes whose head is row i; 0 where one of them is a row of this form, or none follows.
func (r *tableReader) summaryAt(i int) int {
	n := 1
	for ; i+n < len(r.page.Rows) && !sight.BlankRow(r.page.Row(i+n)) && r.page.Rows[i+n].N == r.page.Rows[i].N+n; n++ {
		if r.fillsRow(r.page.Row(i + n)) {
			return 0
		}
	}
	if n == 1 {
		return 0
	}
	return n
}

// takeAside notes a small table, with the line above it that says what it is.
func (r *tableReader) takeAside(i, n int) {
	row := r.page.Row(i)
	b := below{n: row.N, rows: n, ref: sight.FirstText(row).Ref()}
	for k := range row.Cells {
		if t := written.Tidy(row.Cells[k].Text); t != "" {
			b.titles = append(b.titles, written.Short(t, 12))
		}
	}
	for j := i; j < i+n; j++ {
		r.kinds[j] = rowkind.Aside
	}
	r.table.asides = append(r.table.asides, b)
	for j := i - 1; j >= 0 && (r.kinds[j] == rowkind.Stray || r.kinds[j] == rowkind.Section || sight.BlankRow(r.page.Row(j))); j-- {
		if r.kinds[j] != rowkind.Blank && !sight.BlankRow(r.page.Row(j)) && statisticTitle().MatchString(spelling.Squash(sight.FirstText(r.page.Row(j)).Text)) {
			title := r.page.Rows[j].N
			r.kinds[j] = rowkind.Aside
			r.table.Strays = slices.DeleteFunc(r.table.Strays, func(s Stray) bool { return s.N == title })
			break
		}
	}
}

// statisticTitle is said above a statistic.
var statisticTitle = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^附|统计|汇总|一览|情况表?[:：]?$|小结|分类|分布|占比`)
})

// statisticAt finds a table of listed values, units or other short words against counts: 责任清单 | 件数 | 已办结 over
// 企业难题 | 4 | 0. At least one such row must follow a head, two stand without one.
func (r *tableReader) statisticAt(i int, after rowkind.Kind) int {
	s := r.statistic(i)
	if s.n < 2 {
		if across := r.countsAcross(i); across > 0 {
			return across
		}
	}
	apart := r.apart(i, after) || after == rowkind.Total
	if s.words > 0 && (s.headed || s.standsBare(apart, after)) {
		return s.n
	}
	return 0
}

// statistic is what may be a small table: rows that set a text against counts, below a head of their own or not.
type statistic struct {
	n      int // rows with its head
	headed bool
	rows   int // of counts
	words  int // of these: about a listed value or a unit; 合计 alone is a total of the lines above
}

// statistic reads on from row i for as long as rows are those of a statistic.
func (r *tableReader) statistic(i int) statistic {
	s := statistic{headed: r.statisticHead(r.page.Row(i))}
	if s.headed {
		s.n = 1
	}
	for ; i+s.n < len(r.page.Rows) && !sight.BlankRow(r.page.Row(i+s.n)) && r.page.Rows[i+s.n].N == r.page.Rows[i].N+s.n; s.n++ {
		isRow, isWord := r.statisticRow(r.page.Row(i + s.n))
		if !isRow {
			break
		}
		if s.rows++; isWord {
			s.words++
		}
	}
	return s
}

// standsBare says whether rows without a head are a statistic: all are about listed values and something divides them from
// the lines above, or half of two or more are and they stand apart.
func (s statistic) standsBare(apart bool, after rowkind.Kind) bool {
	if s.words == s.rows && (apart || after == rowkind.Memo || after == rowkind.Aside) {
		return true
	}
	return apart && s.rows >= 2 && s.words*2 >= s.rows
}

// countsAcross finds a statistic that runs across: listed values or words of statistics side by side, a row of counts
// below them (未启动 | 办理中 | 已办结 over 件数 | 0 | 4 | 1). It gives the rows it takes, 0 where there is none.
func (r *tableReader) countsAcross(i int) int {
	head := r.page.Row(i)
	if i+1 >= len(r.page.Rows) || r.page.Rows[i+1].N != head.N+1 || !r.statisticHead(head) {
		return 0
	}
	listed, counts := 0, 0
	for k := range head.Cells {
		if sight.Present(&head.Cells[k]) && r.listed(written.Heading(head.Cells[k].Text)) {
			listed++
		}
	}
	next := r.page.Row(i + 1)
	for k := range next.Cells {
		c := &next.Cells[k]
		switch {
		case !sight.Present(c):
		case c.Kind == sheet.Number || countText().MatchString(spelling.Squash(c.Text)):
			if !sight.Present(sight.CellIn(head, c.Col)) {
				return 0
			}
			counts++
		case counts > 0 || !countHead().MatchString(written.Heading(c.Text)): // 件数 in front of them
			return 0
		}
	}
	if listed < 2 || counts < 2 {
		return 0
	}
	return 2
}

// statisticHead says whether a row may head a statistic: short texts only, two at least, of which most are headings,
// listed values, units, or words of statistics.
func (r *tableReader) statisticHead(row *sheet.Row) bool {
	texts, known := 0, 0
	for k := range row.Cells {
		c := &row.Cells[k]
		if !sight.Present(c) {
			continue
		}
		t := written.Heading(c.Text)
		if c.Kind != sheet.Text || len([]rune(t)) > 14 {
			return false
		}
		if texts++; r.listed(t) || r.reader.Vocab.IsWord(c.Text) || countHead().MatchString(t) || written.Counted().MatchString(t) {
			known++
		}
	}
	return texts >= 2 && known >= 2 && known*3 >= texts*2
}

// statisticRow says whether a row sets a short text (after a running number perhaps) against numbers only, of which one
// at least stands where the form asks for something else; isWord where the text is a listed value or a unit.
func (r *tableReader) statisticRow(row *sheet.Row) (isRow, isWord bool) {
	said, numbers, misfits := false, 0, 0
	for k := range row.Cells {
		switch c := &row.Cells[k]; {
		case !sight.Present(c), c.Kind == sheet.Number && !said: // a running number
		case c.Kind == sheet.Number, said && c.Kind == sheet.Text && countText().MatchString(spelling.Squash(c.Text)):
			if numbers++; !r.countsIn(c.Col) {
				misfits++
			}
		case said || c.Kind != sheet.Text:
			return false, false
		default:
			said = true
			if isRow, isWord = r.subject(written.Heading(c.Text)); !isRow {
				return false, false
			}
		}
	}
	return said && numbers > 0 && (misfits > 1 || misfits > 0 && !r.fillsRow(row)), isWord
}

// countsIn says whether a column is one of amounts, counts or shares.
func (r *tableReader) countsIn(col int) bool {
	at := slices.IndexFunc(r.at, func(p heading.Placed) bool { return p.Col == col })
	return at >= 0 && (heading.IsNumber(r.at[at].Field) || r.at[at].Field.Type == forms.Percent)
}

// subject says whether a text may be what a row of a statistic counts: short, and no code; word where it is a listed value
// or a unit.
func (r *tableReader) subject(text string) (may, word bool) {
	if len([]rune(text)) > 16 {
		return false, false
	}
	word = r.listed(text)
	return word || rowkind.TotalWord().MatchString(text) || rowkind.SubWord().MatchString(text) || !strings.ContainsAny(text, "0123456789-"), word
}

// countText is a count or share written as text.
var countText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(-?\d+(\.\d+)?(%|件|项|个|户|家|人|场|次|条|宗|起|万元|元)?|[-—/]+)$`)
})

// listed says whether a text is a listed value of the form, or a unit of the zone.
func (r *tableReader) listed(heading string) bool {
	for i := range r.head.Form.Columns {
		if c := &r.head.Form.Columns[i]; c.Type == forms.List {
			if _, ok := r.reader.Vocab.Lists[c][heading]; ok {
				return true
			}
		}
	}
	_, ok := r.reader.Units.Match(heading)
	return ok
}

// apart says whether a gap or a line of its own stands between the rows above and row i.
func (r *tableReader) apart(i int, after rowkind.Kind) bool {
	above := r.page.Row(i - 1)
	return r.seen > 0 && (sight.BlankRow(above) || above.N < r.page.Rows[i].N-1 || after == rowkind.Stray || after == rowkind.Section || after == rowkind.Note)
}

// summaryHead says whether a row holds nothing but short words, all or all but one of which are headings.
func (r *tableReader) summaryHead(row *sheet.Row) bool {
	texts, heads := 0, 0
	for k := range row.Cells {
		c := &row.Cells[k]
		if !sight.Filled(c) {
			continue
		}
		t := written.Heading(c.Text)
		if c.Kind != sheet.Text || len([]rune(t)) > 14 {
			return false
		}
		if texts++; r.reader.Vocab.IsWord(c.Text) || countHead().MatchString(t) {
			heads++
		}
	}
	return texts >= 2 && heads >= 2 && heads >= texts-1
}

// fillsRow says whether a row fills the columns that every row of the form must have: all of them, or, where they are many,
// most.
func (r *tableReader) fillsRow(row *sheet.Row) bool {
	have, all := 0, 0
	for k := range r.at {
		if r.at[k].Col > 0 && r.at[k].Field.Required {
			if all++; sight.Filled(sight.CellIn(row, r.at[k].Col)) {
				have++
			}
		}
	}
	return have == all && all > 2 || all > 4 && have*10 > all*6
}

// TellBelow names the small tables below a table.
func (tb *Table) TellBelow() (said heading.Notes) {
	for _, b := range tb.asides {
		said.Add(finding.TableBelow(b.n, b.rows, written.Short(strings.Join(b.titles, "、"), 40)).At(finding.Place{Sheet: tb.Grid.Name, Cell: b.ref, Row: b.n}))
	}
	return said
}
