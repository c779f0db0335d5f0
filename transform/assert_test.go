package transform

import (
	"context"
	"slices"
	"strings"
	"testing"

	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

// TestAssertionsCatchFaults: every built-in assertion holds on an ordinary zone
// and fails when its fault is planted; no fault is left without a plant.
func TestAssertionsCatchFaults(t *testing.T) {
	ctx := context.Background()
	db := warehousetest.New(t)
	warehousetest.Big{Units: 2, Rows: 24, From: "2022-05-02", To: "2022-08-14"}.Fill(t, db)
	warehousetest.Run(t, db, "2022-08-15", noon, "2022-01-01")
	res, err := Run(ctx, db.Conn, Options{})
	if err != nil || len(res.Checks) > 0 {
		t.Fatal(err, res.Checks)
	}
	plants := map[string]string{
		"check.parts_sum_up":       "update built.mart_closure_by_street set collected = collected + 1 where street is not null",
		"check.money_sums_up":      "delete from built.mart_incentive_by_programme_month where month = '2022-06'",
		"check.one_ledger_each":    "insert into built.core_counted_return select * replace ('x' as return_id) from built.core_counted_return where form = 'problem'",
		"check.known_as_counted":   "update built.core_known_return set is_counted = false where form = 'problem'",
		"check.items_have_returns": "update built.core_ledger_item set return_id = 'x' where form = 'problem'",
		"check.submitter_known":    "delete from built.core_dim_submitter where code = 'u1'",
		"check.freshness":          "update built.core_fct_obligation set is_received = false where form = 'incentive'",
		"check.volume":             "update built.core_known_return set rows_loaded = 3 where form = 'problem' and is_counted",
	}
	list, err := LoadAssertions()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		plant, ok := plants[m.Name]
		if !ok {
			t.Errorf("%s: no fault is planted", m.Name)
			continue
		}
		warehousetest.Exec(t, db, "begin transaction")
		warehousetest.Exec(t, db, plant)
		got, err := warehouse.Strings(ctx, db.Conn, "select 'x' from ("+m.SQL+"\n)")
		if err != nil || len(got) == 0 {
			t.Errorf("%s holds in spite of: %s (%v)", m.Name, plant, err)
		}
		if c := m.Checks[0]; c.Warning { // who runs the zone is told in Chinese, with names
			lines, err := told(ctx, db.Conn, &CheckResult{Query: m.SQL, note: c.Note})
			if line := strings.Join(lines, "\n"); err != nil || c.Note == "" || line == "" || strings.ContainsAny(line, "{}") || strings.Contains(line, "incentive") {
				t.Errorf("%s is told as %q (%v)", m.Name, line, err)
			}
		}
		warehousetest.Exec(t, db, "rollback")
	}
}

// TestAssertionStops: a zone's failing check of severity error stops, says
// which rows, and is remembered as a warning is while nothing changes.
func TestAssertionStops(t *testing.T) {
	ctx := context.Background()
	db := warehousetest.New(t)
	warehousetest.Big{Units: 1, Rows: 3, From: "2022-07-04", To: "2022-08-14"}.Fill(t, db)
	warehousetest.Run(t, db, "2022-08-15", noon, "2022-01-01")
	own := func(severity string) Options {
		return Options{Models: append(Options{}.Models, zoneModels(map[string]string{"check/few.sql": "-- There are no problems.\n-- severity: " + severity + "\nselect problem_no from core.fct_problem"}))}
	}
	for range 2 {
		res, err := Run(ctx, db.Conn, own("warning"))
		if err != nil || res.Failed() || len(res.Checks) != 1 || res.Checks[0].Failing != 3 {
			t.Fatal(err, res.Checks)
		}
	}
	res, err := Run(ctx, db.Conn, own("error"))
	if err != nil || !res.Failed() || !slices.ContainsFunc(res.Checks, func(c CheckResult) bool { return c.Model == "check.few" && c.Failing == 3 }) {
		t.Fatal(err, res.Checks)
	}
	if _, err := LoadAssertions(zoneModels(map[string]string{"check/x.sql": "-- It holds.\nselect 1"})); err == nil {
		t.Error("a check without severity")
	}
}
