package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"modernc.org/sqlite" // registers the driver too
	sqlitelib "modernc.org/sqlite/lib"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// FileName is the file of a zone.
const FileName = "state.sqlite"

// migrations[n] leads from version n of the tables to n+1.
var migrations = []string{`
create table run (
	id integer primary key autoincrement,
	job text not null,
	due text not null,            -- the occurrence; '' by hand
	attempt integer not null,
	by text not null,             -- schedule, watch, or who asked
	started text not null,
	finished text not null default '',
	result text not null default '',   -- '' while open
	message text not null default ''
);
create index run_of_job on run (job, id);
create index run_of_due on run (job, due);
create table job (
	name text primary key,
	since text not null           -- when its schedule was first looked at: nothing before is missed
);
create table alert (
	kind text not null,
	subject text not null,        -- what it is about, '' where there is one only
	since text not null,
	text text not null,
	told text not null default '',     -- when it was mailed
	ended text not null default '',
	ended_told text not null default '',
	primary key (kind, subject, since)
);`,
	accounts,
	tokens,
	messages,
}

// Errors of Open.
var (
	// ErrDamaged: the file is no SQLite database, or a damaged one.
	ErrDamaged = lang.Errorf("damaged", "已损坏")
	// ErrNewer: a newer program has written the file.
	ErrNewer = lang.Errorf("written by a newer program", "由较新的程序写成")
)

// Store is an open state file.
type Store struct {
	db   *sql.DB
	path string
}

// Open opens the state of the zone in dir, making it where there is none. A
// damaged file is ErrDamaged, a newer program's ErrNewer.
func Open(ctx context.Context, dir string) (*Store, error) {
	s, err := open(ctx, filepath.Join(dir, FileName), "rwc")
	if err != nil {
		return nil, err
	}
	// It holds hashes of passwords; a file system without modes has nothing to change.
	if err := os.Chmod(s.path, 0o600); err != nil {
		return nil, errors.Join(s.fault("open", err), s.Close())
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// View opens the state for looking; fs.ErrNotExist where there is none.
func View(ctx context.Context, dir string) (*Store, error) {
	path := filepath.Join(dir, FileName)
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	s, err := open(ctx, path, "rw")                       // WAL needs its shared memory, also for reading
	if cantWrite(err) || errors.Is(err, syscall.ENOSPC) { // of a medium that can only be read nobody writes either, nor to a full one
		s, err = open(ctx, path, "ro")
	}
	if err != nil {
		return nil, err
	}
	v, err := s.version(ctx)
	if err == nil && v != len(migrations) {
		err = fs.ErrNotExist // not made whole yet
		if v > len(migrations) {
			err = s.newer(v)
		}
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// SetAside moves a damaged state away, so that Open makes a new one, and says where it lies.
func SetAside(dir string, now time.Time) (string, error) {
	path := filepath.Join(dir, FileName)
	aside := path + ".damaged-" + now.UTC().Format("20060102T150405")
	if err := durable.Move(path, aside); err != nil {
		return "", err
	}
	var side []string // what belonged to the damaged one would be read into the new one
	for _, suffix := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(path + suffix); err == nil {
			side = append(side, path+suffix)
		}
	}
	return aside, durable.Remove(side...)
}

func open(ctx context.Context, path, mode string) (*Store, error) {
	dsn := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path)}
	q := url.Values{"mode": {mode}, "_txlock": {"immediate"},
		"_pragma": {"busy_timeout(10000)", "journal_mode(wal)", "synchronous(full)", "foreign_keys(on)"}}
	if mode == "ro" {
		q["immutable"], q["_pragma"] = []string{"1"}, []string{"query_only(on)"}
	}
	dsn.RawQuery = q.Encode()
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, lang.Errorf("open %s: %w", "打开 %s：%w", path, err)
	}
	db.SetMaxOpenConns(1) // a file of few rows: one connection, no deadlocks of our own
	s := &Store{db: db, path: path}
	err = db.PingContext(ctx)
	for tries := 0; isBusy(err) && tries < 100; tries++ { // switching to WAL doesn't wait for others by itself
		time.Sleep(20 * time.Millisecond)
		err = db.PingContext(ctx)
	}
	if err != nil {
		return nil, errors.Join(s.fault("open", err), db.Close())
	}
	return s, nil
}

