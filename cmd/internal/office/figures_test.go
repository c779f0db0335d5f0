package office

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/metric"
	"taizhang/internal/result"
	"taizhang/internal/spelling"
	"taizhang/internal/tooltest"
	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
	"taizhang/queries"
	"taizhang/transform/mart"
)

// TestKeptFigures: what is read of the figures that a publication keeps is, to the type, what is computed from its rows,
// by every dimension and with its coverage; nothing is read at another point, over edited metrics, under conditions or by
// two dimensions.
func TestKeptFigures(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	ctx := context.Background()
	dir := t.TempDir()
	path := filepath.Join(dir, "kept.duckdb")
	db, err := warehouse.Open(path, warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	warehousetest.Fill(t, db)
	warehousetest.Run(t, db, "2022-08-15", time.Date(2022, 8, 15, 18, 0, 0, 0, time.UTC), "2022-01-01")
	warehousetest.Random{Seed: seed}.Fill(t, db)
	warehousetest.BuildModels(t, db)
	warehousetest.Exec(t, db, "insert into ctl.model_state (name, version, as_of, from_on) select name, 1, date '2022-08-15', date '2022-01-01' from ctl.model")
	if _, err := mart.Build(ctx, db.Conn, mart.Options{}); err != nil {
		t.Fatal(err)
	}
	withRows, err := warehouse.Strings(ctx, db.Conn, "select distinct metric from built.metric_figure where dimension = 'total'")
	if err != nil || len(withRows) < 30 {
		t.Fatal(withRows, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	but := func(name, change string) *queries.Reader { // the same publication with a change
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		other := filepath.Join(dir, name)
		if err := os.WriteFile(other, text, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := warehouse.Open(other, warehouse.Options{})
		if err != nil {
			t.Fatal(err)
		}
		warehousetest.Exec(t, db, change)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		return open(t, other)
	}
	kept := open(t, path)
	computed := but("computed.duckdb", "delete from ctl.metric_state")
	false7 := but("false.duckdb", "update built.metric_figure set exact = '7', exact_type = 'BIGINT', exact_den = '7', exact_den_type = 'BIGINT'; update built.week_problem set a0 = a0 + 7")
	figures := func(r *queries.Reader, a queries.Ask) []queries.Figure {
		t.Helper()
		list, err := r.Metrics(ctx, a)
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			list[i].Metric = &metric.Metric{ID: list[i].Metric.ID} // of each reader's own catalogue
			list[i].KnownAt = time.Time{}
		}
		return list
	}
	read := 0
	for _, d := range append(kept.Catalogue.Dimensions, metric.Dimension{}) {
		a := queries.Ask{Metrics: withRows} // by chance a fact has no row: what its nought is, is computed
		if d.ID != "" {
			a.Metrics = nil
			a.By = []string{d.ID}
		}
		have, want := figures(kept, a), figures(computed, a)
		if len(have) != len(want) {
			t.Fatalf("by %q: %d figures are read, %d computed", d.ID, len(have), len(want))
		}
		for i := range have {
			if !reflect.DeepEqual(have[i], want[i]) {
				t.Fatalf("by %q: read %+v, computed %+v", d.ID, have[i], want[i])
			}
		}
		if changed := figures(false7, a); reflect.DeepEqual(changed, want) != (len(want) == 0 || slices.Contains([]string{"zone", "month"}, d.ID)) {
			t.Errorf("by %q: what is kept is read %t", d.ID, !reflect.DeepEqual(changed, want))
		}
		read += len(have)
	}
	if read < 500 {
		t.Errorf("only %d figures were read", read)
	}
	read = 0
	for _, d := range kept.Catalogue.Dimensions { // states week by week: from the history, with what was waited for at each end
		a := queries.Ask{By: []string{"week"}}
		if d.ID != "week" {
			a.By = append(a.By, d.ID)
		}
		for _, m := range kept.Catalogue.Metrics {
			if m.Fact.Mode != metric.Period && m.Allows("week") && m.Allows(d.ID) {
				a.Metrics = append(a.Metrics, m.ID)
			}
		}
		if d.ID == "month" || len(a.Metrics) == 0 {
			continue
		}
		have, want := figures(kept, a), figures(computed, a)
		if len(have) != len(want) {
			t.Fatalf("by %v: %d figures are read, %d computed", a.By, len(have), len(want))
		}
		for i := range have {
			if !reflect.DeepEqual(have[i], want[i]) {
				t.Fatalf("by %v: read %+v, computed %+v", a.By, have[i], want[i])
			}
		}
		if d.ID == "source" {
			if changed := figures(false7, a); reflect.DeepEqual(changed, want) {
				t.Errorf("by %v: the history is not read", a.By)
			}
		}
		read += len(have)
	}
	if read < 3000 {
		t.Errorf("only %d figures of weeks were read", read)
	}
	past := kept.Published()
	past.AsOf -= 7
	one := []string{"closure_rate"}
	for what, a := range map[string]queries.Ask{
		"a week before":             {Point: past},
		"under a condition":         {Metrics: one, Where: map[string]string{"street": queries.NoValue}},
		"by two dimensions":         {Metrics: one, By: []string{"street", "source"}},
		"weeks under a condition":   {Metrics: one, By: []string{"week"}, Where: map[string]string{"street": queries.NoValue}},
		"weeks by two dimensions":   {Metrics: one, By: []string{"week", "street", "source"}},
		"weeks up to a week before": {Metrics: one, By: []string{"week"}, Point: past},
	} {
		if have, want := figures(false7, a), figures(computed, a); !reflect.DeepEqual(have, want) {
			t.Errorf("%s: what is kept is read", what)
		}
	}
	c, err := metric.Load() // a metric that a zone has changed since
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Metric("closure_rate")
	if err != nil {
		t.Fatal(err)
	}
	m.Den = &metric.Measure{Agg: "count", Where: "is_open"}
	false7.Catalogue, computed.Catalogue = c, c
	if have, want := figures(false7, queries.Ask{Metrics: one}), figures(computed, queries.Ask{Metrics: one}); !reflect.DeepEqual(have, want) {
		t.Errorf("an edited metric: read %v, computed %v", have, want)
	}
	if have, want := figures(false7, queries.Ask{Metrics: []string{"incentive_paid"}}), figures(computed, queries.Ask{Metrics: []string{"incentive_paid"}}); reflect.DeepEqual(have, want) {
		t.Error("a metric of a fact without edited ones is computed")
	}
}

// TestMartsAgreeWithFigures: what the marts hold is what Metrics answers.
func TestMartsAgreeWithFigures(t *testing.T) {
	ctx := context.Background()
	path := warehousetest.Publish(t, "2022-03-16", time.Date(2022, 3, 16, 18, 0, 0, 0, time.UTC), func(db *warehouse.DB) {
		warehousetest.Random{Seed: 5, To: "2022-03-31", Rows: 6}.Fill(t, db)
		warehousetest.BuildModels(t, db)
		stats, err := mart.Build(ctx, db.Conn, mart.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%+v", stats)
	})
	r := open(t, path)
	for _, m := range r.Catalogue.Metrics {
		for _, by := range append([]string{""}, m.Dimensions...) {
			if by == "month" || by == "zone" {
				continue
			}
			a := queries.Ask{Metrics: []string{m.ID}}
			q := "select dimension_value, value, returns_expected, returns_received, rows_refused, values_emptied from mart.metric where metric = '" + m.ID + "' and dimension = '" + by + "'"
			switch by {
			case "":
				q = "select 'total', value, returns_expected, returns_received, rows_refused, values_emptied from mart.metric where metric = '" + m.ID + "' and dimension = 'total'"
			case "week":
				a.By = []string{by}
				q = "select week, value from mart.metric_week where basis = 'now' and dimension = 'total' and metric = '" + m.ID + "'"
			default:
				a.By = []string{by}
			}
			agree(t, r, m, by, a, q)
		}
	}
}

func agree(t *testing.T, r *queries.Reader, m *metric.Metric, by string, a queries.Ask, q string) {
	t.Helper()
	figs, err := r.Metrics(context.Background(), a)
	if err != nil {
		t.Fatal(err)
	}
	tab, err := r.SelectAt(context.Background(), warehouse.Point{}, q)
	if err != nil {
		t.Fatal(err)
	}
	got := map[any][]any{}
	for _, row := range tab.Rows {
		got[row[0]] = row[1:]
	}
	for _, f := range figs {
		var key any = "total"
		if len(f.Dims) > 0 {
			key = nil
			if f.Dims[0].Value != nil {
				key = *f.Dims[0].Value
			}
		}
		if key == "2021-W52" { // the window of figures begins on 1 January, weeks are whole
			continue
		}
		row, ok := got[key]
		if !ok {
			t.Fatalf("%s by %s: no row %v", m.ID, by, key)
		}
		x, y := result.Float(f.Value), result.Float(row[0])
		if (x == nil) != (y == nil) || x != nil && math.Abs(*x-*y) > 1e-9 {
			t.Fatalf("%s by %s, %v: figure %v, mart %v", m.ID, by, key, f.Value, row[0])
		}
		if len(row) > 1 {
			c := queries.Coverage{Expected: row[1].(int64), Received: row[2].(int64), RowsRefused: row[3].(int64), ValuesEmptied: row[4].(int64)}
			if c != f.Coverage {
				t.Fatalf("%s by %s, %v: coverage %v, mart %v", m.ID, by, key, f.Coverage, c)
			}
		}
	}
	if by != "week" && len(figs) != len(tab.Rows) {
		t.Fatalf("%s by %s: %d figures, %d rows", m.ID, by, len(figs), len(tab.Rows))
	}
}

func open(t *testing.T, path string) *queries.Reader {
	t.Helper()
	r, err := queries.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

const firms = "enterprise"

// TestHistoryOfFirms: of single firms mart.metric_week has, week by week, what Metrics answers: as known now, and as known at the
// end of each week; of a firm that is asked for alone too.
func TestHistoryOfFirms(t *testing.T) {
	tooltest.Thorough(t)
	ctx := context.Background()
	path := warehousetest.Publish(t, "2022-03-16", time.Date(2022, 3, 16, 18, 0, 0, 0, time.UTC), func(db *warehouse.DB) {
		warehousetest.Random{Seed: 6, To: "2022-03-31", Rows: 6}.Fill(t, db)
		warehousetest.BuildModels(t, db)
		if _, err := mart.Build(ctx, db.Conn, mart.Options{}); err != nil {
			t.Fatal(err)
		}
	})
	r := open(t, path)
	known := r.Published().KnownAt
	text := func(v any) string {
		if f := result.Float(v); f != nil {
			return fmt.Sprintf("%.9g", *f)
		}
		return "—"
	}
	counted := func(firm any) any { // the history shows names as they are written today, a figure as they were then
		if name, ok := firm.(string); ok {
			return spelling.Fold(name)
		}
		return firm
	}
	asked, differ := 0, 0
	for _, m := range r.Catalogue.Metrics {
		if m.Fact.Mode != metric.Ledger || !m.Allows(firms) {
			continue
		}
		held := map[string]map[string]string{"then": {}, "now": {}}
		table, err := r.SelectAt(ctx, warehouse.Point{}, "select basis, as_of, dimension_value, value, num, den, week from mart.metric_week where dimension = '"+firms+"' and metric = '"+m.ID+"'")
		if err != nil {
			t.Fatal(err)
		}
		one := "" // a firm
		for _, row := range table.Rows {
			key := fmt.Sprint(row[1], " ", counted(row[2]))
			if held[row[0].(string)][key] != "" {
				t.Fatalf("%s has %s %s twice", m.ID, row[0], key)
			}
			held[row[0].(string)][key] = text(row[3]) + " " + text(row[4]) + " " + text(row[5])
			if row[2] != nil {
				one = row[2].(string)
			}
		}
		alone, err := r.SelectAt(ctx, warehouse.Point{}, "select count(*), count(distinct week || basis) from mart.metric_week where dimension = '"+firms+"' and metric = '"+m.ID+"' and dimension_value = "+warehouse.Quote(one))
		if n := slices.IndexFunc(table.Rows, func(row []any) bool { return row[2] == one }); err != nil || n < 0 || alone.Rows[0][0] == int64(0) || alone.Rows[0][0] != alone.Rows[0][1] {
			t.Errorf("%s of %s alone: %v, %v", m.ID, one, alone.Rows, err)
		}
		for w := calendar.WeekOf(calendar.NewDate(2022, time.January, 10)); w.Start < calendar.NewDate(2022, time.March, 16); w = w.Next() {
			end := min(w.End(), calendar.NewDate(2022, time.March, 16))
			for basis, at := range map[string]time.Time{"then": (w.End() + 1).Time(r.Location()), "now": known} {
				if at.After(known) {
					at = known
				}
				figures, err := r.Metrics(ctx, queries.Ask{Metrics: []string{m.ID}, By: []string{firms}, Point: warehouse.Point{AsOf: end, KnownAt: at}})
				if err != nil {
					t.Fatal(err)
				}
				n := 0
				for _, f := range figures {
					var firm any
					if f.Dims[0].Value != nil {
						firm = *f.Dims[0].Value
					}
					key := fmt.Sprint(end, " ", counted(firm))
					if want := text(f.Value) + " " + text(f.Num) + " " + text(f.Den); held[basis][key] != want {
						t.Fatalf("%s %s %s: the history has %s, the figure is %s", m.ID, basis, key, held[basis][key], want)
					}
					if held["then"][key] != held["now"][key] {
						differ++
					}
					n++
				}
				for key := range held[basis] {
					if strings.HasPrefix(key, end.String()) {
						n--
					}
				}
				if n != 0 {
					t.Errorf("%s %s %s: the history has %d firms more", m.ID, basis, end, -n)
				}
				asked += len(figures)
			}
		}
	}
	if asked < 500 || differ == 0 {
		t.Errorf("%d figures, of which %d are known otherwise now, prove little", asked, differ)
	}
}
