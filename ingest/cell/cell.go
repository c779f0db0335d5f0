// Package cell turns one cell under a column of a form into a typed value, or
// says what is wrong with it.
//
// Words: a value is what the raw table will hold; a fault is what is wrong
// with a cell, an error that leaves no value or a doubt that keeps it; facts
// are what a whole column says of its cells: the unit of money, whether
// percentages are fractions.
//
// A new rule about single cells goes where its type is read: numbers and codes
// here, amounts in money.go, dates in datecell.go, listed values in
// listcell.go, units in unitcell.go, what is suggested instead of a faulty one in suggest.go.
package cell

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
	"taizhang/ingest/units"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
	"taizhang/internal/spelling"
)

// Value is one typed value: SQL text, or nothing.
type Value struct {
	Set  bool
	Gap  bool          // empty on purpose (长期)
	Hid  bool          // numbers of persons in it are masked
	Text string        // as SQL casts it: ISO dates, plain decimals, masks of sensitive values
	Hash string        // of a sensitive value
	Date calendar.Date // of a date or month

	number uint16 // among those that were read of texts that are repeated: see ReadAt; 0 for others
}

// Num is an amount in fen, or an int. Few values are asked for it, so none carries it.
func (v *Value) Num() *big.Int {
	n, ok := new(big.Int).SetString(strings.Replace(v.Text, ".", "", 1), 10)
	if !ok {
		panic(fmt.Sprintf("cell: %q is no number", v.Text)) // readMoney and readInt write nothing else
	}
	return n
}

// fault is what is wrong with one cell: a finding that doesn't say yet where. A warning keeps the value.
type fault = finding.Finding

func because(f finding.Finding) *fault { return &f }

// Facts are true of a whole column, and single cells are read by them.
type Facts struct {
	Fractions bool // percent without sign: all ≤ 1
	Tenths    bool // of months: some are numbers such as 2022.1, which may be October
	Unit      int  // of money: power of ten of yuan; of counts: power of ten
	UnitKnown bool
	OddUnit   string // as written, where it is none of money in yuan (万美元) or of counts (K)
}

// Typer turns cells into typed values for one return.
type Typer struct {
	Register *units.Register
	Form     *forms.Form
	Period   calendar.Period
	Cutoff   calendar.Date
	Keys     secret.Keys
	Lists    map[*forms.Column]map[string]string
	Dated

	units   map[string]string // units' names, by text as written
	days    map[aDay]Value    // dates without a fault
	Private bool              // the form holds sensitive values
	Hide    []Hiding          // of the line at hand
	Known   *Roll             // of all lines

	shelf    *sheet.Shelf // see From
	repeated []repeated   // by column: see ReadAt
	numbered *Numbered
}

// maxText is what a cell of a workbook can hold (ECMA-376 part 1, 18.3.1: as Excel limits it).
const maxText = 32_767

// Dashes are what people write into a cell that has no value.
var Dashes = map[string]bool{"": true, "-": true, "—": true, "——": true, "--": true, "/": true, "\\": true, "－": true, "无": true, "暂无": true, "n/a": true, "na": true, "null": true, "●": true, "…": true, "……": true, "...": true, "......": true}

// dash is a text as Dashes spells it; may is false of a text that is none of them for certain, as nearly all are.
func dash(raw string) (low string, may bool) {
	if raw == "" {
		return "", true
	}
	if len(raw) > 12 {
		return "", false
	}
	first, _ := utf8.DecodeRuneInString(raw)
	if first >= '0' && first <= '9' || first >= 0x4e00 && first <= 0x9fff && first != '无' && first != '暂' {
		return "", false
	}
	return strings.ToLower(raw), true
}

// Read turns one cell into a value. A nil fault or a warning keeps it.
func (t *Typer) Read(c *sheet.Cell, col *forms.Column, facts Facts) (Value, *fault) {
	if c.NoValue {
		return Value{}, because(finding.NoValue(col.Title))
	}
	if c.Kind == sheet.Error {
		return Value{}, because(finding.CellError(col.Title, c.Text))
	}
	if c.Kind == sheet.Empty {
		return Value{}, nil
	}
	raw := written.Tidy(c.Text)
	if t.blank(raw, col) {
		return Value{}, nil
	}
	if shownError(raw) {
		return Value{}, because(finding.CellError(col.Title, raw))
	}
	if raw[0] == '=' && formulaText().MatchString(raw) {
		return Value{}, because(finding.FormulaText(col.Title))
	}
	if len(raw) > maxText && len([]rune(raw)) > maxText {
		return Value{}, because(finding.TooLong(col.Title, maxText))
	}
	v, ft := t.typed(c, raw, col, facts)
	if v.Set && (ft == nil || ft.Severity == finding.Warning) {
		if out := t.outside(v, raw, col); out != nil {
			return Value{}, out
		}
	}
	return v, ft
}

