package weekly

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/metric"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/internal/workbook"
)

// table fills a declared table.
func (w *weekly) table(ctx context.Context, d *tableBlock) (workbook.Table, error) {
	d = w.shownColumns(d)
	t := workbook.Table{ID: d.id, Title: d.title, Note: d.note.fill(w), Empty: d.empty, Main: d.main, Filter: d.filter}
	for _, c := range d.columns {
		kind := c.kind
		if kind == dayKind {
			kind = workbook.Mark
		}
		t.Columns = append(t.Columns, workbook.Column{Title: c.title, Kind: kind, Width: c.width, Format: c.format, Span: c.span})
	}
	var err error
	left := 0 // rows that were not even read
	switch {
	case d.source == "catalog":
		t.Rows = w.catalog()
	case d.source == "changes":
		t.Rows = w.changes()
	case d.source == "corrected":
		t.Rows, err = w.corrected(ctx)
	case d.sql != "":
		left, err = w.selected(ctx, d, &t)
	default:
		err = w.broken(ctx, d, &t)
	}
	if d.last > 0 && len(t.Rows) > d.last {
		t.Rows = t.Rows[len(t.Rows)-d.last:]
	}
	if all, most := len(t.Rows)+left, w.mostIn(d); most > 0 && all > most {
		d.cut(&t, all, most)
	}
	return t, err
}

// shownColumns is a table with the columns alone that are shown: no ranking where none is wanted, no metrics of forms that nobody
// owes here.
func (w *weekly) shownColumns(d *tableBlock) *tableBlock {
	shown := *d
	shown.columns = slices.DeleteFunc(slices.Clone(d.columns), func(c column) bool {
		if c.ranking && !w.options.Ranking {
			return true
		}
		m := w.book.metrics[c.from]
		return len(d.metrics) > 0 && m != nil && c.from != d.by && !w.feeds(m)
	})
	return &shown
}

// cut leaves the first rows of a table of so many, and says so and where the others are.
func (d *tableBlock) cut(t *workbook.Table, all, most int) {
	t.Rows, t.Rest, t.Cut = t.Rows[:most:most], t.Rows[most:], true
	t.Note += fmt.Sprintf("共%d行，本表只列前%d行", all, most)
	if d.rest != "" {
		t.Note += "，全部见“" + d.rest + "”。"
	} else {
		t.Note += "，其余用 taizhang sql 查询。"
	}
	for i, v := range t.Total {
		if v == totalWord { // who adds up what is listed gets less
			t.Total[i] = fmt.Sprintf("%s（全部%d行）", totalWord, all)
		}
	}
}

// mostIn is how many rows a table may print: as declared, else as many as a list of rows.
func (w *weekly) mostIn(d *tableBlock) int {
	if d.most > 0 {
		return d.most
	}
	return w.details()
}

// totalWord heads the total row.
const totalWord = "合计"

// selected fills a table from its SELECT; left are the rows that it has beyond those of the table.
func (w *weekly) selected(ctx context.Context, d *tableBlock, t *workbook.Table) (left int, err error) {
	got, err := w.ofRows(ctx, d)
	if err != nil {
		return 0, d.sqlAt.Pos().Fault("%v", "", err)
	}
	places := map[string]int{}
	for i, c := range got.Columns {
		places[c] = i
	}
	if at, ok := places["zone"]; ok && w.options.Zone != "" && len(w.zones) > 1 { // rows of several zones: each says whose it is
		d = w.zoned(d, got.Rows, at, places[d.columns[0].from], t)
	}
	from := make([]int, len(d.columns))
	if d.axis == "month" {
		owed, err := w.owedMonths(ctx, d)
		if err != nil {
			return 0, d.sqlAt.Pos().Fault("%v", "", err)
		}
		t.Note += d.fillMonths(w.ask.AsOf, places[d.columns[0].from], owed, &got.grid)
	}
	for i, c := range d.columns {
		at, ok := places[c.from]
		if !ok {
			return 0, d.sqlAt.Pos().Fault("the result has no column %q for %q; it has: %s", "查询结果没有列“%s”（用于“%s”）；有：%s", c.from, c.title, strings.Join(got.Columns, ", "))
		}
		from[i] = at
	}
	for _, r := range got.Rows {
		row := make([]any, len(d.columns))
		for i, c := range d.columns {
			row[i] = c.show(r[from[i]])
		}
		t.Rows = append(t.Rows, row)
	}
	if d.total && len(t.Rows) > 0 {
		if err := w.selectedTotal(d, &got, places, from, t); err != nil {
			return 0, err
		}
	}
	return got.all - len(got.Rows), nil
}

