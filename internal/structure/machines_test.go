package structure

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"taizhang/internal/tooltest"
)

// TestOtherMachines: the tree and its tests have the right types where offices run them, though it is written and tested on
// another machine. It needs no compiler for that machine: DuckDB's C is left out, as are the bodies of functions of others.
func TestOtherMachines(t *testing.T) {
	tooltest.Thorough(t) // ten seconds of both processors
	sources := sources{files: token.NewFileSet()}
	for _, m := range []machine{{"windows", "amd64"}, {"linux", "arm64"}} {
		t.Run(m.system+"/"+m.processor, func(t *testing.T) {
			t.Parallel()
			list, err := m.list("./...")
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range m.faults(&sources, list) {
				t.Error(f)
			}
		})
	}
}

// machine is a kind of computer by Go's names.
type machine struct{ system, processor string }

// listed is a package as `go list` tells of it.
type listed struct {
	ImportPath, Dir   string
	GoFiles, CgoFiles []string
	ImportMap         map[string]string
	Module            *struct{ Main bool }
}

// faults type-checks packages, of which those of the tree must have none.
func (m machine) faults(sources *sources, list []listed) (faults []string) {
	known := map[string]*types.Package{"unsafe": types.Unsafe}
	parsed := sources.ahead(list)
	for _, p := range list {
		files, errs := parsed(), []error(nil)
		conf := types.Config{
			Importer:         imports{known, p.ImportMap},
			Sizes:            types.SizesFor("gc", m.processor),
			FakeImportC:      true,
			IgnoreFuncBodies: p.Module == nil || !p.Module.Main,
			Error:            func(err error) { errs = append(errs, err) },
		}
		name, _, _ := strings.Cut(p.ImportPath, " ") // "taizhang/internal/zone [taizhang/internal/zone.test]"
		known[p.ImportPath], _ = conf.Check(name, sources.files, files, nil)
		if !conf.IgnoreFuncBodies {
			for _, err := range errs {
				faults = append(faults, err.Error())
			}
		}
	}
	return faults
}

// sources are files as parsed once for all machines.
type sources struct {
	files  *token.FileSet
	parsed sync.Map // path → func() *ast.File
}

func (s *sources) file(path string) *ast.File {
	parse, _ := s.parsed.LoadOrStore(path, sync.OnceValue(func() *ast.File {
		f, _ := parser.ParseFile(s.files, path, nil, parser.SkipObjectResolution) // what doesn't parse, doesn't build here either
		return f
	}))
	return parse.(func() *ast.File)()
}

// ahead parses the files of packages while those before are checked; each call gives those of the next one.
func (s *sources) ahead(list []listed) func() []*ast.File {
	all := make(chan []*ast.File, 50)
	go func() {
		for _, p := range list {
			var files []*ast.File
			for _, name := range append(p.GoFiles, p.CgoFiles...) {
				files = append(files, s.file(filepath.Join(p.Dir, name)))
			}
			all <- files
		}
	}()
	return func() []*ast.File { return <-all }
}

// list lists packages, their tests and all that these import, imported ones first.
func (m machine) list(patterns ...string) ([]listed, error) {
	c := exec.Command("go", append([]string{"list", "-deps", "-test", "-tags", "duckdb_use_lib", "-json=ImportPath,Dir,GoFiles,CgoFiles,ImportMap,Module"}, patterns...)...)
	c.Dir = fromRoot(".")
	c.Env = append(os.Environ(), "GOOS="+m.system, "GOARCH="+m.processor, "CGO_ENABLED=1")
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("go list for %s/%s: %w", m.system, m.processor, err)
	}
	var list []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); err == io.EOF {
			return list, nil
		} else if err != nil {
			return nil, err
		}
		if !strings.HasSuffix(p.ImportPath, ".test") && p.ImportPath != "unsafe" { // what go test writes to start them
			list = append(list, p)
		}
	}
}

// imports finds what a package imports among those checked before it.
type imports struct {
	known map[string]*types.Package
	as    map[string]string
}

func (i imports) Import(path string) (*types.Package, error) {
	if as, ok := i.as[path]; ok {
		path = as
	}
	if p := i.known[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%s isn't listed before what imports it", path)
}

// TestAnswersThatWindowsGives: nobody asks on Windows for answers that it never gives. Its syscall.ECONNREFUSED and their like are
// numbers of Go's own; those of disks get their common names from internal/durable, others are asked for in files for one
// system.
func TestAnswersThatWindowsGives(t *testing.T) {
	given := []string{"ENOSPC", "EDQUOT", "EROFS", "EIO", "EBUSY", "ENOMEM", "ESTALE"}
	everywhere := []string{"internal/lang/system.go", "internal/durable/sync.go"} // there beside Windows' own
	windows := build.Default
	windows.GOOS = "windows"
	comment, asked := regexp.MustCompile(`//.*`), regexp.MustCompile(`\bsyscall\.(E[A-Z0-9]+)\b`)
	for _, s := range tree(t) {
		if s.Test || slices.Contains(everywhere, s.Path) {
			continue
		}
		file := fromRoot(s.Path)
		if there, err := windows.MatchFile(filepath.Dir(file), filepath.Base(file)); err != nil || !there {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range asked.FindAllStringSubmatch(comment.ReplaceAllString(string(text), ""), -1) {
			if !slices.Contains(given, m[1]) {
				t.Errorf("%s asks for %s, which Windows never gives", s.Path, m[0])
			}
		}
	}
}
