package heading

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// Complete places what the head lacks, step by step: required columns by spelling and by what stands below them, values
// that the title or the sheet's name gives, then the other columns; and says what it did and what is left.
func (l *Reader) Complete(pg *Page, h *Head) (said Notes) {
	title := pg.Above(h.Row)
	said = l.takeAdjusted(pg, h)
	for i := range h.Form.Columns {
		c := &h.Form.Columns[i]
		if h.Column(c.Field) != nil || slices.Contains(h.rollup, c.Field) {
			continue
		}
		took := l.takeRequired(pg, h, c, title)
		if len(took) == 0 {
			took = l.takeFromTitle(pg, h, c, title)
		}
		said = append(said, took...)
	}
	said = append(said, l.takeOptional(pg, h)...)
	said = append(said, h.tellOfYear(pg)...)
	unitColumn(pg, h)
	l.findJoint(pg, h)
	if f := l.unread(pg, h); f != nil {
		said.Add(*f)
	}
	spanColumn(h)
	if f := l.crossed(pg, h); len(f) > 0 {
		said = append(said, f...)
		h.doubled = nil
	}
	said = append(said, l.settleTwins(pg, h)...)
	h.Lack()
	return said
}

// takeRequired finds a required column whose heading is spelled otherwise: by a heading close to it, else by what stands
// below a heading that means nothing, unless the title says it.
func (l *Reader) takeRequired(pg *Page, h *Head, c *forms.Column, title string) (said Notes) {
	if !c.Required {
		return nil
	}
	took := l.takeGuess(pg, h, c)
	if took == nil {
		took = l.takeFromFact(pg, h, c)
	}
	if took == nil && l.ValueInTitle(c, pg.Name, title) == "" {
		took = l.takeByValues(pg, h, c)
	}
	if took != nil {
		said.Add(*took)
	}
	return said
}

// takeFromTitle takes a street from the sheet's name, and a listed value or the number of a batch from there or from the title.
func (l *Reader) takeFromTitle(pg *Page, h *Head, c *forms.Column, title string) (said Notes) {
	at := finding.Place{Sheet: pg.Name, Field: c.Field}
	if u, ok := l.Units.Street(pg.Name); ok && c.Type == forms.Unit && c.Field == "street" && u.Kind == "street" {
		h.Columns = append(h.Columns, Placed{Field: c, Constant: u.Name})
		said.Add(finding.FromSheetName(c.Title, u.Name).At(at))
	}
	if v, bySheet := BatchSaid(c, pg, title); v != "" {
		h.Columns = append(h.Columns, Placed{Field: c, Constant: v})
		if bySheet {
			said.Add(finding.FromSheetName(c.Title, v).At(at))
		} else {
			said.Add(finding.FromTitle(c.Title, v).At(at))
		}
	}
	if c.Type != forms.List {
		return said
	}
	if v := l.ValueInTitle(c, pg.Name, title); v != "" {
		h.Columns = append(h.Columns, Placed{Field: c, Constant: v})
		said.Add(finding.FromTitle(c.Title, v).At(at))
	}
	return said
}

// takeOptional finds the other columns, by spelling and by what stands below: what is required comes first.
func (l *Reader) takeOptional(pg *Page, h *Head) (said Notes) {
	for i := range h.Form.Columns {
		c := &h.Form.Columns[i]
		if c.Required || h.Column(c.Field) != nil || slices.Contains(h.rollup, c.Field) || slices.Contains(h.others, c.Field) {
			continue
		}
		took := l.takeGuess(pg, h, c)
		if took == nil {
			took = l.takeByState(pg, h, c)
		}
		if parts := partsLike(c, h.extra); took == nil && parts != nil {
			f := finding.HeadingsClose(c.Title, parts).At(finding.Place{Sheet: pg.Name, Field: c.Field})
			took = &f
		}
		if took != nil {
			said.Add(*took)
		}
	}
	return said
}

// takeGuess takes an unmatched heading that is close to a field for it, and says so.
func (l *Reader) takeGuess(pg *Page, h *Head, c *forms.Column) *finding.Finding {
	g := l.guess(pg, h, c)
	if g == nil {
		return nil
	}
	h.take(g)
	f := finding.HeadingClose(written.Short(g.Title, 30), c.Title).At(pg.Under(h, g))
	return &f
}

// Under is where the heading of a column stands: in the last row of the head.
func (p *Page) Under(h *Head, c *Placed) finding.Place {
	return finding.Place{Sheet: p.Name, Cell: sheet.Ref(p.Rows[h.Row+h.Height-1].N, c.Col), Field: c.Field.Field, Value: written.Short(c.Title, 30)}
}

