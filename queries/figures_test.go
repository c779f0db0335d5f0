package queries

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/metric"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
)

func TestFiguresByHand(t *testing.T) {
	r := smallReader(t)
	at := func(day int, known string) warehouse.Point {
		k, err := time.ParseInLocation("2006-01-02 15:04", known, r.loc)
		if err != nil {
			t.Fatal(err)
		}
		return warehouse.Point{AsOf: calendar.NewDate(2022, 8, day), KnownAt: k}
	}
	for _, c := range []struct {
		metric string
		by     string
		point  warehouse.Point
		want   string
	}{
		{metric: "problems_collected", want: "7 "},
		{metric: "problems_closed", want: "4 "},
		{metric: "closure_rate", want: "0.5714285714285714(4/7) "},
		{metric: "closure_rate", by: "street", want: "双马街道=1(2/2) null=0.4(2/5) "},
		{metric: "closure_rate", by: "category", want: "企业难题=1(2/2) 安全生产=0.6666666666666666(2/3) 实事项目=0(0/2) "},
		{metric: "problems_long_term", want: "1 "},
		{metric: "problems_new", want: "2 "},         // 9 to 15 August: the 8th is a day too early
		{metric: "problems_closed_week", want: "1 "}, // the 10th
		{metric: "problems_overdue", want: "1 "},
		{metric: "problems_due_soon", want: "1 "},
		{metric: "on_time_closure_rate", want: "0.6666666666666666(2/3) "},
		{metric: "due_on_time_rate", want: "0.25(1/4) "}, // due before the 15th: 1, 3, 6, 7; in time: 7
		{metric: "days_to_close_median", want: "4 "},     // 40, 4, 2
		{metric: "satisfaction_rate", want: "0.5(1/2) "},
		{metric: "rated_share", want: "0.5(2/4) "},
		{metric: "problems_collected", point: at(14, "2022-08-15 08:00"), want: "2 "},
		{metric: "problems_collected", point: at(13, "2022-08-20 08:00"), want: "0 "}, // 1-1 withdrawn on the 16th, 2-1 cut off on the 14th
		{metric: "days_to_close_median", point: at(13, "2022-08-20 08:00"), want: "null "},
		{metric: "closure_rate", point: at(13, "2022-08-20 08:00"), want: "null(0/0) "},
		{metric: "incentive_paid", want: "0.30 "},
		{metric: "incentive_enterprises", want: "1 "},
		{metric: "incentive_paid", by: "month", want: "2022-01=0.00 2022-02=0.00 2022-03=0.00 2022-04=0.00 2022-05=0.00 2022-06=0.30 2022-07=0.00 2022-08=0.00 "},
		{metric: "incentive_paid", point: at(15, "2022-07-19 08:00"), want: "300.30 "},
		{metric: "incentive_paid", point: warehouse.Point{From: calendar.NewDate(2021, 12, 31)}, want: "0.60 "},
		{metric: "incentive_paid", point: at(15, "2022-07-01 08:00"), want: "0.00 "},
		{metric: "problems_collected", by: "month", want: "2022-01=0 2022-02=0 2022-03=0 2022-04=0 2022-05=0 2022-06=0 2022-07=0 2022-08=7 "},
		{metric: "return_completeness", want: "0.5(1/2) "},
		{metric: "return_timeliness", by: "submitter", want: "产业局=1(1/1) 双马街道=0(0/1) "},
		{metric: "return_completeness", point: at(8, "2022-08-20 08:00"), want: "0(0/2) "}, // W31 was withdrawn later; July's incentive was due on the 5th
		{metric: "return_completeness", point: at(8, "2022-08-10 08:00"), want: "0.5(1/2) "},
	} {
		a := Ask{Metrics: []string{c.metric}, Point: c.point}
		if c.by != "" {
			a.By = []string{c.by}
		}
		if got := value(t, r, a); got != c.want {
			t.Errorf("%s by %q at %v:\n got %s\nwant %s", c.metric, c.by, c.point, got, c.want)
		}
	}
}

// TestNoWindow: a window that begins after the as-of date has no weeks.
func TestNoWindow(t *testing.T) {
	r := smallReader(t)
	late := warehouse.Point{From: calendar.NewDate(2022, 9, 1)}
	for _, m := range []string{"closure_rate", "incentive_paid", "return_completeness"} {
		figures, err := r.Metrics(context.Background(), Ask{Metrics: []string{m}, By: []string{"week"}, Point: late})
		if err != nil || len(figures) != 0 {
			t.Errorf("%s by week: %v, %v", m, figures, err)
		}
		if figures, err = r.Metrics(context.Background(), Ask{Metrics: []string{m}, Point: late}); err != nil || len(figures) != 1 {
			t.Errorf("%s: %v, %v", m, figures, err)
		}
	}
}

