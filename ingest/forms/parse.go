package forms

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"taizhang/internal/calendar"
)

// decl and columnDecl are the YAML shapes of a form; positions come from the nodes.
type decl struct {
	ID           string      `yaml:"id"`
	Title        string      `yaml:"title"`
	Synonyms     []string    `yaml:"synonyms"`
	Mode         string      `yaml:"mode"`
	Frequency    string      `yaml:"frequency"`
	OwnDate      string      `yaml:"own_date"`
	TotalsReject bool        `yaml:"totals_reject"`
	OptIn        bool        `yaml:"opt_in"`
	HashScope    string      `yaml:"hash_scope"`
	Key          []string    `yaml:"key"`
	Columns      []yaml.Node `yaml:"columns"`
	Rules        []yaml.Node `yaml:"rules"`
}

type columnDecl struct {
	Field     string     `yaml:"field"`
	Title     string     `yaml:"title"`
	Synonyms  []string   `yaml:"synonyms"`
	Type      string     `yaml:"type"`
	Role      string     `yaml:"role"`
	Required  bool       `yaml:"required"`
	Names     bool       `yaml:"names"`
	Values    yaml.Node  `yaml:"values"`
	OpenEnded *OpenEnded `yaml:"open_ended"`
	Pattern   string     `yaml:"pattern"`
	Shape     string     `yaml:"shape"`
	Min       string     `yaml:"min"`
	Max       string     `yaml:"max"`
	Length    int        `yaml:"length"`
}

