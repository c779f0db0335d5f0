package written

import (
	"math/big"
	"strings"
)

// Amounts and ratios in words, wholly or in part: 12万5千元, 3亿2000万, 五千二百元整, 壹万贰仟圆, 百分之八十五, 八成五. What people say
// in short and may mean in two ways (12万5, 五千二) is none.

// wordedDigits are the digits of amounts, also as banks write them.
var wordedDigits = map[rune]int64{'一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9,
	'壹': 1, '贰': 2, '叁': 3, '肆': 4, '伍': 5, '陆': 6, '柒': 7, '捌': 8, '玖': 9}

// wordedUnits are the powers of ten that stand behind digits.
var wordedUnits = map[rune]int{'十': 1, '拾': 1, '百': 2, '佰': 2, '千': 3, '仟': 3, '万': 4, '萬': 4, '亿': 8, '億': 8}

const mayBeWorded = "十拾百佰千仟万萬亿億元圆角分"

// wordedScale is the precision in which an amount is put together: of 0.0001亿 nothing is lost.
const wordedScale = 12

// worded is an amount that is being read.
type worded struct {
	whole, part big.Int // above the last 万 or 亿; below it
	digits      big.Int // that wait for their unit
	waiting     int     // how many characters these are; 0: none
	arabic      bool    // they are 0 … 9
	decimals    bool    // they have a point, so nothing may follow their unit
	ended       bool    // nothing more may follow
	last        int     // the last unit
	big         int     // the last of 万 and 亿
	nought      bool    // 零 stands before the digits
	units, some bool    // a unit of yuan is said; anything is
}

// wordedAmount reads an amount of money; inYuan says that it names its unit.
func wordedAmount(s string) (n string, inYuan, ok bool) {
	if !strings.ContainsAny(s, mayBeWorded) || len(s) > 90 {
		return "", false, false
	}
	w := worded{last: 99}
	yuan, after, hasYuan := cutAny(s, "元圆")
	if n, ok := ChineseInt(yuan); ok && hasYuan && (after == "" || after == "整") && !strings.ContainsAny(yuan, "十百") { // 二〇〇元
		return Fixed(big.NewInt(int64(n)), 0), true, true
	}
	if !hasYuan {
		after = ""
	}
	if !w.read([]rune(yuan)) || !w.finish(hasYuan) {
		return "", false, false
	}
	total := new(big.Int).Add(&w.whole, &w.part)
	for _, coin := range []struct {
		sign string
		exp  int
	}{{"角", wordedScale - 1}, {"分", wordedScale - 2}} {
		before, rest, has := strings.Cut(after, coin.sign)
		if !has {
			continue
		}
		if before == "零" { // 零角零分
			after = rest
			continue
		}
		digit := []rune(strings.TrimPrefix(before, "零"))
		if len(digit) != 1 {
			return "", false, false
		}
		d, known := wordedDigits[digit[0]]
		if digit[0] >= '0' && digit[0] <= '9' {
			d, known = int64(digit[0]-'0'), true
		}
		if !known {
			return "", false, false
		}
		total.Add(total, new(big.Int).Mul(big.NewInt(d), Pow10(coin.exp)))
		after = rest
	}
	if after != "" && after != "整" && after != "正" {
		return "", false, false
	}
	text := Fixed(total, wordedScale)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), "."), hasYuan || w.units, true
}

// cutAny cuts a text at the first of some characters.
func cutAny(s, of string) (before, after string, ok bool) {
	i := strings.IndexAny(s, of)
	if i < 0 {
		return s, "", false
	}
	n := strings.IndexFunc(s[i:], func(r rune) bool { return !strings.ContainsRune(of, r) })
	if n < 0 {
		return s[:i], "", true
	}
	return s[:i], s[i+n:], true
}

func (w *worded) read(text []rune) bool {
	for i := 0; i < len(text); {
		r := text[i]
		if w.ended {
			return false
		}
		switch {
		case r == '零' || r == '〇':
			if w.waiting > 0 || !w.some {
				return false
			}
			w.nought = true
			i++
		case r >= '0' && r <= '9':
			if w.waiting > 0 {
				return false
			}
			j := i
			for j < len(text) && (text[j] >= '0' && text[j] <= '9' || text[j] == '.' || text[j] == ',') {
				j++
			}
			d, err := ParseDecimal(string(text[i:j]))
			if err != nil || d.Exp < -4 {
				return false
			}
			n, _ := d.Rounded(wordedScale)
			w.digits.Set(n)
			w.waiting, w.arabic, w.decimals, w.some = j-i, true, d.Exp < 0, true
			i = j
		default:
			if d, ok := wordedDigits[r]; ok {
				if w.waiting > 0 {
					return false
				}
				w.digits.Mul(big.NewInt(d), Pow10(wordedScale))
				w.waiting, w.arabic, w.decimals, w.some = 1, false, false, true
				i++
				continue
			}
			unit, ok := wordedUnits[r]
			if !ok || !w.unit(unit) {
				return false
			}
			i++
		}
	}
	return w.some
}

