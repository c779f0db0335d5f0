package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// TestSpareCollection: only the first collection is put off, and none where GOGC says otherwise.
func TestSpareCollection(t *testing.T) {
	percent := func() int {
		is := debug.SetGCPercent(-1)
		debug.SetGCPercent(is)
		return is
	}
	defer debug.SetGCPercent(percent())
	t.Setenv("GOGC", "")
	done := spareCollection()
	runtime.GC()
	<-done
	if is := percent(); is != longCommand {
		t.Errorf("after the first collection: %d", is)
	}
	t.Setenv("GOGC", "50")
	debug.SetGCPercent(50)
	<-spareCollection()
	if is := percent(); is != 50 {
		t.Errorf("with GOGC=50: %d", is)
	}
}
