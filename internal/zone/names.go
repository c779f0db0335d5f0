package zone

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"taizhang/internal/decl"
)

// normal is the spelling under which names are compared: NFKC, without spaces
// and invisible characters, ASCII and full-width letters in lower case.
func normal(text string) string {
	if isNormal(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r) {
			return -1
		}
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, norm.NFKC.String(text))
}

// isNormal tells the texts that normal leaves as they are: common Chinese characters, digits, small letters.
func isNormal(text string) bool {
	for _, r := range text {
		if !(r >= 0x4e00 && r <= 0x9fff || r >= '0' && r <= '9' || r >= 'a' && r <= 'z') {
			return false
		}
	}
	return true
}

// kinds are what zones are called after their place, in full and in short: those of a line mean the same.
var kinds = [][]string{
	{"高新技术产业开发区", "高新技术产业园区", "高新技术产业园", "高新技术开发区", "高新区"},
	{"经济技术开发区", "经济开发区", "经开区", "开发区"},
	{"产业园区", "产业园", "工业园区", "工业园", "园区"},
	{"示范区"}, {"新区"}, {"保税区"}, {"自贸区"}, {"度假区"},
}

// ownNames are the ways in which the zone's name stands before its units' names, the longest first: 湘潭高新技术产业开发区
// and 高新区 for 湘潭高新区.
func ownNames(zone string) []string {
	name := normal(zone)
	out := []string{name}
	for _, line := range kinds {
		i := slices.IndexFunc(line, func(kind string) bool { return strings.HasSuffix(name, kind) })
		if i < 0 {
			continue
		}
		place := strings.TrimSuffix(name, line[i])
		for _, kind := range line {
			out = append(out, place+kind, kind)
		}
		break
	}
	for _, n := range slices.Clone(out) {
		out = append(out, n+"管委会", n+"管理委员会")
	}
	slices.SortStableFunc(out, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(out)
}

// WithoutOwn is a name as it is compared, without the zone's own name before it.
func (z *Zone) WithoutOwn(text string) string { return z.withoutOwn(normal(text)) }

// IsOwn says whether a text is the zone's own name.
func (z *Zone) IsOwn(text string) bool { return slices.Contains(z.own, normal(text)) }

func (z *Zone) withoutOwn(whole string) string {
	for _, own := range z.own {
		if rest, ok := strings.CutPrefix(whole, own); ok && rest != "" {
			return rest
		}
	}
	return whole
}

// keys are the spellings under which a name is entered: as it is, and without
// the zone's own name before it.
func (z *Zone) keys(text string) []string {
	whole := normal(text)
	if whole == "" {
		return nil
	}
	rest, ok := strings.CutPrefix(whole, z.plainName)
	if !ok || rest == "" {
		return []string{whole}
	}
	return []string{whole, rest}
}

// Match finds the submitter that text names: by name, code or alias, after
// trimming, NFKC, dropping spaces and the zone's own name before it
// (湘潭高新区产业局 = 高新区产业局 = 产业局), whatever the case of ASCII letters.
func (z *Zone) Match(text string) (Submitter, bool) {
	if !z.mayEndName(text) {
		return Submitter{}, false
	}
	whole := normal(text)
	i, ok := z.names[whole]
	if !ok {
		i, ok = z.names[z.withoutOwn(whole)]
	}
	if !ok && whole != "" { // the zone's name alone before it, where a longer form of it would leave nothing that is known
		if rest, cut := strings.CutPrefix(whole, z.plainName); cut && rest != "" {
			i, ok = z.names[rest]
		}
	}
	if !ok {
		return Submitter{}, false
	}
	return z.Submitters[i], true
}

// enter makes a text name a submitter.
func (z *Zone) enter(key string, i int) {
	z.names[key] = i
	last, _ := utf8.DecodeLastRuneInString(key)
	z.lasts[last] = true
}

// mayEndName is a quick test before a text is reduced: its last letter ends some name. Every text of a return is asked for,
// and nearly all end here. Signs that reducing may change are let through.
func (z *Zone) mayEndName(text string) bool {
	last, _ := utf8.DecodeLastRuneInString(text)
	if last >= '！' && last <= '～' { // the wide forms of ASCII
		last -= '！' - '!'
	}
	if last > ' ' && last < 0x7f || last >= 0x4e00 && last <= 0x9fff || last == '。' {
		return z.lasts[unicode.ToLower(last)]
	}
	return true
}

const (
	hardSeparators = "、，,;；/／|｜\n\r\t"
	softSeparators = " \u00a0\u3000和及与（("
)

// Learn adds an alias of a submitter. It refuses one that names another submitter or has a meaning of its own.
func (z *Zone) Learn(unit, alias string) error {
	s, ok := z.Match(unit)
	if !ok {
		return decl.Say("no such submitter: %s", "没有填报单位“%s”", unit)
	}
	if slices.Contains(groups, normal(alias)) {
		return decl.Say("%q has a meaning of its own; it can't be an alias", "“%s”另有含义，不能作别名", alias)
	}
	keys := z.keys(alias)
	if len(keys) == 0 {
		return decl.Say("the alias %q is empty once spaces are dropped", "别名“%s”去掉空格后是空的", alias)
	}
	i := z.codes[s.Code]
	for _, key := range keys {
		if other, ok := z.names[key]; ok && other != i {
			return decl.Say("%q names %s already", "“%s”已是%s的名称", alias, z.Submitters[other].Name)
		}
	}
	for _, key := range keys {
		z.enter(key, i)
	}
	if !slices.Contains(s.Aliases, alias) && s.Name != alias {
		z.Submitters[i].Aliases = append(slices.Clone(s.Aliases), alias)
	}
	return nil
}

// FirstOf returns the first of several units in one cell (产业局、财政局): the
// submitter's name where it is one (known), else the part as written. The text
// is tried whole first, then its longest beginning that ends before a
// separator and names a submitter, so that a name may hold separators itself.
// A space, 和, 及, 与 or a bracket ends a unit only where a submitter stands
// before it (和平街道 stays whole), a space also between two long Chinese words.
func (z *Zone) FirstOf(text string) (name string, known bool) {
	text = strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(hardSeparators, r) })
	if s, ok := z.Match(text); ok {
		return s.Name, true
	}
	for rest := text[:reach(text)]; ; {
		i := strings.LastIndexAny(rest, hardSeparators+softSeparators)
		if i <= 0 {
			break
		}
		if rest = strings.TrimRight(rest[:i], hardSeparators+softSeparators); rest == "" {
			break
		}
		if s, ok := z.Match(rest); ok {
			return s.Name, true
		}
	}
	if i := strings.IndexAny(text, hardSeparators); i >= 0 {
		text = strings.TrimSpace(text[:i])
	}
	return beforeSpace(text), false
}

