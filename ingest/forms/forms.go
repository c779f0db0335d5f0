// Package forms holds the form declarations (表样): one YAML file per form,
// from which parser, validator, raw table, fill-in template and data
// dictionary all follow.
//
// Words: a field is a column's English name in tables; its title is the
// Chinese heading; synonyms are other spellings of a heading that mean the
// same; a listed value has variants in the same way. A ledger form (台账) is
// handed in whole each time; a period form adds up period by period.
//
// A new form, synonym or rule of a form needs a line of YAML alone. A new kind of
// rule gets its name and the fields that it needs in parse.go and its words in
// dictionary.go; rows by themselves are checked by it in read/rules.go, against
// what was received before in judge. A new type of column begins in forms.go and
// is read in cell.
package forms

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"io/fs"
	"math/big"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"

	"taizhang/internal/calendar"
	"taizhang/internal/decl"
	"taizhang/internal/lang"
)

//go:embed *.yaml
var builtin embed.FS

// trees are the declarations as they were parsed when the program was built.
//
//go:embed trees
var trees embed.FS

// Mode of a form.
type Mode string

const (
	Ledger Mode = "ledger" // every return is the submitter's whole current ledger
	Period Mode = "period" // rows belong to one period; periods add up
)

// Type of a column's values.
type Type string

const (
	Text    Type = "text"
	Code    Type = "code"    // an identifier kept as written: numbers without decimals
	List    Type = "list"    // one of the declared values
	Unit    Type = "unit"    // a submitter or other unit; submitters resolve through aliases
	Int     Type = "int"     // whole number
	Money   Type = "money"   // DECIMAL(18,2), yuan
	Percent Type = "percent" // DECIMAL(9,6), 1 = 100 %
	Date    Type = "date"
	Month   Type = "month"  // stored as the month's first day
	USCC    Type = "uscc"   // 统一社会信用代码, GB 32100-2015
	Person  Type = "person" // sensitive: a private person's name
	ID      Type = "id"     // sensitive: 身份证号, GB 11643-1999
	Phone   Type = "phone"  // sensitive
	Firm    Type = "firm"   // sensitive: a taxpayer's name
	TaxNo   Type = "taxno"  // sensitive: 纳税人识别号
)

var sqlTypes = map[Type]string{
	Text: "VARCHAR", Code: "VARCHAR", List: "VARCHAR", Unit: "VARCHAR", Int: "BIGINT", Money: "DECIMAL(18,2)",
	Percent: "DECIMAL(9,6)", Date: "DATE", Month: "DATE", USCC: "VARCHAR", Person: "VARCHAR", ID: "VARCHAR",
	Phone: "VARCHAR", Firm: "VARCHAR", TaxNo: "VARCHAR",
}

// SQL gives the type of the raw table's column.
func (t Type) SQL() string { return sqlTypes[t] }

// Sensitive says whether values are stored as a mask and a keyed hash only.
func (t Type) Sensitive() bool {
	return t == Person || t == ID || t == Phone || t == Firm || t == TaxNo
}

// Role of a date in time, for dates written without a year and for dates after the cut-off.
type Role string

const (
	Fact     Role = "fact"     // something that has happened: never after the cut-off
	Deadline Role = "deadline" // something planned: never before the assignment; moving it is asked about
)

// Value is a listed value with its everyday variants.
type Value struct {
	Name     string
	Variants []string
	Means    string // to the figures: see Closed; empty: nothing
}

// OpenEnded says in which words, and with which values of which field, a date may be absent on purpose.
type OpenEnded struct {
	Words  []string
	Field  string
	Values []string
}

// Column of a form.
type Column struct {
	Field     string
	Title     string
	Synonyms  []string
	Type      Type
	Role      Role
	Required  bool
	Values    []Value // of a List, in order
	OpenEnded *OpenEnded
	InKey     bool // part of the business key
	Names     bool // of a Text: it names enterprises or persons, which are compared folded (spelling.Fold)
	Bounds
}

// Bounds are what the values of a column must keep to, beside its type. A value outside is a fault of its cell.
type Bounds struct {
	Pattern *regexp.Regexp // of text and codes: the whole value, as stored
	Shape   string         // what the pattern asks for, in the sender's words: “WT-加三位数字”
	Min     *big.Rat       // of numbers (yuan; 1 = 100 %), nil if none
	Max     *big.Rat
	Length  int // of text and codes: characters at most, 0 if none
}

