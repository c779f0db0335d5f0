package decl

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"
)

// TestPrepared: what is read from a tree is what the parser gives, for every declaration of the program.
func TestPrepared(t *testing.T) {
	files, err := filepath.Glob("../../ingest/forms/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range append(files, "../metric/metrics.yaml", "../../queries/weekly/weekly.yaml") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := Prepare(file, text)
		if err != nil {
			t.Fatal(err)
		}
		parsed, read := Read(file, text, Options{}), Read(file, text, Options{Tree: tree})
		if prepared(tree, text) == nil || !reflect.DeepEqual(bare(parsed.Root.y), bare(read.Root.y)) {
			t.Errorf("%s: the tree is another than the parser's", file)
		}
		if other := append([]byte("# another\n"), text...); prepared(tree, other) != nil {
			t.Errorf("%s: the tree is taken for that of another text", file)
		}
	}
}

// bare is a tree without what nobody reads of it.
func bare(n *yaml.Node) *yaml.Node {
	out := &yaml.Node{Kind: n.Kind, Style: n.Style, Tag: n.Tag, Value: n.Value, Line: n.Line, Column: n.Column}
	for _, c := range n.Content {
		out.Content = append(out.Content, bare(c))
	}
	return out
}

// TestBrokenTree: a tree that isn't whole is none, and the text is parsed.
func TestBrokenTree(t *testing.T) {
	text := []byte("a: [1, 2, {b: \"x\\ny\"}]\nc:\n  - d\n")
	tree, err := Prepare("f", text)
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	head := strings.Index(tree, "\n") + 1
	for range 20_000 {
		broken := []byte(tree)
		for range 1 + r.IntN(3) {
			broken[head+r.IntN(len(broken)-head)] = "0123456789\t\n\"a-"[r.IntN(15)]
		}
		if r.IntN(4) == 0 {
			broken = broken[:head+r.IntN(len(broken)-head)]
		}
		if f := Read("f", text, Options{Tree: string(broken)}); f.Root == nil || f.Err() != nil {
			t.Fatalf("%q: %v", broken, f.Err())
		}
	}
	for _, anchored := range []string{"a: &x 1\nb: *x\n", "a: [", ""} {
		if _, err := Prepare("f", []byte(anchored)); err == nil {
			t.Errorf("%q was prepared", anchored)
		}
	}
}
