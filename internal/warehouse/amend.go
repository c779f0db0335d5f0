package warehouse

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// Amend publishes the present publication again with other control tables: f
// writes them in a copy, within a transaction. The figures stay as they are,
// so nothing goes into the history. Without a publication it does nothing.
// The caller holds the zone's Lock.
func Amend(ctx context.Context, dir string, f func(*DB) error) (err error) {
	defer func() {
		if err != nil {
			err = lang.Errorf("amend the publication: %w", "修订发布：%w", err)
		}
	}()
	current, err := Newest(dir)
	if err == nil {
		err = sound(current, marks(dir)) // one that somebody wrote to is not published again
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	staged, err := durable.Stage(dir, 0o644, durable.Copy(current))
	if err != nil {
		return err
	}
	defer staged.Discard()
	next := staged.Name()
	defer os.Remove(next + ".wal")
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
	fingerprint, err := whole(ctx, next)
	if err != nil {
		return err
	}
	if err := noteMark(dir, next, fingerprint); err != nil {
		return err
	}
	return durable.Replace(next, current)
}
