package receipt

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"taizhang/ingest/finding"
	"taizhang/ingest/sheet"
	"taizhang/internal/durable"
	"taizhang/internal/opc"
	"taizhang/internal/tooltest"
)

var office = Office{Zone: "湘潭高新区", Contact: "党政办 李主任 0731-12345678"}

// paperText is all that the 回执 sheet says.
func paperText(t *testing.T, f *excelize.File) string {
	t.Helper()
	rows, err := f.GetRows(SheetName)
	must(t, err)
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(strings.Join(r, "|") + "\n")
	}
	return b.String()
}

func fillOf(t *testing.T, f *excelize.File, s, ref string) string {
	t.Helper()
	id, err := f.GetCellStyle(s, ref)
	must(t, err)
	st, err := f.GetStyle(id)
	must(t, err)
	return strings.Join(st.Fill.Color, ",")
}

func comments(t *testing.T, f *excelize.File, s string) map[string]string {
	t.Helper()
	all, err := f.GetComments(s)
	must(t, err)
	m := map[string]string{}
	for _, c := range all {
		for _, p := range c.Paragraph {
			m[c.Cell] += p.Text
		}
	}
	return m
}

func TestReceiptIsTheSendersWorkbook(t *testing.T) {
	original := problemBook(t, 20)
	name, content, err := Write(problemReport(), Source{Content: original, Format: "xlsx"}, office)
	must(t, err)
	if out := os.Getenv("RECEIPT_OUT"); out != "" {
		must(t, os.WriteFile(out, content, 0o600))
	}
	if name != "回执_问题台账_部分计入_000123-1.xlsx" {
		t.Error(name)
	}
	checkPackage(t, content)
	f := openBook(t, content)
	if got := strings.Join(f.GetSheetList(), "|"); got != "回执|问题台账|附注 & '说'明" || f.GetActiveSheetIndex() != 0 {
		t.Errorf("sheets %s, active %d", got, f.GetActiveSheetIndex())
	}
	text := paperText(t, f)
	for _, want := range []string{"湘潭高新区报表接收回执", "部分计入：18 行计入，2 行未计入", "000123-1", "2022年8月22日 09:41", "产业局", "问题台账.xlsx",
		"2022年第33周（8月15日—21日）", "2022年8月21日", "未计入 2 行", "1 处填写内容无法使用", "取代原报表 000101-1", "未匹配任何表样", "5f2a9c1b7de0",
		"必须修改 5 条，请核实 3 条，提示 1 条", "序号|程度|位置|现有内容|问题|怎样修改|核实说明", "问题台账 H6|在办ing|", "建议填写：办理中", "list_value"} {
		if !strings.Contains(text, want) {
			t.Errorf("the receipt doesn't say %q:\n%s", want, text)
		}
	}
	if ok, to, err := f.GetCellHyperLink(SheetName, cellWith(t, f, "问题台账 H6")); !ok || to != "'问题台账'!H6" || err != nil {
		t.Errorf("link %v %s %v", ok, to, err)
	}
	said := comments(t, f, "问题台账")
	for ref, want := range map[string]string{"H6": "【台账系统·必须修改】\n办理状态", "G5": "【台账系统·请核实】", "I7": "牵头单位未填写", "D4": "已电话联系\n\n【台账系统·请核实】",
		"F8": "【台账系统·请核实】\n与上期不同", "A1": "合计与各行之和不符", "C40": "责任清单未填写"} {
		if !strings.Contains(said[ref], want) {
			t.Errorf("%s: comment %q", ref, said[ref])
		}
		if fillOf(t, f, "问题台账", ref) == "" {
			t.Errorf("%s has no colour", ref)
		}
	}
	if a, b := fillOf(t, f, "问题台账", "F8"), fillOf(t, f, "问题台账", "G5"); a != markColour[finding.Error][2:] || b != markColour[finding.Warning][2:] {
		t.Errorf("colours %s, %s", a, b)
	}
	// Looks and formulas are the sender's.
	if s, _ := f.GetCellFormula("问题台账", "J3"); s != "COUNTA(A4:A400)" {
		t.Errorf("formula %q", s)
	}
	if got, _ := f.GetCellValue("问题台账", "G5"); got != "08-02-22" {
		t.Errorf("a marked date shows as %q", got)
	}
	if got := fillOf(t, f, "问题台账", "B3"); got != "DDEBF7" {
		t.Errorf("header fill %s", got)
	}
	for _, n := range f.GetDefinedName() {
		if n.Scope == "问题台账" && n.RefersTo != "'问题台账'!$3:$3" {
			t.Errorf("defined name %+v", n)
		}
	}
	if len(f.GetDefinedName()) != 2 {
		t.Errorf("defined names %+v", f.GetDefinedName())
	}
}

