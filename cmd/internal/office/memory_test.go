package office

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taizhang/internal/warehouse"
)

// TestBuildThatNeedsMoreMemory: a build that doesn't get by with the memory it is given first is done again with as much as
// there may be, and publishes.
func TestBuildThatNeedsMoreMemory(t *testing.T) {
	defer func(m string) { fewMemory = m }(fewMemory)
	for memory, again := range map[string]bool{fewMemory: false, "2MB": true} {
		fewMemory = memory
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "taizhang.yaml"), []byte("zone: 园区\ncode: yq\nsubmitters:\n  - {code: a, name: 甲局, kind: department}\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		z, err := Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		owner, err := warehouse.Lock(dir, "test", time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		out, err := z.Run(context.Background(), Options{Clock: time.Now, Rebuild: true, Log: slog.New(slog.NewTextHandler(&log, nil))})
		owner.Release()
		if err != nil || !out.Published {
			t.Fatalf("%s: %v\n%s", memory, err, log.String())
		}
		if got := strings.Contains(log.String(), "built again with more memory"); got != again {
			t.Errorf("%s: built again: %t\n%s", memory, got, log.String())
		}
		if err := warehouse.Whole(context.Background(), z.PublishedFile()); err != nil {
			t.Error(err)
		}
	}
}
