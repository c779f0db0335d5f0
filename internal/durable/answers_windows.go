package durable

import (
	"errors"
	"syscall"

	"golang.org/x/sys/windows"
)

// answers are what Windows says of disks, and by which name every system is asked for it: its own syscall.ENOSPC is a number
// that it never gives.
var answers = map[syscall.Errno]syscall.Errno{
	windows.ERROR_DISK_FULL: syscall.ENOSPC, windows.ERROR_HANDLE_DISK_FULL: syscall.ENOSPC, windows.ERROR_DISK_QUOTA_EXCEEDED: syscall.EDQUOT,
	windows.ERROR_WRITE_PROTECT: syscall.EROFS, windows.ERROR_CRC: syscall.EIO, windows.ERROR_IO_DEVICE: syscall.EIO,
	windows.ERROR_SEEK: syscall.EIO, windows.ERROR_SECTOR_NOT_FOUND: syscall.EIO, windows.ERROR_WRITE_FAULT: syscall.EIO, windows.ERROR_READ_FAULT: syscall.EIO,
	windows.ERROR_NETNAME_DELETED: syscall.ESTALE, windows.ERROR_UNEXP_NET_ERR: syscall.ESTALE, windows.ERROR_BAD_NETPATH: syscall.ESTALE,
	windows.ERROR_NOT_READY: syscall.ESTALE, windows.ERROR_NOT_ENOUGH_MEMORY: syscall.ENOMEM, windows.ERROR_OUTOFMEMORY: syscall.ENOMEM,
	windows.ERROR_SHARING_VIOLATION: syscall.EBUSY, windows.ERROR_LOCK_VIOLATION: syscall.EBUSY,
}

// answer is an error of Windows that is also known by its common name.
type answer struct {
	error
	name syscall.Errno
}

func (a answer) Is(target error) bool { return target == a.name }
func (a answer) Unwrap() error        { return a.error }

// common gives an error of the system its common name beside its own.
func common(err error) error {
	var own syscall.Errno
	if errors.As(err, &own) {
		if name, ok := answers[own]; ok {
			return answer{err, name}
		}
	}
	return err
}
