package secret

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// MaskText hides the numbers of persons that stand inside a text, however they are spelled: identity numbers, mobile
// numbers, bank cards and passports. What it gives has none left.
func MaskText(s string) string {
	out, _ := MaskNumbers(s, false)
	return out
}

// MaskNumbers is MaskText, and says whether there were any. Strict reads a code: what merely looks like a number of a
// person, as numbers of documents do, is left alone there.
//
// Whatever parts the digits of a number, up to a few characters, is passed over. What then is a number is decided by its
// check character; where it has none, or a wrong one, by how the digits are grouped, by what else such a group may be (an
// amount, a date, a longer code), and by the words before it.
func MaskNumbers(s string, strict bool) (out string, found bool) {
	if !mayHold(s) {
		return s, false
	}
	t := &scan{runes: []rune(s), strict: strict}
	t.digits = digitsOf(t.runes)
	t.used = make([]bool, len(t.digits))
	t.hiddenBefore()
	t.amounts()
	t.identities()
	t.each(t.card)
	t.each(t.mobile)
	t.each(t.passport)
	if len(t.hits) == 0 {
		return s, false
	}
	slices.SortFunc(t.hits, func(a, b hit) int { return a.from - b.from })
	var b strings.Builder
	last := 0
	for _, h := range t.hits {
		b.WriteString(string(t.runes[last:h.from]))
		b.WriteString(h.mask)
		last = h.to
	}
	b.WriteString(string(t.runes[last:]))
	return b.String(), true
}

// MaskNames masks names that must stay apart, such as those of a workbook's sheets: what masking makes equal is numbered.
func MaskNames(names []string) []string {
	return MaskNamesAs(names, func(n string) string { return n })
}

// MaskNamesAs is MaskNames of names in which hide masks more than numbers of persons.
func MaskNamesAs(names []string, hide func(string) string) []string {
	out := slices.Clone(names)
	for i, n := range names {
		masked := MaskText(hide(n))
		if masked == n {
			continue
		}
		out[i] = masked
		for k := 2; slices.Contains(out[:i], out[i]) || slices.Contains(names[i+1:], out[i]); k++ {
			out[i] = masked + "(" + strconv.Itoa(k) + ")"
		}
	}
	return out
}

// SaidNames gives the names of a workbook's sheets as they are spoken of: as MaskNames has them, and where a name that was
// said hides more (a firm's name as a sheet's), that one.
func SaidNames(names, said []string) []string {
	out := MaskNames(names)
	for _, s := range said {
		if !strings.Contains(s, "*") || slices.Contains(out, s) {
			continue
		}
		for i, n := range names {
			if !slices.Contains(said, out[i]) && StandsFor(s, n) {
				out[i] = s
				break
			}
		}
	}
	return out
}

// StandsFor says whether a name with masks in it may stand for another: all that isn't hidden is the same, but for the
// number of a name that masking made equal to one before.
func StandsFor(masked, name string) bool {
	shown := strings.Split(masks().ReplaceAllString(masked, "*"), "*")
	for i := range shown {
		shown[i] = regexp.QuoteMeta(shown[i])
	}
	pattern := strings.Join(shown, ".+")
	if bare := numbered().ReplaceAllString(pattern, ""); bare != pattern {
		pattern = "(" + pattern + "|" + bare + ")"
	}
	re, err := regexp.Compile("^" + pattern + "$")
	return err == nil && re.MatchString(name)
}

var (
	masks    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\*+`) })
	numbered = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\\\(\d+\\\)$`) })
)

// scan is the search for numbers in one text.
type scan struct {
	runes  []rune
	digits []digit
	used   []bool // digits that belong to a number found, or to an amount
	hits   []hit
	strict bool
}

// hit is a number found, in runes, and what stands for it.
type hit struct {
	from, to int
	mask     string
}

// take notes a number from digit i to digit k; more is how many runes after it belong to it.
func (t *scan) take(i, k, from, more int, mask string) {
	for n := i; n <= k; n++ {
		t.used[n] = true
	}
	t.hits = append(t.hits, hit{from, t.digits[k].at + 1 + more, mask})
}

