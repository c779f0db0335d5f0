package metric

import (
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/warehouse"
)

// Cube is the statement that computes all metrics of a fact in total and by every dimension, one row each, with the two coverage
// columns of obligations, and the values as they are: text and type of the first and of the denominator.
func (c *Compiler) Cube(from string) string {
	k := c.kept(true)
	return fmt.Sprintf(`
%s
select zone, d.metric, named.dimension, dimension_value, %s
from named
join (values %s) as d(metric, place, dimension) on d.dimension = named.dimension`, c.named(from, "zone"), k.columns(), strings.Join(k.declared, ", "))
}

// Folded is the statement that groups a fact's rows in total and by every dimension, one row for all metrics together: the keys,
// dimension ('total' or its name), dimension_value, the aggregates a0, a1, …
func (c *Compiler) Folded(from string, keys ...string) string {
	return c.named(from, strings.Join(keys, ", ")) + "\nselect " + strings.Join(keys, ", ") + ", dimension, dimension_value, " + strings.Join(c.Aggregates(), ", ") + " from named"
}

// Aggregates are the names of the aggregates that Folded gives.
func (c *Compiler) Aggregates() []string {
	out := make([]string, len(c.Columns()))
	for i := range out {
		out[i] = fmt.Sprintf("a%d", i)
	}
	return out
}

// AggregatesOf are the names of the aggregates of some of the metrics, those of each beside one another.
func (c *Compiler) AggregatesOf(ms []*Metric) []string {
	first, next := map[*Metric]int{}, 0
	width := func(m *Metric) int {
		if c.fact.Mode == Obligation {
			return len(m.Measures()) + 2
		}
		return len(m.Measures())
	}
	for _, m := range c.Metrics {
		first[m] = next
		next += width(m)
	}
	all := c.Aggregates()
	var out []string
	for _, m := range ms {
		out = append(out, all[first[m]:first[m]+width(m)]...)
	}
	return out
}

// Unfolded is the statement that gives each metric a row of its own, from a table of Folded rows: the keys, metric, dimension,
// dimension_value, value, num, den.
func (c *Compiler) Unfolded(table string, keys ...string) string {
	k := c.kept(false)
	return fmt.Sprintf("select t.%s, d.metric, t.dimension, t.dimension_value, %s\nfrom %s as t\njoin (values %s) as d(metric, place, dimension) on d.dimension = t.dimension",
		strings.Join(keys, ", t."), k.columns(), table, strings.Join(k.declared, ", "))
}

func (c *Compiler) dimensions() []string {
	return slices.DeleteFunc(slices.Clone(c.fact.order), func(d string) bool { return d == "zone" })
}

func (c *Compiler) kept(whole bool) kept {
	k := kept{whole: whole, obligations: c.fact.Mode == Obligation}
	for place, m := range c.Metrics {
		k.add(place, m, c.dimensions())
	}
	return k
}

// named are the expressions behind Folded: rows_of, summed, named.
func (c *Compiler) named(from, keys string) string {
	dims := c.dimensions()
	var base, sets, marks, names, values []string
	sets = append(sets, "("+keys+")")
	total := 1<<len(dims) - 1
	names = append(names, fmt.Sprintf("when %d then 'total'", total))
	for i, d := range dims {
		base = append(base, fmt.Sprintf("%s as dim_%s", c.dim(d), d))
		sets = append(sets, "("+keys+", dim_"+d+")")
		marks = append(marks, "dim_"+d)
		id := total &^ (1 << (len(dims) - 1 - i))
		names = append(names, fmt.Sprintf("when %d then '%s'", id, d))
		values = append(values, fmt.Sprintf("when %d then dim_%s", id, d))
	}
	added, aggregates := c.parts()
	base = append(base, added...)
	return fmt.Sprintf(`with rows_of as (select %s, %s from %s as f),
summed as (
	select %s, grouping(%s) as g, %s, %s
	from rows_of group by grouping sets (%s)
),
named as (
	select *, case g %s end as dimension, case g %s end as dimension_value
	from summed
)`,
		keys, strings.Join(base, ", "), from, keys, strings.Join(marks, ", "), strings.Join(marks, ", "), strings.Join(aggregates, ",\n\t\t"),
		strings.Join(sets, ", "), strings.Join(names, " "), strings.Join(values, " "))
}

