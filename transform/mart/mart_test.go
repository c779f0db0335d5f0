package mart

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/internal/metric"
	"taizhang/internal/tooltest"
	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

// build evaluates models and marts at a date and time, as a run does.
func build(t *testing.T, db *warehouse.DB, asOf string, known time.Time, full bool) Stats {
	t.Helper()
	ctx := context.Background()
	if err := warehouse.Begin(ctx, db.Conn); err != nil {
		t.Fatal(err)
	}
	warehousetest.Run(t, db, asOf, known, asOf[:4]+"-01-01")
	warehousetest.BuildModels(t, db)
	stats, err := Build(ctx, db.Conn, Options{Full: full})
	if err != nil {
		t.Fatal(err)
	}
	if err := warehouse.Commit(ctx, db.Conn); err != nil {
		t.Fatal(err)
	}
	return stats
}

// TestIncrementalWeeks: returns and decisions come in day by day; the history
// kept up to date equals the one computed from nothing.
func TestIncrementalWeeks(t *testing.T) {
	tooltest.Thorough(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	db := warehousetest.New(t)
	warehousetest.Random{Seed: seed, To: "2022-03-31", Rows: 5}.Fill(t, db)
	for _, name := range []string{"return", "decision"} {
		warehousetest.Exec(t, db, "create temp table all_"+name+" as select * from raw."+name)
		warehousetest.Exec(t, db, "delete from raw."+name)
	}
	asOf := ""
	for _, at := range []string{"2022-02-21 09:00:00", "2022-02-21 19:00:00", "2022-03-02 12:00:00", "2022-03-14 12:00:00", "2022-03-17 12:00:00", "2022-03-20 12:00:00"} {
		if at < "2022-03-15" { // the business day may be fixed while time goes on
			asOf = at[:10]
		}
		warehousetest.Exec(t, db, "insert into raw.return select * from all_return where received_at <= '"+at+"' and return_id not in (select return_id from raw.return)")
		warehousetest.Exec(t, db, "insert into raw.decision select * from all_decision where decided_at <= '"+at+"' and seq not in (select seq from raw.decision)")
		if at == "2022-03-20 12:00:00" { // a correction that takes all rows away
			warehousetest.Exec(t, db, "insert into raw.return select * replace ('999999-1' as return_id, 999999 as arrival, timestamp '2022-03-18 10:00:00' as received_at) from raw.return "+
				"where return_id = (select return_id from core.fct_problem group by 1 order by count(*) desc, 1 limit 1)")
		}
		known, _ := time.Parse("2006-01-02 15:04:05", at)
		inc := build(t, db, asOf, known, false)
		warehousetest.Exec(t, db, "create or replace temp table kept as select * from mart.metric_week")
		full := build(t, db, asOf, known, true)
		t.Logf("%s: incremental %+v; full %+v", at, inc, full)
		same(t, db, "kept", "mart.metric_week", "zone, metric, dimension, dimension_value, week, basis, round(value, 9), num, den, as_of")
	}
}

func same(t *testing.T, db *warehouse.DB, a, b, columns string) {
	t.Helper()
	q := fmt.Sprintf("select * from ((select 'only %[1]s', %[3]s from %[1]s except all select 'only %[1]s', %[3]s from %[2]s) union all (select 'only %[2]s', %[3]s from %[2]s except all select 'only %[2]s', %[3]s from %[1]s)) limit 5", a, b, columns)
	n := 0
	err := warehouse.Each(context.Background(), db.Conn, q, func(v []any) error {
		n++
		t.Errorf("%v", v)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n > 0 {
		t.FailNow()
	}
}

// TestEditedModelsMoveTheirWeeks: models, metrics and plain tables are changed at random; the history kept up to date
// equals the one computed from nothing, and an edit that metrics don't depend on moves none of them.
func TestEditedModelsMoveTheirWeeks(t *testing.T) {
	tooltest.Thorough(t)
	ctx := context.Background()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	pick := rand.New(rand.NewPCG(seed, 5))
	db := warehousetest.New(t)
	warehousetest.Random{Seed: seed, From: "2022-01-24", To: "2022-02-27", Rows: 4}.Fill(t, db)
	warehousetest.Exec(t, db, "create temp table later as select * from raw.return where form = 'problem' and period_start >= date '2022-02-07'; delete from raw.return where return_id in (select return_id from later)")
	without := func(row int) func(string) string { // drops the rows of a number, wherever the model puts its condition
		return func(text string) string {
			return "select * from (\n" + text + "\n) as edited where row_no <> " + fmt.Sprint(row)
		}
	}
	c, err := metric.Load()
	if err != nil {
		t.Fatal(err)
	}
	edits := map[string]func(string) string{}
	known := time.Date(2022, 2, 28, 12, 0, 0, 0, time.UTC)
	step := func(what string, facts int) {
		t.Helper()
		known = known.Add(time.Duration(pick.IntN(3)) * time.Minute)
		warehousetest.Run(t, db, "2022-02-28", known, "2022-01-01")
		warehousetest.BuildEdited(t, db, edits)
		build := func(full bool) Stats {
			stats, err := Build(ctx, db.Conn, Options{Full: full, Catalogue: c})
			if err != nil {
				t.Fatal(what, err)
			}
			return stats
		}
		stats := build(false)
		if facts >= 0 && (stats.AnewFacts != facts || stats.Full) {
			t.Errorf("%s: the weeks of %d facts were computed anew, not of %d (%+v)", what, stats.AnewFacts, facts, stats)
		}
		warehousetest.Exec(t, db, "create or replace temp table kept as select * from mart.metric_week; create or replace temp table kept_metric as select * from mart.metric")
		warehousetest.Exec(t, db, "begin transaction")
		build(true)
		same(t, db, "kept", "mart.metric_week", "zone, metric, dimension, dimension_value, week, basis, round(value, 9), num, den, as_of")
		same(t, db, "kept_metric", "mart.metric", "* exclude (known_at)")
		warehousetest.Exec(t, db, "rollback")
		if t.Failed() {
			t.Fatal(what)
		}
	}
	step("from nothing", -1)
	step("nothing new", 0)
	feeds := func(table string) int { // the five ledgers' items are a fact of their own
		if slices.Contains([]string{"core.fct_problem", "core.fct_enterprise_request", "core.fct_special_item", "core.fct_key_task", "core.fct_livelihood"}, table) {
			return 2
		}
		return 1
	}
	for i := range 4 {
		f := c.Facts[pick.IntN(len(c.Facts))]
		if f.Mode == metric.Obligation {
			continue
		}
		edits[f.Table] = without(3 + i)
		step("edited "+f.Table, feeds(f.Table))
	}
	edits["mart.overdue"] = without(4)
	step("edited mart.overdue, which no metric reads", 0)
	edits["stg.problem"] = without(5)
	step("edited stg.problem", 2)
	delete(edits, "stg.problem")
	step("stg.problem as it was", 2)
	edits["core.counted_return"] = func(text string) string { return text + "\nand c.return_id not like '%7-1'" }
	step("edited core.counted_return", len(c.Facts)-1) // obligations follow from core.received_return
	edits["core.received_return"] = func(text string) string {
		return strings.Replace(text, "and not is_nil", "and not (mode = 'ledger' and is_nil)", 1)
	}
	step("edited core.received_return", len(c.Facts))
	edits["core.fct_problem"] = func(text string) string { // a zone's own model that reads a plain table nobody watches
		return "select * from (\n" + text + "\n) as edited where row_no > (select count(*) from ctl.target)"
	}
	step("core.fct_problem reads ctl.target", 2)
	warehousetest.Exec(t, db, "insert into ctl.target select zone, 'closure_rate', 0.9, 'plain' from ctl.zone")
	step("a target more", 2)
	warehousetest.Exec(t, db, "update ctl.submitter set kind = 'street' where kind = 'department'")
	step("submitters of another kind", -1)
	edits["core.fct_special_item"] = func(text string) string { // and one that looks at another form
		return "select * from (\n" + text + "\n) as edited where row_no <= (select count(*) from core.fct_problem as p where p.known_at = edited.known_at and p.as_of = edited.as_of and p.is_closed)"
	}
	step("core.fct_special_item reads core.fct_problem", 2)
	warehousetest.Exec(t, db, "insert into raw.return select * replace (arrival + 100000 as arrival, timestamp '"+known.Format("2006-01-02 15:04:05")+"' as received_at) from later")
	known = known.Add(time.Minute)
	step("news of problem alone", -1)
	c.Metrics = slices.DeleteFunc(slices.Clone(c.Metrics), func(m *metric.Metric) bool { return m.ID == "incentive_paid" })
	step("a metric less", 1)
	closure, err := c.Metric("closure_rate")
	if err != nil {
		t.Fatal(err)
	}
	m := *closure
	num := *m.Num
	num.Where = "is_closed and satisfaction is not null"
	m.Num = &num
	for i := range c.Metrics {
		if c.Metrics[i].ID == m.ID {
			c.Metrics[i] = &m
		}
	}
	step("another definition of closure_rate", 1)
}

func BenchmarkMarts(b *testing.B) {
	ctx := context.Background()
	db := warehousetest.New(b)
	warehousetest.Random{Seed: 1, Rows: 280}.Fill(b, db)
	known := time.Date(2022, 8, 15, 18, 0, 0, 0, time.UTC)
	warehousetest.Run(b, db, "2022-08-15", known, "2022-01-01")
	warehousetest.BuildModels(b, db)
	for _, full := range []bool{true, false} {
		name := "incremental"
		if full {
			name = "full"
		}
		b.Run(name, func(b *testing.B) {
			start := warehousetest.CPU()
			for b.Loop() {
				stats, err := Build(ctx, db.Conn, Options{Full: full})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(stats.Metric.Milliseconds()), "ms/metric")
				b.ReportMetric(float64(stats.History.Milliseconds()), "ms/week")
			}
			b.ReportMetric(float64((warehousetest.CPU()-start).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}
