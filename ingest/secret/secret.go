// Package secret knows the numbers of persons and taxpayers, so that they can
// be told, masked and joined without being kept: identity numbers (GB
// 11643-1999) and 统一社会信用代码 (GB 32100-2015) with their check characters,
// mobile numbers, and the keyed hashes by which equal values still join.
//
// Words: a mask is what stands for a sensitive value wherever it is shown; a
// hash is keyed, so that nobody without the zone's keys can try numbers.
package secret

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"taizhang/ingest/forms"
	"taizhang/ingest/written"
)

// Keys are the secrets of the keyed hashes: one per zone, and one per form that must not join to the rest.
type Keys map[string][]byte

// Hash gives the keyed hash by which equal sensitive values still join.
func (k Keys) Hash(scope, value string) string {
	key, ok := k[scope]
	if !ok {
		key = k["zone"]
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte(value))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// Mask hides a sensitive value as CONTRACT shows it.
func Mask(t forms.Type, v string) string {
	r := []rune(v)
	keep := func(head, tail int) string {
		if len(r) <= head+tail {
			return strings.Repeat("*", len(r))
		}
		return string(r[:head]) + strings.Repeat("*", len(r)-head-tail) + string(r[len(r)-tail:])
	}
	switch {
	case len(r) == 0:
		return ""
	case t != forms.Person && strings.ContainsFunc(v, func(c rune) bool { return unicode.Is(unicode.Han, c) }): // a name in the wrong column
		return string(r[0]) + "***"
	case t == forms.Person:
		return string(r[0]) + "*"
	case t == forms.Firm:
		return string(r[0]) + "***"
	case t == forms.ID:
		return keep(4, 4)
	case t == forms.Phone:
		return keep(3, 4)
	case t == forms.TaxNo:
		return keep(4, 3)
	}
	return v
}

// MaskText hides identity and mobile numbers that stand inside a text, however they are spaced.
func MaskText(s string) string {
	out, _ := MaskNumbers(s, false)
	return out
}

// token is a run of digits in a text, in runes.
type token struct {
	from, to int
	digits   string
}

// MaskNumbers is maskText; strict leaves alone what only looks like an identity number, as numbers of documents do.
func MaskNumbers(s string, strict bool) (out string, found bool) {
	digits := 0
	for _, r := range s {
		if digitOf(r) >= 0 {
			digits++
		}
	}
	if digits < 11 {
		return s, false
	}
	runes := []rune(s)
	tokens := tokensOf(runes)
	var b strings.Builder
	last := 0
	for i := 0; i < len(tokens); i++ {
		to, masked, ok := numberAt(runes, tokens[i:], strict)
		if !ok {
			continue
		}
		b.WriteString(string(runes[last:tokens[i].from]))
		b.WriteString(masked)
		last = to
		for i+1 < len(tokens) && tokens[i+1].from < to {
			i++
		}
	}
	if last == 0 {
		return s, false
	}
	b.WriteString(string(runes[last:]))
	return b.String(), true
}

// tokensOf finds the runs of digits; invisible characters don't end one.
func tokensOf(runes []rune) []token {
	var tokens []token
	for i := 0; i < len(runes); i++ {
		if digitOf(runes[i]) < 0 {
			continue
		}
		t := token{from: i}
		var d []byte
		for ; i < len(runes); i++ {
			n := digitOf(runes[i])
			if n < 0 && !unicode.Is(unicode.Cf, runes[i]) {
				break
			}
			if n >= 0 {
				d = append(d, byte('0'+n))
				t.to = i + 1
			}
		}
		t.digits = string(d)
		tokens = append(tokens, t)
	}
	return tokens
}

func digitOf(r rune) int {
	switch {
	case r >= '0' && r <= '9':
		return int(r - '0')
	case r >= '０' && r <= '９':
		return int(r - '０')
	}
	return -1
}

// numberAt reads an identity or mobile number that begins with the first token and may go on over the next ones,
// parted by spaces or dashes.
func numberAt(runes []rune, tokens []token, strict bool) (to int, masked string, ok bool) {
	all := ""
	for n := range tokens {
		if n > 0 && !near(runes, tokens[n-1].to, tokens[n].from) {
			return 0, "", false
		}
		all += tokens[n].digits
		if n > 0 && len(tokens[0].digits) < 3 && len(all) != n+1 { // 1 3 8 … is a number spelled out, 15 2022 is not
			return 0, "", false
		}
		if len(all) > 18 {
			return 0, "", false
		}
		to = tokens[n].to
		if m, end, ok := identity(runes, all, to, strict); ok {
			return end, m, true
		}
		phone := all
		for _, prefix := range []string{"0086", "86", "0"} {
			if rest, cut := strings.CutPrefix(all, prefix); cut && len(rest) == 11 {
				phone = rest
			}
		}
		if mobile().MatchString(phone) && (n+1 == len(tokens) || !near(runes, to, tokens[n+1].from) || n == 0 || len(tokens[n+1].digits) > 2) {
			return to, Mask(forms.Phone, phone), true
		}
	}
	return 0, "", false
}

// near says whether only a space or dash stands between two runs of digits.
func near(runes []rune, from, to int) bool {
	if to-from > 2 || to <= from {
		return false
	}
	for _, r := range runes[from:to] {
		if !unicode.IsSpace(r) && !strings.ContainsRune("-－–—‐‑−·•_", r) {
			return false
		}
	}
	return true
}

// identity reads digits as an identity number of 18 or, before 2000, 15 places; its last may be an X after the digits.
func identity(runes []rune, digits string, to int, strict bool) (masked string, end int, ok bool) {
	switch len(digits) {
	case 17:
		for end = to; end < len(runes) && end < to+2; end++ {
			if r := runes[end]; strings.ContainsRune("XxＸｘ×", r) {
				digits += "X"
				end++
				break
			} else if !near(runes, end, end+1) {
				return "", 0, false
			}
		}
		if len(digits) != 18 {
			return "", 0, false
		}
	case 15, 18:
		end = to
	default:
		return "", 0, false
	}
	if !provinces[digits[:2]] {
		return "", 0, false
	}
	if len(digits) == 15 {
		return Mask(forms.ID, digits), end, birthday().MatchString("19"+digits[6:12]) && !strict
	}
	if !birthday().MatchString(digits[6:14]) || strict && IDCheck(digits) != digits[17] && digits[6:10] > "2010" {
		return "", 0, false
	}
	return Mask(forms.ID, digits), end, true
}

var (
	mobile   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^1[3-9]\d{9}$`) })
	birthday = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$`)
	})
	provinces = map[string]bool{}
)

