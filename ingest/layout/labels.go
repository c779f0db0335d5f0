package layout

import (
	"slices"
	"strconv"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
)

// What a sheet's name, a title, a file's name or a section row says of a column (第3批, a list, a street) may be left from another
// return, or a cell may be. It is asked about once, where it is most likely wrong: at the label where no row agrees with it, at the
// first odd cell where nearly all do. A ledger that goes by its newest batch agrees with its title.

// claim says the value of a column for all rows, and where it stands.
type claim struct {
	what  string // 标题
	text  string
	value string
	at    finding.Place
}

// agreeing is how many rows must agree with a label for others to look odd, oddMost how many these are at most.
const (
	agreeing = 3
	oddMost  = 2
)

// LabelsDiffer asks about labels that the rows of a table contradict.
func (l *Reader) LabelsDiffer(t *Table, pg *heading.Page, h *heading.Head, file string) (said heading.Notes) {
	if len(t.Heads) > 1 || len(t.Lines) == 0 {
		return nil
	}
	for k := range h.Form.Columns {
		c := &h.Form.Columns[k]
		if at := h.Column(c.Field); at == nil || at.Col == 0 || at.Ticks != nil {
			continue
		}
		for _, lb := range l.labels(pg, h, c, file) {
			if f := l.labelDiffers(t, k, lb); f != nil {
				said.Add(*f)
				break
			}
		}
	}
	for _, u := range t.refuted {
		f := finding.SectionDiffers(written.Short(u.text, 20), u.c.Title, written.Short(u.other, 20)).At(u.at)
		said.Add(f)
		break
	}
	return said
}

// labels are what is said of a column around its table.
func (l *Reader) labels(pg *heading.Page, h *heading.Head, c *forms.Column, file string) (out []claim) {
	var title sheet.Cell
	for i := 0; i < h.Row; i++ {
		if t := sight.FirstText(pg.Row(i)); l.labelValue(c, t.Text, false) != "" && len([]rune(t.Text)) <= 40 {
			title = t
			break
		}
	}
	for _, s := range []claim{
		{what: "工作表名称", text: pg.Name, value: l.labelValue(c, pg.Name, true), at: finding.Place{Sheet: pg.Name}},
		{what: "标题", text: title.Text, value: l.labelValue(c, title.Text, false), at: finding.Place{Sheet: pg.Name, Cell: title.Ref(), Row: title.Row}},
		{what: "文件名", text: file, value: l.labelValue(c, file, false), at: finding.Place{Sheet: pg.Name}},
	} {
		if s.value != "" {
			out = append(out, s)
		}
	}
	return out
}

// labelValue is the value of a column by which rows are told apart that a text names; "" where it names none or several. A status is no
// such column: 未办结 is what some rows of the sheet are called, and not all.
func (l *Reader) labelValue(c *forms.Column, text string, name bool) string {
	switch {
	case heading.CountsBatches(c):
		return heading.BatchIn(text)
	case c.Type == forms.List && c.InKey && name:
		if v, ok := l.Vocab.Lists[c][written.Heading(text)]; ok && len([]rune(written.Heading(text))) > 1 {
			return v
		}
	case c.Type == forms.Unit && name && c.Field == "street":
		if u, ok := l.Units.Street(text); ok && u.Kind == "street" {
			return u.Name
		}
	}
	if c.Type == forms.List && c.InKey {
		if v := l.ValueInTitle(c, "", text); v != "" && !l.titular(c, v) {
			return v
		}
	}
	return ""
}

// titular says whether a value of a column has a spelling that stands in the titles of its form, where it says nothing of rows: 走访 in
// 走访与会议记录.
func (l *Reader) titular(c *forms.Column, value string) bool {
	for _, f := range l.Vocab.Set.Forms {
		if f.Column(c.Field) != c {
			continue
		}
		for word, v := range l.Vocab.Lists[c] {
			if v == value && slices.ContainsFunc(l.Vocab.Title[f.ID], func(t string) bool { return strings.Contains(t, word) }) {
				return true
			}
		}
	}
	return false
}

