package layout

import (
	"regexp"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// below is another small table under this one, a summary of it perhaps: its rows are no lines.
type below struct {
	n, rows int // its head's row and how many rows it takes
	ref     string
	titles  []string
}

// countHead ends headings of summaries.
var countHead = regexp.MustCompile(`(数|数量|率|合计|小计|总计|占比|比重|排名|位次|金额|备注|序号|名称|单位|街道|乡镇|类别|类型|清单|来源|个数|情况)$`)

// asideAt takes a small table whose head is row i and says how many rows it takes; 0 where none begins there. It stands
// apart from the rows above, has words for a head and fills few of the columns that a row of this form must have.
func (r *tableReader) asideAt(i int, kind, after rowKind) int {
	row := &r.p.Rows[i]
	if kind != rowData && kind != rowStray && kind != rowHead || !r.apart(i, after) || !r.summaryHead(row) {
		return 0
	}
	if kind == rowHead {
		if heads := r.l.Vocab.headsOf(r.p, i); heads != nil {
			if c := r.l.Vocab.headAt(i, r.h.Form, heads); c != nil && (c.found*2 >= c.all || len(c.Columns)*2 >= len(r.h.Columns)) {
				return 0
			}
		}
	}
	n := 1
	for i+n < len(r.p.Rows) && !BlankRow(&r.p.Rows[i+n]) && r.p.Rows[i+n].N == row.N+n {
		if r.fillsRow(&r.p.Rows[i+n]) {
			return 0
		}
		n++
	}
	if n == 1 {
		return 0
	}
	b := below{n: row.N, rows: n, ref: FirstText(row).Ref()}
	for k := range row.Cells {
		if t := written.Tidy(row.Cells[k].Text); t != "" {
			b.titles = append(b.titles, written.Short(t, 12))
		}
	}
	for j := i; j < i+n; j++ {
		r.kinds[j] = rowAside
	}
	r.t.asides = append(r.t.asides, b)
	return n
}

// apart says whether a gap or a line of its own stands between the rows above and row i.
func (r *tableReader) apart(i int, after rowKind) bool {
	above := &r.p.Rows[i-1]
	return r.seen > 0 && (BlankRow(above) || above.N < r.p.Rows[i].N-1 || after == rowStray || after == rowSection || after == rowNote)
}

// summaryHead says whether a row holds nothing but short words, all or all but one of which are headings.
func (r *tableReader) summaryHead(row *sheet.Row) bool {
	texts, heads := 0, 0
	for k := range row.Cells {
		c := &row.Cells[k]
		if !filled(c) {
			continue
		}
		t := written.Heading(c.Text)
		if c.Kind != sheet.Text || len([]rune(t)) > 14 {
			return false
		}
		if texts++; r.l.Vocab.IsWord(c.Text) || countHead.MatchString(t) {
			heads++
		}
	}
	return texts >= 2 && heads >= 2 && heads >= texts-1
}

// fillsRow says whether a row fills at least half of the columns that every row of the form must have.
func (r *tableReader) fillsRow(row *sheet.Row) bool {
	have, all := 0, 0
	for k := range r.at {
		if r.at[k].Col > 0 && r.at[k].Field.Required {
			if all++; filled(CellIn(row, r.at[k].Col)) {
				have++
			}
		}
	}
	return have*2 >= all && all > 2 && have == all || all > 4 && have*10 > all*6
}

// TellBelow names the small tables below a table.
func (tb *Table) TellBelow() (said Notes) {
	for _, b := range tb.asides {
		said.add(finding.TableBelow(b.n, b.rows, written.Short(strings.Join(b.titles, "、"), 40)).At(finding.Place{Sheet: tb.Grid.Name, Cell: b.ref, Row: b.n}))
	}
	return said
}
