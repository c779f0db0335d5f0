package reading

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"taizhang/cmd/internal/papers"
	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/internal/metric"
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
	Charts        []frame.Drawing
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

func lightClass(l string) string { return onepage.Light(l).Class() }

func (s *Pages) Overview(w http.ResponseWriter, r *http.Request, who account.Person) error {
	rd, done, l, err := s.Calmly(r)
	if err != nil {
		return s.OrBegin(w, r, who, err)
	}
	defer done()
	p, _, err := frame.PointOf(r, rd.Reader)
	if err != nil {
		return err
	}
	came, err := s.came(s.ZoneOf())
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
	if v.Charts, err = frame.Draw(front.Charts...); err != nil {
		return err
	}
	l.Title, l.Body, l.Live = "总览", v, true
	s.Render(w, r, who, http.StatusOK, "overview", l)
	return nil
}

// front is the weekly's first page at a point. It is made once, also for whoever doesn't wait for it any more.
func (s *Pages) front(ctx context.Context, rd *shelf.Reading, p warehouse.Point) (*weekly.Front, error) {
	return shelf.Once(rd, fmt.Sprint("front ", rd.At(p)), func() (*weekly.Front, error) {
		o, err := papers.WeeklyOptions(s.ZoneOf(), s.Options.Version)
		if err != nil {
			return nil, err
		}
		return weekly.FrontPage(context.WithoutCancel(ctx), rd.Reader, p, o)
	})
}

func (s *Pages) allFigures(ctx context.Context, rd *shelf.Reading, p warehouse.Point) (figuresView, error) {
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

// figuresView is the list of all figures.
type figuresView struct{ Rows []FigureRow }

type FigureRow struct {
	Metric, Label, Value, Detail, Last, Target, Light, Class, Definition string
}

// Figures lists every figure of the zone.
func (s *Pages) Figures(w http.ResponseWriter, r *http.Request, who account.Person) error {
	rd, done, l, err := s.Calmly(r)
	if err != nil {
		return err
	}
	defer done()
	p, _, err := frame.PointOf(r, rd.Reader)
	if err != nil {
		return err
	}
	v, err := s.allFigures(r.Context(), rd, p)
	if err != nil {
		return err
	}
	if as := r.URL.Query().Get("as"); as != "" {
		t := frame.SheetOf("全部指标", "代码", "指标", "数值", "构成", "上周", "目标", "灯", "定义")
		for _, x := range v.Rows {
			t.Add(x.Metric, x.Label, x.Value, x.Detail, x.Last, x.Target, x.Light, x.Definition)
		}
		return t.Send(w, as)
	}
	l.Title, l.Body = "全部指标", v
	s.Render(w, r, who, http.StatusOK, "figures", l)
	return nil
}

// sinceDefault is how far back corrections are looked for.
const sinceDefault = 7 * 24 * time.Hour

// FiguresOfUnits are the figures that each unit's own rows make, by the unit's name.
func (s *Pages) FiguresOfUnits(rd *shelf.Reading, p warehouse.Point) (map[string][]FigureRow, error) {
	return shelf.Once(rd, fmt.Sprint("figures of units ", rd.At(p)), func() (map[string][]FigureRow, error) {
		var can []string
		for _, m := range rd.Catalogue.Metrics {
			if m.Allows("submitter") {
				can = append(can, m.ID)
			}
		}
		list, err := rd.Metrics(frame.NoContext, queries.Ask{Point: p, Metrics: can, By: []string{"submitter"}})
		if err != nil {
			return nil, err
		}
		out := map[string][]FigureRow{}
		for _, f := range list {
			if f.Value == nil || len(f.Dims) == 0 || f.Dims[0].Value == nil ||
				f.Coverage.Expected+f.Coverage.Received == 0 && f.Metric.Fact.Mode != metric.Obligation {
				continue
			}
			out[*f.Dims[0].Value] = append(out[*f.Dims[0].Value], rowOf(f, queries.Comparison{}))
		}
		return out, nil
	})
}
