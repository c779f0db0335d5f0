package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestOwnModelsDocument makes a zone of what docs/own-models.md declares, as it stands there: its form is handed in, its models
// are built, its metrics answer, and a target lights what is better the lower it is.
func TestOwnModelsDocument(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/own-models.md")
	if err != nil {
		t.Fatal(err)
	}
	zone := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		file := filepath.Join(zone, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	declared := regexp.MustCompile("(?s)`((?:forms|models|queries)/[a-z/_]+\\.(?:yaml|sql))`[^\n]*:\n\n```[a-z]+\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	var names []string
	for _, d := range declared {
		write(d[1], d[2])
		names = append(names, d[1])
	}
	if got := strings.Join(names, " "); got != "models/mart/my_source.sql models/check/closed_has_date.sql queries/own.yaml forms/pile.yaml models/core/fct_pile.sql queries/pile.yaml" {
		t.Fatalf("declared are %s", got)
	}
	write("taizhang.yaml", `zone: 样板园区
as_of: 2022-08-15
submitters:
  - {code: nhj, name: 南湖街道, kind: street}
returns:
  - {form: pile, from: all, due: monday 12:00, since: 2022-W32}
targets: {pile_fault_rate: 0.05}
`)
	write("inbox/南湖街道/桩.csv", `充电桩巡检台账,,报送期：2022-W32
桩号,街道,状态,维修费用（元）,巡检日期
N1,南湖街道,完好,,2022-08-10
N2,南湖街道,损坏,120.50,2022-08-11
N3,南湖街道,停用,,2022-08-11
`)
	if code, out, log := program(t, "run", "--zone", zone, "--received-at", "2022-08-15 09:00"); code != 0 || !strings.Contains(out+log, "1 accepted") {
		t.Fatalf("run: %d\n%s%s", code, out, log)
	}
	var got []string
	for _, r := range mustJSON(t, "metrics", "piles", "pile_fault_rate", "pile_repair_cost", "visits_collected", "--by", "street", "--zone", zone) {
		got = append(got, fmt.Sprint(r["metric"], " ", r["street"], " ", r["value"]))
	}
	if want := "piles 南湖街道 3, pile_fault_rate 南湖街道 0.3333333333333333, pile_repair_cost 南湖街道 120.50"; strings.Join(got, ", ") != want {
		t.Errorf("figures %v, want %s", got, want)
	}
	if r := mustJSON(t, "metrics", "pile_fault_rate", "--compare", "--zone", zone)[0]; r["light"] != "红" {
		t.Errorf("a third is faulty, a twentieth is the target: %v", r)
	}
	if r := mustJSON(t, "trace", "pile_fault_rate", "--zone", zone); len(r) != 3 || r[1]["submitter"] != "南湖街道" {
		t.Errorf("trace: %v", r)
	}
}
