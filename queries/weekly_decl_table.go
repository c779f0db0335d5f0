package queries

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"taizhang/internal/workbook"
)

// weeklyKinds are the kinds a column may declare: the workbook's, and two that
// are turned into text first. week: a date as 08-15; word: a code as its word.
var weeklyKinds = []workbook.Kind{
	workbook.Text, workbook.Mark, workbook.Int, workbook.Num, workbook.Wan, workbook.Percent,
	workbook.Points, workbook.Date, workbook.Time, workbook.LightK, weeklyDay,
}

// weeklyDay shows a date as 08-15, for charts.
const weeklyDay workbook.Kind = "day"

func (l *weeklyLoader) table(t *weeklyTable, n weeklyNode) error {
	if err := n.mapping(weeklyFields{
		"id": weeklyString(&t.id), "title": weeklyString(&t.title), "note": l.template(&t.note),
		"empty": weeklyString(&t.empty), "main": weeklyBool(&t.main), "filter": weeklyBool(&t.filter),
		"total": weeklyBool(&t.total),
		"sql":   func(c weeklyNode) error { t.sqlAt = c; return weeklyString(&t.sql)(c) },
		"by":    weeklyString(&t.by),
		"metrics": func(c weeklyNode) error {
			return c.list(func(d weeklyNode) error {
				var m string
				err := l.metric(&m)(d)
				t.metrics = append(t.metrics, m)
				return err
			})
		},
		"source": weeklyOneOf(&t.source, "catalog", "changes", "corrected"),
		"columns": func(c weeklyNode) error {
			t.columnsSet = true
			return c.list(func(d weeklyNode) error { return l.column(t, d) })
		},
	}); err != nil {
		return err
	}
	if err := l.checkSource(t, n); err != nil {
		return err
	}
	titles := make([]string, 0, len(t.columns))
	for _, c := range t.columns {
		titles = append(titles, c.title)
	}
	return l.name(n, t.id, titles)
}

// checkSource sees that a table has exactly one source, which offers its columns.
func (l *weeklyLoader) checkSource(t *weeklyTable, n weeklyNode) error {
	sources := 0
	for _, has := range []bool{t.sql != "", len(t.metrics) > 0, t.source != ""} {
		if has {
			sources++
		}
	}
	if sources != 1 {
		return n.fault("a table has one of sql, metrics or source")
	}
	switch {
	case t.source != "":
		t.columns = weeklyBuiltin(t.source)
	case t.sql != "":
		if len(t.columns) == 0 {
			return n.fault("a table from sql names its columns")
		}
	default:
		return l.checkMetrics(t, n)
	}
	return nil
}

func (l *weeklyLoader) checkMetrics(t *weeklyTable, n weeklyNode) error {
	if t.by == "" {
		return n.fault("a table of metrics says by which dimension; use list for plain figures")
	}
	for _, m := range t.metrics {
		if d := l.book.metrics[m]; !d.Allows(t.by) {
			return n.fault("metric %s can't be broken down by %q; it allows: %s", m, t.by, strings.Join(d.Dimensions, ", "))
		}
	}
	if !t.columnsSet {
		t.columns = append(t.columns, weeklyColumn{title: l.catalogue.Label(t.by), from: t.by, kind: workbook.Text})
		for _, m := range t.metrics {
			d := l.book.metrics[m]
			title := d.Label
			if d.Unit == Yuan {
				title += "（万元）"
			}
			t.columns = append(t.columns, weeklyColumn{title: title, from: m, kind: weeklyUnitKind(d.Unit)})
		}
	}
	for _, c := range t.columns {
		if c.from != t.by && !slices.Contains(t.metrics, c.from) {
			return n.fault("column %q comes from %q, which is neither %s nor one of the table's metrics", c.title, c.from, t.by)
		}
	}
	return nil
}

func (l *weeklyLoader) column(t *weeklyTable, n weeklyNode) error {
	c := weeklyColumn{kind: workbook.Text}
	if err := n.mapping(weeklyFields{
		"title": weeklyString(&c.title), "from": weeklyString(&c.from), "format": weeklyString(&c.format),
		"kind": weeklyOneOf(&c.kind, weeklyKinds...), "width": weeklyNumber(&c.width, 3, 120), "span": weeklyInt(&c.span, 1, 20), "sum": weeklyBool(&c.sum), "total": l.metric(&c.total),
		"cell": weeklyBool(&c.cell), "ranking": weeklyBool(&c.ranking),
		"words": func(d weeklyNode) error {
			c.words = map[string]string{}
			if d.Kind != yaml.MappingNode {
				return d.fault("want a mapping of stored values to words, got %s", d.what())
			}
			for i := 0; i+1 < len(d.Content); i += 2 {
				c.words[d.Content[i].Value] = d.Content[i+1].Value
			}
			return nil
		},
	}); err != nil {
		return err
	}
	if c.title == "" || c.from == "" {
		return n.fault("a column has a title and says from which column of the result it comes")
	}
	t.columns = append(t.columns, c)
	return nil
}

// weeklyUnitKind is how a metric's unit is written in a table.
func weeklyUnitKind(unit Unit) workbook.Kind {
	switch unit {
	case Ratio:
		return workbook.Percent
	case Yuan:
		return workbook.Wan
	case Days:
		return workbook.Num
	}
	return workbook.Int
}
