package written

import (
	"errors"
	"math/big"
	"regexp"
	"strings"

	"taizhang/ingest/sheet"
)

// Decimal is an exact decimal number: coefficient × 10^exp.
type Decimal struct {
	coef big.Int
	Exp  int
}

var numberText = regexp.MustCompile(`^[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?([eE][-+]?\d{1,3})?$`)

var errNotNumber = errors.New("not a number")

// ParseDecimal reads a plain number, with thousands separators allowed.
func ParseDecimal(s string) (Decimal, error) {
	var d Decimal
	if s == "" || !numberText.MatchString(s) || !strings.ContainsAny(s, "0123456789") {
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
	out := new(big.Int)
	shift := d.Exp + scale
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

func Pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// Fixed writes n units of 10^-scale as a decimal text.
func Fixed(n *big.Int, scale int) string {
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

var moneyTail = regexp.MustCompile(`^(.*?)(人民币元|百万元|千万元|万元|百元|千元|亿元|元整|元|万|亿)$`)

// MoneyText splits a money text into its number and the unit written in the cell.
func MoneyText(s string) (num string, unit int, hasUnit bool) {
	s = strings.NewReplacer("¥", "", "￥", "", "RMB", "", "人民币", "", " ", "", "，", ",").Replace(Plain(s))
	if m := moneyTail.FindStringSubmatch(s); m != nil {
		s, hasUnit = m[1], true
		unit = MoneyUnits[strings.TrimSuffix(m[2], "整")]
	}
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") && len(s) > 2 {
		s = "-" + s[1:len(s)-1]
	}
	return s, unit, hasUnit
}

// CellUnit is the money unit that a cell states itself: in its text, or in its number format (0.00"万元").
func CellUnit(c *sheet.Cell) (unit int, ok bool) {
	if c.Kind != sheet.Number {
		_, unit, ok = MoneyText(c.Text)
		return unit, ok
	}
	main, _, _ := strings.Cut(c.Format, ";")
	if m := formatUnit.FindStringSubmatch(strings.NewReplacer(`"`, "", `\\`, "").Replace(main)); m != nil {
		unit, ok = MoneyUnits[m[1]]
	}
	return unit, ok
}

var formatUnit = regexp.MustCompile(`(人民币元|百万元|千万元|万元|百元|千元|亿元|元|万|亿)\s*$`)

// ShownScale is by how many powers of ten a number format shows a number smaller than it is: 3 for 0.00, and 4 for
// 0!.0000, the way to show yuan as 万元.
func ShownScale(format string) int {
	main, _, _ := strings.Cut(format, ";")
	main = strings.ReplaceAll(main, "#,##0", "0")
	n := 0
	if i := strings.LastIndexAny(main, "0#"); i >= 0 {
		for _, r := range main[i+1:] {
			if r != ',' {
				break
			}
			n += 3
		}
		for _, point := range []string{"!.", `\.`, `"."`} {
			if j := strings.Index(main, point); j >= 0 {
				n += len(strings.Map(func(r rune) rune {
					if r == '0' || r == '#' {
						return r
					}
					return -1
				}, main[j:i+1]))
			}
		}
	}
	return n
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

var intText = regexp.MustCompile(`^第?([-+]?[\d,]+(?:\.0+)?|[〇零一二两三四五六七八九十百]+)(人次|家次|人|户|个|家|批次|批|期|次|名|岗|场|件|项)?$`)

// ParseInt reads a whole number as people write it: 1,234人, 第3批, 十五.
func ParseInt(s string) (int64, bool) {
	m := intText.FindStringSubmatch(strings.ReplaceAll(Plain(s), " ", ""))
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
