package written

import (
	"regexp"
	"strings"
	"sync"
)

var englishMonth = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(20\d\d)?[-/ .,]*(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?[-/ .,']*(20\d\d|\d\d)?$`)
})

// EnglishMonth reads a month as Excel shows it in English and writes it into CSV: Oct-26, October 2026, 2026-Oct. The
// number behind the name is the year, as in Excel's mmm-yy; one before it may be a day: 26-Oct is none.
func EnglishMonth(text string) (w Wrote, ok bool) {
	if len(text) > 20 || len(text) < 5 {
		return w, false
	}
	m := englishMonth().FindStringSubmatch(text)
	if m == nil || (m[1] == "") == (m[3] == "") {
		return w, false
	}
	year := Atoi(m[1] + m[3])
	if year < 100 {
		year += 2000
	}
	return Wrote{Year: year, Month: strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(m[2]))/3 + 1}, true
}

var englishDay = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(\d{1,2})[- ](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?(?:[-, ]+(20\d\d|\d\d))?$`)
})

// EnglishDay reads a day as Excel shows it in English: 3-Nov, 3 November 2026.
func EnglishDay(text string) (w Wrote, ok bool) {
	if len(text) > 20 || len(text) < 5 {
		return w, false
	}
	m := englishDay().FindStringSubmatch(text)
	if m == nil {
		return w, false
	}
	w = Wrote{Month: strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(m[2]))/3 + 1, Day: Atoi(m[1])}
	if w.Year = Atoi(m[3]); w.Year > 0 && w.Year < 100 {
		w.Year += 2000
	}
	return w, w.Exists(max(w.Year, 2020))
}
