package cell

import (
	"regexp"
	"strings"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
)

// Texts where a date should be that say a time, but no day (3月上旬, 二季度, 春节前, 下周五, 30天), or a day of another calendar.
// What is said of them is what to write instead.

// vague says what a text that is no date says of time; nil where it says nothing.
func (d *dating) vague() *fault {
	if len(d.text) > 60 || d.text == "" {
		return nil
	}
	if day, ok := written.ReadLunar(d.text); ok {
		return d.lunar(day)
	}
	if f, ok := written.NamesFestival(d.text); ok {
		return d.festival(f)
	}
	if from, to, ok := d.stretchNamed(); ok {
		sample := from + (to-from)/2
		if d.deadline() {
			sample = to
		}
		return because(finding.DateStretch(d.col.Title, d.Quote(d.raw, 30), from.String(), to.String(), sample.String(), d.deadline()))
	}
	return d.halfDate()
}

// halfDate says what a text lacks that names a year, a day without its month, how long something takes, or a time seen from now.
func (d *dating) halfDate() *fault {
	title, text, sample := d.col.Title, d.Quote(d.raw, 30), d.sample()
	if d.deadline() {
		sample = (d.Cutoff + 14).String()
	}
	switch {
	case onlyYear().MatchString(d.text) && d.deadline():
		year := written.Atoi(d.text[:4])
		to := calendar.NewDate(year, 12, 31).String()
		return because(finding.DateStretch(title, text, calendar.NewDate(year, 1, 1).String(), to, to, true))
	case onlyYear().MatchString(d.text):
		return because(finding.YearOnly(title, text, sample))
	case dayAlone().MatchString(d.text):
		in := d.Cutoff
		if d.Period.Valid() {
			in = d.Period.Start
		}
		day := max(1, min(written.Atoi(dayAlone().FindStringSubmatch(d.text)[1]), 28))
		return because(finding.MonthMissing(title, text, calendar.NewDate(in.Year(), in.Month(), day).String()))
	case howLong().MatchString(d.text):
		if m := howLong().FindStringSubmatch(d.text); d.deadline() && (m[2] == "天" || m[2] == "日") {
			if from, n := d.assignedOn(), written.Atoi(m[1]); from.Valid() && n > 0 && n < 1000 {
				sample = (from + calendar.Date(n)).String()
			}
		}
		return because(finding.DateDuration(title, text, sample))
	case relative().MatchString(d.text):
		return because(finding.DateRelative(title, text, sample))
	}
	return nil
}

// festival says which day a festival is; a deadline before it is the day before.
func (d *dating) festival(f written.Festival) *fault {
	day := d.nearest(func(year int) (calendar.Date, bool) {
		if f.Lunar {
			return calendar.Lunar(year, f.Month, f.Day, false)
		}
		return written.Wrote{Month: f.Month, Day: f.Day}.Date(year), true
	}, 0)
	if !day.Valid() {
		return nil
	}
	sample := day
	if d.deadline() && strings.Contains(d.text, "前") {
		sample--
	}
	return because(finding.DateFestival(d.col.Title, d.Quote(d.raw, 30), f.Name, day.String(), sample.String()))
}

// lunar says which day a day of the traditional calendar is.
func (d *dating) lunar(day written.LunarDay) *fault {
	solar := d.nearest(func(year int) (calendar.Date, bool) { return calendar.Lunar(year, day.Month, day.Day, day.Leap) }, day.Year)
	if !solar.Valid() {
		return because(finding.DateLunarUnknown(d.col.Title, d.Quote(d.raw, 30), d.sample()))
	}
	return because(finding.DateLunar(d.col.Title, d.Quote(d.raw, 30), solar.String()))
}

// nearest is the day of a year that its column means, where none is written: of a deadline the first on or after the assignment,
// of anything else the newest up to the cut-off. NoDate where that is not known.
func (d *dating) nearest(of func(year int) (calendar.Date, bool), year int) calendar.Date {
	if year > 0 {
		if day, ok := of(year); ok {
			return day
		}
		return calendar.NoDate
	}
	best, from := calendar.NoDate, d.Cutoff
	if d.deadline() {
		if assigned := d.assignedOn(); assigned.Valid() {
			from = assigned
		}
	}
	for y := min(from.Year(), d.Cutoff.Year()) - 2; y <= d.Cutoff.Year()+2; y++ {
		switch day, ok := of(y); {
		case !ok:
		case d.deadline() && day >= from:
			return day
		case !d.deadline() && day <= d.Cutoff:
			best = day
		}
	}
	return best
}

// mayBeLunar asks about a day such as 八月十五, which is read as one of August.
func (d *dating) mayBeLunar(day calendar.Date) *fault {
	if !d.isText() || d.w.Year != 0 || d.text == "" || d.text[0] < 0x80 || strings.ContainsAny(d.text, "日号") {
		return nil
	}
	lunar, ok := written.ReadLunar(d.text)
	if !ok || lunar.Sure {
		return nil
	}
	other := d.nearest(func(year int) (calendar.Date, bool) { return calendar.Lunar(year, lunar.Month, lunar.Day, false) }, 0)
	if !other.Valid() {
		return nil
	}
	return because(finding.DateMaybeLunar(d.col.Title, d.Quote(d.raw, 30), day.String(), other.String()))
}

