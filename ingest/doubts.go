package ingest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/internal/calendar"
)

// outsidePeriod asks about a return of a period form most of whose rows are dated before its period: a late payment is
// usual, a sheet of several periods counts twice what was reported before.
func (in *Intake) outsidePeriod(pt *part) {
	if pt.form.Mode != forms.Period || !pt.ret.Period.Valid() || pt.fatal {
		return
	}
	k := slices.IndexFunc(pt.form.Columns, func(c forms.Column) bool { return c.Field == pt.form.OwnDate })
	n, first := 0, -1
	for i := range pt.records {
		if v := pt.records[i].vals[k]; v.set && v.date < pt.ret.Period.Start {
			if n++; first < 0 {
				first = i
			}
		}
	}
	if n < 3 || n*2 <= len(pt.records) {
		return
	}
	l := pt.records[first].line
	f := finding.Finding{Severity: finding.Warning, Rule: "before_period", Sheet: l.sheet, Row: l.n, Field: pt.form.Columns[k].Field,
		Message: fmt.Sprintf("%d行中有%d行的「%s」早于报送期（%s），第一处在第%d行", len(pt.records), n, pt.form.Columns[k].Title, PeriodLabel(pt.ret.Period), l.n),
		Hint:    "如以前各期已经报过，请删去这些行，否则会重复计算；当期漏报的，请更正当期报表"}
	if l.cells[k].Col > 0 {
		f.Cell = l.cells[k].Ref()
	}
	pt.add(f)
}

var (
	several  = regexp.MustCompile(`[\n\r;；、,，/]+`)
	firmTail = regexp.MustCompile(`(公司|集团|厂|中心|合作社|事务所|商行|经营部|门市部|医院|学校|银行|支行)$`)
)

// severalIn asks about a cell of a name that holds several firms or, in a column of persons, several people: the row
// counts them as one.
func (in *Intake) severalIn(pt *part, t *typer, r *record) {
	for k := range pt.form.Columns {
		c := &pt.form.Columns[k]
		if c.Type != forms.Text || !c.InKey || !r.vals[k].set {
			continue
		}
		cell := &r.line.cells[k]
		parts := slices.DeleteFunc(several.Split(tidy(cell.Text), -1), func(s string) bool { return strings.TrimSpace(s) == "" })
		if len(parts) < 2 || slices.ContainsFunc(parts, func(s string) bool {
			n := len([]rune(strings.TrimSpace(s)))
			return !(n >= 5 && firmTail.MatchString(strings.TrimSpace(s)) || n >= 2 && n <= 4 && strings.HasSuffix(c.Title, "人"))
		}) {
			continue
		}
		pt.add(finding.Finding{Severity: finding.Warning, Rule: "several_in_cell", Sheet: r.line.sheet, Row: r.line.n, Cell: cell.Ref(), Field: c.Field,
			Value: t.shown(cell, c, true), Message: fmt.Sprintf("「%s」一格里像是写了%d个名称，只按一个计", c.Title, len(parts)), Hint: "请一行只写一个，其他各列照抄"})
	}
}

// nilAhead asks about a nil return of a month that has long to run: an empty sheet of the workbook with all forms, perhaps.
func (in *Intake) nilAhead(pt *part) {
	p := pt.ret.Period
	if p.Kind == calendar.Month && p.Valid() && in.Zone.DateOf(pt.ret.ReceivedAt) < p.End()-7 {
		pt.add(finding.Finding{Severity: finding.Warning, Rule: "nil_ahead", Sheet: pt.firstSheet(),
			Message: fmt.Sprintf("%s还没有结束，这张空表已按零报告登记", PeriodLabel(p)), Hint: "如只是暂时没有填写，请在月末填好后重新报送；不报的工作表可以从工作簿中删去"})
	}
}
