package written

import "testing"

// TestSaysDone: what says that a whole matter is done or open, and what says neither.
func TestSaysDone(t *testing.T) {
	for text, want := range map[string]string{
		"已办结": "done", "已于11月3日办结": "done", "该问题已解决。": "done", "2026年11月3日已全部整改到位": "done", "经现场核查，已整改完毕": "done", "已完成": "done",
		"尚未解决": "open", "目前仍在办理中": "open", "因资金问题，还没有解决": "open", "正在处理": "open", "问题未得到解决": "open",
		"已办结3户，其余正在办理": "", "部分已办结": "", "选址已完成，正在施工": "", "已完成立项": "", "预计12月办结": "", "已完成，待验收": "", "此前未解决，现已协调到位": "",
		"已解决，正在办理后续手续": "", "未收到反映": "", "已约谈企业": "", "": "", "完成80%": "", "确保年底前办结": "", "尚未办结的已约谈，问题已协调": "",
	} {
		got := ""
		if SaysDone(text) {
			got += "done"
		}
		if SaysOpen(text) {
			got += "open"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
