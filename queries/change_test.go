package queries

import (
	"context"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/metric"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

func TestMetricsDiffByHand(t *testing.T) {
	ctx := context.Background()
	r := smallReader(t)
	at := func(s string) time.Time {
		k, err := time.ParseInLocation("2006-01-02 15:04", s, r.loc)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	got, err := r.MetricsDiff(ctx, DiffAsk{Ask: Ask{Metrics: []string{"incentive_paid", "problems_collected", "incentive_enterprises"}}, Before: at("2022-07-19 08:00"), After: at("2022-07-20 10:00")})
	if err != nil || len(got) != 2 {
		t.Fatal(got, err)
	}
	text, err := json.Marshal(got[0].Record())
	want := `{"metric":"incentive_paid","label":"兑付惠企资金","unit":"yuan","before":300.30,"after":0.30,"change":-300.00,"num_before":null,"den_before":null,"num_after":null,"den_after":null,` +
		`"returns":["4-1","5-1"],"causes":[{"kind":"correction","return":"5-1","supersedes":"4-1","submitter":"产业局","form":"incentive","period":"2022-06","at":"2022-07-20T09:00:00+08:00","reason":null}],` +
		`"rows":[{"submitter":"产业局","key":"表1!2","before":{"return":"4-1","sheet":"表1","row":2,"contributes":100.10,"contributes_den":null},"after":{"return":"5-1","sheet":"表1","row":2,"contributes":0.10,"contributes_den":null}},` +
		`{"submitter":"产业局","key":"表1!3","before":{"return":"4-1","sheet":"表1","row":3,"contributes":200.20,"contributes_den":null},"after":{"return":"5-1","sheet":"表1","row":3,"contributes":0.20,"contributes_den":null}}]}`
	if err != nil || string(text) != want {
		t.Errorf("got  %s (%v)\nwant %s", text, err, want)
	}
	// an operator's decision: the withdrawn return counted for the 8th until the 16th
	got, err = r.MetricsDiff(ctx, DiffAsk{Ask: Ask{Metrics: []string{"problems_collected"}, By: []string{"street"}, Point: warehouse.Point{AsOf: calendar.NewDate(2022, 8, 9)}},
		Before: at("2022-08-15 18:00"), After: at("2022-08-16 18:00")})
	if err != nil || len(got) != 1 || len(got[0].Rows) != 2 || got[0].Rows[0].After != nil || len(got[0].Causes) != 1 || got[0].Causes[0].Kind != "withdraw" || *got[0].After.Dims[0].Value != "双马街道" {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := r.MetricsDiff(ctx, DiffAsk{Before: at("2022-08-16 18:00"), After: at("2022-08-15 18:00")}); err == nil {
		t.Error("backwards")
	}
}

// TestMetricsDiffAddsUp: for every changed figure, what its rows add and take
// away is the difference, and every row's return is named.
func TestMetricsDiffAddsUp(t *testing.T) {
	ctx := context.Background()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := randomReader(t, seed)
	changed := 0
	for _, by := range []string{"", "submitter", "month"} {
		a := DiffAsk{Before: time.Date(2022, 6, 20, 12, 0, 0, 0, r.loc), After: time.Date(2022, 8, 1, 12, 0, 0, 0, r.loc)}
		a.AsOf = calendar.NewDate(2022, 7, 3)
		if by != "" {
			a.By = []string{by}
		}
		got, err := r.MetricsDiff(ctx, a)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range got {
			changed++
			m := c.After.Metric
			if !m.IsRatio() && m.Value.Agg == "median" {
				continue
			}
			num, den := new(big.Rat), new(big.Rat)
			add := func(s *RowSide, sign int64) {
				if s == nil {
					return
				}
				for _, x := range []struct {
					into *big.Rat
					v    any
				}{{num, s.Contributes}, {den, s.ContributesDen}} {
					if n := result.Number(x.v); n != nil {
						x.into.Add(x.into, n.Mul(n, big.NewRat(sign, 1)))
					}
				}
				if s.Return != "" && !slices.Contains(c.Returns, s.Return) {
					t.Fatalf("%s: return %s is not named in %v", m.ID, s.Return, c.Returns)
				}
			}
			for _, row := range c.Rows {
				add(row.Before, -1)
				add(row.After, 1)
			}
			b, x := c.Before.Value, c.After.Value
			if m.IsRatio() {
				b, x = c.Before.Num, c.After.Num
				if d := new(big.Rat).Sub(result.Number(c.After.Den), result.Number(c.Before.Den)); d.Cmp(den) != 0 {
					t.Fatalf("%s by %s: the denominator changed by %v, its rows by %v", m.ID, by, d, den)
				}
			}
			if d := new(big.Rat).Sub(result.Number(x), result.Number(b)); d.Cmp(num) != 0 {
				t.Fatalf("%s by %s %v: changed by %v, its rows by %v", m.ID, by, dimsKey(m, c.After.Dims), d, num)
			}
			if m.Fact.Mode != metric.Obligation && len(c.Causes) == 0 {
				t.Fatalf("%s by %s: no cause of %v", m.ID, by, strings.Join(c.Returns, " "))
			}
		}
	}
	if changed < 20 {
		t.Errorf("only %d figures changed", changed)
	}
}

// TestOnlyChangedReturnsAreRead: of a figure's rows those of the returns that changed it are read, with what each adds; a
// return that adds as much with its rows in other groups is one of them.
func TestOnlyChangedReturnsAreRead(t *testing.T) {
	ctx := context.Background()
	r := randomReader(t, 7)
	a := Ask{Point: warehouse.Point{AsOf: calendar.NewDate(2022, 7, 3)}}
	read, all := 0, 0
	for _, by := range []string{"", "submitter"} {
		if a.By = nil; by != "" {
			a.By = []string{by}
		}
		before, after := a, a
		before.KnownAt, after.KnownAt = time.Date(2022, 6, 20, 12, 0, 0, 0, r.loc), time.Date(2022, 8, 1, 12, 0, 0, 0, r.loc)
		for _, id := range []string{"problems_closed", "incentive_paid", "incentive_enterprises"} {
			m, err := r.Catalogue.Metric(id)
			if err != nil {
				t.Fatal(err)
			}
			old, err := r.sideOf(ctx, m, before)
			if err != nil {
				t.Fatal(err)
			}
			now, err := r.sideOf(ctx, m, after)
			if err != nil {
				t.Fatal(err)
			}
			returns := old.otherwise(now)
			read, all = read+len(returns), all+len(old.prints)+len(now.prints)
			some, err := now.rows(ctx, returns)
			if err != nil {
				t.Fatal(err)
			}
			for _, keys := range some {
				for _, rows := range keys {
					for _, row := range rows {
						if !slices.Contains(returns, row.Return) {
							t.Fatalf("%s by %q: a row of %s is read, which is the same at both times", id, by, row.Return)
						}
					}
				}
			}
		}
	}
	if read == 0 || read > all*2/3 {
		t.Errorf("%d of %d returns are read", read, all)
	}
}

// TestNewestRowsOfOthers: of a figure over the newest month alone, rows stop counting where another unit's newer month comes:
// that unit's return is the cause.
func TestNewestRowsOfOthers(t *testing.T) {
	r := open(t, warehousetest.Publish(t, "2022-08-15", warehousetest.Evening, func(db *warehouse.DB) {
		for table, rows := range map[string]string{
			"ctl.submitter": "zone, code, name, kind, seq\nxt, cyj, 产业局, department, 1\nxt, smj, 双马街道, street, 2\nxt, cl, 残联, department, 3\n",
			"raw.return": "zone, return_id, arrival, file, archive, submitter, form, mode, period, period_start, period_end, cutoff, status, is_nil, rows_loaded, received_at\n" +
				"xt, 000001-1, 1, 六月.xlsx, aa/1, cyj, assistance, period, 2022-06, 2022-06-01, 2022-06-30, 2022-06-30, accepted, false, 1, 2022-07-05 09:00:00\n" +
				"xt, 000002-1, 2, 七月.xlsx, aa/2, cl, assistance, period, 2022-07, 2022-07-01, 2022-07-31, 2022-07-31, accepted, false, 1, 2022-08-05 09:00:00\n",
			"raw.assistance": "zone, return_id, sheet, row_no, key_text, programme, street, households, people, month\n" +
				"xt, 000001-1, 表1, 2, k1, 低保救助, 双马街道, 4, 9, 2022-06-01\nxt, 000002-1, 表1, 2, k1, 低保救助, 双马街道, 5, 8, 2022-07-01\n",
		} {
			if err := warehousetest.InsertCSV(context.Background(), db, table, rows); err != nil {
				t.Fatal(err)
			}
		}
	}))
	got, err := r.MetricsDiff(context.Background(), DiffAsk{Ask: Ask{Metrics: []string{"low_income_households"}, By: []string{"submitter"}}, Before: time.Date(2022, 8, 1, 12, 0, 0, 0, r.loc)})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 {
		t.Fatalf("%d figures changed, want those of both units", len(got))
	}
	for _, c := range got {
		if len(c.Causes) != 1 || c.Causes[0].Return != "000002-1" || c.Causes[0].Submitter != "残联" {
			t.Errorf("%s: causes %v", dimsKey(c.After.Metric, c.After.Dims), c.Causes)
		}
	}
}
