package cell

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"taizhang/ingest/forms"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// takesBack are words that turn the meaning of what they stand before: 未办结 is not 已办结.
var takesBack = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[未不非没无待拟]|部分|预计|基本`) })

// meant gives the listed value that a text means although it is none of its spellings: a slip in one character of a long
// word (企业反应), or a word for a value with something around it that leaves its meaning (正在办 holds 在办). 群众反映 is no
// 企业反映, however alike they look: what is different in it is what it is about. "" where nothing, or two values, may be meant.
func (t *Typer) meant(h string, col *forms.Column) string {
	if _, now, changed := strings.Cut(strings.NewReplacer("->", "→", "➔", "→", "改为", "→", "变为", "→").Replace(h), "→"); changed { // 不满意→满意
		return t.Lists[col][strings.TrimLeft(now, ">")]
	}
	best, longest, tie := "", 0, false
	take := func(value string, n int) {
		switch {
		case n > longest:
			best, longest, tie = value, n, false
		case n == longest && value != best:
			tie = true
		}
	}
	for word, value := range t.Lists[col] {
		n := len([]rune(word))
		switch before, after, within := strings.Cut(h, word); {
		case n < 2:
		case within && strings.HasPrefix(after, "中"): // 办结中 goes on
		case within && (takesBack().MatchString(before+after) || partly(value, before+","+after)):
		case within:
			take(value, n)
		case n >= 4 && oneSlip(h, word):
			take(value, n)
		}
	}
	switch {
	case tie:
		return ""
	case best == "":
		return t.abridged(h, col)
	}
	return best
}

// abridged gives the listed value of which a text is a part, and no other: 春风 of 春风行动. "" where it may be of several.
func (t *Typer) abridged(h string, col *forms.Column) string {
	if utf8.RuneCountInString(h) < 2 || takesBack().MatchString(h) {
		return ""
	}
	found := ""
	for word, value := range t.Lists[col] {
		if !strings.Contains(word, h) {
			continue
		}
		if found != "" && found != value {
			return ""
		}
		found = value
	}
	return found
}

// partly says whether what stands around a value that says that something is done says that it is not wholly so, or not
// yet: 完成80%, 完成一半, 即将完成.
func partly(value, around string) bool {
	return !open().MatchString(value) && revoking().MatchString(confirming().ReplaceAllString(around, ""))
}

// oneSlip says whether two words differ in one character behind the two that say what they are about.
func oneSlip(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) != len(y) {
		return false
	}
	slips := 0
	for i := range x {
		if x[i] != y[i] {
			if slips++; i < 2 {
				return false
			}
		}
	}
	return slips == 1
}

var (
	// about is a number with a word that makes it inexact: 约400, 400余人, 近30户左右.
	about = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(大?约|大概|将?近|接近|超过?|逾|不到|不足|共|累计|合计)?(\d+)(余|多|来|左右|上下|以上|以内)?(人次?|户次?|家次?|个|名|位|件|项|场|期|岗位)?(余|多|左右|上下|以上|以内)?$`)
	})
	// amountsOf are several counts in one cell: 3户/12人.
	amountsOf = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^\d+(人次?|户次?|家次?|个|名|件|项|场)[/、,;和及]?\d+(人次?|户次?|家次?|个|名|件|项|场)`)
	})
)

// aboutNumber gives the number of an inexact count; "" where there is none.
func aboutNumber(raw string) string {
	m := about().FindStringSubmatch(spelling.Squash(raw))
	if m == nil {
		return ""
	}
	return m[2]
}

var (
	// roughly are words before and behind a number or date that make it inexact or say more: 约85%, 已完成85%, 12.5万元左右.
	roughly = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(大?约|大概|将?近|接近|超过?|逾|不到|不足|已?(经)?完成|完成了?|达到?|共|累计|合计|计|暂定|初步)+[:：]?`)
	})
	roughEnd = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(左右|上下|以上|以内|以下|前后|[/。.,，;；、])+$`)
	})
	remarkEnd = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([^()（）]+)[(（]([^()（）]*)[)）]$`) })
)

// exactly leaves out of a text what makes its number inexact, or is a remark behind it; false where nothing is.
func exactly(raw string) (string, bool) {
	if len(raw) > 90 {
		return "", false
	}
	s := strings.TrimSpace(raw)
	if m := remarkEnd().FindStringSubmatch(s); m != nil {
		if _, odd := written.OddWord(m[2]); odd || revoking().MatchString(confirming().ReplaceAllString(m[2], "")) { // 100%（待验收）, 10（美元）
			return "", false
		}
		s = strings.TrimSpace(m[1])
	}
	s = roughEnd().ReplaceAllString(roughly().ReplaceAllString(s, ""), "")
	return s, s != "" && s != strings.TrimSpace(raw)
}
