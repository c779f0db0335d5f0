package heading

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

var someNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\d{5}|\d[-./年]\d`) })

// headLike says whether a row may be the second or third of a head: at least half of its texts are headings, units or
// periods, none is a number or date. A row of data must never be taken for a part of the head above it.
func (v *Vocabulary) headLike(row *sheet.Row) bool {
	all, known := 0, 0
	for k := range row.Cells {
		c := &row.Cells[k]
		if !sight.Filled(c) {
			continue
		}
		if c.Kind != sheet.Text || len(c.Text) > 180 {
			if c.Kind == sheet.Number && c.Num >= 2000 && c.Num < 2100 { // a year
				continue
			}
			return false
		}
		all++
		ns, _, _ := written.HeadingForms(c.Text)
		var h columnHead
		bare := strings.Trim(ns[0], "()[]【】:")
		if _, isUnit := written.UnitIn(bare); isUnit || h.say(bare) || v.IsWord(c.Text) {
			known++
		} else if someNumber().MatchString(written.Plain(c.Text)) {
			return false
		}
	}
	return known*2 >= all
}

// proven says whether merged cells make row j a part of the head that begins at row i, however many headings it holds that
// nobody knows: a heading merged down from above reaches into it, or all of its cells stand below headings merged over
// several columns. A row with numbers or dates is data all the same.
func (v *Vocabulary) proven(p *Page, i, j int) bool {
	texts, below := 0, map[int]int{} // by the first column of the group above
	for k := range p.Row(j).Cells {
		c := &p.Row(j).Cells[k]
		if !sight.Filled(c) {
			continue
		}
		if c.Kind != sheet.Text || len(c.Text) > 180 || someNumber().MatchString(written.Plain(c.Text)) || written.Atoi(written.Plain(c.Text)) > 0 {
			return false
		}
		texts++
		if m, ok := p.Areas[[2]int{p.Rows[j-1].N, c.Col}]; ok && m.Bottom < p.Rows[j].N && m.Right > m.Left && m.Right-m.Left+1 < p.widest(j) {
			below[m.Left]++
		}
	}
	most, all := 0, 0
	for _, n := range below {
		most, all = max(most, n), all+n
	}
	if texts == 0 || all == texts && most >= 2 {
		return texts > 0
	}
	return slices.ContainsFunc(p.Merged, func(m sheet.Range) bool {
		if m.Top != p.Rows[i].N || m.Bottom < p.Rows[j].N || m.Bottom > m.Top+4 {
			return false
		}
		c := sight.CellIn(p.Row(i), m.Left)
		return c != nil && c.Kind == sheet.Text && v.IsWord(c.Text)
	})
}

// underGroups says whether row j names the columns of groups that are not merged, as in CSV: all that it says stands below a
// heading, or right of one where nothing is above, two texts at least in a row for each.
func (p *Page) underGroups(j int) bool {
	above, cells := p.Row(j-1), p.Row(j).Cells
	group, next, n := 0, 0, 0 // the group's first column, the one that must come next, texts so far
	for k := range cells {
		c := &cells[k]
		if !sight.Filled(c) {
			continue
		}
		text := strings.TrimPrefix(spelling.Squash(c.Text), "其中:")
		if c.Kind != sheet.Text || len(text) > 30 || strings.Contains(text, ":") || someNumber().MatchString(written.Plain(c.Text)) || written.Atoi(written.Plain(c.Text)) > 0 {
			return false
		}
		if _, merged := p.Areas[[2]int{above.N, c.Col}]; merged {
			return false
		}
		if sight.Filled(sight.CellIn(above, c.Col)) { // a group begins
			if group > 0 && n < 2 {
				return false
			}
			group, n = c.Col, 0
		} else if c.Col != next {
			return false
		}
		n, next = n+1, c.Col+1
	}
	return group > 0 && n >= 2
}

// widest is how many columns the rows around row j span: a title merged over all of them groups nothing.
func (p *Page) widest(j int) int {
	n := 0
	for k := max(0, j-1); k < min(len(p.Rows), j+3); k++ {
		if cells := p.Row(k).Cells; len(cells) > 0 {
			n = max(n, cells[len(cells)-1].Col)
		}
	}
	return n
}

// inside says whether a heading merged downwards from a row above reaches into row i: then the head begins there.
func (v *Vocabulary) inside(p *Page, i int) bool {
	n := p.Rows[i].N
	for _, m := range p.Merged {
		if m.Top >= n || m.Bottom < n || m.Left == m.Right && m.Bottom-m.Top > 3 {
			continue
		}
		for j := i - 1; j >= 0 && p.Rows[j].N >= m.Top; j-- {
			if p.Rows[j].N == m.Top {
				if c := sight.CellIn(p.Row(j), m.Left); c != nil && c.Kind == sheet.Text && v.IsWord(c.Text) {
					return true
				}
			}
		}
	}
	return false
}

// worded is what is seen of a row at a glance in the search for heads.
type worded struct {
	known         bool   // the rest has been looked up
	first, second string // two different texts that some form knows as headings
	sparse        bool   // it is not dense; the rest may not have been looked up
	dense         bool   // half of its texts are such words, two at least, and it holds neither numbers nor dates
}

// wordsOf looks a row up, once.
func (v *Vocabulary) wordsOf(p *Page, j int) *worded {
	if p.words == nil {
		p.words = make([]worded, len(p.Rows))
	}
	w := &p.words[j]
	if w.known {
		return w
	}
	w.known = true
	texts, hits, values := 0, 0, 0
	for k := range p.Row(j).Cells {
		c := &p.Row(j).Cells[k]
		switch {
		case c.Kind == sheet.Number && (c.Num < 2000 || c.Num >= 2100) || c.Kind == sheet.Date && c.Num != math.Trunc(c.Num): // a year, a month may be headings
			values++
		case c.Kind == sheet.Text && c.Text != "":
			if texts++; !v.IsWord(c.Text) {
				continue
			}
			switch hits++; {
			case w.first == "":
				w.first = c.Text
			case w.second == "" && c.Text != w.first:
				w.second = c.Text
			}
		}
	}
	w.dense = values == 0 && hits >= 2 && hits*2 >= texts
	return w
}

// promising is a quick test before headings are read: among the cells of the three rows are two different headings that
// some form knows. One alone may be a listed value that another form has a heading for.
func (v *Vocabulary) promising(p *Page, i int) bool {
	first := ""
	for j := i; j < min(i+3, len(p.Rows)); j++ {
		w := v.wordsOf(p, j)
		switch {
		case w.second != "" || first != "" && w.first != "" && w.first != first:
			return true
		case first == "":
			first = w.first
		}
	}
	return false
}

// dense says whether one of the three rows that a head may have at row i looks like one.
func (v *Vocabulary) dense(p *Page, i int) bool {
	for j := i; j < min(i+3, len(p.Rows)); j++ {
		if !v.sparse(p, j) && v.wordsOf(p, j).dense {
			return true
		}
	}
	return false
}

// sparse says of a row, without looking all of it up, that too few of its texts are headings. Most rows are of data, and
// end here.
func (v *Vocabulary) sparse(p *Page, j int) bool {
	if p.words == nil {
		p.words = make([]worded, len(p.Rows))
	}
	w := &p.words[j]
	if w.known || w.sparse {
		return !w.dense
	}
	cells, texts, others := p.Row(j).Cells, 0, 0
	for k := range cells {
		switch c := &cells[k]; {
		case c.Kind == sheet.Date && written.SerialDate(c.Num).Day() != 1: // a month may be a heading, a day is none
			w.sparse = true
			return true
		case c.Kind == sheet.Text && c.Text != "":
			texts++
		}
	}
	for k := range cells {
		if c := &cells[k]; c.Kind == sheet.Text && c.Text != "" && !v.IsWord(c.Text) {
			if others++; others*2 > texts {
				w.sparse = true
				return true
			}
		}
	}
	return false
}

// plausible says whether at least two headings are words that some form knows.
func (v *Vocabulary) plausible(heads map[int]columnHead) bool {
	v.spellAll(heads)
	n := 0
	for _, h := range heads {
		if len(h.spelled) > 0 {
			n++
		}
	}
	return n >= 2
}

// saysOfNumbers says whether all that a row of remarks says is said of columns of numbers: then it belongs to the head
// even where that leaves nothing to read (only 累计). A lone 累计 in the column of names begins a row.
func (p *Page) saysOfNumbers(i int, h *Head) bool {
	for k := range p.Row(i).Cells {
		c := &p.Row(i).Cells[k]
		if sight.Filled(c) && !slices.ContainsFunc(h.Columns, func(x Placed) bool {
			return (x.Col == c.Col || p.Areas[[2]int{p.Rows[h.Row].N, c.Col}].Left == x.Col) && (IsNumber(x.Field) || x.Field.Type == forms.Percent)
		}) {
			return false
		}
	}
	return true
}
