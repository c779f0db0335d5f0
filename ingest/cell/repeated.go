package cell

import (
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
)

// Most columns of a return hold few different texts, and most numbers are written plainly: neither has to be read from
// scratch in each row. What is kept or read at a glance is the same as [Typer.Read] gives.

// repeated is what the texts and dates that a column repeats were read as, by their number; those without a fault only.
type repeated struct {
	facts  Facts
	values []Value // Set where it is known
}

// Numbered are the values of texts that are repeated, by number from 1.
type Numbered struct{ values []Value }

const numberedMost = 1<<16 - 1

// add numbers a value, as long as there are numbers.
func (n *Numbered) add(v Value) Value {
	if v.number = 0; len(n.values) < numberedMost {
		v.number = uint16(len(n.values) + 1)
		n.values = append(n.values, v)
	}
	return v
}

// From says which shelf the cells that ReadAt reads come from: another numbers its texts otherwise.
func (t *Typer) From(shelf *sheet.Shelf) {
	if t.shelf != shelf {
		t.shelf, t.repeated = shelf, nil
	}
}

// ReadAt is [Typer.Read] of the kth column of the form.
func (t *Typer) ReadAt(k int, c *sheet.Cell, facts Facts) (Value, *fault) {
	col := &t.Form.Columns[k]
	if v, ok := plainNumber(c, col, facts); ok {
		return v, nil
	}
	if c.Again == 0 || t.Private || c.Kind != sheet.Date && c.Format != "" || c.NoValue {
		return t.Read(c, col, facts)
	}
	if t.repeated == nil {
		t.repeated = make([]repeated, len(t.Form.Columns))
	}
	r := &t.repeated[k]
	if r.values == nil || r.facts != facts {
		*r = repeated{facts: facts}
	}
	if at := int(c.Again); at < len(r.values) && r.values[at].Set {
		return r.values[at], nil
	}
	v, f := t.Read(c, col, facts)
	if f == nil && v.Set && !v.Hid && (t.Assigned == nil || !dated(col) || t.alwaysThatDay(c, col)) {
		for len(r.values) <= int(c.Again) {
			r.values = append(r.values, Value{})
		}
		v = t.Numbered().add(v)
		r.values[c.Again] = v
	}
	return v, f
}

// Numbered are the values that ReadAt keeps.
func (t *Typer) Numbered() *Numbered {
	if t.numbered == nil {
		t.numbered = &Numbered{}
	}
	return t.numbered
}

// alwaysThatDay says whether a cell that was read as a date is read so in every row.
func (t *Typer) alwaysThatDay(c *sheet.Cell, col *forms.Column) bool {
	_, ok := t.days[dayOf(c, col)]
	return ok
}

// dated says whether a column holds dates, of which one without its year goes by the day on which its row's item was assigned.
func dated(col *forms.Column) bool { return col.Type == forms.Date || col.Type == forms.Month }

// plainDigits is how many digits a number may have that is read at a glance: those of persons have more.
const plainDigits = 9

// plainNumber reads a count or an amount in yuan of digits alone, with two decimals at most.
func plainNumber(c *sheet.Cell, col *forms.Column, facts Facts) (v Value, ok bool) {
	if !plainlyNumber(c, col, facts) {
		return v, false
	}
	digits, decimals, ok := plainDecimals(c.Text)
	switch {
	case !ok, decimals > 2, col.Type == forms.Int && decimals > 0, digits > plainDigits:
		return v, false
	case col.Type == forms.Int || decimals == 2:
		return Value{Set: true, Text: c.Text}, true
	case decimals == 1:
		return Value{Set: true, Text: c.Text + "0"}, true
	}
	return Value{Set: true, Text: c.Text + ".00"}, true
}

// plainlyNumber says whether neither column nor cell gives a number another unit, bound or look than its digits have.
func plainlyNumber(c *sheet.Cell, col *forms.Column, facts Facts) bool {
	if col.Type != forms.Int && col.Type != forms.Money || facts.Unit != 0 || facts.OddUnit != "" || c.NoValue || c.Percent || col.Bounds != (forms.Bounds{}) {
		return false
	}
	return c.Kind == sheet.Number && (c.Format == "" || plainFormat(c.Format)) || c.Kind == sheet.Text && c.Format == ""
}

// plainDecimals counts the digits of a number, and those behind its point; it has no sign, no leading zeros and nothing else.
func plainDecimals(text string) (digits, decimals int, ok bool) {
	if len(text) == 0 || len(text) > plainDigits+1 || text[0] == '0' && len(text) > 1 && text[1] != '.' {
		return 0, 0, false
	}
	point := len(text)
	for i := range len(text) {
		switch d := text[i]; {
		case d >= '0' && d <= '9':
		case d == '.' && i > 0 && i < len(text)-1 && point == len(text):
			point = i
		default:
			return 0, 0, false
		}
	}
	decimals = max(len(text)-point-1, 0)
	return len(text) - min(decimals, 1), decimals, true
}
