// Package written reads words, numbers, amounts and dates as people write
// them. Everything here is pure: the same text gives the same answer, whatever
// form or zone it stands in.
//
// Words: to tidy a text is to drop what nobody sees; a heading is
// a text reduced to what it means; a span is a time that a text names, a week,
// a month, a stretch or a day.
//
// A new spelling of a date goes into dates.go, of a period into span.go, of a
// number or unit of money into number.go, of a unit of
// counts into counted.go, of 本期无 into nothing.go.
package written

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"taizhang/internal/spelling"
)

// visible tells texts of nothing but ASCII, common Chinese characters and full-width signs, none of which is odd.
func visible(s string) bool {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c < 0x80:
			i++
		case c >= 0xe4 && c <= 0xe9 || c == 0xe3 && !strings.HasPrefix(s[i:], "\u3000") || c == 0xef && i+1 < len(s) && s[i+1] == 0xbc:
			i += 3
		default:
			return false
		}
	}
	return true
}

// Tidy trims a value and drops what can't be seen; Chinese punctuation inside texts stays as the sender wrote it.
func Tidy(s string) string {
	if visible(s) {
		if s == "" || s[0] > ' ' && s[len(s)-1] > ' ' { // the only spaces left are those of ASCII
			return s
		}
		return strings.TrimSpace(s)
	}
	if !strings.ContainsFunc(s, odd) {
		return strings.TrimSpace(s)
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == 0x3000 || r == 0xa0:
			return ' '
		case odd(r):
			return -1
		}
		return r
	}, s))
}

// odd are the characters that nobody sees, and the spaces that are no plain ones.
func odd(r rune) bool {
	if r < 0x80 || r > 0x3000 && r < 0xa000 || r >= 0xff00 && r < 0xfff0 {
		return false
	}
	return r == 0x3000 || r == 0xa0 || unicode.Is(unicode.Cf, r)
}

// Plain is tidy plus NFKC: for codes, numbers and dates.
func Plain(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			if t := Tidy(s); !spelling.IsPlainHan(t) {
				return strings.TrimSpace(norm.NFKC.String(t))
			} else {
				return t
			}
		}
	}
	return strings.TrimSpace(s)
}

var quotes = strings.NewReplacer("“", "", "”", "", `"`, "", "‘", "", "’", "", "'", "", "「", "", "」", "", "《", "", "》", "", "*", "", "★", "", "#", "")

// Heading is a column heading or listed value reduced to what it means.
func Heading(s string) string {
	return knownHeadings.Get(s, func(s string) string {
		return strings.TrimRight(quotes.Replace(spelling.Squash(strings.Clone(s))), ":,;、.。")
	})
}

var knownHeadings Memo[string]

