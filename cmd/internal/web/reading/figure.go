package reading

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/ingest/forms"
	"taizhang/internal/metric"
	"taizhang/internal/onepage"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/queries"
	"taizhang/queries/weekly"
)

// figureView is the page of one figure, of the whole zone or of a part of it.
type figureView struct {
	Metric     string
	Row        FigureRow
	Change     string
	Only       []condition // what it is restricted to
	Trend      []frame.Drawing
	Weeks      []weekRow
	Breakdowns []breakdown
	Since      string // from when corrections are looked for
	Moved      []movedRow
	MovedNote  string
	Rows       []rowView
	RowsAll    int
	Page, Last int
	IsDebt     bool // rows are returns that are owed
	HasDen     bool

	forms *forms.Set
}

// condition is a dimension that is held to a value; Without is its address without that.
type condition struct{ Dimension, Label, Value, Without string }

type weekRow struct{ Week, Then, Now string }

type breakdown struct {
	Dimension, Label string
	Groups           []group
	More             int // groups that are not shown
}

type group struct {
	Value, Shown, Figure, Detail, Share string
	Width                               int // of its bar, in per cent
}

type movedRow struct{ Key, Unit, Before, After, Returns, Cause string }

type rowView struct {
	Unit, Return, File, Sheet, Key, Values, Num, Den string
	Row                                              int64
	Cells                                            string // addresses that the figure reads
	Form, Period, Due                                string
}

const (
	groupsShown = 12
	rowsShown   = 100
	movedShown  = 60
)

// askOf reads which figure an address asks for.
func (s *Pages) askOf(r *http.Request, rd *shelf.Reading) (queries.Ask, *metric.Metric, error) {
	m, err := rd.Catalogue.Metric(r.PathValue("metric"))
	if err != nil {
		return queries.Ask{}, nil, frame.NotFound("没有这个指标。")
	}
	a := queries.Ask{Metrics: []string{m.ID}, Where: map[string]string{}}
	if a.Point, _, err = frame.PointOf(r, rd.Reader); err != nil {
		return a, m, err
	}
	known := []string{"page", "since"}
	for d, values := range r.URL.Query() {
		if !m.Allows(d) {
			continue
		}
		known = append(known, d)
		if len(values) > 1 || len(values[0]) > 500 {
			return a, m, frame.BadAsk("每个维度只能选一个值。")
		}
		a.Where[d] = values[0]
	}
	return a, m, frame.Knows(r, known...)
}

func rowOf(f queries.Figure, c queries.Comparison) FigureRow {
	value, last := result.Float(f.Value), result.Float(c.LastWeek)
	row := FigureRow{Metric: f.Metric.ID, Label: f.Metric.Label, Value: weekly.Show(f.Metric, value, last), Detail: weekly.ShowParts(f),
		Last: weekly.Show(f.Metric, last, value), Light: c.Light, Class: lightClass(c.Light), Definition: f.Metric.Definition}
	if c.Goal != nil {
		row.Target = weekly.Show(f.Metric, c.Goal)
	}
	return row
}

func (s *Pages) Figure(w http.ResponseWriter, r *http.Request, who account.Person) error {
	rd, done, l, err := s.Calmly(r)
	if err != nil {
		return err
	}
	defer done()
	a, m, err := s.askOf(r, rd)
	if err != nil {
		return err
	}
	frame.About(w, m.ID+" "+conditionsText(a.Where))
	if as := r.URL.Query().Get("as"); as != "" {
		return s.takeFigure(w, r, rd, a, m, as)
	}
	v, err := s.figureAt(r, rd, a, m)
	if err != nil {
		return err
	}
	s.Readings.Viewed(r.URL.RequestURI())
	l.Title, l.Body = m.Label, v
	for _, c := range v.Only {
		l.Title += " · " + c.Value
	}
	s.Render(w, r, who, http.StatusOK, "figure", l)
	return nil
}

