package durable

import (
	"fmt"
	"sync/atomic"
)

// Op is what a step does.
type Op string

// The steps of writing, in the order in which a file meets them.
const (
	Mkdir   Op = "mkdir"    // a folder is made
	Create  Op = "create"   // a temporary file is made; the path is the folder
	Append  Op = "append"   // bytes are written; the path is the file's at that time
	Cut     Op = "cut"      // the end of a log is cut off
	Sync    Op = "sync"     // a file's content goes to the disk
	Rename  Op = "rename"   // a file gets its name
	SyncDir Op = "sync dir" // a folder's names go to the disk
	Delete  Op = "delete"   // a file is removed

	// Steps of a database; the path is its role.
	OpenDB     Op = "open"       // it is opened for writing
	Begin      Op = "begin"      // a transaction begins
	Commit     Op = "commit"     // a transaction is kept
	Checkpoint Op = "checkpoint" // what was kept goes into the file itself
)

// Step is one step, before it is taken.
type Step struct {
	Op   Op
	Path string
}

func (s Step) String() string { return fmt.Sprintf("%s %s", s.Op, s.Path) }

// Torn, given back by a hook for an Append, lets only the first bytes reach the file.
type Torn struct {
	After int // bytes of this call that are written
	Err   error
}

func (t *Torn) Error() string { return fmt.Sprintf("torn after %d bytes: %v", t.After, t.Err) }
func (t *Torn) Unwrap() error { return t.Err }

var hook atomic.Pointer[func(Step) error]

// SetHook has f asked before every step in this process until restore is
// called: an error takes the place of the step. It is for tests alone, which
// learn from it what is written in which order, make the Nth step fail, or end
// the process there. While it is set, steps come one after another, so that
// step N is the same one each time.
func SetHook(f func(Step) error) (restore func()) {
	before := hook.Swap(&f)
	return func() { hook.Store(before) }
}

func hooked() bool { return hook.Load() != nil }

// Ask lets a hook fail a step of writing that isn't taken by this package, such as a database's.
func Ask(op Op, path string) error { return ask(op, path) }

func ask(op Op, path string) error {
	if f := hook.Load(); f != nil {
		return (*f)(Step{op, path})
	}
	return nil
}