var (
	InParens = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[(\[【]([^()\[\]【】]*)[)\]】]`) })
	// Fluff stands in brackets after a heading without changing what it means.
	Fluff = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(人|户|个|家|家次|人次|场|件|次|项|%|必填|选填|可不填|下拉选择|如有|\d+位|单位.*|年.?月.?日?|格式.*|yyyy.*|请.*|填.*|是/否)$`)
	})
	// bullet numbers a heading or section, folded.
	bullet = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(\d{1,2}[.、]?|[一二三四五六七八九十]{1,2}[.、]|[ivx]{1,4}[.、]|\([一二三四五六七八九十\d]{1,2}\))`)
	})
)

// Bullet is what numbers a heading or a section, folded: 1. of 1.问题编号, (一), ii、 of Ⅱ、问题编号. A number that goes on is none:
// 12345热线 is no item 12.
func Bullet(s string) string {
	b := bullet().FindString(s)
	if n := len(b); n > 0 && n < len(s) && digit(b[n-1]) && digit(s[n]) {
		return ""
	}
	return b
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// Unnumbered is a text without its bullet.
func Unnumbered(s string) string { return s[len(Bullet(s)):] }

// MoneyUnits are the money units that offices use, as powers of ten of one yuan.
var MoneyUnits = map[string]int{"元": 0, "人民币元": 0, "圆": 0, "百元": 2, "千元": 3, "万元": 4, "人民币万元": 4, "万": 4, "十万元": 5, "百万元": 6, "百万": 6, "千万元": 7, "亿元": 8, "亿": 8}

// UnitIn finds a money unit stated in a heading or note: a word of its own, possibly after 单位 and among others
// (单位：户、人、万元). ok is false where none is, as in 亿元以上企业 or 单元.
func UnitIn(s string) (exp int, ok bool) {
	k := knownUnits.Get(s, func(s string) (k unitSaid) {
		k.exp, k.ok = readUnit(s)
		return k
	})
	return k.exp, k.ok
}

type unitSaid struct {
	exp int
	ok  bool
}

var knownUnits Memo[unitSaid]

func readUnit(s string) (exp int, ok bool) {
	for _, w := range unitPieces(s) {
		if e, known := MoneyUnits[w]; known && !ok {
			exp, ok = e, true
		}
	}
	return exp, ok && unitConflict(s) == ""
}

// unitPieces are the words of a note among which its units stand, without what only introduces them.
func unitPieces(s string) []string {
	s = strings.NewReplacer("币种", ",", "货币", ",").Replace(spelling.Squash(s)) // 单位：万元 币种：人民币
	if saysYuan(s) && !strings.Contains(s, "元") {                             // 单位：万元 (RMB) says it in Chinese
		s = strings.TrimPrefix(strings.TrimPrefix(inChinese(strings.Trim(s, "()[]【】")), "unit:"), "in")
	}
	words := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",，、;；/:：()[]【】|\\", r) })
	for i, w := range words {
		for _, prefix := range []string{"金额", "计量", "计价", "单位", "为", "均", "以", "按", "人民币"} {
			w = strings.TrimPrefix(w, prefix)
		}
		for _, suffix := range []string{"计", "计算", "为单位", "填写", "填报", "整", "列至角分", "至角分", "到角分", "精确到分", "列至分", "至分", "到分", "角分"} {
			w = strings.TrimSuffix(w, suffix)
		}
		words[i] = w
	}
	return words
}

// spellings is what headingForms gives.
type spellings struct {
	names   []string
	unit    int
	hasUnit bool
}

var knownSpellings Memo[spellings]

// HeadingForms gives the spellings under which a heading may be known, best first, and the money unit it states. The
// names are not to be changed.
func HeadingForms(s string) (names []string, unit int, hasUnit bool) {
	k := knownSpellings.Get(s, func(s string) (k spellings) {
		k.names, k.unit, k.hasUnit = readHeading(strings.Clone(s))
		k.names = slices.Clip(k.names)
		return k
	})
	return k.names, k.unit, k.hasUnit
}

func readHeading(s string) (names []string, unit int, hasUnit bool) {
	h := quotes.Replace(spelling.Squash(s))
	kept := h
	for _, m := range InParens().FindAllStringSubmatch(h, -1) {
		if m[1] == "" {
			continue
		}
		if exp, ok := UnitIn(m[1]); ok {
			unit, hasUnit = exp, true
			kept = strings.Replace(kept, m[0], "", 1)
		} else if Fluff().MatchString(m[1]) {
			kept = strings.Replace(kept, m[0], "", 1)
		}
	}
	for _, w := range []string{"百万元", "千万元", "万元", "百元", "千元", "亿元", "元"} {
		if rest, ok := strings.CutSuffix(strings.TrimRight(kept, ":"), w); ok && len([]rune(rest)) >= 2 && !strings.HasSuffix(rest, "单") {
			rest = strings.TrimRight(rest, ":/,-_、单位")
			if !hasUnit {
				unit, hasUnit = MoneyUnits[w], true
			}
			names = append(names, strings.TrimRight(rest, ":"))
			break
		}
	}
	if !hasUnit && saysYuan(kept) { // Amount in RMB million
		if said := inChinese(strings.TrimRight(kept, ")]】")); strings.HasSuffix(said, "元") {
			unit, hasUnit = readUnit(said[strings.LastIndexFunc(said, func(r rune) bool { return r < 0x80 })+1:])
		}
	}
	kept = strings.TrimRight(kept, ":,;、.。")
	names = append(names, kept)
	if bare := InParens().ReplaceAllString(kept, ""); bare != kept && bare != "" {
		names = append(names, strings.NewReplacer("(", "", ")", "", "[", "", "]", "", "【", "", "】", "").Replace(kept), bare)
	}
	if m := inEnglish().FindStringSubmatch(strings.TrimSpace(Plain(s))); m != nil && !hasUnit {
		names = append(names, strings.TrimRight(spelling.Squash(m[1]+m[2]), ":,;、.。"))
	}
	for _, n := range names { // 问题编号(1) and 1.问题编号 are still 问题编号
		if t := Unnumbered(n); t != n && t != "" {
			names = append(names, t)
		}
	}
	return names, unit, hasUnit
}

// inEnglish is a heading that says the same in English before or behind: Lead Unit 牵头单位, 牵头单位(Lead Unit), No.编号.
var inEnglish = sync.OnceValue(func() *regexp.Regexp {
	const english = `(?:[A-Za-z]*[a-z]{2,}[A-Za-z/&'.-]*|No\.|of|[Aa]s|[Ii][Dd])`
	return regexp.MustCompile(`^(?s:` + english + `(?:[\s/]+` + english + `)*[\s/:.]*([^A-Za-z]{2,}[^A-Za-z\s/(（])|([^A-Za-z]*[^A-Za-z\s/(（])[\s/]*[(（]?` + english + `(?:[\s/]+` + english + `)*[)）]?)$`)
})

