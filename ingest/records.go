package ingest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/internal/calendar"
)

// record is one row with typed values, ready for the raw table, or refused with its reason.
type record struct {
	line   *line
	vals   []value // by column of the form
	key    string  // business key as compared
	shown  string  // business key as findings name it
	reason string  // why it is refused
	faulty []bool  // by column
	hide   []secret
}

// secret is a sensitive value as written, and the mask that stands for it.
type secret struct{ value, mask string }

const keySep = "\x1f"

// readRows types all rows of a return and checks them by the form's declaration.
func (in *Intake) readRows(pt *part) {
	f := pt.form
	t := &typer{in: in, form: f, period: pt.ret.Period, cutoff: pt.ret.Cutoff, keys: in.Keys, lists: in.vocab.lists, private: f.Sensitive()}
	if !t.cutoff.Valid() {
		t.cutoff = in.Zone.DateOf(pt.ret.ReceivedAt)
	}
	rows := 0
	for _, tb := range pt.tables {
		pt.ret.RowsIgnored += tb.ignored()
		in.tellIgnored(pt, t, tb)
		rows += len(tb.lines)
	}
	if in.missingColumns(pt) {
		in.readLines(pt, t)
		in.account(pt, rows)
	}
	pt.ret.Rows, pt.ret.RowsRefused = len(pt.records), len(pt.refused)
	if rows == 0 {
		in.nilReturn(pt)
	}
	in.outsidePeriod(pt)
	if n := len(pt.refused); n > 0 && n*5 > rows {
		pt.reject(finding.Finding{Rule: "too_many_refused", Sheet: pt.firstSheet(),
			Message: fmt.Sprintf("%d行中有%d行不能计入，超过两成，整份退回", rows, n), Hint: "请按下列意见修改后整份重新报送；在此之前仍按上一份报表统计"})
	}
}

// readLines types the lines and tells those that count from those that repeat and those that are refused.
func (in *Intake) readLines(pt *part, t *typer) {
	seen := map[string]int{} // key → index of the record
	for _, tb := range pt.tables {
		tb.facts = in.facts(pt, tb)
		for i := range tb.lines {
			in.alive()
			l := &tb.lines[i]
			l.facts = tb.facts[l.block]
			r := in.readLine(pt, t, l)
			pt.lineKeys = append(pt.lineKeys, r.key)
			if r.reason == "" && r.key != "" {
				if first, dup := seen[r.key]; dup {
					if in.repeated(pt, &pt.records[first], &r) {
						pt.repeats++
						continue
					}
				} else {
					seen[r.key] = len(pt.records)
				}
			}
			if r.reason != "" {
				pt.refused = append(pt.refused, r)
				continue
			}
			pt.records = append(pt.records, r)
		}
	}
	for _, tb := range pt.tables {
		in.checkTotals(pt, tb)
	}
}

// account proves that no row was lost: every row below a head was loaded, refused, counted once with its like, or
// recognised as no data. Otherwise the return is rejected; that would be this program's fault, not the sender's.
func (in *Intake) account(pt *part, rows int) {
	for _, tb := range pt.tables {
		if n := tb.unaccounted(); n != 0 {
			pt.reject(finding.Finding{Rule: "rows_unaccounted", Sheet: tb.grid.Name,
				Message: fmt.Sprintf("表头下有%d行，只认出%d行数据和%d行其他内容，有行没有着落", tb.below, len(tb.lines), tb.ignored()), Hint: "请把本表交给系统管理员；数据没有计入"})
			return
		}
	}
	if n := rows - len(pt.records) - len(pt.refused) - pt.repeats; n != 0 {
		pt.reject(finding.Finding{Rule: "rows_unaccounted", Sheet: pt.firstSheet(),
			Message: fmt.Sprintf("%d行数据中计入%d行、未计入%d行、重复%d行，有行没有着落", rows, len(pt.records), len(pt.refused), pt.repeats), Hint: "请把本表交给系统管理员；数据没有计入"})
	}
}