// tellsApart says whether sections may be held against what their rows say of a column: a batch, a street, a list by which rows are
// told apart, whether they are done.
func tellsApart(c *forms.Column) bool {
	return heading.CountsBatches(c) || c.Type == forms.Unit && c.Field == "street" || c.Type == forms.List && (c.InKey || c.HasStates())
}

// asDone says whether two values of a column agree in that they are done, or are not: 未办结 is said of 未启动 as of 办理中.
func (l *Reader) asDone(c *forms.Column, own *sheet.Cell, value string) bool {
	if !c.HasStates() {
		return false
	}
	done := func(name string) (is, known bool) {
		i := slices.IndexFunc(c.Values, func(v forms.Value) bool { return v.Name == name })
		return i >= 0 && c.Values[i].Means == forms.Closed, i >= 0
	}
	a, known := done(l.valueOf(c, own))
	b, _ := done(value)
	return !known || a == b // what is no value is a fault of its own
}

// labelDiffers holds a label against the rows.
func (l *Reader) labelDiffers(t *Table, k int, lb claim) *finding.Finding {
	same, odd := 0, 0
	var first sheet.Cell
	var line *Line
	others := map[string]bool{}
	c := t.Lines[0].At[k].Field
	for i := range t.Lines {
		own := t.Lines[i].Cell(k)
		if !sight.Present(&own) {
			continue
		}
		v := l.valueOf(c, &own)
		switch {
		case v == "":
			return nil // a fault of its own
		case v == lb.value:
			same++
		default:
			if odd++; odd == 1 {
				first, line = own, &t.Lines[i]
			}
			others[v] = true
		}
		if same > 0 && odd > oddMost {
			return nil
		}
	}
	switch {
	case odd == 0:
		return nil
	case same == 0 && (len(others) == 1 || lb.what != "文件名"):
		f := finding.LabelDiffers(lb.what, written.Short(lb.text, 30), c.Title, written.Short(written.Tidy(first.Text), 20), len(others) > 1).At(lb.at)
		f.Field = c.Field
		return &f
	case same >= agreeing:
		f := finding.OddInLabel(c.Title, written.Short(written.Tidy(first.Text), 20), lb.what, written.Short(lb.text, 30), same, odd).
			At(finding.Place{Sheet: line.Sheet, Row: line.N, Cell: sheet.Ref(line.N, line.At[k].Col), Field: c.Field, Value: written.Short(written.Tidy(first.Text), 30)})
		return &f
	}
	return nil
}

// valueOf is what a cell says, as labels do; "" where it says nothing that the column knows.
func (l *Reader) valueOf(c *forms.Column, own *sheet.Cell) string {
	switch c.Type {
	case forms.List:
		return l.Vocab.Lists[c][written.Heading(own.Text)]
	case forms.Unit:
		u, _ := l.Units.Match(own.Text)
		return u.Name
	}
	if n, ok := written.ParseInt(own.Text); ok {
		return strconv.FormatInt(n, 10)
	}
	return ""
}

// refuted is a section of which a row says otherwise.
type refuted struct {
	c           *forms.Column
	text, other string
	at          finding.Place
}

// refute keeps the sections of whose rows all that say something say otherwise, or of which one does among many.
func (r *tableReader) refute() {
	for _, u := range r.unfilled {
		if u.odd > 0 && tellsApart(r.at[u.k].Field) && (u.agree+u.near == 0 || u.agree+u.near >= agreeing && u.odd <= oddMost) {
			p := &r.at[u.k]
			r.table.refuted = append(r.table.refuted, refuted{p.Field, u.text, written.Tidy(u.other.Text), finding.Place{Sheet: r.page.Name, Row: u.other.Row, Cell: sheet.Ref(u.other.Row, p.Col), Field: p.Field.Field, Value: written.Short(written.Tidy(u.other.Text), 30)}})
		}
	}
	slices.SortStableFunc(r.table.refuted, func(a, b refuted) int { return a.at.Row - b.at.Row })
}