// fault names the file, and tells damage from everything else.
func (s *Store) fault(what string, err error) error {
	if err == nil {
		return nil
	}
	var e *sqlite.Error
	if errors.As(err, &e) && (e.Code()&0xff == sqlitelib.SQLITE_CORRUPT || e.Code()&0xff == sqlitelib.SQLITE_NOTADB) {
		return lang.Errorf("%s: %w", "%s：%w", &fs.PathError{Op: what, Path: s.path, Err: ErrDamaged}, err)
	}
	if isFull(err) {
		err = fmt.Errorf("%w (%w)", syscall.ENOSPC, err)
	}
	if cantWrite(err) {
		err = lang.Errorf("it can't be written: %w", "不能写入：%w", err)
	}
	return &fs.PathError{Op: what, Path: s.path, Err: err}
}

// cantWrite says that the file, or the folder around it, can only be read.
func cantWrite(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code()&0xff == sqlitelib.SQLITE_CANTOPEN || e.Code()&0xff == sqlitelib.SQLITE_READONLY)
}

// isFull says that the disk has no room for what SQLite has to write, which it says in a code of its own where it is the
// memory that processes share.
func isFull(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code()&0xff == sqlitelib.SQLITE_FULL || e.Code() == sqlitelib.SQLITE_IOERR_SHMSIZE)
}

func isBusy(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlitelib.SQLITE_BUSY
}

func (s *Store) newer(v int) error {
	return lang.Errorf("%s: %w (version %d of it; this program knows %d)", "%s：%w（版本%d；本程序只认识到%d）", s.path, ErrNewer, v, len(migrations))
}

func (s *Store) version(ctx context.Context) (v int, err error) {
	err = s.db.QueryRowContext(ctx, "pragma user_version").Scan(&v)
	return v, s.fault("read", err)
}

func (s *Store) migrate(ctx context.Context) error {
	v, err := s.version(ctx)
	if err != nil {
		return err
	}
	if v > len(migrations) {
		return s.newer(v)
	}
	if v == len(migrations) {
		var found string
		if err := s.db.QueryRowContext(ctx, "pragma quick_check(1)").Scan(&found); err != nil {
			return s.fault("check", err)
		}
		if found != "ok" {
			return lang.Errorf("check %s: %w: %s", "检查 %s：%w：%s", s.path, ErrDamaged, found)
		}
		return nil
	}
	return s.change(ctx, "make", func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, "pragma user_version").Scan(&v); err != nil { // another process may have been quicker
			return err
		}
		for ; v < len(migrations); v++ {
			if _, err := tx.ExecContext(ctx, migrations[v]); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, fmt.Sprintf("pragma user_version = %d", v+1)); err != nil {
				return err
			}
		}
		return nil
	})
}

// change does something in one transaction.
func (s *Store) change(ctx context.Context, what string, do func(*sql.Tx) error) error {
	if err := durable.Ask(durable.Begin, FileName); err != nil {
		return s.fault(what, err)
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return s.fault(what, err)
	}
	if err := do(tx); err != nil {
		return s.fault(what, errors.Join(err, tx.Rollback()))
	}
	return s.fault(what, tx.Commit())
}

// Close closes the file.
func (s *Store) Close() error {
	if s == nil {
		return nil
	}
	return s.fault("close", s.db.Close())
}

// CopyTo writes a whole copy of the state, as it is at one moment, to a file that isn't there yet. Who is logged in isn't
// in it: whoever puts it back logs in anew.
func (s *Store) CopyTo(ctx context.Context, path string) error {
	if _, err := s.db.ExecContext(ctx, "vacuum into ?", path); err != nil {
		return s.fault("copy", err)
	}
	c, err := open(ctx, path, "rw")
	if err != nil {
		return err
	}
	for _, statement := range []string{"delete from session", "delete from failure", "vacuum", "pragma journal_mode(delete)"} {
		if _, err := c.db.ExecContext(ctx, statement); err != nil {
			return errors.Join(c.fault("copy", err), c.Close())
		}
	}
	return c.Close()
}

// timeLayout sorts as text.
const timeLayout = "2006-01-02T15:04:05.000000Z"

func text(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeLayout)
}

func moment(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(timeLayout, s)
}

func moments(into map[*time.Time]string) error {
	for t, s := range into {
		v, err := moment(strings.TrimSpace(s))
		if err != nil {
			return err
		}
		*t = v
	}
	return nil
}
