package transform

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"taizhang/internal/tooltest"
	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

// contents is a fingerprint of every model and form view.
func contents(t testing.TB, db *warehouse.DB) map[string]string {
	t.Helper()
	ctx := context.Background()
	names, err := warehouse.Strings(ctx, db.Conn, "select table_schema || '.\"' || table_name || '\"' from information_schema.tables where table_schema in ('stg', 'core', 'mart', 'main') and table_type in ('VIEW', 'BASE TABLE')")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, n := range names {
		got, err := warehouse.Strings(ctx, db.Conn, "select count(*) || ':' || coalesce(sum(cast(hash(t) as hugeint)), 0) from "+n+" as t")
		if err != nil {
			t.Fatal(n, err)
		}
		out[n] = got[0]
	}
	return out
}

// arriving moves the returns of a random zone aside, and lets them and the
// decisions in by and by, as intake does.
type arriving struct {
	t     testing.TB
	db    *warehouse.DB
	forms []warehousetest.Form
}

func newArriving(t testing.TB, db *warehouse.DB) *arriving {
	a := &arriving{t, db, warehousetest.Forms(t)}
	warehousetest.Exec(t, db, "create schema later")
	for _, n := range append([]string{"return", "decision"}, a.ids()...) {
		warehousetest.Exec(t, db, "create table later."+n+" as select * from raw."+n+"; delete from raw."+n)
	}
	return a
}

func (a *arriving) ids() (out []string) {
	for _, f := range a.forms {
		out = append(out, f.ID)
	}
	return out
}

// until lets in what came by a time; rows of returns accepted by decision come with the decision.
func (a *arriving) until(k time.Time) {
	at := "timestamp '" + k.Format("2006-01-02 15:04:05") + "'"
	warehousetest.Exec(a.t, a.db, "insert into raw.return select * from later.return as l where received_at <= "+at+" and not exists (select 1 from raw.return as r where r.return_id = l.return_id)")
	warehousetest.Exec(a.t, a.db, "insert into raw.decision select * from later.decision as l where decided_at <= "+at+" and not exists (select 1 from raw.decision as r where r.seq = l.seq)")
	for _, f := range a.ids() {
		warehousetest.Exec(a.t, a.db, "insert into raw."+f+" select l.* from later."+f+" as l join raw.return as r on r.return_id = l.return_id "+
			"where (r.status <> 'rejected' or exists (select 1 from raw.decision as d where d.return_id = l.return_id and d.kind = 'accept')) and not exists (select 1 from raw."+f+" as x where x.return_id = l.return_id)")
	}
}

// TestIncrementalIsFull: after every step of a random history the models are
// what building everything anew gives.
func TestIncrementalIsFull(t *testing.T) {
	tooltest.Thorough(t)
	t.Run("at random", func(t *testing.T) { incrementalIsFull(t, uint64(time.Now().UnixNano())) })
	// Rows of one return are erased while another of its form comes in with more.
	t.Run("erased beside news", func(t *testing.T) { incrementalIsFull(t, 1795997757321408610) })
}

