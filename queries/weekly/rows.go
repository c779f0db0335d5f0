package weekly

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"taizhang/internal/decl"
	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/warehouse"
	"taizhang/internal/workbook"
)

// rowsBlock is the list of the rows behind the headline figures of one
// fact: each row once, with its origin, and to the right of what is printed one
// column per figure (two for a ratio) that says what the row adds to it, as a
// trace does. The headline figures are formulas over these columns.
type rowsBlock struct {
	at      *decl.Node
	fact    *metric.Fact
	table   tableBlock       // ID, title, note, empty, declared columns
	asked   []string         // metrics to list beside the headline figures
	metrics []*metric.Metric // all that have columns, in the order of the catalogue
	measure map[string][2]string
}

// Titles of the columns that say where a row comes from.
const (
	rowsSubmitter = "填报单位"
	rowsFile      = "来源文件"
	rowsSheet     = "工作表"
	rowsRow       = "行号"
	rowsRange     = "数据区域"
)

func (l *loader) rows(b *block, n *decl.Node) bool {
	r := &rowsBlock{at: n, measure: map[string][2]string{}}
	b.rows = r
	t := &r.table
	t.at = n
	if !mapping(n, fields{
		"fact": func(c *decl.Node) bool {
			if r.fact = l.catalogue.FactOf(c.Value()); r.fact == nil {
				var names []string
				for _, f := range l.catalogue.Facts {
					names = append(names, f.ID)
				}
				return c.Fault("unknown fact %s%s", "没有事实表%s%s", c.Shown(), decl.DidYouMean(c.Value(), names))
			}
			if l.book.rows[r.fact] != nil {
				return c.Fault("the rows of %s are listed twice", "%s 的明细重复列出", r.fact.ID)
			}
			l.book.rows[r.fact] = r
			return true
		},
		"metrics": func(c *decl.Node) bool {
			return each(c, func(d *decl.Node) bool {
				var m string
				ok := l.metric(&m)(d)
				r.asked = append(r.asked, m)
				return ok
			})
		},
		"id": text(&t.id), "title": text(&t.title), "note": l.template(&t.note), "empty": text(&t.empty), "most": integer(&t.most, 10, 1000000),
		"columns": func(c *decl.Node) bool {
			return each(c, func(d *decl.Node) bool { return l.column(t, d) })
		},
	}) {
		return false
	}
	if r.fact == nil {
		return n.Fault("rows without fact", "rows 缺 fact（事实表）")
	}
	for _, m := range r.asked {
		if f := l.book.metrics[m].Fact; f != r.fact {
			return n.Fault("metric %s counts rows of %s, not of %s", "指标 %s 计的是 %s 的行，不是 %s 的", m, f.ID, r.fact.ID)
		}
	}
	if t.id == "" {
		t.id = "rows_" + r.fact.ID
	}
	t.main, t.filter = true, true
	titles := []string{}
	for _, c := range t.columns {
		titles = append(titles, c.title)
	}
	return l.name(n, t.id, titles)
}

// headlines gives every rows block the figures that its fact is behind: cards,
// lists and those asked for.
func (b *Declaration) headlines() {
	wanted := map[string]bool{}
	for _, s := range b.sheets {
		for _, x := range s.blocks {
			items := x.figures
			if x.list != nil {
				items = x.list.items
			}
			for _, it := range items {
				wanted[it.metric] = true
			}
			if x.rows != nil {
				for _, m := range x.rows.asked {
					wanted[m] = true
				}
			}
		}
	}
	for _, name := range b.order {
		m := b.metrics[name]
		r := b.rows[m.Fact]
		if r == nil || !wanted[name] {
			continue
		}
		r.metrics = append(r.metrics, m)
		taken := map[string]bool{rowsSubmitter: true, rowsFile: true, rowsSheet: true, rowsRow: true, rowsRange: true}
		for _, c := range r.table.columns {
			taken[c.title] = true
		}
		for _, t := range r.measure {
			taken[t[0]], taken[t[1]] = true, true
		}
		free := func(title string) string {
			for taken[title] {
				title += "（计入）"
			}
			taken[title] = true
			return title
		}
		if m.IsRatio() {
			r.measure[name] = [2]string{free(m.Label + "（分子）"), free(m.Label + "（分母）")}
		} else {
			r.measure[name] = [2]string{free(m.Label)}
		}
	}
}

