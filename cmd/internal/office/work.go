package office

import (
	"context"
	"strings"
	"time"

	"taizhang/ingest"
	"taizhang/ingest/finding"
	"taizhang/internal/archive"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// work is an open warehouse with its session.
type work struct {
	z        *Zone
	o        *Options
	archive  *archive.Archive
	db       *warehouse.DB
	session  *ingest.Session
	finished []*finding.Report // what an earlier run had left unfinished, by the declarations of that time
	troubles []error           // of them
	tells    bool              // it tells what became of the returns
	masked   []ingest.Concealed
	lost     []error // arrivals that can't be taken in again: their originals are missing or damaged
}

// open opens the warehouse and starts a session: what an earlier run left unfinished is finished first. A warehouse
// that is damaged, lacks what the archive says was taken in (it was deleted, or a failing disk lost its last commits), or
// holds a person whose erasure is in the journal is made anew: what is only deleted stays in the blocks of the file.
func (z *Zone) open(ctx context.Context, a *archive.Archive, o *Options) (*work, error) {
	for _, before := range []func() error{
		func() error { return z.tidy(a, o.Log) },
		func() error { return z.refuseLost(ctx, a, o, false) },
		func() error { return z.refuseMoved(a) },
		func() error { return z.removeErased(a) },
		z.noteFormat,
	} {
		if err := before(); err != nil {
			return nil, err
		}
	}
	w, lacking, unerased, err := z.startOrSetAside(ctx, a, o)
	if err == nil {
		err = z.bindKeys(a)
	}
	if err == nil && (lacking > 0 || unerased) {
		if lacking > 0 {
			o.Log.Warn(lang.Phrase("the warehouse lacks returns that the archive has: making it anew from the archive", "数据库缺少档案中的报表，正在由档案重新生成"), "files", lacking)
		}
		if w, err = z.anew(ctx, a, o, w); err == nil {
			if lacking, err = w.lacking(ctx); err == nil && lacking > 0 {
				err = lang.Errorf("the warehouse made anew still lacks %d files of the archive", "重新生成的数据库仍缺档案中的%d个文件", lacking)
			}
		}
	}
	if err == nil {
		err = w.resume(ctx)
	}
	if err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// startOrSetAside starts, and says how many files of the archive the warehouse lacks and whether it holds a person who is
// to be erased. A damaged warehouse is set aside: there is no work then, and something is lacking. Whoever gets an error
// closes the work.
func (z *Zone) startOrSetAside(ctx context.Context, a *archive.Archive, o *Options) (w *work, lacking int, unerased bool, err error) {
	if w, err = z.start(ctx, a, o); err != nil {
		if !warehouse.IsDamage(err) {
			return w, 0, false, err
		}
		return nil, 1, false, z.setAside(ctx, a, o, err)
	}
	if lacking, err = w.lacking(ctx); err == nil {
		unerased, err = w.unerased(ctx)
	}
	return w, lacking, unerased, err
}

// setAside puts a damaged warehouse out of the way, where the archive is what it was made from.
func (z *Zone) setAside(ctx context.Context, a *archive.Archive, o *Options, damage error) error {
	if err := z.refuseLost(ctx, a, o, true); err != nil {
		return err
	}
	aside := z.Warehouse() + ".damaged"
	o.Log.Warn(lang.Phrase("the warehouse is damaged: making it anew from the archive", "数据库已损坏，正在由档案重新生成"), "kept", aside, "err", FirstLine(damage))
	return durable.Move(z.Warehouse(), aside)
}

// mendWarehouse makes the warehouse anew where an error came from its damage, found only once it was open; false where it
// isn't damaged.
func (z *Zone) mendWarehouse(ctx context.Context, o *Options, cause error) (bool, error) {
	if !warehouse.IsEngineFault(cause) {
		return false, nil
	}
	damage := warehouse.Whole(ctx, z.Warehouse())
	if !warehouse.IsDamage(damage) {
		return false, nil
	}
	a, err := archive.Open(z.Archive())
	if err != nil {
		return false, err
	}
	defer a.Close()
	if err := z.setAside(ctx, a, o, damage); err != nil {
		return false, err
	}
	return true, z.remake(ctx, a, o)
}

// anew makes the warehouse again and opens it.
func (z *Zone) anew(ctx context.Context, a *archive.Archive, o *Options, w *work) (*work, error) {
	if err := w.close(); err != nil {
		return nil, err
	}
	if err := z.remake(ctx, a, o); err != nil { // what is lost is told by lacking
		return nil, err
	}
	return z.start(ctx, a, o)
}

// start opens the warehouse and makes its tables.
func (z *Zone) start(ctx context.Context, a *archive.Archive, o *Options) (*work, error) {
	db, err := warehouse.Open(z.Warehouse(), warehouse.Options{TimeZone: z.Timezone})
	if err != nil {
		return nil, err
	}
	w := &work{z: z, o: o, archive: a, db: db}
	if err = w.keepOlder(ctx); err == nil {
		err = w.prepare(ctx)
	}
	if err != nil {
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

// lacking counts the arrivals that are dealt with by the journal but have no return in the warehouse.
func (w *work) lacking(ctx context.Context) (int, error) {
	codes, err := warehouse.Strings(ctx, w.db.Conn, "select distinct zone from raw.return")
	if err != nil {
		return 0, lang.Errorf("compare warehouse and archive: %w", "核对数据库与档案：%w", err)
	}
	for _, c := range codes {
		if c != w.z.Code {
			return 0, refuse("%s: the zone's code is %q now but was %q when its returns were taken in; set code: %s again", "%s：园区代码现为 %q，但接收报表时为 %q；请改回 code: %s", w.z.File(), w.z.Code, strings.Join(codes, ", "), c)
		}
	}
	have := map[int]bool{}
	highest := 0
	err = warehouse.Each(ctx, w.db.Conn, "select distinct arrival from raw.return", func(v []any) error {
		n, _ := v[0].(int64)
		have[int(n)] = true
		highest = max(highest, int(n))
		return nil
	})
	if err != nil {
		return 0, lang.Errorf("compare warehouse and archive: %w", "核对数据库与档案：%w", err)
	}
	pending, err := w.archive.Pending()
	if err != nil {
		return 0, err
	}
	unfinished := map[int]bool{}
	for _, e := range pending {
		unfinished[e.Seq] = true
	}
	lacking, known := map[int]bool{}, 0
	for _, n := range w.archive.Arrivals() {
		known = n
		if !have[n] && !unfinished[n] {
			lacking[n] = true
		}
	}
	if highest > known {
		return 0, lang.Errorf("the warehouse holds arrival %d, but the journal of %s ends at %d%s", "数据库中有第 %d 号文件，但 %s 的日志只到第 %d 号%s", highest, w.z.Archive(), known, w.z.restoreHint())
	}
	if len(lacking) == 0 {
		return 0, nil
	}
	w.lost = nil
	for e, err := range w.archive.All() { // those whose originals are lost can't be made again
		if err != nil {
			return 0, err
		}
		if e.Event == archive.Arrive && lacking[e.Seq] {
			if lost := w.lostOriginal(e); lost != nil {
				w.lost = append(w.lost, lost)
				delete(lacking, e.Seq)
			}
		}
	}
	return len(lacking), nil
}

// resume starts the session. Arrivals that a kill interrupted are finished by the declarations under which they
// arrived, as a rebuild would; only then are today's declared.
func (w *work) resume(ctx context.Context) error {
	text, err := w.z.bundle()
	if err != nil {
		return err
	}
	pending, err := w.archive.Pending()
	if err != nil {
		return err
	}
	if was := w.archive.Declared(); len(pending) > 0 && was != "" && was != archive.Hash(text) {
		old, err := w.archive.Declaration(was)
		if err != nil {
			return err
		}
		then, err := w.z.fromBundle(old)
		if err != nil {
			return err
		}
		if err := w.enter(ctx, then); err != nil {
			return err
		}
		w.finished, w.troubles = w.session.Taken, w.session.Troubles
		if err := ingest.FoldNames(ctx, w.db.Conn, w.z.Forms); err != nil {
			return err
		}
	}
	if _, err := w.archive.Declare(text); err != nil {
		return err
	}
	if err := w.enter(ctx, w.z); err != nil {
		return err
	}
	if err := w.answerLate(ctx); err != nil {
		return err
	}
	return w.catchUp(ctx)
}

// enter starts a session by the declarations of z.
func (w *work) enter(ctx context.Context, z *Zone) error {
	in, err := z.intake()
	if err != nil {
		return err
	}
	if err := ingest.EnsureTables(ctx, w.db.Conn, z.Forms); err != nil {
		return err
	}
	if err := in.Conceal(ctx, w.db.Conn, w.sayConcealed); err != nil {
		return err
	}
	if err := in.Rename(ctx, w.db.Conn); err != nil {
		return err
	}
	erased, err := w.archive.ErasedPersons()
	if err != nil {
		return err
	}
	w.session = &ingest.Session{In: in, Archive: w.archive, Conn: w.db.Conn, Log: w.o.Log, Pause: w.o.Pause, Erased: ingest.NewErasures(erased, false)}
	return w.session.Start(ctx)
}

// catchUp applies decisions that are in the journal but, after a kill, not in the tables.
func (w *work) catchUp(ctx context.Context) error {
	var have int
	if err := w.db.Conn.QueryRowContext(ctx, `select coalesce(max(seq), 0) from raw.decision where zone = ?`, w.z.Code).Scan(&have); err != nil {
		return lang.Errorf("read decisions: %w", "读取决定：%w", err)
	}
	if have == w.archive.LastDecision() {
		return nil
	}
	for e, err := range w.archive.All() {
		if err != nil {
			return err
		}
		if e.Event == archive.Decide && e.Seq > have {
			if len(w.lost) > 0 && e.Return != "" && !w.session.Known(e.Return) { // a rebuild left it out as well
				continue
			}
			if err := w.answer(ctx, e); err != nil {
				w.o.Log.Error("a decision is applied, but its receipt can't be written", "decision", e.Seq, "err", err)
			}
			if err := w.session.Decide(ctx, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// close gives the warehouse up; an error matters only where the file is used next.
func (w *work) close() error {
	if w == nil || w.db == nil { // given up already
		return nil
	}
	err := w.db.Close()
	w.db = nil
	if err != nil {
		w.o.Log.Error("close the warehouse", "err", err)
	}
	return err
}

// replaceWarehouse puts a new, closed warehouse in the place of the old one. A kill in between leaves an old warehouse
// that lacks returns, which the next open notices.
func replaceWarehouse(next, path string) error {
	if err := durable.Remove(path + ".wal"); err != nil {
		return lang.Errorf("replace the warehouse: %w", "替换数据库：%w", err)
	}
	return durable.Replace(next, path)
}

// IsIdle says whether nobody is at work in a zone.
func IsIdle(dir string) bool {
	o, err := warehouse.Lock(dir, "", time.UTC)
	if err != nil {
		return false
	}
	return o.Release() == nil
}
