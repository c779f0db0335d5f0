// Package units tells which unit of a zone a text names: a department, a
// street, by name, code or alias, alone, in a title or among others.
//
// Words: the register is a zone's units by the texts that name them; a text
// names a unit if it is its name, leads with it, or mentions it and no other.
package units

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/ingest/written"
	"taizhang/internal/spelling"
	"taizhang/internal/zone"
)

// Register knows the units of a zone by the texts that name them.
type Register struct {
	zone    *zone.Zone
	Longest int // bytes of the longest text that can be a submitter's name

}

// New makes the register of a zone's units.
func New(z *zone.Zone) *Register {
	u := &Register{zone: z}
	for _, s := range z.Submitters {
		for _, name := range append([]string{s.Name, s.Code}, s.Aliases...) {
			u.Longest = max(u.Longest, 2*len(name)+len(z.Name)+48) // with the zone's name before it, and spaces
		}
	}
	return u
}

// Match gives the submitter whose name, code or alias a text is.
func (u *Register) Match(text string) (zone.Submitter, bool) { return u.zone.Match(text) }

// Submitter gives the name of the submitter that a text names.
func (u *Register) Submitter(text string) (string, bool) {
	s, ok := u.zone.Match(text)
	return s.Name, ok
}

var (
	// leadBefore and leadAfter are words around the unit that leads: 牵头单位：规建局；配合：经科局, 规建局牵头、经科局配合.
	leadBefore = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(\d{1,2}[.、]|[(（]?\d[)）])?(牵头|主办|承办|责任|主责)(单位|部门)?[:：]?`)
	})
	leadAfter = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(为主|牵头|负责|主办|承办|主责|等)[^、，,;；/]*$`)
	})
	// section is what a unit's own office is called: 规划建设局村镇科.
	section = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^.{1,8}(科|股|室|站|所|队|中心|处|组|社区|村|居委会|村委会)$`)
	})
	// otherPlace begins the names of units of a place above or beside the zone: 市财政局 isn't the zone's 财政局.
	otherPlace = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^.{0,4}(国家|省|市|县|州|盟|旗)`) })
)

// Unit gives the name under which a unit counts: of several the first, a submitter by its own name. like names the
// submitter that is perhaps meant by a name that isn't known.
func (u *Register) Unit(text string) (name, like string) {
	name, known := u.zone.FirstOf(text)
	if known {
		return name, ""
	}
	bare := leadBefore().ReplaceAllString(spelling.Squash(text), "")
	for _, t := range []string{bare, firstPart(bare), leadAfter().ReplaceAllString(firstPart(bare), "")} {
		if first, ok := u.zone.FirstOf(t); ok {
			return first, ""
		}
		if s, ok := u.seated(t); ok {
			return s.Name, ""
		}
	}
	first := leadAfter().ReplaceAllString(firstPart(bare), "")
	if s, ok := u.Named(first); ok {
		if rest, led := u.after(first, s); led && section().MatchString(rest) {
			return s.Name, ""
		}
		if !otherPlace().MatchString(first) {
			return name, s.Name
		}
		return name, ""
	}
	if n := len([]rune(first)); n >= 3 && n <= 60 {
		for _, s := range u.zone.Submitters {
			for _, k := range append([]string{s.Name}, s.Aliases...) {
				if len([]rune(k)) >= 3 && spelling.Distance(spelling.Squash(k), first) <= 1 {
					return name, s.Name
				}
			}
		}
	}
	if s, ok := u.begins(first); ok {
		return name, s.Name
	}
	return name, ""
}

// begins finds the one submitter whose name begins with a text: 经发 is perhaps 经发局.
func (u *Register) begins(text string) (found zone.Submitter, ok bool) {
	t := u.WithoutZone(text)
	if len([]rune(t)) < 2 {
		return found, false
	}
	for _, s := range u.zone.Submitters {
		if slices.ContainsFunc(append([]string{s.Name}, s.Aliases...), func(k string) bool { return strings.HasPrefix(u.WithoutZone(k), t) }) {
			if ok {
				return found, false
			}
			found, ok = s, true
		}
	}
	return found, ok
}

// Street gives a street or township by its name, also without 街道, 镇 or 乡 where only one is called so.
func (u *Register) Street(text string) (zone.Submitter, bool) {
	if part, ok := strings.CutPrefix(text, "其中"); ok { // below a row for all: 其中：双马街道
		text = strings.TrimLeft(part, ":：,， \u3000")
	}
	if s, ok := u.zone.Match(text); ok {
		return s, true
	}
	if s, ok := u.seated(text); ok {
		return s, true
	}
	t := u.WithoutZone(text)
	if len([]rune(t)) < 2 {
		return zone.Submitter{}, false
	}
	found, n := zone.Submitter{}, 0
	for _, s := range u.zone.Submitters {
		if s.Kind != "street" {
			continue
		}
		for _, k := range append([]string{s.Name}, s.Aliases...) {
			if rest, ok := strings.CutPrefix(u.WithoutZone(k), t); ok && slices.Contains([]string{"街道", "镇", "乡", "街", "街道办", "街道办事处", "苏木"}, rest) {
				if n == 0 || found.Code != s.Code {
					found, n = s, n+1
				}
				break
			}
		}
	}
	return found, n == 1
}

