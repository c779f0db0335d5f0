package ingest

import (
	"regexp"
	"strings"
	"time"

	"taizhang/ingest/sheet"
	"taizhang/internal/calendar"
)

// stated is what a sheet says about itself outside its table: title, labelled values, notes.
type stated struct {
	titles    []string
	submitter said // 填报单位
	period    said // 报送期
	asOf      said // 截至
	filled    said // 填报日期
	unit      int
	hasUnit   bool
	nothing   bool // 本期无, 零报告
}

// said is a labelled value and where it stands.
type said struct{ text, sheet, ref string }

var labels = regexp.MustCompile(`(填报单位|报送单位|填报部门|报送部门|填报科室|制表单位|上报单位|单位名称` +
	`|报送期|报告期|报送周期|报告周期|报送期次|所属期间|所属时期|统计期间|统计周期` +
	`|数据截至日期|数据截至|截至日期|截至时间|截止日期|截止时间|截至|截止` +
	`|填报日期|填报时间|填表日期|填表时间|制表日期|制表时间|报送日期|报送时间|上报日期` +
	`|金额单位|货币单位|计量单位|单位` +
	`|填表人|填报人|制表人|经办人|审核人|复核人|负责人|分管领导|主要负责人|单位负责人|联系人|联系电话|电话|签字|盖章)([ \x{3000}]*[:：]|[ \x{3000}]*)`)

var labelKind = map[string]string{}

func init() {
	for kind, words := range map[string]string{
		"submitter": "填报单位 报送单位 填报部门 报送部门 填报科室 制表单位 上报单位",
		"period":    "报送期 报告期 报送周期 报告周期 报送期次 所属期间 所属时期 统计期间 统计周期",
		"asof":      "数据截至日期 数据截至 截至日期 截至时间 截止日期 截止时间 截至 截止",
		"filled":    "填报日期 填报时间 填表日期 填表时间 制表日期 制表时间 报送日期 报送时间 上报日期",
		"unit":      "金额单位 货币单位 计量单位 单位",
	} {
		for _, w := range strings.Fields(words) {
			labelKind[w] = kind
		}
	}
}

var (
	nothingText = regexp.MustCompile(`^[(（【]?(本期|本月|本周|当月|当期|本次|本单位本期|本单位本月|本单位本周)?(无|没有|暂无|零报告|零报送|0报告|无数据|无内容|无新增|无发生|未发生|无相关情况|无此项工作|无此类情况|无事项)[)）】]?[。.]?$`)
	nothingIn   = regexp.MustCompile(`零报告|零报送|(本期|本月|本周|当月|当期)(暂)?(无|未发生|没有)`)
)

func isNothing(s string) bool { return nothingText.MatchString(squash(s)) }

// labelled reads the labelled values in one line of a sheet; the rest is a title.
func (s *stated) labelled(sheetName string, row *sheet.Row) {
	for i, c := range row.Cells {
		text := tidy(c.Text)
		if text == "" {
			continue
		}
		if nothingIn.MatchString(squash(text)) || isNothing(text) {
			s.nothing = true
		}
		locs := labels.FindAllStringSubmatchIndex(text, -1)
		first := true
		for k, loc := range locs {
			word := text[loc[2]:loc[3]]
			colon := strings.ContainsAny(text[loc[4]:loc[5]], ":：")
			kind := labelKind[word]
			whole := squash(text) == word || squash(text) == word+":"
			bracket := strings.HasSuffix(strings.TrimSpace(text[:loc[2]]), "(") || strings.HasSuffix(strings.TrimSpace(text[:loc[2]]), "（")
			if kind == "" || !colon && !whole && !(kind == "asof" && startsDate(text[loc[5]:])) && !(kind == "unit" && bracket) {
				continue
			}
			if kind == "unit" && !colon && !whole && !bracket {
				continue
			}
			end := len(text)
			for _, next := range locs[k+1:] {
				if strings.ContainsAny(text[next[4]:next[5]], ":：") || labelKind[text[next[2]:next[3]]] == "asof" {
					end = next[2]
					break
				}
			}
			value := strings.Trim(tidy(text[loc[5]:end]), " ,，;；。、|")
			ref := c.Ref()
			if value == "" && whole && i+1 < len(row.Cells) {
				next := row.Cells[i+1]
				if !labels.MatchString(tidy(next.Text)) || next.Kind != sheet.Text {
					value, ref = dateText(next), next.Ref()
				}
			}
			if k == 0 && loc[2] > 0 {
				first = true
			} else if k == 0 {
				first = false
			}
			s.set(kind, said{value, sheetName, ref})
		}
		if (len(locs) == 0 || first) && len([]rune(text)) >= 2 {
			s.titles = append(s.titles, text)
		}
		if c.Kind == sheet.Date && len(row.Cells) == 1 { // a lone date under the title: when it was filled in
			s.set("filled", said{dateText(c), sheetName, c.Ref()})
		}
	}
}

