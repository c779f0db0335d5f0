package cell

import (
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
)

// Most columns of a return hold few different texts, and most numbers are written plainly: neither has to be read from
// scratch in each row. What is kept or read at a glance is the same as [Typer.Read] gives.

// repeated is what the texts of a column were read as, those without a fault only.
type repeated struct {
	facts        Facts
	values       map[string]Value
	asked, found int
	off          bool // hardly any text stands twice
}

const (
	repeatedMost = 1 << 15 // texts kept of a column
	repeatedSeen = 1 << 12 // texts after which a column is judged by whether it repeats
)

// ReadAt is [Typer.Read] of the kth column of the form.
func (t *Typer) ReadAt(k int, c *sheet.Cell, facts Facts) (Value, *fault) {
	col := &t.Form.Columns[k]
	if v, ok := plainNumber(c, col, facts); ok {
		return v, nil
	}
	if t.Private || c.Kind != sheet.Text || c.Format != "" || c.NoValue || col.Type == forms.Date || col.Type == forms.Month { // dates: see readDate
		return t.Read(c, col, facts)
	}
	if t.repeated == nil {
		t.repeated = make([]repeated, len(t.Form.Columns))
	}
	r := &t.repeated[k]
	if r.values == nil || r.facts != facts {
		*r = repeated{facts: facts, values: map[string]Value{}}
	}
	if r.off {
		return t.Read(c, col, facts)
	}
	r.asked++
	if v, ok := r.values[c.Text]; ok {
		r.found++
		return v, nil
	}
	if r.off = r.asked >= repeatedSeen && r.found*2 < r.asked; r.off {
		r.values = map[string]Value{}
	}
	v, f := t.Read(c, col, facts)
	if f == nil && len(r.values) < repeatedMost && !r.off {
		r.values[c.Text] = v
	}
	return v, f
}

// plainDigits is how many digits a number may have that is read at a glance: those of persons have more.
const plainDigits = 9

// plainNumber reads a count or an amount in yuan of digits alone, with two decimals at most.
func plainNumber(c *sheet.Cell, col *forms.Column, facts Facts) (v Value, ok bool) {
	if col.Type != forms.Int && col.Type != forms.Money || facts.Unit != 0 || facts.OddUnit != "" || c.NoValue || c.Percent || col.Bounds != (forms.Bounds{}) {
		return v, false
	}
	if c.Kind != sheet.Number && c.Kind != sheet.Text || c.Format != "" && (c.Kind != sheet.Number || !plainFormat(c.Format)) {
		return v, false
	}
	text := c.Text
	if len(text) == 0 || len(text) > plainDigits+1 || text[0] == '0' && len(text) > 1 && text[1] != '.' {
		return v, false
	}
	point := len(text)
	for i := range len(text) {
		switch d := text[i]; {
		case d >= '0' && d <= '9':
		case d == '.' && i > 0 && i < len(text)-1 && point == len(text):
			point = i
		default:
			return v, false
		}
	}
	decimals := max(len(text)-point-1, 0)
	switch {
	case decimals > 2, col.Type == forms.Int && decimals > 0, len(text)-min(decimals, 1) > plainDigits:
		return v, false
	case col.Type == forms.Int:
		return Value{Set: true, Text: text}, true
	case decimals == 2:
		return Value{Set: true, Text: text}, true
	case decimals == 1:
		return Value{Set: true, Text: text + "0"}, true
	}
	return Value{Set: true, Text: text + ".00"}, true
}
