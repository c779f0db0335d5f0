package read

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/ingest/around"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
	"taizhang/internal/spelling"
)

// Statement is what a return says of its period in one place (CONTRACT: What identifies a return).
type Statement struct {
	What   string // 报送期, 截至日期, 标题, 工作表名, 文件名, 模板, or what the rows' column is called
	Period calendar.Period
	At     around.Said   // the words and where they stand; the place is empty of a file's name and of rows
	day    calendar.Date // of a bare date in a title or a file's name: it says when, not of what
	until  calendar.Date // of 截至: the date itself
	rows   bool
	words  string           // of what is no period's name: all that is said of it
	named  string           // of a name beside which the same text has other days: 第48周
	wide   [2]calendar.Date // of a longer time than the form's periods, such as a quarter in a weekly ledger: first and last day
}

// text names a statement in a finding: 报送期（B2）为2026年9月.
func (s Statement) text() string {
	place := ""
	if s.At.Ref != "" {
		place = "（" + s.At.Ref + "）"
	}
	switch {
	case s.words != "":
		return s.words
	case s.rows:
		return s.At.Text
	case s.isWide():
		return s.What + place + "写的是“" + written.Short(s.At.Text, 30) + "”"
	}
	switch {
	case s.onDueDay():
		return fmt.Sprintf("截至日期%s是%d月%d日，这一天到期应报的是%s", place, s.until.Month(), s.until.Day(), written.PeriodLabel(s.Period))
	case s.What == "截至日期":
		return s.What + place + "在" + written.PeriodLabel(s.Period)
	}
	return s.What + place + "是" + written.PeriodLabel(s.Period)
}

// onDueDay says whether 截至 is a day behind the period that it names: that on which the period falls due, such as a Monday.
func (s Statement) onDueDay() bool { return s.until.Valid() && s.until > s.Period.End() }

// contradicts says whether a statement names another period than the one that was decided on. A bare date only does so if
// it lies before that period begins: a correction is written, and its file saved, long after the period's end.
func (s Statement) contradicts(p calendar.Period) bool {
	if s.isWide() {
		return s.wide[1] < p.Start || s.wide[0] > p.End()
	}
	if s.day.Valid() {
		return s.day < p.Start
	}
	if s.What == "模板" { // an old template is used again and again; a new one under an old label is a slip
		return s.Period.Start > p.Start
	}
	if s.until.Valid() { // the last day of a week that is due late after a holiday is still of that week
		return s.until < p.Start || s.until > p.End() && s.Period != p
	}
	return s.Period != p
}

// Disagreement is what a return's statements of its period come to where they don't agree.
type Disagreement struct {
	Decided Statement   // by it the return is registered
	Others  []Statement // those that name another period
	Mend    Statement   // the one that is most likely wrong
	Likely  calendar.Period
}

// Says lists all statements.
func (d *Disagreement) Says() string {
	texts := []string{d.Decided.text()}
	for _, s := range d.Others {
		texts = append(texts, s.text())
	}
	return strings.Join(texts, "，")
}

// Place is the cell to mend; empty where the file's name or the rows are.
func (d *Disagreement) Place() finding.Place {
	return finding.Place{Sheet: d.Mend.At.Sheet, Cell: d.Mend.At.Ref, Value: written.Short(d.Mend.At.Text, 30)}
}

// where names a statement and its cell.
func (s Statement) where() string {
	if s.At.Ref == "" {
		return s.What
	}
	return s.What + "（" + s.At.Ref + "）"
}

// Become says that a statement is to be changed so that it names a period.
func (s Statement) Become(p calendar.Period) string {
	switch {
	case s.What == "截至日期" && s.until >= p.Start && s.until <= p.End(): // a day of the period before the one before is due
		return fmt.Sprintf("在表头另写明“报送期：%s”", written.PeriodLabel(p))
	case s.What == "截至日期":
		return fmt.Sprintf("把%s改为%s内的日期", s.where(), written.PeriodLabel(p))
	}
	return fmt.Sprintf("把%s改为%s", s.where(), written.PeriodLabel(p))
}