func incrementalIsFull(t *testing.T, seed uint64) {
	t.Helper()
	ctx := context.Background()
	t.Logf("seed %d", seed)
	pick := rand.New(rand.NewPCG(seed, 3))
	db := warehousetest.New(t)
	warehousetest.Random{Seed: seed, From: "2022-03-07", Rows: 6}.Fill(t, db)
	arrive := newArriving(t, db)
	known := time.Date(2022, 5, 1, 12, 0, 0, 0, time.UTC)
	asOf := known
	actions := map[Action]int{}
	for step := range 10 {
		known = known.Add(time.Duration(1+pick.IntN(120)) * time.Hour)
		if pick.IntN(3) == 0 {
			asOf = known
		}
		what := "news"
		arrive.until(known)
		switch pick.IntN(8) {
		case 0:
			what = "a submitter is renamed"
			warehousetest.Exec(t, db, fmt.Sprintf("update ctl.submitter set name = '双马街道%d' where code = 'smj'", step))
		case 1:
			what = "rows are erased"
			warehousetest.Exec(t, db, "delete from raw.problem where row_no = 3")
		case 2:
			what = "a day off"
			warehousetest.Exec(t, db, fmt.Sprintf("update ctl.calendar set is_workday = false where day = date '2022-04-0%d'", 1+pick.IntN(7)))
		}
		warehousetest.Run(t, db, asOf.Format("2006-01-02"), known, "2022-01-01")
		res, err := Run(ctx, db.Conn, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Err(); err != nil {
			t.Fatal(err)
		}
		for _, m := range res.Models {
			actions[m.Action]++
		}
		got := contents(t, db)
		warehousetest.Exec(t, db, "begin transaction")
		if _, err := Run(ctx, db.Conn, Options{Full: true}); err != nil {
			t.Fatal(err)
		}
		want := contents(t, db)
		warehousetest.Exec(t, db, "rollback")
		for n := range want {
			if got[n] != want[n] {
				t.Errorf("step %d (%s, as of %s, known at %s): %s is %s, built anew %s", step, what, asOf.Format("2006-01-02"), known, n, got[n], want[n])
			}
		}
		if t.Failed() {
			return
		}
	}
	t.Log(actions)
	for _, a := range []Action{Kept, Updated, Rebuilt} {
		if actions[a] == 0 {
			t.Errorf("no model was %s: the test proves nothing", a)
		}
	}
}

// TestOnlyWhatChanged: a correction of one form touches nothing of another's,
// and with nothing new nothing but what depends on the time is built.
func TestOnlyWhatChanged(t *testing.T) {
	ctx := context.Background()
	db := warehousetest.New(t)
	big := warehousetest.Big{Units: 3, Rows: 5, From: "2022-06-06", To: "2022-08-14"}
	big.Fill(t, db)
	warehousetest.Run(t, db, "2022-08-15", noon, "2022-01-01")
	run := func() string {
		res, err := Run(ctx, db.Conn, Options{})
		if err != nil {
			t.Fatal(err)
		}
		out := ""
		for _, m := range res.Models {
			if m.Action != Kept {
				out += m.Name + " " + string(m.Action) + "; "
			}
		}
		return out
	}
	run()
	run() // from now on it is known what fct_obligation held
	if got, want := run(), "core.decision built; core.received_return built; core.fct_obligation built; mart.return_state built; "; got != want {
		t.Errorf("nothing new: %s", got)
	}
	big.Correct(t, db, "problem")
	if got := run(); !strings.Contains(got, "core.fct_problem updated") || !strings.Contains(got, "core.ledger_item updated") || strings.Contains(got, "incentive") {
		t.Errorf("a correction of problem: %s", got)
	}
	big.Correct(t, db, "incentive")
	got := run()
	if !strings.Contains(got, "core.fct_incentive updated") || !strings.Contains(got, "mart.incentive_by_programme_month built") {
		t.Errorf("a correction of incentive: %s", got)
	}
	for _, other := range []string{"fct_problem", "fct_activity", "ledger_item", "closure_by_list", "overdue"} {
		if strings.Contains(got, other) {
			t.Errorf("a correction of incentive touched %s: %s", other, got)
		}
	}
}

// TestCorrectionOfAnEarlierLedger: what one ledger says of an item depends on the ledgers before it. A correction of an
// earlier one moves rows of the newest, which itself is as it was.
func TestCorrectionOfAnEarlierLedger(t *testing.T) {
	ctx := context.Background()
	db := warehousetest.New(t)
	warehousetest.Big{Units: 3, Rows: 8, From: "2022-06-06", To: "2022-08-14"}.Fill(t, db)
	warehousetest.Exec(t, db, "update raw.problem set progress_note = '正在协调', status = '办理中', deadline = date '2022-07-01'")
	warehousetest.Run(t, db, "2022-08-15", noon, "2022-01-01")
	rows := func(model string) int64 {
		b := builder{ctx: ctx, conn: db.Conn}
		n, err := b.count("select count(*) from " + model)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if _, err := Run(ctx, db.Conn, Options{}); err != nil {
		t.Fatal(err)
	}
	if n := rows("core.stalled_problem"); n != 3*8 {
		t.Fatalf("%d problems are stalled", n)
	}
	for i, change := range []string{"replace ('已派单' as progress_note)", "replace (date '2022-08-30' as deadline)"} {
		warehousetest.Exec(t, db, fmt.Sprintf(`create or replace temp table old as select * from raw.return where form = 'problem' and submitter = 'u1' and period = '2022-W31' order by arrival desc limit 1;
			insert into raw.return select * replace ('90000%[1]d-1' as return_id, 90000%[1]d as arrival, timestamp '2022-08-15 12:00:00' + interval %[1]d minute as received_at) from old;
			insert into raw.problem select * replace ('90000%[1]d-1' as return_id) from (select t.* %[2]s from raw.problem as t where return_id = (select return_id from old))`, i+1, change))
		warehousetest.Run(t, db, "2022-08-15", noon.Add(time.Duration(i+1)*time.Minute), "2022-01-01")
		res, err := Run(ctx, db.Conn, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range res.Models {
			if m.Name == "core.stalled_problem" && i == 0 && m.Action != Updated {
				t.Errorf("%s was %s (%s)", m.Name, m.Action, m.Reason)
			}
		}
		got := contents(t, db)
		warehousetest.Exec(t, db, "begin transaction")
		if _, err := Run(ctx, db.Conn, Options{Full: true}); err != nil {
			t.Fatal(err)
		}
		want := contents(t, db)
		warehousetest.Exec(t, db, "rollback")
		for n := range want {
			if got[n] != want[n] {
				t.Errorf("correction %d: %s is %s, built anew %s", i+1, n, got[n], want[n])
			}
		}
	}
	if n := rows("core.stalled_problem"); n != 2*8 {
		t.Errorf("%d problems are stalled after the correction", n)
	}
	if n := rows("mart.moved_deadline"); n == 0 {
		t.Error("no deadline was moved: the test proves nothing")
	}
}
