//go:build !windows

package warehouse

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"taizhang/internal/lang"
)

var errLocked = lang.Errorf("locked by another process", "被另一个程序占用")

// lockFile uses flock: it belongs to the open file, not to the process, so
// opening the lock file elsewhere in this process never drops it.
func lockFile(f *os.File) error {
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK), errors.Is(err, syscall.EACCES):
			return errLocked
		}
		return err
	}
}

// openElsewhere: DuckDB's own words say it.
func openElsewhere(string) bool { return false }

func unlockFile(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_UN) }

// writeLocked gives the process that has a file open for writing as DuckDB
// does it, 0 for none: its lock is one of the whole file (fcntl).
func writeLocked(f *os.File) int {
	l := unix.Flock_t{Type: unix.F_RDLCK}
	if err := unix.FcntlFlock(f.Fd(), unix.F_GETLK, &l); err != nil || l.Type != unix.F_WRLCK {
		return 0
	}
	if l.Pid <= 0 { // on another machine
		return -1
	}
	return int(l.Pid)
}
