// Package durable writes files so that a crash, a full disk or a pulled plug
// leaves either what was there before or what was meant, never a half: the one
// way in which this program writes what it keeps.
//
// Words: a file is staged when its content lies on the disk under a temporary
// name; it is placed when it gets its own name; it is settled when the folder
// with that name lies on the disk too. A leftover is a staged file that a crash
// kept from being placed. A batch stages many files beside one another and
// settles each folder once. A log is a file that only grows. A step is one call
// to the file system that changes something; tests make steps fail ([SetHook]).
//
// Every error names the file that was meant, never the temporary one, and wraps
// the system's own, so that errors.Is(err, syscall.ENOSPC) holds.
package durable

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// leftover is how temporary names begin: hidden, so that no folder's reader takes them for content.
const leftover = ".tmp-"

// IsLeftover says whether a name in a folder is that of a staged file. Where nobody else can be writing it may go.
func IsLeftover(name string) bool { return strings.HasPrefix(name, leftover) }

// LeftoverName is a name under which another program, such as a database, may write what is placed later ([Replace]).
func LeftoverName(name string) string { return leftover + name }

// Write makes path hold what write writes, wholly or not at all. When it
// returns without error the file is settled. The folder must be there.
func Write(path string, mode fs.FileMode, write func(io.Writer) error) error {
	return named("write", path, func() error {
		s, err := stage(filepath.Dir(path), mode, write)
		if err != nil {
			return err
		}
		defer s.Discard()
		if err := s.place(path); err != nil {
			return err
		}
		return syncDir(filepath.Dir(path))
	})
}

// WriteBytes is Write for what is at hand.
func WriteBytes(path string, mode fs.FileMode, content []byte) error {
	return Write(path, mode, from(content))
}

func from(content []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.Copy(w, bytes.NewReader(content))
		return err
	}
}

// Staged is a file under a temporary name, its content on the disk.
type Staged struct {
	name string // "" once placed or discarded
	size int64
}

// Stage writes a file into a folder under a temporary name, for those who know
// its own only once it is written. Discard must follow, placed or not.
func Stage(dir string, mode fs.FileMode, write func(io.Writer) error) (s *Staged, err error) {
	err = named("write a file in", dir, func() error {
		s, err = stage(dir, mode, write)
		return err
	})
	return s, err
}

