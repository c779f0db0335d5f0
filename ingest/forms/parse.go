package forms

import (
	"errors"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"

	"taizhang/internal/calendar"
	"taizhang/internal/decl"
)

var (
	formKeys   = []string{"id", "title", "synonyms", "mode", "frequency", "own_date", "totals_reject", "opt_in", "hash_scope", "key", "columns", "rules"}
	columnKeys = []string{"field", "title", "synonyms", "type", "role", "required", "names", "values", "means", "open_ended", "pattern", "shape", "min", "max", "length"}
	ruleKeys   = []string{"id", "kind", "field", "when", "values", "than", "form", "loosely", "most"}
	openKeys   = []string{"words", "field", "values"}
	ruleKinds  = []string{"present_exactly_when", "present_when", "required_when", "not_before", "at_most", "whole_when", "done_exactly_when", "absent_when", KnownIn, Usual}
	fieldName  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9_]*$`) })
)

// needs are the fields of the form that each kind of rule names. The field `than` of known_in is another form's.
var needs = map[string][]string{
	"present_exactly_when": {"field", "when"}, "present_when": {"field", "when"}, "required_when": {"field", "when"},
	"not_before": {"field", "than"}, "at_most": {"field", "than"}, "whole_when": {"field", "when"}, "done_exactly_when": {"field", "when"}, "absent_when": {"field", "when"}, KnownIn: {"field"}, Usual: {"field"},
}

// reserved names are columns that every raw table has, there or in a lake.
var reserved = []string{"zone", "return_id", "sheet", "row_no", "key_text", "lake_month"}

// Parse reads one declaration; file names it in errors, which are all its faults, each a *decl.Fault.
func Parse(file string, text []byte) (*Form, error) { return parse(file, text, decl.Options{}) }

func parse(file string, text []byte, o decl.Options) (*Form, error) {
	o.Tree = treeOf(file)
	d := decl.Read(file, text, o)
	if d.Empty() {
		d.Fault("the file is empty", "文件是空的")
	}
	p := &parser{f: &Form{Source: text}, unsure: map[string]bool{}, archived: o.Archived}
	if d.Root != nil {
		p.form(d.Root.As("a form", "表样"))
	}
	if err := d.Err(); err != nil {
		return nil, err
	}
	return p.f, nil
}

// parser reads one form.
type parser struct {
	f      *Form
	unsure map[string]bool // fields whose columns have a fault; "" where a field could not be read

	archived bool // it was in force once: what was a role then is read as what it meant
}

// place is where a key stands, or else where it is missing.
func place(m decl.Fields, key string, otherwise *decl.Node) *decl.Node {
	if n := m[key]; n != nil {
		return n
	}
	return otherwise
}

func (p *parser) form(root *decl.Node) {
	m, f := root.Fields(formKeys...).Filled(), p.f
	if m == nil {
		return
	}
	p.names(root, m)
	p.rhythm(root, m)
	f.OwnDate, _ = m["own_date"].Text()
	f.TotalsReject, _ = m["totals_reject"].Bool()
	f.OptIn, _ = m["opt_in"].Bool()
	f.HashScope, _ = m["hash_scope"].Text()
	p.columns(root, m["columns"])
	p.key(root, m["key"])
	p.ownDate(root, m["own_date"])
	if m["rules"] != nil {
		rules, _ := m["rules"].Items()
		for _, n := range rules {
			p.rule(n.As("a rule", "规则"))
		}
	}
}

// names reads what a form goes by.
func (p *parser) names(root *decl.Node, m decl.Fields) {
	f := p.f
	id, ok := m["id"].Text()
	if f.ID = id; (ok || m["id"] == nil) && !fieldName().MatchString(id) {
		place(m, "id", root).Fault("id %q: lower-case letters, digits and _ only", "id“%s”只能用小写英文字母、数字和 _", id)
	}
	if f.Title, _ = m["title"].Text(); m["title"] == nil {
		root.Fault("title is missing", "缺 title（表名）")
	}
	f.id, f.title = m["id"], m["title"]
	f.Synonyms = m["synonyms"].Texts()
}

// rhythm reads how often a form is handed in, and whether each return takes the place of the one before.
func (p *parser) rhythm(root *decl.Node, m decl.Fields) {
	f := p.f
	mode, ok := m["mode"].Text()
	if f.Mode = Mode(mode); (ok || m["mode"] == nil) && f.Mode != Ledger && f.Mode != Period {
		place(m, "mode", root).Fault("mode %q: ledger or period", "mode“%s”应为 ledger（台账）或 period（逐期累加）", mode)
	}
	frequency, ok := m["frequency"].Text()
	switch frequency {
	case "week":
		f.Frequency = calendar.Week
	case "month":
		f.Frequency = calendar.Month
	default:
		if ok || m["frequency"] == nil {
			place(m, "frequency", root).Fault("frequency %q: week or month", "frequency“%s”应为 week（周）或 month（月）", frequency)
		}
	}
}

// ownDate refuses a period form whose rows have no date of their own; n is where the form says which field has it.
func (p *parser) ownDate(root, n *decl.Node) {
	f := p.f
	if f.Mode != Period || !p.sure(f.OwnDate) || n.Broken() {
		return
	}
	if own := f.Column(f.OwnDate); own == nil || own.Type != Date && own.Type != Month {
		if n == nil {
			n = root
		}
		n.Fault("own_date %q: a period form needs a date or month field", "own_date“%s”：逐期累加的表要有日期或月份字段", f.OwnDate)
	}
}

// sure says that what is known of a field can be relied on.
func (p *parser) sure(field string) bool { return !p.unsure[""] && !p.unsure[field] }

// field gives the column that a node names.
func (p *parser) field(n *decl.Node, name string) *Column {
	c := p.f.Column(name)
	if c == nil && n != nil && p.sure(name) {
		n.Fault("%s: no such field %q", "%s：没有字段“%s”", n.Name(), name)
	}
	return c
}

func (p *parser) columns(root, n *decl.Node) {
	var items []*decl.Node
	if n != nil {
		var ok bool
		if items, ok = n.Items(); !ok {
			p.unsure[""] = true
			return
		}
	}
	if len(items) == 0 {
		p.unsure[""] = true
		root.Fault("columns are missing", "缺 columns（列）")
	}
	open := map[string]*decl.Node{}
	for _, item := range items {
		before := item.File().Faults()
		c, m := p.column(item.As("a column", "列"))
		if item.File().Faults() > before || item.Broken() {
			p.unsure[c.Field] = true
		}
		if c.Field == "" {
			continue
		}
		if p.f.Column(c.Field) != nil {
			item.Fault("the field %q stands twice", "字段“%s”重复", c.Field)
			continue
		}
		p.f.Columns = append(p.f.Columns, c)
		if c.OpenEnded != nil {
			open[c.OpenEnded.Field] = m["open_ended"]
		}
	}
	for field, n := range open {
		p.field(n, field)
	}
}

func (p *parser) column(n *decl.Node) (Column, decl.Fields) {
	m := n.Fields(columnKeys...).Filled()
	if m == nil {
		return Column{}, nil
	}
	var c Column
	var ok bool
	c.Field, ok = m["field"].Text()
	if (ok || m["field"] == nil) && (!fieldName().MatchString(c.Field) || slices.Contains(reserved, c.Field)) {
		place(m, "field", n).Fault("field %q: lower-case letters, digits and _, none of %s", "field“%s”只能用小写英文字母、数字和 _，且不能是 %s", c.Field, strings.Join(reserved, ", "))
	}
	if c.Title, _ = m["title"].Text(); m["title"] == nil {
		n.Fault("title is missing", "缺 title（表头）")
	}
	c.Synonyms = m["synonyms"].Texts()
	typ, ok := m["type"].Text()
	if c.Type = Type(typ); (ok || m["type"] == nil) && c.Type.SQL() == "" {
		place(m, "type", n).Fault("unknown type %q%s", "没有类型“%s”%s", typ, decl.Instead(typ, typeNames()))
	}
	c.Required, _ = m["required"].Bool()
	c.Names, _ = m["names"].Bool()
	c.role(m["role"], p.archived)
	if c.Names && c.Type != Text {
		m["names"].Fault("names: only of text", "names 只用于 text 类型的列")
	}
	if o := m["open_ended"].Fields(openKeys...).Filled(); o != nil {
		c.OpenEnded = &OpenEnded{Words: o["words"].Texts(), Values: o["values"].Texts()}
		c.OpenEnded.Field, _ = o["field"].Text()
	}
	c.values(n, m["values"])
	c.means(m["means"])
	c.bounds(m)
	return c, m
}

// role reads what a date is for; of declarations in an archive also role: enterprise, as `names` was written first.
func (c *Column) role(n *decl.Node, archived bool) {
	role, ok := n.Text()
	c.Role = Role(role)
	known := c.Role == Fact || c.Role == Deadline
	switch {
	case known:
		return
	case archived:
		c.Role, c.Names = "", c.Names || role == "enterprise"
	case ok:
		n.Fault("unknown role %q%s", "没有 role“%s”%s", role, decl.Instead(role, []string{string(Fact), string(Deadline)}))
	}
}

// values reads the listed values with their variants: 已办结: [办结, 已完成].
func (c *Column) values(column, n *decl.Node) {
	values, ok := n.Entries(nil)
	for _, e := range values {
		var variants []string
		if !e.Value.Null() {
			items, _ := e.Value.As("the variants of %s", "“%s”的写法", e.Key.Value()).Items()
			for _, v := range items {
				if s, ok := v.Text(); ok {
					variants = append(variants, s)
				}
			}
		}
		c.Values = append(c.Values, Value{Name: e.Key.Value(), Variants: variants})
	}
	if c.Type == List && len(values) == 0 && (ok || n == nil) {
		column.Fault("a list needs values", "list 类型的列要写 values（可选值）")
	}
}

func typeNames() []string {
	var names []string
	for t := range sqlTypes {
		names = append(names, string(t))
	}
	slices.Sort(names)
	return names
}

// bounds reads pattern, range and length.
func (c *Column) bounds(m decl.Fields) {
	if pattern, ok := m["pattern"].Text(); ok {
		n := m["pattern"]
		re, err := regexp.Compile(`^(?:` + pattern + `)$`)
		shape, _ := m["shape"].Text()
		switch {
		case err != nil:
			n.Fault("pattern: %v", "pattern 不是正则表达式：%v", err)
		case c.Type != Text && c.Type != Code:
			n.Fault("pattern: only of text and code", "pattern 只用于 text 和 code 类型")
		case m["shape"] == nil:
			n.Fault("pattern needs a shape: what it asks for, in the sender's words", "有 pattern 还要写 shape（用填报人看得懂的话说明格式）")
		default:
			c.Pattern, c.Shape = re, shape
		}
	}
	for _, b := range []struct {
		key string
		to  **big.Rat
	}{{"min", &c.Min}, {"max", &c.Max}} {
		text, ok := m[b.key].Text()
		if !ok {
			continue
		}
		n := m[b.key]
		r, ok := number(text)
		switch {
		case !ok:
			n.Fault("%s: %q is not a number", "%s：“%s”不是数", b.key, text)
		case c.Type != Int && c.Type != Money && c.Type != Percent:
			n.Fault("%s: only of int, money and percent", "%s 只用于 int、money 和 percent 类型", b.key)
		default:
			*b.to = r
		}
	}
	if m["length"] != nil {
		length, ok := m["length"].Int(0, 1<<20)
		if ok && length > 0 && c.Type != Text && c.Type != Code {
			m["length"].Fault("length: a number of characters, of text or code", "length（字数上限）只用于 text 和 code 类型")
		}
		c.Length = length
	}
}

// number reads a bound. Exponents are bounded: big.Rat writes all their digits out.
func number(text string) (*big.Rat, bool) {
	if len(text) > 64 || strings.ContainsAny(text, "eEpP") {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// key reads the parts of the business key.
func (p *parser) key(root, n *decl.Node) {
	if n == nil {
		root.Fault("key is missing", "缺 key（关键字段）")
		return
	}
	items, ok := n.ItemsOrOne()
	if ok && len(items) == 0 {
		n.Fault("key is missing", "缺 key（关键字段）")
	}
	for _, item := range items {
		text, ok := item.Text()
		if !ok {
			continue
		}
		part := KeyPart(strings.Split(text, "|"))
		for _, name := range part {
			if c := p.field(item, name); c != nil {
				c.InKey = true
			}
		}
		p.f.Key = append(p.f.Key, part)
	}
}

// rule reads a rule and resolves its fields.
func (p *parser) rule(n *decl.Node) {
	m := n.Fields(ruleKeys...).Filled()
	if m == nil {
		return
	}
	r := Rule{node: n, at: m}
	r.ID, _ = m["id"].Text()
	r.Field, _ = m["field"].Text()
	r.When, _ = m["when"].Text()
	r.Values = m["values"].Texts()
	r.Than, _ = m["than"].Text()
	r.Form, _ = m["form"].Text()
	r.Loosely, _ = m["loosely"].Bool()
	r.Most = most(m["most"])
	kind, ok := m["kind"].Text()
	if r.Kind = kind; !slices.Contains(ruleKinds, kind) {
		if ok || m["kind"] == nil {
			place(m, "kind", n).Fault("kind %q%s", "没有规则类别“%s”%s", kind, decl.Instead(kind, ruleKinds))
		}
		return
	}
	p.fields(&r)
	p.types(&r)
	p.f.Rules = append(p.f.Rules, r)
}

// fields looks whether a rule names the fields that its kind needs, and the form has them.
func (p *parser) fields(r *Rule) {
	for _, key := range needs[r.Kind] {
		name := map[string]string{"field": r.Field, "when": r.When, "than": r.Than}[key]
		if r.at[key] == nil {
			r.node.Fault("%s: no such field %q", "规则缺 %[1]s", key, name)
			continue
		}
		p.field(r.at[key], name)
	}
}

// types looks whether the fields that a rule names are such as it can be about.
func (p *parser) types(r *Rule) {
	m := r.at
	if r.Kind != Usual && m["most"] != nil {
		m["most"].Fault("most goes with kind: usual", "most 只用于 kind: usual")
	}
	if c := p.f.Column(r.Field); c != nil && p.sure(r.Field) {
		switch {
		case r.Kind == Usual && c.Type != Money && c.Type != Int:
			m["field"].Fault("usual: %s is neither an amount nor a count", "usual：%s 既不是金额也不是个数", r.Field)
		case r.Kind == "whole_when" && c.Type != Percent:
			m["field"].Fault("whole_when: %s is no percentage", "whole_when：%s 不是百分比", r.Field)
		}
	}
	if c := p.f.Column(r.Field); r.Kind == "done_exactly_when" && c != nil && p.sure(r.Field) && c.Type != Text {
		m["field"].Fault("done_exactly_when: %s is no text", "done_exactly_when：%s 不是文字", r.Field)
	}
	if w := p.f.Column(r.When); w != nil && w.Type == List && p.sure(r.When) {
		for _, v := range r.Values {
			if !slices.ContainsFunc(w.Values, func(x Value) bool { return x.Name == v }) {
				m["values"].Fault("%q is not a value of %s", "“%s”不是 %s 的可选值", v, r.When)
			}
		}
	}
}

// most reads the amount in yuan, or the count, above which a value is asked about whatever was received before.
func most(n *decl.Node) *big.Rat {
	text, ok := n.Text()
	if n == nil || !ok {
		return nil
	}
	r, ok := number(text)
	if !ok || r.Sign() <= 0 {
		n.Fault("most: %q is no amount in yuan or count above 0", "most（上限）“%s”不是大于0的金额（元）或个数", text)
		return nil
	}
	return r
}

// Check refuses a form that can't stand beside those of the set: whose rules name forms or fields that neither the set
// nor the form itself has, or whose name is another's.
func (s *Set) Check(f *Form) error {
	with := &Set{byID: map[string]*Form{f.ID: f}}
	for _, other := range s.Forms {
		if other.ID != f.ID {
			with.byID[other.ID] = other
			with.Forms = append(with.Forms, other)
		}
	}
	return errors.Join(append(with.across(f), with.alone(f)...)...)
}

// across checks what rules say of other forms.
func (s *Set) across(f *Form) (faults []error) {
	for _, r := range f.Rules {
		if r.Kind != KnownIn {
			continue
		}
		other := s.Get(r.Form)
		if other == nil {
			faults = append(faults, place(r.at, "form", r.node).Pos().Fault("rule %s: no such form %q%s", "规则 %s：没有表样“%s”%s", r.ID, r.Form, decl.Instead(r.Form, slices.Sorted(maps.Keys(s.byID)))))
			continue
		}
		if c := other.Column(r.Than); c == nil || c.Type != Text && c.Type != Code && c.Type != USCC && c.Type != Unit {
			faults = append(faults, place(r.at, "than", r.node).Pos().Fault("rule %s: %s has no field %q of names or codes", "规则 %s：%s 没有名为“%s”的名称或代码字段", r.ID, r.Form, r.Than))
		}
	}
	return faults
}

// alone refuses a title by which another form goes: views, files and commands
// name forms by title, and the one would hide the other.
func (s *Set) alone(f *Form) (faults []error) {
	for _, other := range s.Forms {
		if other == f {
			continue
		}
		switch {
		case nameKey(f.Title) == nameKey(other.Title):
			faults = append(faults, f.title.Pos().Fault("title %q is that of form %s; a form's own id is %[2]s.yaml where it is to take its place, else choose another title",
				"表名“%s”已是表样 %s 的表名；要替换该表样，请把文件名和 id 写成 %[2]s，否则请换一个表名", f.Title, other.ID))
		case nameKey(f.Title) == nameKey(other.ID):
			faults = append(faults, f.title.Pos().Fault("title %q is the id of another form; choose another title", "表名“%s”是另一表样的 id，请换一个表名", f.Title))
		}
	}
	return faults
}

var quotes = strings.NewReplacer("“", "", "”", "", "‘", "", "’", "", "「", "", "」", "", "『", "", "』", "", `"`, "", "'", "")

// nameKey is a title as views and files tell it from others: without quotes,
// and without regard to case, to spaces and to the width of characters.
func nameKey(title string) string {
	return strings.ToLower(strings.Join(strings.Fields(quotes.Replace(norm.NFKC.String(title))), ""))
}
