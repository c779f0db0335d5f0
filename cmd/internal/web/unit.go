package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/ingest"
	"taizhang/ingest/finding"
	"taizhang/ingest/secret"
	"taizhang/internal/archive"
	"taizhang/internal/calendar"
	"taizhang/internal/metric"
	"taizhang/internal/opc"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
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

// returnRow is a return in a list.
type returnRow struct {
	ID, File, Title, Period, Outcome, Class, Received, By, Note string
	Rows, Refused, Errors, Warnings                             int64
	Late                                                        bool
}

// Chinese is the period in words.
func (r returnRow) Chinese() string { return periodWords(r.Period) }

// periodWords is a period in words; as it is stored where it isn't one.
func periodWords(text string) string {
	p, err := calendar.ParsePeriod(text)
	if err != nil {
		return text
	}
	return p.Chinese()
}

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

// figuresOfUnits are the figures that each unit's own rows make, by the unit's name.
func (s *Server) figuresOfUnits(rd *shelf.Reading, p warehouse.Point) (map[string][]figureRow, error) {
	return shelf.Once(rd, fmt.Sprint("figures of units ", rd.At(p)), func() (map[string][]figureRow, error) {
		var can []string
		for _, m := range rd.Catalogue.Metrics {
			if m.Allows("submitter") {
				can = append(can, m.ID)
			}
		}
		list, err := rd.Metrics(noContext, queries.Ask{Point: p, Metrics: can, By: []string{"submitter"}})
		if err != nil {
			return nil, err
		}
		out := map[string][]figureRow{}
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

var outcomeClass = map[string]string{"accepted": "good", "accepted_with_warnings": "check", "partially_accepted": "check", "rejected": "bad", "duplicate": "same"}

func (s *Server) returnRowOf(rd *shelf.Reading, rec result.Record) returnRow {
	text := func(k string) string { return plain(rec.Get(k)) }
	number := func(k string) int64 { n, _ := rec.Get(k).(int64); return n }
	row := returnRow{ID: text("return"), File: text("file"), Title: text("form"), Period: text("period"), Received: shownTime(rec.Get("received_at"), rd.Location()),
		Outcome: finding.Outcome(text("status")).Label(), Class: outcomeClass[text("status")], By: text("superseded_by"),
		Rows: number("rows"), Refused: number("rows_refused"), Errors: number("errors"), Warnings: number("warnings")}
	row.Late, _ = rec.Get("late").(bool)
	if f := s.zoneOf().Forms.Get(row.Title); f != nil {
		row.Title = f.PlainTitle()
	}
	switch {
	case text("decision") == "accept":
		row.Note = "已放行"
	case text("decision") == "withdraw":
		row.Note = "已作废"
	case row.By != "":
		row.Note = "已由 " + row.By + " 更正"
	}
	return row
}

func takeHistory(w http.ResponseWriter, u zone.Submitter, list []returnRow, as string) error {
	t := sheetOf(u.Name+"_报送记录", "报送编号", "报表", "报送期", "结果", "计入行数", "未计入行数", "必须修改", "请核实", "收到时间", "文件", "备注")
	for _, x := range list {
		t.add(x.ID, x.Title, x.Period, x.Outcome, x.Rows, x.Refused, x.Errors, x.Warnings, x.Received, x.File, x.Note)
	}
	return t.send(w, as)
}

// waiting names the files in the inbox, of one unit (by name) or of all, and why they wait.
func (s *Server) waiting(unit string) ([]string, error) {
	z := s.zoneOf()
	files, err := ingest.Inbox(z.Inbox())
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []string
	for _, f := range files {
		u, ok := z.Match(f.Folder)
		if unit != "" && (!ok || u.Name != unit) {
			continue
		}
		wait := f.WaitAt(s.o.Clock()).Chinese
		if wait == "" {
			wait = "等待读取"
		}
		name := secret.MaskText(f.Path)
		if unit != "" {
			name = secret.MaskText(f.Name)
		}
		out = append(out, name+"："+wait)
	}
	return out, nil
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

// orBegin shows what to do first in a zone that has published nothing yet.
func (s *Server) orBegin(w http.ResponseWriter, r *http.Request, who account.Person, err error) error {
	if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return s.begins(w, r, who)
}

// came says whether a zone has ever received anything.
func (s *Server) came(z *office.Zone) (bool, error) {
	if z.Joined || s.hasCome.Load() {
		return true, nil
	}
	a, err := archive.View(z.Archive())
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer a.Close()
	for e, err := range a.All() {
		if err != nil {
			return false, err
		}
		if e.Event == archive.Arrive {
			s.hasCome.Store(true)
			return true, nil
		}
	}
	return false, nil
}

// begins shows what to do in a zone that has received nothing yet.
func (s *Server) begins(w http.ResponseWriter, r *http.Request, who account.Person) (err error) {
	z := s.zoneOf()
	v := beginView{Inbox: placeOnDisk(z.Inbox()), Owes: len(z.Returns) > 0}
	v.Units = append(v.Units, z.Submitters...)
	if v.Came, err = s.came(z); err != nil {
		return err
	}
	if v.Waiting, err = s.waiting(""); err != nil {
		return err
	}
	s.render(w, r, who, http.StatusOK, "begin", layout{Title: "等第一份报表", Body: v, Live: true})
	return nil
}

type beginView struct {
	Came    bool // returns came before, and only their publication is missing
	Inbox   string
	Owes    bool
	Units   []zone.Submitter
	Waiting []string
}