func stage(dir string, mode fs.FileMode, write func(io.Writer) error) (_ *Staged, err error) {
	if err := ask(Create, dir); err != nil {
		return nil, err
	}
	tmp, err := os.CreateTemp(dir, leftover+"*")
	if err != nil {
		return nil, err
	}
	f := &file{tmp}
	s := &Staged{name: tmp.Name()}
	defer func() {
		if err != nil {
			_ = tmp.Close() // again, perhaps: it does no harm
			s.Discard()
		}
	}()
	if err := write(f); err != nil {
		return nil, err
	}
	if err := f.Sync(); err != nil {
		return nil, err
	}
	info, err := tmp.Stat()
	if err != nil {
		return nil, err
	}
	s.size = info.Size()
	if err := tmp.Close(); err != nil { // a network share may report here what it couldn't write
		return nil, err
	}
	if runtime.GOOS != "windows" && mode != 0o600 { // CreateTemp's is for its owner alone
		if err := os.Chmod(s.name, mode); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Name is where the file lies now, for whoever wants to look into it before it is placed; "" once it is.
func (s *Staged) Name() string { return s.name }

// Size is the length of the file in bytes.
func (s *Staged) Size() int64 { return s.size }

// Place gives the file its name, in place of what had it, and settles it. Where
// it can't it may be tried again under another name.
func (s *Staged) Place(path string) error {
	return named("write", path, func() error {
		if err := s.place(path); err != nil {
			return err
		}
		return syncDir(filepath.Dir(path))
	})
}

func (s *Staged) place(path string) error {
	if err := rename(s.name, path); err != nil {
		return err
	}
	s.name = ""
	return nil
}

// PlaceNew gives the file a name that nothing has, else it fails with
// fs.ErrExist: by a link, or, where the file system knows none, by a rename
// after looking. The name is not settled: that is its batch's to do.
func (s *Staged) PlaceNew(path string) error {
	return named("write", path, func() error {
		if err := ask(Rename, path); err != nil {
			return err
		}
		err := os.Link(s.name, path)
		switch {
		case err == nil:
			s.Discard()
			return nil
		case errors.Is(err, fs.ErrExist):
			return err
		}
		if _, serr := os.Lstat(path); serr == nil {
			return fs.ErrExist
		}
		if err := os.Rename(s.name, path); err != nil {
			return err
		}
		s.name = ""
		return nil
	})
}

// Discard removes the file unless it has been placed.
func (s *Staged) Discard() {
	for range 2 { // on Windows a scanner of viruses may have it open just then
		if s.name == "" || ask(Delete, s.name) == nil && os.Remove(s.name) == nil {
			break // a leftover does no harm: the next run that has work to do removes it
		}
	}
	s.name = ""
}

// Replace puts a file that something else wrote, such as a database, in the
// place of another in the same folder, and settles it.
func Replace(from, to string) error {
	err := named("replace", to, func() error {
		f, err := os.OpenFile(from, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		return errors.Join((&file{f}).Sync(), f.Close())
	})
	if err != nil {
		return err
	}
	return Move(from, to)
}

// Duplicate gives a file that is never written to again a second name, which
// nothing may have yet: a hard link, where the file system has none a copy.
func Duplicate(from, to string, mode fs.FileMode) error {
	err := ask(Rename, to)
	if err == nil {
		if err = os.Link(from, to); err == nil {
			return named("write", to, func() error { return syncDir(filepath.Dir(to)) })
		}
	}
	return Write(to, mode, Copy(from))
}

// Copy is the content of another file, for Write and Stage.
func Copy(from string) func(io.Writer) error {
	return func(w io.Writer) error {
		src, err := os.Open(from)
		if err != nil {
			return err
		}
		defer src.Close()
		_, err = io.Copy(w, src)
		return err
	}
}

// hole is how many zeros in a row are left out of a sparse file.
const hole = 1 << 20

// Sparse copies to a file of this package (what Write and Stage hand out), leaving blocks of zeros out where the file
// system lets it: a file of 10 GB that holds nothing takes no room. It gives the length.
func Sparse(w io.Writer, src io.Reader) (n int64, err error) {
	f, ok := w.(*file)
	if !ok {
		return io.Copy(w, src)
	}
	block, skipped := make([]byte, hole), false
	for {
		got, err := io.ReadFull(src, block)
		if got == hole && len(bytes.TrimLeft(block, "\x00")) == 0 {
			if _, err := f.f.Seek(hole, io.SeekCurrent); err != nil {
				return n, err
			}
			skipped = true
		} else if got > 0 {
			if _, err := f.Write(block[:got]); err != nil {
				return n, err
			}
		}
		n += int64(got)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return n, err
		}
	}
	if skipped {
		return n, f.f.Truncate(n)
	}
	return n, nil
}

// Move gives a file another name in the same folder, whatever state its content is in, and settles it.
func Move(from, to string) error {
	return named("replace", to, func() error {
		if err := rename(from, to); err != nil {
			return err
		}
		return syncDir(filepath.Dir(to))
	})
}

// MkdirAll makes a folder and those above it that are missing, and settles their names.
func MkdirAll(dir string, mode fs.FileMode) error {
	info, err := os.Stat(dir)
	if err == nil && info.IsDir() {
		return nil
	}
	above := filepath.Dir(dir)
	if above != dir {
		if err := MkdirAll(above, mode); err != nil {
			return err
		}
	}
	return named("make", dir, func() error {
		if err := ask(Mkdir, dir); err != nil {
			return err
		}
		if err := os.Mkdir(dir, mode); err != nil && !isDir(dir) { // somebody else may have been quicker
			return err
		}
		return syncDir(above)
	})
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// Remove removes files, those that are not there passed over, and settles that
// they are gone. What can't be removed keeps none of the others.
func Remove(paths ...string) error {
	var errs []error
	folders := map[string]bool{}
	for _, p := range paths {
		errs = append(errs, named("remove", p, func() error {
			if err := ask(Delete, p); err != nil {
				return err
			}
			err := os.Remove(p)
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err == nil {
				folders[filepath.Dir(p)] = true
			}
			return err
		}))
	}
	return errors.Join(append(errs, syncDirs(folders))...)
}

func rename(from, to string) error {
	if err := ask(Rename, to); err != nil {
		return err
	}
	return os.Rename(from, to)
}

// named runs what is done to a file; an error says which, and drops the names
// that the system's error has, since a temporary one means nothing to anybody.
func named(what, path string, do func() error) error {
	err := do()
	if err == nil {
		return nil
	}
	var one *fs.PathError
	var two *os.LinkError
	switch {
	case errors.As(err, &one) && (one.Path == path || IsLeftover(filepath.Base(one.Path))):
		err = one.Err
	case errors.As(err, &two):
		err = two.Err
	}
	return &fs.PathError{Op: what, Path: path, Err: common(err)}
}
