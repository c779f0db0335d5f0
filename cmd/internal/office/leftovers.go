package office

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"taizhang/ingest/receipt"
	"taizhang/internal/archive"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// tidy removes what a killed run left behind: half-written files, and the receipts of arrivals that are not dealt with
// yet, which are written again. The caller holds the zone's lock, so nobody is writing there.
func (z *Zone) tidy(a *archive.Archive, log *slog.Logger) error {
	pending, err := a.Pending()
	if err != nil {
		return err
	}
	again := map[int]bool{}
	for _, e := range pending {
		again[e.Seq] = true
	}
	units, err := os.ReadDir(z.Outbox())
	if err != nil {
		return lang.Errorf("tidy the outbox: %w", "整理回执文件夹：%w", err)
	}
	if err := z.tidyPublished(); err != nil {
		return err
	}
	for _, u := range units {
		if u.IsDir() {
			folder := filepath.Join(z.Outbox(), u.Name())
			err := tidyFolders([]string{folder, filepath.Join(folder, receipt.OldFolder)}, func(name string) bool { return again[receipt.ArrivalOf(name)] })
			if err != nil { // one unit's folder holds nobody up; whoever writes there fails too, and is told
				log.Error("an outbox can't be tidied", "err", err)
			}
		}
	}
	return nil
}

// tidyPublished removes half-written files beside what is published, and the warehouse that a rebuild was making: also
// where a run finds nothing else to do, since a rebuild may have been killed.
func (z *Zone) tidyPublished() error {
	if err := durable.Remove(z.Warehouse()+".rebuild", z.Warehouse()+".rebuild.wal"); err != nil {
		return lang.Errorf("tidy: %w", "整理：%w", err)
	}
	return tidyFolders([]string{z.Published(), z.Consolidated(), filepath.Join(z.Archive(), "tmp")}, func(string) bool { return false })
}

// tidyFolders removes files that were never finished, and others that are stale.
func tidyFolders(folders []string, isStale func(name string) bool) error {
	for _, dir := range folders {
		entries, err := os.ReadDir(dir)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return lang.Errorf("tidy %s: %w", "整理 %s：%w", dir, err)
		}
		var stale []string
		for _, e := range entries {
			if (durable.IsLeftover(e.Name()) || isStale(e.Name())) && e.Type().IsRegular() {
				stale = append(stale, filepath.Join(dir, e.Name()))
			}
		}
		if err := durable.Remove(stale...); err != nil {
			return lang.Errorf("tidy: %w", "整理：%w", err)
		}
	}
	return nil
}

// Troubles says what of single units holds their returns up until somebody mends it: folders, and files that are taken in
// but whose receipts could not be written, or which could not be taken out of the inbox.
func (z *Zone) Troubles() ([]string, error) {
	var out []string
	for _, err := range z.FolderTroubles() {
		out = append(out, err.Error())
	}
	waiting, _, err := z.Journal()
	for _, t := range waiting {
		out = append(out, t.String())
	}
	return out, err
}

// Journal says which files are taken in but not finished, and when the last arrival or decision was; zero before the
// first.
func (z *Zone) Journal() (unanswered []lang.Text, last time.Time, err error) {
	a, err := archive.View(z.Archive())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, last, nil
	}
	if err != nil {
		return nil, last, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	pending, err := a.Pending()
	if err != nil {
		return nil, last, err
	}
	for _, e := range pending {
		unanswered = append(unanswered, lang.Say("%s: taken in as arrival %d, but not finished: its receipt is not written or the file not out of the inbox", "%s：已作为第%d号收件接收，但回执没写出或文件没移出收件箱", e.Path, e.Seq))
	}
	last, err = a.LastAt()
	return unanswered, last, err
}

// JournalSize is how long the journal is: every arrival and decision makes it longer. 0 before the first.
func (z *Zone) JournalSize() int64 {
	info, err := os.Stat(filepath.Join(z.Archive(), "journal.jsonl"))
	if err != nil {
		return 0
	}
	return info.Size()
}
