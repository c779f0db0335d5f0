package weekly

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"
	"strings"

	"taizhang/internal/metric"
	"taizhang/internal/rounded"
	"taizhang/internal/workbook"
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

// unmoved is said of a figure whose change can't be seen.
const unmoved = "持平"

// changeWords says how a figure moved: 上升1.2个百分点, 增加12个, 持平.
func (w *weekly) changeWords(name, unit string) string {
	m, now, last := w.book.metrics[name], w.now[name].Value, w.last[name].Value
	s := scaleOf(m.Unit, unit, now, last)
	up, down := "增加", "减少"
	d := rounded.Half(*now*s.factor, s.decimals) - rounded.Half(*last*s.factor, s.decimals)
	if s.ratio {
		up, down = "上升", "下降"
		s.unit = "个百分点"
	}
	if math.Abs(d) < 1e-9 {
		return unmoved
	}
	text := scale{factor: 1, decimals: s.decimals}.text(math.Abs(d)) + s.unit
	if d > 0 {
		return up + text
	}
	return down + text
}

// mover is a figure that moved: over a target or back, and in how many things.
type mover struct {
	item    item
	crossed bool
	things  float64 // how many things the change is worth
	rows    float64 // how many rows it comes from: a count and the ratio over it move by the same ones
}

// movers writes sentences on the headline figures whose change matters most:
// those whose light changed first, then by how many things changed. What another
// sentence says of the same rows is not said again.
func (w *weekly) movers(items []item, n int) []string {
	var list []mover
	for _, it := range items {
		if w.now[it.metric].Value == nil || w.last[it.metric].Value == nil || w.changeWords(it.metric, it.unit) == unmoved {
			continue
		}
		list = append(list, mover{it, w.light(it.metric, w.ask) != w.light(it.metric, w.lastAsk), w.worth(it.metric), w.rowsMoved(it.metric)})
	}
	of := func(x mover) *metric.Metric { return w.book.metrics[x.item.metric] }
	for i, x := range list { // a ratio that moved by the rows of a count says what the count would
		for _, y := range list {
			if of(x).IsRatio() && of(x).Fact == of(y).Fact && x.rows == y.rows {
				list[i].things = math.Max(list[i].things, y.things)
			}
		}
	}
	sort.SliceStable(list, func(i, j int) bool {
		a, b := list[i], list[j]
		switch {
		case a.crossed != b.crossed:
			return a.crossed
		case a.things != b.things:
			return a.things > b.things
		}
		return of(a).IsRatio() && !of(b).IsRatio()
	})
	if len(list) == 0 {
		return []string{w.still(items)}
	}
	type told struct {
		fact *metric.Fact
		rows float64
	}
	said := map[told]bool{}
	var out []string
	for _, x := range list {
		name := x.item.metric
		m := w.book.metrics[name]
		if t := (told{m.Fact, x.rows}); said[t] && !x.crossed {
			continue
		} else {
			said[t] = true
		}
		turned := ""
		if x.crossed {
			turned = turnedWords(w.light(name, w.lastAsk), w.light(name, w.ask))
		}
		out = append(out, fmt.Sprintf("%s%s，较上周%s%s%s%s。", x.item.label, w.spoken(x.item), w.changeWords(name, x.item.unit), w.made(name), turned, w.driver(name)))
		if len(out) == n {
			break
		}
	}
	return out
}

// turnedWords says how a light changed; a figure may have had none.
func turnedWords(was, is workbook.Light) string {
	switch {
	case was == "":
		return fmt.Sprintf("，亮%s灯", is)
	case is == "":
		return fmt.Sprintf("，%s灯熄灭", was)
	}
	return fmt.Sprintf("，由%s灯转%s灯", was, is)
}

