package numfmt

import (
	"strconv"
	"strings"
)

// Scaling is what a number format makes of a number's size.
type Scaling struct {
	// Power: what is shown is the stored number divided by 10^Power. A comma at
	// the end of the digits gives 3 (ECMA-376 18.8.31), a point that is text
	// (0!.0000 shows yuan as 万元) as many as digits follow it, a % -2.
	Power   int
	Literal string // the text shown behind the digits, without blanks around it: 万元
	Unit    int    // the power of ten that Literal names: 4 for 万 and 万元, 0 for 元
	HasUnit bool   // Literal is such a word
	Percent bool   // a % of the format, not of a text in it, is in Power
	// Understood: every sign of the format is one whose meaning is known here. Of
	// a format that isn't, Power and Literal may be wrong.
	Understood bool
}

// Says reports whether the format scales and its text says by how much, so that
// whoever reads the cell sees the stored number in units of one: 0!.0,"万".
func (s Scaling) Says() bool { return s.Understood && s.Power != 0 && s.HasUnit && s.Unit == s.Power }

// Plain reports that what is shown is the stored number, up to rounding.
func (s Scaling) Plain() bool { return s.Understood && s.Power == 0 }

// ScalingOf reads the section of a number format that applies to a value. Dates
// scale nothing. "" is General.
func ScalingOf(code string, value float64) Scaling {
	if IsGeneral(code) {
		return Scaling{Understood: true}
	}
	if c, _ := classOf(code); c != Number {
		return Scaling{Understood: true}
	}
	return readSection(pickSection(sections(code), value))
}

// pickSection chooses as Excel does: by the sections' own conditions, else
// positive; negative; zero; text.
func pickSection(s []string, value float64) string {
	if len(s) > 3 {
		s = s[:3] // the fourth is for text
	}
	first, own := condition(s[0])
	if !own {
		first = func(v float64) bool { return len(s) < 2 || v > 0 || v == 0 && len(s) < 3 }
	}
	if len(s) == 1 || first(value) {
		return s[0]
	}
	second, ownSecond := condition(s[1])
	if !ownSecond {
		second = func(v float64) bool { return v < 0 || len(s) < 3 }
	}
	if len(s) == 2 || second(value) {
		return s[1]
	}
	return s[2]
}

// conditions are the ways to compare a value with the limit of a section, the longer before those they begin with.
var conditions = []struct {
	op    string
	holds func(value, limit float64) bool
}{
	{"<=", func(v, limit float64) bool { return v <= limit }},
	{"<>", func(v, limit float64) bool { return v != limit }},
	{"<", func(v, limit float64) bool { return v < limit }},
	{">=", func(v, limit float64) bool { return v >= limit }},
	{">", func(v, limit float64) bool { return v > limit }},
	{"=", func(v, limit float64) bool { return v == limit }},
}

// condition reads the [>=10000] of a section.
func condition(section string) (holds func(v float64) bool, ok bool) {
	for s, rest := next(section); s.kind != end; s, rest = next(rest) {
		if s.kind != bracket || s.open {
			continue
		}
		for _, c := range conditions {
			text, is := strings.CutPrefix(s.text, c.op)
			if !is {
				continue
			}
			if limit, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil {
				return func(v float64) bool { return c.holds(v, limit) }, true
			}
			break
		}
	}
	return nil, false
}

// sectionScan reads one section of a number format.
type sectionScan struct {
	Scaling
	digits  int    // placeholders so far
	commas  int    // since the last of them
	point   bool   // the decimal point has come
	dots    int    // points that are text, between digits
	after   int    // digits after such a point
	text    []byte // since the last digit
	inExp   bool
	strange bool
}

func readSection(section string) Scaling {
	s := sectionScan{}
	for at, rest := next(section); at.kind != end; at, rest = next(rest) {
		s.strange = s.strange || at.open
		s.take(at, rest)
	}
	return s.end()
}

// take takes one sign in.
func (s *sectionScan) take(at sign, rest string) {
	switch at.kind {
	case quoted, escaped:
		s.literal(at.text, rest)
	case bracket:
		if symbol, ok := at.symbol(); ok && !at.open {
			s.literal(symbol, "")
		}
	case place, general:
		s.digit()
	case comma:
		s.commas++
	case point:
		s.strange = s.strange || s.point || s.dots > 0
		s.Power += 3 * s.commas
		s.point, s.commas = true, 0
	case percentSign:
		s.Power -= 2
		s.Percent = true
	case exponent:
		s.inExp = true
	case other:
		s.plain(at.text)
	case letters, halfDay:
		s.strange = true // without quotes
	}
}

// plain takes a character that shows itself.
func (s *sectionScan) plain(t string) {
	switch {
	case t == "/" || t == "@": // a fraction; a text
	case t[0] >= 0x80 || strings.Contains(" \n\r\t$-+()<>=:'{}&^~", t):
		s.text = append(s.text, t...)
	default:
		s.strange = true
	}
}

func (s *sectionScan) digit() {
	if s.inExp {
		return
	}
	// A comma between digits groups them; after the point none belongs there.
	s.strange = s.strange || s.commas > 0 && s.point
	s.commas = 0
	if len(strings.TrimSpace(string(s.text))) > 0 && s.digits > 0 {
		s.strange = s.strange || s.dots == 0 // 0"-"0: digits kept apart by other text
	}
	if s.text = s.text[:0]; s.dots > 0 {
		s.after++
	}
	s.digits++
}

// literal takes in a text. A point between the digits of the whole part is the
// trick that shows a number as a smaller one.
func (s *sectionScan) literal(t, rest string) {
	if (t == "." || t == "．" || t == "。") && s.digits > 0 && len(s.text) == 0 && !s.inExp && strings.ContainsAny(rest, "0#?") {
		s.dots++
		s.strange = s.strange || s.dots > 1 || s.point
		s.commas = 0
		return
	}
	s.text = append(s.text, t...)
}

func (s *sectionScan) end() Scaling {
	s.Power += 3*s.commas + s.after
	s.Literal = strings.TrimSpace(string(s.text))
	s.Unit, s.HasUnit = unitPower(s.Literal)
	s.Understood = !s.strange
	return s.Scaling
}

// unitWords are the powers of ten that words of money and number name.
var unitWords = map[string]int{"": 0, "百": 2, "千": 3, "仟": 3, "万": 4, "萬": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "億": 8, "十亿": 9, "百亿": 10, "千亿": 11, "万亿": 12}

// unitPower knows 万, 万元, （万元）, 人民币亿元; not 万美元, 万人 or K.
func unitPower(literal string) (power int, ok bool) {
	w := strings.Trim(strings.Join(strings.Fields(literal), ""), "()（）[]【】")
	w = strings.TrimPrefix(w, "人民币")
	bare := strings.TrimSuffix(strings.TrimSuffix(w, "元"), "圆")
	if bare == "" && w == "" {
		return 0, false
	}
	power, ok = unitWords[bare]
	return power, ok
}
