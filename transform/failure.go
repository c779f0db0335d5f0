package transform

import (
	"context"

	"taizhang/internal/warehouse"
)

// NoteFailure publishes the results of failed checks although the figures
// stay as they were published before: readers then know that newer ones were
// held back, and why. The caller has rolled back and holds the zone's lock.
func NoteFailure(ctx context.Context, published string, r Result) error {
	return warehouse.Amend(ctx, published, func(db *warehouse.DB) error {
		if err := warehouse.Schema(ctx, db.Conn); err != nil { // of an earlier program's publication
			return err
		}
		return storeChecks(ctx, db.Conn, r.Checks)
	})
}