var alike = strings.NewReplacer("时间", "日期", "期限", "时限", "部门", "单位", "数量", "数", "号码", "号", "额度", "金额", "资金", "金额",
	"类别", "类型", "的", "", "具体", "", "主要", "", "相关", "", "有关", "", "当前", "", "目前", "", "详细", "", "所在", "所属", "实际", "", "名称", "", "日期节点", "日期")

// Canon folds words that mean the same in headings, for spellings that no form lists.
func Canon(h string) string {
	return knownCanons.Get(h, func(h string) string { return alike.Replace(strings.Clone(h)) })
}

var knownCanons Memo[string]

// Closest gives the candidate nearest to s, "" where none is near enough to be meant.
func Closest(s string, candidates []string) string {
	best, bestD := "", 1<<30
	q := Heading(s)
	n := len([]rune(q))
	for _, c := range candidates {
		k := Heading(c)
		l := len([]rune(k))
		d := max(l-n, n-l) // at least that
		if strings.Contains(k, q) || strings.Contains(q, k) {
			d = min(d, 2)
		} else if d < bestD {
			d = spelling.Distance(q, k)
		}
		if d < bestD {
			best, bestD = c, d
		}
	}
	if bestD > max(1, n/3) && bestD > 2 || n < 2 || bestD >= n && !strings.Contains(Heading(best), q) {
		return ""
	}
	return best
}

// Short cuts a text for messages.
func Short(s string, n int) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:beforeNumber(r, n)]) + "…"
}

// beforeNumber moves a cut that falls into a long number before it: a piece of it would not be known as one, and not masked.
func beforeNumber(r []rune, cut int) int {
	const apart = 4                  // digits of one number are no farther from one another
	near := func(from, to int) int { // the digits there
		n := 0
		for _, c := range r[max(0, from):min(len(r), to)] {
			if unicode.IsNumber(c) {
				n++
			}
		}
		return n
	}
	first, last := cut, cut
	for last < len(r) && near(last, last+apart) > 0 {
		last++
	}
	for first > 0 && near(first-apart, first) > 0 {
		first--
	}
	for first < cut && near(first, first+1) == 0 {
		first++
	}
	if last == cut || near(first, last) < 7 {
		return cut
	}
	return first
}

func itoa(n int) string { return strconv.Itoa(n) }
