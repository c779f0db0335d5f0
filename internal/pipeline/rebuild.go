package pipeline

import (
	"context"
	"database/sql"
	"fmt"
	"os"

	"taizhang/ingest"
	"taizhang/internal/archive"
	"taizhang/internal/warehouse"
)

// Difference is a figure that a rebuild computed otherwise than the last publication.
type Difference struct{ Metric, Dimension, Member, Before, After string }

// Rebuild makes the warehouse anew from archive and journal, by the declarations in force at each time, and publishes it.
// It returns the figures that differ from the last publication, where that was made from the same returns. The caller
// holds the zone's lock.
func (z *Zone) Rebuild(ctx context.Context, o Options) ([]Difference, error) {
	o.fill()
	a, err := archive.Open(z.Archive())
	if err != nil {
		return nil, err
	}
	defer a.Close()
	path := z.Warehouse() + ".rebuild"
	for _, p := range []string{path, path + ".wal"} {
		if err := os.Remove(p); err != nil && !os.IsNotExist(err) {
			return nil, fmt.Errorf("rebuild: %w", err)
		}
	}
	last, comparable := z.lastPublication()
	var before map[[3]string]string
	if now, err := z.current(o.Clock(), a); err == nil && comparable {
		comparable = last.same(now)
	}
	if comparable {
		if before, err = figures(ctx, z.PublishedFile()); err != nil {
			return nil, err
		}
	}
	if err := z.replay(ctx, path, a, &o); err != nil {
		return nil, err
	}
	if err := os.Remove(z.Warehouse() + ".wal"); err != nil && !os.IsNotExist(err) {
		return nil, fmt.Errorf("rebuild: %w", err)
	}
	if err := os.Rename(path, z.Warehouse()); err != nil {
		return nil, fmt.Errorf("rebuild: %w", err)
	}
	w, err := z.open(ctx, a, &o) // finishes what was pending
	if err != nil {
		return nil, err
	}
	defer w.close()
	if err := w.publish(ctx, &Outcome{}); err != nil {
		return nil, err
	}
	if before == nil {
		return nil, nil
	}
	after, err := figures(ctx, z.PublishedFile())
	if err != nil {
		return nil, err
	}
	return compare(before, after), nil
}

// replay takes all archived arrivals and decisions in again, into a new warehouse file.
func (z *Zone) replay(ctx context.Context, path string, a *archive.Archive, o *Options) error {
	db, err := warehouse.Open(path, warehouse.Options{TimeZone: z.Timezone})
	if err != nil {
		return err
	}
	w := &work{z: z, o: o, archive: a, db: db}
	defer w.close()
	if err := w.prepare(ctx); err != nil {
		return err
	}
	then := z
	session := func() error {
		in, err := then.Intake()
		if err != nil {
			return err
		}
		if err := ingest.EnsureTables(ctx, db.Conn, then.Forms); err != nil {
			return err
		}
		w.session = &ingest.Session{In: in, Archive: a, Conn: db.Conn, Log: o.Log}
		return w.session.Resume(ctx)
	}
	if err := session(); err != nil {
		return err
	}
	var todo []archive.Event
	flush := func() error {
		if len(todo) == 0 {
			return nil
		}
		defer func() { todo = nil }()
		return w.session.Replay(ctx, todo)
	}
	for e, err := range a.All() {
		if err != nil {
			return err
		}
		switch e.Event {
		case archive.Arrive:
			todo = append(todo, e)
			continue
		case archive.Declare:
			if err := flush(); err != nil {
				return err
			}
			text, err := a.Declaration(e.Hash)
			if err != nil {
				return err
			}
			if then, err = z.fromBundle(text); err != nil {
				return err
			}
			if err := session(); err != nil {
				return err
			}
		case archive.Decide:
			if err := flush(); err != nil {
				return err
			}
			if err := w.session.Decide(ctx, e); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	return db.Checkpoint(ctx)
}

// figures reads every published figure.
func figures(ctx context.Context, path string) (map[[3]string]string, error) {
	db, err := warehouse.ReadOnly(path, warehouse.Options{})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	rows, err := db.Conn.QueryContext(ctx, `select metric, coalesce(dimension, ''), coalesce(member, ''), cast(value as varchar) from mart.metric`)
	if err != nil {
		return nil, fmt.Errorf("read the published figures: %w", err)
	}
	defer rows.Close()
	out := map[[3]string]string{}
	for rows.Next() {
		var k [3]string
		var v sql.NullString
		if err := rows.Scan(&k[0], &k[1], &k[2], &v); err != nil {
			return nil, fmt.Errorf("read the published figures: %w", err)
		}
		out[k] = v.String
	}
	return out, rows.Err()
}

func compare(before, after map[[3]string]string) []Difference {
	var out []Difference
	for k, b := range before {
		if a := after[k]; a != b {
			out = append(out, Difference{k[0], k[1], k[2], b, a})
		}
	}
	for k, a := range after {
		if _, ok := before[k]; !ok {
			out = append(out, Difference{k[0], k[1], k[2], "", a})
		}
	}
	return out
}
