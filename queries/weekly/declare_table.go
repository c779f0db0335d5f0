package weekly

import (
	"slices"
	"strings"

	"taizhang/internal/decl"
	"taizhang/internal/metric"
	"taizhang/internal/workbook"
)

// kinds are the kinds a column may declare: the workbook's, and two that
// are turned into text first. week: a date as 08-15; word: a code as its word.
var kinds = []workbook.Kind{
	workbook.Text, workbook.Mark, workbook.Int, workbook.Num, workbook.Wan, workbook.Percent,
	workbook.Points, workbook.Date, workbook.Time, workbook.LightK, dayKind,
}

// dayKind shows a date as 08-15, for charts.
const dayKind workbook.Kind = "day"

func (l *loader) table(t *tableBlock, n *decl.Node) bool {
	if !mapping(n, fields{
		"id": text(&t.id), "title": text(&t.title), "note": l.template(&t.note),
		"empty": text(&t.empty), "main": yesNo(&t.main), "filter": yesNo(&t.filter),
		"total": yesNo(&t.total),
		"sql":   func(c *decl.Node) bool { t.sqlAt = c; return text(&t.sql)(c) },
		"by":    text(&t.by),
		"form": func(c *decl.Node) bool {
			if c.IsList() {
				return texts(&t.forms)(c)
			}
			t.forms = []string{""}
			return text(&t.forms[0])(c)
		},
		"axis": oneOf(&t.axis, "month"), "last": integer(&t.last, 1, 1000), "most": integer(&t.most, 1, 100000), "rest": text(&t.rest),
		"metrics": func(c *decl.Node) bool {
			return each(c, func(d *decl.Node) bool {
				var m string
				ok := l.metric(&m)(d)
				t.metrics = append(t.metrics, m)
				return ok
			})
		},
		"source": oneOf(&t.source, "catalog", "changes", "corrected"),
		"columns": func(c *decl.Node) bool {
			t.columnsSet = true
			return each(c, func(d *decl.Node) bool { return l.column(t, d) })
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
func (l *loader) checkSource(t *tableBlock, n *decl.Node) bool {
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
		t.columns = builtinColumns(t.source)
	case t.sql != "":
		if len(t.columns) == 0 {
			return n.Fault("a table from sql names its columns", "取自 sql 的表要写 columns（列）")
		}
	default:
		return l.checkMetrics(t, n)
	}
	return true
}

func (l *loader) checkMetrics(t *tableBlock, n *decl.Node) bool {
	if t.by == "" {
		return n.Fault("a table of metrics says by which dimension; use list for plain figures", "指标表要写 by（按哪个维度）；不分维度的数字请用 list")
	}
	for _, m := range t.metrics {
		if d := l.book.metrics[m]; !d.Allows(t.by) {
			return n.Fault("metric %s can't be broken down by %q; it allows: %s", "指标 %s 不能按“%s”分；可按：%s", m, t.by, strings.Join(d.Dimensions, ", "))
		}
	}
	if !t.columnsSet {
		t.columns = append(t.columns, column{title: l.catalogue.Label(t.by), from: t.by, kind: workbook.Text})
		for _, m := range t.metrics {
			d := l.book.metrics[m]
			title := d.Label
			if d.Unit == metric.Yuan {
				title += "（万元）"
			}
			t.columns = append(t.columns, column{title: title, from: m, kind: unitKind(d.Unit)})
		}
	}
	for _, c := range t.columns {
		if c.from != t.by && !slices.Contains(t.metrics, c.from) {
			return n.Fault("column %q comes from %q, which is neither %s nor one of the table's metrics", "列“%s”取自“%s”，它既不是 %s，也不是本表的指标", c.title, c.from, t.by)
		}
	}
	return true
}

func (l *loader) column(t *tableBlock, n *decl.Node) bool {
	c := column{kind: workbook.Text}
	if !mapping(n, fields{
		"title": text(&c.title), "from": text(&c.from), "format": text(&c.format),
		"kind": oneOf(&c.kind, kinds...), "width": number(&c.width, 3, 120), "span": integer(&c.span, 1, 20), "sum": yesNo(&c.sum), "total": l.metric(&c.total),
		"of":   texts(&c.of),
		"cell": yesNo(&c.cell), "ranking": yesNo(&c.ranking),
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

// unitKind is how a metric's unit is written in a table.
func unitKind(unit metric.Unit) workbook.Kind {
	switch unit {
	case metric.Ratio:
		return workbook.Percent
	case metric.Yuan:
		return workbook.Wan
	case metric.Days:
		return workbook.Num
	}
	return workbook.Int
}
