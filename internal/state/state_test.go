package state

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"taizhang/internal/lang"
)

func opened(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.FixedZone("", 8*3600))

// TestRuns: an occurrence is settled by a run that was done or skipped, not by one that failed or was lost.
func TestRuns(t *testing.T) {
	s := opened(t, t.TempDir())
	settled := func() bool { t.Helper(); return must[bool](t)(s.Settled(t.Context(), "summary", noon)) }
	begin := func(attempt int) int64 {
		t.Helper()
		return must[int64](t)(s.Begin(t.Context(), Run{Job: "summary", Due: noon, Attempt: attempt, By: "schedule", Started: noon.Add(time.Minute)}))
	}
	id := begin(1)
	if settled() {
		t.Error("settled while it runs")
	}
	if n, err := s.Abandon(t.Context(), noon.Add(time.Hour)); err != nil || n != 1 {
		t.Errorf("%d abandoned, %v", n, err)
	}
	if r, ok, err := s.Get(t.Context(), id); err != nil || !ok || r.Result != Lost || !r.Due.Equal(noon) || !r.Finished.Equal(noon.Add(time.Hour)) {
		t.Errorf("%+v %v %v", r, ok, err)
	}
	id = begin(2)
	if err := s.End(t.Context(), id, noon.Add(2*time.Hour), Failed, lang.Text{English: "disk full", Chinese: "盘满"}); err != nil || settled() {
		t.Errorf("a failed one: %v", err)
	}
	if n, last, err := s.Attempts(t.Context(), "summary", noon); err != nil || n != 2 || last.Message != (lang.Text{English: "disk full", Chinese: "盘满"}) {
		t.Errorf("%d attempts, the last %+v, %v", n, last, err)
	}
	if err := s.End(t.Context(), begin(3), noon.Add(3*time.Hour), Done, lang.Text{}); err != nil || !settled() {
		t.Errorf("a done one: %v", err)
	}
	if last, ok, err := s.Last(t.Context(), "summary", Failed, Lost); err != nil || !ok || last.Attempt != 2 {
		t.Errorf("the last that failed is %+v, %v", last, err)
	}
	if _, ok, err := s.Last(t.Context(), "intake"); ok || err != nil {
		t.Errorf("a run of a job that never ran, %v", err)
	}
	// An occurrence is the moment, in whatever zone it is told.
	if !must[bool](t)(s.Settled(t.Context(), "summary", noon.UTC())) {
		t.Error("another zone, another occurrence")
	}
	// What was done long ago goes, but a job's newest stays.
	for i := range 5 {
		id := must[int64](t)(s.Begin(t.Context(), Run{Job: "intake", Attempt: 1, By: "watch", Started: noon}))
		if err := s.End(t.Context(), id, noon.Add(time.Duration(i)*time.Hour), Done, lang.Text{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Prune(t.Context(), noon.AddDate(1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	if left := must[[]Run](t)(s.Newest(t.Context(), "", 100)); len(left) != 2 || left[0].Job != "intake" || left[1].Result != Done {
		t.Errorf("left: %+v", left)
	}
}

// TestAlerts: an alert is raised once, told once, and its end once.
func TestAlerts(t *testing.T) {
	s := opened(t, t.TempDir())
	raise := func(sentence lang.Text, at time.Time) bool {
		t.Helper()
		return must[bool](t)(s.Raise(t.Context(), "disk", "", sentence, at))
	}
	if !raise(lang.Say("900 MB left", "余900兆"), noon) || raise(lang.Say("800 MB left", "余800兆"), noon.Add(time.Hour)) {
		t.Error("raised not once")
	}
	a := must[[]Alert](t)(s.Untold(t.Context()))
	if len(a) != 1 || a[0].Text != (lang.Text{English: "800 MB left", Chinese: "余800兆"}) || !a[0].Since.Equal(noon) {
		t.Fatalf("%+v", a)
	}
	// It ends while it is being mailed: the end is still to be told.
	if err := s.Clear(t.Context(), "disk", "", noon.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := s.Tell(t.Context(), a[0], noon.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if left := must[[]Alert](t)(s.Alerts(t.Context())); len(left) != 0 {
		t.Errorf("still there: %+v", left)
	}
	a = must[[]Alert](t)(s.Untold(t.Context()))
	if len(a) != 1 || a[0].Ended.IsZero() || !a[0].Told {
		t.Fatalf("%+v", a)
	}
	if err := s.Tell(t.Context(), a[0], noon.Add(3*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if a = must[[]Alert](t)(s.Untold(t.Context())); len(a) != 0 {
		t.Errorf("told, and yet %+v", a)
	}
	if !raise(lang.Say("700 MB left", "余700兆"), noon.Add(5*time.Hour)) {
		t.Error("a second time is no news")
	}
}

// TestDamagedOrNewer: a damaged state is told and set aside; a newer one is refused and stays as it is.
func TestDamagedOrNewer(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	if _, err := View(t.Context(), dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no state: %v", err)
	}
	for name, content := range map[string][]byte{"text": bytes.Repeat([]byte("no database "), 1000), "a block": nil} {
		if content == nil {
			s := opened(t, dir)
			for range 500 {
				if _, err := s.Begin(t.Context(), Run{Job: "intake", By: "watch", Started: noon}); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			var err error
			if content, err = os.ReadFile(path); err != nil {
				t.Fatal(err)
			}
			copy(content[4096:], bytes.Repeat([]byte{0xa5}, len(content)-4096))
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), dir); !errors.Is(err, ErrDamaged) {
			t.Fatalf("%s: %v", name, err)
		}
		aside, err := SetAside(dir, noon)
		if err != nil {
			t.Fatal(err)
		}
		if kept, err := os.ReadFile(aside); err != nil || !bytes.Equal(kept, content) {
			t.Errorf("%s: not kept as it was: %v", name, err)
		}
		if err := opened(t, dir).Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	s := opened(t, dir)
	if _, err := s.db.Exec("pragma user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, open := range []func() error{func() error { _, err := Open(t.Context(), dir); return err }, func() error { _, err := View(t.Context(), dir); return err }} {
		if err := open(); !errors.Is(err, ErrNewer) {
			t.Errorf("a newer state: %v", err)
		}
	}
}

// TestSeveralProcesses: several stores of one file change it at once; a copy is whole.
func TestSeveralProcesses(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			s, err := Open(t.Context(), dir)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			for range 25 {
				id, err := s.Begin(t.Context(), Run{Job: "intake", By: "watch", Started: noon})
				if err == nil {
					err = s.End(t.Context(), id, noon, Done, lang.Text{})
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	other := t.TempDir()
	if err := opened(t, dir).CopyTo(t.Context(), filepath.Join(other, FileName)); err != nil {
		t.Fatal(err)
	}
	if runs := must[[]Run](t)(opened(t, other).Newest(t.Context(), "", 1000)); len(runs) != 100 {
		t.Errorf("%d runs of 100", len(runs))
	}
}

// TestViewOfReadOnlyMedium: the state of a zone on a medium that can only be read, or in somebody else's folder, can be looked
// at. Root may write anywhere, so as root the test stands on the way it is opened then.
func TestViewOfReadOnlyMedium(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	if _, err := s.Begin(t.Context(), Run{Job: "intake", By: "watch", Started: noon}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, FileName)
	for name, mode := range map[string]os.FileMode{path: 0o400, dir: 0o500} {
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { os.Chmod(dir, 0o700) })
	look := View
	if os.Geteuid() == 0 {
		look = func(ctx context.Context, _ string) (*Store, error) { return open(ctx, path, "ro") }
	}
	v, err := look(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if got := must[int](t)(v.version(t.Context())); got != len(migrations) {
		t.Errorf("version %d of %d", got, len(migrations))
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("%v: looking left %v", err, entries)
	}
	wrong := s.fault("open", &fs.PathError{Op: "x", Path: path, Err: fs.ErrPermission})
	if got := lang.In(wrong, lang.Chinese); strings.Contains(got, "open") || !strings.Contains(got, "没有权限") {
		t.Error(got)
	}
}
