package forms

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

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

	node *yaml.Node
}

// Learned is what a zone has confirmed once, to be known from then on. It is
// kept as readable YAML:
//
//	aliases:  {产业局: [产业科]}
//	headings: {问题台账: {办理状态: [流转情况]}}
//	values:   {问题台账: {办理状态: {已办结: [已了结]}}}
type Learned struct {
	parser
	Lessons []Lesson
}

const (
	aliases  = "aliases"
	headings = "headings"
	values   = "values"
)

// ParseLearned reads what a zone has learned; file names it in errors.
func ParseLearned(file string, text []byte) (*Learned, error) {
	l := &Learned{parser: parser{file}}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(doc.Content) == 0 || doc.Content[0].Tag == "!!null" {
		return l, nil
	}
	root := doc.Content[0]
	if err := l.known(root, []string{aliases, headings, values}); err != nil {
		return nil, err
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		depth := map[string]int{aliases: 1, headings: 2, values: 3}[root.Content[i].Value]
		if err := l.walk(root.Content[i+1], depth, nil); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// walk reads mappings down to the lists of spellings.
func (l *Learned) walk(n *yaml.Node, depth int, path []string) error {
	if depth > 0 {
		if n.Kind != yaml.MappingNode {
			return l.errf(n, "expected a mapping")
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if err := l.walk(n.Content[i+1], depth-1, append(slices.Clone(path), n.Content[i].Value)); err != nil {
				return err
			}
		}
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		return l.errf(n, "expected a list of spellings, such as [%s]", "流转情况")
	}
	for _, s := range n.Content {
		if s.Kind != yaml.ScalarNode || strings.TrimSpace(s.Value) == "" {
			return l.errf(s, "expected a spelling")
		}
		lesson := Lesson{Written: s.Value, Meant: path[len(path)-1], node: s}
		if len(path) > 1 {
			lesson.Form = path[0]
		}
		if len(path) > 2 {
			lesson.Column = path[1]
		}
		l.Lessons = append(l.Lessons, lesson)
	}
	return nil
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
	return l.errf(x.node, "%v", err)
}

// Apply makes the forms know what was learned of them.
func (l *Learned) Apply(set *Set) error {
	for _, x := range l.Lessons {
		if x.Form == "" {
			continue
		}
		if err := set.Learn(x); err != nil {
			return l.Refuse(x, err)
		}
	}
	return nil
}

// Learn makes the forms know one spelling. It refuses one that has another meaning already.
func (s *Set) Learn(x Lesson) error {
	f := s.Lookup(x.Form)
	if f == nil {
		var titles []string
		for _, f := range s.Forms {
			titles = append(titles, f.PlainTitle())
		}
		return fmt.Errorf("no such form: %s%s", x.Form, nearest(x.Form, titles))
	}
	if x.Column == "" {
		return f.learnHeading(x)
	}
	c, err := f.titled(x.Column)
	if err != nil {
		return err
	}
	if c.Type != List {
		return fmt.Errorf("%s of %s has no listed values", c.Title, f.Title)
	}
	for i := range c.Values {
		v := &c.Values[i]
		if v.Name != x.Meant && (v.Name == x.Written || slices.Contains(v.Variants, x.Written)) {
			return fmt.Errorf("%q means %s already in %s of %s", x.Written, v.Name, c.Title, f.Title)
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
	return fmt.Errorf("%s is not a value of %s; it has %s", x.Meant, c.Title, strings.Join(names, ", "))
}

func (f *Form) learnHeading(x Lesson) error {
	c, err := f.titled(x.Meant)
	if err != nil {
		return err
	}
	for i := range f.Columns {
		if o := &f.Columns[i]; o != c && (o.Title == x.Written || slices.Contains(o.Synonyms, x.Written)) {
			return fmt.Errorf("%q means %s already in %s", x.Written, o.Title, f.Title)
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
	return nil, fmt.Errorf("%s has no column %q%s", f.Title, name, nearest(name, titles))
}

// nearest suggests the closest of some names.
func nearest(name string, names []string) string {
	best, least := "", 3
	for _, n := range names {
		if d := spelling.Distance(name, n); d < least {
			best, least = n, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %s?)", best)
}

// Has says whether a lesson is known already.
func (l *Learned) Has(x Lesson) bool {
	return slices.ContainsFunc(l.Lessons, func(o Lesson) bool {
		return o.Form == x.Form && o.Column == x.Column && o.Written == x.Written && o.Meant == x.Meant
	})
}

const learnedHead = `# 本园区已确认的叫法，由 taizhang forms learn 写入，也可以直接修改。
# aliases：单位的其他名称；headings：表头的其他写法；values：选项的其他写法。
`

// Text writes everything learned as YAML, in the order in which it was learned.
func (l *Learned) Text() ([]byte, error) {
	root := &yaml.Node{Kind: yaml.MappingNode}
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
			n = child(n, key)
		}
		n.Kind, n.Style = yaml.SequenceNode, yaml.FlowStyle
		n.Content = append(n.Content, scalar(x.Written))
	}
	text, err := yaml.Marshal(root)
	if err != nil {
		return nil, fmt.Errorf("write what was learned: %w", err)
	}
	return append([]byte(learnedHead), text...), nil
}

func child(n *yaml.Node, key string) *yaml.Node {
	n.Kind = yaml.MappingNode
	if at(n, key) == n {
		n.Content = append(n.Content, scalar(key), &yaml.Node{})
	}
	return at(n, key)
}

// scalar is a text, quoted where it would be read as something else.
func scalar(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	return n
}
