package ingest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"taizhang/ingest/forms"
)

// Keys are the secrets of the keyed hashes: one per zone, and one per form that must not join to the rest.
type Keys map[string][]byte

// hash gives the keyed hash by which equal sensitive values still join.
func (k Keys) hash(scope, value string) string {
	key, ok := k[scope]
	if !ok {
		key = k["zone"]
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte(value))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// mask hides a sensitive value as CONTRACT shows it.
func mask(t forms.Type, v string) string {
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
	idInText    = regexp.MustCompile(`\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]`)
	phoneInText = regexp.MustCompile(`1[3-9]\d(?:[- ]?\d{4}){2}`)
)

// maskText hides identity and mobile numbers that stand inside a text.
func maskText(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= '0' && r <= '9' || r >= '０' && r <= '９' }) {
		return s
	}
	s = digitsFolded(s)
	s = replaceAlone(s, idInText, func(m string) string { return mask(forms.ID, m) })
	return replaceAlone(s, phoneInText, func(m string) string {
		return mask(forms.Phone, strings.NewReplacer("-", "", " ", "").Replace(m))
	})
}

// digitsFolded makes full-width digits plain, so that none slips through a mask.
func digitsFolded(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, s)
}

// replaceAlone replaces matches that are not part of a longer number.
func replaceAlone(s string, re *regexp.Regexp, f func(string) string) string {
	var b strings.Builder
	last := 0
	digit := func(i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }
	for at := 0; at < len(s); {
		loc := re.FindStringIndex(s[at:])
		if loc == nil {
			break
		}
		from, to := at+loc[0], at+loc[1]
		if digit(from-1) || digit(to) {
			at = from + 1
			continue
		}
		b.WriteString(s[last:from])
		b.WriteString(f(s[from:to]))
		last, at = to, to
	}
	b.WriteString(s[last:])
	return b.String()
}

const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var (
	usccShape  = regexp.MustCompile(`^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$`)
	taxNoShape = regexp.MustCompile(`^[0-9A-Z]{15,20}$`)
	idShape    = regexp.MustCompile(`^\d{17}[\dX]$`)
	phoneShape = regexp.MustCompile(`^(1\d{10}|0\d{2,3}-?\d{7,8}|\d{7,8})$`)
)

// usccCheck gives the check character of a 统一社会信用代码 (GB 32100-2015, 5.5): weights 3^i mod 31.
func usccCheck(code string) byte {
	sum, w := 0, 1
	for i := 0; i < 17; i++ {
		sum += strings.IndexByte(usccAlphabet, code[i]) * w
		w = w * 3 % 31
	}
	return usccAlphabet[(31-sum%31)%31]
}

// idCheck gives the check character of a 公民身份号码 (GB 11643-1999, ISO 7064 MOD 11-2).
func idCheck(id string) byte {
	sum := 0
	for i := 0; i < 17; i++ {
		w := 1 << (17 - i) % 11
		sum += int(id[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}
