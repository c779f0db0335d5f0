// Package cell turns one cell under a column of a form into a typed value, or
// says what is wrong with it.
//
// Words: a value is what the raw table will hold; a fault is what is wrong
// with a cell, an error that leaves no value or a doubt that keeps it; facts
// are what a whole column says of its cells: the unit of money, whether
// percentages are fractions.
//
// A new rule about single cells goes where its type is read: numbers and codes
// here, amounts in money.go, dates in datecell.go, listed values in listcell.go.
package cell

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
	"taizhang/ingest/units"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
)

// Value is one typed value: SQL text, or nothing.
type Value struct {
	Set  bool
	Text string        // as SQL casts it: ISO dates, plain decimals, masks of sensitive values
	Hash string        // of a sensitive value
	Date calendar.Date // of a date or month
	Num  *big.Int      // of money in fen, of an int
	Gap  bool          // empty on purpose (长期)
}

// fault is what is wrong with one cell.
type fault struct {
	Rule, Message, Hint, Suggest string
	Severity                     finding.Severity // Error unless said otherwise; a warning keeps the value
}

func bad(rule, format string, args ...any) *fault {
	return &fault{Rule: rule, Message: fmt.Sprintf(format, args...), Severity: finding.Error}
}

func doubt(rule, format string, args ...any) *fault {
	return &fault{Rule: rule, Message: fmt.Sprintf(format, args...), Severity: finding.Warning}
}

func (f *fault) mend(format string, args ...any) *fault {
	f.Hint = fmt.Sprintf(format, args...)
	return f
}

// column-wide facts that single cells are read by.
type Facts struct {
	Fractions bool // percent without sign: all ≤ 1
	Unit      int
	UnitKnown bool
	OddUnit   string // of money, as written, where it is none of money in yuan: 万美元
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
	Private bool              // the form holds sensitive values
	Hide    []Hiding          // of the line at hand
}

// maxText is what a cell of a workbook can hold (ECMA-376 part 1, 18.3.1: as Excel limits it).
const maxText = 32_767

// Dashes are what people write into a cell that has no value.
var Dashes = map[string]bool{"": true, "-": true, "—": true, "——": true, "--": true, "/": true, "\\": true, "－": true, "无": true, "暂无": true, "n/a": true, "na": true, "null": true, "●": true, "…": true}

// Read turns one cell into a value. A nil fault or a warning keeps it.
func (t *Typer) Read(c *sheet.Cell, col *forms.Column, facts Facts) (Value, *fault) {
	if c.NoValue {
		return Value{}, bad("formula_without_value", "「%s」是公式，但文件里没有存下它的计算结果", col.Title).mend("请用 Excel 或 WPS 打开后重新保存，或把该格改成数值再报")
	}
	if c.Kind == sheet.Error {
		return Value{}, bad("cell_error", "「%s」是错误值 %s", col.Title, c.Text).mend("请改正公式，或直接填写内容")
	}
	if c.Kind == sheet.Empty {
		return Value{}, nil
	}
	raw := written.Tidy(c.Text)
	if low := strings.ToLower(raw[:min(len(raw), 12)]); len(raw) <= 12 && Dashes[low] && !(col.Type == forms.List && t.Lists[col][written.Heading(raw)] != "") && !(low == "无" && col.Type == forms.Text && col.Required) {
		return Value{}, nil
	}
	if len(raw) > maxText && len([]rune(raw)) > maxText {
		return Value{}, bad("length", "「%s」超过%d个字", col.Title, maxText).mend("请精简内容")
	}
	v, ft := t.typed(c, raw, col, facts)
	if v.Set && (ft == nil || ft.Severity == finding.Warning) {
		if out := t.outside(v, raw, col); out != nil {
			return Value{}, out
		}
	}
	return v, ft
}

