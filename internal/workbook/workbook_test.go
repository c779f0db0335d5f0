package workbook

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

func TestWriteSheets(t *testing.T) {
	f := open(t, write(t, sample()))
	if got := fmt.Sprint(f.GetSheetList()); got != "[总览 问题办结 超期 与 临期]" {
		t.Errorf("sheets: %s", got)
	}
	if got, _ := f.GetSheetDimension("问题办结"); !strings.HasPrefix(got, "A1:D") {
		t.Errorf("dimension %q", got)
	}
	for sheet, want := range map[string]string{"总览": "portrait", "超期 与 临期": "landscape"} {
		l, err := f.GetPageLayout(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if *l.Orientation != want || *l.Size != paperA4 || *l.FitToWidth != 1 {
			t.Errorf("%s: orientation %s, paper %d, fit to width %d", sheet, *l.Orientation, *l.Size, *l.FitToWidth)
		}
		p, _ := f.GetSheetProps(sheet)
		if p.FitToPage == nil || !*p.FitToPage {
			t.Errorf("%s: not fitted to the page", sheet)
		}
	}
	panes, _ := f.GetPanes("超期 与 临期")
	if !panes.Freeze || panes.YSplit != 5 {
		t.Errorf("panes: %+v", panes)
	}
}

// cellOf finds the first cell of a sheet with that text.
func cellOf(t *testing.T, f *excelize.File, sheet, text string) (col, row int) {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for r, cells := range rows {
		for c, v := range cells {
			if v == text {
				return c + 1, r + 1
			}
		}
	}
	t.Fatalf("%s: no cell reads %q", sheet, text)
	return 0, 0
}

func raw(t *testing.T, f *excelize.File, sheet string, col, row int) (string, excelize.CellType) {
	t.Helper()
	cell, _ := excelize.CoordinatesToCellName(col, row)
	v, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	kind, _ := f.GetCellType(sheet, cell)
	return v, kind
}

func TestNumbersAreNumbers(t *testing.T) {
	f := open(t, write(t, sample()))
	const sheet = "超期 与 临期"
	_, row := cellOf(t, f, sheet, "=1+1")
	for col, want := range map[int]string{3: "44774", 4: "70.3", 5: "14"} {
		got, kind := raw(t, f, sheet, col, row)
		if got != want || kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
			t.Errorf("column %d: %q of type %v, want the number %s", col, got, kind, want)
		}
	}
	name := fmt.Sprintf("%s%d", "C", row)
	shown, _ := f.GetCellValue(sheet, name)
	if shown != "2022-08-01" {
		t.Errorf("date shown as %q", shown)
	}
	if shown, _ = f.GetCellValue(sheet, fmt.Sprintf("D%d", row+2)); strings.TrimSpace(shown) != "2,530.3" {
		t.Errorf("total shown as %q", shown)
	}
	if v, kind := raw(t, f, "总览", 1, 7); v != "0.8287" || kind == excelize.CellTypeSharedString {
		t.Errorf("card holds %q of type %v", v, kind)
	}
}

func TestFormulaLikeTextStaysText(t *testing.T) {
	texts := []string{"=1+1", "=HYPERLINK(\"http://x\")", "+86 731", "-3号楼", "@SUM(A1)", "\t=1", "'quoted", "<b>&amp;</b>", "1e5", "007", "line\r\nline", "a\x00b\x0b", "\xff\xfe"}
	tab := Table{Columns: []Column{{Title: "文字"}}}
	for _, s := range texts {
		tab.Rows = append(tab.Rows, []any{s})
	}
	for _, b := range [][]Block{{tab}, {Figures{Items: []Figure{{Label: "=2+2", Detail: "=3", Trend: nil}}}, Note{Text: "=9"}}} {
		f := open(t, write(t, Book{Sheets: []Sheet{{Name: "表", Blocks: b}}}))
		rows, _ := f.GetRows("表")
		for r := range rows {
			for c := range rows[r] {
				cell, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if formula, _ := f.GetCellFormula("表", cell); formula != "" {
					t.Errorf("%s is the formula %q", cell, formula)
				}
			}
		}
	}
	f := open(t, write(t, Book{Sheets: []Sheet{{Name: "表", Blocks: []Block{tab}}}}))
	for i, want := range []string{"=1+1", "=HYPERLINK(\"http://x\")", "+86 731", "-3号楼", "@SUM(A1)", "\t=1", "'quoted", "<b>&amp;</b>", "1e5", "007", "line\nline", "ab", "\uFFFD"} {
		if got, kind := raw(t, f, "表", 1, i+2); got != want || kind == excelize.CellTypeUnset {
			t.Errorf("row %d: %q of type %v, want the text %q", i+2, got, kind, want)
		}
	}
}

