package archive

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	cst   = time.FixedZone("CST", 8*3600)
	clock = time.Date(2022, 8, 15, 9, 30, 0, 0, cst)
)

func open(t *testing.T, dir string) *Archive {
	t.Helper()
	a, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	a.Clock = func() time.Time { return clock }
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func arrival(seq int, content string) Event {
	return Event{Event: Arrive, Seq: seq, At: clock, Hash: Hash([]byte(content)), Name: "问题台账.xlsx",
		Folder: "产业局", Path: "产业局/问题台账.xlsx", Size: int64(len(content))}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestOriginals(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	content := []byte("原件")
	hash, err := a.Put(content)
	must(t, err)
	path := filepath.Join(dir, hash[:2], hash)
	before, err := os.Stat(path)
	must(t, err)
	if _, err := a.Put(content); err != nil {
		t.Fatal(err)
	}
	if after, _ := os.Stat(path); !os.SameFile(before, after) || !after.ModTime().Equal(before.ModTime()) {
		t.Error("the same content was written twice")
	}
	got, err := a.Get(hash)
	must(t, err)
	if !bytes.Equal(got, content) {
		t.Errorf("got %q", got)
	}
	if left, _ := os.ReadDir(filepath.Join(dir, tempDir)); len(left) > 0 {
		t.Errorf("temporary files left: %v", left)
	}

	must(t, os.WriteFile(path, []byte("被改"), 0o600))
	if _, err := a.Get(hash); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a changed original was returned: %v", err)
	}
	if _, err := a.Put(content); err != nil {
		t.Fatal(err)
	}
	if got, err := a.Get(hash); err != nil || !bytes.Equal(got, content) {
		t.Errorf("a damaged original was not mended: %q, %v", got, err)
	}
	for _, bad := range []string{"", "../journal.jsonl", strings.Repeat("A", 64), strings.Repeat("0", 64)} {
		if _, err := a.Get(bad); err == nil {
			t.Errorf("Get(%q) succeeded", bad)
		}
	}
}

func TestErased(t *testing.T) {
	a := open(t, t.TempDir())
	hash, err := a.Put([]byte("张三"))
	must(t, err)
	must(t, a.Append(Event{Event: Erase, Hash: hash, At: clock, Reason: "本人申请"}))
	path, err := a.Path(hash)
	must(t, err)
	must(t, os.Remove(path))
	if _, err := a.Get(hash); !errors.Is(err, ErrErased) {
		t.Errorf("got %v", err)
	}
}

func TestDeclareOnlyChanges(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	for _, bundle := range []string{"一", "一", "二", "二", "一"} {
		hash, err := a.Declare([]byte(bundle))
		must(t, err)
		if got, err := a.Declaration(hash); err != nil || string(got) != bundle {
			t.Errorf("%s: got %q, %v", bundle, got, err)
		}
	}
	must(t, a.Close())
	a = open(t, dir)
	if _, err := a.Declare([]byte("一")); err != nil {
		t.Fatal(err)
	}
	events, err := a.Events()
	must(t, err)
	if len(events) != 3 || events[2].Hash != Hash([]byte("一")) || a.Declared() != events[2].Hash {
		t.Errorf("got %+v", events)
	}
}

func TestOpenWipesUnfinishedFiles(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	left := filepath.Join(dir, tempDir, "put-1")
	must(t, os.WriteFile(left, []byte("half"), 0o600))
	open(t, dir)
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("still there: %v", err)
	}
}

// TestReadersBesideOwner lets views and the owner read while it writes.
func TestReadersBesideOwner(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	const n = 40
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			v, err := View(dir)
			if err != nil {
				t.Error(err)
				return
			}
			for last := 0; ; {
				events, err := v.Events()
				if err != nil || len(events) < last {
					t.Errorf("%d events after %d: %v", len(events), last, err)
					return
				}
				last = len(events)
				for _, e := range events {
					if e.Event == Arrive {
						if _, err := v.Get(e.Hash); err != nil {
							t.Error(err)
							return
						}
					}
				}
				if _, err := v.Pending(); err != nil {
					t.Error(err)
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for range n / 4 {
				seq := a.NextArrival()
				content := strings.Repeat("行", seq)
				if _, err := a.Put([]byte(content)); err != nil {
					t.Error(err)
				}
				if err := a.Append(arrival(seq, content)); err != nil {
					t.Error(err)
				}
				if err := a.Append(Event{Event: Leave, Seq: seq}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	close(done)
	wg.Wait()
	events, err := a.Events()
	must(t, err)
	if len(events) != 2*n || a.NextArrival() != n+1 {
		t.Errorf("%d events", len(events))
	}
}

func TestViewRefusesWriting(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	v, err := View(dir)
	must(t, err)
	if _, err := v.Put([]byte("x")); !errors.Is(err, errReadOnly) {
		t.Errorf("Put: %v", err)
	}
	if _, err := v.Declare([]byte("x")); !errors.Is(err, errReadOnly) {
		t.Errorf("Declare: %v", err)
	}
	if err := v.Append(Event{Event: Leave, Seq: 1}); !errors.Is(err, errReadOnly) {
		t.Errorf("Append: %v", err)
	}
	if _, err := View(filepath.Join(dir, "none")); err == nil {
		t.Error("a missing archive was opened")
	}
}
