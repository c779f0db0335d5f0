package judge

import (
	"fmt"
	"slices"
	"testing"
)

// TestKeyIndex: a key gives the returns that hold it, each once and in their order, and nothing else does.
func TestKeyIndex(t *testing.T) {
	var x keyIndex
	for _, id := range []string{"000001-1", "000002-1", "000003-1"} {
		for i := range 1000 {
			x.add(fmt.Sprint("Q-", i, id[5:6]), id)
		}
		x.add("all", id)
		x.add("all", id)
	}
	if got := x.of("Q-7" + "2"); !slices.Equal(got, []string{"000002-1"}) {
		t.Errorf("one holds it: %v", got)
	}
	if got := x.of("all"); !slices.Equal(got, []string{"000001-1", "000002-1", "000003-1"}) {
		t.Errorf("three hold it: %v", got)
	}
	if got := x.of("none"); got != nil {
		t.Errorf("nobody holds it: %v", got)
	}
	if got := (*keyIndex)(nil).of("all"); got != nil {
		t.Errorf("an index of nothing: %v", got)
	}
}
