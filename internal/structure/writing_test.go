package structure

import (
	"os"
	"strings"
	"testing"
)

// unkept are the files that may write without internal/durable, each with its reason.
var unkept = map[string]string{
	"internal/durable/":           "the one way itself",
	"cmd/taizhang/demo.go":        "drops returns into the demo's inbox, as people do",
	"internal/onepage/pdf.go":     "files for another program, in a folder of their own that goes afterwards",
	"internal/warehouse/lock.go":  "the lock: it means nothing after a crash",
	"internal/shell/history.go":   "a line of the prompt's history, appended as it is typed",
	"ingest/inbox_linux.go":       "opens for reading",
	"cmd/taizhang/profile.go":     "a profile for engineers: another run makes another",
	"cmd/taizhang/output_long.go": "rows of a long result that wait until the widths of its columns are known; gone with the command",
	"bench/":                      "measures the program beside others; keeps nothing of a zone",
	"cmd/internal/alone/":         "parts of the program for bench; keeps nothing of a zone",
}

// TestOneWayToWrite: what this program keeps is written by internal/durable alone, so that a crash leaves the old or the
// new, and tests can make every step of writing fail.
func TestOneWayToWrite(t *testing.T) {
	calls := []string{"os.WriteFile(", "os.Create(", "os.CreateTemp(", "os.OpenFile(", "os.Rename(", "os.Link(", "os.Truncate("}
	used := map[string]bool{}
	for _, s := range tree(t) {
		if s.Test || s.Package == "internal/structure" || strings.HasSuffix(s.Package, "test") {
			continue
		}
		text, err := os.ReadFile(fromRoot(s.Path))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "durable.SetHook(") {
			t.Errorf("%s sets the hook that is for tests alone", s.Path)
		}
		for _, call := range calls {
			if !strings.Contains(string(text), call) {
				continue
			}
			reason := ""
			for path := range unkept {
				if s.Path == path || strings.HasSuffix(path, "/") && strings.HasPrefix(s.Path, path) {
					reason = path
				}
			}
			if used[reason] = true; reason == "" {
				t.Errorf("%s calls %s…): internal/durable is the one way to write", s.Path, strings.TrimSuffix(call, ")"))
			}
		}
	}
	for path := range unkept {
		if !used[path] {
			t.Errorf("%s is excepted but writes nothing", path)
		}
	}
}
