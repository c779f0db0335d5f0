package shelf

import (
	"os"
	"path/filepath"
	"testing"

	"taizhang/internal/durable"
)

// TestPageLeavesTheNameFree: while the page has a publication open, the next one takes its name, on every system.
func TestPageLeavesTheNameFree(t *testing.T) {
	dir := t.TempDir()
	published, own := filepath.Join(dir, "taizhang.duckdb"), filepath.Join(dir, Prefix+"1.duckdb")
	if err := os.WriteFile(published, []byte("first"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := separate(published, own); err != nil {
		t.Fatal(err)
	}
	open, err := os.Open(own)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	if err := durable.WriteBytes(published, 0o644, []byte("second")); err != nil {
		t.Errorf("the next publication has to wait for the page: %v", err)
	}
	if text, err := os.ReadFile(own); err != nil || string(text) != "first" {
		t.Errorf("the page reads %q, %v", text, err)
	}
}
