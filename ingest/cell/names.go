package cell

import (
	"slices"
	"strings"
	"unicode/utf8"

	"taizhang/ingest/forms"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// Names are the persons and firms that the rows of a return are about, by name: they are hidden in the texts of other rows, too
// (户主张三，儿媳李小红, where 李小红 has a row of her own).
type Names struct {
	masks   map[string]string
	lengths []int // of the names in characters, the longest first
}

// A single character is no name, and longer than that none is.
const (
	shortestName = 2
	longestName  = 40
)

// Add takes the names of a line's cells; ordinary says of a text that it names nobody.
func (n *Names) Add(f *forms.Form, cells []sheet.Cell, ordinary func(string) bool) {
	for k := range f.Columns {
		c := &f.Columns[k]
		if c.Type != forms.Person && c.Type != forms.Firm || cells[k].Kind != sheet.Text {
			continue
		}
		name := strings.ReplaceAll(written.Plain(cells[k].Text), " ", "")
		long := utf8.RuneCountInString(name)
		if _, known := n.masks[name]; known || long < shortestName || long > longestName || !(Hiding{value: name}).Telling() || ordinary(name) {
			continue
		}
		if n.masks == nil {
			n.masks = map[string]string{}
		}
		n.masks[name] = secret.Mask(c.Type, name)
		if !slices.Contains(n.lengths, long) {
			n.lengths = append(n.lengths, long)
			slices.SortFunc(n.lengths, func(a, b int) int { return b - a })
		}
	}
}

// hide puts their masks in the place of names.
func (n *Names) hide(s string) string {
	if n == nil || len(n.masks) == 0 || written.IsASCII(s) {
		return s
	}
	starts := make([]int, 0, len(s)/2+1) // of the characters
	for i := range s {
		starts = append(starts, i)
	}
	starts = append(starts, len(s))
	var b strings.Builder
	for i := 0; i < len(starts)-1; {
		next := i + 1
		for _, long := range n.lengths {
			if i+long >= len(starts) {
				continue
			}
			if mask, ok := n.masks[s[starts[i]:starts[i+long]]]; ok {
				b.WriteString(mask)
				next = i + long
				break
			}
		}
		if next == i+1 {
			b.WriteString(s[starts[i]:starts[next]])
		}
		i = next
	}
	return b.String()
}
