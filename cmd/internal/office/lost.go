package office

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"taizhang/internal/archive"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// restoreHint ends what is said where the archive is not the one that figures were made from.
func (z *Zone) restoreHint() string {
	return lang.Phrase("\nhint: going on without it would lose or mix up what was handed in; bring the zone back from a backup: taizhang restore %s --to NEW_FOLDER",
		"\n建议：就此继续会丢失或弄乱已报的报表；请从备份恢复：taizhang restore %s --to 新文件夹", z.BackupFolder())
}

// putBackHint ends what is said where single files of the archive are lost.
func (z *Zone) putBackHint() string {
	return lang.Phrase("\nhint: put it back from a backup: taizhang doctor --mend --from %s", "\n建议：从备份补回：taizhang doctor --mend --from %s", z.BackupFolder())
}

// BackupFolder is where the last backup went, or a word for it.
func (z *Zone) BackupFolder() string {
	if last, err := z.LastBackup(); err == nil && last != nil {
		return last.Dir
	}
	return "BACKUPS"
}

// EnsureFolders is that of [zone.Zone], but makes no empty archive in the place of one that is gone: who moves it back would
// move it into that.
func (z *Zone) EnsureFolders() error {
	if _, err := os.Stat(z.Archive()); errors.Is(err, fs.ErrNotExist) {
		if last, _ := z.LastPublication(); last.Journal > 0 {
			return lang.Errorf("%s is gone, with the journal, which had %d bytes when the figures were published last; if it was moved, move it back%s", "%s 不见了，其中的日志在上次发布数字时有%d字节；如果是移走了，请移回原处%s", z.Archive(), last.Journal, z.restoreHint())
		}
	}
	return z.Zone.EnsureFolders()
}

// refuseLost refuses an archive that lacks what the last publication or the warehouse knows: one that is missing, empty,
// shorter, older or another zone's. It changes nothing. The journal's length is always looked at, the tables only where
// whole says so, or where the warehouse is gone.
func (z *Zone) refuseLost(ctx context.Context, a *archive.Archive, o *Options, whole bool) error {
	last, published := z.LastPublication()
	if a.Size() < last.Journal {
		return lang.Errorf("the journal of %s has %d bytes, but had %d when the figures were published last: part of it is missing%s", "%s 的日志有%d字节，而上次发布数字时有%d字节：缺了一部分%s", z.Archive(), a.Size(), last.Journal, z.restoreHint())
	}
	if _, err := os.Stat(z.Warehouse()); err == nil && !whole {
		return nil
	}
	had, decisions, err := journalKnows(a)
	if err != nil {
		return err
	}
	files := []string{z.Warehouse()}
	if published {
		file, err := z.comparable(last)
		if err != nil {
			return err
		}
		files = append(files, file)
	}
	for _, file := range files {
		if _, err := os.Stat(file); err != nil {
			continue
		}
		db, err := warehouse.ReadOnly(file, warehouse.Options{TimeZone: z.Timezone})
		if err != nil { // damaged, or another program's: the other one is asked
			o.Log.Warn(lang.Phrase("what it knows can't be compared with the archive", "无法与档案核对"), "file", file, "err", err)
			continue
		}
		err = CompareKnown(ctx, db, had, decisions, z.Archive(), z.restoreHint())
		db.Close()
		if warehouse.IsDamage(err) {
			o.Log.Warn(lang.Phrase("what it knows can't be compared with the archive", "无法与档案核对"), "file", file, "err", FirstLine(err))
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// journalKnows gives the hashes of the originals by arrival, and the last decision.
func journalKnows(a *archive.Archive) (map[int64]string, int, error) {
	had := map[int64]string{}
	for e, err := range a.All() {
		if err != nil {
			return nil, 0, err
		}
		if e.Event == archive.Arrive {
			had[int64(e.Seq)] = e.Hash
		}
	}
	return had, a.LastDecision(), nil
}

// CompareKnown refuses where a database knows an arrival or a decision that the journal doesn't.
func CompareKnown(ctx context.Context, db *warehouse.DB, had map[int64]string, decisions int, dir, hint string) error {
	lost, other, first := 0, 0, int64(0)
	err := warehouse.Each(ctx, db.Conn, "select arrival, any_value(sha256), (select coalesce(max(seq), 0) from raw.decision) from raw.return group by arrival order by arrival", func(v []any) error {
		n, _ := v[0].(int64)
		sha, _ := v[1].(string)
		switch hash, ok := had[n]; {
		case !ok:
			lost++
		case hash != sha:
			other++
		default:
			return nil
		}
		if first == 0 {
			first = n
		}
		return nil
	})
	var last int64
	if err == nil {
		err = db.Conn.QueryRowContext(ctx, "select coalesce(max(seq), 0) from raw.decision").Scan(&last)
	}
	switch {
	case err != nil:
		return lang.Errorf("compare %s with the archive: %w", "把 %s 与档案核对：%w", db.Path(), err)
	case lost > 0:
		return lang.Errorf("%s knows %d files, from arrival %d on, that the journal of %s doesn't: it is older, or part of it is missing%s", "%s 中有%d个文件（从第 %d 号起）是 %s 的日志中没有的：日志较旧，或缺了一部分%s", db.Path(), lost, first, dir, hint)
	case other > 0:
		return lang.Errorf("%s knows arrival %d as another file than the journal of %s: it is another zone's, or was gone on with from an older copy%s", "%s 中第 %d 号文件与 %s 的日志不同：属于另一个园区，或是从旧副本继续的%s", db.Path(), first, dir, hint)
	case last > int64(decisions):
		return lang.Errorf("%s knows decision %d, but the journal of %s ends at %d%s", "%s 中有第%d号决定，但 %s 的日志只到第%d号%s", db.Path(), last, dir, decisions, hint)
	}
	return nil
}

// lostOriginal says whether an error means that an original is not in the archive, or not whole any more.
func (w *work) lostOriginal(e archive.Event) error {
	_, err := w.archive.Get(e.Hash)
	if err == nil || errors.Is(err, archive.ErrErased) {
		return nil
	}
	return w.named(e, err)
}

// lose leaves an arrival out of a rebuild: its original is lost.
func (w *work) lose(e archive.Event, err error) {
	err = w.named(e, err)
	w.o.Log.Error("a file is left out", "err", err)
	w.lost = append(w.lost, err)
}

// named says which arrival's original is lost.
func (w *work) named(e archive.Event, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		err = lang.Errorf("its original is missing", "原件遗失")
	}
	return lang.Errorf("%s, arrival %d of %s, archive/%s/%s: %w", "%s，第 %d 号，来自%s，archive/%s/%s：%w", e.Path, e.Seq, e.At.In(w.z.Location).Format("2006-01-02 15:04"), e.Hash[:2], e.Hash, err)
}

// lostError ends work that made the warehouse anew and had to leave files out.
func (z *Zone) lostError(done lang.Text, lost []error) error {
	if len(lost) == 0 {
		return nil
	}
	return lang.Errorf("%s and published without %d files whose originals are lost:\n%w\nhint: put them back from a backup: taizhang doctor --mend --from %s; then run: taizhang rebuild",
		"%s并发布，但缺少%d个原件遗失的文件：\n%w\n建议：从备份补回：taizhang doctor --mend --from %s；然后执行：taizhang rebuild", done, len(lost), errors.Join(lost...), z.BackupFolder())
}
