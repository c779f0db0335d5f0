// Package secret knows the numbers of persons and taxpayers, so that they can
// be told, masked and joined without being kept: identity numbers (GB
// 11643-1999) and 统一社会信用代码 (GB 32100-2015) with their check characters,
// mobile numbers, bank cards, passports, and the keyed hashes by which equal
// values still join.
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

var (
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
	// TaxNoShape is a credit code or a number of before 2015: 15 characters, or the number of an identity card of then (15) or now (18)
	// and two digits.
	TaxNoShape = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^([0-9A-Z]{15}|\d{17}|[0-9A-Z]{18}|\d{17}[\dX]\d{2})$`)
	})
	IDShape    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\d{17}[\dX]$`) })
	PhoneShape = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(1\d{10}|0\d{2,3}-?\d{7,8}|\d{7,8})$`) })
)

// HasCreditCodeShape is CreditCodeShape for one text, without the engine: whole columns are asked for.
func HasCreditCodeShape(s string) bool {
	if len(s) != 18 {
		return false
	}
	for i := range 18 {
		if value := usccValues[s[i]]; value < 0 || i >= 2 && i < 8 && value > 9 {
			return false
		}
	}
	return true
}

// usccValues are the values of the characters of such a code, -1 of others.
var usccValues = func() (values [256]int8) {
	for i := range values {
		values[i] = int8(strings.IndexByte(usccAlphabet, byte(i)))
	}
	return values
}()

// CreditCodeCheck gives the check character of a 统一社会信用代码 (GB 32100-2015, 5.5): weights 3^i mod 31.
func CreditCodeCheck(code string) byte {
	sum, w := 0, 1
	for i := 0; i < 17; i++ {
		sum += int(usccValues[code[i]]) * w
		w = w * 3 % 31
	}
	return usccAlphabet[(31-sum%31)%31]
}

// IsPersonal says whether what stands in the place of a 统一社会信用代码, and has its shape, is a person's identity number:
// one by its own check character, or with a slip in it and no code either. A code whose digits happen to read as a
// province and a birthday stays a code.
func IsPersonal(s string) bool {
	return digitsBefore(s) && IDShape().MatchString(s) && bornAs(s) && provinces[s[:2]] && (IDCheck(s) == s[17] || CreditCodeCheck(s) != s[17])
}

// digitsBefore says whether nothing but digits stands before the last character, which most codes end at.
func digitsBefore(s string) bool {
	for i := 0; i < len(s)-1; i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
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
