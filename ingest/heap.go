package ingest

import (
	"os"
	"runtime/debug"
)

// smallGroup is how many bytes of files make cells of some hundred megabytes at most.
const smallGroup = 16 << 20

// usual is Go's own, and what is in force after a group: at the start of a short command it may be another.
const usual = 100

// setCollector lets the heap grow to three times what is in use before it is searched for what isn't, while small files
// are taken in: twice costs a tenth of the time. With large ones that would be gigabytes, and it grows by three fifths: as
// good as nothing is in vain there until the cells of a sheet are let go of (see read.largeSheet). Who sets GOGC decides
// otherwise.
func setCollector(todo []arrival) (restore func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	size := int64(0)
	for i := range todo {
		size += todo[i].size
	}
	percent := 200
	if size > smallGroup {
		percent = 60
	}
	debug.SetGCPercent(percent)
	return func() { debug.SetGCPercent(usual) }
}
