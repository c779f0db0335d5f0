package ingest

import (
	"encoding/json"
	"fmt"
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
}

const keySep = "\x1f"

// readRows types all rows of a return and checks them by the form's declaration.
func (in *Intake) readRows(pt *part) {
	f := pt.form
	t := &typer{in: in, form: f, period: pt.ret.Period, cutoff: pt.ret.Cutoff, keys: in.Keys, lists: in.vocab.lists}
	if !t.cutoff.Valid() {
		t.cutoff = in.Zone.DateOf(pt.ret.ReceivedAt)
	}
	in.missingColumns(pt)
	if pt.fatal && len(pt.tables) > 0 && pt.tables[0].headMissing() {
		return
	}
	seen := map[string]*record{}
	for _, tb := range pt.tables {
		pt.ret.RowsIgnored += tb.ignored
		for _, s := range tb.strays {
			pt.add(finding.Finding{Severity: finding.Info, Rule: "line_ignored", Sheet: tb.grid.Name, Cell: s.ref, Row: s.n, Value: short(maskText(s.text), 40),
				Message: fmt.Sprintf("第%d行只有一格文字，未作为数据读取", s.n), Hint: "如是数据，请补齐该行各列"})
		}
		facts := in.facts(pt, tb)
		pt.totals = append(pt.totals, tb.totals...)
		for i := range tb.lines {
			l := &tb.lines[i]
			r := in.readLine(pt, t, tb, l, facts)
			pt.lineKeys = append(pt.lineKeys, r.key)
			if r.reason == "" && r.key != "" {
				if first, dup := seen[r.key]; dup {
					in.repeated(pt, first, &r)
				} else {
					kept := r
					seen[r.key] = &kept
				}
			}
			if r.reason == "same" {
				continue
			}
			if r.reason != "" {
				pt.refused = append(pt.refused, r)
				continue
			}
			pt.records = append(pt.records, r)
		}
		in.checkTotals(pt, tb, facts)
	}
	pt.ret.Rows, pt.ret.RowsRefused = len(pt.records), len(pt.refused)
	rows := 0
	for _, tb := range pt.tables {
		rows += len(tb.lines)
	}
	if rows == 0 {
		pt.ret.Nil = true
		if !pt.fatal {
			pt.add(finding.Finding{Severity: finding.Info, Rule: "nil_return", Sheet: pt.firstSheet(), Message: "本期无数据，按零报告登记"})
		}
	}
	if n := len(pt.refused); n > 0 && n*5 > rows {
		pt.reject(finding.Finding{Rule: "too_many_refused", Sheet: pt.firstSheet(),
			Message: fmt.Sprintf("%d行中有%d行不能计入，超过两成，整份退回", rows, n), Hint: "请按下列意见修改后整份重新报送；在此之前仍按上一份报表统计"})
	}
}

func (tb *table) headMissing() bool { return len(tb.heads) > 0 && len(tb.heads[0].missing) > 0 }

// missingColumns rejects a return whose table lacks a required column.
func (in *Intake) missingColumns(pt *part) {
	for _, tb := range pt.tables {
		h := tb.heads[0]
		for i := 0; i < len(h.missing); i++ {
			c := h.missing[i]
			k := ""
			switch {
			case c.Type == forms.Month && c.Field == pt.form.OwnDate && pt.ret.Period.Kind == calendar.Month:
				k = pt.ret.Period.String()
			case c.Type == forms.Unit && c.Field == "street":
				if s, ok := in.Zone.Submitter(pt.ret.Submitter); ok && s.Kind == "street" {
					k = s.Name
				}
			}
			if k == "" {
				continue
			}
			h.missing = append(h.missing[:i:i], h.missing[i+1:]...)
			i--
			for j := range tb.lines {
				for q := range tb.lines[j].at {
					if tb.lines[j].at[q].field == c {
						tb.lines[j].cells[q] = sheet.Cell{Row: tb.lines[j].n, Kind: sheet.Text, Text: k}
					}
				}
			}
			pt.add(finding.Finding{Severity: finding.Info, Rule: "from_title", Sheet: tb.grid.Name, Field: c.Field,
				Message: fmt.Sprintf("没有「%s」一列，取为“%s”", c.Title, k)})
		}
		if len(h.missing) == 0 {
			continue
		}
		row := tb.grid.Rows[h.row].N
		for _, c := range h.missing {
			if isOneOf(c.Field, h.rollup) {
				pt.reject(finding.Finding{Rule: "cumulative", Sheet: tb.grid.Name, Cell: sheet.Ref(row, 1), Field: c.Field,
					Message: fmt.Sprintf("「%s」只有累计数，没有本月（本期）数", c.Title), Hint: "请增加本月（本期）一列，只填本期发生数"})
				continue
			}
			hint := fmt.Sprintf("请在表头增加“%s”一列", c.Title)
			if len(h.extra) > 0 {
				if g := closest(c.Title, h.extra); g != "" {
					hint += fmt.Sprintf("；如“%s”就是这一列，请把表头改为“%s”", short(g, 20), c.Title)
				}
			}
			pt.reject(finding.Finding{Rule: "missing_column", Sheet: tb.grid.Name, Cell: sheet.Ref(row, 1), Field: c.Field,
				Message: fmt.Sprintf("表头缺少「%s」一列", c.Title), Hint: hint})
		}
	}
}

