package fence

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taizhang/internal/result"
	"taizhang/internal/tooltest"
	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

func fencedFile(t testing.TB) string {
	return warehousetest.Publish(t, "2022-08-15", time.Date(2022, 8, 15, 18, 0, 0, 0, time.UTC), func(db *warehouse.DB) {
		warehousetest.Exec(t, db, "insert into ctl.submitter values ('xt', 'cyj', '产业局', 'department', 1, null, null, null)")
	})
}

// What analysts ask about tables and queries is answered as well as a SELECT, a plan line by line.
func TestAsksAboutQueries(t *testing.T) {
	path := fencedFile(t)
	for query, want := range map[string]string{
		"explain select name from ctl.submitter":                                                   "SEQ_SCAN",
		"EXPLAIN ANALYZE select name from ctl.submitter":                                           "Total Time",
		"-- how?\n/* so */ explain /* much */ analyze select count(*) from ctl.submitter":          "Total Time",
		"explain (format json) select name from ctl.submitter":                                     `"children"`,
		"explain (analyze, format json) select name from ctl.submitter":                            `"operator_type"`,
		"explain (select name from ctl.submitter)":                                                 "SEQ_SCAN",
		"explain with s as (select * from ctl.submitter) select count(*) from s where name > '(x'": "SEQ_SCAN",
		"describe ctl.submitter":                                                                   "VARCHAR",
		"summarize ctl.submitter":                                                                  "产业局",
		"show all tables":                                                                          "submitter",
		"show ctl.submitter":                                                                       "VARCHAR",
		"describe select 1 as n":                                                                   "INTEGER",
		"pragma table_info('ctl.submitter')":                                                       "VARCHAR",
	} {
		got, err := Run(t.Context(), path, "Asia/Shanghai", query, Options{})
		if err != nil || !strings.Contains(fmt.Sprint(got.Rows), want) {
			t.Errorf("%s: %v\n%v\nwant %s", query, err, got.Rows, want)
		}
		for _, row := range got.Rows {
			if line, ok := row[0].(string); ok && strings.Contains(query, "xplain") && strings.Contains(line, "\n") {
				t.Errorf("%s: more than a line in a row: %q", query, line)
			}
		}
	}
}