// unit takes the digits that wait for their unit.
func (w *worded) unit(unit int) bool {
	if w.waiting == 0 && unit == 1 && w.part.Sign() == 0 && !w.nought { // 十五
		w.digits.Set(Pow10(wordedScale))
		w.waiting, w.some = 1, true
	}
	w.units = w.units || unit >= 4 || w.arabic && w.waiting > 0
	w.ended = w.decimals && w.waiting > 0
	switch {
	case unit < 4:
		if w.waiting == 0 || unit >= w.last {
			return false
		}
		w.part.Add(&w.part, new(big.Int).Mul(&w.digits, Pow10(unit)))
		w.last = unit
	default:
		w.part.Add(&w.part, &w.digits)
		if w.part.Sign() == 0 && (unit == 4 || w.whole.Sign() == 0) {
			return false
		}
		if w.big == unit {
			return false
		}
		w.big = unit
		if unit == 8 { // 一万亿
			w.part.Add(&w.part, &w.whole)
			w.whole.SetInt64(0)
		}
		w.whole.Add(&w.whole, w.part.Mul(&w.part, Pow10(unit)))
		w.part.SetInt64(0)
		w.last = unit
	}
	w.digits.SetInt64(0)
	w.waiting, w.nought, w.decimals, w.arabic = 0, false, false, false
	return true
}

// finish takes digits without a unit: after 万 four of them, after 亿 eight, and others only where it is clear that they are ones.
func (w *worded) finish(yuan bool) bool {
	if w.waiting == 0 {
		return true
	}
	switch {
	case w.last == 99: // 五元
		if !yuan {
			return false
		}
	case w.nought || w.last == 1:
	case w.arabic && !w.decimals && w.waiting == w.last:
	default:
		return false
	}
	w.part.Add(&w.part, &w.digits)
	return true
}

// Ratio reads a ratio in words, in millionths: 百分之八十五, 百分之99.5, 八成五, 四分之三.
func Ratio(s string) (n *big.Int, ok bool) {
	s = strings.ReplaceAll(Plain(s), " ", "")
	if len(s) > 60 {
		return nil, false
	}
	if s == "百分百" || s == "百分之百" {
		return Pow10(6), true
	}
	if of, part, found := strings.Cut(s, "分之"); found {
		whole, known := map[string]int64{"百": 100, "千": 1000, "万": 10000}[of]
		if !known {
			k, ok := ChineseInt(of)
			if !ok || k < 2 || k > 100 {
				return nil, false
			}
			whole = int64(k)
		}
		return millionths(part, whole)
	}
	tens, rest, found := strings.Cut(s, "成")
	if !found || rest != "" && len([]rune(rest)) != 1 {
		return nil, false
	}
	if rest == "半" {
		rest = "五"
	}
	n, ok = millionths(tens, 10)
	if !ok || rest == "" {
		return n, ok
	}
	more, ok := millionths(rest, 100)
	if !ok || len([]rune(tens)) != 1 {
		return nil, false
	}
	return new(big.Int).Add(n, more), true
}

// millionths is a number in digits or words over a whole.
func millionths(s string, whole int64) (*big.Int, bool) {
	d, err := ParseDecimal(s)
	if err != nil {
		before, after, point := strings.Cut(s, "点")
		k, ok := ChineseInt(before)
		if !ok {
			return nil, false
		}
		text := Fixed(big.NewInt(int64(k)), 0)
		if point {
			text += "."
			for _, r := range after {
				digit, ok := ChineseInt(string(r))
				if !ok || digit > 9 {
					return nil, false
				}
				text += string(rune('0' + digit))
			}
		}
		if d, err = ParseDecimal(text); err != nil {
			return nil, false
		}
	}
	n, _ := d.Rounded(9)
	n = new(big.Int).Quo(n.Mul(n, big.NewInt(10)), big.NewInt(whole*1000))
	n.Add(n, big.NewInt(5))
	return n.Quo(n, big.NewInt(10)), true
}
