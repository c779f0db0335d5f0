package queries

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"taizhang/internal/calendar"
)

func TestFiguresByHand(t *testing.T) {
	r := smallReader(t)
	at := func(day int, known string) Point {
		k, err := time.ParseInLocation("2006-01-02 15:04", known, r.loc)
		if err != nil {
			t.Fatal(err)
		}
		return Point{AsOf: calendar.NewDate(2022, 8, day), KnownAt: k}
	}
	for _, c := range []struct {
		metric string
		by     string
		point  Point
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
		{metric: "incentive_paid", by: "month", want: "2022-01=0 2022-02=0 2022-03=0 2022-04=0 2022-05=0 2022-06=0.30 2022-07=0 2022-08=0 "},
		{metric: "incentive_paid", point: at(15, "2022-07-19 08:00"), want: "300.30 "},
		{metric: "incentive_paid", point: Point{From: calendar.NewDate(2021, 12, 31)}, want: "0.60 "},
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
	want := `{"return":"2-1","file":"产业局/问题台账32.xlsx","archive":"aa/2","submitter":"产业局","sheet":"表1","row":6,"cells":{"标题problem_no":"B6","标题status":"H6"},"contributes":1,"contributes_den":null}`
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
	later := Point{KnownAt: time.Date(2022, 8, 17, 0, 0, 0, 0, r.loc)}
	one, err := r.Return(ctx, "1-1", later)
	if err != nil || one.Get("decision") != "withdraw" {
		t.Error(one, err)
	}
	one, err = r.Return(ctx, "2-1", Point{})
	if err != nil || len(one.Get("findings").([]Record)) != 1 {
		t.Error(one, err)
	}
	var none *ErrNoReturn
	if _, err := r.Return(ctx, "9-9", Point{}); !errors.As(err, &none) {
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

func TestDeclarationErrors(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	r := smallReader(t)
	const head = "metrics:\n  mine:\n    label: 我的\n    unit: count\n    definition: 我的指标。\n    fact: problem\n"
	for want, text := range map[string]string{
		`zone.yaml:1:1: unknown key "metric"; did you mean "metrics"?`:                        "metric: {}",
		`zone.yaml:7:5: unknown key "vale"; did you mean "value"?`:                            head + "    vale: {agg: count}",
		`zone.yaml:2:3: metric mine: unit is missing`:                                         "metrics:\n  mine: {label: 我, definition: 我的。, fact: problem}",
		`zone.yaml:2:3: metric mine: a count has value`:                                       head,
		`zone.yaml:7:18: agg is one of count, sum, distinct, median, not "summ"`:              head + "    value: {agg: summ, expr: x}",
		`zone.yaml:8:18: fact problem has no dimension "steet"; did you mean "street"?`:       head + "    value: {agg: count}\n    dimensions: [steet]",
		`zone.yaml:7:12: count has no expr`:                                                   head + "    value: {agg: count, expr: x}",
		`zone.yaml:6:11: unknown fact "problems"; did you mean "problem"?`:                    strings.Replace(head, "fact: problem", "fact: problems", 1),
		`zone.yaml:4:11: unit is one of count, ratio, yuan, days, not "counts"`:               strings.Replace(head, "unit: count", "unit: counts", 1),
		`zone.yaml:3:27: unknown dimension "stret"; did you mean "street"?`:                   "facts:\n  x: {table: core.fct_problem, form: problem, mode: ledger,\n    dimensions: {zone: a, stret: street}}",
		`zone.yaml:7:32: core.fct_problem has no column "statuss"; did you mean "status"?`:    head + "    value: {agg: count, where: \"statuss = '已办结'\"}",
		`zone.yaml:7:32: metric mine: an expression can't hold a SELECT`:                      head + "    value: {agg: count, where: \"1 in (select 1)\"}",
		`zone.yaml:3:26: core.fct_problem has no column "stret"; did you mean "street"?`:      "facts:\n  x: {table: core.fct_problem, form: problem, mode: ledger,\n    dimensions: {street: stret}}",
		`zone.yaml:2:14: unknown table "core.fct_problems"; did you mean "core.fct_problem"?`: "facts:\n  x: {table: core.fct_problems, form: problem, mode: ledger, dimensions: {}}",
		`zone.yaml:3:3: key "mine" stands twice; first on line 2`:                             "dimensions:\n  mine: 我\n  mine: 你",
		`zone.yaml:1:1: the declaration is a list, not keys and values`:                       "[]",
	} {
		c, err := Load(Source{"zone.yaml", []byte(text)})
		if err == nil {
			err = c.Check(context.Background(), r.db.Conn)
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "%!") {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		t.Setenv("LC_ALL", "zh_CN.UTF-8")
		if zh := err.Error(); strings.Contains(zh, "%!") || strings.Contains(zh, want) {
			t.Errorf("in Chinese: %s", zh)
		}
		t.Setenv("LC_ALL", "C")
	}
}

// TestZoneMetric: a zone adds a metric, and replaces one.
func TestZoneMetric(t *testing.T) {
	r := smallReader(t)
	c, err := Load(Source{"zone.yaml", []byte("metrics:\n  unrated:\n    label: 未评价\n    unit: count\n    definition: 已办结未评价。\n    fact: problem\n    value: {agg: count, where: is_closed and satisfaction is null}\n")})
	if err != nil {
		t.Fatal(err)
	}
	r.Catalogue = c
	if got := value(t, r, Ask{Metrics: []string{"unrated"}}); got != "2 " {
		t.Error(got)
	}
}

func TestLight(t *testing.T) {
	v := func(f float64) *float64 { return &f }
	for _, c := range []struct {
		m      Metric
		value  *float64
		target float64
		want   string
	}{
		{Metric{Unit: Ratio}, v(0.9), 0.9, "绿"}, {Metric{Unit: Ratio}, v(0.8), 0.9, "黄"}, {Metric{Unit: Ratio}, v(0.79), 0.9, "红"},
		{Metric{Unit: Count}, v(90), 100, "黄"}, {Metric{Unit: Count}, v(89), 100, "红"},
		{Metric{Unit: Days, Better: "lower"}, v(11), 10, "黄"}, {Metric{Unit: Days, Better: "lower"}, v(9), 10, "绿"},
		{Metric{Unit: Ratio}, nil, 0.9, ""},
	} {
		if got := c.m.Light(c.value, c.target); got != c.want {
			t.Errorf("%v of %v: %s, want %s", c.value, c.target, got, c.want)
		}
	}
}
