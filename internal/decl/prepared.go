package decl

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"taizhang/internal/lang"
)

// The declarations that are part of the program are parsed when it is built: parsing the forms took a fifth of what a short
// command takes. What is prepared is the parser's tree, one value a line, below the hash of the text that it is of:
//
//	kind style line column children tag value
//
// each parted by a tab, the values that a value holds following it. A text without its tree, or with another's, is parsed.

// Prepare gives the tree of a text for Options.Tree. It refuses a text with faults, and what no built-in declaration needs:
// anchors and aliases.
func Prepare(name string, text []byte) (string, error) {
	f := &File{name: name}
	clean, ok := f.text(text)
	if !ok {
		return "", f.Err()
	}
	f.lines = strings.Split(clean, "\n")
	root, wrong := f.parse(f.lines, 0)
	if wrong != nil || root == nil {
		return "", lang.Errorf("%s can't be prepared: %v", "%s 不能预先解析：%v", name, wrong)
	}
	var b strings.Builder
	b.WriteString(hashOf(text) + "\n")
	err := write(&b, name, root)
	return b.String(), err
}

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func write(b *strings.Builder, name string, n *yaml.Node) error {
	if n.Anchor != "" || n.Alias != nil {
		return lang.Errorf("%s:%d: anchors and aliases can't be prepared", "%s:%d：锚点和引用不能预先解析", name, n.Line)
	}
	value := n.Value
	if strings.ContainsAny(value, "\n\"") {
		value = strconv.Quote(value)
	}
	fmt.Fprintf(b, "%d\t%d\t%d\t%d\t%d\t%s\t%s\n", n.Kind, n.Style, n.Line, n.Column, len(n.Content), n.Tag, value)
	for _, c := range n.Content {
		if err := write(b, name, c); err != nil {
			return err
		}
	}
	return nil
}

// prepared reads the tree of a text; nil where it is another's.
func prepared(tree string, text []byte) *yaml.Node {
	hash, rest, _ := strings.Cut(tree, "\n")
	if hash != hashOf(text) {
		return nil
	}
	r := treeReader{rest: rest}
	if r.nodes = make([]yaml.Node, strings.Count(rest, "\n")); len(r.nodes) == 0 {
		return nil
	}
	r.room = make([]*yaml.Node, len(r.nodes))
	root := r.node()
	if r.wrong || r.rest != "" {
		return nil
	}
	return root
}

// treeReader reads the values of a tree, in their order.
type treeReader struct {
	rest  string
	nodes []yaml.Node  // room for those to come
	room  []*yaml.Node // and for their lists
	wrong bool
}

func (r *treeReader) node() *yaml.Node {
	if r.rest == "" || len(r.nodes) == 0 {
		r.wrong = true
		return nil
	}
	line, rest, _ := strings.Cut(r.rest, "\n")
	n := &r.nodes[0]
	r.rest, r.nodes = rest, r.nodes[1:]
	number := func() int {
		field, left, _ := strings.Cut(line, "\t")
		v, err := strconv.Atoi(field)
		line, r.wrong = left, r.wrong || err != nil
		return v
	}
	n.Kind, n.Style, n.Line, n.Column = yaml.Kind(number()), yaml.Style(number()), number(), number()
	children := number()
	n.Tag, n.Value, _ = strings.Cut(line, "\t")
	if strings.HasPrefix(n.Value, `"`) {
		var err error
		n.Value, err = strconv.Unquote(n.Value)
		r.wrong = r.wrong || err != nil
	}
	if r.wrong || children > len(r.room) {
		r.wrong = true
		return nil
	}
	if children > 0 {
		n.Content, r.room = r.room[:children:children], r.room[children:]
		for i := range n.Content {
			n.Content[i] = r.node()
		}
	}
	return n
}