// Of a text that names several units no more is looked at than the longest name could take: a cell may hold 32,767
// separators, and each would be tried.
const (
	reachLetters = 200
	reachBytes   = 2048
)

// reach is how far a text is looked at for the first of several units.
func reach(text string) int {
	letters := 0
	for i, r := range text {
		if !unicode.IsSpace(r) {
			letters++
		}
		if i > reachBytes || letters > reachLetters {
			return i
		}
	}
	return len(text)
}

// beforeSpace cuts text at the first space that stands between two Chinese
// words of three letters or more: 市住建局 市交通局, but not 气 象 局.
func beforeSpace(text string) string {
	words := strings.Fields(text)
	if len(words) < 2 {
		return text
	}
	for _, w := range words {
		letters := []rune(w)
		if len(letters) < 3 || !unicode.Is(unicode.Han, letters[0]) {
			return text
		}
	}
	return words[0]
}

// SafeName returns text as the name of a folder or file on any system: the
// characters that some system forbids, and the first of a name that Windows
// keeps for a device (aux.xlsx), become their full-width forms, which Match
// takes for the same name.
func SafeName(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`/\:*?"<>|`, r):
			return r - '!' + '！'
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.TrimSpace(text))
	if trimmed := strings.TrimRight(text, "."); trimmed != text {
		text = trimmed + strings.Repeat("．", len(text)-len(trimmed))
	}
	if device().MatchString(text) {
		text = string(rune(text[0])-'!'+'！') + text[1:]
	}
	return text
}

// device finds names that Windows takes for devices, whatever follows a dot.
var device = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?i:con|prn|aux|nul|com[0-9]|lpt[0-9]) *(\.|$)`)
})
