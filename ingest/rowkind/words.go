package rowkind

import (
	"regexp"
	"sync"
)

// The words by which rows below a head are told apart are compared squashed (see spelling.Squash).

// TotalWord is the word of a sum over the whole table.
var TotalWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(合计|总计|共计|总合计|本月合计|本期合计|本周合计|当月合计|合计数|总数|total|汇总)(\(.*\))?:?$|^(合计|总计|共计|共):?(\d+(人次|家次|场|户|家|个|人|件|项|条|次|笔|期|批|名)?(企业|单位|项目|问题|活动|资金|人员|事项|清单)?[,，、;；]?){1,3}$`)
})

// SubWord is that of a sum over a part of it.
var SubWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(.{0,12}小计|.{1,12}合计)(\(.*\)|:?共?\d+(家|户|件|项|个|条|笔|人|人次|场|批))?:?$`)
})

// carriedWord names a sum that is carried from one page to the next: it sums what was summed before.
var carriedWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[(（【]?((过|转|接|续|结转)(次|下|后)一?页|(承|接|续|上)(前|上)一?页|(前|上)一?页(结转|转入|转来|接转|累计))(小计|合计|累计|总计|数|金额|余额)?[)）】]?(\(.*\))?:?$`)
})

// TotalLine is a sum written out: 以上合计：3件, 安全生产小计：5件.
var TotalLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^((金额|资金|人民币)?(合计|总计|共计|小计)|(金额|人民币)?(\(大写\)|大写)|以上(合计|共计)|本页(合计|小计)|\p{Han}{1,10}小计[:：(（]?共?计?\d)[:：]?.{0,40}$`)
})

// SectionWord begins a section's heading, folded: 一、…, Ⅱ、… (which is ii、…)
var SectionWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([(（]?[一二三四五六七八九十]+[)）、.．]|[0-9]+[、.．]?[^0-9.]*(片区|类|部分)$|第[一二三四五六七八九十0-9]+(部分|类|批|章|节|期|轮)|[ivx]{1,4}[、.．]\p{Han})`)
})

var noteAlone = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[(（【\[]?(备注|注|附注|说明|填表说明|填报说明|填报要求|注意事项)[)）】\]]?[:：][)）】\]]?$`)
})

var noteWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[(（【]?(注|备注|说明|填表说明|填报说明|填报要求|填写说明|附注|注意|注意事项|要求|温馨提示|提示)([)）】]|\s*\d?\s*[:：.、])`)
})

var footLabel = `(填表人|填报人|制表人|经办人|审核人|复核人|制表|填报|填表|审核|复核|审批|审批人|签发|签发人|批准|统计人|统计负责人|编制人|复核人签字|负责人签字|单位负责人|部门负责人|主管领导|分管领导|领导签字|主要领导|主要负责人|单位领导|填报单位|报送单位|填报日期|填表日期|填报时间|填表时间|制表日期|制表时间|报送日期|报送时间|报出日期|打印日期|打印时间|打印人|导出日期|导出时间|生成日期|生成时间|制单人|制单日期|联系电话|联系人|电话|单位盖章|盖章|公章|签字|签章|日期)`

var footWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^` + footLabel + `(\(?(签字|签名|签章|盖章|公章|章|意见)\)?)?[:：]`)
})

var footAny = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(填表人|填报人|制表人|经办人|审核人|复核人签字|负责人签字|单位负责人|分管领导|主管领导|填报日期|填表日期|填报时间|制表日期|报送日期|打印日期|打印时间|导出时间|联系电话|盖章|公章)(\((签字|签名|签章|盖章|公章|章)\))?[:：(（]`)
})

// pageWord is all of a cell that numbers the pages of a print: 第1页 共2页, 1/2, Page 1 of 2, —1—.
var pageWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[(（\[【]?(页码:?|页次:?)?(` +
		`第?(\d{1,4}|[一二三四五六七八九十百]{1,4})页([,，、;/\\|.。·-]*(共|总|总共|合计|of)?:?(\d{1,4}|[一二三四五六七八九十百]{1,4})页)?|` +
		`(共|总共|总计?)(\d{1,4}|[一二三四五六七八九十百]{1,4})页([,，、;/\\|.。·-]*第?(\d{1,4}|[一二三四五六七八九十百]{1,4})页)?|` +
		`第(\d{1,4})[/\\](\d{1,4})页?|\d{1,3}[/\\]\d{1,3}页?|` +
		`(page|p\.?|pg\.?):?\d{1,4}((of|/|,共)\d{1,4})?(页)?|\d{1,4}of\d{1,4}|` +
		`(本|此)?(页|表)?以下(为)?(空白|无正文|无内容|无数据)|(本|此)页(无正文|空白)|[(（]完[)）]|` +
		`\d{1,4}页|[-—–―─~·•=_]+(第)?\d{1,4}(页)?[-—–―─~·•=_]+` +
		`)[)）\]】]?$`)
})

