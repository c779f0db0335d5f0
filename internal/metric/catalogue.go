package metric

import (
	_ "embed"
	"errors"
	"io/fs"
	"slices"
	"sort"
	"strings"

	"taizhang/internal/decl"
	"taizhang/internal/lang"
)

//go:embed metrics.yaml
var builtinMetrics []byte

// builtinTree is what they were parsed into when the program was built.
//
//go:embed metrics.tree
var builtinTree string

// Tree gives the built-in declarations' tree, as make generate writes it.
func Tree() (string, error) { return decl.Prepare(builtinName, builtinMetrics) }

// builtinName is the file that the program brings along.
const builtinName = "metrics.yaml"

// Unit of a metric's value.
type Unit string

const (
	Count Unit = "count"
	Ratio Unit = "ratio"
	Yuan  Unit = "yuan"
	Days  Unit = "days"
)

// Mode says how a fact behaves in time.
type Mode string

const (
	Ledger     Mode = "ledger"     // the state at a date
	Period     Mode = "period"     // rows dated within a window
	Obligation Mode = "obligation" // what was due in the week before a date
)

// Measure is one aggregate over the rows of a fact.
type Measure struct {
	Agg   string // count, sum, distinct, median
	Expr  string // empty for count, but for the count of an average
	Where string // empty: all rows

	pos, exprPos, wherePos decl.Pos
}

// Newest restricts a metric to the rows with the newest Of for each Per.
type Newest struct {
	Of  string
	Per []string
}

// Metric is one declared figure.
type Metric struct {
	ID         string
	Label      string
	Unit       Unit
	Definition string
	Fact       *Fact
	Value      *Measure // set, or Num and Den
	Num, Den   *Measure
	Newest     *Newest
	Better     string   // higher, lower or empty
	Target     *float64 // what it is held to where the zone sets no other
	Dimensions []string // allowed in By and Where, week and month included

	pos, labelPos decl.Pos
}

// IsRatio says whether the metric has a numerator and a denominator: ratios and averages.
func (m *Metric) IsRatio() bool { return m.Den != nil }

// Allows says whether the metric can be broken down by a dimension.
func (m *Metric) Allows(dimension string) bool {
	for _, d := range m.Dimensions {
		if d == dimension {
			return true
		}
	}
	return false
}

// Measures in the order num, den or value alone.
func (m *Metric) Measures() []*Measure {
	if m.IsRatio() {
		return []*Measure{m.Num, m.Den}
	}
	return []*Measure{m.Value}
}

// Fact is where the rows of metrics come from.
type Fact struct {
	ID         string
	Table      string   // core.fct_problem
	Forms      []string // whose returns are waited for; none for obligations
	Mode       Mode
	Dimensions map[string]string // dimension → column
	order      []string

	pos    decl.Pos
	dimPos map[string]decl.Pos
}

// Dimension is something figures can be broken down by.
type Dimension struct{ ID, Label string }

// Catalogue is all declared metrics.
type Catalogue struct {
	Metrics    []*Metric // in the order declared
	Dimensions []Dimension
	Facts      []*Fact

	metric map[string]*Metric
	fact   map[string]*Fact
	dim    map[string]string   // id → label
	own    map[string]decl.Pos // what the zone's own files declare: "metric my_rate" → where
}

// Source is a declaration file to load.
type Source struct {
	Name string // as messages name it
	Text []byte
}

