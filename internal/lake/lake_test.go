package lake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"taizhang/internal/durable/durabletest"
	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

// publication makes a file of a zone as an export reads it, and add to it.
func publication(t testing.TB, statements ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "taizhang.duckdb")
	db, err := warehouse.Open(file, warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range append([]string{schema(t, db)}, statements...) {
		if _, err := db.Conn.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%v\n%s", err, s)
		}
	}
	if err := db.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	return file
}

func schema(t testing.TB, db *warehouse.DB) string {
	t.Helper()
	if err := warehouse.Schema(t.Context(), db.Conn); err != nil {
		t.Fatal(err)
	}
	return `insert into ctl.run values ('2022-08-15', '2022-08-15 12:00', '2022-01-01');
		insert into ctl.zone values ('xt', '湘潭高新区', 'Asia/Shanghai');
		create table raw.odd (zone VARCHAR, return_id VARCHAR, sheet VARCHAR, row_no INTEGER, key_text VARCHAR, "金额" DECIMAL(18,2), "日期" DATE, taken_at TIMESTAMP, text VARCHAR, n BIGINT, share DOUBLE, yes BOOLEAN)`
}

// returns are statements that add returns 000001-1 … with a row each of what Parquet readers get wrong.
func returns(zone string, from, to int, period string) string {
	var b strings.Builder
	for i := from; i <= to; i++ {
		fmt.Fprintf(&b, `insert into raw.return select '%[1]s', '%06[2]d-1', %[2]d, '甲/%[2]d.xlsx', 'archive/ab', 'sha%[1]s%[2]d', 'u%[2]d', 'odd', 'ledger', '%[3]s', '%[3]s-01', last_day(date '%[3]s-01'), last_day(date '%[3]s-01'), 'accepted', false, 2, 0, 0, 0, 0, timestamp '2022-09-01 09:00:00' + interval %[2]d minute, null, false;
			insert into raw.receipt values ('%[1]s', %[2]d, '{"id": %[2]d}');
			insert into raw.odd values ('%[1]s', '%06[2]d-1', '表𠮷1', 7, '', 123456789012345.67, '1899-12-31', '2022-08-15 10:00:00.123456', '', %[2]d, 0.1, true),
				('%[1]s', '%06[2]d-1', '表𠮷1', 8, 'k', -0.01, '9999-12-31', '1969-12-31 23:59:59.999999', null, null, null, null);
`, zone, i, period)
	}
	return b.String()
}

