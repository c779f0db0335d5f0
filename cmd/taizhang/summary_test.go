package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/internal/tooltest"
	"taizhang/queries"
)

// copyOfDemo is the demo zone for a test that changes it.
func copyOfDemo(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	if err := os.CopyFS(dir, os.DirFS(demoZone(t))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// command runs taizhang and gives what it printed.
func command(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(args, nil, &out, &errs); code != exitDone {
		t.Fatalf("taizhang %s: exit code %d\n%s", strings.Join(args, " "), code, errs.String())
	}
	return strings.TrimSpace(out.String())
}

func openBook(t *testing.T, path string) *excelize.File {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// textOf is a sheet's cells, a row a line.
func textOf(t *testing.T, f *excelize.File, name string) string {
	t.Helper()
	rows, err := f.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(strings.Join(r, "|") + "\n")
	}
	return b.String()
}

// TestPapers: what goes out beside the workbook is issued once per content.
func TestPapers(t *testing.T) {
	t.Parallel()
	zone := copyOfDemo(t)
	dir := filepath.Join(zone, "summaries")
	count := func() (all []string) {
		_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				rel, _ := filepath.Rel(dir, path)
				all = append(all, filepath.ToSlash(rel))
			}
			return err
		})
		return all
	}
	first := strings.Join(count(), "\n")
	for _, want := range []string{"湘潭高新区周报_截至2022-08-15.xlsx", "湘潭高新区周报_截至2022-08-15.docx", "一页通_截至2022-08-15.html", "督办单_产业局_截至2022-08-15.docx",
		"by-submitter/双马街道_截至2022-08-15.xlsx"} {
		if !strings.Contains(first, want) {
			t.Errorf("no %s among\n%s", want, first)
		}
	}
	path := command(t, "summary", "--zone", zone)
	if path != filepath.Join(dir, "湘潭高新区周报_截至2022-08-15.xlsx") {
		t.Errorf("the same content was issued as %s", path)
	}
	if again := strings.Join(count(), "\n"); again != first {
		t.Errorf("issued again:\n%s\nafter\n%s", again, first)
	}
	x := openBook(t, filepath.Join(dir, "by-submitter", "双马街道_截至2022-08-15.xlsx"))
	for _, name := range x.GetSheetList() {
		if text := textOf(t, x, name); strings.HasPrefix(name, "明细_") && (!strings.Contains(text, "双马街道|") || strings.Contains(text, "\n板塘街道|")) {
			t.Errorf("the extract's %s holds others' rows", name)
		}
	}
}

// TestCorrectionIsExplained: a report is issued, one cell is corrected, the
// report is issued again: its 更正说明 says which figures moved, from what to
// what, and whose cell it was; also of a correction that was back-filled with a
// time long before the first issue.
func TestCorrectionIsExplained(t *testing.T) {
	tooltest.Thorough(t)
	t.Run("received now", func(t *testing.T) { correctionIsExplained(t) })
	t.Run("back-filled", func(t *testing.T) { correctionIsExplained(t, "--received-at", "2022-08-16 09:00") })
}

