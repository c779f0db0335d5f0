package workbook

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"taizhang/internal/tooltest"
)

// derivedBook has every kind of derived figure, on cards and in a table.
func derivedBook() Book {
	list := Table{ID: "rows", Main: true, Filter: true, Dense: true, Columns: []Column{
		{Title: "单位"}, {Title: "分子", Kind: Int}, {Title: "分母", Kind: Int}, {Title: "金额", Kind: Num, Format: "#,##0.00"}, {Title: "天数", Kind: Num},
		{Title: "空", Kind: Int}, {Title: "无天数", Kind: Num},
	}}
	for i := range 10 {
		row := []any{"甲", int64(i % 2), int64(1), 12345678.91 + float64(i), float64(i * i), int64(0), nil}
		if i%3 == 0 {
			row[4] = nil
		}
		list.Rows = append(list.Rows, row)
	}
	quotient := func(over string) *Derived { return &Derived{Table: "rows", Op: Quotient, Column: "分子", Over: over} }
	figures := []Figure{
		{Label: "率", Value: Number{Value: 0.5, Format: FormatPercent, From: quotient("分母"), Name: "率_本周"}, Link: &Link{Table: "rows"}},
		{Label: "数", Value: Number{Value: int64(10), From: &Derived{Table: "rows", Op: Sum, Column: "分母"}}, More: &Link{Text: "见明细", Table: "rows"}},
		{Label: "额", Value: Number{Value: 12345.683410, Format: `#,##0.0"万元"`, From: &Derived{Table: "rows", Op: Sum, Column: "金额", Divisor: 10000}}},
		{Label: "天", Value: Number{Value: 20.5, From: &Derived{Table: "rows", Op: Median, Column: "天数"}}},
		{Label: "无率", Value: Number{Missing: "—", From: quotient("空")}},
		{Label: "无天", Value: Number{Missing: "—", From: &Derived{Table: "rows", Op: Median, Column: "无天数"}}},
	}
	sum := 0.0
	var days []float64
	for _, r := range list.Rows {
		sum += r[3].(float64)
		if f, ok := r[4].(float64); ok {
			days = append(days, f)
		}
	}
	figures[2].Value.Value = float64(int64(sum/10000*1e6+0.5)) / 1e6
	figures[3].Value.Value = (days[2] + days[3]) / 2
	table := Table{ID: "list", Columns: []Column{{Title: "指标"}, {Title: "值", Kind: Num}}, Rows: [][]any{
		{"率", Cell{Value: 0.5, Kind: Percent, From: quotient("分母")}}, {"无", Cell{Value: "—", From: quotient("空")}},
	}}
	return Book{Title: "公式", Sheets: []Sheet{
		{Name: "总览", Grid: 3, Blocks: []Block{Figures{Items: figures}}}, {Name: "表", Blocks: []Block{table}}, {Name: "明'细", Blocks: []Block{list}},
	}}
}