// Remedy says what to change. Where nothing speaks against the statement that decided, both ways are told: dates that are
// right must not be changed to suit a period that was left from last month.
func (d *Disagreement) Remedy() string {
	if i := slices.IndexFunc(d.Others, func(s Statement) bool { return s.named != "" || d.Decided.named != "" }); i >= 0 && d.Mend.At == d.Others[i].At {
		return d.remedyNamed(d.Others[i])
	}
	if d.Mend.isWide() {
		return fmt.Sprintf("请%s；不是这一期的，请写明是哪一期", d.Mend.Become(d.Decided.Period))
	}
	if d.Mend.Period == d.Decided.Period {
		return "请" + d.Mend.Become(d.Likely) + "；如" + written.PeriodLabel(d.Decided.Period) + "无误，请改正其他各处"
	}
	mend := d.Mend.Become(d.Decided.Period)
	if d.Mend.rows {
		mend = "改正" + d.Mend.where()
	}
	if d.Decided.onDueDay() && d.Decided.until >= d.Mend.Period.Start && d.Decided.until <= d.Mend.Period.End() { // the day is right in any case
		return fmt.Sprintf("报的是%s的，请%s；报的是%s的，请%s", written.PeriodLabel(d.Mend.Period), d.Decided.Become(d.Mend.Period), written.PeriodLabel(d.Decided.Period), mend)
	}
	return fmt.Sprintf("%s填错的，请%s；%s无误的，请%s", d.Decided.where(), d.Decided.Become(d.Mend.Period), d.Decided.where(), mend)
}

// periodReader tells a return's period from what it says in several places.
type periodReader struct {
	rd       *Reader
	pt       *Part
	received calendar.Date
	said     []Statement // in the order in which they decide
	wrote    wrote
	wide     []Statement // that name a longer time, in the same order

	unreadable around.Said // a 报送期 that names nothing
}

// say notes what a text says of the period, if it says anything.
func (r *periodReader) say(what string, at around.Said) bool {
	if at.Text == "" {
		return false
	}
	p, ok := r.rd.periodIn(r.pt, at.Text, r.received)
	if !ok {
		r.sayWide(what, at)
		return false
	}
	s := Statement{What: what, Period: p, At: at, day: calendar.NoDate, until: calendar.NoDate}
	if what == "文件名" && len(r.said) > 0 && !namesPeriod().MatchString(at.Text) { // week1.xlsx is one of a series, perhaps
		return false
	}
	if what == "标题" || what == "文件名" {
		if sp, ok := written.ReadSpan(at.Text, r.received); ok && !sp.Period.Valid() && sp.Months == 0 {
			s.day = sp.Date
		}
	}
	r.said = append(r.said, s)
	r.sayNamed(s)
	return true
}

// namesPeriod is how a file's name states a period beside what stands in the sheet: with a year, as a month, as 第33周.
var namesPeriod = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`20\d\d|月|第.{1,4}周`) })

// label notes a labelled statement (报送期), and where it can't be read.
func (r *periodReader) label(at around.Said) {
	if at.Text != "" && !r.say("报送期", at) && len(r.wide) == 0 {
		r.unreadable = at
	}
}

// until notes a cut-off date: the period that is next due on that day.
func (r *periodReader) until(at around.Said, day calendar.Date) {
	if at.Text != "" && day.Valid() {
		p := r.rd.Zone.PeriodFor(r.pt.Ret.Submitter, r.pt.Form.ID, r.pt.Form.Frequency, day)
		r.said = append(r.said, Statement{What: "截至日期", Period: p, At: at, day: calendar.NoDate, until: day})
	}
}

// first notes the first of several texts that names a period.
func (r *periodReader) first(what string, texts ...around.Said) {
	for _, t := range texts {
		if r.say(what, t) {
			return
		}
	}
}

// titleLength is how long a text above a table may be and still state the period: 惠企资金兑付台账（2026年10月）. Notes
// mention months that are none of the return's (9月以来新增的事项).
const titleLength = 40

