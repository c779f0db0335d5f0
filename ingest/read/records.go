package read

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"taizhang/ingest/cell"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/layout"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
)

// Record is one row with typed values, ready for the raw table, or refused with its reason.
type Record struct {
	Line   *layout.Line
	Vals   []cell.Value // by column of the form
	Key    string       // business key as compared
	Shown  string       // business key as findings name it
	Reason string       // why it is refused
	faulty []bool       // by column
	hide   []cell.Hiding
}

const KeySep = "\x1f"

// readRows types all rows of a return and checks them by the form's declaration.
func (rd *Reader) readRows(pt *Part) {
	f := pt.Form
	t := &cell.Typer{Register: rd.Units, Form: f, Period: pt.Ret.Period, Cutoff: pt.Ret.Cutoff, Keys: rd.keys, Lists: rd.Vocab.Lists, Private: f.Sensitive()}
	if !t.Cutoff.Valid() {
		t.Cutoff = rd.Zone.DateOf(pt.Ret.ReceivedAt)
	}
	rows := 0
	for _, tb := range pt.Tables {
		pt.Ret.RowsIgnored += tb.Ignored()
		rd.tellIgnored(pt, t, tb)
		pt.list(t, tb)
		rows += len(tb.Lines)
	}
	said, emptied, readable := layout.MissingColumns(f, pt.Tables, rd.constants(pt))
	pt.take(said)
	pt.Ret.ValuesEmptied += emptied
	if readable {
		rd.readLines(pt, t)
		rd.account(pt, rows)
	}
	pt.Ret.Rows, pt.Ret.RowsRefused = len(pt.Records), len(pt.Refused)
	if rows == 0 {
		rd.nilReturn(pt)
	}
	rd.outsidePeriod(pt)
	if n := len(pt.Refused); n > 0 && n*5 > rows {
		pt.Reject(finding.Finding{Rule: "too_many_refused", Sheet: pt.FirstSheet(),
			Message: fmt.Sprintf("%d行中有%d行不能计入，超过两成，整份退回", rows, n), Hint: "请按下列意见修改后整份重新报送；在此之前仍按上一份报表统计"})
	}
}

// constants are what a return's identity says of columns that its tables may lack.
func (rd *Reader) constants(pt *Part) (k layout.Constants) {
	if pt.Ret.Period.Kind == calendar.Month {
		k.Month = pt.Ret.Period.String()
	}
	if s, ok := rd.Zone.Submitter(pt.Ret.Submitter); ok && s.Kind == "street" {
		k.Street = s.Name
	}
	return k
}

// readLines types the lines and tells those that count from those that repeat and those that are refused.
func (rd *Reader) readLines(pt *Part, t *cell.Typer) {
	seen := map[string]int{} // key → index of the record
	for _, tb := range pt.Tables {
		rd.facts(pt, tb)
		for i := range tb.Lines {
			rd.alive()
			l := &tb.Lines[i]
			r := rd.readLine(pt, t, l)
			pt.LineKeys = append(pt.LineKeys, r.Key)
			if r.Reason == "" && r.Key != "" {
				if first, dup := seen[r.Key]; dup {
					if rd.repeated(pt, &pt.Records[first], &r) {
						pt.Repeats++
						continue
					}
				} else {
					seen[r.Key] = len(pt.Records)
				}
			}
			if r.Reason != "" {
				pt.Refused = append(pt.Refused, r)
				continue
			}
			pt.Records = append(pt.Records, r)
		}
	}
	for _, tb := range pt.Tables {
		rd.checkTotals(pt, tb)
	}
}

// nilReturn takes a return without rows as 零报告, with a doubt where something stands in the table all the same.
func (rd *Reader) nilReturn(pt *Part) {
	pt.Ret.Nil = true
	if pt.Fatal {
		return
	}
	rd.nilAhead(pt)
	strays := 0
	for _, tb := range pt.Tables {
		strays += len(tb.Strays)
	}
	if strays > 0 && !pt.said.Nothing {
		pt.Add(finding.Finding{Severity: finding.Warning, Rule: "nil_doubtful", Sheet: pt.FirstSheet(), Message: "表里没有读到数据行，按零报告登记；但表头下有文字，请核实是否漏填",
			Hint: "确无数据的，请写明“本期无”"})
		return
	}
	pt.Add(finding.Finding{Severity: finding.Info, Rule: "nil_return", Sheet: pt.FirstSheet(), Message: "本期无数据，按零报告登记"})
}

