package ingest

import (
	"fmt"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/internal/calendar"
	"taizhang/internal/zone"
)

// identify finds submitter, period and cut-off of a return (CONTRACT: What identifies a return).
func (in *Intake) identify(p *parsed, pt *part, common stated) {
	pt.ret.ReceivedAt = p.file.ReceivedAt
	in.identifySubmitter(p, pt, common)
	in.identifyPeriod(p, pt, common)
}

// inBook finds the submitter that one sheet, or the whole workbook, states: in a 填报单位 cell, else in a title.
// A title in another unit's folder counts only where it begins with the name: 双马街道问题台账, not 关于双马街道的….
func (in *Intake) inBook(s stated, inFolder bool) (sub zone.Submitter, cell said, ok bool) {
	if cell = s.submitter; cell.text != "" {
		if sub, ok = in.Zone.Match(cell.text); ok {
			return sub, cell, true
		}
		for _, text := range []string{firstField(cell.text), cell.text} { // 经发局  2022年8月; 经发局企业服务科
			if sub, ok = in.named(text); ok && strings.HasPrefix(in.withoutZone(text), squash(sub.Name)) {
				return sub, cell, true
			}
		}
		return sub, cell, false
	}
	if s.unitLabel.text != "" {
		if sub, ok = in.Zone.Match(s.unitLabel.text); ok {
			return sub, s.unitLabel, true
		}
	}
	var inside zone.Submitter // 救助发放表（东城街道）
	for _, t := range s.titles {
		sub, named := in.named(t)
		switch {
		case named && in.leads(t, sub):
			return sub, said{}, true
		case named && inside.Code != "" && inside.Code != sub.Code: // one sheet for each street
			inFolder = true
		case named:
			inside = sub
		}
	}
	return inside, said{}, inside.Code != "" && !inFolder
}

// leads says whether a title begins with one of a submitter's names.
func (in *Intake) leads(title string, s zone.Submitter) bool {
	t, whole := in.withoutZone(title), squash(title)
	for _, name := range append([]string{s.Name}, s.Aliases...) {
		if k := squash(name); strings.HasPrefix(t, k) || strings.HasPrefix(whole, k) {
			return true
		}
	}
	return false
}

func firstField(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return s
}

func (in *Intake) identifySubmitter(p *parsed, pt *part, common stated) {
	folder, inFolder := zone.Submitter{}, false
	if p.file.Folder != "" {
		folder, inFolder = in.Zone.Match(p.file.Folder)
	}
	book, cell, inBook := in.inBook(pt.said, inFolder)
	if !inBook && cell.text == "" { // what another sheet of the workbook says
		book, cell, inBook = in.inBook(stated{submitter: common.submitter, unitLabel: common.unitLabel}, inFolder)
	}
	if inBook { // every sheet of the return must be the same unit's
		for _, s := range pt.sheetSaid {
			if other, at, ok := in.inBook(s.said, true); ok && other.Code != book.Code {
				pt.reject(finding.Finding{Rule: "submitter_mismatch", Sheet: s.sheet, Cell: at.ref, Value: short(at.text, 30),
					Message: fmt.Sprintf("工作表「%s」写的是%s，同一份报表的其他工作表写的是%s", s.sheet, other.Name, book.Name), Hint: "一份报表只能由一个单位报送，请分开报送"})
				break
			}
		}
	}
	switch {
	case inFolder && inBook && folder.Code != book.Code:
		pt.reject(finding.Finding{Rule: "submitter_mismatch", Sheet: cell.sheet, Cell: cell.ref, Value: short(cell.text, 30),
			Message: fmt.Sprintf("表中的填报单位是%s，文件却放在%s的文件夹里", book.Name, folder.Name),
			Hint:    "请核对填报单位，或把文件放到正确的文件夹后重新报送", Suggest: folder.Name})
	case inFolder && cell.text != "" && !inBook:
		pt.reject(finding.Finding{Rule: "submitter_mismatch", Sheet: cell.sheet, Cell: cell.ref, Value: short(cell.text, 30),
			Message: fmt.Sprintf("表中的填报单位“%s”不在单位名单里，与文件夹%s对不上", short(cell.text, 30), folder.Name),
			Hint:    fmt.Sprintf("请把填报单位改为“%s”；如是该单位的另一名称，请管理员登记为别名", folder.Name), Suggest: folder.Name})
	}
	s, ok := folder, inFolder
	if !ok {
		s, ok = book, inBook
	}
	if !ok && cell.text == "" {
		s, ok = in.named(fileTitle(p.file.Name))
	}
	if !ok {
		hint := "请在表中“填报单位”一格写明单位全称，或把文件放进以单位命名的文件夹"
		var namesOf []string
		for _, x := range in.Zone.Submitters {
			namesOf = append(namesOf, x.Name)
		}
		f := finding.Finding{Rule: "unknown_submitter", Sheet: cell.sheet, Cell: cell.ref, Value: short(cell.text, 30), Message: "看不出是哪个单位报送的", Hint: hint}
		if cell.text != "" {
			f.Message = fmt.Sprintf("填报单位“%s”不在单位名单里", short(cell.text, 30))
			f.Suggest = closest(cell.text, namesOf)
		}
		pt.reject(f)
		return
	}
	pt.ret.Submitter, pt.ret.SubmitterName = s.Code, s.Name
}

