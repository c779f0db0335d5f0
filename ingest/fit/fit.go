// Package fit says how texts fit the cells and sheets of a workbook: what the
// writers of receipts and templates reckon with alike.
//
// Words: the width of a text is counted in half-width characters, as widths of
// columns are; a wide character (Chinese, full-width) takes two.
package fit

import (
	"strconv"
	"strings"
	"unicode"
)

// Clip shortens a text to n characters, saying so with an ellipsis, which is one of them.
func Clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	count := 0
	for i := range s {
		if count == n-1 {
			for range s[i:] {
				if count++; count > n {
					return s[:i] + "…"
				}
			}
			return s
		}
		count++
	}
	return s
}

// OneLine puts a text on one line: each run of white space becomes one space.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Width is how wide a text is in columns of half-width characters.
func Width(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case r < 0x20 || unicode.Is(unicode.Mn, r):
		case r < 0x1100 && r != '“' && r != '”':
			n++
		default:
			n += 2
		}
	}
	return n
}

// Lines is how many lines a text takes in a column of a width (at least 1) in half-width characters.
func Lines(text string, width int) int {
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n += 1 + max(Width(line)-1, 0)/width
	}
	return n
}

// SheetName is the name nearest to s that Excel takes for a sheet: of at most 31 characters, without []:*?/\ and without
// apostrophes around it; Sheet<place> where nothing is left. place counts from 1.
func SheetName(s string, place int) string {
	name := strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) || r < ' ' {
			return -1
		}
		return r
	}, s), "'")
	if r := []rune(name); len(r) > 31 {
		name = string(r[:31])
	}
	if name == "" {
		name = "Sheet" + strconv.Itoa(place)
	}
	return name
}
