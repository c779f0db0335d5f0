package weekly

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"taizhang/internal/warehouse"
)

// selection is what a table's SELECT gives: all rows, or the first that the table prints, with how many there are and what the
// columns that the table adds up come to over all of them.
type selection struct {
	grid
	all  int
	sums map[string]float64 // nil: all rows are there
}

// sum adds up a column over all rows.
func (s selection) sum(column string, at int) float64 {
	if s.sums != nil {
		return s.sums[column]
	}
	return columnSum(s.Rows, at)
}

// ofRows runs a table's SELECT. A large zone's events and payments are tens of thousands, of which the table prints some
// hundred: where no unit's part is taken out of the rest, the engine adds them up and they aren't read.
func (w *weekly) ofRows(ctx context.Context, d *tableBlock) (selection, error) {
	query := w.literal(d.sql)
	most := w.mostIn(d)
	if !d.boundable() {
		got, err := rows(ctx, w.src, w.ask, query)
		return selection{grid: got, all: len(got.Rows)}, err
	}
	got, err := rows(ctx, w.src, w.ask, limited(query, most+1))
	out := selection{grid: got, all: len(got.Rows)}
	if err != nil || out.all <= most {
		return out, err
	}
	added := d.added()
	for _, c := range added {
		at := slices.Index(got.Columns, c)
		if at < 0 || !isExact(got.types[at]) { // what isn't there is told as it is of every table
			out.grid, err = rows(ctx, w.src, w.ask, query)
			out.all = len(out.Rows)
			return out, err
		}
	}
	parts := []string{"count(*)"}
	for _, c := range added {
		parts = append(parts, "sum("+warehouse.Ident(c)+")")
	}
	total, err := rows(ctx, w.src, w.ask, "select "+strings.Join(parts, ", ")+" from ("+query+"\n) as t")
	if err != nil || len(total.Rows) != 1 {
		return out, err
	}
	n, _ := total.Rows[0][0].(int64)
	out.Rows, out.all, out.sums = got.Rows[:most], int(n), map[string]float64{}
	for i, c := range added {
		out.sums[c], _ = asFloat(total.Rows[0][i+1])
	}
	return out, nil
}

var limits = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)\b(limit|offset|fetch)\b`) })

// boundable says of a table that nothing but what it prints and its sums comes from its rows.
func (d *tableBlock) boundable() bool {
	ofUnits := func(c column) bool { return slices.Contains(unitColumns, c.title) }
	return d.last == 0 && d.axis == "" && !slices.ContainsFunc(d.columns, ofUnits) && !limits().MatchString(d.sql)
}

// added are the columns of the result that the total row adds up.
func (d *tableBlock) added() []string {
	var out []string
	add := func(names ...string) {
		for _, n := range names {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	for _, c := range d.columns {
		if c.sum {
			add(c.from)
		}
		if d.total && len(c.of) == 2 {
			add(c.of...)
		}
	}
	return out
}

// limited is a SELECT's first rows.
func limited(query string, n int) string {
	return strings.TrimSpace(query) + "\nlimit " + strconv.Itoa(n)
}

// isExact says of an SQL type that sums of it don't depend on the order of the rows.
func isExact(sqlType string) bool {
	kind, _, _ := strings.Cut(strings.ToUpper(sqlType), "(") // Trino says decimal(38,2)
	return slices.Contains([]string{"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "DECIMAL"}, kind)
}
