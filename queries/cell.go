package queries

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"taizhang/internal/decl"
	"taizhang/internal/lang"
	"taizhang/internal/lineage"
	"taizhang/internal/metric"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
)

// CellAsk names a cell of a sheet that somebody sent: FILE is the file's name,
// its path under the inbox, or a return's id.
type CellAsk struct {
	File, Sheet, Cell string
	warehouse.Point
}

// ParseCell reads FILE!SHEET!A1.
func ParseCell(s string) (CellAsk, error) {
	i := strings.LastIndexByte(s, '!')
	j := -1
	if i > 0 {
		j = strings.LastIndexByte(s[:i], '!')
	}
	if j <= 0 || !cellShape().MatchString(strings.ToUpper(s[i+1:])) {
		return CellAsk{}, lang.Errorf("%q: FILE!SHEET!A1 is expected, FILE being a file's name or a return's id", "%q：应写成 文件!工作表!A1，文件写文件名或报表编号", s)
	}
	return CellAsk{File: s[:j], Sheet: strings.Trim(s[j+1:i], "'"), Cell: strings.ReplaceAll(strings.ToUpper(s[i+1:]), "$", "")}, nil
}

var cellShape = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})$`) })

// CellTrace is a cell and the figures that it feeds.
type CellTrace struct {
	Return, File, Submitter, Form, Sheet, Cell string
	Row                                        int64
	Title, Field                               string // of the cell's column, empty where it was not read
	Value                                      any    // as it was understood
	Counts                                     bool   // the return counts at the point asked for
	Uses                                       []CellUse
	Note                                       string // why it feeds nothing, or less than one might think
	Said                                       string // Note in Chinese, for pages
}

// CellUse is a figure that a cell feeds.
type CellUse struct {
	Metric                      *metric.Metric
	Parts                       []string // value, or num and den: the measures that read the cell's column
	Dimensions                  []string // breakdowns whose group the cell decides
	Contributes, ContributesDen any      // what its row adds now
}

// Cell finds a cell among the returns received by the known-at time and lists
// the figures whose declaration reads its column. Where several returns had a
// file of that name, those that count are taken, else the newest.
func (r *Reader) Cell(ctx context.Context, a CellAsk) ([]CellTrace, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	a.Point = r.At(a.Point)
	src, err := r.source(ctx, []warehouse.Point{a.Point}, "core.known_return")
	if err != nil {
		return nil, err
	}
	t, err := r.table(ctx, `select k.return_id, r.file, coalesce(s.name, k.submitter, ''), coalesce(k.form, ''), k.is_counted, coalesce(k.status, ''), k.is_accepted, k.is_superseded, coalesce(k.decision, ''), r.zone
		from `+src.Name("core.known_return")+` as k join raw.return as r on r.zone = k.zone and r.return_id = k.return_id
		left join core.dim_submitter as s on s.zone = k.zone and s.code = k.submitter
		where r.return_id = ? or r.file = ? or r.file like '%/' || ? or r.archive = ? order by k.received_at, k.arrival, k.return_id`, a.File, a.File, a.File, a.File)
	if err != nil {
		return nil, err
	}
	if len(t.Rows) == 0 {
		names, err := r.texts(ctx, "select distinct file from raw.return")
		if err != nil {
			return nil, err
		}
		for i := range names {
			names[i] = path.Base(names[i])
		}
		return nil, lang.Errorf("no return came in a file %q, and none has that id%s", "没有以 %q 为文件名的报表，也没有这个编号%s", a.File, decl.DidYouMean(path.Base(a.File), names))
	}
	at := cellShape().FindStringSubmatch(a.Cell)
	rowNo, err := strconv.ParseInt(at[2], 10, 64)
	if err != nil {
		return nil, err
	}
	// a workbook may carry several forms: those that have the sheet
	var rows [][]any
	for _, v := range t.Rows {
		has, err := r.table(ctx, "select 1 from raw.return_column where return_id = ? and sheet = ? limit 1", v[0], a.Sheet)
		if err != nil {
			return nil, err
		}
		if len(has.Rows) > 0 {
			rows = append(rows, v)
		}
	}
	if len(rows) == 0 {
		sheets, err := r.texts(ctx, "select distinct sheet from raw.return_column where return_id in ("+quotedColumn(t.Rows)+") order by 1")
		if err != nil {
			return nil, err
		}
		return nil, lang.Errorf("no sheet %q of %s was read; read were: %s", "没有读取过 %[2]s 的工作表 %[1]q；读取过：%[3]s", a.Sheet, a.File, strings.Join(sheets, ", "))
	}
	if counted := slices.DeleteFunc(slices.Clone(rows), func(v []any) bool { return v[4] != true }); len(counted) > 0 {
		rows = counted
	} else {
		rows = rows[len(rows)-1:]
	}
	var out []CellTrace
	for _, v := range rows {
		c := CellTrace{Return: text0(v[0]), File: text0(v[1]), Submitter: text0(v[2]), Form: text0(v[3]), Sheet: a.Sheet, Cell: a.Cell, Row: rowNo, Counts: v[4] == true}
		if err := r.cellColumn(ctx, &c, at[1], v); err != nil {
			return nil, err
		}
		if c.Note == "" {
			if err := r.cellUses(ctx, a.Point, &c); err != nil {
				return nil, err
			}
		}
		out = append(out, c)
	}
	return out, nil
}

func quotedColumn(rows [][]any) string {
	var out []string
	for _, v := range rows {
		out = append(out, warehouse.Quote(text0(v[0])))
	}
	return strings.Join(out, ", ")
}

// cellColumn finds the column and row of a cell; the note says where that ends.
func (r *Reader) cellColumn(ctx context.Context, c *CellTrace, letters string, standing []any) error {
	t, err := r.table(ctx, `select c.field, coalesce(f.title, c.title, c.field), coalesce(c.from_row, 1), coalesce(c.to_row, 1048576), coalesce(c.header_row, 0)
		from raw.return_column as c left join ctl.form_column as f on f.form = ? and f.field = c.field
		where c.return_id = ? and c.sheet = ? and c.col = ? order by 3`, c.Form, c.Return, c.Sheet, letters)
	if err != nil {
		return err
	}
	if len(t.Rows) == 0 {
		c.say("column %s of the sheet was not read as a column of %s: no figure uses the cell", "%[1]s列没有作为数据读取，不影响任何指标", letters, c.Form)
		return nil
	}
	for _, v := range t.Rows {
		if c.Row >= v[2].(int64) && c.Row <= v[3].(int64) {
			c.Field, c.Title = text0(v[0]), text0(v[1])
		}
	}
	if c.Field == "" {
		c.Field, c.Title = text0(t.Rows[0][0]), text0(t.Rows[0][1])
		c.say("row %d is not among the data rows: no figure uses the cell", "第%d行不是数据行，不影响任何指标", c.Row)
		return nil
	}
	value, err := r.table(ctx, "select cast("+warehouse.Ident(c.Field)+" as varchar) from raw."+warehouse.Ident(c.Form)+" where return_id = ? and sheet = ? and row_no = ?", c.Return, c.Sheet, c.Row)
	if err != nil {
		return err
	}
	if len(value.Rows) == 0 {
		refused, err := r.table(ctx, "select reason from raw.quarantine where return_id = ? and sheet = ? and row_no = ?", c.Return, c.Sheet, c.Row)
		if err != nil {
			return err
		}
		c.say("row %d is no data row: no figure uses the cell", "第%d行不是数据行，不影响任何指标", c.Row)
		if len(refused.Rows) > 0 {
			c.say("row %d was refused (%s): it is counted beside the figures as not counted", "第%d行未计入（%s），在各指标旁列为未计入", c.Row, text0(refused.Rows[0][0]))
		}
	} else {
		c.Value = value.Rows[0][0]
	}
	if c.Note == "" && !c.Counts {
		switch {
		case standing[8] == "withdraw":
			c.say("the return was withdrawn: no figure uses it", "这份报表已作废，不影响任何指标")
		case standing[6] != true:
			c.say("the return is %s: no figure uses it", "这份报表的审核结果为 %s，没有计入，不影响任何指标", standing[5])
		case standing[7] == true:
			c.say("a correction superseded the return: no figure of this date uses it", "这份报表已由更正重报代替，不影响这一天的指标")
		default:
			c.say("a newer ledger took the return's place, or it lies after the as-of date: no figure of this date uses it", "这份台账已有更新的一期，或在截至日期以后，不影响这一天的指标")
		}
	}
	return nil
}

// say notes why a cell feeds nothing. The Chinese sentence may leave values out.
func (c *CellTrace) say(english, chinese string, args ...any) {
	t := decl.Say(english, chinese, args...)
	c.Note, c.Said = t.English, t.Chinese
	if i := strings.Index(c.Said, "%!(EXTRA"); i >= 0 {
		c.Said = c.Said[:i]
	}
}

// lineage is that of the publication's models, with its plain tables.
func (r *Reader) lineage(ctx context.Context) (_ *lineage.Graph, err error) {
	if r.graph == nil {
		r.graph, err = r.graphOf(ctx, func(all []warehouse.Model) []warehouse.Model { return all })
	}
	return r.graph, err
}

// lineageOf is the lineage of one model alone: of a publication's models most have no part in it.
func (r *Reader) lineageOf(ctx context.Context, model string) (*lineage.Graph, error) {
	if r.graph != nil {
		return r.graph, nil
	}
	return r.graphOf(ctx, func(all []warehouse.Model) []warehouse.Model { return below(all, model) })
}

// graphOf is the lineage of some of the publication's models.
func (r *Reader) graphOf(ctx context.Context, of func(all []warehouse.Model) []warehouse.Model) (*lineage.Graph, error) {
	tables, err := r.engine.Columns(ctx)
	if err != nil {
		return nil, err
	}
	models, err := r.published(ctx)
	if err != nil {
		return nil, err
	}
	return lineage.Of(ctx, r.engine.Parser(), of(models), tables)
}

// below are a model and those that it is made from, in the order in which they were built.
func below(models []warehouse.Model, name string) []warehouse.Model {
	needed := map[string]bool{name: true}
	var out []warehouse.Model
	for _, m := range slices.Backward(models) { // each is built after those that it reads
		if needed[m.Name] {
			out = append(out, m)
			for _, r := range m.Reads {
				needed[r] = true
			}
		}
	}
	slices.Reverse(out)
	return out
}

// cellUses lists the metrics that read a cell's column, and what its row adds.
func (r *Reader) cellUses(ctx context.Context, p warehouse.Point, c *CellTrace) error {
	g, err := r.lineage(ctx)
	if err != nil {
		return err
	}
	cell := lineage.Column{Table: "raw." + c.Form, Name: c.Field}
	for _, f := range r.Catalogue.Facts {
		if !f.Reads(c.Form) {
			continue
		}
		ms := r.Catalogue.MetricsOf(f)
		if len(ms) == 0 {
			continue
		}
		reads := map[string]bool{} // columns of the fact that the cell feeds
		for _, col := range g.Model(f.Table).Columns {
			if slices.Contains(g.Roots(lineage.Column{Table: f.Table, Name: col}), cell) {
				reads[col] = true
			}
		}
		decidesRow := slices.Contains(g.RowRoots(f.Table), cell)
		adds, err := r.rowContributions(ctx, p, f, ms, c)
		if err != nil {
			return err
		}
		if adds == nil {
			c.say("the row lies outside the window of the figures: none of this date uses it", "这一行的日期不在统计的时段内，不影响这一天的指标")
			return nil
		}
		for i, m := range ms {
			u, err := r.cellUse(ctx, m, reads, decidesRow)
			if err != nil {
				return err
			}
			if len(u.Parts)+len(u.Dimensions) > 0 {
				u.Contributes, u.ContributesDen = adds[2*i], adds[2*i+1]
				c.Uses = append(c.Uses, u)
			}
		}
	}
	if len(c.Uses) == 0 {
		c.say("no metric uses the column %s%s", "没有指标使用“%[1]s”一列", c.Title, r.shownIn(g, cell))
	}
	return nil
}

// cellUse says which parts of a metric read some columns of its fact.
func (r *Reader) cellUse(ctx context.Context, m *metric.Metric, reads map[string]bool, decidesRow bool) (CellUse, error) {
	u := CellUse{Metric: m}
	parts := []string{"value"}
	if m.IsRatio() {
		parts = []string{"num", "den"}
	}
	newest := m.Newest != nil && (reads[m.Newest.Of] || slices.ContainsFunc(m.Newest.Per, func(c string) bool { return reads[c] }))
	for i, x := range m.Measures() {
		used := decidesRow || newest || m.Fact.Mode == metric.Period && reads["own_on"]
		for _, e := range []string{x.Expr, x.Where} {
			if e == "" || used {
				continue
			}
			names, err := metric.ColumnsRead(ctx, r.engine.Parser(), e)
			if err != nil {
				return u, err
			}
			used = slices.ContainsFunc(names, func(n string) bool { return reads[n] })
		}
		if used {
			u.Parts = append(u.Parts, parts[i])
		}
	}
	for _, d := range m.Dimensions {
		if col := m.Fact.Dimensions[d]; col != "" && reads[col] {
			u.Dimensions = append(u.Dimensions, d)
		}
	}
	return u, nil
}

// rowContributions are what one row adds to each metric of a fact, value or
// numerator and denominator; nil where the row is not in the fact.
func (r *Reader) rowContributions(ctx context.Context, p warehouse.Point, f *metric.Fact, ms []*metric.Metric, c *CellTrace) ([]any, error) {
	src, err := r.source(ctx, []warehouse.Point{p}, f.Table)
	if err != nil {
		return nil, err
	}
	k := metric.NewCompiler(f, ms, "")
	var sel []string
	for _, m := range ms {
		x := m.Measures()
		sel = append(sel, k.Contribution(m, x[0])+fmt.Sprintf(" as c%d", len(sel)))
		if m.IsRatio() {
			sel = append(sel, k.Contribution(m, m.Den)+fmt.Sprintf(" as c%d", len(sel)))
		} else {
			sel = append(sel, fmt.Sprintf("null as c%d", len(sel)))
		}
	}
	names := make([]string, len(sel))
	for i := range sel {
		names[i] = fmt.Sprintf("c%d", i)
	}
	t, err := r.table(ctx, "with all_rows as (select return_id, sheet, row_no, "+strings.Join(sel, ",\n ")+" from "+k.From(src.Name(f.Table))+" as f) select "+
		strings.Join(names, ", ")+" from all_rows where return_id = ? and sheet = ? and row_no = ?", c.Return, c.Sheet, c.Row)
	if err != nil || len(t.Rows) == 0 {
		return nil, err
	}
	return t.Rows[0], nil
}

// shownIn names the marts that show a cell, as part of a note.
func (r *Reader) shownIn(g *lineage.Graph, cell lineage.Column) string {
	var out []string
	for _, name := range g.Models() {
		if !strings.HasPrefix(name, "mart.") {
			continue
		}
		for _, col := range g.Model(name).Columns {
			if slices.Contains(g.Roots(lineage.Column{Table: name, Name: col}), cell) {
				out = append(out, name+"."+col)
			}
		}
	}
	if len(out) == 0 {
		return ""
	}
	sort.Strings(out)
	return "; it is shown in " + strings.Join(out, ", ")
}

// Records are the figures that a cell feeds with the keys of machine-readable
// output: one each, or one without a metric and with a note.
func (c CellTrace) Records() []result.Record {
	head := func() result.Record {
		return result.Record{{Key: "return", Value: c.Return}, {Key: "file", Value: c.File}, {Key: "submitter", Value: c.Submitter}, {Key: "form", Value: c.Form}, {Key: "sheet", Value: c.Sheet}, {Key: "cell", Value: c.Cell},
			{Key: "row", Value: c.Row}, {Key: "column", Value: text(c.Title)}, {Key: "field", Value: text(c.Field)}, {Key: "value", Value: c.Value}, {Key: "counts", Value: c.Counts}}
	}
	tail := func(m, label, unit any, parts, dims []string, a, b, note any) result.Record {
		if parts == nil {
			parts = []string{}
		}
		if dims == nil {
			dims = []string{}
		}
		return append(head(), result.Entry{Key: "metric", Value: m}, result.Entry{Key: "label", Value: label}, result.Entry{Key: "unit", Value: unit}, result.Entry{Key: "parts", Value: parts}, result.Entry{Key: "dimensions", Value: dims},
			result.Entry{Key: "contributes", Value: a}, result.Entry{Key: "contributes_den", Value: b}, result.Entry{Key: "note", Value: note})
	}
	if len(c.Uses) == 0 {
		return []result.Record{tail(nil, nil, nil, nil, nil, nil, nil, text(c.Note))}
	}
	var out []result.Record
	for _, u := range c.Uses {
		out = append(out, tail(u.Metric.ID, u.Metric.Label, string(u.Metric.Unit), u.Parts, u.Dimensions, u.Contributes, u.ContributesDen, text(c.Note)))
	}
	return out
}

// Lineage tells which columns the columns of the publication's models come from.
func (r *Reader) Lineage(ctx context.Context) (*lineage.Graph, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lineage(ctx)
}
