package warehouse

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestRewrite: what was changed is in the file no more, and all else is as it was, what is said of it too.
func TestRewrite(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "warehouse#1.duckdb")
	do := func(statements ...string) {
		t.Helper()
		db, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for _, s := range statements {
			if _, err := db.Conn.ExecContext(ctx, s); err != nil {
				t.Fatal(s, err)
			}
		}
		if err := db.Checkpoint(ctx); err != nil {
			t.Fatal(err)
		}
	}
	all := func() (out []string) {
		db, err := ReadOnly(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for _, q := range []string{
			"select view_definition from information_schema.views where table_schema = 'main' order by 1",
			"select table_name || ' ' || coalesce(comment, '') from duckdb_tables() order by 1", "select view_name || ' ' || coalesce(comment, '') from duckdb_views() where not internal order by 1",
			"select table_name || column_name || data_type || is_nullable || coalesce(comment, '') from duckdb_columns() where not internal order by 1",
			"select constraint_text from duckdb_constraints() order by 1", "select who from raw.x", "select who from main.台账", "select tags['storage_version'] from duckdb_databases() where not internal",
		} {
			s, err := Strings(ctx, db.Conn, q)
			if err != nil {
				t.Fatal(q, err)
			}
			out = append(out, s...)
		}
		return out
	}
	do("create schema raw", "create table raw.x (who varchar not null, n decimal(18,2), primary key (who))", "insert into raw.x values ('张三丰在此', 1.10)", "create schema built",
		"create view built.v as select who from raw.x", "create view main.台账 as select who from built.v", "comment on view main.台账 is '台账'", "comment on column raw.x.n is '数'", "comment on column main.台账.who is '谁'", "comment on table raw.x is '表'")
	do("update raw.x set who = '张*'")
	before := all()
	if text, err := os.ReadFile(path); err != nil || !bytes.Contains(text, []byte("张三丰在此")) {
		t.Log("the file doesn't hold what was changed, either way", err)
	}
	if err := Rewrite(ctx, path); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || bytes.Contains(text, []byte("张三丰在此")) {
		t.Error("the file holds what was changed", err)
	}
	if after := all(); !slices.Equal(before, after) {
		t.Errorf("before %q\nafter  %q", before, after)
	}
}
