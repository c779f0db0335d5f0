package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"taizhang/internal/tooltest"
	"taizhang/internal/warehouse"
)

// TestRoom: on a new business day, and by a new program, all models are built
// anew. The file doesn't grow by it: every publication would be a copy of what
// is free in it.
func TestRoom(t *testing.T) {
	t.Parallel()
	tooltest.Thorough(t)
	dir := copyOfDemo(t)
	edit := func(name, pattern, with string) {
		t.Helper()
		path := filepath.Join(dir, name)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		edited := regexp.MustCompile(pattern).ReplaceAll(text, []byte(with))
		if string(edited) == string(text) {
			t.Fatalf("%s: nothing is like %s", name, pattern)
		}
		if err := os.WriteFile(path, edited, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	size := func() int64 {
		t.Helper()
		info, err := os.Stat(filepath.Join(dir, "published", warehouse.Published))
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	first := size()
	for i, when := range []string{"a new day", "a new program", "the day after", "another new program"} {
		if i%2 == 0 {
			edit("taizhang.yaml", `as_of: 2022-08-\d\d`, fmt.Sprintf("as_of: 2022-08-%d", 16+i))
		} else {
			edit("published/publication.json", `"program_file": *"[^"]*"`, `"program_file": "another"`)
			edit("published/publication.json", `"program": *"[^"]*"`, fmt.Sprintf(`"program": "older %d"`, i))
		}
		var out bytes.Buffer
		if code := run([]string{"run", "--zone", dir}, nil, &out, &out); code != 0 || !strings.Contains(out.String(), "Published") {
			t.Fatalf("%s: exit code %d\n%s", when, code, out.String())
		}
		if now := size(); now > first*5/4 {
			t.Errorf("%s: the file has grown from %d to %d bytes", when, first, now)
		} else {
			t.Logf("%s: %d → %d bytes", when, first, now)
		}
	}
}
