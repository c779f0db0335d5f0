package ingest

import (
	"os"
	"runtime/debug"
)

// smallGroup is how many bytes of files make cells of some hundred megabytes at most.
const smallGroup = 16 << 20

// collectLess lets the heap grow to three times what is in use before it is searched for what isn't, while small files are
// taken in: twice costs a tenth of the time. With large ones that would be gigabytes. Who sets GOGC decides otherwise.
func collectLess(todo []arrival) (restore func()) {
	size := int64(0)
	for i := range todo {
		size += todo[i].size
	}
	if size > smallGroup || os.Getenv("GOGC") != "" {
		return func() {}
	}
	old := debug.SetGCPercent(200)
	return func() { debug.SetGCPercent(old) }
}
