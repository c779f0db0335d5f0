package handing

import (
	"errors"
	"fmt"
	"io"
	"maps"
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
	"taizhang/ingest"
	"taizhang/ingest/finding"
	"taizhang/ingest/read"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/internal/warehouse"
	"taizhang/internal/zone"
)

// Check reads uploaded files and says what they would get, touching nothing.
func (s *Pages) Check(w http.ResponseWriter, r *http.Request, who account.Person) error {
	z := s.ZoneOf()
	u, _ := z.Submitter(r.PathValue("unit"))
	select { // what a file may take of memory is bounded, and so is how many there are at once
	case s.Coming <- struct{}{}:
		defer func() { <-s.Coming }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	x, err := s.upload(w, r, z, u, who)
	if err != nil {
		return err
	}
	var names []string
	for _, f := range x.files {
		names = append(names, f.name)
	}
	frame.About(w, strings.Join(names, "; "))
	if err := s.judge(r, z, u, x); err != nil {
		return err
	}
	s.drafts.keep(x)
	http.Redirect(w, r, "/units/"+u.Code+"/drafts/"+x.id, http.StatusSeeOther)
	return nil
}

// upload takes the files out of a form as they come: none is larger than intake reads.
func (s *Pages) upload(w http.ResponseWriter, r *http.Request, z *office.Zone, u zone.Submitter, who account.Person) (*draft, error) {
	back := "/units/" + u.Code
	most := z.Limits.FileBytes
	r.Body = http.MaxBytesReader(w, r.Body, min(most*4, draftBytes)+1<<20)
	if c := http.NewResponseController(w); c != nil {
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Minute)) // the clock of the connection; slow lines are patient, not endless
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, &frame.Fault{Status: http.StatusBadRequest, Says: "没有收到文件。", Back: back}
	}
	x := &draft{unit: u.Code, who: who.Name}
	var large *frame.Fault
	taken := false
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, uploadFault(err, back)
		}
		if part.FormName() != "files" || part.FileName() == "" {
			continue
		}
		if len(x.files) == MostFiles {
			return nil, &frame.Fault{Status: http.StatusBadRequest, Says: fmt.Sprintf("一次最多上传%d个文件。", MostFiles), Back: back}
		}
		content, err := io.ReadAll(io.LimitReader(part, most+1))
		if err != nil {
			return nil, uploadFault(err, back)
		}
		name := SafeFile(part.FileName())
		if int64(len(content)) > most { // the others are checked all the same
			large = &frame.Fault{Status: http.StatusRequestEntityTooLarge, Says: fmt.Sprintf("“%s”超过%dMB的上限，没有接收。", secret.MaskText(name), most>>20), Back: back}
			x.files = append(x.files, draftFile{name: name, trouble: fmt.Sprintf("超过%dMB的上限，没有接收。", most>>20)})
			continue
		}
		taken = true
		f := draftFile{name: name, content: content, sha: read.Sha256hex(content)}
		if i := slices.IndexFunc(x.files, func(y draftFile) bool { return y.sha == f.sha }); i >= 0 && len(content) > 0 {
			f.trouble = "与前面的“" + secret.MaskText(x.files[i].name) + "”内容完全相同，只报一次。"
		}
		x.files = append(x.files, f)
	}
	if large != nil && !taken {
		return nil, large
	}
	if len(x.files) == 0 {
		return nil, &frame.Fault{Status: http.StatusBadRequest, Says: "还没有选择文件。请先选择要报送的表格，再点“检查”。", Back: back}
	}
	return x, nil
}

func uploadFault(err error, back string) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return &frame.Fault{Status: http.StatusRequestEntityTooLarge, Says: "这次上传的文件合起来太大，没有接收。请分几次上传。", Back: back}
	}
	return &frame.Fault{Status: http.StatusBadRequest, Says: "上传没有完成，请再试一次。", Back: back}
}