func TestDefinedNames(t *testing.T) {
	f := open(t, write(t, sample()))
	names := map[string]string{}
	for _, d := range f.GetDefinedName() {
		names[d.Name] = d.RefersTo
	}
	for name, want := range map[string]string{
		"问题办结率_本周": "'总览'!$A$7", "_R1C1": "'超期 与 临期'!$E$7", "_xlnm.Print_Titles": "'超期 与 临期'!$5:$5",
	} {
		if names[name] != want {
			t.Errorf("%s refers to %q, want %q", name, names[name], want)
		}
	}
	for in, want := range map[string]string{
		"办结率 本周": "办结率_本周", "A1": "_A1", "az10": "_az10", "ZZ9": "_ZZ9", "xfd1048576": "_xfd1048576", "r2c3": "_r2c3", "R": "_R", "2022": "_2022",
		"": "_", "12345热线": "_12345热线", "a-b": "a_b", "ABCD1": "ABCD1", "“一对一”联点": "_一对一_联点", "true": "_true",
	} {
		if got := DefinedName(in); got != want {
			t.Errorf("DefinedName(%q) = %q, want %q", in, got, want)
		}
	}
	if n := len(utf16.Encode([]rune(DefinedName(strings.Repeat("办", 300))))); n > 255 {
		t.Errorf("a defined name of %d characters", n)
	}
}

