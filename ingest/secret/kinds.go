package secret

import (
	"slices"
	"strings"

	"taizhang/ingest/forms"
)

// identities finds identity numbers: of 18 places by their check character wherever they stand in a chain of digits, with
// a slip in them, or of 15 places, where they stand by themselves.
func (t *scan) identities() {
	for i := range t.digits {
		if t.used[i] && t.digits[i].gap.kind == joined {
			continue
		}
		t.identityAt(i)
	}
}

func (t *scan) identityAt(i int) {
	first := t.digits[i].at
	text, widest, ok := t.span(i, 17)
	if ok && bornAs(text) {
		more, last := t.lastPlace(i + 16)
		k := i + 16
		if last == 0 && i+17 < len(t.digits) && t.digits[i+17].gap.kind != far && !t.used[i+17] {
			k, last, more = i+17, t.digits[i+17].value, 0
			widest = max(widest, t.digits[k].gap.kind)
		}
		if id := text + string(last); last != 0 && t.isIdentity(id, i, k, widest, more > 0) {
			t.take(i, k, first, more, Mask(forms.ID, id))
			return
		}
	}
	if text, widest, ok = t.span(i, 15); ok && t.begins(i) && t.ends(i+14) && t.isOldIdentity(text, i, widest) {
		t.take(i, i+14, first, 0, Mask(forms.ID, text))
	}
}

// lastPlace reads the X after the 17th digit.
func (t *scan) lastPlace(k int) (more int, last byte) {
	for n := t.digits[k].at + 1; n < len(t.runes) && more <= most; n++ {
		r := t.runes[n]
		more++
		switch {
		case strings.ContainsRune("XxＸｘ×ⅩⅹΧχХх", r):
			return more, 'X'
		case !invisible(r) && (digitOf(r) >= 0 || kindOf(r) == worded):
			return 0, 0
		}
	}
	return 0, 0
}

// isIdentity decides about 17 digits with a birthday and a last place.
func (t *scan) isIdentity(id string, i, k int, widest gapKind, x bool) bool {
	whole := t.begins(i) && (x || t.ends(k))
	right := IDCheck(id) == id[17]
	switch {
	case id[0] == '9': // a foreigner's permanent residence
		return right && CreditCodeCheck(id) != id[17] && whole
	case !provinces[id[:2]]:
		return false
	case right:
		return widest != worded || whole
	case !whole || widest == worded || CreditCodeCheck(id) == id[17]:
		return false
	case t.says(t.digits[i].at, wordsOfPersons):
		return true
	}
	_, gaps := t.groups(i, k-i+1)
	return id[6:10] <= "2010" && !t.says(t.digits[i].at, wordsOfDocuments) && t.alone(i, k, gaps)
}

// isOldIdentity decides about 15 digits, as they were given out until 1999. Without a check character, what may be a
// document of these years (430304 220815 001) is one.
func (t *scan) isOldIdentity(id string, i int, widest gapKind) bool {
	if !provinces[id[:2]] || !birthday().MatchString("19"+id[6:12]) {
		return false
	}
	if t.says(t.digits[i].at, wordsOfPersons) {
		return widest != worded
	}
	sizes, gaps := t.groups(i, 15)
	usual := widest <= odd || slices.Max(sizes) == 1 ||
		slices.ContainsFunc([][]int{{6, 6, 3}, {6, 9}, {12, 3}, {6, 2, 2, 2, 3}, {5, 5, 5}, {3, 3, 3, 3, 3}}, func(s []int) bool { return slices.Equal(s, sizes) })
	return widest != worded && usual && id[6:8] >= "30" && !t.says(t.digits[i].at, wordsOfDocuments) && t.alone(i, i+14, gaps)
}

// bornAs says whether the first 14 digits of an identity number name a birthday.
func bornAs(id string) bool { return birthday().MatchString(id[6:14]) }

// card finds the number of a bank card: a length and beginning that banks use, and the check digit of Luhn (GB/T 19584).
func (t *scan) card(i int) bool {
	for n := 19; n >= 15; n-- {
		text, widest, ok := t.span(i, n)
		if ok && t.ends(i+n-1) && cardShape(text) && luhn(text) && t.cardGrouped(i, n, text, widest) && t.cardAlone(i, text) {
			t.take(i, i+n-1, t.digits[i].at, 0, keepEnds(text, 4, 4))
			return true
		}
	}
	return false
}

