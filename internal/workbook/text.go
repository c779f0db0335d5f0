package workbook

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// maxCell is how many UTF-16 units a cell holds.
const maxCell = 32767

// SheetName makes s fit for a sheet: without []:*?/\, without apostrophes at
// its ends, at most 31 UTF-16 units, never empty and never the reserved History.
func SheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`[]:*?/\`, r), unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError, unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	s = strings.TrimSpace(strings.Trim(cut(s, 31), "'"))
	if s == "" || strings.EqualFold(s, "history") {
		s = "表" + s
	}
	return s
}

// uniqueName numbers a sheet name that is taken; names differ case-insensitively.
func uniqueName(name string, taken map[string]bool) string {
	name = SheetName(name)
	base := name
	for n := 2; taken[strings.ToLower(name)]; n++ {
		suffix := " " + strconv.Itoa(n)
		name = strings.TrimSpace(cut(base, 31-len(suffix))) + suffix
	}
	taken[strings.ToLower(name)] = true
	return name
}

// DefinedName makes s fit for a defined name: letters, digits, _ and .; not a
// cell's address; at most 255 characters.
func DefinedName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '_' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, s)
	s = cut(s, 250)
	if s == "" {
		return "_"
	}
	first, _ := utf8.DecodeRuneInString(s)
	if !unicode.IsLetter(first) && first != '_' || looksLikeAddress(s) {
		s = "_" + s
	}
	return s
}

// looksLikeAddress reports whether s reads as A1 or R1C1 notation.
func looksLikeAddress(s string) bool {
	u := strings.ToUpper(s)
	letters := strings.TrimRight(u, "0123456789")
	if letters != u && len(letters) <= 3 && letters != "" && isASCIILetters(letters) {
		return true
	}
	switch u {
	case "R", "C", "RC", "TRUE", "FALSE":
		return true
	}
	rc := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, u)
	return u != rc && (rc == "RC" || rc == "R" || rc == "C")
}

func isASCIILetters(s string) bool {
	for _, r := range s {
		if r < 'A' || r > 'Z' {
			return false
		}
	}
	return true
}

// cut shortens s to n UTF-16 units without splitting a character.
func cut(s string, n int) string {
	units := 0
	for i, r := range s {
		units += len(utf16.AppendRune(nil, r))
		if units > n {
			return s[:i]
		}
	}
	return s
}

// cellText makes s fit for a cell: valid UTF-8, one kind of line end, nothing
// that XML forbids, not longer than a cell is.
func cellText(s string) string {
	clean := true
	for _, r := range s {
		if r < ' ' && r != '\t' && r != '\n' || r == utf8.RuneError || r == 0xFFFE || r == 0xFFFF || r == 0x7F {
			clean = false
			break
		}
	}
	if !clean {
		s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
		s = strings.Map(func(r rune) rune {
			switch {
			case r == '\r':
				return '\n'
			case r < ' ' && r != '\t' && r != '\n' || r == 0x7F || r == 0xFFFE || r == 0xFFFF:
				return -1
			}
			return r
		}, s)
	}
	if len(s) <= maxCell {
		return s
	}
	return cut(s, maxCell)
}

// formulaLike reports whether a program might take s for a formula.
func formulaLike(s string) bool {
	return s != "" && strings.ContainsRune("=+-@\t", rune(s[0])) && s != "-"
}

// measure is the width of s in characters of the default font at 11 points.
func measure(s string, size float64) float64 {
	w := 0.0
	for _, r := range s {
		w += runeWidth(r)
	}
	return w * size / 11
}

func runeWidth(r rune) float64 {
	switch {
	case r < 0x20:
		return 0
	case r == 'i', r == 'l', r == '.', r == ',', r == ';', r == ':', r == '|', r == '!', r == '\'':
		return 0.6
	case r >= 'A' && r <= 'Z', r == 'm', r == 'w', r == '%', r == '@':
		return 1.25
	case r < 0x2000:
		return 1.02
	case r == 0x200D, r >= 0xFE00 && r <= 0xFE0F:
		return 0
	}
	return 1.86
}

// lines is how many lines s takes in a column of the given width.
func lines(s string, width, size float64) int {
	n := 0
	width = math.Max(width-0.8, 1)
	for para := range strings.SplitSeq(s, "\n") {
		used, rows := 0.0, 1
		for _, r := range para {
			w := runeWidth(r) * size / 11
			if used+w > width && used > 0 {
				rows++
				used = 0
			}
			used += w
		}
		n += rows
	}
	return n
}

// nearlyFits says that s is one line by its guess, or a little more than one: fonts differ by so much that a row of two
// lines would show a blank one where the text takes one after all. It rather is made smaller where it doesn't.
func nearlyFits(s string, width, size float64) bool {
	return !strings.Contains(s, "\n") && lines(s, width, size) == 2 && lines(s, width*1.08, size) == 1
}

// lineHeight is the height in points of one line of text.
func lineHeight(size float64) float64 { return math.Ceil(size * 1.4) }

// textHeight is the height that s needs, within what a row can have.
func textHeight(s string, width, size float64) float64 {
	return math.Min(float64(lines(s, width, size))*lineHeight(size)+3, 409)
}
