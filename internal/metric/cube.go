package metric

import (
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/warehouse"
)

// Cube is the statement that computes all metrics of a fact in total and by
// every dimension, one row each. extra is a grouping column to carry along
// (empty: none); whole adds the two coverage columns of obligations, and the
// values as they are: text and type of the first and of the denominator.
func (c *Compiler) Cube(from, extra string, whole bool) string {
	dims := slices.Clone(c.fact.order)
	dims = slices.DeleteFunc(dims, func(d string) bool { return d == "zone" })
	keys := "zone"
	if extra != "" {
		keys += ", " + extra
	}
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
	var aggregates, packs []string
	n := 0
	for _, m := range c.Metrics {
		p := fmt.Sprintf("{'metric': %s, ", warehouse.Quote(m.ID))
		if m.IsRatio() {
			p += fmt.Sprintf("'value': cast(a%d as double) / nullif(cast(a%d as double), 0), 'num': cast(a%d as decimal(38, 2)), 'den': cast(a%d as decimal(38, 2))", n, n+1, n, n+1)
		} else {
			p += fmt.Sprintf("'value': cast(a%d as double), 'num': cast(null as decimal(38, 2)), 'den': cast(null as decimal(38, 2))", n)
		}
		if whole {
			p += exactly(n, m.IsRatio())
		}
		n += len(m.Measures())
		if c.fact.Mode == Obligation {
			p += fmt.Sprintf(", 'expected': cast(a%d as bigint), 'received': cast(a%d as bigint)", n, n+1)
			n += 2
		} else {
			p += ", 'expected': cast(null as bigint), 'received': cast(null as bigint)"
		}
		packs = append(packs, p+fmt.Sprintf(", 'allowed': %s}", allowedList(m, dims)))
	}
	for i, a := range c.Columns() {
		aggregates = append(aggregates, fmt.Sprintf("%s as a%d", a, i))
	}
	out := "zone"
	if extra != "" {
		out += ", " + extra
	}
	tail := ""
	if whole {
		tail = ", p.expected, p.received, p.exact, p.exact_type, p.exact_den, p.exact_den_type"
	}
	return fmt.Sprintf(`
with rows_of as (select *, %s from %s as f),
summed as (
	select %s, grouping(%s) as g, %s, %s
	from rows_of group by grouping sets (%s)
),
named as (
	select *, case g %s end as dimension, case g %s end as dimension_value,
		unnest([%s]) as p
	from summed
)
select %s, p.metric, dimension, dimension_value, p.value, p.num, p.den%s
from named
where dimension = 'total' or list_contains(p.allowed, dimension)`,
		strings.Join(base, ", "), from, keys, strings.Join(marks, ", "), strings.Join(marks, ", "), strings.Join(aggregates, ",\n\t\t"),
		strings.Join(sets, ", "), strings.Join(names, " "), strings.Join(values, " "), strings.Join(packs, ",\n\t\t"), out, tail)
}

// exactly are the fields that keep a value as it is.
func exactly(column int, isRatio bool) string {
	p := fmt.Sprintf(", 'exact': cast(a%[1]d as varchar), 'exact_type': typeof(a%[1]d)", column)
	if isRatio {
		return p + fmt.Sprintf(", 'exact_den': cast(a%[1]d as varchar), 'exact_den_type': typeof(a%[1]d)", column+1)
	}
	return p + ", 'exact_den': cast(null as varchar), 'exact_den_type': cast(null as varchar)"
}

func allowedList(m *Metric, dims []string) string {
	var out []string
	for _, d := range dims {
		if m.Allows(d) {
			out = append(out, warehouse.Quote(d))
		}
	}
	return "[" + strings.Join(out, ", ") + "]"
}
