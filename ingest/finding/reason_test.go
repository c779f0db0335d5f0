package finding

import "testing"

// TestIsReason: what is no more than a nod is no reason; a few words that say why are one.
func TestIsReason(t *testing.T) {
	for _, said := range []string{"", " ", "是", "是的", "1", "√", "✓", "☑", "无误", "同上", ".", "。", "……", "-", "—", "/", "无", "没有", "对", "ＯＫ", "ok", "yes", "Y",
		"已核实", "经核实无误", "已核实，无误。", "确认", "确认无误", "情况属实", "数据正确", "没问题", "没有错", "正确", "收到", "好的", "知道了", "111111", "2026-11-28",
		"啊啊啊啊", "是是是", "同 上", "？？", "经再次核对，数据无误", "以上情况属实", "不知道", "延期", "abc", "N/A", "null", "见上", "0", "①", "就是这样"} {
		if IsReason(said) {
			t.Errorf("%q is taken for a reason", said)
		}
	}
	for _, said := range []string{"含网上投递", "含网上投递，联系人 138****5678", "经区领导批准延期", "企业已注销", "已注销", "已延期", "重复登记，已合并", "该项目分两期拨付，本月为第二笔",
		"上月误报为已办结，群众反映又漏水，重新办理", "两家企业同名，代码不同", "一次拨付全年租金", "含 3 家上市公司", "按国发〔2022〕2号文一次性兑付", "确因下雨停工", "补报上月漏报的一笔",
		"the firm moved to another district"} {
		if !IsReason(said) {
			t.Errorf("%q is no reason", said)
		}
	}
}
