package forms

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/decl"
	"taizhang/internal/spelling"
)

// LearnedFile is where a zone keeps what it has learned.
const LearnedFile = "learned.yaml"

// Lesson is one spelling that somebody has confirmed: Written means Meant.
// Without a form it is the alias of a submitter; with a form alone the heading
// of a column; with form and column a listed value of that column.
type Lesson struct {
	Form, Column   string // titles
	Written, Meant string

	node *decl.Node
}

// Learned is what a zone has confirmed once, to be known from then on. It is
// kept as readable YAML:
//
//	aliases:  {产业局: [产业科]}
//	headings: {问题台账: {办理状态: [流转情况]}}
//	values:   {问题台账: {办理状态: {已办结: [已了结]}}}
type Learned struct{ Lessons []Lesson }

const (
	aliases  = "aliases"
	headings = "headings"
	values   = "values"
)

// ParseLearned reads what a zone has learned; file names it in errors, which are all its faults, each a *decl.Fault.
func ParseLearned(file string, text []byte) (*Learned, error) {
	l := &Learned{}
	d := decl.Read(file, text, decl.Options{})
	groups, _ := d.Root.Entries([]string{aliases, headings, values})
	for _, e := range groups {
		l.walk(e.Value, map[string]int{aliases: 1, headings: 2, values: 3}[e.Key.Value()], nil)
	}
	return l, d.Err()
}

// walk reads mappings down to the lists of spellings. What is empty teaches nothing.
func (l *Learned) walk(n *decl.Node, depth int, path []string) {
	if n.Null() {
		return
	}
	if depth > 0 {
		entries, _ := n.Entries(nil)
		for _, e := range entries {
			l.walk(e.Value, depth-1, append(slices.Clone(path), e.Key.Value()))
		}
		return
	}
	items, _ := n.As("the spellings of %s", "“%s”的写法", path[len(path)-1]).Items()
	for _, s := range items {
		written, ok := s.Text()
		if !ok {
			continue
		}
		lesson := Lesson{Written: written, Meant: path[len(path)-1], node: s}
		if len(path) > 1 {
			lesson.Form = path[0]
		}
		if len(path) > 2 {
			lesson.Column = path[1]
		}
		l.Lessons = append(l.Lessons, lesson)
	}
}

// Aliases are the lessons about submitters.
func (l *Learned) Aliases() []Lesson {
	var out []Lesson
	for _, x := range l.Lessons {
		if x.Form == "" {
			out = append(out, x)
		}
	}
	return out
}

// Refuse is an error at the place of a lesson.
func (l *Learned) Refuse(x Lesson, err error) error {
	if x.node == nil { // not written down yet
		return err
	}
	return x.node.Pos().Fault("%v", "", err)
}

// Apply makes the forms know what was learned of them; the error is all that is wrong with it.
func (l *Learned) Apply(set *Set) error {
	var faults []error
	for _, x := range l.Lessons {
		if x.Form == "" {
			continue
		}
		if err := set.Learn(x); err != nil {
			faults = append(faults, l.Refuse(x, err))
		}
	}
	return errors.Join(faults...)
}

// Learn makes the forms know one spelling. It refuses one that has another meaning already.
func (s *Set) Learn(x Lesson) error {
	f := s.Lookup(x.Form)
	if f == nil {
		var titles []string
		for _, f := range s.Forms {
			titles = append(titles, f.PlainTitle())
		}
		return decl.Say("no such form: %s%s", "没有表样“%s”%s", x.Form, nearest(x.Form, titles))
	}
	if x.Column == "" {
		return f.learnHeading(x)
	}
	c, err := f.titled(x.Column)
	if err != nil {
		return err
	}
	if c.Type != List {
		return decl.Say("%s of %s has no listed values", "%[2]s的“%[1]s”没有可选值", c.Title, f.Title)
	}
	for i := range c.Values {
		v := &c.Values[i]
		if v.Name != x.Meant && (v.Name == x.Written || slices.Contains(v.Variants, x.Written)) {
			return decl.Say("%q means %s already in %s of %s", "“%[1]s”在%[4]s的“%[3]s”中已表示“%[2]s”", x.Written, v.Name, c.Title, f.Title)
		}
	}
	var names []string
	for i := range c.Values {
		v := &c.Values[i]
		if names = append(names, v.Name); v.Name == x.Meant {
			if !slices.Contains(v.Variants, x.Written) && v.Name != x.Written {
				v.Variants = append(v.Variants, x.Written)
			}
			return nil
		}
	}
	return decl.Say("%s is not a value of %s; it has %s", "“%s”不是“%s”的可选值；可选：%s", x.Meant, c.Title, strings.Join(names, ", "))
}