// take adds a column that was guessed.
func (h *Head) take(p *Placed) {
	h.Columns = append(h.Columns, *p)
	h.extra = slices.DeleteFunc(slices.Clone(h.extra), func(s string) bool { return s == p.Title })
}

// ordinary are headings of columns that nobody expects to be read; remark those of them in which something may be said.
var (
	ordinary = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(序号|顺序号|行号|备注|说明|no\.?|#)$`) })
	remark   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(备注|说明)$`) })
)

// remarked says whether somebody wrote more than a dash below a heading, in a row of several cells: no signature.
func remarked(pg *Page, h *Head, title string) bool {
	for col, head := range pg.heads(h.Row, h.Height) {
		if head.title != title && head.whole != title {
			continue
		}
		for i := h.Row + h.Height; i < len(pg.Rows); i++ {
			if c := sight.CellIn(pg.Row(i), col); c != nil && len(pg.Row(i).Cells) > 3 && sight.Present(c) && !sight.NoValue[written.Heading(c.Text)] && written.Heading(c.Text) != "" && !remark().MatchString(written.Heading(c.Text)) {
				return true
			}
		}
	}
	return false
}

// unread names the columns that no field of the form is for. Headings that the form knows are of another table beside it,
// of another period, or stand twice: what becomes of those is said elsewhere.
func (l *Reader) unread(pg *Page, h *Head) *finding.Finding {
	var names []string
	first := 0 // column
	add := func(name string, col int) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		if col > 0 && (first == 0 || col < first) {
			first = col
		}
	}
	heads := pg.heads(h.Row, h.Height)
	for _, s := range h.extra {
		if l.toldElsewhere(pg, h, s) {
			continue
		}
		add(unreadName(s, h.extra), firstUnder(heads, s))
	}
	h.bare = pg.bareColumns(h)
	for _, b := range h.bare {
		add("“"+written.Short(b.title, 20)+"”", b.col)
	}
	if len(names) == 0 {
		return nil
	}
	amounts, in := h.amountsIn()
	if n := len(names); n > 8 {
		names = append(names[:8], fmt.Sprintf("等%d列", n))
	}
	f := finding.ColumnsUnread(names)
	if len(in) > 0 && !amounts.Required && !lostByPeriod(h, in) {
		f = finding.AmountsUnread(amounts.Title, names)
	}
	f = f.At(finding.Place{Sheet: pg.Name, Cell: sheet.Ref(pg.Rows[h.Row+h.Height-1].N, max(first, 1))})
	return &f
}

// toldElsewhere says whether nothing need be said of a heading that isn't read.
func (l *Reader) toldElsewhere(pg *Page, h *Head, title string) bool {
	if slices.ContainsFunc(h.joint, func(j joint) bool { return j.title == title }) {
		return true
	}
	leaf, known := lastLevel(title), l.Vocab.names[h.Form.ID]
	keys, _, _ := written.HeadingForms(leaf)
	if h.summedElsewhere(known, keys[0]) || slices.ContainsFunc(keys, func(k string) bool { _, ok := known.find(k); return ok }) {
		return true
	}
	word := written.Heading(leaf)
	return ordinary().MatchString(word) && !(remark().MatchString(word) && remarked(pg, h, title))
}

// firstUnder is the first column with a heading; 0 if none has it.
func firstUnder(heads map[int]columnHead, title string) (first int) {
	for col, head := range heads {
		if (head.title == title || head.whole == title) && (first == 0 || col < first) {
			first = col
		}
	}
	return first
}

// summedElsewhere says whether a heading is a sum over several periods, of which something is said elsewhere: not in a ledger,
// where it may be the only column for a field.
func (h *Head) summedElsewhere(known names, name string) bool {
	rest := afterRollup(name)
	if rest == "" || h.Form.Mode == forms.Period {
		return rest != ""
	}
	m, ok := known.find(rest)
	return !ok || h.Column(h.Form.Columns[m.index].Field) != nil || h.Form.Columns[m.index].Required
}

// unreadName names a heading that isn't read, by its leaf where the whole is long; and says how often it stands there.
func unreadName(title string, all []string) string {
	name := written.Short(title, 20)
	if leaf := lastLevel(title); leaf != title && name != title {
		name = written.Short(levelsAbove(title), 8) + "/" + written.Short(leaf, 20)
	}
	name = "“" + name + "”"
	n := 0
	for _, t := range all {
		if t == title {
			n++
		}
	}
	if n > 1 {
		name += fmt.Sprintf("（%d列）", n)
	}
	return name
}

// Lack notes the required columns that a head lacks.
func (h *Head) Lack() {
	h.Missing = nil
	for i := range h.Form.Columns {
		if c := &h.Form.Columns[i]; c.Required && h.Column(c.Field) == nil {
			h.Missing = append(h.Missing, c)
		}
	}
}

// ValueInTitle finds the listed value that the sheet's name is, or the only one that sheet name or title holds; short words prove nothing.
func (l *Reader) ValueInTitle(c *forms.Column, sheetName, title string) string {
	if v, ok := l.Vocab.Lists[c][written.Heading(sheetName)]; ok && len([]rune(written.Heading(sheetName))) > 1 {
		return v
	}
	for _, text := range []string{sheetName, title} {
		t := written.Heading(text)
		var found []string // words, the longest of each place
		for word := range l.Vocab.Lists[c] {
			if len([]rune(word)) > 3 && strings.Contains(t, word) {
				found = append(found, word)
			}
		}
		slices.SortFunc(found, func(a, b string) int { return len(b) - len(a) })
		value := ""
		for _, w := range found {
			if !strings.Contains(t, w) { // within a longer word that was found before
				continue
			}
			t = strings.ReplaceAll(t, w, "|")
			if v := l.Vocab.Lists[c][w]; value != "" && v != value {
				return "" // a title that names two values names none
			} else {
				value = v
			}
		}
		if value != "" {
			return value
		}
	}
	return ""
}

var spanHead = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`期限|期间|时段|起止|所属期|缓缴期$`) })

// spanColumn lets a column such as 缓缴期限 (2024年7月至12月) be both the first and the last month.
func spanColumn(h *Head) {
	var first *Placed
	var last *forms.Column
	for i := range h.Form.Columns {
		switch c := &h.Form.Columns[i]; {
		case c.Type == forms.Month && c.Role == forms.Fact:
			first = h.Column(c.Field)
		case c.Type == forms.Month && c.Role == forms.Deadline && h.Column(c.Field) == nil:
			last = c
		}
	}
	if first != nil && last != nil && first.Col > 0 && spanHead().MatchString(written.Heading(first.Title)) {
		h.Columns = append(h.Columns, Placed{Field: last, Col: first.Col, Title: first.Title})
	}
}

// harmless are words around a heading that leave its meaning: 具体问题描述, 牵头单位情况.
var harmless = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(情况|内容|说明|一栏|名称|名|明细|全称|简述|栏|列|如下|及.{1,6}|和.{1,6}|与.{1,6}|/.{1,6}|、.{1,6})$`)
})

