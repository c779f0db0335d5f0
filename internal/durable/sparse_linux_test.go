package durable

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestSparse: a file that is mostly holes is copied as one, byte by byte the same; also where it ends in a hole.
func TestSparse(t *testing.T) {
	for name, at := range map[string][]int64{"ends in a hole": {3, 40 << 20}, "ends in data": {0, 64<<20 - 1}, "empty": nil, "one hole": {-1}} {
		t.Run(name, func(t *testing.T) {
			from, to := filepath.Join(t.TempDir(), "from"), filepath.Join(t.TempDir(), "to")
			f, err := os.Create(from)
			if err != nil {
				t.Fatal(err)
			}
			if len(at) > 0 {
				if err := f.Truncate(64 << 20); err != nil {
					t.Fatal(err)
				}
			}
			for _, off := range at {
				if off >= 0 {
					if _, err := f.WriteAt([]byte("x"), off); err != nil {
						t.Fatal(err)
					}
				}
			}
			if _, err := f.Seek(0, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			if err := Write(to, 0o644, func(w io.Writer) error { _, err := Sparse(w, f); return err }); err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(from)
			if err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(to)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%d bytes of %d, or others (%v)", len(got), len(want), err)
			}
			info, err := os.Stat(to)
			if err != nil {
				t.Fatal(err)
			}
			if taken := info.Sys().(*syscall.Stat_t).Blocks * 512; taken > 4<<20 {
				t.Errorf("it takes %d bytes on the disk", taken)
			}
		})
	}
}
