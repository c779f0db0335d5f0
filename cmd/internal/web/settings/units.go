package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"taizhang/internal/zone"
)

// Pasted is what was understood of units as people paste them.
type Pasted struct {
	Units []zone.Submitter
	Left  []string // what no unit was made of: headings, contacts, numbers
}

// pasted are patterns of what stands in pasted lists beside names.
type pasted struct{ number, alone, phone, gap, called, sum, group, label *regexp.Regexp }

var patterns = sync.OnceValue(func() pasted {
	const number = `(?:\d{1,3}|[一二三四五六七八九十百]{1,4})`
	return pasted{
		number: regexp.MustCompile(`^(?:[（(]\s*` + number + `\s*[）)][.、．:：]?|第` + number + `[.、．:：]|` + number + `\s*[.、．）):：]|\d{1,3}[\s　]+|[①-⑳⑴-⒇㈠-㈩]|[-–—•·●○■□*]+)[\s　]*`),
		alone:  regexp.MustCompile(`^(?:[（(]?\s*` + number + `\s*[）)]?[.、．:：]?|[①-⑳⑴-⒇㈠-㈩])$`),
		phone:  regexp.MustCompile(`^(?:(?:电话|手机|联系电话|座机|传真)?[:：]?[+（(]?\d[\d\s（）()\-–—+*转]{5,}\d|\d{7,}|\S+@\S+)$`),
		gap:    regexp.MustCompile(`\t|[ 　]{2,}|\|`),
		called: regexp.MustCompile(`[（(][^（）()]*\d{7,}[^（）()]*[）)]`),
		sum:    regexp.MustCompile(`^(?:合计|总计|共计|小计|共)[\s:：]*(?:\d+|[一二三四五六七八九十百]+)?\s*(?:个|家|个单位|家单位)?[。.]?$`),
		group:  regexp.MustCompile(`^(?:[一二三四五六七八九十]{1,3}[、．.]|第[一二三四五六七八九十]{1,3}[类组])`),
		label:  regexp.MustCompile(`^([^：:、，,;；\s]{0,12}(?:部门|街道|单位|乡镇|镇街|名单|国企|平台|机构|公司)(?:[（(][^）)]*[）)])?)\s*[：:]\s*(\S.*)$`),
	}
})

// Words of headings over pasted columns.
var (
	unitHeads  = []string{"单位名称", "填报单位", "报送单位", "责任单位", "单位全称", "部门名称", "机构名称", "单位", "部门", "名称"}
	aliasHeads = []string{"别名", "简称", "单位简称", "其他名称", "曾用名", "全称", "其他写法"}
	otherHeads = []string{"序号", "编号", "代码", "类别", "联系人", "负责人", "联络员", "填报人", "姓名", "职务", "电话", "联系电话", "联系方式", "手机", "手机号", "手机号码", "办公电话", "邮箱", "备注"}
	groupHeads = []string{"全部", "各单位", "各部门", "各街道", "街道", "乡镇", "镇街", "各乡镇", "各镇街", "所属单位", "机关部门", "区直部门", "国有企业", "平台公司"}
	listEnds   = []string{"名单", "一览表", "通讯录", "清单", "花名册", "名录"}
	unitEnds   = []string{"局", "办", "委", "中心", "街道", "镇", "乡", "公司", "院", "会", "队", "所", "站", "科", "部", "处", "室", "厅", "分局", "园", "学校", "社区", "村", "街办", "办公室", "街道办", "集团", "组", "厂", "台"}
)

// UnitsIn reads units as people paste them: one a line, perhaps numbered, other spellings behind the name; or rows of a
// table with contacts and headings. Nothing that may be a person or a number becomes a spelling of a unit.
func UnitsIn(text string) (p Pasted) {
	var rows [][]string
	lines := strings.FieldsFunc(plainText(text), func(r rune) bool { return r == '\n' || r == '\r' })
	for _, line := range countedOff(p.listed(lines)) {
		if cells := cellsOf(line); len(cells) > 0 {
			rows = append(rows, cells)
		}
	}
	var heads []string
	for _, cells := range rows {
		if isHeading(cells) {
			heads = cells
			p.Left = append(p.Left, strings.Join(filled(cells), " "))
			continue
		}
		p.row(cells, heads)
	}
	return p
}

// plainText is a text without what nobody sees (marks of width and direction) and without the blanks that align names (财 政 局).
func plainText(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		words := strings.Fields(l)
		if len(words) > 1 && !slices.ContainsFunc(words, func(w string) bool {
			r, n := utf8.DecodeRuneInString(w)
			return n < len(w) || !unicode.Is(unicode.Han, r)
		}) {
			lines[i] = strings.Join(words, "")
		}
	}
	return strings.Join(lines, "\n")
}

// listed takes lists apart that stand on one line: behind what says of what they are (各部门：产业局、财政局), or where there
// is no other line. Numbers of phones in brackets, sums and headings of groups are left out.
func (p *Pasted) listed(lines []string) (out []string) {
	x := patterns()
	lines = slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return strings.TrimSpace(l) == "" })
	counted := 0 // lines with a number such as 一、
	for _, l := range lines {
		if x.group.MatchString(strings.TrimSpace(l)) {
			counted++
		}
	}
	for i, l := range lines {
		l = x.called.ReplaceAllStringFunc(l, func(s string) string { p.Left = append(p.Left, strings.Trim(s, "（）() ")); return "" })
		plain := strings.TrimSpace(l)
		switch {
		case x.sum.MatchString(plain), slices.Contains(groupHeads, x.number.ReplaceAllString(strings.TrimRight(plain, ":："), "")):
			p.Left = append(p.Left, plain)
		case x.group.MatchString(plain) && counted < len(lines) && i+1 < len(lines) && beneath(lines[i+1]):
			p.Left = append(p.Left, plain)
		default:
			if m := x.label.FindStringSubmatch(plain); m != nil {
				p.Left = append(p.Left, m[1])
				out = append(out, namesIn(m[2])...)
			} else if names := namesIn(plain); len(lines) == 1 && severalUnits(names) {
				out = append(out, names...)
			} else {
				out = append(out, l)
			}
		}
	}
	return out
}