var (
	declKeys   = []string{"id", "title", "synonyms", "mode", "frequency", "own_date", "totals_reject", "opt_in", "hash_scope", "key", "columns", "rules"}
	columnKeys = []string{"field", "title", "synonyms", "type", "role", "required", "names", "values", "open_ended", "pattern", "shape", "min", "max", "length"}
	ruleKeys   = []string{"id", "kind", "field", "when", "values", "than", "form", "loosely"}
	openKeys   = []string{"words", "field", "values"}
	ruleKinds  = []string{"present_exactly_when", "present_when", "required_when", "not_before", "at_most", KnownIn, Usual}
	fieldName  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// needs are the fields of the form that each kind of rule names. The field `than` of known_in is another form's.
var needs = map[string][]string{
	"present_exactly_when": {"field", "when"}, "present_when": {"field", "when"}, "required_when": {"field", "when"},
	"not_before": {"field", "than"}, "at_most": {"field", "than"}, KnownIn: {"field"}, Usual: {"field"},
}

// reserved names are columns that every raw table has.
var reserved = []string{"zone", "return_id", "sheet", "row_no", "key_text"}

type parser struct{ file string }

func (p parser) errf(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d:%d: %s", p.file, n.Line, n.Column, fmt.Sprintf(format, args...))
}

// known refuses keys of a mapping that are not in the list, or that stand twice.
func (p parser) known(n *yaml.Node, keys []string) error {
	if n.Kind != yaml.MappingNode {
		return p.errf(n, "expected a mapping with the keys %s", strings.Join(keys, ", "))
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if !slices.Contains(keys, k.Value) {
			return p.errf(k, "unknown key %q; known: %s", k.Value, strings.Join(keys, ", "))
		}
		if seen[k.Value] {
			return p.errf(k, "the key %q stands twice", k.Value)
		}
		seen[k.Value] = true
	}
	return nil
}

// at gives the node of a key of a mapping, or the mapping itself.
func at(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return n
}

// Parse reads one declaration; file names it in errors.
func Parse(file string, text []byte) (*Form, error) {
	p := parser{file}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(doc.Content) == 0 {
		return nil, fmt.Errorf("%s:1:1: the file is empty", file)
	}
	root := doc.Content[0]
	if err := p.known(root, declKeys); err != nil {
		return nil, err
	}
	var d decl
	if err := root.Decode(&d); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	f := &Form{ID: d.ID, Title: d.Title, Synonyms: d.Synonyms, Mode: Mode(d.Mode), OwnDate: d.OwnDate,
		TotalsReject: d.TotalsReject, OptIn: d.OptIn, HashScope: d.HashScope, Source: text}
	switch {
	case !fieldName.MatchString(d.ID):
		return nil, p.errf(at(root, "id"), "id %q: lower-case letters, digits and _ only", d.ID)
	case d.Title == "":
		return nil, p.errf(root, "title is missing")
	case f.Mode != Ledger && f.Mode != Period:
		return nil, p.errf(at(root, "mode"), "mode %q: ledger or period", d.Mode)
	}
	switch d.Frequency {
	case "week":
		f.Frequency = calendar.Week
	case "month":
		f.Frequency = calendar.Month
	default:
		return nil, p.errf(at(root, "frequency"), "frequency %q: week or month", d.Frequency)
	}
	for i := range d.Columns {
		c, err := p.column(&d.Columns[i])
		if err != nil {
			return nil, err
		}
		if f.Column(c.Field) != nil {
			return nil, p.errf(&d.Columns[i], "the field %q stands twice", c.Field)
		}
		f.Columns = append(f.Columns, *c)
	}
	if len(f.Columns) == 0 {
		return nil, p.errf(root, "columns are missing")
	}
	if err := p.references(f, &d, root); err != nil {
		return nil, err
	}
	return f, nil
}

// references resolves the key, own_date, open_ended and rules against the columns.
func (p parser) references(f *Form, d *decl, root *yaml.Node) error {
	if len(d.Key) == 0 {
		return p.errf(root, "key is missing")
	}
	for _, k := range d.Key {
		part := KeyPart(strings.Split(k, "|"))
		for _, name := range part {
			c := f.Column(name)
			if c == nil {
				return p.errf(at(root, "key"), "key: no such field %q", name)
			}
			c.InKey = true
		}
		f.Key = append(f.Key, part)
	}
	if own := f.Column(f.OwnDate); f.Mode == Period && (own == nil || own.Type != Date && own.Type != Month) {
		return p.errf(at(root, "own_date"), "own_date %q: a period form needs a date or month field", f.OwnDate)
	}
	for i, c := range f.Columns {
		if c.OpenEnded == nil {
			continue
		}
		if w := f.Column(c.OpenEnded.Field); w == nil {
			return p.errf(&d.Columns[i], "open_ended: no such field %q", c.OpenEnded.Field)
		}
	}
	for i := range d.Rules {
		n := &d.Rules[i]
		if err := p.known(n, ruleKeys); err != nil {
			return err
		}
		var r Rule
		if err := n.Decode(&r); err != nil {
			return fmt.Errorf("%s: %w", p.file, err)
		}
		if !slices.Contains(ruleKinds, r.Kind) {
			return p.errf(at(n, "kind"), "kind %q; known: %s", r.Kind, strings.Join(ruleKinds, ", "))
		}
		for _, key := range needs[r.Kind] {
			name := map[string]string{"field": r.Field, "when": r.When, "than": r.Than}[key]
			if f.Column(name) == nil {
				return p.errf(at(n, key), "%s: no such field %q", key, name)
			}
		}
		if c := f.Column(r.Field); r.Kind == Usual && c.Type != Money && c.Type != Int {
			return p.errf(at(n, "field"), "usual: %s is neither an amount nor a count", r.Field)
		}
		if w := f.Column(r.When); w != nil && w.Type == List {
			for _, v := range r.Values {
				if !slices.ContainsFunc(w.Values, func(x Value) bool { return x.Name == v }) {
					return p.errf(at(n, "values"), "%q is not a value of %s", v, r.When)
				}
			}
		}
		r.node = n
		f.Rules = append(f.Rules, r)
	}
	return nil
}

func (p parser) column(n *yaml.Node) (*Column, error) {
	if err := p.known(n, columnKeys); err != nil {
		return nil, err
	}
	var d columnDecl
	if err := n.Decode(&d); err != nil {
		return nil, fmt.Errorf("%s: %w", p.file, err)
	}
	c := &Column{Field: d.Field, Title: d.Title, Synonyms: d.Synonyms, Type: Type(d.Type), Role: Role(d.Role),
		Required: d.Required, Names: d.Names, OpenEnded: d.OpenEnded}
	switch {
	case !fieldName.MatchString(d.Field) || slices.Contains(reserved, d.Field):
		return nil, p.errf(at(n, "field"), "field %q: lower-case letters, digits and _, none of %s", d.Field, strings.Join(reserved, ", "))
	case d.Title == "":
		return nil, p.errf(n, "title is missing")
	case c.Type.SQL() == "":
		return nil, p.errf(at(n, "type"), "unknown type %q", d.Type)
	case c.Role != "" && c.Role != Fact && c.Role != Deadline:
		return nil, p.errf(at(n, "role"), "unknown role %q", d.Role)
	}
	if c.Names && c.Type != Text {
		return nil, p.errf(at(n, "names"), "names: only of text")
	}
	if d.OpenEnded != nil {
		if err := p.known(at(n, "open_ended"), openKeys); err != nil {
			return nil, err
		}
	}
	if d.Values.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(d.Values.Content); i += 2 {
			var variants []string
			if err := d.Values.Content[i+1].Decode(&variants); err != nil {
				return nil, p.errf(d.Values.Content[i+1], "values: a list of variants is expected: %v", err)
			}
			c.Values = append(c.Values, Value{d.Values.Content[i].Value, variants})
		}
	}
	if c.Type == List && len(c.Values) == 0 {
		return nil, p.errf(n, "a list needs values")
	}
	return c, p.bounds(n, &d, c)
}