// outside says how a value breaks the bounds that its column declares; nil if it keeps them.
func (t *Typer) outside(v Value, raw string, col *forms.Column) *fault {
	b := &col.Bounds
	if b.Pattern != nil && !b.Pattern.MatchString(v.Text) {
		return bad("pattern", "「%s」应为%s，现为“%s”", col.Title, b.Shape, t.Quote(raw, 30)).mend("请按%s填写", b.Shape)
	}
	if b.Length > 0 && utf8.RuneCountInString(v.Text) > b.Length {
		return bad("length", "「%s」超过%d个字，现有%d个字", col.Title, b.Length, utf8.RuneCountInString(v.Text)).mend("请精简到%d个字以内", b.Length)
	}
	if b.Min == nil && b.Max == nil {
		return nil
	}
	n, ok := new(big.Rat).SetString(v.Text)
	if !ok {
		return nil
	}
	if b.Min != nil && n.Cmp(b.Min) < 0 {
		return bad("range", "「%s」不应小于 %s，现为 %s", col.Title, bound(b.Min, col), t.Quote(raw, 30)).mend("请核对数字和单位")
	}
	if b.Max != nil && n.Cmp(b.Max) > 0 {
		return bad("range", "「%s」不应大于 %s，现为 %s", col.Title, bound(b.Max, col), t.Quote(raw, 30)).mend("请核对数字和单位")
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
	switch col.Type {
	case forms.Int, forms.Money, forms.Percent:
		if secret.MaskText(raw) != raw {
			return Value{}, bad("type", "「%s」应填%s，现在像是一个手机号或身份证号：%s", col.Title, numberWord(col), t.Quote(raw, 30)).mend("请核对各列是否错位")
		}
	}
	switch col.Type {
	case forms.Int:
		return t.readInt(c, raw, col)
	case forms.Money:
		return t.readMoney(c, raw, col, facts)
	case forms.Percent:
		return t.readPercent(c, raw, col, facts)
	case forms.Date, forms.Month:
		return t.readDate(c, raw, col)
	case forms.List:
		return t.readList(raw, col)
	case forms.Unit:
		return t.readUnit(raw, col)
	case forms.Text:
		if c.Kind == sheet.Date {
			raw = written.DateText(*c)
		}
		if len(raw) <= t.Register.Longest {
			if name, ok := t.Register.Submitter(raw); ok { // a unit's name resolves in any column
				raw = name
			}
		}
		return Value{Set: true, Text: t.hidden(raw)}, nil
	}
	return t.readCode(c, raw, col)
}

func (t *Typer) readInt(c *sheet.Cell, raw string, col *forms.Column) (Value, *fault) {
	n, ok := written.ParseInt(raw)
	if c.Kind == sheet.Date || c.Kind == sheet.Bool {
		ok = false
	}
	if !ok && c.Kind == sheet.Number {
		if d, err := written.ParseDecimal(c.Text); err == nil {
			if r, lost := d.Rounded(0); lost == 1 && r.IsInt64() {
				n, ok = r.Int64(), true
			}
		}
	}
	if !ok {
		return Value{}, bad("type", "「%s」应填整数，现为“%s”", col.Title, t.Quote(raw, 30)).mend("请只填阿拉伯数字，不带文字说明")
	}
	if n > 1e12 {
		return Value{}, bad("range", "「%s」数字过大：%s", col.Title, t.Quote(raw, 30)).mend("请核对后填写")
	}
	if n < 0 {
		return Value{}, bad("range", "「%s」不能是负数，现为 %d", col.Title, n).mend("请核对后填写不小于 0 的整数")
	}
	return Value{Set: true, Text: strconv.FormatInt(n, 10), Num: big.NewInt(n)}, nil
}

func (t *Typer) readPercent(c *sheet.Cell, raw string, col *forms.Column, facts Facts) (Value, *fault) {
	s := strings.ReplaceAll(written.Plain(raw), " ", "")
	sign := strings.HasSuffix(s, "%")
	if c.Kind == sheet.Number {
		s = c.Text
	}
	d, err := written.ParseDecimal(strings.TrimSuffix(s, "%"))
	if err != nil || c.Kind == sheet.Date {
		return Value{}, bad("type", "「%s」应填百分比，现为“%s”", col.Title, t.Quote(raw, 30)).mend("请填如 85%% 的数值")
	}
	if sign && c.Kind != sheet.Number || !sign && !(c.Percent && c.Kind == sheet.Number) && !facts.Fractions {
		d.Exp -= 2
	}
	n, _ := d.Rounded(6)
	if n.Sign() < 0 || n.Cmp(big.NewInt(10_000_000)) > 0 {
		return Value{}, bad("range", "「%s」应在 0 到 100%% 之间，现为 %s", col.Title, t.Quote(raw, 30)).mend("请核对后填写")
	}
	v := Value{Set: true, Text: written.Fixed(n, 6)}
	if n.Cmp(big.NewInt(1_000_000)) > 0 {
		return v, doubt("over_100_percent", "「%s」超过 100%%：%s", col.Title, t.Quote(raw, 30)).mend("请核实")
	}
	return v, nil
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

func dateWord(c *forms.Column) string {
	if c.Type == forms.Month {
		return "月份"
	}
	return "日期"
}

// readCode reads identifiers: codes, credit codes, and the sensitive kinds.
func (t *Typer) readCode(c *sheet.Cell, raw string, col *forms.Column) (Value, *fault) {
	s := strings.ReplaceAll(written.Plain(raw), " ", "")
	if c.Kind == sheet.Date {
		if col.Type != forms.Code {
			return Value{}, bad("type", "「%s」被 Excel 存成了日期", col.Title).mend("请把该格设为文本格式后重新填写")
		}
		return Value{Set: true, Text: written.DateText(*c)}, doubt("code_is_date", "「%s」被 Excel 存成了日期 %s", col.Title, written.DateText(*c)).mend("请把该格设为文本格式后重新填写")
	}
	if c.Kind == sheet.Number && len(strings.TrimLeft(s, "-")) > 15 && col.Type != forms.Person && col.Type != forms.Firm {
		return Value{}, bad("damaged_number", "「%s」被 Excel 当作数字保存，15位以后的数字已经丢失", col.Title).mend("请把该列设为文本格式，重新填写完整号码")
	}
	switch col.Type {
	case forms.USCC:
		s = strings.ToUpper(s)
		if !secret.CreditCodeShape.MatchString(s) {
			return Value{}, bad("pattern", "「%s」应为18位统一社会信用代码，现为“%s”", col.Title, t.Quote(raw, 30)).mend("请对照营业执照填写18位数字和大写字母（不含 I、O、S、V、Z）")
		}
		if secret.IsPersonal(s) {
			return Value{}, bad("pattern", "「%s」应为18位统一社会信用代码，现为身份证号", col.Title).mend("请对照营业执照填写；个体工商户也有自己的代码，不能用经营者的身份证号代替")
		}
		if secret.CreditCodeCheck(s) != s[17] {
			f := doubt("check_character", "「%s」%s 的校验位不对", col.Title, t.Quote(s, 30)).mend("请对照营业执照核对，多半是抄错了一位")
			return Value{Set: true, Text: s}, f
		}
		return Value{Set: true, Text: s}, nil
	case forms.ID:
		s = strings.ToUpper(s)
		if !secret.IDShape.MatchString(s) {
			return Value{}, bad("pattern", "「%s」应为18位身份证号，现为%d位", col.Title, len(s)).mend("请核对后填写，并把该列设为文本格式")
		}
		if secret.IDCheck(s) != s[17] {
			return Value{}, bad("check_character", "「%s」的校验位不对", col.Title).mend("请对照证件核对，多半是抄错了一位")
		}
	case forms.Phone:
		s = strings.NewReplacer("-", "", "(", "", ")", "").Replace(s)
		if !secret.PhoneShape.MatchString(s) {
			return Value{}, bad("pattern", "「%s」不是有效的电话号码", col.Title).mend("请填11位手机号或带区号的固定电话")
		}
	case forms.TaxNo:
		s = strings.ToUpper(s)
		if !secret.TaxNoShape.MatchString(s) {
			return Value{}, bad("pattern", "「%s」应为15至20位，现为%d位", col.Title, len([]rune(s))).mend("请对照税务登记填写")
		}
		v := t.sensitive(col, s)
		if len(s) == 18 && secret.CreditCodeShape.MatchString(s) && secret.CreditCodeCheck(s) != s[17] {
			return v, doubt("check_character", "「%s」的校验位不对", col.Title).mend("请对照税务登记核对，多半是抄错了一位")
		}
		return v, nil
	case forms.Code:
		return t.code(c, s, col)
	}
	return t.sensitive(col, s), nil
}

var zeros = regexp.MustCompile(`^0{2,18}$`)

// code reads an identifier: a number without decimals, with the leading zeros that its format shows.
func (t *Typer) code(c *sheet.Cell, s string, col *forms.Column) (Value, *fault) {
	if c.Kind == sheet.Number {
		if d, err := written.ParseDecimal(c.Text); err == nil {
			if n, lost := d.Rounded(0); lost == 0 {
				s = n.String()
				if zeros.MatchString(c.Format) && len(s) < len(c.Format) {
					s = strings.Repeat("0", len(c.Format)-len(s)) + s
				}
			}
		}
	}
	if t.Private && !strings.ContainsAny(s, "0123456789") { // a name in the wrong column, perhaps
		return Value{}, bad("pattern", "「%s」应是含有数字的编号", col.Title).mend("请核对各列是否错位")
	}
	masked, found := secret.MaskNumbers(s, true)
	v := Value{Set: true, Text: masked}
	if found { // rows must stay apart that only the hidden digits tell apart
		v.Hash = t.Keys.Hash(t.Form.HashScope, string(col.Type)+":"+written.Squash(s))
	}
	return v, nil
}

// sensitive stores a mask and a keyed hash instead of the value.
func (t *Typer) sensitive(col *forms.Column, s string) Value {
	return Value{Set: true, Text: secret.Mask(col.Type, s), Hash: t.Keys.Hash(t.Form.HashScope, string(col.Type)+":"+written.Squash(s))}
}

// readUnit reads a unit's name; names are kept, since a column repeats few. Of a name that looks like a submitter's but
// is none, the first cell is asked about.
func (t *Typer) readUnit(raw string, col *forms.Column) (Value, *fault) {
	key := col.Field + "\x1f" + raw
	u, seen := t.units[key]
	if seen {
		return Value{Set: u != "", Text: u}, nil // nothing but separators names no unit
	}
	like := ""
	if s, ok := t.Register.Street(raw); ok && col.Field == "street" {
		u = s.Name
	} else {
		u, like = t.Register.Unit(raw)
	}
	u = t.hidden(u)
	if t.units == nil {
		t.units = map[string]string{}
	}
	t.units[key] = u
	if like != "" && u != "" {
		f := doubt("unit_unknown", "「%s」“%s”不在单位名单里，像是“%s”，按所写的名称单独统计", col.Title, t.Quote(raw, 30), like).
			mend("请改为“%s”；如是另一个单位，请忽略本条；如是它的另一名称，请管理员登记为别名", like)
		f.Suggest = like
		return Value{Set: true, Text: u}, f
	}
	return Value{Set: u != "", Text: u}, nil
}
