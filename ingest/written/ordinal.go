package written

import (
	"regexp"
	"strings"
	"sync"
)

var (
	ordinal = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^第?(首|\d{1,3}|[一二三四五六七八九十]{1,3}|[IVX]{1,4})(期|批|批次|期次|笔|次|付)?(土地)?(款|价款|出让金)?(缴款|缴纳)?(\(共[\d一二三四五六七八九十]+[期批笔次件项条个家户]\))?$`)
	})
	atOnce = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(一次性|一次|全款|全额)(缴清|付清|缴纳|缴款|付款|交清|全款|全额|结清)*$`)
	})
	severalOf = sync.OnceValue(func() *regexp.Regexp {
		const number = `[\d一二三四五六七八九十]+`
		return regexp.MustCompile(`^第?` + number + `[期批笔次]?([、,，和及至到~～\-—–]+第?` + number + `[期批笔次]?)+$`)
	})
	romans = map[string]int{"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10}
)

// Ordinal reads which one of several something is: 首期, 第2笔, 二期款, Ⅲ期; what is paid at once is the first. several: it
// names more than one (第一、二期).
func Ordinal(s string) (n int, several bool) {
	s = strings.ReplaceAll(Plain(s), " ", "")
	if atOnce().MatchString(s) {
		return 1, false
	}
	m := ordinal().FindStringSubmatch(s)
	if m == nil {
		return 0, severalOf().MatchString(s) && strings.ContainsAny(s, "期批笔次")
	}
	switch no := m[1]; {
	case no == "首":
		if m[2]+m[4] == "" {
			return 0, false
		}
		return 1, false
	case romans[no] > 0:
		return romans[no], false
	case Atoi(no) > 0:
		return Atoi(no), false
	default:
		n, _ = ChineseInt(no)
		return n, false
	}
}