// selectedTotal is the total row of a table from a SELECT, whose column i is column from[i] of the result.
func (w *weekly) selectedTotal(d *tableBlock, got *selection, places map[string]int, from []int, t *workbook.Table) error {
	t.Total = make([]any, len(d.columns))
	for i, c := range d.columns {
		switch v := w.now[c.total].Value; {
		case c.sum:
			t.Total[i] = got.sum(c.from, from[i])
		case c.total != "" && v != nil: // what doesn't add up is asked for
			t.Total[i] = *v
		case len(c.of) == 2:
			n, num := places[c.of[0]]
			m, den := places[c.of[1]]
			if !num || !den {
				return d.sqlAt.Pos().Fault("the result has no columns %v for the total of %q", "查询结果没有列 %v（用于“%s”的合计）", c.of, c.title)
			}
			if sum := got.sum(c.of[1], m); sum != 0 {
				t.Total[i] = got.sum(c.of[0], n) / sum
			}
		}
	}
	t.Total[0] = totalWord
	t.Note += w.totalNote(d)
	return nil
}

// zoned is a table with the names of the zones that its rows are of beside their first column, unless that says so, as the
// names of units do.
func (w *weekly) zoned(d *tableBlock, rows [][]any, at, first int, t *workbook.Table) *tableBlock {
	said := true
	for _, r := range rows {
		r[at] = w.groupWord("zone", workbook.Text, fmt.Sprint(r[at]))
		said = said && (r[first] == nil || strings.HasPrefix(fmt.Sprint(r[first]), fmt.Sprint(r[at])))
	}
	if said {
		return d
	}
	c := column{title: "园区", from: "zone", kind: workbook.Text}
	plain := *d
	plain.columns = slices.Insert(slices.Clone(d.columns), 1, c)
	t.Columns = slices.Insert(t.Columns, 1, workbook.Column{Title: c.title, Kind: c.kind})
	return &plain
}

// broken fills a table with metrics over a dimension. The total is asked for,
// not summed: distinct counts and ratios don't add up.
func (w *weekly) broken(ctx context.Context, d *tableBlock, t *workbook.Table) error {
	list, err := w.src.Figures(ctx, []warehouse.Point{w.seriesPoint(d)}, d.metrics, d.by)
	if err != nil {
		return d.at.Pos().Fault("%v", "", err)
	}
	values := map[string]map[string]*float64{}
	var keys []string
	for _, f := range list {
		if len(f.Dims) == 0 {
			continue
		}
		k := groupOf(f)
		if values[k] == nil {
			values[k] = map[string]*float64{}
			keys = append(keys, k)
		}
		values[k][f.Metric.ID] = result.Float(f.Value)
	}
	w.sortKeys(d.by, keys)
	if d.by == "week" || d.by == "month" {
		keys = fromFirst(keys, values)
	}
	for _, k := range keys {
		row := make([]any, len(d.columns))
		for i, c := range d.columns {
			if c.from == d.by {
				row[i] = c.show(w.groupWord(d.by, c.kind, k))
			} else if v := values[k][c.from]; v != nil {
				row[i] = *v
			}
		}
		t.Rows = append(t.Rows, row)
	}
	if d.total && len(t.Rows) > 0 {
		t.Total = make([]any, len(d.columns))
		for i, c := range d.columns {
			if c.from == d.by {
				t.Total[i] = totalWord
			} else if v := w.now[c.from].Value; v != nil {
				t.Total[i] = *v
			}
		}
		t.Note += w.totalNote(d)
	}
	return nil
}

// fromFirst are the weeks or months from the first with a figure on: what lies before the first return is left out, what lies between
// is not. None are left where none has come: a line of noughts says nothing.
func fromFirst(keys []string, values map[string]map[string]*float64) []string {
	for i, k := range keys {
		for _, v := range values[k] {
			if v != nil && *v != 0 {
				return keys[i:]
			}
		}
	}
	return nil
}

// seriesPoint is where the weeks or months of a table are asked for. What follows from ledgers goes on over the turn of the
// year, as far back as the table has rows; what adds up from 1 January begins there.
func (w *weekly) seriesPoint(d *tableBlock) warehouse.Point {
	p := w.ask
	kind, timed := map[string]calendar.PeriodKind{"week": calendar.Week, "month": calendar.Month}[d.by]
	sums := slices.ContainsFunc(d.metrics, func(name string) bool { return w.book.metrics[name].Fact.Mode == metric.Period })
	if !timed || d.last == 0 || sums {
		return p
	}
	first := kind.Of(p.AsOf)
	for range d.last - 1 {
		first = kind.Of(first.Start - 1)
	}
	p.From = min(w.src.At(p).From, first.Start)
	return p
}

