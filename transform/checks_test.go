package transform

import (
	"context"
	"strings"
	"testing"

	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

// TestModelChecksCatchFaults: the grain of every model and every check that its header declares hold on an ordinary
// zone and fail when their fault is planted, and the query that comes with a failure lists the rows at fault.
func TestModelChecksCatchFaults(t *testing.T) {
	ctx := context.Background()
	db := warehousetest.New(t)
	warehousetest.Random{Seed: 1, Rows: 30}.Fill(t, db)
	warehousetest.Run(t, db, "2022-08-15", noon, "2022-01-01")
	if res, err := Run(ctx, db.Conn, Options{}); err != nil || res.Failed() {
		t.Fatal(err, res.Checks)
	}
	// What makes a row break the check of this name.
	plants := map[string]string{
		"parts_sum_up":             "due = due + 1",
		"named":                    "name = null",
		"within_window":            "own_on = as_of + 1",
		"overdue_is_open":          "is_overdue = true, is_open = false",
		"not_closed_and_open":      "is_closed = true, is_open = true",
		"counted_is_accepted":      "is_counted = true, is_accepted = false",
		"standing_is_accepted":     "stands = true, is_accepted = false",
		"counted_ledger_is_newest": "mode = 'ledger', is_counted = true, ledger_no = 2",
		"on_time_is_received":      "is_on_time = true, is_received = false",
	}
	models, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	fails := func(m Model, check, plant string) {
		t.Helper()
		warehousetest.Exec(t, db, "begin transaction")
		defer warehousetest.Exec(t, db, "rollback")
		warehousetest.Exec(t, db, plant)
		got, err := testModel(ctx, db.Conn, m, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range got {
			if c.Check != check {
				continue
			}
			rows, err := warehouse.Strings(ctx, db.Conn, "select 'x' from ("+c.Query+"\n)")
			if err != nil || int64(len(rows)) != c.Failing {
				t.Errorf("%s, %s: %d rows fail, its query lists %d (%v)", m.Name, check, c.Failing, len(rows), err)
			}
			return
		}
		t.Errorf("%s, %s holds in spite of: %s", m.Name, check, plant)
	}
	checks := 0
	for _, m := range models {
		if got, err := testModel(ctx, db.Conn, m, ""); err != nil || len(got) > 0 {
			t.Fatalf("%s: %v %v", m.Name, got, err)
		}
		schema, name, _ := strings.Cut(m.Name, ".")
		table := "built." + schema + "_" + name
		if schema == "stg" {
			table = "raw." + name // staging views rename and cast only
		}
		filled, err := warehouse.Strings(ctx, db.Conn, "select 'x' from "+table+" limit 1")
		if err != nil {
			t.Fatal(err)
		}
		if len(filled) == 0 { // two rows of nothing share a grain as well
			fails(m, "grain", "insert into "+table+" by name (select null as zone union all select null)")
		} else {
			fails(m, "grain", "insert into "+table+" select * from "+table+" limit 1")
		}
		for _, c := range m.Checks {
			plant, ok := plants[c.Name]
			if !ok {
				t.Errorf("%s, %s: no fault is planted", m.Name, c.Name)
				continue
			}
			if len(filled) == 0 {
				t.Errorf("%s has no rows to plant a fault in", m.Name)
				continue
			}
			fails(m, c.Name, "update "+table+" set "+plant)
			checks++
		}
	}
	if checks < 12 {
		t.Errorf("only %d checks", checks)
	}
}