// tellIgnored names the rows that were not taken for data although they are no usual part of a table.
func (in *Intake) tellIgnored(pt *part, t *typer, tb *table) {
	for _, s := range tb.strays {
		f := finding.Finding{Severity: finding.Warning, Rule: "line_ignored", Sheet: tb.grid.Name, Cell: s.ref, Row: s.n, Value: t.quote(s.text, 40),
			Message: fmt.Sprintf("第%d行不成一行数据，没有读取", s.n), Hint: "如是数据，请补齐该行各列；如是说明，请移到表格下方，写成“注：…”"}
		if s.line >= len(tb.lines) { // below all data: a signature, a remark
			f.Severity = finding.Info
		}
		pt.add(f)
	}
	in.tellBelow(pt, tb)
	if n := len(tb.empty); n > 0 && len(tb.lines) == 0 {
		pt.add(finding.Finding{Severity: finding.Info, Rule: "rows_not_filled", Sheet: tb.grid.Name, Row: tb.empty[0],
			Message: fmt.Sprintf("第%d行起的%d行只有编号，没有填写内容", tb.empty[0], n), Hint: "没有数据的行可以留空"})
	}
}

// nilReturn takes a return without rows as 零报告, with a doubt where something stands in the table all the same.
func (in *Intake) nilReturn(pt *part) {
	pt.ret.Nil = true
	if pt.fatal {
		return
	}
	in.nilAhead(pt)
	strays := 0
	for _, tb := range pt.tables {
		strays += len(tb.strays)
	}
	if strays > 0 && !pt.said.nothing {
		pt.add(finding.Finding{Severity: finding.Warning, Rule: "nil_doubtful", Sheet: pt.firstSheet(), Message: "表里没有读到数据行，按零报告登记；但表头下有文字，请核实是否漏填",
			Hint: "确无数据的，请写明“本期无”"})
		return
	}
	pt.add(finding.Finding{Severity: finding.Info, Rule: "nil_return", Sheet: pt.firstSheet(), Message: "本期无数据，按零报告登记"})
}

// facts finds what the cells of a column are read by, for each block of a table: unit of money, scale of percentages.
func (in *Intake) facts(pt *part, tb *table) [][]columnFacts {
	out := make([][]columnFacts, len(tb.heads))
	for b, h := range tb.heads {
		out[b] = make([]columnFacts, len(pt.form.Columns))
		warned := false
		for k := range pt.form.Columns {
			c := &pt.form.Columns[k]
			at := h.column(c.Field)
			if at == nil || at.col == 0 {
				continue
			}
			switch c.Type {
			case forms.Money:
				out[b][k].unit, out[b][k].unitKnown = in.unitOf(pt, tb, at)
				if !out[b][k].unitKnown && !warned && in.needsUnit(tb, b, k) {
					warned = true
					pt.add(finding.Finding{Severity: finding.Warning, Rule: "unit_missing", Sheet: tb.grid.Name, Cell: sheet.Ref(tb.bounds[b][0], at.col), Field: c.Field,
						Message: fmt.Sprintf("「%s」没有写明金额单位，按“元”计算", c.Title), Hint: fmt.Sprintf("请在表头写明单位，如“%s（万元）”", c.Title)})
				}
			case forms.Percent:
				out[b][k].fractions = fractions(tb, k)
			}
		}
	}
	return out
}

// unitOf finds the unit of a money column: in its heading, else on the sheet, else elsewhere in the return, else in the title.
func (in *Intake) unitOf(pt *part, tb *table, at *placed) (int, bool) {
	switch {
	case at.hasUnit:
		return at.unit, true
	case tb.said.hasUnit:
		return tb.said.unit, true
	}
	for _, t := range append(slices.Clone(tb.said.titles), tb.grid.Name) {
		for _, m := range inParens.FindAllStringSubmatch(squash(t), -1) {
			if exp, ok := unitIn(m[1]); ok {
				return exp, true
			}
		}
	}
	return pt.said.unit, pt.said.hasUnit
}

// fractions says whether the percentages of a column that carry no sign are all at most 1: then 0.85 means 85 %.
func fractions(tb *table, k int) bool {
	for i := range tb.lines {
		cell := &tb.lines[i].cells[k]
		text := plain(cell.Text)
		if cell.Percent && cell.Kind == sheet.Number || strings.HasSuffix(text, "%") {
			continue
		}
		if d, err := parseDecimal(text); err == nil {
			if n, _ := d.rounded(6); n.Cmp(pow10(6)) > 0 {
				return false
			}
		}
	}
	return true
}

