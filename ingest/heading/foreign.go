package heading

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
)

// Headings in English alone: below Chinese ones they repeat these, by themselves no form knows them.

// Foreign says whether a row holds texts in Latin letters and nothing else, three at least: Company | Credit code | Amount.
func Foreign(row *sheet.Row) bool {
	n := 0
	for i := range row.Cells {
		c := &row.Cells[i]
		if !sight.Filled(c) {
			continue
		}
		if c.Kind != sheet.Text || !inLatin(c.Text) {
			return false
		}
		n++
	}
	return n >= 3
}

// inLatin says whether a text is words in Latin letters: no code and no date.
func inLatin(s string) bool {
	if len(s) > 90 {
		return false
	}
	s, _, _ = strings.Cut(strings.ReplaceAll(s, "（", "("), "(") // Amount (10k yuan)
	letters := 0
	for _, r := range s {
		switch {
		case r > unicode.MaxLatin1 || r >= '0' && r <= '9':
			return false
		case unicode.IsLetter(r):
			letters++
		}
	}
	return letters >= 2
}

// Abroad is a head in English alone, and what each of its headings seems to be by what stands below.
type Abroad struct {
	Row      int // from 1
	Headings []string
	Likely   [][2]string // heading and title of the column
}

// ForeignHead finds such a head of a form on a page; nil where there is none.
func (v *Vocabulary) ForeignHead(p *Page, f *forms.Form) *Abroad {
	for i := range min(len(p.Rows), headRows) {
		if !Foreign(p.Row(i)) {
			continue
		}
		a := &Abroad{Row: p.Rows[i].N}
		holds := map[*forms.Column][]string{} // headings below which values of a column's kind stand
		for k := range p.Row(i).Cells {
			c := &p.Row(i).Cells[k]
			if !sight.Filled(c) {
				continue
			}
			name := written.Short(written.Tidy(c.Text), 30)
			a.Headings = append(a.Headings, name)
			for m := range f.Columns {
				if col := &f.Columns[m]; col.Required && v.allBelow(p, i+1, c.Col, col) {
					holds[col] = append(holds[col], name)
				}
			}
		}
		for m := range f.Columns {
			col := &f.Columns[m]
			if len(holds[col]) != 1 {
				continue
			}
			only := true // no other column is of the same kind
			for other, names := range holds {
				only = only && (other == col || !slices.Contains(names, holds[col][0]))
			}
			if only {
				a.Likely = append(a.Likely, [2]string{holds[col][0], col.Title})
			}
		}
		return a
	}
	return nil
}

var codeShape = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9A-Z]{18}$`) })

// allBelow says whether all that stands below a cell is of a column's kind; false of kinds that anything may be of.
func (v *Vocabulary) allBelow(p *Page, from, col int, c *forms.Column) bool {
	n := 0
	for i := from; i < min(len(p.Rows), from+valueRows); i++ {
		cell := sight.CellIn(p.Row(i), col)
		if !sight.Filled(cell) || len(p.Row(i).Cells) < 3 {
			continue
		}
		ok := false
		switch c.Type {
		case forms.List:
			_, ok = v.Lists[c][written.Heading(cell.Text)]
		case forms.Date:
			_, _, ok = written.CellDate(*cell)
			ok = ok && cell.Kind != sheet.Number
		case forms.USCC, forms.TaxNo, forms.ID:
			ok = codeShape().MatchString(strings.ToUpper(written.Plain(cell.Text)))
		case forms.Money:
			_, _, ok = sight.NumberOf(cell)
		}
		if !ok {
			return false
		}
		n++
	}
	return n > 0
}
