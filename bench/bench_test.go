package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func result(name string, peak float64, cpu ...float64) contenderResult {
	c := contenderResult{Name: name}
	for i, v := range cpu {
		c.add(i+1, usage{CPU: v, Peak: peak})
	}
	return c
}

func TestRatioIsTakenRoundByRound(t *testing.T) {
	// The machine was twice as slow in the second round; the ratio doesn't move.
	got := ratio(result("ours", 0, 1, 2, 1), result("peer", 0, 3, 6, 4))
	if want := (spread{3, 3, 4}); got != want {
		t.Errorf("ratio %v, want %v", got, want)
	}
	// A slow peer ran in the first round only.
	if got := ratio(result("ours", 0, 1, 5), result("peer", 0, 20)); got.median != 20 {
		t.Errorf("ratio %v of one round, want 20", got)
	}
	if got := spreadOf([]float64{4, 1, 3, 2}); got != (spread{1, 2.5, 4}) {
		t.Errorf("spread of an even count: %v", got)
	}
}

func TestVerdict(t *testing.T) {
	ours := result("ours", 100, 1, 1, 1)
	for _, c := range []struct {
		goal goal
		peer contenderResult
		want string
	}{
		{goal{ratio: 1.5, share: 0.5}, result("peer", 200, 1.5, 1.6, 1.4), "time met, memory met"},
		{goal{ratio: 1.5, share: 0.5}, result("peer", 199, 1.4, 1.4, 9), "time **missed**, memory **missed**"},
		{goal{ratio: 2}, result("peer", 1, 2, 2, 2), "time met"},
		{goal{}, result("peer", 1, 2, 2, 2), ""},
		{goal{seconds: 1}, result("peer", 1, 30), "time met"},
		{goal{seconds: 0.9}, result("peer", 1, 30), "time **missed**"},
		{goal{ratio: 2}, contenderResult{Skipped: "cargo is missing"}, ""}, // what didn't run reached nothing
	} {
		if got := c.goal.verdict(ours, c.peer); got != c.want {
			t.Errorf("goal %v against %v: %q, want %q", c.goal, c.peer.cpu(), got, c.want)
		}
	}
}

func TestReportTellsWhatMatters(t *testing.T) {
	measured := results{"intake": {Commit: "abc1234", Rounds: 3, Contenders: []contenderResult{
		result("taizhang intake", 300, 2), result("polars + duckdb", 900, 4), {Name: "pandas (openpyxl) + duckdb", Skipped: "no|such\nthing"},
	}, Differences: []string{"lost 3"}}}
	text := report(machine{Cores: 2, Processor: "Some CPU", Memory: 8}, []string{"polars 2.1.0"}, facts{}, measured)
	for _, want := range []string{"2 cores of Some CPU, 8 GiB", "polars 2.1.0", "abc1234", "| 2.00 / 2.00 / 2.00 | ≥ 1.5×, memory ≤ 0.5 of it | time met, memory met |", "left out: no/such thing", "**rows differ**: lost 3", "`csv`", "not measured"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
}

func TestChoose(t *testing.T) {
	if got, err := choose("csv, intake"); err != nil || len(got) != 2 || got[0].id != "csv" {
		t.Errorf("chose %v, %v", got, err)
	}
	if got, err := choose(""); err != nil || len(got) != len(rows) {
		t.Errorf("chose %d of all rows, %v", len(got), err)
	}
	if _, err := choose("intke"); err == nil || !strings.Contains(err.Error(), "intake") {
		t.Errorf("a row that doesn't exist: %v", err)
	}
}

func TestReadersThatSawOtherDiffer(t *testing.T) {
	for _, c := range []struct {
		a, b string
		rows bool
		same bool
	}{
		{"1 10 50 5 900", "1 10 50 5 900", false, true},
		{"1 10 50 5 900", "1 10 50 4 900", false, false},
		{"1 10 50 5 900", "1 10 - - -", true, true},
		{"1 10 50 5 900", "1 9 - - -", true, false},
		{"0 0 0 0 0", "0 0 0 0 0", false, false}, // nothing was read
		{"", "", false, false},
	} {
		if got := sameCounts(c.a, c.b, c.rows); got != c.same {
			t.Errorf("%q and %q: same %v, want %v", c.a, c.b, got, c.same)
		}
	}
}

// TestMeasure: a contender's processor time, memory and last line are those of the process; its failure is ours.
func TestMeasure(t *testing.T) {
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("no shell")
	}
	p := &place{dir: t.TempDir()}
	shell := func(script string) contender {
		return contender{name: "shell", codes: []int{3}, command: func(*place) []string { return []string{"/bin/sh", "-c", script} }}
	}
	u, err := p.measure(shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo one; echo two; exit 3"))
	if err != nil || u.said != "two" || u.CPU <= 0 || u.Peak <= 0 {
		t.Errorf("measured %+v, %v", u, err)
	}
	if _, err := p.measure(shell("echo broken >&2; exit 1")); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("a failure: %v", err)
	}
}

func TestResultsAreKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results.json")
	r, err := loadResults(file)
	if err != nil {
		t.Fatal(err)
	}
	r["csv"] = measurement{Commit: "c", Contenders: []contenderResult{result("x", 1, 2, 3)}}
	if err := r.save(file); err != nil {
		t.Fatal(err)
	}
	again, err := loadResults(file)
	if err != nil || again["csv"].Contenders[0].cpu() != (spread{2, 2.5, 3}) {
		t.Errorf("kept %v, %v", again, err)
	}
}

// TestFreshZone: each turn finds a zone of its own, and nothing is removed while a row is measured.
func TestFreshZone(t *testing.T) {
	p := &place{dir: t.TempDir(), small: true}
	for name, text := range map[string]string{"returns/inbox/产业局/a.xlsx": "a", "returns/taizhang.yaml": "zone: a"} {
		if err := os.MkdirAll(filepath.Dir(p.data(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p.data(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.clearWork(); err != nil {
		t.Fatal(err)
	}
	for turn := 1; turn <= 3; turn++ {
		if err := freshZone(p); err != nil {
			t.Fatal(err)
		}
		if made, err := os.ReadDir(p.work("zone")); err != nil || len(made) != 2 {
			t.Fatalf("turn %d: %v, %v", turn, made, err)
		}
		if all, err := os.ReadDir(p.work("")); err != nil || len(all) != turn {
			t.Errorf("turn %d: %v, %v", turn, all, err)
		}
		if err := os.WriteFile(p.work("zone/warehouse.duckdb"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
