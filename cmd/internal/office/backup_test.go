package office_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/office/copies"
	"taizhang/cmd/internal/office/doctor"
	"taizhang/internal/decl"
	"taizhang/internal/lang"
	"taizhang/internal/state"
	"taizhang/internal/warehouse"
)

// TestBackupState: what the service notes is copied whole while it is open, without its log; a damaged one holds no backup
// up, and is put back from the one before.
func TestBackupState(t *testing.T) {
	z, ctx := smallZone(t), context.Background()
	for _, name := range []string{"state.sqlite", "state.sqlite-wal"} {
		if err := os.Remove(filepath.Join(z.Dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := state.Open(ctx, z.Dir)
	if err != nil {
		t.Fatal(err)
	}
	id, err := s.Begin(ctx, state.Run{Job: "backup", Attempt: 1, Started: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	o := copies.Options{Dir: filepath.Join(t.TempDir(), "b")}
	if _, err := copies.Make(ctx, z, o); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "back")
	if _, err := office.Restore(ctx, office.RestoreOptions{Dir: o.Dir, To: to}); err != nil {
		t.Fatal(err)
	}
	back, err := state.Open(ctx, to)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(back.End(ctx, id, time.Now(), state.Done, lang.Text{}), back.Close(), s.Close()); err != nil {
		t.Errorf("what was noted didn't come back: %v", err)
	}
	path := filepath.Join(z.Dir, state.FileName)
	if err := os.WriteFile(path, make([]byte, 8192), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := copies.Make(ctx, z, o)
	if err != nil || !strings.Contains(fmt.Sprint(r.Warnings), "state.sqlite can't be copied") {
		t.Errorf("%v %v", r, err)
	}
	found, err := doctor.Examine(ctx, z.Dir, doctor.Options{Mend: true})
	if err != nil || !slices.ContainsFunc(found, func(f doctor.Finding) bool { return f.Check == "state" && f.State == doctor.Mended }) {
		t.Errorf("%v %v", found, err)
	}
	if s, err = state.View(ctx, z.Dir); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// smallZone is a zone that took nothing in yet.
func smallZone(t *testing.T) *office.Zone {
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
		"web/audit.jsonl":     "{}",
		"web/reading-1":       "x",
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
	z, err := office.Load(dir)
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
	o := copies.Options{Dir: filepath.Join(t.TempDir(), "b"), Clock: func() time.Time { return at }, Pause: func(time.Duration) { t.Error("it waits") },
		Snapshots: map[string]func(context.Context, string) error{"state.sqlite": func(_ context.Context, to string) error { return os.WriteFile(to, []byte("whole"), 0o600) }}}
	r, err := copies.Make(ctx, z, o)
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
	if _, err := office.Restore(ctx, office.RestoreOptions{Dir: o.Dir, To: to}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"state.sqlite": "whole", "inbox/产业局/等待.csv": "a,b\n", "queries/q.sql": "-- name: x\nselect 1", "web/audit.jsonl": "{}"} {
		if got, err := os.ReadFile(filepath.Join(to, filepath.FromSlash(name))); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for _, name := range []string{"state.sqlite-wal", "other", "summaries/.tmp-1234", "warehouse.duckdb", "backup.json", "web/reading-1", "web/tls-key.pem", office.RestoringName} {
		if _, err := os.Stat(filepath.Join(to, name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s came back (%v)", name, err)
		}
	}
	// A snapshot that fails costs itself: figures don't depend on it, the rest is backed up, and it is said.
	o.Snapshots["state.sqlite"] = func(context.Context, string) error { return errors.New("busy") }
	o.Clock = func() time.Time { return at.Add(time.Hour) }
	r, err = copies.Make(ctx, z, o)
	if err != nil || !slices.ContainsFunc(r.Warnings, func(w decl.Text) bool {
		return strings.Contains(w.English, "state.sqlite") && strings.Contains(w.English, "busy")
	}) {
		t.Errorf("a snapshot that fails: %+v, %v", r, err)
	}
	// One backup at a time.
	owner, err := warehouse.LockFile(filepath.Join(z.Dir, "backup.lock"), "backup", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Release()
	var held *warehouse.HeldError
	if _, err := copies.Make(ctx, z, o); !errors.As(err, &held) {
		t.Errorf("two at once: %v", err)
	}
}
