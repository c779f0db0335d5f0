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
	var out []string
	for _, x := range list[:min(n, len(list))] {
		name := x.item.metric
		s := fmt.Sprintf("%s%s，较上周%s", x.item.label, w.spoken(x.item), w.changeWords(name))
		who, err := w.driver(ctx, name)
		if err != nil {
			return nil, err
		}
		out = append(out, s+who+"。")
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
func (w *weekly) driver(ctx context.Context, metric string) (string, error) {
	m := w.book.metrics[metric]
	if m.Unit != Count && m.Unit != Yuan || !m.Allows("submitter") {
		return "", nil
	}
	all, err := w.deltas(ctx, []string{metric}, w.ask, w.lastAsk)
	if err != nil {
		return "", err
	}
	best, sums := "", all[metric]
	for _, u := range w.moved(sums) {
		if best == "" || math.Abs(sums[u]) > math.Abs(sums[best])+1e-9 {
			best = u
		}
	}
	if best == "" {
		return "", nil
	}
	return fmt.Sprintf("，变动最大的是%s（%s）", best, w.signed(m.Unit, sums[best])), nil
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
	for _, side := range []struct {
		at   weeklyPoint
		sign float64
	}{{now, 1}, {then, -1}} {
		list, err := w.src.figures(ctx, side.at, metrics, "submitter")
		if err != nil {
			return nil, err
		}
		for _, f := range list {
			if f.Value == nil {
				continue
			}
			if out[f.Metric] == nil {
				out[f.Metric] = map[string]float64{}
			}
			out[f.Metric][f.Key] += side.sign * *f.Value
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
	again := weeklyPoint{AsOf: w.previous.AsOf, KnownAt: w.ask.KnownAt}
	for _, at := range []weeklyPoint{w.previous, again} {
		if err := w.src.prepare(ctx, at, w.book.facts()); err != nil {
			return nil, err
		}
	}
	then, err := w.figures(ctx, w.previous)
	if err != nil {
		return nil, err
	}
	now := w.last
	if again != w.lastAsk {
		if now, err = w.figures(ctx, again); err != nil {
			return nil, err
		}
	}
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
	deltas, err := w.deltas(ctx, additive, again, w.previous)
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

func sameFigure(a, b *float64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return math.Abs(*a-*b) < 1e-9
}