// withoutZone is a text by meaning, without the zone's own name in front.
func (in *Intake) withoutZone(s string) string {
	return in.Zone.WithoutOwn(s)
}

// periodIn reads the period that a text names or, by its date, means for this submitter and form.
func (in *Intake) periodIn(pt *part, text string, received calendar.Date) (calendar.Period, bool) {
	f := pt.form
	sp, ok := readSpan(text, received)
	switch {
	case !ok:
	case sp.period.Valid() && sp.period.Kind == f.Frequency:
		return sp.period, true
	case sp.period.Valid() && f.Frequency == calendar.Month: // a week named on a monthly form
		return calendar.MonthOf(sp.period.End()), true
	case sp.period.Valid(): // a month named on a weekly form tells no week, a date beside it does: 8月台账(8.12)
		if m := dotDate.FindStringSubmatch(plain(text)); m != nil {
			if w, ok := parseWritten(m[1]); ok {
				return in.Zone.PeriodFor(pt.ret.Submitter, f.ID, f.Frequency, w.nearest(received)), true
			}
		}
	case sp.months > 0 && f.Frequency == calendar.Week:
		return calendar.WeekOf(sp.to), sp.to-sp.from <= 10
	case sp.months > 0:
		return calendar.MonthOf(sp.to), true
	case sp.date.Valid():
		return in.Zone.PeriodFor(pt.ret.Submitter, f.ID, f.Frequency, sp.date), true
	}
	return calendar.Period{}, false
}

// asOfDate reads a 截至 text.
func (in *Intake) asOfDate(pt *part, s said, received calendar.Date) calendar.Date {
	if s.text == "" {
		return calendar.NoDate
	}
	sp, ok := readSpan(s.text, received)
	switch {
	case ok && sp.date.Valid():
		return sp.date
	case ok && sp.period.Valid():
		return sp.period.End()
	case ok && sp.months > 0:
		return sp.to
	}
	pt.add(finding.Finding{Severity: finding.Warning, Rule: "as_of_unreadable", Sheet: s.sheet, Cell: s.ref, Value: short(s.text, 30),
		Message: fmt.Sprintf("“截至”日期读不出来：“%s”", short(s.text, 30)), Hint: "请按 2022年8月14日 的样子填写"})
	return calendar.NoDate
}

func (in *Intake) identifyPeriod(p *parsed, pt *part, common stated) {
	f, sub := pt.form, pt.ret.Submitter
	received := in.Zone.DateOf(p.file.ReceivedAt)
	in.refuseStretch(pt, received)
	in.refusePeriods(pt, received)
	asOfSaid := pt.said.asOf
	if asOfSaid.text == "" {
		asOfSaid = common.asOf
	}
	asOf := in.asOfDate(pt, asOfSaid, received)
	var period calendar.Period
	ok := false
	try := func(texts ...string) {
		for _, t := range texts {
			if !ok && t != "" {
				period, ok = in.periodIn(pt, t, received)
			}
		}
	}
	labelled := func(s said) {
		if try(s.text); !ok && s.text != "" {
			pt.add(finding.Finding{Severity: finding.Warning, Rule: "period_unreadable", Sheet: s.sheet, Cell: s.ref, Value: short(s.text, 30),
				Message: fmt.Sprintf("报送期“%s”读不出来", short(s.text, 30)), Hint: "请按 2022年第33周 或 2022年8月 的样子填写"})
		}
	}
	byDate := func(s said) {
		if !ok && s.text != "" && asOf.Valid() {
			period, ok = in.Zone.PeriodFor(sub, f.ID, f.Frequency, asOf), true
		}
	}
	labelled(pt.said.period)
	byDate(pt.said.asOf)
	try(pt.said.titles...)
	try(pt.ret.Sheets...)
	if !ok && common.period != pt.said.period { // what another sheet of the workbook says comes after the own title
		labelled(common.period)
	}
	byDate(common.asOf)
	try(common.titles...) // a cover's
	try(fileTitle(p.file.Name))
	if !ok && f.Mode == forms.Period {
		period, ok = in.periodOfRows(pt, received)
	}
	try(pt.said.filled.text, common.filled.text)
	if !ok {
		period = in.Zone.PeriodFor(sub, f.ID, f.Frequency, received)
		pt.add(finding.Finding{Severity: finding.Warning, Rule: "period_assumed",
			Message: fmt.Sprintf("表中没有写明报送期，按收到日期 %s 计为 %s", received, PeriodLabel(period)),
			Hint:    "请在标题下写明“报送期：" + PeriodLabel(period) + "”"})
	}
	pt.ret.Period = period
	cutoff := period.End()
	if asOf.Valid() {
		cutoff = asOf
		if asOf > received {
			pt.add(finding.Finding{Severity: finding.Warning, Rule: "as_of_after_received", Sheet: asOfSaid.sheet, Cell: asOfSaid.ref, Value: short(asOfSaid.text, 30),
				Message: fmt.Sprintf("截至日期 %s 晚于收到日期 %s，按收到日期计算", asOf, received), Hint: "请核对截至日期"})
		}
	}
	pt.ret.Cutoff = min(cutoff, received)
	if period.Start > received {
		pt.add(finding.Finding{Severity: finding.Warning, Rule: "period_ahead", Sheet: pt.firstSheet(),
			Message: fmt.Sprintf("报送期 %s 在收到日期 %s 时还没有开始", PeriodLabel(period), received), Hint: "请核对报送期，尤其是年份"})
	}
	if due, owed := in.Zone.DueAt(sub, f.ID, period); owed {
		pt.ret.DueAt = due
		pt.ret.Late = p.file.ReceivedAt.After(due)
	}
}