// TestDerived: formulas stand beside their values, numbers as numbers.
func TestDerived(t *testing.T) {
	data := write(t, derivedBook())
	parts := unzip(t, data)
	checkPackage(t, parts)
	f := open(t, data)
	for cell, formula := range map[string]string{ // of a table: where the rows are gone, their number is, too
		"B2": `IF(SUM('明''细'!$C$2:$C$11)=0,"—",SUM('明''细'!$B$2:$B$11)/SUM('明''细'!$C$2:$C$11))`,
		"B3": `IF(SUM('明''细'!$F$2:$F$11)=0,"—",SUM('明''细'!$B$2:$B$11)/SUM('明''细'!$F$2:$F$11))`,
	} {
		if got, _ := f.GetCellFormula("表", cell); got != formula {
			t.Errorf("表 %s: formula %s\nwant %s", cell, got, formula)
		}
	}
	for cell, want := range map[string][2]string{
		"A2": {`IF(SUM('明''细'!$C$2:$C$11)=0,"—",SUM('明''细'!$B$2:$B$11)/SUM('明''细'!$C$2:$C$11))`, "0.5"},
		"D2": {`SUM('明''细'!$C$2:$C$11)`, "10"},
		"G2": {`ROUND(SUM('明''细'!$D$2:$D$11)/10000,6)`, "12345.683410"},
		"A8": {`IF(COUNT('明''细'!$E$2:$E$11)=0,"—",MEDIAN('明''细'!$E$2:$E$11))`, "20.5"},
		"D8": {`IF(SUM('明''细'!$F$2:$F$11)=0,"—",SUM('明''细'!$B$2:$B$11)/SUM('明''细'!$F$2:$F$11))`, "—"},
		"G8": {`IF(COUNT('明''细'!$G$2:$G$11)=0,"—",MEDIAN('明''细'!$G$2:$G$11))`, "—"},
	} {
		if got, _ := f.GetCellFormula("总览", cell); got != want[0] {
			t.Errorf("%s: formula %s\nwant %s", cell, got, want[0])
		}
		got, err := f.GetCellValue("总览", cell, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		a, errA := strconv.ParseFloat(got, 64)
		b, errB := strconv.ParseFloat(want[1], 64)
		if (errA == nil) != (errB == nil) || errA == nil && (a-b > 1e-3 || b-a > 1e-3) || errA != nil && got != want[1] {
			t.Errorf("%s stores %q, want %s", cell, got, want[1])
		}
	}
	if strings.Contains(parts["xl/worksheets/sheet1.xml"], `t="str"><f>SUM`) {
		t.Error("a number is stored as text")
	}
	if ok, goal, _ := f.GetCellHyperLink("总览", "D3"); !ok || goal != "'明''细'!A1" {
		t.Errorf("the detail links to %q", goal)
	}
	b := derivedBook()
	b.Sheets[0].Blocks[0].(Figures).Items[0].Value.From.Column = "没有"
	if err := b.Write(&bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "没有") {
		t.Errorf("derived from no column: %v", err)
	}
	b = derivedBook()
	b.Sheets[2].Blocks = []Block{Table{ID: "rows", Columns: b.Sheets[2].Blocks[0].(Table).Columns}}
	if f = open(t, write(t, b)); true {
		if got, _ := f.GetCellFormula("总览", "A2"); got != "" {
			t.Errorf("a formula over no rows: %s", got)
		}
		if got, _ := f.GetCellValue("总览", "A2", excelize.Options{RawCellValue: true}); got != "0.5" {
			t.Errorf("without rows the value is %q", got)
		}
	}
}

// recalculated has LibreOffice compute the workbook from its formulas alone
// (the values stored beside them are taken out first) and gives its sheets.
func recalculated(t *testing.T, data []byte) map[string][][]string {
	t.Helper()
	office := tooltest.Path(t, "soffice", "libreoffice-calc")
	dir := t.TempDir()
	var bare bytes.Buffer
	out := zip.NewWriter(&bare)
	value := regexp.MustCompile(`</f><v>[^<]*</v>`)
	for name, text := range unzip(t, data) {
		if strings.HasPrefix(name, "xl/worksheets/") {
			text = value.ReplaceAllString(text, "</f>")
		}
		w, err := out.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "book.xlsx")
	if err := os.WriteFile(path, bare.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	// all sheets, UTF-8, values as stored rather than as shown
	c := exec.Command(office, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1", "--outdir", dir, path)
	if text, err := c.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, text)
	}
	sheets := map[string][][]string{}
	files, _ := filepath.Glob(filepath.Join(dir, "book-*.csv"))
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(f)
		r.FieldsPerRecord, r.LazyQuotes = -1, true
		rows, err := r.ReadAll()
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "book-"), ".csv")
		sheets[name] = rows
	}
	if len(sheets) == 0 {
		t.Fatal("LibreOffice wrote no sheets")
	}
	return sheets
}

func TestRecalculated(t *testing.T) {
	data := write(t, derivedBook())
	sheets := recalculated(t, data)
	f := open(t, data)
	for cell, at := range map[string][2]int{"A2": {1, 0}, "D2": {1, 3}, "G2": {1, 6}, "A8": {7, 0}, "D8": {7, 3}, "G8": {7, 6}} {
		got := sheets["总览"][at[0]][at[1]]
		if n, err := strconv.ParseFloat(strings.TrimSuffix(got, "%"), 64); err == nil && strings.HasSuffix(got, "%") {
			got = fmt.Sprint(n / 100)
		}
		want, _ := f.GetCellValue("总览", cell, excelize.Options{RawCellValue: true})
		a, errA := strconv.ParseFloat(got, 64)
		b, errB := strconv.ParseFloat(want, 64)
		if (errA == nil) != (errB == nil) || errA == nil && (a-b > 1e-6 || b-a > 1e-6) || errA != nil && got != want {
			t.Errorf("%s: LibreOffice computes %s, stored is %s", cell, got, want)
		}
	}
}

func TestChartValuesAreStored(t *testing.T) {
	parts := unzip(t, write(t, sample()))
	for name, text := range parts {
		if !strings.HasPrefix(name, "xl/charts/chart") {
			continue
		}
		if a, b := strings.Count(text, "<numRef>"), strings.Count(text, "<numCache>"); a == 0 || a != b {
			t.Errorf("%s: %d references, %d with values", name, a, b)
		}
		if a, b := strings.Count(text, "<strRef>"), strings.Count(text, "<strCache>"); a != b {
			t.Errorf("%s: %d names, %d with values", name, a, b)
		}
		if !strings.Contains(text, "<v>32周</v>") {
			t.Errorf("%s: the categories are missing", name)
		}
	}
}

