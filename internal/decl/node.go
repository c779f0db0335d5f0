package decl

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Node is a value of a declaration. Its methods read it as what it should be;
// where it is something else they record a fault and return false. A nil node
// is a key that isn't there: methods return false and say nothing.
type Node struct {
	y    *yaml.Node // never an alias
	pos  Pos
	name Text // as messages call it
	key  bool // it stands before a colon
	f    *File
}

// Pos is where the node stands.
func (n *Node) Pos() Pos { return n.pos }

// Name is what messages call the node.
func (n *Node) Name() Text { return n.name }

// File is the declaration that the node stands in.
func (n *Node) File() *File { return n.f }

// As gives the node the name that messages call it by.
func (n *Node) As(english, chinese string, args ...any) *Node {
	if n == nil {
		return nil
	}
	named := *n
	named.name = Say(english, chinese, args...)
	return &named
}

// Fault records what is wrong at the node. It is always false, so that a
// reader can end with it.
func (n *Node) Fault(english, chinese string, args ...any) bool {
	n.f.report(n.pos, Say(english, chinese, args...))
	return false
}

// Broken says that the text here couldn't be read, which is told already.
func (n *Node) Broken() bool { return n != nil && n.y.Kind == 0 }

// Null says that there is no value: no key, or nothing after its colon.
func (n *Node) Null() bool {
	return n == nil || n.y.Kind == yaml.ScalarNode && n.y.ShortTag() == "!!null"
}

// IsMapping, IsList and IsText say what the node is; all are false of nil and of a broken node.
func (n *Node) IsMapping() bool { return n != nil && n.y.Kind == yaml.MappingNode }

// IsList: see IsMapping.
func (n *Node) IsList() bool { return n != nil && n.y.Kind == yaml.SequenceNode }

// IsText: see IsMapping.
func (n *Node) IsText() bool { return n != nil && n.y.Kind == yaml.ScalarNode }

// Value is the text of a scalar as it is written, "" of anything else.
func (n *Node) Value() string {
	if !n.IsText() {
		return ""
	}
	return n.y.Value
}

// Shown is what stands there, in words.
func (n *Node) Shown() Text {
	switch n.y.Kind {
	case yaml.MappingNode:
		return Say("a mapping", "“键: 值”")
	case yaml.SequenceNode:
		return Say("a list", "列表")
	}
	if n.Null() || n.y.Value == "" {
		return Say("empty", "空的")
	}
	return word(Quoted(n.y.Value))
}

// child wraps what stands below the node.
func (n *Node) child(y *yaml.Node, name Text) *Node {
	return &Node{y: resolve(y), pos: n.f.pos(y), name: name, f: n.f}
}

// Entry is a key and what stands after its colon.
type Entry struct{ Key, Value *Node }

// Entries gives keys and values in the order of the file; each key once, and
// where known is not nil only known ones. false where the node is something else.
func (n *Node) Entries(known []string) ([]Entry, bool) {
	if n == nil || n.Broken() {
		return nil, false
	}
	if n.y.Kind != yaml.MappingNode {
		return nil, n.Fault("%s is %s, not keys and values%s%s", "%s应为若干“键: 值”，这里是%s%s%s", n.name, n.Shown(), Instead("", known), n.wide())
	}
	lines := map[string]int{}
	var out []Entry
	for i := 0; i+1 < len(n.y.Content); i += 2 {
		key := n.child(n.y.Content[i], Text{})
		key.key = true
		text := key.Value()
		key.name = word(text)
		if key.y.Kind != yaml.ScalarNode {
			continue // told when the file was read
		}
		if line, twice := lines[text]; twice {
			key.Fault("key %s stands twice; first on line %d", "键 %s 重复，第%d行已有", Quoted(text), line)
			continue
		}
		lines[text] = key.pos.Line
		if known != nil && !slices.Contains(known, text) {
			if n.f.Faults() >= maxFaults {
				n.f.more++ // no use in looking for what was meant
				continue
			}
			plain := strings.Trim(text, curly+"\u3000\u00a0 ")
			hint := Instead(plain, known)
			if slices.Contains(known, plain) {
				hint = Say("; write %s, without quotes or wide spaces", "；请写 %s，不要加引号或全角空格", plain)
			}
			if w := key.wide(); w.English != "" { // one word, since no colon in it is one
				hint = w
			}
			key.Fault("unknown key %s%s", "没有名为 %s 的键%s", Quoted(text), hint)
			continue
		}
		value := n.child(n.y.Content[i+1], word(text))
		if value.Null() {
			value.pos = key.pos // what isn't there has no place
		}
		out = append(out, Entry{key, value})
	}
	return out, true
}

// Len is how many keys or items the node has.
func (n *Node) Len() int {
	switch {
	case n.IsMapping():
		return len(n.y.Content) / 2
	case n.IsList():
		return len(n.y.Content)
	}
	return 0
}

// Peek is what stands under a key, without judging the mapping; nil where the
// key isn't there or has no value.
func (n *Node) Peek(key string) *Node {
	if !n.IsMapping() {
		return nil
	}
	for i := 0; i+1 < len(n.y.Content); i += 2 {
		if k := resolve(n.y.Content[i]); k.Kind == yaml.ScalarNode && k.Value == key {
			if v := n.child(n.y.Content[i+1], word(key)); !v.Null() {
				return v
			}
		}
	}
	return nil
}

// Fields are the values of a mapping by their keys.
type Fields map[string]*Node

