package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/internal/opc"
	"taizhang/internal/result"
	"taizhang/internal/zone"
	"taizhang/queries"
)

// unitView is a unit's own page.
type unitView struct {
	Unit      zone.Submitter
	MaySend   bool
	Due       []debt // what is waited for, what is due first on top
	Done      []debt
	Waiting   []string // its files in the inbox
	Drafts    []openDraft
	History   []returnRow
	More      int // returns that are not shown
	Figures   []figureRow
	FiguresAt string       // of when they are
	Forms     []formChoice // that the unit owes, for decisions
	MostMB    int64
	Begun     bool // something was published
	ShownAll  bool
}

type formChoice struct{ ID, Title string }

// historyShown is how many returns a unit's page shows at first, historyMost at most: the rest can be downloaded.
const historyShown = 30

var historyMost = 200

func (s *Server) unit(w http.ResponseWriter, r *http.Request, who account.Person) error {
	z := s.zoneOf()
	u, _ := z.Submitter(r.PathValue("unit")) // the route has looked
	v := unitView{Unit: u, MaySend: who.May(account.MaySend, u.Code), MostMB: z.Limits.FileBytes >> 20, ShownAll: r.URL.Query().Get("all") != ""}
	for _, f := range z.Forms.Forms {
		if z.Owes(u.Code, f.ID) {
			v.Forms = append(v.Forms, formChoice{f.ID, f.PlainTitle()})
		}
	}
	var l layout
	rd, done, l, err := s.reads(r)
	switch {
	case err == nil:
		defer done()
		v.Begun = true
		if err := s.fillUnit(r, rd, u, &v); err != nil {
			return err
		}
		if as := r.URL.Query().Get("as"); as != "" {
			return takeHistory(w, u, v.History, as)
		}
	case !errors.Is(err, os.ErrNotExist):
		return err
	}
	if v.Waiting, err = s.waiting(u.Name); err != nil {
		return err
	}
	if v.MaySend {
		v.Drafts = s.drafts.open(u.Code, who.Name)
		for i := range v.Drafts {
			v.Drafts[i].Made = v.Drafts[i].Made.In(z.Location)
		}
	}
	l.Title, l.Body, l.Live = u.Name, v, true
	s.render(w, r, who, http.StatusOK, "unit", l)
	return nil
}

func (s *Server) fillUnit(r *http.Request, rd *shelf.Reading, u zone.Submitter, v *unitView) error {
	p, _, err := pointOf(r, rd.Reader)
	if err != nil {
		return err
	}
	now, err := s.owed(rd, p, u.Code)
	if err != nil {
		return err
	}
	for _, d := range now.debts {
		if slices.Contains([]string{"missing", "rejected", "not_due"}, d.State) {
			v.Due = append(v.Due, d)
		} else {
			v.Done = append(v.Done, d)
		}
	}
	slices.SortStableFunc(v.Due, func(a, b debt) int { return strings.Compare(a.Due, b.Due) })
	ask := queries.ReturnsAsk{Point: p, Submitter: u.Code, UntilAsOf: r.URL.Query().Get("as_of") != ""}
	returns, err := shelf.Once(rd, fmt.Sprint("returns ", u.Code, rd.At(p), ask.UntilAsOf), func() ([]result.Record, error) {
		list, err := rd.Returns(noContext, ask)
		slices.Reverse(list)
		return list, err
	})
	if err != nil {
		return err
	}
	shown := historyShown
	if v.ShownAll {
		shown = historyMost
	}
	if n := len(returns); n > shown && r.URL.Query().Get("as") == "" {
		v.More, returns = n-shown, returns[:shown]
	}
	for _, rec := range returns {
		v.History = append(v.History, s.returnRowOf(rd, rec))
	}
	return s.unitFigures(r, u, v)
}

// unitFigures are the figures that a unit's own rows make, those of nothing left out. They may be of the publication before
// while those of the newest are made, and say so.
func (s *Server) unitFigures(r *http.Request, u zone.Submitter, v *unitView) error {
	rd, done, err := s.readings.Calm(s.zoneOf())
	if err != nil {
		return err
	}
	defer done()
	p, at, err := pointOf(r, rd.Reader)
	if err != nil {
		return err
	}
	all, err := s.figuresOfUnits(rd, p)
	v.Figures, v.FiguresAt = all[u.Name], at.Shown
	return err
}

func takeHistory(w http.ResponseWriter, u zone.Submitter, list []returnRow, as string) error {
	t := sheetOf(u.Name+"_报送记录", "报送编号", "报表", "报送期", "结果", "计入行数", "未计入行数", "必须修改", "请核实", "收到时间", "文件", "备注")
	for _, x := range list {
		t.add(x.ID, x.Title, x.Period, x.Outcome, x.Rows, x.Refused, x.Errors, x.Warnings, x.Received, x.File, x.Note)
	}
	return t.send(w, as)
}

// template sends the workbook to fill in.
func (s *Server) template(w http.ResponseWriter, r *http.Request, _ account.Person) error {
	u, _ := s.zoneOf().Submitter(r.PathValue("unit"))
	if !slices.ContainsFunc(s.zoneOf().Returns, func(x zone.Return) bool { return x.Submitter == u.Code }) {
		return notFound("本单位没有应报的报表，没有模板。")
	}
	name, content, err := s.o.Service.Template(r.Context(), u)
	if err != nil {
		return err
	}
	attach(w, name, xlsxType)
	_, _ = w.Write(content)
	return nil
}

// templatesOfAll sends the workbooks of all units that owe something, in one archive.
func (s *Server) templatesOfAll(w http.ResponseWriter, r *http.Request, _ account.Person) error {
	z := s.zoneOf()
	var b bytes.Buffer
	out := opc.NewWriter(&b, opc.Stored)
	for _, u := range z.Submitters {
		if !slices.ContainsFunc(z.Returns, func(x zone.Return) bool { return x.Submitter == u.Code }) {
			continue
		}
		_, content, err := s.o.Service.Template(r.Context(), u)
		if err != nil {
			return err
		}
		if err := out.Put(safeFile("报送_"+u.Name+".xlsx"), content); err != nil {
			return err
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	attach(w, "填报模板_"+z.Name+".zip", "application/zip")
	_, _ = w.Write(b.Bytes())
	return nil
}
