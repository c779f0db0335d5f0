package state

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestUsers: users, logins and failures stay over a restart, in a file that the owner alone can read; a copy for a backup
// has users, but nobody is logged in by it.
func TestUsers(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	s, err := Open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2022, 8, 15, 7, 0, 0, 0, time.UTC)
	u := User{Name: "王", Role: "admin", Hash: "h", Since: now}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.PutUser(ctx, u))
	must(s.AddUsers(ctx, User{Name: "王", Role: "leader"}, User{Name: "李", Role: "leader", Since: now}))
	must(s.PutSession(ctx, Session{ID: "1", User: "王", Begun: now, Seen: now}))
	must(s.PutSession(ctx, Session{ID: "2", User: "李", Begun: now.Add(-time.Hour), Seen: now}))
	for i := range 3 {
		at := now.Add(time.Duration(i) * time.Minute)
		must(s.Fail(ctx, at, at.Add(-time.Hour), "account 王", "computer x"))
	}
	must(s.Close())
	if info, err := os.Stat(filepath.Join(dir, FileName)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info.Mode(), err)
	}
	s, err = Open(ctx, dir)
	must(err)
	list, err := s.Users(ctx)
	must(err)
	if len(list) != 2 || list[0].Role != "admin" || !list[0].Since.Equal(now) || list[1].Name != "李" {
		t.Errorf("the users are %v", list)
	}
	at, err := s.Failed(ctx, "account 王", 3, now.Add(-time.Hour))
	must(err)
	if !at.Equal(now) {
		t.Errorf("the third failure back was at %v", at)
	}
	if at, err := s.Failed(ctx, "account 王", 4, now.Add(-time.Hour)); err != nil || !at.IsZero() {
		t.Errorf("a fourth one was at %v, %v", at, err)
	}
	must(s.Forgive(ctx, "account 王"))
	if at, err := s.Failed(ctx, "account 王", 1, now.Add(-time.Hour)); err != nil || !at.IsZero() {
		t.Errorf("what is forgiven was at %v, %v", at, err)
	}
	copied := filepath.Join(dir, "copy.sqlite")
	must(s.CopyTo(ctx, copied))
	c, err := open(ctx, copied, "rw")
	must(err)
	if list, err := c.Sessions(ctx); err != nil || len(list) != 0 {
		t.Errorf("a backup has sessions: %v, %v", list, err)
	}
	if list, err := c.Users(ctx); err != nil || len(list) != 2 {
		t.Errorf("a backup has the users %v, %v", list, err)
	}
	must(c.Close())

	must(s.EndSessionsBefore(ctx, now.Add(-2*time.Hour), now.Add(-30*time.Minute)))
	if list, err := s.Sessions(ctx); err != nil || len(list) != 1 || list[0].ID != "1" {
		t.Errorf("the sessions are %v, %v", list, err)
	}
	must(s.RemoveUser(ctx, "王"))
	if _, ok, err := s.Session(ctx, "1"); err != nil || ok {
		t.Errorf("the session of a removed user goes on: %v", err)
	}
	must(s.Seen(ctx, "1", now))
	if _, ok, _ := s.Session(ctx, "1"); ok {
		t.Error("a session that has ended goes on once it is used")
	}
	if err := s.RemoveUser(ctx, "王"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("removing nobody: %v", err)
	}
	must(s.Close())
}
