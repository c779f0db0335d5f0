package written

import (
	"errors"
	"math/big"
	"regexp"
	"strings"
	"sync"

	"taizhang/internal/spelling"
)

// Decimal is an exact decimal number: coefficient × 10^exp.
type Decimal struct {
	coef big.Int
	Exp  int
}

var numberText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?([eE][-+]?\d{1,3})?$`)
})

var errNotNumber = errors.New("not a number")

// smallDecimal reads what most numbers are: a sign, up to 18 digits, a point among them.
func smallDecimal(s string) (n int64, exp int, ok bool) {
	i := 0
	if s != "" && (s[0] == '-' || s[0] == '+') {
		i = 1
	}
	digits, point := 0, -1
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			if digits++; digits > 18 {
				return 0, 0, false
			}
			n = n*10 + int64(c-'0')
		case c == '.' && point < 0 && i+1 < len(s):
			point = i
		default:
			return 0, 0, false
		}
	}
	if digits == 0 {
		return 0, 0, false
	}
	if point >= 0 {
		exp = point + 1 - len(s)
	}
	if s[0] == '-' {
		n = -n
	}
	return n, exp, true
}

// ParseDecimal reads a plain number, with thousands separators allowed.
func ParseDecimal(s string) (Decimal, error) {
	var d Decimal
	if n, exp, ok := smallDecimal(s); ok {
		d.coef.SetInt64(n)
		d.Exp = exp
		return d, nil
	}
	if s == "" || !numberText().MatchString(s) || !strings.ContainsAny(s, "0123456789") {
		return d, errNotNumber
	}
	s = strings.ReplaceAll(s, ",", "")
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		var e int
		neg := false
		for _, c := range s[i+1:] {
			switch c {
			case '-':
				neg = true
			case '+':
			default:
				e = e*10 + int(c-'0')
			}
		}
		if neg {
			e = -e
		}
		d.Exp, s = e, s[:i]
	}
	if i := strings.IndexByte(s, '.'); i >= 0 {
		d.Exp -= len(s) - i - 1
		s = s[:i] + s[i+1:]
	}
	if _, ok := d.coef.SetString(s, 10); !ok {
		return d, errNotNumber
	}
	return d, nil
}

// Rounded gives the number of 10^-scale units nearest to d (half away from zero), and what it lost by rounding:
// 0 nothing, 1 only the float noise of a spreadsheet, 2 digits that somebody wrote.
func (d *Decimal) Rounded(scale int) (*big.Int, int) {
	shift := d.Exp + scale
	if shift == 0 { // nearly all amounts
		return new(big.Int).Set(&d.coef), 0
	}
	out := new(big.Int)
	if shift >= 0 {
		if shift > 40 {
			shift = 40
		}
		return out.Mul(&d.coef, Pow10(shift)), 0
	}
	q, r := new(big.Int).QuoRem(&d.coef, Pow10(-shift), new(big.Int))
	if r.Sign() == 0 {
		return q, 0
	}
	lost := 2
	// A double carries 15 to 17 significant digits: a remainder within the last two of them is noise, not money.
	digits := len(new(big.Int).Abs(&d.coef).String())
	if digits >= 15 {
		half := Pow10(-shift)
		gap := new(big.Int).Abs(r)
		if other := new(big.Int).Sub(half, gap); other.Cmp(gap) < 0 {
			gap = other
		}
		if len(gap.String()) <= max(1, digits-13) || gap.Sign() == 0 {
			lost = 1
		}
	}
	twice := new(big.Int).Abs(r)
	twice.Lsh(twice, 1)
	if twice.Cmp(Pow10(-shift)) >= 0 {
		q.Add(q, big.NewInt(int64(d.coef.Sign())))
	}
	return q, lost
}

// Pow10 gives ten to the nth power, one where n is negative. The number is shared and not to be changed.
func Pow10(n int) *big.Int {
	if n = max(n, 0); n < len(pow10) {
		return pow10[n]
	}
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

var pow10 = func() (p [19]*big.Int) { // what amounts need
	n := int64(1)
	for i := range p {
		p[i] = big.NewInt(n)
		n *= 10
	}
	return p
}()

// fixed is Fixed of what nearly all amounts are.
func fixed(n int64, scale int) string {
	var text [40]byte
	at := len(text)
	for place := 0; n > 0 || place <= scale; place++ {
		if place == scale {
			at--
			text[at] = '.'
		}
		at--
		text[at] = byte('0' + n%10)
		n /= 10
	}
	return string(text[at:])
}

// Fixed writes n units of 10^-scale as a decimal text.
func Fixed(n *big.Int, scale int) string {
	if n.IsInt64() && scale > 0 && scale <= 18 {
		if small := n.Int64(); small >= 0 {
			return fixed(small, scale)
		}
	}
	s := new(big.Int).Abs(n).String()
	if len(s) <= scale {
		s = strings.Repeat("0", scale-len(s)+1) + s
	}
	if scale > 0 {
		s = s[:len(s)-scale] + "." + s[len(s)-scale:]
	}
	if n.Sign() < 0 {
		s = "-" + s
	}
	return s
}

var (
	moneyTail = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(.*?)(人民币元|百万元|百万|千万元|万元|百元|千元|亿元|元整|元|万|亿)$`)
	})
	moneySigns = strings.NewReplacer("¥", "", "￥", "", "RMB", "", "人民币", "", "，", ",")
	// digitGap is a space between digits, groupedDigits a number whose spaces divide thousands.
	digitGap      = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\d +[\d.]|\. +\d`) })
	groupedDigits = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[^\d]*\d{1,3}( \d{3})+(\.\d+)?[^\d]*$`)
	})
)

