package heading

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// namedBatch is a batch that has a name for a number: 开工一批; sectionBatch one above its rows, which may say of what:
// 解决一批企业难题.
var (
	namedBatch   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\p{Han}{1,8}一批$`) })
	sectionBatch = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\p{Han}{0,5}[^个第\d]一批\p{Han}{0,12}$`) })
)

var numberedPart = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^第([0-9]{1,4}|[一二三四五六七八九十百]{1,6})(批次|批|期|轮|次)$`)
})

// CountedBy says whether rows with more than a name have Chinese numerals in a column.
func (p *Page) CountedBy(col int) bool {
	known, ok := p.numerals[col]
	if ok {
		return known
	}
	for i := range p.Rows {
		c := sight.CellIn(p.Row(i), col)
		if c == nil || c.Kind != sheet.Text || !Outline().MatchString(spelling.Squash(c.Text)) {
			continue
		}
		texts := 0
		for k := range p.Row(i).Cells {
			if x := &p.Row(i).Cells[k]; sight.Present(x) && x.Kind != sheet.Number {
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

var (
	sectionTail = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`[(（:：].*$|(共|合计)?\d+(件|项|个|户|家|条)?$`)
	})
	sectionSuffix = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(问题清单|清单|问题|方面|领域|类|部分|片区)$`)
	})
)

// sectionTexts are what a section's heading may say: all of it, without what is counted or explained, and without 类 and the like.
func sectionTexts(text string) [3]string {
	bare := sectionTail().ReplaceAllString(text, "")
	return [3]string{text, bare, sectionSuffix().ReplaceAllString(bare, "")}
}

var knownSections written.Memo[[3]string]

// SectionValue reads a section heading as the value of a column.
func (l *Reader) SectionValue(c *forms.Column, text string) string {
	for _, t := range knownSections.Get(text, sectionTexts) {
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
			if MonthAlone().MatchString(t) {
				return t
			}
		case forms.Text:
			if strings.Contains(c.Title, "批次") && (namedBatch().MatchString(t) || sectionBatch().MatchString(t) || numberedPart().MatchString(t)) {
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

// Outline is what numbers the parts of a list: 一, （二）, Ⅲ. Arabic numbers count rows.
var Outline = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([(（【]?[一二三四五六七八九十]{1,3}[)）】]?[、,，.．:：]?|[ivx]{1,4}[、.．])$`)
})

// MonthAlone is a section's heading that is nothing but a month: 2022年7月, 7月份, and 2022-07 of a date.
var MonthAlone = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[(（]?(20\d\d年度?)?(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(份|底)?[)）]?$|^20\d\d-(0[1-9]|1[0-2])$`)
})
