package web

import (
	"context"
	"slices"
	"time"

	"taizhang/cmd/internal/web/account"
)

// begin keeps a login: in the state, or, where that can't be written, in memory until the page ends.
func (s *Server) begin(ctx context.Context, x account.Session) {
	err := s.o.Store.PutSession(ctx, x)
	if err == nil {
		return
	}
	s.o.Log.Error("note a login: it is kept in memory", "err", err)
	s.doors.hold(x)
}

// session is a login by its id.
func (s *Server) session(ctx context.Context, id string) (account.Session, bool, error) {
	if x, ok := s.doors.held(id); ok {
		return x, true, nil
	}
	return s.o.Store.Session(ctx, id)
}

// seen notes that a login was used.
func (s *Server) seen(ctx context.Context, x account.Session, now time.Time) {
	x.Seen = now
	if _, ok := s.doors.held(x.ID); ok {
		s.doors.hold(x)
		return
	}
	if err := s.o.Store.Seen(ctx, x.ID, now); err != nil { // whoever is logged in stays so
		s.o.Log.Error("note when a login was used", "err", err)
	}
}

// end ends a login.
func (s *Server) end(ctx context.Context, id string) error {
	if s.doors.drop(func(x account.Session) bool { return x.ID == id }) {
		return nil
	}
	return s.o.Store.EndSession(ctx, id)
}

// endOf ends all logins of a user.
func (s *Server) endOf(ctx context.Context, user string) error {
	s.doors.drop(func(x account.Session) bool { return x.User == user })
	return s.o.Store.EndSessionsOf(ctx, user)
}

const mostHeld = 1000 // logins, and doors with failures, that are held in memory

func (d *doors) hold(x account.Session) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.sessions == nil || len(d.sessions) >= mostHeld {
		d.sessions = map[string]account.Session{}
	}
	d.sessions[x.ID] = x
}

func (d *doors) held(id string) (account.Session, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	x, ok := d.sessions[id]
	return x, ok
}

func (d *doors) drop(which func(account.Session) bool) (dropped bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, x := range d.sessions {
		if which(x) {
			delete(d.sessions, id)
			dropped = true
		}
	}
	return dropped
}

// fail counts a failure at doors in memory.
func (d *doors) fail(now time.Time, doors ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.failures == nil || len(d.failures) >= mostHeld {
		d.failures = map[string][]time.Time{}
	}
	for _, door := range doors {
		list := append(d.failures[door], now)
		d.failures[door] = list[max(0, len(list)-mostFromOne):]
	}
}

// failed gives when the n-th newest failure at a door was that is counted in memory, the zero time where there are fewer.
func (d *doors) failed(door string, n int, since time.Time) time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := slices.DeleteFunc(slices.Clone(d.failures[door]), func(t time.Time) bool { return !t.After(since) })
	if len(list) < n {
		return time.Time{}
	}
	return list[len(list)-n]
}

// open forgets what is held in memory of a user: failures, and logins.
func (d *doors) open(name string) {
	d.drop(func(x account.Session) bool { return x.User == name })
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.failures, account.Door(name))
}
