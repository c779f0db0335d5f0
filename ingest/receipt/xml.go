package receipt

import (
	"bytes"
	"cmp"
	"errors"
	"html"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"taizhang/internal/opc"
)

var errXML = errors.New("receipt: a part of the workbook is not XML as expected")

// tag is one tag of a document, by its place in the text.
type tag struct {
	start, end int    // of the tag itself, < to >
	nameEnd    int    // where attributes begin
	name       string // without prefix
	prefix     string // with its colon, "" if none
	closing    bool   // </x>
	empty      bool   // <x/>
	depth      int    // of the element: 0 for the root
}

// maxDepth is how deep elements may lie in one another, as for every reader of such parts.
var maxDepth = opc.DefaultLimits().Depth

// scanner finds the tags of a document without taking the text apart. It knows
// no entities but the five, opens nothing, and stops where a tag is cut short.
type scanner struct {
	data  []byte
	pos   int
	depth int
}

// next gives the next tag; ok is false at the end or at something that is no XML.
func (s *scanner) next() (t tag, ok bool) {
	for {
		i := bytes.IndexByte(s.data[s.pos:], '<')
		if i < 0 {
			return t, false
		}
		start := s.pos + i
		rest := s.data[start:]
		skip := ""
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			skip = "-->"
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			skip = "]]>"
		case bytes.HasPrefix(rest, []byte("<?")):
			skip = "?>"
		case bytes.HasPrefix(rest, []byte("<!")): // DOCTYPE: no part of ours to edit
			return t, false
		}
		if skip == "" {
			return s.tag(start)
		}
		end := bytes.Index(rest, []byte(skip))
		if end < 0 {
			return t, false
		}
		s.pos = start + end + len(skip)
	}
}

func (s *scanner) tag(start int) (tag, bool) {
	t := tag{start: start}
	i := start + 1
	if i < len(s.data) && s.data[i] == '/' {
		t.closing = true
		i++
	}
	nameStart := i
	for i < len(s.data) && !space(s.data[i]) && s.data[i] != '>' && s.data[i] != '/' {
		i++
	}
	t.nameEnd = i
	name := s.data[nameStart:i]
	if c := bytes.IndexByte(name, ':'); c >= 0 {
		t.prefix, name = string(name[:c+1]), name[c+1:]
	}
	t.name = intern(name)
	for ; i < len(s.data); i++ {
		switch c := s.data[i]; c {
		case '"', '\'':
			j := bytes.IndexByte(s.data[i+1:], c)
			if j < 0 {
				return t, false
			}
			i += j + 1
		case '>':
			t.end = i + 1
			t.empty = !t.closing && s.data[i-1] == '/'
			s.pos = t.end
			if t.closing {
				s.depth--
				t.depth = s.depth
			} else {
				t.depth = s.depth
				if !t.empty {
					s.depth++
				}
				if s.depth > maxDepth {
					return t, false
				}
			}
			return t, true
		}
	}
	return t, false
}

// intern spares an allocation for the names that fill a sheet.
func intern(name []byte) string {
	switch string(name) {
	case "c":
		return "c"
	case "v":
		return "v"
	case "r":
		return "r"
	case "t":
		return "t"
	case "f":
		return "f"
	case "is":
		return "is"
	case "row":
		return "row"
	case "xf":
		return "xf"
	}
	return string(name)
}

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// attrs gives the attributes of a tag: full name, and where its value lies.
func (t tag) attrs(data []byte) iter.Seq2[string, [2]int] {
	return func(yield func(string, [2]int) bool) {
		i := t.nameEnd
		for {
			for i < t.end && (space(data[i]) || data[i] == '/') {
				i++
			}
			eq := bytes.IndexByte(data[i:t.end], '=')
			if eq < 0 {
				return
			}
			name := strings.TrimRight(string(data[i:i+eq]), " \t\r\n")
			i += eq + 1
			for i < t.end && space(data[i]) {
				i++
			}
			if i >= t.end || data[i] != '"' && data[i] != '\'' {
				return
			}
			end := bytes.IndexByte(data[i+1:t.end], data[i])
			if end < 0 {
				return
			}
			if !yield(name, [2]int{i + 1, i + 1 + end}) {
				return
			}
			i += end + 2
		}
	}
}

// attr gives where an attribute's value lies.
func (t tag) attr(data []byte, name string) (at [2]int, ok bool) {
	for n, v := range t.attrs(data) {
		if n == name {
			return v, true
		}
	}
	return at, false
}

