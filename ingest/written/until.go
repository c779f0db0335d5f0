package written

import "strings"

// What stands around a day where a deadline is written out: 确保12月底前办结, 截止12月20日, 2026年12月底完成.
var (
	untilBefore = []string{"原则上", "不晚于", "不迟于", "不得晚于", "不超过", "最迟", "最晚", "力争", "争取", "确保", "务必", "截止到", "截至到", "截止", "截至", "在", "于", "到", "至"}
	untilAfter  = []string{"完成整改", "整改完成", "整改到位", "完成办理", "办理完毕", "办结销号", "全面完成", "全部完成", "基本完成", "办结", "完成", "解决", "销号", "完工", "竣工", "到位", "下班前", "下班之前"}
)

// Until takes them away. What is left need be no day.
func Until(s string) string {
	for {
		was := s
		for _, w := range untilBefore {
			s = strings.TrimPrefix(s, w)
		}
		for _, w := range untilAfter {
			s = strings.TrimSuffix(s, w)
		}
		if s = strings.TrimLeft(s, ":："); s == was {
			return s
		}
	}
}
