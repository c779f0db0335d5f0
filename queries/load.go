package queries

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"taizhang/internal/spelling"
)

var idShape = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9_]*$`) })

// file reads one declaration file; every method returns *DeclarationError.
type file struct {
	name string
	c    *Catalogue
}

func (c *Catalogue) read(s Source) error {
	var doc yaml.Node
	if err := yaml.Unmarshal(s.Text, &doc); err != nil {
		return fmt.Errorf("%s: %w", s.Name, err)
	}
	if len(doc.Content) == 0 {
		return nil
	}
	f := file{s.Name, c}
	top, err := f.mapping(doc.Content[0], "dimensions", "facts", "metrics")
	if err != nil {
		return err
	}
	if n := top["dimensions"]; n != nil {
		if err := f.each(n, f.dimension); err != nil {
			return err
		}
	}
	if n := top["facts"]; n != nil {
		if err := f.each(n, f.fact); err != nil {
			return err
		}
	}
	if n := top["metrics"]; n != nil {
		return f.each(n, f.metric)
	}
	return nil
}

func (f file) pos(n *yaml.Node) Pos { return Pos{f.name, n.Line, n.Column} }

func (f file) errorf(n *yaml.Node, format string, args ...any) error {
	return &DeclarationError{f.pos(n), fmt.Sprintf(format, args...)}
}

// mapping reads a mapping whose keys are known.
func (f file) mapping(n *yaml.Node, keys ...string) (map[string]*yaml.Node, error) {
	out := map[string]*yaml.Node{}
	err := f.each(n, func(key, value *yaml.Node) error {
		if !slices.Contains(keys, key.Value) {
			return f.errorf(key, "unknown key %q%s", key.Value, didYouMean(key.Value, keys))
		}
		out[key.Value] = value
		return nil
	})
	return out, err
}

// each calls do for every key of a mapping, refusing a key twice.
func (f file) each(n *yaml.Node, do func(key, value *yaml.Node) error) error {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode {
		return f.errorf(n, "a mapping (key: value) was expected")
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if seen[key.Value] {
			return f.errorf(key, "%q is given twice", key.Value)
		}
		seen[key.Value] = true
		if err := do(key, n.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

func (f file) text(n *yaml.Node, what string) (string, error) {
	if n == nil || n.Kind != yaml.ScalarNode || strings.TrimSpace(n.Value) == "" {
		if n == nil {
			return "", nil
		}
		return "", f.errorf(n, "%s: a text was expected", what)
	}
	return strings.TrimSpace(n.Value), nil
}

func (f file) oneOf(n *yaml.Node, what string, words ...string) (string, error) {
	s, err := f.text(n, what)
	if err == nil && s != "" && !slices.Contains(words, s) {
		err = f.errorf(n, "%s is one of %s, not %q%s", what, strings.Join(words, ", "), s, didYouMean(s, words))
	}
	return s, err
}

func (f file) dimension(key, value *yaml.Node) error {
	label, err := f.text(value, "the label of a dimension")
	if err != nil {
		return err
	}
	if !idShape().MatchString(key.Value) {
		return f.errorf(key, "a name is lowercase letters, digits and _, not %q", key.Value)
	}
	if _, known := f.c.dim[key.Value]; !known {
		f.c.Dimensions = append(f.c.Dimensions, Dimension{key.Value, label})
	}
	f.c.dim[key.Value] = label
	return nil
}

func (f file) fact(key, value *yaml.Node) error {
	m, err := f.mapping(value, "table", "form", "mode", "dimensions")
	if err != nil {
		return err
	}
	ft := &Fact{ID: key.Value, Dimensions: map[string]string{}, pos: f.pos(key), dimPos: map[string]Pos{}}
	for _, need := range []string{"table", "mode", "dimensions"} {
		if m[need] == nil {
			return f.errorf(key, "fact %s: %s is missing", key.Value, need)
		}
	}
	if ft.Table, err = f.text(m["table"], "table"); err != nil {
		return err
	}
	ft.pos = f.pos(m["table"])
	if ft.Form, err = f.text(m["form"], "form"); err != nil {
		return err
	}
	mode, err := f.oneOf(m["mode"], "mode", "ledger", "period", "obligation")
	if err != nil {
		return err
	}
	ft.Mode = Mode(mode)
	if ft.Form == "" && ft.Mode != Obligation {
		return f.errorf(key, "fact %s: form is missing (whose returns its figures wait for)", key.Value)
	}
	err = f.each(m["dimensions"], func(k, v *yaml.Node) error {
		if _, ok := f.c.dim[k.Value]; !ok {
			return f.errorf(k, "unknown dimension %q%s", k.Value, didYouMean(k.Value, f.c.dimensionNames()))
		}
		if k.Value == "week" || k.Value == "month" {
			return f.errorf(k, "week and month follow from as_of and own_on and are not mapped")
		}
		col, err := f.text(v, "column")
		if err != nil {
			return err
		}
		ft.Dimensions[k.Value] = col
		ft.order = append(ft.order, k.Value)
		ft.dimPos[k.Value] = f.pos(v)
		return nil
	})
	if err != nil {
		return err
	}
	if f.c.fact[ft.ID] == nil {
		f.c.Facts = append(f.c.Facts, ft)
	} else {
		f.c.Facts[slices.Index(f.c.Facts, f.c.fact[ft.ID])] = ft
	}
	f.c.fact[ft.ID] = ft
	return nil
}

func (f file) metric(key, value *yaml.Node) error {
	if !idShape().MatchString(key.Value) {
		return f.errorf(key, "a name is lowercase letters, digits and _, not %q", key.Value)
	}
	n, err := f.mapping(value, "label", "unit", "definition", "fact", "value", "num", "den", "newest", "better", "dimensions")
	if err != nil {
		return err
	}
	for _, need := range []string{"label", "unit", "definition", "fact"} {
		if n[need] == nil {
			return f.errorf(key, "metric %s: %s is missing", key.Value, need)
		}
	}
	m := &Metric{ID: key.Value, pos: f.pos(key)}
	if m.Label, err = f.text(n["label"], "label"); err != nil {
		return err
	}
	if m.Definition, err = f.text(n["definition"], "definition"); err != nil {
		return err
	}
	unit, err := f.oneOf(n["unit"], "unit", "count", "ratio", "yuan", "days")
	if err != nil {
		return err
	}
	m.Unit = Unit(unit)
	if m.Better, err = f.oneOf(n["better"], "better", "higher", "lower"); err != nil {
		return err
	}
	fact, err := f.text(n["fact"], "fact")
	if err != nil {
		return err
	}
	if m.Fact = f.c.fact[fact]; m.Fact == nil {
		var names []string
		for _, x := range f.c.Facts {
			names = append(names, x.ID)
		}
		return f.errorf(n["fact"], "unknown fact %q%s", fact, didYouMean(fact, names))
	}
	if err := f.metricMeasures(m, key, n); err != nil {
		return err
	}
	if err := f.metricDimensions(m, n["dimensions"]); err != nil {
		return err
	}
	if old := f.c.metric[m.ID]; old != nil {
		f.c.Metrics[slices.Index(f.c.Metrics, old)] = m
	} else {
		f.c.Metrics = append(f.c.Metrics, m)
	}
	f.c.metric[m.ID] = m
	return nil
}

func (f file) metricMeasures(m *Metric, key *yaml.Node, n map[string]*yaml.Node) (err error) {
	switch {
	case m.Unit == Ratio && (n["num"] == nil || n["den"] == nil || n["value"] != nil):
		return f.errorf(key, "metric %s: a ratio has num and den", m.ID)
	case m.Unit != Ratio && (n["value"] == nil || n["num"] != nil || n["den"] != nil):
		return f.errorf(key, "metric %s: a %s has value", m.ID, m.Unit)
	}
	if m.Value, err = f.measure(n["value"]); err != nil {
		return err
	}
	if m.Num, err = f.measure(n["num"]); err != nil {
		return err
	}
	if m.Den, err = f.measure(n["den"]); err != nil {
		return err
	}
	if n["newest"] == nil {
		return nil
	}
	nw, err := f.mapping(n["newest"], "of", "per")
	if err != nil {
		return err
	}
	m.Newest = &Newest{}
	if m.Newest.Of, err = f.text(nw["of"], "of"); err != nil || m.Newest.Of == "" {
		return f.errorf(n["newest"], "newest: of is missing (the column whose newest value counts)")
	}
	if m.Newest.Per, err = f.list(nw["per"]); err != nil {
		return err
	}
	return nil
}

func (f file) measure(n *yaml.Node) (*Measure, error) {
	if n == nil {
		return nil, nil
	}
	k, err := f.mapping(n, "agg", "expr", "where")
	if err != nil {
		return nil, err
	}
	m := &Measure{pos: f.pos(n)}
	if m.Agg, err = f.oneOf(k["agg"], "agg", "count", "sum", "distinct", "median"); err != nil {
		return nil, err
	}
	if m.Agg == "" {
		return nil, f.errorf(n, "agg is missing: count, sum, distinct or median")
	}
	if m.Expr, err = f.text(k["expr"], "expr"); err != nil {
		return nil, err
	}
	if m.Where, err = f.text(k["where"], "where"); err != nil {
		return nil, err
	}
	if (m.Agg == "count") != (m.Expr == "") {
		return nil, f.errorf(n, "count has no expr; sum, distinct and median need one")
	}
	if k["expr"] != nil {
		m.exprPos = f.pos(k["expr"])
	}
	if k["where"] != nil {
		m.wherePos = f.pos(k["where"])
	}
	return m, nil
}

func (f file) list(n *yaml.Node) ([]string, error) {
	if n == nil {
		return nil, nil
	}
	if n.Kind != yaml.SequenceNode {
		return nil, f.errorf(n, "a list ([a, b]) was expected")
	}
	var out []string
	for _, c := range n.Content {
		s, err := f.text(c, "a list")
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func (f file) metricDimensions(m *Metric, n *yaml.Node) error {
	m.Dimensions = append(slices.Clone(m.Fact.order), "week", "month")
	if n == nil {
		return nil
	}
	all := m.Dimensions
	names, err := f.list(n)
	if err != nil {
		return err
	}
	for i, d := range names {
		if !slices.Contains(all, d) {
			return f.errorf(n.Content[i], "fact %s has no dimension %q%s", m.Fact.ID, d, didYouMean(d, all))
		}
	}
	m.Dimensions = names
	return nil
}

// didYouMean names the known name that is nearest to an unknown one.
func didYouMean(name string, known []string) string {
	best, dist := "", 2+len([]rune(name))/3
	for _, k := range known {
		d := spelling.Distance(name, k)
		if strings.HasPrefix(k, name) && len(name) > 3 {
			d = min(d, 1)
		}
		if d < dist {
			best, dist = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}
