package reading

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/papers"
	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
)

// papersView is 汇总: what was issued, by date.
type papersView struct {
	Issues  []issueView
	Ledgers []string // consolidated workbooks
	Lost    []string
}

type issueView struct {
	AsOf   string
	Papers []paperView
}

type paperView struct {
	File, Name, Kind, Issued string
	Gone, Shows              bool // Shows: it has a preview
}

var paperKinds = map[string]string{papers.Workbook: "周报", papers.Report: "文字材料", papers.Reminder: "督办单", papers.Page: "一页通", papers.PDF: "一页通（PDF）", papers.Extract: "单位摘要"}

// Papers lists what was issued.
func (s *Pages) Papers(w http.ResponseWriter, r *http.Request, who account.Person) error {
	z := s.ZoneOf()
	list, err := papers.List(z)
	if err != nil {
		return err
	}
	var v papersView
	slices.Reverse(list)
	slices.SortStableFunc(list, func(a, b papers.Paper) int { return int(b.AsOf) - int(a.AsOf) })
	for _, p := range list {
		if n := len(v.Issues); n == 0 || v.Issues[n-1].AsOf != p.AsOf.String() {
			v.Issues = append(v.Issues, issueView{AsOf: p.AsOf.String()})
		}
		i := &v.Issues[len(v.Issues)-1]
		_, err := os.Stat(p.Path(z))
		i.Papers = append(i.Papers, paperView{File: p.File, Name: filepath.Base(filepath.FromSlash(p.File)), Kind: paperKinds[p.Kind],
			Issued: p.IssuedAt.In(z.Location).Format("2006-01-02 15:04"), Gone: err != nil, Shows: err == nil && (p.Kind == papers.Page || isBook(p.Kind))})
	}
	for i := range v.Issues {
		slices.SortStableFunc(v.Issues[i].Papers, func(a, b paperView) int { return kindRank(a.Kind) - kindRank(b.Kind) })
	}
	if v.Ledgers, err = ledgers(z); err != nil {
		return err
	}
	if v.Lost, err = papers.Lost(z, 100); err != nil {
		return err
	}
	s.Render(w, r, who, http.StatusOK, "papers", frame.Layout{Title: "汇总", Body: v, Live: true})
	return nil
}

func kindRank(kind string) int {
	return slices.Index([]string{"周报", "文字材料", "一页通", "一页通（PDF）", "督办单", "单位摘要"}, kind)
}

// ledgers are the consolidated workbooks.
func ledgers(z *office.Zone) ([]string, error) {
	files, err := os.ReadDir(z.Consolidated())
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []string
	for _, f := range files {
		if f.Type().IsRegular() && strings.HasSuffix(f.Name(), ".xlsx") {
			out = append(out, f.Name())
		}
	}
	return out, nil
}

// Paper sends an issued paper.
func (s *Pages) Paper(w http.ResponseWriter, r *http.Request, _ account.Person) error {
	p, err := s.issued(r)
	if err != nil {
		return err
	}
	return sendFile(w, p.Path(s.ZoneOf()))
}

// isBook says whether papers of a kind are workbooks.
func isBook(kind string) bool { return kind == papers.Workbook || kind == papers.Extract }

// issued is the paper that an address names: only what the list of papers names.
func (s *Pages) issued(r *http.Request) (papers.Paper, error) {
	list, err := papers.List(s.ZoneOf())
	if err != nil {
		return papers.Paper{}, err
	}
	name := r.PathValue("file")
	i := slices.IndexFunc(list, func(p papers.Paper) bool { return p.File == name })
	if i < 0 {
		return papers.Paper{}, frame.NotFound("没有发布过这个文件。")
	}
	return list[i], nil
}

// Preview shows a workbook sheet by sheet, and the weekly's one page as it was issued. That one runs nothing and reaches
// nothing, also no page of this program: its policy is that of a sandbox.
func (s *Pages) Preview(w http.ResponseWriter, r *http.Request, who account.Person) error {
	p, err := s.issued(r)
	if err != nil {
		return err
	}
	if isBook(p.Kind) {
		return s.previewBook(w, r, who, p.Path(s.ZoneOf()), bookView{File: frame.Address("/papers/issued/", p.File), Drew: p.Kind == papers.Workbook})
	}
	if p.Kind != papers.Page {
		return frame.NotFound("这个文件不能预览，请下载后看。")
	}
	content, err := os.ReadFile(p.Path(s.ZoneOf()))
	if os.IsNotExist(err) {
		return frame.NotFound("文件已经不在了。")
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(content) // whoever asked has gone
	return nil
}

// Ledger sends a consolidated workbook.
func (s *Pages) Ledger(w http.ResponseWriter, r *http.Request, _ account.Person) error {
	path, err := s.consolidated(r)
	if err != nil {
		return err
	}
	return sendFile(w, path)
}

// PreviewLedger shows a consolidated workbook.
func (s *Pages) PreviewLedger(w http.ResponseWriter, r *http.Request, who account.Person) error {
	path, err := s.consolidated(r)
	if err != nil {
		return err
	}
	return s.previewBook(w, r, who, path, bookView{File: frame.Address("/papers/ledgers/", filepath.Base(path))})
}

// consolidated is the consolidated workbook that an address names: only what the folder's list has.
func (s *Pages) consolidated(r *http.Request) (string, error) {
	z := s.ZoneOf()
	list, err := ledgers(z)
	if err != nil {
		return "", err
	}
	if name := r.PathValue("file"); slices.Contains(list, name) {
		return filepath.Join(z.Consolidated(), name), nil
	}
	return "", frame.NotFound("没有这个汇总台账。")
}

// sendFile sends a file to keep: also a page that was issued is not shown among the pages of this program.
func sendFile(w http.ResponseWriter, path string) error {
	content, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return frame.NotFound("文件已经不在了。")
	}
	if err != nil {
		return err
	}
	frame.Attach(w, filepath.Base(path), "application/octet-stream")
	_, _ = w.Write(content)
	return nil
}
