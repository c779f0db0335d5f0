package written

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/internal/spelling"
)

// SaysDone says whether a text such as 办理情况 says that its whole matter is done: 已于11月3日办结. A part of it (已办结3户，其余正在
// 办理), what is planned and steps on the way (选址已完成) are not the whole.
func SaysDone(text string) bool {
	return len(text) <= 300 && mayBeDone.MayBeIn(text) && !openLetters.In(text) && !mayGoOn.MayBeIn(text) && saysIn(text, saysDone())
}

// SaysOpen says whether such a text says that its matter is not done (尚未解决), and not afterwards that it is.
func SaysOpen(text string) bool {
	return len(text) <= 300 && mayBeOpen.MayBeIn(text) && saysIn(text, saysOpen()) && !saysIn(text, saysDone()) && !lastHas(text, '已')
}

func saysIn(text string, re *regexp.Regexp) bool {
	return slices.ContainsFunc(clauseEnd().Split(spelling.Squash(Plain(text)), -1), re.MatchString)
}

// lastHas says whether a letter stands in the last clause: 此前未解决，现已协调到位.
func lastHas(text string, letter rune) bool {
	clauses := clauseEnd().Split(strings.TrimRight(spelling.Squash(Plain(text)), "。.;；"), -1)
	return strings.ContainsRune(clauses[len(clauses)-1], letter)
}

// What stands in nearly none of the texts that say neither.
var (
	mayBeDone   = NewWords("已办", "已解", "已完", "已销", "已整", "已处", "已落", "已全", "已妥", "已顺", "已经", "日办", "日解", "日完", "日销", "日整", "日处", "日已", "日全", "全部", "已于")
	openLetters = NewLetters("待未尚拟将除%％")
	mayGoOn     = NewWords("正在", "继续", "持续", "推进", "其余", "其他", "剩余", "下一", "部分", "预计", "计划", "还有", "仍有", "仍在")
	mayBeOpen   = NewWords("尚未", "仍未", "还未", "暂未", "未能", "未得", "仍没", "还没", "尚没", "没有", "仍在", "还在", "尚在", "正在", "目前")
)

var (
	clauseEnd = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[,，。;；!！、\n]`) })
	saysDone  = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:目前|现|经[^,]{0,10}协调)?(?:该|此|本)?(?:问题|事项|诉求|件)?(?:均|现|都)?(?:已经?|全部|已于[\d年月日.\-/]{3,11}|于[\d年月日.\-/]{3,11}|[\d年月日.\-/]{3,11}已?)(?:全部|全面|圆满|顺利|妥善)*` +
			`(?:办结(?:销号)?|解决|完成|销号|整改(?:到位|完毕|完成)|(?:处理|办理|处置|落实)(?:到位|完毕|完成)|办毕|完成(?:整改|办理|销号))(?:了)?$`)
	})
	saysOpen = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:目前|现|截至目前|因[^,]{1,12})?(?:该|此|本)?(?:问题|事项|诉求|件)?(?:(?:仍|尚|还|暂|目前)+(?:未|没有?)|未(?:能|得到)?)(?:能|得到|完全|彻底|妥善)*(?:办结|解决|完成(?:整改)?|整改(?:到位|完成)?|落实(?:到位)?|办理|处理)$|` +
			`^(?:目前|现|问题|事项)?(?:仍|还|尚|目前)(?:正)?在?(?:办理|推进|处理|协调|整改)(?:中|之中)$|^(?:目前|现)?正在(?:办理|处理|整改)(?:中)?$`)
	})
)