// beneath says whether a line is the first below a heading of a group: it has no number, or begins to count.
func beneath(line string) bool {
	line = strings.TrimSpace(line)
	return !patterns().number.MatchString(line) || strings.HasPrefix(line, "（一）") || strings.HasPrefix(line, "(一)") || strings.HasPrefix(line, "1")
}

func namesIn(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("、，,;；。", r) })
}

// severalUnits says whether names are units, rather than one unit's names.
func severalUnits(names []string) bool {
	if len(names) < 2 || slices.ContainsFunc(names, func(n string) bool { return !looksLikeUnit(n) }) {
		return false
	}
	one, other := []rune(names[0]), []rune(names[1])
	return len(names) > 2 || one[0] != other[0]
}

// countedOff takes numbers off that are written right before the names (1产业局, 2党政办), where every line has its own.
func countedOff(lines []string) []string {
	lines = slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return strings.TrimSpace(l) == "" })
	out := make([]string, len(lines))
	for i, l := range lines {
		rest, ok := strings.CutPrefix(strings.TrimSpace(l), fmt.Sprint(i+1))
		if r, _ := utf8.DecodeRuneInString(rest); !ok || !unicode.Is(unicode.Han, r) && !unicode.IsDigit(r) {
			return lines
		}
		out[i] = rest
	}
	if len(lines) < 2 {
		return lines
	}
	return out
}

// cellsOf are the cells of a line; an empty one between two tabs stays, so that columns keep their places.
func cellsOf(line string) []string {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	x := patterns()
	cells := x.gap.Split(strings.Trim(line, " 　|"), -1)
	if len(cells) == 1 {
		words := strings.FieldsFunc(line, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("、，,;；", r) })
		if slices.ContainsFunc(words, x.phone.MatchString) { // a contact, with no more than blanks between
			cells = strings.Fields(line)
		}
	}
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}

// isHeading says whether a row holds headings of columns, or the title of a list.
func isHeading(cells []string) bool {
	cells = filled(cells)
	if len(cells) == 1 {
		for _, end := range listEnds {
			if strings.HasSuffix(cells[0], end) {
				return true
			}
		}
	}
	known := 0
	for _, c := range cells {
		if c = plainHead(c); slices.Contains(unitHeads, c) || slices.Contains(aliasHeads, c) || slices.Contains(otherHeads, c) {
			known++
		}
	}
	return known > 0 && known*2 >= len(cells)
}

func plainHead(s string) string {
	return strings.TrimRight(strings.Join(strings.Fields(s), ""), ":：*")
}

func filled(cells []string) []string {
	return slices.DeleteFunc(slices.Clone(cells), func(c string) bool { return c == "" })
}

// row makes a unit of a row of cells, under headings where there were any.
func (p *Pasted) row(cells, heads []string) {
	x := patterns()
	var u zone.Submitter
	at := slices.IndexFunc(heads, func(h string) bool { return slices.Contains(unitHeads, plainHead(h)) })
	if at >= 0 && at < len(cells) && len(cells) > 1 {
		p.name(&u, cells[at], true)
		for i, c := range cells {
			switch {
			case i == at || c == "" || x.alone.MatchString(c):
			case i < len(heads) && slices.Contains(aliasHeads, plainHead(heads[i])):
				p.name(&u, c, true)
			default:
				p.Left = append(p.Left, c)
			}
		}
	} else {
		for i, c := range cells {
			if c != "" && !(len(cells) > 1 && x.alone.MatchString(c)) {
				p.name(&u, c, i == 0 || len(cells) == 1)
			}
		}
	}
	if u.Name != "" {
		u.Code = fmt.Sprintf("u%02d", len(p.Units)+1)
		p.Units = append(p.Units, u)
	}
}

// name gives a unit the names that stand in a cell: surely where the cell is one for names, else only what looks like one.
func (p *Pasted) name(u *zone.Submitter, cell string, surely bool) {
	x := patterns()
	if u.Name == "" {
		cell = strings.TrimSpace(x.number.ReplaceAllString(cell, ""))
	}
	words := strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("、，,;；", r) })
	if slices.ContainsFunc(words, func(w string) bool { return x.phone.MatchString(strings.TrimSpace(w)) }) {
		surely = false // with a number stands a person
	}
	for _, w := range words {
		switch w = strings.TrimSpace(w); {
		case w == "":
		case x.phone.MatchString(w) || u.Name != "" && !surely && !looksLikeUnit(w):
			p.Left = append(p.Left, w)
		case u.Name == "":
			u.Name = w
		default:
			u.Aliases = append(u.Aliases, w)
		}
	}
}

// looksLikeUnit says whether a text ends as names of offices do.
func looksLikeUnit(s string) bool {
	return utf8.RuneCountInString(s) >= 2 && slices.ContainsFunc(unitEnds, func(end string) bool { return strings.HasSuffix(s, end) })
}
