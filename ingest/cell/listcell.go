package cell

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// bulletMark numbers a value with a mark behind the number: 1.已办结, but not 12345热线.
var bulletMark = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\d{1,2}[.、]|\([一二三四五六七八九十\d]{1,2}\))`)
})

// Listed gives the declared value that a cell's text stands for, remarks beside it aside.
func (t *Typer) Listed(text string, col *forms.Column) (string, bool) {
	v, f := t.readList(written.Tidy(text), col)
	return v.Text, v.Set && (f == nil || f.Severity == finding.Warning)
}

// readList reads one of the declared values, or an everyday variant of it. What stands beside the value, in brackets or
// behind a mark, is told; where it takes the value back, the cell has none.
func (t *Typer) readList(raw string, col *forms.Column) (Value, *fault) {
	h := strings.Trim(written.Heading(raw), "✓✔√☑✅") // √已办结
	if v, ok := t.Lists[col][h]; ok {
		return Value{Set: true, Text: v}, nil
	}
	if v, ok := t.Lists[col][checked[h]]; ok {
		return Value{Set: true, Text: v}, nil
	}
	if v, ok := t.Lists[col][boxed(raw)]; ok {
		return Value{Set: true, Text: v}, nil
	}
	if v, ok := t.Lists[col][strings.TrimFunc(h, isPicture)]; ok { // ⏳办理中
		return Value{Set: true, Text: v}, nil
	}
	if v, ok := t.Lists[col][uncoded(h)]; ok {
		return Value{Set: true, Text: v}, nil
	}
	if bulletMark().MatchString(h) { // 1.已办结
		h = written.Unnumbered(h)
		if v, ok := t.Lists[col][h]; ok {
			return Value{Set: true, Text: v}, nil
		}
	}
	v, remark, ok := t.valueBeside(h, col)
	switch {
	case !ok:
	case remark == "":
		return Value{Set: true, Text: v}, nil
	case t.sameAs(v, remark, col): // 规上、限上: both are 四上
		return Value{Set: true, Text: v}, nil
	case t.severalOf(v, remark, col) != nil:
		return Value{}, because(finding.ListValuesSeveral(col.Title, t.Quote(raw, 30), t.severalOf(v, remark, col), col.InKey))
	case t.takesBack(v, remark, col):
		return Value{}, because(finding.ListValueTakenBack(col.Title, t.Quote(raw, 30), t.Quote(remark, 20), v, others(col, v)))
	default:
		return Value{Set: true, Text: v}, because(finding.ListValueWithText(col.Title, t.Quote(raw, 30), v))
	}
	return Value{}, because(finding.NotListed(col.Title, t.Quote(raw, 30), others(col, ""), t.meant(h, col)))
}

// isPicture says whether a sign is a picture beside a word that says nothing against it, as 🚫 and 👎 do.
func isPicture(r rune) bool {
	switch {
	case r == '🚫' || r == '👎' || r == '🈚' || r == '🛑':
		return false
	case r >= 0x1f300 && r <= 0x1faff, r >= 0x231a && r <= 0x23ff, r == '⭐', r == 0xfe0f: // with the sign that asks for colour
		return true
	}
	return false
}

// checked is what a check box in a cell (复选框) stands for.
var checked = map[string]string{"true": "是", "false": "否", "TRUE": "是", "FALSE": "否"}

// boxed is what stands beside the one ticked box of several: ☑办理中 □已办结. "" where there are no such boxes.
func boxed(raw string) string {
	if !strings.ContainsAny(raw, emptyBoxes) || !strings.ContainsAny(raw, tickedBoxes) {
		return ""
	}
	s := spelling.Squash(raw)
	first, _ := utf8.DecodeRuneInString(s)
	before := strings.ContainsRune(emptyBoxes+tickedBoxes, first) // the boxes stand before their texts
	var found, text string
	ticked := false
	take := func(text string) {
		if found != "" {
			text = "\x00" // two of them
		}
		found = written.Heading(text)
	}
	for _, r := range s {
		switch {
		case !strings.ContainsRune(emptyBoxes+tickedBoxes, r):
			text += string(r)
			continue
		case before && ticked:
			take(text)
		case !before && strings.ContainsRune(tickedBoxes, r):
			take(text)
		}
		ticked, text = strings.ContainsRune(tickedBoxes, r), ""
	}
	if before && ticked {
		take(text)
	}
	return found
}

const (
	emptyBoxes  = "□☐○◯×✗"
	tickedBoxes = "☑☒✓✔√■●✅"
)

// uncoded is a value without the code by which a list of choices numbers it, or the word that says that it is of a class: 3-已办结,
// 04安全生产, 安全生产类.
func uncoded(h string) string {
	rest := strings.TrimLeft(h, "0123456789")
	if n := len(h) - len(rest); n == 1 || n == 2 {
		h = strings.TrimLeft(rest, "-—–_:、.．)/")
	}
	for _, end := range []string{"类问题", "类事项", "类"} {
		if s, ok := strings.CutSuffix(h, end); ok {
			return s
		}
	}
	return h
}

// others are the declared values but one.
func others(col *forms.Column, but string) (names []string) {
	for _, v := range col.Values {
		if v.Name != but {
			names = append(names, v.Name)
		}
	}
	return names
}

const (
	openings = "([{<【〔〈〖"
	closings = ")]}>】〕〉〗"
	marks    = ",:;、。./|~!—–-" // set a remark apart from a value
)

// valueBeside finds the value that stands beside a remark: 已办结(8月1日), (市级)已办结, 已办结-8月1日. The remark is all
// that isn't the value, its parts joined by commas.
func (t *Typer) valueBeside(h string, col *forms.Column) (v, remark string, ok bool) {
	var outside, inside []string
	depth, from := 0, 0
	part := func(to int) {
		if s := strings.Trim(h[from:to], marks); s != "" && depth == 0 {
			outside = append(outside, s)
		} else if s != "" {
			inside = append(inside, s)
		}
	}
	for i, r := range h {
		opens, closes := strings.ContainsRune(openings, r), strings.ContainsRune(closings, r)
		if !opens && !closes {
			continue
		}
		part(i)
		from = i + utf8.RuneLen(r)
		if opens {
			depth++
		} else {
			depth = max(0, depth-1)
		}
	}
	part(len(h))
	if len(outside) == 0 { // 【已办结】
		outside, inside = inside, nil
	}
	if v, ok = t.Lists[col][strings.Join(outside, "")]; ok {
		return v, strings.Join(inside, ","), true
	}
	var parts []string
	for _, s := range outside {
		parts = append(parts, strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(marks, r) })...)
	}
	for i, s := range parts {
		if v, ok = t.Lists[col][s]; ok {
			rest := append(append(parts[:i:i], parts[i+1:]...), inside...)
			return v, strings.Join(rest, ","), true
		}
	}
	return "", "", false
}

var (
	// revoking are words in a remark that take back what a value says: 已办结(未通过验收), 已办结(80%).
	revoking = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`[未待拟不无没暂尚非否将除但仅只缺欠半?]|部分|部份|预计|预期|计划|基本|初步|大体|大致|大部|少部|原则|口头|阶段|临时|争取|力争|反弹|复发|退回|返工|重办|重新|存疑|有误|作废|取消|撤销|撤回|驳回|拒绝|失败|[\d.]+%|百分之|[一二三四五六七八九\d]成|\d/\d`)
	})
	// confirming are words that hold one of those and say the contrary, or nothing of it.
	confirming = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(^|[^\d.])100(\.0+)?%|百分之百|无(遗留|异议|反弹|问题|争议|投诉|意见|误)|(未|没有|不再)(再)?(反弹|复发|反映|投诉|发现问题)|[消排拆清解扫]除|[接招]待|上半年|下半年|不动产|不锈钢|无锡|无障碍|无人机|无线|未央|未来`)
	})
	// open are values that say that something isn't done yet: a remark such as 未验收 agrees with them.
	open = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(未|待|不|暂|拟|尚|正在|无)|中$|推进|长期`)
	})
	done = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(已|是|均已|全部)`) })
)

