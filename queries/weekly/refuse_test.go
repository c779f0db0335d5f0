package weekly

import (
	"strings"
	"testing"

	"taizhang/internal/metric"
)

func TestRefusals(t *testing.T) {
	sheet := func(block string) string {
		return "sheets:\n  - name: 一\n    blocks:\n      - " + strings.ReplaceAll(block, "\n", "\n        ") + "\n"
	}
	const table = "table: {id: t, sql: select 1 as a, columns: [{title: 甲, from: a}]}\n"
	for name, c := range map[string]struct{ text, want string }{
		"nothing":             {"", "w.yaml:1:1: an empty file"},
		"no sheets":           {"title: x\n", "w.yaml:1:1: no sheets"},
		"unknown key":         {"sheet: []\n", `w.yaml:1:1: unknown key "sheet"`},
		"key twice":           {"title: a\ntitle: b\n", `w.yaml:2:1: key "title" stands twice`},
		"unknown block":       {sheet("tabel: {}"), `w.yaml:4:9: unknown key "tabel"`},
		"two keys":            {sheet("heading: a\nnote: b"), "w.yaml:4:9: a block is one key"},
		"unknown metric":      {sheet("figures:\n  - {metric: closure_rat}"), `w.yaml:5:22: unknown metric "closure_rat"`},
		"figure of nothing":   {sheet("figures:\n  - {unit: 个}"), "w.yaml:5:13: a figure without metric"},
		"link to no sheet":    {sheet("figures: [{metric: closure_rate, link: 二}]"), `w.yaml:4:48: link to unknown sheet "二"`},
		"link to no table":    {sheet("figures: [{metric: closure_rate, table: u}]"), `w.yaml:4:49: link to unknown table "u"`},
		"back to no sheet":    {sheet("title: {text: a, back: 二}"), "link to unknown sheet"},
		"sheet twice":         {"sheets:\n  - {name: 一}\n  - {name: 一}\n", "w.yaml:3:12: a sheet's name is missing or taken"},
		"table twice":         {sheet(table) + "      - " + table, `table "t" is there twice`},
		"chart of no table":   {sheet("charts: {items: [{table: t, category: 甲, series: [乙]}]}"), `w.yaml:4:26: unknown table "t"`},
		"chart of no column":  {sheet(table) + "      - charts: {items: [{table: t, category: 甲, series: [乙]}]}\n", `table "t" has no column "乙"`},
		"chart of nothing":    {sheet("charts: {items: [{table: t, category: 甲}]}"), "one to six series"},
		"chart kind":          {sheet("charts: {items: [{kind: pie}]}"), `w.yaml:4:33: kind is one of column, stacked, bar, line, funnel, not "pie"`},
		"no source":           {sheet("table: {id: t}"), "one of sql, metrics or source"},
		"two sources":         {sheet("table: {sql: select 1, source: catalog}"), "one of sql, metrics or source"},
		"sql without columns": {sheet("table: {sql: select 1}"), "names its columns"},
		"bad dimension":       {sheet("table: {metrics: [tax_refunded], by: street}"), `tax_refunded can't be broken down by "street"`},
		"no dimension":        {sheet("table: {metrics: [tax_refunded]}"), "by which dimension"},
		"stray column":        {sheet("table: {metrics: [tax_refunded], by: month, columns: [{title: 甲, from: x}]}"), `comes from "x"`},
		"column kind":         {sheet("table: {sql: select 1, columns: [{title: a, from: a, kind: money}]}"), "kind is one of text, mark"},
		"not a number":        {sheet("box: {height: high}"), `height: "high" is not a number from 20 to 400`},
		"not a bool":          {sheet("note: {text: a, strong: 1}"), `strong is "1", neither true nor false`},
		"not a list":          {"sheets: {}\n", "w.yaml:1:9: sheets is a mapping, not a list"},
		"template":            {sheet("text: |\n  第一行\n  办结{problems_close}个"), `w.yaml:6:14: unknown name "problems_close"`},
		"quoted template":     {sheet(`heading: "截至{asof}"`), `w.yaml:4:22: unknown name "asof"`},
		"plain template":      {sheet("heading: 截至{asof}"), `w.yaml:4:21: unknown name "asof"`},
		"unknown part":        {sheet("heading: '{closure_rate.first}'"), "unknown name"},
		"part of a variable":  {sheet("heading: '{zone.last}'"), "unknown name"},
		"open brace":          {sheet("heading: '办结{closure_rate'"), "w.yaml:4:21: a { without its }"},
		"if without end":      {sheet("heading: '{if problems_overdue == 0}好'"), "{if} without {end}"},
		"else without if":     {sheet("heading: '好{else}坏'"), "{else} without {if}"},
		"half a condition":    {sheet("heading: '{if problems_overdue}好{end}'"), "metric op number"},
		"unknown comparison":  {sheet("heading: '{if problems_overdue = 0}好{end}'"), `unknown comparison "="`},
		"condition's name":    {sheet("heading: '{if zone == 0}好{end}'"), `unknown name "zone" in a condition`},
		"condition's number":  {sheet("heading: '{if problems_overdue == 零}好{end}'"), "want a number"},
		"condition's tail":    {sheet("heading: '{if problems_overdue == 0 and}好{end}'"), "want «and» or «or»"},
		"word twice":          {"words: {zone: select 1}\n", `"zone" is taken`},
		"yaml":                {"sheets: [\n", "w.yaml:1:9: not valid YAML: the [ that opens here is not closed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("LC_ALL", "C")
			_, err := load("w.yaml", []byte(c.text), mustLoad(t), nil)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "%!") {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
			t.Setenv("LC_ALL", "zh_CN.UTF-8")
			if zh := err.Error(); strings.Contains(zh, "%!") || strings.Contains(zh, c.want) {
				t.Errorf("in Chinese: %s", zh)
			}
		})
	}
}

