package queries

import (
	"slices"
	"strings"

	"taizhang/internal/decl"
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

func (l *weeklyLoader) table(t *weeklyTable, n *decl.Node) bool {
	if !weeklyMapping(n, weeklyFields{
		"id": weeklyString(&t.id), "title": weeklyString(&t.title), "note": l.template(&t.note),
		"empty": weeklyString(&t.empty), "main": weeklyBool(&t.main), "filter": weeklyBool(&t.filter),
		"total": weeklyBool(&t.total),
		"sql":   func(c *decl.Node) bool { t.sqlAt = c; return weeklyString(&t.sql)(c) },
		"by":    weeklyString(&t.by),
		"metrics": func(c *decl.Node) bool {
			return weeklyEach(c, func(d *decl.Node) bool {
				var m string
				ok := l.metric(&m)(d)
				t.metrics = append(t.metrics, m)
				return ok
			})
		},
		"source": weeklyOneOf(&t.source, "catalog", "changes", "corrected"),
		"columns": func(c *decl.Node) bool {
			t.columnsSet = true
			return weeklyEach(c, func(d *decl.Node) bool { return l.column(t, d) })
		},
	}) {
		return false
	}
	if !l.checkSource(t, n) {
		return false
	}
	titles := make([]string, 0, len(t.columns))
	for _, c := range t.columns {
		titles = append(titles, c.title)
	}
	return l.name(n, t.id, titles)
}

// checkSource sees that a table has exactly one source, which offers its columns.
func (l *weeklyLoader) checkSource(t *weeklyTable, n *decl.Node) bool {
	sources := 0
	for _, has := range []bool{t.sql != "", len(t.metrics) > 0, t.source != ""} {
		if has {
			sources++
		}
	}
	if sources != 1 {
		return n.Fault("a table has one of sql, metrics or source", "表只写 sql、metrics、source 之一")
	}
	switch {
	case t.source != "":
		t.columns = weeklyBuiltin(t.source)
	case t.sql != "":
		if len(t.columns) == 0 {
			return n.Fault("a table from sql names its columns", "取自 sql 的表要写 columns（列）")
		}
	default:
		return l.checkMetrics(t, n)
	}
	return true
}

func (l *weeklyLoader) checkMetrics(t *weeklyTable, n *decl.Node) bool {
	if t.by == "" {
		return n.Fault("a table of metrics says by which dimension; use list for plain figures", "指标表要写 by（按哪个维度）；不分维度的数字请用 list")
	}
	for _, m := range t.metrics {
		if d := l.book.metrics[m]; !d.Allows(t.by) {
			return n.Fault("metric %s can't be broken down by %q; it allows: %s", "指标 %s 不能按“%s”分；可按：%s", m, t.by, strings.Join(d.Dimensions, ", "))
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
			return n.Fault("column %q comes from %q, which is neither %s nor one of the table's metrics", "列“%s”取自“%s”，它既不是 %s，也不是本表的指标", c.title, c.from, t.by)
		}
	}
	return true
}

func (l *weeklyLoader) column(t *weeklyTable, n *decl.Node) bool {
	c := weeklyColumn{kind: workbook.Text}
	if !weeklyMapping(n, weeklyFields{
		"title": weeklyString(&c.title), "from": weeklyString(&c.from), "format": weeklyString(&c.format),
		"kind": weeklyOneOf(&c.kind, weeklyKinds...), "width": weeklyNumber(&c.width, 3, 120), "span": weeklyInt(&c.span, 1, 20), "sum": weeklyBool(&c.sum), "total": l.metric(&c.total),
		"cell": weeklyBool(&c.cell), "ranking": weeklyBool(&c.ranking),
		"words": func(d *decl.Node) bool {
			c.words = map[string]string{}
			entries, ok := d.Entries(nil)
			for _, e := range entries {
				word, good := e.Value.Raw()
				c.words[e.Key.Value()] = word
				ok = ok && good
			}
			return ok
		},
	}) {
		return false
	}
	if c.title == "" || c.from == "" {
		return n.Fault("a column has a title and says from which column of the result it comes", "列要写 title（表头）和 from（取自结果的哪一列）")
	}
	t.columns = append(t.columns, c)
	return true
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
