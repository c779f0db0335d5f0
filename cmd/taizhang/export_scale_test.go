//go:build unix

package main

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

// TestScaleExport: a million rows go to a file of any format in memory that doesn't grow with them.
func TestScaleExport(t *testing.T) {
	if os.Getenv("TAIZHANG_TEST_SCALE") == "" {
		t.Skip("TAIZHANG_TEST_SCALE is not set")
	}
	const most = 400 << 20 // 71, 75 and 208 MB were measured
	for _, ext := range []string{"csv", "xlsx", "parquet", "md", "table"} {
		c, log := start(t, "sql", "select i as n, '行' || i as t, i * 1.5 as x from range(1000000) as x(i)", "--zone", demoZone(t), "-o", filepath.Join(t.TempDir(), "big."+ext), "-f", ext)
		if err := c.Wait(); err != nil {
			t.Fatalf("%s: %v\n%s", ext, err, log)
		}
		peak := c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
		if runtime.GOOS == "linux" {
			peak <<= 10
		}
		t.Logf("%s: %d MB", ext, peak>>20)
		if peak > most {
			t.Errorf("%s: the program had %d MB, at most %d are wanted", ext, peak>>20, most>>20)
		}
	}
}
