package zone

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"taizhang/internal/calendar"
	"taizhang/internal/decl"
)

// The words of `from` that mean several submitters; no submitter may be called so.
var groups = []string{"all", "departments", "streets"}

type label struct {
	what decl.Text
	text string
	node *decl.Node
}

var (
	nameLabel  = decl.Say("name", "名称")
	codeLabel  = decl.Say("code", "代码")
	aliasLabel = decl.Say("alias", "别名")
)

func (p *parser) submitters(items []*decl.Node) {
	merged := map[int]*decl.Node{}
	lines := map[string]int{} // of each key of a name, for messages
	for i, item := range items {
		item = item.As("a submitter", "填报单位")
		m := item.Fields(submitterKeys...).Filled()
		if m == nil {
			p.unsure = true
			p.z.Submitters = append(p.z.Submitters, Submitter{Seq: i + 1, Since: calendar.NoDate, Until: calendar.NoDate})
			continue
		}
		s := Submitter{Seq: i + 1, Kind: Department, Since: p.date(m["since"]), Until: p.date(m["until"])}
		if s.Since.Valid() && s.Until.Valid() && s.Since > s.Until {
			m["since"].Fault("since: %s is after until: %s", "since：%s 晚于 until：%s", s.Since, s.Until)
		}
		s.Code = p.code(m["code"], fmt.Sprintf("s%02d", i+1))
		labels := []label{{codeLabel, s.Code, item}}
		if m["code"] != nil {
			labels[0].node = m["code"]
		}
		if n := m["name"]; n == nil {
			item.Fault("a submitter without a name", "填报单位缺 name（名称）")
		} else if l, ok := p.unitName(n, &s); ok {
			labels = append(labels, l)
		}
		p.kind(m["kind"], &s)
		labels = append(labels, p.aliases(m["aliases"], &s)...)
		if m["merged_into"] != nil {
			merged[i] = m["merged_into"]
		}
		p.z.Submitters = append(p.z.Submitters, s)
		p.index(i, labels, lines)
	}
	for i := range p.z.Submitters {
		if n := merged[i]; n != nil {
			p.mergedInto(i, n)
		}
	}
	p.mergeCircles(merged)
}

// longestName is of how many characters a unit's name is at most: a file of 督办单_… may have 255 bytes.
const longestName = 60

// unitName reads a name; what ends in 街道, 镇 or 乡 is a street unless said otherwise.
func (p *parser) unitName(n *decl.Node, s *Submitter) (label, bool) {
	name, ok := n.Text()
	if !ok {
		p.unsure = true
		return label{}, false
	}
	s.Name = name
	if strings.ContainsAny(name, "\r\n\t") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || strings.HasPrefix(name, "~") {
		n.Fault("name %q cannot be the name of a folder: it starts with . _ or ~ or holds a line break", "名称“%s”不能作文件夹名：不能以 . _ ~ 开头，也不能含换行", name)
	}
	if long := utf8.RuneCountInString(name); long > longestName {
		n.Fault("name %.20q… has %d characters: folders and papers bear it, %d at most", "名称“%.20s…”有%d个字：文件夹和材料都用它命名，最多%d个字", name, long, longestName)
	}
	for _, end := range []string{"街道", "镇", "乡"} {
		if strings.HasSuffix(name, end) {
			s.Kind = Street
		}
	}
	return label{nameLabel, name, n}, true
}

func (p *parser) kind(n *decl.Node, s *Submitter) {
	kind, ok := n.Text()
	if !ok {
		return
	}
	s.Kind = Kind(kind)
	if s.Kind != Department && s.Kind != Street {
		n.Fault("unknown kind %q%s", "没有类别“%s”%s", kind, decl.Instead(kind, []string{string(Department), string(Street)}))
	}
}

func (p *parser) aliases(n *decl.Node, s *Submitter) (labels []label) {
	for _, a := range n.Names() {
		alias, ok := a.As("alias", "别名").Text()
		if !ok {
			continue
		}
		if slices.ContainsFunc(s.Aliases, func(other string) bool { return normal(other) == normal(alias) }) {
			a.Fault("alias %q of %s stands twice", "%[2]s的别名“%[1]s”重复", alias, s.Name)
			continue
		}
		s.Aliases = append(s.Aliases, alias)
		labels = append(labels, label{aliasLabel, alias, a})
	}
	return labels
}

