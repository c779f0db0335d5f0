package warehouse

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary be the other process that holds a lock.
func TestMain(m *testing.M) {
	if path := os.Getenv("TAIZHANG_TEST_WRITE"); path != "" {
		writeAndStay(path)
		return
	}
	if dir := os.Getenv("TAIZHANG_TEST_HOLD"); dir != "" {
		o, err := Lock(dir, "serve", time.UTC)
		if err == nil {
			err = o.Serve("127.0.0.1:8080", "token")
		}
		if db := os.Getenv("TAIZHANG_TEST_OPEN"); db != "" && err == nil {
			_, err = Open(db, Options{})
		}
		fmt.Println("holding", err)
		time.Sleep(time.Minute)
		return
	}
	os.Exit(m.Run())
}

// hold starts a process that owns the warehouse in dir and gives its pid.
func hold(t *testing.T, dir, db string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "TAIZHANG_TEST_HOLD="+dir, "TAIZHANG_TEST_OPEN="+db)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "holding <nil>\n" {
		t.Fatalf("%q %v", line, err)
	}
	return cmd
}

func TestLockNamesItsHolder(t *testing.T) {
	dir := t.TempDir()
	cmd := hold(t, dir, "")
	_, err := Lock(dir, "run", time.FixedZone("", 9*3600))
	var held *HeldError
	if !errors.As(err, &held) || held.PID != cmd.Process.Pid || held.Command != "serve" || held.Address != "127.0.0.1:8080" || held.Token != "token" || held.Since.IsZero() {
		t.Fatalf("%+v (%v)", held, err)
	}
	if !strings.Contains(err.Error(), fmt.Sprint(cmd.Process.Pid)) {
		t.Error(err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	o, err := Lock(dir, "run", time.FixedZone("", 9*3600))
	if err != nil {
		t.Fatal("a dead owner blocks:", err)
	}
	if _, err := Lock(dir, "run", time.FixedZone("", 9*3600)); !errors.As(err, &held) || held.PID != os.Getpid() {
		t.Errorf("locked twice in one process: %v", err)
	} else if clock := held.Since.In(time.FixedZone("", 9*3600)).Format(" 2006-01-02 15:04"); !strings.Contains(err.Error(), clock) || strings.Contains(err.Error(), clock+":") {
		t.Errorf("%v; since%s on the zone's clock", err, clock)
	}
	if err := o.Release(); err != nil {
		t.Fatal(err)
	}
	if o, err = Lock(dir, "run", time.FixedZone("", 9*3600)); err != nil {
		t.Fatal(err)
	}
	o.Release()
}

func TestForeignOpenerIsHeldError(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	cmd := hold(t, t.TempDir(), path)
	for _, open := range []func() (*DB, error){func() (*DB, error) { return Open(path, Options{}) }, func() (*DB, error) { return ReadOnly(path, Options{}) }} {
		_, err := open()
		var held *HeldError
		if !errors.As(err, &held) || held.PID != cmd.Process.Pid {
			t.Errorf("%+v (%v)", held, err)
		}
	}
}

var ctx = context.Background()

func memory(t testing.TB) *DB {
	t.Helper()
	db, err := OpenMemory(Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := Schema(ctx, db.Conn); err != nil {
		t.Fatal(err)
	}
	return db
}

func exec1(t testing.TB, db *DB, q string) {
	t.Helper()
	if _, err := db.Conn.ExecContext(ctx, q); err != nil {
		t.Fatalf("%v\n%s", err, q)
	}
}

func TestLoadIsExactOrRefused(t *testing.T) {
	db := memory(t)
	table := Table{Name: "raw.x", Columns: []Column{{"money", "DECIMAL(18,2)"}, {"day", "DATE"}, {"n", "BIGINT"}, {"text", "VARCHAR"}}}
	exec1(t, db, table.Create())
	if err := Load(ctx, db.Conn, table, [][]any{{"123456789012345.67", "2022-08-15", "5000000000", "中文𠮷"}, {nil, nil, nil, ""}}); err != nil {
		t.Fatal(err)
	}
	got, err := Strings(ctx, db.Conn, "select concat_ws('|', money, day, n, text) from raw.x")
	if err != nil || strings.Join(got, ";") != "123456789012345.67|2022-08-15|5000000000|中文𠮷;" {
		t.Errorf("%q %v", got, err)
	}
	for name, row := range map[string][]any{
		"invalid UTF-8": {nil, nil, nil, "\xb5\xf7"},
		"no number":     {"12.3x", nil, nil, nil},
		"overflow":      {"12345678901234567.00", nil, nil, nil},
		"no whole one":  {nil, nil, "1.5", nil},
		"a huge one":    {nil, nil, "9223372036854775808", nil},
		"no date":       {nil, "2022-02-30", nil, nil},
		"not a text":    {nil, nil, 7, nil},
		"too few":       {nil},
	} {
		if err := Begin(ctx, db.Conn); err != nil {
			t.Fatal(err)
		}
		if err := Load(ctx, db.Conn, table, [][]any{{"1", nil, nil, nil}, row}); err == nil {
			t.Errorf("%s was loaded", name)
		}
		Rollback(db.Conn)
		var n int
		if err := db.Conn.QueryRowContext(ctx, "select count(*) from raw.x").Scan(&n); err != nil || n != 2 {
			t.Fatalf("%s: %d rows, %v", name, n, err)
		}
	}
}

// TestStorageVersion: docs/analysts.md promises that any DuckDB from 1.4 on opens the published file.
func TestStorageVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "w.duckdb")
	db, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Conn.ExecContext(context.Background(), "create table t as select range as i from range(1000)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = ReadOnly(path, Options{}); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	got, err := Strings(context.Background(), db.Conn, "select tags['storage_version'] from duckdb_databases() where not internal")
	if err != nil || len(got) != 1 || got[0] != "v1.4.0+" {
		t.Errorf("storage version %q, %v", got, err)
	}
}

func TestCommitNoticesAnAbortedTransaction(t *testing.T) {
	db := memory(t)
	exec1(t, db, "create table raw.x (a integer primary key)")
	if err := Begin(ctx, db.Conn); err != nil {
		t.Fatal(err)
	}
	exec1(t, db, "insert into raw.x values (1)")
	if _, err := db.Conn.ExecContext(ctx, "insert into raw.x values (1)"); err == nil {
		t.Fatal("a key twice was taken")
	}
	if err := Commit(ctx, db.Conn); err == nil {
		t.Error("the commit of an aborted transaction went unnoticed")
	}
	if err := Begin(ctx, db.Conn); err != nil {
		t.Fatal(err)
	}
	exec1(t, db, "insert into raw.x values (2)")
	if err := Commit(ctx, db.Conn); err != nil {
		t.Error(err)
	}
}

func TestPublishKeepsOldReaders(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	dir := filepath.Join(t.TempDir(), "published")
	publish := func(day string) {
		db, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := Schema(ctx, db.Conn); err != nil {
			t.Fatal(err)
		}
		exec1(t, db, "delete from ctl.run")
		exec1(t, db, "insert into ctl.run values ('"+day+"', '"+day+" 12:00:00', '2022-01-01')")
		if err := db.Checkpoint(ctx); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		p, err := Publish(ctx, path, dir)
		if err != nil {
			t.Fatal(err)
		}
		if p.Deferred || p.Tables < len(Tables()) || p.Bytes == 0 {
			t.Errorf("%+v", p)
		}
	}
	read := func(db *DB) string {
		got, err := Strings(ctx, db.Conn, "select cast(as_of as varchar) from ctl.run")
		if err != nil || len(got) != 1 {
			t.Fatal(got, err)
		}
		return got[0]
	}
	publish("2022-08-15")
	newest, err := Newest(dir)
	if err != nil {
		t.Fatal(err)
	}
	old, err := ReadOnly(newest, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	publish("2022-08-16")
	if got := read(old); got != "2022-08-15" {
		t.Error("the old reader sees", got)
	}
	old.Close()
	now, err := ReadOnly(newest, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer now.Close()
	if got := read(now); got != "2022-08-16" {
		t.Error("a new reader sees", got)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "*"))
	hidden, _ := filepath.Glob(filepath.Join(dir, ".*"))
	if len(left)+len(hidden) != 3 { // the publication, what it is known by, and the history
		t.Error(left, hidden)
	}
}

func TestPublishRefusesABadCopy(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	if err := os.WriteFile(path, []byte("not a database"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Publish(ctx, path, filepath.Join(dir, "published")); err == nil {
		t.Error("published")
	}
	if left, _ := os.ReadDir(filepath.Join(dir, "published")); len(left) > 0 {
		t.Error(left)
	}
}

func TestRename(t *testing.T) {
	names := map[string]string{"core.a": "temp.x", "ctl.run": "temp.y"}
	for in, want := range map[string]string{
		"select * from core.a join ctl.run as r":  "select * from temp.x join temp.y as r",
		"select 'core.a', \"core.a\" -- core.a":   "select 'core.a', \"core.a\" -- core.a",
		"select core.ab, xcore.a, 'it''s core.a'": "select core.ab, xcore.a, 'it''s core.a'",
		"/* core.a */ from\ncore.a\n":             "/* core.a */ from\ntemp.x\n",
	} {
		if got := Rename(in, names); got != want {
			t.Errorf("%q\n got %q\nwant %q", in, got, want)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	db := memory(b)
	table := FixedTable("raw.return_column")
	rows := make([][]any, 5000)
	for i := range rows {
		rows[i] = []any{"xt", "000001-1", "表1", "problem_no", "A", "问题编号", "3", "4", "200"}
	}
	for b.Loop() {
		if err := Load(ctx, db.Conn, table, rows); err != nil {
			b.Fatal(err)
		}
	}
}
