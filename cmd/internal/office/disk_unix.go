//go:build !windows

package office

import (
	"golang.org/x/sys/unix"
)

// FreeSpace is the room that is left where a path lies, and how many more files fit; -1 where it can't be told.
func FreeSpace(path string) (bytes, files int64) {
	var s unix.Statfs_t
	if unix.Statfs(path, &s) != nil {
		return -1, -1
	}
	files = int64(s.Ffree)
	if s.Files == 0 { // a file system that makes them as it needs them
		files = -1
	}
	return int64(s.Bavail) * int64(s.Bsize), files
}

// CanWrite says whether this user may write to a folder.
func CanWrite(path string) bool { return unix.Access(path, unix.W_OK|unix.X_OK) == nil }
