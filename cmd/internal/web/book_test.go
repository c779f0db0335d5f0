package web

import (
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"taizhang/cmd/internal/service"
	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/reading"
	"taizhang/internal/tooltest"
	"taizhang/internal/zone"
)

// TestPreviewOfWorkbooks: every sheet of the weekly, of a unit's extract and of the consolidated ledgers is looked at without
// Excel, figures as they are printed; a long sheet says that it is cut.
func TestPreviewOfWorkbooks(t *testing.T) {
	tooltest.Thorough(t)
	x := open(t, copyZone(t), nil)
	if a := x.post("/papers", nil); a.status != http.StatusSeeOther {
		t.Fatalf("issue: status %d\n%s", a.status, a.body)
	}
	list := x.page("/papers")
	workbooks := regexp.MustCompile(`href="(/papers/(?:issued|ledgers)/[^"]*\.xlsx)"`).FindAllStringSubmatch(list, -1)
	previews := regexp.MustCompile(`href="(/papers/(?:preview/[^"]*\.xlsx|ledgers/[^"]*/preview))"`).FindAllStringSubmatch(list, -1)
	if len(workbooks) < 5 || len(previews) != len(workbooks) {
		t.Fatalf("%d workbooks, %d of them with a preview", len(workbooks), len(previews))
	}
	all, cut := "", false
	for _, p := range previews {
		to := html.UnescapeString(p[1])
		first := x.page(to)
		sheets := []string{first}
		for _, l := range regexp.MustCompile(`<li><a href="([^"]*\?sheet=[^"]*)"( aria-current="page")?`).FindAllStringSubmatch(first, -1) {
			if l[2] == "" {
				sheets = append(sheets, x.page(html.UnescapeString(l[1])))
			}
		}
		for _, s := range sheets {
			name := regexp.MustCompile(`<h1>.*</h1>|<h2>.*</h2>|<caption>.*</caption>`).FindAllString(s, -1)
			if len(name) > 2 {
				t.Errorf("%s: a sheet's name stands over it more than once: %q", to, name)
			}
			if strings.Count(s, `<table class="sheet">`) != 1 && !strings.Contains(s, "没有内容") || len(s) > 150<<10 {
				t.Errorf("%s %q: %d bytes, or no sheet", to, name, len(s))
			}
			if bad := regexp.MustCompile(`>-?\d+\.\d{7,}<`).FindString(s); bad != "" {
				t.Errorf("%s %q shows %s as it is stored", to, name, bad)
			}
			rows := strings.Count(s, `<th scope="row">`)
			if said := strings.Contains(s, "只显示前100行，全部内容请下载"); rows > reading.RowsPreviewed || said != (rows == reading.RowsPreviewed) {
				t.Errorf("%s %q: %d rows, said to be cut: %v", to, name, rows, said)
			}
			cut = cut || rows == reading.RowsPreviewed
			all += s
		}
		if file := regexp.MustCompile(`href="([^"]*)" download>下载这个文件`).FindStringSubmatch(first); file == nil || !strings.HasPrefix(x.get(html.UnescapeString(file[1])).body, "PK") {
			t.Errorf("%s doesn't lead to the file: %q", to, file)
		}
	}
	if !cut {
		t.Error("no sheet is long enough to be cut")
	}
	for _, want := range []string{">82.9%<", "图表不在预览里", "CY2022-001"} {
		if !strings.Contains(all, want) {
			t.Errorf("no preview says %q", want)
		}
	}
	if a := x.get("/runs/audit"); !strings.Contains(a.body, "GET /papers/preview/") || !strings.Contains(a.body, `周报_截至2022-08-15.xlsx`) {
		t.Error("the audit doesn't say who looked at what")
	}
}

