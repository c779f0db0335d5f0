package transform

import (
	"context"
	"path/filepath"
	"testing"

	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

// TestNoteFailure: after a failed check the published figures are the earlier
// ones, and ctl.check_result says what failed.
func TestNoteFailure(t *testing.T) {
	ctx := context.Background()
	path, dir := filepath.Join(t.TempDir(), "warehouse.duckdb"), t.TempDir()
	if err := NoteFailure(ctx, dir, Result{}); err != nil { // nothing is published yet
		t.Fatal(err)
	}
	db, err := warehouse.Open(path, warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	warehousetest.Fill(t, db)
	warehousetest.Big{Units: 1, Rows: 3, From: "2022-07-04", To: "2022-08-14"}.Fill(t, db)
	warehousetest.Run(t, db, "2022-08-15", noon, "2022-01-01")
	if _, err := Run(ctx, db.Conn, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := db.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := warehouse.Publish(ctx, path, dir); err != nil {
		t.Fatal(err)
	}
	failed := Result{Checks: []CheckResult{{Model: "check.few", Check: "few", Predicate: "There are few.", Failing: 3}}}
	if err := NoteFailure(ctx, dir, failed); err != nil {
		t.Fatal(err)
	}
	r, err := warehouse.ReadOnly(filepath.Join(dir, warehouse.Published), warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for q, want := range map[string]string{
		"select model || ' ' || severity || ' ' || failing from ctl.check_result": "check.few error 3",
		"select cast(count(*) as varchar) from core.fct_problem":                  "3",
	} {
		if got, err := warehouse.Strings(ctx, r.Conn, q); err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%s: %v %v", q, got, err)
		}
	}
	if kept, err := warehouse.History(dir); err != nil || len(kept) != 0 {
		t.Error(kept, err)
	}
}
