package weekly

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/rounded"
	"taizhang/internal/warehouse"
	"taizhang/internal/workbook"
)

// worry is something a leader should know first.
type worry struct {
	light workbook.Light // red before yellow before none
	size  float64        // how many things it concerns
	text  string
	link  *workbook.Link
	about string // id of the metric that shows it; empty: the returns that are owed
}

// worst are the n facts that need attention most, by light and then by how many
// things they concern. Where nothing is bad, one sentence says so.
func (w *weekly) worst(ctx context.Context, n int) ([]workbook.Block, error) {
	all, otherwise, err := w.worries(ctx)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return []workbook.Block{workbook.Note{Text: otherwise}}, nil
	}
	var out []workbook.Block
	for _, x := range all[:min(n, len(all))] {
		out = append(out, workbook.Note{Text: x.text, Light: x.light, Link: x.link})
	}
	return out, nil
}

// worries are all facts that need attention, the gravest first; otherwise is what is said where there are none.
func (w *weekly) worries(ctx context.Context) (all []worry, otherwise string, err error) {
	if len(w.fed) == 0 {
		return nil, "还没有应报的报表，也没有收到数据。", nil
	}
	for _, find := range []func(context.Context) ([]worry, error){w.lateItems, w.owing, w.missed} {
		found, err := find(ctx)
		if err != nil {
			return nil, "", lang.Errorf("what needs attention: %w", "需关注事项：%w", err)
		}
		all = append(all, found...)
	}
	all = append(all, w.fallen()...)
	slices.SortStableFunc(all, func(a, b worry) int {
		if c := lightRank(a.light) - lightRank(b.light); c != 0 {
			return c
		}
		return int(math.Copysign(1, b.size-a.size)) * min(1, int(math.Ceil(math.Abs(b.size-a.size))))
	})
	if m := w.book.metrics["items_overdue"]; m == nil || !w.feeds(m) { // what is overdue in the zone's own forms isn't known here
		return all, "没有缺报报表和未达目标的指标，也没有指标比上周变差。", nil
	}
	return all, "没有超期事项、缺报报表和未达目标的指标，也没有指标比上周变差。", nil
}

// lightRank puts red before yellow before the rest.
func lightRank(l workbook.Light) int {
	switch l {
	case workbook.Red:
		return 0
	case workbook.Amber:
		return 1
	}
	return 2
}

// tops are the groups with the most, as «建设局最多（4项）», «建设局、财政局等3个单位各4项».
func tops(counts map[string]int64, order []string, word string) string {
	most, names := int64(0), []string(nil)
	for _, u := range order {
		switch n := counts[u]; {
		case n > most:
			most, names = n, []string{orDash(u, "未填责任单位")}
		case n == most && n > 0:
			names = append(names, orDash(u, "未填责任单位"))
		}
	}
	switch {
	case len(names) == 0 || len(order) == 0:
		return ""
	case len(order) == 1:
		return fmt.Sprintf("，均为%s", names[0])
	case len(names) == 1:
		return fmt.Sprintf("，最多的是%s（%d%s）", names[0], most, word)
	case len(names) == 2:
		return fmt.Sprintf("，最多的是%s、%s（各%d%s）", names[0], names[1], most, word)
	}
	return fmt.Sprintf("，%s、%s等%d个单位各%d%s", names[0], names[1], len(names), most, word)
}

// lateItems are the items past their deadline, of all ledgers.
func (w *weekly) lateItems(ctx context.Context) ([]worry, error) {
	m, f := w.book.metrics["items_overdue"], w.now["items_overdue"]
	if m == nil || f.Value == nil || *f.Value == 0 || w.light(m.ID, w.ask) == workbook.Green {
		return nil, nil
	}
	got, err := rows(ctx, w.src, w.ask, `select coalesce(unit, ''), count(*), max(days_overdue), min(unit_seq) from mart.overdue group by 1 order by 4, 1`)
	if err != nil {
		return nil, err
	}
	counts, order, longest := map[string]int64{}, []string{}, int64(0)
	for _, r := range got.Rows {
		unit, _ := r[0].(string)
		counts[unit], _ = r[1].(int64)
		days, _ := r[2].(int64)
		order, longest = append(order, unit), max(longest, days)
	}
	text := fmt.Sprintf("超期事项%.0f项，最长超期%d天%s。", *f.Value, longest, tops(counts, order, "项"))
	return []worry{{orLight(w.light(m.ID, w.ask), workbook.Red), *f.Value, text, &workbook.Link{Table: "overdue_units"}, m.ID}}, nil
}

