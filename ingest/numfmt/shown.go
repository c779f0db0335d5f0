package numfmt

import "strings"

// Shown is what a cell shows of a whole number, given by its digits, whose format adds to them: noughts in front (000), a text
// (“CL-”000, 0"批"), marks between them (000"-"0000). ok is false where the digits alone are shown, and where the format
// does anything else: scales, groups, rounds, or isn't wholly known. Then the stored number is what there is to read.
func Shown(code, digits string, value float64) (text string, ok bool) {
	if IsGeneral(code) || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	if c, percent := classOf(code); c != Number || percent {
		return "", false
	}
	p, known := partsOf(pickSection(sections(code), value))
	if !known || p.places == 0 {
		return "", false
	}
	text = p.show(digits)
	return text, text != digits
}

// Padded is what a cell shows of a number with decimals whose format writes noughts behind them: 1.10 of 1.1 in 0.00, which is
// another item than 1.1. ok is false where no nought is written, and where the format does anything else.
func Padded(code, digits string, value float64) (text string, ok bool) {
	whole, decimals, _ := strings.Cut(digits, ".")
	if decimals == "" || IsGeneral(code) || strings.Trim(whole+decimals, "0123456789") != "" {
		return "", false
	}
	places, noughts, behind := 0, 0, false
	for s, rest := next(pickSection(sections(code), value)); s.kind != end; s, rest = next(rest) {
		switch {
		case s.kind == room, s.kind == bracket && !s.open && !strings.HasPrefix(s.text, "DBNum"):
		case s.kind == point && !behind:
			behind = true
		case s.kind != place || s.text == "?":
			return "", false
		case behind:
			if places++; s.text == "0" {
				noughts = places
			}
		}
	}
	if len(decimals) > places || len(decimals) >= noughts { // it rounds, or adds nothing
		return "", false
	}
	return digits + strings.Repeat("0", noughts-len(decimals)), true
}

// shownParts are the texts and places of digits of one section of a number format, in their order.
type shownParts struct {
	parts  []shownPart
	places int
}

// shownPart is a text, or where sign isn't 0 the place of a digit: 0 or #, or G for all digits at once.
type shownPart struct {
	text string
	sign byte
}

func (p *shownParts) literal(t string) { p.parts = append(p.parts, shownPart{text: t}) }

func (p *shownParts) place(sign byte) {
	p.parts = append(p.parts, shownPart{sign: sign})
	p.places++
}

// partsOf takes a section apart; known is false where it holds anything but texts and places of whole digits.
func partsOf(section string) (p shownParts, known bool) {
	for s, rest := next(section); s.kind != end; s, rest = next(rest) {
		if s.open || !p.take(s) {
			return p, false
		}
	}
	for _, part := range p.parts {
		if part.sign == 'G' && p.places > 1 {
			return p, false
		}
	}
	return p, true
}

// take takes one sign in; false where it is neither text nor place.
func (p *shownParts) take(s sign) bool {
	switch s.kind {
	case quoted, escaped:
		p.literal(s.text)
	case room: // which nobody reads
	case bracket:
		if strings.HasPrefix(s.text, "DBNum") {
			return false
		}
		if symbol, ok := s.symbol(); ok {
			p.literal(symbol)
		}
	case place:
		p.place(s.text[0])
		return s.text != "?"
	case general:
		p.place('G')
	case other:
		switch {
		case s.text == "@":
			p.place('G')
		case s.text[0] >= 0x80 || strings.Contains(" $-+()<>=:'{}&^~", s.text):
			p.literal(s.text)
		default:
			return false
		}
	default: // a point, a comma, a fraction, a letter without quotes
		return false
	}
	return true
}

// show puts digits into their places from the right; those that have none of their own stand in the first.
func (p shownParts) show(digits string) string {
	var b strings.Builder
	left := p.places // of the places
	for _, part := range p.parts {
		switch have := len(digits) - left; {
		case part.sign == 0:
			b.WriteString(part.text)
			continue
		case part.sign == 'G':
			b.WriteString(digits)
		case left == p.places && have >= 0:
			b.WriteString(digits[:have+1])
		case have >= 0:
			b.WriteByte(digits[have])
		case part.sign == '0':
			b.WriteByte('0')
		}
		left--
	}
	return strings.TrimSpace(b.String())
}
