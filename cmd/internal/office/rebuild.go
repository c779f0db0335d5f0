package office

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"taizhang/ingest"
	"taizhang/internal/archive"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/queries"
)

// Difference is something that a rebuild computed otherwise than the last publication: a figure, or a return's outcome.
type Difference struct{ What, Before, After string }

// Rebuild makes the warehouse anew from archive and journal, by the declarations in force at each time, and publishes it.
// It returns what differs from the last publication, where that was made from the same returns; compared is false where
// there was nothing to compare with. The caller holds the zone's lock.
func (z *Zone) Rebuild(ctx context.Context, o Options) (diff []Difference, compared bool, err error) {
	defer func() { err = remedied(err, "; then run rebuild again") }()
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
	if last, ok := z.lastPublication(); ok {
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
	return compare(before, after), true, lost // what is lost is among what differs
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
	return replaceWarehouse(path, z.Warehouse())
}

// replay takes all archived arrivals and decisions in again.
func (w *work) replay(ctx context.Context) error {
	if err := w.prepare(ctx); err != nil {
		return err
	}
	then, done, total := w.z, int64(0), int64(len(w.archive.Arrivals()))
	erasures, err := w.archive.ErasedPersons()
	if err != nil {
		return err
	}
	erased := ingest.NewErasures(erasures, true)
	session := func() error {
		in, err := then.Intake()
		if err != nil {
			return err
		}
		if err := ingest.EnsureTables(ctx, w.db.Conn, then.Forms); err != nil {
			return err
		}
		w.session = &ingest.Session{In: in, Archive: w.archive, Conn: w.db.Conn, Log: w.o.Log, Erased: erased, Lose: w.lose, Progress: func(n int) {
			done += int64(n)
			w.o.Progress(done, total, replaying)
		}}
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
	for e, err := range w.archive.All() {
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
			text, err := w.archive.Declaration(e.Hash)
			if err != nil {
				return err
			}
			if then, err = w.z.fromBundle(text); err != nil {
				return err
			}
			if err := session(); err != nil {
				return err
			}
		case archive.Decide:
			if err := flush(); err != nil {
				return err
			}
			if len(w.lost) > 0 && e.Return != "" && !w.session.Known(e.Return) {
				w.o.Log.Error("a decision is left out: the original of its return is lost", "decision", e.Seq, "return", e.Return)
				continue
			}
			if err := w.session.Decide(ctx, e); err != nil {
				return err
			}
		case archive.ErasePerson:
			if err := flush(); err != nil {
				return err
			}
			if err := w.session.Erase(ctx, e); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	return w.db.Checkpoint(ctx)
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
		`select 'return ' || return_id, concat_ws(' ', submitter, form, period, cutoff, status, rows_loaded, rows_refused, values_emptied, errors, warnings) from raw.return`,
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

func compare(before, after map[string]string) []Difference {
	var out []Difference
	all := maps.Clone(before)
	maps.Copy(all, after)
	for _, k := range slices.Sorted(maps.Keys(all)) {
		if before[k] != after[k] {
			out = append(out, Difference{k, before[k], after[k]})
		}
	}
	return out
}
