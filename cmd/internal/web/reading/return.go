package reading

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/grid"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/ingest/finding"
	"taizhang/ingest/receipt"
	"taizhang/queries"

	"taizhang/cmd/internal/web/account"
)

// returnView is one return: what became of it and what is said of it.
type returnView struct {
	Row       ReturnRow
	Unit      string
	UnitCode  string
	Cutoff    string
	Due       string
	Says      string // what is to be done
	Findings  []FindingView
	Explained []FindingView
	Changes   []ChangeView
	NotRead   string
	MaySend   bool
	Receipt   bool
	Sheet     string // to look at the original, "" where none was read
	Decided   []string
	Askable   bool   // something in it may be explained
	NoAsking  string // why nothing in it may be explained any more
	Lessons   []LessonView
	Failed    string // why explaining failed just now
	said      map[string]string
}

// Said is what was explained, by the mark of a doubt.
func (v returnView) Said(mark string) string { return v.said[mark] }

type FindingView struct {
	N                                                     int
	Severity, Class, Place, Value, Message, Hint, Suggest string
	Sheet, Cell                                           string
	Row                                                   int
	Mark, Said                                            string
	Shown                                                 bool // its cell stands in a grid of the page
}

type ChangeView struct{ Kind, Key, Column, Before, After string }

var severityClass = map[finding.Severity]string{finding.Error: "error", finding.Warning: "warning", finding.Info: "info"}

func FindingViews(list []finding.Finding) []FindingView {
	var out []FindingView
	for i, f := range list {
		v := FindingView{N: i + 1, Severity: f.Severity.Label(), Class: severityClass[f.Severity], Place: placeOf(f.Sheet, f.Cell), Value: f.Value, Message: f.Message,
			Hint: f.Hint, Suggest: f.Suggest, Sheet: f.Sheet, Cell: f.Cell, Row: f.Row}
		if f.Severity == finding.Warning {
			v.Mark = f.Mark
		}
		if row, _, ok := grid.SplitRef(f.Cell); ok && v.Row == 0 {
			v.Row = row
		}
		out = append(out, v)
	}
	return out
}

func placeOf(sheet, cell string) string {
	if sheet == "" {
		return cell
	}
	if cell == "" {
		return sheet
	}
	return sheet + "!" + cell
}

func (s *Pages) OneReturn(w http.ResponseWriter, r *http.Request, who account.Person) error {
	return s.ShowReturn(w, r, who, nil, nil)
}

// ShowReturn shows a return, and why explaining it failed just now, with what was typed.
func (s *Pages) ShowReturn(w http.ResponseWriter, r *http.Request, who account.Person, failed *frame.Fault, said map[string]string) error {
	rd, done, l, err := s.Reads(r)
	if err != nil {
		return err
	}
	defer done()
	p, _, err := frame.PointOf(r, rd.Reader)
	if err != nil {
		return err
	}
	id := r.PathValue("return")
	frame.About(w, id)
	rec, err := rd.Return(r.Context(), id, p)
	if err != nil {
		return err
	}
	o, err := rd.Original(r.Context(), id)
	if err != nil {
		return err
	}
	v := returnView{Row: s.ReturnRowOf(rd, rec), Unit: o.Submitter, UnitCode: o.SubmitterCode, Cutoff: frame.Plain(rec.Get("cutoff")), Due: shownTime(rec.Get("due_at"), rd.Location()),
		MaySend: who.May(account.MaySend, o.SubmitterCode) && o.SubmitterCode != "", Sheet: o.Sheet, said: said}
	status := http.StatusOK
	if failed != nil {
		v.Failed, status = failed.Says, failed.Status
	}
	path, err := s.receiptOf(o)
	if err != nil {
		return err
	}
	v.Receipt = path != ""
	report, err := s.ReportOf(r, rd, id)
	if err != nil {
		return err
	}
	if report != nil {
		for _, x := range report.Returns {
			if x.ID == id {
				v.take(x)
				v.Lessons = LessonsIn(s.ZoneOf(), []*finding.Return{x})
			}
		}
	}
	if v.MaySend && v.Askable {
		if v.NoAsking, err = s.Settled(r, rd, o); err != nil {
			return err
		}
	}
	decisions, err := rd.Decisions(r.Context(), id)
	if err != nil {
		return err
	}
	for _, d := range decisions {
		v.Decided = append(v.Decided, shownTime(d.At, rd.Location())+" "+causeWords[d.Kind]+"（"+d.By+"）："+d.Reason)
	}
	if as := r.URL.Query().Get("as"); as != "" {
		t := frame.SheetOf(id+"_审核意见", "程度", "位置", "现有内容", "问题", "怎样修改")
		for _, f := range v.Findings {
			t.Add(f.Severity, f.Place, f.Value, f.Message, f.Hint)
		}
		return t.Send(w, as)
	}
	l.Title, l.Body = v.Row.Title+" "+v.Row.Chinese(), v
	s.Render(w, r, who, status, "return", l)
	return nil
}

