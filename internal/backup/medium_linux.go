package backup

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// readMedium reads a file from the medium, not from what the system still has in memory of writing it.
func readMedium(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	_ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED) // a wish: some file systems know none
	return io.ReadAll(f)
}
