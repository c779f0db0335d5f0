package web

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/xuri/excelize/v2"

	"taizhang/cmd/internal/web/asking"
	"taizhang/cmd/internal/web/handing"
)

// TestNamesOfUploads: whatever a browser calls a file, it lands in the unit's own folder or nowhere.
func TestNamesOfUploads(t *testing.T) {
	for name, want := range map[string]string{
		"台账.xlsx": "台账.xlsx", "../../../taizhang.yaml": "taizhang.yaml", `C:\Users\张\台账.xlsx`: "台账.xlsx", "/etc/passwd": "passwd", "~$台账.xlsx": "台账.xlsx", ".hidden.xlsx": "hidden.xlsx",
		"": "未命名.xlsx", "..": "未命名.xlsx", "a\x00b\r\nc.xlsx": "abc.xlsx", "gpj\u202exslx.exe": "gpjxslx.exe", "a\xffb.csv": "a_b.csv",
	} {
		if got := handing.SafeFile(name); got != want {
			t.Errorf("%q becomes %q instead of %q", name, got, want)
		}
	}
	if long := handing.SafeFile(strings.Repeat("长", 400) + ".xlsx"); len(long) > 200 || !strings.HasSuffix(long, ".xlsx") {
		t.Errorf("a long name becomes %q", long)
	}
}

func FuzzSafeFile(f *testing.F) {
	for _, s := range []string{"台账.xlsx", "../x", `..\..\x`, "a/b", "CON.xlsx", "\x00", "..."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := handing.SafeFile(name)
		if got == "" || got == "." || got == ".." || len(got) > 250 || strings.ContainsAny(got, "/\\\x00\r\n") || got != filepath.Base(got) || strings.HasPrefix(got, ".") || strings.HasPrefix(got, "~$") ||
			strings.ContainsFunc(got, unicode.IsControl) {
			t.Errorf("%q becomes %q", name, got)
		}
	})
}

// TestHostileUploads: too large, cut off, no spreadsheet at all, too many: each is answered, none is taken in.
func TestHostileUploads(t *testing.T) {
	dir := copyZone(t)
	config := filepath.Join(dir, "taizhang.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, append(text, []byte("\nlimits: {file_mb: 1}\n")...), 0o644); err != nil {
		t.Fatal(err)
	}
	x := open(t, dir, nil)
	if a := x.upload("/units/smj/check", upload{"large.csv", bytes.Repeat([]byte("x,"), 700_000)}); a.status != http.StatusRequestEntityTooLarge || !strings.Contains(a.body, "1MB") {
		t.Errorf("a file over the limit: status %d\n%.3000s", a.status, a.body)
	}
	if a := x.upload("/units/smj/check", upload{"1.csv", bytes.Repeat([]byte("x"), 900_000)}, upload{"2.csv", bytes.Repeat([]byte("x"), 900_000)}, upload{"3.csv", bytes.Repeat([]byte("x"), 900_000)},
		upload{"4.csv", bytes.Repeat([]byte("x"), 900_000)}, upload{"5.csv", bytes.Repeat([]byte("x"), 900_000)}, upload{"6.csv", bytes.Repeat([]byte("x"), 900_000)}); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("too much at once: status %d", a.status)
	}
	var many []upload
	for range handing.MostFiles + 1 {
		many = append(many, upload{"x.csv", []byte("x")})
	}
	if a := x.upload("/units/smj/check", many...); a.status != http.StatusBadRequest {
		t.Errorf("too many files: status %d", a.status)
	}
	if a := x.upload("/units/smj/check"); a.status != http.StatusBadRequest || !strings.Contains(a.body, "还没有选择文件") {
		t.Errorf("no file: status %d", a.status)
	}
	if a := x.post("/units/smj/check", url.Values{"files": {"x"}}); a.status != http.StatusBadRequest {
		t.Errorf("no upload at all: status %d", a.status)
	}
	for name, content := range map[string]string{"program.xlsx": "MZ\x90\x00program", "cut.xlsx": "PK\x03\x04cut off", "empty.xlsx": "", "../../../../tmp/x.csv": faulty, "page.html": "<script>alert(1)</script><table><tr><td>x"} {
		a := x.upload("/units/smj/check", upload{name, []byte(content)})
		if a.status != http.StatusSeeOther {
			t.Errorf("%s: status %d\n%s", name, a.status, x.log)
			continue
		}
		if page := x.page(a.header.Get("Location")); strings.Contains(page, "<script>alert") {
			t.Errorf("%s: its content is markup of the page", name)
		}
	}
	if a := x.post("/units/smj/drafts/../../../taizhang.yaml", nil); a.status < 300 {
		t.Errorf("a draft's path: status %d", a.status)
	}
	if a := x.post("/query", url.Values{"sql": {strings.Repeat("x", asking.SqlBytes+1)}}); a.status != http.StatusBadRequest {
		t.Errorf("an endless query: status %d", a.status)
	}
	for _, path := range []string{"/papers/issued/..%2f..%2ftaizhang.yaml", "/papers/issued/../../taizhang.yaml", "/papers/ledgers/..%2f..%2ftaizhang.yaml", "/papers/issued/issued.json"} {
		if a := x.get(path); a.status < 300 || strings.Contains(a.body, "submitters") && a.status == http.StatusOK {
			t.Errorf("%s: status %d", path, a.status)
		}
	}
}

// TestTextOfCells: whatever stands in a sheet — in its name, its headings, its cells — reaches every page as text.
func TestTextOfCells(t *testing.T) {
	dir := copyZone(t)
	x := open(t, dir, nil)
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>{{.}}`
	book := excelize.NewFile()
	sheet := `问题<b>'台账`
	if err := book.SetSheetName("Sheet1", sheet); err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(mended), "\n") {
		for j, v := range strings.Split(line, ",") {
			if i == 3 && j == 4 {
				v = evil
			}
			if i == 4 && j == 1 {
				v = "<svg/onload=alert(3)>"
			}
			ref, _ := excelize.CoordinatesToCellName(j+1, i+1)
			if err := book.SetCellValue(sheet, ref, strings.Trim(v, `"`)); err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	to := x.upload("/units/zfb/check", upload{`<i>台账&.xlsx`, b.Bytes()}).header.Get("Location")
	pages := []string{x.page(to)}
	sent := x.sent(x.post(to, nil))
	one := link(t, sent, "看审核意见")
	pages = append(pages, sent, x.page(one), x.page("/units/zfb"), x.page(one+"/sheet?row=4&cells=E4"), x.page(one+"/sheet?row=4&cell=E4"),
		x.page("/figures/problems_collected?submitter="+url.QueryEscape("政法办")), x.page("/returns"))
	shown := false
	for i, p := range pages {
		for _, bad := range []string{"<script>alert", "<img", "<svg/onload", "<b>", "<i>"} {
			if strings.Contains(strings.ReplaceAll(p, "<b>"+"", "<b>"), bad) && (bad != "<b>" || strings.Contains(p, "问题<b>")) {
				t.Errorf("page %d holds %s as markup", i, bad)
			}
		}
		shown = shown || strings.Contains(p, "&lt;script&gt;alert(1)&lt;/script&gt;")
	}
	if !shown {
		t.Errorf("no page shows the cell:\n%s", pages[4])
	}
}
