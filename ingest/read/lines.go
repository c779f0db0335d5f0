package read

import (
	"fmt"
	"slices"

	"taizhang/ingest/cell"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/layout"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
)

// lineReader types rows, one after another.
type lineReader struct {
	rd    *Reader
	pt    *Part
	typer *cell.Typer
	kept  *cell.Shelf

	line   *layout.Line
	cells  []sheet.Cell // of the line, by column
	facts  []cell.Facts // by column
	whole  *layout.Fault
	vals   []cell.Value // by column
	faulty []bool       // by column
	reason string       // why the row is refused
	begun  bool         // hardly anything of what is required is filled in
	absent []absence    // of the table's lines so far
}

// read types one row.
func (r *lineReader) read(l *layout.Line) Record {
	n, t := len(r.pt.Form.Columns), r.typer
	r.line, r.cells, r.facts, r.whole, r.reason = l, l.Cells(r.cells), r.pt.Facts[l.Head], l.Fault(-1), ""
	r.begun = false
	r.vals, r.faulty = slices.Grow(r.vals[:0], n)[:n], slices.Grow(r.faulty[:0], n)[:n]
	clear(r.vals)
	clear(r.faulty)
	t.From(l.Shelf())
	t.Hide = t.Secrets(r.cells)
	r.assigned()
	if r.whole != nil {
		r.pt.Add(*r.whole.Said)
		r.refuse(r.whole.Reason)
	}
	for k := range n {
		r.value(k)
	}
	r.stretches()
	r.required()
	if l.Struck() {
		r.pt.Add(finding.RowStruck().At(finding.Place{Sheet: l.Sheet, Row: l.N, Cell: sheet.Ref(l.N, 1)}))
	}
	for _, f := range l.Crossed() {
		f.Value = t.Quote(f.Value, 60)
		r.pt.Add(f)
	}
	r.voided()
	if r.whole == nil {
		r.severalIn()
		r.checkRules()
	}
	r.named()
	out := Record{Line: l, vals: r.kept.Keep(r.vals)}
	out.Key, out.Shown = keyOf(r.pt.Form, r.vals)
	if r.reason != "" {
		out.refuse = &refusal{r.reason, slices.Clone(r.faulty), t.Hide}
	}
	return out
}

// refuse keeps the row from being counted; the first reason is the one that is told.
func (r *lineReader) refuse(why string) {
	if r.reason == "" {
		r.reason = why
	}
}

// assigned lets dates without a year be told by the day on which the row's item was assigned.
func (r *lineReader) assigned() {
	k := r.pt.assigned
	if k < 0 {
		return
	}
	if r.typer.Assigned == nil {
		r.typer.Assigned = func() calendar.Date {
			if v, _ := r.typer.Read(&r.cells[k], &r.pt.Form.Columns[k], r.facts[k]); v.Set {
				return v.Date
			}
			return calendar.NoDate
		}
	}
}

