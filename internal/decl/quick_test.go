package decl

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// slow is the tree that the parser gives; nil where it finds anything wrong.
func slow(text string) *yaml.Node {
	f := &File{name: "f"}
	f.lines = strings.Split(text, "\n")
	n, err := f.parse(f.lines, 0)
	if err != nil || len(f.faults) > 0 {
		return nil
	}
	return n
}

// unlike says in what two trees differ that a reader of declarations could see.
func unlike(a, b *yaml.Node) string {
	if a == nil || b == nil {
		return fmt.Sprintf("%v beside %v", a, b)
	}
	null := func(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }
	empty := null(a) && a.Value == ""
	if a.Kind != b.Kind || a.Value != b.Value || a.Style != b.Style || null(a) != null(b) || b.Anchor != "" ||
		(a.Line != b.Line || a.Column != b.Column) && !empty || len(a.Content) != len(b.Content) {
		return fmt.Sprintf("%d:%d %q kind %d style %d null %v with %d, beside %d:%d %q kind %d style %d null %v with %d", a.Line, a.Column, a.Value, a.Kind, a.Style, null(a), len(a.Content), b.Line, b.Column, b.Value, b.Kind, b.Style, null(b), len(b.Content))
	}
	for i := range a.Content {
		if s := unlike(a.Content[i], b.Content[i]); s != "" {
			return s
		}
	}
	return ""
}

// declared are the texts of the program's own declarations.
func declared(t *testing.T) map[string]string {
	out := map[string]string{}
	for _, pattern := range []string{"../../ingest/forms/*.yaml", "../metric/metrics.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			out[f] = string(b)
		}
	}
	return out
}

// TestQuick: the program's own declarations are read quickly, and as the parser reads them.
func TestQuick(t *testing.T) {
	for f, text := range declared(t) {
		n := quick(text)
		if n == nil {
			t.Errorf("%s is left to the parser", f)
			continue
		}
		if s := unlike(n, slow(text)); s != "" {
			t.Errorf("%s: %s", f, s)
		}
	}
}

// TestQuickAsParser: whatever is read quickly, right or spoilt, is read as the parser would, and nothing that it refuses is.
func TestQuickAsParser(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "b: ", "b:", ":", " ", "  ", "- ", "-", "\n", "\n  ", "\n    ", "\n- ", "[", "]", "{", "}", ", ", ",", "\"", "'", "#", " # x", "x y", "甲", "：", "　", "\u00a0", "~", "null", "|", ">", "&a", "*a", "!t", "?", "? ", "%", "@", "---", "...", "\\", "''", "<<", "=", "1.0", "k: v", "\nk: v", "\n  k: v", "- k: v\n  l: w", "{k: v, l: w}", "[x, y]"}
	read := 0
	judge := func(text string) {
		n := quick(text)
		if n == nil {
			return
		}
		read++
		if s := unlike(n, slow(text)); s != "" {
			t.Fatalf("%q\n%s", text, s)
		}
	}
	for range 200_000 {
		var b strings.Builder
		b.WriteString("a: ")
		for range 1 + rng.IntN(9) {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		judge(b.String())
	}
	for _, text := range declared(t) {
		lines := strings.Split(text, "\n")
		for range 150 {
			from := rng.IntN(len(lines))
			some := []rune(strings.Join(lines[from:min(from+1+rng.IntN(12), len(lines))], "\n"))
			for range 1 + rng.IntN(2) {
				at := rng.IntN(len(some) + 1)
				some = []rune(string(some[:at]) + pieces[rng.IntN(len(pieces))] + string(some[min(at+rng.IntN(3), len(some)):]))
			}
			judge(string(some))
		}
	}
	if read < 10_000 {
		t.Errorf("only %d texts were read quickly: the comparison says little", read)
	}
}
