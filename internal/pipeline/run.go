package pipeline

import (
	"context"
	"fmt"
	"log/slog"
	"sort"
	"time"

	"taizhang/ingest"
	"taizhang/ingest/finding"
	"taizhang/internal/archive"
	"taizhang/internal/warehouse"
//Q	"taizhang/queries"
	"taizhang/transform"
)

// Options of a run.
type Options struct {
	ReceivedAt time.Time // for back-filling; zero: now
	Clock      func() time.Time
	Log        *slog.Logger
	Rebuild    bool // publish although nothing is new
	// Deliver, where given, replaces the inbox's single pass: it is called with a function that takes in
	// what now lies in the inbox, each file as received at the time given for its path, in the order of
	// these times. The demo replays months with it.
	Deliver func(take func(receivedAt func(path string) time.Time) error) error
}

// Outcome of a run.
type Outcome struct {
	Reports   []*finding.Report
	Waiting   []ingest.Dropped // files that are not whole yet
	Published bool             // a new publication was made
	Deferred  bool             // under another name, since a reader holds the fixed one
	Warnings  []string         // checks that warn
}

// Rejected says whether some return of the run was rejected.
func (o *Outcome) Rejected() bool {
	for _, r := range o.Reports {
		for _, ret := range r.Returns {
			if ret.Outcome == finding.Rejected {
				return true
			}
		}
	}
	return false
}

func (o *Options) fill() {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
}

// Run takes in what lies in the inbox, computes and publishes. The caller holds the zone's lock.
func (z *Zone) Run(ctx context.Context, o Options) (*Outcome, error) {
	o.fill()
	if err := z.EnsureFolders(); err != nil {
		return nil, err
	}
	a, err := archive.Open(z.Archive())
	if err != nil {
		return nil, err
	}
	defer a.Close()
	out := &Outcome{}
	if idle, err := z.idle(a, &o, out); idle || err != nil {
		return out, err
	}
	w, err := z.open(ctx, a, &o)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if o.Deliver != nil {
		err = o.Deliver(func(at func(string) time.Time) error { return w.takeIn(ctx, at, out) })
	} else if at := o.ReceivedAt; !at.IsZero() {
		err = w.takeIn(ctx, func(string) time.Time { return at }, out)
	} else {
		err = w.takeIn(ctx, nil, out)
	}
	if err != nil {
		return nil, err
	}
	out.Reports = w.session.Taken
	return out, w.publish(ctx, out)
}

// idle says whether there is nothing to do: no file is ready, nothing is unfinished, and the last publication still holds.
func (z *Zone) idle(a *archive.Archive, o *Options, out *Outcome) (bool, error) {
	if o.Rebuild || o.Deliver != nil {
		return false, nil
	}
	files, err := ingest.Inbox(z.Inbox(), o.Clock())
	if err != nil {
		return false, err
	}
	for _, f := range files {
		if f.Wait == "" {
			return false, nil
		}
	}
	pending, err := a.Pending()
	if err != nil || len(pending) > 0 {
		return false, err
	}
	now, err := z.current(o.Clock(), a)
	if err != nil {
		return false, err
	}
	last, ok := z.lastPublication()
	if !ok || !last.same(now) {
		return false, nil
	}
	out.Waiting = files
	return true, nil
}

// work is an open warehouse with its session.
type work struct {
	z       *Zone
	o       *Options
	archive *archive.Archive
	db      *warehouse.DB
	session *ingest.Session
}

