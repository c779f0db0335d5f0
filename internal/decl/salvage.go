package decl

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// maxSalvage bounds the text, in lines, that is read piece by piece after a
// fault of syntax; of a longer one the first fault alone is told.
const maxSalvage = 20_000

// salvage reads a text that is no YAML as far as it goes: top-level keys, and
// what stands below them, are parsed one by one, so that every piece at fault
// is told and the others are read all the same. What can't be read stands in
// the tree as a broken node.
func (f *File) salvage(whole *syntax) *yaml.Node {
	if len(f.lines) > maxSalvage {
		f.explain(whole, f.lines, 0)
		f.report(Pos{f.name, whole.line, whole.column}, Say("what follows was not looked at", "此处之后的内容未再检查"))
		return nil
	}
	root := f.pieces(f.lines, 0, 0)
	if len(f.faults) == 0 || whole.line < f.faults[0].Line && whole.from == 0 {
		f.explain(whole, f.lines, 0) // the pieces are right, how they stand together isn't
	}
	return root
}

var (
	keyLine  = regexp.MustCompile(`^(\s*)([^\s#:：\[\]{},"'&*!|>%@-][^#:：\[\]{}]*?)\s*(?::(?:\s.*)?|：.*|:\S.*)$`)
	keyAlone = regexp.MustCompile(`:\s*(?:#.*)?$`)
	dashLine = regexp.MustCompile(`^(\s*)- +\S`)
)

// pieces reads lines that don't parse as a whole; first is the number before that of the first.
func (f *File) pieces(lines []string, first, depth int) *yaml.Node {
	node, err := f.parse(lines, first)
	if err == nil {
		return node
	}
	broken := &yaml.Node{Line: err.line, Column: err.column}
	if depth > MaxDepth || len(f.faults) >= maxFaults {
		f.explain(err, lines, first)
		return broken
	}
	if groups := split(lines); len(groups) > 1 {
		before := len(f.faults)
		var all *yaml.Node
		for _, g := range groups {
			all = join(all, f.pieces(lines[g[0]:g[1]], first+g[0], depth+1))
		}
		if len(f.faults) == before {
			f.explain(err, lines, first)
			return broken
		}
		return all
	}
	return f.piece(err, lines, first, depth)
}

// piece reads a line with what stands below it.
func (f *File) piece(err *syntax, lines []string, first, depth int) *yaml.Node {
	broken := &yaml.Node{Line: err.line, Column: err.column}
	head := 0
	for head < len(lines) && silent(lines[head]) {
		head++
	}
	if head == len(lines) {
		f.explain(err, lines, first)
		return broken
	}
	line := lines[head]
	if m := dashLine.FindStringSubmatch(line); m != nil && head+1 < len(lines) {
		// An item: read as if it had no dash, which keeps all places.
		item := append([]string{m[1] + " " + line[len(m[1])+1:]}, lines[head+1:]...)
		before := len(f.faults)
		inner := f.pieces(item, first+head, depth+1)
		if len(f.faults) == before {
			f.explain(err, lines, first)
			inner = broken
		}
		return &yaml.Node{Kind: yaml.SequenceNode, Line: first + head + 1, Column: len(m[1]) + 1, Content: []*yaml.Node{orBroken(inner, broken)}}
	}
	m := keyLine.FindStringSubmatch(line)
	if m == nil {
		f.explain(err, lines, first)
		return broken
	}
	key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.Trim(m[2], " "+curly), Line: first + head + 1, Column: len([]rune(m[1])) + 1}
	below := broken
	before := len(f.faults)
	if keyAlone.MatchString(line) && head+1 < len(lines) {
		below = orBroken(f.pieces(lines[head+1:], first+head+1, depth+1), broken)
	}
	if len(f.faults) == before {
		f.explain(err, lines, first)
		below = broken
	}
	return &yaml.Node{Kind: yaml.MappingNode, Line: key.Line, Column: key.Column, Content: []*yaml.Node{key, below}}
}

func orBroken(n, broken *yaml.Node) *yaml.Node {
	if n == nil {
		return broken
	}
	return n
}

// silent lines are blank or a comment.
func silent(line string) bool {
	t := strings.TrimSpace(line)
	return t == "" || t[0] == '#'
}

// split cuts lines before each that is indented least. Lines indented with
// anything but spaces belong to what stands before them.
func split(lines []string) [][2]int {
	least := -1
	indent := make([]int, len(lines))
	for i, l := range lines {
		indent[i] = len(l) - len(strings.TrimLeft(l, " "))
		if silent(l) || strings.HasPrefix(l[indent[i]:], "\t") {
			indent[i] = -1
			continue
		}
		if c := l[indent[i]]; c == ']' || c == '}' {
			indent[i] = -1 // ends what began above
			continue
		}
		if least < 0 || indent[i] < least {
			least = indent[i]
		}
	}
	var out [][2]int
	start, any := 0, false
	for i := range lines {
		if indent[i] == least && least >= 0 {
			if any {
				out = append(out, [2]int{start, i})
				start = i
			}
			any = true
		} else if indent[i] >= 0 {
			any = true
		}
	}
	return append(out, [2]int{start, len(lines)})
}

// join puts two pieces together that follow one another.
func join(a, b *yaml.Node) *yaml.Node {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case a.Kind == b.Kind && (a.Kind == yaml.MappingNode || a.Kind == yaml.SequenceNode):
		a.Content = append(a.Content, b.Content...)
		return a
	case b.Kind == yaml.MappingNode && a.Kind != yaml.SequenceNode: // a broken line among keys
		return b
	}
	return a
}
