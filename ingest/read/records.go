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

// KeySep stands between the fields of a business key.
const KeySep = "\x1f"

// refusedMost is how many percent of its rows a return may have refused: with 3 of 10 left out it would replace a whole one.
const refusedMost = 20

// readRows types all rows of a return and checks them by the form's declaration.
func (rd *Reader) readRows(pt *Part) {
	f := pt.Form
	t := &cell.Typer{Register: rd.Units, Form: f, Period: pt.Ret.Period, Cutoff: pt.Ret.Cutoff, Keys: rd.keys, Lists: rd.Vocab.Lists, Private: f.Sensitive(), Dated: cell.Dated{Zone: rd.Zone.Location}}
	switch received := rd.Zone.DateOf(pt.Ret.ReceivedAt); {
	case !t.Cutoff.Valid() || pt.Disagrees.later():
		t.Cutoff = received
	case pt.Ret.Period.Valid() && t.Cutoff < pt.Ret.Period.Start: // a 截至 of another period says nothing of the rows
		t.Cutoff = min(pt.Ret.Period.End(), received)
	}
	pt.assigned = assignedColumn(f)
	rows := 0
	for _, tb := range pt.Tables {
		pt.Ret.RowsIgnored += tb.Ignored()
		rd.tellIgnored(pt, t, tb)
		pt.list(t, tb)
		rows += len(tb.Lines)
	}
	said, emptied, complete := layout.MissingColumns(pt.Tables, rd.constants(pt))
	pt.take(said)
	pt.Ret.ValuesEmptied += emptied
	rd.readLines(pt, t)
	rd.account(pt, rows)
	rd.outsidePeriod(pt)
	if !complete { // the rows were read for their faults; none of them can count
		pt.Records, pt.Refused, pt.Repeats = nil, nil, 0
	}
	pt.Ret.Rows, pt.Ret.RowsRefused = len(pt.Records), len(pt.Refused)
	if rows == 0 {
		rd.nilReturn(pt)
	}
	if n := len(pt.Refused); n > 0 && n*100 > rows*refusedMost {
		pt.Add(finding.TooManyRefused(rows, n).At(finding.Place{Sheet: pt.FirstSheet()}))
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
	lines := 0
	for _, tb := range pt.Tables {
		lines += len(tb.Lines)
	}
	pt.Records, pt.LineKeys = make([]Record, 0, lines), make([]string, 0, lines)
	seen := make(map[string]int, lines) // key → index of the record
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
	pt.tellHidden()
	for _, rule := range []string{"date_far", "unit_unreadable", "format_scaled"} {
		pt.gather(rule)
	}
	for _, tb := range pt.Tables {
		rd.checkTotals(pt, tb)
	}
}

const namedEach = 5 // findings of one rule about one column that are named each; more are one

// gather makes one finding of a rule that a whole column breaks.
func (pt *Part) gather(rule string) {
	n, first := map[string]int{}, map[string]bool{}
	for _, f := range pt.Ret.Findings {
		if f.Rule == rule {
			n[f.Field]++
		}
	}
	kept := pt.Ret.Findings[:0]
	for _, f := range pt.Ret.Findings {
		if f.Rule == rule && n[f.Field] > namedEach {
			if first[f.Field] {
				continue
			}
			first[f.Field] = true
			f.Message += fmt.Sprintf("；该列共有%d行如此", n[f.Field])
		}
		kept = append(kept, f)
	}
	pt.Ret.Findings = kept
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
				if !at.HasUnit {
					out[k].OddUnit = oddUnitOf(tb, at, out[k].UnitKnown)
				}
				if !out[k].UnitKnown && out[k].OddUnit == "" && !warned && rd.needsUnit(tb, b, k) {
					warned = true
					pt.Add(finding.UnitMissing(c.Title).At(finding.Place{Sheet: tb.Grid.Name, Cell: sheet.Ref(tb.Bounds[b][0], at.Col), Field: c.Field}))
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
	for _, t := range append(slices.Clone(tb.Said.Titles), layout.Said{Text: tb.Grid.Name}) {
		for _, m := range written.InParens().FindAllStringSubmatch(written.Squash(t.Text), -1) {
			if exp, ok := written.UnitIn(m[1]); ok {
				return exp, true
			}
		}
	}
	return pt.said.Unit, pt.said.HasUnit
}

// oddUnitOf finds a unit of a money column that is written and is none of money in yuan: in its heading, else on the
// sheet where nothing else states one.
func oddUnitOf(tb *layout.Table, at *layout.Placed, known bool) string {
	if word, odd := written.OddUnit(at.Title); odd || known {
		return word
	}
	word, _ := written.OddWord(tb.Said.UnitLabel.Text)
	return word
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
		if !cell.StatesUnit(c) {
			return true
		}
	}
	return false
}

// lineReader types one row.
type lineReader struct {
	rd    *Reader
	pt    *Part
	typer *cell.Typer
	line  *layout.Line
	facts []cell.Facts // by column
	whole *layout.Fault
	Record
}

// readLine types one row.
func (rd *Reader) readLine(pt *Part, t *cell.Typer, l *layout.Line) Record {
	columns := pt.Form.Columns
	r := lineReader{rd: rd, pt: pt, typer: t, line: l, facts: pt.Facts[l.Head], whole: l.Fault(-1),
		Record: Record{Line: l, Vals: make([]cell.Value, len(columns)), faulty: make([]bool, len(columns))}}
	t.Hide = t.Secrets(l.Cells)
	r.assigned()
	if r.whole != nil {
		pt.Add(*r.whole.Said)
		r.refuse(r.whole.Reason)
	}
	for k := range columns {
		r.value(k)
	}
	r.required()
	if l.Void != nil {
		pt.Add(finding.RowVoid(t.Quote(l.Void.Text, 20)).At(finding.Place{Sheet: l.Sheet, Row: l.N, Cell: l.Void.Ref(), Value: t.Quote(l.Void.Text, 30)}))
	}
	if r.whole == nil {
		rd.severalIn(pt, t, &r.Record)
		r.checkRules()
	}
	r.Key, r.Shown = rd.keyOf(pt.Form, &r.Record)
	r.hide = t.Hide
	r.named()
	return r.Record
}

// refuse keeps the row from being counted; the first reason is the one that is told.
func (r *lineReader) refuse(why string) {
	if r.Reason == "" {
		r.Reason = why
	}
}

// assigned lets dates without a year be told by the day on which the row's item was assigned.
func (r *lineReader) assigned() {
	k := r.pt.assigned
	if k < 0 {
		return
	}
	t, at, c, facts := r.typer, &r.line.Cells[k], &r.pt.Form.Columns[k], r.facts[k]
	t.Assigned = func() calendar.Date {
		if v, _ := t.Read(at, c, facts); v.Set {
			return v.Date
		}
		return calendar.NoDate
	}
}

// value types the cell of a column, and says what is wrong with it: a fault refuses the row where the field is required
// or in the key, and empties the value elsewhere.
func (r *lineReader) value(k int) {
	c, at := &r.pt.Form.Columns[k], &r.line.Cells[k]
	if ft := r.line.Fault(k); ft != nil && r.whole == nil {
		r.rd.layoutFault(r.pt, r.typer, r.line, ft, c, r.refuse)
		r.faulty[k] = true
		return
	}
	v, ft := r.typer.Read(at, c, r.facts[k])
	if r.whole != nil { // the cells stand in the wrong columns: what is wrong with them says nothing
		r.Vals[k], r.faulty[k] = v, ft != nil || !v.Set
		return
	}
	if ft != nil && c.OpenEnded != nil && openEnded(r.pt, r.typer, r.line, c, at) {
		v, ft = cell.Value{Gap: true}, nil
	}
	r.Vals[k] = v
	if v.Hid {
		r.pt.hide(placeOf(r.line, k, written.Short(v.Text, 60)))
	}
	if ft == nil {
		return
	}
	r.pt.Add(ft.At(placeOf(r.line, k, r.typer.Shown(at, c, true))))
	switch {
	case ft.Severity != finding.Error:
		return
	case c.Required || c.InKey:
		r.refuse(ft.Message)
	default:
		r.pt.Ret.ValuesEmptied++
	}
	r.faulty[k] = true
}

// required refuses the row where a required field is empty and nothing was said of it yet.
func (r *lineReader) required() {
	for k := range r.pt.Form.Columns {
		c := &r.pt.Form.Columns[k]
		if c.Required && !r.Vals[k].Set && !r.Vals[k].Gap && !r.faulty[k] && !r.line.Head.Lacks(c) {
			r.rd.requiredMissing(r.pt, r.typer, r.line, k, c)
			r.refuse(fmt.Sprintf("缺少「%s」", c.Title))
		}
	}
}

// named notes what other forms must know.
func (r *lineReader) named() {
	f := r.pt.Form
	for i := range f.Rules {
		rule := &f.Rules[i]
		if rule.Kind != forms.KnownIn {
			continue
		}
		k := f.Index(rule.Field)
		if r.Vals[k].Set {
			r.pt.Named = append(r.pt.Named, spot{rule, r.Vals[k].Text, r.line.Sheet, r.line.Cells[k].Ref(), r.line.N})
		}
	}
}

// placeOf is where a field of a line stands; no cell where the sheet has no column for it.
func placeOf(l *layout.Line, k int, value string) finding.Place {
	at := finding.Place{Sheet: l.Sheet, Row: l.N, Field: l.At[k].Field.Field, Value: value}
	if l.At[k].Col > 0 {
		at.Cell = sheet.Ref(l.N, l.At[k].Col)
	}
	return at
}

func (rd *Reader) requiredMissing(pt *Part, t *cell.Typer, l *layout.Line, k int, c *forms.Column) {
	pt.Add(finding.Required(c.Title).At(placeOf(l, k, t.Shown(&l.Cells[k], c, true))))
}

// openEnded says whether 长期 stands where the status allows it.
func openEnded(pt *Part, t *cell.Typer, l *layout.Line, c *forms.Column, cell *sheet.Cell) bool {
	if !slices.Contains(c.OpenEnded.Words, written.Heading(cell.Text)) {
		return false
	}
	for k := range pt.Form.Columns {
		if s := &pt.Form.Columns[k]; s.Field == c.OpenEnded.Field {
			if l.Head.Lacks(s) { // nothing says otherwise
				return true
			}
			v, ok := t.Listed(l.Cells[k].Text, s)
			return ok && slices.Contains(c.OpenEnded.Values, v)
		}
	}
	return false
}

// assignedColumn is where a form says when an item was assigned (交办); -1 if nowhere.
func assignedColumn(f *forms.Form) int {
	handed := func(s string) bool { return strings.Contains(s, "交办") }
	return slices.IndexFunc(f.Columns, func(c forms.Column) bool {
		return c.Type == forms.Date && c.Role == forms.Fact && (c.Field == "assigned_on" || handed(c.Title) || slices.ContainsFunc(c.Synonyms, handed))
	})
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
				text = written.Fold(v.Text)
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

// repeated judges a second row with the same key: rows that are identical once folded count once (true), others are refused.
func (rd *Reader) repeated(pt *Part, first, r *Record) bool {
	same := true
	for k := range r.Vals {
		a, b := first.Vals[k], r.Vals[k]
		if a.Set != b.Set || a.Hash != b.Hash || a.Text != b.Text && written.Fold(a.Text) != written.Fold(b.Text) {
			same = false
		}
	}
	where, shown := whereIs(first.Line, r.Line), written.Short(r.Shown, 40)
	fd := finding.RepeatedRow(where, shown)
	if !same {
		fd = finding.RepeatedKey(where, shown)
		r.Reason = fd.Message
	}
	pt.Add(fd.At(finding.Place{Sheet: r.Line.Sheet, Row: r.Line.N, Value: written.Short(r.Shown, 60), Cell: KeyCell(pt.Form, r.Line)}))
	return same
}

// KeyCell is where the first part of the key that has a column stands.
func KeyCell(f *forms.Form, l *layout.Line) string {
	for _, part := range f.Key {
		for _, field := range part {
			if k := f.Index(field); k >= 0 && l.At[k].Col > 0 {
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
