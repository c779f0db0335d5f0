package queries

import (
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/warehouse"
)

// Names of the models that coverage reads.
const (
	obligationTable = "core.fct_obligation"
	countedTable    = "core.counted_return"
)

// compiler writes the SQL of one fact's metrics. Figures, traces and the
// marts are written from the same expressions: a figure and its rows can't
// disagree.
type compiler struct {
	fact    *Fact
	metrics []*Metric
	time    string   // week, month or empty
	groups  []string // dimensions within which a distinct value contributes once
}

func newCompiler(f *Fact, ms []*Metric, time string) *compiler {
	return &compiler{fact: f, metrics: ms, time: time}
}

// label is the SQL of the time bucket of a row.
func (c *compiler) label() string {
	if c.fact.Mode == Period {
		return labelOf(c.time, "own_on")
	}
	return labelOf(c.time, "as_of")
}

// dim is the SQL of a dimension, as text.
func (c *compiler) dim(d string) string {
	if d == "week" || d == "month" {
		return c.label()
	}
	return "cast(" + c.fact.Dimensions[d] + " as varchar)"
}

// from is the fact's rows, with a rank column for each metric that counts the
// newest rows only: within run and time bucket, before any filter.
func (c *compiler) from(table string) string {
	var ranks []string
	for i, m := range c.metrics {
		if m.Newest == nil {
			continue
		}
		by := []string{"zone", "as_of", "known_at", "coalesce((" + either(m) + "), false)"}
		if c.time != "" {
			by = append(by, c.label())
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
	for _, x := range m.measures() {
		if x.Where == "" {
			return "true"
		}
		parts = append(parts, "("+x.Where+")")
	}
	return strings.Join(parts, " or ")
}

// match is true for the rows that add to a measure.
func (c *compiler) match(m *Metric, x *Measure) string {
	var parts []string
	if x.Where != "" {
		parts = append(parts, "("+x.Where+")")
	}
	if x.Expr != "" {
		parts = append(parts, "("+x.Expr+") is not null")
	}
	if m.Newest != nil {
		parts = append(parts, fmt.Sprintf("newest_%d = 1", slices.Index(c.metrics, m)))
	}
	if len(parts) == 0 {
		return "true"
	}
	return strings.Join(parts, " and ")
}

// distinctKey keeps equal names of two zones apart.
func distinctKey(x *Measure) string { return "zone || chr(31) || cast((" + x.Expr + ") as varchar)" }

// aggregate is the SQL of a measure over a group.
func (c *compiler) aggregate(m *Metric, x *Measure) string {
	filter := " filter (where " + c.match(m, x) + ")"
	switch x.Agg {
	case "sum":
		return "coalesce(sum(" + x.Expr + ")" + filter + ", 0)"
	case "distinct":
		return "count(distinct " + distinctKey(x) + ")" + filter
	case "median":
		return "median(" + x.Expr + ")" + filter
	}
	return "count(*)" + filter
}

// contribution is the SQL of what one row adds to a measure.
func (c *compiler) contribution(m *Metric, x *Measure) string {
	match := c.match(m, x)
	switch x.Agg {
	case "sum":
		return "case when " + match + " then " + x.Expr + " else 0 end"
	case "distinct":
		within := ""
		for _, d := range c.groups {
			within += ", " + c.dim(d)
		}
		return "case when " + match + " and row_number() over (partition by coalesce(" + match + ", false), " + distinctKey(x) + within +
			" order by return_id, sheet, row_no) = 1 then 1 else 0 end"
	case "median":
		return "case when " + match + " then " + x.Expr + " end"
	}
	return "case when " + match + " then 1 else 0 end"
}

// columns are the aggregates of all metrics: one, or num and den; of
// obligations also how many were waited for and how many came.
func (c *compiler) columns() []string {
	var out []string
	for _, m := range c.metrics {
		for _, x := range m.measures() {
			out = append(out, c.aggregate(m, x))
		}
		if c.fact.Mode == Obligation {
			all := c.match(m, m.measures()[len(m.measures())-1])
			out = append(out, "count(*) filter (where "+all+")", "count(*) filter (where "+all+" and is_received)")
		}
	}
	return out
}

// grouping is by what rows are put together: dimensions, with the total beside
// their groups or without, and the point that rows belong to.
type grouping struct {
	by           []string
	total, timed bool
}

// figures is the statement that computes all metrics of the fact by groups:
// the point (null where rows aren't told apart by it), whether the row is a
// total, the dimensions d0 …, the metrics' columns m0 ….
func (c *compiler) figures(table string, g grouping, filters []string) string {
	var point, groups []string
	sel := []string{"null as as_of", "null as known_at"}
	if g.timed {
		point = []string{"as_of", "known_at"}
		sel = slices.Clone(point)
	}
	for _, d := range g.by {
		groups = append(groups, c.dim(d))
	}
	isTotal := fmt.Sprint(len(g.by) == 0)
	if g.total && len(g.by) > 0 {
		isTotal = "grouping(" + groups[0] + ") = 1"
	}
	sel = append(sel, isTotal+" as is_total")
	for i, d := range groups {
		sel = append(sel, d+fmt.Sprintf(" as d%d", i))
	}
	for i, x := range c.columns() {
		sel = append(sel, x+fmt.Sprintf(" as m%d", i))
	}
	q := "select " + strings.Join(sel, ",\n  ") + "\nfrom " + c.from(table) + " as f" + where(filters)
	together := strings.Join(append(slices.Clone(point), groups...), ", ")
	switch {
	case together == "":
		return q
	case g.total && len(g.by) > 0:
		return q + "\ngroup by grouping sets ((" + strings.Join(point, ", ") + "), (" + together + "))"
	}
	return q + "\ngroup by " + together
}

// filters are the conditions of Where. Time is a condition of period facts
// only: ledgers are read at the bucket's end alone.
func filters(f *Fact, conditions map[string]string) []string {
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

// tablesRead are the models that figures of some facts and their coverage are read from.
func tablesRead(facts []*Fact) []string {
	wanted := []string{obligationTable, countedTable}
	for _, f := range facts {
		if !slices.Contains(wanted, f.Table) {
			wanted = append(wanted, f.Table)
		}
	}
	return wanted
}
