package official

import (
	"strings"
	"unicode/utf8"
)

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// clean drops what XML 1.0 cannot hold; bytes that are no UTF-8 become U+FFFD.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r < 0x20 && r != '\n', r == 0x7f, r == 0xFFFE, r == 0xFFFF, r == '\u2028', r == '\u2029':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func escape(s string) string { return escaper.Replace(clean(s)) }

// lines divides a text at its line breaks and drops empty lines.
func lines(s string) []string {
	var out []string
	for _, l := range strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// width is how many characters wide a text is set: 1 for Chinese, ½ for ASCII.
func width(s string) float64 {
	half := 0
	for _, r := range clean(s) {
		switch {
		case r < 0x80:
			half++
		default:
			half += 2
		}
	}
	return float64(half) / 2
}

// runes counts the characters of a text.
func runes(s string) int { return utf8.RuneCountInString(s) }
