package web

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/papers"
	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/internal/onepage"
	"taizhang/internal/warehouse"
	"taizhang/internal/workbook"
	"taizhang/queries"
	"taizhang/queries/weekly"
)

// overviewView is 总览: the weekly report's first page as things stand.
type overviewView struct {
	Sub, Coverage string
	Leads         []leadView
	Cards         []cardView
	Charts        []drawing
	Notes, Small  []string
	Remaining     string // what is said of a zone without figures
}

type leadView struct {
	Text, Light, Class string
	About              string // id of a metric; "": the returns that are owed; "-": nothing
}

type cardView struct {
	Metric, Label, Value, Detail, Last, Change, Tone, Target, Light, Class string
}

// drawing is a chart with its picture.
type drawing struct {
	Title string
	SVG   template.HTML
}

func lightClass(l string) string { return onepage.Light(l).Class() }

// reads opens the publication for a page and reads its point.
func (s *Server) reads(r *http.Request) (*shelf.Reading, func(), layout, error) {
	return s.readsBy(r, s.readings.Open)
}

// calmly is reads for pages that may be some seconds behind: they say of when they are, that newer figures are being made,
// and show these by themselves.
func (s *Server) calmly(r *http.Request) (*shelf.Reading, func(), layout, error) {
	rd, done, l, err := s.readsBy(r, s.readings.Calm)
	if err != nil {
		return nil, nil, l, err
	}
	l.Live, l.Behind, l.Seen = true, !s.readings.Is(rd), "- "+signOf(rd.Mark)
	return rd, done, l, nil
}

func (s *Server) readsBy(r *http.Request, open func(*office.Zone) (*shelf.Reading, func(), error)) (*shelf.Reading, func(), layout, error) {
	rd, done, err := open(s.zoneOf())
	if err != nil {
		return nil, nil, layout{}, err
	}
	_, v, err := pointOf(r, rd.Reader)
	if err != nil {
		done()
		return nil, nil, layout{}, err
	}
	return rd, done, layout{Point: v, Stale: staleOf(rd, s.zoneOf()), Seen: signOf(rd.Mark) + " -"}, nil
}

// staleOf says why a publication isn't what the last run had to say.
func staleOf(rd *shelf.Reading, z *office.Zone) (out []string) {
	if rd.Note() != "" {
		out = append(out, "最新发布的数据文件已损坏或不见了，这里是可读的一份；下次运行会修复。如第二天仍见此提示，请告诉管理员。")
	}
	if n := rd.HeldBack(); n > 0 {
		out = append(out, fmt.Sprintf("最近一次运行有%d项检查未通过，新的数字没有发布，这里仍是此前的数字。请管理员查看「运行」。", n))
	}
	if z.RolledBack() {
		out = append(out, "这里是管理员恢复的以前的一次发布，不是最新的数字；下次有新内容时重新发布。")
	}
	return out
}

func (s *Server) overview(w http.ResponseWriter, r *http.Request, who account.Person) error {
	rd, done, l, err := s.calmly(r)
	if err != nil {
		return s.orBegin(w, r, who, err)
	}
	defer done()
	p, _, err := pointOf(r, rd.Reader)
	if err != nil {
		return err
	}
	came, err := s.came(s.zoneOf())
	if err != nil {
		return err
	}
	if !came { // figures of nothing lead nobody on
		return s.begins(w, r, who)
	}
	front, err := s.front(r.Context(), rd, p)
	if err != nil {
		return err
	}
	v := overviewView{Sub: front.Sub, Coverage: front.Coverage, Notes: front.Notes, Small: front.Small}
	for _, x := range front.Leads {
		v.Leads = append(v.Leads, leadView{x.Text, string(x.Light), lightClass(string(x.Light)), x.About})
	}
	for _, c := range front.Cards {
		v.Cards = append(v.Cards, cardOf(c))
	}
	if v.Charts, err = draw(front.Charts...); err != nil {
		return err
	}
	l.Title, l.Body, l.Live = "总览", v, true
	s.render(w, r, who, http.StatusOK, "overview", l)
	return nil
}

// front is the weekly's first page at a point. It is made once, also for whoever doesn't wait for it any more.
func (s *Server) front(ctx context.Context, rd *shelf.Reading, p warehouse.Point) (*weekly.Front, error) {
	return shelf.Once(rd, fmt.Sprint("front ", rd.At(p)), func() (*weekly.Front, error) {
		o, err := papers.WeeklyOptions(s.zoneOf(), s.o.Version)
		if err != nil {
			return nil, err
		}
		return weekly.FrontPage(context.WithoutCancel(ctx), rd.Reader, p, o)
	})
}

// warm makes of a new publication what most ask for: the first page always where pages are made ahead, the others where
// somebody looked at pages lately, those of figures that were looked at of the publication before.
func (s *Server) warm(rd *shelf.Reading) {
	wanted := s.readings.Wanted()
	if !wanted && !s.o.Ahead {
		return
	}
	side, err := rd.Beside()
	if err != nil {
		s.o.Log.Warn("read a new publication", "err", err)
		return
	}
	defer side.Close()
	p := side.Published()
	make := []func() error{
		func() error { _, err := s.owed(side, p, ""); return err },
		func() error { _, err := s.front(noContext, side, p); return err },
	}
	if wanted {
		make = append(make, func() error { _, err := s.allFigures(noContext, side, p); return err },
			func() error { _, err := s.figuresOfUnits(side, p); return err })
		for _, address := range s.viewsOf(side, p) {
			make = append(make, func() error { return s.makeFigure(side, address) })
		}
	}
	for _, f := range make {
		select {
		case <-s.ended:
			return
		default:
		}
		if err := f(); err != nil {
			s.o.Log.Warn("pages of a new publication", "err", err)
		}
	}
}