// parts are the aggregates of Columns in two steps: what a row adds to each (x0, x1, …), and the groups' aggregates over
// that (a0, a1, …). A cube groups the rows once for every dimension, and would look at each condition every time.
func (c *Compiler) parts() (added, aggregates []string) {
	names := map[string]string{}
	add := func(row, group string) {
		if row != "" && names[row] == "" {
			names[row] = fmt.Sprintf("x%d", len(names))
			added = append(added, row+" as "+names[row])
		}
		aggregates = append(aggregates, strings.ReplaceAll(group, "{}", names[row])+fmt.Sprintf(" as a%d", len(aggregates)))
	}
	count := func(match string) {
		if match == "true" {
			add("", "count(*)")
			return
		}
		add("case when "+match+" then 1 end", "count({})")
	}
	for _, m := range c.Metrics {
		for _, x := range m.Measures() {
			match := c.Match(m, x)
			switch x.Agg {
			case "sum":
				add("case when "+match+" then "+x.Expr+" end", "coalesce(sum({}), 0)")
			case "distinct": // a cube's groups are of one zone each
				add("case when "+match+" then "+x.Expr+" end", "count(distinct {})")
			case "median":
				add("case when "+match+" then "+x.Expr+" end", middleOfCube)
			default:
				count(match)
			}
		}
		if c.fact.Mode == Obligation {
			all := c.Match(m, m.Measures()[len(m.Measures())-1])
			count(all)
			count("(" + all + ") and is_received")
		}
	}
	return added, aggregates
}

// middleOfCube is what middle gives, to the bit, for a third of the time: cubes are computed by DuckDB alone, which picks a
// value from a group's ascending and descending order without sorting either, where middle puts lists together.
const middleOfCube = "cast(quantile_disc({}, 0.5) + quantile_disc({}, -0.5) as double) / 2"

// kept are the columns of a cube: what each of them is, by the place of the
// metric that a row is of, and which metrics have which dimensions.
type kept struct {
	whole, obligations bool
	declared           []string
	value, num, den    []string
	expected, received []string
	exact, exactType   []string
	exactDen, denType  []string
	column             int // the next of the aggregates a0, a1, …
}

func (k *kept) add(place int, m *Metric, dims []string) {
	first := fmt.Sprintf("a%d", k.column)
	at := func(list *[]string, format string, args ...any) {
		*list = append(*list, fmt.Sprintf("when %d then ", place)+fmt.Sprintf(format, args...))
	}
	exactly := func(value, kind *[]string, column string) {
		at(value, "cast(%s as varchar)", column)
		at(kind, "upper(typeof(%s))", column)
	}
	exactly(&k.exact, &k.exactType, first)
	if m.IsRatio() {
		den := fmt.Sprintf("a%d", k.column+1)
		at(&k.value, "cast(%s as double) / nullif(cast(%s as double), 0)", first, den)
		at(&k.num, "cast(%s as decimal(38, 2))", first)
		at(&k.den, "cast(%s as decimal(38, 2))", den)
		exactly(&k.exactDen, &k.denType, den)
	} else {
		at(&k.value, "cast(%s as double)", first)
	}
	k.column += len(m.Measures())
	if k.obligations {
		at(&k.expected, "a%d", k.column)
		at(&k.received, "a%d", k.column+1)
		k.column += 2
	}
	k.declared = append(k.declared, fmt.Sprintf("(%s, %d, 'total')", warehouse.Quote(m.ID), place))
	for _, d := range dims {
		if m.Allows(d) {
			k.declared = append(k.declared, fmt.Sprintf("(%s, %d, '%s')", warehouse.Quote(m.ID), place, d))
		}
	}
}

func (k *kept) columns() string {
	pick := func(list []string, name, kind string) string {
		if len(list) == 0 {
			return "cast(null as " + kind + ") as " + name
		}
		return "case d.place " + strings.Join(list, " ") + " end as " + name
	}
	out := []string{pick(k.value, "value", "double"), pick(k.num, "num", "decimal(38, 2)"), pick(k.den, "den", "decimal(38, 2)")}
	if k.whole {
		out = append(out, pick(k.expected, "expected", "bigint"), pick(k.received, "received", "bigint"),
			pick(k.exact, "exact", "varchar"), pick(k.exactType, "exact_type", "varchar"),
			pick(k.exactDen, "exact_den", "varchar"), pick(k.denType, "exact_den_type", "varchar"))
	}
	return strings.Join(out, ",\n\t")
}
