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

// A title, a total or a note that says how many rows there are (共12件, 合计：5件, 本期新增3件) is held against them. What counts
// firms, households or persons says nothing of rows.

// RowsSaid is how many rows a text says there are.
type RowsSaid struct {
	Text  string
	Rows  int
	Word  string // 件, 笔
	New   bool   // of what is new in the period: there may be more
	Total int    // which of the totals; -1 elsewhere
	At    finding.Place
}

var (
	rowsSaid = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:^\p{Han}{1,10}小计|(?:^|[(（【\[,，;；。:：])(?:本期|本表|本周|本月|本次|以上|全表|当前)?(?:共计?|合计|总计|总数|小计))(?:为|是|有|[:：(（])?` +
			`(?:\d{1,5}(?:家|户)(?:企业)?[,，、;；]?(?:共|计)?)?` + whatIsCounted + `(\d{1,5})(件|条|项|笔|场|家)`)
	})
	newSaid = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:^|[(（【\[,，;；。:：])(?:本期|本周|本月|当月|当周)共?(?:新增|新收集|新交办|新收)了?` + whatIsCounted + `(\d{1,5})(件|条|项|笔|场)`)
	})
	// sinceWhen says that a number is of more than the rows: 今年以来，共举办16场.
	sinceWhen = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`今年|本年|全年|年初|以来|历年|^累计`) })
	rowsAlone = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^共?计?(\d{1,5})(件|条|项|笔|场)$`) })
)

const whatIsCounted = `(?:收集|报送|上报|登记|梳理|排查|交办|反馈|征集|录入|受理|兑付|发放|支付|退税|退库|缓缴|举办|开展|组织|企业诉求|企业反馈|企业|问题|事项|诉求|任务|项目|资金|记录|数据|台账|重点|民生|实事|招聘会|招聘|活动){0,4}`

// rowSigns are the letters of which each such text has one.
var rowSigns = written.NewLetters("件条项笔场家")

// countRows takes the numbers of rows that are said above the head and in totals and notes below it.
func (r *tableReader) countRows(start, end int) {
	for i := 0; i < end; i++ {
		switch kind := r.kinds[i]; {
		case i >= r.head.Row && i < start:
			continue
		case i < r.head.Row:
			if row := r.page.Row(i); len(row.Cells) == 0 || rowkind.SectionWord().MatchString(spelling.Squash(sight.FirstText(row).Text)) || slices.Contains(r.above, sight.FirstText(row).Ref()) {
				continue
			}
		case kind != rowkind.Total && kind != rowkind.Note && kind != rowkind.Footer && kind != rowkind.Stray && kind != rowkind.Memo && kind != rowkind.Numbered:
			continue
		}
		if r.rowsSaidIn(r.page.Row(i), r.kinds[i] == rowkind.Total); r.kinds[i] != rowkind.Total {
			r.amountsSaidIn(r.page.Row(i))
		}
	}
}

// isDirectory says whether each row of a form is a firm: 企业名录.
func isDirectory(f *forms.Form) bool {
	return len(f.Key) == 1 && f.Column(f.Key[0][0]).Type == forms.USCC
}

// bareCount is the one number of a total of a form whose rows have numbers of their own, below a column that is none of numbers:
// 合计 | 5.
func (r *tableReader) bareCount(row *sheet.Row) (said *RowsSaid) {
	if !slices.ContainsFunc(r.head.Form.Columns, func(c forms.Column) bool { return c.InKey && c.Required && c.Type == forms.Code }) {
		return nil
	}
	for i := range row.Cells {
		c := &row.Cells[i]
		if !sight.Present(c) || c.Kind == sheet.Text && rowkind.SaysTotal(spelling.Squash(c.Text)) {
			continue
		}
		n := int(c.Num)
		at := slices.IndexFunc(r.at, func(p heading.Placed) bool { return p.Col == c.Col })
		if said != nil || c.Kind != sheet.Number || at < 0 || heading.IsNumber(r.at[at].Field) || r.at[at].Field.Type == forms.Percent || float64(n) != c.Num || n < 0 || n > 99999 {
			return nil
		}
		text := written.Short(written.Tidy(sight.Joined(row)), 40)
		said = &RowsSaid{text, n, "行", false, -1, finding.Place{Sheet: r.page.Name, Cell: c.Ref(), Row: row.N, Value: c.Text}}
	}
	return said
}

// AmountSaid is a text that may give a sum over all rows, outside the totals: 惠企资金兑付台账（共计兑付2家30万元）.
type AmountSaid struct {
	Text string
	At   finding.Place
}

// amountsSaidIn takes the texts of a row that may give one.
func (r *tableReader) amountsSaidIn(row *sheet.Row) {
	for i := range row.Cells {
		c := &row.Cells[i]
		if c.Kind != sheet.Text || len(c.Text) > 240 || !strings.Contains(c.Text, "元") || !sumWords.MayBeIn(c.Text) || sinceWhen().MatchString(c.Text) || strings.Contains(c.Text, "其中") {
			continue
		}
		short := written.Short(written.Tidy(c.Text), 40)
		r.table.AmountsSaid = append(r.table.AmountsSaid, AmountSaid{written.Tidy(c.Text), finding.Place{Sheet: r.page.Name, Cell: c.Ref(), Row: row.N, Value: short}})
	}
}

var sumWords = written.NewWords("共计", "合计", "总计", "共兑", "共拨", "共发", "共退", "共缓", "共支")

// rowsSaidIn takes what one row says; nothing where it says several numbers.
func (r *tableReader) rowsSaidIn(row *sheet.Row, isTotal bool) {
	var found []RowsSaid
	summed := false // the word of a sum stands in the cell before
	for i := range row.Cells {
		c := &row.Cells[i]
		if c.Kind != sheet.Text || len(c.Text) > 240 {
			summed = summed && !sight.Present(c)
			continue
		}
		if said := r.countIn(c, isTotal && summed); said != nil {
			found = append(found, *said)
		}
		summed = isTotal && rowkind.SaysTotal(spelling.Squash(c.Text))
	}
	if isTotal && len(found) == 0 {
		if bare := r.bareCount(row); bare != nil {
			found = append(found, *bare)
		}
	}
	if len(found) != 1 {
		return
	}
	found[0].Total = slices.IndexFunc(r.table.Totals, func(t total) bool { return t.N == row.N })
	r.table.RowsSaid = append(r.table.RowsSaid, found[0])
	r.table.Strays = slices.DeleteFunc(r.table.Strays, func(s Stray) bool { return s.N == row.N && s.Line >= len(r.table.Lines) && !s.Numbered }) // it is understood
}

// countIn is the number of rows that a text gives; nil where it gives none. A bare number of them (5件) does behind the word of a sum.
func (r *tableReader) countIn(c *sheet.Cell, behindSum bool) *RowsSaid {
	if !rowSigns.In(c.Text) {
		return nil
	}
	text, _, _ := strings.Cut(spelling.Squash(written.Plain(c.Text)), "其中")
	if sinceWhen().MatchString(text) {
		return nil
	}
	isNew := false
	m := rowsSaid().FindStringSubmatch(text)
	if !r.countsRows(m) {
		m = newSaid().FindStringSubmatch(text)
		isNew = m != nil
	}
	if !r.countsRows(m) && behindSum {
		m, isNew = rowsAlone().FindStringSubmatch(text), false
	}
	if !r.countsRows(m) {
		return nil
	}
	short := written.Short(written.Tidy(c.Text), 40)
	return &RowsSaid{short, written.Atoi(m[1]), m[2], isNew && r.head.Form.Mode == forms.Ledger, -1, finding.Place{Sheet: r.page.Name, Cell: c.Ref(), Row: c.Row, Value: short}}
}

// countsRows says whether what was found counts rows: 项 in a form of payments counts projects, 家 firms that have several rows each.
func (r *tableReader) countsRows(found []string) bool {
	return found != nil && !(found[2] == "项" && paysOut(r.head.Form)) && !(found[2] == "家" && !isDirectory(r.head.Form))
}
