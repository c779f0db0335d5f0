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
	said := pt.said
	said.merge(stated{submitter: common.submitter, period: common.period, asOf: common.asOf, filled: common.filled})
	pt.ret.ReceivedAt = p.file.ReceivedAt
	in.identifySubmitter(p, pt, said)
	in.identifyPeriod(p, pt, said)
}

func (in *Intake) identifySubmitter(p *parsed, pt *part, said stated) {
	folder, inFolder := zone.Submitter{}, false
	if p.file.Folder != "" {
		folder, inFolder = in.Zone.Match(p.file.Folder)
	}
	var book zone.Submitter
	inBook := false
	cell := said.submitter
	if cell.text != "" {
		book, inBook = in.Zone.Match(cell.text)
		if !inBook { // 产业局企业服务科
			if s, ok := in.named(cell.text); ok && strings.HasPrefix(in.withoutZone(cell.text), squash(s.Name)) {
				book, inBook = s, true
			}
		}
	}
	if !inBook {
		for _, t := range said.titles {
			if s, ok := in.named(t); ok && (!inFolder || strings.HasPrefix(in.withoutZone(t), squash(s.Name))) {
				book, inBook = s, true
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
	return strings.TrimPrefix(squash(s), squash(in.Zone.Name))
}

func (in *Intake) identifyPeriod(p *parsed, pt *part, said stated) {
	f, sub := pt.form, pt.ret.Submitter
	received := in.Zone.DateOf(p.file.ReceivedAt)
	asOf := calendar.NoDate
	if said.asOf.text != "" {
		if sp, ok := readSpan(said.asOf.text, received); ok {
			asOf = sp.date
			if !asOf.Valid() && sp.period.Valid() {
				asOf = sp.period.End()
			} else if !asOf.Valid() && sp.months > 0 {
				asOf = sp.to
			}
		} else {
			pt.add(finding.Finding{Severity: finding.Warning, Rule: "as_of_unreadable", Sheet: said.asOf.sheet, Cell: said.asOf.ref, Value: short(said.asOf.text, 30),
				Message: fmt.Sprintf("“截至”日期读不出来：“%s”", short(said.asOf.text, 30)), Hint: "请按 2022年8月14日 的样子填写"})
		}
	}
	toPeriod := func(text string) (calendar.Period, bool) {
		sp, ok := readSpan(text, received)
		if !ok {
			return calendar.Period{}, false
		}
		switch {
		case sp.period.Valid() && sp.period.Kind == f.Frequency:
			return sp.period, true
		case sp.period.Valid() && f.Frequency == calendar.Month: // a week named on a monthly form
			return calendar.MonthOf(sp.period.End()), true
		case sp.period.Valid():
			return calendar.Period{}, false
		case sp.months > 0 && f.Frequency == calendar.Week:
			if sp.to-sp.from <= 10 {
				return calendar.WeekOf(sp.to), true
			}
			return calendar.Period{}, false
		case sp.months > 0:
			return calendar.MonthOf(sp.to), true
		case sp.date.Valid():
			return in.Zone.PeriodFor(sub, f.ID, f.Frequency, sp.date), true
		}
		return calendar.Period{}, false
	}
	in.refuseStretch(pt, said)
	period, ok := toPeriod(said.period.text)
	if !ok && said.period.text != "" {
		pt.add(finding.Finding{Severity: finding.Warning, Rule: "period_unreadable", Sheet: said.period.sheet, Cell: said.period.ref, Value: short(said.period.text, 30),
			Message: fmt.Sprintf("报送期“%s”读不出来", short(said.period.text, 30)), Hint: "请按 2022年第33周 或 2022年8月 的样子填写"})
	}
	if !ok && asOf.Valid() {
		period, ok = in.Zone.PeriodFor(sub, f.ID, f.Frequency, asOf), true
	}
	for _, t := range said.titles {
		if ok {
			break
		}
		period, ok = toPeriod(t)
	}
	if !ok {
		period, ok = toPeriod(fileTitle(p.file.Name))
	}
	if !ok && f.Mode == forms.Period {
		period, ok = in.periodOfRows(pt, received)
	}
	if !ok && said.filled.text != "" {
		period, ok = toPeriod(said.filled.text)
	}
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
			pt.add(finding.Finding{Severity: finding.Warning, Rule: "as_of_after_received", Sheet: said.asOf.sheet, Cell: said.asOf.ref, Value: short(said.asOf.text, 30),
				Message: fmt.Sprintf("截至日期 %s 晚于收到日期 %s，按收到日期计算", asOf, received), Hint: "请核对截至日期"})
		}
	}
	pt.ret.Cutoff = min(cutoff, received)
	if due, owed := in.Zone.DueAt(sub, f.ID, period); owed {
		pt.ret.DueAt = due
		pt.ret.Late = p.file.ReceivedAt.After(due)
	}
}

// refuseStretch rejects a period form that reports several months at once: adding it up would count them twice.
func (in *Intake) refuseStretch(pt *part, said stated) {
	if pt.form.Mode != forms.Period || pt.form.Frequency != calendar.Month {
		return
	}
	for _, t := range append([]string{said.period.text}, said.titles...) {
		near := in.Zone.DateOf(pt.ret.ReceivedAt)
		sp, ok := readSpan(t, near)
		if ok && sp.months >= 2 || t != "" && (halfYears.MatchString(plain(t)) && in.vocab.titled(t) == pt.form) {
			pt.reject(finding.Finding{Rule: "cumulative", Sheet: pt.firstSheet(), Value: short(t, 40),
				Message: fmt.Sprintf("“%s”是几个月的累计数，这张报表要按月报送", short(t, 40)), Hint: "请只报本月发生的明细，标题写明月份；以前月份有变化的，请更正当月报表"})
			return
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
