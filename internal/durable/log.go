package durable

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Log is a file that only grows, such as a journal. Its owner alone writes to it.
type Log struct {
	f    *os.File
	name string
}

// OpenLog opens a log for reading and appending, making it if need be, and settles its name.
func OpenLog(path string, mode fs.FileMode) (*Log, error) {
	l := &Log{name: path}
	err := named("open", path, func() error {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, mode)
		if err != nil {
			return err
		}
		l.f = f
		if err := syncDir(filepath.Dir(path)); err != nil {
			_ = f.Close()
			return err
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return l, nil
}

// Reader reads the log from its beginning.
func (l *Log) Reader() io.Reader { return io.NewSectionReader(l.f, 0, 1<<62) }

// Size is how long the log is now, whoever made it so.
func (l *Log) Size() (int64, error) {
	info, err := l.f.Stat()
	if err != nil {
		return 0, &fs.PathError{Op: "look at", Path: l.name, Err: err}
	}
	return info.Size(), nil
}

// Append writes text at the end. It is on the disk only after Sync.
func (l *Log) Append(text []byte) error {
	return named("append to", l.name, func() error {
		_, err := (&file{l.f}).Write(text)
		return err
	})
}

// Sync puts what was written on the disk. After it failed nobody can say what is there.
func (l *Log) Sync() error { return named("append to", l.name, (&file{l.f}).Sync) }

// Cut takes off everything beyond size.
func (l *Log) Cut(size int64) error {
	return named("cut", l.name, func() error {
		if err := ask(Cut, l.name); err != nil {
			return err
		}
		return l.f.Truncate(size)
	})
}

// Close ends the use of the log.
func (l *Log) Close() error { return l.f.Close() }
