package zone

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

var yamlPlace = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^line (\d+): `) })

// document reads text as one YAML document; nil after a fault.
func (f *faults) document(text []byte) *yaml.Node {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if i := invalidUTF8(text); i >= 0 {
		line := 1 + bytes.Count(text[:i], []byte("\n"))
		column := 1 + utf8.RuneCount(text[bytes.LastIndexByte(text[:i], '\n')+1:i])
		f.at(&yaml.Node{Line: line, Column: column}, "the file is not UTF-8 here (GBK?); save it again with encoding UTF-8")
		return nil
	}
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			f.at(nil, "the file is empty; it needs at least zone and submitters")
			return nil
		}
		f.syntax(err)
		return nil
	}
	var second yaml.Node
	if err := dec.Decode(&second); err == nil {
		f.at(&second, "a second document (---); only one is read")
	} else if !errors.Is(err, io.EOF) {
		f.syntax(err)
	}
	if len(doc.Content) == 0 {
		f.at(nil, "the file is empty; it needs at least zone and submitters")
		return nil
	}
	return doc.Content[0]
}

func (f *faults) syntax(err error) {
	message, line := strings.TrimPrefix(err.Error(), "yaml: "), 1
	if m := yamlPlace().FindStringSubmatch(message); m != nil {
		line, _ = strconv.Atoi(m[1])
		message = strings.TrimPrefix(message, m[0])
	}
	f.at(&yaml.Node{Line: line, Column: 1}, "not valid YAML: %s (check indentation, quotes and the space after each colon)", message)
}

func invalidUTF8(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

func resolve(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool {
	n = resolve(n)
	return n == nil || n.Kind == yaml.ScalarNode && n.Tag == "!!null"
}

// mapping returns the values of a mapping's keys, all of which must be known
// and stand once. Keys without a value are left out.
func (f *faults) mapping(n *yaml.Node, what string, keys []string) map[string]*yaml.Node {
	n = resolve(n)
	if n.Kind != yaml.MappingNode {
		f.at(n, "%s is %s, not keys and values%s", what, shown(n), instead("", keys))
		return nil
	}
	values, lines := map[string]*yaml.Node{}, map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := resolve(n.Content[i]), n.Content[i+1]
		if line, ok := lines[key.Value]; ok {
			f.at(n.Content[i], "key %q stands twice; first on line %d", key.Value, line)
			continue
		}
		lines[key.Value] = n.Content[i].Line
		if keys != nil && !slices.Contains(keys, key.Value) {
			f.at(n.Content[i], "unknown key %q%s", key.Value, instead(key.Value, keys))
			continue
		}
		if !isNull(value) {
			values[key.Value] = value
		}
	}
	return values
}

// text returns a scalar as it is written, trimmed; false after a fault.
func (f *faults) text(n *yaml.Node, what string) (string, bool) {
	v := resolve(n)
	if v.Kind != yaml.ScalarNode {
		f.at(n, "%s is %s, not one value", what, shown(v))
		return "", false
	}
	text := strings.TrimSpace(v.Value)
	if text == "" || v.Tag == "!!null" {
		f.at(n, "%s is empty", what)
		return "", false
	}
	return text, true
}

// list returns the items of a sequence; a single value is a list of one.
func (f *faults) list(n *yaml.Node, what string) []*yaml.Node {
	v := resolve(n)
	switch v.Kind {
	case yaml.SequenceNode:
		return v.Content
	case yaml.ScalarNode:
		return []*yaml.Node{n}
	}
	f.at(n, "%s is %s, not a list", what, shown(v))
	return nil
}

func shown(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	if n.Value == "" {
		return "empty"
	}
	return strconv.Quote(n.Value)
}