// errorTexts are what Excel shows where a formula failed. Pasted as values, and in CSV, they are texts.
var errorTexts = map[string]bool{"#N/A": true, "#REF!": true, "#VALUE!": true, "#DIV/0!": true, "#NAME?": true, "#NUM!": true, "#NULL!": true, "#SPILL!": true, "#CALC!": true, "#GETTING_DATA": true}

// formulaText is a formula that a cell formatted as text shows instead of its result: =VLOOKUP(B3,名录!A:B,2,0), =B3&C3.
var formulaText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^=[-+]?([A-Za-z][A-Za-z.]*\(.*\)|\$?[A-Z]{1,3}\$?\d{1,7}([-+*/&].+)?|[\p{Han}A-Za-z0-9']+!\$?[A-Z]{1,3}\$?\d+.*)$`)
})

// shownError says whether a text is one of them, or what shows in a cell too narrow for its number (####).
func shownError(raw string) bool {
	if raw[0] != '#' { // nearly all texts end here
		return false
	}
	return errorTexts[strings.ToUpper(raw)] || len(raw) >= 3 && strings.Trim(raw, "#") == ""
}

// blank says whether a text stands for an empty cell: a dash, 无, unless the column lists it as a value or must be filled.
func (t *Typer) blank(raw string, col *forms.Column) bool {
	low, may := dash(raw)
	switch {
	case !may:
		return !col.Required && amountOrDay(col) && written.NotYet(raw)
	case !Dashes[low]:
		return false
	case col.Type == forms.List:
		return t.Lists[col][written.Heading(raw)] == ""
	}
	return !(low == "无" && col.Type == forms.Text && col.Required)
}

func amountOrDay(col *forms.Column) bool {
	return col.Type == forms.Money || col.Type == forms.Int || col.Type == forms.Date
}

// outside says how a value breaks the bounds that its column declares; nil if it keeps them.
func (t *Typer) outside(v Value, raw string, col *forms.Column) *fault {
	b := &col.Bounds
	if b.Pattern != nil && !b.Pattern.MatchString(v.Text) {
		return because(finding.ShapeMismatch(col.Title, b.Shape, t.Quote(raw, 30)))
	}
	if b.Length > 0 && utf8.RuneCountInString(v.Text) > b.Length {
		return because(finding.LongerThan(col.Title, b.Length, utf8.RuneCountInString(v.Text)))
	}
	if b.Min == nil && b.Max == nil {
		return nil
	}
	n, ok := new(big.Rat).SetString(v.Text)
	if !ok {
		return nil
	}
	if b.Min != nil && n.Cmp(b.Min) < 0 {
		return because(finding.LessThan(col.Title, bound(b.Min, col), t.Quote(raw, 30)))
	}
	if b.Max != nil && n.Cmp(b.Max) > 0 {
		return because(finding.MoreThan(col.Title, bound(b.Max, col), t.Quote(raw, 30)))
	}
	return nil
}

// bound writes a limit as its column's values are written.
func bound(r *big.Rat, col *forms.Column) string {
	if col.Type == forms.Percent {
		r = new(big.Rat).Mul(r, big.NewRat(100, 1))
	}
	s := strings.TrimSuffix(strings.TrimRight(r.FloatString(2), "0"), ".")
	switch col.Type {
	case forms.Money:
		return s + "元"
	case forms.Percent:
		return s + "%"
	}
	return s
}