func cellWith(t *testing.T, f *excelize.File, text string) string {
	t.Helper()
	refs, err := f.SearchSheet(SheetName, text)
	must(t, err)
	if len(refs) == 0 {
		t.Fatalf("no cell %q", text)
	}
	return refs[0]
}

// TestCorrectedReceipt hands a receipt in again, as it is and after excelize
// has written it anew, as another program would.
func TestCorrectedReceipt(t *testing.T) {
	original := problemBook(t, 20)
	before := openBook(t, original)
	report := problemReport()
	report.Returns[0].Findings = append(report.Returns[0].Findings, finding.Finding{Severity: finding.Info, Rule: "x", Sheet: "问题台账", Cell: "B3", Message: "表头"})
	name, first, err := Write(report, Source{Content: original}, office)
	must(t, err)
	rewritten := func() []byte {
		f := openBook(t, first)
		must(t, f.SetCellValue("问题台账", "H6", "办理中"))
		var buf bytes.Buffer
		must(t, f.Write(&buf))
		return buf.Bytes()
	}
	for how, content := range map[string][]byte{"as it is": first, "saved by another program": rewritten()} {
		report := problemReport()
		report.File, report.Arrival = name, 124
		r := report.Returns[0]
		r.ID, r.Outcome, r.Supersedes = "000124-1", finding.Warned, "000123-1"
		r.Findings = r.Findings[:1]
		name, second, err := Write(report, Source{Content: content}, office)
		must(t, err)
		if name != "回执_问题台账_已接收请核实_000124-1.xlsx" {
			t.Errorf("%s: %s", how, name)
		}
		checkPackage(t, second)
		f := openBook(t, second)
		if got := strings.Join(f.GetSheetList(), "|"); got != "回执|问题台账|附注 & '说'明" {
			t.Errorf("%s: sheets %s", how, got)
		}
		if text := paperText(t, f); strings.Contains(text, "000123-1") && !strings.Contains(text, "取代原报表 000123-1") || !strings.Contains(text, "000124-1") {
			t.Errorf("%s: an old receipt is left:\n%s", how, text)
		}
		said := comments(t, f, "问题台账")
		if len(said) != 2 || strings.TrimSpace(said["D4"]) != "已电话联系" || !strings.Contains(said["G5"], "办结时限早于交办日期") {
			t.Errorf("%s: comments %q", how, said)
		}
		for _, ref := range []string{"A1", "B3", "D4", "H6", "F8", "C40", "I7"} {
			if got, want := fillOf(t, f, "问题台账", ref), fillOf(t, before, "问题台账", ref); got != want {
				t.Errorf("%s: %s has the colour %q, had %q", how, ref, got, want)
			}
		}
		if len(f.GetDefinedName()) != 2 {
			t.Errorf("%s: names %+v", how, f.GetDefinedName())
		}
	}
}

// TestCorrectedInLibreOffice has LibreOffice write the receipt anew, which
// splits texts into runs and makes up backgrounds of fills.
func TestCorrectedInLibreOffice(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	soffice := tooltest.Path(t, "soffice", "libreoffice-calc")
	dir := t.TempDir()
	report := problemReport()
	report.Returns[0].Findings = append(report.Returns[0].Findings, finding.Finding{Severity: finding.Info, Rule: "x", Sheet: "问题台账", Cell: "B3", Message: "表头"})
	_, content, err := Write(report, Source{Content: problemBook(t, 5)}, office)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "a.xlsx"), content, 0o600))
	cmd := exec.Command(soffice, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "xlsx", "--outdir", filepath.Join(dir, "out"), filepath.Join(dir, "a.xlsx"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("soffice: %v: %s", err, out)
	}
	saved, err := os.ReadFile(filepath.Join(dir, "out", "a.xlsx"))
	must(t, err)
	report.Returns[0].Findings = report.Returns[0].Findings[:1]
	_, second, err := Write(report, Source{Content: saved}, office)
	must(t, err)
	checkPackage(t, second)
	f := openBook(t, second)
	said := comments(t, f, "问题台账")
	if len(said) != 2 || strings.TrimSpace(said["D4"]) != "已电话联系" {
		t.Errorf("comments %q", said)
	}
	if n := len(f.GetSheetList()); n != 3 {
		t.Errorf("%d sheets", n)
	}
	p, err := openPack(second)
	must(t, err)
	styles, err := p.get("xl/styles.xml")
	must(t, err)
	if n := bytes.Count(styles, []byte(`<fgColor rgb="`+markColour[finding.Error])); n != 0 || !bytes.Contains(styles, []byte(`<fgColor rgb="FFDDEBF7"/><bgColor indexed="64"/>`)) {
		t.Errorf("fills not given back")
	}
}

