package reading

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/grid"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/ingest/forms"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/internal/archive"
	"taizhang/queries"

	"taizhang/cmd/internal/web/account"
)

const (
	rowsAround  = 4  // of the row asked for, on either side
	rowsAtFirst = 40 // of a sheet shown from its beginning
	mostMarks   = 50 // a trace names as many cells of a row at most
)

// sheetView is the sender's own sheet around a row, with the cells that a figure reads marked.
type sheetView struct {
	Return, Unit, UnitCode, File, Sheet, Title, Period, Received string
	Row                                                          int
	Grid                                                         grid.View
	Metric, Label                                                string
	Cell                                                         string // that was asked about
	Uses                                                         []cellUse
	Note                                                         string
	Sheets                                                       []string
	Reads                                                        bool
	Marked                                                       []string // cells that are marked
}

// cellUse is a figure that a cell feeds.
type cellUse struct{ Metric, Label, Parts, Dimensions, Contributes string }

// Sheet shows a row of a return where it was typed.
func (s *Pages) Sheet(w http.ResponseWriter, r *http.Request, who account.Person) error {
	rd, done, l, err := s.Reads(r)
	if err != nil {
		return err
	}
	defer done()
	o, err := rd.Original(r.Context(), r.PathValue("return"))
	if err != nil {
		return err
	}
	q := r.URL.Query()
	name := q.Get("sheet")
	if name == "" {
		name = o.Sheet
	}
	row, _ := strconv.Atoi(q.Get("row"))
	frame.About(w, fmt.Sprintf("%s!%s!%d", o.Return, name, row))
	columns, err := rd.SheetColumns(r.Context(), o.Return)
	if err != nil {
		return err
	}
	g, sheets, err := s.original(r, o, name, sheetsOf(o, columns))
	if err != nil {
		return err
	}
	v := sheetView{Return: o.Return, Unit: o.Submitter, UnitCode: o.SubmitterCode, File: o.File, Sheet: name, Row: row, Period: periodWords(o.Period), Title: o.Form, Sheets: sheets, Reads: who.May(account.MayRead, "")}
	if f := s.ZoneOf().Forms.Get(o.Form); f != nil {
		v.Title = f.PlainTitle()
	}
	if m, err := rd.Catalogue.Metric(q.Get("metric")); err == nil && v.Reads {
		v.Metric, v.Label = m.ID, m.Label
	}
	ask, err := v.around(g, q)
	if err != nil {
		return err
	}
	ask.Head = headOf(columns, name, int64(ask.Here))
	ask.Text = s.masking(o, columns, name)
	if v.Reads && !l.Point.Elsewhere {
		ask.Link = func(ref string) string {
			return l.Href(r.URL.Path, "sheet", name, "row", q.Get("row"), "cells", q.Get("cells"), "metric", q.Get("metric"), "cell", ref) + "#" + ref
		}
	}
	v.Grid = grid.Of(g, ask)
	v.Marked = v.Grid.Marked()
	if v.Cell != "" && v.Reads {
		if err := v.feeds(r, rd, o); err != nil {
			return err
		}
	}
	l.Title, l.Body, l.Across = v.Title+" "+name, v, true
	s.Render(w, r, who, http.StatusOK, "sheet", l)
	return nil
}

// sheetsOf are the sheets of a file that a return was read from.
func sheetsOf(o queries.Original, columns []queries.SheetColumn) []string {
	out := []string{o.Sheet}
	for _, c := range columns {
		if !slices.Contains(out, c.Sheet) {
			out = append(out, c.Sheet)
		}
	}
	return out
}

// headOf is the row of the headings over a row of a sheet, or over any where it is 0; 0 where there is none.
func headOf(columns []queries.SheetColumn, sheet string, row int64) (head int) {
	for _, c := range columns {
		if c.Sheet == sheet && (row == 0 || row >= c.From && row <= c.To) {
			head = int(c.Head)
		}
	}
	return head
}

// around is the part of the sheet that is shown: the rows about the one asked for, or about the cell, else those at the
// beginning; the cells named are marked.
func (v *sheetView) around(g *sheet.Grid, q url.Values) (grid.Ask, error) {
	ask := grid.Ask{Here: v.Row, Marks: map[string]grid.Mark{}, Rows: map[int]int{}}
	for _, ref := range strings.Split(q.Get("cells"), ",") {
		if _, _, ok := grid.SplitRef(ref); ok && len(ask.Marks) < mostMarks {
			ask.Marks[ref] = grid.Mark{Class: "mark"}
		}
	}
	if v.Cell = q.Get("cell"); v.Cell != "" {
		at, _, ok := grid.SplitRef(v.Cell)
		if !ok {
			return ask, frame.BadAsk("单元格“" + v.Cell + "”写法不对，请写成 B5。")
		}
		if v.Row == 0 {
			ask.Here, v.Row = at, at
		}
		ask.Marks[v.Cell] = grid.Mark{Class: "mark"}
	}
	if n := len(g.Rows); n > 0 && ask.Here > g.Rows[n-1].N {
		return ask, frame.NotFound(fmt.Sprintf("工作表“%s”没有第%d行。", v.Sheet, ask.Here))
	}
	if ask.Here > 0 {
		ask.Rows[ask.Here] = rowsAround
		return ask, nil
	}
	ask.Most = rowsAtFirst
	for i := range g.Rows[:min(rowsAtFirst, len(g.Rows))] {
		ask.Rows[g.Rows[i].N] = 0
	}
	return ask, nil
}

