package archive

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// writeDurably makes path hold content, wholly or not at all: a temporary file
// is written, synced and renamed over it, and the folder is synced.
func writeDurably(path, temp string, content []byte) error {
	name, err := stage(temp, bytes.NewReader(content))
	if err != nil {
		return err
	}
	if err := place(name, path); err != nil {
		_ = os.Remove(name)
		return err
	}
	return nil
}

// stage writes a temporary file that only its owner can read, and syncs it.
func stage(temp string, src io.Reader) (name string, err error) {
	f, err := os.CreateTemp(temp, "put-*")
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, src)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return f.Name(), err
}

// place renames a staged file to path, making its folder, and syncs the names.
func place(temp, path string) error {
	dir := filepath.Dir(path)
	if _, err := os.Stat(dir); os.IsNotExist(err) {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		if err := syncDir(filepath.Dir(dir)); err != nil {
			return err
		}
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes the names in a folder durable. Windows has no such call: NTFS
// journals names itself.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if cerr := d.Close(); err == nil {
		err = cerr
	}
	return err
}
