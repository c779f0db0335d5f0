package weekly

import (
	"context"
	"fmt"
	"math"
	"sort"
	"strings"

	"taizhang/internal/metric"
)

// dueReturns are the returns due in the week that ends with the as-of date.
type dueReturns struct {
	expected, received int
	missing            []string // 残联（重点民生实事）
}

func (w *weekly) weekReturns(ctx context.Context) (dueReturns, error) {
	rows, err := rows(ctx, w.src, w.ask, `
select o.submitter, o.form_title, o.is_received
from core.fct_obligation as o
left join core.dim_submitter as s on s.zone = o.zone and s.code = o.submitter_code
left join ctl.form as f on f.form = o.form
where o.is_due_this_week and not o.is_waived
order by coalesce(s.seq, 9999), o.submitter, f.seq, o.period`)
	if err != nil {
		return dueReturns{}, err
	}
	out := dueReturns{expected: len(rows.Rows)}
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
func (r dueReturns) sentence() string {
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

// changeWords says how a figure moved: 上升1.2个百分点, 增加12个, 持平.
func (w *weekly) changeWords(name, unit string) string {
	m, now, last := w.book.metrics[name], w.now[name].Value, w.last[name].Value
	s := scaleOf(m.Unit, unit, now, last)
	up, down := "增加", "减少"
	d := roundHalfUp(*now*s.factor, s.decimals) - roundHalfUp(*last*s.factor, s.decimals)
	if s.ratio {
		up, down = "上升", "下降"
		s.unit = "个百分点"
	}
	if math.Abs(d) < 1e-9 {
		return "持平"
	}
	text := scale{factor: 1, decimals: s.decimals}.text(math.Abs(d)) + s.unit
	if d > 0 {
		return up + text
	}
	return down + text
}

// mover is a figure that moved, and how much for its size.
type mover struct {
	item   item
	weight float64
	place  int
}

// movers writes sentences on the headline figures that moved most.
func (w *weekly) movers(items []item, n int) []string {
	var list []mover
	for i, it := range items {
		m, now, last := w.book.metrics[it.metric], w.now[it.metric].Value, w.last[it.metric].Value
		if now == nil || last == nil || *now == *last {
			continue
		}
		weight := math.Abs(*now-*last) * 10
		if m.Unit != metric.Ratio {
			weight = math.Abs(*now-*last) / math.Max(math.Abs(*last), 1)
		}
		list = append(list, mover{it, weight, i})
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].weight > list[j].weight })
	if len(list) == 0 {
		return []string{"主要指标与上周持平。"}
	}
	list = list[:min(n, len(list))]
	now, last := w.byUnit[w.ask], w.byUnit[w.lastAsk]
	var out []string
	for _, x := range list {
		name := x.item.metric
		out = append(out, fmt.Sprintf("%s%s，较上周%s%s。", x.item.label, w.spoken(x.item), w.changeWords(name, x.item.unit), w.driver(name, unitDeltas(now[name], last[name]))))
	}
	return out
}

// spoken is a figure with its unit.
func (w *weekly) spoken(it item) string {
	v := w.now[it.metric].Value
	s := scaleOf(w.book.metrics[it.metric].Unit, it.unit, v).text(*v)
	if u := w.book.metrics[it.metric].Unit; u == metric.Count {
		s += it.unit
	}
	return s
}

// driver says what is behind a change: of a ratio what it was made of then and
// now, and the unit that moved the count, sum or numerator most.
func (w *weekly) driver(name string, sums map[string]float64) string {
	made, unit := "", w.book.metrics[name].Unit
	if unit == metric.Ratio {
		if then, now := fraction(w.last[name], unit), fraction(w.now[name], unit); then != "" && now != "" {
			made = "（" + then + "→" + now + "）"
		}
		if n := w.now[name].Num; n != nil && math.Abs(*n) >= 1e6 {
			unit = metric.Yuan
		} else {
			unit = metric.Count
		}
	}
	best := ""
	for _, u := range w.moved(sums) {
		if best == "" || math.Abs(sums[u]) > math.Abs(sums[best])+1e-9 {
			best = u
		}
	}
	if best == "" {
		return made
	}
	word := "变动"
	if made != "" {
		word = "分子变动"
	}
	return fmt.Sprintf("%s，%s最大的是%s（%s）", made, word, best, w.signed(unit, sums[best]))
}

func (w *weekly) signed(unit metric.Unit, delta float64) string {
	sign := "+"
	if delta < 0 {
		sign = "−"
	}
	d := math.Abs(delta)
	return sign + scaleOf(unit, "", &d).text(d)
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
