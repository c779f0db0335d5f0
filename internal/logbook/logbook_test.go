package logbook

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestBook: entries lie in the file of their day in the zone's time, as JSON and as lines, without what is filtered.
func TestBook(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "logs")
	loc := time.FixedZone("CST", 8*3600)
	b := Open(dir, loc, func(s string) string { return strings.ReplaceAll(s, "13800001234", "138****1234") })
	log := slog.New(b.Handler(slog.LevelInfo)).With("run", 7)
	at := func(s string, level slog.Level, msg string, args ...any) {
		t.Helper()
		when, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		r := slog.NewRecord(when, level, msg, 0)
		r.Add(args...)
		if err := log.Handler().Handle(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	at("2026-11-29T15:59:59Z", slog.LevelInfo, "收件", "file", "a b.xlsx")
	at("2026-11-29T16:00:00Z", slog.LevelError, "two\nlines", "who", "13800001234")
	if log.Handler().Enabled(t.Context(), slog.LevelDebug) {
		t.Error("debug is written")
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	lines, err := Entries(dir, 10)
	want := []string{`2026-11-29 23:59:59 INFO  收件  run=7 file="a b.xlsx"`, `2026-11-30 00:00:00 ERROR two ⏎ lines  run=7 who=138****1234`}
	if err != nil || strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("%v\n%s", err, strings.Join(lines, "\n"))
	}
	text, err := os.ReadFile(filepath.Join(dir, "taizhang-2026-11-30.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var entry map[string]any
	if err := json.Unmarshal(text, &entry); err != nil || entry["run"] != 7.0 || entry["time"] != "2026-11-30T00:00:00+08:00" || entry["who"] != "138****1234" {
		t.Errorf("%v %v", entry, err)
	}
	if lines, err = Entries(dir, 1, "run=7 "); err != nil || len(lines) != 1 || !strings.Contains(lines[0], "two") {
		t.Errorf("the newest: %v %v", lines, err)
	}
	if lines, err = Entries(dir, 0, "run=8 "); err != nil || len(lines) != 0 {
		t.Errorf("another run's: %v %v", lines, err)
	}
	// Half a year is kept, and what isn't ours stays.
	if err := os.WriteFile(filepath.Join(dir, "taizhang-notes.log"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for left := 2; left > 0; left-- {
		days := Keep + 2 - left
		if _, err := Prune(dir, time.Date(2026, 11, 29, 12, 0, 0, 0, loc).AddDate(0, 0, days), loc); err != nil {
			t.Fatal(err)
		}
		if lines, err := Entries(dir, 0); err != nil || len(lines) != left {
			t.Errorf("after %d days: %v %v", days, lines, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "taizhang-notes.log")); err != nil {
		t.Error(err)
	}
}
