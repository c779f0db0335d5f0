package layout

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// A section's heading may stand in several cells: its number under 序号, its name in the next column (一 | 智能制造项目), how many
// rows follow in a third (2件).

var (
	sectionNumber = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^第[一二三四五六七八九十0-9]{1,3}(部分|类|批|章|节|期|轮)$`)
	})
	sectionCount = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[(（]?(共|合计|小计|计)?:?\d+(件|项|个|户|家|条|笔|人|批)[)）]?$`)
	})
	// namedBatch is a batch that has a name for a number: 开工一批.
	namedBatch   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\p{Han}{1,8}一批$`) })
	numberedPart = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^第([0-9]{1,4}|[一二三四五六七八九十百]{1,6})(批次|批|期|轮|次)$`)
	})
)

// splitSection gives the number and the name of a section that stand in cells of their own; ok says that nothing else but a count
// stands in the row.
func splitSection(row *sheet.Row) (number, name *sheet.Cell, ok bool) {
	n := 0
	for i := range row.Cells {
		c := &row.Cells[i]
		if !present(c) {
			continue
		}
		if n++; n > 3 || c.Kind != sheet.Text || len(c.Text) > 180 {
			return nil, nil, false
		}
		switch word := written.Squash(c.Text); {
		case n == 1:
			if number = c; !outline().MatchString(word) && !sectionNumber().MatchString(word) {
				if !sectionWord().MatchString(word) || written.Squash(word)[0] < 0x80 { // 一、企业难题 | 2件
					return nil, nil, false
				}
				name = c
			}
		case sectionCount().MatchString(word):
		case name != nil:
			return nil, nil, false
		default:
			name = c
		}
	}
	return number, name, n > 1 && (name != nil || sectionNumber().MatchString(written.Squash(number.Text)))
}

// sectionText is a section's heading as one text: 一、智能制造项目.
func sectionText(row *sheet.Row) string {
	number, name, ok := splitSection(row)
	switch {
	case !ok:
		return FirstText(row).Text
	case name == nil || name == number:
		return number.Text
	}
	lead := strings.TrimSpace(number.Text)
	if strings.HasSuffix(lead, "、") || strings.ContainsAny(lead, ")）】.．") {
		return lead + name.Text
	}
	return lead + "、" + name.Text
}

// isSplitSection says whether the row is such a heading. Where Chinese numerals count the rows of the table it is none, but a row
// that somebody has not filled in.
func (s *rowSeen) isSplitSection() bool {
	number, name, ok := splitSection(s.row)
	if !ok || s.numbers {
		return false
	}
	if slices.ContainsFunc(s.at, func(p Placed) bool { _, down := s.down[[2]int{s.row.N, p.Col}]; return p.Col > 0 && down }) {
		return false // a part of merged rows
	}
	for _, c := range []*sheet.Cell{number, name} {
		if c != nil && slices.ContainsFunc(s.at, func(p Placed) bool { return p.Col == c.Col && s.holds(c, p.Field) }) {
			return false
		}
	}
	return number == name || !s.p.countedBy(number.Col)
}

// holds says whether a text is a value of the kind that its column asks for: one of its listed values, a unit of the zone.
func (s *rowSeen) holds(c *sheet.Cell, f *forms.Column) bool {
	switch f.Type {
	case forms.List:
		return s.seen > 0 && s.v.Lists[f][written.Heading(c.Text)] != "" && f.InKey
	case forms.Int:
		_, ok := written.ParseInt(c.Text)
		return ok
	}
	return false
}

// countedBy says whether rows with more than a name have Chinese numerals in a column.
func (p *Page) countedBy(col int) bool {
	known, ok := p.numerals[col]
	if ok {
		return known
	}
	for i := range p.Rows {
		c := CellIn(p.Row(i), col)
		if c == nil || c.Kind != sheet.Text || !outline().MatchString(written.Squash(c.Text)) {
			continue
		}
		texts := 0
		for k := range p.Row(i).Cells {
			if x := &p.Row(i).Cells[k]; present(x) && x.Kind != sheet.Number {
				texts++
			}
		}
		if known = texts > 3; known {
			break
		}
	}
	if p.numerals == nil {
		p.numerals = map[int]bool{}
	}
	p.numerals[col] = known
	return known
}

