package shell

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	for text, want := range map[string][2]string{
		"select 1;":                              {"select 1", ""},
		"select 1; select 2;":                    {"select 1", " select 2;"},
		"select ';' as x, \";\" from t;\n":       {"select ';' as x, \";\" from t", "\n"},
		"select 'it''s; so';":                    {"select 'it''s; so'", ""},
		"-- a; comment\nselect 1 /* ; */;":       {"-- a; comment\nselect 1 /* ; */", ""},
		"select count(*) from 问题台账；":             {"select count(*) from 问题台账", ""},
		"select '；' from 问题台账 where 问题编号 = 'a';": {"select '；' from 问题台账 where 问题编号 = 'a'", ""},
	} {
		statement, rest, done := split(text)
		if !done || statement != want[0] || rest != want[1] {
			t.Errorf("split(%q) = %q, %q, %v", text, statement, rest, done)
		}
	}
	for _, text := range []string{"select 1", "select 'a;", `select "a;`, "select 1 /* ;", "select 1 -- ;", "select 1 -- ;\n", ""} {
		if s, _, done := split(text); done {
			t.Errorf("%q is taken for whole: %q", text, s)
		}
	}
}

func TestOneLine(t *testing.T) {
	got := oneLine("select 牵头单位, -- who\n  count(*)\nfrom 问题台账\nwhere 问题描述 = 'a\nb' /* c */;\n")
	if want := "select 牵头单位, count(*) from 问题台账 where 问题描述 = 'a\nb' /* c */;"; got != want {
		t.Errorf("%q", got)
	}
}

func TestWords(t *testing.T) {
	got := Words(`problems --street '双马 街道' --name="a b"  x`)
	if want := []string{"problems", "--street", "双马 街道", "--name=a b", "x"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestComplete(t *testing.T) {
	names := []string{"问题台账", "问题编号", "村（社区）", `"a b"`, "select", "count(", ".tables", "@overdue", "--street", "fct_problem"}
	for before, want := range map[string][]string{
		"select 问题":             {"select ", "问题台账", "问题编号"},
		"select count(问题编":      {"select count(", "问题编号"},
		"select 村（社":            {"select ", "村（社区）"},
		"select 问题编号,村":         {"select 问题编号,", "村（社区）"},
		"SEL":                   {"", "select"},
		"select a":              {"select ", `"a b"`},
		".ta":                   {"", ".tables"},
		"@ov":                   {"", "@overdue"},
		"@overdue --st":         {"@overdue ", "--street"},
		"select * from core.fc": {"select * from core.", "fct_problem"},
		"select nosuch":         {"select "},
	} {
		head, found := complete(before, func(string, string) []string { return names })
		if got := append([]string{head}, found...); !slices.Equal(got, want) {
			t.Errorf("complete(%q) = %q, want %q", before, got, want)
		}
	}
}

// TestHistory: only its user can read it, and it doesn't grow without end.
func TestHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "sql_history")
	if old, err := readHistory(path); err != nil || old != nil {
		t.Fatal(old, err)
	}
	if err := addHistory(path, "select 1;"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte(strings.Repeat("select 2;\n", 2*kept)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := addHistory(path, "select 问题编号 from 问题台账;"); err != nil {
		t.Fatal(err)
	}
	if got, err := readHistory(path); err != nil || len(got) != kept || got[kept-1] != "select 问题编号 from 问题台账;" {
		t.Errorf("%d statements, %v", len(got), err)
	}
	t.Setenv("TAIZHANG_HISTORY", "")
	if got := HistoryFile("taizhang"); got != "" {
		t.Errorf("switched off, it is in %s", got)
	}
}
