package ingest

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// openPlain opens a file for reading, neither through a symbolic link nor waiting for the writer of a pipe.
func openPlain(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
}

func isLinkError(err error) bool { return errors.Is(err, syscall.ELOOP) }

// changeTime is when content, name or times of a file last changed (ctime).
func changeTime(info fs.FileInfo) time.Time {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(st.Ctim.Unix())
	}
	return info.ModTime()
}
