//go:build !windows

package copies

import "golang.org/x/sys/unix"

// sameDisk says whether two paths are on the same file system.
func sameDisk(a, b string) bool {
	var x, y unix.Stat_t
	return unix.Stat(a, &x) == nil && unix.Stat(b, &y) == nil && x.Dev == y.Dev
}
