package structure

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func tree(t *testing.T) []Source {
	t.Helper()
	sources, err := Read(os.DirFS(fromRoot(".")))
	if err != nil {
		t.Fatal(err)
	}
	if len(sources) < 150 {
		t.Fatalf("only %d files were found", len(sources))
	}
	return sources
}

func rooms(t *testing.T) Rooms {
	t.Helper()
	var texts []string
	for _, name := range []string{"docs/imports.md", "docs/design.md"} {
		text, err := os.ReadFile(fromRoot(name))
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	r, err := ReadRooms(texts[0], texts[1])
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestImports(t *testing.T) {
	for _, v := range Violations(rooms(t), tree(t)) {
		t.Error(v)
	}
}

// TestImportsFail proves that TestImports fails when somebody breaks the table.
func TestImportsFail(t *testing.T) {
	for name, c := range map[string]struct{ file, imports, want string }{
		"ingest into transform":      {"ingest/x.go", "taizhang/transform", "never import one another"},
		"ingest/sheet into queries":  {"ingest/sheet/x.go", "taizhang/queries", "never import one another"},
		"queries into ingest/forms":  {"queries/x.go", "taizhang/ingest/forms", "never import one another"},
		"also in a test":             {"transform/x_test.go", "taizhang/ingest", "never import one another"},
		"data into forms":            {"data/x.go", "taizhang/ingest/forms", "does not allow"},
		"data into zone":             {"data/x.go", "taizhang/internal/zone", "does not allow"},
		"sheet into calendar":        {"ingest/sheet/x.go", "taizhang/internal/calendar", "does not allow"},
		"the grid into a format":     {"ingest/sheet/x.go", "taizhang/ingest/sheet/xlsx", "does not allow"},
		"a format into another":      {"ingest/sheet/xlsx/x.go", "taizhang/ingest/sheet/ods", "does not allow"},
		"workbook into zone":         {"internal/workbook/x.go", "taizhang/internal/zone", "does not allow"},
		"mart into queries":          {"transform/mart/x.go", "taizhang/queries", "never import one another"},
		"queries into mart":          {"queries/x_test.go", "taizhang/transform/mart", "never import one another"},
		"queries into weekly":        {"queries/x.go", "taizhang/queries/weekly", "does not allow"},
		"fence into queries":         {"queries/fence/x.go", "taizhang/queries", "does not allow"},
		"metric into queries":        {"internal/metric/x.go", "taizhang/queries", "does not allow"},
		"metric into result":         {"internal/metric/x.go", "taizhang/internal/result", "does not allow"},
		"queries into office":        {"queries/x.go", "taizhang/cmd/internal/office", "does not allow"},
		"a package without a row":    {"internal/nosuch/x.go", "fmt", "has no row"},
		"a subpackage without a row": {"ingest/nosuch/x.go", "fmt", "has no row"},
	} {
		fake := fstest.MapFS{c.file: {Data: []byte("package x\n\nimport \"" + c.imports + "\"\n")}}
		extra, err := Read(fake)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(Violations(rooms(t), append(tree(t), extra...)), "\n")
		if !strings.Contains(got, c.file) && !strings.Contains(got, path.Dir(c.file)) || !strings.Contains(got, c.want) {
			t.Errorf("%s goes unnoticed: %q", name, got)
		}
	}
	r := rooms(t)
	r["internal/gone"] = nil
	if got := strings.Join(Violations(r, tree(t)), "\n"); !strings.Contains(got, "internal/gone, which is no package") {
		t.Errorf("a row without a package goes unnoticed: %q", got)
	}
}

// TestThirdParties: who may know what of other people's code.
func TestThirdParties(t *testing.T) {
	sources := tree(t)
	for prefix, want := range map[string][]string{
		// result knows the driver's value types; the fenced child how to prepare without running.
		"github.com/duckdb/":       {"internal/warehouse", "internal/result", "queries/fence"},
		"github.com/spf13/":        {"cmd/taizhang"},
		"github.com/xuri/excelize": {"data", "ingest/template", "internal/workbook"},
		"github.com/rogpeppe/":     nil,
		"github.com/robfig/":       {"internal/schedule"},
		"github.com/fsnotify/":     {"cmd/internal/service"},
		"github.com/prometheus/":   {"cmd/internal/service"},
		"github.com/kardianos/":    {"cmd/taizhang"},
		"github.com/evanw/":        {"cmd/internal/web/editor"},
		"modernc.org/":             {"internal/state"},
		"go.yaml.in/":              {"internal/decl"},
		"gopkg.in/yaml":            nil,
		"net/http/pprof":           nil,
		// data writes demo workbooks and knows nothing of ours; cmd/internal/alone measures what bare unpacking costs.
		"archive/zip":                 {"internal/opc", "data", "cmd/internal/alone", "ingest/sheet/sheettest"},
		"github.com/klauspost/":       {"internal/opc", "cmd/internal/alone"},
		"github.com/marcboeker/":      nil,
		"github.com/mattn/go-sqlite3": nil,
	} {
		for _, p := range Third(sources, prefix, false) {
			if !slices.Contains(want, p) {
				t.Errorf("%s imports %s…; only %v may", p, prefix, want)
			}
		}
	}
	// Test helpers never reach production.
	for _, s := range sources {
		for _, i := range s.Imports {
			if !s.Test && !strings.HasSuffix(s.Package, "test") && (i == "testing" || strings.HasSuffix(i, "test") && strings.HasPrefix(i, module) || strings.HasPrefix(i, "testing/")) {
				t.Errorf("%s imports %s", s.Path, i)
			}
		}
	}
	// Only internal/warehouse opens databases, and internal/state its own.
	for _, s := range sources {
		if s.Test || s.Package == "internal/warehouse" || s.Package == "internal/state" || s.Package == "internal/structure" {
			continue
		}
		text, err := os.ReadFile(fromRoot(s.Path))
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range []string{`sql.Open(`, "duckdb.NewConnector("} {
			if strings.Contains(string(text), call) {
				t.Errorf("%s calls %s…: internal/warehouse is the only opener of DuckDB, internal/state of SQLite", s.Path, call)
			}
		}
	}
}

func TestPackageDocs(t *testing.T) {
	docs := map[string][]string{}
	for _, s := range tree(t) {
		if !s.Test {
			docs[s.Package] = append(docs[s.Package], nil...)
			if s.Doc {
				docs[s.Package] = append(docs[s.Package], s.Path)
			}
		}
	}
	for pkg, files := range docs {
		if len(files) != 1 {
			t.Errorf("%s has %d doc comments, in %v; it should have one that defines its words", pkg, len(files), files)
		}
	}
}

// TestDesignIsShort: a new engineer reads docs/design.md in ten minutes. Why something was decided belongs into
// docs/decisions.md, what tables hold into docs/tables.md.
func TestDesignIsShort(t *testing.T) {
	text, err := os.ReadFile(fromRoot("docs/design.md"))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(strings.Fields(string(text))); n > 1500 {
		t.Errorf("docs/design.md has %d words", n)
	}
}

// long are the files past 500 lines, each with its reason.
var long = map[string]string{
	"cmd/taizhang/demo_test.go": "the demo is made once and looked at from many sides",
}

func TestFileSizes(t *testing.T) {
	var lines []int
	seen := map[string]bool{}
	for _, s := range tree(t) {
		if !s.Test {
			lines = append(lines, s.Lines)
		}
		seen[s.Path] = true
		if s.Lines > 500 && long[s.Path] == "" {
			t.Errorf("%s has %d lines: split it, or give the reason in this test", s.Path, s.Lines)
		}
	}
	for f := range long {
		if !seen[f] {
			t.Errorf("%s is listed as long but gone", f)
		}
	}
	slices.Sort(lines)
	if m := lines[len(lines)/2]; m > 180 {
		t.Errorf("the median file has %d lines; it should stay near 150", m)
	}
}

// TestNothingLargeIsKept: what somebody downloaded or measured beside the code doesn't get into the repository.
func TestNothingLargeIsKept(t *testing.T) {
	made := []string{"bin", "build", "demo", "dist", "pictures", "target", "node_modules"} // .gitignore keeps them out
	err := fs.WalkDir(os.DirFS(fromRoot(".")), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != "." && (strings.HasPrefix(d.Name(), ".") || slices.Contains(made, d.Name())) {
				return fs.SkipDir
			}
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if ext := path.Ext(name); info.Size() > 1<<20 && ext != ".test" && ext != ".out" && ext != ".prof" {
			t.Errorf("%s has %d bytes: the repository holds no file of more than 1 MB", name, info.Size())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// content are the kinds of files that are embedded wherever they lie beside code.
var content = []string{".yaml", ".sql", ".csv", ".html", ".css", ".txt"}

// TestEmbedsTakeEveryFile: a narrow glob must not leave a file behind. Each content file beside the code of a package
// that embeds is taken by one of its patterns.
func TestEmbedsTakeEveryFile(t *testing.T) {
	patterns := map[string][]string{}
	for _, s := range tree(t) {
		if !s.Test && len(s.Embeds) > 0 {
			patterns[s.Package] = append(patterns[s.Package], s.Embeds...)
		}
	}
	if len(patterns) < 6 {
		t.Errorf("only %d packages embed", len(patterns))
	}
	for pkg, globs := range patterns {
		dir := fromRoot(pkg)
		taken := map[string]bool{}
		for _, g := range globs {
			files, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(g)))
			if err != nil || len(files) == 0 {
				t.Errorf("%s embeds %s, which is nothing (%v)", pkg, g, err)
			}
			for _, f := range files {
				taken[f] = true
			}
		}
		err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				if d.Name() == "testdata" || name != dir && isPackage(name) {
					return filepath.SkipDir
				}
				return nil
			}
			if slices.Contains(content, filepath.Ext(name)) && !taken[name] {
				t.Errorf("%s is not embedded: no pattern of %s takes it", name, pkg)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// isPackage says whether a folder holds Go code of its own.
func isPackage(dir string) bool {
	files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	return len(files) > 0
}
