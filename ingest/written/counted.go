package written

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/internal/spelling"
)

// counters are the words that things are counted by.
const counters = `人次|家次|户次|场次|岗位|人|户|个|家|场|件|次|项|名|岗|套|笔`

var (
	// Counted is a heading level that only says what is counted.
	Counted = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(十|百|千|万|十万|百万|千万|亿)?(人|户|个|家|家次|人次|场|件|次|项)$|^%$`)
	})
	countScale = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(计量)?(单位)?(为|按|以)?:?(十|百|千|万|十万|百万|千万|亿)(` + counters + `)?$`)
	})
	// counter is what a heading's bracket says that things are counted by, oddCounter a power of ten that nobody agreed on.
	counter = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:计量)?(?:单位)?[为:]?(?:十|百|千|万|十万|百万|千万|亿)?(` + counters + `)$`)
	})
	oddCounter = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:计量)?(?:单位)?[为:]?((?:k|w|kw|m|mm|mn|b|bn|thousands?|millions?)(?:` + counters + `)?)$`)
	})
)

var countScales = map[string]int{"十": 1, "百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8}

// CountScale is the power of ten in which a heading, or a bracket in it, says that things are counted: 2 for 提供岗位数（百个）, 4
// for 万人次. False where none says one; 个 says none.
func CountScale(s string) (exp int, word string, ok bool) {
	if !strings.ContainsAny(s, "十百千万亿") {
		return 0, "", false
	}
	h := spelling.Squash(s)
	for _, t := range append([]string{strings.Trim(h, "()[]【】")}, bracketed(h)...) {
		for _, w := range strings.FieldsFunc(t, func(r rune) bool { return strings.ContainsRune(",，、;；/|", r) }) {
			if m := countScale().FindStringSubmatch(w); m != nil {
				return countScales[m[4]], w, true
			}
		}
	}
	return 0, "", false
}

// bracketed gives what stands in the brackets of a squashed text.
func bracketed(h string) (out []string) {
	for _, m := range InParens().FindAllStringSubmatch(h, -1) {
		out = append(out, m[1])
	}
	return out
}

// OddCount finds a power of ten in which things are counted and of which nobody knows for certain what it means:
// 提供岗位数（K）, 求职人次/W. It is empty where there is none.
func OddCount(s string) string {
	h := spelling.Squash(s)
	texts := bracketed(h)
	if i := strings.LastIndexByte(h, '/'); i >= 0 {
		texts = append(texts, h[i+1:])
	}
	for _, t := range append(texts, h) {
		if m := oddCounter().FindStringSubmatch(t); m != nil {
			return m[1]
		}
	}
	return ""
}

// CountedNames are further spellings of a heading that says what it counts, in brackets or behind a stroke: 企业（家） is
// 企业家数 and 企业数, 求职者/人次 is 求职者人次.
func CountedNames(s string) []string {
	if !strings.ContainsAny(s, "()（）[]［］【】/／") {
		return nil
	}
	return knownCounted.Get(s, func(s string) []string { return slices.Clip(countedNames(strings.Clone(s))) })
}

var knownCounted Memo[[]string]

func countedNames(s string) []string {
	h := quotes.Replace(spelling.Squash(s))
	base, word := h, ""
	for _, m := range InParens().FindAllStringSubmatch(h, -1) {
		if c := counter().FindStringSubmatch(m[1]); c != nil {
			base, word = strings.Replace(h, m[0], "", 1), c[1]
		} else if odd := oddCounter().FindStringSubmatch(m[1]); odd != nil {
			base, word = strings.Replace(h, m[0], "", 1), "个"
		}
	}
	if i := strings.LastIndexByte(h, '/'); i > 0 && word == "" {
		if c := counter().FindStringSubmatch(h[i+1:]); c != nil {
			base, word = h[:i], c[1]
		} else if oddCounter().MatchString(h[i+1:]) {
			base, word = h[:i], "个"
		}
	}
	if base = strings.Trim(base, ":,;、.。/"); word == "" || base == "" {
		return nil
	}
	return []string{base, base + word, base + word + "数", base + "数"}
}