// titles gives the texts above the tables that may be titles: those that name the form come first.
func (rd *Reader) titles(pt *Part, said []around.Said) []around.Said {
	var own, others []around.Said
	for _, t := range said {
		switch {
		case t.Ref != "" && slices.ContainsFunc([]around.Said{pt.said.Period, pt.said.AsOf}, func(l around.Said) bool { return l.Ref == t.Ref && l.Sheet == t.Sheet }): // said once
			if at := around.Labels().FindStringIndex(t.Text); at != nil && at[0] > 0 && namesPeriod().MatchString(t.Text[:at[0]]) {
				own = append(own, around.Said{Text: strings.TrimRight(t.Text[:at[0]], " ,，;；、(（"), Sheet: t.Sheet, Ref: t.Ref}) // 第49周，截至11月30日
			}
		case len([]rune(t.Text)) > titleLength || guidance().MatchString(t.Text) || strings.HasPrefix(spelling.Squash(t.Text), "注"):
		case rd.Vocab.Titled(t.Text) == pt.Form:
			own = append(own, t)
		default:
			others = append(others, t)
		}
	}
	return append(own, others...)
}

func bare(texts []string) []around.Said {
	out := make([]around.Said, len(texts))
	for i, t := range texts {
		out[i] = around.Said{Text: t}
	}
	return out
}

// tellPeriod decides the period: by the first statement in the contract's order, else by the rows of a period form, else by the
// day it was filled in or received. Where the statements disagree, pt.Disagrees says so.
func (rd *Reader) tellPeriod(p *Parsed, pt *Part, common, cover around.Stated, asOf calendar.Date, received calendar.Date) calendar.Period {
	r := &periodReader{rd: rd, pt: pt, received: received}
	period := r.tell(p, common, cover, asOf)
	if at := r.unreadable; at.Text != "" {
		pt.Add(finding.PeriodUnreadable(written.Short(at.Text, 30), written.PeriodLabel(period)).At(saidAt(at)))
	}
	return period
}

func (r *periodReader) tell(p *Parsed, common, cover around.Stated, asOf calendar.Date) calendar.Period {
	rd, pt, received := r.rd, r.pt, r.received
	r.label(pt.said.Period)
	r.until(pt.said.AsOf, asOf)
	r.first("标题", rd.titles(pt, pt.said.Titles)...)
	sheets := bare(pt.Ret.Sheets)
	for i := range sheets {
		sheets[i].Sheet = pt.Ret.Sheets[i]
	}
	if common.Period != pt.said.Period && len(r.said) == 0 { // what another sheet of the workbook says comes after the own title
		r.label(common.Period)
	}
	if pt.said.AsOf.Text == "" {
		r.until(cover.AsOf, asOf)
	}
	r.first("标题", cover.Titles...)
	if _, _, named := rd.firstPeriod(pt, sheets, received); len(r.said) == 0 && !named { // a note decides where nothing else on the sheet does
		r.first("标题", pt.said.Titles...)
	}
	for _, s := range pt.sheetSaid { // above the tables further down
		for _, b := range s.between {
			r.first("报送期", b.Period)
			r.first("标题", rd.titles(pt, b.Titles)...)
		}
	}
	r.first("文件名", around.Said{Text: fileTitle(p.File.Name)})
	r.first("工作表名", sheets...)
	if len(r.said) > 0 {
		r.say("模板", pt.issued)
		r.preferNamed()
		decided := r.said[0]
		pt.Stated, pt.Disagrees = &decided, r.compare(decided)
		r.tellPart(decided)
		return decided.Period
	}
	if pt.Form.Mode == forms.Period {
		if p, ok := r.periodOfRows(); ok {
			r.againstWide(p, "多数行的日期")
			return p
		}
	}
	for _, at := range []around.Said{pt.said.Filled, common.Filled} {
		if period, ok := rd.periodIn(pt, at.Text, received); ok && at.Text != "" {
			r.againstWide(period, "填报日期")
			return period
		}
	}
	period := rd.Zone.PeriodFor(pt.Ret.Submitter, pt.Form.ID, pt.Form.Frequency, received)
	switch r.againstWide(period, "收到日期"); {
	case pt.Disagrees != nil || r.unreadable.Text != "":
	case len(r.wide) > 0:
		w := r.wide[0]
		pt.Add(finding.PeriodWide(w.where(), written.Short(w.At.Text, 30), received.String(), written.PeriodLabel(period)).At(saidAt(w.At)))
	default:
		pt.Add(finding.PeriodAssumed(received.String(), written.PeriodLabel(period)))
	}
	return period
}