// seats are what the office of a street or township is called beside its place: 月山街道办事处, 月山街办, 大桥镇人民政府.
var seats = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(.{2,}?)(?:(街道)(?:办事处|办|党工委)|(街)(?:道?办|办事处)|([镇乡])(?:人民政府|政府|党委|镇政府|乡政府))$`)
})

// seated gives the street or township whose office a text names.
func (u *Register) seated(text string) (zone.Submitter, bool) {
	if len(text) > 120 || !strings.ContainsAny(text, "办府委") {
		return zone.Submitter{}, false
	}
	m := seats().FindStringSubmatch(u.WithoutZone(text))
	if m == nil {
		return zone.Submitter{}, false
	}
	name := m[1] + m[2] + m[4]
	if m[3] != "" {
		name += "街道"
	}
	s, ok := u.zone.Match(name)
	return s, ok && s.Kind == "street"
}

// Streets gives the streets that a text names one after another, as people set them apart or run them together
// (双马街道、板塘街道; 双马、板塘; 双马板塘街道), and how many it says there are, those that the zone doesn't know
// (双马街道、昭山镇) and those that are only counted (双马街道等3个街道) with them. A village of a street is no other one.
func (u *Register) Streets(text string) (found []string, n int) {
	if _, ok := u.Street(text); ok || len(text) > 600 {
		return nil, 0
	}
	others, said := false, 0
	if m := andOthers().FindStringSubmatchIndex(text); m != nil {
		count := text[m[2]:m[3]]
		if said = written.Atoi(count); said == 0 {
			said, _ = written.ChineseInt(count)
		}
		text, others = text[:m[0]], true
	}
	parts := splitUnits(text, hardMarks)
	if len(parts) < 2 {
		parts = splitUnits(text, hardMarks+softMarks)
	}
	if len(parts) == 1 {
		parts = u.together(parts[0])
	}
	for _, part := range parts {
		s, ok := u.Street(part)
		switch {
		case ok && s.Kind == "street":
			if !slices.Contains(found, s.Name) {
				found, n = append(found, s.Name), n+1
			}
		case len(found) > 0 && streetName().MatchString(part):
			n++
		default:
			return nil, 0
		}
	}
	if others && len(found) > 0 {
		n = max(n+1, said)
	}
	return found, n
}

// together takes apart two streets that are written as one: 双马板塘街道.
func (u *Register) together(text string) []string {
	for i := range text {
		if i == 0 {
			continue
		}
		first, ok := u.Street(text[:i])
		second, also := u.Street(text[i:])
		if ok && also && first.Kind == "street" && second.Kind == "street" {
			return []string{text[:i], text[i:]}
		}
	}
	return []string{text}
}

var (
	andOthers = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`等([\d一二三四五六七八九十两几多]*)个?(街道|镇街|街镇|乡镇|镇|乡|单位|地)?$`)
	})
	streetName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(街道|街道办|街道办事处|镇|乡|苏木)$`) })
)

// hardMarks set units apart, softMarks may also stand within the name of one (和平街道).
const (
	hardMarks = "、,，;；/|\\&+\n\r\t \u3000"
	softMarks = "和及与"
)

func splitUnits(text, marks string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(marks, r) })
}

// after is what follows one of a submitter's names at the beginning of a text.
func (u *Register) after(text string, s zone.Submitter) (string, bool) {
	t := u.WithoutZone(text)
	for _, k := range append([]string{s.Name}, s.Aliases...) {
		if rest, ok := strings.CutPrefix(t, spelling.Squash(k)); ok {
			return rest, true
		}
	}
	return "", false
}

// firstPart is a text up to the first mark that sets several units apart.
func firstPart(s string) string {
	if i := strings.IndexAny(s, ",;、/|，；"); i > 0 {
		return s[:i]
	}
	return s
}

// Named finds the one submitter that a title or file name mentions: the one it begins with, else the longest name.
func (u *Register) Named(text string) (zone.Submitter, bool) {
	t := spelling.Squash(text)
	bare := u.WithoutZone(text)
	best, n, tie, leads := zone.Submitter{}, 0, false, false
	for _, s := range u.zone.Submitters {
		for _, name := range append([]string{s.Name}, s.Aliases...) {
			k := spelling.Squash(name)
			l := len([]rune(k))
			if l < 2 || !strings.Contains(t, k) {
				continue
			}
			first := strings.HasPrefix(bare, k) || strings.HasPrefix(t, k)
			switch {
			case leads && !first || leads == first && l < n:
			case leads == first && l == n && best.Code != s.Code:
				tie = true
			default:
				best, n, leads, tie = s, l, first, false
			}
		}
	}
	return best, n > 0 && !tie
}

// Leads says whether a title begins with one of a submitter's names.
func (u *Register) Leads(title string, s zone.Submitter) bool {
	t, whole := u.WithoutZone(title), spelling.Squash(title)
	for _, name := range append([]string{s.Name}, s.Aliases...) {
		if k := spelling.Squash(name); strings.HasPrefix(t, k) || strings.HasPrefix(whole, k) {
			return true
		}
	}
	return false
}

// WithoutZone is a text by meaning, without the zone's own name in front.
func (u *Register) WithoutZone(s string) string {
	return u.zone.WithoutOwn(s)
}

// Several gives the submitters that a text lists one after another and nothing else (经发局、财政局); none where it names fewer
// than two.
func (u *Register) Several(text string) (names []string) {
	if len(text) > 300 || !strings.ContainsAny(text, "、，,;；/和与及 \u3000") {
		return nil
	}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、，,;；/ \u3000", r) }) {
		if s, ok := u.zone.Match(part); ok {
			names = append(names, s.Name)
			continue
		}
		of := strings.FieldsFunc(part, func(r rune) bool { return strings.ContainsRune("和与及", r) })
		for _, p := range of {
			s, ok := u.zone.Match(p)
			if !ok {
				return nil
			}
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	if names = slices.Compact(names); len(names) < 2 {
		return nil
	}
	return names
}