// andMore is a longer one of them: 问题描述及基本情况.
var andMore = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(及|和|与)(其|相关|有关|基本|具体|主要)*(情况|内容|说明|要求|描述|简介)$`)
})

// guess finds an unmatched heading so close to a field that it is likely meant; of several the whole, else the leftmost. A heading that is
// known for another field is that, however close it is: 求职人数 is no 入职人数.
func (l *Reader) guess(pg *Page, h *Head, c *forms.Column) *Placed {
	known := l.Vocab.names[h.Form.ID]
	taken := map[int]bool{}
	for _, p := range h.Columns {
		taken[p.Col], taken[p.Before] = true, true
	}
	var best *Placed
	whole := false // it says that it is the whole: 合计兑付金额
	for col, head := range pg.heads(h.Row, h.Height) {
		if taken[col] || !head.guessable() {
			continue
		}
		name := head.names[len(head.names)-1]
		if all := wholeOf().MatchString(name); best != nil && (whole && !all || whole == all && col >= best.Col) {
			continue
		}
		if m, ok := known.find(name); ok && m.index >= 0 && &h.Form.Columns[m.index] != c {
			continue
		}
		if slices.ContainsFunc(append([]string{c.Title}, c.Synonyms...), func(s string) bool { return closeTo(written.Heading(s), name) }) {
			best = &Placed{Field: c, Col: col, Title: head.whole, Unit: head.unit, HasUnit: head.hasUnit, Scale: head.scale, guess: true}
			whole = wholeOf().MatchString(name)
		}
	}
	if best != nil && (len(numberedLike(c, h.extra)) > 0 || len(partsLike(c, h.extra)) > 0) {
		return nil
	}
	return best
}

// partsLike gives headings that say of which part they are before a column's name: 省级兑付金额, 区级兑付金额. To read one of them may
// lose the others; where one is said to be the whole, that one may be meant.
func partsLike(c *forms.Column, headings []string) (parts []string) {
	if !IsNumber(c) {
		return nil
	}
	for _, s := range headings {
		name := written.Heading(lastLevel(s))
		if slices.ContainsFunc(append([]string{c.Title}, c.Synonyms...), func(k string) bool {
			before, ok := strings.CutSuffix(name, written.Heading(k))
			return ok && before != "" && utf8.RuneCountInString(before) <= 3 && utf8.RuneCountInString(k) >= 3
		}) && !slices.Contains(parts, s) {
			if wholeOf().MatchString(name) {
				return nil
			}
			parts = append(parts, s)
		}
	}
	if len(parts) < 2 {
		return nil
	}
	return parts
}

var wholeOf = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(实际|本次|合计|总|共|全部)`) })