// derived says how a figure follows from its rows, nil where they are not listed.
func (w *weekly) derived(m *metric.Metric, s scale) *workbook.Derived {
	r := w.book.rows[m.Fact]
	if w.rowsLink(m) == nil || w.cut[m.Fact] {
		return nil
	}
	d := &workbook.Derived{Table: r.table.id, Op: workbook.Sum, Column: r.measure[m.ID][0]}
	switch {
	case m.IsRatio():
		d.Op, d.Over = workbook.Quotient, r.measure[m.ID][1]
	case m.Value.Agg == "median":
		d.Op = workbook.Median
	default:
		d.Divisor = math.Round(1 / s.factor)
	}
	return d
}

// rowsLink leads to the rows behind a figure, nil where they are not listed.
func (w *weekly) rowsLink(m *metric.Metric) *workbook.Link {
	if r, t := w.book.rows[m.Fact], w.lists[m.Fact]; r != nil && t != nil && len(t.Rows) > 0 && r.measure[m.ID] != [2]string{} {
		return &workbook.Link{Table: r.table.id}
	}
	return nil
}

// statement lists the rows that any of the block's figures counts, with what
// each adds to them: the columns of the list, with room for the file and the
// addresses, and then the return. Of a distinct count it gives the value that
// is counted, and leaves to firsts which row counts it; rows of returns it gives
// in any order: sorting and windows cost DuckDB more than reading the rows. count
// says how many there are.
func (r *rowsBlock) statement() (count, list string) {
	c := metric.NewCompiler(r.fact, r.metrics, "")
	columns := []string{"submitter"}
	for _, col := range r.table.columns {
		columns = append(columns, warehouse.Ident(col.from))
	}
	id, order := "null", obligationOrder
	if r.fact.Mode != metric.Obligation {
		columns = append(columns, "null", "sheet", "cast(row_no as bigint)", "null")
		for range r.celled() {
			columns = append(columns, "null")
		}
		id, order = "zone || ' ' || return_id", "" // joined zones number their returns alike
	}
	var matches []string
	for _, m := range r.metrics {
		for _, x := range m.Measures() {
			matches = append(matches, "coalesce("+c.Match(m, x)+", false)")
			if x.Agg == "distinct" {
				columns = append(columns, "case when "+c.Match(m, x)+" then "+metric.DistinctKey(x)+" end")
			} else {
				columns = append(columns, c.Contribution(m, x))
			}
		}
	}
	from := fmt.Sprintf("\nfrom %s as f\nwhere %s", c.From(r.fact.Table), strings.Join(matches, " or "))
	return "select cast(count(*) as bigint)" + from, "select " + strings.Join(columns, ", ") + ", " + id + from + order
}

const obligationOrder = "\norder by form, period"

// inOrder sorts rows of returns by return, sheet and row; origin is where the
// file, sheet and row stand, last where the return does.
func (r *rowsBlock) inOrder(rows [][]any, origin, last int) {
	slices.SortFunc(rows, func(a, b []any) int {
		return cmp.Or(compareTexts(a[last], b[last]), compareTexts(a[origin+1], b[origin+1]), compareRows(a[origin+2], b[origin+2]))
	})
}

// firsts says of distinct counts which row counts a value: the first that has it.
func (r *rowsBlock) firsts(rows [][]any, at int) {
	for _, m := range r.metrics {
		for _, x := range m.Measures() {
			if x.Agg == "distinct" {
				seen := map[any]bool{}
				for _, row := range rows {
					value := row[at]
					row[at] = int64(0)
					if value != nil && !seen[value] {
						seen[value] = true
						row[at] = int64(1)
					}
				}
			}
			at++
		}
	}
}

func compareTexts(a, b any) int {
	x, _ := a.(string)
	y, _ := b.(string)
	return strings.Compare(x, y)
}