// index enters a submitter's names, none of which may name another submitter.
func (p *parser) index(i int, labels []label, lines map[string]int) {
	for _, l := range labels {
		if slices.Contains(groups, normal(l.text)) {
			l.node.Fault("%s %q has a meaning of its own in from; choose another", "%s“%s”在 from 中另有含义，请换一个", l.what, l.text)
			continue
		}
		keys := p.z.keys(l.text)
		if len(keys) == 0 {
			l.node.Fault("%s %q is empty once spaces are dropped", "%s“%s”去掉空格后是空的", l.what, l.text)
			continue
		}
		taken := false
		for _, key := range keys {
			if other, ok := p.z.names[key]; ok && other != i {
				l.node.Fault("%s %q also names %s on line %d (compared without spaces and the zone's name)", "%s“%s”与第%[4]d行的%[3]s重复（比较时不计空格和园区名称）", l.what, l.text, p.z.Submitters[other].Name, lines[key])
				taken = true
				break
			}
		}
		if taken {
			continue
		}
		for _, key := range keys {
			if _, ok := p.z.names[key]; !ok {
				p.z.enter(key, i)
				lines[key] = l.node.Pos().Line
			}
		}
		if l.what == codeLabel {
			p.z.codes[l.text] = i
		}
	}
}

func (p *parser) mergedInto(i int, n *decl.Node) {
	text, ok := n.Text()
	if !ok {
		return
	}
	into, ok := p.z.Match(text)
	switch {
	case !ok && p.unsure:
	case !ok:
		n.Fault("merged_into: unknown submitter %q%s", "merged_into：没有填报单位“%s”%s", text, decl.Instead(text, p.unitNames(false)))
	case into.Seq == i+1:
		n.Fault("merged_into: %s cannot be merged into itself", "merged_into：%s不能并入自己", into.Name)
	default:
		p.z.Submitters[i].MergedInto = into.Code
	}
}

func (p *parser) mergeCircles(merged map[int]*decl.Node) {
	for i, s := range p.z.Submitters {
		for steps := 0; s.MergedInto != ""; steps++ {
			s, _ = p.z.Submitter(s.MergedInto)
			if s.Seq == i+1 {
				merged[i].Fault("merged_into goes in a circle back to %s", "merged_into 绕回到了%s", s.Name)
				return
			}
			if steps > len(p.z.Submitters) {
				break // a circle that does not hold i; reported at its own members
			}
		}
	}
}

func (p *parser) unitNames(withGroups bool) []string {
	var names []string
	for _, s := range p.z.Submitters {
		if s.Name != "" {
			names = append(names, s.Name)
		}
	}
	if withGroups {
		names = append(names, groups...)
	}
	for _, s := range p.z.Submitters {
		if s.Code != "" && !slices.Contains(names, s.Code) {
			names = append(names, s.Code)
		}
		names = append(names, s.Aliases...)
	}
	return names
}

func (p *parser) returns(items []*decl.Node) {
	lines := map[obligor]int{}
	for _, item := range items {
		item = item.As("a return", "报送要求")
		m := item.Fields(returnKeys...).Filled()
		if m == nil {
			continue
		}
		for _, key := range []string{"form", "from", "due"} {
			if m[key] == nil {
				item.Fault("a return without %s; for example {form: problem, from: [产业局, 双马街道], due: monday 12:00}", "报送要求缺 %s；例如 {form: problem, from: [产业局, 双马街道], due: monday 12:00}", key)
			}
		}
		form, ok := p.form(m["form"])
		r := Return{Form: form.ID, Due: p.due(m["due"], form, ok), Since: p.since(m["since"], form, ok)}
		for _, s := range p.from(m["from"]) {
			who := obligor{s.Code, r.Form}
			if line, twice := lines[who]; twice {
				m["from"].Fault("%s already hands in %s: line %d", "%s报送 %s 已写在第%d行", s.Name, r.Form, line)
				continue
			}
			if !ok {
				continue
			}
			lines[who] = item.Pos().Line
			r.Submitter = s.Code
			p.z.owed[who] = len(p.z.Returns)
			p.z.Returns = append(p.z.Returns, r)
		}
	}
}