func init() {
	for _, p := range strings.Fields("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83") {
		provinces[p] = true
	}
}

const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var (
	CreditCodeShape = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$`)
	})
	TaxNoShape = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9A-Z]{15,20}$`) })
	IDShape    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\d{17}[\dX]$`) })
	PhoneShape = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(1\d{10}|0\d{2,3}-?\d{7,8}|\d{7,8})$`) })
)

// CreditCodeCheck gives the check character of a 统一社会信用代码 (GB 32100-2015, 5.5): weights 3^i mod 31.
func CreditCodeCheck(code string) byte {
	sum, w := 0, 1
	for i := 0; i < 17; i++ {
		sum += strings.IndexByte(usccAlphabet, code[i]) * w
		w = w * 3 % 31
	}
	return usccAlphabet[(31-sum%31)%31]
}

// IsPersonal says whether what stands in the place of a 统一社会信用代码, and has its shape, is a person's identity number:
// one by its own check character, or with a slip in it and no code either. A code whose digits happen to read as a
// province and a birthday stays a code.
func IsPersonal(s string) bool {
	digits := strings.TrimSuffix(s, "X")
	_, _, ok := identity([]rune(s), digits, len(digits), false)
	return ok && IDShape().MatchString(s) && (IDCheck(s) == s[17] || CreditCodeCheck(s) != s[17])
}

// IDCheck gives the check character of a 公民身份号码 (GB 11643-1999, ISO 7064 MOD 11-2).
func IDCheck(id string) byte {
	sum := 0
	for i := 0; i < 17; i++ {
		w := 1 << (17 - i) % 11
		sum += int(id[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

// PersonNumber tidies an identity or mobile number and gives its mask; ok is false for anything else.
func PersonNumber(text string, phone bool) (number, masked string, ok bool) {
	number = strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "　", "").Replace(written.Plain(text)))
	if phone {
		return number, Mask(forms.Phone, number), PhoneShape().MatchString(number)
	}
	return number, Mask(forms.ID, number), IDShape().MatchString(number)
}