// show turns a stored value into what the column shows.
func (c column) show(v any) any {
	if c.words != nil {
		if word, ok := c.words[fmt.Sprint(v)]; ok {
			v = word
		}
	}
	switch x := v.(type) {
	case time.Time:
		if c.kind == dayKind {
			return x.Format("01-02")
		}
	case string:
		switch c.kind {
		case workbook.LightK:
			return workbook.Light(x)
		case workbook.Mark, workbook.Text, dayKind:
		default:
			if x == "" {
				return nil
			}
		}
	case bool:
		if x {
			return "是"
		}
		return "否"
	}
	return v
}

// literal puts the points in time into a SELECT: $as_of, $last_as_of,
// $known_at, $previous_as_of, $previous_known_at; $new_return and $new_decision
// are true for returns and decisions that the previous issue didn't know.
func (w *weekly) literal(query string) string {
	date := func(d calendar.Date) string { return "date '" + d.String() + "'" }
	stamp := func(t time.Time) string { return "timestamp '" + t.Format(warehouse.Stamp) + "'" }
	newReturn, newDecision := "received_at > $previous_known_at", "decided_at > $previous_known_at"
	if w.saidThen != nil { // a return may be taken in with an earlier date, and an issue of a past time leaves out what was there already
		newReturn = fmt.Sprintf("(arrival > %d or %s)", w.saidThen.Arrival, newReturn)
		newDecision = fmt.Sprintf("(seq > %d or %s)", w.saidThen.Decision, newDecision)
	}
	if !w.issued {
		newReturn, newDecision = "1 = 0", "1 = 0"
	}
	query = strings.NewReplacer("$new_return", newReturn, "$new_decision", newDecision).Replace(query)
	return strings.NewReplacer(
		"$as_of", date(w.ask.AsOf), "$last_as_of", date(w.lastAsk.AsOf), "$known_at", stamp(w.ask.KnownAt),
		"$previous_as_of", date(w.previous.AsOf), "$previous_known_at", stamp(w.previous.KnownAt),
	).Replace(query)
}

func asFloat(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// builtinColumns are the columns of the built-in sources.
func builtinColumns(source string) []column {
	if source == "changes" {
		return []column{
			{title: "指标", kind: workbook.Text, width: 20}, {title: "上期数", kind: workbook.Num}, {title: "上期分子/分母", kind: workbook.Mark},
			{title: "现在重算", kind: workbook.Num}, {title: "现在分子/分母", kind: workbook.Mark}, {title: "变动", kind: workbook.Num},
			{title: "涉及单位", kind: workbook.Text, width: 26},
		}
	}
	if source == "corrected" {
		return []column{
			{title: "填报单位", kind: workbook.Mark, width: 12}, {title: "报送期", kind: workbook.Mark}, {title: "报表", kind: workbook.Mark, width: 22},
			{title: "数据行", kind: workbook.Text, width: 22}, {title: "栏目", kind: workbook.Mark}, {title: "原为", kind: workbook.Text},
			{title: "现为", kind: workbook.Text, width: 26},
		}
	}
	return []column{
		{title: "指标", kind: workbook.Text, width: 22}, {title: "本期数", kind: workbook.Num}, {title: "按明细重算", kind: workbook.Num}, {title: "分子/分母", kind: workbook.Mark},
		{title: "口径", kind: workbook.Text, width: 48}, {title: "来源表", kind: workbook.Text, width: 22},
		{title: "应报份数", kind: workbook.Int}, {title: "实报份数", kind: workbook.Int},
		{title: "未计入行", kind: workbook.Int}, {title: "置空处", kind: workbook.Int},
		{title: "指标代号", kind: workbook.Text, width: 33},
	}
}

// source is the titles of the forms whose rows a metric counts.
func (w *weekly) source(m *metric.Metric) string {
	var titles []string
	for _, form := range m.Fact.Forms {
		titles = append(titles, orDash(w.forms[form], form))
	}
	return orDash(strings.Join(titles, "、"), "报送要求与收件记录")
}

// catalog describes every metric, its value and what it rests on.
func (w *weekly) catalog() [][]any {
	var rows [][]any
	for _, name := range w.book.order {
		m, f := w.book.metrics[name], w.now[name]
		if !w.feeds(m) {
			continue
		}
		s := scaleOf(m.Unit, "", f.Value)
		again := workbook.Cell{Kind: workbook.Num, Value: "—"}
		if from := w.derived(m, s); from != nil {
			again = cellOf(s, f.Value)
			again.From = from
		}
		rows = append(rows, []any{
			workbook.Cell{Value: m.Label, Link: w.rowsLink(m)}, cellOf(s, f.Value), again, orDash(fraction(f, m.Unit), "—"), m.Definition, w.source(m),
			f.Coverage.Expected, f.Coverage.Received, f.Coverage.RowsRefused, f.Coverage.ValuesEmptied, name,
		})
	}
	return rows
}
