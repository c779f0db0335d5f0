package layout

import (
	"slices"
	"strings"

	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/rowkind"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// carried is what a section row said of a column that the table lacks or that may be empty below it, and how that row was numbered.
type carried struct {
	value, style string
	text         string // as the row says it
	row          int    // of a column that the table has: the section's row
}

// numbering is the way in which a section row is numbered, the tenth like the first: 一、 or （一） or 1 or Ⅰ、.
func numbering(text string) string {
	var b strings.Builder
	last := rune(0)
	for _, c := range written.Bullet(text) {
		switch {
		case strings.ContainsRune("一二三四五六七八九十", c):
			c = '一'
		case c >= '0' && c <= '9':
			c = '1'
		case c == 'i' || c == 'v' || c == 'x':
			c = 'i'
		}
		if c != last {
			b.WriteRune(c)
		}
		last = c
	}
	return b.String()
}

// section takes what a section row says of columns that the table lacks: a list's value, a street. False where it says
// nothing of them; then what a section of the same rank said before holds no longer.
func (r *tableReader) section(row *sheet.Row) bool {
	whole := rowkind.SectionWords(row)
	if len(whole) > 120 {
		return false
	}
	text, style := written.Unnumbered(whole), numbering(whole)
	if heading.MonthAlone().MatchString(whole) { // 7月 is no item 7
		text, style = whole, "月"
	}
	depth := slices.Index(r.ranks, style)
	if depth < 0 {
		depth = len(r.ranks)
		r.ranks = append(r.ranks, style)
	}
	for k, c := range r.carry { // a section ends those within the one before it
		if slices.Index(r.ranks, c.style) > depth {
			r.carry[k] = carried{style: c.style}
		}
	}
	told, above := false, row.N < r.page.Rows[r.head.Row].N
	meant := r.onlyMeant(text)
	if meant >= 0 && (above || r.at[meant].Col == 0) {
		meant = -1
	}
	for k := range r.at {
		if r.at[k].Col > 0 {
			if k == meant {
				r.carry[k] = carried{r.reader.SectionValue(r.at[k].Field, text), style, written.Tidy(rowkind.SectionText(row)), row.N}
			} else if c, ok := r.carry[k]; ok && c.style == style {
				delete(r.carry, k)
			}
			continue
		}
		v := r.reader.SectionValue(r.at[k].Field, text)
		if v != "" {
			if r.carry[k].value != v && r.at[k].Field.Type == forms.Unit {
				r.told[r.at[k].Field.Field]++
			}
			r.carry[k] = carried{value: v, style: style}
			r.table.carried[r.at[k].Field.Field] = true
			told = true
		} else if c, ok := r.carry[k]; ok && c.style == style && !above { // a line below a title doesn't end what the title says
			r.carry[k] = carried{style: style}
		}
	}
	return told
}

// onlyMeant is the only column of which a text says a value; -1 where it says that of none or of several: 企业 is a source of problems
// and a list of them.
func (r *tableReader) onlyMeant(text string) int {
	meant := -1
	for k := range r.at {
		if v := r.reader.SectionValue(r.at[k].Field, text); v == "" || v == "其他" {
			continue
		}
		if meant >= 0 {
			return -1
		}
		meant = k
	}
	return meant
}
