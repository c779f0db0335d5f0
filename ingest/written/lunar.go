package written

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// LunarDay is a day of the traditional calendar as somebody wrote it; Year is 0 where none is written.
type LunarDay struct {
	Year, Month, Day int // Day 0: the last of month 12
	Leap             bool
	Sure             bool // 农历八月十五, 腊月廿三; 八月十五 may be meant by either calendar
}

var (
	lunarDay = sync.OnceValue(func() *regexp.Regexp {
		const calendar = `\(?(农历|阴历|旧历|夏历)?\)?`
		return regexp.MustCompile(`^` + calendar + `(?:(\d{4}|[〇零○一二三四五六七八九]{4})年|[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年)?` + calendar +
			`(闰)?([正冬腊]|十[一二]?|[一二三四五六七八九]|\d{1,2})月(初)?([二三]?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|[一二三四五六七八九十]|\d{1,2})([日号])?` +
			calendar + `(?:左右|前后|之?前|之?后|当天)?$`)
	})
	lunarMonths = map[string]int{"正": 1, "冬": 11, "腊": 12}
)

// ReadLunar reads a day that is, or may be, of the traditional calendar: 农历八月十五, 腊月廿三, 2026年8月15日（农历）, 八月十五.
func ReadLunar(s string) (LunarDay, bool) {
	m := lunarDay().FindStringSubmatch(s)
	if m == nil {
		return LunarDay{}, false
	}
	number := func(text string) int {
		if n := Atoi(text); n > 0 {
			return n
		}
		n, _ := ChineseInt(strings.Replace(text, "廿", "二十", 1))
		return n
	}
	month := m[5]
	d := LunarDay{Year: number(m[2]), Month: lunarMonths[month], Day: number(m[7]), Leap: m[4] != ""}
	d.Sure = m[1]+m[3]+m[9] != "" || d.Leap || d.Month > 0 || m[6] != "" || strings.HasPrefix(m[7], "廿")
	if d.Month == 0 {
		d.Month = number(month)
	}
	bare := m[2] == "" && m[8] == "" && month[0] >= utf8.RuneSelf && m[7][0] >= utf8.RuneSelf // 八月十五, without 日
	return d, (d.Sure || bare) && d.Month >= 1 && d.Month <= 12 && d.Day >= 1 && d.Day <= 30
}

// Festival is a day that is known by its name, of one calendar or the other.
type Festival struct {
	Name       string
	Month, Day int
	Lunar      bool
}

// festivals are looked for in this order: 春节 in 春节假期前.
var festivals = []Festival{{"春节", 1, 1, true}, {"元宵", 1, 15, true}, {"端午", 5, 5, true}, {"七夕", 7, 7, true}, {"中秋", 8, 15, true}, {"重阳", 9, 9, true}, {"除夕", 12, 0, true},
	{"元旦", 1, 1, false}, {"三八", 3, 8, false}, {"劳动节", 5, 1, false}, {"五一", 5, 1, false}, {"六一", 6, 1, false}, {"七一", 7, 1, false}, {"八一", 8, 1, false}, {"国庆", 10, 1, false}, {"十一", 10, 1, false}}

var festivalTail = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(节|佳节|期间|假期|长假|节假日|放假|当天|左右|前后|之?前|以前|之?后|以后|前夕|底)*$`)
})

// NamesFestival says whether a text names a day by a festival: 中秋节, 春节前.
func NamesFestival(s string) (Festival, bool) {
	s = strings.TrimLeft(strings.TrimLeft(s, "0123456789"), "年今明去")
	for _, f := range festivals {
		if rest, ok := strings.CutPrefix(s, f.Name); ok && festivalTail().MatchString(rest) {
			return f, true
		}
	}
	return Festival{}, false
}