const (
	restQuiet = 8 * time.Second // how long a publication is shown before pages that nobody asked for are made of it
	restTime  = 2 * time.Minute // at most, of work
)

// makeRest makes, in the quiet after a publication, the pages of the figures that nobody has opened yet: whoever is the
// first to open one doesn't wait for it either. It stops for the next publication and lets those who hand in go first.
func (s *Server) makeRest() {
	rd, done := s.readings.Rest(restQuiet)
	if rd == nil {
		return
	}
	defer done()
	side, err := rd.Beside()
	if err != nil {
		s.o.Log.Warn("read a new publication", "err", err)
		return
	}
	defer side.Close()
	all, err := s.allFigures(noContext, side, side.Published())
	if err != nil {
		s.o.Log.Warn("pages of a new publication", "err", err)
		return
	}
	already := s.viewsOf(side, side.Published())
	var worked time.Duration
	made := 0
	for _, row := range all.Rows {
		address := "/figures/" + row.Metric
		if slices.Contains(already, address) {
			continue
		}
		for (len(s.coming) > 0 || s.intake.busy()) && s.readings.Is(rd) && !s.over(lookEvery) {
		}
		if made == s.o.Rest || worked > restTime || !s.readings.Is(rd) || s.over(0) {
			return
		}
		begun := time.Now()
		if err := s.makeFigure(side, address); err != nil {
			s.o.Log.Warn("pages of a new publication", "metric", row.Metric, "err", err)
		}
		worked += time.Since(begun)
		made++
	}
}

// over waits for a time and says whether the page has ended.
func (s *Server) over(after time.Duration) bool {
	select {
	case <-s.ended:
		return true
	case <-time.After(after):
		return false
	}
}

// viewsOf are the pages of figures that are made before anybody asks: those that were looked at lately, and those that the
// first page leads to.
func (s *Server) viewsOf(rd *shelf.Reading, p warehouse.Point) []string {
	list := s.readings.ViewsLately()
	if !s.o.Ahead {
		return list
	}
	front, err := s.front(noContext, rd, p)
	if err != nil {
		return list // it was said
	}
	for _, c := range front.Cards {
		if address := "/figures/" + c.Metric.ID; !slices.Contains(list, address) {
			list = append(list, address)
		}
	}
	return list
}

func (s *Server) allFigures(ctx context.Context, rd *shelf.Reading, p warehouse.Point) (figuresView, error) {
	return shelf.Once(rd, fmt.Sprint("figures ", rd.At(p)), func() (figuresView, error) {
		list, beside, err := rd.Compare(context.WithoutCancel(ctx), queries.Ask{Point: p})
		if err != nil {
			return figuresView{}, err
		}
		var v figuresView
		for i, f := range list {
			v.Rows = append(v.Rows, rowOf(f, beside[i]))
		}
		return v, nil
	})
}

func cardOf(c weekly.FrontCard) cardView {
	v := cardView{Metric: c.Metric.ID, Label: c.Label, Value: c.Value.Show(), Detail: c.Detail, Last: c.Last.Said(), Change: c.Change.Show(),
		Light: string(c.Light), Class: lightClass(string(c.Light)), Tone: "same"}
	if c.Target.Value != nil {
		v.Target = c.Target.Said()
	}
	switch c.Tone {
	case workbook.Better:
		v.Tone = "better"
	case workbook.Worse:
		v.Tone = "worse"
	}
	return v
}

func draw(charts ...onepage.Chart) ([]drawing, error) {
	var out []drawing
	for _, c := range charts {
		svg, err := c.SVG()
		if err != nil {
			return nil, err
		}
		if svg != "" {
			out = append(out, drawing{c.Title, svg})
		}
	}
	return out, nil
}

// figuresView is the list of all figures.
type figuresView struct{ Rows []figureRow }

type figureRow struct {
	Metric, Label, Value, Detail, Last, Target, Light, Class, Definition string
}

// figures lists every figure of the zone.
func (s *Server) figures(w http.ResponseWriter, r *http.Request, who account.Person) error {
	rd, done, l, err := s.calmly(r)
	if err != nil {
		return err
	}
	defer done()
	p, _, err := pointOf(r, rd.Reader)
	if err != nil {
		return err
	}
	v, err := s.allFigures(r.Context(), rd, p)
	if err != nil {
		return err
	}
	if as := r.URL.Query().Get("as"); as != "" {
		t := sheetOf("全部指标", "代码", "指标", "数值", "构成", "上周", "目标", "灯", "定义")
		for _, x := range v.Rows {
			t.add(x.Metric, x.Label, x.Value, x.Detail, x.Last, x.Target, x.Light, x.Definition)
		}
		return t.send(w, as)
	}
	l.Title, l.Body = "全部指标", v
	s.render(w, r, who, http.StatusOK, "figures", l)
	return nil
}

// sinceDefault is how far back corrections are looked for.
const sinceDefault = 7 * 24 * time.Hour