// dateText is a cell as text, dates as ISO.
func dateText(c sheet.Cell) string {
	if c.Kind == sheet.Date {
		return serialDate(c.Num).String()
	}
	return tidy(c.Text)
}

func startsDate(s string) bool {
	s = plain(s)
	return ymd.MatchString(s) || md.MatchString(s) || zhDate.MatchString(s) && strings.ContainsAny(s, "年月") || eight.MatchString(s)
}

func (s *stated) set(kind string, v said) {
	if v.text == "" {
		return
	}
	put := func(p *said) {
		if p.text == "" {
			*p = v
		}
	}
	switch kind {
	case "submitter":
		v.text = trimSeal(v.text)
		put(&s.submitter)
	case "period":
		put(&s.period)
	case "asof":
		put(&s.asOf)
	case "filled":
		put(&s.filled)
	case "unit":
		if exp, ok := unitIn(v.text); ok && !s.hasUnit {
			s.unit, s.hasUnit = exp, true
		}
	}
}

var seal = regexp.MustCompile(`[(（](盖章|公章|签章|章|签字|单位公章|加盖公章)[)）]`)

func trimSeal(s string) string { return strings.TrimSpace(seal.ReplaceAllString(s, "")) }

// merge adds what another sheet of the same return says, where this one is silent.
func (s *stated) merge(o stated) {
	s.titles = append(s.titles, o.titles...)
	for _, p := range []struct {
		to   *said
		from said
	}{{&s.submitter, o.submitter}, {&s.period, o.period}, {&s.asOf, o.asOf}, {&s.filled, o.filled}} {
		if p.to.text == "" {
			*p.to = p.from
		}
	}
	s.nothing = s.nothing || o.nothing
}

// span is a stretch of time read from a text.
type span struct {
	period   calendar.Period // exact: a week or month named as such
	date     calendar.Date   // a bare date
	months   int             // 2 or more: a stretch of several months (1—8月)
	from, to calendar.Date   // of a stretch from … to …
}

var (
	isoWeek   = regexp.MustCompile(`(\d{4})-?[Ww](\d{1,2})`)
	zhWeek    = regexp.MustCompile(`(?:(\d{4})年度?)?第(\d{1,2}|[一二三四五六七八九十]+)周`)
	zhMonths  = regexp.MustCompile(`(?:(\d{4})年)?(\d{1,2})月?(?:份)?[-—–~～至到－]+(\d{1,2})月`)
	dateRange = regexp.MustCompile(`((?:\d{4}[-./年])?\d{1,2}[-./月]\d{1,2}日?)[-—–~～至到－]+((?:\d{4}[-./年])?\d{1,2}[-./月]\d{1,2}日?)`)
	zhMonth   = regexp.MustCompile(`(?:(\d{4})[年\-./])(\d{1,2})(?:月|$|[^\d.\-/月])`)
	zhMonthY  = regexp.MustCompile(`(?:^|[^\d年.\-/])(\d{1,2})月(?:份|[^\d]|$)`)
	fullDate  = regexp.MustCompile(`\d{4}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}日?`)
	bareEight = regexp.MustCompile(`(?:^|\D)(20\d{6})(?:\D|$)`)
	shortDate = regexp.MustCompile(`\d{1,2}月\d{1,2}日`)
	cumulated = regexp.MustCompile(`累计`)
	halfYears = regexp.MustCompile(`上半年|下半年|[一二三四1234]季度|前[一二三四五六七八九十\d]+个?月|全年度?`)
)

