package handing

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/grid"
	"taizhang/cmd/internal/web/reading"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/ingest/finding"
	"taizhang/ingest/receipt"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/internal/archive"
	"taizhang/internal/zone"
)

// patience is how long a request waits for the run that takes its files in, before it shows that they are waited for.
const patience = 3 * time.Second

// HandIn puts the files of a draft into the unit's inbox, with what was explained, and has them taken in.
func (s *Pages) HandIn(w http.ResponseWriter, r *http.Request, who account.Person) error {
	z := s.ZoneOf()
	u, _ := z.Submitter(r.PathValue("unit"))
	if err := frame.ReadForm(w, r, 1<<20, "没有读到要报送的内容，请再试一次。"); err != nil {
		return err
	}
	x, err := s.drafts.find(r.PathValue("draft"), u.Code, who.Name)
	if err != nil {
		return err
	}
	x.handing.Lock()
	defer x.handing.Unlock()
	if !s.drafts.state(x).handed {
		if !slices.ContainsFunc(x.files, func(f draftFile) bool { return f.trouble == "" }) {
			return &frame.Fault{Status: http.StatusBadRequest, Says: "没有能报送的文件：请换一个完整的文件重新上传。", Back: "/units/" + u.Code}
		}
		frame.About(w, fmt.Sprintf("%d files", len(x.files)))
		if err := s.put(z, u, x, explanationsOf(r)); err != nil {
			return s.notHanded(w, r, who, u, x, err)
		}
		s.takeIn(r, x)
	}
	http.Redirect(w, r, "/units/"+u.Code+"/sent/"+x.id, http.StatusSeeOther)
	return nil
}

// explanationsOf are the reasons that a form gives for doubts, by their marks.
func explanationsOf(r *http.Request) map[string]string {
	said := map[string]string{}
	for name, values := range r.PostForm {
		mark, ok := strings.CutPrefix(name, "said-")
		if !ok || len(mark) != 16 {
			continue
		}
		if text := strings.TrimSpace(values[0]); text != "" {
			said[mark] = grid.Clip(text, 500)
		}
	}
	return said
}

// takeIn has the service take in what lies in the inbox, and waits for it a while.
func (s *Pages) takeIn(r *http.Request, x *draft) {
	by := "page " + x.who
	turn := s.Intake.Join(func() error { return s.Options.Service.Run(frame.NoContext, by) })
	go func() {
		<-turn.Done
		failed := ""
		if turn.Err != nil {
			s.Options.Log.Error("run for the page", "err", turn.Err)
			failed = "处理时出了问题，文件已收下，系统会再试。"
		}
		s.drafts.end(x, failed)
	}()
	select {
	case <-turn.Done:
	case <-time.After(patience):
	case <-r.Context().Done():
	}
}

// sentView is what became of what was handed in.
type sentView struct {
	Unit   zone.Submitter
	Files  []sentFile
	Done   bool
	Failed string
}

type sentFile struct {
	Name, Trouble string
	Read          bool // it isn't in the inbox any more
	Rows          []reading.ReturnRow
}

func (s *Pages) Sent(w http.ResponseWriter, r *http.Request, who account.Person) error {
	u, _ := s.ZoneOf().Submitter(r.PathValue("unit"))
	x, err := s.drafts.find(r.PathValue("draft"), u.Code, who.Name)
	if err != nil {
		return err
	}
	now := s.drafts.state(x)
	if !now.handed { // nothing is called received that isn't
		http.Redirect(w, r, "/units/"+u.Code+"/drafts/"+x.id, http.StatusSeeOther)
		return nil
	}
	v := sentView{Unit: u, Done: now.done, Failed: now.failed}
	rd, done, err := s.Readings.Open(s.ZoneOf())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err == nil {
		defer done()
	}
	all := true
	for _, f := range now.files {
		sf := sentFile{Name: f.name, Trouble: f.trouble}
		if f.trouble == "" {
			if rd != nil {
				if sf.Rows, err = s.becameOf(r, rd, f, u.Code); err != nil {
					return err
				}
			}
			_, err := os.Lstat(f.placed)
			sf.Read = errors.Is(err, fs.ErrNotExist)
			all = all && len(sf.Rows) > 0
		}
		v.Files = append(v.Files, sf)
	}
	v.Done = v.Done || all
	l := frame.Layout{Title: "报送结果", Body: v}
	switch {
	case !v.Done:
		l.Again = 2
	case !all:
		l.Again = 20
	}
	s.Render(w, r, who, http.StatusOK, "sent", l)
	return nil
}