// cardGrouped says whether n digits from the i-th on are grouped as cards are, and no part of a longer number.
func (t *scan) cardGrouped(i, n int, text string, widest gapKind) bool {
	sizes, gaps := t.groups(i, n)
	switch {
	case widest == worded && !(text[:2] == unionPay && uniform(gaps)):
		return false
	case len(gaps) > 2 && !uniform(gaps) || len(gaps) > 0 && sizes[0] < 3 && slices.Max(sizes) > 1:
		return false
	}
	return t.alone(i, i+n-1, gaps)
}

// cardAlone says whether a number with the shape of a card is no code or document's number instead.
func (t *scan) cardAlone(i int, text string) bool {
	n := len(text)
	if n == 18 && CreditCodeCheck(text) == text[17] {
		return false
	}
	switch at := t.digits[i].at; {
	case t.says(at, wordsOfCards):
		return true
	case regional(text):
		return false
	case text[:2] == unionPay && (n == 16 || n == 19):
		return true
	default:
		return !t.strict && !t.says(at, wordsOfDocuments)
	}
}

// unionPay is how the numbers of its cards begin.
const unionPay = "62"

// cardShape says whether cards of that length begin like that: UnionPay, Visa, Mastercard, JCB, and the older ones of banks.
func cardShape(s string) bool {
	switch n := len(s); {
	case s[:2] == "62":
		return n >= 16
	case s[:2] == "60", s[:2] == "68", s[:2] == "69", s[:2] == "95":
		return n == 16 || n >= 18 && s[:2] != "69"
	case s[0] == '4', s[0] == '5' && s[1] >= '1' && s[1] <= '5', s[:2] == "35", s[:2] == "58":
		return n == 16
	case s[:2] == "34", s[:2] == "37":
		return n == 15
	}
	return false
}

// regional says whether a number begins with a place and a year, as numbers of documents do, or with a prefecture.
func regional(s string) bool {
	if !provinces[s[:2]] || s[:2] == "62" {
		return false
	}
	return s[6:8] == "20" || s[6:8] == "19" || s[2:4] >= "01" && s[2:4] <= "34"
}

// luhn says whether the last digit is right by ISO/IEC 7812-1, annex B.
func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// mobile finds one mobile number, or several in one run.
func (t *scan) mobile(i int) bool {
	k, number, ok := t.mobileAt(i, true)
	if !ok {
		return false
	}
	if len(number) > 11 {
		b := ""
		for ; len(number) > 0; number = number[11:] {
			b += Mask(forms.Phone, number[:11])
		}
		t.take(i, k, t.digits[i].at, 0, b)
		return true
	}
	from := i
	if first := k - 10; t.digits[first].gap.kind != joined { // +86 stays
		from = first
	}
	t.take(i, k, t.digits[from].at, 0, Mask(forms.Phone, number))
	return true
}

// usualGroups are how mobile numbers are grouped, whatever parts the groups.
var usualGroups = [][]int{{3, 4, 4}, {3, 8}, {7, 4}, {3, 3, 5}, {4, 3, 4}, {4, 4, 3}, {4, 7}, {5, 6}, {6, 5}, {3, 5, 3}, {3, 2, 2, 2, 2}, {3, 4, 2, 2}, {1, 10}}

// mobileAt reads mobile numbers from the i-th digit to the k-th; whole asks that no longer code goes on.
func (t *scan) mobileAt(i int, whole bool) (k int, number string, ok bool) {
	run := i
	for !t.ends(run) {
		run++
	}
	if n := run - i + 1; n >= 22 && n%11 == 0 {
		text, _, _ := t.span(i, n)
		for k := 0; k < n; k += 11 {
			if !isMobile(text[k : k+11]) {
				return 0, "", false
			}
		}
		return run, text, true
	}
	for _, prefix := range []string{"", "0086", "86", "0"} {
		n := 11 + len(prefix)
		text, _, chain := t.span(i, n)
		if !chain || !strings.HasPrefix(text, prefix) || !isMobile(text[len(prefix):]) || !t.ends(i+n-1) {
			continue
		}
		if t.written(i, i+len(prefix), whole) {
			return i + n - 1, text[len(prefix):], true
		}
	}
	return 0, "", false
}

func isMobile(s string) bool { return len(s) == 11 && s[0] == '1' && s[1] >= '3' }