func TestOtherFormats(t *testing.T) {
	report := problemReport()
	report.File = "问题台账.csv"
	r := report.Returns[0]
	r.Findings = []finding.Finding{
		{Severity: finding.Error, Rule: "type", Sheet: "a/b", Cell: "B2", Value: "7月32日", Message: "不是日期。"},
		{Severity: finding.Warning, Rule: "x", Sheet: "", Cell: "A2", Message: "无名表"},
	}
	grids := []sheet.Grid{{Name: "a/b", Merged: []sheet.Range{{Top: 1, Left: 1, Bottom: 1, Right: 3}}, Rows: []sheet.Row{
		{N: 1, Cells: []sheet.Cell{{Row: 1, Col: 1, Kind: sheet.Text, Text: "=1+1"}}},
		{N: 2, Hidden: true, Cells: []sheet.Cell{{Row: 2, Col: 1, Kind: sheet.Number, Num: 1.5, Text: "1.5"}, {Row: 2, Col: 2, Kind: sheet.Date, Num: 44757, Text: "2022-07-15"},
			{Row: 2, Col: 3, Kind: sheet.Bool, Num: 1, Text: "TRUE"}, {Row: 2, Col: 4, Kind: sheet.Error, Text: "#DIV/0!"}, {Row: 2, Col: 5, Kind: sheet.Number, Num: .5, Text: "0.5", Format: "0%"}}},
	}}, {Name: "回执"}, {Name: "", Hidden: true, Rows: []sheet.Row{{N: 2, Cells: []sheet.Cell{{Row: 2, Col: 1, Kind: sheet.Text, Text: "x\x01"}}}}}}
	_, content, err := Write(report, Source{Content: []byte("a,b"), Format: "csv", Grids: grids}, office)
	must(t, err)
	checkPackage(t, content)
	f := openBook(t, content)
	if got := strings.Join(f.GetSheetList(), "|"); got != "回执|ab|Sheet3" {
		t.Errorf("sheets %s", got)
	}
	for ref, want := range map[string]string{"A1": "=1+1", "A2": "1.5", "B2": "2022-07-15", "C2": "TRUE", "D2": "#DIV/0!", "E2": "50%"} {
		if got, _ := f.GetCellValue("ab", ref); got != want {
			t.Errorf("%s: %q, want %q", ref, got, want)
		}
	}
	// excelize tells no fill of a workbook without a theme: compare the formats.
	plain, _ := f.GetCellStyle("ab", "B1")
	marked, _ := f.GetCellStyle("ab", "B2")
	if !strings.Contains(comments(t, f, "ab")["B2"], "不是日期") || plain == marked || comments(t, f, "Sheet3")["A2"] == "" {
		t.Errorf("not marked: %q, %q", comments(t, f, "ab"), comments(t, f, "Sheet3"))
	}
	if ok, to, _ := f.GetCellHyperLink(SheetName, cellWith(t, f, "a/b B2")); !ok || to != "'ab'!B2" {
		t.Errorf("link %s", to)
	}
}

