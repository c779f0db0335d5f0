package frame

import (
	"context"
	"sync"
)

// Turns let everybody who wants the same work done share it: whoever comes while it is under way waits for the next
// turn, together with all who come until that begins.
type Turns struct {
	work sync.Mutex // held by the turn under way
	mu   sync.Mutex
	next *turn // not begun yet; nil where nobody waits
}

// turn is one time that the work is done.
type turn struct {
	Done chan struct{}
	Err  error // once it is done
}

// Busy says whether the work is being done, or somebody waits for it.
func (t *Turns) Busy() bool {
	t.mu.Lock()
	waits := t.next != nil
	t.mu.Unlock()
	if waits || !t.work.TryLock() {
		return true
	}
	t.work.Unlock()
	return false
}

// Join gives the turn that begins after now; do is the work.
func (t *Turns) Join(do func() error) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.next != nil {
		return t.next
	}
	n := &turn{Done: make(chan struct{})}
	t.next = n
	go func() {
		defer close(n.Done)
		t.work.Lock()
		defer t.work.Unlock()
		t.mu.Lock()
		t.next = nil
		t.mu.Unlock()
		n.Err = do()
	}()
	return n
}

// NoContext is of work that doesn't end with a request.
var NoContext = context.Background()