// each calls find at each digit that begins a run, until none finds more there. What find takes is no part of any other number.
func (t *scan) each(find func(first int) bool) {
	for i := range t.digits {
		if !t.used[i] && t.begins(i) {
			find(i)
		}
	}
}

// starts says whether a digit is the first of its run.
func (t *scan) starts(i int) bool { return i == 0 || t.digits[i].gap.kind != joined || t.used[i-1] }

// begins says whether a number may begin with a digit: the first of its run, and among Chinese numerals the second, since
// the first may be a name's last (张三一三八…).
func (t *scan) begins(i int) bool {
	return t.starts(i) || han(t.runes[t.digits[i].at]) && t.starts(i-1)
}

// ends says whether a number may end with a digit, likewise.
func (t *scan) ends(k int) bool {
	last := func(k int) bool {
		return k == len(t.digits)-1 || t.digits[k+1].gap.kind != joined || t.used[k+1]
	}
	return last(k) || han(t.runes[t.digits[k].at]) && last(k+1)
}

// span gives n digits from the i-th on as text; ok is false where they are not one chain.
func (t *scan) span(i, n int) (text string, widest gapKind, ok bool) {
	if i+n > len(t.digits) {
		return "", 0, false
	}
	b := make([]byte, n)
	for k := range n {
		d := t.digits[i+k]
		if t.used[i+k] || k > 0 && d.gap.kind == far {
			return "", 0, false
		}
		if k > 0 {
			widest = max(widest, d.gap.kind)
		}
		b[k] = d.value
	}
	return string(b), widest, true
}

// groups gives how many digits stand together in n digits from the i-th on, and what parts them.
func (t *scan) groups(i, n int) (sizes []int, gaps []gap) {
	sizes = []int{1}
	for k := i + 1; k < i+n; k++ {
		if t.starts(k) {
			sizes, gaps = append(sizes, 0), append(gaps, t.digits[k].gap)
		}
		sizes[len(sizes)-1]++
	}
	return sizes, gaps
}

// uniform says whether the same gap stands everywhere.
func uniform(gaps []gap) bool {
	return !slices.ContainsFunc(gaps, func(g gap) bool { return g != gaps[0] })
}

// alone says whether digits i to k, parted by gaps, are no piece of a longer code such as 2022-138-0001-2022: there the
// same stroke goes on.
func (t *scan) alone(i, k int, gaps []gap) bool {
	code := func(n int, with gap) bool {
		g := t.digits[n].gap
		return g == with && g.kind != far && !t.used[n] && g.kind != listed && strings.TrimSpace(g.text) != ""
	}
	if len(gaps) == 0 {
		return true
	}
	if i > 0 && !t.used[i-1] && code(i, gaps[0]) && !t.begins(i-1) { // a single digit numbers an item
		return false
	}
	if k+1 < len(t.digits) && code(k+1, gaps[len(gaps)-1]) {
		_, _, more := t.mobileAt(k+1, false) // another number follows
		return more
	}
	return true
}

// hiddenBefore leaves alone what masks show of numbers (138****5678), so that masking twice is masking once.
func (t *scan) hiddenBefore() {
	if !slices.Contains(t.runes, '*') {
		return
	}
	starred := func(from, to int) bool {
		return from >= 0 && to <= len(t.runes) && string(t.runes[from:to]) == "****"
	}
	for i := 0; i < len(t.digits); i++ {
		if !t.begins(i) {
			continue
		}
		k := i
		for ; !t.ends(k) && k < i+5; k++ {
		}
		if at, end := t.digits[i].at, t.digits[k].at+1; k < i+4 && (starred(at-4, at) || starred(end, end+4)) {
			for x := i; x <= k; x++ {
				t.used[x] = true
			}
		}
		i = k
	}
}

// amounts takes what is written with thousands separators, or as a decimal, out of the search for numbers without a check
// character.
func (t *scan) amounts() {
	for i := 0; i < len(t.digits); i++ {
		if !t.begins(i) {
			continue
		}
		sizes, gaps := []int{1}, []gap(nil)
		k := i + 1
		for ; k < min(len(t.digits), i+24) && t.digits[k].gap.kind != far && t.digits[k].gap.kind != worded; k++ { // no amount is longer
			if t.begins(k) {
				sizes, gaps = append(sizes, 0), append(gaps, t.digits[k].gap)
			}
			sizes[len(sizes)-1]++
		}
		if n := thousands(sizes, gaps); n > 0 {
			total := 0
			for _, s := range sizes[:n] {
				total += s
			}
			if total < 15 { // nobody has more, and check characters decide
				for x := i; x < i+total; x++ {
					t.used[x] = true
				}
			}
			i += total - 1
		}
	}
}