// bounds reads pattern, range and length.
func (p parser) bounds(n *yaml.Node, d *columnDecl, c *Column) error {
	if d.Pattern != "" {
		re, err := regexp.Compile(`^(?:` + d.Pattern + `)$`)
		switch {
		case err != nil:
			return p.errf(at(n, "pattern"), "pattern: %v", err)
		case c.Type != Text && c.Type != Code:
			return p.errf(at(n, "pattern"), "pattern: only of text and code")
		case d.Shape == "":
			return p.errf(at(n, "pattern"), "pattern needs a shape: what it asks for, in the sender's words")
		}
		c.Pattern, c.Shape = re, d.Shape
	}
	for _, b := range []struct {
		key, text string
		to        **big.Rat
	}{{"min", d.Min, &c.Min}, {"max", d.Max, &c.Max}} {
		if b.text == "" {
			continue
		}
		r, ok := new(big.Rat).SetString(b.text)
		if !ok {
			return p.errf(at(n, b.key), "%s: %q is not a number", b.key, b.text)
		}
		if c.Type != Int && c.Type != Money && c.Type != Percent {
			return p.errf(at(n, b.key), "%s: only of int, money and percent", b.key)
		}
		*b.to = r
	}
	if d.Length < 0 || d.Length > 0 && c.Type != Text && c.Type != Code {
		return p.errf(at(n, "length"), "length: a number of characters, of text or code")
	}
	c.Length = d.Length
	return nil
}

// Check refuses a form whose rules name forms or fields that neither the set nor the form itself has; file names it.
func (s *Set) Check(file string, f *Form) error {
	with := &Set{byID: map[string]*Form{f.ID: f}}
	for id, other := range s.byID {
		if id != f.ID {
			with.byID[id] = other
		}
	}
	return with.across(file, f)
}

// across checks what rules say of other forms.
func (s *Set) across(file string, f *Form) error {
	for _, r := range f.Rules {
		if r.Kind != KnownIn {
			continue
		}
		other := s.Get(r.Form)
		if other == nil {
			return parser{file}.errf(at(r.node, "form"), "rule %s: no such form %q", r.ID, r.Form)
		}
		if c := other.Column(r.Than); c == nil || c.Type != Text && c.Type != Code && c.Type != USCC && c.Type != Unit {
			return parser{file}.errf(at(r.node, "than"), "rule %s: %s has no field %q of names or codes", r.ID, r.Form, r.Than)
		}
	}
	return nil
}