// numberedLike gives headings close to a column that differ in a number alone: 第一次兑付金额, 第二次兑付金额. To read one of them would
// lose the others.
func numberedLike(c *forms.Column, headings []string) []string {
	alike := map[string][]string{}
	for _, s := range headings {
		name := written.Heading(s)
		bare := numerals().ReplaceAllString(name, "#")
		if bare != name && !monthHeaded().MatchString(name) && slices.ContainsFunc(append([]string{c.Title}, c.Synonyms...), func(k string) bool { return closeTo(written.Heading(k), name) }) {
			if alike[bare] = append(alike[bare], s); len(alike[bare]) > 1 && alike[bare][0] != s {
				return alike[bare]
			}
		}
	}
	return nil
}

var numerals = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[一二三四五六七八九十\d]+`) })

// guessable says whether a heading may be meant for a field of the period: neither cumulative nor another period's.
func (h *columnHead) guessable() bool {
	if h.rollup || h.other || len(h.names) == 0 {
		return false
	}
	first, last := h.names[0], h.names[len(h.names)-1]
	return !rollupPrefix().MatchString(first) && !otherPrefix().MatchString(last) && (first == last || !otherPrefix().MatchString(first))
}

// closeTo says whether a heading is nearly the known one: a character apart, within harmless words, or its end. Chinese
// puts what a thing is at the end: 牵头单位负责人 is a person, 计划兑付金额 a plan.
func closeTo(known, heading string) bool {
	n, l := len([]rune(known)), len([]rune(heading))
	if min(n, l) >= 4 && spelling.Distance(known, heading) <= 1 {
		return true
	}
	before, after, within := strings.Cut(heading, known)
	if within && n >= 3 && (l <= 2*n || andMore().MatchString(after)) && len([]rune(before)) <= 3 && (after == "" || harmless().MatchString(after)) {
		return true
	}
	return l >= 3 && strings.HasSuffix(known, heading)
}

// ColumnsOfOthers are the columns of a period form that stand there for several months or years.
func ColumnsOfOthers(h *Head, at finding.Place) (said Notes) {
	for i, field := range h.others {
		if h.Column(field) == nil && h.Form.Mode == forms.Period && !slices.Contains(h.others[:i], field) {
			at.Field = field
			said.Add(finding.WhichPeriod(h.Form.Column(field).Title).At(at))
		}
	}
	return append(said, periodsBare(h, at)...)
}

// OnlyCumulative are the columns of which only a 累计 stands there.
func OnlyCumulative(h *Head, at finding.Place) (said Notes) {
	for i, field := range h.rollup {
		c := h.Form.Column(field)
		if h.Column(field) != nil || slices.Contains(h.rollup[:i], field) || h.Form.Mode != forms.Period && !c.Required || h.beside(c) {
			continue
		}
		at.Field = field
		said.Add(finding.CumulativeColumn(c.Title).At(at))
	}
	return said
}

// beside says whether a column of which only a 累计 stands there is one of several, others of which are of the period.
func (h *Head) beside(c *forms.Column) bool { return !c.Required && h.hasNumbers() }

// CumulativeBeside gives those columns.
func (h *Head) CumulativeBeside() (out []*forms.Column) {
	for i, field := range h.rollup {
		if c := h.Form.Column(field); h.Form.Mode == forms.Period && h.Column(field) == nil && !slices.Contains(h.rollup[:i], field) && h.beside(c) {
			out = append(out, c)
		}
	}
	return out
}

// Lacks says whether a head has no column for a field that should be there, and nothing else gives it: that was said of the
// head, and is no fault of each row.
func (h *Head) Lacks(c *forms.Column) bool {
	return slices.Contains(h.Missing, c) || h.joins(c) || h.Column(c.Field) == nil && (slices.Contains(h.rollup, c.Field) || slices.Contains(h.others, c.Field))
}

// hasNumbers says whether a head has a column of amounts or counts of the period itself.
func (h *Head) hasNumbers() bool {
	return slices.ContainsFunc(h.Columns, func(p Placed) bool { return p.Col > 0 && IsNumber(p.Field) })
}
