package asking

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"taizhang/cmd/internal/sink"
	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/grid"
	"taizhang/cmd/internal/web/plot"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/ingest/secret"
	"taizhang/internal/onepage"
	"taizhang/internal/result"
	"taizhang/queries/fence"

	"taizhang/cmd/internal/web/account"
)

// resultView is what came out of a query: a page of it, and the chart of it where there can be one.
type resultView struct {
	ID, Title  string
	Columns    []resultColumn
	Rows       []resultRow
	All        int
	Cut        bool // there are more than are shown
	Page, Last int
	PageRows   int // rows of a page
	Took       string
	Chart      *frame.Drawing
	NoChart    string // why there is none
}

type resultColumn struct {
	Name    string
	Numbers bool
	Width   int // of its widest text, in halves of a Chinese character
}

type resultRow struct {
	N     int
	Cells []string
}

// widest is the width of a column past which its texts are cut, in halves of a Chinese character; the whole text is shown
// where one points.
const widest = 52

// Result shows what came out of a query, a page at a time; a part of it is its rows alone, for a page that scrolls.
func (s *Pages) Result(w http.ResponseWriter, r *http.Request, who account.Person) error {
	a, err := s.Results.find(r.PathValue("result"), who.Name, s.Options.Clock())
	if err != nil {
		return err
	}
	q := r.URL.Query()
	if as := q.Get("as"); as != "" {
		frame.About(w, secret.MaskText(strings.TrimSpace("@"+a.saved+" "+a.sql)))
		return s.takeResult(w, r, a, as)
	}
	page, _ := strconv.Atoi(q.Get("page"))
	v := queryView{SQL: a.sql, AsOf: a.point.AsOf, KnownAt: a.point.KnownAt, Result: viewResult(a, page)}
	if q.Get("part") == "rows" {
		return s.RenderPart(w, r, "query", "rows", v.Result)
	}
	if err := v.Result.draw(a.Table); err != nil {
		return err
	}
	return s.showQuery(w, r, who, http.StatusOK, v)
}

func viewResult(a *Asked, page int) *resultView {
	t := a.Table
	v := &resultView{ID: a.id, Title: "结果", All: len(t.Rows), Cut: t.Truncated, Took: fmt.Sprintf("%.1f秒", a.took.Seconds()), Last: max(1, (len(t.Rows)+queryPage-1)/queryPage), PageRows: queryPage}
	if a.saved != "" {
		v.Title = "@" + a.saved
	}
	v.Page = min(max(page, 1), v.Last)
	for i, c := range t.Columns {
		v.Columns = append(v.Columns, resultColumn{c.Name, plot.IsNumber(c.Type), a.widths[i]})
	}
	from := (v.Page - 1) * queryPage
	most := max(60, pageText/(queryPage*max(1, len(t.Columns))))
	for i, row := range t.Rows[from:min(from+queryPage, len(t.Rows))] {
		v.Rows = append(v.Rows, resultRow{from + i + 1, clipped(textsOf(row), most)})
	}
	return v
}

// pageText is how many characters of rows a page has, about.
const pageText = 1_000_000

// clipped cuts texts past some characters.
func clipped(texts []string, most int) []string {
	for i, x := range texts {
		if len(x) > most {
			texts[i] = grid.Clip(x, most)
		}
	}
	return texts
}

func textsOf(row []any) []string {
	texts := make([]string, len(row))
	for i, x := range row {
		texts[i] = sink.Text(x, "md")
	}
	return texts
}

// widthsOf are the widths of a result's columns, so that they stay as they are while its rows come in.
func widthsOf(t result.Table) []int {
	out := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = widthOf(c.Name) + 1 // heads are set bolder
	}
	for _, row := range t.Rows {
		for i, x := range row {
			if out[i] < widest {
				out[i] = max(out[i], widthOf(sink.Text(x, "md")))
			}
		}
	}
	for i := range out {
		out[i] = min(out[i], widest)
	}
	return out
}