// facts finds what the cells of a column are read by, for each head of a table: unit of money, scale of percentages.
func (rd *Reader) facts(pt *Part, tb *layout.Table) {
	for b, h := range tb.Heads {
		out := make([]cell.Facts, len(pt.Form.Columns))
		pt.Facts[h] = out
		warned := false
		for k := range pt.Form.Columns {
			c := &pt.Form.Columns[k]
			at := h.Column(c.Field)
			if at == nil || at.Col == 0 {
				continue
			}
			switch c.Type {
			case forms.Money:
				out[k].Unit, out[k].UnitKnown = rd.unitOf(pt, tb, at)
				if !out[k].UnitKnown && !warned && rd.needsUnit(tb, b, k) {
					warned = true
					pt.Add(finding.Finding{Severity: finding.Warning, Rule: "unit_missing", Sheet: tb.Grid.Name, Cell: sheet.Ref(tb.Bounds[b][0], at.Col), Field: c.Field,
						Message: fmt.Sprintf("「%s」没有写明金额单位，按“元”计算", c.Title), Hint: fmt.Sprintf("请在表头写明单位，如“%s（万元）”", c.Title)})
				}
			case forms.Percent:
				out[k].Fractions = fractions(tb, k)
			}
		}
	}
}

// unitOf finds the unit of a money column: in its heading, else on the sheet, else elsewhere in the return, else in the title.
func (rd *Reader) unitOf(pt *Part, tb *layout.Table, at *layout.Placed) (int, bool) {
	switch {
	case at.HasUnit:
		return at.Unit, true
	case tb.Said.HasUnit:
		return tb.Said.Unit, true
	}
	for _, t := range append(slices.Clone(tb.Said.Titles), tb.Grid.Name) {
		for _, m := range written.InParens.FindAllStringSubmatch(written.Squash(t), -1) {
			if exp, ok := written.UnitIn(m[1]); ok {
				return exp, true
			}
		}
	}
	return pt.said.Unit, pt.said.HasUnit
}

// fractions says whether the percentages of a column that carry no sign are all at most 1: then 0.85 means 85 %.
func fractions(tb *layout.Table, k int) bool {
	for i := range tb.Lines {
		cell := &tb.Lines[i].Cells[k]
		text := written.Plain(cell.Text)
		if cell.Percent && cell.Kind == sheet.Number || strings.HasSuffix(text, "%") {
			continue
		}
		if d, err := written.ParseDecimal(text); err == nil {
			if n, _ := d.Rounded(6); n.Cmp(written.Pow10(6)) > 0 {
				return false
			}
		}
	}
	return true
}

// needsUnit says whether a money column has a cell that doesn't state its unit itself.
func (rd *Reader) needsUnit(tb *layout.Table, block, k int) bool {
	for i := range tb.Lines {
		c := &tb.Lines[i].Cells[k]
		if tb.Lines[i].Block != block || c.Kind == sheet.Empty || cell.Dashes[strings.ToLower(written.Tidy(c.Text))] {
			continue
		}
		if _, has := written.CellUnit(c); !has {
			return true
		}
	}
	return false
}

