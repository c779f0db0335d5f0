package warehouse

import (
	"context"
	"errors"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// Rewrite makes the file of a closed warehouse anew with what is in it: what was changed or deleted stays in blocks of the
// file that nothing uses, and would go with every copy. A kill leaves the file that was there. The caller holds the zone's Lock.
func Rewrite(ctx context.Context, path string) (err error) {
	next := path + ".rewritten"
	if err := durable.Remove(next, next+".wal"); err != nil {
		return lang.Errorf("rewrite the warehouse: %w", "重写数据库：%w", err)
	}
	db, err := Open(next, Options{})
	if err != nil {
		return err
	}
	var name string
	err = db.Conn.QueryRowContext(ctx, "select current_database()").Scan(&name)
	for _, s := range []string{"attach " + Quote(path) + " as was (read_only)", "copy from database was to " + Ident(name), "detach was", "checkpoint"} {
		if err == nil {
			_, err = db.Conn.ExecContext(ctx, s)
		}
	}
	if err = errors.Join(err, db.Close()); err == nil {
		err = Whole(ctx, next)
	}
	if err == nil {
		err = durable.Replace(next, path)
	}
	if err != nil {
		return errors.Join(lang.Errorf("rewrite the warehouse: %w", "重写数据库：%w", err), durable.Remove(next, next+".wal"))
	}
	return nil
}