// compare holds the other statements, and the rows, against the one that decided.
func (r *periodReader) compare(decided Statement) *Disagreement {
	d := &Disagreement{Decided: decided}
	votes := map[calendar.Period]int{decided.Period: 1}
	for _, s := range r.said[1:] {
		if s.contradicts(decided.Period) {
			d.Others = append(d.Others, s)
		}
		if !s.day.Valid() && (s.What != "模板" || s.contradicts(decided.Period)) {
			votes[s.Period]++
		}
	}
	for _, w := range r.wide {
		if w.contradicts(decided.Period) {
			d.Others = append(d.Others, w)
		}
	}
	rows, ok := r.rowsSay(decided.Period, r.bound(decided.Period))
	if ok {
		votes[r.meant(decided, rows.Period)] += rowsWeigh
		if rows.contradicts(decided.Period) {
			d.Others = append(d.Others, rows)
		}
	}
	if len(d.Others) == 0 {
		return nil
	}
	d.Likely = r.likely(votes, decided.Period)
	d.Mend = decided
	if d.Likely == decided.Period {
		d.Mend = d.Others[0]
		if i := slices.IndexFunc(d.Others, func(s Statement) bool { return s.At.Ref != "" }); i >= 0 {
			d.Mend = d.Others[i]
		}
	}
	return d
}

// meant is the period that rows speak for: those of a ledger, whose last fact only says that it is no earlier, for the one that was
// named under a wrong year, else for the one that is due.
func (r *periodReader) meant(decided Statement, rows calendar.Period) calendar.Period {
	if r.pt.Form.Mode != forms.Ledger {
		return rows
	}
	due := r.rd.Zone.PeriodFor(r.pt.Ret.Submitter, r.pt.Form.ID, r.pt.Form.Frequency, r.received)
	for _, year := range []int{r.received.Year(), r.received.Year() - 1} {
		if p, ok := r.inYear(decided, year); ok && p != decided.Period && p.Start >= rows.Start && p.Start <= due.Start {
			return p
		}
	}
	if due.Start > rows.Start {
		return due
	}
	return rows
}

// inYear is the period that a statement would name in another year: 2026年10月 for 2025年10月.
func (r *periodReader) inYear(s Statement, year int) (calendar.Period, bool) {
	f := r.pt.Form.Frequency
	if day := s.until; day.Valid() {
		return r.rd.Zone.PeriodFor(r.pt.Ret.Submitter, r.pt.Form.ID, f, calendar.NewDate(year, day.Month(), day.Day())), day.Year() != year
	}
	was, rest, _ := strings.Cut(s.Period.String(), "-")
	p, err := calendar.ParsePeriod(fmt.Sprintf("%d-%s", year, rest))
	return p, err == nil && written.Atoi(was) != year
}

// rowsWeigh is how many statements the rows are worth: nobody leaves the dates of thirty payments in from last month.
const rowsWeigh = 2

// likely is the period that most speaks for; of two that as much speaks for, the one that was next due when it came.
func (r *periodReader) likely(votes map[calendar.Period]int, decided calendar.Period) calendar.Period {
	due := r.rd.Zone.PeriodFor(r.pt.Ret.Submitter, r.pt.Form.ID, r.pt.Form.Frequency, r.received)
	best := decided
	for p, n := range votes {
		switch {
		case n > votes[best], n == votes[best] && p == due && best != due:
			best = p
		case n == votes[best] && best != due && best != decided && p.Start > best.Start:
			best = p
		}
	}
	return best
}

// tellDisagreement warns once, at the one cell to mend, naming every statement.
func (pt *Part) tellDisagreement() {
	if d := pt.Disagrees; d != nil {
		remedy := d.Remedy()
		if pt.Form.Mode == forms.Period && d.byRows() && d.Mend.Period == d.Decided.Period { // the rows count by their own dates, so that the mended return counts them again
			remedy += "。这一份如已计入，改了报送期重报后请管理员将它作废，否则两份都计"
		}
		pt.Add(finding.PeriodDiffers(d.Says(), written.PeriodLabel(d.Decided.Period), remedy).At(d.Place()))
	}
}

// later says whether the rows lie after the period that was decided on: then their dates are not what is wrong.
func (d *Disagreement) later() bool {
	return d != nil && slices.ContainsFunc(d.Others, func(s Statement) bool { return s.rows && s.Period.Start > d.Decided.Period.Start })
}

// byRows says whether the rows are among what disagrees.
func (d *Disagreement) byRows() bool {
	return d != nil && slices.ContainsFunc(d.Others, func(s Statement) bool { return s.rows })
}
