package zone

import (
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/calendar"

	"gopkg.in/yaml.v3"
)

// The words of `from` that mean several submitters; no submitter may be called so.
var groups = []string{"all", "departments", "streets"}

type label struct {
	what string // "name", "code", "alias"
	text string
	node *yaml.Node
}

func (p *parser) submitters(items []*yaml.Node) {
	merged := map[int]*yaml.Node{}
	lines := map[string]int{} // of each key of a name, for messages
	for i, item := range items {
		m := p.mapping(item, "a submitter", submitterKeys)
		if m == nil {
			p.z.Submitters = append(p.z.Submitters, Submitter{Seq: i + 1, Until: calendar.NoDate})
			continue
		}
		s := Submitter{Seq: i + 1, Kind: Department, Until: p.date(m["until"], "until")}
		s.Code = p.code(m["code"], fmt.Sprintf("s%02d", i+1))
		labels := []label{{"code", s.Code, item}}
		if m["code"] != nil {
			labels[0].node = m["code"]
		}
		if n := m["name"]; n == nil {
			p.at(item, "a submitter without a name")
		} else if name, ok := p.text(n, "name"); ok {
			s.Name = name
			if strings.ContainsAny(name, "\r\n\t") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || strings.HasPrefix(name, "~") {
				p.at(n, "name %q cannot be the name of a folder: it starts with . _ or ~ or holds a line break", name)
			}
			labels = append(labels, label{"name", name, n})
			if strings.HasSuffix(name, "街道") || strings.HasSuffix(name, "镇") || strings.HasSuffix(name, "乡") {
				s.Kind = Street
			}
		}
		if n := m["kind"]; n != nil {
			if kind, ok := p.text(n, "kind"); ok {
				s.Kind = Kind(kind)
				if s.Kind != Department && s.Kind != Street {
					p.at(n, "unknown kind %q%s", kind, instead(kind, []string{string(Department), string(Street)}))
				}
			}
		}
		if n := m["aliases"]; n != nil {
			for _, a := range p.list(n, "aliases") {
				alias, ok := p.text(a, "alias")
				if !ok {
					continue
				}
				if slices.ContainsFunc(s.Aliases, func(other string) bool { return normal(other) == normal(alias) }) {
					p.at(a, "alias %q of %s stands twice", alias, s.Name)
					continue
				}
				s.Aliases = append(s.Aliases, alias)
				labels = append(labels, label{"alias", alias, a})
			}
		}
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

// index enters a submitter's names, none of which may name another submitter.
func (p *parser) index(i int, labels []label, lines map[string]int) {
	for _, l := range labels {
		if slices.Contains(groups, normal(l.text)) {
			p.at(l.node, "%s %q has a meaning of its own in from; choose another", l.what, l.text)
			continue
		}
		keys := p.z.keys(l.text)
		if len(keys) == 0 {
			p.at(l.node, "%s %q is empty once spaces are dropped", l.what, l.text)
			continue
		}
		taken := false
		for _, key := range keys {
			if other, ok := p.z.names[key]; ok && other != i {
				p.at(l.node, "%s %q also names %s on line %d (compared without spaces and the zone's name)", l.what, l.text, p.z.Submitters[other].Name, lines[key])
				taken = true
				break
			}
		}
		if taken {
			continue
		}
		for _, key := range keys {
			if _, ok := p.z.names[key]; !ok {
				p.z.names[key], lines[key] = i, l.node.Line
			}
		}
		if l.what == "code" {
			p.z.codes[l.text] = i
		}
	}
}

func (p *parser) mergedInto(i int, n *yaml.Node) {
	text, ok := p.text(n, "merged_into")
	if !ok {
		return
	}
	into, ok := p.z.Match(text)
	switch {
	case !ok:
		p.at(n, "merged_into: unknown submitter %q%s", text, instead(text, p.unitNames(false)))
	case into.Seq == i+1:
		p.at(n, "merged_into: %s cannot be merged into itself", into.Name)
	default:
		p.z.Submitters[i].MergedInto = into.Code
	}
}

func (p *parser) mergeCircles(merged map[int]*yaml.Node) {
	for i, s := range p.z.Submitters {
		for steps := 0; s.MergedInto != ""; steps++ {
			s, _ = p.z.Submitter(s.MergedInto)
			if s.Seq == i+1 {
				p.at(merged[i], "merged_into goes in a circle back to %s", s.Name)
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

func (p *parser) returns(items []*yaml.Node) {
	lines := map[obligor]int{}
	for _, item := range items {
		m := p.mapping(item, "a return", returnKeys)
		if m == nil {
			continue
		}
		for _, key := range []string{"form", "from", "due"} {
			if m[key] == nil {
				p.at(item, "a return without %s; for example {form: problem, from: [产业局, 双马街道], due: monday 12:00}", key)
			}
		}
		form, ok := p.form(m["form"])
		r := Return{Form: form.ID}
		if n := m["due"]; n != nil {
			r.Due = p.due(n, form, ok)
		}
		if n := m["since"]; n != nil {
			r.Since = p.since(n, form, ok)
		}
		if m["from"] == nil {
			continue
		}
		for _, s := range p.from(m["from"]) {
			who := obligor{s.Code, r.Form}
			if line, twice := lines[who]; twice {
				p.at(m["from"], "%s already hands in %s: line %d", s.Name, r.Form, line)
				continue
			}
			if !ok {
				continue
			}
			lines[who] = item.Line
			r.Submitter = s.Code
			p.z.owed[who] = len(p.z.Returns)
			p.z.Returns = append(p.z.Returns, r)
		}
	}
}

func (p *parser) form(n *yaml.Node) (FormInfo, bool) {
	if n == nil {
		return FormInfo{}, false
	}
	text, ok := p.text(n, "form")
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
	p.at(n, "unknown form %q%s", text, instead(text, names))
	return FormInfo{}, false
}

func (p *parser) due(n *yaml.Node, form FormInfo, formKnown bool) Rule {
	text, ok := p.text(n, "due")
	if !ok {
		return Rule{}
	}
	rule, err := ParseRule(text)
	if err != nil {
		p.at(n, "%v", err)
		return rule
	}
	if formKnown && rule.Kind() != form.Frequency {
		p.at(n, "due %q is for %s returns, but form %s is handed in every %s; write for example %q",
			text, map[calendar.PeriodKind]string{calendar.Week: "weekly", calendar.Month: "monthly"}[rule.Kind()], form.ID, form.Frequency,
			map[calendar.PeriodKind]string{calendar.Week: "monday 12:00", calendar.Month: "5 working days"}[form.Frequency])
	}
	return rule
}

// since reads the first period owed. A date means the period that holds it; a
// period of the other kind the first period that starts in or after it.
func (p *parser) since(n *yaml.Node, form FormInfo, formKnown bool) calendar.Period {
	text, ok := p.text(n, "since")
	if !ok {
		return calendar.Period{}
	}
	d, err := calendar.ParseDate(text)
	if err == nil {
		return form.Frequency.Of(d)
	}
	period, err := calendar.ParsePeriod(text)
	if err != nil {
		p.at(n, "since: %q is neither a week like 2022-W05, a month like 2022-01, nor a date like 2022-01-03", text)
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
func (p *parser) from(n *yaml.Node) []Submitter {
	chosen := map[int]bool{}
	items := p.list(n, "from")
	if len(items) == 0 && resolve(n).Kind == yaml.SequenceNode {
		p.at(n, "from names nobody")
	}
	for _, item := range items {
		text, ok := p.text(item, "from")
		if !ok {
			continue
		}
		group := normal(text)
		if !slices.Contains(groups, group) {
			if s, ok := p.z.Match(text); ok {
				chosen[s.Seq-1] = true
			} else {
				p.at(item, "unknown submitter %q%s", text, instead(text, p.unitNames(true)))
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