// inexact says whether a date says itself that it is not the very day: 10月8日左右, 2026-10-08（预计）.
func (d *dating) inexact() bool {
	return strings.HasSuffix(d.text, "左右") || strings.HasSuffix(d.text, "前后") || strings.HasSuffix(d.text, ")") && inexactNote().MatchString(d.text)
}

// besides says whether a bracket behind a date holds another date, or says that the date became another one: 2026-12-03（原11月10日）,
// 2026-12-03（延期）.
func (d *dating) besides() bool {
	return d.isText() && strings.HasSuffix(d.text, ")") && otherDay().MatchString(d.text)
}

// stretchNamed gives the first and last day of a time that is named as a whole: 3月上旬, 10月底, 二季度, 上半年, 第50周.
func (d *dating) stretchNamed() (from, to calendar.Date, ok bool) {
	text := strings.NewReplacer("内", "", "之前", "", "前", "", "左右", "", "期间", "").Replace(d.text)
	if m := monthPart().FindStringSubmatch(text); m != nil {
		w, ok := written.ParseWritten(m[1])
		if !ok {
			return 0, 0, false
		}
		w.Day = monthParts[m[2]][0]
		from = d.nearest(func(year int) (calendar.Date, bool) { return w.Date(year), true }, w.Year)
		if w.Day = monthParts[m[2]][1]; m[3] != "" {
			w.Day = monthParts[m[3]][1]
		}
		return from, w.Date(from.Year()), from.Valid()
	}
	if m := weekNamed().FindStringSubmatch(text); m != nil {
		year, n := written.Atoi(m[1]), written.Atoi(m[2])
		if year == 0 {
			year = d.Cutoff.Year()
		}
		week := calendar.WeekOf(calendar.NewDate(year, 1, 4) + calendar.Date(7*(n-1)))
		return week.Start, week.End(), n >= 1 && n <= 53
	}
	if sp, ok := written.Quarter(text, d.Cutoff); ok && partOnly().MatchString(text) {
		from, to = sp.From, sp.To
		if d.deadline() && !fourDigits().MatchString(text) {
			for assigned := d.assignedOn(); assigned.Valid() && to < assigned; {
				from, to = calendar.NewDate(from.Year()+1, from.Month(), 1), calendar.NewDate(to.Year()+1, to.Month()+1, 0)
			}
		}
		return from, to, true
	}
	return 0, 0, false
}

// lastOfPart reads a part of a year that a deadline names: its last day. 上半年, 2026Q4, 前三季度.
func (d *dating) lastOfPart() (w written.Wrote, ok bool) {
	text := strings.NewReplacer("之前", "", "前", "", "内", "").Replace(d.text)
	sp, ok := written.Quarter(text, d.Cutoff)
	if !ok || !partOnly().MatchString(text) {
		return w, false
	}
	if w.Month = int(sp.To.Month()); fourDigits().MatchString(text) {
		w.Year = sp.To.Year()
	}
	return w, true
}

// monthParts are the days of the parts of a month.
var monthParts = map[string][2]int{"上旬": {1, 10}, "中旬": {11, 20}, "下旬": {21, 31}, "初": {1, 10}, "中": {11, 20}, "底": {21, 31}, "末": {21, 31}, "上": {1, 10}, "下": {21, 31}}

var (
	monthPart = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^((?:\d{4}[年./-])?\d{1,2}月|(?:[〇零○一二三四五六七八九]{4}年)?[一二三四五六七八九十]{1,2}月)份?([上中下]旬|初|底|末|[上中下])(?:[-—–~～至到、和]*([上中下]旬|初|中|底|末))?$`)
	})
	weekNamed = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:(\d{4})年?)?第(\d{1,2})周$`) })
	// partOnly is all of a text that names a part of a year.
	partOnly = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[\d年度第前一二三四首1-4个月季QqＱｑ上下半末底报至到~～\-—–]+$`)
	})
	inexactNote = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\([^()]*(预计|预估|暂定|暂估|大约|大概|左右|拟|计划|待定|未定)[^()]*\)$`)
	})
	otherDay = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\d[日号]?\([^()]*(\d{1,2}[-./月]\d{1,2}|延期|延后|延长|顺延|推迟|提前|原|改|变更|调整|撤|退|未|取消|作废)[^()]*\)$`)
	})
	onlyYear = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(19|20)\d{2}(年度?)?$`) })
	dayAlone = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\d{1,2})[日号]$`) })
	howLong  = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:约|大约|需要?)?(\d{1,4}|[一二两三四五六七八九十]+|半)个?(工作日|天|日|周|星期|月|年)(?:左右|之?内|以内|之?后)?(?:办结|完成|办理完毕)?$`)
	})
	relative = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(本|这|上|下|当|次|前|后)(个|一)?(周|星期|礼拜|月|旬|季度?|日|天)|^(今|明|后|昨|前)(天|日|年)|^(刚才|近日|近期|日前|月[初中底末]|年[初中])`)
	})
)