// grouped are eleven digits that may be a mobile number, and how they are grouped.
type grouped struct {
	start, i int // where it begins with a prefix, and without
	whole    bool
	sizes    []int
	gaps     []gap
	widest   gapKind
	dots     int
	usual    bool // people group mobile numbers so
	single   bool // each digit stands alone
}

func (g *grouped) last() int { return g.i + 10 }

// verdict is what a way of grouping says of a number.
type verdict uint8

const (
	unsaid verdict = iota
	mobileNumber
	anotherNumber
)

func said(is bool) verdict {
	if is {
		return mobileNumber
	}
	return anotherNumber
}

// groupTest looks at one way of grouping; unsaid where digits are not grouped so.
type groupTest struct {
	name, example string
	look          func(*scan, *grouped) verdict
}

// groupTests are tried in this order; the example of each is decided by it, and by none before.
func groupTests() []groupTest {
	return []groupTest{
		{"no groups", "13812345678", (*scan).ungrouped},
		{"words between", "138转1234转5678", (*scan).wordsBetween},
		{"part of a longer code", "138-1234-5678-90", (*scan).insideCode},
		{"one point, perhaps a decimal", "1381234.5678", (*scan).onePoint},
		{"points", "138.1234.5678", (*scan).points},
		{"a list of numbers", "138、1234、5678", (*scan).numberList},
		{"a date", "1998-08-15 123", (*scan).dateBegins},
		{"pairs", "13 81 23 45 67 8", (*scan).inPairs},
		{"any other way", "138-1234-5678", (*scan).othersGroup},
	}
}

// written decides whether eleven digits from the i-th on that may be a mobile number are grouped as one, and are nothing
// else; a prefix of it begins at start.
func (t *scan) written(start, i int, whole bool) bool {
	g := t.grouped(start, i, whole)
	for _, test := range groupTests() {
		if v := test.look(t, g); v != unsaid {
			return v == mobileNumber
		}
	}
	return false
}

// grouped looks at how eleven digits from the i-th on are grouped.
func (t *scan) grouped(start, i int, whole bool) *grouped {
	g := &grouped{start: start, i: i, whole: whole, widest: joined}
	g.sizes, g.gaps = t.groups(i, 11)
	for _, gap := range g.gaps {
		g.widest = max(g.widest, gap.kind)
		if gap.kind == dotted {
			g.dots++
		}
	}
	g.single = slices.Max(g.sizes) == 1
	g.usual = g.single || slices.ContainsFunc(usualGroups, func(s []int) bool { return slices.Equal(s, g.sizes) })
	return g
}

// named says whether words before a number call it one of a telephone.
func (t *scan) named(g *grouped) bool { return t.says(t.digits[g.i].at, wordsOfPhones) }

// counted says whether what stands around a number makes it an amount or a count.
func (t *scan) counted(g *grouped) bool {
	return t.measured(t.digits[g.i].at, t.digits[g.last()].at+1)
}

func (t *scan) ungrouped(g *grouped) verdict {
	if len(g.gaps) > 0 {
		return unsaid
	}
	i, next := g.i, g.last()+1
	decimal := i > 0 && t.digits[i].gap.kind == dotted && t.digits[i-1].value == '0' && t.begins(i-1) && !t.used[i-1]   // 0.13812345678
	if next < len(t.digits) && t.digits[next].gap.kind == dotted && !t.used[next] && (t.ends(next) || t.ends(next+1)) { // 13812345678.50
		decimal = true
	}
	return said(t.named(g) || !t.counted(g) && !decimal)
}

func (t *scan) wordsBetween(g *grouped) verdict {
	if g.widest != worded {
		return unsaid
	}
	return said(uniform(g.gaps) && (g.single || slices.Equal(g.sizes, []int{3, 4, 4})) && (!g.whole || t.alone(g.start, g.last(), g.gaps)))
}

func (t *scan) insideCode(g *grouped) verdict {
	if g.whole && !t.alone(g.start, g.last(), g.gaps) {
		return anotherNumber
	}
	return unsaid
}

func (t *scan) onePoint(g *grouped) verdict {
	if g.dots != 1 || len(g.gaps) != 1 {
		return unsaid
	}
	return said(t.named(g) || !t.counted(g) && (g.sizes[0] == 3 || g.sizes[0] == 4))
}

func (t *scan) points(g *grouped) verdict {
	if g.dots == 0 {
		return unsaid
	}
	return said(g.usual && (g.dots == len(g.gaps) || slices.Equal(g.sizes, []int{3, 4, 4})) && !t.counted(g))
}