func TestSheetNames(t *testing.T) {
	for in, want := range map[string]string{
		`双马[街道]:*?/\`: "双马 街道", "": "表", "'": "表", "History": "表History", "'a'": "a", "a\nb": "a b", "  x  y ": "x y",
		strings.Repeat("长", 300):          strings.Repeat("长", 31),
		strings.Repeat("𠮷", 20):           strings.Repeat("𠮷", 15),
		strings.Repeat("a", 30) + "🏠tail": strings.Repeat("a", 30),
	} {
		if got := SheetName(in); got != want {
			t.Errorf("SheetName(%q) = %q, want %q", in, got, want)
		}
	}
	long := strings.Repeat("街道办事处", 60) // 300 characters
	b := Book{Sheets: []Sheet{{Name: long}, {Name: long + "二"}, {Name: "Ab"}, {Name: "aB"}, {Name: "🏠𠮷"}, {Name: "a/b", Blocks: []Block{
		Title{Text: "x", Sub: "y", Link: &Link{Text: "到", Sheet: long}}, Table{ID: "t", Columns: []Column{{Title: "a"}, {Title: "b"}, {Title: "c"}}, Rows: [][]any{{"x", 1, 2}}},
	}}}}
	f := open(t, write(t, b))
	seen := map[string]bool{}
	for _, n := range f.GetSheetList() {
		if k := strings.ToLower(n); seen[k] || len(utf16.Encode([]rune(n))) > 31 {
			t.Errorf("sheet name %q is taken or too long", n)
		}
		seen[strings.ToLower(n)] = true
	}
	if len(seen) != 6 {
		t.Errorf("%d sheets: %q", len(seen), f.GetSheetList())
	}
}

func TestChartsAndLinks(t *testing.T) {
	b := sample()
	parts := unzip(t, write(t, b))
	var charts []string
	for name, data := range parts {
		if strings.HasPrefix(name, "xl/charts/chart") {
			charts = append(charts, data)
		}
	}
	if len(charts) != 3 {
		t.Fatalf("%d charts, want 3", len(charts))
	}
	all := strings.Join(charts, "")
	for _, want := range []string{"&#39;问题办结&#39;!$B$", "问题收集与办结（件）", "<min val=\"0\">"} {
		if !strings.Contains(all, want) {
			t.Errorf("no chart has %q", want)
		}
	}
	if n := strings.Count(all, "<legend>"); n != 1 {
		t.Errorf("%d legends, want one: single series need none", n)
	}
	f := open(t, write(t, b))
	_, row := cellOf(t, f, "问题办结", "分周收集与办结")
	want := fmt.Sprintf("'问题办结'!A%d", row)
	if ok, goal, _ := f.GetCellHyperLink("总览", "A6"); !ok || goal != want {
		t.Errorf("card links to %q", goal)
	}
	if !strings.Contains(parts["xl/worksheets/sheet1.xml"], "sparkline") {
		t.Error("no sparklines")
	}
	b.Sheets[1].Blocks[0] = Title{Text: "x", Sub: "y", Link: &Link{Text: "to", Sheet: "nowhere"}}
	if err := b.Write(&strings.Builder{}); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("a link to nowhere: %v", err)
	}
}

func TestEmptyIsReadable(t *testing.T) {
	empty := Table{ID: "t", Title: "清单", Columns: []Column{{Title: "周", Kind: Mark}, {Title: "数", Kind: Int}}, Empty: "本期无超期事项。", Main: true, Filter: true}
	f := open(t, write(t, Book{Sheets: []Sheet{
		{Name: "一", Blocks: []Block{Charts{Items: []Chart{{Title: "图", Table: "t", Category: "周", Series: []string{"数"}}}}, empty}},
		{Name: "二"},
		{Name: "三", Blocks: []Block{Figures{Items: []Figure{{Label: "率", Value: Number{}, Last: Number{Missing: "—", Before: "上周"}, Trend: &Trend{"t", "数"}}}}}},
	}}))
	cellOf(t, f, "一", "本期无超期事项。")
	cellOf(t, f, "一", "图：本期无数据，图略。")
	cellOf(t, f, "二", "本期无数据。")
	cellOf(t, f, "三", "上周 —")
	if f = open(t, write(t, Book{})); len(f.GetSheetList()) != 1 {
		t.Error("a book without sheets")
	}
	for _, v := range []any{math.NaN(), math.Inf(1), nil, time.Time{}} {
		f := open(t, write(t, Book{Sheets: []Sheet{{Blocks: []Block{Table{Columns: []Column{{Title: "n", Kind: Num}}, Rows: [][]any{{v}}}}}}}))
		if got, _ := raw(t, f, "表", 1, 2); got != "" {
			t.Errorf("%v shows %q", v, got)
		}
	}
}

func TestSameContent(t *testing.T) {
	a, b := unzip(t, write(t, sample())), unzip(t, write(t, sample()))
	if d := Differences(a, b); len(d) > 0 {
		t.Errorf("two writings differ:\n%s", strings.Join(d, "\n"))
	}
	if !strings.Contains(a["docProps/core.xml"], "2022-08-15T12:00:00Z") || strings.Contains(a["docProps/core.xml"], strconv.Itoa(time.Now().Year()+0)+"-") && time.Now().Year() != 2022 {
		t.Errorf("created or modified is not the book's: %s", a["docProps/core.xml"])
	}
	if !strings.Contains(a["docProps/custom.xml"], "截至") {
		t.Error("no custom property")
	}
}

func TestRowHeightsFit(t *testing.T) {
	name := strings.Repeat("湘潭高新区新华村体验式家庭农场建设项目", 16)[:900] // 300 characters
	f := open(t, write(t, Book{Sheets: []Sheet{{Blocks: []Block{
		Table{Columns: []Column{{Title: "项目", Width: 20}, {Title: "数", Kind: Int}}, Rows: [][]any{{name, int64(1)}, {"短", int64(1234567890)}}},
	}}}}))
	h, _ := f.GetRowHeight("表", 2)
	w, _ := f.GetColWidth("表", "A")
	if need := 300 * 1.8 / w * 13; h < min(need, 409) {
		t.Errorf("row of %v points for a text that needs %v", h, need)
	}
	if h, _ = f.GetRowHeight("表", 3); h > 20 {
		t.Errorf("a short row is %v points high", h)
	}
	if w, _ = f.GetColWidth("表", "B"); w < 14 {
		t.Errorf("column of %v for 1,234,567,890 would show ###", w)
	}
}

func TestFormattedWidths(t *testing.T) {
	for format, want := range map[string]string{
		`0.0%`: "%100.0", `#,##0.00"亿元"`: "亿元1.00", `"▲"0.0"百分点";"▼"0.0"百分点";"持平"`: "▲百分点1.0", `"上周 "#,##0`: "上周 1", `yyyy`: "",
	} {
		if got := formatted(format, 1); got != want {
			t.Errorf("%s: %q, want %q", format, got, want)
		}
	}
}

func TestManySheetsCardsAndTables(t *testing.T) {
	err := Book{Sheets: []Sheet{{Name: "x", Blocks: []Block{Figures{}, Table{}}}}}.Write(&strings.Builder{})
	if err == nil || !strings.Contains(err.Error(), "cards and tables") {
		t.Errorf("cards and tables on one sheet: %v", err)
	}
	two := Table{ID: "t", Columns: []Column{{Title: "a"}}}
	if err := (Book{Sheets: []Sheet{{Name: "x", Blocks: []Block{two}}, {Name: "y", Blocks: []Block{two}}}}).Write(&strings.Builder{}); err == nil {
		t.Error("one ID for two tables was accepted")
	}
}

