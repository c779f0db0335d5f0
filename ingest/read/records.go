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
	"taizhang/ingest/totals"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
	"taizhang/internal/spelling"
)

// Record is one row with typed values, ready for the raw table, or refused.
type Record struct {
	Line   *layout.Line
	vals   cell.Row
	Key    string   // business key as compared
	Shown  string   // business key as findings name it
	refuse *refusal // nil where the row counts
}

// refusal is why a row is refused, and what has to be known to show it.
type refusal struct {
	reason string
	faulty []bool // by column
	hide   []cell.Hiding
}

// Value gives the typed value of a column of the form.
func (r *Record) Value(k int) cell.Value { return r.vals.Value(k) }

// Values gives the typed values by column of the form, in into where it has room.
func (r *Record) Values(into []cell.Value) []cell.Value { return r.vals.Values(into) }

// Reason says why the row is refused; nothing where it counts.
func (r *Record) Reason() string {
	if r.refuse == nil {
		return ""
	}
	return r.refuse.reason
}

// KeySep stands between the fields of a business key.
const KeySep = "\x1f"

// refusedMost is how many percent of its rows a return may have refused: with 3 of 10 left out it would replace a whole one.
const refusedMost = 20

// readRows types all rows of a return and checks them by the form's declaration.
func (rd *Reader) readRows(pt *Part) {
	f := pt.Form
	t := &cell.Typer{Register: rd.units, Form: f, Period: pt.Ret.Period, Cutoff: pt.Ret.Cutoff, Keys: rd.keys, Lists: rd.Vocab.Lists, Private: f.Sensitive(), Dated: cell.Dated{Zone: rd.Zone.Location}}
	pt.known = rd.rollOf(pt)
	t.Known = pt.known
	switch received := rd.Zone.DateOf(pt.Ret.ReceivedAt); {
	case !t.Cutoff.Valid() || pt.Disagrees.later() || pt.severalPeriods: // nothing says that a date is too late
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
	pt.listComments(t)
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
	mixed := slices.ContainsFunc(pt.Ret.Findings, func(f finding.Finding) bool { return f.Rule == "several_periods" })
	if mixed { // of course the rows of one period stand again in the other
		pt.Drop("repeated_key")
	}
	if n := len(pt.Refused); n > 0 && n*100 > rows*refusedMost && !mixed {
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
	keys := &keysRead{refused: map[string]*layout.Line{}}
	fs := newFirms(pt.Form)
	one := &lineReader{rd: rd, pt: pt, typer: t, kept: cell.NewShelf(t)}
	for _, tb := range pt.Tables {
		rd.facts(pt, tb)
		for i := range tb.Lines {
			rd.alive()
			r := one.read(&tb.Lines[i])
			pt.LineKeys = append(pt.LineKeys, r.Key)
			if one.begun && !pt.Form.Sensitive() { // to take it out, as its finding says, is no loss of an item
				r.Key, r.Shown = "", ""
			}
			if keys.again(rd, pt, &r, one) {
				pt.Repeats++
				continue
			}
			if keys.note(pt, &r); r.refuse != nil {
				pt.Refused = append(pt.Refused, r)
				continue
			}
			fs.see(pt, r.Line, one.vals)
			pt.Records = append(pt.Records, r)
		}
		one.tellAbsent(tb)
	}
	pt.tellHidden()
	pt.gatherRepeats()
	rd.streetOfAnother(pt)
	pt.tellSwapped()
	for _, rule := range []string{"date_far", "firm_code", "date_serial", "unit_unreadable", "format_scaled", "note_against_status", "cell_unseen", "code_padded"} {
		pt.gather(rule, func(string) bool { return true })
	}
	pt.gatherRequired(lines)
	pt.gather("type", pt.neverRead) // 形象进度 in words under 进度
	sums := totals.Return{Form: pt.Form, Tables: pt.Tables, Facts: pt.Facts, Repeats: pt.Repeats, Add: pt.Add}
	for _, tb := range pt.Tables {
		pt.sayNew(tb)
		sums.Check(tb)
	}
}

// linesOn counts the rows of a sheet.
func (pt *Part) linesOn(sheetName string) (n int) {
	for _, tb := range pt.Tables {
		if tb.Grid.Name == sheetName {
			n += len(tb.Lines)
		}
	}
	return n
}

// gatherRepeats makes one finding of the rows of a sheet that stand again on another one, word for word: a 汇总 of the sheets behind it, or a
// copy of one.
func (pt *Part) gatherRepeats() {
	again := func(f *finding.Finding) string {
		if f.Rule != "repeated_key" || f.Severity != finding.Warning || !strings.Contains(f.Message, "工作表「") {
			return ""
		}
		return f.Sheet
	}
	n := map[string]int{}
	for i := range pt.Ret.Findings {
		if s := again(&pt.Ret.Findings[i]); s != "" {
			n[s]++
		}
	}
	told := map[string]bool{}
	pt.Ret.Findings = slices.DeleteFunc(pt.Ret.Findings, func(f finding.Finding) bool {
		s := again(&f)
		if s == "" || n[s] <= namedEach && (n[s] < 2 || n[s] < pt.linesOn(s)) {
			return false
		}
		first := !told[s]
		told[s] = true
		return !first
	})
	for i := range pt.Ret.Findings {
		if f := &pt.Ret.Findings[i]; told[again(f)] {
			f.Message += fmt.Sprintf("；这张工作表共有%d行如此", n[f.Sheet])
			f.Hint = "如是汇总和明细两处都列了，只留一处"
		}
	}
}

const namedEach = 5 // findings of one rule about one column that are named each; more are one

// neverRead says whether a column that may be empty is, in every row that counts: what stands in it is of another kind.
func (pt *Part) neverRead(field string) bool {
	k := pt.Form.Index(field)
	return k >= 0 && !pt.Form.Columns[k].Required && !pt.Form.Columns[k].InKey &&
		!slices.ContainsFunc(pt.Records, func(r Record) bool { return r.Value(k).Set })
}

// gather makes one finding of a rule that a whole column breaks, of the columns that may be told so.
func (pt *Part) gather(rule string, may func(field string) bool) {
	n, first := map[string]int{}, map[string]bool{}
	for _, f := range pt.Ret.Findings {
		if f.Rule == rule {
			n[f.Field]++
		}
	}
	for field, times := range n {
		if times > namedEach && !may(field) {
			delete(n, field)
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
		if b == 0 { // a head further down has a unit of its own above it
			pt.take(unitsDiffer(pt, tb, h))
			pt.take(countUnits(tb, h))
		}
		for k := range pt.Form.Columns {
			c := &pt.Form.Columns[k]
			at := h.Column(c.Field)
			if at == nil || at.Col == 0 {
				continue
			}
			switch c.Type {
			case forms.Money:
				out[k].Unit, out[k].UnitKnown = rd.unitOf(pt, tb, at)
				out[k].OddUnit = oddUnitOf(tb, at, out[k].UnitKnown)
				if !out[k].UnitKnown && out[k].OddUnit == "" && !warned && rd.needsUnit(tb, b, k) {
					warned = true
					pt.Add(finding.UnitMissing(c.Title).At(finding.Place{Sheet: tb.Grid.Name, Cell: sheet.Ref(tb.Bounds[b][0], at.Col), Field: c.Field}))
				}
			case forms.Int:
				out[k].Unit, out[k].OddUnit = at.Scale, written.OddCount(at.Title)
			case forms.Percent:
				out[k].Fractions = fractions(tb, k)
			case forms.Month:
				out[k].Tenths = tenths(tb, k)
			}
		}
	}
}

// tenths says whether a column of months holds numbers such as 2022.1, of which nobody knows whether they were 2022.10.
func tenths(tb *layout.Table, k int) bool {
	return slices.ContainsFunc(tb.Lines, func(l layout.Line) bool { return written.IsTenth(l.Cell(k)) })
}

// assignedColumn is where a form says when an item was assigned (交办); -1 if nowhere.
func assignedColumn(f *forms.Form) int {
	handed := func(s string) bool { return strings.Contains(s, "交办") }
	return slices.IndexFunc(f.Columns, func(c forms.Column) bool {
		return c.Type == forms.Date && c.Role == forms.Fact && (c.Field == "assigned_on" || handed(c.Title) || slices.ContainsFunc(c.Synonyms, handed))
	})
}

// keyOf joins the key parts. Parts that may be empty stay empty; a row without any key part has none.
func keyOf(f *forms.Form, vals []cell.Value) (key, shown string) {
	var parts, words []string
	any := false
	for _, part := range f.Key {
		text := ""
		for _, field := range part {
			for k := range f.Columns {
				if f.Columns[k].Field != field || !vals[k].Set {
					continue
				}
				v := vals[k]
				text = spelling.Fold(v.Text)
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
func (rd *Reader) repeated(pt *Part, first, r *Record, as *lineReader) bool {
	same := true
	before, now := first.Values(nil), r.Values(nil)
	for k := range now {
		a, b := before[k], now[k]
		if a.Set != b.Set || a.Hash != b.Hash || a.Text != b.Text && spelling.Fold(a.Text) != spelling.Fold(b.Text) {
			same = false
		}
		same = same && rd.sameWritten(&pt.Form.Columns[k], first.Line.Cell(k), r.Line.Cell(k), a)
	}
	where, shown := whereIs(first.Line, r.Line), written.Short(r.Shown, 40)
	fd := finding.RepeatedRow(where, shown)
	if !same {
		if fd = finding.RepeatedKey(where, shown); !isNumbered(pt.Form) {
			fd = finding.RepeatedParts(where, shown, keyTitles(pt.Form, r.Line), tellsApart(pt.Form, r.Line), instalmentOf(pt.Form, r.Line))
		}
		r.refuse = &refusal{fd.Message, slices.Clone(as.faulty), as.typer.Hide}
	}
	pt.Add(fd.At(finding.Place{Sheet: r.Line.Sheet, Row: r.Line.N, Value: written.Short(r.Shown, 60), Cell: KeyCell(pt.Form, r.Line)}))
	return same
}

// sameWritten says whether two cells whose values are the same say the same: of several streets in a cell the first is the
// value, a cell that was at fault has none, and of a text that names a person a mask is all that is kept.
func (rd *Reader) sameWritten(c *forms.Column, a, b sheet.Cell, v cell.Value) bool {
	if a.Text == b.Text || v.Set && c.Type != forms.Unit && !(c.Type == forms.Text && strings.Contains(v.Text, "*")) {
		return true
	}
	if v.Set && c.Type == forms.Unit {
		x, n := rd.units.Streets(a.Text)
		y, m := rd.units.Streets(b.Text)
		return max(n, m) < 2 || n == m && slices.Equal(x, y)
	}
	bare := func(s string) string {
		if s = strings.ToLower(written.Tidy(s)); cell.Dashes[s] {
			return ""
		}
		return spelling.Fold(s)
	}
	return bare(a.Text) == bare(b.Text)
}

// tellRepeated says that two rows have one key, where one of them is refused for another fault anyway.
func tellRepeated(pt *Part, first *layout.Line, r *Record) {
	pt.Add(finding.RepeatedRefused(whereIs(first, r.Line), written.Short(r.Shown, 40)).
		At(finding.Place{Sheet: r.Line.Sheet, Row: r.Line.N, Value: written.Short(r.Shown, 60), Cell: KeyCell(pt.Form, r.Line)}))
}

// whereIs names a line for a finding about another one.
func whereIs(l, from *layout.Line) string {
	if l.Sheet != from.Sheet {
		return fmt.Sprintf("工作表「%s」第%d行", l.Sheet, l.N)
	}
	return fmt.Sprintf("第%d行", l.N)
}

// RowText is a refused row as it stood, masked, for quarantine.
func (rd *Reader) RowText(r *Record, pt *Part) string {
	f := pt.Form
	t := &cell.Typer{Register: rd.units, Form: f, Private: f.Sensitive(), Hide: r.refuse.hide, Known: pt.known}
	m := map[string]string{}
	cells, vals := r.Line.Cells(nil), r.Values(nil)
	for k := range f.Columns {
		c := &f.Columns[k]
		doubtful := r.refuse.faulty[k] || !vals[k].Set || c.Type == forms.Text || c.Type == forms.Unit || c.Type == forms.Code
		if s := t.Shown(&cells[k], c, doubtful); s != "" {
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
	for _, v := range r.Values(nil) {
		if v.Hash != "" && hashes[v.Hash] {
			return true
		}
	}
	return false
}
