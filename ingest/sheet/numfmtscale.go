package sheet

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
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
func ScalingOf(format string, value float64) Scaling {
	if isGeneral(format) {
		return Scaling{Understood: true}
	}
	if c, _ := classify(format); c != plainNumber {
		return Scaling{Understood: true}
	}
	return readSection(pickSection(sections(format), value))
}

// sections splits a format at its semicolons, but not at those that are text.
func sections(format string) []string {
	var out []string
	at := 0
	for i := 0; i < len(format); i++ {
		switch format[i] {
		case '"':
			if j := strings.IndexByte(format[i+1:], '"'); j >= 0 {
				i += j + 1
			}
		case '\\', '!', '_', '*':
			i++
		case ';':
			out = append(out, format[at:i])
			at = i + 1
		}
	}
	return append(out, format[min(at, len(format)):])
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

// condition reads the [>=10000] of a section.
func condition(section string) (holds func(v float64) bool, ok bool) {
	for rest := section; ; {
		i := strings.IndexByte(rest, '[')
		if i < 0 {
			return nil, false
		}
		rest = rest[i+1:]
		j := strings.IndexByte(rest, ']')
		if j < 0 {
			return nil, false
		}
		in := rest[:j]
		op := in[:len(in)-len(strings.TrimLeft(in, "<>="))]
		limit, err := strconv.ParseFloat(strings.TrimSpace(in[len(op):]), 64)
		if err != nil {
			continue
		}
		switch op {
		case "<":
			return func(v float64) bool { return v < limit }, true
		case "<=":
			return func(v float64) bool { return v <= limit }, true
		case ">":
			return func(v float64) bool { return v > limit }, true
		case ">=":
			return func(v float64) bool { return v >= limit }, true
		case "=":
			return func(v float64) bool { return v == limit }, true
		case "<>":
			return func(v float64) bool { return v != limit }, true
		}
	}
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

func readSection(f string) Scaling {
	s := sectionScan{}
	for i := 0; i < len(f); i++ {
		switch c := f[i]; {
		case c == '"':
			j := strings.IndexByte(f[i+1:], '"')
			if j < 0 {
				s.strange = true
				j = len(f) - i - 1
			}
			s.literal(f[i+1:min(i+1+j, len(f))], f[min(i+2+j, len(f)):])
			i += j + 1
		case c == '\\' || c == '!':
			n := runeLen(f, i+1)
			s.literal(f[i+1:i+1+n], f[i+1+n:])
			i += n
		case c == '_' || c == '*':
			i += runeLen(f, i+1)
		case c == '[':
			j := strings.IndexByte(f[i:], ']')
			if j < 0 {
				s.strange = true
				return s.end()
			}
			if in := f[i+1 : i+j]; strings.HasPrefix(in, "$") {
				symbol, _, _ := strings.Cut(in[1:], "-")
				s.literal(symbol, "")
			}
			i += j
		case c == '0' || c == '#' || c == '?':
			s.digit()
		case c == ',':
			s.commas++
		case c == '.':
			s.strange = s.strange || s.point || s.dots > 0
			s.Power += 3 * s.commas
			s.point, s.commas = true, 0
		case c == '%':
			s.Power -= 2
			s.Percent = true
		case (c == 'E' || c == 'e') && i+1 < len(f) && (f[i+1] == '+' || f[i+1] == '-'):
			i++
			s.inExp = true
		case (c == 'G' || c == 'g') && isGeneralAt(f[i:]) > 0:
			i += isGeneralAt(f[i:]) - 1
			s.digit()
		case c == '/' || c == '@': // a fraction; a text
		case c == ' ' || c == '\n' || c == '\r' || c == '\t' || strings.IndexByte("$-+()<>=:'{}&^~", c) >= 0 || c >= 0x80:
			s.text = append(s.text, c)
		default:
			s.strange = true // a letter without quotes
		}
	}
	return s.end()
}

// runeLen is the length of the character at f[i], 0 at the end.
func runeLen(f string, i int) int {
	if i >= len(f) {
		return 0
	}
	n := 1
	for i+n < len(f) && f[i+n]&0xc0 == 0x80 {
		n++
	}
	return n
}

// isGeneralAt is the length of General or G/通用格式 at the start of f.
func isGeneralAt(f string) int {
	for _, name := range []string{"General", "G/通用格式"} {
		if len(f) >= len(name) && strings.EqualFold(f[:len(name)], name) {
			return len(name)
		}
	}
	return 0
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

// ShowsMonthOnly reports whether a date format shows year and month and no day:
// yyyy"年"m"月", mmm-yy, yyyy-mm, [$-804]yyyy"年"m"月";@. The date beneath may be
// any of the month, or of another one by an hour; what is shown is what was meant.
func ShowsMonthOnly(format string) bool {
	if known, ok := monthOnly.Load(format); ok {
		return known.(bool)
	}
	only := showsMonthOnly(format)
	if monthOnlyKnown.Add(1) <= 1000 { // a hostile file must not fill the memory
		monthOnly.Store(strings.Clone(format), only)
	}
	return only
}

// monthOnly keeps what ShowsMonthOnly said of a format: every date asks, and few formats are in use.
var (
	monthOnly      sync.Map
	monthOnlyKnown atomic.Int64
)

func showsMonthOnly(format string) bool {
	if c, _ := classify(format); c != dateOnly {
		return false
	}
	f := sections(format)[0]
	year, month := false, false
	for i := 0; i < len(f); i++ {
		switch c := f[i] | 0x20; {
		case f[i] == '"':
			j := strings.IndexByte(f[i+1:], '"')
			if j < 0 {
				j = len(f) - i - 1
			}
			if strings.ContainsAny(f[i+1:min(i+1+j, len(f))], "0123456789日号一二三四五六七八九十") {
				return false // a day that is text: yyyy"年"m"月1日"
			}
			i += j + 1
		case f[i] == '\\' || f[i] == '!':
			n := runeLen(f, i+1)
			if t := f[i+1 : i+1+n]; t != "" && strings.Contains("0123456789日号", t) {
				return false
			}
			i += n
		case f[i] == '_' || f[i] == '*':
			i += runeLen(f, i+1)
		case f[i] == '[':
			j := strings.IndexByte(f[i:], ']')
			if j < 0 {
				return false
			}
			i += j
		case c == 'd', c == 'a', f[i]-'0' <= 9: // a day, a day of the week, a digit as text
			return false
		case c == 'y', c == 'e', c == 'b':
			year = true
		case c == 'm':
			month = true
		case strings.HasPrefix(f[i:], "日") || strings.HasPrefix(f[i:], "号"):
			return false
		}
	}
	return year && month
}
