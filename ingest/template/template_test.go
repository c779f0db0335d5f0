package template

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"taizhang/ingest/heading"
	"taizhang/ingest/receipt"
	"taizhang/internal/calendar"
	"taizhang/internal/opc"
)

var office = receipt.Office{Zone: "湘潭高新区", Contact: "党政办 李主任 0731-12345678"}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wellFormed reads every part of a workbook as XML: what a lenient reader takes, Excel may not open.
func wellFormed(t *testing.T, content []byte) {
	t.Helper()
	p, err := opc.Open(content, opc.Limits{})
	must(t, err)
	for _, name := range p.Names() {
		part, err := p.Part(name)
		must(t, err)
		d := xml.NewDecoder(part)
		for err == nil {
			_, err = d.RawToken()
		}
		if err != io.EOF {
			t.Errorf("%s: %v", name, err)
		}
		part.Close()
	}
}

func templateForms() []Form {
	long := make([]string, 60)
	for i := range long {
		long[i] = "某某单位第" + strconv.Itoa(i+1)
	}
	return []Form{
		{ID: "problem", Title: "问题台账", Version: "1", Period: "2022年第33周（8月15日—21日）", Day: calendar.NewDate(2022, 8, 15), Cutoff: calendar.NewDate(2022, 8, 15), Columns: []Column{
			{Field: "problem_no", Title: "问题编号", Type: "code", Required: true, Note: "本单位内不重复，以后各期不变。", Example: "CYJ-001"},
			{Title: "问题来源", Type: "list", Required: true, List: []string{"走访调研", "企业反映", "12345热线", "其他"}},
			{Title: "问题描述", Type: "text", Required: true, Example: "厂区门口道路积水，影响运输"},
			{Title: "牵头单位", Type: "unit", Required: true, List: long},
			{Title: "交办日期", Type: "date", Required: true},
			{Title: "办结时限", Type: "date", Required: true, List: []string{"长期"}},
			{Title: "办理状态", Type: "list", Required: true, List: []string{"未启动", "办理中", "已办结", "长期推进"}},
			{Title: "办结日期", Type: "date"},
		}, Rows: [][]any{
			{"0012", "走访调研", "=HYPERLINK(\"http://x\")", "产业局", calendar.NewDate(2022, 7, 5), "长期", "办理中", nil},
			{"0013", "其他", "路灯", "产业局", calendar.NewDate(2022, 7, 6), calendar.NewDate(2022, 9, 1), "已办结", calendar.NewDate(2022, 8, 1)},
		}},
		{ID: "incentive", Title: "惠企资金兑付台账", Version: "2", Columns: []Column{
			{Field: "enterprise", Title: "企业名称", Type: "text", Required: true, NamesOf: "code"}, {Field: "code", Title: "统一社会信用代码", Type: "uscc", Required: true},
			{Title: "申报金额", Type: "money", Unit: "万元"}, {Field: "paid_amount", Title: "兑付金额", Type: "money", Unit: "万元", Required: true},
			{Title: "进度", Type: "percent"}, {Title: "人数", Type: "int"}, {Title: "月份", Type: "month"},
		}, Rows: [][]any{{"甲公司", "91430300MA4L000000", "123.456700", 5.5, 0.6, 3, calendar.NewDate(2022, 8, 1)}}},
		{ID: "few", Title: "问题台账", Version: "1", Columns: []Column{{Title: "名称", Type: "text"}}},
	}
}

