package cell

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
)

// far says whether a day lies more than some years away from the period.
func (t *Typer) far(day calendar.Date, years int) bool {
	from, to := t.Cutoff, t.Cutoff
	if t.Period.Valid() {
		from, to = t.Period.Start, t.Period.End()
	}
	return day < calendar.NewDate(from.Year()-years, from.Month(), from.Day()) || day > calendar.NewDate(to.Year()+years, to.Month(), to.Day())
}

// doubts says what is odd about a date that was read; nil if nothing is.
func (d *dating) doubts(day calendar.Date, moved bool) *fault {
	years, word := farYears, "三年"
	if d.deadline() {
		years, word = deadlineYears, "十年"
	}
	switch title := d.col.Title; {
	case d.stretch && d.col.Type == forms.Month:
		return because(finding.MonthPart(title, d.Quote(d.raw, 30), day.String()[:7]))
	case d.stretch:
		return because(finding.DateRange(title, d.Quote(d.raw, 30), day.String()))
	case d.stamped:
		return because(finding.DateFromStamp(title, d.Quote(d.raw, 20), day.String(), d.sample()))
	case d.alone:
		return because(finding.DayAlone(title, d.Quote(d.raw, 20), day.String()))
	case d.guessed && strings.Contains(d.c.Text, "."):
		sample := d.sample()
		if d.col.Type == forms.Date {
			sample = day.String()
		}
		return because(finding.DateDecimal(title, d.Quote(d.raw, 20), day.String(), sample))
	case d.guessed:
		return because(finding.DateSerial(title, d.Quote(d.raw, 20), day.String()))
	case moved:
		return because(finding.YearAssumed(title, d.Quote(d.raw, 20), d.Cutoff.String(), day.String()))
	case d.far(day, years):
		return because(finding.DateFar(title, day.String(), word))
	case d.w.Year != 0 && d.col.Role == forms.Fact && d.col.Type == forms.Date && day > d.Cutoff:
		return because(finding.AfterCutoff(title, day.String(), d.Cutoff.String()))
	}
	if f := d.mayBeLunar(day); f != nil {
		return f
	}
	if d.isText() && d.inexact() {
		return because(finding.DateInexact(d.col.Title, d.Quote(d.raw, 30), day.String()))
	}
	if d.besides() {
		return because(finding.DateBesides(d.col.Title, d.Quote(d.raw, 30), day.String()))
	}
	if said := d.otherWeekday(day); said != "" {
		return because(finding.WeekdayDiffers(d.col.Title, d.Quote(d.raw, 30), day.String(), said))
	}
	return nil
}

var weekdaySaid = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:星期|周|礼拜)([一二三四五六日天])`) })

// otherWeekday gives the weekday of a day beside which another one is written: 2026-11-25（周一） is a Wednesday. One of the
// two is wrong.
func (d *dating) otherWeekday(day calendar.Date) string {
	if !d.isText() || !strings.ContainsAny(d.text, "周期拜") {
		return ""
	}
	m := weekdaySaid().FindStringSubmatch(d.text)
	if m == nil {
		return ""
	}
	is := [...]string{"日", "一", "二", "三", "四", "五", "六"}[day.Weekday()]
	if said := strings.Replace(m[1], "天", "日", 1); said == is {
		return ""
	}
	return "星期" + is
}

// sample is a date as it may be written, of the period's own year.
func (d *dating) sample() string {
	if d.col.Type == forms.Month {
		return fmt.Sprintf("%d-07", d.periodYear())
	}
	return fmt.Sprintf("%d-07-05", d.periodYear())
}

func (d *dating) badYear(year int) *fault {
	return because(finding.YearUnlikely(d.col.Title, d.Quote(written.DateText(*d.c), 30), year))
}

// noDay says that a month has no such day.
func (d *dating) noDay(year, month int) *fault {
	of := fmt.Sprintf("%d月", month)
	if month == 2 && year > 0 {
		of = fmt.Sprintf("%d年2月", year)
	}
	last := written.LastDay(max(year, 2020), month)
	return because(finding.MonthTooShort(d.col.Title, d.Quote(d.raw, 30), of, last))
}

// impossible says which day its month lacks, or which year is out of reason; nil where neither is so.
func (d *dating) impossible() *fault {
	if d.c.Kind == sheet.Date {
		return d.badYear(written.SerialDate(d.c.Num).Year())
	}
	for _, shape := range []*regexp.Regexp{threeParts(), twoParts(), compact()} {
		m := shape.FindStringSubmatch(d.text)
		if m == nil {
			continue
		}
		year, month, day := written.Atoi(m[1]), written.Atoi(m[2]), written.Atoi(m[3])
		switch {
		case month < 1 || month > 12 || day < 1 || day > 31:
			if shape == threeParts() {
				return because(finding.NoSuchDay(d.col.Title, d.Quote(d.raw, 30)))
			}
		case m[1] != "" && (year < firstYear || year > lastYear):
			return d.badYear(year)
		case day > written.LastDay(max(year, 2020), month) || year > 0 && day > written.LastDay(year, month):
			return d.noDay(year, month)
		}
	}
	return nil
}

// unread says why a cell is no date, and how dates are written.
func (d *dating) unread() *fault {
	if f := d.impossible(); f != nil {
		return f
	}
	f := d.noDate()
	if said := d.vague(); said != nil && d.col.Type == forms.Date && d.c.Kind != sheet.Date {
		f = said
	}
	if bare, ok := exactly(d.raw); ok && d.isText() { // 约2026年11月3日
		if w, ok := written.ParseWritten(bare); ok && w.Year > 0 && w.Day > 0 && d.col.Type == forms.Date {
			f.Suggest = w.Date(w.Year).String()
		}
	}
	return f
}

// decimalDays are the days that a number such as 7.1 may mean; the second is "" where it can be one only.
func (d *dating) decimalDays() (first, tenth string) {
	m := written.DecimalDate().FindStringSubmatch(d.c.Text)
	w := written.Wrote{Month: written.Atoi(m[1]), Day: written.Atoi(m[2])}
	of := func() string {
		return d.nearest(func(year int) (calendar.Date, bool) { return w.Date(year), w.Exists(year) }, 0).String()
	}
	if w.Month < 1 || w.Month > 12 || w.Day < 1 || w.Day > 3 || len(m[2]) > 1 {
		return d.sample(), ""
	}
	first = of()
	if w.Day *= 10; w.Exists(2020) {
		tenth = of()
	}
	return first, tenth
}

func (d *dating) noDate() *fault {
	title, text, sample := d.col.Title, d.Quote(d.raw, 30), d.sample()
	switch open := d.col.OpenEnded; {
	case d.col.Type == forms.Month:
		if from, to, ok := d.stretchNamed(); ok {
			return because(finding.SeveralMonths(title, text, from.String()[:7], to.String()[:7], d.deadline()))
		}
		return because(finding.NotDate(title, "月份", text, sample))
	case d.c.Kind == sheet.Number && written.DecimalDate().MatchString(d.c.Text):
		first, tenth := d.decimalDays()
		return because(finding.DecimalDate(title, text, d.c.Text, first, tenth))
	case stamp().MatchString(d.text):
		return because(finding.DateStamp(title, text, sample))
	case open == nil:
	case slices.Contains(open.Words, written.Heading(d.raw)):
		return because(finding.OpenEndedNotAllowed(title, text, sample, d.Form.Column(open.Field).Title, open.Values))
	default:
		return because(finding.NotDeadline(title, text, sample, d.Form.Column(open.Field).Title, open.Values[0]))
	}
	return because(finding.NotDate(title, "日期", text, sample))
}
