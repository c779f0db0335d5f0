package weekly

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/calendar"
	"taizhang/internal/warehouse"
	"taizhang/internal/workbook"
)

// totalNote names the columns whose total is computed by the metric and doesn't
// follow from the rows above it.
func (w *weekly) totalNote(d *tableBlock) string {
	var titles []string
	for _, c := range d.columns {
		id := c.total
		if id == "" && len(d.metrics) > 0 && c.from != d.by {
			if m := w.book.metrics[c.from]; m.IsRatio() || m.Value.Agg == "distinct" || m.Value.Agg == "median" {
				id = c.from
			}
		}
		if id != "" {
			titles = append(titles, "“"+c.title+"”")
		}
	}
	if len(titles) == 0 {
		return ""
	}
	return "合计行的" + strings.Join(titles, "") + "按指标口径对全区计算，不是各行相加。"
}

func columnSum(rows [][]any, at int) (sum float64) {
	for _, r := range rows {
		if f, ok := asFloat(r[at]); ok {
			sum += f
		}
	}
	return sum
}

// owedMonths are the months of a table's forms for which returns are owed: how many of each were due, have come, are missing.
func (w *weekly) owedMonths(ctx context.Context, d *tableBlock) (map[string][3]int64, error) {
	if len(d.forms) == 0 {
		return nil, nil
	}
	forms := make([]string, len(d.forms))
	for i, f := range d.forms {
		forms[i] = warehouse.Quote(f)
	}
	got, err := rows(ctx, w.src, w.ask, `
select period, count(*) filter (where is_due), count(*) filter (where is_received), count(*) filter (where is_due and not is_received)
from core.fct_obligation
where form in (`+strings.Join(forms, ", ")+`) and not is_waived
group by period`)
	if err != nil {
		return nil, err
	}
	owed := map[string][3]int64{}
	for _, r := range got.Rows {
		var n [3]int64
		for i := range n {
			n[i], _ = r[i+1].(int64)
		}
		owed[fmt.Sprint(r[0])] = n
	}
	return owed, nil
}

// fillMonths adds the months that have no rows, from the first one that has to the as-of date's or the last: what is added up
// is zero in them. At the end those are left out of which nothing has come nor was due: their nought is none. note says so,
// and of which months returns are missing.
func (d *tableBlock) fillMonths(asOf calendar.Date, at int, owed map[string][3]int64, got *grid) (note string) {
	if d.axis != "month" || len(got.Rows) == 0 {
		return ""
	}
	rows, first, filled := byMonth(got.Rows, at)
	p, err := calendar.ParsePeriod(first)
	if err != nil {
		return "" // a row without a month: nothing to count on
	}
	last := max(calendar.MonthOf(asOf).String(), filled)
	var out [][]any
	var missing []string
	early := ""
	for ; p.String() <= last; p = p.Next() {
		r, n := rows[p.String()], owed[p.String()]
		if n[2] > 0 {
			missing = append(missing, fmt.Sprintf("%s缺报%d份", p, n[2]))
		}
		if len(owed) > 0 && p.String() > filled && n[0]+n[1] == 0 {
			early += fmt.Sprintf("%s尚未到报送期，未列。", p)
			continue
		}
		if r == nil {
			r = d.emptyMonth(p, at, got)
		}
		out = append(out, r)
	}
	got.Rows = out
	if len(missing) > 0 {
		note = strings.Join(missing, "、") + "。"
	}
	return note + early
}

// byMonth are rows by the month that stands in a column, the first and the last of them; none where a row has no month.
func byMonth(rows [][]any, at int) (of map[string][]any, first, last string) {
	of = map[string][]any{}
	for _, r := range rows {
		month, _ := r[at].(string)
		if p, err := calendar.ParsePeriod(month); err != nil || p.Kind != calendar.Month {
			return nil, "", ""
		}
		last = max(last, month)
		if first == "" || month < first {
			first = month
		}
		of[month] = r
	}
	return of, first, last
}

// emptyMonth is the row of a month that has none: what is added up is zero in it.
func (d *tableBlock) emptyMonth(month calendar.Period, at int, got *grid) []any {
	r := make([]any, len(got.Columns))
	r[at] = month.String()
	for _, c := range d.columns {
		if i := slices.Index(got.Columns, c.from); i >= 0 && i != at && c.kind != workbook.Percent && (c.sum || c.total != "") {
			r[i] = int64(0)
		}
	}
	return r
}

// groupWord is a value of a dimension as a table shows it: of weeks the last day,
// where the column shows days.
func (w *weekly) groupWord(by string, kind workbook.Kind, value string) string {
	if by == "week" && kind == dayKind {
		if p, err := calendar.ParsePeriod(value); err == nil {
			return min(p.End(), w.ask.AsOf).String()[5:]
		}
	}
	if by == "zone" {
		return orDash(w.zones[value], value)
	}
	if by == "form" {
		return orDash(w.forms[value], orDash(value, "未填"))
	}
	return orDash(value, "未填")
}