// Filled leaves keys without a value out.
func (m Fields) Filled() Fields {
	for key, n := range m {
		if n.Null() {
			delete(m, key)
		}
	}
	return m
}

// Fields reads a mapping with known keys; nil where the node is something else.
func (n *Node) Fields(known ...string) Fields {
	entries, ok := n.Entries(known)
	if !ok {
		return nil
	}
	m := Fields{}
	for _, e := range entries {
		m[e.Key.Value()] = e.Value
	}
	return m
}

// Items gives the values of a list.
func (n *Node) Items() ([]*Node, bool) {
	if n == nil || n.Broken() {
		return nil, false
	}
	if n.y.Kind != yaml.SequenceNode {
		return nil, n.Fault("%s is %s, not a list%s", "%s应为列表（如 [甲, 乙]），这里是%s%s", n.name, n.Shown(), n.wide())
	}
	out := make([]*Node, len(n.y.Content))
	for i, c := range n.y.Content {
		out[i] = n.child(c, n.name)
	}
	return out, true
}

// ItemsOrOne is Items; a single value counts as a list of one.
func (n *Node) ItemsOrOne() ([]*Node, bool) {
	if n.IsText() {
		return []*Node{n}, true
	}
	return n.Items()
}

// Raw is a scalar as it is written, spaces and all; it may be empty.
func (n *Node) Raw() (string, bool) {
	if n == nil || n.Broken() {
		return "", false
	}
	if n.y.Kind != yaml.ScalarNode {
		return "", n.Fault("%s is %s, not one value", "%s只能是一个值，这里是%s", n.name, n.Shown())
	}
	if n.Null() {
		return "", true
	}
	return n.y.Value, true
}

// Text is a scalar, trimmed and not empty.
func (n *Node) Text() (string, bool) {
	s, ok := n.Raw()
	if !ok {
		return "", false
	}
	if s = strings.TrimSpace(s); s == "" {
		return "", n.Fault("%s is empty", "%s没有填写", n.name)
	}
	return s, n.meant(s)
}

// Texts reads a list of texts; a single one counts as a list of one. Items at fault are left out.
func (n *Node) Texts() []string {
	items, _ := n.ItemsOrOne()
	var out []string
	for _, c := range items {
		if s, ok := c.Text(); ok {
			out = append(out, s)
		}
	}
	return out
}

// OneOf is a text out of a few.
func (n *Node) OneOf(words ...string) (string, bool) {
	s, ok := n.Text()
	if ok && !slices.Contains(words, s) {
		return "", n.Fault("%s is one of %s, not %s%s", "%s只能是 %s 之一，不能是 %s%s", n.name, strings.Join(words, ", "), Quoted(s), DidYouMean(s, words))
	}
	return s, ok
}

// truths are the words of YAML 1.1 for true and false.
var truths = map[string]bool{"true": true, "yes": true, "on": true, "y": true, "false": false, "no": false, "off": false, "n": false}

// Bool is true or false.
func (n *Node) Bool() (value, ok bool) {
	if n == nil || n.Broken() {
		return false, false
	}
	value, ok = truths[strings.ToLower(n.Value())]
	if !ok {
		return false, n.Fault("%s is %s, neither true nor false", "%s只能填 true（是）或 false（否），这里是%s", n.name, n.Shown())
	}
	return value, true
}

// Int is a whole number from low to high; _ may part its digits.
func (n *Node) Int(low, high int) (int, bool) {
	s, ok := n.Text()
	if !ok {
		return 0, false
	}
	i, err := strconv.Atoi(strings.ReplaceAll(s, "_", ""))
	if err != nil || i < low || i > high {
		return 0, n.Fault("%s: %s is not a whole number from %d to %d", "%s应为%[3]d到%[4]d的整数，这里是%[2]s", n.name, Quoted(s), low, high)
	}
	return i, true
}

// Number is a number from low to high.
func (n *Node) Number(low, high float64) (float64, bool) {
	s, ok := n.Text()
	if !ok {
		return 0, false
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(x) || x < low || x > high {
		return 0, n.Fault("%s: %s is not a number from %v to %v", "%s应为%[3]v到%[4]v的数，这里是%[2]s", n.name, Quoted(s), low, high)
	}
	return x, true
}

// Inside is the place of a byte of the node's text in the file. Literal blocks
// keep their lines; quoted and plain texts are taken to stand on one.
func (n *Node) Inside(offset int) Pos {
	s := n.Value()
	before := s[:min(max(offset, 0), len(s))]
	row := strings.Count(before, "\n")
	column := len([]rune(before[strings.LastIndexByte(before, '\n')+1:]))
	p := n.pos
	switch n.y.Style & (yaml.LiteralStyle | yaml.FoldedStyle | yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle) {
	case yaml.LiteralStyle:
		first := n.f.line(p.Line + 1)
		p.Line += 1 + row
		p.Column = len(first) - len(strings.TrimLeft(first, " ")) + column + 1
	case yaml.SingleQuotedStyle, yaml.DoubleQuotedStyle:
		p.Column += 1 + column
	case yaml.FoldedStyle:
		p.Line++
	default:
		p.Column += column
	}
	return p
}

// FaultInside records what is wrong at a byte of the node's text.
func (n *Node) FaultInside(offset int, t Text) bool {
	n.f.report(n.Inside(offset), t)
	return false
}

// line is a line of the file by its number, "" where there is none.
func (f *File) line(number int) string {
	if number < 1 || number > len(f.lines) {
		return ""
	}
	return f.lines[number-1]
}
