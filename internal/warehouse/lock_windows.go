//go:build windows

package warehouse

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"

	"taizhang/internal/lang"
)

var errLocked = lang.Errorf("locked by another process", "被另一个程序占用")

// The locked byte lies far behind the text: on Windows a locked range can't
// be read by others, and they must read who holds the warehouse.
const lockedByte = 1 << 30

func lockFile(f *os.File) error {
	at := &windows.Overlapped{Offset: lockedByte}
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return errLocked
	}
	return err
}

func unlockFile(f *os.File) error {
	return windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, &windows.Overlapped{Offset: lockedByte})
}

// writeLocked: Windows refuses to open a file that another program has open for writing.
func writeLocked(*os.File) int { return 0 }