// needsUnit says whether a money column has a cell that doesn't state its unit itself.
func (in *Intake) needsUnit(tb *table, block, k int) bool {
	for i := range tb.lines {
		c := &tb.lines[i].cells[k]
		if tb.lines[i].block != block || c.Kind == sheet.Empty || dashes[strings.ToLower(tidy(c.Text))] {
			continue
		}
		if _, has := cellUnit(c); !has {
			return true
		}
	}
	return false
}

// readLine types one row.
func (in *Intake) readLine(pt *part, t *typer, l *line) record {
	f := pt.form
	r := record{line: l, vals: make([]value, len(f.Columns))}
	refuse := func(why string) {
		if r.reason == "" {
			r.reason = why
		}
	}
	faulty := make([]bool, len(f.Columns))
	t.hide = t.secrets(l)
	for k := range f.Columns {
		c, cell := &f.Columns[k], &l.cells[k]
		v, ft := t.read(cell, c, l.facts[k])
		if ft != nil && c.OpenEnded != nil && in.openEnded(pt, l, c, cell) {
			v, ft = value{gap: true}, nil
		}
		if ft != nil {
			fd := finding.Finding{Severity: ft.severity, Rule: ft.rule, Sheet: l.sheet, Row: l.n, Field: c.Field, Value: t.shown(cell, c, true),
				Message: ft.message, Hint: ft.hint, Suggest: ft.suggest}
			if cell.Col > 0 {
				fd.Cell = cell.Ref()
			}
			pt.add(fd)
			if ft.severity == finding.Error {
				faulty[k] = true
				if c.Required || c.InKey {
					refuse(ft.message)
				} else {
					pt.ret.ValuesEmptied++
				}
			}
		}
		r.vals[k] = v
	}
	for k := range f.Columns {
		c := &f.Columns[k]
		if c.Required && !r.vals[k].set && !r.vals[k].gap && !faulty[k] {
			in.requiredMissing(pt, t, l, k, c)
			refuse(fmt.Sprintf("缺少「%s」", c.Title))
		}
	}
	in.severalIn(pt, t, &r)
	in.deadlineYears(pt, l, &r)
	in.checkRules(pt, t, l, &r, faulty, refuse)
	r.key, r.shown = in.keyOf(f, &r)
	r.hide, r.faulty = t.hide, faulty
	for i := range f.Rules {
		rule := &f.Rules[i]
		if rule.Kind != forms.KnownIn {
			continue
		}
		k := slices.IndexFunc(f.Columns, func(c forms.Column) bool { return c.Field == rule.Field })
		if r.vals[k].set {
			pt.named = append(pt.named, spot{rule, r.vals[k].text, l.sheet, l.cells[k].Ref(), l.n})
		}
	}
	return r
}

func (in *Intake) requiredMissing(pt *part, t *typer, l *line, k int, c *forms.Column) {
	fd := finding.Finding{Severity: finding.Error, Rule: "required", Sheet: l.sheet, Row: l.n, Field: c.Field,
		Message: fmt.Sprintf("「%s」不能为空", c.Title), Hint: "请补填后重新报送；补填前该行不计入统计"}
	if l.at[k].col > 0 {
		fd.Cell = sheet.Ref(l.n, l.at[k].col)
	}
	fd.Value = t.shown(&l.cells[k], c, true)
	pt.add(fd)
}

// openEnded says whether 长期 stands where the status allows it.
func (in *Intake) openEnded(pt *part, l *line, c *forms.Column, cell *sheet.Cell) bool {
	if !isOneOf(heading(cell.Text), c.OpenEnded.Words) {
		return false
	}
	for k := range pt.form.Columns {
		if s := &pt.form.Columns[k]; s.Field == c.OpenEnded.Field {
			v, ok := in.vocab.lists[s][heading(l.cells[k].Text)]
			return ok && isOneOf(v, c.OpenEnded.Values)
		}
	}
	return false
}