// TestHeadersRepeat: on a sheet of several long tables every page of each has
// its header.
func TestHeadersRepeat(t *testing.T) {
	long := func(id string, n int) Table {
		tab := Table{ID: id, Title: id, Filter: true, Columns: []Column{{Title: id + "编号"}, {Title: "数", Kind: Int}}}
		for i := range n {
			tab.Rows = append(tab.Rows, []any{fmt.Sprint(id, i), int64(i)})
		}
		return tab
	}
	count := func(f *excelize.File, text string) (n int) {
		rows, _ := f.GetRows("表")
		for _, r := range rows {
			if len(r) > 0 && r[0] == text {
				n++
			}
		}
		return n
	}
	f := open(t, write(t, Book{Sheets: []Sheet{{Name: "表", Blocks: []Block{long("甲", 120), long("乙", 130), long("丙", 40)}}}}))
	if a, b, c := count(f, "甲编号"), count(f, "乙编号"), count(f, "丙编号"); a < 3 || b < 3 || c != 1 {
		t.Errorf("headers: %d, %d, %d", a, b, c)
	}
	_, row := cellOf(t, f, "表", "丙编号")
	for _, d := range f.GetDefinedName() {
		if strings.Contains(d.Name, "Print_Titles") && d.RefersTo != fmt.Sprintf("'表'!$%d:$%d", row, row) {
			t.Errorf("one header on every page: %s", d.RefersTo)
		}
	}
	// the last long table is served by the program's own repetition
	f = open(t, write(t, Book{Sheets: []Sheet{{Name: "表", Blocks: []Block{long("甲", 5), long("乙", 130)}}}}))
	titles := ""
	for _, d := range f.GetDefinedName() {
		if strings.Contains(d.Name, "Print_Titles") {
			titles = d.RefersTo
		}
	}
	if count(f, "乙编号") != 1 || titles != "'表'!$10:$10" {
		t.Errorf("the last table: %d headers, titles %s", count(f, "乙编号"), titles)
	}
	// a table that a chart draws stays whole
	book := Book{Sheets: []Sheet{{Name: "表", Blocks: []Block{long("甲", 120), Charts{Items: []Chart{{Table: "甲", Category: "甲编号", Series: []string{"数"}}}}, long("乙", 100), long("丙", 3)}}}}
	if f = open(t, write(t, book)); count(f, "甲编号") != 1 {
		t.Error("a header among the rows that a chart draws")
	}
}

func TestShow(t *testing.T) {
	for _, c := range []struct {
		value  any
		format string
		want   string
	}{
		{0.8287, `0.0%`, "82.9%"}, {2460.0, `#,##0"万元"`, "2,460万元"}, {0.81, `"上周 "0.0%`, "上周 81.0%"}, {5.8, `#,##0.0"亿元"`, "5.8亿元"},
		{1.1, `"▲"#,##0.0"百分点";"▼"#,##0.0"百分点";"持平"`, "▲1.1百分点"}, {-3.0, `"▲"#,##0"个";"▼"#,##0"个";"持平"`, "▼3个"}, {0.0, `"▲"0;"▼"0;"持平"`, "持平"},
		{nil, "0", "—"}, {int64(10892), "#,##0", "10,892"}, {0.285, "0%", "29%"}, {-1.0, "0.0", "-1.0"},
	} {
		if got := (Number{Value: c.value, Format: c.format, Missing: "—"}).Show(); got != c.want {
			t.Errorf("%v as %s: %q, want %q", c.value, c.format, got, c.want)
		}
	}
}

func TestTextIsWhatItWas(t *testing.T) {
	tab := Table{Columns: []Column{{Title: "文"}}}
	texts := []string{"_x0041_", "a_x000D_b", "<&>\"'", "  前后空格  ", "行\n行", "𠮷🏠", "制\t表", "_x_", "]]>"}
	for _, s := range texts {
		tab.Rows = append(tab.Rows, []any{s})
	}
	data := write(t, Book{Sheets: []Sheet{{Name: "表", Blocks: []Block{tab}}}})
	checkPackage(t, unzip(t, data))
	f := open(t, data)
	for i, want := range texts {
		if got, _ := raw(t, f, "表", 1, i+2); got != want {
			t.Errorf("%q came back as %q", want, got)
		}
	}
}

func TestLogo(t *testing.T) {
	if _, err := NewPicture([]byte("no picture")); err == nil {
		t.Error("a text was taken for a picture")
	}
	png := "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82"
	p, err := NewPicture([]byte(png))
	if err != nil {
		t.Fatal(err)
	}
	parts := unzip(t, write(t, Book{Sheets: []Sheet{{Name: "总览", Blocks: []Block{Title{Text: "周报", Logo: p}}}}}))
	checkPackage(t, parts)
	if parts["xl/media/image1.png"] == "" {
		t.Error("the picture is not in the package")
	}
}

// BenchmarkWideList is a list sheet of 100,000 rows as the weekly workbook has them.
func BenchmarkWideList(b *testing.B) {
	t := Table{ID: "rows", Main: true, Filter: true, Dense: true}
	for i := range 20 {
		kind := Int
		if i < 4 {
			kind = Text
		}
		t.Columns = append(t.Columns, Column{Title: fmt.Sprint("列", i), Kind: kind, Width: 10})
	}
	for i := range 100_000 {
		row := make([]any, 20)
		for j := range row {
			row[j] = int64(i % 2)
			if j < 4 {
				row[j] = "新华村主干道"
			}
		}
		t.Rows = append(t.Rows, row)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := (Book{Sheets: []Sheet{{Name: "明细", Blocks: []Block{t}}}}).Write(discard{}); err != nil {
			b.Fatal(err)
		}
	}
}