// readLine types one row.
func (rd *Reader) readLine(pt *Part, t *cell.Typer, l *layout.Line) Record {
	f := pt.Form
	r := Record{Line: l, Vals: make([]cell.Value, len(f.Columns))}
	refuse := func(why string) {
		if r.Reason == "" {
			r.Reason = why
		}
	}
	faulty := make([]bool, len(f.Columns))
	facts := pt.Facts[l.Head]
	t.Hide = t.Secrets(l.Cells)
	whole := l.Fault(-1)
	if whole != nil {
		pt.Add(*whole.Said)
		refuse(whole.Reason)
	}
	for k := range f.Columns {
		c, at := &f.Columns[k], &l.Cells[k]
		if ft := l.Fault(k); ft != nil && whole == nil {
			rd.layoutFault(pt, t, l, ft, c, refuse)
			faulty[k] = true
			continue
		}
		v, ft := t.Read(at, c, facts[k])
		if whole != nil { // the cells stand in the wrong columns: what is wrong with them says nothing
			r.Vals[k], faulty[k] = v, ft != nil || !v.Set
			continue
		}
		if ft != nil && c.OpenEnded != nil && rd.openEnded(pt, l, c, at) {
			v, ft = cell.Value{Gap: true}, nil
		}
		if ft != nil {
			fd := finding.Finding{Severity: ft.Severity, Rule: ft.Rule, Sheet: l.Sheet, Row: l.N, Field: c.Field, Value: t.Shown(at, c, true),
				Message: ft.Message, Hint: ft.Hint, Suggest: ft.Suggest}
			if at.Col > 0 {
				fd.Cell = at.Ref()
			}
			pt.Add(fd)
			if ft.Severity == finding.Error {
				faulty[k] = true
				if c.Required || c.InKey {
					refuse(ft.Message)
				} else {
					pt.Ret.ValuesEmptied++
				}
			}
		}
		r.Vals[k] = v
	}
	for k := range f.Columns {
		c := &f.Columns[k]
		if c.Required && !r.Vals[k].Set && !r.Vals[k].Gap && !faulty[k] {
			rd.requiredMissing(pt, t, l, k, c)
			refuse(fmt.Sprintf("缺少「%s」", c.Title))
		}
	}
	if whole == nil {
		rd.severalIn(pt, t, &r)
		rd.deadlineYears(pt, l, &r)
		rd.checkRules(pt, t, l, &r, faulty, refuse)
	}
	r.Key, r.Shown = rd.keyOf(f, &r)
	r.hide, r.faulty = t.Hide, faulty
	for i := range f.Rules {
		rule := &f.Rules[i]
		if rule.Kind != forms.KnownIn {
			continue
		}
		k := slices.IndexFunc(f.Columns, func(c forms.Column) bool { return c.Field == rule.Field })
		if r.Vals[k].Set {
			pt.Named = append(pt.Named, spot{rule, r.Vals[k].Text, l.Sheet, l.Cells[k].Ref(), l.N})
		}
	}
	return r
}

func (rd *Reader) requiredMissing(pt *Part, t *cell.Typer, l *layout.Line, k int, c *forms.Column) {
	fd := finding.Finding{Severity: finding.Error, Rule: "required", Sheet: l.Sheet, Row: l.N, Field: c.Field,
		Message: fmt.Sprintf("「%s」不能为空", c.Title), Hint: "请补填后重新报送；补填前该行不计入统计"}
	if l.At[k].Col > 0 {
		fd.Cell = sheet.Ref(l.N, l.At[k].Col)
	}
	fd.Value = t.Shown(&l.Cells[k], c, true)
	pt.Add(fd)
}

// openEnded says whether 长期 stands where the status allows it.
func (rd *Reader) openEnded(pt *Part, l *layout.Line, c *forms.Column, cell *sheet.Cell) bool {
	if !slices.Contains(c.OpenEnded.Words, written.Heading(cell.Text)) {
		return false
	}
	for k := range pt.Form.Columns {
		if s := &pt.Form.Columns[k]; s.Field == c.OpenEnded.Field {
			v, ok := rd.Vocab.Lists[s][written.Heading(l.Cells[k].Text)]
			return ok && slices.Contains(c.OpenEnded.Values, v)
		}
	}
	return false
}

// deadlineYears moves a deadline written without a year after the assignment.
func (rd *Reader) deadlineYears(pt *Part, l *layout.Line, r *Record) {
	f := pt.Form
	assigned := calendar.NoDate
	for k := range f.Columns {
		if f.Columns[k].Field == "assigned_on" && r.Vals[k].Set {
			assigned = r.Vals[k].Date
		}
	}
	if !assigned.Valid() {
		return
	}
	for k := range f.Columns {
		if f.Columns[k].Role != forms.Deadline || f.Columns[k].Type != forms.Date || !r.Vals[k].Set || r.Vals[k].Date >= assigned {
			continue
		}
		if w, _, ok := written.CellDate(l.Cells[k]); ok && w.Year == 0 {
			if w.Day == 0 {
				w.Day = written.LastDay(r.Vals[k].Date.Year()+1, w.Month)
			}
			d := w.Date(r.Vals[k].Date.Year() + 1)
			r.Vals[k].Date, r.Vals[k].Text = d, d.String()
		}
	}
}

