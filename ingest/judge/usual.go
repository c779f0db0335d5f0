package judge

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/read"
	"taizhang/ingest/secret"
	"taizhang/ingest/written"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/internal/zone"
)

// A value is unusual where it lies far outside what the submitter handed in before: by its robust z-score on the
// logarithm (median and median absolute deviation, so that an earlier slip spoils nothing), and also by a factor of the
// median, so that a steady series is not asked about small steps.
const (
	usualLeast  = 8    // earlier values that tell anything
	usualScore  = 5    // robust z-score
	usualFactor = 3    // times the median, or a third of it
	usualSpread = 0.05 // the least spread taken for real, in powers of ten: 12 %
	usualReturn = 36   // returns looked back on
	usualOthers = 100  // times the median of other units: one pays grants of 50,000, another of 3,000,000 yuan
	usualRows   = 3    // more rows, and more percent of them, are one question about the column: 元 under 万元 in all of 12 rows
	usualShare  = 20
)

// usual asks about numbers far outside the submitter's own history.
func (jd *Judge) usual(ctx context.Context, h *History, pt *read.Part) error {
	f := pt.Form
	var rules []*forms.Rule
	for i := range f.Rules {
		if f.Rules[i].Kind == forms.Usual {
			rules = append(rules, &f.Rules[i])
		}
	}
	if len(rules) == 0 || len(pt.Records) == 0 {
		return nil
	}
	var ids []string
	for _, p := range h.standing(pt.Ret.Submitter, f) {
		if f.Mode == forms.Ledger || p.period != pt.Ret.Period.String() {
			ids = append(ids, p.ID)
		}
	}
	ids = ids[max(0, len(ids)-usualReturn):]
	if err := h.loadNumbers(ctx, f, ids); err != nil {
		return err
	}
	var others []string // where this one has handed in too little to tell anything
	if len(ids) < usualLeast {
		others = h.ofOthers(jd.Zone, pt.Ret.Submitter, f)
		if err := h.loadNumbers(ctx, f, others); err != nil {
			return err
		}
	}
	for _, rule := range rules {
		c := f.Column(rule.Field)
		if slices.ContainsFunc(pt.Ret.Findings, func(x finding.Finding) bool { return x.Rule == finding.RescaledRule && x.Field == c.Field }) {
			continue // told, with the unit that it was in
		}
		askUsual(pt, rule, h.before(f, c, ids), h.seriesBy(c, ids), h.seriesBy(c, others))
	}
	return nil
}

