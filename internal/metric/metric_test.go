package metric

import (
	"context"
	"strings"
	"testing"

	"taizhang/internal/warehouse/warehousetest"
)

func TestDeclarationErrors(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	db := warehousetest.New(t)
	warehousetest.BuildModels(t, db)
	const head = "metrics:\n  mine:\n    label: 我的\n    unit: count\n    definition: 我的指标。\n    fact: problem\n"
	for want, text := range map[string]string{
		`zone.yaml:1:1: unknown key "metric"; did you mean "metrics"?`:                        "metric: {}",
		`zone.yaml:7:5: unknown key "vale"; did you mean "value"?`:                            head + "    vale: {agg: count}",
		`zone.yaml:2:3: metric mine: unit is missing`:                                         "metrics:\n  mine: {label: 我, definition: 我的。, fact: problem}",
		`zone.yaml:2:3: metric mine: a count has value`:                                       head,
		`zone.yaml:7:18: agg is one of count, sum, avg, distinct, median, not "summ"`:         head + "    value: {agg: summ, expr: x}",
		`zone.yaml:8:18: fact problem has no dimension "steet"; did you mean "street"?`:       head + "    value: {agg: count}\n    dimensions: [steet]",
		`zone.yaml:7:12: count has no expr`:                                                   head + "    value: {agg: count, expr: x}",
		`zone.yaml:6:11: unknown fact "problems"; did you mean "problem"?`:                    strings.Replace(head, "fact: problem", "fact: problems", 1),
		`zone.yaml:4:11: unit is one of count, ratio, yuan, days, not "counts"`:               strings.Replace(head, "unit: count", "unit: counts", 1),
		`zone.yaml:3:27: unknown dimension "stret"; did you mean "street"?`:                   "facts:\n  x: {table: core.fct_problem, form: problem, mode: ledger,\n    dimensions: {zone: a, stret: street}}",
		`zone.yaml:7:32: core.fct_problem has no column "statuss"; did you mean "status"?`:    head + "    value: {agg: count, where: \"statuss = '已办结'\"}",
		`zone.yaml:7:32: metric mine: an expression can't hold a SELECT`:                      head + "    value: {agg: count, where: \"1 in (select 1)\"}",
		`zone.yaml:7:29: metric mine: Catalog Error: Scalar Function with name nosuch`:        head + "    value: {agg: sum, expr: \"nosuch(row_no)\"}",
		`zone.yaml:7:29: metric mine: Binder Error: No function matches`:                      head + "    value: {agg: sum, expr: \"status\"}",
		`zone.yaml:7:32: metric mine: Binder Error`:                                           head + "    value: {agg: count, where: \"upper(row_no, 2) = 'x'\"}",
		`zone.yaml:7:32: metric mine: random() doesn't give the same value each time`:         head + "    value: {agg: count, where: \"random() > 0.5\"}",
		`zone.yaml:7:29: metric mine: now() doesn't give the same value each time`:            head + "    value: {agg: sum, expr: \"date_diff('day', deadline, cast(now() as date))\"}",
		`zone.yaml:7:32: metric mine: "problem_no" is no condition but VARCHAR`:               head + "    value: {agg: count, where: problem_no}",
		`zone.yaml:7:32: metric mine: "1" is no condition but INTEGER`:                        head + "    value: {agg: count, where: \"1\"}",
		`zone.yaml:7:12: count has no expr; sum, avg`:                                         head + "    value: {agg: avg}",
		`zone.yaml:7:16: avg stands in value alone`:                                           strings.Replace(head, "unit: count", "unit: ratio", 1) + "    num: {agg: avg, expr: row_no}\n    den: {agg: count}",
		`zone.yaml:3:26: core.fct_problem has no column "stret"; did you mean "street"?`:      "facts:\n  x: {table: core.fct_problem, form: problem, mode: ledger,\n    dimensions: {street: stret}}",
		`zone.yaml:2:14: unknown table "core.fct_problems"; did you mean "core.fct_problem"?`: "facts:\n  x: {table: core.fct_problems, form: problem, mode: ledger, dimensions: {}}",
		`zone.yaml:3:3: key "mine" stands twice; first on line 2`:                             "dimensions:\n  mine: 我\n  mine: 你",
		`zone.yaml:1:1: the declaration is a list, not keys and values`:                       "[]",
	} {
		c, err := Load(Source{Name: "zone.yaml", Text: []byte(text)})
		if err == nil {
			err = c.Check(context.Background(), db.Conn)
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

// TestFilesTogether: what one of a zone's files declares the others may name, whatever they are called.
func TestFilesTogether(t *testing.T) {
	c, err := Load(
		Source{"queries/a.yaml", []byte("metrics:\n  mine: {label: 我的, unit: count, definition: 我的。, fact: mine, value: {agg: count}, dimensions: [place]}")},
		Source{"queries/b.yaml", []byte("facts:\n  mine: {table: core.fct_problem, form: problem, mode: ledger, dimensions: {place: street}}")},
		Source{"queries/c.yaml", []byte("dimensions: {place: 地点}")})
	if err != nil {
		t.Fatal(err)
	}
	if m, err := c.Metric("mine"); err != nil || m.Fact.Dimensions["place"] != "street" {
		t.Errorf("%+v %v", m, err)
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
