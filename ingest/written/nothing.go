package written

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"taizhang/internal/spelling"
)

var (
	nothingText = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[(（【]?((经|已|已经)(核实|核查|自查|排查|摸排|核对|统计|了解|清查|查)[,，:]?)?(本期|本月|本周|当月|当周|当期|本次|本季度|本单位|我单位|我局|我办|我街道)*(均|皆|暂)?(无|没有|未发生|未开展|未兑付|未退税|未缴款|未缴费|未举办|未组织|未新增|未产生|未办理|零报告|零报送|0报告|零|零(新增|发生|兑付|拨付|发放|退税|缴款|缴费|申报|上报|办理|问题|投诉|诉求|事项|活动|招聘|业务|走访)|空|空表|无数据|无内容|无新增|无新增问题|无新增数据|无发生|无相关情况|无此项工作|无此类情况|无此项业务|无事项|无此情况|无变化|没有发生|没有数据|没有新增|不涉及|未涉及|无涉及|不涉及此(项|类)(工作|情况|业务)|此项不涉及)[)）】]?[。.!！]?$`)
	})
	NothingIn = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`零报告|零报送|(本期|本月|本周|当月|当周|当期)(暂|均)?(无|未发生|没有|未开展)`)
	})
	nothingLine = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^((经|已|已经)(核实|核查|自查|排查|摸排|核对|统计|了解|清查|查)[,，:]?)?(本期|本月|本周|当月|当周|当期|本次|本单位|我单位|我局|本街道|本局|截至目前)*,?(均|皆|暂)?(无|没有|未发生|未开展|未收到)(.{0,16}(新增|发生|数据|情况|事项|业务|兑付|活动|任务|问题|记录|内容|资金|退税|缴款|变化|变动|上报|报送|办理|招聘|走访|会议)).{0,6}$`)
	})
)

// unchanged says of a whole ledger that it is what it was.
var unchanged = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(本(周|月|期)?(台账|数据|内容|情况)?)?(与|同|较|比)?(上|前)一?(周|月|期|次)(的|报送)?(台账|数据|内容|情况)?(相比)?(完全)?(一致|相同|一样|无变化|无变动|没有变化|没有变动|无更新|无新增)?([,，;；、]?(均|也)?(无|没有|未)(任何)?(变化|变动|更新|新增|调整))?[。.]?$|^(本(周|月|期))?(台账|数据|内容|情况)?(无|没有|未)(任何)?(变化|变动|更新|调整)[。.]?$`)
})

// IsUnchanged says whether a text below the head of a ledger says that nothing has changed: 与上周一致，无变化.
func IsUnchanged(word string) bool { return len(word) < 90 && unchanged().MatchString(word) }

var notYet = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[(（]?(暂|尚|还|均)?未(返还|退还|缴|缴纳|缴款|缴清|交款|办结|办理|完成|解决|整改|销号|授信|放款|放贷|入职|到岗|录用|兑付|拨付|支付|发放|开工|启动|完工|竣工|到账|发生|开展|实施)(到位)?[)）]?$`)
})

// NotYet says whether a text says that what a column counts or dates hasn't happened: 未返还, 尚未放款, 未办结. What nobody knows
// (未知, 未统计, 待定) is no such word.
func NotYet(raw string) bool {
	first, _ := utf8.DecodeRuneInString(raw)
	return len(raw) <= 30 && strings.ContainsRune("未尚暂还均(（", first) && notYet().MatchString(raw)
}

// mayBeNothing are the letters of which one stands in every text that says that there is nothing.
var mayBeNothing = NewLetters("无没未零空不报")

// IsNothing says whether a text says that there is nothing to report: 本期无, 零报告.
func IsNothing(s string) bool {
	word := spelling.Squash(s)
	return mayBeNothing.In(word) && nothingText().MatchString(word)
}

// IsNothingLine says whether a line of its own says that there is nothing to report.
func IsNothingLine(word string) bool {
	return mayBeNothing.In(word) && (nothingText().MatchString(word) || nothingLine().MatchString(word) || len(word) < 60 && NothingIn().MatchString(word))
}