// ofOthers gives the newest returns of a form that the other units handed in and that count.
func (h *History) ofOthers(z *zone.Zone, submitter string, f *forms.Form) (ids []string) {
	for _, s := range z.Submitters {
		if s.Code == submitter {
			continue
		}
		all := h.standing(s.Code, f)
		for _, p := range all[max(0, len(all)-usualReturn):] {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// askUsual asks about the values of one column: row by row, or once where so many are unusual that the whole column is in
// doubt, as after a slip in the unit.
func askUsual(pt *read.Part, rule *forms.Rule, before map[string]float64, own, others *groups) {
	f := pt.Form
	k := f.Index(rule.Field)
	c := &f.Columns[k]
	var found []finding.Finding
	for i := range pt.Records {
		r := &pt.Records[i]
		val := r.Value(k)
		if !val.Set {
			continue
		}
		v := yuan(val.Num(), c)
		if old, ok := before[r.Key]; ok && old == v { // asked about when it came
			continue
		}
		group := groupOf(f, r)
		mine := own.series(group)
		var theirs *series
		if mine == nil {
			theirs = others.series(group)
		}
		fd := askValue(rule, c, v, mine, theirs)
		if fd == nil {
			continue
		}
		found = append(found, fd.At(r.Line.Place(k, written.Short(secret.MaskText(written.DateText(r.Line.Cell(k))), 30))))
	}
	if n := len(found); n > usualRows && n*100 > len(pt.Records)*usualShare {
		found = []finding.Finding{finding.UnusualColumn(c.Title, len(pt.Records), n, found[0])}
	}
	for _, fd := range found {
		pt.Add(fd)
	}
}

// askValue asks about one value: by what the unit itself handed in, else by what others did, else by the form's own
// bound, so that a slip of units is asked about in a new zone too. Nil where it is as usual.
func askValue(rule *forms.Rule, c *forms.Column, v float64, own, others *series) *finding.Finding {
	s, far := own, float64(usualFactor)
	if s == nil {
		s, far = others, usualOthers
	}
	if s != nil && s.unusual(v) && (v > far*s.median || v < s.median/far) {
		u := finding.Unusual{ID: rule.ID, Column: c.Title, Value: plainAmount(v, c), Median: plainAmount(s.median, c), Low: plainAmount(s.low, c), High: plainAmount(s.high, c),
			Others: own == nil, Below: v < s.median, Money: c.Type == forms.Money}
		switch {
		case !u.Money:
		case s.likely(v / 1e4):
			u.LikelyUnit = "元"
		case s.likely(v * 1e4):
			u.LikelyUnit = "万元"
		}
		f := u.Finding()
		return &f
	}
	if rule.Most == nil || own != nil { // what a unit has always paid is not asked about
		return nil
	}
	most, _ := rule.Most.Float64()
	if v <= most {
		return nil
	}
	asYuan := ""
	if c.Type == forms.Money && v/1e4 <= most {
		asYuan = plainAmount(v/1e4, c)
	}
	f := finding.Implausible(rule.ID, c.Title, plainAmount(v, c), plainAmount(most, c), asYuan)
	return &f
}

// groupOf tells rows apart that are of different kinds, such as programmes: by the listed values of the key.
func groupOf(f *forms.Form, r *read.Record) string {
	group, sep := "", ""
	for k := range f.Columns {
		if c := &f.Columns[k]; c.InKey && c.Type == forms.List {
			group, sep = group+sep+r.Value(k).Text, read.KeySep
		}
	}
	return group
}

// before gives what a submitter's ledger said of each row: what stands there already is not asked about again.
func (h *History) before(f *forms.Form, c *forms.Column, ids []string) map[string]float64 {
	out := map[string]float64{}
	if f.Mode == forms.Ledger {
		for _, id := range ids {
			for _, n := range h.numbers[id][c.Field] {
				out[n.key] = n.value
			}
		}
	}
	return out
}

// groups are what a column held before, group by group. A group's series is made when somebody asks for it: of other units'
// groups few are asked for.
type groups struct {
	column *forms.Column
	values map[string][]float64
	made   map[string]*series
}

// seriesBy gives what a column held before in some returns.
func (h *History) seriesBy(c *forms.Column, ids []string) *groups {
	g := &groups{column: c, values: map[string][]float64{}, made: map[string]*series{}}
	for _, id := range ids {
		for _, n := range h.numbers[id][c.Field] {
			if n.value > 0 {
				g.values[n.group] = append(g.values[n.group], n.value)
			}
		}
	}
	return g
}

// series gives a group's series, nil where there is too little to tell anything.
func (g *groups) series(name string) *series {
	values := g.values[name]
	if len(values) < usualLeast {
		return nil
	}
	s := g.made[name]
	if s == nil {
		s = seriesOf(values)
		if g.column.Type == forms.Int { // counts vary by their root whatever happens
			s.spread = max(s.spread, math.Log10E/math.Sqrt(s.median))
		}
		g.made[name] = s
	}
	return s
}

// yuan is an amount or a count as a number.
func yuan(n *big.Int, c *forms.Column) float64 {
	v, _ := new(big.Float).SetInt(n).Float64()
	if c.Type == forms.Money {
		v /= 100
	}
	return v
}

// plainAmount writes a number as people say it.
func plainAmount(v float64, c *forms.Column) string {
	unit := "元"
	switch {
	case c.Type == forms.Int:
		v, unit = math.Round(v), ""
	case v >= 100_000_000:
		v, unit = v/100_000_000, "亿元"
	case v >= 10_000:
		v, unit = v/10_000, "万元"
	}
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0"), ".") + unit
}

// series is what earlier values look like.
type series struct {
	median, low, high float64 // low, high: nine in ten lie above, below
	center, spread    float64 // of the logarithms
}

func seriesOf(values []float64) *series {
	slices.Sort(values)
	logs := make([]float64, len(values))
	for i, v := range values {
		logs[i] = math.Log10(v)
	}
	s := &series{median: middle(values), low: values[len(values)/10], high: values[len(values)-1-len(values)/10], center: middle(logs)}
	for i := range logs {
		logs[i] = math.Abs(logs[i] - s.center)
	}
	slices.Sort(logs)
	s.spread = max(1.4826*middle(logs), usualSpread) // 1.4826: of a normal distribution the standard deviation
	return s
}

func middle(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

func (s *series) unusual(v float64) bool {
	if v <= 0 {
		return false
	}
	return math.Abs(math.Log10(v)-s.center)/s.spread > usualScore && (v > usualFactor*s.median || v < s.median/usualFactor)
}

// likely says whether a value is like those before.
func (s *series) likely(v float64) bool {
	return math.Abs(math.Log10(v)-s.center)/s.spread <= usualScore/2
}

// number is one value of an earlier return.
type number struct {
	key   string // of the row; of a period form's only where it was read from what is stored
	group string
	value float64
}

// loadNumbers reads the numbers that rules look back on, of those returns that were not read yet.
func (h *History) loadNumbers(ctx context.Context, f *forms.Form, ids []string) error {
	var missing []string
	for _, id := range ids {
		if pt := h.unstored[id]; h.numbers[id] == nil && pt != nil {
			h.noteNumbers(pt)
		} else if h.numbers[id] == nil {
			missing = append(missing, id)
			h.numbers[id] = map[string][]number{}
		}
	}
	if len(missing) == 0 || h.Conn == nil {
		return nil
	}
	group := "''"
	for k := range f.Columns {
		if c := &f.Columns[k]; c.InKey && c.Type == forms.List {
			if group != "''" {
				group += " || chr(31) || "
			} else {
				group = ""
			}
			group += "coalesce(" + warehouse.Ident(c.Field) + ", '')"
		}
	}
	for _, rule := range f.Rules {
		if rule.Kind != forms.Usual {
			continue
		}
		q := fmt.Sprintf(`select return_id, key_text, %s, cast(%s as double) from raw.%s where zone = ? and return_id in (select unnest(string_split(?, ','))) and %[2]s is not null`,
			group, warehouse.Ident(rule.Field), warehouse.Ident(f.ID))
		err := warehouse.Each(ctx, h.Conn, q, func(v []any) error {
			id, _ := v[0].(string)
			key, _ := v[1].(string)
			g, _ := v[2].(string)
			n, _ := v[3].(float64)
			h.numbers[id][rule.Field] = append(h.numbers[id][rule.Field], number{key, g, n})
			return nil
		}, h.zone, strings.Join(missing, ","))
		if err != nil {
			return lang.Errorf("read earlier values of %s: %w", "读取 %s 以前的值：%w", rule.Field, err)
		}
	}
	return nil
}

// noteNumbers keeps the numbers of a return just judged, and nothing else of its rows.
func (h *History) noteNumbers(pt *read.Part) {
	var kept map[string][]number
	own := texts{}
	for _, rule := range pt.Form.Rules {
		if rule.Kind != forms.Usual {
			continue
		}
		if kept == nil {
			kept = map[string][]number{}
		}
		k := slices.IndexFunc(pt.Form.Columns, func(c forms.Column) bool { return c.Field == rule.Field })
		for i := range pt.Records {
			r := &pt.Records[i]
			if v := r.Value(k); v.Set {
				key := ""
				if pt.Form.Mode == forms.Ledger {
					key = own.own(r.Key)
				}
				kept[rule.Field] = append(kept[rule.Field], number{key, own.own(groupOf(pt.Form, r)), yuan(v.Num(), &pt.Form.Columns[k])})
			}
		}
	}
	if kept != nil {
		h.numbers[pt.Ret.ID], h.keyless[pt.Ret.ID] = kept, pt.Form.Mode != forms.Ledger
	}
}
