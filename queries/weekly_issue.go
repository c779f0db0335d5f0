package queries

import (
	"context"
	"fmt"
	"math"
	"sort"
	"strings"
)

// weeklyReturns are the returns due in the week that ends with the as-of date.
type weeklyReturns struct {
	expected, received int
	missing            []string // 残联（重点民生实事）
}

func (w *weekly) weekReturns(ctx context.Context) (weeklyReturns, error) {
	rows, err := w.src.rows(ctx, w.ask, `
select o.submitter, o.form_title, o.is_received
from core.fct_obligation as o
left join core.dim_submitter as s on s.zone = o.zone and s.code = o.submitter_code
left join ctl.form as f on f.form = o.form
where o.is_due_this_week and not o.is_waived
order by coalesce(s.seq, 9999), o.submitter, f.seq, o.period`)
	if err != nil {
		return weeklyReturns{}, err
	}
	out := weeklyReturns{expected: len(rows.Rows)}
	forms := map[string][]string{}
	var units []string
	for _, r := range rows.Rows {
		if r[2] == true {
			out.received++
			continue
		}
		unit, form := fmt.Sprint(r[0]), fmt.Sprint(r[1])
		if forms[unit] == nil {
			units = append(units, unit)
		}
		forms[unit] = append(forms[unit], form)
	}
	for _, u := range units {
		for _, f := range forms[u] {
			out.missing = append(out.missing, fmt.Sprintf("%s（%s）", u, f))
		}
	}
	return out, nil
}

// sentence is the coverage line; a long list of names ends in 等.
func (r weeklyReturns) sentence() string {
	if r.expected == 0 {
		return "本周没有到期的报表。"
	}
	s := fmt.Sprintf("应报%d份，实报%d份，缺报%d份", r.expected, r.received, len(r.missing))
	if len(r.missing) == 0 {
		return s + "。"
	}
	names, more := r.missing, ""
	if len(names) > 8 {
		names, more = names[:8], "等"
	}
	return s + "：" + strings.Join(names, "、") + more + "。"
}

// changeWords says how a figure moved: 上升1.2个百分点, 增加12, 持平.
func (w *weekly) changeWords(name string) string {
	m, now, last := w.book.metrics[name], w.now[name].Value, w.last[name].Value
	s := scaleOf(m.Unit, "", now, last)
	up, down := "增加", "减少"
	d := roundHalfUp(*now*s.factor, s.decimals) - roundHalfUp(*last*s.factor, s.decimals)
	if s.ratio {
		up, down = "上升", "下降"
		s.unit = "个百分点"
	}
	if math.Abs(d) < 1e-9 {
		return "持平"
	}
	text := weeklyScale{factor: 1, decimals: s.decimals}.text(math.Abs(d)) + s.unit
	if d > 0 {
		return up + text
	}
	return down + text
}

// mover is a figure that moved, and how much for its size.
type mover struct {
	item   weeklyItem
	weight float64
	place  int
}

// movers writes sentences on the headline figures that moved most.
func (w *weekly) movers(ctx context.Context, items []weeklyItem, n int) ([]string, error) {
	var list []mover
	for i, it := range items {
		m, now, last := w.book.metrics[it.metric], w.now[it.metric].Value, w.last[it.metric].Value
		if now == nil || last == nil || *now == *last {
			continue
		}
		weight := math.Abs(*now-*last) * 10
		if m.Unit != Ratio {
			weight = math.Abs(*now-*last) / math.Max(math.Abs(*last), 1)
		}
		list = append(list, mover{it, weight, i})
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].weight > list[j].weight })
	if len(list) == 0 {
		return []string{"主要指标与上周持平。"}, nil
	}
	list = list[:min(n, len(list))]
	var additive []string
	for _, x := range list {
		if m := w.book.metrics[x.item.metric]; (m.Unit == Count || m.Unit == Yuan) && m.Allows("submitter") {
			additive = append(additive, m.ID)
		}
	}
	deltas, err := w.deltas(ctx, additive, w.ask, w.lastAsk)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, x := range list {
		name := x.item.metric
		out = append(out, fmt.Sprintf("%s%s，较上周%s%s。", x.item.label, w.spoken(x.item), w.changeWords(name), w.driver(name, deltas[name])))
	}
	return out, nil
}

// spoken is a figure with its unit.
func (w *weekly) spoken(it weeklyItem) string {
	v := w.now[it.metric].Value
	s := scaleOf(w.book.metrics[it.metric].Unit, it.unit, v).text(*v)
	if u := w.book.metrics[it.metric].Unit; u == Count {
		s += it.unit
	}
	return s
}

