package metric

import (
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/spelling"
	"taizhang/internal/warehouse"
)

// Names of the models that coverage reads.
const (
	ObligationTable = "core.fct_obligation"
	CountedTable    = "core.counted_return"
)

// Compiler writes the SQL of one fact's metrics. Figures, traces and the
// marts are written from the same expressions: a figure and its rows can't
// disagree.
type Compiler struct {
	fact    *Fact
	Metrics []*Metric
	time    string   // week, month or empty
	Groups  []string // dimensions within which a distinct value contributes once
}

// NewCompiler compiles some metrics of a fact; time is week, month or empty.
func NewCompiler(f *Fact, ms []*Metric, time string) *Compiler {
	return &Compiler{fact: f, Metrics: ms, time: time}
}

// Label is the SQL of the time bucket of a row.
func (c *Compiler) Label() string {
	if c.fact.Mode == Period {
		return labelOf(c.time, "own_on")
	}
	return labelOf(c.time, "as_of")
}

// dim is the SQL of a dimension, as text.
func (c *Compiler) dim(d string) string {
	if d == "week" || d == "month" {
		return c.Label()
	}
	return "cast(" + c.fact.Dimensions[d] + " as varchar)"
}

// From is the fact's rows, with a rank column for each metric that counts the
// newest rows only: within run and time bucket, before any filter.
func (c *Compiler) From(table string) string {
	var ranks []string
	for i, m := range c.Metrics {
		if m.Newest == nil {
			continue
		}
		by := []string{"zone", "as_of", "known_at", "coalesce((" + either(m) + "), false)"}
		if c.time != "" {
			by = append(by, c.Label())
		}
		ranks = append(ranks, fmt.Sprintf("dense_rank() over (partition by %s order by %s desc) as newest_%d",
			strings.Join(append(by, m.Newest.Per...), ", "), m.Newest.Of, i))
	}
	if len(ranks) == 0 {
		return table
	}
	return "(select *, " + strings.Join(ranks, ", ") + " from " + table + ")"
}

// either is true for the rows that a metric looks at.
func either(m *Metric) string {
	var parts []string
	for _, x := range m.Measures() {
		if x.Where == "" {
			return "true"
		}
		parts = append(parts, "("+x.Where+")")
	}
	return strings.Join(parts, " or ")
}

// Match is true for the rows that add to a measure.
func (c *Compiler) Match(m *Metric, x *Measure) string {
	var parts []string
	if x.Where != "" {
		parts = append(parts, "("+x.Where+")")
	}
	if x.Expr != "" {
		parts = append(parts, "("+x.Expr+") is not null")
	}
	if x.divides() {
		parts = append(parts, "cast(("+x.Expr+") as double) between -"+finite+" and "+finite)
	}
	if m.Newest != nil {
		parts = append(parts, fmt.Sprintf("newest_%d = 1", slices.Index(c.Metrics, m)))
	}
	if len(parts) == 0 {
		return "true"
	}
	return strings.Join(parts, " and ")
}

// finite is above every number that a sum or median is of: what lies beyond is the infinite quotient of a division by 0, which
// is no value.
const finite = "1e300"

// divides says whether a measure adds numbers that come of a division.
func (x *Measure) divides() bool { return x.Agg != "distinct" && strings.Contains(x.Expr, "/") }

// DistinctKey keeps equal names of two zones apart.
func DistinctKey(x *Measure) string { return "zone || chr(31) || cast((" + x.Expr + ") as varchar)" }

// aggregate is the SQL of a measure over a group.
func (c *Compiler) aggregate(m *Metric, x *Measure) string {
	filter := " filter (where " + c.Match(m, x) + ")"
	switch x.Agg {
	case "sum":
		return "coalesce(sum(" + x.Expr + ")" + filter + ", 0)"
	case "distinct":
		return "count(distinct " + DistinctKey(x) + ")" + filter
	case "median":
		return middle(x.Expr, filter)
	}
	return "count(*)" + filter
}

// middle is the SQL of a median: the mean of the two middle values, which are one where their number is odd, as every engine
// has it. A cube's is middleOfCube.
func middle(expr, filter string) string {
	sorted, n := "array_sort(array_agg("+expr+")"+filter+")", "count("+expr+")"+filter
	return "cast(" + sorted + "[cast(floor((" + n + " + 1) / 2e0) as bigint)] + " + sorted + "[cast(floor(" + n + " / 2e0) as bigint) + 1] as double) / 2"
}

