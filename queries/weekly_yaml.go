package queries

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// weeklyNode is a node of weekly.yaml that knows where it stands.
type weeklyNode struct {
	*yaml.Node
	file string
}

// fault is an error with file, line and column.
func (n weeklyNode) fault(format string, args ...any) error {
	return &DeclarationError{Pos{n.file, n.Line, n.Column}, fmt.Sprintf(format, args...)}
}

// weeklyFields says what may stand in a mapping and who reads it.
type weeklyFields map[string]func(weeklyNode) error

// mapping reads a mapping strictly: unknown and repeated keys are refused.
func (n weeklyNode) mapping(fields weeklyFields) error {
	if n.Kind == yaml.AliasNode {
		return weeklyNode{n.Alias, n.file}.mapping(fields)
	}
	if n.Kind != yaml.MappingNode {
		return n.fault("want a mapping of keys to values, got %s", n.what())
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := weeklyNode{n.Content[i], n.file}, weeklyNode{n.Content[i+1], n.file}
		read, ok := fields[key.Value]
		if !ok {
			return key.fault("unknown key %q%s; known here: %s", key.Value, didYouMean(key.Value, weeklyKeys(fields)), strings.Join(weeklyKeys(fields), ", "))
		}
		if seen[key.Value] {
			return key.fault("key %q stands twice", key.Value)
		}
		seen[key.Value] = true
		if err := read(value); err != nil {
			return err
		}
	}
	return nil
}

func weeklyKeys(fields weeklyFields) []string { return slices.Sorted(maps.Keys(fields)) }

func (n weeklyNode) what() string {
	switch n.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "a mapping"
	}
	if n.Value == "" {
		return "nothing"
	}
	return strconv.Quote(n.Value)
}

// value is what stands under a key.
func (n weeklyNode) value(key string) (weeklyNode, bool) {
	if n.Node != nil && n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return weeklyNode{n.Content[i+1], n.file}, true
			}
		}
	}
	return weeklyNode{}, false
}

// texts reads a list of texts under a key, if it is there.
func (n weeklyNode) texts(key string) (out []weeklyNode, err error) {
	at, ok := n.value(key)
	if !ok {
		return nil, nil
	}
	err = at.list(func(c weeklyNode) error {
		_, err := c.scalar()
		out = append(out, c)
		return err
	})
	return out, err
}

// each reads the entries of the mapping under a key, if it is there.
func (n weeklyNode) each(key string, read func(key, value weeklyNode) error) error {
	if n.Kind != yaml.MappingNode {
		return n.fault("want a mapping of keys to values, got %s", n.what())
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != key {
			continue
		}
		m := n.Content[i+1]
		if m.Kind != yaml.MappingNode {
			return weeklyNode{m, n.file}.fault("want a mapping of names to SELECTs")
		}
		for j := 0; j+1 < len(m.Content); j += 2 {
			if err := read(weeklyNode{m.Content[j], n.file}, weeklyNode{m.Content[j+1], n.file}); err != nil {
				return err
			}
		}
	}
	return nil
}

// list reads every item of a list.
func (n weeklyNode) list(item func(weeklyNode) error) error {
	if n.Kind != yaml.SequenceNode {
		return n.fault("want a list, got %s", n.what())
	}
	for _, c := range n.Content {
		if err := item(weeklyNode{c, n.file}); err != nil {
			return err
		}
	}
	return nil
}

func (n weeklyNode) scalar() (string, error) {
	if n.Kind != yaml.ScalarNode {
		return "", n.fault("want a text, got %s", n.what())
	}
	return n.Value, nil
}

func weeklyString(into *string) func(weeklyNode) error {
	return func(n weeklyNode) (err error) { *into, err = n.scalar(); return err }
}

// weeklyOneOf reads a word out of a few.
func weeklyOneOf[T ~string](into *T, words ...T) func(weeklyNode) error {
	return func(n weeklyNode) error {
		s, err := n.scalar()
		if err != nil {
			return err
		}
		if !slices.Contains(words, T(s)) {
			return n.fault("want one of %v, got %q", words, s)
		}
		*into = T(s)
		return nil
	}
}

func weeklyBool(into *bool) func(weeklyNode) error {
	return func(n weeklyNode) error {
		if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
			return n.fault("want true or false, got %s", n.what())
		}
		*into = n.Value == "true"
		return nil
	}
}

func weeklyNumber(into *float64, low, high float64) func(weeklyNode) error {
	return func(n weeklyNode) error {
		f, err := strconv.ParseFloat(n.Value, 64)
		if n.Kind != yaml.ScalarNode || err != nil || !(f >= low && f <= high) {
			return n.fault("want a number from %v to %v, got %s", low, high, n.what())
		}
		*into = f
		return nil
	}
}

func weeklyInt(into *int, low, high int) func(weeklyNode) error {
	return func(n weeklyNode) error {
		i, err := strconv.Atoi(n.Value)
		if n.Kind != yaml.ScalarNode || err != nil || i < low || i > high {
			return n.fault("want a whole number from %d to %d, got %s", low, high, n.what())
		}
		*into = i
		return nil
	}
}

func weeklyStrings(into *[]string) func(weeklyNode) error {
	return func(n weeklyNode) error {
		return n.list(func(c weeklyNode) error {
			s, err := c.scalar()
			*into = append(*into, s)
			return err
		})
	}
}
