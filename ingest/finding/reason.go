package finding

import (
	"regexp"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// assent are the words by which people say that something is so, without saying
// why. What is left of an explanation once they are taken out must say
// something; longer words stand before the shorter ones that begin them.
var assent = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)没有问题|没有错误|没有异常|不知道|不清楚|知道了|没问题|无问题|无异常|无错误|没有错|就是这样|就这样|如实填报|按实填报|` +
		`如实填写|如实|属实|无误|没错|不错|正确|准确|正常|真实|核实|核对|核查|复核|查证|查实|确认|确定|认定|确实|知悉|收到|同上|同前|同下|如上|如前|` +
		`见上|见下|见前|见表|详见|略过|情况|数据|内容|信息|填写|填报|报表|本表|本条|此条|该条|本行|此项|该项|以上|上述|没有|无需|不用|不必|说明|` +
		`修改|好的|是的|对的|行的|可以|谢谢|领导|您好|你好|okay|true|yes|ok|已|经|过|了|是|对|的|无|没|有|好|行|嗯|啊|哦|略|请|均|都|也|就|我|们|单位|企业|再次|再`)
})

// IsReason says whether an explanation (核实说明) gives a reason at all: a few
// words that say why. A tick, a number, 是, 无误, 同上, 已核实 only say that it is
// so, which the sender has said already by handing it in.
func IsReason(text string) bool {
	text = norm.NFKC.String(text)
	words := assent().ReplaceAllString(text, " ")
	all, _, _ := letters(text)
	left, distinct, latin := letters(words)
	if all > 0 {
		return all >= 3 && left >= 2 && distinct >= 2
	}
	return latin >= 10 && distinct >= 4 // a sentence in another language
}

// letters counts the Han characters of a text, the different letters in it, and its Latin letters.
func letters(text string) (han, distinct, latin int) {
	seen := map[rune]bool{}
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.IsLetter(r):
			latin++
		default:
			continue
		}
		seen[r] = true
	}
	return han, len(seen), latin
}