func orLight(l, otherwise workbook.Light) workbook.Light {
	if l == "" {
		return otherwise
	}
	return l
}

// owing are the returns that are waited for and have not come.
func (w *weekly) owing(ctx context.Context) ([]worry, error) {
	got, err := w.owed(ctx)
	if err != nil || len(got.Rows) == 0 {
		return nil, err
	}
	counts, days, order, all, longest := map[string]int64{}, map[string]int64{}, []string{}, int64(0), int64(0)
	for _, r := range got.Rows {
		unit, _ := r[0].(string)
		counts[unit], _ = r[1].(int64)
		days[unit], _ = r[2].(int64)
		order, all, longest = append(order, unit), all+counts[unit], max(longest, days[unit])
	}
	late := ""
	if longest > 0 {
		late = fmt.Sprintf("，最长已迟%d天", longest)
	}
	l := workbook.Amber
	if m := w.book.metrics["return_completeness"]; m != nil {
		if x := w.light(m.ID, w.ask); x == workbook.Red {
			l = x
		}
	}
	text := fmt.Sprintf("至今仍缺报表%d份%s%s。", all, late, tops(counts, order, "份"))
	return []worry{{l, float64(all), text, &workbook.Link{Table: "reporting"}, ""}}, nil
}

// owed are the units with returns that are waited for: how many, and for how many days at most.
func (w *weekly) owed(ctx context.Context) (grid, error) {
	known := "timestamp '" + w.ask.KnownAt.Format("2006-01-02 15:04:05") + "'"
	return rows(ctx, w.src, w.ask, `
select o.submitter, count(*), max(date_diff('day', cast(o.due_at as date), least(cast(`+known+` as date), o.as_of))), min(coalesce(s.seq, 9999))
from core.fct_obligation as o
left join core.dim_submitter as s on s.zone = o.zone and s.code = o.submitter_code
where o.is_awaited and not o.is_received
group by 1 order by 4, 1`)
}

// findOlder counts the returns that are still owed beside those that were due this week.
func (w *weekly) findOlder(ctx context.Context) error {
	got, err := w.owed(ctx)
	if err != nil {
		return err
	}
	w.older = -len(w.returns.missing)
	for _, r := range got.Rows {
		n, _ := r[1].(int64)
		w.older += int(n)
	}
	w.older = max(w.older, 0)
	return nil
}

// missed are the targets that are not met; what lateItems and owing say is not
// said twice.
func (w *weekly) missed(ctx context.Context) ([]worry, error) {
	var out []worry
	for _, name := range w.book.order {
		m, f, target := w.book.metrics[name], w.now[name], w.target(name)
		l := w.light(name, w.ask)
		if !w.feeds(m) || l != workbook.Red && l != workbook.Amber || name == "items_overdue" || m.Fact.Mode == metric.Obligation {
			continue
		}
		s := scaleOf(m.Unit, w.book.counted(name), f.Value, target)
		if m.Unit != metric.Yuan { // money reads as on its card
			s.decimals = min(s.decimals, 1)
		}
		far := s
		far.unit = map[bool]string{true: "个百分点", false: s.unit}[s.ratio]
		gap := math.Abs(rounded.Half(*target*s.factor, s.decimals) - rounded.Half(*f.Value*s.factor, s.decimals))
		far.factor = 1
		goal := map[bool]string{true: "序时目标", false: "目标"}[w.yearly[name]]
		text := fmt.Sprintf("%s%s，距%s%s差%s", m.Label, s.spoken(*f.Value), goal, s.spoken(*target), far.spoken(gap))
		size := math.Abs(*target-*f.Value) / math.Max(math.Abs(*target), 1e-9) * 10 // where things aren't counted, ten per cent pass for one
		things := m.IsRatio() && m.Num.Agg == "count" && f.Den != nil
		if things {
			size = math.Ceil(math.Abs(*target**f.Den-*f.Num) - 1e-9)
			text += fmt.Sprintf("（%s）", fraction(f, m.Unit))
			who, err := w.furthest(ctx, m, *target)
			if err != nil {
				return nil, err
			}
			text += who
		} else if m.Unit == metric.Count {
			size = math.Abs(*target - *f.Value)
		}
		out = append(out, worry{l, size, text + "。", w.goalOf(name), name})
	}
	return out, nil
}

