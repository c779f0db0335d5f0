package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"taizhang/internal/durable"
)

// TestConsolidated: a run rewrites the consolidated workbooks of the forms whose content changed, and no others.
func TestConsolidated(t *testing.T) {
	zone := copyZone(t, demoZone(t))
	dir := filepath.Join(zone, "published", "汇总台账")
	list := files(t, dir)
	if len(list) != 16 {
		t.Fatalf("%d workbooks for 16 forms: %v", len(list), list)
	}
	old := time.Date(2022, 8, 15, 9, 0, 0, 0, time.UTC)
	for _, f := range list {
		if err := os.Chtimes(f, old, old); err != nil {
			t.Fatal(err)
		}
	}
	amounts := mustJSON(t, "sql", "select sum(兑付金额) as s, count(*) as n from 惠企资金兑付台账", "--zone", zone)[0]
	code, out, log := program(t, "peek", filepath.Join(dir, "惠企资金兑付台账.xlsx"), "-f", "json")
	if code != 0 || !strings.Contains(out, "兑付金额（元）") || !strings.Contains(out, "来源文件") {
		t.Errorf("exit code %d\n%s", code, log)
	}
	if n, _ := num(t, amounts["n"]); strings.Count(out, `"type": "number"`) < 2*int(n) {
		t.Errorf("%d numbers in %v rows", strings.Count(out, `"type": "number"`), n)
	}

	drop := filepath.Join(zone, "inbox", "党政办", "走访与会议记录.csv")
	text := "走访与会议记录\n填报单位：党政办,报送期：2022年第33周\n类型,日期,主题\n领导走访,2022-08-15,走访企业\n"
	if err := os.WriteFile(drop, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, log := program(t, "run", "--zone", zone, "--received-at", "2022-08-15 11:00"); code != 0 || !strings.Contains(log, "1 returns: ") {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	for _, f := range files(t, dir) {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		if changed, want := !info.ModTime().Equal(old), filepath.Base(f) == "走访与会议记录.xlsx"; changed != want {
			t.Errorf("%s was rewritten: %v, want %v", filepath.Base(f), changed, want)
		}
	}
	if code, out, _ := program(t, "peek", filepath.Join(dir, "走访与会议记录.xlsx"), "-f", "csv"); code != 0 || !strings.Contains(out, "走访企业") {
		t.Error("the new row is not in its consolidated workbook")
	}

	// One that is gone or was changed is written again by the next run, which finds nothing else to do.
	gone, changed := filepath.Join(dir, "问题台账.xlsx"), filepath.Join(dir, "走访与会议记录.xlsx")
	before, err := os.ReadFile(gone)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(changed, []byte("typed over"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, log := program(t, "run", "--zone", zone); code != 0 {
		t.Fatalf("exit code %d\n%s", code, log)
	}
	if after, err := os.ReadFile(gone); err != nil || len(after) != len(before) {
		t.Errorf("the one that was gone has %d bytes, not %d: %v", len(after), len(before), err)
	}
	if code, out, _ := program(t, "peek", changed, "-f", "csv"); code != 0 || !strings.Contains(out, "走访企业") {
		t.Error("the one that was changed stays so")
	}
	if code, _, log := program(t, "run", "--zone", zone); code != 0 || !strings.Contains(log, "Nothing new") {
		t.Errorf("then: exit code %d\n%s", code, log)
	}
}

// TestLedgerWrittenAfterAll: where none of the consolidated workbooks could be written a run says so, and the next one writes
// them though nothing else is new.
func TestLedgerWrittenAfterAll(t *testing.T) {
	zone := sharedCalm(t)
	dir := filepath.Join(zone, "published", "汇总台账")
	file := filepath.Join(dir, "问题台账.xlsx")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	restore := durable.SetHook(func(s durable.Step) error {
		if strings.HasPrefix(s.Path, dir) {
			return syscall.EIO
		}
		return nil
	})
	code, _, log := program(t, "run", "--zone", zone, "--received-at", crashReceived)
	restore()
	if code != 0 || !strings.Contains(log, "汇总台账《问题台账》没有更新，下次运行时再写") {
		t.Errorf("a run that can't write the consolidated workbook: exit code %d\n%s", code, log)
	}
	if code, _, log := program(t, "run", "--zone", zone, "--received-at", crashReceived); code != 0 {
		t.Errorf("the run after it: exit code %d\n%s", code, log)
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("the next run doesn't write it: %v", err)
	}
}
