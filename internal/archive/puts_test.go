package archive

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"taizhang/internal/durable"
	"taizhang/internal/durable/durabletest"
)

// TestPuts: a group of originals is there whole after Commit; what fails is told, what was not committed leaves nothing.
func TestPuts(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	put := func() ([]string, error) {
		p := a.Puts()
		defer p.Discard()
		var hashes []string
		for i := range 30 {
			h, err := p.Put([]byte(fmt.Sprint("原件", i%25))) // some come twice
			if err != nil {
				return nil, err
			}
			hashes = append(hashes, h)
		}
		return hashes, p.Commit()
	}
	for _, n := range []int{0, 3, 40, 90} {
		var err error
		at := durabletest.FailFrom(n, syscall.ENOSPC, func() { _, err = put() })
		if at == nil || !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("step %d, %v: %v", n, at, err)
		}
	}
	hashes, err := put()
	must(t, err)
	for i, h := range hashes {
		if got, err := a.Get(h); err != nil || string(got) != fmt.Sprint("原件", i%25) {
			t.Errorf("original %d: %q, %v", i, got, err)
		}
	}
	must(t, a.Close())
	open(t, dir)
	if left, _ := os.ReadDir(a.path(tempDir)); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
	p := a.Puts()
	if _, err := p.Put([]byte("nie")); err != nil {
		t.Fatal(err)
	}
	p.Discard()
	if _, err := a.Get(Hash([]byte("nie"))); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was discarded: %v", err)
	}
}

// TestJournalFaults: a line that can't be written whole is not there; after a failed sync nothing more is appended, and
// the next owner reads what the disk has.
func TestJournalFaults(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	must(t, a.Append(arrival(1, "eins")))
	var err error
	durabletest.FailAt(0, &durable.Torn{After: 20, Err: syscall.ENOSPC}, func() { err = a.Append(arrival(2, "zwei")) })
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), journalName) {
		t.Errorf("a torn line: %v", err)
	}
	must(t, a.Append(arrival(2, "zwei")))
	if events, err := a.Events(); err != nil || len(events) != 2 {
		t.Errorf("%d events, %v", len(events), err)
	}
	durabletest.FailAt(1, syscall.EIO, func() { err = a.Append(arrival(3, "drei")) })
	if !errors.Is(err, syscall.EIO) {
		t.Errorf("a failed sync: %v", err)
	}
	if err := a.Append(arrival(4, "vier")); err == nil {
		t.Error("the journal is written to after a failed sync")
	}
	// A plug pulled in the middle of a line: the line is no event.
	must(t, a.Close())
	b := open(t, dir)
	before, err := b.Events()
	must(t, err)
	size := b.Size()
	restore := durable.SetHook(func(s durable.Step) error {
		if s.Op == durable.Append {
			return &durable.Torn{After: 30, Err: syscall.EIO}
		}
		return syscall.EIO
	})
	err = b.Append(arrival(5, "fuenf"))
	restore()
	if err == nil {
		t.Error("a torn line is no error")
	}
	must(t, b.Close())
	c := open(t, dir)
	after, err := c.Events()
	must(t, err)
	if len(after) != len(before) || c.Torn() != 30 || c.Size() != size {
		t.Errorf("%d events, %d before; %d bytes cut", len(after), len(before), c.Torn())
	}
}
