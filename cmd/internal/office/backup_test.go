package office

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/internal/decl"
	"taizhang/internal/warehouse"
)

// smallZone is a zone that took nothing in yet.
func smallZone(t *testing.T) *Zone {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "zone")
	for name, text := range map[string]string{
		"taizhang.yaml":       "zone: 样板园区\nsubmitters:\n  - {code: cyj, name: 产业局, kind: department}\n",
		"state.sqlite":        "half written",
		"state.sqlite-wal":    "the other half",
		"inbox/产业局/等待.csv":    "a,b\n",
		"other/mine.txt":      "x",
		"warehouse.duckdb":    "",
		"queries/q.sql":       "-- name: x\nselect 1",
		"summaries/.tmp-1234": "half",
		"web/users.json":      "[]",
		"web/sessions.json":   "[]",
		"web/tls-key.pem":     "secret",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	z, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// TestBackupSnapshots: a database that others have open is copied by who knows how, its logs left out; what is no zone's
// is named; the zone notes the backup, which tells its age.
func TestBackupSnapshots(t *testing.T) {
	z, ctx := smallZone(t), context.Background()
	at := time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC)
	o := BackupOptions{Dir: filepath.Join(t.TempDir(), "b"), Clock: func() time.Time { return at }, Pause: func(time.Duration) { t.Error("it waits") },
		Snapshots: map[string]func(context.Context, string) error{"state.sqlite": func(_ context.Context, to string) error { return os.WriteFile(to, []byte("whole"), 0o600) }}}
	r, err := z.Backup(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	for _, w := range r.Warnings {
		said += w.English
	}
	if !strings.Contains(said, "other") || strings.Contains(said, "web") {
		t.Errorf("nothing is said of what isn't copied: %q", said)
	}
	if last, err := z.LastBackup(); err != nil || last == nil || !last.At.Equal(at) || last.Name != r.Name || last.Files != r.Files {
		t.Errorf("%+v, %v", last, err)
	}
	to := filepath.Join(t.TempDir(), "back")
	if _, err := Restore(ctx, RestoreOptions{Dir: o.Dir, To: to}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"state.sqlite": "whole", "inbox/产业局/等待.csv": "a,b\n", "queries/q.sql": "-- name: x\nselect 1", "web/users.json": "[]"} {
		if got, err := os.ReadFile(filepath.Join(to, filepath.FromSlash(name))); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for _, name := range []string{"state.sqlite-wal", "other", "summaries/.tmp-1234", "warehouse.duckdb", "backup.json", "web/sessions.json", "web/tls-key.pem", restoringName} {
		if _, err := os.Stat(filepath.Join(to, name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s came back (%v)", name, err)
		}
	}
	// A snapshot that fails costs itself: figures don't depend on it, the rest is backed up, and it is said.
	o.Snapshots["state.sqlite"] = func(context.Context, string) error { return errors.New("busy") }
	o.Clock = func() time.Time { return at.Add(time.Hour) }
	r, err = z.Backup(ctx, o)
	if err != nil || !slices.ContainsFunc(r.Warnings, func(w decl.Text) bool {
		return strings.Contains(w.English, "state.sqlite") && strings.Contains(w.English, "busy")
	}) {
		t.Errorf("a snapshot that fails: %+v, %v", r, err)
	}
	// One backup at a time.
	owner, err := warehouse.LockFile(filepath.Join(z.Dir, backupLockName), "backup")
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Release()
	var held *warehouse.HeldError
	if _, err := z.Backup(ctx, o); !errors.As(err, &held) {
		t.Errorf("two at once: %v", err)
	}
}