func widthOf(text string) (n int) {
	for _, r := range text {
		n++
		if utf8.RuneLen(r) > 2 {
			n++
		}
		if n >= widest {
			break
		}
	}
	return n
}

// Wide says whether a text may be cut where it is shown.
func (v *resultView) Wide(text string) bool { return widthOf(text) >= widest }

// draw is the chart of a result, or why there is none.
func (v *resultView) draw(t result.Table) error {
	c, why := plot.Of(t)
	if why != "" {
		v.NoChart = why
		return nil
	}
	list, err := frame.Draw(c)
	if err == nil && len(list) == 1 {
		v.Chart = &list[0]
	}
	return err
}

// takeResult asks again and sends the whole result as a file; as html it is what is shown, on one page with its chart.
func (s *Pages) takeResult(w http.ResponseWriter, r *http.Request, a *Asked, as string) error {
	if as == "html" {
		return s.takePage(w, a)
	}
	if _, ok := frame.FileTypes[as]; !ok {
		return frame.BadAsk("可以下载为 xlsx、csv、json、parquet 或 html。")
	}
	done, err := s.turn(r.Context())
	if err != nil {
		return err
	}
	defer done()
	begun := false
	err = s.fenced(a, func(rd *shelf.Reading, query string, o fence.Options, args []string) error {
		o.MaxRows, o.Deadline = 1<<62, exportTime
		var out sink.Sink
		err := rd.StreamSQL(r.Context(), query, o, func(columns []result.Column) (err error) {
			begun = true
			out, err = frame.Begin(r.Context(), w, "查询结果_"+s.Options.Clock().In(rd.Location()).Format("20060102_1504"), as, columns, rd.Location())
			return err
		}, func(row []any) error { return out.Row(row) }, func() {}, args...)
		if err != nil {
			return err
		}
		return out.End()
	})
	var says *fence.Error
	switch {
	case err != nil && begun:
		s.Options.Log.Warn("export for the page", "err", err)
		return frame.Abort(err)
	case errors.As(err, &says):
		return frame.BadAsk(strings.TrimSpace(says.Message.Chinese + "\n" + says.Hint.Chinese))
	}
	return err
}

// takePage sends the shown rows of a result as one page that needs nothing beside it: chart, rows, what was asked.
func (s *Pages) takePage(w http.ResponseWriter, a *Asked) error {
	z := s.ZoneOf()
	at := a.At.In(z.Location)
	p := onepage.Page{Title: "查询结果", Subtitle: z.Name + "　" + at.Format("2006-01-02 15:04"), Code: a.sql, Footer: "taizhang " + s.Options.Version + "　严禁处理涉密信息"}
	if a.saved != "" {
		p.Title, p.Code = "@"+a.saved, ""
		for name, value := range a.values {
			p.Subtitle += "　" + name + "=" + value
		}
	}
	if a.point.AsOf != "" || a.point.KnownAt != "" {
		p.Subtitle += "　截至" + cmp.Or(a.point.AsOf, "现在") + "，当时已知" + cmp.Or(a.point.KnownAt, "现在")
	}
	if c, why := plot.Of(a.Table); why == "" {
		p.Charts = append(p.Charts, c)
	}
	t := &onepage.Table{Note: fmt.Sprintf("共%d行。", len(a.Table.Rows))}
	if a.Table.Truncated {
		t.Note = fmt.Sprintf("只有前%d行，后面还有；全部结果请下载 Excel 或 CSV。", len(a.Table.Rows))
	}
	for _, c := range a.Table.Columns {
		t.Columns = append(t.Columns, onepage.Column{Name: c.Name, Numbers: plot.IsNumber(c.Type)})
	}
	for _, row := range a.Table.Rows {
		t.Rows = append(t.Rows, textsOf(row))
	}
	p.Table = t
	frame.Attach(w, "查询结果_"+at.Format("20060102_1504")+".html", "text/html; charset=utf-8")
	if err := p.Write(w); err != nil {
		return frame.Abort(err)
	}
	return nil
}
