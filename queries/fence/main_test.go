package fence

import (
	"os"
	"testing"
)

// TestMain lets the test binary be the child of fenced queries.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == ChildCommand {
		os.Exit(ChildMain())
	}
	os.Exit(m.Run())
}
