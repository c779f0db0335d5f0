package weekly

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
	"taizhang/internal/workbook"
)

// sheetOf is a sheet of a book as text, a row a line; empty where there is no such sheet.
func sheetOf(b workbook.Book, name string) string {
	var out strings.Builder
	for _, s := range b.Sheets {
		if s.Name != name {
			continue
		}
		for _, x := range s.Blocks {
			switch x := x.(type) {
			case workbook.Title:
				fmt.Fprintln(&out, x.Sub)
			case workbook.Heading:
				fmt.Fprintln(&out, "#", x.Text)
			case workbook.Table:
				fmt.Fprintln(&out, "##", x.Title, x.Note)
				for _, r := range x.Rows {
					for _, v := range r {
						if c, ok := v.(workbook.Cell); ok {
							v = c.Value
						}
						fmt.Fprint(&out, v, "|")
					}
					fmt.Fprintln(&out)
				}
			}
		}
	}
	return out.String()
}

// TestFirstIssueCorrectsNothing: without an earlier weekly nothing was published that could have moved: there is no
// 更正说明, and nothing points to it.
func TestFirstIssueCorrectsNothing(t *testing.T) {
	r := smallReader(t)
	b, err := Build(context.Background(), r, warehouse.Point{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range b.Sheets {
		if s.Name == "更正说明" {
			t.Error("a first weekly has a sheet 更正说明")
		}
		for _, x := range s.Blocks {
			if n, ok := x.(workbook.Note); ok && strings.Contains(n.Text, "更正说明") {
				t.Errorf("%s points to 更正说明: %s", s.Name, n.Text)
			}
		}
	}
}

// TestInTimeIsNotLate: what came after an issue but before it was due is no 补报.
func TestInTimeIsNotLate(t *testing.T) {
	r := smallReader(t)
	for what, said := range map[string]*Said{"nothing kept": nil, "issued later for that time, when all had come in": {Arrival: 1 << 40, Decision: 1 << 40}} {
		issued := []Previous{{AsOf: calendar.NewDate(2022, 8, 14), KnownAt: time.Date(2022, 7, 1, 12, 0, 0, 0, r.Location()), Said: said}}
		b, err := Build(context.Background(), r, warehouse.Point{}, Options{Issued: issued})
		if err != nil {
			t.Fatal(err)
		}
		got := sheetOf(b, "更正说明")
		for _, want := range []string{"产业局|2022-W32|按时报送|", "产业局|2022-06|补报|", "产业局|2022-06|更正重报|"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: 更正说明 lacks %s:\n%s", what, want, got)
			}
		}
	}
}

// TestReissueExplainsBoth: a weekly that is issued again says what moved since the last weekly of an earlier date, as the
// first issue did, and besides what moved since that; of a ratio too it names the units that moved it.
func TestReissueExplainsBoth(t *testing.T) {
	z := articleZone(t)
	p := func(f float64) *float64 { return &f }
	value := z.value
	z.value = func(m string, at warehouse.Point) (v, n, d *float64) {
		if m == "closure_rate" && at.AsOf == calendar.NewDate(2022, 8, 8) {
			return p(168.0 / 204), p(168), p(204)
		}
		return value(m, at)
	}
	z.parts = map[string]func(string, warehouse.Point) (n, d *float64){
		"产业局": func(m string, at warehouse.Point) (n, d *float64) {
			if m != "closure_rate" {
				return nil, nil
			}
			if at.AsOf == calendar.NewDate(2022, 8, 8) {
				return p(68), p(84)
			}
			return p(79), p(96)
		},
		"双马街道": func(m string, _ warehouse.Point) (n, d *float64) {
			if m != "closure_rate" {
				return nil, nil
			}
			return p(100), p(120)
		},
	}
	said := func(num, den float64, units map[string]Parts) *Said {
		return &Said{Figures: map[string]SaidFigure{"closure_rate": {Value: p(num / den), Num: &num, Den: &den, Parts: units}}}
	}
	issued := []Previous{
		{AsOf: calendar.NewDate(2022, 8, 8), KnownAt: asOf.KnownAt.AddDate(0, 0, -7), Said: said(166, 203, map[string]Parts{"产业局": {66, 83}, "双马街道": {100, 120}})},
		{AsOf: asOf.AsOf, KnownAt: asOf.KnownAt.Add(-time.Hour), Said: said(178, 216, map[string]Parts{"产业局": {78, 96}, "双马街道": {100, 120}})},
		{AsOf: calendar.NewDate(2022, 6, 6), KnownAt: asOf.KnownAt.Add(-time.Minute), Said: said(1, 2, nil)}, // an old one that was issued again
	}
	w, err := weeklyOf(z, Options{Issued: issued})
	if err != nil {
		t.Fatal(err)
	}
	b, err := w.build(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	got := sheetOf(b, "更正说明")
	for _, want := range []string{
		"上期周报（截至2022年8月8日，数据版本2022-08-08 12:00）", "166/203", "168/204", "产业局（66/83→68/84）|",
		"# 与本期前次印发（数据版本2022-08-15 11:00）相比", "本期前次印发的周报所载的数", "178/216", "179/216", "产业局（78/96→79/96）|",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("更正说明 lacks %s:\n%s", want, got)
		}
	}
	if strings.Contains(got, "双马街道") || strings.Contains(got, "6月6日") {
		t.Errorf("更正说明 names who moved nothing, or compares with a weekly before the last:\n%s", got)
	}
	if kept := w.said().Figures["closure_rate"].Parts["产业局"]; kept != (Parts{79, 96}) {
		t.Errorf("kept for the next issue: %v", kept)
	}
}

// TestRatiosOfAnOlderIssue: of an issue that didn't keep what its ratios were made of, the units are found by computing it
// again, and nobody is named where that doesn't come to what was issued.
func TestRatiosOfAnOlderIssue(t *testing.T) {
	z := articleZone(t)
	p := func(f float64) *float64 { return &f }
	value := z.value
	early := func(at warehouse.Point) bool { return at.KnownAt.Before(asOf.KnownAt) }
	z.value = func(m string, at warehouse.Point) (v, n, d *float64) {
		if m == "closure_rate" && early(at) {
			return p(164.0 / 203), p(164), p(203)
		}
		return value(m, at)
	}
	z.parts = map[string]func(string, warehouse.Point) (n, d *float64){"产业局": func(m string, at warehouse.Point) (n, d *float64) {
		switch {
		case m != "closure_rate":
			return nil, nil
		case early(at):
			return p(64), p(83)
		}
		return p(66), p(83)
	}}
	for num, want := range map[float64]string{164: "产业局（64/83→66/83）", 160: "—"} {
		said := &Said{Figures: map[string]SaidFigure{"closure_rate": {Value: p(num / 203), Num: &num, Den: p(203)}}}
		w, err := weeklyOf(z, Options{Issued: []Previous{{AsOf: calendar.NewDate(2022, 8, 8), KnownAt: asOf.KnownAt.AddDate(0, 0, -7), Said: said}}})
		if err != nil {
			t.Fatal(err)
		}
		if rows := w.changes(); len(rows) != 1 || rows[0][6] != want {
			t.Errorf("issued %v/203: %v, want %s", num, rows, want)
		}
	}
}

// TestCorrectionsInTheirOrder: each correction is held against the one that counted before it; of two that came together the
// one that gave way never did, and is no correction.
func TestCorrectionsInTheirOrder(t *testing.T) {
	path := warehousetest.Publish(t, "2022-08-15", warehousetest.Evening, func(db *warehouse.DB) {
		warehousetest.FillSmall(t, db)
		for table, rows := range map[string]string{
			"raw.return": `zone, return_id, arrival, file, archive, submitter, form, mode, period, period_start, period_end, cutoff, status, is_nil, rows_loaded, rows_refused, values_emptied, errors, warnings, received_at, due_at, late
xt, 6-1, 6, 双马街道/甲.xlsx, aa/6, smj, incentive, period, 2022-06, 2022-06-01, 2022-06-30, 2022-06-30, accepted, false, 1, 0, 0, 0, 0, 2022-07-05 09:00:00, 2022-07-07 23:59:59, false
xt, 7-1, 7, 双马街道/乙.xlsx, aa/7, smj, incentive, period, 2022-06, 2022-06-01, 2022-06-30, 2022-06-30, accepted, false, 1, 0, 0, 0, 0, 2022-07-20 10:00:00, 2022-07-07 23:59:59, true
xt, 8-1, 8, 双马街道/丙初稿.xlsx, aa/8, smj, incentive, period, 2022-06, 2022-06-01, 2022-06-30, 2022-06-30, accepted_with_warnings, false, 1, 0, 0, 0, 1, 2022-07-21 10:00:00, 2022-07-07 23:59:59, true
xt, 9-1, 9, 双马街道/丙.xlsx, aa/9, smj, incentive, period, 2022-06, 2022-06-01, 2022-06-30, 2022-06-30, accepted_with_warnings, false, 1, 0, 0, 0, 1, 2022-07-21 10:00:00, 2022-07-07 23:59:59, true`,
			"raw.finding": `zone, return_id, seq, severity, rule, message
xt, 8-1, 1, warning, not_counting, 同时收到两份
xt, 9-1, 1, warning, same_run, 同时收到两份`,
			"raw.incentive": `zone, return_id, sheet, row_no, key_text, enterprise, enterprise_code, programme, paid_amount, paid_on
xt, 6-1, 表1, 2, A, 甲, A, 智能制造, 200, 2022-06-01
xt, 7-1, 表1, 2, A, 甲, A, 智能制造, 250, 2022-06-01
xt, 8-1, 表1, 2, A, 甲, A, 智能制造, 260, 2022-06-01
xt, 9-1, 表1, 2, A, 甲, A, 智能制造, 270, 2022-06-01`,
		} {
			if err := warehousetest.InsertCSV(context.Background(), db, table, rows); err != nil {
				t.Fatal(err)
			}
		}
	})
	r := open(t, path)
	issued := []Previous{{AsOf: calendar.NewDate(2022, 8, 14), KnownAt: time.Date(2022, 7, 10, 12, 0, 0, 0, r.Location())}}
	b, err := Build(context.Background(), r, warehouse.Point{}, Options{Issued: issued})
	if err != nil {
		t.Fatal(err)
	}
	got := sheetOf(b, "更正说明")
	for _, want := range []string{"|200.00|250.00|", "|250.00|270.00|", "双马街道|2022-06|更正重报|2022-07-20", "双马街道|2022-06|不计入|2022-07-21", "双马街道|2022-06|更正重报|2022-07-21"} {
		if !strings.Contains(got, want) {
			t.Errorf("更正说明 lacks %s:\n%s", want, got)
		}
	}
	if strings.Contains(got, "260") {
		t.Errorf("更正说明 shows what never counted:\n%s", got)
	}
	if strings.Index(got, "|250.00|") > strings.Index(got, "|270.00|") {
		t.Errorf("the later correction stands first:\n%s", got)
	}
}
