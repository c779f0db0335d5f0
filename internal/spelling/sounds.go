package spelling

import (
	"sort"
	"strings"
	"unicode"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// The characters of GB 2312's first level stand in the order of their sounds in Mandarin: which letter a sound begins with
// follows from where a character stands.
const (
	soundLetters = "abcdefghjklmnopqrstwxyz"
	lastSounded  = 0xD7F9
)

var soundBegins = [len(soundLetters)]int{0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8, 0xC4C3, 0xC5B6, 0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6,
	0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1}

// Initials are the first letters of the sounds of a Chinese text, as people type them to find a name: wttz of 问题台账.
// Latin letters and digits stand for themselves, in lower case; what has no known sound is left out. Of a character with
// several sounds the one that GB 2312 sorts it by counts.
func Initials(text string) string {
	var b strings.Builder
	e := simplifiedchinese.GBK.NewEncoder()
	for _, r := range text {
		if r < unicode.MaxASCII {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				b.WriteRune(unicode.ToLower(r))
			}
			continue
		}
		code, err := e.String(string(r))
		if err != nil || len(code) != 2 {
			continue
		}
		at := int(code[0])<<8 | int(code[1])
		if i := sort.SearchInts(soundBegins[:], at+1) - 1; i >= 0 && at <= lastSounded {
			b.WriteByte(soundLetters[i])
		}
	}
	return b.String()
}