// TestFiguresAtPoints: several points at once, in total and by a dimension, have what each has alone; also by weeks.
func TestFiguresAtPoints(t *testing.T) {
	ctx := context.Background()
	r := randomReader(t, 7)
	points := []warehouse.Point{r.At(warehouse.Point{}), r.At(warehouse.Point{AsOf: calendar.NewDate(2022, 6, 20)}), r.At(warehouse.Point{AsOf: calendar.NewDate(2022, 6, 20), KnownAt: time.Date(2022, 6, 30, 12, 0, 0, 0, r.loc)})}
	metrics := []string{"problems_collected", "closure_rate", "incentive_paid", "days_to_close_median", "low_income_people", "return_completeness"}
	for by, names := range map[string][]string{"": metrics, "submitter": metrics, "week": metrics, "street": {"closure_rate", "low_income_people"}} {
		have, err := r.Figures(ctx, points, names, by)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, p := range points {
			for _, a := range []Ask{{Metrics: names, Point: p}, {Metrics: names, Point: p, By: []string{by}}} {
				if len(a.By) > 0 && by == "" {
					continue
				}
				want, err := r.Metrics(ctx, a)
				if err != nil {
					t.Fatal(err)
				}
				n += len(want)
				for _, w := range want {
					i := slices.IndexFunc(have, func(f Figure) bool {
						return f.Metric == w.Metric && f.Point == w.Point && dimsKey(f.Metric, f.Dims) == dimsKey(w.Metric, w.Dims)
					})
					if i < 0 || !sameValue(have[i].Value, w.Value) || !sameValue(have[i].Num, w.Num) || !sameValue(have[i].Den, w.Den) || have[i].Coverage != w.Coverage {
						t.Fatalf("by %q: alone %+v, together %v", by, w, i)
					}
				}
			}
		}
		if n != len(have) {
			t.Errorf("by %q: %d figures together, %d alone", by, len(have), n)
		}
	}
}