// typed reads a cell that holds something as its column's type.
func (t *Typer) typed(c *sheet.Cell, raw string, col *forms.Column, facts Facts) (Value, *fault) {
	if c.Kind == sheet.Text && col.Type != forms.Text {
		if bare := withoutApostrophe(raw); bare != raw {
			shown := *c
			shown.Text, raw, c = bare, bare, &shown
		}
	}
	if counts(col) && isPersons(c, raw) {
		return Value{}, because(finding.PersonsNumber(col.Title, numberWord(col), t.Quote(raw, 30)))
	}
	switch col.Type {
	case forms.Int:
		return t.readInt(c, raw, col, facts)
	case forms.Money:
		return t.readMoney(c, raw, col, facts)
	case forms.Percent:
		return t.readPercent(c, raw, col, facts)
	case forms.Date, forms.Month:
		return t.readDate(c, raw, col, facts)
	case forms.List:
		return t.readList(raw, col)
	case forms.Unit:
		return t.readUnit(raw, col)
	case forms.Text:
		return t.readText(c, raw, col)
	}
	return t.readCode(c, raw, col)
}

// counts says whether a column is one of numbers that are counted, paid or shares.
func counts(col *forms.Column) bool {
	return col.Type == forms.Int || col.Type == forms.Money || col.Type == forms.Percent
}

// isPersons says whether a cell holds the number of a person, which slipped into another column.
func isPersons(c *sheet.Cell, raw string) bool {
	return !(c.Kind == sheet.Number && strings.Contains(c.Text, ".")) && secret.MaskText(raw) != raw
}

func (t *Typer) readText(c *sheet.Cell, raw string, col *forms.Column) (v Value, _ *fault) {
	if c.Kind == sheet.Date {
		raw = written.DateText(*c)
	} else if shown, ok := c.ShownText(); ok {
		raw = shown
	}
	if col.Names && col.Required && len(raw) <= 12 && notNamed[raw] {
		return v, because(finding.NotNamed(col.Title, raw))
	}
	if len(raw) <= t.Register.Longest {
		if name, ok := t.Register.Submitter(raw); ok { // a unit's name resolves in any column
			raw = name
		}
	}
	v.Set, v.Text = true, t.hidden(raw)
	if v.Hid = v.Text != raw; v.Hid && col.InKey { // 张三家 and 张四家 stay apart
		v.Hash = t.keyHash(col, raw)
	}
	return v, nil
}

// withoutApostrophe leaves out the sign by which Excel is told that digits are text, where a program wrote it as content.
func withoutApostrophe(raw string) string {
	for _, sign := range []string{"'", "’", "‘", "`"} {
		if rest, ok := strings.CutPrefix(raw, sign); ok && rest != "" && rest[0] < 0x80 && !strings.Contains(rest, sign) {
			return rest
		}
	}
	return raw
}