// numbered reads a section's heading as the number that a column asks for (第三批 for 交办批次); "" where it is none.
func numbered(c *forms.Column, text string) string {
	m := numberedPart().FindStringSubmatch(text)
	if m == nil || !c.InKey || !strings.Contains(c.Title+strings.Join(c.Synonyms, " "), m[2]) {
		return ""
	}
	n, ok := written.ParseInt(m[1])
	if !ok {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// carried is what a section row said of a column that the table lacks or that may be empty below it, and how that row was numbered.
type carried struct {
	value, style string
	text         string // as the row says it
	row          int    // of a column that the table has: the section's row
}

// numbering is the way in which a section row is numbered: 一、 or （一） or 1.
func numbering(text string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case strings.ContainsRune("一二三四五六七八九十", c):
			return '一'
		case c >= '0' && c <= '9':
			return '1'
		}
		return c
	}, strings.ReplaceAll(written.Bullet().FindString(text), "十", "一"))
}

var (
	sectionTail = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`[(（:：].*$|(共|合计)?\d+(件|项|个|户|家|条)?$`)
	})
	sectionSuffix = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(问题清单|清单|问题|方面|领域|类|部分|片区)$`)
	})
)

// section takes what a section row says of columns that the table lacks: a list's value, a street. False where it says
// nothing of them; then what a section of the same rank said before holds no longer.
func (r *tableReader) section(row *sheet.Row) bool {
	whole := sectionWords(row)
	if len(whole) > 120 {
		return false
	}
	text, style := written.Bullet().ReplaceAllString(whole, ""), numbering(whole)
	if monthAlone().MatchString(whole) { // 7月 is no item 7
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
	told, above := false, row.N < r.p.Rows[r.h.row].N
	meant := r.onlyMeant(text)
	if meant >= 0 && (above || r.at[meant].Col == 0) {
		meant = -1
	}
	for k := range r.at {
		if r.at[k].Col > 0 {
			if k == meant {
				r.carry[k] = carried{r.l.sectionValue(r.at[k].Field, text), style, written.Tidy(sectionText(row)), row.N}
			} else if c, ok := r.carry[k]; ok && c.style == style {
				delete(r.carry, k)
			}
			continue
		}
		v := r.l.sectionValue(r.at[k].Field, text)
		if v != "" {
			if r.carry[k].value != v && r.at[k].Field.Type == forms.Unit {
				r.told[r.at[k].Field.Field]++
			}
			r.carry[k] = carried{value: v, style: style}
			r.t.carried[r.at[k].Field.Field] = true
			told = true
		} else if c, ok := r.carry[k]; ok && c.style == style && !above { // a line below a title doesn't end what the title says
			r.carry[k] = carried{style: style}
		}
	}
	return told
}

// sectionValue reads a section heading as the value of a column.
func (l *Reader) sectionValue(c *forms.Column, text string) string {
	bare := sectionTail().ReplaceAllString(text, "")
	for _, t := range []string{text, bare, sectionSuffix().ReplaceAllString(bare, "")} {
		switch c.Type {
		case forms.List:
			if v, ok := l.Vocab.Lists[c][t]; ok {
				return v
			}
		case forms.Int:
			if v := numbered(c, t); v != "" {
				return v
			}
		case forms.Month:
			if monthAlone().MatchString(t) {
				return t
			}
		case forms.Text:
			if strings.Contains(c.Title, "批次") && (namedBatch().MatchString(t) || numberedPart().MatchString(t)) {
				return t
			}
		case forms.Unit:
			if s, ok := l.Units.Match(t); ok && (c.Field != "street" || s.Kind == "street") {
				return s.Name
			}
		}
	}
	return ""
}

// onlyMeant is the only column of which a text says a value; -1 where it says that of none or of several: 企业 is a source of problems
// and a list of them.
func (r *tableReader) onlyMeant(text string) int {
	meant := -1
	for k := range r.at {
		if v := r.l.sectionValue(r.at[k].Field, text); v == "" || v == "其他" {
			continue
		}
		if meant >= 0 {
			return -1
		}
		meant = k
	}
	return meant
}
