package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"taizhang/internal/archive"
	"taizhang/internal/durable"
)

// receiptNumber is the arrival's number at the end of a receipt's name: 回执_问题台账_已接收_000387-1.xlsx.
var receiptNumber = regexp.MustCompile(`_(\d{6,})(?:-\d+)?(?:\(\d+\))?\.xlsx$`)

// receiptOf is the arrival that a receipt answers, 0 for other files.
func receiptOf(name string) int {
	m := receiptNumber.FindStringSubmatch(name)
	if m == nil || !strings.HasPrefix(name, "回执_") {
		return 0
	}
	n, _ := strconv.Atoi(m[1]) // digits
	return n
}

// tidy removes what a killed run left behind: half-written files, and the receipts of arrivals that are not dealt with
// yet, which are written again. The caller holds the zone's lock, so nobody is writing there.
func (z *Zone) tidy(a *archive.Archive) error {
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
		return fmt.Errorf("tidy the outbox: %w", err)
	}
	if err := z.tidyPublished(); err != nil {
		return err
	}
	var folders []string
	for _, u := range units {
		if u.IsDir() {
			folders = append(folders, filepath.Join(z.Outbox(), u.Name()))
		}
	}
	return tidyFolders(folders, func(name string) bool { return again[receiptOf(name)] })
}

// tidyPublished removes half-written files beside what is published: also where a run finds nothing else to do, since a
// rebuild may have been killed.
func (z *Zone) tidyPublished() error {
	return tidyFolders([]string{z.Published(), z.Consolidated()}, func(string) bool { return false })
}

// tidyFolders removes files that were never finished, and others that are stale.
func tidyFolders(folders []string, isStale func(name string) bool) error {
	for _, dir := range folders {
		entries, err := os.ReadDir(dir)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("tidy %s: %w", dir, err)
		}
		var stale []string
		for _, e := range entries {
			if (durable.IsLeftover(e.Name()) || isStale(e.Name())) && e.Type().IsRegular() {
				stale = append(stale, filepath.Join(dir, e.Name()))
			}
		}
		if err := durable.Remove(stale...); err != nil {
			return fmt.Errorf("tidy: %w", err)
		}
	}
	return nil
}