// HasGap says whether a text is a number but for spaces among its digits that divide no thousands.
func HasGap(s string) bool {
	s, _, _ = MoneyText(s)
	if !digitGap().MatchString(s) {
		return false
	}
	_, err := ParseDecimal(strings.ReplaceAll(s, " ", ""))
	return err == nil
}

// CloseUp leaves the spaces of a number out. Those between digits stay unless they divide thousands: 1 234 is a number,
// 2 5 may be 25, 2.5 or two of them, and is none.
func CloseUp(s string) string {
	if !strings.Contains(s, " ") || digitGap().MatchString(s) && !groupedDigits().MatchString(s) {
		return s
	}
	return strings.ReplaceAll(s, " ", "")
}

// bareNumber tells the texts that are a number and nothing else: most amounts.
func bareNumber(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < '0' && c != '.' && (c != '-' || i > 0) || c > '9' {
			return false
		}
	}
	return s != ""
}

// MoneyText splits a money text into its number and the unit written in the cell.
func MoneyText(s string) (num string, unit int, hasUnit bool) {
	if bareNumber(s) {
		return s, 0, false
	}
	s = CloseUp(strings.TrimSpace(moneySigns.Replace(Plain(s))))
	if strings.HasSuffix(s, "元)") && s[0] != '(' { // 300(万元)
		s = bracketedUnit().ReplaceAllString(s, "$1$2")
	}
	whole := s
	if m := moneyTail().FindStringSubmatch(s); m != nil {
		s, hasUnit = m[1], true
		unit = MoneyUnits[strings.TrimSuffix(m[2], "整")]
	}
	switch n := len(s); {
	case n > 2 && s[0] == '(' && s[n-1] == ')':
		s = "-" + s[1:n-1]
	case n > 1 && s[n-1] == '-' && digit(s[n-2]): // 250000.25-, as some programs write it
		s = "-" + s[:n-1]
	}
	if !spelling.IsASCII(s) {
		if n, inYuan, ok := wordedAmount(whole); ok {
			return n, 0, inYuan
		}
	}
	return s, unit, hasUnit
}

