package office

import (
	"golang.org/x/sys/windows"
)

// FreeSpace is the room that is left where a path lies; Windows counts no files.
func FreeSpace(path string) (bytes, files int64) {
	var free uint64
	p, err := windows.UTF16PtrFromString(path)
	if err != nil || windows.GetDiskFreeSpaceEx(p, &free, nil, nil) != nil {
		return -1, -1
	}
	return int64(free), -1
}

// CanWrite is told by the first file that is written.
func CanWrite(string) bool { return true }
