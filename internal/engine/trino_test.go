package engine

import (
	"encoding/pem"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

func open(t *testing.T, c Config) *Trino {
	t.Helper()
	if c.RetryFor == 0 {
		c.RetryFor = 300 * time.Millisecond
	}
	e, err := OpenTrino(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// both says whether an error tells cause and remedy in both languages.
func both(t *testing.T, err error, english, chinese string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s", english)
	}
	if text := lang.In(err, lang.English); !strings.Contains(text, english) {
		t.Errorf("%s doesn't say %s", text, english)
	}
	if text := lang.In(err, lang.Chinese); !strings.Contains(text, chinese) {
		t.Errorf("%s doesn't say %s", text, chinese)
	}
}

func TestUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := "http://" + l.Addr().String()
	l.Close() // nobody listens there now
	both(t, open(t, Config{URL: at}).Exec(t.Context(), "select 1"), "can't be reached: check that the coordinator runs", "请检查协调节点是否在运行")
}

// TestSecrets: a password comes from a file, goes over https alone, and stands in no message.
func TestSecrets(t *testing.T) {
	f := newFake(t, true)
	f.password = "s3cret-right"
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	ca := write("ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.Certificate().Raw})))
	if err := open(t, Config{URL: f.URL, CAFile: ca, PasswordFile: write("right", "s3cret-right\n")}).Exec(t.Context(), "select 1"); err != nil {
		t.Fatal(err)
	}
	err := open(t, Config{URL: f.URL, CAFile: ca, PasswordFile: write("wrong", "s3cret-wrong\n"), User: "clerk"}).Exec(t.Context(), "select 1")
	both(t, err, "doesn't let user clerk in (401)", "不接受用户 clerk 登录（401）")
	if strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the password stands in: %v", err)
	}
	_, err = OpenTrino(Config{URL: "http://127.0.0.1:1", PasswordFile: write("right", "s3cret-right\n")})
	both(t, err, "over https:// only", "只能经 https://")
	_, err = OpenTrino(Config{URL: "http://clerk:s3cret@127.0.0.1:1"})
	both(t, err, "password_file:", "password_file:")
	if strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the password stands in: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	f := newFake(t, false)
	for _, c := range []struct {
		fault            fault
		english, chinese string
	}{
		{fault{"CATALOG_NOT_FOUND", "Catalog 'lake' not found"}, "name another one under engine", "请让协调节点提供"},
		{fault{"PERMISSION_DENIED", "Access Denied: Cannot create schema"}, "have the administrator give this user rights", "请管理员授予"},
		{fault{"REMOTE_HOST_GONE", "too many errors talking to a worker node"}, "a worker was lost: run it again", "有工作节点丢失"},
		{fault{"HIVE_BAD_DATA", "not valid Parquet File"}, "a file of the lake is damaged, foreign or gone", "数据湖中有文件损坏"},
	} {
		f.answer = func(string) ([]string, [][]any, *fault) { return nil, nil, &c.fault }
		both(t, open(t, Config{URL: f.URL}).Exec(t.Context(), "select 1"), c.english, c.chinese)
	}
}

// TestLostConnection: an answer that breaks off is asked for again; the statement is not sent twice.
func TestLostConnection(t *testing.T) {
	f := newFake(t, false)
	f.cut = 2
	if err := open(t, Config{URL: f.URL, RetryFor: 20 * time.Second}).Exec(t.Context(), "select 1"); err != nil {
		t.Fatal(err)
	}
	if len(f.asked) != 1 {
		t.Errorf("asked %d times: %q", len(f.asked), f.asked)
	}
}

var plan = Plan{Point: warehouse.Point{AsOf: calendar.NewDate(2022, time.August, 15), KnownAt: time.Date(2022, 8, 15, 18, 0, 0, 0, time.UTC), From: calendar.NewDate(2022, time.January, 1)},
	Models: []warehouse.Model{{Name: "stg.a", Kind: "stg", SQL: "select 1 as x from raw.a"}, {Name: "core.b", Kind: "core", SQL: "select x from stg.a", Reads: []string{"stg.a"}}}}

// TestFailedRunLeavesThePublication: whatever fails on the way, what the run made is dropped, and neither a view nor the
// pointer was touched.
func TestFailedRunLeavesThePublication(t *testing.T) {
	for _, at := range []string{"ctl_run", "core_b", "ctl_model", "count("} {
		f := newFake(t, false)
		f.answer = func(s string) ([]string, [][]any, *fault) {
			if strings.Contains(s, at) && !strings.HasPrefix(s, "drop") {
				return nil, nil, &fault{"GENERIC_INTERNAL_ERROR", "broken here"}
			}
			return []string{"a"}, nil, nil
		}
		e, p := open(t, Config{URL: f.URL}), plan
		p.Checks = []Check{{Model: "core.b", Names: []string{"grain"}, Fatal: []bool{true}, Query: "select count(*) from core.b"}}
		if _, err := e.Build(t.Context(), p, nil); err == nil || !strings.Contains(err.Error(), "broken here") {
			t.Errorf("broken at %s: %v", at, err)
		}
		if !f.said("drop schema") {
			t.Errorf("broken at %s: nothing was dropped: %q", at, f.asked)
		}
		if f.said("create or replace view") {
			t.Errorf("broken at %s: a view was replaced: %q", at, f.asked)
		}
	}
}

// TestKilledBetweenSwapAndPointer: where the pointer can't be set after the views were swapped, they are put back; after a kill
// there, the next run puts them back.
func TestKilledBetweenSwapAndPointer(t *testing.T) {
	f := newFake(t, false)
	f.answer = func(s string) ([]string, [][]any, *fault) {
		switch {
		case strings.HasPrefix(s, "select run from"):
			return []string{"run"}, [][]any{{"run_20220101t000000_old"}}, nil
		case strings.Contains(s, `"pointer" as select`):
			return nil, nil, &fault{"GENERIC_INTERNAL_ERROR", "killed here"}
		case strings.HasPrefix(s, "select name, kind"):
			return []string{"name", "kind", "description", "sql_text", "seq", "reads"}, [][]any{{"core.b", "core", "", "select 1", "1", ""}}, nil
		case strings.Contains(s, "information_schema.views"):
			return []string{"n", "d"}, [][]any{{"core.b", "select * from lake.run_20220202t000000_new.core_b"}}, nil
		}
		return []string{"a"}, nil, nil
	}
	e := open(t, Config{URL: f.URL})
	b := &Built{Run: "run_20220202t000000_new"}
	if err := e.Publish(t.Context(), b); err == nil || !strings.Contains(err.Error(), "killed here") {
		t.Fatal(err)
	}
	last := ""
	for _, s := range f.asked {
		if strings.HasPrefix(s, "create or replace view") && strings.Contains(s, `"core"."b"`) {
			last = s
		}
	}
	if !strings.Contains(last, "run_20220101t000000_old") {
		t.Errorf("the views were left as %s", last)
	}
	f.asked = nil
	healed, err := e.Heal(t.Context())
	if err != nil || !healed || !f.said(`as select * from "lake"."run_20220101t000000_old"."core_b"`) {
		t.Errorf("healed %v, %v: %q", healed, err, f.asked)
	}
}

func TestFailedChecksForbidAPublication(t *testing.T) {
	f := newFake(t, false)
	b := &Built{Run: "run_20220202t000000_new", Failed: []Failed{{"core.b", "grain", true, 2}, {"core.b", "odd", false, 1}}}
	err := open(t, Config{URL: f.URL}).Publish(t.Context(), b)
	both(t, err, "the last publication stays", "保留上一次发布")
	if strings.Contains(err.Error(), "odd") || f.said("create or replace view") {
		t.Errorf("%v: %q", err, f.asked)
	}
}

// TestTidy drops runs after the grace time; the one that counts stays.
func TestTidy(t *testing.T) {
	f := newFake(t, false)
	f.answer = func(s string) ([]string, [][]any, *fault) {
		switch {
		case strings.HasPrefix(s, "select run from"):
			return []string{"run"}, [][]any{{"run_20220101t000000_a"}}, nil
		case strings.Contains(s, "schemata"):
			return []string{"n"}, [][]any{{"core"}, {"run_20220101t000000_a"}, {"run_20220102t000000_b"}, {"run_20220109t120000_c"}}, nil
		}
		return []string{"a"}, nil, nil
	}
	dropped, err := open(t, Config{URL: f.URL}).Tidy(t.Context(), time.Date(2022, 1, 10, 0, 0, 0, 0, time.UTC))
	if err != nil || len(dropped) != 1 || dropped[0] != "run_20220102t000000_b" {
		t.Errorf("dropped %q, %v", dropped, err)
	}
}

func TestNothingPublishedYet(t *testing.T) {
	f := newFake(t, false)
	f.answer = func(string) ([]string, [][]any, *fault) {
		return nil, nil, &fault{"TABLE_NOT_FOUND", "Table not found"}
	}
	_, err := open(t, Config{URL: f.URL}).Read(t.Context())
	both(t, err, "nothing was published in catalog lake yet", "还没有发布过")
	var refused *Refused
	if errors.As(err, &refused) {
		t.Error("the refusal shines through")
	}
}