// Rule over several fields of a row, or over rows of several returns. Kinds:
// present_exactly_when (field is filled exactly when `when` is one of `values`), present_when, required_when,
// absent_when (field is empty, or nought, when `when` is one of `values`),
// not_before (a date not before another), at_most (a number not above another),
// whole_when (a percentage that is 100 % when `when` is one of `values`),
// done_exactly_when (a text that doesn't say that the matter is open when `when` is one of `values`, nor that it is done otherwise),
// known_in (a text that the rows that count of another `form` hold in the field `than`; with `loosely` the field may
// also hold something else: only what looks like such a name is asked about),
// usual (a number not far outside what the submitter handed in before).
// All but required_when warn; required_when makes the field required for the row.
type Rule struct {
	ID      string
	Kind    string
	Field   string
	When    string
	Values  []string
	Than    string
	Form    string
	Loosely bool
	Most    *big.Rat // of a usual rule: yuan or count that no row is expected to pass; nil if none is declared

	node *decl.Node  // where it stands
	at   decl.Fields // and its keys
}

// Kinds of rules that need what was received before.
const (
	KnownIn = "known_in"
	Usual   = "usual"
)

// KeyPart names the fields that make one part of the business key: the first that is filled counts.
type KeyPart []string

// Form is one declaration.
type Form struct {
	ID           string
	Title        string
	Synonyms     []string // other titles by which it goes
	Mode         Mode
	Frequency    calendar.PeriodKind
	Key          []KeyPart
	OwnDate      string // field that dates a row of a period form
	TotalsReject bool   // a wrong 合计 rejects the return
	OptIn        bool   // off where the zone does not list it under returns
	HashScope    string // keyed hash apart from the zone's other forms
	Columns      []Column
	Rules        []Rule
	Seq          int // place in the list of forms
	Source       []byte

	id, title *decl.Node // where they stand
}

// Index gives the place of a column among the form's; -1 where it has none of that name.
func (f *Form) Index(field string) int {
	return slices.IndexFunc(f.Columns, func(c Column) bool { return c.Field == field })
}

// Column gives a column by its field; nil where the form has none of that name.
func (f *Form) Column(field string) *Column {
	for i := range f.Columns {
		if f.Columns[i].Field == field {
			return &f.Columns[i]
		}
	}
	return nil
}

// Version tells two declarations of one form apart.
func (f *Form) Version() string {
	h := sha256.Sum256(f.Source)
	return hex.EncodeToString(h[:4])
}

// CodeOf gives, of a field that names an enterprise of the directory, the field that holds its code; "" if none.
func (f *Form) CodeOf(field string) string {
	for _, r := range f.Rules {
		if r.Kind == KnownIn && r.Form == Directory && !r.Loosely && r.Field == field {
			for _, c := range f.Columns {
				if c.Type == USCC {
					return c.Field
				}
			}
		}
	}
	return ""
}

// Directory is the form that lists the enterprises (企业名录).
const Directory = "enterprise"

// Sensitive says whether the form holds sensitive values.
func (f *Form) Sensitive() bool {
	return slices.ContainsFunc(f.Columns, func(c Column) bool { return c.Type.Sensitive() })
}

// HasAmounts says whether rows hold amounts or counts, which belong to what their keys name.
func (f *Form) HasAmounts() bool {
	return slices.ContainsFunc(f.Columns, func(c Column) bool { return c.Type == Money || c.Type == Int && !c.InKey })
}

// Fault is a fault of the form's declaration.
func (f *Form) Fault(english, chinese string, args ...any) *decl.Fault {
	return f.id.Pos().Fault(english, chinese, args...)
}

// NamesOne says whether a column names the one enterprise that a row is about.
func (f *Form) NamesOne(c *Column) bool {
	return slices.ContainsFunc(f.Rules, func(r Rule) bool { return r.Kind == KnownIn && r.Field == c.Field && !r.Loosely })
}

// PlainTitle is the title without quotation marks, as views and files are named.
func (f *Form) PlainTitle() string {
	return strings.NewReplacer("“", "", "”", "", `"`, "").Replace(f.Title)
}

// RawColumn is a column of a form's raw table.
type RawColumn struct{ Name, SQLType string }

// RawColumns gives the columns of raw.<form>, the common ones first.
func (f *Form) RawColumns() []RawColumn {
	cols := []RawColumn{
		{"zone", "VARCHAR"}, {"return_id", "VARCHAR"}, {"sheet", "VARCHAR"},
		{"row_no", "INTEGER"}, {"key_text", "VARCHAR"},
	}
	for _, c := range f.Columns {
		cols = append(cols, RawColumn{c.Field, c.Type.SQL()})
		if c.Names {
			cols = append(cols, RawColumn{c.Field + "_folded", "VARCHAR"})
		}
		if c.Type.Sensitive() {
			cols = append(cols, RawColumn{c.Field + "_hash", "VARCHAR"})
		}
	}
	return cols
}

