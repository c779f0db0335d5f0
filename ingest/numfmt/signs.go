package numfmt

import "strings"

// sign is what stands in a code.
type sign struct {
	kind kind
	text string
	open bool // a quote or bracket that nothing closes
}

type kind uint8

const (
	end         kind = iota
	quoted           // "年": the text without its quotes
	escaped          // \年 and !年: one character
	room             // _x and *x: room as wide as a character, or filled with it
	bracket          // [Red], [$-804], [>=10000], [h]: what stands in it
	semicolon        // between sections
	place            // 0, # and ?: of a digit
	comma            // between thousands, or a division by them
	point            // before decimals
	percentSign      // %
	exponent         // E+ or E-
	general          // General or G/通用格式 among other signs
	halfDay          // AM/PM, A/P
	letters          // the same letter, once or several times: yyyy
	other            // any other character, which shows itself or means nothing
)

// next takes the first sign off a code.
func next(code string) (s sign, rest string) {
	if code == "" {
		return sign{}, ""
	}
	switch c := code[0]; c {
	case '"':
		return enclosed(quoted, code, '"')
	case '[':
		return enclosed(bracket, code, ']')
	case '\\', '!':
		return after(escaped, code)
	case '_', '*':
		return after(room, code)
	}
	n, k := 1, single(code[0])
	if k == other {
		n, k = wordAt(code)
	}
	return sign{kind: k, text: code[:n]}, code[n:]
}

// single is the kind of a sign that is one character; other where that isn't all.
func single(c byte) kind {
	switch c {
	case ';':
		return semicolon
	case '0', '#', '?':
		return place
	case ',':
		return comma
	case '.':
		return point
	case '%':
		return percentSign
	}
	return other
}

// enclosed takes what stands up to a closing character; all the rest where there is none.
func enclosed(k kind, code string, closing byte) (sign, string) {
	j := strings.IndexByte(code[1:], closing)
	if j < 0 {
		return sign{k, code[1:], true}, ""
	}
	return sign{kind: k, text: code[1 : 1+j]}, code[j+2:]
}

// after takes the character behind a sign that is said of it.
func after(k kind, code string) (sign, string) {
	n := 1 + runeLen(code, 1)
	return sign{kind: k, text: code[1:n]}, code[n:]
}

// wordAt gives the length and kind of the longest sign of letters at the start of a code, or of the character there.
func wordAt(code string) (n int, k kind) {
	c := code[0] | 0x20
	switch {
	case c < 'a' || c > 'z':
		return runeLen(code, 0), other
	case c == 'g' && generalAt(code) > 0:
		return generalAt(code), general
	case has(code, "g/"): // General in another language
		return 1, other
	case isExponent(code):
		return 2, exponent
	case has(code, "am/pm"):
		return len("am/pm"), halfDay
	case has(code, "a/p"):
		return len("a/p"), halfDay
	}
	for n = 1; n < len(code) && code[n]|0x20 == c && !isExponent(code[n:]); n++ {
	}
	return n, letters
}

func isExponent(code string) bool {
	return len(code) > 1 && code[0]|0x20 == 'e' && (code[1] == '+' || code[1] == '-')
}

// generalAt is the length of General or G/通用格式 at the start of a code.
func generalAt(code string) int {
	for _, name := range []string{"General", "G/通用格式"} {
		if has(code, name) {
			return len(name)
		}
	}
	return 0
}

func has(code, word string) bool {
	return len(code) >= len(word) && strings.EqualFold(code[:len(word)], word)
}

// runeLen is the length of the character at code[i], 0 at the end.
func runeLen(code string, i int) int {
	if i >= len(code) {
		return 0
	}
	n := 1
	for i+n < len(code) && code[i+n]&0xc0 == 0x80 {
		n++
	}
	return n
}

// letter is the letter of which a sign of letters consists, in lower case.
func (s sign) letter() byte { return s.text[0] | 0x20 }

// elapsed says whether a bracket asks for hours, minutes or seconds beyond the day: [h], [mm], [ss].
func (s sign) elapsed() bool {
	in := strings.ToLower(s.text)
	return in != "" && (strings.Trim(in, "h") == "" || strings.Trim(in, "m") == "" || strings.Trim(in, "s") == "")
}

// symbol is the text that a bracket shows: ¥ of [$¥-804].
func (s sign) symbol() (text string, ok bool) {
	text, ok = strings.CutPrefix(s.text, "$")
	text, _, _ = strings.Cut(text, "-")
	return text, ok
}

// sections splits a code at its semicolons, but not at those that are text.
func sections(code string) []string {
	var out []string
	from := code
	for s, rest := next(code); s.kind != end; s, rest = next(rest) {
		if s.kind == semicolon {
			out = append(out, from[:len(from)-len(rest)-1])
			from = rest
		}
	}
	return append(out, from)
}
