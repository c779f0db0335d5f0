package queries

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

func fencedFile(t testing.TB) string {
	return publish(t, "2022-08-15", time.Date(2022, 8, 15, 18, 0, 0, 0, time.UTC), func(db *warehouse.DB) {
		warehousetest.Exec(t, db, "insert into ctl.submitter values ('xt', 'cyj', '产业局', 'department', 1, null, null)")
	})
}

func TestFencedTypes(t *testing.T) {
	r := open(t, fencedFile(t))
	got, err := r.SQL(context.Background(), `select name, 1 as i, 24600000.00::decimal(18, 2) as yuan, 0.25 / 1 as ratio, date '2022-08-15' as d,
		timestamp '2022-08-15 12:00:00' as t, true as yes, null as nothing, [1, 2] as l, {'a': 1} as s, sum(seq) as h, 'nan'::double as nan
		from ctl.submitter where code = ? group by all`, Fence{}, "cyj")
	if err != nil {
		t.Fatal(err)
	}
	text, err := marshal(got.Records())
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"name":"产业局","i":1,"yuan":24600000.00,"ratio":0.25,"d":"2022-08-15","t":"2022-08-15 12:00:00","yes":true,"nothing":null,"l":"[1,2]","s":"{\"a\":1}","h":1,"nan":"NaN"}]`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	if got, err = r.SQL(context.Background(), "select * from range(1000)", Fence{MaxRows: 10}); err != nil || len(got.Rows) != 10 || !got.Truncated {
		t.Errorf("%d rows, truncated %v, %v", len(got.Rows), got.Truncated, err)
	}
}

// TestFenceEscapes: whatever a query tries costs only itself and ends with a
// message; nothing is written and nothing but the publication is read.
func TestFenceEscapes(t *testing.T) {
	path := fencedFile(t)
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret.csv")
	if err := os.WriteFile(secret, []byte("a\nsecret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	for name, q := range map[string]string{
		"read a file":           "select * from read_csv('" + secret + "')",
		"read by name":          "select * from '" + secret + "'",
		"glob":                  "select * from glob('/etc/*')",
		"https":                 "select * from read_csv('https://example.com/x.csv')",
		"copy":                  "copy (select 1) to '" + out + "'",
		"copy in a CTE":         "with x as (copy (select 1) to '" + out + "') select 1",
		"attach":                "attach '" + out + "' as x",
		"export":                "export database '" + out + "'",
		"two statements":        "select 1; select 2",
		"select, then write":    "select 1; delete from raw.return",
		"insert":                "insert into ctl.run values (null, null, null)",
		"create":                "create temp table x as select 1",
		"set":                   "set enable_external_access = true",
		"pragma":                "pragma enable_profiling",
		"call":                  "call enable_logging(storage = 'file', storage_path = '" + out + "')",
		"install":               "install httpfs",
		"load":                  "load '" + out + "'",
		"begin":                 "begin",
		"explain analyze":       "explain analyze copy (select 1) to '" + out + "'",
		"getenv":                "select getenv('HOME')",
		"huge string":           "select length(repeat('x', 4000000000))",
		"huge strings":          "select max(length(lpad('x', 900000000, 'y') || i)) from range(8) t(i)",
		"huge range":            "select count(*) from (select i, row_number() over (order by -i) as n from range(3000000000) t(i)) where n = i",
		"endless recursion":     "with recursive r as (select 1 as n union all select n + 1 from r) select max(n) from r",
		"deep nesting":          "select " + strings.Repeat("(", 20000) + "1" + strings.Repeat(")", 20000),
		"nothing":               "",
		"a comment":             "-- nothing",
		"unknown table":         "select * from raw.persons",
		"syntax":                "selct 1",
		"division in constants": "select error('boom')",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			got, err := RunFenced(context.Background(), path, "Asia/Shanghai", q, Fence{Deadline: 2 * time.Second, Memory: 2 << 30})
			if err == nil {
				t.Fatalf("was run: %v", got)
			}
			if took := time.Since(start); took > 15*time.Second {
				t.Errorf("took %s", took)
			}
			if len(err.Error()) > 2000 || strings.Contains(err.Error(), "goroutine") {
				t.Errorf("message: %.300s", err)
			}
			t.Log(err)
		})
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a file was written")
	}
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Error("the publication was changed")
	}
}

func BenchmarkFenced(b *testing.B) {
	path := fencedFile(b)
	for b.Loop() {
		if _, err := RunFenced(context.Background(), path, "Asia/Shanghai", "select 1", Fence{}); err != nil {
			b.Fatal(err)
		}
	}
}