// bracketedUnit is a unit in brackets behind its number.
var bracketedUnit = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([\d.,]+)\(([百千万十亿]*元)\)$`) })

// oddUnit are units that are written for money and are none in yuan: 万美元, 港元, K, 亿卢布, 元/亩, 吨.
var oddUnit = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:(?:十|百|千|万|亿)*(?:美元|美金|美刀|港币|港元|港纸|欧元|欧|日元|日圆|英镑|镑|澳元|加元|韩元|卢布|卢比|法郎|泰铢|新元|新币|新台币|台币|澳门币|澳门元|外币|美|刀|块|吨|公斤|千克|斤|亩|平方米|平米|立方米|千瓦时|度|股|份|%|‰)|` +
		`(?:us|hk|nt|a|c)?\$|€|£|₽|₩|usd|eur|hkd|jpy|gbp|aud|cad|krw|rub|twd|mop|(?:k|w|m|b)元?|mm|mn|bn|(?:m|k|b|w)?usd|usd(?:m|k|b|mn|bn)|(?:thousand|million|billion)s?|[\d.]*(?:k|w|m|mn|b|bn|ten|hundred|thousand|million|billion)*(?:yuan|rmb|cny)(?:per[a-z]+)?|(?:rmb|cny)[\d.]*(?:k|w|m|mn|b|bn|ten|hundred|thousand|million|billion)+|` +
		`(?:十|百|千|万|亿)+[^\d元人户个家次件场]{1,4}|\p{Han}{1,4}[元币圆镑](?:/.+)?|(?:万|亿)?元/.+)$`)
})

// OddUnit finds a unit in a heading or note that is written and is none of money in yuan. What says nothing of a unit
// gives none.
func OddUnit(text string) (string, bool) {
	s := quotes.Replace(spelling.Squash(text))
	var notes []string
	for _, m := range InParens().FindAllStringSubmatch(s, -1) {
		notes = append(notes, m[1])
	}
	if i := strings.LastIndexAny(s, "/:_-"); i >= 0 && !strings.ContainsAny(s, "([【") {
		if notes = append(notes, s[i+1:]); unitConflict(s[strings.IndexAny(s, "/:_-")+1:]) != "" { // 兑付金额/元/万元
			return unitConflict(s), true
		}
	}
	for _, note := range notes {
		if word, odd := OddWord(note); odd {
			return word, true
		}
	}
	return "", false
}

// OddWord is OddUnit of a note by itself: 单位：万美元.
func OddWord(note string) (string, bool) {
	if word := unitConflict(note); word != "" {
		return word, true
	}
	if _, known := UnitIn(note); known {
		return "", false
	}
	for _, w := range unitPieces(note) {
		if oddUnit().MatchString(w) {
			return w, true
		}
	}
	return "", false
}

var (
	// otherCurrency is a currency other than yuan, with or without its power of ten.
	otherCurrency = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:十|百|千|万|亿)*(?:美元|美金|美刀|港币|港元|港纸|欧元|日元|日圆|英镑|澳元|加元|韩元|卢布|卢比|法郎|泰铢|新元|新币|新台币|台币|澳门币|澳门元|外币|(?:us|hk|nt|a|c)?\$|€|£|₽|₩|usd|eur|hkd|jpy|gbp|aud|cad|krw|rub|twd|mop)$`)
	})
	// ratePer is an amount per something: 元/户, 万元／亩.
	ratePer = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:^|单位|[:(\[【])((?:十|百|千|万|百万|亿)?元/([^/、,;]+))$`)
	})
)

// unitConflict finds what takes a unit of yuan in the same note back: another currency (万元/港币), two units of yuan
// (元/万元), a rate (元/户). It is empty where nothing does, as in 户、人、万元.
func unitConflict(note string) string {
	if !strings.ContainsAny(note, "元万亿$€£USDHKusdhk币") {
		return ""
	}
	known, text := "", spelling.Squash(note)
	for _, w := range unitPieces(note) {
		if otherCurrency().MatchString(w) {
			return w
		}
		if _, yuan := MoneyUnits[w]; yuan && w != "" {
			if known != "" && MoneyUnits[known] != MoneyUnits[w] {
				return known + "/" + w
			}
			known = w
		}
	}
	if m := ratePer().FindStringSubmatch(strings.Trim(text, "()[]【】")); m != nil {
		if _, yuan := MoneyUnits[m[2]]; !yuan && m[2] != "人民币" {
			return m[1]
		}
	}
	return ""
}

