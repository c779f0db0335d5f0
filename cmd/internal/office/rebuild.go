package office

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"taizhang/ingest"
	"taizhang/ingest/finding"
	"taizhang/internal/archive"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/queries"
)

// Difference is something that a rebuild computed otherwise than the last publication: a figure, or a return's outcome.
type Difference struct {
	What, Before, After string

	Said lang.Text // in the words of the zone
}

// aReturn begins what is compared of a return; behind it stands its number.
const aReturn = "return "

// Rebuild makes the warehouse anew from archive and journal, by the declarations in force at each time, and publishes it.
// It returns what differs from the last publication, where that was made from the same returns; compared is false where
// there was nothing to compare with. The caller holds the zone's lock.
func (z *Zone) Rebuild(ctx context.Context, o Options) (diff []Difference, compared bool, err error) {
	defer func() { err = remedied(err, lang.Say("; then run rebuild again", "，然后重新执行 rebuild")) }()
	o.fill()
	if err := errors.Join(z.refuseJoined(), z.EnsureFolders()); err != nil {
		return nil, false, err
	}
	a, err := archive.Open(z.Archive())
	if err != nil {
		return nil, false, err
	}
	defer a.Close()
	if err := z.refuseLost(ctx, a, &o, true); err != nil {
		return nil, false, err
	}
	if err := z.refuseMoved(a); err != nil {
		return nil, false, err
	}
	if err := z.bindKeys(a); err != nil {
		return nil, false, err
	}
	var before map[string]string
	if last, ok := z.LastPublication(); ok {
		now, err := z.current(o.Clock(), a)
		if err != nil {
			return nil, false, err
		}
		file, err := z.comparable(last)
		if err != nil {
			return nil, false, err
		}
		if compared = file != "" && last.same(now); compared {
			if before, err = z.outcomes(ctx, file); err != nil {
				o.Log.Warn(lang.Phrase("the last publication can't be compared with", "无法与上次发布核对"), "err", err)
				compared = false
			}
		}
	}
	if err := z.remake(ctx, a, &o); err != nil {
		return nil, false, err
	}
	o.Rebuild = true
	w, err := z.open(ctx, a, &o) // finishes what was pending
	if err != nil {
		return nil, false, err
	}
	defer w.close()
	if err := w.publish(ctx, &Outcome{}); err != nil {
		return nil, false, err
	}
	lost := z.lostError(lang.Say("rebuilt", "已重建"), w.lost)
	w.lost = nil
	if err := (&Outcome{Troubles: w.troubled()}).waitError(); err != nil {
		return nil, false, err
	}
	if !compared {
		return nil, false, lost
	}
	file, err := warehouse.Newest(z.Published())
	if err != nil {
		return nil, false, err
	}
	after, err := z.outcomes(ctx, file)
	if err != nil {
		return nil, false, err
	}
	return z.compare(before, after), true, lost // what is lost is among what differs
}

// remake makes the warehouse file anew from archive and journal.
func (z *Zone) remake(ctx context.Context, a *archive.Archive, o *Options) error {
	path := z.Warehouse() + ".rebuild"
	if err := durable.Remove(path, path+".wal"); err != nil {
		return lang.Errorf("rebuild: %w", "重建：%w", err)
	}
	db, err := warehouse.Open(path, warehouse.Options{TimeZone: z.Timezone})
	if err != nil {
		return err
	}
	w := &work{z: z, o: o, archive: a, db: db}
	if err := errors.Join(w.replay(ctx), w.close()); err != nil {
		return err
	}
	if len(w.masked) > 0 { // what returns of before held as written
		if err := warehouse.Rewrite(ctx, path); err != nil {
			return err
		}
	}
	return replaceWarehouse(path, z.Warehouse())
}

// replay takes all archived arrivals and decisions in again.
func (w *work) replay(ctx context.Context) error {
	// Tables are made by the forms of then, in order, as they were: today's might give a column another type.
	if err := warehouse.Schema(ctx, w.db.Conn); err != nil {
		return err
	}
	erasures, err := w.archive.ErasedPersons()
	if err != nil {
		return err
	}
	r := &replayed{work: w, then: w.z, erased: ingest.NewErasures(erasures, true), total: int64(len(w.archive.Arrivals()))}
	for e, err := range w.archive.All() {
		if err != nil {
			return err
		}
		if err := r.take(ctx, e); err != nil {
			return err
		}
	}
	if err := r.flush(ctx); err != nil {
		return err
	}
	if err := ingest.EnsureTables(ctx, w.db.Conn, w.z.Forms); err != nil {
		return err
	}
	if err := ingest.FoldNames(ctx, w.db.Conn, w.z.Forms); err != nil { // forms of then didn't say which columns hold names
		return err
	}
	return w.db.Checkpoint(ctx)
}

// replayed is how far the journal has been taken in again.
type replayed struct {
	*work
	then        *Zone // as it was declared at that point of the journal
	erased      *ingest.Erasures
	todo        []archive.Event // arrivals since the last event of another kind: they are read side by side
	done, total int64           // arrivals
}

// begin opens a session under the declarations of then.
func (r *replayed) begin(ctx context.Context) error {
	in, err := r.then.intake()
	if err != nil {
		return err
	}
	if err := ingest.EnsureTables(ctx, r.db.Conn, r.then.Forms); err != nil {
		return err
	}
	if err := in.Conceal(ctx, r.db.Conn, r.sayConcealed); err != nil {
		return err
	}
	if err := in.Rename(ctx, r.db.Conn); err != nil {
		return err
	}
	r.session = &ingest.Session{In: in, Archive: r.archive, Conn: r.db.Conn, Log: r.o.Log, Erased: r.erased, Lose: r.lose, Progress: func(n int) {
		r.done += int64(n)
		r.o.Progress(r.done, r.total, replaying)
	}}
	return r.session.Resume(ctx)
}