// driver names the unit that moved a count or sum most.
func (w *weekly) driver(metric string, sums map[string]float64) string {
	best := ""
	for _, u := range w.moved(sums) {
		if best == "" || math.Abs(sums[u]) > math.Abs(sums[best])+1e-9 {
			best = u
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("，变动最大的是%s（%s）", best, w.signed(w.book.metrics[metric].Unit, sums[best]))
}

func (w *weekly) signed(unit Unit, delta float64) string {
	sign := "+"
	if delta < 0 {
		sign = "−"
	}
	d := math.Abs(delta)
	return sign + scaleOf(unit, "", &d).text(d)
}

// deltas are metrics' differences by submitter between two points.
func (w *weekly) deltas(ctx context.Context, metrics []string, now, then weeklyPoint) (map[string]map[string]float64, error) {
	out := map[string]map[string]float64{}
	if len(metrics) == 0 {
		return out, nil
	}
	all, err := w.figures(ctx, metrics, "submitter")
	if err != nil {
		return nil, err
	}
	for _, side := range []struct {
		at   weeklyPoint
		sign float64
	}{{now, 1}, {then, -1}} {
		for metric, groups := range all[side.at] {
			if out[metric] == nil {
				out[metric] = map[string]float64{}
			}
			for unit, f := range groups {
				if f.Value != nil {
					out[metric][unit] += side.sign * *f.Value
				}
			}
		}
	}
	return out, nil
}

// moved are the units whose share changed, in 机构序列.
func (w *weekly) moved(sums map[string]float64) []string {
	var units []string
	for u, d := range sums {
		if math.Abs(d) > 1e-9 {
			units = append(units, u)
		}
	}
	w.inOrder(units)
	return units
}

// inOrder sorts units in 机构序列, strangers last by name.
func (w *weekly) inOrder(units []string) {
	sort.SliceStable(units, func(i, j int) bool {
		a, okA := w.seq[units[i]]
		b, okB := w.seq[units[j]]
		switch {
		case okA && okB:
			return a < b
		case okA != okB:
			return okA
		}
		return units[i] < units[j]
	})
}

// changes are the figures of the previous issue that read otherwise now.
func (w *weekly) changes(ctx context.Context) ([][]any, error) {
	then, now := w.at[w.previous].only(), w.at[w.again].only()
	var changed, additive []string
	for _, name := range w.book.order {
		a, b := then[name], now[name]
		if sameFigure(a.Value, b.Value) && sameFigure(a.Num, b.Num) && sameFigure(a.Den, b.Den) {
			continue
		}
		changed = append(changed, name)
		if m := w.book.metrics[name]; m.Unit != Ratio && m.Unit != Days && m.Allows("submitter") {
			additive = append(additive, name)
		}
	}
	deltas, err := w.deltas(ctx, additive, w.again, w.previous)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, name := range changed {
		m, a, b := w.book.metrics[name], then[name], now[name]
		s := scaleOf(m.Unit, "", a.Value, b.Value)
		var who []string
		for _, u := range w.moved(deltas[name]) {
			who = append(who, u+w.signed(m.Unit, deltas[name][u]))
		}
		rows = append(rows, []any{
			m.Label, cellOf(s, a.Value), orDash(fraction(a, m.Unit), "—"), cellOf(s, b.Value), orDash(fraction(b, m.Unit), "—"),
			changeCell(s, b.Value, a.Value), orDash(strings.Join(who, "、"), "—"),
		})
	}
	return rows, nil
}

// mostCorrected is how many corrected cells are listed; a ledger that was
// rewritten is told by its figures.
const mostCorrected = 300

// corrected are the cells in which returns that took another's place since the
// previous issue differ from it: whose, from what, to what.
func (w *weekly) corrected(ctx context.Context) ([][]any, error) {
	pairs, err := w.src.rows(ctx, w.ask, w.literal(`
with accepted as (
    select
        *,
        lag(return_id) over (partition by zone, submitter, form, period order by received_at, arrival, return_id) as before
    from core.known_return
    where is_accepted
)
select coalesce(s.name, a.submitter), a.period, coalesce(f.title, a.form), a.before, a.return_id
from accepted as a
left join core.dim_submitter as s on s.zone = a.zone and s.code = a.submitter
left join ctl.form as f on f.form = a.form
where a.before is not null and a.received_at > $previous_known_at and a.cutoff <= $previous_as_of
order by coalesce(s.seq, 9999), f.seq, a.period, a.received_at`))
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, p := range pairs.Rows {
		if len(p) < 5 {
			continue
		}
		changes, err := w.src.diff(ctx, fmt.Sprint(p[3]), fmt.Sprint(p[4]))
		if err != nil {
			return nil, err
		}
		for _, c := range changes {
			if len(rows) == mostCorrected {
				return append(rows, []any{nil, nil, nil, "其余更正从略，见 taizhang returns diff", nil, nil, nil}), nil
			}
			column, a, b := orDash(wordOf(c.Get("column")), "整行"), orDash(wordOf(c.Get("before")), "（空）"), orDash(wordOf(c.Get("after")), "（空）")
			switch c.Get("change") {
			case "added":
				a, b = "（无此行）", "新增"
			case "gone":
				a, b = "原有", "（已删去）"
			}
			where := wordOf(c.Get("key"))
			if n := c.Get("row_after"); n != nil {
				where += fmt.Sprintf("（第%v行）", n)
			}
			rows = append(rows, []any{p[0], p[1], p[2], where, column, a, b})
		}
	}
	return rows, nil
}

func wordOf(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func sameFigure(a, b *float64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return math.Abs(*a-*b) < 1e-9
}