// currencyBefore is a currency other than yuan in front of the digits of a number format.
var currencyBefore = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\[\$((?:US|HK|NT|A|C)?\$|€|£|[A-Z]{3})[^\]]*\]|"\s*((?:US|HK|NT)?\$|€|£|USD|EUR|HKD|JPY|GBP)\s*"|\\(\$|€|£)|^[^"\[;]*(\$|€|£)`)
})

// OddFormat finds a unit in a number format, behind the digits (literal) or before them, that is none of money in yuan.
func OddFormat(format, literal string) (string, bool) {
	if literal != "" && literal != "%" {
		if word, odd := OddWord(literal); odd {
			return word, true
		}
	}
	if !strings.ContainsAny(format, "$€£\"") {
		return "", false
	}
	for _, m := range currencyBefore().FindStringSubmatch(format) {
		if m != "" && m != "CNY" && m != "RMB" && len(m) < len(format) && len(m) < 5 {
			return m, true
		}
	}
	return "", false
}

var chineseDigits = map[rune]int{'〇': 0, '零': 0, '○': 0, 'Ｏ': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}

// ChineseInt reads 十五, 二十三, 二〇二二; ok is false for anything else.
func ChineseInt(s string) (int, bool) {
	if s == "" {
		return 0, false
	}
	if !strings.ContainsAny(s, "十百") {
		n := 0
		for _, r := range s {
			d, ok := chineseDigits[r]
			if !ok {
				return 0, false
			}
			n = n*10 + d
		}
		return n, true
	}
	total, cur, seen := 0, 0, false
	for _, r := range s {
		switch {
		case r == '百':
			total += max(cur, 1) * 100
			cur, seen = 0, false
		case r == '十':
			if !seen {
				cur = 1
			}
			total += cur * 10
			cur, seen = 0, false
		default:
			d, ok := chineseDigits[r]
			if !ok {
				return 0, false
			}
			cur, seen = d, true
		}
	}
	return total + cur, true
}

var intText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^第?([-+]?[\d,]+(?:\.0+)?|[〇零一二两三四五六七八九十百]+)(人次|家次|人|户|个|家|批次|批|期|次|名|岗|场|件|项)?$`)
})

// digitsOnly reads what is nothing but a few digits.
func digitsOnly(s string) (n int64, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' || i == 15 {
			return 0, false
		}
		n = n*10 + int64(s[i]-'0')
	}
	return n, s != ""
}

// ScaledInt reads a number of things that are counted in a power of ten; bare says that it is a plain number, and no text such as
// 400个, whole that it comes to a whole number of things.
func ScaledInt(s string, exp int) (n int64, bare, whole bool) {
	d, err := ParseDecimal(CloseUp(Plain(s)))
	if err != nil {
		return 0, false, false
	}
	d.Exp += exp
	r, lost := d.Rounded(0)
	return r.Int64(), true, lost != 2 && r.IsInt64()
}

// ParseInt reads a whole number as people write it: 1,234人, 第3批, 十五.
func ParseInt(s string) (int64, bool) {
	if n, ok := digitsOnly(s); ok { // as nearly all are written
		return n, true
	}
	m := intText().FindStringSubmatch(CloseUp(Plain(s)))
	if m == nil {
		return 0, false
	}
	if n, ok := ChineseInt(m[1]); ok {
		return int64(n), true
	}
	d, err := ParseDecimal(m[1])
	if err != nil {
		return 0, false
	}
	n, lost := d.Rounded(0)
	if lost != 0 || !n.IsInt64() {
		return 0, false
	}
	return n.Int64(), true
}