// pageLabel is the same behind its label: 页码：9.
var pageLabel = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[(（]?(页码|页次|页数|当前页)[:：]?第?\d{1,4}([/\\]\d{1,4})?页?[)）]?$`)
})

// printWord begins what a program adds to a print.
var printWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(打印|导出|生成|输出|下载|查询)(日期|时间|人|人员|用户|单位)?[:：]|^(打印|导出|生成|下载)(日期|时间)?\d{4}[-年/.]`)
})

// memoWord begins rows of figures that are neither data nor the sum of the rows above.
var memoWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(其中([:：]|$)|(本年|全年|当年|今年|年初至今|历年|截至目前|截至本月|截至本期|[1一][-—–~至]\d{1,2}月)(份)?累计|累计(数)?[:：]?$|(同比|环比|比上月|比上年|较上月|较上年|占比|比重|平均|均值|去年同期|上年同期|上月|上期|上周)[^,。]{0,8}$)`)
})

// speaksOfRow is what a sentence says that may mean a row: that something is open, or an amount.
var speaksOfRow = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`未|待|暂|尚|没|缺|漏|另行|正在|核实|核对|补报|补充|补录|无法|不详|不明|不清|\d(万|亿)?元`)
})

// countClause is a clause that counts the rows below a heading: 共2家, 3件, 合计金额30万元, 已办结2件.
var countClause = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(共计?|合计|小计|总计|计|其中|涉及|已|未|办结|兑付|企业|项目|问题|金额|资金|:)*(\d+(\.\d+)?(余|多)?(万|亿)?(家|件|项|个|户|人次|人|条|笔|批|场|宗|处|起|次|元)(企业|项目|问题|资金)?)+$`)
})

// exampleMark is an example's first cell in a row that is filled like data: a firm may be called 示例科技.
var exampleMark = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[(（【]?(示例|样例|范例|填写示例|填写样例|例|例如|示例行|样例行)(\d{0,3}[)）】]|\d{0,3}[:：]|\d{0,3}$)`)
})

// madeUp is what stands in an example for a value: 某某公司, XX街道, 这样填写, ……
var madeUp = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`某某|某(公司|企业|单位|街道|社区|局|人)|[xX×*＊]{2,}|…|\.{3,}|^(这样|如此|按此)填写?|填写?(示例|样例)|18位代码|示例|样例`)
})

// requirement begins what a row below the head asks of its columns.
var requirement = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[(（【]?(必填|选填|非必填|可不填|可空|唯一|下拉|单选|多选|格式|填写?(单位|部门|企业|准确|完整|具体|全称|规范|阿拉伯|数字|日期|整数|到)|按|如[:：]|例如|示例|不超过\d+|限\d+字|\d+字以内|(只填|仅填|填)?(数字|整数|文本|日期)(格式|型|类型)?([)）】,，;；]|$)|自动(生成|计算)|系统(自动|生成)|y{4})`)
})

var columnNo = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\(?\d{1,2}\)?|[甲乙丙丁戊己庚辛]|[a-z]|[①-⑳])$`)
})

// columnLabel are the words before column numbers; columnSum is a number with what it is the sum of.
var (
	columnLabel = map[string]bool{"栏次": true, "列次": true, "栏号": true, "列号": true, "栏目": true, "序号": true, "行次": true}
	columnSum   = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^\d{1,2}(=\d{1,2}([-+×*/]\d{1,2})*|\(=?\d{1,2}([-+×*/]\d{1,2})+\))$`)
	})
)

// SaysTotal says whether a word stands for a sum: 合计, 全区小计.
func SaysTotal(word string) bool { return TotalWord().MatchString(word) || SubWord().MatchString(word) }

// isPageMark says whether a text numbers a page or says when something was printed.
func isPageMark(word string) bool {
	return word != "" && len(word) <= 90 && (pageWord().MatchString(word) || pageLabel().MatchString(word) || printWord().MatchString(word))
}
