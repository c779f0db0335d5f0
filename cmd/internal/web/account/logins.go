package account

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// How long logins last, and how often one may guess.
const (
	IdleSession  = 2 * time.Hour  // without a request
	LongSession  = 12 * time.Hour // at most
	SeenEvery    = time.Minute    // how exactly it is kept when a session or token was last used
	MostFailures = 5              // wrong passwords of an account, before it is locked
	LockedFor    = 15 * time.Minute
	MostFromOne  = 30 // attempts to log in from one computer in a span of LockedFor

	hashesAtOnce = 2    // each takes 64 MB
	mostHeld     = 1000 // logins, and doors with failures, that are held in memory
)

// Logins are who has logged in, and who failed to, at doors: accounts and computers. They are kept in the state, so that a
// restart ends none and opens none. What the state can't hold, as on a full disk, is held in memory: whoever has to look
// after the disk must be able to log in.
type Logins struct {
	Store *Users // nil: nobody can
	Clock func() time.Time
	Log   *slog.Logger

	mu       sync.Mutex
	slots    chan struct{}
	failures map[string][]time.Time
	sessions map[string]Session
}

// Closed says until when nobody is let in at one of the doors; the zero time where they are open.
func (l *Logins) Closed(ctx context.Context, account, computer string) (time.Time, error) {
	var until time.Time
	for door, most := range map[string]int{account: MostFailures, computer: MostFromOne} {
		at, err := l.lockedUntil(ctx, door, most)
		if err != nil {
			return until, err
		}
		if at.After(until) {
			until = at
		}
	}
	return until, nil
}

// Locked says until when a user's account is locked; the zero time where it isn't.
func (l *Logins) Locked(ctx context.Context, user string) (time.Time, error) {
	return l.lockedUntil(ctx, Door(user), MostFailures)
}

// lockedUntil says until when a door is locked after that many failures; the zero time where it isn't.
func (l *Logins) lockedUntil(ctx context.Context, door string, most int) (time.Time, error) {
	since := l.Clock().Add(-LockedFor)
	at, err := l.Store.Failed(ctx, door, most, since)
	if err != nil {
		return time.Time{}, err
	}
	if more := l.failed(door, most, since); more.After(at) {
		at = more
	}
	if at.IsZero() {
		return at, nil
	}
	return at.Add(LockedFor), nil
}

// Guessed notes a wrong password.
func (l *Logins) Guessed(ctx context.Context, account, computer string) {
	now := l.Clock()
	if err := l.Store.Fail(ctx, now, now.Add(-LockedFor), account, computer); err != nil {
		l.Log.Error("note a failed login", "err", err)
		l.fail(now, account, computer)
	}
}

// Turn bounds how many passwords are hashed at once; what it gives is called when one is.
func (l *Logins) Turn() func() {
	l.mu.Lock()
	if l.slots == nil {
		l.slots = make(chan struct{}, hashesAtOnce)
	}
	l.mu.Unlock()
	l.slots <- struct{}{}
	return func() { <-l.slots }
}

// Begin keeps a login: in the state, or, where that can't be written, in memory until the page ends.
func (l *Logins) Begin(ctx context.Context, x Session) {
	err := l.Store.PutSession(ctx, x)
	if err == nil {
		return
	}
	l.Log.Error("note a login: it is kept in memory", "err", err)
	l.hold(x)
}

// Session is a login by its id.
func (l *Logins) Session(ctx context.Context, id string) (Session, bool, error) {
	if x, ok := l.held(id); ok {
		return x, true, nil
	}
	return l.Store.Session(ctx, id)
}

// Over says whether a login has ended by itself.
func Over(x Session, now time.Time) bool {
	return now.Sub(x.Seen) > IdleSession || now.Sub(x.Begun) > LongSession
}

// Seen notes that a login was used.
func (l *Logins) Seen(ctx context.Context, x Session, now time.Time) {
	x.Seen = now
	if _, ok := l.held(x.ID); ok {
		l.hold(x)
		return
	}
	if err := l.Store.Seen(ctx, x.ID, now); err != nil { // whoever is logged in stays so
		l.Log.Error("note when a login was used", "err", err)
	}
}

// End ends a login.
func (l *Logins) End(ctx context.Context, id string) error {
	if l.drop(func(x Session) bool { return x.ID == id }) {
		return nil
	}
	return l.Store.EndSession(ctx, id)
}

// EndOf ends all logins of a user.
func (l *Logins) EndOf(ctx context.Context, user string) error {
	l.Drop(user)
	return l.Store.EndSessionsOf(ctx, user)
}

// Drop ends those logins of a user that are held in memory.
func (l *Logins) Drop(user string) { l.drop(func(x Session) bool { return x.User == user }) }

// Open forgets what is held in memory of a user: failures, and logins.
func (l *Logins) Open(user string) {
	l.Drop(user)
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.failures, Door(user))
}

func (l *Logins) hold(x Session) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sessions == nil || len(l.sessions) >= mostHeld {
		l.sessions = map[string]Session{}
	}
	l.sessions[x.ID] = x
}

func (l *Logins) held(id string) (Session, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	x, ok := l.sessions[id]
	return x, ok
}

func (l *Logins) drop(which func(Session) bool) (dropped bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, x := range l.sessions {
		if which(x) {
			delete(l.sessions, id)
			dropped = true
		}
	}
	return dropped
}

// fail counts a failure at doors in memory.
func (l *Logins) fail(now time.Time, doors ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failures == nil || len(l.failures) >= mostHeld {
		l.failures = map[string][]time.Time{}
	}
	for _, door := range doors {
		list := append(l.failures[door], now)
		l.failures[door] = list[max(0, len(list)-MostFromOne):]
	}
}

// failed gives when the n-th newest failure at a door was that is counted in memory, the zero time where there are fewer.
func (l *Logins) failed(door string, n int, since time.Time) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := slices.DeleteFunc(slices.Clone(l.failures[door]), func(t time.Time) bool { return !t.After(since) })
	if len(list) < n {
		return time.Time{}
	}
	return list[len(list)-n]
}
