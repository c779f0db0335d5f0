package main

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"taizhang/internal/engine/enginetest"
	"taizhang/internal/tooltest"
)

// onCoordinator gives a zone an engine.
func onCoordinator(t *testing.T, zone, url string) {
	t.Helper()
	file := filepath.Join(zone, "taizhang.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, fmt.Appendf(text, "\nengine: {trino: {url: %q, user: clerk, retry: 1s}}\n", url), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestOnTrino: models are built and published through a coordinator, and figures, traces and the weekly that are asked there
// are those of DuckDB. (The coordinator here runs DuckDB; that a cluster gives the same is for make test-trino.)
func TestOnTrino(t *testing.T) {
	tooltest.Thorough(t)
	if testing.Short() {
		t.Skip("takes seconds")
	}
	zone, lake := copyZone(t, demoZone(t)), filepath.Join(t.TempDir(), "lake")
	if code, _, log := program(t, "export", "--zone", zone, "--to", lake); code != 0 {
		t.Fatal(log)
	}
	c := enginetest.OverDuckDB(t, lake)
	onCoordinator(t, zone, c.URL)
	if code, _, log := program(t, "metrics", "--zone", zone); code != 1 || !strings.Contains(log, "models run --engine trino") {
		t.Errorf("before anything is published: exit code %d\n%s", code, log)
	}
	code, _, log := program(t, "models", "run", "--zone", zone)
	if code != 0 || !strings.Contains(log, "published as run_") || !strings.Contains(log, "2022-08-15") {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	for _, args := range [][]string{
		{"metrics"}, {"metrics", "--by", "submitter"}, {"metrics", "closure_rate", "--by", "month"}, {"metrics", "--as-of", "2022-07-11"},
		{"metrics", "--known-at", "2022-08-08 12:00"}, {"metrics", "--compare"}, {"trace", "problems_overdue"}, {"trace", "incentive_paid", "--as-of", "2022-07-11"}, {"summary", "--text"},
	} {
		ask := func(engine string) string {
			all := append(slices.Clone(args), "--zone", zone, "--engine", engine)
			if args[0] != "summary" {
				all = append(all, "-f", "json")
			}
			code, out, log := program(t, all...)
			if code != 0 || out == "" {
				t.Errorf("%v: exit code %d\n%s", all, code, log)
			}
			return out
		}
		c.Forget()
		want := ask("duckdb")
		if asked := c.Asked(); len(asked) > 0 {
			t.Errorf("%v --engine duckdb asked Trino %q", args, asked[0])
		}
		if got := ask("trino"); got != want || len(c.Asked()) == 0 {
			t.Errorf("%v on Trino:\n%.2000s\non DuckDB:\n%.2000s", args, got, want)
		}
	}
	workbook := func(engine string) map[string]string {
		file := filepath.Join(t.TempDir(), "周报.xlsx")
		if code, _, log := program(t, "summary", "--zone", zone, "--engine", engine, "-o", file); code != 0 {
			t.Fatal(log)
		}
		return sheetsOf(t, file)
	}
	got, want := workbook("trino"), workbook("duckdb")
	for name, text := range want {
		if got[name] != text {
			at := 0
			for at < len(got[name]) && at < len(text) && got[name][at] == text[at] {
				at++
			}
			t.Errorf("%s of the weekly differs:\nTrino  …%.300s\nDuckDB …%.300s", name, got[name][min(at, len(got[name])):], text[at:])
		}
	}
	if len(want) < 5 || len(got) != len(want) {
		t.Errorf("%d parts on Trino, %d on DuckDB", len(got), len(want))
	}
	// The cases of the models hold there too, and leave nothing behind.
	code, out, log := program(t, "models", "test", "core.decision", "core.fct_problem", "--zone", zone, "-f", "json")
	if code != 0 || strings.Count(out, `"ok"`) < 2 {
		t.Errorf("models test: exit code %d\n%s%s", code, out, log)
	}
	if _, rows, _ := c.Answer(`select schema_name from "lake".information_schema.schemata where schema_name like 'run_%'`); len(rows) != 1 {
		t.Errorf("schemas are left: %v", rows)
	}
	c.Forget()
	// A second build replaces the first, which stays for its readers until its time has come.
	first := pointerOf(c)
	if code, _, log := program(t, "models", "run", "--zone", zone); code != 0 {
		t.Fatal(log)
	}
	if second := pointerOf(c); second == first || c.Said("drop schema") {
		t.Errorf("the pointer names %s after %s; dropped: %v", second, first, c.Said("drop schema"))
	}
}

// sheetsOf are the sheets of a workbook and their texts, as XML.
func sheetsOf(t *testing.T, file string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	out := map[string]string{}
	for _, f := range z.File {
		if !strings.HasPrefix(f.Name, "xl/worksheets/sheet") && f.Name != "xl/sharedStrings.xml" {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(text)
	}
	return out
}

func pointerOf(c *enginetest.Coordinator) string {
	_, rows, _ := c.Answer(`select run from "lake"."taizhang"."pointer"`)
	return fmt.Sprint(rows)
}

// TestTrinoFailures: whatever Trino refuses ends the command with 1, cause and remedy, in both languages, and nothing is
// published.
func TestTrinoFailures(t *testing.T) {
	zone := filepath.Join(t.TempDir(), "zone")
	joinConfigure(t, zone, "z1", "第一区")
	c := enginetest.New(t, false)
	onCoordinator(t, zone, c.URL)
	refuse := func(name, message string) func(string) ([]enginetest.Column, [][]any, *enginetest.Fault) {
		return func(string) ([]enginetest.Column, [][]any, *enginetest.Fault) {
			return nil, nil, enginetest.Refuse(name, message)
		}
	}
	for _, x := range []struct {
		answer           func(string) ([]enginetest.Column, [][]any, *enginetest.Fault)
		english, chinese string
	}{
		{refuse("TABLE_NOT_FOUND", "Table 'lake.ctl.run' does not exist"), "no lake is attached to catalog lake", "没有挂载数据湖"},
		{refuse("CATALOG_NOT_FOUND", "Catalog 'lake' not found"), "have the coordinator serve a catalog", "请让协调节点提供"},
		{refuse("PERMISSION_DENIED", "Access Denied: Cannot create schema lake.run_1"), "have the administrator give this user rights", "请管理员授予"},
		{refuse("REMOTE_HOST_GONE", "Too many requests to worker failed"), "a worker was lost", "有工作节点丢失"},
		{func(s string) ([]enginetest.Column, [][]any, *enginetest.Fault) { // in the middle of a build
			switch {
			case strings.HasPrefix(s, "select run"):
				return nil, nil, enginetest.Refuse("SCHEMA_NOT_FOUND", "Schema 'taizhang' does not exist")
			case strings.HasPrefix(s, "select as_of"):
				return enginetest.Columns("as_of date", "known_at timestamp(6)", "from_on date"), [][]any{{"2022-08-15", "2022-08-15 18:00:00.000000", "2022-01-01"}}, nil
			case strings.HasPrefix(s, "create table") && strings.Contains(s, "core_"):
				return nil, nil, enginetest.Refuse("CLUSTER_OUT_OF_MEMORY", "Query killed because the cluster is out of memory")
			}
			return nil, nil, nil
		}, "raise query.max-memory there", "请调大那里的 query.max-memory"},
	} {
		c.Answer = x.answer
		for lang, want := range map[string]string{"en_US.UTF-8": x.english, "zh_CN.UTF-8": x.chinese} {
			t.Setenv("LC_ALL", lang)
			code, _, log := program(t, "models", "run", "--zone", zone)
			if code != 1 || !strings.Contains(log, want) {
				t.Errorf("exit code %d\n%s\nwant 1 and %s", code, log, want)
			}
		}
		if c.Said("create or replace view") {
			t.Errorf("%s: something was published", x.english)
		}
	}
	t.Setenv("LC_ALL", "en_US.UTF-8")
	c.Password = "right"
	for _, args := range [][]string{{"models", "run"}, {"metrics"}, {"trace", "problems_overdue"}, {"summary"}} {
		if code, _, log := program(t, append(args, "--zone", zone)...); code != 1 || !strings.Contains(log, "doesn't let user clerk in (401)") {
			t.Errorf("%v: exit code %d\n%s", args, code, log)
		}
	}
	c.Close()
	if code, _, log := program(t, "metrics", "--zone", zone); code != 1 || !strings.Contains(log, "can't be reached: check that the coordinator runs") {
		t.Errorf("exit code %d\n%s", code, log)
	}
}

// TestRefusedOnTrino: what only the zone's own publication can answer is refused where Trino is the engine, and says how to
// ask it; commands that ask no engine refuse --engine.
func TestRefusedOnTrino(t *testing.T) {
	zone := filepath.Join(t.TempDir(), "zone")
	joinZone(t, zone, "z1", "第一区", 2, "已办结,2022-07-20")
	if code, _, log := program(t, "metrics", "--zone", zone, "--engine", "trino"); code != 2 || !strings.Contains(log, "taizhang.yaml names no Trino") {
		t.Errorf("no Trino is configured: exit code %d\n%s", code, log)
	}
	c := enginetest.New(t, false)
	onCoordinator(t, zone, c.URL)
	for _, args := range [][]string{{"status"}, {"sql", "select 1"}, {"returns", "list"}, {"models", "plan"}, {"models", "graph"}, {"models", "rollback", "--list"}, {"metrics", "diff", "--from", "2022-08-01"}, {"trace", "--cell", "a.csv!表!A1"}, {"serve"}, {"service", "install", "--user"}} {
		for lang, want := range map[string]string{"en_US.UTF-8": "can't be had from Trino", "zh_CN.UTF-8": "不能由 Trino 完成"} {
			t.Setenv("LC_ALL", lang)
			if code, _, log := program(t, append(args, "--zone", zone)...); code != 2 || !strings.Contains(log, want) || !strings.Contains(log, "--engine duckdb") {
				t.Errorf("%v: exit code %d\n%s", args, code, log)
			}
		}
	}
	t.Setenv("LC_ALL", "en_US.UTF-8")
	if code, _, log := program(t, "status", "--zone", zone, "--engine", "duckdb"); code != 0 {
		t.Errorf("the zone's own: exit code %d\n%s", code, log)
	}
	if code, _, log := program(t, "run", "--zone", zone); code != 0 {
		t.Errorf("intake has to do with no engine: exit code %d\n%s", code, log)
	}
	for _, args := range [][]string{{"run"}, {"export", "--to", t.TempDir()}, {"version"}} {
		if code, _, log := program(t, append(args, "--engine", "trino")...); code != 2 || !strings.Contains(log, "asks no engine") {
			t.Errorf("%v --engine trino: exit code %d\n%s", args, code, log)
		}
	}
	if code, _, log := program(t, "metrics", "--zone", zone, "--engine", "trio"); code != 2 || !strings.Contains(log, "did you mean") {
		t.Errorf("exit code %d\n%s", code, log)
	}
	if asked := c.Asked(); len(asked) > 0 {
		t.Errorf("Trino was asked %q", asked)
	}
	// The lists name commands that there are.
	known := map[string]bool{"trace --cell": true}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		known[pathOf(cmd)] = true
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk((&app{}).root())
	for _, name := range append(slices.Clone(eitherEngine), embeddedOnly...) {
		if !known[name] {
			t.Errorf("there is no command %s", name)
		}
	}
}

// TestBesideTrino: two builds from one folder don't meet; the second is told who is at it.
func TestBesideTrino(t *testing.T) {
	zone := filepath.Join(t.TempDir(), "zone")
	joinConfigure(t, zone, "z1", "第一区")
	c := enginetest.New(t, false)
	c.Answer = func(string) ([]enginetest.Column, [][]any, *enginetest.Fault) {
		return nil, nil, enginetest.Refuse("SCHEMA_NOT_FOUND", "Schema 'taizhang' does not exist")
	}
	held := make(chan struct{})
	c.Held = func(string) bool {
		select {
		case <-held:
			return false
		default:
			return true
		}
	}
	onCoordinator(t, zone, c.URL)
	first, log := start(t, "models", "run", "--zone", zone)
	for deadline := time.Now().Add(time.Minute); len(c.Asked()) == 0 && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	if code, _, said := program(t, "models", "run", "--zone", zone); code != 4 {
		t.Errorf("exit code %d, want 4\n%s", code, said)
	}
	close(held)
	_ = first.Wait()
	if !strings.Contains(log.String(), "no lake is attached") { // it went on to its own end
		t.Errorf("the first one: %s", log.String())
	}
}
