package durable

import (
	"errors"
	"io/fs"
	"path/filepath"
	"sync"
)

// ahead is how many files of a batch are written and synced beside one another:
// a disk answers several syncs in hardly more time than one.
const ahead = 8

// Batch writes many files at the price of few: they are staged in the
// background, placed in the order in which they were added, and each folder is
// synced once. Until Commit none of them has its name. The zero Batch is ready;
// one goroutine uses it.
type Batch struct {
	entries []*entry
	running chan struct{}
	wait    sync.WaitGroup
}

type entry struct {
	path   string // what an error names
	staged *Staged
	err    error
	place  func(*Staged) error
}

// Add has content written to path, in place of what is there. The content must not change before Commit.
func (b *Batch) Add(path string, mode fs.FileMode, content []byte) {
	b.AddFrom(filepath.Dir(path), path, mode, content)
}

// AddFrom is Add where leftovers are to lie in another folder of the same file system.
func (b *Batch) AddFrom(dir, path string, mode fs.FileMode, content []byte) {
	b.add(dir, path, mode, content, func(s *Staged) error {
		return named("write", path, func() error { return s.place(path) })
	})
}

// AddAs is Add where the name is found only when all before it are placed:
// place may look for a free one in the folder of path ([Staged.PlaceNew]), or
// leave the file unplaced. Other errors than its own name path.
func (b *Batch) AddAs(path string, mode fs.FileMode, content []byte, place func(*Staged) error) {
	b.add(filepath.Dir(path), path, mode, content, place)
}

func (b *Batch) add(dir, path string, mode fs.FileMode, content []byte, place func(*Staged) error) {
	e := &entry{path: path, place: place}
	b.entries = append(b.entries, e)
	write := func() {
		e.err = named("write", path, func() (err error) {
			e.staged, err = stage(dir, mode, from(content))
			return err
		})
	}
	if hooked() {
		write()
		return
	}
	if b.running == nil {
		b.running = make(chan struct{}, ahead)
	}
	b.running <- struct{}{}
	b.wait.Go(func() {
		write()
		<-b.running
	})
}

// Commit places all files and settles their folders. A file that can't be
// written keeps none of the others; the error names each such file. The batch
// is empty afterwards.
func (b *Batch) Commit() error {
	b.wait.Wait()
	defer b.Discard()
	var errs []error
	folders := map[string]bool{}
	for _, e := range b.entries {
		err := e.err
		if err == nil {
			err = e.place(e.staged)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		folders[filepath.Dir(e.path)] = true
	}
	return errors.Join(append(errs, syncDirs(folders))...)
}

// Discard removes what was staged and not placed.
func (b *Batch) Discard() {
	b.wait.Wait()
	for _, e := range b.entries {
		if e.staged != nil {
			e.staged.Discard()
		}
	}
	b.entries = nil
}