// Load reads the built-in metrics and then the zone's own files: a metric of
// the same name replaces a built-in one. Unknown keys and names are errors, and so is
// one name in two of the zone's files, or one label of two metrics.
func Load(extra ...Source) (*Catalogue, error) {
	c := &Catalogue{metric: map[string]*Metric{}, fact: map[string]*Fact{}, dim: map[string]string{}, own: map[string]decl.Pos{}}
	var faults []error
	for _, sources := range [][]Source{{{builtinName, builtinMetrics}}, extra} {
		faults = append(faults, c.read(sources)...)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	if err := c.sameLabels(); err != nil {
		return nil, err
	}
	return c, nil
}

// sameLabels refuses a zone's metric whose label is another's: who asks by the label would get one of them.
func (c *Catalogue) sameLabels() error {
	var faults []error
	for i, m := range c.Metrics {
		for j, other := range c.Metrics {
			if i == j || m.Label != other.Label || !m.isOwn() || other.isOwn() && j > i {
				continue
			}
			faults = append(faults, m.labelPos.Fault("metric %[1]s: the label %[2]q is that of %[3]s (%[4]s): choose another label, or declare it as %[3]s to replace that one",
				"指标 %[1]s：名称“%[2]s”已是 %[3]s 的名称（%[4]s）：请换一个名称；要替换那个指标，请把代码写成 %[3]s", m.ID, m.Label, other.ID, other.pos))
		}
	}
	return errors.Join(faults...)
}

// LoadDir is Load with every *.yaml file of a folder (a zone's queries
// folder), weekly.yaml apart, in the order of their names.
func LoadDir(fsys fs.FS) (*Catalogue, error) {
	var extra []Source
	if fsys != nil {
		files, err := fs.Glob(fsys, "*.yaml")
		if err != nil {
			return nil, err
		}
		sort.Strings(files)
		for _, f := range files {
			if strings.HasPrefix(f, "weekly") {
				continue
			}
			text, err := fs.ReadFile(fsys, f)
			if err != nil {
				return nil, err
			}
			extra = append(extra, Source{"queries/" + f, text})
		}
	}
	return Load(extra...)
}

// Metric finds a metric by its id, or its label (办结率); the error names the nearest one.
func (c *Catalogue) Metric(name string) (*Metric, error) {
	if m := c.metric[name]; m != nil {
		return m, nil
	}
	var labels []string
	for _, m := range c.Metrics {
		if m.Label == strings.TrimSpace(name) {
			return m, nil
		}
		labels = append(labels, m.Label)
	}
	meant := decl.DidYouMean(name, c.metricNames())
	if meant.English == "" {
		meant = decl.DidYouMean(name, labels)
	}
	return nil, lang.Errorf("unknown metric %q%s", "没有指标“%s”%s", name, meant)
}

// Dimension finds a dimension by its id, or its label (街道); the error names the nearest one.
func (c *Catalogue) Dimension(name string) (string, error) {
	if _, ok := c.dim[name]; ok {
		return name, nil
	}
	var labels []string
	for _, d := range c.Dimensions {
		if d.Label == strings.TrimSpace(name) {
			return d.ID, nil
		}
		labels = append(labels, d.Label)
	}
	meant := decl.DidYouMean(name, c.dimensionNames())
	if meant.English == "" {
		meant = decl.DidYouMean(name, labels)
	}
	return "", lang.Errorf("unknown dimension %q%s", "没有维度 %q%s", name, meant)
}

// FactOf finds a fact by its id, nil where there is none.
func (c *Catalogue) FactOf(id string) *Fact { return c.fact[id] }

// Label of a dimension.
func (c *Catalogue) Label(dimension string) string { return c.dim[dimension] }

func (c *Catalogue) metricNames() []string {
	var out []string
	for _, m := range c.Metrics {
		out = append(out, m.ID)
	}
	return out
}

func (c *Catalogue) factNames() []string {
	var out []string
	for _, f := range c.Facts {
		out = append(out, f.ID)
	}
	return out
}

func (c *Catalogue) dimensionNames() []string {
	var out []string
	for _, d := range c.Dimensions {
		out = append(out, d.ID)
	}
	return out
}

// Light is the word of a metric's light beside a target: 绿 met, 黄 within 10
// percentage points (of a ratio) or 10 % (of anything else), 红 worse; empty
// where there is no value.
func (m *Metric) Light(value *float64, target float64) string {
	if value == nil {
		return ""
	}
	short := target - *value
	if m.Better == "lower" {
		short = -short
	}
	room := 0.1
	if m.Unit != Ratio {
		room = 0.1 * max(target, -target)
	}
	const dust = 1e-9 // 0.9 - 0.8 is a little more than 0.1
	switch {
	case short <= dust:
		return "绿"
	case short <= room+dust:
		return "黄"
	}
	return "红"
}

// Reads says whether a fact's rows come from a form.
func (f *Fact) Reads(form string) bool { return slices.Contains(f.Forms, form) }

// MetricsOf are the metrics of a fact, in their order.
func (c *Catalogue) MetricsOf(f *Fact) []*Metric { return OfFact(c.Metrics, f) }

// FactsOf are the facts of some metrics, each once.
func FactsOf(metrics []*Metric) []*Fact {
	var out []*Fact
	for _, m := range metrics {
		if !slices.Contains(out, m.Fact) {
			out = append(out, m.Fact)
		}
	}
	return out
}

// OfFact are the metrics that count a fact's rows.
func OfFact(metrics []*Metric, f *Fact) []*Metric {
	var out []*Metric
	for _, m := range metrics {
		if m.Fact == f {
			out = append(out, m)
		}
	}
	return out
}
