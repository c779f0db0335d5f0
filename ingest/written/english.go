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

// yuanAbroad is a unit of money as bilingual forms write it, folded: 10kyuan, rmb10,000, in million yuan, cny.
var yuanAbroad = sync.OnceValue(func() *regexp.Regexp {
	const power = `(10,?000|1,?000|(?:100?|ten|hundred)?(?:k|thousand|million|mn|m)|)`
	return regexp.MustCompile(`(?:(?:rmb|cny)` + power + `(?:yuan)?|` + power + `(?:yuan|rmb|cny)+)$`)
})

// powersAbroad are the units that the powers of ten before yuan make.
var powersAbroad = map[string]string{"": "元", "1000": "千元", "k": "千元", "thousand": "千元", "10000": "万元", "10k": "万元", "10thousand": "万元", "tenthousand": "万元",
	"100k": "十万元", "100thousand": "十万元", "hundredthousand": "十万元", "million": "百万元", "mn": "百万元", "m": "百万元", "10million": "千万元", "tenmillion": "千万元", "10mn": "千万元", "10m": "千万元",
	"100million": "亿元", "hundredmillion": "亿元", "100mn": "亿元", "100m": "亿元"}

// saysYuan says whether a folded text may name the unit in English: most end here.
func saysYuan(folded string) bool {
	return strings.Contains(folded, "yuan") || strings.Contains(folded, "rmb") || strings.Contains(folded, "cny")
}

// unknownPower ends what stands before a unit that is none of these: 12k yuan, billion yuan.
var unknownPower = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(\d|thousand|million|billion|bn|hundred)$`) })

// inChinese writes such a unit at the end of a folded text as forms in Chinese do: amount(10kyuan gives amount(万元.
func inChinese(folded string) string {
	m := yuanAbroad().FindStringSubmatchIndex(folded)
	if m == nil || unknownPower().MatchString(folded[:m[0]]) {
		return folded
	}
	power := ""
	for _, g := range []int{2, 4} {
		if m[g] >= 0 && m[g+1] > m[g] {
			power = strings.ReplaceAll(folded[m[g]:m[g+1]], ",", "")
		}
	}
	if power == "" && !strings.Contains(folded[m[0]:], "yuan") { // RMB says the currency, as 人民币 does, and no unit
		return folded[:m[0]]
	}
	if word, ok := powersAbroad[power]; ok {
		return folded[:m[0]] + word
	}
	return folded
}
