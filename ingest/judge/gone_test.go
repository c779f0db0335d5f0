package judge

import (
	"fmt"
	"strings"
	"testing"

	"taizhang/ingest/finding"
	"taizhang/ingest/read"
)

// TestManyGoneAreOneList: how many rows are gone in all ends the list of those that are named, and is no name in it.
func TestManyGoneAreOneList(t *testing.T) {
	var gone []string
	for i := range namedRows + 5 {
		gone = append(gone, fmt.Sprintf("A-%d", i+1))
	}
	said := ""
	tellGone(&read.Part{Ret: &finding.Return{}}, 100, gone, func(_, _ int, named []string) finding.Finding {
		said = strings.Join(named, "、")
		return finding.Finding{}
	})
	if want := fmt.Sprintf("、A-%d等共%d行", namedRows, len(gone)); !strings.HasSuffix(said, want) {
		t.Errorf("%q, want it to end in %q", said, want)
	}
}