// Set is all forms in force, in order.
type Set struct {
	Forms []*Form
	byID  map[string]*Form
}

// Get gives a form by id, nil if there is none.
func (s *Set) Get(id string) *Form { return s.byID[id] }

// Lookup finds a form by id or title.
func (s *Set) Lookup(name string) *Form {
	if f := s.byID[name]; f != nil {
		return f
	}
	for _, f := range s.Forms {
		if f.Title == name || f.PlainTitle() == name {
			return f
		}
	}
	return nil
}

// order in which lists show the built-in forms; a zone's own come after, by id.
var order = []string{"problem", "enterprise_request", "special_item", "contact", "key_task", "livelihood", "activity",
	"assistance", "beneficiary", "incentive", "tax_refund", "pension_deferral", "job_fair", "financing", "land_payment", "enterprise"}

// Load reads the built-in declarations and then those of the given folders, which add to or replace them.
// Errors carry file, line and column.
func Load(more ...fs.FS) (*Set, error) {
	texts := map[string]file{}
	for i, fsys := range append([]fs.FS{builtin}, more...) {
		names, err := fs.Glob(fsys, "*.yaml")
		if err != nil {
			return nil, lang.Errorf("list forms: %w", "列出表样：%w", err)
		}
		for _, n := range names {
			b, err := fs.ReadFile(fsys, n)
			if err != nil {
				return nil, lang.Errorf("read form %s: %w", "读取表样 %s：%w", n, err)
			}
			name := n
			if i > 0 {
				name = path.Join("forms", n)
			}
			texts[strings.TrimSuffix(n, ".yaml")] = file{name, b, i > 0}
		}
	}
	return parseAll(texts, decl.Options{})
}

// FromTexts builds a set from declaration texts by id, as `rebuild` does from the archive: what was in force once is
// accepted again.
func FromTexts(byID map[string]string) (*Set, error) {
	texts := map[string]file{}
	for id, t := range byID {
		texts[id] = file{name: id + ".yaml", text: []byte(t)}
	}
	return parseAll(texts, decl.Options{Archived: true})
}

// Trees gives the built-in declarations' trees, by the names of their files, as make generate writes them.
func Trees() (map[string]string, error) {
	out := map[string]string{}
	for _, id := range order {
		text, err := fs.ReadFile(builtin, id+".yaml")
		if err != nil {
			return nil, err
		}
		if out[id+".tree"], err = decl.Prepare(id+".yaml", text); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// treeOf is the tree of a built-in declaration; "" where a file is none.
func treeOf(name string) string {
	text, _ := fs.ReadFile(trees, "trees/"+strings.TrimSuffix(name, ".yaml")+".tree")
	return string(text)
}

// replaced is the program's own form that a form stands for; nil where there is none, and where it is that form.
func replaced(f *Form) (*Form, error) {
	text, err := fs.ReadFile(builtin, f.ID+".yaml")
	if err != nil || bytes.Equal(text, f.Source) {
		return nil, nil // no such file among those that are part of the program, or its own text
	}
	return parse(f.ID+".yaml", text, decl.Options{})
}

type file struct {
	name string
	text []byte
	own  bool // a zone's, not the program's
}

func parseAll(texts map[string]file, o decl.Options) (*Set, error) {
	ids := make([]string, 0, len(texts))
	for id := range texts {
		ids = append(ids, id)
	}
	rank := func(id string) int {
		if i := slices.Index(order, id); i >= 0 {
			return i
		}
		return len(order)
	}
	sort.Slice(ids, func(i, j int) bool {
		if a, b := rank(ids[i]), rank(ids[j]); a != b {
			return a < b
		}
		return ids[i] < ids[j]
	})
	set := &Set{byID: map[string]*Form{}}
	var faults []error
	for i, id := range ids {
		f, err := parse(texts[id].name, texts[id].text, o)
		if err == nil && f.ID != id {
			err = f.id.Pos().Fault("the file is named %q but declares the form %q", "文件名是“%s”，里面声明的却是表样“%s”", id, f.ID)
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		f.Seq = i + 1
		set.Forms = append(set.Forms, f)
		set.byID[id] = f
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	for _, f := range set.Forms {
		if b, err := replaced(f); err != nil {
			faults = append(faults, err)
		} else if b != nil {
			faults = append(faults, f.inherit(b, o.Archived)...)
		}
		faults = append(faults, set.across(f)...)
		if texts[f.ID].own {
			faults = append(faults, set.alone(f)...)
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return set, nil
}
