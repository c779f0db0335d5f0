package decl

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"taizhang/internal/lang"
)

// ErrByHand: what stands there is written in a way that only its writer should change, such as over several lines or with
// an anchor.
var ErrByHand = lang.Errorf("it is written in a way that only an editor can change", "这一处的写法较特殊，请直接修改文件")

// Edit changes single values of a declaration and leaves everything else, comments and blank lines too, byte by byte as it
// is. A path names a value by keys (string) and places in lists (int). New values are given as YAML on one line, such as
// Scalar and List write.
type Edit struct {
	text string
	eol  string
	bom  string
	root *yaml.Node
}

// NewEdit begins to change a declaration, which must be one that YAML can read.
func NewEdit(text []byte) (*Edit, error) {
	e := &Edit{eol: "\n"}
	if bytes.HasPrefix(text, []byte("\ufeff")) {
		e.bom, text = "\ufeff", text[len("\ufeff"):]
	}
	if bytes.Contains(text, []byte("\r\n")) {
		e.eol = "\r\n"
	}
	return e, e.take(string(text))
}

// Text is the declaration as it now stands.
func (e *Edit) Text() []byte { return []byte(e.bom + e.text) }

func (e *Edit) take(text string) error {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		return err
	}
	e.text, e.root = text, nil
	if len(doc.Content) == 1 {
		e.root = doc.Content[0]
	}
	return nil
}

// find gives the value at a path, its key where it has one, and the collection that it stands in.
func (e *Edit) find(path []any) (key, value, in *yaml.Node) {
	value = e.root
	for i, step := range path {
		in, key = value, nil
		if in == nil || in.Kind == yaml.AliasNode {
			return nil, nil, nil
		}
		value = nil
		switch step := step.(type) {
		case string:
			for k := 0; in.Kind == yaml.MappingNode && k+1 < len(in.Content); k += 2 {
				if in.Content[k].Value == step {
					key, value = in.Content[k], in.Content[k+1]
				}
			}
		case int:
			if in.Kind == yaml.SequenceNode && step >= 0 && step < len(in.Content) {
				value = in.Content[step]
			}
		}
		if value == nil && i < len(path)-1 {
			return nil, nil, nil
		}
		if value == nil {
			return nil, nil, in
		}
	}
	return key, value, in
}

// Get is the text of a value, or of each of a list of values; false where there is none or something else.
func (e *Edit) Get(path ...any) ([]string, bool) {
	_, v, _ := e.find(path)
	switch {
	case v == nil || v.Kind == yaml.ScalarNode && v.ShortTag() == "!!null":
		return nil, false
	case v.Kind == yaml.ScalarNode:
		return []string{v.Value}, true
	case v.Kind != yaml.SequenceNode:
		return nil, false
	}
	var out []string
	for _, x := range v.Content {
		if x.Kind != yaml.ScalarNode {
			return nil, false
		}
		out = append(out, x.Value)
	}
	return out, true
}

// Keys are the keys of a mapping, in order.
func (e *Edit) Keys(path ...any) (out []string) {
	_, v, _ := e.find(path)
	for i := 0; v != nil && v.Kind == yaml.MappingNode && i < len(v.Content); i += 2 {
		out = append(out, v.Content[i].Value)
	}
	return out
}

// Len is how many items a list has; -1 where it is no list.
func (e *Edit) Len(path ...any) int {
	_, v, _ := e.find(path)
	if v == nil || v.Kind != yaml.SequenceNode {
		return -1
	}
	return len(v.Content)
}

// Holds says whether a place lies within the value at a path, or at its key.
func (e *Edit) Holds(p Pos, path ...any) bool {
	key, v, _ := e.find(path)
	if v == nil {
		return false
	}
	begin := e.offset(v)
	if key != nil {
		begin = e.offset(key)
	}
	end, err := e.end(v)
	if err != nil {
		return p.Line == v.Line
	}
	at := e.at(p.Line, p.Column)
	return begin <= at && at <= end
}

// Set gives a value another text, or adds it where there is none.
func (e *Edit) Set(source string, path ...any) error {
	key, v, in := e.find(path)
	switch {
	case v != nil && v.Kind == yaml.ScalarNode && v.Value == "" && v.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) == 0 && key != nil:
		end, err := e.end(key)
		if err != nil {
			return err
		}
		if !strings.HasPrefix(strings.TrimLeft(e.text[end:], " "), ":") {
			return e.replace(end, end, ": "+source)
		}
		colon := end + strings.IndexByte(e.text[end:], ':') + 1
		return e.replace(colon, colon, " "+source)
	case v != nil:
		if v.Kind != yaml.ScalarNode && v.Style&yaml.FlowStyle == 0 {
			return ErrByHand
		}
		end, err := e.end(v)
		if err != nil {
			return err
		}
		return e.replace(e.offset(v), end, source)
	}
	name, ok := path[len(path)-1].(string)
	if !ok {
		return fmt.Errorf("%w: %v", ErrByHand, path)
	}
	entry := Scalar(name) + ": " + source
	switch {
	case len(path) == 1:
		return e.addLine(entry)
	case in == nil || in.Kind == yaml.ScalarNode && in.Value == "":
		above, ok := path[len(path)-2].(string)
		if len(path) != 2 || !ok {
			return fmt.Errorf("%w: %v", ErrByHand, path)
		}
		if in != nil {
			return e.Set("{"+entry+"}", above)
		}
		return e.addLine(Scalar(above) + ":" + e.eol + "  " + entry)
	case in.Kind != yaml.MappingNode:
		return ErrByHand
	}
	return e.add(in, entry)
}