func exported(t testing.TB, file, dir string) Report {
	t.Helper()
	r, err := Export(t.Context(), file, Options{Dir: dir, Program: "test", Clock: func() time.Time { return time.Date(2022, 9, 2, 3, 4, 5, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	return r[0]
}

// attached opens a lake with the script that was generated for DuckDB.
func attached(t testing.TB, dir string) *warehouse.DB {
	t.Helper()
	db, err := warehouse.OpenMemory(warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	script, err := os.ReadFile(filepath.Join(dir, AttachDuckDB))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Conn.ExecContext(t.Context(), "set variable lake = "+warehouse.Quote(dir)+";\n"+string(script)); err != nil {
		t.Fatalf("%v\n%s", err, script)
	}
	return db
}

// differing counts the rows of a table in which a lake and a publication differ, both ways, types included.
func differing(t testing.TB, lake *warehouse.DB, file, table string) int64 {
	t.Helper()
	var n int64
	q := fmt.Sprintf(`select (select count(*) from (select * from %[1]s except all select * from was.%[1]s)) + (select count(*) from (select * from was.%[1]s except all select * from %[1]s))
		+ (select count(*) from (select column_name, data_type from duckdb_columns() where database_name = 'was' and schema_name || '.' || table_name = '%[2]s'
			except select column_name, column_type from (describe %[1]s)))`, quoted(table), table)
	if err := lake.Conn.QueryRowContext(t.Context(), q).Scan(&n); err != nil {
		t.Fatalf("%v\n%s", err, q)
	}
	return n
}

func quoted(table string) string {
	schema, name, _ := strings.Cut(table, ".")
	return schema + "." + warehouse.Ident(name)
}

func contents(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "export.lock" {
			return err
		}
		text, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		out[filepath.ToSlash(rel)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// compare holds a lake against the publication it was exported from, table by table.
func compare(t testing.TB, dir, file string) {
	t.Helper()
	db := attached(t, dir)
	if _, err := db.Conn.ExecContext(t.Context(), "attach "+warehouse.Quote(file)+" as was (read_only)"); err != nil {
		t.Fatal(err)
	}
	tables, err := warehouse.Strings(t.Context(), db.Conn, "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'was' and (schema_name = 'raw' or schema_name || '.' || table_name in ('"+strings.Join(control, "', '")+"'))")
	if err != nil || len(tables) < 15 {
		t.Fatal(tables, err)
	}
	for _, table := range tables {
		if n := differing(t, db, file, table); n != 0 {
			t.Errorf("%s: %d rows or columns differ", table, n)
		}
	}
}

// TestTypesSurvive: what a lake gives back is what the warehouse holds: cents of large sums, days of 1899 and 9999,
// microseconds, Chinese names, rare characters, an empty text apart from none.
func TestTypesSurvive(t *testing.T) {
	file, dir := publication(t, returns("xt", 1, 5, "2022-08")), t.TempDir()
	r := exported(t, file, dir)
	compare(t, dir, file)
	if r.Manifest.Table("raw.odd").Files[0].Month != "2022-08" || r.Manifest.Table("ctl.zone").Files[0].Month != All {
		t.Error(r.Manifest.Tables)
	}
	rows, _ := r.Manifest.Rows()
	if rows != 5+5+10+2 { // returns, receipts, rows, run and zone
		t.Errorf("%d rows", rows)
	}
	for at := range contents(t, dir) {
		for _, c := range at {
			if c > 126 {
				t.Errorf("the name %s isn't ASCII", at)
			}
		}
	}
}

// TestIncremental: a second export writes nothing; what came since is new files beside the old ones, which stay as they
// are; the same publications give the same files, wherever and whenever they are exported.
func TestIncremental(t *testing.T) {
	first := publication(t, returns("xt", 1, 5, "2022-08"), "insert into raw.decision values ('xt', 1, 'withdraw', '000001-1', null, null, null, '误报', '2022-09-01 10:00', null, '王')")
	dir := t.TempDir()
	exported(t, first, dir)
	before := contents(t, dir)
	if r := exported(t, first, dir); len(r.Written)+len(r.Removed)+len(r.Damaged) != 0 || r.Kept == 0 {
		t.Errorf("the second export wrote %d files", len(r.Written))
	}
	if got := contents(t, dir); !equal(got, before) {
		t.Error("the second export changed the lake")
	}
	// A correction of August's, returns of September, another decision.
	second := publication(t, returns("xt", 1, 6, "2022-08"), returns("xt", 7, 8, "2022-09"), "insert into raw.decision values ('xt', 1, 'withdraw', '000001-1', null, null, null, '误报', '2022-09-01 10:00', null, '王'), ('xt', 2, 'undo', '000001-1', null, null, null, '误报', '2022-09-02 10:00', null, '王')")
	r := exported(t, second, dir)
	compare(t, dir, second)
	written := map[string]int{}
	for _, f := range r.Written {
		written[strings.Split(f.Path, "/")[1]]++
	}
	for table, n := range map[string]int{"raw.return": 2, "raw.odd": 2, "raw.receipt": 1, "raw.decision": 1} { // receipts go by the day of receipt
		if written[table] != n {
			t.Errorf("%d files of %s are new, not %d", written[table], table, n)
		}
	}
	if len(r.Removed) != 0 || len(r.Written) != 6 {
		t.Errorf("%d files removed, %v written", len(r.Removed), written)
	}
	after := contents(t, dir)
	for at, text := range before {
		if strings.HasSuffix(at, ".parquet") && after[at] != text {
			t.Errorf("%s isn't what it was", at)
		}
	}
	elsewhere := t.TempDir()
	exported(t, first, elsewhere)
	exported(t, second, elsewhere)
	if got := contents(t, elsewhere); !equal(got, after) {
		t.Error("the same exports make another lake")
	}
}

func equal(a, b map[string]string) bool {
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return len(a) == len(b)
}

// TestErasedRowsLeave: what a warehouse no longer holds is in the lake no longer, neither in the manifest nor on the disk.
func TestErasedRowsLeave(t *testing.T) {
	dir := t.TempDir()
	exported(t, publication(t, returns("xt", 1, 3, "2022-08")), dir)
	before := contents(t, dir)
	erased := publication(t, returns("xt", 1, 3, "2022-08"), "delete from raw.odd where return_id = '000002-1'")
	if r := exported(t, erased, dir); len(r.Removed) != 1 || len(r.Written) != 1 {
		t.Errorf("%d files removed, %d written", len(r.Removed), len(r.Written))
	}
	compare(t, dir, erased)
	gone := 0
	after := contents(t, dir)
	for at := range before {
		if _, ok := after[at]; !ok && strings.HasPrefix(at, "tables/raw.odd/") {
			gone++
		}
	}
	if gone != 1 {
		t.Errorf("%d of the files that held the rows are gone", gone)
	}
}

// TestKilledExport: whatever step of writing an export ends at, the manifest names whole files only, and the next export
// brings the same lake as an undisturbed one.
func TestKilledExport(t *testing.T) {
	first, second := publication(t, returns("xt", 1, 2, "2022-08")), publication(t, returns("xt", 1, 3, "2022-08"), "update ctl.run set as_of = '2022-08-16'")
	calm := t.TempDir()
	exported(t, first, calm)
	exported(t, second, calm)
	want := contents(t, calm)
	begun := filepath.Join(t.TempDir(), "begun")
	exported(t, first, begun)
	dir := ""
	again := func() error {
		dir = filepath.Join(t.TempDir(), "lake")
		if err := os.CopyFS(dir, os.DirFS(begun)); err != nil {
			t.Fatal(err)
		}
		_, err := Export(t.Context(), second, Options{Dir: dir, Program: "test", Clock: func() time.Time { return time.Date(2022, 9, 2, 3, 4, 5, 0, time.UTC) }})
		return err
	}
	steps := durabletest.Steps(func() {
		if err := again(); err != nil {
			t.Fatal(err)
		}
	})
	for n, at := range steps {
		var err error
		durabletest.FailFrom(n, syscall.EIO, func() { err = again() })
		if !errors.Is(err, syscall.EIO) {
			t.Errorf("%s: %v", at, err)
		}
		m, err := ReadManifest(dir, "xt")
		if err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		for _, table := range m.Tables {
			for _, f := range table.Files {
				if err := Verify(dir, f); err != nil {
					t.Errorf("%s: the manifest names %v", at, err)
				}
			}
		}
		exported(t, second, dir)
		if got := contents(t, dir); !equal(got, want) {
			t.Errorf("%s: the lake differs from an undisturbed one", at)
		}
	}
	if len(steps) < 15 {
		t.Errorf("only %d steps", len(steps))
	}
}

// TestDamageIsFound: a file that was cut, changed or removed is found by its hash, said, and written anew; one that no
// export wrote is named and left alone.
func TestDamageIsFound(t *testing.T) {
	file, dir := publication(t, returns("xt", 1, 3, "2022-08")), t.TempDir()
	r := exported(t, file, dir)
	want := contents(t, dir)
	at := func(table string) string {
		return filepath.Join(dir, filepath.FromSlash(r.Manifest.Table(table).Files[0].Path))
	}
	for name, damage := range map[string]func() error{
		"cut": func() error { return os.Truncate(at("raw.odd"), 100) },
		"changed": func() error {
			text, err := os.ReadFile(at("raw.return"))
			text[len(text)/2] ^= 1
			return errors.Join(err, os.WriteFile(at("raw.return"), text, 0o644))
		},
		"gone": func() error { return os.Remove(at("ctl.zone")) },
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		r := exported(t, file, dir)
		if len(r.Damaged) != 1 || len(r.Written) != 1 {
			t.Errorf("%s: %d are found, %d written anew", name, len(r.Damaged), len(r.Written))
		}
		if got := contents(t, dir); !equal(got, want) {
			t.Errorf("%s: the lake isn't what it was", name)
		}
	}
	foreign := filepath.Join(filepath.Dir(at("raw.odd")), "mine.parquet")
	if err := os.WriteFile(foreign, []byte("PAR1"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r := exported(t, file, dir); len(r.Foreign) != 1 || !strings.HasSuffix(r.Foreign[0], "mine.parquet") {
		t.Error(r.Foreign)
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Error(err)
	}
	// A manifest that is no manifest is made anew, from the same files.
	if err := os.WriteFile(manifestPath(dir, "xt"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r := exported(t, file, dir); len(r.Notes) != 1 {
		t.Error(r.Notes)
	}
	compare(t, dir, file)
}

// TestRefusals: another zone of the same code, a lake that is ahead, a lake of a newer program.
func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	exported(t, publication(t, returns("xt", 1, 3, "2022-08")), dir)
	other := strings.ReplaceAll(returns("xt", 1, 3, "2022-08"), "'shaxt1'", "'other'")
	refused := func(what, file, want string) {
		t.Helper()
		if _, err := Export(t.Context(), file, Options{Dir: dir, Clock: time.Now}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused("another zone", publication(t, other), "another zone of the code xt")
	refused("an older one", publication(t, returns("xt", 1, 2, "2022-08")), "ahead of this publication")
	m, err := ReadManifest(dir, "xt")
	if err != nil {
		t.Fatal(err)
	}
	m.Format++
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(manifestPath(dir, "xt"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	refused("a newer lake", publication(t, returns("xt", 1, 4, "2022-08")), "newer program")
	owner, err := warehouse.LockFile(filepath.Join(dir, "zones", "xt", "export.lock"), "export", time.Local)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Release()
	_, err = Export(context.Background(), publication(t, returns("xt", 1, 4, "2022-08")), Options{Dir: dir, Clock: time.Now})
	var held *warehouse.HeldError
	if !errors.As(err, &held) {
		t.Errorf("beside another export: %v", err)
	}
}

// TestTwoZonesOneLake: zones share tables; what is the same for all (forms, the business day) is there once.
func TestTwoZonesOneLake(t *testing.T) {
	dir := t.TempDir()
	form := "insert into ctl.form values ('odd', '怪表', 'ledger', 'week', 1)"
	exported(t, publication(t, returns("xt", 1, 3, "2022-08"), form), dir)
	second := publication(t, returns("yy", 1, 4, "2022-08"), form, "update ctl.zone set zone = 'yy'", "alter table raw.odd add column extra VARCHAR", "update ctl.run set as_of = '2022-08-16'")
	exported(t, second, dir)
	db := attached(t, dir)
	for q, want := range map[string]string{
		"select string_agg(zone || ' ' || n, ', ' order by zone) from (select zone, count(*) as n from raw.odd group by zone)": "xt 6, yy 8",
		"select cast(count(*) as varchar) from ctl.form":                                                                       "1",
		"select cast(max(as_of) as varchar) || count(*) from ctl.run":                                                          "2022-08-161",
		"select cast(count(distinct zone) as varchar) from ctl.zone":                                                           "2",
		"select cast(count(*) filter (extra is null) as varchar) from raw.odd":                                                 "14",
	} {
		got, err := warehouse.Strings(t.Context(), db.Conn, q)
		if err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%s: %v %v, not %s", q, got, err, want)
		}
	}
	script, err := os.ReadFile(filepath.Join(dir, AttachTrino))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`create table if not exists lake.raw."odd" ("return_id" varchar,`, `"金额" decimal(18,2), "日期" date, "taken_at" timestamp(6)`, `"extra" varchar, zone varchar, lake_month varchar) with (external_location = 'local:///tables/raw.odd'`,
		"create or replace view lake.ctl.\"form\" as select", `call lake.system.sync_partition_metadata('raw', 'return', 'FULL');`} {
		if !strings.Contains(string(script), want) {
			t.Errorf("the script for Trino lacks %s", want)
		}
	}
	if zones, err := Zones(dir); err != nil || !slices.Equal(zones, []string{"xt", "yy"}) {
		t.Error(zones, err)
	}
}

// TestRealForms: a publication of every built-in form survives the way through a lake.
func TestRealForms(t *testing.T) {
	file := warehousetest.PublishSmall(t)
	dir := t.TempDir()
	exported(t, file, dir)
	compare(t, dir, file)
}
