package structure

import (
	"go/parser"
	"go/token"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

var namedFile = regexp.MustCompile(`(?:[a-z0-9_]+/)*[a-z0-9_]+\.(?:go|yaml|tsv|txtar)\b`)

// lackingFiles lists the files that a text names and that stand in none of the folders.
func lackingFiles(text string, folders ...string) (lacking []string) {
next:
	for _, name := range namedFile.FindAllString(text, -1) {
		for _, dir := range folders {
			if _, err := os.Stat(fromRoot(path.Join(dir, name))); err == nil {
				continue next
			}
		}
		lacking = append(lacking, name)
	}
	return lacking
}

// TestPlacesNamedAreThere: where docs/reading.md sends whoever changes how a return is read, there is such a file.
func TestPlacesNamedAreThere(t *testing.T) {
	_, table, _ := strings.Cut(read(t, "docs/reading.md"), "| to change | look at |")
	table, _, _ = strings.Cut(table, "\n\n")
	if n := len(namedFile.FindAllString(table, -1)); n < 40 {
		t.Fatalf("only %d files were found in the table of docs/reading.md", n)
	}
	for _, name := range lackingFiles(table, "ingest", "ingest/numfmt", "ingest/secret") {
		t.Errorf("docs/reading.md sends to %s, which isn't in ingest", name)
	}
	if len(lackingFiles("`gone/gone.go`", "ingest")) != 1 {
		t.Error("a file that is gone goes unnoticed")
	}
}

// TestPackagesNameTheirFiles: a file that a package's comment sends to is in that package, or named from where it is.
func TestPackagesNameTheirFiles(t *testing.T) {
	for _, s := range tree(t) {
		if s.Test {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), "", read(t, s.Path), parser.PackageClauseOnly|parser.ParseComments)
		if err != nil || f.Doc == nil {
			continue
		}
		for _, name := range lackingFiles(f.Doc.Text(), path.Dir(s.Path), ".", "ingest", "internal") {
			switch name {
			case "taizhang.yaml": // a zone's
			default:
				t.Errorf("the comment of %s names %s, which isn't there", path.Dir(s.Path), name)
			}
		}
	}
}

var constructor = regexp.MustCompile(`(?m)^func ([A-Z]\w*)\([^)]*\) Finding `)

// TestEveryFindingIsMade: what docs/findings.md lists is said by somebody. Whoever words a finding calls it where a return is read
// or judged.
func TestEveryFindingIsMade(t *testing.T) {
	var worded []string
	made := map[string]bool{}
	called := regexp.MustCompile(`\bfinding\.([A-Z]\w*)\b`)
	for _, s := range tree(t) {
		switch text := read(t, s.Path); {
		case s.Test:
		case s.Package == "ingest/finding":
			for _, m := range constructor.FindAllStringSubmatch(text, -1) {
				worded = append(worded, m[1])
			}
		case strings.Contains(text, `"taizhang/ingest/finding"`):
			for _, m := range called.FindAllStringSubmatch(text, -1) {
				made[m[1]] = true
			}
		}
	}
	if len(worded) < 100 {
		t.Fatalf("only %d findings are worded", len(worded))
	}
	for _, name := range worded {
		if !made[name] {
			t.Errorf("finding.%s is worded, and nobody says it: call it where it is found", name)
		}
	}
}
