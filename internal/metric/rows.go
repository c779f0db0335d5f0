package metric

import (
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/warehouse"
)

// Trace is the statement that lists the rows of one metric. The rows are
// found first and joined to their returns after, and, for what stands in some
// of their forms' fields, to the forms' tables.
func (c *Compiler) Trace(table string, filters []string, fields map[string][]string) string {
	m := c.Metrics[0]
	ms := m.Measures()
	var matches []string
	for _, x := range ms {
		matches = append(matches, "coalesce("+c.Match(m, x)+", false)")
	}
	den := "cast(null as integer)"
	if m.IsRatio() {
		den = c.Contribution(m, m.Den)
	}
	var b strings.Builder
	if c.fact.Mode == Obligation {
		fmt.Fprintf(&b, "select submitter, form, period, due_at, %s as contributes, %s as contributes_den, submitter_code, zone from %s%s",
			c.Contribution(m, ms[0]), den, table, where(append(slices.Clone(filters), "("+strings.Join(matches, " or ")+")")))
		return b.String()
	}
	fmt.Fprintf(&b, "with filtered as (select * from %s as f%s),\nrows_of as (select zone, return_id, sheet, row_no, submitter, %s as contributes, %s as contributes_den from filtered where %s)\n",
		c.From(table), where(filters), c.Contribution(m, ms[0]), den, strings.Join(matches, " or "))
	values, form := "", ""
	for i, id := range c.fact.Forms {
		for _, f := range fields[id] {
			values += fmt.Sprintf(", cast(v%d.%s as varchar)", i, warehouse.Ident(f))
		}
		if len(fields[id]) > 0 {
			form += fmt.Sprintf("left join raw.%[2]s as v%[1]d on v%[1]d.zone = t.zone and v%[1]d.return_id = t.return_id and v%[1]d.sheet = t.sheet and v%[1]d.row_no = t.row_no\n", i, warehouse.Ident(id))
		}
	}
	b.WriteString("select t.return_id, r.file, r.archive, t.submitter, t.sheet, t.row_no, t.contributes, t.contributes_den, r.form, t.zone" + values + "\nfrom rows_of as t\n" + form +
		`left join raw.return as r on r.zone = t.zone and r.return_id = t.return_id
left join core.dim_submitter as s on s.zone = r.zone and s.code = r.submitter
order by coalesce(s.seq, 9999), t.submitter, t.zone, t.return_id, t.sheet, t.row_no`)
	return b.String()
}

// Sides is the statement that lists the rows of one metric by groups and by
// business key, with what each adds to its group.
func (c *Compiler) Sides(table string, by, filters []string) string {
	m := c.Metrics[0]
	ms := m.Measures()
	var sel, matches []string
	for i, d := range by {
		sel = append(sel, c.dim(d)+fmt.Sprintf(" as d%d", i))
	}
	if c.fact.Mode == Obligation {
		sel = append(sel, "cast(null as varchar) as return_id", "cast(null as varchar) as sheet", "cast(null as integer) as row_no", "submitter", "form || ' ' || period as key_text")
	} else {
		sel = append(sel, "return_id", "sheet", "row_no", "submitter", "coalesce(key_text, sheet || '!' || cast(row_no as varchar)) as key_text")
	}
	for _, x := range ms {
		matches = append(matches, "coalesce("+c.Match(m, x)+", false)")
	}
	sel = append(sel, c.Contribution(m, ms[0])+" as contributes")
	if m.IsRatio() {
		sel = append(sel, c.Contribution(m, m.Den)+" as contributes_den")
	} else {
		sel = append(sel, "cast(null as integer) as contributes_den")
	}
	return "with filtered as (select * from " + c.From(table) + " as f" + where(filters) + ")\nselect " + strings.Join(sel, ", ") +
		" from filtered where " + strings.Join(matches, " or ")
}