// facts finds what cells of a column are read by: unit of money, scale of percentages.
func (in *Intake) facts(pt *part, tb *table) []columnFacts {
	out := make([]columnFacts, len(pt.form.Columns))
	warned := false
	for k := range pt.form.Columns {
		c := &pt.form.Columns[k]
		var at placed
		if p := tb.heads[0].column(c.Field); p != nil {
			at = *p
		}
		if at.col == 0 {
			continue
		}
		switch c.Type {
		case forms.Money:
			switch {
			case at.hasUnit:
				out[k].unit, out[k].unitKnown = at.unit, true
			case tb.said.hasUnit:
				out[k].unit, out[k].unitKnown = tb.said.unit, true
			case pt.said.hasUnit:
				out[k].unit, out[k].unitKnown = pt.said.unit, true
			default:
				if exp, ok := unitOfTitles(append(tb.said.titles, tb.grid.Name)); ok {
					out[k].unit, out[k].unitKnown = exp, true
				}
			}
			if !out[k].unitKnown && !warned && in.needsUnit(tb, k) {
				warned = true
				pt.add(finding.Finding{Severity: finding.Warning, Rule: "unit_missing", Sheet: tb.grid.Name, Cell: sheet.Ref(tb.grid.Rows[tb.heads[0].row].N, at.col), Field: c.Field,
					Message: fmt.Sprintf("「%s」没有写明金额单位，按“元”计算", c.Title), Hint: "请在表头写明单位，如“兑付金额（万元）”"})
			}
		case forms.Percent:
			out[k].fractions = true
			for i := range tb.lines {
				cell := &tb.lines[i].cells[k]
				if cell.Percent || strings.HasSuffix(plain(cell.Text), "%") {
					continue
				}
				if d, err := parseDecimal(plain(cell.Text)); err == nil {
					if n, _ := d.rounded(6); n.Cmp(pow10(6)) > 0 {
						out[k].fractions = false
					}
				}
			}
		}
	}
	return out
}

// needsUnit says whether a money column has a cell that doesn't state its unit itself.
func (in *Intake) needsUnit(tb *table, k int) bool {
	for i := range tb.lines {
		c := &tb.lines[i].cells[k]
		if c.Kind == sheet.Empty || dashes[strings.ToLower(tidy(c.Text))] {
			continue
		}
		if _, _, has := moneyText(c.Text); !has || c.Kind == sheet.Number {
			return true
		}
	}
	return false
}

func unitOfTitles(titles []string) (int, bool) {
	for _, t := range titles {
		for _, m := range inParens.FindAllStringSubmatch(squash(t), -1) {
			if exp, ok := units[strings.TrimPrefix(m[1], "单位")]; ok {
				return exp, true
			}
		}
	}
	return 0, false
}

// readLine types one row.
func (in *Intake) readLine(pt *part, t *typer, tb *table, l *line, facts []columnFacts) record {
	f := pt.form
	r := record{line: l, vals: make([]value, len(f.Columns))}
	refuse := func(why string) {
		if r.reason == "" {
			r.reason = why
		}
	}
	faulty := make([]bool, len(f.Columns))
	for k := range f.Columns {
		c, cell := &f.Columns[k], &l.cells[k]
		v, ft := t.read(cell, c, facts[k])
		if ft != nil && c.OpenEnded != nil && in.openEnded(pt, l, c, cell) {
			v, ft = value{gap: true}, nil
		}
		if ft != nil {
			fd := finding.Finding{Severity: ft.severity, Rule: ft.rule, Sheet: l.sheet, Row: l.n, Field: c.Field, Value: shown(cell, c),
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
			in.requiredMissing(pt, l, k, c)
			refuse(fmt.Sprintf("缺少「%s」", c.Title))
		}
	}
	in.deadlineYears(pt, l, &r)
	in.checkRules(pt, l, &r, faulty, refuse)
	r.key, r.shown = in.keyOf(f, &r)
	for k := range f.Columns {
		if f.Columns[k].Role == forms.Enterprise && r.vals[k].set {
			pt.named = append(pt.named, spot{r.vals[k].text, l.sheet, l.cells[k].Ref(), l.n, f.Columns[k].Field})
		}
	}
	return r
}

func (in *Intake) requiredMissing(pt *part, l *line, k int, c *forms.Column) {
	fd := finding.Finding{Severity: finding.Error, Rule: "required", Sheet: l.sheet, Row: l.n, Field: c.Field,
		Message: fmt.Sprintf("「%s」不能为空", c.Title), Hint: "请补填后重新报送；补填前该行不计入统计"}
	if l.at[k].col > 0 {
		fd.Cell = sheet.Ref(l.n, l.at[k].col)
	}
	if v := shown(&l.cells[k], c); v != "" {
		fd.Value = v
	}
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

// repeated judges a second row with the same key: identical rows count once, others are refused.
func (in *Intake) repeated(pt *part, first, r *record) {
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
		fd.Message = fmt.Sprintf("与第%d行完全相同（%s），只计一次", first.line.n, short(r.shown, 40))
		fd.Hint = "请删去重复的行"
		r.reason = "same"
	} else {
		fd.Severity = finding.Error
		fd.Message = fmt.Sprintf("与第%d行的编号相同（%s），内容却不同，按先出现的一行计入", first.line.n, short(r.shown, 40))
		fd.Hint = "请改正编号，或删去其中一行"
		r.reason = fd.Message
	}
	pt.add(fd)
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

// rowText is a refused row as it stood, masked, for quarantine.
func (r *record) rowText(f *forms.Form) string {
	m := map[string]string{}
	for k := range f.Columns {
		if s := shown(&r.line.cells[k], &f.Columns[k]); s != "" {
			m[f.Columns[k].Title] = s
		}
	}
	b, err := json.Marshal(m)
	if err != nil {
		return ""
	}
	return string(b)
}
