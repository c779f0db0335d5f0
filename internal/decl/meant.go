package decl

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// curly are the quotes that Chinese keyboards and word processors write.
const curly = "“”‘’＂＇「」『』"

// meant refuses values that YAML takes otherwise than who wrote them: see Options.Layman.
func (n *Node) meant(s string) bool {
	if !n.f.o.Layman || n.f.o.Archived || n.key || n.y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return true
	}
	if wrapped(s) {
		inner := strings.Trim(s, curly+`"'`)
		return n.Fault("%s: the quotes around %s are not YAML's and would become part of the value; write %s without them (or, where they belong to it, put straight quotes around all: \"%s\")",
			"%s：%s 两边是中文引号，会被当成内容的一部分；请去掉引号写成 %s（引号确属内容时，在最外面再加一对英文双引号：\"%s\"）", n.name, s, inner, s)
	}
	if next := n.goesOn(s); next > 0 {
		return n.Fault("%s goes on in line %d, which has no colon of its own and is taken for part of the value; put a colon and a space there, or both on one line",
			"%s的内容延续到了第%d行：该行没有“: ”，会被当成上一行内容的一部分；请在该行补上冒号和空格，或并成一行", n.name, next)
	}
	return true
}

// wrapped says that a value as a whole stands in curly quotes, or in one curly
// and one straight; not that it holds some, as “一对一”联点 does.
func wrapped(s string) bool {
	first, size := utf8.DecodeRuneInString(s)
	last, end := utf8.DecodeLastRuneInString(s)
	if size+end >= len(s) || !strings.ContainsRune(curly, first) || !strings.ContainsRune(curly+`"'`, last) {
		return false
	}
	return !strings.ContainsAny(s[size:len(s)-end], curly+`"`)
}

// goesOn is the line where a plain value goes on, 0 where it stands on one.
func (n *Node) goesOn(s string) int {
	line := []rune(n.f.line(n.pos.Line))
	if n.pos.Column > len(line) || n.f.pos(n.y) != n.pos { // or an alias
		return 0
	}
	if strings.HasPrefix(string(line[n.pos.Column-1:]), s) {
		return 0
	}
	for next := n.pos.Line + 1; next <= len(n.f.lines); next++ {
		if strings.TrimSpace(n.f.line(next)) != "" {
			return next
		}
	}
	return 0
}

// wide is a hint for values that hold wide punctuation where YAML's was meant.
func (n *Node) wide() Text {
	if n.IsText() && strings.ContainsAny(n.y.Value, "：｛｝［］，【】") {
		return Say("; it holds wide punctuation (：，｛｝［］): write : , { } [ ] and a space after : and ,", "；其中有全角标点，请改用半角的 : , { } [ ]，冒号、逗号后加一个空格")
	}
	return Text{}
}

// Names is Texts for lists of names: a wide comma, which would make one name
// of two, is refused where Options.Layman asks for it.
func (n *Node) Names() []*Node {
	items, _ := n.ItemsOrOne()
	var out []*Node
	for _, c := range items {
		if c.f.o.Layman && !c.f.o.Archived && c.IsText() && c.y.Style == 0 && strings.Contains(c.y.Value, "，") {
			c.Fault("%s: %s has a wide comma, which parts no names; write a comma and a space (or, where it belongs to the name, put it in quotes)",
				"%s：%s 中有全角逗号，不能分隔多个名称；请改用半角逗号加空格（逗号确属名称时请加英文引号）", c.name, Quoted(c.y.Value))
			continue
		}
		out = append(out, c)
	}
	return out
}
