package weekly

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"taizhang/internal/decl"
)

// template is a text with {names} and {if conditions}. A name is a
// metric or one of variables; {{ stands for a brace.
//
//	截至{as_of}，办结{problems_closed}个{if problems_overdue > 0}，超期{problems_overdue}个{else}，无超期{end}。
type template struct {
	parts []part
}

// part is a piece of text, a name, or a condition with its branches.
type part struct {
	text      string
	name      string
	field     string // "", last, change, target
	cond      []test
	then, alt []part
}

// test compares a figure with a number; or joins it to the tests before.
type test struct {
	name string
	op   string
	want float64
	or   bool
}

// variables are the names beside the metrics.
var variables = map[string]string{
	"zone":       "the zone's name",
	"as_of":      "截至日期 as 2022年8月15日",
	"as_of_iso":  "截至日期 as 2022-08-15",
	"from":       "first day of the week that ends with the as-of date",
	"last_as_of": "the as-of date a week before",
	"known_at":   "数据版本时点",
	"year":       "the as-of date's year",
	"coverage":   "the sentence on returns due this week",
	"missing":    "how many returns due this week are missing",
	"still_owed": "how many returns of earlier weeks are missing still",
	"previous":   "what 更正说明 compares with",
}

// parser reads one template.
type parser struct {
	src    string
	pos    int
	known  func(string) bool
	metric func(string) bool
}

// parseTemplate reads the template in a scalar of weekly.yaml; faults point
// at the line and column within the file.
func parseTemplate(n *decl.Node, known, metric func(string) bool) (*template, bool) {
	s, ok := n.Raw()
	if !ok {
		return nil, false
	}
	p := &parser{src: s, known: known, metric: metric}
	parts, end, err := p.parts(0)
	if err == nil && end != "" {
		err = p.errorf(p.pos-len(end)-2, "{%s} without {if}", "{%s} 前面没有 {if}", end)
	}
	if at, wrong := err.(*templateError); wrong {
		return nil, n.FaultInside(at.at, at.says)
	}
	return &template{parts: parts}, true
}

// templateError is a fault at a byte of a template.
type templateError struct {
	at   int
	says decl.Text
}

func (e *templateError) Error() string { return e.says.Error() }

func (p *parser) errorf(at int, english, chinese string, args ...any) error {
	return &templateError{at, decl.Say(english, chinese, args...)}
}

// parts reads up to the end, {else} or {end}, whose word it returns.
func (p *parser) parts(depth int) (out []part, end string, err error) {
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			out = append(out, part{text: text.String()})
			text.Reset()
		}
	}
	for p.pos < len(p.src) {
		open := strings.IndexByte(p.src[p.pos:], '{')
		if open < 0 {
			text.WriteString(p.src[p.pos:])
			p.pos = len(p.src)
			break
		}
		text.WriteString(p.src[p.pos : p.pos+open])
		start := p.pos + open
		if strings.HasPrefix(p.src[start:], "{{") {
			text.WriteByte('{')
			p.pos = start + 2
			continue
		}
		shut := strings.IndexByte(p.src[start:], '}')
		if shut < 0 {
			return nil, "", p.errorf(start, "a { without its }", "{ 没有配对的 }")
		}
		word := strings.TrimSpace(p.src[start+1 : start+shut])
		p.pos = start + shut + 1
		flush()
		switch {
		case word == "else" || word == "end":
			return out, word, nil
		case strings.HasPrefix(word, "if "):
			part, err := p.condition(start, word, depth)
			if err != nil {
				return nil, "", err
			}
			out = append(out, part)
		default:
			name, field, dotted := strings.Cut(word, ".")
			if !p.known(name) || dotted && (field != "last" && field != "change" && field != "target" || !p.metric(name)) {
				return nil, "", p.errorf(start+1, "unknown name %q; want a metric, metric.last, metric.change, metric.target or one of %s", "没有名称“%s”；可用指标、指标.last、指标.change、指标.target，或 %s", word, variableNames())
			}
			out = append(out, part{name: name, field: field})
		}
	}
	flush()
	return out, "", nil
}

