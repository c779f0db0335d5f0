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

// openElsewhere says whether another program has a file open in a way that lets nobody else write to it.
func openElsewhere(path string) bool {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return false
	}
	h, err := windows.CreateFile(name, windows.GENERIC_READ|windows.GENERIC_WRITE, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		return errors.Is(err, windows.ERROR_SHARING_VIOLATION)
	}
	_ = windows.CloseHandle(h) // nothing was written through it
	return false
}

// writeLocked: Windows refuses to open a file that another program has open for writing.
func writeLocked(*os.File) int { return 0 }
