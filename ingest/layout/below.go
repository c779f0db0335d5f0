package layout

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
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
func (r *tableReader) asideAt(i int, kind, after rowKind, s *rowSeen) int {
	row := &r.p.Rows[i]
	if s.certain && s.texts >= 3 { // a statistic's rows have one text
		return 0
	}
	if kind != rowData && kind != rowStray && kind != rowHead && kind != rowTotal || r.seen == 0 {
		return 0
	}
	if n := r.statisticAt(i, after); n > 0 {
		r.takeAside(i, n)
		return n
	}
	if kind == rowTotal || !r.apart(i, after) || !r.summaryHead(row) {
		return 0
	}
	if kind == rowHead {
		if heads := r.l.Vocab.headsOf(r.p, i); heads != nil {
			if c := r.l.Vocab.headAt(i, r.h.Form, heads); c != nil && (c.found*2 >= c.all || len(c.Columns)*2 >= len(r.h.Columns)) {
				return 0
			}
		}
	}
	n := 1
	for i+n < len(r.p.Rows) && !BlankRow(&r.p.Rows[i+n]) && r.p.Rows[i+n].N == row.N+n {
		if r.fillsRow(&r.p.Rows[i+n]) {
			return 0
		}
		n++
	}
	if n == 1 {
		return 0
	}
	r.takeAside(i, n)
	return n
}