// becameOf lists the returns that a file became since it was handed in.
func (s *Pages) becameOf(r *http.Request, rd *shelf.Reading, f draftFile, unit string) ([]reading.ReturnRow, error) {
	list, err := rd.Sent(r.Context(), f.sha, unit)
	if err != nil {
		return nil, err
	}
	var out []reading.ReturnRow
	for _, o := range list {
		if o.Arrival <= f.before {
			continue
		}
		rec, err := rd.Return(r.Context(), o.Return, frame.Everything) // whatever period it states
		if err != nil {
			return nil, err
		}
		out = append(out, s.reading.ReturnRowOf(rd, rec))
	}
	return out, nil
}

// Explain hands a return in once more, as it was sent, with explanations of what was doubted in it.
func (s *Pages) Explain(w http.ResponseWriter, r *http.Request, who account.Person) error {
	z := s.ZoneOf()
	if err := frame.ReadForm(w, r, 1<<20, "没有读到说明，请再试一次。"); err != nil {
		return err
	}
	said := explanationsOf(r)
	back := "/returns/" + r.PathValue("return")
	if len(said) == 0 {
		return &frame.Fault{Status: http.StatusBadRequest, Says: "还没有写说明。请在疑问旁边用一句话写明原因。", Back: back}
	}
	rd, done, err := s.Readings.Open(z)
	if err != nil {
		return err
	}
	defer done()
	o, err := rd.Original(r.Context(), r.PathValue("return"))
	if err != nil {
		return err
	}
	frame.About(w, o.Return)
	why, err := s.reading.Settled(r, rd, o)
	if err != nil {
		return err
	}
	if why != "" {
		return &frame.Fault{Status: http.StatusConflict, Says: why, Back: back}
	}
	u, ok := z.Submitter(o.SubmitterCode)
	if !ok {
		return frame.NotFound("没有这个单位。")
	}
	report, err := s.reading.ReportOf(r, rd, o.Return)
	if err != nil {
		return err
	}
	if report == nil {
		return &frame.Fault{Status: http.StatusNotFound, Says: "这份报表的审核意见没有留存，请在回执里填写核实说明后重新报送。", Back: back}
	}
	f, err := s.again(z, o.SHA256, report)
	if err != nil {
		return err
	}
	x := &draft{unit: u.Code, who: who.Name, files: []draftFile{*f}}
	if err := s.put(z, u, x, said); err != nil {
		return s.reading.ShowReturn(w, r, who, s.notSaved(r, err), said)
	}
	s.drafts.keep(x)
	s.takeIn(r, x)
	http.Redirect(w, r, "/units/"+u.Code+"/sent/"+x.id, http.StatusSeeOther)
	return nil
}

// again is an original as it was sent, ready to be explained.
func (s *Pages) again(z *office.Zone, sha string, report *finding.Report) (*draftFile, error) {
	a, err := archive.View(z.Archive())
	if err != nil {
		return nil, err
	}
	defer a.Close()
	content, err := a.Get(sha)
	if err != nil {
		return nil, err
	}
	return &draftFile{name: SafeFile(receipt.BaseName(report.File)), content: content, sha: sha, report: report, source: receipt.Source{Content: content, Format: formatOf(report.File, content)}}, nil
}

// formatOf tells a file's format, "" where it can't be read.
func formatOf(name string, content []byte) string {
	book, err := anyfile.Open(frame.NoContext, name, content, sheet.DefaultLimits())
	if err != nil {
		return ""
	}
	return book.Format
}