func (p *parser) form(n *decl.Node) (FormInfo, bool) {
	text, ok := n.Text()
	if !ok {
		return FormInfo{}, false
	}
	var names []string
	for _, f := range p.known.Forms {
		if f.ID == text || f.Title == text {
			return f, true
		}
		names = append(names, f.ID)
	}
	for _, f := range p.known.Forms {
		names = append(names, f.Title)
	}
	n.Fault("unknown form %q%s", "没有表样“%s”%s", text, decl.Instead(text, names))
	return FormInfo{}, false
}

func (p *parser) due(n *decl.Node, form FormInfo, formKnown bool) Rule {
	text, ok := n.Text()
	if !ok {
		return Rule{}
	}
	rule, err := ParseRule(text)
	if err != nil {
		n.Fault("%[1]v", `报送时限“%[2]s”看不懂；可写“次周一 12:00”“当周五 17:00”“5个工作日”（月后）“次月5日 12:00”`, err, text)
		return rule
	}
	if formKnown && rule.Kind() != form.Frequency {
		n.Fault("due %q is for %s returns, but form %s is handed in every %s; write for example %q",
			"时限“%s”用于%s，而 %s 是%s；可写“%s”", text, kindWords[rule.Kind()], form.ID, everyWords[form.Frequency],
			map[calendar.PeriodKind]decl.Text{calendar.Week: decl.Say("monday 12:00", "次周一 12:00"), calendar.Month: decl.Say("5 working days", "5个工作日")}[form.Frequency])
	}
	return rule
}

var (
	kindWords  = map[calendar.PeriodKind]decl.Text{calendar.Week: decl.Say("weekly", "周报"), calendar.Month: decl.Say("monthly", "月报")}
	everyWords = map[calendar.PeriodKind]decl.Text{calendar.Week: decl.Say("week", "周报"), calendar.Month: decl.Say("month", "月报")}
)

// since reads the first period owed. A date means the period that holds it; a
// period of the other kind the first period that starts in or after it.
func (p *parser) since(n *decl.Node, form FormInfo, formKnown bool) calendar.Period {
	text, ok := n.Text()
	if !ok {
		return calendar.Period{}
	}
	d, err := calendar.ParseDate(text)
	if err == nil {
		return form.Frequency.Of(d)
	}
	period, err := calendar.ParsePeriod(text)
	if err != nil {
		n.Fault("since: %q is neither a week like 2022-W05, a month like 2022-01, nor a date like 2022-01-03", "since：“%s”应为周（2022-W05）、月（2022-01）或日期（2022-01-03）", text)
		return calendar.Period{}
	}
	if !formKnown || period.Kind == form.Frequency {
		return period
	}
	first := form.Frequency.Of(period.Start)
	if first.Start < period.Start {
		first = first.Next()
	}
	return first
}

// from returns the submitters that `from` names, each once, in 机构序列.
func (p *parser) from(n *decl.Node) []Submitter {
	chosen := map[int]bool{}
	if n.IsList() {
		if items, _ := n.Items(); len(items) == 0 {
			n.Fault("from names nobody", "from 没有写单位")
		}
	}
	for _, item := range n.Names() {
		text, ok := item.Text()
		if !ok {
			continue
		}
		group := normal(text)
		if !slices.Contains(groups, group) {
			if s, ok := p.z.Match(text); ok {
				chosen[s.Seq-1] = true
			} else if !p.unsure {
				item.Fault("unknown submitter %q%s", "没有填报单位“%s”%s", text, decl.Instead(text, p.unitNames(true)))
			}
			continue
		}
		for i, s := range p.z.Submitters {
			if group == "all" || group == "streets" && s.Kind == Street || group == "departments" && s.Kind == Department {
				chosen[i] = true
			}
		}
	}
	var list []Submitter
	for i, s := range p.z.Submitters {
		if chosen[i] {
			list = append(list, s)
		}
	}
	return list
}
