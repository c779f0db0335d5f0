package secret

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// most is how many characters may part the digits of one number; invisible ones don't count.
const most = 3

// digit is one digit of a text, in whatever script it is written.
type digit struct {
	value byte // '0' to '9'
	at    int  // in runes
	gap   gap  // what stands before it, after the digit before
}

// gap is what parts two digits.
type gap struct {
	kind gapKind
	text string // without what is invisible
}

type gapKind uint8

const (
	joined gapKind = iota // nothing: the same run
	plain                 // spaces, dashes, underscores: as numbers are written
	odd                   // brackets, colons and whatever else separates
	listed                // what parts the items of a list: 138、1234、5678
	dotted                // one dot: a decimal point as well
	reckon                // signs of arithmetic and strokes
	worded                // letters
	far                   // too long: another number
)

// mayHold says whether a text has digits enough close together for any number of a person. Nearly all texts have none, so
// it looks at nothing else.
func mayHold(s string) bool {
	near, apart, letter := 0, 0, false
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			if c >= '0' && c <= '9' {
				near, apart = near+1, 0
				if near >= 11 || near >= 7 && letter {
					return true
				}
				continue
			}
			if apart++; apart > most {
				near, letter = 0, false
			}
			letter = letter || passportLetters[c]
			continue
		}
		if c >= 0xe4 && c <= 0xe9 && i+2 < len(s) && s[i+1]>>6 == 2 && s[i+2]>>6 == 2 { // Chinese, without decoding it: nearly all texts are
			r := rune(c&0xf)<<12 | rune(s[i+1]&0x3f)<<6 | rune(s[i+2]&0x3f)
			if r >= 0x4e00 && hanDigits[r-0x3000] == 0 {
				if i, apart = i+3, apart+1; apart > most {
					near, letter = 0, false
				}
				continue
			}
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case digitOf(r) >= 0:
			near, apart = near+1, 0
			if near >= 11 || near >= 7 && letter {
				return true
			}
		case invisible(r):
		default:
			if apart++; apart > most {
				near, letter = 0, false
			}
			letter = letter || r >= 0xff21 && passportLetter(r) != 0
		}
	}
	return false
}

// digitsOf lists the digits of a text, and what parts them. Chinese numerals are digits where at least three stand together.
func digitsOf(runes []rune) []digit {
	var out []digit
	last := -1 // where the digit before stands
	for i := 0; i < len(runes); i++ {
		n := digitOf(runes[i])
		if n < 0 || han(runes[i]) && !amongDigits(runes, i) {
			continue
		}
		d := digit{value: byte('0' + n), at: i, gap: gap{kind: far}}
		if last >= 0 {
			d.gap = gapOf(runes[last+1 : i])
			if d.gap.kind == joined && han(runes[i]) != han(runes[last]) { // 一二三栋13812345678 without the 栋
				d.gap.kind = plain
			}
		}
		out, last = append(out, d), i
	}
	return out
}

// amongDigits says whether a Chinese numeral stands in a run of at least three: 三 in 张三13812345678 is none of the number.
func amongDigits(runes []rune, i int) bool {
	n := 1
	for k := i - 1; k >= 0 && n < 3 && han(runes[k]) && digitOf(runes[k]) >= 0; k-- {
		n++
	}
	for k := i + 1; k < len(runes) && n < 3 && han(runes[k]) && digitOf(runes[k]) >= 0; k++ {
		n++
	}
	return n >= 3
}

// gapOf tells what kind of gap a text between two digits is.
func gapOf(between []rune) gap {
	if len(between) == 0 {
		return gap{}
	}
	if len(between) > 64 {
		return gap{kind: far}
	}
	var text [most]rune
	n, kind := 0, joined
	for _, r := range between {
		if invisible(r) {
			continue
		}
		if n == most {
			return gap{kind: far}
		}
		text[n] = r
		n++
		kind = max(kind, kindOf(r))
	}
	if kind == dotted && n > 1 { // 138. 1234: no decimal point
		kind = odd
	}
	return gap{kind, string(text[:n])}
}

func kindOf(r rune) gapKind {
	switch {
	case unicode.IsSpace(r), strings.ContainsRune("-－–—―‐‑‒−·•・‧∙⋅_＿", r):
		return plain
	case strings.ContainsRune(",，、;；﹐﹑", r):
		return listed
	case r == '.' || r == '．' || r == '。' || r == '﹒' || r == '｡':
		return dotted
	case strings.ContainsRune("+＋=＝×÷*＊/／\\＼%％<>＜＞≈", r):
		return reckon
	case unicode.IsLetter(r), unicode.IsNumber(r):
		return worded
	}
	return odd
}

// invisible characters, and those that only change how another looks, part nothing.
func invisible(r rune) bool {
	if r < 0xad || r >= 0x3000 && r < 0xfe00 {
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Mn, unicode.Me) || r >= 0xfe00 && r <= 0xfe0f || r == 0x3164 || r == 0x115f || r == 0xffa0
}

// digitOf is the value of a digit of any script, also in a circle, raised or lowered, and of a Chinese numeral; -1 of all else.
func digitOf(r rune) int {
	switch {
	case r <= '9':
		return max(-1, int(r)-'0')
	case r < 0xb2:
		return -1
	case r >= 0x3000 && r < 0xfe00:
		return hanDigit(r)
	case r >= 0xff00 && r <= 0xffef:
		if r >= '０' && r <= '９' {
			return int(r - '０')
		}
		return -1
	}
	for _, first := range []rune{'①' - 1, '⑴' - 1, '⒈' - 1, '➀' - 1, '➊' - 1, '❶' - 1, '⓵' - 1, '₀', '\u2070'} {
		if r > first && r <= first+9 || r == first && (first == '₀' || first == '\u2070') {
			return int(r - first)
		}
	}
	switch r {
	case '¹':
		return 1
	case '²', '³':
		return int(r-'²') + 2
	case '⓪', '⓿', '🄋', '🄌', '🄀':
		return 0
	}
	if unicode.IsDigit(r) { // each script's ten stand together, the zero first
		for _, t := range unicode.Nd.R16 {
			if r >= rune(t.Lo) && r <= rune(t.Hi) {
				return int(r-rune(t.Lo)) % 10
			}
		}
		for _, t := range unicode.Nd.R32 {
			if r >= rune(t.Lo) && r <= rune(t.Hi) {
				return int(r-rune(t.Lo)) % 10
			}
		}
	}
	return -1
}

func han(r rune) bool { return r >= 0x3000 && r < 0xfe00 }

// hanDigits are the values of Chinese numerals, and one more: 0 is none.
var hanDigits [0xa000 - 0x3000]uint8

// passportLetters are the ASCII letters with which numbers of passports begin.
var passportLetters [utf8.RuneSelf]bool

func init() {
	for value, numerals := range []string{"〇零", "一壹幺", "二贰貳", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖"} {
		for _, r := range numerals {
			hanDigits[r-0x3000] = uint8(value + 1)
		}
	}
	for _, r := range "EGDSPHCWT" {
		passportLetters[r], passportLetters[unicode.ToLower(r)] = true, true
	}
}

func hanDigit(r rune) int {
	if r < 0xa000 {
		return int(hanDigits[r-0x3000]) - 1
	}
	return -1
}