func TestFencedTypes(t *testing.T) {
	path := fencedFile(t)
	run := func(query string, o Options, args ...string) (result.Table, error) {
		return Run(context.Background(), path, "Asia/Shanghai", query, o, args...)
	}
	got, err := run(`select name, 1 as i, 24600000.00::decimal(18, 2) as yuan, 0.25 / 1 as ratio, date '2022-08-15' as d,
		timestamp '2022-08-15 12:00:00' as t, true as yes, null as nothing, [1, 2] as l, {'a': 1} as s, sum(seq) as h, 'nan'::double as nan,
		map{'b': 1, 'a': 2} as m, union_value(n := 2) as u, [map{'k': date '2022-01-01'}] as lm, interval 1 day as iv, time '12:00' as ti, bitstring('101', 3) as bits, 3 as i, 4 as i
		from ctl.submitter where code = ? group by all`, Options{}, "cyj")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(got.Records())
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"name":"产业局","i":1,"yuan":24600000.00,"ratio":0.25,"d":"2022-08-15","t":"2022-08-15 12:00:00","yes":true,"nothing":null,"l":"[1,2]","s":"{\"a\":1}","h":1,"nan":"NaN",` +
		`"m":"{\"b\":1,\"a\":2}","u":2,"lm":"[{\"k\":\"2022-01-01 00:00:00\"}]","iv":"0 months 1 days 0s","ti":"12:00:00","bits":"101","i_1":3,"i_2":4}]`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	if got, err = run("select * from range(1000)", Options{MaxRows: 10}); err != nil || len(got.Rows) != 10 || !got.Truncated {
		t.Errorf("%d rows, truncated %v, %v", len(got.Rows), got.Truncated, err)
	}
}

// TestFencedProgress: a query that reads a table tells how far it is, in part and in rows; of one whose end nobody knows it
// says that it can't be told. What comes out is the same.
func TestFencedProgress(t *testing.T) {
	path := warehousetest.Publish(t, "2022-08-15", time.Date(2022, 8, 15, 18, 0, 0, 0, time.UTC), func(db *warehouse.DB) {
		warehousetest.Exec(t, db, "create table raw.big as select range as i from range(4000000)")
	})
	far := func(query string, enough func(Progress) bool) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		was, seen := Progress{}, false
		o := Options{Deadline: 2 * time.Minute, Progress: func(p Progress) {
			if p.Percent > 100 || p.Rows < was.Rows || p.Percent >= 0 && p.Percent < was.Percent {
				t.Errorf("%s: %v after %v", query, p, was)
			}
			if was = p; enough(p) {
				seen = true
				cancel()
			}
		}}
		if _, err := Run(ctx, path, "Asia/Shanghai", query, o); !errors.Is(err, context.Canceled) || !seen {
			t.Errorf("%s ended before it told how far it is: last %v, %v", query, was, err)
		}
	}
	far("select sum(hash(repeat(i::varchar, 500))) from raw.big", func(p Progress) bool { return p.Percent > 0 && p.Rows > 0 })
	far("with recursive r as (select 1 as n union all select n + 1 from r) select max(n) from r", func(p Progress) bool { return p.Percent <= 0 })
	if got, err := Run(t.Context(), path, "Asia/Shanghai", "select count(*) from raw.big", Options{Progress: func(Progress) {}}); err != nil || len(got.Rows) != 1 || fmt.Sprint(got.Rows[0][0]) != "4000000" {
		t.Errorf("%v, %v", got.Rows, err)
	}
}

// TestFencedBytes: rows and texts are bounded by what they take, where asked for; what is cut says so.
func TestFencedBytes(t *testing.T) {
	path := fencedFile(t)
	got, err := Run(t.Context(), path, "Asia/Shanghai", "select repeat('字', 5000) as v, 'short' as w from range(1000)", Options{MaxBytes: 100_000, MaxText: 1000})
	if err != nil || !got.Truncated || len(got.Rows) < 20 || len(got.Rows) > 40 {
		t.Fatalf("%d rows, truncated %v, %v", len(got.Rows), got.Truncated, err)
	}
	if v := got.Rows[0][0].(string); v != strings.Repeat("字", 1000)+"……（共5000字）" || got.Rows[0][1] != "short" {
		t.Errorf("the text is %.100s, %v", v, got.Rows[0][1])
	}
	if got, err = Run(t.Context(), path, "Asia/Shanghai", "select repeat('字', 5000) as v from range(100)", Options{}); err != nil || got.Truncated || len(got.Rows) != 100 || len(got.Rows[99][0].(string)) != 15000 {
		t.Errorf("unasked for: %d rows, %v", len(got.Rows), err)
	}
}

// TestFenceEscapes: whatever a query tries costs only itself and ends with a clear message; nothing is written and
// nothing but the publication is read.
func TestFenceEscapes(t *testing.T) {
	tooltest.Thorough(t)
	path := fencedFile(t)
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret.csv")
	if err := os.WriteFile(secret, []byte("a\nthe-secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TAIZHANG_TEST_TOKEN", "the-secret")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	beside, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	fill := strings.NewReplacer("{secret}", secret, "{dir}", dir, "{out}", filepath.Join(dir, "out"))
	for kind, list := range escapes() {
		t.Run(kind, func(t *testing.T) {
			for _, e := range list {
				deadline := time.Second
				if e.wants != "" && !strings.Contains(e.wants, "stopped") { // refused, however busy the machine is
					deadline = 20 * time.Second
				}
				start := time.Now()
				got, err := Run(t.Context(), path, "Asia/Shanghai", fill.Replace(e.query), Options{Deadline: deadline, Memory: 2 << 30})
				took := time.Since(start)
				text := fmt.Sprint(got.Rows)
				if err != nil {
					text = "error: " + err.Error()
				}
				short := fmt.Sprintf("%.80s", e.query)
				if !strings.Contains(text, e.wants) || e.wants != "" && err == nil {
					t.Errorf("%s: want %q, got %.300s", short, e.wants, text)
				}
				if strings.Contains(text, "the-secret") || strings.Contains(text, "secret.csv") && err == nil {
					t.Errorf("%s gives the secret away: %.300s", short, text)
				}
				if took > deadline+5*time.Second { // generous: the machine may be busy
					t.Errorf("%s took %s", short, took)
				}
				for _, noise := range []string{"goroutine", "terminate called", "exit status", "signal:"} {
					if err != nil && (len(text) > 2000 || strings.Contains(text, noise)) {
						t.Errorf("%s: a message for nobody: %.300s", short, text)
					}
				}
			}
			// The next query is none the worse.
			if got, err := Run(t.Context(), path, "Asia/Shanghai", "select count(*) from ctl.run", Options{}); err != nil || got.Rows[0][0] != int64(1) {
				t.Errorf("after %s: %v, %v", kind, got.Rows, err)
			}
		})
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("something was written: %v, %v", left, err)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the publication was changed (%v)", err)
	}
	if now, err := os.ReadDir(filepath.Dir(path)); err != nil || len(now) != len(beside) {
		t.Errorf("something was written beside the publication: %v, %v", now, err)
	}
}

// TestFenceLimits: rows, time and memory are what the caller says, and so is the message.
func TestFenceLimits(t *testing.T) {
	path := fencedFile(t)
	run := func(q string, f Options) (result.Table, error) { return Run(t.Context(), path, "Asia/Shanghai", q, f) }
	for n, truncated := range map[int]bool{9: true, 10: false, 11: false} {
		if got, err := run("select * from range(10)", Options{MaxRows: n}); err != nil || len(got.Rows) != min(n, 10) || got.Truncated != truncated {
			t.Errorf("%d rows at most: %d rows, truncated %v, %v", n, len(got.Rows), got.Truncated, err)
		}
	}
	// Memory: what one fence holds another doesn't.
	const q = "select length(repeat(repeat('x', 100000), 3000))"
	if got, err := run(q, Options{Memory: 4 << 30}); err != nil || got.Rows[0][0] != int64(300000000) {
		t.Errorf("with 4 GiB: %v, %v", got.Rows, err)
	}
	if _, err := run(q, Options{Memory: 1 << 30}); err == nil || !strings.Contains(err.Error(), "memory") && !strings.Contains(err.Error(), "1024 MB") {
		t.Errorf("with 1 GiB: %v", err)
	}
	// A child that is killed can't say why: it is the memory, as far as anybody can tell.
	if silent, err := exec.LookPath("false"); err != nil {
		t.Logf("no program that dies silently here: %v", err)
	} else if _, err := run("select 1", Options{Exe: silent}); err == nil || !strings.Contains(err.Error(), "was stopped") {
		t.Errorf("of a child that dies: %v", err)
	}
	start := time.Now()
	if _, err := run("select count(*) from range(3000000000) a, range(3000000000) b", Options{Deadline: 300 * time.Millisecond}); err == nil || !strings.Contains(err.Error(), "stopped") {
		t.Errorf("with 0.3 s: %v", err)
	}
	if took := time.Since(start); took < 300*time.Millisecond || took > 6*time.Second {
		t.Errorf("with 0.3 s it took %s", took)
	}
	// Whoever asked may give up, and a reader who can't go on: the process is gone with him.
	ctx, cancel := context.WithCancel(t.Context())
	rows := 0
	nothing := func([]result.Column) error { return nil }
	err := Stream(ctx, path, "Asia/Shanghai", "select * from range(100000000)", Options{MaxRows: 1 << 30}, nothing, func([]any) error {
		if rows++; rows == 1000 {
			cancel()
		}
		return nil
	}, func() {})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v after %d rows", err, rows)
	}
	stop := errors.New("no more")
	err = Stream(t.Context(), path, "Asia/Shanghai", "select * from range(100000000)", Options{MaxRows: 1 << 30}, nothing, func([]any) error { return stop }, func() {})
	if !errors.Is(err, stop) {
		t.Errorf("the reader's own error: %v", err)
	}
}

// TestFenceMemoryWords: whichever way a query comes to the limit of memory, it is told alike, in both languages.
func TestFenceMemoryWords(t *testing.T) {
	for lang, want := range map[string]string{"C": "the query needed more memory than the 2048 MB it may use and was stopped", "zh_CN.UTF-8": "查询需要的内存超过上限 2048 MB，已停止"} {
		t.Setenv("LC_ALL", lang)
		for how, err := range map[string]error{
			"killed":    died(errors.New("signal: killed"), "", Options{Memory: 2 << 30}),
			"bad_alloc": died(errors.New("exit status 2"), "terminate called after throwing an instance of 'std::bad_alloc'", Options{Memory: 2 << 30}),
			"go":        died(errors.New("exit status 2"), "fatal error: runtime: cannot allocate memory", Options{Memory: 2 << 30}),
			"duckdb":    explain(errors.New("Out of Memory Error: failed to allocate data of size 3.9 GiB"), 2<<30),
			"malloc":    explain(errors.New("could not allocate block"), 2<<30),
		} {
			if !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%s, %s: %v", lang, how, err)
			}
		}
	}
}

// BenchmarkFenceCost compares a fenced query with the same one bare: what the process of its own costs.
func BenchmarkFenceCost(b *testing.B) {
	path := fencedFile(b)
	const q = "select cast(count(*) as varchar) from ctl.run"
	var bare, fenced time.Duration
	for b.Loop() { // in pairs: the machine's moods hit both
		start := time.Now()
		db, err := warehouse.ReadOnly(path, warehouse.Options{Threads: 2})
		if err != nil {
			b.Fatal(err)
		}
		if n, err := warehouse.Strings(b.Context(), db.Conn, q); err != nil || len(n) != 1 {
			b.Fatal(n, err)
		}
		db.Close()
		bare += time.Since(start)
		start = time.Now()
		if _, err := Run(b.Context(), path, "Asia/Shanghai", q, Options{}); err != nil {
			b.Fatal(err)
		}
		fenced += time.Since(start)
	}
	n := float64(b.N)
	b.ReportMetric(float64(bare.Microseconds())/1000/n, "bare-ms")
	b.ReportMetric(float64(fenced.Microseconds())/1000/n, "fenced-ms")
	b.ReportMetric(float64((fenced-bare).Microseconds())/1000/n, "more-ms")
	b.ReportMetric(float64(fenced)/float64(bare), "ratio")
}
