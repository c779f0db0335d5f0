//go:build !linux

package ingest

import (
	"io/fs"
	"os"
	"time"
)

func openPlain(path string) (*os.File, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	return os.Open(path)
}

func isLinkError(error) bool { return false }

func changeTime(info fs.FileInfo) time.Time { return info.ModTime() }
