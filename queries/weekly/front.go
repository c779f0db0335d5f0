package weekly

import (
	"context"
	"fmt"
	"math"

	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/onepage"
	"taizhang/internal/warehouse"
	"taizhang/internal/workbook"
	"taizhang/queries"
)

// Front is the first sheet with cards as it stands at a point: what a leader
// reads first, for other media than a workbook.
type Front struct {
	Title, Sub string
	Coverage   string // who has handed in and who has not
	Leads      []FrontNote
	Cards      []FrontCard
	Charts     []onepage.Chart
	Notes      []string // what changed
	Small      []string // what the marks mean
	warehouse.Point
}

// FrontNote is a sentence on what needs attention, with its light.
type FrontNote struct {
	Text  string
	Light workbook.Light
	About string // id of the metric that shows it; empty: the returns that are owed; "-": nothing does
}

// FrontCard is a headline figure and the metric that it is of.
type FrontCard struct {
	Metric *metric.Metric
	workbook.Figure
}

// FrontPage makes the first sheet with cards alone: no other sheet, and of the
// tables only those that its charts draw.
func FrontPage(ctx context.Context, r *queries.Reader, p warehouse.Point, o Options) (*Front, error) {
	w, err := newWeekly(ctx, r, r.Catalogue, p, o)
	if err != nil {
		return nil, lang.Errorf("front page: %w", "首页：%w", err)
	}
	out := &Front{Point: w.ask}
	s, named := w.first(), map[string]bool{}
	for _, b := range s.blocks {
		if b.figures != nil {
			for _, it := range w.shown(s) {
				out.Cards = append(out.Cards, FrontCard{w.book.metrics[it.metric], w.card(it, named)})
			}
			continue
		}
		if b.charts != nil {
			if err := w.frontCharts(ctx, b.charts.items, out); err != nil {
				return nil, lang.Errorf("front page: %w", "首页：%w", err)
			}
			continue
		}
		if b.worst > 0 {
			if err := w.frontLeads(ctx, b.worst, out); err != nil {
				return nil, lang.Errorf("front page: %w", "首页：%w", err)
			}
			continue
		}
		made, err := w.block(ctx, s, b, named)
		if err != nil {
			return nil, lang.Errorf("front page: %w", "首页：%w", err)
		}
		out.take(b, made)
	}
	return out, nil
}

func (w *weekly) frontLeads(ctx context.Context, n int, out *Front) error {
	all, otherwise, err := w.worries(ctx)
	if err != nil {
		return err
	}
	for _, x := range all[:min(n, len(all))] {
		out.Leads = append(out.Leads, FrontNote{Text: x.text, Light: x.light, About: x.about})
	}
	if len(all) == 0 {
		out.Leads = []FrontNote{{Text: otherwise, About: "-"}}
	}
	return nil
}

// take sorts a block of the sheet in.
func (f *Front) take(b block, made []workbook.Block) {
	for _, x := range made {
		switch x := x.(type) {
		case workbook.Title:
			f.Title, f.Sub = x.Text, x.Sub
		case workbook.Note:
			switch {
			case x.Strong:
				f.Coverage = x.Text
			case x.Small:
				f.Small = append(f.Small, x.Text)
			case b.movers > 0:
				f.Notes = append(f.Notes, trimDot(x.Text))
			default:
				f.Small = append(f.Small, x.Text)
			}
		}
	}
}

func trimDot(s string) string {
	const dot = "· "
	if len(s) > len(dot) && s[:len(dot)] == dot {
		return s[len(dot):]
	}
	return s
}

// frontCharts draws charts from the tables of the book, each made when the
// first chart needs it.
func (w *weekly) frontCharts(ctx context.Context, charts []workbook.Chart, out *Front) error {
	made := map[string]workbook.Table{}
	for _, c := range charts {
		if _, ok := made[c.Table]; !ok {
			d := w.book.declared(c.Table)
			if d == nil || !w.hasForm(d.forms) {
				continue
			}
			t, err := w.table(ctx, d)
			if err != nil {
				return err
			}
			made[c.Table] = t
		}
		if len(made[c.Table].Rows) > 0 {
			out.Charts = append(out.Charts, ChartOf(c, made[c.Table]))
		}
	}
	return nil
}

// declared is a table of the book, nil if there is none of that id.
func (b *Declaration) declared(id string) *tableBlock {
	for _, s := range b.sheets {
		for _, x := range s.blocks {
			if x.table != nil && x.table.id == id {
				return x.table
			}
		}
	}
	return nil
}

var pageKinds = map[workbook.ChartKind]onepage.Kind{
	workbook.Columns: onepage.Bar, workbook.Stacked: onepage.Bar, workbook.Bars: onepage.Lying, workbook.Lines: onepage.Line, workbook.Funnel: onepage.Funnel,
}

// ChartOf takes a chart's values out of its table, for pages.
func ChartOf(c workbook.Chart, t workbook.Table) onepage.Chart {
	out := onepage.Chart{Title: c.Title, Kind: pageKinds[c.Kind]}
	rows := t.Rows
	if c.LastN > 0 && len(rows) > c.LastN {
		rows = rows[len(rows)-c.LastN:]
	}
	column := func(title string) (int, workbook.Column) {
		for i, col := range t.Columns {
			if col.Title == title {
				return i, col
			}
		}
		return -1, workbook.Column{}
	}
	cat, _ := column(c.Category)
	for _, r := range rows {
		label := ""
		if cat >= 0 && cat < len(r) && r[cat] != nil {
			label = fmt.Sprint(r[cat])
		}
		out.Labels = append(out.Labels, label)
	}
	for _, title := range c.Series {
		i, col := column(title)
		s := onepage.Series{Name: title}
		for _, r := range rows {
			v := math.NaN()
			if i >= 0 && i < len(r) {
				v = chartValue(r[i])
			}
			if col.Kind == workbook.Wan {
				v = math.Round(v/100) / 100
			}
			if col.Kind == workbook.Percent {
				out.Percent, out.Decimals = true, 1
			}
			if v != math.Trunc(v) && !math.IsNaN(v) && out.Decimals == 0 {
				out.Decimals = 1
			}
			s.Values = append(s.Values, v)
		}
		out.Series = append(out.Series, s)
	}
	return out
}

func chartValue(v any) float64 {
	switch x := v.(type) {
	case workbook.Cell:
		return chartValue(x.Value)
	case int64:
		return float64(x)
	case float64:
		return x
	}
	return math.NaN()
}

// Show writes a value of a metric as the weekly report does: 82.9%, 2460万元,
// 216. beside are values that it is read beside, so that all have one unit.
func Show(m *metric.Metric, value *float64, beside ...*float64) string {
	if value == nil {
		return "—"
	}
	return scaleOf(m.Unit, "", append(beside, value)...).text(*value)
}

// ShowChange writes how a value moved: 上升1.2个百分点, 增加12, 持平; empty where
// there is nothing to compare.
func ShowChange(m *metric.Metric, now, last *float64) string {
	if now == nil || last == nil {
		return ""
	}
	w := &weekly{book: &Declaration{metrics: map[string]*metric.Metric{m.ID: m}}, now: map[string]figure{m.ID: {Value: now}}, last: map[string]figure{m.ID: {Value: last}}}
	return w.changeWords(m.ID, "")
}

// ShowParts writes what a figure is made of and what it waits for: 179/216 ·
// 缺报1份; empty where there is nothing to say.
func ShowParts(f queries.Figure) string { return detailOf(inNumbers(f), f.Metric.Unit) }
