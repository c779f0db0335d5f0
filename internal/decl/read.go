package decl

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// Limits of a declaration, far above what people write (the built-in weekly
// workbook, the longest of all, has 60 KB, 3,000 values and a depth of 12).
const (
	MaxBytes = 1 << 20
	MaxDepth = 64
	MaxNodes = 200_000 // values, those behind an alias counted at each use
)

// Options say how strictly a file is read.
type Options struct {
	// Layman refuses what YAML takes for part of a value and who doesn't know
	// YAML didn't mean so: curly quotes around a value, a value that goes on in
	// the next line because a colon is missing there.
	Layman bool
	// Archived is for declarations that were in force once: what was accepted
	// then must be read again, so doubts (Layman, tags) are none.
	Archived bool
	// Tree is what Prepare gave of the same text, which then isn't parsed; without it, and where it is of another text, it is.
	Tree string
}

// File is one declaration.
type File struct {
	Root *Node // nil where the file is empty or unreadable

	name   string
	lines  []string
	o      Options
	faults []*Fault
	more   int // faults that are not kept
}

// Read reads a declaration; name stands for the file in messages. What is
// wrong with the text is among the file's faults; as much of the rest as can
// be told apart is read all the same, so that its faults are told as well.
func Read(name string, text []byte, o Options) *File {
	f := &File{name: name, o: o}
	if o.Tree != "" {
		if root := prepared(o.Tree, text); root != nil {
			f.lines = strings.Split(string(text), "\n")
			f.Root = &Node{y: root, pos: f.pos(root), name: Say("the file", "文件"), f: f}
			return f
		}
	}
	clean, ok := f.text(text)
	if !ok {
		return f
	}
	f.lines = strings.Split(clean, "\n")
	root, err := f.parse(f.lines, 0)
	if err != nil {
		root = f.salvage(err)
	}
	if root == nil {
		return f
	}
	if f.tree(root) {
		f.Root = &Node{y: root, pos: f.pos(root), name: Say("the file", "文件"), f: f}
	}
	return f
}

// Empty says that there is nothing in the file but, perhaps, comments.
func (f *File) Empty() bool { return f.Root == nil && len(f.faults) == 0 }

func (f *File) pos(n *yaml.Node) Pos { return Pos{f.name, max(n.Line, 1), max(n.Column, 1)} }

// text sees that the bytes are text as YAML allows it, without a byte order
// mark and with \n at the end of lines; false after a fault.
func (f *File) text(b []byte) (string, bool) {
	if len(b) > MaxBytes {
		f.Fault("the file has %d MB; a declaration has %d MB at most", "文件有%d MB，设置文件最大%d MB", (len(b)+1<<20-1)>>20, MaxBytes>>20)
		return "", false
	}
	if bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")) {
		f.Fault("the file is UTF-16 (Unicode); save it again with encoding UTF-8", "文件是 UTF-16（记事本中的“Unicode”）编码，请另存为 UTF-8 编码")
		return "", false
	}
	s := strings.TrimPrefix(string(b), "\ufeff")
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	for n, line := range strings.Split(s, "\n") {
		column := 0
		for i, r := range line {
			column++
			at := Pos{f.name, n + 1, column}
			if _, size := utf8.DecodeRuneInString(line[i:]); r == utf8.RuneError && size == 1 {
				// The rest of such a file is as wrong; once is enough.
				f.report(at, Say("the file is not UTF-8 here (GBK?); save it again with encoding UTF-8", "文件从此处起不是 UTF-8 编码（可能是 GBK/ANSI），请另存为 UTF-8 编码"))
				return "", false
			}
			if !printable(r) {
				f.report(at, Say("a character that can't be seen (U+%04X); delete it and type the line anew", "此处有看不见的控制字符（U+%04X），请删除后重新输入这一行", r))
				break // one a line
			}
		}
	}
	return s, len(f.faults) == 0
}

// printable are the characters of YAML 1.2, section 5.1, without its line
// breaks, and without those that YAML counts as line breaks and editors don't.
func printable(r rune) bool {
	return r == '\t' || r >= 0x20 && r <= 0x7e || r >= 0xa0 && r <= 0xd7ff && r != 0x2028 && r != 0x2029 ||
		r >= 0xe000 && r <= 0xfffd && r != 0xfeff || r >= 0x10000 && r <= 0x10ffff
}

