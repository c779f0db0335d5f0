package layout

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// cumulativeRemark is all of a remark that says what a figure counts: 本年累计, 截至10月底累计兑付, 1-10月累计数.
var cumulativeRemark = sync.OnceValue(func() *regexp.Regexp {
	const (
		since  = `(本年度?|全年|当年|今年|年初至今|历年|[12]\d{3}年|[1一]月?(份)?[-—–~～至到]\d{1,2}月(份)?|截[至止](目前|本月|本期|\d{1,2}月(份|底|末)?|\d{1,2}月\d{1,2}日))*`
		figure = `(兑付|拨付|发放|退税|缓缴|缴纳|缴款|返还|金额|资金|人数|户数|场次|人次|数据|数|值|额|完成)*`
	)
	return regexp.MustCompile(`^[(（]?(此|本|该)?(为|是|系|行|数|含|按)*` + since + `累计` + figure + `[)）。]?$|^[(（]?(为|是|系)?年初至今` + figure + `[)）。]?$`)
})

var maySayCumulative = written.NewLetters("累至")

// notedCumulative takes note of a remark beside a line that says that its figures are cumulative: of a table that has a
// column of its own for these it speaks of that one.
func (r *tableReader) notedCumulative(l *Line, row *sheet.Row) {
	if l.Head.Form.Mode != forms.Period || len(l.Head.Rollups) > 0 {
		return
	}
	for i := range row.Cells {
		c := &row.Cells[i]
		if c.Kind != sheet.Text || len(c.Text) > 90 || !maySayCumulative.In(c.Text) || r.reads(c.Col) || !cumulativeRemark().MatchString(spelling.Squash(c.Text)) {
			continue
		}
		r.table.cumulative = append(r.table.cumulative, *c)
		return
	}
}

// TellCumulative asks about the figures of rows whose remarks say that they are cumulative: once, at the first of them.
func (t *Table) TellCumulative() (said heading.Notes) {
	if len(t.cumulative) == 0 {
		return nil
	}
	var columns []string
	for _, p := range t.Heads[0].Columns {
		if p.Col > 0 && heading.IsNumber(p.Field) && !slices.Contains(columns, p.Field.Title) {
			columns = append(columns, p.Field.Title)
		}
	}
	if len(columns) == 0 {
		return nil
	}
	first := t.cumulative[0]
	text := written.Short(strings.TrimSpace(written.Tidy(first.Text)), 20)
	said.Add(finding.CumulativeNoted(text, len(t.cumulative), columns).At(finding.Place{Sheet: t.Grid.Name, Cell: first.Ref(), Row: first.Row, Value: text}))
	return said
}
