package ingest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
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

// maskText hides identity and mobile numbers that stand inside a text, however they are spaced.
func maskText(s string) string {
	out, _ := maskNumbers(s, false)
	return out
}

// token is a run of digits in a text, in runes.
type token struct {
	from, to int
	digits   string
}

// maskNumbers is maskText; strict leaves alone what only looks like an identity number, as numbers of documents do.
func maskNumbers(s string, strict bool) (out string, found bool) {
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
		if mobile.MatchString(phone) && (n+1 == len(tokens) || !near(runes, to, tokens[n+1].from) || n == 0 || len(tokens[n+1].digits) > 2) {
			return to, mask(forms.Phone, phone), true
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
		return mask(forms.ID, digits), end, birthday.MatchString("19"+digits[6:12]) && !strict
	}
	if !birthday.MatchString(digits[6:14]) || strict && idCheck(digits) != digits[17] && digits[6:10] > "2010" {
		return "", 0, false
	}
	return mask(forms.ID, digits), end, true
}

var (
	mobile    = regexp.MustCompile(`^1[3-9]\d{9}$`)
	birthday  = regexp.MustCompile(`^(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$`)
	provinces = map[string]bool{}
)

func init() {
	for _, p := range strings.Fields("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83") {
		provinces[p] = true
	}
}

// secrets are the sensitive values of a line, to be hidden wherever else they stand in it.
func (t *typer) secrets(l *line) []secret {
	if !t.private {
		return nil
	}
	var out []secret
	for k := range t.form.Columns {
		c := &t.form.Columns[k]
		if !c.Type.Sensitive() {
			continue
		}
		if v := plain(l.cells[k].Text); len([]rune(v)) >= 2 && !dashes[strings.ToLower(v)] {
			m := mask(c.Type, strings.ReplaceAll(v, " ", ""))
			out = append(out, secret{v, m})
			if s := strings.ReplaceAll(v, " ", ""); s != v {
				out = append(out, secret{s, m})
			}
		}
	}
	return out
}

// hidden masks what a text says of the line's sensitive values, and identity and mobile numbers.
func (t *typer) hidden(s string) string {
	for _, h := range t.hide {
		s = strings.ReplaceAll(s, h.value, h.mask)
	}
	return maskText(s)
}

// quote is a text as findings may quote it. In a form that holds sensitive values anything may stand in the wrong
// column: there only numbers, dates and names of units are quoted, of the rest the first character.
func (t *typer) quote(s string, n int) string {
	s = short(t.hidden(tidy(s)), n)
	if !t.private || s == "" {
		return s
	}
	if _, _, isNumber := quotable(s); isNumber {
		return s
	}
	if t.in != nil {
		if _, ok := t.in.Zone.Match(s); ok {
			return s
		}
	}
	return string([]rune(s)[:1]) + "***"
}

// quotable reads a short number, a code or a date: none of them names anybody.
func quotable(s string) (decimal, wrote, bool) {
	num, _, _ := moneyText(s)
	if d, err := parseDecimal(num); err == nil && len(num) < 12 {
		return d, wrote{}, true
	}
	if plainCode.MatchString(s) && !longRun.MatchString(s) {
		return decimal{}, wrote{}, true
	}
	w, ok := parseWritten(s)
	return decimal{}, w, ok
}

var (
	plainCode = regexp.MustCompile(`^[A-Za-z]{0,4}[-_/]?\d[-_/A-Za-z\d]{0,15}$`)
	longRun   = regexp.MustCompile(`\d{7}`)
)

// shown is a cell's text as findings may quote it; doubtful where it may stand in the wrong column.
func (t *typer) shown(c *sheet.Cell, col *forms.Column, doubtful bool) string {
	s := dateText(*c)
	if col.Type.Sensitive() {
		return mask(col.Type, strings.ReplaceAll(plain(s), " ", ""))
	}
	if doubtful {
		return t.quote(s, 60)
	}
	return short(t.hidden(s), 60)
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

// isPersonal says whether what stands in the place of a 统一社会信用代码, and has its shape, is a person's identity number:
// one by its own check character, or with a slip in it and no code either. A code whose digits happen to read as a
// province and a birthday stays a code.
func isPersonal(s string) bool {
	digits := strings.TrimSuffix(s, "X")
	_, _, ok := identity([]rune(s), digits, len(digits), false)
	return ok && idShape.MatchString(s) && (idCheck(s) == s[17] || usccCheck(s) != s[17])
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
