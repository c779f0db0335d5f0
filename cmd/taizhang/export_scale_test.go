//go:build linux

package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestScaleExport: a million rows go to a file of any format in memory that doesn't grow with them.
func TestScaleExport(t *testing.T) {
	if os.Getenv("TAIZHANG_TEST_SCALE") == "" {
		t.Skip("TAIZHANG_TEST_SCALE is not set")
	}
	const most = 400 << 20 // a quarter to a half of it was measured
	for _, ext := range []string{"csv", "xlsx", "parquet", "md", "table"} {
		peak := took(t, "sql", "select i as n, '行' || i as t, i * 1.5 as x from range(1000000) as x(i)", "--zone", demoZone(t), "-o", filepath.Join(t.TempDir(), "big."+ext), "-f", ext).peak
		t.Logf("%s: %d MB", ext, peak>>20)
		if peak > most {
			t.Errorf("%s: the program had %d MB, at most %d are wanted", ext, peak>>20, most>>20)
		}
	}
}
