package layout

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// Complete places what the head lacks: close spellings, and constants that the title states.
func (l *Reader) Complete(pg *Page, h *Head) (said Notes) {
	f := h.Form
	title := pg.Above(h.row)
	for i := range f.Columns {
		c := &f.Columns[i]
		if h.Column(c.Field) != nil || slices.Contains(h.rollup, c.Field) {
			continue
		}
		if c.Required {
			took := l.takeGuess(pg, h, c)
			if took == nil && l.valueInTitle(c, pg.Name, title) == "" {
				took = l.takeByValues(pg, h, c)
			}
			if took != nil {
				said.add(*took)
				continue
			}
		}
		if u, ok := l.Units.Street(pg.Name); ok && c.Type == forms.Unit && c.Field == "street" && u.Kind == "street" {
			h.Columns = append(h.Columns, Placed{Field: c, konst: u.Name})
			said.add(finding.Finding{Severity: finding.Info, Rule: "from_title", Sheet: pg.Name,
				Message: fmt.Sprintf("没有「%s」一列，按工作表名称取为“%s”", c.Title, u.Name), Field: c.Field})
		}
		if c.Type != forms.List {
			continue
		}
		if v := l.valueInTitle(c, pg.Name, title); v != "" {
			h.Columns = append(h.Columns, Placed{Field: c, konst: v})
			said.add(finding.Finding{Severity: finding.Info, Rule: "from_title", Sheet: pg.Name,
				Message: fmt.Sprintf("没有「%s」一列，按标题取为“%s”", c.Title, v), Field: c.Field})
		}
	}
	for i := range f.Columns { // what is required comes first
		if c := &f.Columns[i]; !c.Required && h.Column(c.Field) == nil && !slices.Contains(h.rollup, c.Field) && !slices.Contains(h.others, c.Field) {
			if took := l.takeGuess(pg, h, c); took != nil {
				said.add(*took)
			}
		}
	}
	if f := l.unread(pg, h); f != nil {
		said.add(*f)
	}
	spanColumn(h)
	if f := l.crossed(pg, h); f != nil {
		said.reject(*f)
		h.doubled = nil
	}
	said = append(said, h.settleTwins(pg)...)
	h.lack()
	return said
}

// takeGuess takes an unmatched heading that is close to a field for it, and says so.
func (l *Reader) takeGuess(pg *Page, h *Head, c *forms.Column) *finding.Finding {
	g := guess(pg, h, c)
	if g == nil {
		return nil
	}
	h.take(g)
	return &finding.Finding{Severity: finding.Warning, Rule: "heading_guess", Sheet: pg.Name, Cell: sheet.Ref(pg.Rows[h.row+h.height-1].N, g.Col),
		Value: written.Short(g.Title, 30), Message: fmt.Sprintf("表头“%s”与「%s」相近，按「%s」读取", written.Short(g.Title, 30), c.Title, c.Title),
		Hint: fmt.Sprintf("请把表头改为“%s”", c.Title), Suggest: c.Title, Field: c.Field}
}

// take adds a column that was guessed.
func (h *Head) take(p *Placed) {
	h.Columns = append(h.Columns, *p)
	h.extra = slices.DeleteFunc(slices.Clone(h.extra), func(s string) bool { return s == p.Title })
}

// ordinary are headings of columns that nobody expects to be read.
var ordinary = regexp.MustCompile(`^(序号|顺序号|行号|备注|说明|no\.?|#)$`)