func TestTemplate(t *testing.T) {
	content, err := Write(templateForms(), []Enterprise{{"乙厂", "91430300MA4L26KK7R"}, {"甲公司", "91430300MA4L16JJ55"}}, office, "产业局")
	must(t, err)
	if name := os.Getenv("TEMPLATE_OUT"); name != "" {
		must(t, os.WriteFile(name, content, 0o600))
	}
	wellFormed(t, content)
	f, err := excelize.OpenReader(bytes.NewReader(content))
	must(t, err)
	defer f.Close()
	if got := strings.Join(f.GetSheetList(), " "); got != "_taizhang 问题台账 惠企资金兑付台账 问题台账2" {
		t.Errorf("sheets %s", got)
	}
	if visible, _ := f.GetSheetVisible(heading.MarkerSheet); visible {
		t.Error("the marker shows")
	}
	want := map[string]string{ // as shown
		heading.MarkerSheet + "!A2": "问题台账", heading.MarkerSheet + "!B3": "incentive", heading.MarkerSheet + "!C3": "2", heading.MarkerSheet + "!D2": "4", heading.MarkerSheet + "!E2": "problem_no", heading.MarkerSheet + "!H3": "paid_amount 万元", heading.MarkerSheet + "!B201": "甲公司",
		"问题台账!A1": "湘潭高新区问题台账", "问题台账!B2": "产业局", "问题台账!D2": "2022年第33周（8月15日—21日）", "问题台账!E5": "2022-08-15", "惠企资金兑付台账!G5": "年月", "问题台账!F2": "2022-08-15",
		"问题台账!A4": "问题编号*", "问题台账!H4": "办结日期", "问题台账!A5": "示例：CYJ-001", "问题台账!A6": "0012", "问题台账!C6": `=HYPERLINK("http://x")`,
		"问题台账!E6": "2022-07-05", "问题台账!F6": "长期", "问题台账!H7": "2022-08-01",
		"惠企资金兑付台账!D4": "兑付金额（万元）*", "惠企资金兑付台账!B6": "91430300MA4L000000",
	}
	for at, want := range want {
		s, ref, _ := strings.Cut(at, "!")
		if got, err := f.GetCellValue(s, ref); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", at, got, err, want)
		}
	}
	if s, _ := f.GetCellFormula("问题台账", "C6"); s != "" {
		t.Errorf("text became the formula %s", s)
	}
	if got, _ := f.GetCellValue("惠企资金兑付台账", "C6", excelize.Options{RawCellValue: true}); got != "123.456700" {
		t.Errorf("money %s", got)
	}
	if got, _ := f.GetCellFormula("惠企资金兑付台账", "B7"); got != `IF($A7="","",IFERROR(VLOOKUP($A7,_taizhang!$B$200:$C$201,2,FALSE),""))` {
		t.Errorf("the code of an enterprise is filled in by %q", got)
	}
	if got, _ := f.CalcCellValue("惠企资金兑付台账", "B7"); got != "" {
		t.Errorf("an empty row has the code %q", got)
	}
	must(t, f.SetCellStr("惠企资金兑付台账", "A7", "甲公司"))
	if got, err := f.CalcCellValue("惠企资金兑付台账", "B7"); got != "91430300MA4L16JJ55" {
		t.Errorf("甲公司 has the code %q, %v", got, err)
	}
	rules, err := f.GetDataValidations("问题台账")
	must(t, err)
	kinds := map[string]string{}
	for _, v := range rules {
		kinds[v.Sqref] = v.Type + " " + v.Formula1
	}
	if kinds["B6:B5000"] != `list "走访调研,企业反映,12345热线,其他"` || !strings.HasPrefix(kinds["E6:E5000"], "date ") ||
		!strings.HasPrefix(kinds["D6:D5000"], "list _taizhang!$A$200:$A$259") {
		t.Errorf("rules %v", kinds)
	}
	// Every row that may be filled in has lines, the rows above the head have none.
	for ref, lined := range map[string]bool{"A1": false, "C3": false, "A6": true, "H7": true, "C24": true, "A900": true, "H5000": true, "K10": false} {
		if col, row, err := excelize.CellNameToCoordinates(ref); err == nil {
			id, err := f.GetCellStyle("问题台账", ref)
			must(t, err)
			if name, _ := excelize.ColumnNumberToName(col); id == 0 && row > 24 {
				id, err = f.GetColStyle("问题台账", name)
				must(t, err)
			}
			st, err := f.GetStyle(id)
			must(t, err)
			if got := len(st.Border) == 4; got != lined {
				t.Errorf("%s: lines %v", ref, st.Border)
			}
		}
	}
	notes, _ := f.GetCellValue("问题台账", "A3")
	for _, want := range []string{"写“本期无”", "“产业局”文件夹（inbox/产业局）", "有疑问请联系：党政办"} {
		if !strings.Contains(notes, want) {
			t.Errorf("the notes don't say %s: %s", want, notes)
		}
	}
	// The head is closed, rows are open, also those that are not ruled.
	for ref, locked := range map[string]bool{"A1": true, "A4": true, "A5": true, "B2": false, "A6": false, "C900": false, "ZZ900": false} {
		id, err := f.GetCellStyle("问题台账", ref)
		must(t, err)
		st, err := f.GetStyle(id)
		must(t, err)
		if got := st.Protection == nil || st.Protection.Locked; got != locked {
			t.Errorf("%s: locked %v", ref, got)
		}
	}
}

func TestTemplateNeedsForms(t *testing.T) {
	if _, err := Write(nil, nil, office, ""); err == nil {
		t.Error("a template without forms")
	}
}
