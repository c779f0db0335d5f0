package pipeline

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"taizhang/internal/archive"
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
	folders := []string{z.Published(), z.Consolidated()}
	for _, u := range units {
		if u.IsDir() {
			folders = append(folders, filepath.Join(z.Outbox(), u.Name()))
		}
	}
	for _, dir := range folders {
		entries, err := os.ReadDir(dir)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("tidy %s: %w", dir, err)
		}
		outbox := filepath.Dir(dir) == z.Outbox()
		for _, e := range entries {
			stale := strings.HasPrefix(e.Name(), ".tmp-") || strings.HasPrefix(e.Name(), ".receipt-")
			if n := receiptOf(e.Name()); n > 0 && outbox {
				stale = stale || again[n]
			}
			if stale && e.Type().IsRegular() {
				if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !os.IsNotExist(err) {
					return fmt.Errorf("tidy %s: %w", dir, err)
				}
			}
		}
	}
	return nil
}