// unread names the columns that no field of the form is for. Headings that the form knows are of another table beside it,
// of another period, or stand twice: what becomes of those is said elsewhere.
func (l *Reader) unread(pg *Page, h *Head) *finding.Finding {
	var names []string
	first := 0 // column
	known := l.Vocab.names[h.Form.ID]
	heads := pg.heads(h.row, h.height)
	for _, s := range h.extra {
		leaf := lastLevel(s)
		keys, _, _ := written.HeadingForms(leaf)
		if afterRollup(keys[0]) != "" || ordinary.MatchString(written.Heading(leaf)) || slices.ContainsFunc(keys, func(k string) bool { _, ok := known.find(k); return ok }) {
			continue
		}
		name := s
		if len([]rune(s)) > 20 { // the group's name alone would stand there several times
			name = leaf
		}
		names = append(names, "“"+written.Short(name, 20)+"”")
		for col, head := range heads {
			if head.title == s && (first == 0 || col < first) {
				first = col
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	if n := len(names); n > 8 {
		names = append(names[:8], fmt.Sprintf("等%d列", n))
	}
	return &finding.Finding{Severity: finding.Info, Rule: "columns_unread", Sheet: pg.Name, Cell: sheet.Ref(pg.Rows[h.row+h.height-1].N, max(first, 1)),
		Message: "表样里没有这些栏目，没有读取：" + strings.Join(names, "、"), Hint: "如果其中有应报的内容，请把表头改成模板中的列名"}
}

// lack notes the required columns that a head lacks.
func (h *Head) lack() {
	h.missing = nil
	for i := range h.Form.Columns {
		if c := &h.Form.Columns[i]; c.Required && h.Column(c.Field) == nil {
			h.missing = append(h.missing, c)
		}
	}
}

// valueInTitle finds the listed value that the sheet's name is, or the only one that sheet name or title holds; short words prove nothing.
func (l *Reader) valueInTitle(c *forms.Column, sheetName, title string) string {
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

var spanHead = regexp.MustCompile(`期限|期间|时段|起止|所属期|缓缴期$`)

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
	if first != nil && last != nil && first.Col > 0 && spanHead.MatchString(written.Heading(first.Title)) {
		h.Columns = append(h.Columns, Placed{Field: last, Col: first.Col, Title: first.Title})
	}
}

// harmless are words around a heading that leave its meaning: 具体问题描述, 牵头单位情况.
var harmless = regexp.MustCompile(`^(情况|内容|说明|一栏|名称|名|明细|全称|简述|栏|列|如下|及.{1,6}|和.{1,6}|与.{1,6}|/.{1,6}|、.{1,6})$`)

// guess finds an unmatched heading so close to a required field that it is likely meant. Chinese puts what a thing is
// at the end: 牵头单位负责人 is a person, 计划兑付金额 a plan.
func guess(pg *Page, h *Head, c *forms.Column) *Placed {
	taken := map[int]bool{}
	for _, p := range h.Columns {
		taken[p.Col] = true
	}
	var best *Placed
	for col, head := range pg.heads(h.row, h.height) {
		if taken[col] || head.rollup || head.other || len(head.names) == 0 {
			continue
		}
		name := head.names[len(head.names)-1]
		if rollupPrefix.MatchString(head.names[0]) || otherPrefix.MatchString(name) || head.names[0] != name && otherPrefix.MatchString(head.names[0]) {
			continue
		}
		for _, s := range append([]string{c.Title}, c.Synonyms...) {
			k := written.Heading(s)
			n, l := len([]rune(k)), len([]rune(name))
			before, after, within := strings.Cut(name, k)
			if min(n, l) >= 4 && spelling.Distance(k, name) <= 1 || within && n >= 3 && l <= 2*n && len([]rune(before)) <= 3 && (after == "" || harmless.MatchString(after)) ||
				l >= 3 && strings.HasSuffix(k, name) {
				if best == nil || col < best.Col {
					best = &Placed{Field: c, Col: col, Title: head.title, Unit: head.unit, HasUnit: head.hasUnit, guess: true}
				}
			}
		}
	}
	return best
}

// MissingColumns supplies required columns that the return's identity or its section rows give, and rejects a return
// whose table lacks others. False where there is nothing to read. A column of which only the cumulative figures are there,
// beside others of the period, is a fault of its own: emptied is how many cells it leaves empty.
func MissingColumns(f *forms.Form, tables []*Table, known Constants) (said Notes, emptied int, readable bool) {
	readable = true
	for _, tb := range tables {
		for n, h := range tb.Heads {
			said = append(said, tb.supply(n, known)...)
			if len(h.missing) == 0 && !(f.Mode == forms.Period && len(h.rollup)+len(h.others) > 0) {
				continue
			}
			row := tb.Bounds[n][0]
			for _, c := range h.missing {
				if slices.Contains(h.rollup, c.Field) || slices.Contains(h.others, c.Field) && f.Mode == forms.Period {
					continue
				}
				hint := fmt.Sprintf("请在表头增加“%s”一列", c.Title)
				if c.Type == forms.Code && slices.ContainsFunc(h.extra, func(x string) bool { return written.Heading(x) == "序号" }) {
					hint += "；“序号”会随行的增删变动，不能当作编号，编号要一经编定不再改变"
				} else if g := written.Closest(c.Title, h.extra); g != "" {
					hint += fmt.Sprintf("；如“%s”就是这一列，请把表头改为“%s”", written.Short(g, 20), c.Title)
				}
				said.reject(finding.Finding{Rule: "missing_column", Sheet: tb.Grid.Name, Cell: sheet.Ref(row, 1), Field: c.Field,
					Message: fmt.Sprintf("表头缺少「%s」一列", c.Title), Hint: hint})
				readable = false
			}
			for _, field := range slices.Compact(h.others) {
				if c := f.Column(field); h.Column(field) == nil && f.Mode == forms.Period {
					said.reject(finding.Finding{Rule: "which_period", Sheet: tb.Grid.Name, Cell: sheet.Ref(row, 1), Field: field,
						Message: fmt.Sprintf("「%s」按月（年）分成几列，看不出哪一列是本期", c.Title), Hint: "请在标题写明月份，或只保留本期一列"})
					readable = false
				}
			}
			for _, field := range h.rollup {
				c := f.Column(field)
				if h.Column(field) != nil || f.Mode != forms.Period && !c.Required {
					continue
				}
				fd := finding.Finding{Severity: finding.Error, Rule: "cumulative", Sheet: tb.Grid.Name, Cell: sheet.Ref(row, 1), Field: c.Field,
					Message: fmt.Sprintf("「%s」只有累计数，没有本月（本期）数", c.Title), Hint: "请增加本月（本期）一列，只填本期发生数"}
				if !c.Required && h.hasNumbers() {
					said.add(fd)
					emptied += tb.rolledIn(n, c)
					continue
				}
				said.reject(fd)
				readable = false
			}
		}
	}
	return said, emptied, readable
}

// hasNumbers says whether a head has a column of amounts or counts of the period itself.
func (h *Head) hasNumbers() bool {
	return slices.ContainsFunc(h.Columns, func(p Placed) bool { return p.Col > 0 && isNumber(p.Field) })
}

// rolledIn counts the lines of a block that say something of a field in a cumulative column only.
func (t *Table) rolledIn(block int, c *forms.Column) (n int) {
	for i := range t.Lines {
		if l := &t.Lines[i]; l.Block == block && slices.ContainsFunc(l.Rolled, func(r Rolled) bool { return &l.Head.Form.Columns[r.K] == c }) {
			n++
		}
	}
	return n
}

// Constants are values that a return's identity gives to columns which its table lacks.
type Constants struct {
	Month  string // of a month's return: which one
	Street string // of a street's return: its name
}

// supply fills missing columns of one block of a table with what is known otherwise.
func (tb *Table) supply(block int, by Constants) (said Notes) {
	h := tb.Heads[block]
	for i := 0; i < len(h.missing); i++ {
		c := h.missing[i]
		known := ""
		switch {
		case tb.carried[c.Field]:
			h.missing = slices.Delete(slices.Clone(h.missing), i, i+1)
			i--
			continue
		case c.Type == forms.Month && c.Field == h.Form.OwnDate:
			known = by.Month
		case c.Type == forms.Unit && c.Field == "street":
			known = by.Street
		}
		if known == "" {
			continue
		}
		h.missing = slices.Delete(slices.Clone(h.missing), i, i+1)
		i--
		for j := range tb.Lines {
			l := &tb.Lines[j]
			for q := range l.At {
				if l.Block == block && l.At[q].Field == c {
					l.Cells[q] = sheet.Cell{Row: l.N, Kind: sheet.Text, Text: known}
				}
			}
		}
		said.add(finding.Finding{Severity: finding.Info, Rule: "from_title", Sheet: tb.Grid.Name, Field: c.Field,
			Message: fmt.Sprintf("没有「%s」一列，取为“%s”", c.Title, known)})
	}
	return said
}
