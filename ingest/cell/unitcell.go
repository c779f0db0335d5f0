package cell

import (
	"regexp"
	"strings"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/secret"
)

var organisation = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(街道|镇|乡|街|苏木|社区|村|居委会|村委会|局|委|办|办公室|办事处|中心|处|科|股|室|站|所|队|组|会|院|校|厅|部|公司|集团|园区|开发区|高新区|管委会)$`)
})

// person says whether a text in the place of a unit may name a person: it is none of the zone's units, and not called as
// units are.
func (t *Typer) person(u string) bool {
	if u == "" || organisation().MatchString(u) {
		return false
	}
	_, known := t.Register.Match(u)
	return !known
}

// readUnit reads a unit's name; names are kept, since a column repeats few. Of a name that looks like a submitter's but
// is none, and of a street that the zone hasn't, the first cell is asked about.
func (t *Typer) readUnit(raw string, col *forms.Column) (Value, *fault) {
	key := col.Field + "\x1f" + raw
	u, seen := t.units[key]
	if seen {
		return Value{Set: u != "", Hid: strings.Contains(u, "***"), Text: u}, nil // nothing but separators names no unit
	}
	like := ""
	if s, ok := t.Register.Street(raw); ok && col.Field == "street" {
		u = s.Name
	} else if several, _ := t.Register.Streets(raw); len(several) > 0 && col.Field == "street" {
		u = several[0]
	} else {
		u, like = t.Register.Unit(raw)
	}
	u = t.hidden(u)
	person := t.Private && t.person(u)
	if person {
		u = secret.Mask(forms.Firm, u)
	}
	if t.units == nil {
		t.units = map[string]string{}
	}
	t.units[key] = u
	if person {
		return Value{Set: true, Text: u}, because(finding.UnitHidden(col.Title, u))
	}
	if like != "" && u != "" {
		return Value{Set: true, Text: u}, because(finding.UnitUnknown(col.Title, t.Quote(raw, 30), like))
	}
	if streets, stranger := t.Register.Stranger(u, col.Field == "street"); stranger {
		return Value{Set: true, Text: u}, because(finding.StreetUnknown(col.Title, t.Quote(u, 30), streets))
	}
	return Value{Set: u != "", Hid: strings.Contains(u, "***"), Text: u}, nil
}