func (r *replayed) flush(ctx context.Context) error {
	if len(r.todo) == 0 {
		return nil
	}
	if err := r.ready(ctx); err != nil {
		return err
	}
	defer func() { r.todo = nil }()
	return r.session.Replay(ctx, r.todo)
}

// take does again what an event of the journal says.
func (r *replayed) take(ctx context.Context, e archive.Event) error {
	var do func(context.Context, archive.Event) error
	switch e.Event {
	case archive.Arrive:
		r.todo = append(r.todo, e)
		return nil
	case archive.Declare:
		do = r.declare
	case archive.Decide:
		do = r.decide
	case archive.ErasePerson:
		do = r.erase
	default:
		return nil
	}
	if err := r.flush(ctx); err != nil {
		return err
	}
	return do(ctx, e)
}

// ready opens a session under today's declarations where the journal of an early program notes none before its first event.
func (r *replayed) ready(ctx context.Context) error {
	if r.session != nil {
		return nil
	}
	return r.begin(ctx)
}

func (r *replayed) erase(ctx context.Context, e archive.Event) error {
	if err := r.ready(ctx); err != nil {
		return err
	}
	return r.session.Erase(ctx, e)
}

func (r *replayed) declare(ctx context.Context, e archive.Event) error {
	text, err := r.archive.Declaration(e.Hash)
	if err != nil {
		return err
	}
	if r.then, err = r.z.fromBundle(text); err != nil {
		return err
	}
	return r.begin(ctx)
}

func (r *replayed) decide(ctx context.Context, e archive.Event) error {
	if err := r.ready(ctx); err != nil {
		return err
	}
	if len(r.lost) > 0 && e.Return != "" && !r.session.Known(e.Return) {
		r.o.Log.Error("a decision is left out: the original of its return is lost", "decision", e.Seq, "return", e.Return)
		return nil
	}
	return r.session.Decide(ctx, e)
}

// outcomes reads what a rebuild must reproduce: the outcome of every return, and every figure.
func (z *Zone) outcomes(ctx context.Context, file string) (map[string]string, error) {
	db, err := warehouse.ReadOnly(file, warehouse.Options{TimeZone: z.Timezone})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	out := map[string]string{}
	for _, q := range []string{
		`select '` + aReturn + `' || return_id, concat_ws(' ', coalesce(submitter, '—'), coalesce(form, '—'), coalesce(period, '—'), coalesce(cast(cutoff as varchar), '—'), status, rows_loaded, rows_refused, values_emptied, errors, warnings) from raw.return`,
		`select concat_ws(' ', metric, nullif(dimension, 'total'), coalesce(dimension_value, '` + queries.NoValue + `')), coalesce(cast(value as varchar), '—') from mart.metric`,
	} {
		err := warehouse.Each(ctx, db.Conn, q, func(v []any) error {
			out[fmt.Sprint(v[0])] = fmt.Sprint(v[1])
			return nil
		})
		if err != nil {
			return nil, lang.Errorf("read the published figures: %w", "读取已发布的数字：%w", err)
		}
	}
	return out, nil
}

func (z *Zone) compare(before, after map[string]string) []Difference {
	var out []Difference
	all := maps.Clone(before)
	maps.Copy(all, after)
	for _, k := range slices.Sorted(maps.Keys(all)) {
		if before[k] != after[k] {
			out = append(out, Difference{k, before[k], after[k], z.differs(k, before[k], after[k])})
		}
	}
	return out
}

// differs says what differs: of a return, in Chinese, in the words that people know its columns by.
func (z *Zone) differs(what, before, after string) lang.Text {
	said := lang.Say("%[1]s: %[2]s → %[3]s", "%[1]s：%[2]s → %[3]s", what, cmp.Or(before, "—"), cmp.Or(after, "—"))
	if id, isReturn := strings.CutPrefix(what, aReturn); isReturn {
		said.Chinese = fmt.Sprintf("报表 %s：%s → %s", id, z.outcomeWords(before), z.outcomeWords(after))
	} else if id, by, _ := strings.Cut(what, " "); z.Metrics != nil {
		if m, err := z.Metrics.Metric(id); err == nil {
			dim, value, _ := strings.Cut(by, " ")
			if label := z.Metrics.Label(dim); label != "" {
				by = label + value
			}
			said.Chinese = m.Label + strings.TrimSuffix("（"+by+"）", "（"+queries.NoValue+"）") + "：" + cmp.Or(before, "无") + " → " + cmp.Or(after, "无")
		}
	}
	return said
}

// outcomeWords are what outcomes reads of a return, in words.
func (z *Zone) outcomeWords(text string) string {
	f := strings.Fields(text)
	if len(f) != 10 {
		return cmp.Or(text, "无")
	}
	if s, ok := z.Match(f[0]); ok {
		f[0] = s.Name
	}
	if form := z.Forms.Get(f[1]); form != nil {
		f[1] = form.PlainTitle()
	}
	return fmt.Sprintf("%s %s %s（截至%s，%s，计入%s行，未计入%s行，置空%s处，必须修改%s处，请核实%s处）", f[0], f[1], f[2], f[3], finding.Outcome(f[4]).Label(), f[5], f[6], f[7], f[8], f[9])
}