// open opens the warehouse and starts a session: what an earlier run left unfinished is finished first.
func (z *Zone) open(ctx context.Context, a *archive.Archive, o *Options) (*work, error) {
	in, err := z.Intake()
	if err != nil {
		return nil, err
	}
	text, err := z.bundle()
	if err != nil {
		return nil, err
	}
	if _, err := a.Declare(text); err != nil {
		return nil, err
	}
	db, err := warehouse.Open(z.Warehouse(), warehouse.Options{TimeZone: z.Timezone})
	if err != nil {
		return nil, err
	}
	w := &work{z: z, o: o, archive: a, db: db, session: &ingest.Session{In: in, Archive: a, Conn: db.Conn, Log: o.Log}}
	if err := w.prepare(ctx); err != nil {
		w.close()
		return nil, err
	}
	if err := w.session.Start(ctx); err != nil {
		w.close()
		return nil, err
	}
	if err := w.catchUp(ctx); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *work) prepare(ctx context.Context) error {
	if err := warehouse.Schema(ctx, w.db.Conn); err != nil {
		return err
	}
	return ingest.EnsureTables(ctx, w.db.Conn, w.z.Forms)
}

// catchUp applies decisions that are in the journal but, after a kill, not in the tables.
func (w *work) catchUp(ctx context.Context) error {
	var have int
	if err := w.db.Conn.QueryRowContext(ctx, `select coalesce(max(seq), 0) from raw.decision where zone = ?`, w.z.Code).Scan(&have); err != nil {
		return fmt.Errorf("read decisions: %w", err)
	}
	if have+1 == w.archive.NextDecision() {
		return nil
	}
	for e, err := range w.archive.All() {
		if err != nil {
			return err
		}
		if e.Event == archive.Decide && e.Seq > have {
			if err := w.session.Decide(ctx, e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *work) close() {
	if w.db != nil {
		if err := w.db.Close(); err != nil {
			w.o.Log.Error("close the warehouse", "err", err)
		}
		w.db = nil
	}
}

// takeIn takes in what lies in the inbox; at gives the time a file counts as received, nil the clock.
func (w *work) takeIn(ctx context.Context, at func(path string) time.Time, out *Outcome) error {
	files, err := ingest.Inbox(w.z.Inbox(), w.o.Clock())
	if err != nil {
		return err
	}
	if at == nil {
		at = func(string) time.Time { return w.o.Clock() }
	} else {
		sort.SliceStable(files, func(i, j int) bool { return at(files[i].Path).Before(at(files[j].Path)) })
	}
	waiting, err := w.session.TakeIn(ctx, files, at)
	out.Waiting = waiting
	return err
}

// publish builds the models in one transaction, checks them, and publishes only if they hold.
func (w *work) publish(ctx context.Context, out *Outcome) error {
	z, conn, now := w.z, w.db.Conn, w.o.Clock()
	p, err := z.current(now, w.archive)
	if err != nil {
		return err
	}
	if err := warehouse.Begin(ctx, conn); err != nil {
		return err
	}
	result, err := w.build(ctx, p, now)
	if err != nil {
		warehouse.Rollback(conn)
		return err
	}
	for _, c := range result.Checks {
		if c.Warning {
			out.Warnings = append(out.Warnings, fmt.Sprintf("%s, %s: %d", c.Model, c.Check, c.Failing))
		}
	}
	if err := result.Err(); err != nil {
		warehouse.Rollback(conn)
		return fmt.Errorf("nothing was published, the earlier figures stay: %w", err)
	}
	if err := warehouse.Commit(ctx, conn); err != nil {
		return err
	}
	if err := w.db.Checkpoint(ctx); err != nil {
		return err
	}
	err = w.db.Close()
	w.db = nil
	if err != nil {
		return fmt.Errorf("close the warehouse: %w", err)
	}
	pub, err := warehouse.Publish(ctx, z.Warehouse(), z.Published())
	if err != nil {
		return err
	}
	p.Deferred = pub.Deferred
	out.Published, out.Deferred = true, pub.Deferred
	return z.notePublication(p)
}

func (w *work) build(ctx context.Context, p publication, now time.Time) (transform.Result, error) {
	z, conn := w.z, w.db.Conn
	if err := z.writeControl(ctx, conn, p.AsOf, now); err != nil {
		return transform.Result{}, err
	}
	result, err := transform.Run(ctx, conn, transform.Options{Models: z.Models})
	if err != nil {
		return result, err
	}
	return result, nil //MM
}
