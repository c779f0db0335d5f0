package weekly

import (
	"maps"
	"slices"

	"taizhang/internal/decl"
)

// fields says what may stand in a mapping and who reads it. Readers
// record what is wrong and return false.
type fields map[string]func(*decl.Node) bool

// mapping reads a mapping: every key, also behind one at fault.
func mapping(n *decl.Node, fields fields) bool {
	before := n.File().Faults()
	entries, ok := n.Entries(slices.Sorted(maps.Keys(fields)))
	for _, e := range entries {
		ok = fields[e.Key.Value()](e.Value) && ok
	}
	return ok && n.File().Faults() == before
}

// each reads every item of a list.
func each(n *decl.Node, item func(*decl.Node) bool) bool {
	items, ok := n.Items()
	for _, c := range items {
		ok = item(c) && ok
	}
	return ok
}

func text(into *string) func(*decl.Node) bool {
	return func(n *decl.Node) (ok bool) { *into, ok = n.Raw(); return ok }
}

// oneOf reads a word out of a few.
func oneOf[T ~string](into *T, words ...T) func(*decl.Node) bool {
	return func(n *decl.Node) bool {
		known := make([]string, len(words))
		for i, w := range words {
			known[i] = string(w)
		}
		s, ok := n.OneOf(known...)
		if ok {
			*into = T(s)
		}
		return ok
	}
}

func yesNo(into *bool) func(*decl.Node) bool {
	return func(n *decl.Node) (ok bool) { *into, ok = n.Bool(); return ok }
}

func number(into *float64, low, high float64) func(*decl.Node) bool {
	return func(n *decl.Node) (ok bool) { *into, ok = n.Number(low, high); return ok }
}

func integer(into *int, low, high int) func(*decl.Node) bool {
	return func(n *decl.Node) (ok bool) { *into, ok = n.Int(low, high); return ok }
}

func texts(into *[]string) func(*decl.Node) bool {
	return func(n *decl.Node) bool {
		return each(n, func(c *decl.Node) bool {
			s, ok := c.Raw()
			*into = append(*into, s)
			return ok
		})
	}
}
