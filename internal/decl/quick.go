package decl

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// quick reads what declarations nearly always are: keys, lists that begin with dashes, and values that end in their line. It
// gives the tree that the parser would give, in a sixth of its time; half of a short command's declarations' time was the
// parser's. nil for any text that has something else in it, right or wrong: the parser judges that.
func quick(text string) (root *yaml.Node) {
	if strings.Contains(text, "\t") {
		return nil
	}
	defer func() {
		switch p := recover(); p.(type) {
		case nil:
		case leftToParser:
			root = nil
		default:
			panic(p)
		}
	}()
	q := &quickReader{rest: text}
	q.next()
	if q.line == "" || q.indent != 0 || dash(q.line) {
		return nil
	}
	root = q.mapping(0, 1)
	if q.line != "" {
		q.leave()
	}
	return root
}

// leftToParser ends a quick reading.
type leftToParser struct{}

// quickReader stands before a line with content.
type quickReader struct {
	rest   string // behind the line
	number int    // of the line
	indent int    // of what is left of it
	column int    // from 1, of what is left of it
	line   string // what is left of it; empty at the end
	read   int    // values
}

func (q *quickReader) leave() { panic(leftToParser{}) }

// node is a value that begins here, at a depth in the tree.
func (q *quickReader) node(kind yaml.Kind, tag string, depth int) *yaml.Node {
	if q.read++; q.read > MaxNodes || depth > deepest {
		q.leave()
	}
	return &yaml.Node{Kind: kind, Tag: tag, Line: q.number, Column: q.column}
}

// next goes to the next line with content.
func (q *quickReader) next() {
	for q.line = ""; q.rest != "" && q.line == ""; {
		var line string
		line, q.rest, _ = strings.Cut(q.rest, "\n")
		q.number++
		q.line = strings.TrimLeft(line, " ")
		q.indent = len(line) - len(q.line)
		q.column = q.indent + 1
		if strings.HasPrefix(q.line, "#") {
			q.line = ""
		}
		if q.indent == 0 && (strings.HasPrefix(q.line, "---") || strings.HasPrefix(q.line, "...")) {
			q.leave()
		}
	}
}

// dash says whether a line begins an item.
func dash(line string) bool { return line == "-" || strings.HasPrefix(line, "- ") }

// take goes on by some bytes of the line and the spaces behind them.
func (q *quickReader) take(n int) {
	q.column += utf8.RuneCountInString(q.line[:n])
	left := strings.TrimLeft(q.line[n:], " ")
	q.column += len(q.line) - n - len(left)
	q.line = left
}

// deepest is well below MaxDepth, which the parser counts in its own way.
const deepest = 20

// mapping reads the keys that stand in one column.
func (q *quickReader) mapping(indent, depth int) *yaml.Node {
	m := q.node(yaml.MappingNode, "!!map", depth)
	for q.line != "" && q.indent == indent && !dash(q.line) {
		key := q.key()
		value := q.value(indent, depth)
		m.Content = append(m.Content, key, value)
	}
	if q.line != "" && q.indent >= indent {
		q.leave()
	}
	return m
}

// key reads a key with its colon.
func (q *quickReader) key() *yaml.Node {
	end := strings.IndexByte(q.line, ':')
	if end <= 0 || end > 500 || special0(q.line) || q.line[end-1] == ' ' || end+1 < len(q.line) && q.line[end+1] != ' ' || strings.Contains(q.line[:end], " #") {
		q.leave()
	}
	n := q.plain(q.line[:end])
	q.take(end + 1)
	return n
}

// plain is a scalar without quotes that begins here.
func (q *quickReader) plain(s string) *yaml.Node {
	tag := "!!str" // nobody asks whether it looks like a number
	switch s {
	case "~", "null", "Null", "NULL":
		tag = "!!null"
	}
	n := q.node(yaml.ScalarNode, tag, 0)
	n.Value = s
	return n
}

// special0 says whether a text begins with what has a meaning of its own.
func special0(s string) bool { return strings.IndexByte("-?:,[]{}#&*!|>'\"%@`~<=", s[0]) >= 0 }

// value reads what stands behind a colon, and goes to the line after it.
func (q *quickReader) value(indent, depth int) *yaml.Node {
	if q.line != "" && q.line[0] != '#' {
		return q.inLine(indent, depth)
	}
	none := q.node(yaml.ScalarNode, "!!null", depth)
	q.next()
	switch {
	case q.line == "" || q.indent < indent || q.indent == indent && !dash(q.line):
		return none
	case dash(q.line):
		return q.list(q.indent, depth+1)
	}
	return q.mapping(q.indent, depth+1)
}