func compareRows(a, b any) int {
	x, _ := a.(int64)
	y, _ := b.(int64)
	return cmp.Compare(x, y)
}

// measures counts the columns of contributions.
func (r *rowsBlock) measures() (n int) {
	for _, m := range r.metrics {
		n += len(m.Measures())
	}
	return n
}

// celled are the columns whose cell's address is shown.
func (r *rowsBlock) celled() []int {
	var out []int
	for i, c := range r.table.columns {
		if c.cell {
			out = append(out, i)
		}
	}
	return out
}

// sources are the counting returns' files, and where their columns stood.
type sources struct {
	files map[string]any // by zone and return; texts, ready to stand in many rows
	spans map[[2]string][]*sheetSpan
}

// placed is a row of a list whose place in its sender's sheet is still to be filled in.
type placed struct {
	returned any   // zone and return
	origin   []any // file, sheet, row, and room for the range and for the cells
	columns  []column
	cells    []int // those of the columns whose cell's address is shown
}

// mostNamed is how many returns a statement names one by one.
const mostNamed = 2000

// locate fills in where the rows of all lists stood: one statement for all of them, of the returns that they are of. A large
// zone's lists are cut, and come from few of its returns.
func (w *weekly) locate(ctx context.Context, listed []placed) error {
	if len(listed) == 0 {
		return nil
	}
	seen, ids := map[string]bool{}, []string{}
	for _, p := range listed {
		if id, _ := p.returned.(string); !seen[id] {
			seen[id] = true
			_, id, _ = strings.Cut(id, " ")
			ids = append(ids, warehouse.Quote(id))
		}
	}
	of := ""
	if len(ids) <= mostNamed {
		of = "\nwhere r.return_id in (" + strings.Join(ids, ", ") + ")"
	}
	got, err := rows(ctx, w.src, w.ask, `select r.zone || ' ' || r.return_id, c.sheet, c.field, c.col, cast(coalesce(c.from_row, 1) as bigint), cast(coalesce(c.to_row, 1048576) as bigint), r.file
		from core.counted_return as k
		join raw.return as r on r.zone = k.zone and r.return_id = k.return_id
		left join raw.return_column as c on c.zone = r.zone and c.return_id = r.return_id and c.col is not null`+of)
	if err != nil {
		return lang.Errorf("files and columns of the returns: %w", "报表的文件和列：%w", err)
	}
	from := &sources{map[string]any{}, spans(got.Rows)}
	for _, r := range got.Rows {
		id, _ := r[0].(string)
		from.files[id] = r[6]
	}
	for _, p := range listed {
		from.address(p)
	}
	return nil
}

// sheetSpan is where one block of a sheet has its columns.
type sheetSpan struct {
	from, to    int64
	first, last string // columns
	fields      map[string]string
}

// spans groups the columns of returns by return and sheet, then by block.
func spans(rows [][]any) map[[2]string][]*sheetSpan {
	out := map[[2]string][]*sheetSpan{}
	for _, v := range rows {
		id, _ := v[0].(string)
		sheet, _ := v[1].(string)
		field, _ := v[2].(string)
		col, _ := v[3].(string)
		from, _ := v[4].(int64)
		to, _ := v[5].(int64)
		if col == "" {
			continue
		}
		k := [2]string{id, sheet}
		i := slices.IndexFunc(out[k], func(s *sheetSpan) bool { return s.from == from && s.to == to })
		if i < 0 {
			i = len(out[k])
			out[k] = append(out[k], &sheetSpan{from: from, to: to, first: col, last: col, fields: map[string]string{}})
		}
		s := out[k][i]
		s.fields[field] = col
		if columnBefore(col, s.first) {
			s.first = col
		}
		if columnBefore(s.last, col) {
			s.last = col
		}
	}
	return out
}

func columnBefore(a, b string) bool { return len(a) < len(b) || len(a) == len(b) && a < b }