func (p *parser) condition(start int, word string, depth int) (part, error) {
	if depth > 8 {
		return part{}, p.errorf(start, "conditions nested too deep", "条件嵌套过深")
	}
	tests, err := p.tests(start, strings.TrimPrefix(word, "if "))
	if err != nil {
		return part{}, err
	}
	part := part{cond: tests}
	end := ""
	if part.then, end, err = p.parts(depth + 1); err != nil {
		return part, err
	}
	if end == "else" {
		if part.alt, end, err = p.parts(depth + 1); err != nil {
			return part, err
		}
	}
	if end != "end" {
		return part, p.errorf(start, "{if} without {end}", "{if} 没有配对的 {end}")
	}
	return part, nil
}

// tests reads «a == 0 and b > 1 or c < 2»; and binds closer than or.
func (p *parser) tests(start int, expr string) ([]test, error) {
	words := strings.Fields(expr)
	var out []test
	or := false
	for len(words) > 0 {
		if len(words) < 3 {
			return nil, p.errorf(start, "a condition reads «metric op number», got %q", "条件应写成“指标 比较符 数”，这里是“%s”", strings.Join(words, " "))
		}
		t := test{name: words[0], op: words[1], or: or}
		if !p.metric(t.name) && !slices.Contains([]string{"missing", "still_owed", "year", "corrections"}, t.name) {
			at := strings.Index(p.src[start:], t.name)
			return nil, p.errorf(start+max(at, 0), "unknown name %q in a condition; want a metric, missing, still_owed, corrections or year", "条件中没有名称“%s”；可用指标、missing、still_owed、corrections 或 year", t.name)
		}
		if !strings.Contains(" == != < <= > >= ", " "+t.op+" ") {
			return nil, p.errorf(start, "unknown comparison %q; want ==, !=, <, <=, > or >=", "没有比较符“%s”；可用 ==、!=、<、<=、>、>=", t.op)
		}
		f, err := strconv.ParseFloat(words[2], 64)
		if err != nil {
			return nil, p.errorf(start, "want a number after %s, got %q", "%s 后面应是数，这里是“%s”", t.op, words[2])
		}
		t.want = f
		out = append(out, t)
		words = words[3:]
		if len(words) == 0 {
			return out, nil
		}
		if words[0] != "and" && words[0] != "or" || len(words) == 1 {
			return nil, p.errorf(start, "want «and» or «or» and another comparison, got %q", "这里应是 and 或 or 和另一个比较，而不是“%s”", strings.Join(words, " "))
		}
		or = words[0] == "or"
		words = words[1:]
	}
	return nil, p.errorf(start, "an empty condition", "条件是空的")
}

// words are the values a template is filled with.
type words interface {
	word(name, field string) string
	number(name string) (float64, bool)
}

func (t *template) fill(w words) string {
	if t == nil {
		return ""
	}
	var b strings.Builder
	fillParts(&b, t.parts, w)
	return b.String()
}

func fillParts(b *strings.Builder, parts []part, w words) {
	for _, p := range parts {
		switch {
		case p.cond != nil && holds(p.cond, w):
			fillParts(b, p.then, w)
		case p.cond != nil:
			fillParts(b, p.alt, w)
		case p.name != "":
			b.WriteString(w.word(p.name, p.field))
		default:
			b.WriteString(p.text)
		}
	}
}

// holds: a comparison with a figure without value is false.
func holds(tests []test, w words) bool {
	any, all := false, true
	for i, t := range tests {
		if t.or && i > 0 {
			any, all = any || all, true
		}
		f, ok := w.number(t.name)
		all = all && ok && compareFigures(f, t.op, t.want)
	}
	return any || all
}

func compareFigures(f float64, op string, want float64) bool {
	switch op {
	case "==":
		return f == want
	case "!=":
		return f != want
	case "<":
		return f < want
	case "<=":
		return f <= want
	case ">":
		return f > want
	}
	return f >= want
}

func variableNames() string {
	return strings.Join(slices.Sorted(maps.Keys(variables)), ", ")
}