// Append adds an item to a list, which is made where there is none.
func (e *Edit) Append(source string, path ...any) error {
	key, v, _ := e.find(path)
	switch {
	case v == nil && len(path) == 1:
		return e.addLine(Scalar(path[0].(string)) + ":" + e.eol + "  - " + source)
	case v == nil || v.Kind == yaml.ScalarNode && v.Value == "" && key != nil:
		return e.Set("["+source+"]", path...)
	case v.Kind != yaml.SequenceNode:
		return ErrByHand
	}
	if v.Style&yaml.FlowStyle == 0 {
		source = "- " + source
	}
	return e.add(v, source)
}

// add puts an entry at the end of a collection.
func (e *Edit) add(in *yaml.Node, entry string) error {
	end, err := e.end(in)
	if err != nil {
		return err
	}
	if in.Style&yaml.FlowStyle != 0 {
		if len(in.Content) > 0 {
			entry = ", " + entry
		}
		at := len(strings.TrimRight(e.text[:end-1], " \t\r\n"))
		return e.replace(at, at, entry)
	}
	line := end + strings.IndexByte(e.text[end:]+"\n", '\n')
	indent := strings.Repeat(" ", in.Column-1)
	if line >= len(e.text) {
		return e.replace(len(e.text), len(e.text), e.eol+indent+entry+e.eol)
	}
	return e.replace(line+1, line+1, indent+entry+e.eol)
}

// Unset removes a value; nothing where there is none.
func (e *Edit) Unset(path ...any) error {
	key, v, in := e.find(path)
	if v == nil {
		return nil
	}
	begin := e.offset(v)
	if key != nil {
		begin = e.offset(key)
	}
	end, err := e.end(v)
	if err != nil {
		return err
	}
	if in.Style&yaml.FlowStyle == 0 {
		first := strings.LastIndexByte(e.text[:begin], '\n') + 1
		if lead := strings.TrimLeft(e.text[first:begin], " "); lead != "" && lead != "- " || key != nil && lead != "" {
			return ErrByHand // something else stands on the line
		}
		line := end + strings.IndexByte(e.text[end:]+"\n", '\n') + 1
		return e.replace(first, min(line, len(e.text)), "")
	}
	rest := strings.TrimLeft(e.text[end:], " ")
	if strings.HasPrefix(rest, ",") {
		end = len(e.text) - len(strings.TrimLeft(rest[1:], " "))
	} else if before := strings.TrimRight(e.text[:begin], " "); strings.HasSuffix(before, ",") {
		begin = len(before) - 1
	}
	return e.replace(begin, end, "")
}

// addLine adds an entry of the whole file at its end.
func (e *Edit) addLine(entry string) error {
	switch {
	case e.root == nil:
	case e.root.Kind != yaml.MappingNode:
		return ErrByHand
	case e.root.Style&yaml.FlowStyle != 0:
		if strings.Contains(entry, "\n") {
			return ErrByHand
		}
		return e.add(e.root, entry)
	}
	text := e.text
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += e.eol
	}
	return e.whole(text + entry + e.eol)
}

func (e *Edit) replace(begin, end int, by string) error {
	return e.whole(e.text[:begin] + by + e.text[end:])
}

// whole takes a changed text, which YAML must be able to read.
func (e *Edit) whole(text string) error {
	if err := e.take(text); err != nil {
		return errors.Join(ErrByHand, err)
	}
	return nil
}

func (e *Edit) offset(n *yaml.Node) int { return e.at(n.Line, n.Column) }

// at is where a line and column begin.
func (e *Edit) at(line, column int) int {
	begin := 0
	for ; line > 1; line-- {
		next := strings.IndexByte(e.text[begin:], '\n')
		if next < 0 {
			return len(e.text)
		}
		begin += next + 1
	}
	for i := range e.text[begin:] {
		if column--; column == 0 {
			return begin + i
		}
	}
	return len(e.text)
}

// end is where a value ends.
func (e *Edit) end(n *yaml.Node) (int, error) {
	begin := e.offset(n)
	switch {
	case n.Anchor != "" || n.Kind == yaml.AliasNode || n.Style&(yaml.TaggedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return 0, ErrByHand
	case n.Kind == yaml.ScalarNode && n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		return begin + quoted(e.text[begin:]), nil
	case n.Kind == yaml.ScalarNode:
		if !strings.HasPrefix(e.text[begin:], n.Value) {
			return 0, ErrByHand
		}
		return begin + len(n.Value), nil
	case n.Style&yaml.FlowStyle != 0:
		return begin + bracketed(e.text[begin:]), nil
	case len(n.Content) == 0:
		return begin, nil
	}
	return e.end(n.Content[len(n.Content)-1])
}

// quoted is how long the quoted text is that s begins with.
func quoted(s string) int {
	q := s[0]
	for i := 1; i < len(s); i++ {
		switch {
		case q == '"' && s[i] == '\\':
			i++
		case s[i] == q && q == '\'' && i+1 < len(s) && s[i+1] == q:
			i++
		case s[i] == q:
			return i + 1
		}
	}
	return len(s)
}

// bracketed is how long the collection in brackets is that s begins with.
func bracketed(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		begins := i == 0 || strings.IndexByte(" \t\n[{,:", s[i-1]) >= 0
		switch c := s[i]; {
		case (c == '"' || c == '\'') && begins:
			i += quoted(s[i:]) - 1
		case c == '#' && begins:
			i += strings.IndexByte(s[i:]+"\n", '\n') - 1
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(s)
}

// List writes values as a list on one line.
func List(values ...string) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = Scalar(v)
	}
	return "[" + strings.Join(out, ", ") + "]"
}