// thousands gives how many groups from the first on are an amount: 1,234,567 or 138,123,456.78; 0 for none.
func thousands(sizes []int, gaps []gap) int {
	if sizes[0] > 3 || len(gaps) < 1 {
		return 0
	}
	n := 1
	for n < len(sizes) && sizes[n] == 3 && gaps[n-1] == gaps[0] && (gaps[0].text == "," || gaps[0].text == "，" || gaps[0].text == "'" || gaps[0].text == " ") {
		n++
	}
	fraction := n < len(sizes) && gaps[n-1].kind == dotted && sizes[n] <= 4
	switch {
	case n < 3, gaps[0].text == " " && !fraction:
		return 0
	case fraction:
		return n + 1
	case n < len(sizes) && gaps[n-1] == gaps[0]: // the groups go on otherwise
		return 0
	}
	return n
}

// before is the text before a rune, as far as words there say what follows.
func (t *scan) before(at int) string {
	return strings.ToLower(string(t.runes[max(0, at-14):at]))
}

// says whether one of the words stands before a rune.
func (t *scan) says(at int, words []string) bool {
	text := t.before(at)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

var (
	wordsOfPersons   = []string{"身份证", "证件", "公民身份", "身份号"}
	wordsOfPhones    = []string{"电话", "手机", "联系", "微信", "tel", "phone", "mobile"}
	wordsOfCards     = []string{"卡号", "银行卡", "储蓄卡", "账号", "帐号", "账户", "开户"}
	wordsOfPassports = []string{"护照", "通行证", "证件", "passport"}
	wordsOfMoney     = []string{"投资", "金额", "资金", "总额", "合计", "共计", "贷款", "借款", "融资", "预算", "造价", "价款", "产值", "营收", "收入", "税收", "拨付", "兑付", "补助", "奖补"}
	wordsOfDocuments = []string{"编号", "单号", "文号", "代码", "项目", "合同", "发票", "流水", "批文", "备案", "许可证", "登记", "档案", "订单"}
)

// measured says whether what stands after a rune makes a number an amount, or a sign of money before it does.
func (t *scan) measured(from, to int) bool {
	for from > 0 && unicode.IsSpace(t.runes[from-1]) {
		from--
	}
	if from > 0 && strings.ContainsRune("¥￥$＄€", t.runes[from-1]) {
		return true
	}
	for to < len(t.runes) && unicode.IsSpace(t.runes[to]) {
		to++
	}
	rest := string(t.runes[to:min(len(t.runes), to+4)])
	for _, unit := range []string{"万元", "亿元", "美元", "欧元", "港元", "日元", "平方米", "平方", "㎡", "m²", "立方", "公顷", "亩", "公斤", "千克", "吨", "公里", "千瓦", "kWh", "%", "％"} {
		if strings.HasPrefix(rest, unit) {
			return true
		}
	}
	after, yuan := strings.CutPrefix(rest, "元") // 元 is a surname, too
	if !yuan {
		return false
	}
	for _, r := range after {
		return !unicode.Is(unicode.Han, r) || strings.ContainsRune("整的以左、（未尚仍已到", r) || t.round(to) || t.says(from, wordsOfMoney)
	}
	return true
}

// round says whether a number that ends before a rune ends in five noughts, as amounts do.
func (t *scan) round(to int) bool {
	for k := len(t.digits) - 1; k >= 5; k-- {
		if t.digits[k].at < to {
			for n := range 5 {
				if t.digits[k-n].value != '0' {
					return false
				}
			}
			return true
		}
	}
	return false
}

// keepEnds shows the first and last characters of a number.
func keepEnds(s string, head, tail int) string {
	return s[:head] + strings.Repeat("*", len(s)-head-tail) + s[len(s)-tail:]
}