func (f *Form) learnHeading(x Lesson) error {
	c, err := f.titled(x.Meant)
	if err != nil {
		return err
	}
	for i := range f.Columns {
		if o := &f.Columns[i]; o != c && (o.Title == x.Written || slices.Contains(o.Synonyms, x.Written)) {
			return decl.Say("%q means %s already in %s", "“%[1]s”在%[3]s中已是“%[2]s”列", x.Written, o.Title, f.Title)
		}
	}
	if c.Title != x.Written && !slices.Contains(c.Synonyms, x.Written) {
		c.Synonyms = append(c.Synonyms, x.Written)
	}
	return nil
}

// titled gives the column with a title or field name.
func (f *Form) titled(name string) (*Column, error) {
	var titles []string
	for i := range f.Columns {
		if c := &f.Columns[i]; c.Title == name || c.Field == name {
			return c, nil
		}
		titles = append(titles, f.Columns[i].Title)
	}
	return nil, decl.Say("%s has no column %q%s", "%s没有“%s”列%s", f.Title, name, nearest(name, titles))
}

// nearest suggests the closest of some names.
func nearest(name string, names []string) decl.Text {
	near := spelling.Nearest(name, names)
	if near == "" {
		return decl.Text{}
	}
	return decl.Say(" (did you mean %s?)", "（是不是“%s”？）", near)
}

// Has says whether a lesson is known already.
func (l *Learned) Has(x Lesson) bool {
	return slices.ContainsFunc(l.Lessons, func(o Lesson) bool {
		return o.Form == x.Form && o.Column == x.Column && o.Written == x.Written && o.Meant == x.Meant
	})
}

// Forget takes a lesson out; it says whether it was there.
func (l *Learned) Forget(x Lesson) bool {
	n := len(l.Lessons)
	l.Lessons = slices.DeleteFunc(l.Lessons, func(o Lesson) bool {
		return o.Form == x.Form && o.Column == x.Column && o.Written == x.Written && o.Meant == x.Meant
	})
	return len(l.Lessons) < n
}

const learnedHead = `# 本园区已确认的叫法，由 taizhang forms learn 写入，也可以直接修改。
# aliases：单位的其他名称；headings：表头的其他写法；values：选项的其他写法。
`

// Text writes everything learned as YAML, in the order in which it was learned.
func (l *Learned) Text() []byte {
	root := &branch{}
	for _, x := range l.Lessons {
		path := []string{aliases, x.Meant}
		switch {
		case x.Column != "":
			path = []string{values, x.Form, x.Column, x.Meant}
		case x.Form != "":
			path = []string{headings, x.Form, x.Meant}
		}
		n := root
		for _, key := range path {
			n = n.child(key)
		}
		n.leaves = append(n.leaves, decl.Scalar(x.Written))
	}
	text := bytes.NewBufferString(learnedHead)
	root.write(text, "")
	return text.Bytes()
}

// branch is a mapping of learned.yaml, or at its end the list of spellings.
type branch struct {
	key      string
	children []*branch
	leaves   []string
}

func (b *branch) child(key string) *branch {
	for _, c := range b.children {
		if c.key == key {
			return c
		}
	}
	c := &branch{key: key}
	b.children = append(b.children, c)
	return c
}

func (b *branch) write(to *bytes.Buffer, indent string) {
	for _, c := range b.children {
		fmt.Fprintf(to, "%s%s:", indent, decl.Scalar(c.key))
		if c.leaves != nil {
			fmt.Fprintf(to, " [%s]", strings.Join(c.leaves, ", "))
		}
		to.WriteByte('\n')
		c.write(to, indent+"    ")
	}
}
