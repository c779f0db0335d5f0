package receipt

import (
	"strings"
	"testing"

	"taizhang/ingest/finding"
	"taizhang/internal/calendar"
)

func TestText(t *testing.T) {
	report := problemReport()
	r := report.Returns[0]
	r.Findings = r.Findings[:3]
	r.Changes = []finding.Change{{Kind: finding.Added, Key: "CY-9"}, {Kind: finding.Refused, Key: "CY-7"}, {Kind: finding.Changed, Key: "CY-1", Column: "办理状态", Before: "办理中", After: "已办结"}}
	r.Explained = []finding.Explained{{Finding: r.Findings[2], Said: "已核实"}}
	want := `部分计入：18 行计入，2 行未计入，请改正后重新报送整张表。
  请于2022年8月22日 12:00前改正“必须修改”的 2 处，重新报送整张表。“请核实”的 1 处，有误请改正；确认无误的，在“核实说明”栏用一句话写明原因后重新报送本文件，以后不再提出。
  产业局 · 问题台账 · 2022年第33周（8月15日—21日）
  计入 18 行。未计入 2 行：必填内容缺失或有误，见“必须修改”各条。1 处填写内容无法使用，已按未填处理，所在行仍计入。未读取：合计1行、页脚2行、1个单元格（O3）。
  更正重报：本表取代原报表 000101-1，原报表留存备查。与原报表相比，新增 1 行，未计入 1 行，改动 1 处。未计入的行仍在表中，因本次填写有误而没有计入，改正后即可计入。
  已有核实说明 1 条，不再提出。
  [必须修改] 问题台账 H6：办理状态“在办ing”不在可选值之内，应为：未启动、办理中、已办结、长期推进。
      → 从下拉列表中选择。 建议填写：办理中
  [必须修改] 问题台账 I7：牵头单位未填写。
      → 填写承办该问题的单位全称。
  [请核实] 问题台账 G5：办结时限早于交办日期。（现为“2022-06-02”）
      → 核对两个日期。
未读取的工作表：「附注」：未匹配任何表样
文件：问题台账.xlsx  回执编号：000123-1  收到：2022年8月22日 09:41
有疑问请联系：党政办 李主任 0731-12345678
`
	if got := Text(report, office); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestVerdicts(t *testing.T) {
	warning, fault := finding.Finding{Severity: finding.Warning}, finding.Finding{Severity: finding.Error}
	idle := finding.Finding{Severity: finding.Warning, Rule: "not_counting", Message: "截至2026-11-16，早于已计入的000007-1（截至2026-11-22）", Hint: "请核对截至日期后重新报送"}
	week, _ := calendar.ParsePeriod("2026-W47")
	decide := func(k finding.DecisionKind, of finding.DecisionKind) *finding.Decision {
		return &finding.Decision{Kind: k, Of: of, Reason: "核对"}
	}
	for want, r := range map[string]*finding.Return{
		"已接收，全部计入：16 行。":                        {Outcome: finding.Accepted, Rows: 16},
		"已接收：零报告（本期无新增内容）。":                     {Outcome: finding.Accepted, Nil: true},
		"已接收：零报告（本期无新增内容），有 1 处请核实。":            {Outcome: finding.Warned, Nil: true, Findings: []finding.Finding{warning}},
		"已接收，全部计入：3 行，有 1 处请核实。":                {Outcome: finding.Warned, Rows: 3, Findings: []finding.Finding{warning}},
		"已接收，请改正：4 行计入，有 2 处必须修改。":              {Outcome: finding.Warned, Rows: 4, ValuesEmptied: 2, Findings: []finding.Finding{fault, fault}},
		"已接收，请改正：5 行计入，有 1 处必须修改、1 处请核实。":       {Outcome: finding.Warned, Rows: 5, ValuesEmptied: 1, Findings: []finding.Finding{fault, warning}},
		"已接收：6 行计入，有 1 处填写无法使用、1 处请核实。":         {Outcome: finding.Warned, Rows: 6, ValuesEmptied: 1, Findings: []finding.Finding{warning}},
		"已接收，暂不计入：截至2026-11-16，早于已计入的000007-1":  {Outcome: finding.Warned, Rows: 7, Findings: []finding.Finding{warning, idle}},
		"已接收，暂不计入：截至2026-11-16，早于已计入的":          {Outcome: finding.Accepted, Rows: 7, Explained: []finding.Explained{{Finding: idle}}},
		"已接收，暂不计入：截至2026-11-16，":                {Outcome: finding.Partial, Rows: 7, RowsRefused: 1, Findings: []finding.Finding{idle, fault}},
		"部分计入：3 行计入，1 行未计入，请改正后":                {Outcome: finding.Partial, Rows: 3, RowsRefused: 1},
		"部分计入：3 行计入，有 1 处必须修改，请改正后":             {Outcome: finding.Partial, Rows: 3, Findings: []finding.Finding{fault}},
		"退回：本表没有计入":                             {Outcome: finding.Rejected},
		"重复报送：内容与已收到的报表完全相同":                    {Outcome: finding.Duplicate},
		"重复报送：与已退回的报表完全相同，仍未计入":                 {Outcome: finding.Duplicate, OfRejected: true},
		"已放行，全部计入：8 行。":                         {Outcome: finding.Rejected, Rows: 8, Findings: []finding.Finding{fault}, Decision: decide(finding.Accept, "")},
		"已放行，部分计入：8 行计入，2 行未计入。":                {Outcome: finding.Rejected, Rows: 8, RowsRefused: 2, Decision: decide(finding.Accept, "")},
		"已放行，暂不计入：截至2026-11-16":                 {Outcome: finding.Rejected, Rows: 8, Findings: []finding.Finding{idle}, Decision: decide(finding.Accept, "")},
		"已作废：本表不再计入。":                           {Outcome: finding.Accepted, Rows: 8, Decision: decide(finding.Withdraw, "")},
		"已清零：自2026年11月28日起，此前报送的《问题台账》各行不再计入。":  {FormTitle: "问题台账", Cutoff: calendar.NewDate(2026, 11, 28), Decision: decide(finding.Clear, "")},
		"已免报：2026年第47周（11月16日—22日）的《问题台账》不必报送。": {FormTitle: "问题台账", Period: week, Decision: decide(finding.Waive, "")},
		"已接收，全部计入：9 行。":                         {Outcome: finding.Accepted, Rows: 9, Decision: decide(finding.Undo, finding.Withdraw)},
		"已撤销免报：2026年第47周（11月16日—22日）的":          {FormTitle: "问题台账", Period: week, Decision: decide(finding.Undo, finding.Waive)},
	} {
		got := verdict(r)
		if !strings.HasPrefix(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
		// 全部计入 and 计入 are said of what counts only, and never 0 of anything.
		if r.Uncounted() != nil && strings.Contains(got+strings.Join(counted(r), ""), "全部计入") || strings.Contains(got, " 0 ") {
			t.Errorf("%s %v", got, counted(r))
		}
		report := &finding.Report{Arrival: 1, File: "a.xlsx", Returns: []*finding.Return{r}}
		if first, _, _ := strings.Cut(Text(report, office), "\n"); first != got {
			t.Errorf("the first line is %q, not %q", first, got)
		}
	}
}

// TestFileNamedByOutcome: a file is 退回 only if nothing of it counts.
func TestFileNamedByOutcome(t *testing.T) {
	idle := []finding.Finding{{Severity: finding.Warning, Rule: "not_counting", Message: "x"}}
	good, asked := &finding.Return{Outcome: finding.Accepted, Rows: 24}, &finding.Return{Outcome: finding.Warned, Rows: 2, Findings: []finding.Finding{{Severity: finding.Warning}}}
	mend := &finding.Return{Outcome: finding.Warned, Rows: 2, Findings: []finding.Finding{{Severity: finding.Error}}}
	part, back := &finding.Return{Outcome: finding.Partial, Rows: 2, RowsRefused: 1}, &finding.Return{Outcome: finding.Rejected}
	again, against := &finding.Return{Outcome: finding.Duplicate}, &finding.Return{Outcome: finding.Duplicate, OfRejected: true}
	late := &finding.Return{Outcome: finding.Warned, Rows: 3, Findings: idle}
	for _, c := range []struct {
		want    string
		returns []*finding.Return
	}{
		{"已接收", []*finding.Return{good, good}}, {"已接收请核实", []*finding.Return{good, asked}}, {"已接收请改正", []*finding.Return{good, mend, asked}}, {"部分计入", []*finding.Return{good, back}},
		{"部分计入", []*finding.Return{part, asked}}, {"退回", []*finding.Return{back, back}}, {"退回", []*finding.Return{back, again}}, {"部分计入", []*finding.Return{good, late}},
		{"已接收暂不计入", []*finding.Return{late}}, {"重复报送", []*finding.Return{again, again}}, {"已接收", []*finding.Return{good, again}}, {"部分计入", []*finding.Return{good, against}},
		{"部分计入", []*finding.Return{part}}, {"已接收请核实", []*finding.Return{asked}}, {"退回", []*finding.Return{back}}, {"已接收", []*finding.Return{good}},
	} {
		report := &finding.Report{Arrival: 7, File: "a.xlsx", Returns: c.returns}
		if got, want := Name(report), "回执_a_"+c.want+"_000007.xlsx"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		report.File = Name(report)
		if got, want := Name(report), "回执_a_"+c.want+"_000007.xlsx"; got != want {
			t.Errorf("handed in again: %s, want %s", got, want)
		}
	}
}

func TestParseRef(t *testing.T) {
	for ref, want := range map[string][2]int{"A1": {1, 1}, "$B$7": {7, 2}, "AA10:AB12": {10, 27}, "XFD1048576": {maxRow, maxCol}} {
		if row, col, ok := parseRef(ref); !ok || [2]int{row, col} != want {
			t.Errorf("%s: %d, %d, %v", ref, row, col, ok)
		}
	}
	for _, ref := range []string{"", "A", "1", "A0", "XFE1", "A1048577", "A1B", "第3行", "ABCDE1"} {
		if _, _, ok := parseRef(ref); ok {
			t.Errorf("%q is an address", ref)
		}
	}
}
