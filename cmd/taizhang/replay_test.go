package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/data"
	"taizhang/internal/archive"
	"taizhang/internal/calendar"
	"taizhang/internal/metric"
	"taizhang/internal/result"
	"taizhang/internal/tooltest"
	"taizhang/internal/warehouse"
	"taizhang/queries"
)

// TestEveryWeekIsReproduced lives through the demo's history: every Monday evening the zone runs, as it would have, and
// the figures of that evening are kept. At the end, after all corrections and two decisions, each evening's figures are
// asked for again, as of that day and as known at that time, and are what they were; and mart.metric_week, kept up to
// date over all these runs, says of each week what was known at its end and what is known now.
func TestEveryWeekIsReproduced(t *testing.T) {
	t.Parallel()
	tooltest.Thorough(t)
	if testing.Short() {
		t.Skip("takes a minute")
	}
	ctx := context.Background()
	dir := t.TempDir()
	config := regexp.MustCompile(`(?m)^as_of:.*$`).ReplaceAll(data.Config(), nil) // the clock says what day it is
	if err := os.WriteFile(filepath.Join(dir, "taizhang.yaml"), config, 0o644); err != nil {
		t.Fatal(err)
	}
	z, err := office.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	owner, err := warehouse.Lock(dir, "test", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Release()
	all, err := data.Deliveries()
	if err != nil {
		t.Fatal(err)
	}
	type evening struct {
		warehouse.Point
		figures map[string]string
	}
	var evenings []evening
	monday := calendar.NewDate(2022, time.January, 10)
	for ; len(all) > 0; monday += 7 {
		at := monday.Time(z.Location).Add(18 * time.Hour)
		n := 0
		for n < len(all) && !all[n].ReceivedAt.After(at) {
			n++
		}
		clock := func() time.Time { return at }
		if _, err := z.Run(ctx, office.Options{Clock: clock, Deliver: deliver(z, all[:n])}); err != nil {
			t.Fatal(at, err)
		}
		all = all[n:]
		evenings = append(evenings, evening{figures: figuresAt(t, z, warehouse.Point{})})
		decided := at.Add(time.Hour)
		switch len(evenings) {
		case 12:
			decide(t, z, decided, archive.Withdraw, "accepted")
		case 20:
			decide(t, z, decided, archive.Accept, "rejected")
		}
		evenings[len(evenings)-1].AsOf, evenings[len(evenings)-1].KnownAt = monday, at
	}
	if len(evenings) < 30 {
		t.Fatalf("only %d weeks", len(evenings))
	}
	moved := 0
	last := evenings[len(evenings)-1]
	// A third of them, others each time, and those around the decisions; all where time is given.
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	pick := rand.New(rand.NewPCG(seed, 7))
	for i, e := range evenings {
		if os.Getenv("TAIZHANG_TEST_SCALE") == "" && pick.IntN(3) > 0 && i != 11 && i != 12 && i != 19 && i != 20 && i != len(evenings)-1 {
			continue
		}
		again := figuresAt(t, z, e.Point)
		for k, was := range e.figures {
			if again[k] != was {
				t.Errorf("%s: %s was %s, is reproduced as %s", e.AsOf, k, was, again[k])
			}
		}
		if len(again) != len(e.figures) {
			t.Errorf("%s: %d figures, reproduced %d", e.AsOf, len(e.figures), len(again))
		}
		if moved == 0 || i%4 == 0 { // a few will do
			if now := figuresAt(t, z, warehouse.Point{AsOf: e.AsOf, KnownAt: last.KnownAt}); !maps.Equal(now, e.figures) {
				moved++
			}
		}
	}
	if moved == 0 {
		t.Error("no later return or decision moved a past figure: the test proves nothing")
	}
	t.Logf("%d evenings, of which later returns and decisions moved %d", len(evenings), moved)
	historyAgrees(t, z, last.Point)
}

// decide takes a decision about the newest return of a status.
func decide(t *testing.T, z *office.Zone, at time.Time, kind archive.Decision, status string) {
	t.Helper()
	r, err := queries.Open(z.PublishedFile(), z.Metrics)
	if err != nil {
		t.Fatal(err)
	}
	id, err := r.SelectAt(context.Background(), warehouse.Point{}, "select max(return_id) from raw.return where status = '"+status+"' and submitter is not null and form = 'problem'")
	r.Close()
	if err != nil || id.Rows[0][0] == nil {
		t.Fatal(status, err)
	}
	clock := func() time.Time { return at }
	if _, err := z.Decide(context.Background(), office.Decision{Kind: kind, Return: id.Rows[0][0].(string), Reason: "核对"}, office.Options{Clock: clock}); err != nil {
		t.Fatal(err)
	}
}

// figuresAt are all figures of a point with their coverage, and two breakdowns, as texts.
func figuresAt(t *testing.T, z *office.Zone, p warehouse.Point) map[string]string {
	t.Helper()
	r, err := queries.Open(z.PublishedFile(), z.Metrics)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	out := map[string]string{}
	for _, a := range []queries.Ask{{Point: p}, {Point: p, Metrics: []string{"closure_rate", "problems_overdue"}, By: []string{"street"}}, {Point: p, By: []string{"submitter"}}} {
		figures, err := r.Metrics(context.Background(), a)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range figures {
			key := f.Metric.ID
			for _, d := range f.Dims {
				if d.Value != nil {
					key += " " + d.Dimension + "=" + *d.Value
				} else {
					key += " " + d.Dimension + "="
				}
			}
			text, err := json.Marshal([]any{f.Value, f.Num, f.Den, f.Coverage})
			if err != nil {
				t.Fatal(err)
			}
			out[key] = string(text)
		}
	}
	return out
}

// historyAgrees compares the totals of mart.metric_week with the figures of each week's end, as known then and now.
func historyAgrees(t *testing.T, z *office.Zone, now warehouse.Point) {
	t.Helper()
	ctx := context.Background()
	r, err := queries.Open(z.PublishedFile(), z.Metrics)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	table, err := r.SelectAt(ctx, warehouse.Point{}, "select week, basis, metric, value from mart.metric_week where dimension = 'total'")
	if err != nil {
		t.Fatal(err)
	}
	held := map[string]*float64{}
	for _, row := range table.Rows {
		held[fmt.Sprint(row[0], row[1], row[2])] = result.Float(row[3])
	}
	differ := 0
	for p := calendar.WeekOf(calendar.NewDate(2022, time.January, 3)); p.End() < now.AsOf; p = p.Next().Next() {
		for basis, known := range map[string]time.Time{"then": (p.End() + 1).Time(z.Location), "now": now.KnownAt} {
			figures, err := r.Metrics(ctx, queries.Ask{Point: warehouse.Point{AsOf: p.End(), KnownAt: known, From: p.Start}})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range figures {
				if f.Metric.Fact.Mode == metric.Period && basis == "now" {
					continue // rows of the week, from later returns too: queries.TestMartsAgreeWithFigures
				}
				x, y := result.Float(f.Value), held[fmt.Sprint(p.String(), basis, f.Metric.ID)]
				if (x == nil) != (y == nil) || x != nil && *x-*y > 1e-9 || x != nil && *y-*x > 1e-9 {
					t.Errorf("%s of %s, as known %s: mart.metric_week has %v, the figure is %v", f.Metric.ID, p, basis, numberText(y), numberText(x))
				}
				other := held[fmt.Sprint(p.String(), map[string]string{"then": "now", "now": "then"}[basis], f.Metric.ID)]
				if numberText(other) != numberText(y) {
					differ++
				}
			}
		}
	}
	if differ == 0 {
		t.Error("no figure is known otherwise now than then: the test proves nothing")
	}
}

func numberText(v *float64) string {
	if v == nil {
		return "—"
	}
	return fmt.Sprint(*v)
}