// given are words for templates.
type given map[string]float64

func (g given) word(name, field string) string     { return name + field }
func (g given) number(name string) (float64, bool) { f, ok := g[name]; return f, ok }

func TestConditions(t *testing.T) {
	g := given{"a": 1, "b": 0}
	known := func(n string) bool { return n == "a" || n == "b" || n == "c" }
	for in, want := range map[string]string{
		"x{a}y{{z}":                                  "xay{z}",
		"{if a == 1}是{else}否{end}":                   "是",
		"{if a > 1}是{end}":                           "",
		"{if a>=1}x{end}":                            "",  // refused, see below
		"{if c == 0}是{else}否{end}":                   "否", // no value: every comparison is false
		"{if c != 0}是{else}否{end}":                   "否",
		"{if a == 1 and b == 0}是{end}":               "是",
		"{if a == 2 and b == 1 or b <= 0}是{end}":     "是",
		"{if b == 0 or a == 2 and c == 1}是{end}":     "是",
		"{if a == 2 or b == 0 and c == 1}是{end}否":    "否",
		"{if a < 2}{if b != 0}甲{else}乙{end}{end}{b}": "乙b",
		"{a.last}": "alast",
	} {
		p := &parser{src: in, known: known, metric: known}
		parts, end, err := p.parts(0)
		if strings.Contains(in, "a>=1") {
			if err == nil {
				t.Errorf("%s: accepted", in)
			}
			continue
		}
		if err != nil || end != "" {
			t.Errorf("%s: %v %q", in, err, end)
			continue
		}
		if got := (&template{parts}).fill(g); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func TestScale(t *testing.T) {
	for _, c := range []struct {
		unit metric.Unit
		v    float64
		want string
	}{
		{metric.Ratio, 0.82870, "82.9%"}, {metric.Ratio, 0.8285, "82.9%"}, {metric.Yuan, 24600000, "2460万元"}, {metric.Yuan, 580000000, "5.8亿元"},
		{metric.Yuan, 703000, "70.3万元"}, {metric.Yuan, 18000000, "1800万元"}, {metric.Yuan, 123456789, "1.23亿元"}, {metric.Yuan, 5000, "5000元"}, {metric.Yuan, 0, "0万元"},
		{metric.Count, 10892, "10892"}, {metric.Days, 20.5, "20.5天"}, {metric.Yuan, -703000, "-70.3万元"},
	} {
		if got := scaleOf(c.unit, "", &c.v).text(c.v); got != c.want {
			t.Errorf("%v %s: %q, want %q", c.v, c.unit, got, c.want)
		}
	}
}

func FuzzTemplate(f *testing.F) {
	for _, s := range []string{"{a}", "{if a == 0}{else}{end}", "{{", "{", "{if a == 0 or", "}"} {
		f.Add(s)
	}
	yes := func(string) bool { return true }
	f.Fuzz(func(t *testing.T, s string) {
		p := &parser{src: s, known: yes, metric: yes}
		if parts, end, err := p.parts(0); err == nil && end == "" {
			(&template{parts}).fill(given{})
		}
	})
}
