package office

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"taizhang/ingest/receipt"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// keptAtHand is how many months receipts lie at hand before they go into the folder of their year.
const keptAtHand = 13

// TidyYears moves receipts that are older than a year and a month into a folder of their year, in the outbox of their
// unit: none is removed. It says how many were moved. The caller holds the zone's lock.
func (z *Zone) TidyYears(now time.Time) (moved int, err error) {
	units, err := os.ReadDir(z.Outbox())
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, lang.Errorf("tidy the outbox: %w", "整理回执文件夹：%w", err)
	}
	before := now.AddDate(0, -keptAtHand, 0)
	var faults []error
	for _, u := range units {
		if !u.IsDir() {
			continue
		}
		for _, dir := range []string{filepath.Join(z.Outbox(), u.Name()), filepath.Join(z.Outbox(), u.Name(), receipt.OldFolder)} {
			n, err := z.tidyUnit(dir, before)
			moved += n
			faults = append(faults, err) // one unit's folder holds nobody up
		}
	}
	return moved, errors.Join(faults...)
}

// tidyUnit moves the receipts of one folder that were written before a time.
func (z *Zone) tidyUnit(dir string, before time.Time) (moved int, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, lang.Errorf("tidy %s: %w", "整理 %s：%w", dir, err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || receipt.ArrivalOf(e.Name()) == 0 || !info.ModTime().Before(before) {
			continue
		}
		year := filepath.Join(dir, strconv.Itoa(info.ModTime().In(z.Location).Year()))
		if err := durable.MkdirAll(year, 0o755); err != nil {
			return moved, err
		}
		to := filepath.Join(year, e.Name())
		if _, err := os.Lstat(to); err == nil {
			continue // an older one has the name: it stays where it is
		}
		if err := durable.Move(filepath.Join(dir, e.Name()), to); err != nil {
			return moved, err
		}
		moved++
	}
	return moved, nil
}
