package rowkind

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

var sectionNumber = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^第[一二三四五六七八九十0-9]{1,3}(部分|类|批|章|节|期|轮)$`)
})

var sectionCount = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[(（]?(共|合计|小计|计)?:?\d+(件|项|个|户|家|条|笔|人|批)[)）]?$`)
})

// splitSection gives the number and the name of a section that stand in cells of their own; ok says that nothing else but a count
// stands in the row.
func splitSection(row *sheet.Row) (number, name *sheet.Cell, ok bool) {
	n := 0
	for i := range row.Cells {
		c := &row.Cells[i]
		if !sight.Present(c) {
			continue
		}
		if n++; n > 3 || c.Kind != sheet.Text || len(c.Text) > 180 {
			return nil, nil, false
		}
		switch word := spelling.Squash(c.Text); {
		case n == 1:
			if number = c; !heading.Outline().MatchString(word) && !sectionNumber().MatchString(word) {
				if !SectionWord().MatchString(word) || spelling.Squash(word)[0] < 0x80 { // 一、企业难题 | 2件
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
	return number, name, n > 1 && (name != nil || sectionNumber().MatchString(spelling.Squash(number.Text)))
}

// SectionText is a section's heading as one text: 一、智能制造项目.
func SectionText(row *sheet.Row) string {
	number, name, ok := splitSection(row)
	switch {
	case !ok:
		return sight.FirstText(row).Text
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
func (s *Seen) isSplitSection() bool {
	number, name, ok := splitSection(s.Row)
	if !ok || s.numbers {
		return false
	}
	if slices.ContainsFunc(s.At, func(p heading.Placed) bool { _, down := s.Down[[2]int{s.Row.N, p.Col}]; return p.Col > 0 && down }) {
		return false // a part of merged rows
	}
	for _, c := range []*sheet.Cell{number, name} {
		if c != nil && slices.ContainsFunc(s.At, func(p heading.Placed) bool { return p.Col == c.Col && s.holds(c, p.Field) }) {
			return false
		}
	}
	return number == name || !s.Page.CountedBy(number.Col)
}

// holds says whether a text is a value of the kind that its column asks for: one of its listed values, a unit of the zone.
func (s *Seen) holds(c *sheet.Cell, f *forms.Column) bool {
	switch f.Type {
	case forms.List:
		return s.Before > 0 && s.Vocab.Lists[f][written.Heading(c.Text)] != "" && f.InKey
	case forms.Int:
		_, ok := written.ParseInt(c.Text)
		return ok
	}
	return false
}

// loneDate gives the only cell of a row where that is a date under a column of other things: 2022年7月 above its rows, which
// spreadsheets make a date of.
func (s *Seen) loneDate() *sheet.Cell {
	if s.filled != 1 || s.Texts > 0 || s.numbers {
		return nil
	}
	for i := range s.Row.Cells {
		c := &s.Row.Cells[i]
		if !sight.Present(c) {
			continue
		}
		if c.Kind != sheet.Date || slices.ContainsFunc(s.At, func(p heading.Placed) bool { return p.Col == c.Col && asksNumber(p.Field) }) {
			return nil
		}
		return c
	}
	return nil
}

// SectionWords is a section's heading, of a lone date the month.
func SectionWords(row *sheet.Row) string {
	if c := sight.FirstText(row); c.Kind == sheet.Date {
		return sight.TextOf(&c)
	}
	return written.Heading(uncircled(SectionText(row)))
}

// uncircled parts a number in a circle from what follows it, before folding makes one of both: ②12345热线 is no 21 and 2345热线.
func uncircled(text string) string {
	text = strings.TrimSpace(text)
	r, n := utf8.DecodeRuneInString(text)
	if r < '①' || r > '⑳' || n == len(text) || strings.ContainsAny(text[n:min(n+3, len(text))], "、.．") {
		return text
	}
	return text[:n] + "、" + text[n:]
}
