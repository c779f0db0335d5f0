package structure

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const module = "taizhang"

// Source is one Go file of the tree.
type Source struct {
	Path    string   // with slashes, from the root of the tree
	Package string   // its folder
	Test    bool     //
	Imports []string //
	Doc     bool     // it holds the package's doc comment
	Embeds  []string // patterns of its go:embed lines
	Lines   int
}

// Read parses all Go files of a tree, folders named testdata left out.
func Read(tree fs.FS) ([]Source, error) {
	var out []Source
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); name != "." && (strings.HasPrefix(base, ".") || base == "testdata" || base == "bin" || base == "demo" || base == "dist") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.ImportsOnly)
		if err != nil {
			return err
		}
		s := Source{Path: name, Package: path.Dir(name), Test: strings.HasSuffix(name, "_test.go"), Doc: isDoc(f.Doc), Lines: strings.Count(string(text), "\n")}
		for _, i := range f.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			s.Imports = append(s.Imports, p)
		}
		for _, l := range strings.Split(string(text), "\n") {
			if patterns, ok := strings.CutPrefix(l, "//go:embed "); ok {
				s.Embeds = append(s.Embeds, strings.Fields(patterns)...)
			}
		}
		out = append(out, s)
		return nil
	})
	return out, err
}

func isDoc(c *ast.CommentGroup) bool {
	return c != nil && (strings.HasPrefix(c.Text(), "Package ") || strings.HasPrefix(c.Text(), "Command "))
}

// Rooms is the import table: by package, the patterns of the packages it may import; "*" is all of them.
type Rooms map[string][]string

var quoted = regexp.MustCompile("`([^`]+)`")

// ReadRooms reads the table of docs/imports.md; every package of it has to have a line under «Rooms» of docs/design.md.
func ReadRooms(imports, design string) (Rooms, error) {
	rooms := Rooms{}
	_, section, ok := strings.Cut(design, "\n## Rooms\n")
	if !ok {
		return nil, fmt.Errorf("docs/design.md has no section Rooms")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	for _, l := range strings.Split(imports, "\n") {
		cells := strings.Split(strings.Trim(l, "| "), "|")
		if !strings.HasPrefix(l, "|") || len(cells) != 2 {
			continue
		}
		name := quoted.FindStringSubmatch(cells[0])
		if name == nil {
			continue // the head
		}
		if !strings.Contains(section, "\n- "+name[0]+": ") {
			return nil, fmt.Errorf("docs/design.md doesn't say what %s is for", name[1])
		}
		allowed := []string{}
		switch text := strings.TrimSpace(cells[1]); text {
		case "–":
		case "all of them":
			allowed = append(allowed, "*")
		default:
			for _, m := range quoted.FindAllStringSubmatch(text, -1) {
				allowed = append(allowed, m[1])
			}
			if len(allowed) == 0 {
				return nil, fmt.Errorf("docs/imports.md: what %s may import can't be read: %q", name[1], text)
			}
		}
		rooms[name[1]] = allowed
	}
	if len(rooms) == 0 {
		return nil, fmt.Errorf("docs/imports.md: the table is empty")
	}
	return rooms, nil
}

// apart are the rooms that meet in tables only: no pattern lets one into another.
var apart = []string{"ingest", "transform", "queries"}

// Violations lists imports that the table does not allow, packages without a row, and rows without a package.
// Tests may import what they compare with; what their package's room forbids, only apart stays forbidden.
func Violations(rooms Rooms, sources []Source) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range sources {
		seen[s.Package] = true
		allowed, ok := rooms[s.Package]
		if !ok {
			out = append(out, fmt.Sprintf("%s has no row in docs/imports.md", s.Package))
			rooms[s.Package] = []string{"*"}
			continue
		}
		for _, i := range s.Imports {
			to, ours := strings.CutPrefix(i, module+"/")
			if !ours || to == s.Package {
				continue
			}
			from := room(s.Package)
			if slices.Contains(apart, from) && slices.Contains(apart, room(to)) && from != room(to) {
				out = append(out, fmt.Sprintf("%s imports %s: %s never import one another", s.Path, to, strings.Join(apart, ", ")))
				continue
			}
			if !s.Test && !matches(allowed, to) {
				out = append(out, fmt.Sprintf("%s imports %s, which docs/imports.md does not allow", s.Path, to))
			}
		}
	}
	for name := range rooms {
		if !seen[name] {
			out = append(out, fmt.Sprintf("docs/imports.md has a row for %s, which is no package", name))
		}
	}
	slices.Sort(out)
	return out
}

// room is the first part of a package's path.
func room(pkg string) string {
	first, _, _ := strings.Cut(pkg, "/")
	return first
}

// matches reads internal/* as everything below internal.
func matches(allowed []string, pkg string) bool {
	for _, a := range allowed {
		switch {
		case a == "*", a == pkg:
			return true
		case strings.HasSuffix(a, "/*") && strings.HasPrefix(pkg, strings.TrimSuffix(a, "*")):
			return true
		}
	}
	return false
}

// Third gives which of our packages import one from elsewhere.
func Third(sources []Source, prefix string, tests bool) []string {
	var out []string
	for _, s := range sources {
		if s.Test && !tests {
			continue
		}
		for _, i := range s.Imports {
			if strings.HasPrefix(i, prefix) && !slices.Contains(out, s.Package) {
				out = append(out, s.Package)
			}
		}
	}
	slices.Sort(out)
	return out
}

// fromRoot makes a path relative to the root of the tree usable from this package's folder.
func fromRoot(name string) string { return filepath.Join("..", "..", filepath.FromSlash(name)) }
