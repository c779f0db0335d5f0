package spelling

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Squash gives a text's meaning for comparison: NFKC, no white space, lower case.
func Squash(s string) string {
	if IsPlainHan(s) {
		return s
	}
	if IsASCII(s) {
		return strings.ToLower(strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return r
		}, s))
	}
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, norm.NFKC.String(s)))
}

// Fold is what names of enterprises and persons and keys are compared by: NFKC, which gives brackets and letters one
// width, without spaces and line breaks, letters small, and dashes alike (WT—15 and WT-15 are one).
func Fold(s string) string {
	s = Squash(s)
	if IsASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("‐‑‒–—―−", r) {
			return '-'
		}
		return r
	}, s)
}

// IsPlainHan tells the texts that Squash leaves as they are: common Chinese characters, digits and small letters.
func IsPlainHan(s string) bool {
	for _, r := range s {
		if !(r >= 0x4e00 && r <= 0x9fff || r >= '0' && r <= '9' || r >= 'a' && r <= 'z') {
			return false
		}
	}
	return true
}

// IsASCII says whether a text holds nothing beyond ASCII: no Chinese words, so.
func IsASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