// TestAlwaysAReceipt is about files that can't be marked.
func TestAlwaysAReceipt(t *testing.T) {
	good := problemBook(t, 3)
	for name, content := range map[string][]byte{"none": nil, "not a zip": []byte("PK\x03\x04 and no more"), "half": good[:len(good)/2],
		"no workbook": zipOf(t, map[string]string{"a.txt": "x"})} {
		_, out, err := Write(problemReport(), Source{Content: content, Format: "xlsx"}, office)
		must(t, err)
		checkPackage(t, out)
		if text := paperText(t, openBook(t, out)); !strings.Contains(text, "问题台账 H6") {
			t.Errorf("%s: %s", name, text)
		}
	}
}

func zipOf(t testing.TB, parts map[string]string) []byte {
	var buf bytes.Buffer
	zw := zip.NewWriter(&buf)
	for name, text := range parts {
		w, err := zw.Create(name)
		must(t, err)
		_, err = io.WriteString(w, text)
		must(t, err)
	}
	must(t, zw.Close())
	return buf.Bytes()
}

func TestMacrosStayBehind(t *testing.T) {
	f := openBook(t, problemBook(t, 3))
	must(t, f.AddVBAProject([]byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0}))
	path := filepath.Join(t.TempDir(), "a.xlsm")
	must(t, f.SaveAs(path))
	content, err := os.ReadFile(path)
	must(t, err)
	report := problemReport()
	report.File = "a.xlsm"
	name, out, err := Write(report, Source{Content: content}, office)
	must(t, err)
	checkPackage(t, out)
	p, err := openPack(out)
	must(t, err)
	types, err := p.get("[Content_Types].xml")
	must(t, err)
	if p.Has("xl/vbaProject.bin") || bytes.Contains(types, []byte("macroEnabled")) || !strings.HasSuffix(name, ".xlsx") {
		t.Errorf("macros left: %s", types)
	}
	if !strings.Contains(paperText(t, openBook(t, out)), "宏已去掉") {
		t.Error("not said")
	}
}

func TestManyFindingsAreCounted(t *testing.T) {
	report := problemReport()
	r := report.Returns[0]
	for i := range 500 {
		r.Findings = append(r.Findings, finding.Finding{Severity: finding.Error, Rule: "many", Sheet: "问题台账", Cell: sheet.Ref(i+2, 2), Message: "某某有误。"})
	}
	_, content, err := Write(report, Source{Content: problemBook(t, 20)}, office)
	must(t, err)
	f := openBook(t, content)
	if text := paperText(t, f); !strings.Contains(text, "另有 300 条“必须修改”同类问题未逐条列出，例如：某某有误。") || !strings.Contains(text, "必须修改 505 条") {
		t.Error(text)
	}
	if n := len(comments(t, f, "问题台账")); n > perKind+20 {
		t.Errorf("%d comments", n)
	}
}

func TestSeveralReturns(t *testing.T) {
	report := problemReport()
	other := *report.Returns[0]
	other.ID, other.FormTitle, other.Outcome, other.Findings = "000123-2", "专项问题清单", finding.Rejected, other.Findings[:2]
	same := &finding.Return{ID: "000123-3", FormTitle: "企业名录", Outcome: finding.Duplicate}
	report.Returns = append(report.Returns, &other, same)
	name, content, err := Write(report, Source{Content: problemBook(t, 20)}, office)
	must(t, err)
	if name != "回执_问题台账_部分计入_000123.xlsx" {
		t.Error(name)
	}
	if out := os.Getenv("RECEIPT_OUT"); out != "" {
		must(t, os.WriteFile(out+"3.xlsx", content, 0o600))
	}
	text := paperText(t, openBook(t, content))
	for _, want := range []string{"一、问题台账（000123-1）", "二、专项问题清单（000123-2）", "三、企业名录（000123-3）", "退回：本表没有计入", "重复报送：", "未被取代",
		"部分计入：共 3 张表，部分计入 1 张（问题台账），退回 1 张（专项问题清单），重复报送 1 张（企业名录）。\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestName(t *testing.T) {
	for file, want := range map[string]string{
		"问题台账.xlsx": "回执_问题台账_部分计入_000123-1.xlsx",
		"回执_问题台账_部分计入_000101-1.xlsx":       "回执_问题台账_部分计入_000123-1.xlsx",
		"回执_问题台账_退回_000101-1(2).xlsx":      "回执_问题台账_部分计入_000123-1.xlsx",
		`a/b\c:d*e?f"g<h>i|j.xls`:          "回执_a_b_c_d_e_f_g_h_i_j_部分计入_000123-1.xlsx",
		".xlsx":                            "回执_未命名_部分计入_000123-1.xlsx",
		"尾点. .csv":                         "回执_尾点_部分计入_000123-1.xlsx",
		"\xb2\xfa.xlsx":                    "回执____部分计入_000123-1.xlsx",
		"a\u202excod.xlsx":                 "回执_axcod_部分计入_000123-1.xlsx",
		strings.Repeat("长", 100) + ".xlsx": "回执_" + strings.Repeat("长", 40) + "_部分计入_000123-1.xlsx",
	} {
		report := problemReport()
		report.File = file
		if got := Name(report); got != want {
			t.Errorf("%q: %q, want %q", file, got, want)
		}
	}
	report := problemReport()
	report.Arrival, report.Returns[0].ID = 0, ""
	if got := Name(report); got != "回执_问题台账_部分计入.xlsx" {
		t.Errorf("check: %s", got)
	}
}

func TestSaveNeverOverwrites(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "产业局")
	for _, group := range [][]string{{"一"}, {"二"}, {"一"}, {"二", "三", "一"}} {
		var batch durable.Batch
		for _, content := range group {
			_, err := Save(&batch, dir, "回执.xlsx", []byte(content))
			must(t, err)
		}
		must(t, batch.Commit())
	}
	all, err := os.ReadDir(dir)
	must(t, err)
	if len(all) != 3 {
		t.Errorf("%v", all)
	}
	for name, want := range map[string]string{"回执.xlsx": "一", "回执(2).xlsx": "二", "回执(3).xlsx": "三"} {
		if there, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(there) != want {
			t.Errorf("%s holds %q, %v", name, there, err)
		}
	}
}