// takeAside notes a small table, with the line above it that says what it is.
func (r *tableReader) takeAside(i, n int) {
	row := &r.p.Rows[i]
	b := below{n: row.N, rows: n, ref: FirstText(row).Ref()}
	for k := range row.Cells {
		if t := written.Tidy(row.Cells[k].Text); t != "" {
			b.titles = append(b.titles, written.Short(t, 12))
		}
	}
	for j := i; j < i+n; j++ {
		r.kinds[j] = rowAside
	}
	r.t.asides = append(r.t.asides, b)
	for j := i - 1; j >= 0 && (r.kinds[j] == rowStray || r.kinds[j] == rowSection || BlankRow(&r.p.Rows[j])); j-- {
		if r.kinds[j] != rowBlank && !BlankRow(&r.p.Rows[j]) && statisticTitle().MatchString(written.Squash(FirstText(&r.p.Rows[j]).Text)) {
			title := r.p.Rows[j].N
			r.kinds[j] = rowAside
			r.t.Strays = slices.DeleteFunc(r.t.Strays, func(s Stray) bool { return s.N == title })
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
func (r *tableReader) statisticAt(i int, after rowKind) int {
	apart := r.apart(i, after) || after == rowTotal
	n, rows, words := 0, 0, 0
	headed := r.statisticHead(&r.p.Rows[i])
	if headed {
		n = 1
	}
	for ; i+n < len(r.p.Rows) && !BlankRow(&r.p.Rows[i+n]) && r.p.Rows[i+n].N == r.p.Rows[i].N+n; n++ {
		isRow, isWord := r.statisticRow(&r.p.Rows[i+n])
		if !isRow {
			break
		}
		if rows++; isWord {
			words++
		}
	}
	switch {
	case rows == 0 || words == 0 || !apart && !headed && words < rows: // 合计 alone is a total
		return 0
	case headed && (apart || rows >= 2 || words >= 1), rows >= 2 && apart && words*2 >= rows:
		return n
	}
	return 0
}

// statisticHead says whether a row may head a statistic: short texts only, two at least, of which most are headings,
// listed values, units, or words of statistics.
func (r *tableReader) statisticHead(row *sheet.Row) bool {
	texts, known := 0, 0
	for k := range row.Cells {
		c := &row.Cells[k]
		if !present(c) {
			continue
		}
		t := written.Heading(c.Text)
		if c.Kind != sheet.Text || len([]rune(t)) > 14 {
			return false
		}
		if texts++; r.listed(t) || r.l.Vocab.IsWord(c.Text) || countHead().MatchString(t) || written.Counted().MatchString(t) {
			known++
		}
	}
	return texts >= 2 && known >= 2 && known*3 >= texts*2
}

// statisticRow says whether a row sets a short text (after a running number perhaps) against numbers only, of which one
// at least stands where the form asks for something else; isWord where the text is a listed value or a unit.
func (r *tableReader) statisticRow(row *sheet.Row) (isRow, isWord bool) {
	texts, numbers, misfits := 0, 0, 0
	for k := range row.Cells {
		c := &row.Cells[k]
		if !present(c) {
			continue
		}
		if c.Kind == sheet.Number || c.Kind == sheet.Text && texts > 0 && countText().MatchString(written.Squash(c.Text)) {
			if texts == 0 { // a running number
				continue
			}
			numbers++
			at := slices.IndexFunc(r.at, func(p Placed) bool { return p.Col == c.Col })
			if at < 0 || !isNumber(r.at[at].Field) && r.at[at].Field.Type != forms.Percent {
				misfits++
			}
			continue
		}
		t := written.Heading(c.Text)
		if texts++; c.Kind != sheet.Text || texts > 1 || len([]rune(t)) > 16 {
			return false, false
		}
		isWord = r.listed(t)
		if !isWord && !totalWord().MatchString(t) && !subWord().MatchString(t) && strings.ContainsAny(t, "0123456789-") {
			return false, false // a code
		}
	}
	return texts == 1 && numbers > 0 && (misfits > 1 || misfits > 0 && !r.fillsRow(row)), isWord
}

// countText is a count or share written as text.
var countText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(-?\d+(\.\d+)?(%|件|项|个|户|家|人|场|次|条|宗|起|万元|元)?|[-—/]+)$`)
})

// listed says whether a text is a listed value of the form, or a unit of the zone.
func (r *tableReader) listed(heading string) bool {
	for i := range r.h.Form.Columns {
		if c := &r.h.Form.Columns[i]; c.Type == forms.List {
			if _, ok := r.l.Vocab.Lists[c][heading]; ok {
				return true
			}
		}
	}
	_, ok := r.l.Units.Match(heading)
	return ok
}

// apart says whether a gap or a line of its own stands between the rows above and row i.
func (r *tableReader) apart(i int, after rowKind) bool {
	above := &r.p.Rows[i-1]
	return r.seen > 0 && (BlankRow(above) || above.N < r.p.Rows[i].N-1 || after == rowStray || after == rowSection || after == rowNote)
}

// summaryHead says whether a row holds nothing but short words, all or all but one of which are headings.
func (r *tableReader) summaryHead(row *sheet.Row) bool {
	texts, heads := 0, 0
	for k := range row.Cells {
		c := &row.Cells[k]
		if !filled(c) {
			continue
		}
		t := written.Heading(c.Text)
		if c.Kind != sheet.Text || len([]rune(t)) > 14 {
			return false
		}
		if texts++; r.l.Vocab.IsWord(c.Text) || countHead().MatchString(t) {
			heads++
		}
	}
	return texts >= 2 && heads >= 2 && heads >= texts-1
}

// fillsRow says whether a row fills at least half of the columns that every row of the form must have.
func (r *tableReader) fillsRow(row *sheet.Row) bool {
	have, all := 0, 0
	for k := range r.at {
		if r.at[k].Col > 0 && r.at[k].Field.Required {
			if all++; filled(CellIn(row, r.at[k].Col)) {
				have++
			}
		}
	}
	return have*2 >= all && all > 2 && have == all || all > 4 && have*10 > all*6
}

// TellBelow names the small tables below a table.
func (tb *Table) TellBelow() (said Notes) {
	for _, b := range tb.asides {
		said.add(finding.TableBelow(b.n, b.rows, written.Short(strings.Join(b.titles, "、"), 40)).At(finding.Place{Sheet: tb.Grid.Name, Cell: b.ref, Row: b.n}))
	}
	return said
}
