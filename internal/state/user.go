package state

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"taizhang/internal/lang"
)

// User is somebody who may log in to the zone's page. What roles there are is the page's business.
type User struct {
	Name     string    `json:"name"`
	Role     string    `json:"role"`
	Unit     string    `json:"unit,omitempty"` // code
	Hash     string    `json:"hash"`           // of the password
	Since    time.Time `json:"since"`          // when the password was set: older sessions are over
	Disabled bool      `json:"-"`              // may not log in for now
}

// Session is a login. ID is the hash of what the browser holds.
type Session struct {
	ID    string
	User  string
	Begun time.Time
	Seen  time.Time
	From  string // address of the computer
}

// accounts is the migration that brings them.
const accounts = `
create table user (
	name text primary key,
	role text not null,
	unit text not null default '',
	hash text not null,
	tokens text not null default '',   -- by spaces
	since text not null,
	disabled integer not null default 0
);
create table session (
	id text primary key,
	user text not null,
	begun text not null,
	seen text not null,
	origin text not null default ''
);
create table failure (             -- of logging in
	door text not null,            -- an account or a computer
	at text not null
);
create index failure_at on failure (door, at);
`

// Users lists the users in the order in which they were added.
func (s *Store) Users(ctx context.Context) (list []User, err error) {
	rows, err := s.db.QueryContext(ctx, "select name, role, unit, hash, since, disabled from user order by rowid")
	if err != nil {
		return nil, s.fault("read", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var u User
		var since string
		if err := rows.Scan(&u.Name, &u.Role, &u.Unit, &u.Hash, &since, &u.Disabled); err != nil {
			return nil, s.fault("read", err)
		}
		if u.Since, err = moment(since); err != nil {
			return nil, s.fault("read", err)
		}
		list = append(list, u)
	}
	return list, s.fault("read", rows.Err())
}

// AddUsers adds users; those whose names are taken are left as they are.
func (s *Store) AddUsers(ctx context.Context, list ...User) error {
	return s.change(ctx, "add a user in", func(tx *sql.Tx) error {
		for _, u := range list {
			if _, err := tx.ExecContext(ctx, "insert or ignore into user (name, role, unit, hash, since, disabled) values (?, ?, ?, ?, ?, ?)",
				u.Name, u.Role, u.Unit, u.Hash, text(u.Since), u.Disabled); err != nil {
				return err
			}
		}
		return nil
	})
}

// PutUser adds a user, or changes the one of that name.
func (s *Store) PutUser(ctx context.Context, u User) error {
	return s.change(ctx, "change a user in", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `insert into user (name, role, unit, hash, since, disabled) values (?, ?, ?, ?, ?, ?)
			on conflict (name) do update set role = excluded.role, unit = excluded.unit, hash = excluded.hash, since = excluded.since, disabled = excluded.disabled`,
			u.Name, u.Role, u.Unit, u.Hash, text(u.Since), u.Disabled)
		return err
	})
}

// RemoveUser removes a user with its sessions and tokens; none of that name is fs.ErrNotExist.
func (s *Store) RemoveUser(ctx context.Context, name string) error {
	return s.change(ctx, "remove a user from", func(tx *sql.Tx) error {
		for _, of := range []string{"session", "token"} {
			if _, err := tx.ExecContext(ctx, "delete from "+of+" where user = ?", name); err != nil {
				return err
			}
		}
		done, err := tx.ExecContext(ctx, "delete from user where name = ?", name)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, lang.Errorf("user %s: %w", "用户%s：%w", name, fs.ErrNotExist))
		}
		return nil
	})
}

// Lost says that a damaged state was set aside, in which there may have been users.
func (s *Store) Lost() (bool, error) {
	aside, err := filepath.Glob(s.path + ".damaged-*")
	return len(aside) > 0, err
}

// Session is a session by its id.
func (s *Store) Session(ctx context.Context, id string) (x Session, ok bool, err error) {
	list, err := s.sessions(ctx, "where id = ?", id)
	if len(list) == 1 {
		return list[0], true, err
	}
	return x, false, err
}

// Sessions lists the sessions, the oldest first.
func (s *Store) Sessions(ctx context.Context) ([]Session, error) {
	return s.sessions(ctx, "order by begun, id")
}

func (s *Store) sessions(ctx context.Context, which string, args ...any) (list []Session, err error) {
	rows, err := s.db.QueryContext(ctx, "select id, user, begun, seen, origin from session "+which, args...)
	if err != nil {
		return nil, s.fault("read", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var x Session
		var begun, seen string
		if err := rows.Scan(&x.ID, &x.User, &begun, &seen, &x.From); err != nil {
			return nil, s.fault("read", err)
		}
		if err := moments(map[*time.Time]string{&x.Begun: begun, &x.Seen: seen}); err != nil {
			return nil, s.fault("read", err)
		}
		list = append(list, x)
	}
	return list, s.fault("read", rows.Err())
}

// PutSession adds a session.
func (s *Store) PutSession(ctx context.Context, x Session) error {
	return s.do(ctx, "note a login in", "insert or replace into session (id, user, begun, seen, origin) values (?, ?, ?, ?, ?)", x.ID, x.User, text(x.Begun), text(x.Seen), x.From)
}

// Seen notes that a session was used; one that has ended meanwhile stays ended.
func (s *Store) Seen(ctx context.Context, id string, now time.Time) error {
	return s.do(ctx, "note a login in", "update session set seen = ? where id = ?", text(now), id)
}

// EndSession ends a session by its id.
func (s *Store) EndSession(ctx context.Context, id string) error {
	return s.do(ctx, "end a login in", "delete from session where id = ?", id)
}

// EndSessionsOf ends all sessions of a user.
func (s *Store) EndSessionsOf(ctx context.Context, user string) error {
	return s.do(ctx, "end logins in", "delete from session where user = ?", user)
}

// EndSessionsBefore ends those that were used last before seen or begun before begun.
func (s *Store) EndSessionsBefore(ctx context.Context, seen, begun time.Time) error {
	return s.do(ctx, "end logins in", "delete from session where seen < ? or begun < ?", text(seen), text(begun))
}

// Fail notes that somebody failed to log in at doors, and forgets what failed before a moment.
func (s *Store) Fail(ctx context.Context, now, before time.Time, doors ...string) error {
	return s.change(ctx, "note a failed login in", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "delete from failure where at < ?", text(before)); err != nil {
			return err
		}
		for _, d := range doors {
			if _, err := tx.ExecContext(ctx, "insert into failure (door, at) values (?, ?)", d, text(now)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Failed gives when the n-th newest failure at a door was, looking back to a moment: the zero time where there are fewer.
func (s *Store) Failed(ctx context.Context, door string, n int, since time.Time) (time.Time, error) {
	var at string
	err := s.db.QueryRowContext(ctx, "select at from failure where door = ? and at > ? order by at desc limit 1 offset ?", door, text(since), n-1).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, s.fault("read", err)
	}
	return moment(at)
}

// Forgive forgets the failures at a door.
func (s *Store) Forgive(ctx context.Context, door string) error {
	return s.do(ctx, "note a login in", "delete from failure where door = ?", door)
}

func (s *Store) do(ctx context.Context, what, statement string, args ...any) error {
	return s.change(ctx, what, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statement, args...)
		return err
	})
}