// TestHostilePreviews: names of sheets and cells are text, what isn't there or isn't whole is told, no address leads elsewhere.
func TestHostilePreviews(t *testing.T) {
	dir := copyZone(t)
	x := open(t, dir, nil)
	folder := x.server.ZoneOf().Consolidated()
	book := excelize.NewFile()
	const name, evil = `<b>"&'{{.}}`, `"><script>alert(1)</script><img src=x onerror=alert(2)>{{.}}`
	hidden, err := book.NewSheet("隐藏的")
	if err == nil {
		err = book.SetCellValue("隐藏的", "A1", "不给看")
	}
	for _, step := range []error{err, book.SetSheetVisible("隐藏的", false), book.SetSheetName("Sheet1", name), book.SetCellValue(name, "A1", evil), book.SetCellFormula(name, "B1", `HYPERLINK("javascript:alert(3)","x")`),
		book.SetCellHyperLink(name, "A1", "javascript:alert(4)", "External"), book.SaveAs(filepath.Join(folder, "敌意 #1?100%41.xlsx"))} {
		if step != nil {
			t.Fatal(hidden, step)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "坏.xlsx"), []byte("PK\x03\x04cut off"), 0o644); err != nil {
		t.Fatal(err)
	}
	to := "/papers/ledgers/" + url.PathEscape("敌意 #1?100%41.xlsx") + "/preview"
	if got := linkOf(x.page("/papers"), "预览：敌意"); !strings.EqualFold(got, to) {
		t.Errorf("the list leads to %s", got)
	}
	page := x.page(to)
	for _, bad := range []string{"<script>alert", "<img", "<b>", "javascript:", "不给看", "隐藏的"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
	if !strings.Contains(page, "&lt;script&gt;alert(1)") || !strings.Contains(page, "&lt;b&gt;") {
		t.Errorf("what stands in the cell isn't shown:\n%s", page)
	}
	for path, says := range map[string]string{
		to + "?sheet=" + url.QueryEscape("隐藏的"): "没有工作表", to + "?sheet=" + url.QueryEscape("<script>alert(9)</script>\r\nSet-Cookie: a=b"): "没有工作表",
		"/papers/ledgers/" + url.PathEscape("坏.xlsx") + "/preview": "可能已损坏", "/papers/ledgers/..%2f..%2ftaizhang.yaml/preview": "没有", "/papers/preview/..%2f..%2fpublished%2ftaizhang.duckdb": "没有",
		"/papers/preview/issued.json": "没有发布过",
	} {
		a := x.get(path)
		if a.status != http.StatusNotFound || !strings.Contains(a.body, says) || strings.Contains(a.body, "<script>alert") || a.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: status %d, %.1500s", path, a.status, fmt.Sprint(a.header, a.body))
		}
	}
}

// linkOf is where the link leads that a screen reader calls by a name that begins so.
func linkOf(page, label string) string {
	m := regexp.MustCompile(`<a [^>]*href="([^"]*)" aria-label="` + label).FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

// TestWeeklyAtOnce: two people who issue the weekly at the same moment issue every paper once; whoever comes while it is at
// work is told. Of its sheets the one that is shown looks unlike the others.
func TestWeeklyAtOnce(t *testing.T) {
	x := open(t, copyZone(t), nil)
	var told *frame.Fault
	if err := x.server.running.Undone(fmt.Errorf("summary: %w", service.ErrBusy), zone.JobSummary, "/papers"); !errors.As(err, &told) || told.Status != http.StatusConflict || !strings.Contains(told.Says, "正在执行") || told.Back != "/papers" {
		t.Errorf("whoever comes meanwhile is told %v", err)
	}
	issued := make(chan answerOf, 2)
	for range 2 {
		go func() { issued <- x.post("/papers", nil) }()
	}
	for range 2 {
		if a := <-issued; a.status != http.StatusSeeOther {
			t.Errorf("issue: status %d\n%.500s", a.status, a.body)
		}
	}
	names := regexp.MustCompile(`href="(/papers/issued/[^"]*)"`).FindAllString(x.page("/papers"), -1)
	seen := map[string]bool{}
	for _, n := range names {
		if seen[n] || strings.Contains(n, "-2.") || strings.Contains(n, "_v2") {
			t.Errorf("%s was issued twice", n)
		}
		seen[n] = true
	}
	if weekly := strings.Count(strings.Join(names, "\n"), url.PathEscape("周报_截至")); weekly != 2 { // the workbook and the text
		t.Errorf("the weekly was issued %d times: %q", weekly, names)
	}
	b := browser(t, x, 1366, 768)
	b.open(linkOf(x.page("/papers"), "预览："))
	if !tell[bool](b, `(() => { const at = s => getComputedStyle(document.querySelector(".jump a" + s)); return at("[aria-current]").fontWeight > at(":not([aria-current])").fontWeight && at("[aria-current]").borderBottomStyle == "solid" })()`) {
		t.Error("the sheet that is shown looks like the others")
	}
}