// value gives an attribute's value, "" if it isn't there.
func (t tag) value(data []byte, name string) string {
	if at, ok := t.attr(data, name); ok {
		return html.UnescapeString(string(data[at[0]:at[1]]))
	}
	return ""
}

// number gives an attribute's value as a whole number ≥ 0, or else.
func (t tag) number(data []byte, name string, otherwise int) int {
	if at, ok := t.attr(data, name); ok {
		if n, err := strconv.Atoi(string(data[at[0]:at[1]])); err == nil && n >= 0 {
			return n
		}
	}
	return otherwise
}

// relID gives the value of r:id, whatever the prefix.
func (t tag) relID(data []byte) string {
	for n, v := range t.attrs(data) {
		if strings.HasSuffix(n, ":id") {
			return html.UnescapeString(string(data[v[0]:v[1]]))
		}
	}
	return ""
}

// element is a child of a list in a document, such as one fill of the fills.
type element struct {
	tag        tag
	start, end int
}

// list is an element that holds a list of others.
type list struct {
	tag      tag
	closeAt  int // where its end tag begins
	children []element
}

// lists finds the direct children of the root with these names.
func lists(data []byte, names ...string) (root tag, found map[string]*list, err error) {
	s := &scanner{data: data}
	root, ok := s.next()
	if !ok || root.closing {
		return root, nil, errXML
	}
	found = map[string]*list{}
	var in *list
	for {
		t, ok := s.next()
		if !ok {
			break
		}
		switch {
		case t.depth == 1 && t.closing:
			if in != nil && t.name == in.tag.name {
				in.closeAt = t.start
			}
			in = nil
		case t.depth == 1 && !t.empty && slices.Contains(names, t.name):
			in = &list{tag: t}
			found[t.name] = in
		case t.depth == 2 && in != nil && !t.closing:
			in.children = append(in.children, element{tag: t, start: t.start, end: t.end})
		case t.depth == 2 && in != nil:
			in.children[len(in.children)-1].end = t.end
		}
	}
	if s.depth != 0 {
		return root, nil, errXML
	}
	return root, found, nil
}

// edit replaces a stretch of a document.
type edit struct {
	start, end int
	text       string
}

// splice carries out edits that don't overlap; those at the same place in the
// order given.
func splice(data []byte, edits []edit) []byte {
	if len(edits) == 0 {
		return data
	}
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Or(a.start-b.start, a.end-b.end) }) // insertions first
	n := len(data)
	for _, e := range edits {
		n += len(e.text)
	}
	out := make([]byte, 0, n)
	pos := 0
	for _, e := range edits {
		if e.start < pos { // can't be, unless the document is malformed
			continue
		}
		out = append(out, data[pos:e.start]...)
		out = append(out, e.text...)
		pos = e.end
	}
	return append(out, data[pos:]...)
}

// setAttr is the edit that gives an attribute a value.
func setAttr(data []byte, t tag, name, value string) edit {
	if at, ok := t.attr(data, name); ok {
		return edit{at[0], at[1], escape(value)}
	}
	return edit{t.nameEnd, t.nameEnd, " " + name + `="` + escape(value) + `"`}
}

// dropAttr is the edit that takes an attribute away.
func dropAttr(data []byte, t tag, name string) (edit, bool) {
	at, ok := t.attr(data, name)
	if !ok {
		return edit{}, false
	}
	start := bytes.LastIndex(data[t.nameEnd:at[0]], []byte(name)) + t.nameEnd
	return edit{start, at[1] + 1, ""}, true
}

// escape makes text fit for XML 1.0; characters that it can't hold are left out.
func escape(s string) string {
	var b strings.Builder
	last := 0
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		with, ok := "", false
		switch {
		case r == '&':
			with, ok = "&amp;", true
		case r == '<':
			with, ok = "&lt;", true
		case r == '>':
			with, ok = "&gt;", true
		case r == '"':
			with, ok = "&quot;", true
		case r < ' ' && r != '\n' && r != '\t', r == 0xFFFE, r == 0xFFFF, r == utf8.RuneError && size == 1:
			ok = true
		}
		if ok {
			b.WriteString(s[last:i])
			b.WriteString(with)
			last = i + size
		}
		i += size
	}
	if last == 0 {
		return s
	}
	b.WriteString(s[last:])
	return b.String()
}
