package receipt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"taizhang/internal/durable"
)

// OldFolder is the sub-folder of a unit's outbox for receipts that newer ones take the place of.
const OldFolder = "历史回执"

// arrivalInName is the arrival's number at the end of a receipt's name: 回执_问题台账_已接收_000387-1.xlsx.
var arrivalInName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`_(\d{6,})(?:-\d+)?(?:\(\d+\))?\.xlsx$`) })

// ArrivalOf is the arrival that a receipt of this name answers, 0 for other files.
func ArrivalOf(name string) int {
	m := arrivalInName().FindStringSubmatch(name)
	if m == nil || !strings.HasPrefix(name, "回执_") {
		return 0
	}
	n, _ := strconv.Atoi(m[1]) // digits
	return n
}

// SameFile says whether a receipt of this name answers a file of that name.
func SameFile(receipt, file string) bool {
	m := earlier().FindStringSubmatch(strings.TrimSuffix(receipt, filepath.Ext(receipt)))
	return m != nil && m[1] == safe(baseName(file))
}

// debtInName is a receipt about what is owed, or about a whole ledger: whose, what was decided, of when.
var debtInName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^回执_(.*)_(?:已撤销|已)(清零|免报)_(.+?)(?:\(\d+\))?\.xlsx$`)
})

// SameDebt says whether two receipts are about decisions on the same ledger, or on the same period of a form.
func SameDebt(a, b string) bool {
	if ArrivalOf(a) > 0 || ArrivalOf(b) > 0 { // about a file, whatever it is called
		return false
	}
	x, y := debtInName().FindStringSubmatch(a), debtInName().FindStringSubmatch(b)
	return x != nil && y != nil && x[1] == y[1] && x[2] == y[2] && (x[2] == "清零" || x[3] == y[3])
}

// Lies says whether a folder holds a receipt of an arrival.
func Lies(dir string, arrival int) (bool, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	for _, e := range entries {
		if e.Type().IsRegular() && ArrivalOf(e.Name()) == arrival {
			return true, nil
		}
	}
	return false, err
}

// Retire moves receipts out of a folder into its sub-folder OldFolder: those for
// which old says so, by their names. None is ever overwritten; keep stays.
func Retire(dir, keep string, old func(name string) bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("retire receipts: %w", err)
	}
	var moved []string
	for _, e := range entries {
		if !e.Type().IsRegular() || e.Name() == keep || !strings.HasPrefix(e.Name(), "回执_") || !old(e.Name()) {
			continue
		}
		if err := retire(dir, e.Name()); err != nil {
			return fmt.Errorf("retire receipts: %w", err)
		}
		moved = append(moved, filepath.Join(dir, e.Name()))
	}
	if err := durable.Remove(moved...); err != nil {
		return fmt.Errorf("retire receipts: %w", err)
	}
	return nil
}

// retire gives one receipt a place in the sub-folder, under the next name that is free. The same content under a name is the same receipt.
func retire(dir, name string) error {
	to := filepath.Join(dir, OldFolder)
	if err := durable.MkdirAll(to, 0o755); err != nil {
		return err
	}
	from := filepath.Join(dir, name)
	for n := 1; ; n++ {
		path := numbered(filepath.Join(to, name), n)
		if _, err := os.Lstat(path); err == nil {
			if sameContent(from, path) {
				return nil
			}
			continue
		}
		return durable.Duplicate(from, path, 0o644)
	}
}
