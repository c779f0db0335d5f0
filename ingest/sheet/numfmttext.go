package sheet

import "strings"

// ShownText is what a cell shows of a whole number whose format adds to its digits: noughts in front (000), a text (“CL-”000,
// 0"批"), marks between them (000"-"0000). ok is false where the digits alone are shown, and where the format does anything
// else: scales, groups, rounds, or isn't wholly known. Then the stored number is what there is to read.
func (c *Cell) ShownText() (text string, ok bool) {
	if c.Kind != Number || isGeneral(c.Format) || strings.Trim(c.Text, "0123456789") != "" {
		return "", false
	}
	if k, percent := classify(c.Format); k != plainNumber || percent {
		return "", false
	}
	p, known := partsOf(pickSection(sections(c.Format), c.Num))
	if !known || p.places == 0 {
		return "", false
	}
	text = p.show(c.Text)
	return text, text != c.Text
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

// partsOf takes a section apart; known is false where it holds anything but texts and places of whole digits.
func partsOf(f string) (p shownParts, known bool) {
	literal := func(t string) { p.parts = append(p.parts, shownPart{text: t}) }
	place := func(sign byte) {
		p.parts = append(p.parts, shownPart{sign: sign})
		p.places++
	}
	for i := 0; i < len(f); i++ {
		switch c := f[i]; {
		case c == '"':
			j := strings.IndexByte(f[i+1:], '"')
			if j < 0 {
				return p, false
			}
			literal(f[i+1 : i+1+j])
			i += j + 1
		case c == '\\' || c == '!':
			n := runeLen(f, i+1)
			literal(f[i+1 : i+1+n])
			i += n
		case c == '_' || c == '*': // room, which nobody reads
			i += runeLen(f, i+1)
		case c == '[':
			j := strings.IndexByte(f[i:], ']')
			if j < 0 || strings.HasPrefix(f[i+1:], "DBNum") {
				return p, false
			}
			if symbol, is := strings.CutPrefix(f[i+1:i+j], "$"); is {
				symbol, _, _ = strings.Cut(symbol, "-")
				literal(symbol)
			}
			i += j
		case c == '0' || c == '#':
			place(c)
		case c == '@':
			place('G')
		case isGeneralAt(f[i:]) > 0:
			i += isGeneralAt(f[i:]) - 1
			place('G')
		case c >= 0x80, strings.IndexByte(" $-+()<>=:'{}&^~", c) >= 0:
			literal(f[i : i+1])
		default: // a point, a comma, a fraction, a letter without quotes
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
