package handing

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/reading"
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
	Due       []reading.Debt // what is waited for, what is due first on top
	Done      []reading.Debt
	Waiting   []string // its files in the inbox
	Drafts    []openDraft
	History   []reading.ReturnRow
	More      int // returns that are not shown
	Figures   []reading.FigureRow
	FiguresAt string       // of when they are
	Forms     []formChoice // that the unit owes, for decisions
	MostMB    int64
	Begun     bool // something was published
	ShownAll  bool
}

type formChoice struct{ ID, Title string }

// historyShown is how many returns a unit's page shows at first, historyMost at most: the rest can be downloaded.
const historyShown = 30

var HistoryMost = 200

func (s *Pages) Unit(w http.ResponseWriter, r *http.Request, who account.Person) error {
	z := s.ZoneOf()
	u, _ := z.Submitter(r.PathValue("unit")) // the route has looked
	v := unitView{Unit: u, MaySend: who.May(account.MaySend, u.Code), MostMB: z.Limits.FileBytes >> 20, ShownAll: r.URL.Query().Get("all") != ""}
	for _, f := range z.Forms.Forms {
		if z.Owes(u.Code, f.ID) {
			v.Forms = append(v.Forms, formChoice{f.ID, f.PlainTitle()})
		}
	}
	var l frame.Layout
	rd, done, l, err := s.Reads(r)
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
	if v.Waiting, err = s.reading.Waiting(u.Name); err != nil {
		return err
	}
	if v.MaySend {
		v.Drafts = s.drafts.open(u.Code, who.Name)
		for i := range v.Drafts {
			v.Drafts[i].Made = v.Drafts[i].Made.In(z.Location)
		}
	}
	l.Title, l.Body, l.Live = u.Name, v, true
	s.Render(w, r, who, http.StatusOK, "unit", l)
	return nil
}

func (s *Pages) fillUnit(r *http.Request, rd *shelf.Reading, u zone.Submitter, v *unitView) error {
	p, _, err := frame.PointOf(r, rd.Reader)
	if err != nil {
		return err
	}
	now, err := s.reading.Owed(rd, p, u.Code)
	if err != nil {
		return err
	}
	for _, d := range now.Debts {
		if slices.Contains([]string{"missing", "rejected", "not_due"}, d.State) {
			v.Due = append(v.Due, d)
		} else {
			v.Done = append(v.Done, d)
		}
	}
	slices.SortStableFunc(v.Due, func(a, b reading.Debt) int { return strings.Compare(a.Due, b.Due) })
	ask := queries.ReturnsAsk{Point: p, Submitter: u.Code, UntilAsOf: r.URL.Query().Get("as_of") != ""}
	returns, err := shelf.Once(rd, fmt.Sprint("returns ", u.Code, rd.At(p), ask.UntilAsOf), func() ([]result.Record, error) {
		list, err := rd.Returns(frame.NoContext, ask)
		slices.Reverse(list)
		return list, err
	})
	if err != nil {
		return err
	}
	shown := historyShown
	if v.ShownAll {
		shown = HistoryMost
	}
	if n := len(returns); n > shown && r.URL.Query().Get("as") == "" {
		v.More, returns = n-shown, returns[:shown]
	}
	for _, rec := range returns {
		v.History = append(v.History, s.reading.ReturnRowOf(rd, rec))
	}
	return s.unitFigures(r, u, v)
}

// unitFigures are the figures that a unit's own rows make, those of nothing left out. They may be of the publication before
// while those of the newest are made, and say so.
func (s *Pages) unitFigures(r *http.Request, u zone.Submitter, v *unitView) error {
	rd, done, err := s.Readings.Calm(s.ZoneOf())
	if err != nil {
		return err
	}
	defer done()
	p, at, err := frame.PointOf(r, rd.Reader)
	if err != nil {
		return err
	}
	all, err := s.reading.FiguresOfUnits(rd, p)
	v.Figures, v.FiguresAt = all[u.Name], at.Shown
	return err
}

func takeHistory(w http.ResponseWriter, u zone.Submitter, list []reading.ReturnRow, as string) error {
	t := frame.SheetOf(u.Name+"_报送记录", "报送编号", "报表", "报送期", "结果", "计入行数", "未计入行数", "必须修改", "请核实", "收到时间", "文件", "备注")
	for _, x := range list {
		t.Add(x.ID, x.Title, x.Period, x.Outcome, x.Rows, x.Refused, x.Errors, x.Warnings, x.Received, x.File, x.Note)
	}
	return t.Send(w, as)
}

// Template sends the workbook to fill in.
func (s *Pages) Template(w http.ResponseWriter, r *http.Request, _ account.Person) error {
	u, _ := s.ZoneOf().Submitter(r.PathValue("unit"))
	if !slices.ContainsFunc(s.ZoneOf().Returns, func(x zone.Return) bool { return x.Submitter == u.Code }) {
		return frame.NotFound("本单位没有应报的报表，没有模板。")
	}
	name, content, err := s.Options.Service.Template(r.Context(), u)
	if err != nil {
		return err
	}
	frame.Attach(w, name, frame.XlsxType)
	_, _ = w.Write(content)
	return nil
}

// TemplatesOfAll sends the workbooks of all units that owe something, in one archive.
func (s *Pages) TemplatesOfAll(w http.ResponseWriter, r *http.Request, _ account.Person) error {
	z := s.ZoneOf()
	var b bytes.Buffer
	out := opc.NewWriter(&b, opc.Stored)
	for _, u := range z.Submitters {
		if !slices.ContainsFunc(z.Returns, func(x zone.Return) bool { return x.Submitter == u.Code }) {
			continue
		}
		_, content, err := s.Options.Service.Template(r.Context(), u)
		if err != nil {
			return err
		}
		if err := out.Put(SafeFile("报送_"+u.Name+".xlsx"), content); err != nil {
			return err
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	frame.Attach(w, "填报模板_"+z.Name+".zip", "application/zip")
	_, _ = w.Write(b.Bytes())
	return nil
}
