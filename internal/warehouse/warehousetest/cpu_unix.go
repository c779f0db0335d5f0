//go:build unix

package warehousetest

import (
	"syscall"
	"time"
)

// CPU is the processor time that this process has used: on shared machines it
// says more than the clock.
func CPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
