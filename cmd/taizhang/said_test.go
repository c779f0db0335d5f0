package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWhatDoesNotCountIsSaid: waiving a period that was handed in says so; a run doesn't call rows counted, nor a return
// counted in part, of a unit that reports no more.
func TestWhatDoesNotCountIsSaid(t *testing.T) {
	t.Parallel()
	zone := t.TempDir()
	config := filepath.Join(zone, "taizhang.yaml")
	if err := os.WriteFile(config, []byte(rosterZone), 0o644); err != nil {
		t.Fatal(err)
	}
	rosterDrop(t, zone, "三月.csv", roster(3, 1, 2, 3, 4, 5, 6, 7), "2022-04-02 09:00")
	code, out, log := program(t, "returns", "waive", "残联", "beneficiary", "2022-03", "--reason", "试验", "--zone", zone)
	if code != 0 || !strings.Contains(log, "000001-1 was accepted for this period already") {
		t.Errorf("waive: %d\n%s%s", code, out, log)
	}
	ended := strings.Replace(rosterZone, "name: 残联, kind: department", "name: 残联, kind: department, until: 2022-03-31", 1)
	if err := os.WriteFile(config, []byte(ended), 0o644); err != nil {
		t.Fatal(err)
	}
	log = rosterDrop(t, zone, "五月.csv", strings.Replace(roster(5, 1, 2, 3, 4, 5, 6, 7), identity(2), "", 1), "2022-06-02 09:00")
	if !strings.Contains(log, "已接收，暂不计入  读取6行  残联自 2022-04-01 起不再报送") || !strings.Contains(log, "0 partially") || strings.Contains(log, "部分计入") {
		t.Errorf("a return of an ended unit:\n%s", log)
	}
}
