package warehouse

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// TestMigrations: a new warehouse has the newest format, one of before formats were noted is brought to it with its rows,
// and one of a newer program is refused as it is.
func TestMigrations(t *testing.T) {
	db, err := Open(filepath.Join(t.TempDir(), FileName), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	format := func(want int) {
		t.Helper()
		if n, err := FormatOf(ctx, db.Conn); err != nil || n != want {
			t.Errorf("format %d, %v; want %d", n, err, want)
		}
	}
	format(-1)
	for range 2 {
		if err := Schema(ctx, db.Conn); err != nil {
			t.Fatal(err)
		}
		format(Format)
	}
	exec1(t, db, "insert into raw.decision (zone, seq, kind) values ('z', 1, 'waive')")
	exec1(t, db, "drop table ctl.format; alter table raw.decision drop column decided_by; alter table ctl.form_column drop column role; alter table ctl.calendar drop column zone; alter table ctl.submitter drop column since_on; alter table ctl.form_value drop column name")
	exec1(t, db, "create table raw.problem (enterprise varchar, enterprise_folded varchar); insert into raw.problem values ('甲（乙）', null); insert into ctl.input_state values ('raw.problem', 'x', 1)")
	format(0)
	if err := Schema(ctx, db.Conn); err != nil {
		t.Fatal(err)
	}
	format(Format)
	if got, err := Strings(ctx, db.Conn, "select concat(seq, kind, decided_by) from raw.decision"); err != nil || strings.Join(got, " ") != "1waive" {
		t.Errorf("%v %v", got, err)
	}
	// what was added without being filled is gone, so that whoever adds it fills it, and what was built from it is built anew
	if got, err := Strings(ctx, db.Conn, "select concat(column_name, (select count(*) from ctl.input_state)) from duckdb_columns() where schema_name = 'raw' and table_name = 'problem'"); err != nil || strings.Join(got, " ") != "enterprise0" {
		t.Errorf("%v %v", got, err)
	}
	exec1(t, db, "update ctl.format set number = number + 1")
	var newer *NewerError
	if err := Schema(ctx, db.Conn); !errors.As(err, &newer) || newer.Format != Format+1 {
		t.Errorf("a newer one: %v", err)
	}
	format(Format + 1)
}
