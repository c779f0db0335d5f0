package cfb

import (
	"bytes"
	"errors"
	"testing"

	"taizhang/internal/cfb/cfbtest"
)

// TestRead: streams come out as they went in, by names without regard to case, long ones and those in the mini stream.
func TestRead(t *testing.T) {
	long := bytes.Repeat([]byte("long "), 2000)
	for name, data := range map[string][]byte{"workbook": cfbtest.Pack(map[string][]byte{"Workbook": long, "Other": long[5:]}), "short": cfbtest.Short("Short", []byte("few bytes"))} {
		c, err := Open(data)
		if err != nil {
			t.Fatal(err)
		}
		want := long
		if name == "short" {
			want = []byte("few bytes")
		}
		if got, err := c.Read(c.Root()[name]); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		if !Complete(data) || c.HasMacros() {
			t.Errorf("%s: complete %v, macros %v", name, Complete(data), c.HasMacros())
		}
	}
	if c, err := Open(cfbtest.Pack(map[string][]byte{"_VBA_PROJECT_CUR": long})); err != nil || !c.HasMacros() {
		t.Errorf("macros are not seen: %v", err)
	}
}

// FuzzOpen gives containers that somebody made up: what is read is never longer than the file, what isn't is damage.
func FuzzOpen(f *testing.F) {
	f.Add(cfbtest.Pack(map[string][]byte{"Workbook": make([]byte, 5000), "Book": {1}}))
	f.Add(cfbtest.Short("Workbook", []byte("few bytes")))
	f.Fuzz(func(t *testing.T, data []byte) {
		Complete(data)
		c, err := Open(data)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Error(err)
			}
			return
		}
		for name, e := range c.Root() {
			got, err := c.Read(e)
			if err != nil && !errors.Is(err, ErrDamaged) || len(got) > len(data) {
				t.Errorf("%q: %d bytes of %d, %v", name, len(got), len(data), err)
			}
		}
	})
}