func TestSameReportSameBytes(t *testing.T) {
	original := problemBook(t, 20)
	_, a, err := Write(problemReport(), Source{Content: original}, office)
	must(t, err)
	_, b, err := Write(problemReport(), Source{Content: original}, office)
	must(t, err)
	if !bytes.Equal(a, b) {
		t.Error("two receipts of one report differ: a run that was killed would leave both")
	}
}

func FuzzPatch(f *testing.F) {
	book := problemBook(f, 3)
	p, err := openPack(book)
	must(f, err)
	for _, part := range []string{"xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml", "xl/comments1.xml"} {
		data, err := p.get(part)
		must(f, err)
		f.Add(part, data)
	}
	f.Fuzz(func(t *testing.T, part string, data []byte) {
		p, err := openPack(book)
		must(t, err)
		p.Set(part, data)
		content, err := p.Bytes(opc.Fast)
		if err != nil {
			return
		}
		report := problemReport()
		// Unguarded: a panic must not hide behind the fallback.
		_, _ = patch(content, nil, marksOf(report), func(s *paperStyle, n []string) ([]byte, string) { return drawPaper(s, report, office, n) })
	})
}

// TestWriteAgain: a receipt is the same whichever receipts of workbooks from the same template were written before it.
func TestWriteAgain(t *testing.T) {
	book := problemBook(t, 20)
	marked, clean := problemReport(), problemReport()
	clean.Returns[0].Findings, clean.Returns[0].Outcome = nil, finding.Accepted
	write := func(report *finding.Report, book []byte) []byte {
		_, content, err := Write(report, Source{Content: book}, office)
		must(t, err)
		return content
	}
	first := [][]byte{write(clean, book), write(marked, book)}
	write(clean, first[1]) // handed in again: the marks come off
	if again := [][]byte{write(clean, book), write(marked, book)}; !bytes.Equal(first[0], again[0]) || !bytes.Equal(first[1], again[1]) {
		t.Error("the same receipt is another the second time")
	}
	if off := openBook(t, write(clean, first[1])); len(off.GetSheetList()) != 3 {
		t.Error("sheets", off.GetSheetList())
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, rows := range []int{20, 300} {
		book := problemBook(b, rows)
		marked, clean := problemReport(), problemReport()
		clean.Returns[0].Findings, clean.Returns[0].Outcome = nil, finding.Accepted
		for name, report := range map[string]*finding.Report{"marked": marked, "clean": clean} {
			b.Run(fmt.Sprintf("%s/%drows", name, rows), func(b *testing.B) {
				for b.Loop() {
					if _, _, err := Write(report, Source{Content: book}, office); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