func correctionIsExplained(t *testing.T, received ...string) {
	zone := copyOfDemo(t)
	// a problem that is still open is closed after all
	r, err := queries.Open(filepath.Join(zone, "published", "taizhang.duckdb"), nil)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := r.Trace(context.Background(), queries.Ask{Metrics: []string{"problems_due_soon"}})
	r.Close()
	if err != nil {
		t.Fatal(err)
	}
	var submitter, file, archived, sheetName string
	var at map[string]string
	for _, row := range rows {
		if n, ok := row.Contributes.(int64); !ok || n != 1 || !strings.HasSuffix(row.File, ".xlsx") {
			continue
		}
		cells := map[string]string{}
		for _, c := range row.Cells {
			cells[c.Field] = c.Address
		}
		if cells["status"] != "" && cells["closed_on"] != "" && cells["problem_no"] != "" {
			submitter, file, archived, sheetName, at = row.Submitter, row.File, row.Archive, row.Sheet, cells
			break
		}
	}
	if at == nil {
		t.Fatalf("no open problem among %d rows", len(rows))
	}
	original, err := os.ReadFile(filepath.Join(zone, filepath.FromSlash(archived)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(original))
	if err != nil {
		t.Fatal(err)
	}
	number, _ := f.GetCellValue(sheetName, at["problem_no"])
	for cell, v := range map[string]any{at["status"]: "已办结", at["closed_on"]: "2022-08-12"} {
		if err := f.SetCellValue(sheetName, cell, v); err != nil {
			t.Fatal(err)
		}
	}
	inbox := filepath.Join(zone, "inbox", filepath.FromSlash(file))
	if err := os.MkdirAll(filepath.Dir(inbox), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := f.SaveAs(inbox); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(inbox, long, long); err != nil {
		t.Fatal(err)
	}
	command(t, append([]string{"run", "--zone", zone}, received...)...)
	path := command(t, "summary", "--zone", zone)
	if !strings.HasSuffix(path, "_r2.xlsx") {
		t.Fatalf("issued as %s", path)
	}
	book := openBook(t, path)
	text := strings.ReplaceAll(textOf(t, book, "更正说明"), " ", "") // numbers keep off the edge
	for _, want := range []string{"办结问题|179|—|180|—|▲1|" + submitter + "+1", "办结率|82.9%|179/216|83.3%|180/216|▲0.4百分点", submitter, "更正重报", "问题台账", "办理状态", "已办结", number, "2022-08-12"} {
		if !strings.Contains(text, want) {
			t.Errorf("更正说明 lacks %q\n%s", want, text)
		}
	}
	if again := command(t, "summary", "--zone", zone); again != path {
		t.Errorf("the same content was issued again as %s", again)
	}
}

// TestWorkbookReadsAlike: our own reader, excelize and a look into the package
// agree on every cell of the weekly workbook.
func TestWorkbookReadsAlike(t *testing.T) {
	path := filepath.Join(demoZone(t), "summaries", "湘潭高新区周报_截至2022-08-15.xlsx")
	x := openBook(t, path)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	own, err := anyfile.Open(context.Background(), path, data, sheet.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	cells, formulas := 0, 0
	for i, s := range own.Sheets() {
		rows, err := x.GetRows(s.Name, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		g, err := own.Grid(i)
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		for _, r := range g.Rows {
			for _, c := range r.Cells {
				want := ""
				if c.Row <= len(rows) && c.Col <= len(rows[c.Row-1]) {
					want = rows[c.Row-1][c.Col-1]
				}
				have := c.Text
				if c.Kind != sheet.Text && c.Kind != sheet.Empty {
					if f, err := strconv.ParseFloat(want, 64); c.Kind == sheet.Number && (err != nil || f != c.Num) {
						t.Fatalf("%s!%s: %v here, %q there", s.Name, c.Ref(), c.Num, want)
					}
					have = want
				}
				if have != want {
					t.Fatalf("%s!%s: %q here, %q there", s.Name, c.Ref(), have, want)
				}
				if c.Formula {
					formulas++
				}
				if c.NoValue {
					t.Errorf("%s!%s: a formula without value", s.Name, c.Ref())
				}
				cells++
			}
		}
	}
	if n := len(x.GetSheetList()); n != len(own.Sheets()) || n < 21 || cells < 20000 || formulas < 40 {
		t.Errorf("%d sheets here, %d there, %d cells, %d formulas", n, len(own.Sheets()), cells, formulas)
	}
}

// TestFiguresRecalculate: LibreOffice, given the formulas without the values
// beside them, computes what was stored.
func TestFiguresRecalculate(t *testing.T) {
	office := tooltest.Path(t, "soffice", "libreoffice-calc")
	path := filepath.Join(demoZone(t), "summaries", "湘潭高新区周报_截至2022-08-15.xlsx")
	dir := t.TempDir()
	bare := filepath.Join(dir, "book.xlsx")
	withoutValues(t, path, bare)
	c := exec.Command(office, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to",
		"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1", "--outdir", dir, bare)
	if text, err := c.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, text)
	}
	x := openBook(t, path)
	compared := 0
	for _, name := range x.GetSheetList() {
		f, err := os.Open(filepath.Join(dir, "book-"+name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(f)
		r.FieldsPerRecord, r.LazyQuotes = -1, true
		got, err := r.ReadAll()
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		rows, err := x.GetRows(name, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(name, "明细_") {
			continue // no formulas
		}
		for i, row := range rows {
			for j, want := range row {
				at, _ := excelize.CoordinatesToCellName(j+1, i+1)
				if formula, _ := x.GetCellFormula(name, at); formula == "" {
					continue
				}
				have := ""
				if i < len(got) && j < len(got[i]) {
					have = got[i][j]
				}
				compared++
				if !sameNumber(have, want) {
					t.Errorf("%s!%s: LibreOffice computes %q, stored is %q", name, at, have, want)
				}
			}
		}
	}
	if compared < 40 {
		t.Errorf("only %d formulas", compared)
	}
}

var notNumber = regexp.MustCompile(`[^0-9.eE+-]`)

// sameNumber compares a number that LibreOffice wrote, with its unit perhaps.
func sameNumber(have, want string) bool {
	b, err := strconv.ParseFloat(want, 64)
	if err != nil {
		return have == want
	}
	a, err := strconv.ParseFloat(notNumber.ReplaceAllString(have, ""), 64)
	if err == nil && strings.HasSuffix(have, "%") {
		a /= 100
	}
	return err == nil && math.Abs(a-b) < 1e-6*max(1, math.Abs(b))
}

// withoutValues copies a workbook without the values stored beside formulas.
func withoutValues(t *testing.T, from, to string) {
	t.Helper()
	z, err := zip.OpenReader(from)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	w := zip.NewWriter(out)
	value := regexp.MustCompile(`</f><v>[^<]*</v>`)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(f.Name, "xl/worksheets/") {
			data = value.ReplaceAll(data, []byte("</f>"))
		}
		p, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestPages: the workbook prints on as many pages as were looked at, without ###.
func TestPages(t *testing.T) {
	office := tooltest.Path(t, "soffice", "libreoffice-calc")
	pdftotext := tooltest.Path(t, "pdftotext", "poppler-utils")
	dir := t.TempDir()
	c := exec.Command(office, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "pdf", "--outdir", dir,
		filepath.Join(demoZone(t), "summaries", "湘潭高新区周报_截至2022-08-15.xlsx"))
	if text, err := c.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, text)
	}
	text, err := exec.Command(pdftotext, "-layout", filepath.Join(dir, "湘潭高新区周报_截至2022-08-15.pdf"), "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]int{}
	for i, page := range strings.Split(strings.TrimSuffix(string(text), "\f"), "\f") {
		if strings.Contains(page, "###") {
			t.Errorf("page %d shows ###", i+1)
		}
		if strings.TrimSpace(page) == "" {
			t.Errorf("page %d is empty", i+1)
		}
		name := "" // in the footer, to the right
		lines := strings.Split(strings.TrimSpace(page), "\n")
		for _, line := range lines[max(0, len(lines)-3):] {
			if words := strings.Fields(line); len(words) > 1 && strings.Contains(strings.Join(words, ""), fmt.Sprintf("—%d—", i+1)) {
				name = words[len(words)-1]
			}
		}
		pages[name]++
	}
	for name, most := range map[string]int{"总览": 1, "问题办结": 2, "超期与临期": 2, "临期与停滞": 4, "惠企资金": 4, "就业招聘": 1, "助企服务": 2, "民生实事": 2, "报送情况": 1, "指标口径": 3, "文字材料": 1} {
		if n := pages[name]; n < 1 || n > most {
			t.Errorf("%s: %d pages, want at most %d (%v)", name, n, most, pages)
		}
	}
	if n := pages["更正说明"]; n > 0 {
		t.Errorf("更正说明: %d pages, though nothing was corrected", n)
	}
}
