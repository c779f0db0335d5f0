package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// Go searches the heap for what isn't in use whenever it has grown by these percents; 4 MB and no less.
const (
	shortCommand = 800 // 32 MB, less than what a command needs that only reads figures or finds nothing to do
	longCommand  = 100 // Go's own
)

// spareCollection lets the heap grow to 32 MB before it is searched the first time: a short command ends before, and
// would spend a fifth of its time on that. From then on it is as ever; done is closed. Who sets GOGC decides otherwise.
func spareCollection() (done <-chan struct{}) {
	first := make(chan struct{})
	if os.Getenv("GOGC") != "" {
		close(first)
		return first
	}
	debug.SetGCPercent(shortCommand)
	runtime.AddCleanup(new([64]byte), func(first chan struct{}) {
		debug.SetGCPercent(longCommand)
		close(first)
	}, first)
	return first
}
