package engine_test

import (
	"context"
	"encoding/pem"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/engine"
	"taizhang/internal/engine/enginetest"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

func open(t *testing.T, c engine.Config) *engine.Trino {
	t.Helper()
	if c.RetryFor == 0 {
		c.RetryFor = 300 * time.Millisecond
	}
	e, err := engine.OpenTrino(c)
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
	both(t, open(t, engine.Config{URL: at}).Exec(t.Context(), "select 1"), "can't be reached: check that the coordinator runs", "请检查协调节点是否在运行")
}

// TestSecrets: a password comes from a file, goes over https alone, and stands in no message.
func TestSecrets(t *testing.T) {
	f := enginetest.New(t, true)
	f.Password = "s3cret-right"
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	ca := write("ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.Certificate().Raw})))
	if err := open(t, engine.Config{URL: f.URL, CAFile: ca, PasswordFile: write("right", "s3cret-right\n")}).Exec(t.Context(), "select 1"); err != nil {
		t.Fatal(err)
	}
	err := open(t, engine.Config{URL: f.URL, CAFile: ca, PasswordFile: write("wrong", "s3cret-wrong\n"), User: "clerk"}).Exec(t.Context(), "select 1")
	both(t, err, "doesn't let user clerk in (401)", "不接受用户 clerk 登录（401）")
	if strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the password stands in: %v", err)
	}
	_, err = engine.OpenTrino(engine.Config{URL: "http://127.0.0.1:1", PasswordFile: write("right", "s3cret-right\n")})
	both(t, err, "over https:// only", "只能经 https://")
	_, err = engine.OpenTrino(engine.Config{URL: "http://clerk:s3cret@127.0.0.1:1"})
	both(t, err, "password_file:", "password_file:")
	stranger := open(t, engine.Config{URL: f.URL, PasswordFile: write("right", "s3cret-right\n")}).Exec(t.Context(), "select 1")
	both(t, stranger, "its certificate isn't known here: name the office's own under ca_file:", "不认得它的证书：请在 ca_file: 写明单位自己的证书")
	f.Password, f.Token = "", "s3cret-token"
	if err := open(t, engine.Config{URL: f.URL, CAFile: ca, TokenFile: write("token", "s3cret-token\n")}).Exec(t.Context(), "select 1"); err != nil {
		t.Error(err)
	}
	f.Password, f.Token = "s3cret-right", ""
	t.Setenv("OUR_TRINO", "s3cret-right")
	if err := open(t, engine.Config{URL: f.URL, CAFile: ca, PasswordEnv: "OUR_TRINO"}).Exec(t.Context(), "select 1"); err != nil {
		t.Error(err)
	}
	_, unset := engine.OpenTrino(engine.Config{URL: f.URL, PasswordEnv: "OUR_OTHER_TRINO"})
	both(t, unset, "OUR_OTHER_TRINO, which should hold the secret", "环境变量 OUR_OTHER_TRINO 没有设置")
	if runtime.GOOS != "windows" {
		open := write("open", "s3cret-right\n")
		if err := os.Chmod(open, 0o644); err != nil {
			t.Fatal(err)
		}
		_, seen := engine.OpenTrino(engine.Config{URL: f.URL, PasswordFile: open})
		both(t, seen, "can be read by everybody (mode 0644)", "人人可读（权限 0644）")
	}
	if strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the password stands in: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	f := enginetest.New(t, false)
	for _, c := range []struct {
		fault            *enginetest.Fault
		english, chinese string
	}{
		{enginetest.Refuse("CATALOG_NOT_FOUND", "Catalog 'lake' not found"), "name another one under engine", "请让协调节点提供"},
		{enginetest.Refuse("PERMISSION_DENIED", "Access Denied: Cannot create schema"), "have the administrator give this user rights", "请管理员授予"},
		{enginetest.Refuse("REMOTE_HOST_GONE", "too many errors talking to a worker node"), "a worker was lost: run it again", "有工作节点丢失"},
		{enginetest.Refuse("HIVE_BAD_DATA", "not valid Parquet File"), "a file of the lake is damaged, foreign or gone", "数据湖中有文件损坏"},
	} {
		f.Answer = func(string) ([]enginetest.Column, [][]any, *enginetest.Fault) { return nil, nil, c.fault }
		both(t, open(t, engine.Config{URL: f.URL}).Exec(t.Context(), "select 1"), c.english, c.chinese)
	}
}

// TestLostConnection: an answer that breaks off is asked for again; the statement is not sent twice.
func TestLostConnection(t *testing.T) {
	f := enginetest.New(t, false)
	f.Cut = 2
	if err := open(t, engine.Config{URL: f.URL, RetryFor: 20 * time.Second}).Exec(t.Context(), "select 1"); err != nil {
		t.Fatal(err)
	}
	if len(f.Asked()) != 1 {
		t.Errorf("asked %d times: %q", len(f.Asked()), f.Asked())
	}
}

// TestLostWorker: a statement that ended because a worker was lost is sent again, but an insert is not, and not for ever.
func TestLostWorker(t *testing.T) {
	lost := enginetest.Refuse("REMOTE_TASK_ERROR", "Expected response code to be 200, but was 500")
	silent := enginetest.Refuse("GENERIC_INTERNAL_ERROR", "Did not receive final task info for task after it finished; failing query")
	for statement, c := range map[string]struct {
		says        *enginetest.Fault
		lost, asked int
	}{
		"create table lake.run.a as select 1": {lost, 3, 4}, "select 1": {lost, 9, 4}, "insert into a select 1": {lost, 1, 1},
		"create table lake.run.b as select 1": {silent, 3, 4}, "insert into b select 1": {silent, 1, 1},
		"select 2": {enginetest.Refuse("GENERIC_INTERNAL_ERROR", "broken here"), 1, 1},
	} {
		f := enginetest.New(t, false)
		left := c.lost
		f.Answer = func(string) ([]enginetest.Column, [][]any, *enginetest.Fault) {
			if left--; left >= 0 {
				return nil, nil, c.says
			}
			return enginetest.Columns("a"), nil, nil
		}
		err := open(t, engine.Config{URL: f.URL, RetryFor: 10 * time.Millisecond}).Exec(t.Context(), statement)
		if (err != nil) != (c.lost >= c.asked) || len(f.Asked()) != c.asked {
			t.Errorf("%s: asked %d times, want %d: %v", statement, len(f.Asked()), c.asked, err)
		}
		if c.lost > 4 {
			both(t, err, "tried 4 times: Trino: Expected", "已尝试4次：Trino：Expected")
		}
	}
}

var plan = engine.Plan{Point: warehouse.Point{AsOf: calendar.NewDate(2022, time.August, 15), KnownAt: time.Date(2022, 8, 15, 18, 0, 0, 0, time.UTC), From: calendar.NewDate(2022, time.January, 1)},
	Models: []warehouse.Model{{Name: "stg.a", Kind: "stg", SQL: "select 1 as x from raw.a"}, {Name: "core.b", Kind: "core", SQL: "select x from stg.a", Reads: []string{"stg.a"}}}}

// TestFailedRunLeavesThePublication: whatever fails on the way, what the run made is dropped, and neither a view nor the
// pointer was touched.
func TestFailedRunLeavesThePublication(t *testing.T) {
	for _, at := range []string{"ctl_run", "core_b", "ctl_model", "count("} {
		f := enginetest.New(t, false)
		f.Answer = func(s string) ([]enginetest.Column, [][]any, *enginetest.Fault) {
			if strings.Contains(s, at) && !strings.HasPrefix(s, "drop") {
				return nil, nil, enginetest.Refuse("GENERIC_INTERNAL_ERROR", "broken here")
			}
			return enginetest.Columns("a"), nil, nil
		}
		e, p := open(t, engine.Config{URL: f.URL}), plan
		p.Checks = []engine.Check{{Model: "core.b", Names: []string{"grain"}, Fatal: []bool{true}, Query: "select count(*) from core.b"}}
		if _, err := e.Build(t.Context(), p, nil); err == nil || !strings.Contains(err.Error(), "broken here") {
			t.Errorf("broken at %s: %v", at, err)
		}
		if !f.Said("drop schema") {
			t.Errorf("broken at %s: nothing was dropped: %q", at, f.Asked())
		}
		if f.Said("create or replace view") {
			t.Errorf("broken at %s: a view was replaced: %q", at, f.Asked())
		}
	}
}

// TestKilledBetweenSwapAndPointer: where the pointer can't be set after the views were swapped, they are put back; after a kill
// there, the next run puts them back.
func TestKilledBetweenSwapAndPointer(t *testing.T) {
	f := enginetest.New(t, false)
	f.Answer = func(s string) ([]enginetest.Column, [][]any, *enginetest.Fault) {
		switch {
		case strings.HasPrefix(s, "select run from"):
			return enginetest.Columns("run"), [][]any{{"run_20220101t000000_old"}}, nil
		case strings.Contains(s, `"pointer" as select`):
			return nil, nil, enginetest.Refuse("GENERIC_INTERNAL_ERROR", "killed here")
		case strings.HasPrefix(s, "select name, kind"):
			return enginetest.Columns("name", "kind", "description", "sql_text", "seq", "reads"), [][]any{{"core.b", "core", "", "select 1", "1", ""}}, nil
		case strings.Contains(s, "information_schema.views"):
			return enginetest.Columns("n", "d"), [][]any{{"core.b", "select * from lake.run_20220202t000000_new.core_b"}}, nil
		}
		return enginetest.Columns("a"), nil, nil
	}
	e := open(t, engine.Config{URL: f.URL})
	b := &engine.Built{Run: "run_20220202t000000_new"}
	if err := e.Publish(t.Context(), b); err == nil || !strings.Contains(err.Error(), "killed here") {
		t.Fatal(err)
	}
	last := ""
	for _, s := range f.Asked() {
		if strings.HasPrefix(s, "create or replace view") && strings.Contains(s, `"core"."b"`) {
			last = s
		}
	}
	if !strings.Contains(last, "run_20220101t000000_old") {
		t.Errorf("the views were left as %s", last)
	}
	f.Forget()
	healed, err := e.Heal(t.Context())
	if err != nil || !healed || !f.Said(`as select * from "lake"."run_20220101t000000_old"."core_b"`) {
		t.Errorf("healed %v, %v: %q", healed, err, f.Asked())
	}
}

func TestFailedChecksForbidAPublication(t *testing.T) {
	f := enginetest.New(t, false)
	b := &engine.Built{Run: "run_20220202t000000_new", Failed: []engine.Failed{{"core.b", "grain", true, 2}, {"core.b", "odd", false, 1}}}
	err := open(t, engine.Config{URL: f.URL}).Publish(t.Context(), b)
	both(t, err, "the last publication stays", "保留上一次发布")
	if strings.Contains(err.Error(), "odd") || f.Said("create or replace view") {
		t.Errorf("%v: %q", err, f.Asked())
	}
}

// TestTidy drops runs after the grace time; the one that counts stays.
func TestTidy(t *testing.T) {
	f := enginetest.New(t, false)
	f.Answer = func(s string) ([]enginetest.Column, [][]any, *enginetest.Fault) {
		switch {
		case strings.HasPrefix(s, "select run from"):
			return enginetest.Columns("run"), [][]any{{"run_20220101t000000_a"}}, nil
		case strings.Contains(s, "schemata"):
			return enginetest.Columns("n"), [][]any{{"core"}, {"run_20220101t000000_a"}, {"run_20220102t000000_b"}, {"run_20220109t120000_c"}}, nil
		}
		return enginetest.Columns("a"), nil, nil
	}
	dropped, err := open(t, engine.Config{URL: f.URL}).Tidy(t.Context(), time.Date(2022, 1, 10, 0, 0, 0, 0, time.UTC))
	if err != nil || len(dropped) != 1 || dropped[0] != "run_20220102t000000_b" {
		t.Errorf("dropped %q, %v", dropped, err)
	}
}

func TestNothingPublishedYet(t *testing.T) {
	f := enginetest.New(t, false)
	f.Answer = func(string) ([]enginetest.Column, [][]any, *enginetest.Fault) {
		return nil, nil, enginetest.Refuse("TABLE_NOT_FOUND", "Table not found")
	}
	_, err := open(t, engine.Config{URL: f.URL}).Read(t.Context())
	both(t, err, "nothing was published in catalog lake yet", "还没有发布过")
	var refused *engine.Refused
	if errors.As(err, &refused) {
		t.Error("the refusal shines through")
	}
}

// TestCancel: who gives up here gives up there. The statement that runs is cancelled, what the run made is dropped.
func TestCancel(t *testing.T) {
	f := enginetest.New(t, false)
	f.Held = func(s string) bool { return strings.Contains(s, "core_b") && !strings.HasPrefix(s, "drop") }
	ctx, cancel := context.WithCancel(t.Context())
	e := open(t, engine.Config{URL: f.URL})
	e.Watch = func(p engine.Progress) { // it runs there
		if p.State == "RUNNING" && f.Said("core_b") {
			cancel()
		}
	}
	_, err := e.Build(ctx, plan, nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the run ended with %v", err)
	}
	asked := f.Asked()
	at := slices.Index(asked, "cancel")
	if at < 1 || !strings.Contains(asked[at-1], "core_b") {
		t.Fatalf("the statement was not cancelled: %q", asked)
	}
	if !strings.HasPrefix(asked[len(asked)-1], "drop schema if exists") || f.Said("create or replace view") {
		t.Errorf("after the cancellation: %q", asked[at:])
	}
}

// TestProgress: whoever watches is told of splits and stages while a statement runs, and of its end, last of all.
func TestProgress(t *testing.T) {
	f := enginetest.New(t, false)
	var mu sync.Mutex
	var told []engine.Progress
	f.Held = func(string) bool {
		mu.Lock()
		defer mu.Unlock()
		return !slices.ContainsFunc(told, func(p engine.Progress) bool { return p.Stages > 0 })
	}
	e := open(t, engine.Config{URL: f.URL})
	e.Watch = func(p engine.Progress) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, p)
	}
	for range 2 {
		if err := e.Exec(t.Context(), "select 1"); err != nil {
			t.Fatal(err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	want := engine.Progress{State: "RUNNING", Nodes: 2, Done: 1, All: 4, Stages: 3, DoneStages: 1}
	if !slices.Contains(told, want) || told[len(told)-1].State != engine.Ended {
		t.Errorf("told %+v, want %+v and the end last", told, want)
	}
}

// TestLake: what is built is built for the point that the lake holds; without a lake the remedy is said.
func TestLake(t *testing.T) {
	f := enginetest.New(t, false)
	e := open(t, engine.Config{URL: f.URL})
	f.Answer = func(string) ([]enginetest.Column, [][]any, *enginetest.Fault) {
		return enginetest.Columns("as_of date", "known_at timestamp(6)", "from_on date"), [][]any{{"2022-08-15", "2022-08-15 18:00:00.000001", "2022-01-01"}}, nil
	}
	want := plan.Point
	want.KnownAt = want.KnownAt.Add(time.Microsecond)
	if p, err := e.Lake(t.Context()); err != nil || p != want {
		t.Errorf("%v (%v), want %v", p, err, want)
	}
	for _, none := range []func(string) ([]enginetest.Column, [][]any, *enginetest.Fault){
		func(string) ([]enginetest.Column, [][]any, *enginetest.Fault) {
			return nil, nil, enginetest.Refuse("SCHEMA_NOT_FOUND", "Schema 'ctl' does not exist")
		},
		func(string) ([]enginetest.Column, [][]any, *enginetest.Fault) {
			return enginetest.Columns("as_of", "known_at", "from_on"), [][]any{{nil, nil, nil}}, nil
		},
	} {
		f.Answer = none
		_, err := e.Lake(t.Context())
		both(t, err, "no lake is attached to catalog lake: run its attach.trino.sql", "没有挂载数据湖：请先在那里执行其中的 attach.trino.sql")
	}
}
