package ingest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/internal/calendar"
	"taizhang/internal/spelling"
)

// complete places what the head lacks: close spellings, and constants that the title states.
func (in *Intake) complete(pt *part, pg *page, h *header) {
	f := h.form
	title := pg.above(h.row)
	for i := range f.Columns {
		c := &f.Columns[i]
		if h.column(c.Field) != nil || isOneOf(c.Field, h.rollup) {
			continue
		}
		if c.Required && (in.takeGuess(pt, pg, h, c) || in.valueInTitle(c, pg.Name, title) == "" && in.takeByValues(pt, pg, h, c)) {
			continue
		}
		if u, ok := in.street(pg.Name); ok && c.Type == forms.Unit && c.Field == "street" && u.Kind == "street" {
			h.columns = append(h.columns, placed{field: c, konst: u.Name})
			pt.add(finding.Finding{Severity: finding.Info, Rule: "from_title", Sheet: pg.Name,
				Message: fmt.Sprintf("没有「%s」一列，按工作表名称取为“%s”", c.Title, u.Name), Field: c.Field})
		}
		if c.Type != forms.List {
			continue
		}
		if v := in.valueInTitle(c, pg.Name, title); v != "" {
			h.columns = append(h.columns, placed{field: c, konst: v})
			pt.add(finding.Finding{Severity: finding.Info, Rule: "from_title", Sheet: pg.Name,
				Message: fmt.Sprintf("没有「%s」一列，按标题取为“%s”", c.Title, v), Field: c.Field})
		}
	}
	for i := range f.Columns { // what is required comes first
		if c := &f.Columns[i]; !c.Required && h.column(c.Field) == nil && !isOneOf(c.Field, h.rollup) && !isOneOf(c.Field, h.others) {
			in.takeGuess(pt, pg, h, c)
		}
	}
	in.unread(pt, pg, h)
	spanColumn(h)
	if in.crossed(pt, pg, h) {
		h.doubled = nil
	}
	for _, d := range h.doubled {
		if g := levelsAbove(d[0]); g != levelsAbove(d[1]) && g != "" && levelsAbove(d[1]) != "" && lastLevel(d[0]) == lastLevel(d[1]) {
			pt.add(finding.Finding{Severity: finding.Warning, Rule: "heading_twice", Sheet: pg.Name, Value: short(d[0], 30),
				Message: fmt.Sprintf("“%s”和“%s”各有一列，只读取“%s”一列", short(d[0], 30), short(d[1], 30), short(d[1], 30)), Hint: "如果应读另一列，请只保留那一列的表头，或在表头写明各列的区别"})
			continue
		}
		if d[0] == d[1] {
			pt.add(finding.Finding{Severity: finding.Warning, Rule: "heading_twice", Sheet: pg.Name, Value: short(d[0], 30),
				Message: fmt.Sprintf("表头“%s”出现了不止一次，按最左边的一列读取", short(d[0], 30)), Hint: "请删去多余的列，或在表头写明各列的区别"})
			continue
		}
		pt.add(finding.Finding{Severity: finding.Info, Rule: "heading_twice", Sheet: pg.Name, Value: short(d[0], 30),
			Message: fmt.Sprintf("“%s”和“%s”是同一个意思，按“%s”一列读取", short(d[0], 30), short(d[1], 30), short(d[1], 30)), Hint: "如两列含义不同，请把表头写清楚"})
	}
	in.missing(h)
}

// takeGuess takes an unmatched heading that is close to a field for it, and says so.
func (in *Intake) takeGuess(pt *part, pg *page, h *header, c *forms.Column) bool {
	g := in.guess(pg, h, c)
	if g == nil {
		return false
	}
	h.take(g)
	pt.add(finding.Finding{Severity: finding.Warning, Rule: "heading_guess", Sheet: pg.Name, Cell: sheet.Ref(pg.Rows[h.row+h.height-1].N, g.col),
		Value: short(g.title, 30), Message: fmt.Sprintf("表头“%s”与「%s」相近，按「%s」读取", short(g.title, 30), c.Title, c.Title),
		Hint: fmt.Sprintf("请把表头改为“%s”", c.Title), Suggest: c.Title, Field: c.Field})
	return true
}

// take adds a column that was guessed.
func (h *header) take(p *placed) {
	h.columns = append(h.columns, *p)
	h.extra = slices.DeleteFunc(slices.Clone(h.extra), func(s string) bool { return s == p.title })
}