// Said is a measure as SQL that people read: sum(x) where y, rows with the newest z.
func (c *Compiler) Said(m *Metric, x *Measure) string {
	text := map[string]string{"sum": "sum(" + x.Expr + ")", "distinct": "count(distinct " + x.Expr + ")", "median": "median(" + x.Expr + ")", "count": "count(*)"}[x.Agg]
	if x.Agg == "count" && x.Expr != "" {
		text = "count(" + x.Expr + ")"
	}
	if x.Where != "" {
		text += " filter (where " + x.Where + ")"
	}
	if m.Newest != nil {
		text += ", newest " + m.Newest.Of + " per " + strings.Join(m.Newest.Per, ", ")
	}
	return text
}

// Contribution is the SQL of what one row adds to a measure.
func (c *Compiler) Contribution(m *Metric, x *Measure) string {
	match := c.Match(m, x)
	switch x.Agg {
	case "sum":
		return "case when " + match + " then " + x.Expr + " else 0 end"
	case "distinct":
		within := ""
		for _, d := range c.Groups {
			within += ", " + c.dim(d)
		}
		return "case when " + match + " and row_number() over (partition by coalesce(" + match + ", false), " + DistinctKey(x) + within +
			" order by return_id, sheet, row_no) = 1 then 1 else 0 end"
	case "median":
		return "case when " + match + " then " + x.Expr + " end"
	}
	return "case when " + match + " then 1 else 0 end"
}

// Columns are the aggregates of all metrics: one, or num and den; of
// obligations also how many were waited for and how many came.
func (c *Compiler) Columns() []string {
	var out []string
	for _, m := range c.Metrics {
		for _, x := range m.Measures() {
			out = append(out, c.aggregate(m, x))
		}
		if c.fact.Mode == Obligation {
			all := c.Match(m, m.Measures()[len(m.Measures())-1])
			out = append(out, "count(*) filter (where "+all+")", "count(*) filter (where "+all+" and is_received)")
		}
	}
	return out
}

// Grouping is by what rows are put together: dimensions, with the total beside
// their groups or without, and the point that rows belong to.
type Grouping struct {
	By           []string
	Total, Timed bool
}

// Figures is the statement that computes all metrics of the fact by groups:
// the point (null where rows aren't told apart by it), whether the row is a
// total, the dimensions d0 …, the metrics' columns m0 ….
func (c *Compiler) Figures(table string, g Grouping, filters []string) string {
	var point, groups []string
	sel := []string{"cast(null as date) as as_of", "cast(null as timestamp(6)) as known_at"}
	if g.Timed {
		point = []string{"as_of", "known_at"}
		sel = slices.Clone(point)
	}
	from := c.From(table) + " as f" + where(filters)
	if len(g.By) > 0 { // Trino groups sets of columns, not of expressions
		within := ""
		for i, d := range g.By {
			groups = append(groups, fmt.Sprintf("d%d", i))
			within += ", " + c.dim(d) + " as " + groups[i]
		}
		from = "(select *" + within + " from " + from + ") as g"
	}
	isTotal := fmt.Sprint(len(g.By) == 0)
	if g.Total && len(g.By) > 0 {
		isTotal = "grouping(d0) = 1"
	}
	sel = append(append(sel, isTotal+" as is_total"), groups...)
	for i, x := range c.Columns() {
		sel = append(sel, x+fmt.Sprintf(" as m%d", i))
	}
	q := "select " + strings.Join(sel, ",\n  ") + "\nfrom " + from
	together := strings.Join(append(slices.Clone(point), groups...), ", ")
	switch {
	case together == "":
		return q
	case g.Total && len(g.By) > 0:
		return q + "\ngroup by grouping sets ((" + strings.Join(point, ", ") + "), (" + together + "))"
	}
	return q + "\ngroup by " + together
}

// Filters are the conditions of Where. Time is a condition of period facts
// only: ledgers are read at the bucket's end alone.
func Filters(f *Fact, conditions map[string]string) []string {
	var out []string
	for d, v := range conditions {
		if d == "week" || d == "month" {
			if f.Mode == Period {
				out = append(out, labelOf(d, "own_on")+" = "+warehouse.Quote(v))
			}
			continue
		}
		col := f.Dimensions[d]
		if v == "" {
			out = append(out, col+" is null")
			continue
		}
		if _, is := f.Spelled(d); is {
			v = spelling.Fold(v)
		}
		out = append(out, "cast("+col+" as varchar) = "+warehouse.Quote(v))
	}
	slices.Sort(out)
	return out
}

func where(conditions []string) string {
	if len(conditions) == 0 {
		return ""
	}
	return "\nwhere " + strings.Join(conditions, " and ")
}

// TablesRead are the models that figures of some facts and their coverage are read from.
func TablesRead(facts []*Fact) []string {
	wanted := []string{ObligationTable, CountedTable}
	for _, f := range facts {
		if !slices.Contains(wanted, f.Table) {
			wanted = append(wanted, f.Table)
		}
	}
	return wanted
}