// keyOf joins the key parts. Parts that may be empty stay empty; a row without any key part has none.
func (rd *Reader) keyOf(f *forms.Form, r *Record) (key, shown string) {
	var parts, words []string
	any := false
	for _, part := range f.Key {
		text := ""
		for _, field := range part {
			for k := range f.Columns {
				if f.Columns[k].Field != field || !r.Vals[k].Set {
					continue
				}
				v := r.Vals[k]
				text = written.Squash(v.Text)
				if f.Columns[k].Type == forms.Code {
					text = strings.Map(plainDash, text)
				}
				if v.Hash != "" {
					text = v.Hash
				}
				words = append(words, v.Text)
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
	return strings.Join(parts, KeySep), strings.Join(words, "·")
}

// plainDash makes the dashes of codes alike: WT—15 and WT-15 are one number.
func plainDash(r rune) rune {
	if strings.ContainsRune("‐‑‒–—―−", r) {
		return '-'
	}
	return r
}

// repeated judges a second row with the same key: identical rows count once (true), others are refused.
func (rd *Reader) repeated(pt *Part, first, r *Record) bool {
	same := true
	for k := range r.Vals {
		a, b := first.Vals[k], r.Vals[k]
		if a.Set != b.Set || a.Text != b.Text || a.Hash != b.Hash {
			same = false
		}
	}
	fd := finding.Finding{Rule: "repeated_key", Sheet: r.Line.Sheet, Row: r.Line.N, Value: written.Short(r.Shown, 60), Cell: KeyCell(pt.Form, r.Line)}
	if same {
		fd.Severity = finding.Warning
		fd.Message = fmt.Sprintf("与%s完全相同（%s），只计一次", whereIs(first.Line, r.Line), written.Short(r.Shown, 40))
		fd.Hint = "请删去重复的行"
	} else {
		fd.Severity = finding.Error
		fd.Message = fmt.Sprintf("与%s的编号相同（%s），内容却不同，按先出现的一行计入", whereIs(first.Line, r.Line), written.Short(r.Shown, 40))
		fd.Hint = "请改正编号，或删去其中一行"
		r.Reason = fd.Message
	}
	pt.Add(fd)
	return same
}

// KeyCell is where the first part of the key stands.
func KeyCell(f *forms.Form, l *layout.Line) string {
	for _, field := range f.Key[len(f.Key)-1] {
		for k := range f.Columns {
			if f.Columns[k].Field == field && l.At[k].Col > 0 {
				return sheet.Ref(l.N, l.At[k].Col)
			}
		}
	}
	return sheet.Ref(l.N, 1)
}

// whereIs names a line for a finding about another one.
func whereIs(l, from *layout.Line) string {
	if l.Sheet != from.Sheet {
		return fmt.Sprintf("工作表「%s」第%d行", l.Sheet, l.N)
	}
	return fmt.Sprintf("第%d行", l.N)
}

// RowText is a refused row as it stood, masked, for quarantine.
func (rd *Reader) RowText(r *Record, f *forms.Form) string {
	t := &cell.Typer{Register: rd.Units, Form: f, Private: f.Sensitive(), Hide: r.hide}
	m := map[string]string{}
	for k := range f.Columns {
		c := &f.Columns[k]
		doubtful := r.faulty[k] || !r.Vals[k].Set || c.Type == forms.Text || c.Type == forms.Unit || c.Type == forms.Code
		if s := t.Shown(&r.Line.Cells[k], c, doubtful); s != "" {
			m[c.Title] = s
		}
	}
	b, err := json.Marshal(m)
	if err != nil {
		return ""
	}
	return string(b)
}

// spot is a text that another form should know, and where it stands.
type spot struct {
	Rule             *forms.Rule
	Text, Sheet, Ref string
	Row              int
}

// Names says whether a row is about a person, by the hashes of its values.
func (r *Record) Names(hashes map[string]bool) bool {
	for _, v := range r.Vals {
		if v.Hash != "" && hashes[v.Hash] {
			return true
		}
	}
	return false
}