// ordinary are headings of columns that nobody expects to be read.
var ordinary = regexp.MustCompile(`^(序号|顺序号|行号|备注|说明|no\.?|#)$`)

// unread names the columns that no field of the form is for. Headings that the form knows are of another table beside it,
// of another period, or stand twice: what becomes of those is said elsewhere.
func (in *Intake) unread(pt *part, pg *page, h *header) {
	var names []string
	first := 0 // column
	known := in.vocab.names[h.form.ID]
	heads := pg.heads(h.row, h.height)
	for _, s := range h.extra {
		leaf := lastLevel(s)
		keys, _, _ := headingForms(leaf)
		if rollupPrefix.MatchString(keys[0]) || ordinary.MatchString(heading(leaf)) || slices.ContainsFunc(keys, func(k string) bool { _, ok := known.find(k); return ok }) {
			continue
		}
		names = append(names, "“"+short(s, 20)+"”")
		for col, head := range heads {
			if head.title == s && (first == 0 || col < first) {
				first = col
			}
		}
	}
	if len(names) == 0 {
		return
	}
	if n := len(names); n > 8 {
		names = append(names[:8], fmt.Sprintf("等%d列", n))
	}
	pt.add(finding.Finding{Severity: finding.Info, Rule: "columns_unread", Sheet: pg.Name, Cell: sheet.Ref(pg.Rows[h.row+h.height-1].N, max(first, 1)),
		Message: "表样里没有这些栏目，没有读取：" + strings.Join(names, "、"), Hint: "如果其中有应报的内容，请把表头改成模板中的列名"})
}

// missing notes the required columns that a head lacks.
func (in *Intake) missing(h *header) {
	h.missing = nil
	for i := range h.form.Columns {
		if c := &h.form.Columns[i]; c.Required && h.column(c.Field) == nil {
			h.missing = append(h.missing, c)
		}
	}
}

