package durable

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"runtime"
	"slices"
	"syscall"
)

// cantSync are the answers of file systems that know no sync of a folder, or
// don't let us: network shares, FUSE, folders that may be written but not
// listed. There the server, or nobody, answers for the names; work goes on. An
// answer that tells of the disk (EIO, ENOSPC, EDQUOT, EROFS) is never among them.
var cantSync = []error{syscall.EINVAL, syscall.ENOTSUP, syscall.EOPNOTSUPP, syscall.ENOSYS, syscall.EBADF, syscall.EACCES, syscall.EPERM, syscall.EISDIR}

// syncDir makes the names in a folder durable. Windows has no such call: NTFS
// journals names itself.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	err := ask(SyncDir, dir)
	if err == nil {
		var d *os.File
		if d, err = os.Open(dir); err == nil {
			err = d.Sync()
			_ = d.Close() // nothing was written through it
		}
	}
	for _, c := range cantSync {
		if errors.Is(err, c) {
			return nil
		}
	}
	return err
}

// syncDirs syncs folders, all of them whatever happens to one.
func syncDirs(folders map[string]bool) error {
	var errs []error
	for _, dir := range slices.Sorted(maps.Keys(folders)) {
		if err := syncDir(dir); err != nil {
			errs = append(errs, &fs.PathError{Op: "write to folder", Path: dir, Err: err})
		}
	}
	return errors.Join(errs...)
}

// file is an open file whose steps can be made to fail. Of the system's file it has no other methods, so that no
// write goes past its own.
type file struct{ f *os.File }

func (f *file) Write(b []byte) (int, error) {
	if err := ask(Append, f.f.Name()); err != nil {
		var torn *Torn
		if errors.As(err, &torn) {
			n, werr := f.f.Write(b[:min(torn.After, len(b))])
			return n, errors.Join(torn.Err, werr)
		}
		return 0, err
	}
	return f.f.Write(b)
}

// ReadFrom lets the system copy from another file without passing the bytes through this program.
func (f *file) ReadFrom(src io.Reader) (int64, error) {
	if hooked() {
		return io.Copy(struct{ io.Writer }{f}, src)
	}
	return f.f.ReadFrom(src)
}

func (f *file) Sync() error {
	if err := ask(Sync, f.f.Name()); err != nil {
		return err
	}
	return f.f.Sync()
}