// donePercent is a percentage behind words that say no more than that so much is done.
var donePercent = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:目前|现|总体|已|累计)*完成(?:率|进度|比例|总进度)?(?:为|达|达到|了)?:?(\d{1,3}(?:\.\d+)?)%$`)
})

// readPercent reads a percentage as a fraction of 1.
func (t *Typer) readPercent(c *sheet.Cell, raw string, col *forms.Column, facts Facts) (Value, *fault) {
	s := written.CloseUp(written.Plain(raw))
	sign := strings.HasSuffix(s, "%")
	if c.Kind == sheet.Number {
		s = c.Text
	}
	d, err := written.ParseDecimal(strings.TrimSuffix(s, "%"))
	if err != nil && c.Kind == sheet.Text { // few
		if n, ok := written.Ratio(raw); ok && n.Cmp(written.Pow10(6)) <= 0 {
			return Value{Set: true, Text: written.Fixed(n, 6)}, nil
		}
		if m := donePercent().FindStringSubmatch(s); m != nil { // 已完成30%
			d, err = written.ParseDecimal(m[1])
		}
	}
	if err != nil || c.Kind == sheet.Date {
		return Value{}, t.notPercent(raw, col)
	}
	bare := !sign && !(c.Percent && c.Kind == sheet.Number) && !facts.Fractions
	if bare || sign && c.Kind != sheet.Number {
		d.Exp -= 2
	}
	n, _ := d.Rounded(6)
	return t.percent(n, bare, raw, col)
}

// percent holds millionths against what a percentage can be; bare: no sign says that it is one.
func (t *Typer) percent(n *big.Int, bare bool, raw string, col *forms.Column) (Value, *fault) {
	if n.Sign() < 0 || n.Cmp(big.NewInt(10_000_000)) > 0 {
		return Value{}, because(finding.PercentOutOfRange(col.Title, t.Quote(raw, 30)))
	}
	v := Value{Set: true, Text: written.Fixed(n, 6)}
	if n.Cmp(big.NewInt(1_000_000)) > 0 {
		return v, because(finding.Over100Percent(col.Title, t.Quote(raw, 30)))
	}
	if bare && n.Sign() > 0 && n.Cmp(big.NewInt(10_000)) <= 0 {
		return v, because(finding.SmallPercent(col.Title, t.Quote(raw, 30)))
	}
	return v, nil
}

// notPercent suggests the percentage that stands among words.
func (t *Typer) notPercent(raw string, col *forms.Column) *fault {
	f := finding.NotPercent(col.Title, t.Quote(raw, 30))
	if bare, ok := exactly(raw); ok && strings.HasSuffix(written.Plain(bare), "%") {
		if _, err := written.ParseDecimal(strings.TrimSuffix(written.Plain(bare), "%")); err == nil {
			f.Suggest = bare
		}
	}
	if done, all, ok := strings.Cut(spelling.Squash(raw), "/"); ok { // 3/4
		if n, of := written.Atoi(done), written.Atoi(all); n > 0 && n <= of && of <= 100 && n*100%of == 0 {
			f.Suggest = strconv.Itoa(n*100/of) + "%"
		}
	}
	return &f
}

func numberWord(c *forms.Column) string {
	switch c.Type {
	case forms.Money:
		return "金额"
	case forms.Percent:
		return "百分比"
	}
	return "整数"
}

// readCode reads identifiers: codes, credit codes, and the sensitive kinds.
func (t *Typer) readCode(c *sheet.Cell, raw string, col *forms.Column) (Value, *fault) {
	s := strings.ReplaceAll(written.Plain(raw), " ", "")
	if c.Kind == sheet.Date {
		if col.Type != forms.Code {
			return Value{}, because(finding.NumberIsDate(col.Title))
		}
		return Value{Set: true, Text: written.DateText(*c)}, because(finding.CodeIsDate(col.Title, written.DateText(*c)))
	}
	if c.Kind == sheet.Number && len(strings.TrimLeft(s, "-")) > 15 && col.Type != forms.Person && col.Type != forms.Firm {
		return Value{}, because(finding.DamagedNumber(col.Title))
	}
	if col.Type != forms.Code && col.Type != forms.Person && col.Type != forms.Firm { // a number that is wrapped in its cell
		s = strings.NewReplacer("\n", "", "\r", "", "\t", "").Replace(s)
	}
	switch col.Type {
	case forms.USCC:
		return t.creditCode(strings.ToUpper(s), raw, col)
	case forms.ID:
		return t.idNumber(strings.ToUpper(s), col)
	case forms.Phone:
		return t.phone(strings.NewReplacer("-", "", "(", "", ")", "").Replace(s), col)
	case forms.TaxNo:
		return t.taxNumber(strings.ToUpper(s), col)
	case forms.Code:
		return t.code(c, s, col)
	}
	return t.sensitive(col, s), nil
}

// creditCode reads a 统一社会信用代码 (GB 32100).
func (t *Typer) creditCode(s, raw string, col *forms.Column) (Value, *fault) {
	switch {
	case !secret.HasCreditCodeShape(s):
		return Value{}, because(finding.NotCreditCode(col.Title, t.Quote(raw, 30), likelyCreditCode(s)))
	case secret.IsPersonal(s):
		return Value{}, because(finding.CreditCodeIsPersons(col.Title))
	case secret.CreditCodeCheck(s) != s[17]:
		return Value{Set: true, Text: s}, because(finding.CreditCodeCheck(col.Title, t.Quote(s, 30)))
	}
	return Value{Set: true, Text: s}, nil
}

// likeDigits are the letters that a credit code never has, and the digits they are taken for.
var likeDigits = strings.NewReplacer("O", "0", "I", "1", "Z", "2", "S", "5")

// likelyCreditCode is the code that was meant where letters stand for digits and the check character agrees; else "".
func likelyCreditCode(s string) string {
	if s = likeDigits.Replace(s); secret.CreditCodeShape().MatchString(s) && !secret.IsPersonal(s) && secret.CreditCodeCheck(s) == s[17] {
		return s
	}
	return ""
}

// idNumber reads a 公民身份号码 (GB 11643).
func (t *Typer) idNumber(s string, col *forms.Column) (Value, *fault) {
	switch {
	case !secret.IDShape().MatchString(s):
		return Value{}, because(finding.NotIDNumber(col.Title, len([]rune(s))))
	case secret.IDCheck(s) != s[17]:
		return Value{}, because(finding.IDNumberCheck(col.Title))
	}
	return t.sensitive(col, s), nil
}

func (t *Typer) phone(s string, col *forms.Column) (Value, *fault) {
	if !secret.PhoneShape().MatchString(s) {
		return Value{}, because(finding.NotPhone(col.Title))
	}
	return t.sensitive(col, s), nil
}

// taxNumber reads a 纳税人识别号: a credit code, or an older number without a check character.
func (t *Typer) taxNumber(s string, col *forms.Column) (Value, *fault) {
	if !secret.TaxNoShape().MatchString(s) {
		return Value{}, because(finding.NotTaxNumber(col.Title, len([]rune(s))))
	}
	v := t.sensitive(col, s)
	isID := len(s) == 18 && secret.IDShape().MatchString(s) && secret.IDCheck(s) == s[17] // of a 个体工商户
	if len(s) == 18 && !isID && (!secret.CreditCodeShape().MatchString(s) || secret.CreditCodeCheck(s) != s[17]) {
		return v, because(finding.TaxNumberCheck(col.Title))
	}
	return v, nil
}

// code reads an identifier: a number without decimals, with the noughts and texts that its format shows.
func (t *Typer) code(c *sheet.Cell, s string, col *forms.Column) (Value, *fault) {
	var said *fault
	if c.Kind == sheet.Number {
		if d, err := written.ParseDecimal(c.Text); err == nil {
			if n, lost := d.Rounded(0); lost == 0 {
				s = n.String()
			}
		}
		if shown, ok := c.ShownText(); ok {
			s = strings.ReplaceAll(written.Plain(shown), " ", "")
		} else if shown, ok := c.PaddedText(); ok {
			said = because(finding.CodePadded(col.Title, s, shown))
			s = shown
		}
	}
	hasDigits := strings.ContainsAny(s, "0123456789")
	if !hasDigits && col.Required && col.InKey && len(s) <= 24 && notNumbered[spelling.Squash(s)] {
		return Value{}, because(finding.NotNumbered(col.Title, s))
	}
	if t.Private && !hasDigits { // a name in the wrong column, perhaps
		return Value{}, because(finding.CodeWithoutDigits(col.Title))
	}
	masked, found := secret.MaskNumbers(s, true)
	if hidden := HideAll(t.Known.Hide(masked), t.Hide); hidden != masked {
		masked, found = hidden, true
	}
	v := Value{Set: true, Hid: found, Text: masked}
	if found { // rows must stay apart that only the hidden digits tell apart
		v.Hash = t.keyHash(col, s)
	}
	return v, said
}

// notNumbered is what people write for the number of an item that has none yet. Of several such rows none is another one again.
var notNumbered = map[string]bool{"新增": true, "新": true, "新增项": true, "新增问题": true, "待编": true, "待编号": true, "待定": true, "待补": true, "待补充": true, "待赋码": true,
	"待分配": true, "未编": true, "未编号": true, "暂未编号": true, "尚未编号": true, "编号待定": true, "无编号": true, "无号": true, "暂无编号": true, "没有编号": true, "暂缺": true}

// notNamed is what people write for a firm or a person that isn't known yet.
var notNamed = map[string]bool{"待定": true, "待补": true, "待补充": true, "待明确": true, "待确定": true, "待安排": true, "暂缺": true, "空缺": true, "未定": true, "暂定": true}

// keyHash is the keyed hash by which a value still joins that is shown masked.
func (t *Typer) keyHash(col *forms.Column, s string) string {
	return t.Keys.Hash(t.Form.HashScope, string(col.Type)+":"+spelling.Squash(s))
}

// Conceal gives the mask and the keyed hash under which a sensitive value of a form's column is kept.
func Conceal(keys secret.Keys, f *forms.Form, col *forms.Column, s string) Value {
	return (&Typer{Keys: keys, Form: f}).sensitive(col, s)
}

// sensitive stores a mask and a keyed hash instead of the value.
func (t *Typer) sensitive(col *forms.Column, s string) Value {
	return Value{Set: true, Text: secret.Mask(col.Type, s), Hash: t.keyHash(col, s)}
}
