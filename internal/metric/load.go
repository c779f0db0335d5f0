package metric

import (
	"regexp"
	"slices"
	"sync"

	"taizhang/internal/decl"
)

var idShape = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9_]*$`) })

// file reads one declaration file into the catalogue; faults are recorded in the file.
type file struct {
	c       *Catalogue
	unknown map[string]bool // facts and dimensions at fault: what refers to them is not blamed
}

func (c *Catalogue) read(s Source) error {
	o := decl.Options{}
	if s.Name == builtinName {
		o.Tree = builtinTree
	}
	d := decl.Read(s.Name, s.Text, o)
	f := file{c, map[string]bool{}}
	top := d.Root.As("the declaration", "声明").Fields("dimensions", "facts", "metrics").Filled()
	f.each(top["dimensions"], f.dimension)
	f.each(top["facts"], f.fact)
	f.each(top["metrics"], f.metric)
	return d.Err()
}

// each reads every entry of a mapping, and remembers those at fault.
func (f file) each(n *decl.Node, read func(key, value *decl.Node)) {
	entries, _ := n.Entries(nil)
	for _, e := range entries {
		before := n.File().Faults()
		if read(e.Key, e.Value); n.File().Faults() > before || e.Value.Broken() {
			f.unknown[e.Key.Value()] = true
		}
	}
}

// average is an aggregate that is declared as one and computed as a quotient.
const average = "avg"

// IsName says whether a text may name a metric, a dimension or a word.
func IsName(s string) bool { return idShape().MatchString(s) }

func named(key *decl.Node) bool {
	return IsName(key.Value()) || key.Fault("a name is lowercase letters, digits and _, not %q", "名称只能用小写英文字母、数字和 _，不能是“%s”", key.Value())
}

// once sees that a name is declared in one of the zone's files only: which of two counts would follow from their names.
func (f file) once(what, whatChinese string, key *decl.Node) bool {
	if key.Pos().File == builtinName {
		return true
	}
	if at, again := f.c.own[what+" "+key.Value()]; again {
		return key.Fault("%[1]s %[3]s is declared in %[4]s already: keep one of them", "%[2]s %[3]s 在 %[4]s 已有声明：只能保留一处", what, whatChinese, key.Value(), at)
	}
	f.c.own[what+" "+key.Value()] = key.Pos()
	return true
}

// missing sees that the keys are there.
func missing(at *decl.Node, what, whatChinese string, m decl.Fields, keys ...string) bool {
	complete := true
	for _, need := range keys {
		if m[need] == nil {
			complete = at.Fault("%[1]s %[3]s: %[4]s is missing", "%[2]s缺 %[4]s：%[3]s", what, whatChinese, at.Value(), need)
		}
	}
	return complete
}

func (f file) dimension(key, value *decl.Node) {
	label, ok := value.Text()
	if !named(key) || !ok || !f.once("dimension", "维度", key) {
		return
	}
	if _, known := f.c.dim[key.Value()]; !known {
		f.c.Dimensions = append(f.c.Dimensions, Dimension{key.Value(), label})
	}
	f.c.dim[key.Value()] = label
}

func (f file) fact(key, value *decl.Node) {
	m := value.Fields("table", "form", "mode", "dimensions").Filled()
	if m == nil || !missing(key, "fact", "事实表", m, "table", "mode", "dimensions") || !f.once("fact", "事实表", key) {
		return
	}
	ft := &Fact{ID: key.Value(), Dimensions: map[string]string{}, pos: m["table"].Pos(), dimPos: map[string]decl.Pos{}}
	ft.Table, _ = m["table"].Text()
	if m["form"].IsList() {
		ft.Forms = m["form"].Texts()
	} else if form, ok := m["form"].Text(); ok && form != "" {
		ft.Forms = []string{form}
	}
	mode, ok := m["mode"].OneOf(string(Ledger), string(Period), string(Obligation))
	ft.Mode = Mode(mode)
	if m["form"] == nil && ok && ft.Mode != Obligation {
		key.Fault("fact %s: form is missing (whose returns its figures wait for)", "事实表 %s 缺 form（数字来自哪张报表）", ft.ID)
	}
	dimensions, _ := m["dimensions"].Entries(nil)
	for _, e := range dimensions {
		f.factDimension(ft, e.Key, e.Value)
	}
	if f.c.fact[ft.ID] == nil {
		f.c.Facts = append(f.c.Facts, ft)
	} else {
		f.c.Facts[slices.Index(f.c.Facts, f.c.fact[ft.ID])] = ft
	}
	f.c.fact[ft.ID] = ft
}

// factDimension maps a dimension to a column of the fact's table.
func (f file) factDimension(ft *Fact, k, v *decl.Node) {
	name := k.Value()
	if _, ok := f.c.dim[name]; !ok {
		if !f.unknown[name] {
			k.Fault("unknown dimension %q%s", "没有维度“%s”%s", name, decl.Instead(name, f.c.dimensionNames()))
		}
		return
	}
	if name == "week" || name == "month" {
		k.Fault("week and month follow from as_of and own_on and are not mapped", "week 和 month 由日期得出，不必写对应的列")
		return
	}
	col, ok := v.Text()
	if !ok {
		return
	}
	ft.Dimensions[name] = col
	ft.order = append(ft.order, name)
	ft.dimPos[name] = v.Pos()
}

func (f file) metric(key, value *decl.Node) {
	n := value.Fields("label", "unit", "definition", "fact", "value", "num", "den", "newest", "better", "target", "dimensions").Filled()
	if !named(key) || n == nil || !missing(key, "metric", "指标", n, "label", "unit", "definition", "fact") || !f.once("metric", "指标", key) {
		return
	}
	m := &Metric{ID: key.Value(), pos: key.Pos(), labelPos: n["label"].Pos()}
	m.Label, _ = n["label"].Text()
	m.Definition, _ = n["definition"].Text()
	unit, known := n["unit"].OneOf(string(Count), string(Ratio), string(Yuan), string(Days))
	m.Unit = Unit(unit)
	m.Better, _ = n["better"].OneOf("higher", "lower")
	f.metricMeasures(m, key, n, known)
	if n["target"] != nil {
		if v, ok := n["target"].Number(-1e15, 1e15); ok {
			m.Target = &v
		}
	}
	fact, ok := n["fact"].Text()
	if m.Fact = f.c.fact[fact]; ok && m.Fact == nil && !f.unknown[fact] {
		n["fact"].Fault("unknown fact %q%s", "没有事实表“%s”%s", fact, decl.Instead(fact, f.c.factNames()))
	}
	if m.Fact == nil {
		return
	}
	f.metricDimensions(m, n["dimensions"])
	if old := f.c.metric[m.ID]; old != nil {
		f.c.Metrics[slices.Index(f.c.Metrics, old)] = m
	} else {
		f.c.Metrics = append(f.c.Metrics, m)
	}
	f.c.metric[m.ID] = m
}

func (f file) metricMeasures(m *Metric, key *decl.Node, n decl.Fields, unitKnown bool) {
	switch {
	case !unitKnown:
	case m.Unit == Ratio && (n["num"] == nil || n["den"] == nil || n["value"] != nil):
		key.Fault("metric %s: a ratio has num and den", "指标 %s：比率要写 num 和 den", m.ID)
	case m.Unit != Ratio && (n["value"] == nil || n["num"] != nil || n["den"] != nil):
		key.Fault("metric %s: a %s has value", "指标 %s：单位为 %s 的要写 value", m.ID, m.Unit)
	}
	m.Value, m.Num, m.Den = f.measure(n["value"]), f.measure(n["num"]), f.measure(n["den"])
	if v := m.Value; v != nil && v.Agg == average { // the sum over the rows that have a value ÷ how many they are
		sum, count := *v, *v
		sum.Agg, count.Agg = "sum", "count"
		m.Value, m.Num, m.Den = nil, &sum, &count
	}
	for _, part := range []string{"num", "den"} {
		if k := n[part].Fields("agg", "expr", "where"); k["agg"] != nil && k["agg"].Value() == average {
			k["agg"].Fault("avg stands in value alone: it is a sum ÷ a count", "avg 只能写在 value 中：它就是合计除以个数")
		}
	}
	nw := n["newest"].Fields("of", "per").Filled()
	if nw == nil {
		return
	}
	m.Newest = &Newest{Per: nw["per"].Texts()}
	if m.Newest.Of, _ = nw["of"].Text(); nw["of"] == nil {
		n["newest"].Fault("newest: of is missing (the column whose newest value counts)", "newest 缺 of（按哪一列取最新）")
	}
}

func (f file) measure(n *decl.Node) *Measure {
	k := n.Fields("agg", "expr", "where").Filled()
	if k == nil {
		return nil
	}
	m := &Measure{pos: n.Pos()}
	var ok bool
	if m.Agg, ok = k["agg"].OneOf("count", "sum", "avg", "distinct", "median"); k["agg"] == nil {
		n.Fault("agg is missing: count, sum, avg, distinct or median", "缺 agg：count、sum、avg、distinct 或 median")
	}
	m.Expr, _ = k["expr"].Text()
	m.Where, _ = k["where"].Text()
	if ok && (m.Agg == "count") != (k["expr"] == nil) {
		n.Fault("count has no expr; sum, avg, distinct and median need one", "count 不写 expr；sum、avg、distinct 和 median 要写")
	}
	if k["expr"] != nil {
		m.exprPos = k["expr"].Pos()
	}
	if k["where"] != nil {
		m.wherePos = k["where"].Pos()
	}
	return m
}

func (f file) metricDimensions(m *Metric, n *decl.Node) {
	all := append(slices.Clone(m.Fact.order), "week", "month")
	m.Dimensions = all
	if n == nil {
		return
	}
	m.Dimensions = nil
	items, _ := n.Items()
	for _, item := range items {
		d, ok := item.Text()
		if !ok {
			continue
		}
		if !slices.Contains(all, d) && !f.unknown[m.Fact.ID] {
			item.Fault("fact %s has no dimension %q%s", "事实表 %s 没有维度“%s”%s", m.Fact.ID, d, decl.Instead(d, all))
		}
		m.Dimensions = append(m.Dimensions, d)
	}
}
