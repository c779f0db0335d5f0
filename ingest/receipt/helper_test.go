package receipt

import (
	"bytes"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"taizhang/ingest/finding"
	"taizhang/internal/calendar"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var cst = time.FixedZone("CST", 8*3600)

// problemBook is a workbook as an office sends it: title, merged cells, colours,
// a formula, somebody's comment, a second sheet.
func problemBook(t testing.TB, rows int) []byte {
	t.Helper()
	f := excelize.NewFile()
	must(t, f.SetSheetName("Sheet1", "问题台账"))
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}},
		Border: []excelize.Border{{Type: "bottom", Style: 1, Color: "000000"}}})
	must(t, err)
	date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	must(t, err)
	s := "问题台账"
	must(t, f.SetCellValue(s, "A1", "湘潭高新区产业局问题台账"))
	must(t, f.MergeCell(s, "A1", "H1"))
	heads := []string{"问题编号", "问题来源", "责任清单", "问题描述", "牵头单位", "交办日期", "办结时限", "办理状态"}
	must(t, f.SetSheetRow(s, "A3", &heads))
	must(t, f.SetCellStyle(s, "A3", "H3", bold))
	for i := range rows {
		r := i + 4
		at := func(c int) string { name, _ := excelize.CoordinatesToCellName(c, r); return name }
		must(t, f.SetSheetRow(s, at(1), &[]any{"CYJ-" + at(1), "走访调研", "企业难题", "厂区道路积水影响运输，请协调处理", "产业局",
			time.Date(2022, 7, 1+i%28, 0, 0, 0, 0, time.UTC), time.Date(2022, 8, 1+i%28, 0, 0, 0, 0, time.UTC), "办理中"}))
		must(t, f.SetCellStyle(s, at(6), at(7), date))
	}
	must(t, f.SetCellFormula(s, "J3", "COUNTA(A4:A400)"))
	must(t, f.AddComment(s, excelize.Comment{Cell: "D4", Author: "李四", Paragraph: []excelize.RichTextRun{{Text: "已电话联系"}}}))
	must(t, f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'问题台账'!$3:$3", Scope: s}))
	_, err = f.NewSheet("附注 & '说'明")
	must(t, err)
	must(t, f.SetCellValue("附注 & '说'明", "A1", "说明"))
	var buf bytes.Buffer
	must(t, f.Write(&buf))
	return buf.Bytes()
}

// problemReport is what intake might say about problemBook.
func problemReport() *finding.Report {
	week, _ := calendar.ParsePeriod("2022-W33")
	received := time.Date(2022, 8, 22, 9, 41, 0, 0, cst)
	return &finding.Report{Arrival: 123, File: "问题台账.xlsx", Folder: "产业局", SHA256: "5f2a9c1b7de04430", ReceivedAt: received,
		Skipped: []string{"「附注」：未匹配任何表样"},
		Returns: []*finding.Return{{
			ID: "000123-1", Form: "problem", FormTitle: "问题台账", Submitter: "cyj", SubmitterName: "产业局", Period: week,
			Cutoff: calendar.NewDate(2022, 8, 21), ReceivedAt: received, DueAt: time.Date(2022, 8, 22, 12, 0, 0, 0, cst),
			Outcome: finding.Partial, Rows: 18, RowsRefused: 2, ValuesEmptied: 1, RowsIgnored: 3, PassedOver: []finding.PassedRow{{Row: 30, Kind: "total"}, {Row: 31, Kind: "footer"}, {Row: 32, Kind: "footer"}}, CellsUnread: 1, Unread: []finding.UnreadCell{{Cell: "O3", Value: "已催"}}, Supersedes: "000101-1", Sheets: []string{"问题台账"},
			Findings: []finding.Finding{
				{Severity: finding.Warning, Rule: "date_order", Sheet: "问题台账", Cell: "G5", Value: "2022-06-02", Message: "办结时限早于交办日期。", Hint: "核对两个日期。"},
				{Severity: finding.Error, Rule: "list_value", Sheet: "问题台账", Cell: "H6", Value: "在办ing", Message: "办理状态“在办ing”不在可选值之内，应为：未启动、办理中、已办结、长期推进。", Hint: "从下拉列表中选择。", Suggest: "办理中"},
				{Severity: finding.Error, Rule: "required", Sheet: "问题台账", Cell: "I7", Message: "牵头单位未填写。", Hint: "填写承办该问题的单位全称。"},
				{Severity: finding.Warning, Rule: "enterprise_known", Sheet: "问题台账", Cell: "D4", Value: "立发釉彩", Message: "企业不在企业名录中。", Hint: "核对企业全称。", Suggest: "湖南立发釉彩科技有限公司"},
				{Severity: finding.Error, Rule: "type", Sheet: "问题台账", Cell: "F8", Value: "7月32日", Message: "交办日期不是日期。", Hint: "写成 2022-07-31。"},
				{Severity: finding.Warning, Rule: "type", Sheet: "问题台账", Cell: "F8", Value: "7月32日", Message: "与上期不同。"},
				{Severity: finding.Error, Rule: "total", Sheet: "问题台账", Cell: "B1", Value: "湘潭高新区产业局问题台账", Message: "合计与各行之和不符。"},
				{Severity: finding.Info, Rule: "unit_assumed", Sheet: "问题台账", Message: "金额没有写单位，按元读取。"},
				{Severity: finding.Error, Rule: "required", Sheet: "问题台账", Cell: "C40", Message: "责任清单未填写。"},
			},
		}},
	}
}

func openBook(t testing.TB, content []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content))
	must(t, err)
	t.Cleanup(func() { _ = f.Close() })
	return f
}