// refuseStretch rejects a period form that reports several periods at once: adding it up would count them twice.
func (in *Intake) refuseStretch(pt *part, received calendar.Date) {
	if pt.form.Mode != forms.Period {
		return
	}
	for i, t := range append([]string{pt.said.period.text}, pt.said.titles...) {
		if t == "" {
			continue
		}
		sp, ok := readSpan(t, received)
		long := ok && sp.months >= 2
		if pt.form.Frequency == calendar.Week {
			long = ok && sp.months > 0 && sp.to-sp.from > 10
		}
		own := i == 0 || in.vocab.titled(t) == pt.form
		if long || own && (halfYears.MatchString(plain(t)) || cumulated.MatchString(t)) {
			pt.reject(finding.Finding{Rule: "cumulative", Sheet: pt.firstSheet(), Value: short(t, 40),
				Message: fmt.Sprintf("“%s”是几期的累计数，这张报表要按%s报送", short(t, 40), perPeriod(pt.form.Frequency)), Hint: "请只报本期发生的明细，标题写明报送期；以前各期有变化的，请更正当期报表"})
			return
		}
	}
}

func perPeriod(k calendar.PeriodKind) string {
	if k == calendar.Week {
		return "周"
	}
	return "月"
}

// refusePeriods rejects a return whose sheets state different periods (one sheet for each month, last week's sheet left in).
func (in *Intake) refusePeriods(pt *part, received calendar.Date) {
	var first calendar.Period
	firstSheet := ""
	for _, s := range pt.sheetSaid {
		texts := append([]string{s.said.period.text, s.said.asOf.text}, s.said.titles...)
		texts = append(texts, s.sheet)
		for _, t := range texts {
			period, ok := in.periodIn(pt, t, received)
			if t == "" || !ok {
				continue
			}
			if first.Valid() && period != first {
				pt.reject(finding.Finding{Rule: "several_periods", Sheet: s.sheet, Value: short(t, 30),
					Message: fmt.Sprintf("工作表「%s」是%s，工作表「%s」是%s，一份报表只能是一期", firstSheet, PeriodLabel(first), s.sheet, PeriodLabel(period)),
					Hint:    "请删去以前各期的工作表，只报本期；几期都要报的，请分成几个文件"})
				return
			}
			if !first.Valid() {
				first, firstSheet = period, s.sheet
			}
			break
		}
	}
}

func (pt *part) firstSheet() string {
	if len(pt.ret.Sheets) > 0 {
		return pt.ret.Sheets[0]
	}
	return ""
}

// periodOfRows is the period that most rows of a period form are dated in.
func (in *Intake) periodOfRows(pt *part, received calendar.Date) (calendar.Period, bool) {
	k := -1
	for i := range pt.form.Columns {
		if pt.form.Columns[i].Field == pt.form.OwnDate {
			k = i
		}
	}
	votes := map[calendar.Period]int{}
	var best calendar.Period
	for _, t := range pt.tables {
		for _, l := range t.lines {
			w, _, ok := cellDate(l.cells[k])
			if !ok || w.year == 0 {
				continue
			}
			if w.day == 0 {
				w.day = 1
			}
			per := pt.form.Frequency.Of(w.date(w.year))
			votes[per]++
			if v := votes[per]; !best.Valid() || v > votes[best] || v == votes[best] && per.Start > best.Start {
				best = per
			}
		}
	}
	return best, best.Valid()
}

// PeriodLabel is a period in words: 2022年第33周, 2022年8月.
func PeriodLabel(p calendar.Period) string {
	if !p.Valid() {
		return "未知"
	}
	if p.Kind == calendar.Week {
		y, w := p.Start.ISOWeek()
		return fmt.Sprintf("%d年第%d周", y, w)
	}
	return fmt.Sprintf("%d年%d月", p.Start.Year(), int(p.Start.Month()))
}
