package receipt

import (
	"strings"
	"testing"

	"taizhang/ingest/finding"
)

func TestText(t *testing.T) {
	report := problemReport()
	r := report.Returns[0]
	r.Findings = r.Findings[:3]
	r.Changes = []finding.Change{{Kind: finding.Added, Key: "CY-9"}, {Kind: finding.Changed, Key: "CY-1", Column: "办理状态", Before: "办理中", After: "已办结"}}
	r.Explained = []finding.Explained{{Finding: r.Findings[2], Said: "已核实"}}
	want := `部分计入：18 行计入，2 行未计入，请改正后重新报送整张表。
  产业局 · 问题台账 · 2022年第33周（8月15日—8月21日）
  计入 18 行。未计入 2 行：必填内容缺失或有误，见“必须修改”各条。1 处填写内容无法使用，已按未填处理，所在行仍计入。未读取：合计1行、页脚2行、1个单元格（O3）。
  更正重报：本表取代原报表 000101-1，原报表留存备查。与原报表相比，新增 1 行，减少 0 行，改动 1 处。
  已有核实说明 1 条，不再提出。
  [必须修改] 问题台账 H6：办理状态“在办ing”不在可选值之内，应为：未启动、办理中、已办结、长期推进。
      → 从下拉列表中选择。 建议填写：办理中
  [必须修改] 问题台账 I7：牵头单位未填写。
      → 填写承办该问题的单位全称。
  [请核实] 问题台账 G5：办结时限早于交办日期。（现为“2022-06-02”）
      → 核对两个日期。
未读取的工作表：「附注」：未匹配任何表样
文件：问题台账.xlsx  回执编号：000123-1  收到：2022年8月22日 09:41
`
	if got := Text(report); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestVerdicts(t *testing.T) {
	for want, r := range map[string]*finding.Return{
		"已接收：16 行全部计入。":             {Outcome: finding.Accepted, Rows: 16},
		"已接收：零报告（本期无新增内容）。":         {Outcome: finding.Accepted, Nil: true},
		"已接收：3 行计入，有 1 处请核实。":       {Outcome: finding.Warned, Rows: 3, Findings: []finding.Finding{{Severity: finding.Warning}}},
		"部分计入：3 行计入，1 行未计入，请改正后":    {Outcome: finding.Partial, Rows: 3, RowsRefused: 1},
		"部分计入：3 行计入，有 1 处必须修改，请改正后": {Outcome: finding.Partial, Rows: 3, Findings: []finding.Finding{{Severity: finding.Error}}},
		"退回：本表没有计入":                 {Outcome: finding.Rejected},
		"重复报送：":                     {Outcome: finding.Duplicate},
	} {
		if got := verdict(r); !strings.HasPrefix(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestClip(t *testing.T) {
	for in, want := range map[string]string{"": "", "一二三": "一二三", "一二三四": "一二…", "abcd": "ab…"} {
		if got := clip(in, 3); got != want {
			t.Errorf("%q: %q", in, got)
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
