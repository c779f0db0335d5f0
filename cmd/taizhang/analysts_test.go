package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"taizhang/internal/tooltest"
)

var fencedSQL = regexp.MustCompile("(?s)```sql\n(.*?)```")

// TestAnalystsDocument runs the queries of docs/analysts.md as they stand there: each gives rows.
func TestAnalystsDocument(t *testing.T) {
	tooltest.Thorough(t)
	zone := demoZone(t)
	text, err := os.ReadFile("../../docs/analysts.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := fencedSQL.FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 10 {
		t.Fatalf("only %d queries", len(blocks))
	}
	for _, b := range blocks {
		q := strings.TrimSpace(b[1])
		first, _, _ := strings.Cut(q, "\n")
		code, out, log := program(t, "sql", q, "--zone", zone, "-f", "csv")
		if code != 0 || strings.Count(out, "\n") < 2 {
			t.Errorf("%s: exit code %d, %d lines\n%s", first, code, strings.Count(out, "\n"), log)
		}
	}
	for _, readme := range []string{"../../README.md", "../../README.zh-CN.md"} {
		text, err := os.ReadFile(readme)
		if err != nil || !strings.Contains(string(text), "docs/analysts.md") {
			t.Errorf("%s doesn't link to the document (%v)", readme, err)
		}
	}
}