// spoken writes a number for a sentence, with its unit: 69.8%, 975.3万元, 11项; noughts behind the point are said of ratios alone.
func (s scale) spoken(v float64) string {
	n := strings.TrimSuffix(s.text(v), s.unit)
	if !s.ratio && strings.Contains(n, ".") {
		n = strings.TrimSuffix(strings.TrimRight(n, "0"), ".")
	}
	return n + s.unit
}

// counted is the word after a count of a metric (项, 个), as its card or some list of the book has it.
func (b *Declaration) counted(name string) string {
	for _, s := range b.sheets {
		for _, x := range s.blocks {
			items := x.figures
			if x.list != nil {
				items = x.list.items
			}
			for _, it := range items {
				if it.metric == name && it.unit != "" {
					return it.unit
				}
			}
		}
	}
	return ""
}

// furthest names the unit that lacks most for a target, in things; of several that lack as much, all.
func (w *weekly) furthest(ctx context.Context, m *metric.Metric, target float64) (string, error) {
	by := "department"
	if !m.Allows(by) {
		by = "submitter"
	}
	if !m.Allows(by) {
		return "", nil
	}
	got, err := w.src.Figures(ctx, []warehouse.Point{w.ask}, []string{m.ID}, by)
	if err != nil {
		return "", err
	}
	worst, groups := 0.0, 0
	var who []string
	said := map[string]string{}
	for _, f := range got {
		n := inNumbers(f)
		if len(f.Dims) == 0 || n.Num == nil || n.Den == nil || *n.Den == 0 {
			continue
		}
		groups++
		lacks := target**n.Den - *n.Num
		if m.Better == "lower" {
			lacks = -lacks
		}
		name := groupOf(f)
		said[name] = name + "（" + fraction(n, m.Unit) + "）"
		switch {
		case name == "" || lacks < worst-1e-9 || lacks < 1e-9:
		case lacks > worst+1e-9:
			worst, who = lacks, []string{name}
		default:
			who = append(who, name)
		}
	}
	if len(who) == 0 || groups < 2 {
		return "", nil
	}
	w.inOrder(who)
	for i, name := range who {
		who[i] = said[name]
	}
	if m.Num.Agg == "sum" {
		return "，差额最大的是" + together(who), nil
	}
	return "，差件数最多的是" + together(who), nil
}

// together names units that stand alike: two of them, and how many they are.
func together(units []string) string {
	if n := len(units); n > 2 {
		return strings.Join(units[:2], "、") + fmt.Sprintf("等%d个单位", n)
	}
	return strings.Join(units, "、")
}

// goalOf is where a metric's card leads, else the rows behind it.
func (w *weekly) goalOf(name string) *workbook.Link {
	for _, s := range w.book.sheets {
		for _, it := range s.headline() {
			if it.metric == name && it.link != nil && *it.link != (workbook.Link{}) {
				l := *it.link
				return &l
			}
		}
	}
	return w.rowsLink(w.book.metrics[name])
}

// fallen is the headline figure that got worse most since last week, where no
// target says so already.
func (w *weekly) fallen() []worry {
	var out []worry
	for _, it := range w.shown(w.first()) {
		m, now, last := w.book.metrics[it.metric], w.now[it.metric], w.last[it.metric]
		if now.Value == nil || last.Value == nil || m.Better == "" || *now.Value == *last.Value || (*now.Value > *last.Value) == (m.Better == "higher") {
			continue
		}
		if l := w.light(it.metric, w.ask); l == workbook.Red || l == workbook.Amber || w.changeWords(it.metric, it.unit) == unmoved {
			continue
		}
		text := fmt.Sprintf("%s%s，较上周%s%s。", it.label, w.spoken(it), w.changeWords(it.metric, it.unit), w.made(it.metric))
		out = append(out, worry{"", w.worth(it.metric), text, w.goalOf(it.metric), it.metric})
	}
	slices.SortStableFunc(out, func(a, b worry) int { return int(b.size*1000) - int(a.size*1000) })
	return out[:min(1, len(out))]
}

// first is the first sheet with cards.
func (w *weekly) first() sheet {
	for _, s := range w.book.sheets {
		if len(s.headline()) > 0 {
			return s
		}
	}
	return sheet{}
}