// value types the cell of a column, and says what is wrong with it: a fault refuses the row where the field is required
// or in the key, and empties the value elsewhere.
func (r *lineReader) value(k int) {
	c, at := &r.pt.Form.Columns[k], &r.cells[k]
	if ft := r.line.Fault(k); ft != nil && r.whole == nil {
		r.rd.layoutFault(r.pt, r.typer, ft, c, r.refuse)
		r.faulty[k] = true
		return
	}
	v, ft := r.typer.ReadAt(k, at, r.facts[k])
	if r.whole != nil { // the cells stand in the wrong columns: what is wrong with them says nothing
		r.vals[k], r.faulty[k] = v, ft != nil || !v.Set
		return
	}
	if ft != nil && c.OpenEnded != nil && r.openEnded(c, at) {
		v, ft = cell.Value{Gap: true}, nil
	}
	r.vals[k] = v
	if v.Hid {
		r.pt.hide(r.line.Place(k, written.Short(v.Text, 60)))
	}
	if ft == nil {
		return
	}
	if ft.Severity == finding.Error && r.told(k) {
		r.faulty[k] = true
		r.pt.Ret.ValuesEmptied++
		return
	}
	r.pt.Add(ft.At(r.line.Place(k, r.typer.Shown(at, c, true))))
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

// told says whether a field without which the row counts stands in a cell that is at fault already as that of another: 起止时间.
func (r *lineReader) told(k int) bool {
	c, col := &r.pt.Form.Columns[k], r.line.At[k].Col
	if col == 0 || c.Required || c.InKey {
		return false
	}
	for j := range k {
		if r.faulty[j] && r.line.At[j].Col == col && r.pt.Form.Columns[j].Type == c.Type {
			return true
		}
	}
	return false
}

// stretches takes the end of a stretch of months that stands where its beginning should (2022年5月-12月) for the end's own
// column where that is empty, and doubts it where that says otherwise.
func (r *lineReader) stretches() {
	for i := range r.pt.Form.Rules {
		rule := &r.pt.Form.Rules[i]
		if rule.Kind != "not_before" || r.whole != nil {
			continue
		}
		from, to := r.pt.Form.Index(rule.Than), r.pt.Form.Index(rule.Field)
		begins, ends := &r.pt.Form.Columns[from], &r.pt.Form.Columns[to]
		if begins.Type != forms.Month || ends.Type != forms.Month || !r.vals[from].Set || r.faulty[from] || r.faulty[to] || r.cells[from].Kind != sheet.Text {
			continue
		}
		v, ft := r.typer.Read(&r.cells[from], ends, r.facts[to])
		switch {
		case !v.Set || ft != nil && ft.Severity == finding.Error || v.Date == r.vals[from].Date:
		case !r.vals[to].Set && !r.vals[to].Gap:
			r.vals[to] = v
		case r.vals[to].Set && r.vals[to].Date != v.Date:
			text := r.typer.Shown(&r.cells[from], begins, true)
			r.pt.Add(finding.StretchDiffers(begins.Title, text, ends.Title, v.Text[:7], r.vals[to].Text[:7]).At(r.line.Place(from, text)))
		}
	}
}

// required refuses the row where a required field is empty and nothing was said of it yet. A row that is nearly empty is one
// finding: who wrote it has a row to finish or to take out, and not seven cells.
func (r *lineReader) required() {
	if r.allFilled() {
		return
	}
	var missing []int
	given := 0
	for k := range r.pt.Form.Columns {
		c := &r.pt.Form.Columns[k]
		switch {
		case !c.Required || r.line.Head.Lacks(c):
		case r.unfilled(k):
			missing = append(missing, k)
		default:
			given++
		}
	}
	if len(missing) >= 3 && len(missing) >= 2*given {
		titles := make([]string, len(missing))
		for i, k := range missing {
			titles[i] = r.pt.Form.Columns[k].Title
		}
		f := finding.RequiredMost(titles)
		r.pt.Add(f.At(r.line.Place(missing[0], "")))
		r.refuse(f.Message)
		r.begun = true
		return
	}
	for _, k := range missing {
		c := &r.pt.Form.Columns[k]
		r.pt.Add(finding.Required(c.Title).At(r.line.Place(k, r.typer.Shown(&r.cells[k], c, true))))
		r.refuse(fmt.Sprintf("缺少「%s」", c.Title))
	}
}

// unfilled says whether a field is empty and nothing was said of it yet.
func (r *lineReader) unfilled(k int) bool { return !r.vals[k].Set && !r.vals[k].Gap && !r.faulty[k] }

// allFilled says whether every required field is filled in, as in nearly all rows.
func (r *lineReader) allFilled() bool {
	for k := range r.pt.Form.Columns {
		if r.pt.Form.Columns[k].Required && r.unfilled(k) {
			return false
		}
	}
	return true
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
		if r.vals[k].Set {
			r.pt.Named = append(r.pt.Named, spot{rule, r.vals[k].Text, r.line.Sheet, r.cells[k].Ref(), r.line.N})
		}
	}
}

// openEnded says whether 长期 stands where the status allows it.
func (r *lineReader) openEnded(c *forms.Column, cell *sheet.Cell) bool {
	if !slices.Contains(c.OpenEnded.Words, written.Heading(cell.Text)) {
		return false
	}
	for k := range r.pt.Form.Columns {
		if s := &r.pt.Form.Columns[k]; s.Field == c.OpenEnded.Field {
			if r.line.Head.Lacks(s) { // nothing says otherwise
				return true
			}
			v, ok := r.typer.Listed(r.cells[k].Text, s)
			return ok && slices.Contains(c.OpenEnded.Values, v)
		}
	}
	return false
}