// list reads items whose dashes stand in one column.
func (q *quickReader) list(indent, depth int) *yaml.Node {
	l := q.node(yaml.SequenceNode, "!!seq", depth)
	for q.line != "" && q.indent == indent && dash(q.line) {
		q.take(1)
		if q.line == "" || dash(q.line) {
			q.leave()
		}
		if q.hasKey() {
			q.indent = q.column - 1
			l.Content = append(l.Content, q.mapping(q.indent, depth+1))
			continue
		}
		l.Content = append(l.Content, q.inLine(indent, depth))
	}
	if q.line != "" && q.indent > indent {
		q.leave()
	}
	return l
}

// hasKey says whether the line has a key; a line that can't be judged isn't read here.
func (q *quickReader) hasKey() bool {
	switch q.line[0] {
	case '{', '[', '"', '\'':
		return false // with a colon behind them they are left to the parser
	}
	end := strings.IndexByte(q.line, ':')
	return end > 0 && (end+1 == len(q.line) || q.line[end+1] == ' ')
}

// inLine reads a value that ends in this line, and goes to the next, which mustn't continue it.
func (q *quickReader) inLine(indent, depth int) *yaml.Node {
	var n *yaml.Node
	switch q.line[0] {
	case '{', '[':
		n = q.flow(depth + 1)
	case '"', '\'':
		n = q.quoted()
	default:
		end := len(q.line)
		if i := strings.Index(q.line, " #"); i >= 0 {
			end = i
		}
		s := strings.TrimRight(q.line[:end], " ")
		if special0(s) || strings.Contains(s, ": ") || strings.HasSuffix(s, ":") {
			q.leave()
		}
		n = q.plain(s)
		q.line = ""
	}
	if q.line != "" && (q.line[0] != '#' || q.column == n.Column) {
		q.leave()
	}
	q.next()
	if q.line != "" && q.indent > indent {
		q.leave()
	}
	return n
}

// quoted reads a text in quotes that has nothing but itself between them.
func (q *quickReader) quoted() *yaml.Node {
	mark := q.line[0]
	end := strings.IndexByte(q.line[1:], mark) + 1
	if end < 1 || strings.IndexByte(q.line[:end], '\\') >= 0 {
		q.leave()
	}
	n := q.node(yaml.ScalarNode, "!!str", 0)
	n.Value, n.Style = q.line[1:end], yaml.DoubleQuotedStyle
	if mark == '\'' {
		n.Style = yaml.SingleQuotedStyle
	}
	behind := q.line[end+1:]
	if behind != "" && strings.IndexByte(" ,]}", behind[0]) < 0 { // '' and what begins with a text in quotes
		q.leave()
	}
	q.take(end + 1)
	return n
}

// flow reads a list or mapping in brackets.
func (q *quickReader) flow(depth int) *yaml.Node {
	n := q.node(yaml.SequenceNode, "!!seq", depth)
	n.Style = yaml.FlowStyle
	shut := byte(']')
	if q.line[0] == '{' {
		n.Kind, n.Tag, shut = yaml.MappingNode, "!!map", '}'
	}
	q.take(1)
	for q.line != "" && q.line[0] != shut {
		if shut == '}' {
			n.Content = append(n.Content, q.flowKey())
		}
		n.Content = append(n.Content, q.flowValue(depth))
		if q.line == "" || q.line[0] != ',' && q.line[0] != shut {
			q.leave()
		}
		if q.line[0] == ',' {
			if q.take(1); q.line == "" || q.line[0] == shut {
				q.leave()
			}
		}
	}
	if q.line == "" {
		q.leave()
	}
	behind := q.line[1:]
	if behind != "" && strings.IndexByte(" ,]}", behind[0]) < 0 {
		q.leave()
	}
	q.take(1)
	return n
}

// flowKey reads a key within brackets, with its colon.
func (q *quickReader) flowKey() *yaml.Node {
	end := strings.IndexAny(q.line, ":,[]{}")
	if end <= 0 || end > 500 || q.line[end] != ':' || end+1 == len(q.line) || q.line[end+1] != ' ' || q.line[end-1] == ' ' || special0(q.line) || strings.Contains(q.line[:end], " #") {
		q.leave()
	}
	n := q.plain(q.line[:end])
	q.take(end + 1)
	return n
}

// flowValue reads a value within brackets.
func (q *quickReader) flowValue(depth int) *yaml.Node {
	if q.line == "" {
		q.leave()
	}
	switch q.line[0] {
	case '{', '[':
		return q.flow(depth + 1)
	case '"', '\'':
		return q.quoted()
	}
	end := strings.IndexAny(q.line, ",[]{}")
	if end <= 0 {
		q.leave()
	}
	s := strings.TrimRight(q.line[:end], " ")
	if special0(s) || strings.Contains(s, " #") || strings.Contains(s, ": ") || strings.HasSuffix(s, ":") {
		q.leave()
	}
	n := q.plain(s)
	q.take(end)
	return n
}
