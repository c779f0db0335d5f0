package heading

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// MarkerSheet is the very hidden sheet by which intake knows a filled template,
// whatever happened to its headers. From row 2 on, each row says of one sheet:
// its name, form id, version, header row, and the columns in order, each by
// its field and, of money, its unit (paid_amount 万元). In row MarkerLists and
// below stand the lists that cells choose from, each under its name or under
// none; the enterprise directory's are MarkerNames and, beside it, MarkerCodes.
const (
	MarkerSheet = "_taizhang"
	MarkerLists = 199
	MarkerNames = "enterprise"
	MarkerCodes = "enterprise_code"
)

// ExamplePrefix begins the first cell of a template's example row, which is passed over.
const ExamplePrefix = "示例"

// ExampleWhole stands in place of a percentage's example where the example is done; templates handed out before have that one.
const ExampleWhole = "100%"

// ExampleText is what a template's example row says below a column whatever the template was made for; "" where that differs.
func ExampleText(typ forms.Type) string {
	switch typ {
	case forms.Int:
		return "12"
	case forms.Money:
		return "35.6"
	case forms.Percent:
		return "60%"
	case forms.Code:
		return "001"
	case forms.USCC, forms.TaxNo:
		return "18位代码"
	case forms.List, forms.Unit, forms.Date, forms.Month:
		return ""
	}
	return "……"
}

// Marker is what a template's hidden sheet says of one of its sheets: by it a
// filled template is known, whatever happened to its headings.
type Marker struct {
	sheet  string
	Form   *forms.Form
	row    int      // of the headings, when the template was made
	fields []string // by column: a field, and of money its unit (paid_amount 万元)
	codes  map[string]string
	Issued string // the period that it was made for, as its 报送期 said then; empty if for none
}

// Markers reads the hidden sheet of a template. Forms that are no longer in force are left out, as are fields later on.
func (l *Reader) Markers(g *sheet.Grid) []Marker {
	var out []Marker
	codes := map[string]string{}
	names := 0
	for i := range g.Rows {
		row := g.Row(i)
		if row.N >= MarkerLists {
			if row.N == MarkerLists {
				for k := range row.Cells {
					if row.Cells[k].Text == MarkerNames {
						names = row.Cells[k].Col
					}
				}
			} else if name, code := sight.CellIn(row, names), sight.CellIn(row, names+1); names > 0 && name != nil && code != nil {
				codes[spelling.Squash(name.Text)] = code.Text
			}
			continue
		}
		text := func(col int) string { return sight.TextOf(sight.CellIn(row, col)) }
		f := l.Vocab.Set.Get(text(2))
		if row.N < 2 || f == nil {
			continue
		}
		_, issued, _ := strings.Cut(text(3), " ")
		m := Marker{Issued: issued, sheet: text(1), Form: f, row: written.Atoi(text(4)), codes: codes}
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

// ByMarker gives the marker of each sheet that the template named. Sheets that were renamed are known by their order,
// where as many are left over on both sides.
func ByMarker(markers []Marker, visible []string) map[string]Marker {
	out := map[string]Marker{}
	rest := slices.Clone(visible)
	var lost []Marker
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

// MarkedHead finds the head of a template's sheet. What the headings say themselves comes first, so that columns may be
// moved; what they no longer say is told by the place at which the template had it.
func (l *Reader) MarkedHead(pg *Page, m Marker, h *Head) (*Page, *Head, []finding.Finding) {
	if h != nil && h.Form != m.Form && len(h.lacking()) == 0 {
		return pg, h, nil // another form's table was put into the sheet
	}
	n := m.row
	for i := range pg.Rows { // the example stands below the headings, wherever rows were put in above
		if ExampleWord().MatchString(written.Tidy(sight.FirstText(pg.Row(i)).Text)) {
			n = pg.Rows[i].N - 1
			break
		}
	}
	if h != nil && h.Form == m.Form && len(h.lacking()) == 0 && pg.Rows[h.Row].N+h.Height-1 != n {
		return pg, h, nil // a head of the sender's own making
	}
	at := slices.IndexFunc(pg.Rows, func(r sheet.Row) bool { return r.N >= n })
	if at < 0 {
		at = len(pg.Rows)
	}
	if at == len(pg.Rows) || pg.Rows[at].N > n { // the headings were deleted: an empty row stands for them
		g := *pg.Grid
		g.Rows = slices.Insert(slices.Clone(g.Rows), at, sheet.Row{N: n})
		delimited := pg.Delimited
		pg = NewPage(&g)
		pg.Delimited = delimited
	}
	h = &Head{matched: l.Vocab.match(m.Form, pg.heads(at, 1)), Form: m.Form, Row: at, Height: 1, titled: true}
	return pg, h, byPlace(pg, m, h)
}

// lacking gives the required fields that a head has no column for.
func (h *Head) lacking() []*forms.Column {
	var out []*forms.Column
	for i := range h.Form.Columns {
		if c := &h.Form.Columns[i]; c.Required && h.Column(c.Field) == nil {
			out = append(out, c)
		}
	}
	return out
}

// byPlace adds the columns whose headings are gone or changed.
func byPlace(pg *Page, m Marker, h *Head) (said []finding.Finding) {
	taken := map[int]bool{}
	for _, p := range h.Columns {
		taken[p.Col] = true
	}
	for i, text := range m.fields {
		field, unit, _ := strings.Cut(text, " ")
		c := m.Form.Column(field)
		if c == nil || taken[i+1] || h.Column(field) != nil {
			continue
		}
		title := sight.TextOf(sight.CellIn(pg.Row(h.Row), i+1))
		p := Placed{Field: c, Col: i + 1, Title: title}
		if _, exp, known := written.HeadingForms(title); known {
			p.Unit, p.HasUnit = exp, true
		} else if exp, ok := written.UnitIn(unit); ok {
			p.Unit, p.HasUnit = exp, true
		}
		h.Columns = append(h.Columns, p)
		f := finding.HeadingDeleted(c.Title)
		if title != "" {
			f = finding.HeadingChanged(c.Title, written.Short(title, 30))
		}
		said = append(said, f.At(pg.Under(h, &p)))
	}
	h.extra = slices.DeleteFunc(h.extra, func(s string) bool {
		return slices.ContainsFunc(h.Columns, func(p Placed) bool { return p.Title == s })
	})
	return said
}

// CodeOf is the code that the template's directory gives for a name; "" for none.
func (m Marker) CodeOf(name string) string { return m.codes[spelling.Squash(name)] }

// ExampleWord begins the first cell of a row that shows how to fill in a form.
var ExampleWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[(（【]?(示例|样例|范例|填写示例|例)\d{0,3}([)）】:：]|$)|^(示例|样例|范例|填写示例)(行|数据|如下|填写)?([(（,，、;；.。—-]|仅?供|请|勿|$)`)
})