// judge checks every file of a draft.
func (s *Pages) judge(r *http.Request, z *office.Zone, u zone.Submitter, x *draft) error {
	in, err := z.CheckIntake()
	if err != nil {
		return err
	}
	var db *warehouse.DB
	rd, done, err := s.Readings.Open(z) // it stays while it is read
	switch {
	case err == nil:
		defer done()
		if db, err = warehouse.ReadOnly(rd.Path(), warehouse.Options{TimeZone: z.Timezone}); err != nil {
			return err
		}
		defer db.Close()
	case !errors.Is(err, os.ErrNotExist):
		return err
	}
	for i := range x.files {
		if x.files[i].trouble != "" {
			continue
		}
		if err := s.judgeFile(r, z, u, in, db, &x.files[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Pages) judgeFile(r *http.Request, z *office.Zone, u zone.Submitter, in *ingest.Intake, db *warehouse.DB, f *draftFile) error {
	if anyfile.HasEnd(f.content) && !anyfile.Complete(f.content) {
		f.trouble = "文件不完整，可能没有保存好或没有传完，请重新保存后再上传。"
		return nil
	}
	if len(f.content) == 0 {
		f.trouble = "文件是空的（0字节）。"
		return nil
	}
	file := read.File{Name: secret.MaskText(f.name), Content: f.content, ReceivedAt: s.receivedAt(z), Folder: u.Name}
	report, source, err := in.Check(r.Context(), db, file)
	if err != nil {
		return err
	}
	f.report, f.source = report, source
	return nil
}

// receivedAt is when a file that is checked now counts as received: in a zone whose day is fixed, on that day.
func (s *Pages) receivedAt(z *office.Zone) time.Time {
	now := s.Options.Clock()
	if z.AsOf.Valid() && !now.Before(z.EndOfDay(z.AsOf)) {
		return z.AsOf.Time(z.Location).Add(12 * time.Hour)
	}
	return now.In(z.Location)
}

// draftView is what uploaded files would get.
type draftView struct {
	Unit   zone.Submitter
	ID     string
	Files  []fileView
	Sends  int    // files that would be handed in
	Bad    int    // files or returns that would be sent back
	Doubts int    // that can be explained
	Same   bool   // all of it was received before
	Failed string // why handing in failed just now
	said   map[string]string

	Lessons []reading.LessonView
}

// Said is what was explained, by the mark of a doubt.
func (v draftView) Said(mark string) string { return v.said[mark] }

type fileView struct {
	N       int
	Name    string
	Trouble string
	Placed  bool // it lies in the inbox
	Returns []draftReturn
	Skipped []string
	Grids   []grid.View
}

type draftReturn struct {
	Title, Period, Outcome, Class string
	Says                          string
	Rows, Refused                 int
	Findings                      []reading.FindingView
	Explained                     []reading.FindingView
	Changes                       []reading.ChangeView
	NotRead                       string
	Same                          bool   // it was received before
	Twice                         string // the file before it that has the same return
}

func (s *Pages) Draft(w http.ResponseWriter, r *http.Request, who account.Person) error {
	u, _ := s.ZoneOf().Submitter(r.PathValue("unit"))
	x, err := s.drafts.find(r.PathValue("draft"), u.Code, who.Name)
	if err != nil {
		return err
	}
	return s.showDraft(w, r, who, u, x, nil)
}

// showDraft shows what uploaded files would get, and why handing them in failed just now.
func (s *Pages) showDraft(w http.ResponseWriter, r *http.Request, who account.Person, u zone.Submitter, x *draft, failed *frame.Fault) error {
	z := s.ZoneOf()
	now := s.drafts.state(x)
	if now.handed {
		http.Redirect(w, r, "/units/"+u.Code+"/sent/"+x.id, http.StatusSeeOther)
		return nil
	}
	v := draftView{Unit: u, ID: x.id, said: now.said}
	status := http.StatusOK
	if failed != nil {
		v.Failed, status = failed.Says, failed.Status
	}
	v.Same = true
	named := map[string]string{} // the file that has a return of a form and period
	seen := 0                    // findings of the files before: each number stands once on the page
	for i, f := range now.files {
		fv := viewOf(i+1, seen, f)
		for k, y := range fv.Returns {
			if y.Class == "bad" {
				v.Bad++
			} else if first, twice := named[y.Title+" "+y.Period]; twice {
				fv.Returns[k].Twice = first
			} else {
				named[y.Title+" "+y.Period] = f.name
			}
			v.Same = v.Same && y.Same
			seen += len(y.Findings)
			for _, g := range y.Findings {
				if g.Mark != "" {
					v.Doubts++
				}
			}
		}
		if fv.Trouble != "" {
			v.Bad++
		} else {
			v.Sends++
		}
		v.Files = append(v.Files, fv)
		if f.report != nil {
			v.Lessons = append(v.Lessons, reading.LessonsIn(z, f.report.Returns)...)
		}
	}
	s.Render(w, r, who, status, "draft", frame.Layout{Title: "检查结果", Body: v})
	return nil
}

// viewOf is the n-th file, with as many findings said before it.
func viewOf(n, said int, f draftFile) fileView {
	v := fileView{N: n, Name: f.name, Trouble: f.trouble, Placed: f.placed != ""}
	if f.report == nil {
		return v
	}
	v.Skipped = f.report.Skipped
	at := said
	bySheet := map[string]map[string]grid.Mark{}
	for _, x := range f.report.Returns {
		y := draftReturn{Title: x.FormTitle, Period: x.Period.Chinese(), Outcome: x.Outcome.Label(), Class: reading.OutcomeClass[string(x.Outcome)], Rows: x.Rows, Refused: x.RowsRefused, NotRead: x.NotRead(), Same: x.Outcome == finding.Duplicate,
			Says: outcomeSays(x), Findings: reading.FindingViews(x.Findings)}
		if y.Title == "" {
			y.Title = "未识别的报表"
		}
		for i := range y.Findings {
			g := &y.Findings[i]
			at++
			g.N = at
			if g.Cell == "" {
				continue
			}
			if bySheet[g.Sheet] == nil {
				bySheet[g.Sheet] = map[string]grid.Mark{}
			}
			m := bySheet[g.Sheet][g.Cell]
			if m.Class == "" || m.Class != "error" && g.Class == "error" {
				m.Class = g.Class
			}
			m.Notes = append(m.Notes, g.N)
			bySheet[g.Sheet][g.Cell] = m
		}
		for _, e := range x.Explained {
			g := reading.FindingViews([]finding.Finding{e.Finding})[0]
			g.Said = e.Said
			y.Explained = append(y.Explained, g)
		}
		for _, c := range x.Changes {
			y.Changes = append(y.Changes, reading.ChangeView{Kind: c.Kind.Label(), Key: c.Key, Column: c.Column, Before: c.Before, After: c.After})
		}
		v.Returns = append(v.Returns, y)
	}
	v.Grids = gridsOf(f, bySheet)
	for i := range v.Returns {
		for k := range v.Returns[i].Findings {
			g := &v.Returns[i].Findings[k]
			g.Shown = slices.ContainsFunc(v.Grids, func(x grid.View) bool { return x.Shows(g.N) })
		}
	}
	return v
}

// gridsOf shows the cells that something is said of, where the sender typed them.
func gridsOf(f draftFile, bySheet map[string]map[string]grid.Mark) []grid.View {
	if len(bySheet) == 0 || f.source.Content == nil {
		return nil
	}
	grids := f.source.Grids
	if grids == nil {
		book, err := anyfile.Open(frame.NoContext, f.name, f.source.Content, sheet.DefaultLimits())
		if err != nil {
			return nil
		}
		spoken := slices.Collect(maps.Keys(bySheet))
		book.Rename(func(names []string) []string { return secret.SaidNames(names, spoken) })
		for i, x := range book.Sheets() {
			if bySheet[x.Name] == nil {
				continue
			}
			if g, err := book.Grid(i); err == nil {
				grids = append(grids, *g)
			}
		}
	}
	var out []grid.View
	for i := range grids {
		g := &grids[i]
		marks := bySheet[g.Name]
		if marks == nil {
			continue
		}
		ask := grid.Ask{Marks: marks, Rows: map[int]int{}, Head: headGuess(g, marks)}
		for ref := range marks {
			if row, _, ok := grid.SplitRef(ref); ok {
				ask.Rows[row] = 1
			}
		}
		out = append(out, grid.Of(g, ask))
	}
	return out
}

// headGuess is the row of headings above what is marked: the last row of which most cells are filled before the first
// marked one, among the first ten.
func headGuess(g *sheet.Grid, marks map[string]grid.Mark) int {
	first := 1 << 30
	for ref := range marks {
		if row, _, ok := grid.SplitRef(ref); ok {
			first = min(first, row)
		}
	}
	best, cells := 0, 0
	for i := range g.Rows {
		r := &g.Rows[i]
		if r.N >= first || r.N > 10 {
			break
		}
		if len(r.Cells) > cells {
			best, cells = r.N, len(r.Cells)
		}
	}
	return best
}

// outcomeSays is what the receipt would say first.
func outcomeSays(x *finding.Return) string {
	switch {
	case x.Outcome == finding.Rejected:
		return "现在报送会被退回，请修改后重新上传。"
	case x.Outcome == finding.Duplicate:
		return "内容与已收到的报表完全相同，不必再报。"
	case x.Nil:
		return "零报告：本期没有新增内容。"
	case x.RowsRefused > 0:
		return fmt.Sprintf("%d行可以计入，%d行不能计入，请改正。", x.Rows, x.RowsRefused)
	}
	return fmt.Sprintf("%d行可以计入。", x.Rows)
}