// syntax is what the parser says of a text.
type syntax struct {
	says, during string
	line, column int // from 1, in the whole file
	from         int // line where what it was reading began; 0 unknown
	fromColumn   int
}

// parse reads lines, the first of which has the number first+1 in the file, as
// one document. nil without error: nothing in it.
func (f *File) parse(lines []string, first int) (root *yaml.Node, err *syntax) {
	defer func() {
		if p := recover(); p != nil { // the parser panics where it believes itself in the wrong
			root, err = nil, &syntax{says: fmt.Sprint(p), line: first + 1, column: 1}
		}
	}()
	loader, e := yaml.NewLoader(strings.NewReader(strings.Join(lines, "\n")+"\n"), yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(MaxDepth))))
	if e != nil {
		return nil, &syntax{says: e.Error(), line: first + 1, column: 1}
	}
	var doc, second yaml.Node
	switch e = loader.Load(&doc); {
	case errors.Is(e, io.EOF):
		return nil, nil
	case e != nil:
		return nil, mark(e, first)
	}
	switch e = loader.Load(&second); {
	case e == nil:
		f.report(Pos{f.name, second.Line + first, max(second.Column, 1)}, Say("a second document (---); only one is read", "文件中有第二段（---），只能有一段"))
	case !errors.Is(e, io.EOF):
		return nil, mark(e, first)
	}
	if len(doc.Content) == 0 || doc.Content[0].ShortTag() == "!!null" && doc.Content[0].Value == "" {
		return nil, nil
	}
	shift(&doc, first, map[*yaml.Node]bool{})
	return doc.Content[0], nil
}

// mark takes the parser's own words and places.
func mark(e error, first int) *syntax {
	var load *yaml.LoadError
	if !errors.As(e, &load) {
		return &syntax{says: e.Error(), line: first + 1, column: 1}
	}
	s := &syntax{says: load.Message, during: load.ContextMsg, line: max(load.Mark.Line, 1) + first, column: max(load.Mark.Column, 1)}
	if load.ContextMark.Line > 0 {
		s.from, s.fromColumn = load.ContextMark.Line+first, max(load.ContextMark.Column, 1)
	}
	return s
}

// shift moves places to where the parsed lines stand in the file.
func shift(n *yaml.Node, by int, seen map[*yaml.Node]bool) {
	if by == 0 || seen[n] {
		return
	}
	seen[n] = true
	n.Line += by
	for _, c := range n.Content {
		shift(c, by, seen)
	}
}

// tree refuses what no declaration needs, anywhere in the file; false where
// the tree can't be walked.
func (f *File) tree(root *yaml.Node) bool {
	w := walk{f: f, size: map[*yaml.Node]int{}, open: map[*yaml.Node]bool{}}
	n := w.node(root)
	if w.circle {
		return false
	}
	if n > MaxNodes {
		f.report(f.pos(root), Say("with its aliases (*) the file has more than %d values", "连同引用（*）展开后，文件内容超过%d项", MaxNodes))
		return false
	}
	return true
}

// walk counts the values of a tree, each alias as often as it stands.
type walk struct {
	f      *File
	size   map[*yaml.Node]int
	open   map[*yaml.Node]bool // that the walk stands in
	circle bool
}

func (w *walk) node(n *yaml.Node) int {
	if n.Kind == yaml.AliasNode {
		if w.open[n.Alias] {
			w.circle = true
			w.f.report(w.f.pos(n), Say("*%s stands within what it repeats", "*%s 引用了包含它自己的内容", n.Value))
			return 1
		}
		return w.node(n.Alias)
	}
	if size, ok := w.size[n]; ok {
		return size
	}
	w.open[n] = true
	if n.Style&yaml.TaggedStyle != 0 && !w.f.o.Archived {
		w.f.report(w.f.pos(n), Say("a value that begins with ! must stand in quotes", "以 ! 开头的值要用英文引号括起来"))
	}
	total := 1
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && resolve(c).Kind != yaml.ScalarNode {
			w.f.report(w.f.pos(c), Say("what stands before a colon must be one word", "冒号前面只能是一个词"))
		}
		total = min(total+w.node(c), MaxNodes+1)
	}
	delete(w.open, n)
	w.size[n] = total
	return total
}

func resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}