func BenchmarkLongList(b *testing.B) {
	tab := Table{ID: "t", Main: true, Filter: true, Columns: []Column{{Title: "编号"}, {Title: "事项", Width: 40}, {Title: "时限", Kind: Date}, {Title: "数", Kind: Int}, {Title: "金额（万元）", Kind: Wan}}}
	for i := range 100_000 {
		tab.Rows = append(tab.Rows, []any{fmt.Sprintf("SM2022-%d", i), "新华村主干道破损严重，需第一时间研究商讨处理方案" + strconv.Itoa(i), time.Date(2022, 8, i%28+1, 0, 0, 0, 0, time.UTC), int64(i), float64(i) * 100})
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := (Book{Sheets: []Sheet{{Name: "清单", Blocks: []Block{tab}}}}).Write(discard{}); err != nil {
			b.Fatal(err)
		}
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// TestFiftyThousandRows: a long list with long names stays whole, keeps its
// header on every page and its true dimension.
func TestFiftyThousandRows(t *testing.T) {
	tab := Table{ID: "t", Main: true, Filter: true, Dense: true, Columns: []Column{{Title: "项目", Width: 30}, {Title: "数", Kind: Int, Width: 5}}}
	long := strings.Repeat("体验式家庭农场", 43)[:900] // 300 characters
	for i := range 50_000 {
		name := "短"
		if i%1000 == 0 {
			name = long + "🏠𠮷"
		}
		tab.Rows = append(tab.Rows, []any{name, int64(1) << (i % 40)})
	}
	data := write(t, Book{Sheets: []Sheet{{Name: "明细", Blocks: []Block{Title{Text: "明细"}, tab}}}})
	checkPackage(t, unzip(t, data))
	f := open(t, data)
	if d, _ := f.GetSheetDimension("明细"); d != "A1:B50003" {
		t.Errorf("dimension %s", d)
	}
	if w, _ := f.GetColWidth("明细", "B"); w < 14 {
		t.Errorf("a column of %v for %d would show ###", w, int64(1)<<39)
	}
	if got, _ := raw(t, f, "明细", 2, 50003); got != strconv.FormatInt(int64(1)<<(49_999%40), 10) {
		t.Errorf("the last row holds %s", got)
	}
	if h, _ := f.GetRowHeight("明细", 4); h < 120 {
		t.Errorf("a name of 300 characters in %v points", h)
	}
}

// TestFigureFits: the value of a card gets smaller where a fallback font makes it wider than its field; it never turns
// into ###.
func TestFigureFits(t *testing.T) {
	f := open(t, write(t, Book{Sheets: []Sheet{{Name: "总览", Blocks: []Block{Figures{Items: []Figure{{Label: "留抵退税", Value: Number{Value: 7331.04}}}}}}}}))
	rows, err := f.GetRows("总览", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for r, row := range rows {
		for c, text := range row {
			if text != "7331.04" {
				continue
			}
			cell, _ := excelize.CoordinatesToCellName(c+1, r+1)
			id, err := f.GetCellStyle("总览", cell)
			if err != nil {
				t.Fatal(err)
			}
			st, err := f.GetStyle(id)
			if err != nil || st.Alignment == nil || !st.Alignment.ShrinkToFit || st.Alignment.WrapText {
				t.Errorf("%s doesn't shrink: %+v, %v", cell, st.Alignment, err)
			}
			return
		}
	}
	t.Errorf("the value isn't there: %v", rows)
}

// TestNoteNearlyALine: a text that is guessed to be a little more than a line has one that it shrinks into, not a second
// that stays blank where fonts are narrower than guessed; a longer one wraps.
func TestNoteNearlyALine(t *testing.T) {
	full := 1
	for lines(strings.Repeat("字", full+1), 88, sizeBody) == 1 {
		full++
	}
	var notes []Block
	for _, n := range []int{full, full + 2, full + full/2} {
		notes = append(notes, Note{Text: strings.Repeat("字", n)})
	}
	f := open(t, write(t, Book{Sheets: []Sheet{{Name: "总览", Blocks: notes}}}))
	for i, want := range []struct{ shrinks, wraps bool }{{false, true}, {true, false}, {false, true}} {
		cell := fmt.Sprintf("A%d", i+1)
		id, err := f.GetCellStyle("总览", cell)
		if err != nil {
			t.Fatal(err)
		}
		st, err := f.GetStyle(id)
		if err != nil || st.Alignment == nil || st.Alignment.ShrinkToFit != want.shrinks || st.Alignment.WrapText != want.wraps {
			t.Errorf("note %d: %+v, %v", i+1, st.Alignment, err)
		}
		if h, _ := f.GetRowHeight("总览", i+1); (h > 20) != (i == 2) {
			t.Errorf("note %d in %v points", i+1, h)
		}
	}
}

// TestWholeNumbersHaveNoPoint: 12 is not shown as «12.».
func TestWholeNumbersHaveNoPoint(t *testing.T) {
	for _, k := range []Kind{Int, Num, Wan} {
		if f := kindFormat(k, 0); f != FormatInt {
			t.Errorf("kind %v without decimals is written as %q, want %q", k, f, FormatInt)
		}
	}
	if f := kindFormat(Num, 2); f != FormatInt+".00" {
		t.Errorf("two decimals are written as %q", f)
	}
}
