package ingest

import (
	"os"
	"runtime/debug"

	"taizhang/ingest/read"
)

// How many bytes of files make cells of some tens of megabytes at most, and of some hundred.
const (
	usualGroup = 4 << 20
	smallGroup = 16 << 20
)

// usual is Go's own, and what is in force after a group: at the start of a short command it may be another.
const usual = 100

// setCollector lets the heap grow to five times what is in use before it is searched for what isn't, while files of the usual
// size are taken in: 30 MB are in use, and twice costs a tenth of the time. Of larger ones it is three times; with large ones
// either would be gigabytes, and it grows by three fifths: as good as nothing is in vain there until the cells of a sheet are
// let go of (see read.largeSheet). Who sets GOGC decides otherwise.
func setCollector(todo []arrival) (restore func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	size := int64(0)
	for i := range todo {
		size += todo[i].size
	}
	percent := 60
	switch {
	case size <= usualGroup:
		percent = 400
	case size <= smallGroup:
		percent = 200
	}
	debug.SetGCPercent(percent)
	return func() { debug.SetGCPercent(usual) }
}

// letGo lets go of the bytes of large files once they are read, and of all that reading them left behind: their rows take
// the memory. fetchAgain brings them back.
func letGo(todo []arrival, files []*read.Parsed) {
	large := false
	for i := range todo {
		if todo[i].size > smallGroup {
			todo[i].file.Content, files[i].File.Content = nil, nil
			large = true
		}
	}
	if large {
		debug.FreeOSMemory()
	}
}

// fetchAgain has the bytes of all files at hand, as their originals in the archive hold them.
func (s *Session) fetchAgain(todo []arrival) (err error) {
	for i := range todo {
		if a := &todo[i]; a.file.Content == nil && a.size > smallGroup && !a.tooBig {
			if a.file.Content, err = s.Archive.Get(a.sha); err != nil {
				return err
			}
		}
	}
	return nil
}