func TestFigureRecord(t *testing.T) {
	r := smallReader(t)
	figs, err := r.Metrics(context.Background(), Ask{Metrics: []string{"closure_rate", "incentive_paid"}, By: []string{"submitter"}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		`{"metric":"closure_rate","label":"办结率","unit":"ratio","value":0.5714285714285714,"num":4,"den":7,"as_of":"2022-08-15","known_at":"2022-08-15T18:00:00+08:00","returns_expected":1,"returns_received":1,"rows_refused":1,"values_emptied":2,"submitter":"产业局"}`,
		`{"metric":"incentive_paid","label":"兑付惠企资金","unit":"yuan","value":0.30,"num":null,"den":null,"as_of":"2022-08-15","known_at":"2022-08-15T18:00:00+08:00","returns_expected":2,"returns_received":1,"rows_refused":0,"values_emptied":0,"submitter":"产业局"}`,
	} {
		got, err := json.Marshal(figs[i].Record())
		if err != nil || string(got) != want {
			t.Errorf("got  %s (%v)\nwant %s", got, err, want)
		}
	}
	total, err := r.Metrics(context.Background(), Ask{Metrics: []string{"closure_rate"}})
	if err != nil || total[0].Coverage != (Coverage{2, 1, 1, 2}) {
		t.Errorf("%+v %v", total, err)
	}
}

func TestTraceCells(t *testing.T) {
	r := smallReader(t)
	rows, err := r.Trace(context.Background(), Ask{Metrics: []string{"problems_overdue"}, Where: map[string]string{"department": "cyj", "street": NoValue}})
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	want := `{"return":"2-1","file":"产业局/问题台账32.xlsx","archive":"aa/2","submitter":"产业局","sheet":"表1","row":6,"cells":{"标题problem_no":"B6","标题status":"H6"},"contributes":1,"contributes_den":null,"key":null,"values":{"标题deadline":"2022-08-14","标题status":"办理中"}}`
	if got, err := json.Marshal(rows[0].Record()); err != nil || string(got) != want {
		t.Errorf("got  %s (%v)\nwant %s", got, err, want)
	}
	rows, err = r.Trace(context.Background(), Ask{Metrics: []string{"return_timeliness"}})
	if err != nil || len(rows) != 2 {
		t.Fatal(rows, err)
	}
	want = `{"return":null,"file":null,"archive":null,"submitter":"双马街道","sheet":null,"row":null,"cells":{},"contributes":0,"contributes_den":1,"form":"problem","period":"2022-W32","due_at":"2022-08-15T12:00:00+08:00"}`
	if got, err := json.Marshal(rows[1].Record()); err != nil || string(got) != want {
		t.Errorf("got  %s (%v)\nwant %s", got, err, want)
	}
}

func TestReturnsAndStatus(t *testing.T) {
	ctx := context.Background()
	r := smallReader(t)
	list, err := r.Returns(ctx, ReturnsAsk{})
	if err != nil || len(list) != 5 {
		t.Fatal(list, err)
	}
	want := `{"return":"4-1","file":"产业局/兑付6.xlsx","submitter":"产业局","form":"incentive","period":"2022-06","cutoff":"2022-06-30","status":"accepted","rows":2,"rows_refused":0,"values_emptied":0,"errors":0,"warnings":0,"received_at":"2022-07-08T09:00:00+08:00","due_at":"2022-07-07T23:59:59+08:00","late":true,"superseded_by":"5-1","decision":null}`
	if got, err := json.Marshal(list[3]); err != nil || string(got) != want {
		t.Errorf("got  %s (%v)\nwant %s", got, err, want)
	}
	later := warehouse.Point{KnownAt: time.Date(2022, 8, 17, 0, 0, 0, 0, r.loc)}
	one, err := r.Return(ctx, "1-1", later)
	if err != nil || one.Get("decision") != "withdraw" {
		t.Error(one, err)
	}
	one, err = r.Return(ctx, "2-1", warehouse.Point{})
	if err != nil || len(one.Get("findings").([]result.Record)) != 1 {
		t.Error(one, err)
	}
	var none *ErrNoReturn
	if _, err := r.Return(ctx, "9-9", warehouse.Point{}); !errors.As(err, &none) {
		t.Error(err)
	}
	status, err := r.Status(ctx, StatusAsk{})
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, s := range status {
		text += s.Get("submitter").(string) + " " + s.Get("form").(string) + " " + s.Get("period").(string) + " " + s.Get("state").(string) + "\n"
	}
	if want := "产业局 problem 2022-W32 received\n产业局 incentive 2022-07 missing\n双马街道 problem 2022-W32 missing\n"; text != want {
		t.Errorf("got\n%swant\n%s", text, want)
	}
	if all, err := r.Status(ctx, StatusAsk{All: true}); err != nil || len(all) != 5 {
		t.Error(all, err)
	}
}

func TestAskErrors(t *testing.T) {
	ctx := context.Background()
	r := smallReader(t)
	for want, a := range map[string]Ask{
		`unknown metric "closure_rat"; did you mean "closure_rate"`: {Metrics: []string{"closure_rat"}},
		`unknown dimension "steet"; did you mean "street"`:          {By: []string{"steet"}},
		`metric incentive_paid has no dimension "street"`:           {Metrics: []string{"incentive_paid"}, By: []string{"street"}},
		`week and month can't be combined`:                          {By: []string{"week"}, Where: map[string]string{"month": "2022-08"}},
		`a week such as 2022-W33 was expected`:                      {Where: map[string]string{"week": "2022-08"}},
		`no metric has all the dimensions`:                          {By: []string{"batch", "series"}},
	} {
		if _, err := r.Metrics(ctx, a); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestAverage: avg is a sum ÷ a count, in total, by groups and in its trace; of money with two decimals.
func TestAverage(t *testing.T) {
	r := smallReader(t)
	c, err := metric.Load(metric.Source{Name: "zone.yaml", Text: []byte("metrics:\n  mean_paid:\n    label: 平均兑付\n    unit: yuan\n    definition: 每笔平均。\n    fact: incentive\n    value: {agg: avg, expr: paid_amount}\n")})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Check(context.Background(), r.db.Conn); err != nil {
		t.Fatal(err)
	}
	r.Catalogue = c
	sums := value(t, r, Ask{Metrics: []string{"incentive_paid"}})
	rows, err := r.Trace(context.Background(), Ask{Metrics: []string{"mean_paid"}})
	if err != nil || len(rows) == 0 {
		t.Fatal(rows, err)
	}
	sum := result.Number(json.Number(strings.TrimSpace(sums)))
	want := new(big.Rat).Quo(sum, big.NewRat(int64(len(rows)), 1)).FloatString(2)
	if got := value(t, r, Ask{Metrics: []string{"mean_paid"}}); got != fmt.Sprintf("%s(%s/%d) ", want, strings.TrimSpace(sums), len(rows)) {
		t.Errorf("got %s, want %s of %s", got, want, sums)
	}
	if got := value(t, r, Ask{Metrics: []string{"mean_paid"}, Point: warehouse.Point{AsOf: calendar.NewDate(2000, time.January, 1)}}); got != "null(0/0) " && got != "null(0.00/0) " {
		t.Errorf("of no rows: %s", got)
	}
	for _, row := range rows {
		if fmt.Sprint(row.ContributesDen) != "1" || len(row.Values) == 0 {
			t.Errorf("%+v", row)
		}
	}
}

// TestDivisionByNothing: a row whose expression divides by 0 has no value, and adds to no figure and no trace.
func TestDivisionByNothing(t *testing.T) {
	r := smallReader(t)
	for _, agg := range []string{"sum", "avg", "median"} {
		text := fmt.Sprintf("metrics:\n  per_day:\n    label: 每日\n    unit: days\n    definition: 试验。\n    fact: problem\n    value: {agg: %s, expr: 'cast(1 as double) / (case when is_closed then 1 else 0 end)'}\n", agg)
		c, err := metric.Load(metric.Source{Name: "zone.yaml", Text: []byte(text)})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Check(t.Context(), r.db.Conn); err != nil {
			t.Fatal(err)
		}
		r.Catalogue = c
		closed := strings.TrimSpace(value(t, r, Ask{Metrics: []string{"problems_closed"}}))
		want := "1"
		if agg == "sum" {
			want = closed
		}
		got := value(t, r, Ask{Metrics: []string{"per_day"}})
		rows, err := r.Trace(t.Context(), Ask{Metrics: []string{"per_day"}})
		if err != nil {
			t.Fatal(err)
		}
		if n, _, _ := strings.Cut(got, "("); strings.TrimRight(strings.TrimSpace(n), ".0") != want || fmt.Sprint(len(rows)) != closed {
			t.Errorf("%s: %q of %d rows; %s problems are closed, want %s", agg, got, len(rows), closed, want)
		}
	}
}

// TestZoneMetric: a zone adds a metric, and replaces one.
func TestZoneMetric(t *testing.T) {
	r := smallReader(t)
	c, err := metric.Load(metric.Source{Name: "zone.yaml", Text: []byte("metrics:\n  unrated:\n    label: 未评价\n    unit: count\n    definition: 已办结未评价。\n    fact: problem\n    value: {agg: count, where: is_closed and satisfaction is null}\n")})
	if err != nil {
		t.Fatal(err)
	}
	r.Catalogue = c
	if got := value(t, r, Ask{Metrics: []string{"unrated"}}); got != "2 " {
		t.Error(got)
	}
}

// TestWeeksKeepNoRows: a question about many points keeps none of the rows that it reads: at five million rows and fifty-two
// weeks they took a gigabyte and half the time.
func TestWeeksKeepNoRows(t *testing.T) {
	r := smallReader(t)
	ctx := context.Background()
	if figures, err := r.Metrics(ctx, Ask{By: []string{"week"}}); err != nil || len(figures) <= 12 {
		t.Fatalf("%d figures, %v", len(figures), err)
	}
	kept, err := warehouse.Strings(ctx, r.db.Conn, "select table_name from duckdb_tables() where temporary and table_name like '%core_fct_%' and table_name not like '%obligation'")
	if err != nil || len(kept) > 0 {
		t.Errorf("%v are kept as tables, %v", kept, err)
	}
}

// TestMoneyOfNoRows: a sum of money over no rows has two decimals like any other.
func TestMoneyOfNoRows(t *testing.T) {
	r := smallReader(t)
	for by, want := range map[string]string{"": "0.00 ", "week": "2022-W01=0.00 2022-W02=0.00 "} {
		a := Ask{Metrics: []string{"incentive_paid"}, Point: warehouse.Point{AsOf: calendar.NewDate(2022, 1, 10)}}
		if by != "" {
			a.By, a.AsOf = []string{by}, calendar.NewDate(2022, 1, 16)
			a.From = calendar.NewDate(2022, 1, 3)
		}
		if got := value(t, r, a); got != want {
			t.Errorf("by %q: %q, want %q", by, got, want)
		}
	}
}
