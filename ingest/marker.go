package ingest

import (
	"fmt"
	"slices"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/receipt"
	"taizhang/ingest/sheet"
)

// marker is what a template's hidden sheet says of one of its sheets: by it a
// filled template is known, whatever happened to its headings.
type marker struct {
	sheet  string
	form   *forms.Form
	row    int      // of the headings, when the template was made
	fields []string // by column: a field, and of money its unit (paid_amount 万元)
	codes  map[string]string
}

// markers reads the hidden sheet of a template. Forms that are no longer in force are left out, as are fields later on.
func (in *Intake) markers(g *sheet.Grid) []marker {
	var out []marker
	codes := map[string]string{}
	names := 0
	for i := range g.Rows {
		row := &g.Rows[i]
		if row.N >= receipt.MarkerLists {
			if row.N == receipt.MarkerLists {
				for k := range row.Cells {
					if row.Cells[k].Text == receipt.MarkerNames {
						names = row.Cells[k].Col
					}
				}
			} else if name, code := cellIn(row, names), cellIn(row, names+1); names > 0 && name != nil && code != nil {
				codes[squash(name.Text)] = code.Text
			}
			continue
		}
		text := func(col int) string { return textOf(cellIn(row, col)) }
		f := in.Forms.Get(text(2))
		if row.N < 2 || f == nil {
			continue
		}
		m := marker{sheet: text(1), form: f, row: atoi(text(4)), codes: codes}
		for k := range row.Cells {
			if c := &row.Cells[k]; c.Col >= 5 {
				for len(m.fields) < c.Col-5 {
					m.fields = append(m.fields, "")
				}
				m.fields = append(m.fields, c.Text)
			}
		}
		out = append(out, m)
	}
	return out
}

// byMarker gives the marker of each sheet that the template named. Sheets that were renamed are known by their order,
// where as many are left over on both sides.
func byMarker(markers []marker, visible []string) map[string]marker {
	out := map[string]marker{}
	rest := slices.Clone(visible)
	var lost []marker
	for _, m := range markers {
		if i := slices.Index(rest, m.sheet); i >= 0 {
			out[m.sheet] = m
			rest = slices.Delete(rest, i, i+1)
		} else {
			lost = append(lost, m)
		}
	}
	if len(lost) == len(rest) {
		for i, m := range lost {
			out[rest[i]] = m
		}
	}
	return out
}

// markedHead finds the head of a template's sheet. What the headings say themselves comes first, so that columns may be
// moved; what they no longer say is told by the place at which the template had it.
func (in *Intake) markedHead(pg *page, m marker, h *header) (*page, *header, []finding.Finding) {
	if h != nil && h.form != m.form && len(h.lacking()) == 0 {
		return pg, h, nil // another form's table was put into the sheet
	}
	n := m.row
	for i := range pg.Rows { // the example stands below the headings, wherever rows were put in above
		if exampleWord.MatchString(tidy(firstText(&pg.Rows[i]).Text)) {
			n = pg.Rows[i].N - 1
			break
		}
	}
	if h != nil && h.form == m.form && len(h.lacking()) == 0 && pg.Rows[h.row].N+h.height-1 != n {
		return pg, h, nil // a head of the sender's own making
	}
	at := slices.IndexFunc(pg.Rows, func(r sheet.Row) bool { return r.N >= n })
	if at < 0 {
		at = len(pg.Rows)
	}
	if at == len(pg.Rows) || pg.Rows[at].N > n { // the headings were deleted: an empty row stands for them
		g := *pg.Grid
		g.Rows = slices.Insert(slices.Clone(g.Rows), at, sheet.Row{N: n})
		pg = newPage(&g)
	}
	h = &header{matched: in.vocab.match(m.form, pg.heads(at, 1)), form: m.form, row: at, height: 1, titled: true}
	return pg, h, byPlace(pg, m, h)
}

// lacking gives the required fields that a head has no column for.
func (h *header) lacking() []*forms.Column {
	var out []*forms.Column
	for i := range h.form.Columns {
		if c := &h.form.Columns[i]; c.Required && h.column(c.Field) == nil {
			out = append(out, c)
		}
	}
	return out
}

// byPlace adds the columns whose headings are gone or changed.
func byPlace(pg *page, m marker, h *header) (said []finding.Finding) {
	taken := map[int]bool{}
	for _, p := range h.columns {
		taken[p.col] = true
	}
	for i, text := range m.fields {
		field, unit, _ := strings.Cut(text, " ")
		c := m.form.Column(field)
		if c == nil || taken[i+1] || h.column(field) != nil {
			continue
		}
		title := textOf(cellIn(&pg.Rows[h.row], i+1))
		p := placed{field: c, col: i + 1, title: title}
		if _, exp, known := headingForms(title); known {
			p.unit, p.hasUnit = exp, true
		} else if exp, ok := unitIn(unit); ok {
			p.unit, p.hasUnit = exp, true
		}
		h.columns = append(h.columns, p)
		f := finding.Finding{Severity: finding.Info, Rule: "heading_by_place", Sheet: pg.Name, Cell: sheet.Ref(pg.Rows[h.row].N, i+1), Field: c.Field,
			Message: fmt.Sprintf("表头「%s」被删去了，按模板中的位置读取", c.Title), Hint: "请保留模板的表头", Suggest: c.Title}
		if title != "" {
			f.Severity, f.Value = finding.Warning, short(title, 30)
			f.Message = fmt.Sprintf("模板中这一列是「%s」，表头改成了“%s”，仍按「%s」读取", c.Title, short(title, 30), c.Title)
			f.Hint = fmt.Sprintf("这一列填的如果不是「%s」，请把内容移到其他列，并把表头改回“%s”", c.Title, c.Title)
		}
		said = append(said, f)
	}
	h.extra = slices.DeleteFunc(h.extra, func(s string) bool {
		return slices.ContainsFunc(h.columns, func(p placed) bool { return p.title == s })
	})
	return said
}

// lookUpCodes fills in what the template's own formula gives where the program that filled it in did not compute it.
func (m marker) lookUpCodes(t *table) {
	for name := range m.form.Columns {
		code := m.form.CodeOf(m.form.Columns[name].Field)
		k := slices.IndexFunc(m.form.Columns, func(c forms.Column) bool { return c.Field == code })
		if k < 0 {
			continue
		}
		for i := range t.lines {
			l := &t.lines[i]
			if !l.cells[k].NoValue {
				continue
			}
			c := sheet.Cell{Row: l.cells[k].Row, Col: l.cells[k].Col}
			if code := m.codes[squash(l.cells[name].Text)]; code != "" {
				c.Kind, c.Text = sheet.Text, code
			}
			l.cells[k] = c
		}
	}
}
