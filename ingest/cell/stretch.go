package cell

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/ingest/forms"
	"taizhang/ingest/written"
)

// openStretch reads a stretch of months whose end is left open: 2026年10月—.
func (d *dating) openStretch() bool {
	from := strings.TrimRight(d.text, "-—–―−~～至")
	if d.col.Type != forms.Month || !d.isText() || from == d.text {
		return false
	}
	w, ok := written.ParseWritten(from)
	if ok = ok && w.Day == 0 && w.Month > 0; ok {
		d.w, d.w.Begins = w, true
	}
	return ok
}

func (d *dating) englishDay() (ok bool, _ *fault) {
	if d.isText() && d.col.Type == forms.Date {
		d.w, ok = written.EnglishDay(d.raw)
	}
	return ok, nil
}

func (d *dating) englishMonth() (ok bool, _ *fault) {
	if d.isText() {
		d.w, ok = written.EnglishMonth(d.text)
	}
	return ok, nil
}

// months reads 2024年7月至12月 as the month that the column is for: where it begins, or where it ends.
func (d *dating) months() (bool, *fault) {
	if d.col.Type != forms.Month || !d.isText() {
		return false, nil
	}
	if d.monthsIntoNext() {
		return true, nil
	}
	if m := monthPart().FindStringSubmatch(d.text); m != nil { // 3月上旬: whichever part, it is that month
		w, ok := written.ParseWritten(m[1])
		d.w, d.stretch = w, ok
		return ok, nil
	}
	if !dateStretch().MatchString(d.text) {
		return false, nil
	}
	d.text = monthsText(d.text)
	ok := d.endOf(d.text)
	d.w.Day = 0
	d.stretch = ok && !d.hasOtherEnd()
	return ok, nil
}

// hasOtherEnd says whether the form has a column for the other end of a stretch of months.
func (d *dating) hasOtherEnd() bool {
	return d.Form != nil && slices.ContainsFunc(d.Form.Rules, func(r forms.Rule) bool {
		return r.Kind == "not_before" && (r.Than == d.col.Field || r.Field == d.col.Field)
	})
}

// monthsIntoNext reads months that run into the next year: 12月至次年2月, 12-2月. Where no year is written the first month
// is the newest that has begun.
func (d *dating) monthsIntoNext() bool {
	m := intoNextYear().FindStringSubmatch(d.text)
	if m == nil || !strings.Contains(d.text, "月") {
		return false
	}
	year, first, next, last := written.Atoi(m[1]), written.Atoi(m[2]), m[3] != "", written.Atoi(m[4])
	if first < 1 || first > 12 || last < 1 || last > 12 || !next && last >= first {
		return false
	}
	if year == 0 {
		if year = d.Cutoff.Year(); first > int(d.Cutoff.Month()) {
			year--
		}
	}
	d.w = written.Wrote{Year: year, Month: first}
	if d.deadline() {
		d.w = written.Wrote{Year: year + 1, Month: last}
	}
	return true
}

// monthsText writes a stretch of months as years and months: 2024.7-12, 7-12.
func monthsText(text string) string {
	if bareMonths().MatchString(text) {
		text += "月"
	}
	return monthMark().ReplaceAllString(text, "${1}年${2}月")
}

var (
	// monthMark is a month written with a point: 2024.7 in 2024.7-2024.12.
	monthMark  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(\d{4})[./](\d{1,2})月?`) })
	bareMonths = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\d{1,2}[-—–~～至到]\d{1,2}$`) })
	// intoNextYear are months the last of which is in the year after the first's.
	intoNextYear = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:(\d{4})[年./])?(\d{1,2})月?份?[-—–~～至到]+(次年|翌年|第二年|来年|下年|明年)?(\d{1,2})月份?底?$`)
	})
)