// valueInTitle finds the listed value that the sheet's name is, or the only one that sheet name or title holds; short words prove nothing.
func (in *Intake) valueInTitle(c *forms.Column, sheetName, title string) string {
	if v, ok := in.vocab.lists[c][heading(sheetName)]; ok && len([]rune(heading(sheetName))) > 1 {
		return v
	}
	for _, text := range []string{sheetName, title} {
		t := heading(text)
		var found []string // words, the longest of each place
		for word := range in.vocab.lists[c] {
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
			if v := in.vocab.lists[c][w]; value != "" && v != value {
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
func spanColumn(h *header) {
	var first *placed
	var last *forms.Column
	for i := range h.form.Columns {
		switch c := &h.form.Columns[i]; {
		case c.Type == forms.Month && c.Role == forms.Fact:
			first = h.column(c.Field)
		case c.Type == forms.Month && c.Role == forms.Deadline && h.column(c.Field) == nil:
			last = c
		}
	}
	if first != nil && last != nil && first.col > 0 && spanHead.MatchString(heading(first.title)) {
		h.columns = append(h.columns, placed{field: last, col: first.col, title: first.title})
	}
}

// harmless are words around a heading that leave its meaning: 具体问题描述, 牵头单位情况.
var harmless = regexp.MustCompile(`^(情况|内容|说明|一栏|名称|名|明细|全称|简述|栏|列|如下|及.{1,6}|和.{1,6}|与.{1,6}|/.{1,6}|、.{1,6})$`)

// guess finds an unmatched heading so close to a required field that it is likely meant. Chinese puts what a thing is
// at the end: 牵头单位负责人 is a person, 计划兑付金额 a plan.
func (in *Intake) guess(pg *page, h *header, c *forms.Column) *placed {
	taken := map[int]bool{}
	for _, p := range h.columns {
		taken[p.col] = true
	}
	var best *placed
	for col, head := range pg.heads(h.row, h.height) {
		if taken[col] || head.rollup || head.other || len(head.names) == 0 {
			continue
		}
		name := head.names[len(head.names)-1]
		if rollupPrefix.MatchString(head.names[0]) || otherPrefix.MatchString(name) || head.names[0] != name && otherPrefix.MatchString(head.names[0]) {
			continue
		}
		for _, s := range append([]string{c.Title}, c.Synonyms...) {
			k := heading(s)
			n, l := len([]rune(k)), len([]rune(name))
			before, after, within := strings.Cut(name, k)
			if min(n, l) >= 4 && spelling.Distance(k, name) <= 1 || within && n >= 3 && l <= 2*n && len([]rune(before)) <= 3 && (after == "" || harmless.MatchString(after)) ||
				l >= 3 && strings.HasSuffix(k, name) {
				if best == nil || col < best.col {
					best = &placed{field: c, col: col, title: head.title, unit: head.unit, hasUnit: head.hasUnit, guess: true}
				}
			}
		}
	}
	return best
}

// missingColumns supplies required columns that the return's identity or its section rows give, and rejects a return
// whose table lacks others. False where there is nothing to read.
func (in *Intake) missingColumns(pt *part) bool {
	readable := true
	for _, tb := range pt.tables {
		for n, h := range tb.heads {
			in.supply(pt, tb, n)
			if len(h.missing) == 0 && !(pt.form.Mode == forms.Period && len(h.rollup)+len(h.others) > 0) {
				continue
			}
			row := tb.bounds[n][0]
			for _, c := range h.missing {
				if isOneOf(c.Field, h.rollup) || isOneOf(c.Field, h.others) && pt.form.Mode == forms.Period {
					continue
				}
				hint := fmt.Sprintf("请在表头增加“%s”一列", c.Title)
				if c.Type == forms.Code && slices.ContainsFunc(h.extra, func(x string) bool { return heading(x) == "序号" }) {
					hint += "；“序号”会随行的增删变动，不能当作编号，编号要一经编定不再改变"
				} else if g := closest(c.Title, h.extra); g != "" {
					hint += fmt.Sprintf("；如“%s”就是这一列，请把表头改为“%s”", short(g, 20), c.Title)
				}
				pt.reject(finding.Finding{Rule: "missing_column", Sheet: tb.grid.Name, Cell: sheet.Ref(row, 1), Field: c.Field,
					Message: fmt.Sprintf("表头缺少「%s」一列", c.Title), Hint: hint})
				readable = false
			}
			for _, field := range slices.Compact(h.others) {
				if c := pt.form.Column(field); h.column(field) == nil && pt.form.Mode == forms.Period {
					pt.reject(finding.Finding{Rule: "which_period", Sheet: tb.grid.Name, Cell: sheet.Ref(row, 1), Field: field,
						Message: fmt.Sprintf("「%s」按月（年）分成几列，看不出哪一列是本期", c.Title), Hint: "请在标题写明月份，或只保留本期一列"})
					readable = false
				}
			}
			for _, field := range h.rollup {
				c := pt.form.Column(field)
				if h.column(field) != nil || pt.form.Mode != forms.Period && !c.Required {
					continue
				}
				pt.reject(finding.Finding{Rule: "cumulative", Sheet: tb.grid.Name, Cell: sheet.Ref(row, 1), Field: c.Field,
					Message: fmt.Sprintf("「%s」只有累计数，没有本月（本期）数", c.Title), Hint: "请增加本月（本期）一列，只填本期发生数"})
				readable = false
			}
		}
	}
	return readable
}

// supply fills missing columns of one block of a table with what is known otherwise.
func (in *Intake) supply(pt *part, tb *table, block int) {
	h := tb.heads[block]
	for i := 0; i < len(h.missing); i++ {
		c := h.missing[i]
		known := ""
		switch {
		case tb.carried[c.Field]:
			h.missing = slices.Delete(slices.Clone(h.missing), i, i+1)
			i--
			continue
		case c.Type == forms.Month && c.Field == pt.form.OwnDate && pt.ret.Period.Kind == calendar.Month:
			known = pt.ret.Period.String()
		case c.Type == forms.Unit && c.Field == "street":
			if s, ok := in.Zone.Submitter(pt.ret.Submitter); ok && s.Kind == "street" {
				known = s.Name
			}
		}
		if known == "" {
			continue
		}
		h.missing = slices.Delete(slices.Clone(h.missing), i, i+1)
		i--
		for j := range tb.lines {
			l := &tb.lines[j]
			for q := range l.at {
				if l.block == block && l.at[q].field == c {
					l.cells[q] = sheet.Cell{Row: l.n, Kind: sheet.Text, Text: known}
				}
			}
		}
		pt.add(finding.Finding{Severity: finding.Info, Rule: "from_title", Sheet: tb.grid.Name, Field: c.Field,
			Message: fmt.Sprintf("没有「%s」一列，取为“%s”", c.Title, known)})
	}
}
