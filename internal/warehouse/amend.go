package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Amend publishes the present publication again with other control tables: f
// writes them in a copy, within a transaction. The figures stay as they are,
// so nothing goes into the history. Without a publication it does nothing.
// The caller holds the zone's Lock.
func Amend(ctx context.Context, dir string, f func(*DB) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("amend the publication: %w", err)
		}
	}()
	current, err := Newest(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	next := filepath.Join(dir, ".amended-"+Published)
	defer os.Remove(next + ".wal")
	defer os.Remove(next)
	if _, err := copyFile(current, next); err != nil {
		return err
	}
	db, err := Open(next, Options{})
	if err != nil {
		return err
	}
	err = Begin(ctx, db.Conn)
	if err == nil {
		if err = f(db); err == nil {
			err = Commit(ctx, db.Conn)
		} else {
			Rollback(db.Conn)
		}
	}
	if err == nil {
		err = db.Checkpoint(ctx)
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	if _, err := check(ctx, next); err != nil {
		return err
	}
	if err := os.Rename(next, current); err != nil {
		return err
	}
	return syncDir(dir)
}
