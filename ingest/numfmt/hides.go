package numfmt

import "strings"

// Hiding is which values a format shows nothing of.
type Hiding uint8

const (
	hidesPositive Hiding = 1 << iota
	hidesNegative
	hidesZero
	hidesText
)

// hiding says what a code hides: everything with ;;;, numbers with ;;. A nought that isn't shown where other numbers are is
// a habit of tables, and no hiding; whose sections have conditions of their own isn't asked.
func hiding(code string) (h Hiding) {
	s := sections(code)
	if len(s) < 2 {
		return 0
	}
	for _, section := range s {
		if _, own := condition(section); own {
			return 0
		}
	}
	if empty(s[0]) {
		h |= hidesPositive
	}
	if empty(s[1]) {
		h |= hidesNegative
	}
	if h&hidesPositive != 0 && (len(s) < 3 || empty(s[2])) {
		h |= hidesZero
	}
	if len(s) > 3 && empty(s[3]) {
		h |= hidesText
	}
	return h
}

// empty says whether a section shows nothing.
func empty(section string) bool {
	for s, rest := next(section); s.kind != end; s, rest = next(rest) {
		switch {
		case s.kind == room, s.kind == bracket && !strings.HasPrefix(s.text, "$") && !s.elapsed(), s.text == " ", s.kind == quoted && strings.TrimSpace(s.text) == "":
		default:
			return false
		}
	}
	return true
}

// Hides says whether nothing is shown of a value: a text, or a number.
func (h Hiding) Hides(text bool, value float64) bool {
	switch {
	case h == 0:
		return false
	case text:
		return h&hidesText != 0
	case value > 0:
		return h&hidesPositive != 0
	case value < 0:
		return h&hidesNegative != 0
	}
	return h&hidesZero != 0
}