// take fills in what the receipt says.
func (v *returnView) take(x *finding.Return) {
	v.Findings = FindingViews(x.Findings)
	for _, e := range x.Explained {
		f := FindingViews([]finding.Finding{e.Finding})[0]
		f.Said = e.Said
		v.Explained = append(v.Explained, f)
	}
	for _, c := range x.Changes {
		v.Changes = append(v.Changes, ChangeView{c.Kind.Label(), c.Key, c.Column, c.Before, c.After})
	}
	v.NotRead = x.NotRead()
	v.Askable = slices.ContainsFunc(v.Findings, func(f FindingView) bool { return f.Mark != "" })
}

// ReportOf is what the receipt of the file of a return says, nil where that was not kept.
func (s *Pages) ReportOf(r *http.Request, rd *shelf.Reading, id string) (*finding.Report, error) {
	text, err := rd.ReceiptText(r.Context(), id)
	if err != nil || text == "" {
		return nil, err
	}
	return finding.Kept(text, rd.Location())
}

// receiptOf finds the receipt of an arrival in the outbox; "" where none is there.
func (s *Pages) receiptOf(o queries.Original) (string, error) {
	z := s.ZoneOf()
	dir := z.OutboxUnknown()
	if u, ok := z.Submitter(o.SubmitterCode); ok {
		dir = z.OutboxOf(u)
	}
	for _, d := range []string{dir, filepath.Join(dir, receipt.OldFolder)} {
		files, err := os.ReadDir(d)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		newest := ""
		for _, f := range files {
			if !f.Type().IsRegular() || receipt.ArrivalOf(f.Name()) != int(o.Arrival) {
				continue
			}
			newest = filepath.Join(d, f.Name())
		}
		if newest != "" {
			return newest, nil
		}
	}
	return "", nil
}

func (s *Pages) Receipt(w http.ResponseWriter, r *http.Request, _ account.Person) error {
	rd, done, err := s.Readings.Open(s.ZoneOf())
	if err != nil {
		return err
	}
	defer done()
	o, err := rd.Original(r.Context(), r.PathValue("return"))
	if err != nil {
		return err
	}
	frame.About(w, o.Return)
	path, err := s.receiptOf(o)
	if err != nil {
		return err
	}
	if path == "" {
		return frame.NotFound("没有找到这份报表的回执。")
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	frame.Attach(w, filepath.Base(path), frame.XlsxType)
	_, _ = w.Write(content)
	return nil
}

// Settled says why a return is not to be handed in once more to explain something in it: it would take the place of a newer
// one, or count again though it was withdrawn. "" where it may be.
func (s *Pages) Settled(r *http.Request, rd *shelf.Reading, o queries.Original) (string, error) {
	list, err := rd.Returns(r.Context(), queries.ReturnsAsk{Point: frame.Everything, Submitter: o.SubmitterCode, Form: o.Form, Period: o.Period})
	if err != nil {
		return "", err
	}
	after := false
	for _, rec := range list { // in the order in which they came in
		decision, _ := rec.Get("decision").(string)
		switch {
		case frame.Plain(rec.Get("return")) == o.Return:
			after = true
			if decision == "withdraw" {
				return "这份报表已经作废，不再接受核实说明。", nil
			}
		case after && o.Period != "" && decision != "withdraw" && (decision == "accept" || slices.Contains([]string{"accepted", "accepted_with_warnings", "partially_accepted"}, frame.Plain(rec.Get("status")))):
			return "这一期已有更新的报表 " + frame.Plain(rec.Get("return")) + "，请在那一份上说明：在这里说明会使这份旧表重新报送，顶替新表。", nil
		}
	}
	return "", nil
}