// figureAt is what a page of a figure shows. It is made once, also for whoever doesn't wait for it any more.
func (s *Pages) figureAt(r *http.Request, rd *shelf.Reading, a queries.Ask, m *metric.Metric) (figureView, error) {
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	since, err := sinceOf(r, rd, a.Point)
	if err != nil {
		return figureView{}, err
	}
	key := fmt.Sprintf("figure %s %v %v %d %s", m.ID, a.Where, rd.At(a.Point), page, since)
	return shelf.Once(rd, key, func() (figureView, error) {
		return s.viewFigure(r.WithContext(context.WithoutCancel(r.Context())), rd, a, m, max(page, 1), since)
	})
}

// makeFigure makes a page of a figure, by its address, before somebody asks for it.
func (s *Pages) makeFigure(rd *shelf.Reading, address string) error {
	r, err := http.NewRequestWithContext(frame.NoContext, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	r.SetPathValue("metric", path.Base(r.URL.Path))
	a, m, err := s.askOf(r, rd)
	if err != nil {
		return nil // it can't be asked for any more
	}
	_, err = s.figureAt(r, rd, a, m)
	return err
}

func sinceOf(r *http.Request, rd *shelf.Reading, p warehouse.Point) (time.Time, error) {
	text := r.URL.Query().Get("since")
	if text == "" {
		return rd.At(p).KnownAt.Add(-sinceDefault), nil
	}
	t, err := frame.ParseTime(text, rd.Location())
	if err != nil {
		return t, frame.BadAsk("时间“" + text + "”写法不对，请写成 2022-08-08 12:00。")
	}
	return t, nil
}

func conditionsText(where map[string]string) string {
	var out []string
	for _, d := range slices.Sorted(maps.Keys(where)) {
		out = append(out, d+"="+where[d])
	}
	return strings.Join(out, " ")
}

func (s *Pages) viewFigure(r *http.Request, rd *shelf.Reading, a queries.Ask, m *metric.Metric, page int, since time.Time) (v figureView, err error) {
	ctx := r.Context()
	v = figureView{Metric: m.ID, Page: page, HasDen: m.IsRatio(), IsDebt: m.Fact.Mode == metric.Obligation, Since: since.Format("2006-01-02 15:04"), forms: s.ZoneOf().Forms}
	list, beside, err := rd.Compare(ctx, a)
	if err != nil && len(a.Where) > 0 { // a month has no last week
		list, err = rd.Metrics(ctx, a)
		beside = nil
	}
	if err != nil {
		if len(a.Where) == 0 {
			return v, err
		}
		if f, listed := withoutRows(ctx, rd, a); listed {
			v.Row = rowOf(f, queries.Comparison{})
			v.Row.Last, v.MovedNote, v.Page, v.Last = "", "没有变动。", 1, 1
			v.only(r, rd, a)
			return v, nil
		}
		s.Options.Log.Warn("figure for the page", "metric", m.ID, "err", err)
		return v, frame.BadAsk("没有符合条件的数据，或者这个指标不能这样分。请去掉条件再看。")
	}
	if len(list) == 0 {
		return v, frame.NotFound("没有这个数。")
	}
	if len(beside) > 0 {
		v.Row = rowOf(list[0], beside[0])
		v.Change = weekly.ShowChange(m, result.Float(list[0].Value), result.Float(beside[0].LastWeek))
	} else {
		v.Row = rowOf(list[0], queries.Comparison{})
		v.Row.Last = ""
	}
	v.only(r, rd, a)
	if err := v.weeks(r, rd, a, m); err != nil {
		return v, err
	}
	if err := v.breakDown(r, rd, a, m); err != nil {
		return v, err
	}
	if err := s.moved(r, rd, a, since, &v); err != nil {
		return v, err
	}
	return v, v.rows(r, s.ZoneOf(), rd, a)
}

// withoutRows is the figure of a group that breakdowns list though it has no rows, such as a month before a firm's first.
func withoutRows(ctx context.Context, rd *shelf.Reading, a queries.Ask) (queries.Figure, bool) {
	for d, value := range a.Where {
		others := a
		others.Where, others.By = maps.Clone(a.Where), []string{d}
		delete(others.Where, d)
		list, err := rd.Metrics(ctx, others)
		if err != nil {
			continue
		}
		if i := slices.IndexFunc(list, func(f queries.Figure) bool {
			return len(f.Dims) > 0 && f.Dims[0].Is(value)
		}); i >= 0 {
			return list[i], true
		}
	}
	return queries.Figure{}, false
}

// only are the conditions that a figure is held to, each with where it is without it.
func (v *figureView) only(r *http.Request, rd *shelf.Reading, a queries.Ask) {
	for _, d := range slices.Sorted(maps.Keys(a.Where)) {
		q := r.URL.Query()
		q.Del(d)
		q.Del("page")
		shown := valueShown(v.forms, d, a.Where[d])
		if shown == "" {
			shown = queries.NoValue
		}
		v.Only = append(v.Only, condition{d, rd.Catalogue.Label(d), shown, r.URL.Path + "?" + q.Encode()})
	}
}

// decimalsOf are the digits behind the point with which a trend shows values; yuan are drawn in 万元.
var decimalsOf = map[metric.Unit]int{metric.Count: 0, metric.Ratio: 1, metric.Yuan: 1, metric.Days: 1}

// valueShown is a value of a dimension as people call it.
func valueShown(set *forms.Set, dimension, value string) string {
	if f := set.Get(value); f != nil && dimension == "form" {
		return f.PlainTitle()
	}
	return value
}

// isOfTime says whether a figure is of a week or month already: then it has no other weeks and months.
func isOfTime(a queries.Ask) bool {
	_, week := a.Where["week"]
	_, month := a.Where["month"]
	return week || month
}

// weeks is the trend: as known then and now.
func (v *figureView) weeks(r *http.Request, rd *shelf.Reading, a queries.Ask, m *metric.Metric) error {
	if !m.Allows("week") || len(a.Where) > 1 || isOfTime(a) {
		return nil
	}
	weeks, err := rd.Weeks(r.Context(), a)
	if err != nil {
		return err
	}
	then, now := onepage.Series{Name: "当时已知"}, onepage.Series{Name: "现在已知"}
	c := onepage.Chart{Title: m.Label + "（按周）", Kind: onepage.Line, Percent: m.Unit == metric.Ratio, Decimals: decimalsOf[m.Unit]}
	for _, x := range weeks {
		c.Labels = append(c.Labels, x.Week[strings.IndexByte(x.Week, '-')+1:])
		t := math.NaN()
		if x.HasThen {
			t = orNaN(x.Then)
		}
		then.Values, now.Values = append(then.Values, t), append(now.Values, orNaN(x.Now))
		row := weekRow{Week: x.Week, Now: weekly.Show(m, result.Float(x.Now))}
		if x.HasThen {
			row.Then = weekly.Show(m, result.Float(x.Then))
		}
		v.Weeks = append(v.Weeks, row)
	}
	if m.Unit == metric.Yuan {
		for _, list := range [][]float64{then.Values, now.Values} {
			for i := range list {
				list[i] /= 1e4
			}
		}
		c.Title = m.Label + "（按周，万元）"
	}
	c.Series = []onepage.Series{now, then}
	if v.Trend, err = frame.Draw(c); err != nil {
		return err
	}
	slices.Reverse(v.Weeks)
	return nil
}

func orNaN(v any) float64 {
	if f := result.Float(v); f != nil {
		return *f
	}
	return math.NaN()
}

// breakDown is the figure by each dimension that it isn't held to.
func (v *figureView) breakDown(r *http.Request, rd *shelf.Reading, a queries.Ask, m *metric.Metric) error {
	seen := map[string]bool{}
	for _, d := range m.Dimensions {
		column := m.Fact.Dimensions[d]
		if _, held := a.Where[d]; held || d == "week" || d == "zone" || d == "month" && isOfTime(a) || column != "" && seen[column] {
			continue
		}
		seen[column] = column != ""
		groups, err := v.groups(r, rd, a, m, d)
		if err != nil {
			return err
		}
		if len(groups) < 2 {
			continue
		}
		b := breakdown{Dimension: d, Label: rd.Catalogue.Label(d), Groups: groups}
		if len(groups) > groupsShown {
			b.More, b.Groups = len(groups)-groupsShown, groups[:groupsShown]
		}
		v.Breakdowns = append(v.Breakdowns, b)
	}
	return nil
}

func (v *figureView) groups(r *http.Request, rd *shelf.Reading, a queries.Ask, m *metric.Metric, by string) ([]group, error) {
	a.By = []string{by}
	list, err := rd.Metrics(r.Context(), a)
	if err != nil {
		return nil, err
	}
	most := 0.0
	for _, f := range list {
		most = max(most, math.Abs(zeroOr(f.Value)))
	}
	if m.Unit == metric.Ratio {
		most = max(1, most)
	}
	if by != "submitter" && by != "month" && by != "street" && by != "department" {
		slices.SortStableFunc(list, func(x, y queries.Figure) int { return cmp.Compare(weightOf(y), weightOf(x)) }) // those that matter most
	}
	var out []group
	for _, f := range list {
		g := group{Shown: queries.NoValue, Value: queries.NoValue, Figure: weekly.Show(m, result.Float(f.Value)), Detail: weekly.ShowParts(f)}
		if len(f.Dims) > 0 && f.Dims[0].Value != nil {
			g.Shown, g.Value = valueShown(v.forms, by, *f.Dims[0].Value), *f.Dims[0].Value
		}
		if most > 0 {
			g.Width = int(math.Round(math.Abs(zeroOr(f.Value)) / most * 20))
		}
		out = append(out, g)
	}
	return out, nil
}

// weightOf is how much a group is of the whole: of ratios their denominator.
func weightOf(f queries.Figure) float64 {
	if f.Metric.IsRatio() {
		return zeroOr(f.Den)
	}
	return zeroOr(f.Value)
}

func zeroOr(v any) float64 {
	if f := result.Float(v); f != nil {
		return *f
	}
	return 0
}

func (v *figureView) rows(r *http.Request, z *office.Zone, rd *shelf.Reading, a queries.Ask) error {
	list, err := traced(r, rd, a)
	if err != nil {
		return err
	}
	v.RowsAll = len(list)
	v.Last = max(1, (len(list)+rowsShown-1)/rowsShown)
	v.Page = min(v.Page, v.Last)
	from := (v.Page - 1) * rowsShown
	for _, t := range list[from:min(from+rowsShown, len(list))] {
		v.Rows = append(v.Rows, rowViewOf(t, rd.Location(), z))
	}
	return nil
}

// traced are the rows behind a figure, looked up once for all pages of them.
func traced(r *http.Request, rd *shelf.Reading, a queries.Ask) ([]queries.TraceRow, error) {
	return shelf.Once(rd, fmt.Sprintf("trace %s %v %v", a.Metrics[0], a.Where, rd.At(a.Point)), func() ([]queries.TraceRow, error) {
		return rd.Trace(r.Context(), a)
	})
}

func rowViewOf(t queries.TraceRow, loc *time.Location, z *office.Zone) rowView {
	if f := z.Forms.Get(t.Form); f != nil {
		t.Form = f.PlainTitle()
	}
	v := rowView{Unit: t.Submitter, Return: t.Return, File: t.File, Sheet: t.Sheet, Key: t.Key, Row: t.Row, Form: t.Form, Period: t.Period,
		Num: frame.Plain(t.Contributes), Den: frame.Plain(t.ContributesDen), Due: shownTime(t.DueAt, loc)}
	var values, cells []string
	for _, x := range t.Values {
		text := frame.Plain(x.Value)
		if text == "" {
			text = queries.NoValue
		}
		values = append(values, x.Title+" "+text)
		for _, c := range t.Cells {
			if c.Title == x.Title {
				cells = append(cells, c.Address)
			}
		}
	}
	v.Values, v.Cells = strings.Join(values, "；"), strings.Join(cells, ",")
	return v
}

// shownTime writes an RFC 3339 time as people read it; "" for none.
func shownTime(v any, loc *time.Location) string {
	s, _ := v.(string)
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return s
	}
	return t.In(loc).Format("2006-01-02 15:04")
}
