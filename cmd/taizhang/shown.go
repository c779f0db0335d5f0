package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shown is a text as it may stand in a line on a terminal: what moves the cursor, changes colours, hides or turns text
// round is escaped, so that a file's name says what it is and can't pass for a line of ours.
func shown(s string) string {
	if strings.IndexFunc(s, isTricky) < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x80 && isTricky(r):
			fmt.Fprintf(&b, `\x%02x`, r)
		case isTricky(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isTricky says whether a character acts on a terminal instead of showing: controls, and formats such as RLO.
func isTricky(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
}

// shownLines is shown of each line; tabs stay, which set columns.
func shownLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		columns := strings.Split(line, "\t")
		for k := range columns {
			columns[k] = shown(columns[k])
		}
		lines[i] = strings.Join(columns, "\t")
	}
	return strings.Join(lines, "\n")
}

// shownWriter escapes what is printed for people, whole lines at a time but for prompts.
type shownWriter struct{ w io.Writer }

func (s shownWriter) Write(p []byte) (int, error) {
	if _, err := io.WriteString(s.w, shownLines(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