// contributionKind is how what a row adds is written.
func contributionKind(m *metric.Metric, x *metric.Measure) (workbook.Kind, string) {
	switch {
	case x.Agg == "sum" && m.Unit != metric.Count:
		return workbook.Num, "#,##0.00"
	case x.Agg == "median":
		return workbook.Num, ""
	}
	return workbook.Int, ""
}

// listed fills a rows block; where its rows stood is added to those to be located.
func (w *weekly) listed(ctx context.Context, r *rowsBlock, located *[]placed) (workbook.Table, error) {
	d := &r.table
	t := workbook.Table{ID: d.id, Title: d.title, Note: d.note.fill(w), Empty: orDash(d.empty, "没有计入的数据行。"), Main: true, Filter: true, Dense: true, Keep: 1}
	if len(d.columns) > 0 && d.columns[0].width > 0 && d.columns[0].width <= 14 { // a number; a long name would fill a phone's screen
		t.Keep = 2
	}
	add := func(title string, kind workbook.Kind, width float64, format string) {
		t.Columns = append(t.Columns, workbook.Column{Title: title, Kind: kind, Width: width, Format: format})
	}
	add(rowsSubmitter, workbook.Mark, 12, "")
	cells := r.celled()
	for _, c := range d.columns {
		if c.kind == dayKind {
			c.kind = workbook.Mark
		}
		add(c.title, c.kind, c.width, c.format)
	}
	sheets := r.fact.Mode != metric.Obligation
	if sheets {
		add(rowsFile, workbook.Text, 32, "")
		add(rowsSheet, workbook.Mark, 13, "")
		add(rowsRow, workbook.Int, 6, "0")
		add(rowsRange, workbook.Mark, 12, "")
		for _, i := range cells {
			add(d.columns[i].title+"所在格", workbook.Mark, 7, "")
		}
	}
	for _, m := range r.metrics {
		for i, x := range m.Measures() {
			kind, format := contributionKind(m, x)
			add(r.measure[m.ID][i], kind, 11, format)
			t.Columns[len(t.Columns)-1].Screen = sheets // beside where the row comes from there is no room on paper
		}
	}
	if len(r.metrics) == 0 {
		return t, nil
	}
	got, all, err := w.asked(ctx, r)
	if err != nil {
		return t, r.at.Pos().Fault("rows of %s: %v", "%s 的明细：%v", r.fact.ID, err)
	}
	if len(got.Rows) == 0 {
		return t, nil
	}
	if len(got.Rows) < all {
		w.cut[r.fact] = true
		t.Note, t.Partial = w.cutNote(r, all, len(got.Rows)), true
	}
	place := func(row []any) int {
		name, _ := row[0].(string)
		if p, ok := w.seq[name]; ok {
			return p
		}
		return len(w.seq)
	}
	if sheets {
		r.inOrder(got.Rows, 1+len(d.columns), len(t.Columns))
	}
	r.firsts(got.Rows, len(t.Columns)-r.measures())
	slices.SortStableFunc(got.Rows, func(a, b []any) int { return cmp.Or(place(a)-place(b), compareTexts(a[0], b[0])) })
	for _, row := range got.Rows {
		for i, c := range d.columns {
			row[1+i] = c.show(row[1+i])
		}
		if sheets {
			*located = append(*located, placed{row[len(t.Columns)], row[1+len(d.columns):], d.columns, cells})
		}
		t.Rows = append(t.Rows, row[:len(t.Columns)])
	}
	return t, nil
}

// address fills in a row's file, its range on the sender's sheet and the cells of some columns.
func (s *sources) address(p placed) {
	id, _ := p.returned.(string)
	sheet, _ := p.origin[1].(string)
	no, _ := p.origin[2].(int64)
	if file, ok := s.files[id]; ok {
		p.origin[0] = file
	}
	row := strconv.FormatInt(no, 10)
	for _, s := range s.spans[[2]string{id, sheet}] {
		if no < s.from || no > s.to {
			continue
		}
		p.origin[3] = s.first + row + ":" + s.last + row
		for i, c := range p.cells {
			if col := s.fields[p.columns[c].from]; col != "" {
				p.origin[4+i] = col + row
			}
		}
		return
	}
}