// readSpan finds a period, a bare date or a stretch in a text; near gives the year where none is written:
// the newest such day that is not after it.
func readSpan(text string, near calendar.Date) (span, bool) {
	s := plain(text)
	s = zhDate.ReplaceAllStringFunc(s, func(z string) string { // 二〇二二年七月
		if n, ok := chineseInt(z); ok && (len([]rune(z)) == 4 || n < 60) {
			return itoa(n)
		}
		return z
	})
	s = strings.ReplaceAll(s, " ", "")
	if !strings.ContainsAny(s, "0123456789") {
		return span{}, false
	}
	year := func(y string, month int) int {
		if y != "" {
			return atoi(y)
		}
		if month > int(near.Month()) {
			return near.Year() - 1
		}
		return near.Year()
	}
	if m := isoWeek.FindStringSubmatch(s); m != nil {
		if p, err := calendar.ParsePeriod(m[1] + "-W" + two(atoi(m[2]))); err == nil {
			return span{period: p, date: calendar.NoDate}, true
		}
	}
	if m := zhWeek.FindStringSubmatch(s); m != nil {
		y := atoi(m[1])
		if m[1] == "" {
			y, _ = near.ISOWeek()
		}
		if p, err := calendar.ParsePeriod(itoa4(y) + "-W" + two(atoi(m[2]))); err == nil {
			return span{period: p, date: calendar.NoDate}, true
		}
	}
	if m := dateRange.FindStringSubmatch(s); m != nil {
		a, okA := parseWritten(m[1])
		b, okB := parseWritten(m[2])
		if okA && okB && a.day > 0 && b.day > 0 {
			if b.year == 0 {
				b.year = a.year
			}
			if b.year == 0 {
				b.year = year("", b.month)
			}
			to := b.date(b.year)
			if a.year == 0 {
				a.year = b.year
			}
			from := a.date(a.year)
			if from > to {
				from = a.date(a.year - 1)
			}
			return span{from: from, to: to, date: calendar.NoDate, months: monthsBetween(from, to)}, true
		}
	}
	if m := zhMonths.FindStringSubmatch(s); m != nil {
		a, b := atoi(m[2]), atoi(m[3])
		if a >= 1 && b <= 12 && a < b {
			y := year(m[1], b)
			return span{from: calendar.NewDate(y, time.Month(a), 1), to: calendar.NewDate(y, time.Month(b+1), 0), months: b - a + 1, date: calendar.NoDate}, true
		}
	}
	if m := fullDate.FindString(s); m != "" {
		if w, ok := parseWritten(m); ok && w.day > 0 {
			return span{date: w.date(w.year)}, true
		}
	}
	if m := bareEight.FindStringSubmatch(s); m != nil {
		if w, ok := parseWritten(m[1]); ok {
			return span{date: w.date(w.year)}, true
		}
	}
	if m := shortDate.FindString(s); m != "" {
		if w, ok := parseWritten(m); ok {
			d := w.date(near.Year())
			if d > near+45 {
				d = w.date(near.Year() - 1)
			}
			return span{date: d}, true
		}
	}
	if m := zhMonth.FindStringSubmatch(s + "$"); m != nil && atoi(m[2]) >= 1 && atoi(m[2]) <= 12 {
		return span{period: calendar.MonthOf(calendar.NewDate(atoi(m[1]), time.Month(atoi(m[2])), 1)), date: calendar.NoDate}, true
	}
	if m := zhMonthY.FindStringSubmatch(s); m != nil && atoi(m[1]) >= 1 && atoi(m[1]) <= 12 {
		return span{period: calendar.MonthOf(calendar.NewDate(year("", atoi(m[1])), time.Month(atoi(m[1])), 1)), date: calendar.NoDate}, true
	}
	if m := six.FindStringSubmatch(s); m != nil && atoi(m[2]) >= 1 && atoi(m[2]) <= 12 {
		return span{period: calendar.MonthOf(calendar.NewDate(atoi(m[1]), time.Month(atoi(m[2])), 1)), date: calendar.NoDate}, true
	}
	return span{}, false
}

func monthsBetween(a, b calendar.Date) int {
	return (b.Year()-a.Year())*12 + int(b.Month()) - int(a.Month()) + 1
}

func two(n int) string {
	if n < 10 {
		return "0" + itoa(n)
	}
	return itoa(n)
}

func itoa4(n int) string {
	s := itoa(n)
	for len(s) < 4 {
		s = "0" + s
	}
	return s
}
