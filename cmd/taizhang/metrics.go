package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/internal/calendar"
	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/result"
	"taizhang/internal/rounded"
	"taizhang/queries"
)

func (a *app) metricsCmd() *cobra.Command {
	var by, where []string
	var compare bool
	c := &cobra.Command{
		Use:   "metrics [NAME...]",
		Short: lang.Phrase("Print figures, also of an earlier date or as they were known then", "显示指标数字，也可查以前日期的、或当时所知的数字"),
		RunE: func(cmd *cobra.Command, args []string) error {
			_, ask, r, err := a.ask(args, by, where)
			if err != nil {
				return err
			}
			defer r.Close()
			if compare {
				return a.printCompared(cmd.Context(), r, ask)
			}
			figures, err := r.Metrics(cmd.Context(), ask)
			if err != nil {
				return usageError{err}
			}
			records := make([]result.Record, len(figures))
			for i, f := range figures {
				records[i] = f.Record()
			}
			if a.format == "table" || a.format == "md" {
				return a.print(shownFigures(records, ask.By), append([]string{"metric", "label"}, append(append([]string{}, ask.By...), "value", "n/d", "coverage")...)...)
			}
			return a.printKeyed(records, queries.FigureKeys(ask.By))
		},
	}
	a.outputFlag(c)
	c.Flags().StringSliceVar(&by, "by", nil, lang.Phrase("break down by dimensions: zone, submitter, street, department, category, source, programme, batch, enterprise, industry, list, series, type, week, month", "按维度分组：zone、submitter、street、department、category、source、programme、batch、enterprise、industry、list、series、type、week、month"))
	c.Flags().StringSliceVar(&where, "where", nil, lang.Phrase("only rows with DIM=VALUE", "只计维度=值的各行"))
	c.Flags().BoolVar(&compare, "compare", false, lang.Phrase("beside last week, last month, the target, and the share of the year gone by (序时进度)", "与上周、上月、目标和序时进度对照"))
	c.Flags().StringVar(&a.from, "from", "", lang.Phrase("start of the window of period forms (default: 1 January)", "按期累计各表的起算日期（默认：1月1日）"))
	c.AddCommand(a.metricsDiffCmd(), a.dictionaryCmd(lang.Phrase("Print how every metric is defined and computed (Markdown)", "输出各指标的口径和算法（Markdown）"), func(z *office.Zone) (string, error) {
		if z != nil {
			return metricsDictionary(z.Metrics), nil
		}
		catalogue, err := metric.Load()
		if err != nil {
			return "", err
		}
		return metricsDictionary(catalogue), nil
	}))
	return c
}

// ask opens the publication and reads a question for figures.
func (a *app) ask(metrics, by, where []string) (*office.Zone, queries.Ask, *queries.Reader, error) {
	q := queries.Ask{Metrics: metrics, By: by, Where: map[string]string{}}
	for _, w := range where {
		k, v, ok := strings.Cut(w, "=")
		if !ok {
			return nil, q, nil, usagef("--where %q: DIM=VALUE is expected", "--where %q：应写成 维度=值", w)
		}
		if was, twice := q.Where[k]; twice {
			return nil, q, nil, usagef("--where %s: a dimension has one value, not both %q and %q", "--where %s：一个维度只能有一个值，不能既是 %q 又是 %q", k, was, v)
		}
		q.Where[k] = v
	}
	z, r, err := a.reader()
	if err != nil {
		return nil, q, nil, err
	}
	if q, err = r.Named(q); err != nil {
		r.Close()
		for _, name := range metrics {
			if _, e := calendar.ParseDate(name); e == nil { // behind --compare, which takes none
				err = lang.Errorf("%w\nhint: for figures of that date: --as-of %[2]s", "%w\n建议：要看那一天的数字，请写 --as-of %[2]s", err, name)
			}
		}
		return nil, q, nil, usageError{err}
	}
	if s, ok := z.Match(q.Where["submitter"]); ok {
		q.Where["submitter"] = s.Name
	}
	if name, asked := q.Where["form"]; asked { // tables show its title
		if f := z.Forms.Lookup(name); f != nil {
			q.Where["form"] = f.ID
		}
	}
	if q.Point, err = a.pointIn(r); err == nil {
		err = windowOf(r, q)
	}
	if err != nil {
		r.Close()
		return nil, q, nil, err
	}
	return z, q, r, nil
}

// windowOf refuses --from where it leaves no day, or where the figures asked for have no window and no series that begins.
func windowOf(r *queries.Reader, q queries.Ask) error {
	if !q.Point.From.Valid() {
		return nil
	}
	if at := r.At(q.Point); at.From > at.AsOf {
		return usageError{lang.Say("--from %s lies after the as-of date %s", "--from %s 晚于截至日期 %s", at.From, at.AsOf)}
	}
	if slices.Contains(q.By, "week") || slices.Contains(q.By, "month") {
		return nil
	}
	for _, m := range r.Catalogue.Metrics {
		if m.Fact.Mode == metric.Period && (len(q.Metrics) == 0 || slices.Contains(q.Metrics, m.ID)) {
			return nil
		}
	}
	return usageError{lang.Say("--from would change nothing: %s follows from ledgers, whose newest rows count", "--from 不起作用：%s 来自台账，按最新一期的各行计算", strings.Join(q.Metrics, ", "))}
}

// shownFigures writes figures as people read them: percentages, grouped yuan, coverage in words.
func shownFigures(records []result.Record, by []string) []result.Record {
	out := make([]result.Record, len(records))
	for i, r := range records {
		rec := result.Record{{Key: "metric", Value: r.Get("metric")}, {Key: "label", Value: r.Get("label")}}
		for _, d := range by {
			v := r.Get(d)
			if v == nil {
				v = queries.NoValue
			}
			rec = append(rec, result.Entry{Key: d, Value: v})
		}
		nd := ""
		if r.Get("den") != nil {
			nd = fmt.Sprintf("%v/%v", r.Get("num"), r.Get("den"))
		}
		rec = append(rec, result.Entry{Key: "value", Value: json.Number(shownValue(r.Get("value"), fmt.Sprint(r.Get("unit"))))},
			result.Entry{Key: "n/d", Value: nd}, result.Entry{Key: "coverage", Value: coverageText(r)})
		out[i] = rec
	}
	return out
}

func shownValue(v any, unit string) string {
	if v == nil {
		return "—"
	}
	switch unit {
	case "ratio":
		if f := result.Float(v); f != nil {
			return rounded.Percent(*f, 1)
		}
	case "yuan":
		s := fmt.Sprint(v)
		whole, frac, _ := strings.Cut(s, ".")
		neg := strings.HasPrefix(whole, "-")
		whole = strings.TrimPrefix(whole, "-")
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + "," + whole[i:]
		}
		if neg {
			whole = "-" + whole
		}
		if frac != "" {
			return whole + "." + frac
		}
		return whole
	}
	return fmt.Sprint(v)
}

// coverageText says what a figure still waits for or leaves out; empty where nothing.
func coverageText(r result.Record) string {
	num := func(k string) int64 {
		n, _ := r.Get(k).(int64)
		return n
	}
	var parts []string
	if n := num("returns_expected") - num("returns_received"); n > 0 {
		parts = append(parts, fmt.Sprintf("缺报%d份", n))
	}
	if n := num("rows_refused"); n > 0 {
		parts = append(parts, fmt.Sprintf("%d行未计入", n))
	}
	if n := num("values_emptied"); n > 0 {
		parts = append(parts, fmt.Sprintf("%d个值未采用", n))
	}
	return strings.Join(parts, "，")
}
