package cell

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Roll is the sensitive values of all rows of a return: a person or firm of one row may be named in the texts of another.
type Roll struct {
	known map[[2]rune][]rolled // by their first two characters
	seen  map[string]bool
}

// rolled is a value as it is compared, and its mask.
type rolled struct {
	value []rune
	mask  string
}

// NewRoll gives an empty roll.
func NewRoll() *Roll { return &Roll{known: map[[2]rune][]rolled{}, seen: map[string]bool{}} }

// Add takes a row's values. What tells nobody apart (12 in a column of telephone numbers) is left out, and so is a word that
// stands where no name is known.
func (r *Roll) Add(values []Hiding) {
	for _, h := range values {
		if r.seen[h.value] {
			continue
		}
		r.seen[h.value] = true
		f, _ := foldRunes(h.value)
		if len(f) < 2 || !h.Telling() || nameless[string(f)] {
			continue
		}
		at := [2]rune{f[0], f[1]}
		r.known[at] = append(r.known[at], rolled{f, h.mask})
	}
}

// nameless are what people write in the place of a name that they don't know or needn't say.
var nameless = map[string]bool{"户主": true, "本人": true, "不详": true, "未知": true, "无名": true, "无名氏": true, "同上": true, "保密": true, "匿名": true, "姓名": true, "测试": true, "空缺": true, "配偶": true, "子女": true, "父亲": true, "母亲": true, "儿子": true, "女儿": true}

// Hide puts their masks in the place of the roll's values in a text, however they are spaced and whichever brackets they have;
// the longer before the shorter. What is the beginning of a place's name (平安村, where somebody is called 平安) stays.
func (r *Roll) Hide(s string) string {
	if r == nil || len(r.known) == 0 || len(s) < 3 {
		return s
	}
	folded, at := foldRunes(s)
	var b strings.Builder
	done := 0
	for i := 0; i+1 < len(folded); {
		best := r.longest(folded, i)
		if best == nil {
			i++
			continue
		}
		end := i + len(best.value)
		b.WriteString(s[done:at[i]])
		b.WriteString(best.mask)
		_, size := utf8.DecodeRuneInString(s[at[end-1]:])
		done, i = at[end-1]+size, end
	}
	if done == 0 {
		return s
	}
	return b.String() + s[done:]
}

// longest is the longest value that stands at a place of a text.
func (r *Roll) longest(text []rune, i int) (best *rolled) {
	list := r.known[[2]rune{text[i], text[i+1]}]
	for k := range list {
		v := list[k].value
		if end := i + len(v); end <= len(text) && string(text[i:end]) == string(v) && (best == nil || len(v) > len(best.value)) && !within(text, i, end) {
			best = &list[k]
		}
	}
	return best
}

// within says whether what stands there is but a part of a longer number, or the name of a place.
func within(text []rune, i, end int) bool {
	joins := func(a, b rune) bool { return a < 0x80 && b < 0x80 && alphanumeric(a) && alphanumeric(b) }
	if i > 0 && joins(text[i-1], text[i]) || end < len(text) && joins(text[end-1], text[end]) {
		return true
	}
	if last := text[end-1]; end-i >= 3 && (last == '村' || last == '区' && text[end-2] == '社') {
		return true
	}
	return end-i == 2 && end < len(text) && placeTail(text[end:])
}

// placeTail says whether a text begins as the name of a place goes on.
func placeTail(rest []rune) bool {
	for _, tail := range []string{"村", "社区", "街道", "路", "小区", "镇", "乡", "新村", "巷", "大道", "花园", "家园", "苑"} {
		if strings.HasPrefix(string(rest[:min(len(rest), 2)]), tail) {
			return true
		}
	}
	return false
}

func alphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// foldRunes gives a text's characters without spaces, in one width and case, and the byte at which each of them begins.
func foldRunes(s string) (out []rune, at []int) {
	for i, c := range s {
		switch {
		case unicode.IsSpace(c) || c == '\u200b' || c == '\ufeff':
			continue
		case c >= 0xFF01 && c <= 0xFF5E: // full width
			c -= 0xFEE0
		}
		out, at = append(out, unicode.ToUpper(c)), append(at, i)
	}
	return out, at
}
