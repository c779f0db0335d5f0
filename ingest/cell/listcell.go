package cell

import (
	"regexp"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/written"
)

var (
	// bulletMark numbers a value with a mark behind the number: 1.已办结, but not 12345热线.
	bulletMark = regexp.MustCompile(`^(\d{1,2}[.、]|\([一二三四五六七八九十\d]{1,2}\))`)
	// valueEnd ends a listed value before a remark: 已办结，8月1日完成.
	valueEnd = regexp.MustCompile(`[,:;。.(]`)
	// half are remarks that take the value back.
	half = regexp.MustCompile(`[\d.]+%|但|未|部分|除`)
)

// leadingValue reads a listed value with a remark behind it; not where the remark holds another value or takes it back.
func (t *Typer) leadingValue(h string, col *forms.Column) (string, bool) {
	i := valueEnd.FindStringIndex(h)
	if i == nil || i[0] == 0 {
		return "", false
	}
	v, ok := t.Lists[col][h[:i[0]]]
	rest := h[i[1]:]
	if !ok || half.MatchString(rest) {
		return "", false
	}
	for word, other := range t.Lists[col] {
		if other != v && len([]rune(word)) > 1 && strings.Contains(rest, word) {
			return "", false
		}
	}
	return v, true
}

// readList reads one of the declared values, or an everyday variant of it.
func (t *Typer) readList(raw string, col *forms.Column) (Value, *fault) {
	h := written.Heading(raw)
	if v, ok := t.Lists[col][h]; ok {
		return Value{Set: true, Text: v}, nil
	}
	if bare := written.InParens.ReplaceAllString(h, ""); bare != h {
		if v, ok := t.Lists[col][bare]; ok {
			return Value{Set: true, Text: v}, nil
		}
	}
	if v, ok := t.Lists[col][written.Bullet.ReplaceAllString(h, "")]; ok && bulletMark.MatchString(h) { // 1.已办结
		return Value{Set: true, Text: v}, nil
	}
	if v, ok := t.leadingValue(h, col); ok {
		return Value{Set: true, Text: v}, because(finding.ListValueWithText(col.Title, t.Quote(raw, 30), v))
	}
	var all []string
	for _, v := range col.Values {
		all = append(all, v.Name)
	}
	return Value{}, because(finding.NotListed(col.Title, t.Quote(raw, 30), all, t.meant(h, col)))
}