// severalOf gives the listed values that a cell consists of, if these are several.
func (t *Typer) severalOf(v, remark string, col *forms.Column) (all []string) {
	all = []string{v}
	for _, part := range strings.Split(remark, ",") {
		other, ok := t.Lists[col][part]
		if !ok {
			return nil
		}
		if !slices.Contains(all, other) {
			all = append(all, other)
		}
	}
	if len(all) < 2 {
		return nil
	}
	return all
}

// sameAs says whether a remark consists of other words for the same value.
func (t *Typer) sameAs(v, remark string, col *forms.Column) bool {
	for _, part := range strings.Split(remark, ",") {
		if t.Lists[col][part] != v {
			return false
		}
	}
	return true
}

// takesBack says whether a remark beside a value says otherwise.
func (t *Typer) takesBack(v, remark string, col *forms.Column) bool {
	spellings := t.Lists[col]
	for _, part := range strings.Split(remark, ",") {
		if other, ok := spellings[part]; ok && other != v {
			return true
		}
	}
	pending := open().MatchString(v)
	if !pending && revoking().MatchString(confirming().ReplaceAllString(remark, "")) {
		return true
	}
	for word, other := range spellings {
		if other == v || utf8.RuneCountInString(word) < 2 || !strings.Contains(remark, word) {
			continue
		}
		if pending && done().MatchString(word) || !pending && open().MatchString(other) {
			return true
		}
	}
	return false
}
