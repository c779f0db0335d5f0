package office

import (
	"context"
	"log/slog"
	"time"

	"taizhang/cmd/internal/office/meaning"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/transform"
	"taizhang/transform/mart"
)

// makeRoom drops the models that are about to be built anew, and of a full build the figures: in one transaction they
// would lie in the file twice, and whatever that leaves free is copied with every publication. Readers have the
// publication; where the run fails, the next one builds them.
func (w *work) makeRoom(ctx context.Context, full bool) error {
	if err := warehouse.Begin(ctx, w.db.Conn); err != nil {
		return err
	}
	err := transform.DropBuilt(ctx, w.db.Conn)
	if err == nil && full {
		err = mart.Drop(ctx, w.db.Conn)
	}
	if err != nil {
		warehouse.Rollback(w.db.Conn)
		return err
	}
	if err := warehouse.Commit(ctx, w.db.Conn); err != nil {
		return err
	}
	return w.db.Checkpoint(ctx)
}

// fewMemory is what a build gets by with at 5 million rows. An office's PC has other things to do; a statement that needs more
// has the build done again with as much as there may be.
var fewMemory = "800MB"

// buildWithin is build in a transaction, which it leaves open where it succeeds, with so much memory for DuckDB.
func (w *work) buildWithin(ctx context.Context, memory string, p publication, now time.Time, full bool, step func(string, ...any)) (transform.Result, error) {
	conn := w.db.Conn
	limit := func(to string) error {
		if _, err := conn.ExecContext(ctx, "set memory_limit = "+warehouse.Quote(to)); err != nil {
			return lang.Errorf("set the memory that may be used: %w", "设置可用内存：%w", err)
		}
		return nil
	}
	err := limit(memory)
	if err == nil {
		err = warehouse.Begin(ctx, conn)
	}
	if err != nil {
		return transform.Result{}, err
	}
	result, err := w.build(ctx, p, now, full, step)
	if err == nil {
		err = limit(warehouse.MostMemory)
	}
	if err != nil {
		warehouse.Rollback(conn)
	}
	return result, err
}

func (w *work) build(ctx context.Context, p publication, now time.Time, full bool, step func(string, ...any)) (transform.Result, error) {
	z, conn := w.z, w.db.Conn
	control := z.writeControl
	if z.Joined {
		control = z.writeShared
	}
	if err := control(ctx, conn, p.AsOf, now, full); err != nil {
		return transform.Result{}, err
	}
	step("control tables")
	result, err := transform.Run(ctx, conn, transform.Options{Models: z.Models, Full: full})
	if err != nil || result.Err() != nil { // marts are not worth building on models that don't hold
		return result, err
	}
	for _, m := range result.Models {
		if m.Took >= 10*time.Millisecond {
			w.o.Log.Info("model", "took", m.Took.Round(time.Millisecond), "name", m.Name, "action", m.Action, "reason", m.Reason)
		}
	}
	step("models", "models", len(result.Models))
	marts, err := mart.Build(ctx, conn, mart.Options{Catalogue: z.Metrics, Full: full})
	if err != nil {
		return result, err
	}
	if err := meaning.Comment(ctx, conn, z.Forms); err != nil {
		return result, err
	}
	step("metrics", "weeks", marts.Weeks, "then", marts.ThenWeeks, "now", marts.NowWeeks, "metric", marts.Metric, "history", marts.History)
	return result, nil
}

// stopwatch logs how long each step took.
func stopwatch(log *slog.Logger) func(step string, args ...any) {
	last := time.Now()
	return func(step string, args ...any) {
		now := time.Now()
		log.Info(step, append([]any{"took", now.Sub(last).Round(time.Millisecond)}, args...)...)
		last = now
	}
}