// deadlineYears moves a deadline written without a year after the assignment.
func (in *Intake) deadlineYears(pt *part, l *line, r *record) {
	f := pt.form
	assigned := calendar.NoDate
	for k := range f.Columns {
		if f.Columns[k].Field == "assigned_on" && r.vals[k].set {
			assigned = r.vals[k].date
		}
	}
	if !assigned.Valid() {
		return
	}
	for k := range f.Columns {
		if f.Columns[k].Role != forms.Deadline || f.Columns[k].Type != forms.Date || !r.vals[k].set || r.vals[k].date >= assigned {
			continue
		}
		if w, _, ok := cellDate(l.cells[k]); ok && w.year == 0 {
			if w.day == 0 {
				w.day = lastDay(r.vals[k].date.Year()+1, w.month)
			}
			d := w.date(r.vals[k].date.Year() + 1)
			r.vals[k].date, r.vals[k].text = d, d.String()
		}
	}
}

// keyOf joins the key parts. Parts that may be empty stay empty; a row without any key part has none.
func (in *Intake) keyOf(f *forms.Form, r *record) (key, shown string) {
	var parts, words []string
	any := false
	for _, part := range f.Key {
		text := ""
		for _, field := range part {
			for k := range f.Columns {
				if f.Columns[k].Field != field || !r.vals[k].set {
					continue
				}
				v := r.vals[k]
				text = squash(v.text)
				if f.Columns[k].Type == forms.Code {
					text = strings.Map(plainDash, text)
				}
				if v.hash != "" {
					text = v.hash
				}
				words = append(words, v.text)
				any = true
			}
			if text != "" {
				break
			}
		}
		parts = append(parts, text)
	}
	if !any {
		return "", ""
	}
	return strings.Join(parts, keySep), strings.Join(words, "·")
}

// plainDash makes the dashes of codes alike: WT—15 and WT-15 are one number.
func plainDash(r rune) rune {
	if strings.ContainsRune("‐‑‒–—―−", r) {
		return '-'
	}
	return r
}

// repeated judges a second row with the same key: identical rows count once (true), others are refused.
func (in *Intake) repeated(pt *part, first, r *record) bool {
	same := true
	for k := range r.vals {
		a, b := first.vals[k], r.vals[k]
		if a.set != b.set || a.text != b.text || a.hash != b.hash {
			same = false
		}
	}
	fd := finding.Finding{Rule: "repeated_key", Sheet: r.line.sheet, Row: r.line.n, Value: short(r.shown, 60), Cell: in.keyCell(pt.form, r.line)}
	if same {
		fd.Severity = finding.Warning
		fd.Message = fmt.Sprintf("与%s完全相同（%s），只计一次", whereIs(first.line, r.line), short(r.shown, 40))
		fd.Hint = "请删去重复的行"
	} else {
		fd.Severity = finding.Error
		fd.Message = fmt.Sprintf("与%s的编号相同（%s），内容却不同，按先出现的一行计入", whereIs(first.line, r.line), short(r.shown, 40))
		fd.Hint = "请改正编号，或删去其中一行"
		r.reason = fd.Message
	}
	pt.add(fd)
	return same
}

// keyCell is where the first part of the key stands.
func (in *Intake) keyCell(f *forms.Form, l *line) string {
	for _, field := range f.Key[len(f.Key)-1] {
		for k := range f.Columns {
			if f.Columns[k].Field == field && l.at[k].col > 0 {
				return sheet.Ref(l.n, l.at[k].col)
			}
		}
	}
	return sheet.Ref(l.n, 1)
}

// whereIs names a line for a finding about another one.
func whereIs(l, from *line) string {
	if l.sheet != from.sheet {
		return fmt.Sprintf("工作表「%s」第%d行", l.sheet, l.n)
	}
	return fmt.Sprintf("第%d行", l.n)
}

// rowText is a refused row as it stood, masked, for quarantine.
func (r *record) rowText(in *Intake, f *forms.Form) string {
	t := &typer{in: in, form: f, private: f.Sensitive(), hide: r.hide}
	m := map[string]string{}
	for k := range f.Columns {
		c := &f.Columns[k]
		doubtful := r.faulty[k] || !r.vals[k].set || c.Type == forms.Text || c.Type == forms.Unit || c.Type == forms.Code
		if s := t.shown(&r.line.cells[k], c, doubtful); s != "" {
			m[c.Title] = s
		}
	}
	b, err := json.Marshal(m)
	if err != nil {
		return ""
	}
	return string(b)
}
