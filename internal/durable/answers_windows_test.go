package durable

import (
	"errors"
	"io/fs"
	"syscall"
	"testing"

	"golang.org/x/sys/windows"
)

// TestAnswersOfWindows: a full disk is one by its common name, and keeps Windows' own.
func TestAnswersOfWindows(t *testing.T) {
	for own, name := range map[syscall.Errno]syscall.Errno{windows.ERROR_DISK_FULL: syscall.ENOSPC, windows.ERROR_WRITE_PROTECT: syscall.EROFS, windows.ERROR_SHARING_VIOLATION: syscall.EBUSY} {
		err := named("write", `C:\x`, func() error { return &fs.PathError{Op: "write", Path: `C:\x`, Err: own} })
		if !errors.Is(err, name) || !errors.Is(err, own) || errors.Is(err, syscall.EIO) {
			t.Errorf("%v is not known as %v", err, name)
		}
	}
	if err := named("write", `C:\x`, func() error { return fs.ErrNotExist }); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