// numberList tells 1350、2200、300 from a number with marks in it.
func (t *scan) numberList(g *grouped) verdict {
	if g.widest != listed && g.widest != reckon {
		return unsaid
	}
	return said(g.usual && !(g.sizes[0] == 4 && g.sizes[1] == 4) && !t.counted(g))
}

func (t *scan) dateBegins(g *grouped) verdict {
	if g.sizes[0] == 4 && g.sizes[1] <= 2 {
		return anotherNumber
	}
	return unsaid
}

func (t *scan) inPairs(g *grouped) verdict {
	if g.sizes[0] >= 3 || g.usual {
		return unsaid
	}
	return said(t.pairs(g.sizes, g.gaps, g.i))
}

// othersGroup takes the usual groups, and others that don't go on: 138-1234-5678 90 does.
func (t *scan) othersGroup(g *grouped) verdict {
	next := g.last() + 1
	return said(g.usual || next == len(t.digits) || t.digits[next].gap.kind != plain || !t.ends(next) && !t.ends(min(next+1, len(t.digits)-1)))
}

// pairs says whether digits are grouped in twos, and are no list of numbers that rise.
func (t *scan) pairs(sizes []int, gaps []gap, i int) bool {
	if slices.Max(sizes) > 2 || !uniform(gaps) || gaps[0].kind != plain || slices.Min(sizes[1:len(sizes)-1]) < 2 || !t.alone(i, i+10, gaps) {
		return false
	}
	text, _, _ := t.span(i, 11)
	last, rising := "", true
	for _, n := range sizes {
		rising = rising && text[:n] > last
		last, text = text[:n], text[n:]
	}
	return !rising
}

// passport finds the number of a passport, or of a travel permit where words say so: a letter or two, then nine places in all.
func (t *scan) passport(i int) bool {
	at := t.digits[i].at
	from := at
	for from > 0 && from > at-2 && (invisible(t.runes[from-1]) || kindOf(t.runes[from-1]) == plain) && passportLetter(t.runes[from-1]) == 0 {
		from--
	}
	letters := ""
	for from > 0 && len(letters) < 2 && letterOf(t.runes[from-1]) != 0 {
		letters = string(letterOf(t.runes[from-1])) + letters
		from--
	}
	n := 9 - len(letters)
	if letters == "" || from > 0 && (letterOf(t.runes[from-1]) != 0 || digitOf(t.runes[from-1]) >= 0) {
		return false
	}
	text, widest, ok := t.span(i, n)
	if !ok || widest > plain || !t.ends(i+n-1) {
		return false
	}
	to := t.digits[i+n-1].at + 1
	if to < len(t.runes) && letterOf(t.runes[to]) != 0 {
		return false
	}
	if !t.ofPassport(from, letters, text) {
		return false
	}
	t.take(i, i+n-1, from, 0, keepEnds(letters+text, 2, 2))
	return true
}

// ofPassport says whether letters and digits of the right length are a passport's: those of any document where words say so (护照号
// H12345678), else G and E alone, and not what counts papers: E20230001.
func (t *scan) ofPassport(from int, letters, text string) bool {
	switch {
	case !strings.ContainsRune("EGDSPHCWT", rune(letters[0])):
		return false
	case t.says(from, wordsOfPassports):
		return true
	case letters != "G" && letters[0] != 'E' || strings.HasSuffix(letters, "O") || strings.HasSuffix(letters, "I"):
		return false
	case t.strict, text[:2] == "00", text[:2] == "20" && text[2:4] <= "39", text[:2] == "19":
		return false
	}
	return !t.says(from, wordsOfDocuments)
}

// letterOf is a Latin letter in capitals, also where it is written wide; 0 for anything else.
func letterOf(r rune) byte {
	switch {
	case r >= 'Ａ' && r <= 'Ｚ':
		r -= 'Ａ' - 'A'
	case r >= 'ａ' && r <= 'ｚ':
		r -= 'ａ' - 'A'
	case r >= 'a' && r <= 'z':
		r -= 'a' - 'A'
	}
	if r >= 'A' && r <= 'Z' {
		return byte(r)
	}
	return 0
}

// passportLetter is a letter with which numbers of passports and travel permits begin, or 0.
func passportLetter(r rune) byte {
	if c := letterOf(r); c != 0 && strings.IndexByte("EGDSPHCWT", c) >= 0 {
		return c
	}
	return 0
}