// feeds lists the figures that the cell asked about feeds.
func (v *sheetView) feeds(r *http.Request, rd *shelf.Reading, o queries.Original) error {
	p, _, err := frame.PointOf(r, rd.Reader)
	if err != nil {
		return err
	}
	list, err := rd.Cell(r.Context(), queries.CellAsk{File: o.Return, Sheet: v.Sheet, Cell: v.Cell, Point: p})
	if err != nil {
		v.Note = "这个单元格没有作为数据读取。"
		return nil
	}
	for _, c := range list {
		v.Note = c.Said
		for _, u := range c.Uses {
			var dims []string
			for _, d := range u.Dimensions {
				dims = append(dims, rd.Catalogue.Label(d))
			}
			v.Uses = append(v.Uses, cellUse{u.Metric.ID, u.Metric.Label, partWords(u.Parts), strings.Join(dims, "、"), frame.Plain(u.Contributes)})
		}
	}
	return nil
}

func partWords(parts []string) string {
	words := map[string]string{"value": "数值", "num": "分子", "den": "分母"}
	var out []string
	for _, p := range parts {
		out = append(out, words[p])
	}
	return strings.Join(out, "、")
}

// original reads a sheet of the file that a return came in, and the names of all its sheets, as the
// tables speak of them.
func (s *Pages) original(r *http.Request, o queries.Original, name string, spoken []string) (*sheet.Grid, []string, error) {
	z := s.ZoneOf()
	a, err := archive.View(z.Archive())
	if err != nil {
		return nil, nil, err
	}
	defer a.Close()
	content, err := a.Get(o.SHA256)
	if err != nil {
		s.Options.Log.Error("read an original for the page", "return", o.Return, "err", err)
		return nil, nil, frame.NotFound("原件打不开，请告诉管理员：日志里有原因。")
	}
	in, err := z.CheckIntake()
	if err != nil {
		return nil, nil, err
	}
	book, err := anyfile.Open(r.Context(), o.File, content, in.Limits)
	if err != nil {
		return nil, nil, notShown(err)
	}
	book.Rename(func(names []string) []string { return secret.SaidNames(names, spoken) })
	var names []string
	at := -1
	for i, x := range book.Sheets() {
		if x.Hidden {
			continue
		}
		names = append(names, x.Name)
		if x.Name == name || name == "" && at < 0 {
			at = i
		}
	}
	if at < 0 {
		return nil, nil, frame.NotFound("原件里没有工作表“" + name + "”。")
	}
	g, err := book.Grid(at)
	if err != nil {
		return nil, nil, notShown(err)
	}
	return g, names, nil
}

// notShown is a file that its reader refuses, in the reader's words.
func notShown(err error) error {
	var refusal *sheet.Refusal
	if errors.As(err, &refusal) {
		return frame.NotFound("原件无法显示：" + refusal.Message)
	}
	return err
}

// masking gives what of a stored original may be shown: no more than the tables hold. Numbers of persons are masked
// wherever they stand, values of sensitive columns as intake masks them; in forms with such columns what stands under no
// heading of the form is not shown at all.
func (s *Pages) masking(o queries.Original, columns []queries.SheetColumn, name string) func(row, col int, c *sheet.Cell) string {
	f := s.ZoneOf().Forms.Get(o.Form)
	guarded := f == nil || f.Sensitive()
	here := slices.DeleteFunc(slices.Clone(columns), func(c queries.SheetColumn) bool { return c.Sheet != name })
	return func(row, col int, c *sheet.Cell) string {
		text := grid.ShownCell(c)
		if !guarded {
			return secret.MaskText(text)
		}
		letters, under := sheet.ColumnName(col), false
		for _, x := range here {
			under = under || int64(row) >= x.From && int64(row) <= x.To
			if x.Col != letters || int64(row) < x.From || int64(row) > x.To {
				continue
			}
			if t := TypeOf(f, x.Field); t.Sensitive() {
				return secret.Mask(t, text)
			}
			return secret.MaskText(text)
		}
		if under || len(here) == 0 || row > headEnd(here) {
			return "（不显示）"
		}
		return secret.MaskText(text)
	}
}

// headEnd is the last row of headings: what stands below may be anybody's row.
func headEnd(columns []queries.SheetColumn) int {
	last := 0
	for _, c := range columns {
		last = max(last, int(c.Head))
	}
	return last
}

func TypeOf(f *forms.Form, field string) forms.Type {
	if f != nil {
		if c := f.Column(field); c != nil {
			return c.Type
		}
	}
	return forms.ID // what isn't known is kept back
}
