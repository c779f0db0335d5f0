package structure

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// misplaced lists the functions and types of a file whose comment begins with another name than theirs: something was put
// between the two, or one of them was renamed.
func misplaced(name string, text []byte) ([]string, error) {
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var out []string
	check := func(doc *ast.CommentGroup, id *ast.Ident) {
		words := strings.Fields(doc.Text())
		if len(words) > 1 && (words[0] == "A" || words[0] == "An" || words[0] == "The") {
			words = words[1:]
		}
		if len(words) > 0 && strings.TrimRight(words[0], ".,:;") != id.Name {
			out = append(out, files.Position(id.Pos()).String()+": the comment of "+id.Name+" begins with "+words[0])
		}
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			check(d.Doc, d.Name)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if t, ok := s.(*ast.TypeSpec); ok && !d.Lparen.IsValid() {
					check(d.Doc, t.Name)
				}
			}
		}
	}
	return out, nil
}

// TestCommentsBeginWithTheName: what is said of a function or type stands above it and above nothing else.
func TestCommentsBeginWithTheName(t *testing.T) {
	for _, s := range tree(t) {
		if s.Test {
			continue
		}
		text, err := os.ReadFile(fromRoot(s.Path))
		if err != nil {
			t.Fatal(err)
		}
		faults, err := misplaced(s.Path, text)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range faults {
			t.Error(f)
		}
	}
	cut := "package x\n\n// Show is the number\n// said is it with words.\nfunc said() {}\n\n// as its cell shows it.\nfunc Show() {}\n"
	if faults, err := misplaced("x.go", []byte(cut)); err != nil || len(faults) != 2 {
		t.Errorf("a comment cut in two goes unnoticed: %v, %v", faults, err)
	}
}