// still says why nothing is listed as having moved: there is nothing to compare with, nobody has handed in, or it is so.
func (w *weekly) still(items []item) string {
	comparable := slices.ContainsFunc(items, func(it item) bool { return w.now[it.metric].Value != nil && w.last[it.metric].Value != nil })
	switch {
	case !comparable, !slices.ContainsFunc(items, func(it item) bool { // noughts of nobody, this week and last
		m := w.book.metrics[it.metric]
		return w.now[it.metric].Value != nil && len(m.Fact.Forms) > 0 && !w.silent(m, w.now[it.metric])
	}):
		return "没有上周的数可以对比。"
	case w.returns.expected > 0 && w.returns.received == 0:
		return "本周应报的报表都没有收到，各数沿用以前的报表。"
	}
	return "主要指标与上周持平。"
}

// worth is in how many things a change can be put: 31 more of 39 more rows leave a ratio where it was, and it is worth none.
func (w *weekly) worth(name string) float64 {
	m, now, last := w.book.metrics[name], w.now[name], w.last[name]
	if now.Value != nil && last.Value != nil && m.IsRatio() && m.Num.Agg != "sum" && now.Den != nil {
		return math.Abs(*now.Value-*last.Value) * *now.Den
	}
	return w.rowsMoved(name)
}

// rowsMoved is how many rows a change comes from: of counts the difference, of a
// ratio by how much its numerator and denominator moved; of money ten per cent
// pass for one.
func (w *weekly) rowsMoved(name string) float64 {
	m, now, last := w.book.metrics[name], w.now[name], w.last[name]
	if now.Value == nil || last.Value == nil {
		return 0
	}
	switch {
	case m.IsRatio() && m.Num.Agg != "sum" && now.Num != nil && last.Num != nil && now.Den != nil && last.Den != nil:
		return math.Max(math.Abs(*now.Num-*last.Num), math.Abs(*now.Den-*last.Den))
	case m.Unit == metric.Count:
		return math.Abs(*now.Value - *last.Value)
	}
	return math.Abs(*now.Value-*last.Value) / math.Max(math.Abs(*last.Value), 1e-9) * 10
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

// made says of a ratio what it was made of then and now.
func (w *weekly) made(name string) string {
	unit := w.book.metrics[name].Unit
	then, now := fraction(w.last[name], unit), fraction(w.now[name], unit)
	if then == "" || now == "" {
		return ""
	}
	return "（" + then + "→" + now + "）"
}

// driver names the unit that explains a change: without its part at least half
// of the change would not be; both where two explain half of it each. Of a ratio numerator and denominator count. Where
// one unit files the whole form nobody is named: that explains nothing.
func (w *weekly) driver(name string) string {
	m := w.book.metrics[name]
	now, last := w.byUnit[w.ask][name], w.byUnit[w.lastAsk][name]
	dens, densLast := w.dens[w.ask][name], w.dens[w.lastAsk][name]
	filers := map[string]bool{}
	for _, values := range []map[string]float64{now, last, dens, densLast} {
		for u, v := range values {
			if v != 0 {
				filers[u] = true
			}
		}
	}
	if len(filers) < 2 || !m.IsRatio() && !w.addsUp(name) {
		return ""
	}
	units := slices.Collect(maps.Keys(filers))
	w.inOrder(units)
	f, g := w.now[name], w.last[name]
	whole := *f.Value - *g.Value
	var best []string
	most := math.Abs(whole) / 2
	for _, u := range units {
		part := now[u] - last[u]
		if m.IsRatio() {
			den := *f.Den - (dens[u] - densLast[u])
			if den <= 0 {
				continue
			}
			part = *f.Value - (*f.Num-(now[u]-last[u]))/den
		}
		size := math.Abs(part)
		if part*whole <= 0 || size < most-1e-12 {
			continue
		}
		said := fmt.Sprintf("%s（%s）", u, w.signed(m.Unit, now[u]-last[u]))
		if m.IsRatio() {
			of := func(n, d float64) string { return fraction(figure{Num: &n, Den: &d}, metric.Ratio) }
			said = fmt.Sprintf("%s（%s→%s）", u, of(last[u], densLast[u]), of(now[u], dens[u]))
		}
		if size > most+1e-12 {
			best = nil
		}
		best, most = append(best, said), size
	}
	if len(best) == 0 {
		return ""
	}
	return "，主要在" + together(best)
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
