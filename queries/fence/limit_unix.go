//go:build unix

package fence

import (
	"math"

	"golang.org/x/sys/unix"
)

// limitProcess caps the process: address space, size of written files, CPU
// time, and no core file.
func limitProcess(memory int64, seconds float64) error {
	cpu := uint64(math.Ceil(seconds*2)) + 2 // two threads
	for _, l := range []struct {
		what  int
		limit uint64
	}{{unix.RLIMIT_FSIZE, 0}, {unix.RLIMIT_CORE, 0}, {unix.RLIMIT_CPU, cpu}, {unix.RLIMIT_AS, uint64(memory)}} {
		if err := setLimit(l.what, l.limit); err != nil {
			return err
		}
	}
	return nil
}

func setLimit(what int, limit uint64) error {
	var have unix.Rlimit
	if err := unix.Getrlimit(what, &have); err != nil {
		return err
	}
	if uint64(have.Max) < limit {
		limit = uint64(have.Max)
	}
	have.Cur, have.Max = limit, limit
	return unix.Setrlimit(what, &have)
}
