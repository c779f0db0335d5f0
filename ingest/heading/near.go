package heading

import (
	"slices"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
)

// Near is the form that a page without a head comes closest to.
type Near struct {
	Form       *forms.Form
	Understood []string // headings, as the sender wrote them
	Missing    []string // titles of required columns that are not there
	Named      bool     // the page's title names the form
}

// nearLeast is how many headings of a form a page must have to come close to it: two stand in any list (单位, 备注).
const nearLeast = 3

// Nearest gives the form that a page without a head comes closest to, by its headings; nil where it comes close to none.
// A form that the title names needs one heading less. preferred forms come first of those that fit alike.
func (v *Vocabulary) Nearest(p *Page, preferred func(*forms.Form) bool) *Near {
	named := v.Titled(p.Above(min(6, len(p.Rows))) + " " + p.Name)
	var best *candidate
	weight := func(c *candidate) int {
		n := c.Found*4 + len(c.Columns)*2
		if c.Form == named {
			n += 100
		}
		if preferred(c.Form) {
			n++
		}
		return n
	}
	for i := 0; i < min(len(p.Rows), headRows); i++ {
		heights := v.HeadsOf(p, i)
		if heights == nil {
			continue
		}
		for _, f := range v.Set.Forms {
			c := v.HeadAt(i, f, heights)
			if c == nil || len(c.Columns) < nearLeast && (f != named || len(c.Columns) < nearLeast-1) {
				continue
			}
			if best == nil || weight(c) > weight(best) {
				best = c
			}
		}
	}
	if best == nil {
		return nil
	}
	n := &Near{Form: best.Form, Named: best.Form == named}
	for i := range best.Columns {
		n.Understood = append(n.Understood, lastLevel(best.Columns[i].Title))
	}
	best.Lack()
	for _, c := range best.Missing {
		n.Missing = append(n.Missing, c.Title)
	}
	if len(n.Missing) == 0 {
		return nil
	}
	return n
}

// Transposed says whether the headings of a form stand below one another, and in which column (A).
func (v *Vocabulary) Transposed(p *Page) (column string, ok bool) {
	for col := 1; col <= 3; col++ { // 序号 or a group may stand before them
		texts, words := 0, 0
		seen := map[string]bool{}
		for i := range min(len(p.Rows), headRows) {
			c := sight.CellIn(p.Row(i), col)
			if c == nil || !sight.Filled(c) || len(p.Row(i).Cells) < 2 { // a title stands alone
				continue
			}
			texts++
			if c.Kind == sheet.Text && v.IsWord(c.Text) && !seen[c.Text] {
				seen[c.Text] = true
				words++
			}
		}
		if words >= transposedLeast && mostOf(words, texts) {
			return letters(col), true
		}
	}
	return "", false
}

// Carded says whether each item stands in a form of its own, with the headings before their contents: 问题编号 | Q-1 |
// 问题来源 | 走访 over 责任清单 | 安全 | 牵头单位 | 经发局.
func (v *Vocabulary) Carded(p *Page) bool {
	rows, seen := 0, map[string]bool{}
	for i := range min(len(p.Rows), headRows) {
		words, said := 0, 0
		for _, c := range p.Row(i).Cells {
			if !sight.Filled(&c) || c.Kind != sheet.Text || !v.IsWord(c.Text) {
				continue
			}
			words++
			seen[written.Heading(c.Text)] = true
			if next := sight.CellIn(p.Row(i), c.Col+1); sight.Filled(next) && !v.IsWord(next.Text) {
				said++
			}
		}
		if words > cardedMost { // a head of a table
			return false
		}
		if words > 1 && said > 0 { // of a table that lies on its side each row has one
			rows++
		}
	}
	return rows >= cardedRows && len(seen) >= transposedLeast
}

// A form of one item says no more than cardedMost things in a row, and goes over cardedRows rows at least.
const (
	cardedMost = 3
	cardedRows = 3
)

// transposedLeast is how many headings stand below one another before a sheet is taken to lie on its side: a cover sheet
// has 填报单位, 联系人 and 联系电话 in a column.
const transposedLeast = 5

// HeadedByValues finds the listed column of a form whose values a row has for headings, two at least; nil where none has.
func (v *Vocabulary) HeadedByValues(p *Page, f *forms.Form) (*forms.Column, []string) {
	for i := range min(len(p.Rows), headRows) {
		for k := range f.Columns {
			c := &f.Columns[k]
			if c.Type != forms.List {
				continue
			}
			var values []string
			for j := range p.Row(i).Cells {
				if value, ok := v.Lists[c][written.Heading(p.Row(i).Cells[j].Text)]; ok && !slices.Contains(values, value) {
					values = append(values, value)
				}
			}
			if len(values) > 1 {
				return c, values
			}
		}
	}
	return nil, nil
}
