package pipeline

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// WriteFile makes path hold what write writes, wholly or not at all, and durably: a temporary file is
// written, synced and renamed over it, and the folder is synced.
func WriteFile(path string, mode os.FileMode, write func(io.Writer) error) (err error) {
	defer func() {
		if err == nil {
			return
		}
		var inner *fs.PathError // it names the temporary file, which means nothing to anybody
		if errors.As(err, &inner) {
			err = inner.Err
		}
		err = fmt.Errorf("write %s: %w", path, err)
	}()
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, ".tmp-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = tmp.Close()
			_ = os.Remove(tmp.Name())
		}
	}()
	if err = write(tmp); err != nil {
		return err
	}
	if err = tmp.Sync(); err != nil {
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	if runtime.GOOS != "windows" {
		if err = os.Chmod(tmp.Name(), mode); err != nil {
			return err
		}
	}
	if err = os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// WriteBytes is WriteFile for what is at hand.
func WriteBytes(path string, mode os.FileMode, content []byte) error {
	return WriteFile(path, mode, func(w io.Writer) error {
		_, err := io.Copy(w, bytes.NewReader(content))
		return err
	})
}

// syncDir makes a rename in the folder durable; Windows has no such call, NTFS journals names itself.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) { // some network drives can't
		err = nil
	}
	return errors.Join(err, d.Close())
}
