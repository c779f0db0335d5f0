package service

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taizhang/internal/logbook"
	"taizhang/internal/state"
	"taizhang/internal/tooltest"
	"taizhang/internal/zone"
)

// TestTenYears: ten years of weeks leave records, logs and folders of a bounded size, and every paper where it belongs.
func TestTenYears(t *testing.T) {
	tooltest.Thorough(t)
	b := served(t, "2022-08-15 14:00", "")
	b.counted(zone.JobSummary)
	do, written := b.faked, 0
	delete(do, zone.JobTidy)
	book := logbook.Open(b.file("logs"), cst, func(s string) string { return s })
	defer book.Close()
	log := slog.New(book.Handler(slog.LevelInfo))
	do[zone.JobSummary] = func(a attempt) (Report, error) {
		now := b.options().Clock()
		name := fmt.Sprintf("outbox/产业局/回执_问题台账_%06d.xlsx", now.Unix()/604800)
		b.write(name, "receipt")
		if err := os.Chtimes(b.file(name), now, now); err != nil {
			return Report{}, err
		}
		written++
		return Report{News: true}, log.Handler().Handle(t.Context(), slog.NewRecord(now, slog.LevelInfo, "周报", 0))
	}
	b.fake(do)
	now, weeks := b.at("2022-08-15 14:00"), 0 // weeks with holidays may have no due time, or two
	var early, late time.Duration
	for ; now.Before(b.at("2032-08-15 14:00")); now = now.AddDate(0, 0, 7) {
		begin := time.Now()
		b.tick(now.Format("2006-01-02 15:04"))
		if weeks++; weeks <= 50 {
			early += time.Since(begin)
		} else if weeks > 470 {
			late += time.Since(begin)
		}
	}
	if runs := b.runs(""); len(runs) > 400 {
		t.Errorf("%d runs are kept after %d weeks", len(runs), weeks)
	}
	lines, err := logbook.Entries(b.file("logs"), 0)
	if err != nil || len(lines) < 20 || len(lines) > 40 {
		t.Errorf("%d lines of log are kept, %v", len(lines), err)
	}
	hand, err := filepath.Glob(b.file("outbox/产业局/回执_*.xlsx"))
	if err != nil || len(hand) > 65 {
		t.Errorf("%d receipts lie at hand, %v", len(hand), err)
	}
	all, err := filepath.Glob(b.file("outbox/产业局/*/回执_*.xlsx"))
	if err != nil || len(all)+len(hand) != written || written < 480 {
		t.Errorf("%d of %d receipts are there, %v", len(all)+len(hand), written, err)
	}
	if late > 3*early+time.Second {
		t.Errorf("fifty weeks took %v at the beginning, %v at the end", early, late)
	}
}

// TestBackups: the zone is backed up each day while it is served, the backup is brought back and proven, and a backup
// that can't be made is told.
func TestBackups(t *testing.T) {
	to := t.TempDir()
	b := served(t, "2022-08-15 09:00", "as_of: 2022-08-15\nbackup: {to: "+filepath.ToSlash(to)+"/sets, keep: 2}\nalerts: {backup_days: 3}\n")
	b.tick("2022-08-15 09:00")
	b.tick("2022-08-15 12:30")
	b.tick("2022-08-15 12:31")
	r := b.runs(zone.JobBackup)
	if len(r) != 1 || r[0].Result != state.Done {
		t.Fatalf("%+v\n%s", r, b.said())
	}
	if report, err := b.s.Do(t.Context(), zone.JobDrill, "test"); err != nil || !strings.Contains(report.Message, "1份报表、") {
		t.Errorf("drill: %+v, %v", report, err)
	}
	if err := os.Rename(to+"/sets", to+"/away"); err != nil { // the stick is gone
		t.Fatal(err)
	}
	for _, when := range []string{"2022-08-16 12:30", "2022-08-19 12:30", "2022-08-19 12:32"} {
		b.tick(when)
	}
	text, err := os.ReadFile(b.file(AlertFile))
	if err != nil || !strings.Contains(string(text), "任务“备份”") || !strings.Contains(string(text), "最近一次备份在4天前") {
		t.Errorf("%v\n%s", err, text)
	}
	if err := os.Rename(to+"/away", to+"/sets"); err != nil {
		t.Fatal(err)
	}
	b.tick("2022-08-20 12:30")
	b.tick("2022-08-20 12:32")
	if b.there(AlertFile) {
		t.Errorf("the alert stays\n%s", b.said())
	}
}
