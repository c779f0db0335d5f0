package ingest

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/internal/calendar"
)

// value is one typed value: SQL text, or nothing.
type value struct {
	set  bool
	text string        // as SQL casts it: ISO dates, plain decimals, masks of sensitive values
	hash string        // of a sensitive value
	date calendar.Date // of a date or month
	num  *big.Int      // of money in fen, of an int
	gap  bool          // empty on purpose (长期)
}

// fault is what is wrong with one cell.
type fault struct {
	rule, message, hint, suggest string
	severity                     finding.Severity // Error unless said otherwise; a warning keeps the value
}

func bad(rule, format string, args ...any) *fault {
	return &fault{rule: rule, message: fmt.Sprintf(format, args...), severity: finding.Error}
}

func doubt(rule, format string, args ...any) *fault {
	return &fault{rule: rule, message: fmt.Sprintf(format, args...), severity: finding.Warning}
}

func (f *fault) mend(format string, args ...any) *fault {
	f.hint = fmt.Sprintf(format, args...)
	return f
}

// column-wide facts that single cells are read by.
type columnFacts struct {
	fractions bool // percent without sign: all ≤ 1
	unit      int
	unitKnown bool
}

// typer turns cells into typed values for one return.
type typer struct {
	in     *Intake
	form   *forms.Form
	period calendar.Period
	cutoff calendar.Date
	keys   Keys
	lists  map[*forms.Column]map[string]string

	units   map[string]string // units' names, by text as written
	private bool              // the form holds sensitive values
	hide    []secret          // of the line at hand
}

const maxText = 4000

// dashes are what people write into a cell that has no value.
var dashes = map[string]bool{"": true, "-": true, "—": true, "——": true, "--": true, "/": true, "\\": true, "－": true, "无": true, "暂无": true, "n/a": true, "na": true, "null": true, "●": true, "…": true}

// read turns one cell into a value. A nil fault or a warning keeps it.
func (t *typer) read(c *sheet.Cell, col *forms.Column, facts columnFacts) (value, *fault) {
	if c.NoValue {
		return value{}, bad("formula_without_value", "「%s」是公式，但文件里没有存下它的计算结果", col.Title).mend("请用 Excel 或 WPS 打开后重新保存，或把该格改成数值再报")
	}
	if c.Kind == sheet.Error {
		return value{}, bad("cell_error", "「%s」是错误值 %s", col.Title, c.Text).mend("请改正公式，或直接填写内容")
	}
	if c.Kind == sheet.Empty {
		return value{}, nil
	}
	raw := tidy(c.Text)
	if low := strings.ToLower(raw[:min(len(raw), 12)]); len(raw) <= 12 && dashes[low] && !(col.Type == forms.List && t.lists[col][heading(raw)] != "") && !(low == "无" && col.Type == forms.Text && col.Required) {
		return value{}, nil
	}
	if len(raw) > maxText && len([]rune(raw)) > maxText {
		return value{}, bad("length", "「%s」超过%d个字", col.Title, maxText).mend("请精简内容")
	}
	v, ft := t.typed(c, raw, col, facts)
	if v.set && (ft == nil || ft.severity == finding.Warning) {
		if out := t.outside(v, raw, col); out != nil {
			return value{}, out
		}
	}
	return v, ft
}

// outside says how a value breaks the bounds that its column declares; nil if it keeps them.
func (t *typer) outside(v value, raw string, col *forms.Column) *fault {
	b := &col.Bounds
	if b.Pattern != nil && !b.Pattern.MatchString(v.text) {
		return bad("pattern", "「%s」应为%s，现为“%s”", col.Title, b.Shape, t.quote(raw, 30)).mend("请按%s填写", b.Shape)
	}
	if b.Length > 0 && utf8.RuneCountInString(v.text) > b.Length {
		return bad("length", "「%s」超过%d个字，现有%d个字", col.Title, b.Length, utf8.RuneCountInString(v.text)).mend("请精简到%d个字以内", b.Length)
	}
	if b.Min == nil && b.Max == nil {
		return nil
	}
	n, ok := new(big.Rat).SetString(v.text)
	if !ok {
		return nil
	}
	if b.Min != nil && n.Cmp(b.Min) < 0 {
		return bad("range", "「%s」不应小于 %s，现为 %s", col.Title, bound(b.Min, col), t.quote(raw, 30)).mend("请核对数字和单位")
	}
	if b.Max != nil && n.Cmp(b.Max) > 0 {
		return bad("range", "「%s」不应大于 %s，现为 %s", col.Title, bound(b.Max, col), t.quote(raw, 30)).mend("请核对数字和单位")
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
func (t *typer) typed(c *sheet.Cell, raw string, col *forms.Column, facts columnFacts) (value, *fault) {
	switch col.Type {
	case forms.Int, forms.Money, forms.Percent:
		if maskText(raw) != raw {
			return value{}, bad("type", "「%s」应填%s，现在像是一个手机号或身份证号：%s", col.Title, numberWord(col), t.quote(raw, 30)).mend("请核对各列是否错位")
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
			raw = dateText(*c)
		}
		if len(raw) <= t.in.longest {
			if name, ok := t.in.submitter(raw); ok { // a unit's name resolves in any column
				raw = name
			}
		}
		return value{set: true, text: t.hidden(raw)}, nil
	}
	return t.readCode(c, raw, col)
}

func (t *typer) readInt(c *sheet.Cell, raw string, col *forms.Column) (value, *fault) {
	n, ok := parseInt(raw)
	if c.Kind == sheet.Date || c.Kind == sheet.Bool {
		ok = false
	}
	if !ok && c.Kind == sheet.Number {
		if d, err := parseDecimal(c.Text); err == nil {
			if r, lost := d.rounded(0); lost == 1 && r.IsInt64() {
				n, ok = r.Int64(), true
			}
		}
	}
	if !ok {
		return value{}, bad("type", "「%s」应填整数，现为“%s”", col.Title, t.quote(raw, 30)).mend("请只填阿拉伯数字，不带文字说明")
	}
	if n > 1e12 {
		return value{}, bad("range", "「%s」数字过大：%s", col.Title, t.quote(raw, 30)).mend("请核对后填写")
	}
	if n < 0 {
		return value{}, bad("range", "「%s」不能是负数，现为 %d", col.Title, n).mend("请核对后填写不小于 0 的整数")
	}
	return value{set: true, text: strconv.FormatInt(n, 10), num: big.NewInt(n)}, nil
}

// amountUnit is the power of ten by which an amount is yuan: as the cell states, else its column. A number whose format
// shows it smaller than it is (0!.0000 shows yuan as 万元) is of the unit that it is shown in.
func amountUnit(c *sheet.Cell, unit int, inText bool, facts columnFacts) int {
	if inText && c.Kind != sheet.Number {
		return unit
	}
	known := facts.unitKnown
	unit = facts.unit
	if u, ok := cellUnit(c); ok && c.Kind == sheet.Number {
		unit, known = u, true
	}
	if scale := shownScale(c.Format); c.Kind == sheet.Number && scale > 0 && known {
		unit -= scale
	}
	return unit
}

var maxMoney = new(big.Int).Exp(big.NewInt(10), big.NewInt(18), nil)

func (t *typer) readMoney(c *sheet.Cell, raw string, col *forms.Column, facts columnFacts) (value, *fault) {
	num, unit, hasUnit := moneyText(raw)
	if c.Kind == sheet.Date || c.Kind == sheet.Bool {
		return value{}, bad("type", "「%s」应填金额，现为日期或逻辑值", col.Title).mend("请填数字，并检查单元格格式")
	}
	if c.Kind == sheet.Number {
		num = c.Text
	}
	d, err := parseDecimal(num)
	if err != nil {
		return value{}, bad("type", "「%s」应填金额，现为“%s”", col.Title, t.quote(raw, 30)).mend("请只填数字，单位写在表头，如“%s（万元）”", col.Title)
	}
	d.exp += amountUnit(c, unit, hasUnit, facts)
	n, lost := d.rounded(2)
	if new(big.Int).Abs(n).Cmp(maxMoney) >= 0 {
		return value{}, bad("range", "「%s」金额过大：%s", col.Title, t.quote(raw, 30)).mend("请核对金额和单位（元、万元、亿元）")
	}
	v := value{set: true, text: fixed(n, 2), num: n}
	if n.Sign() < 0 {
		return value{}, bad("range", "「%s」不能是负数，现为 %s", col.Title, t.quote(raw, 30)).mend("请核对后填写；冲减以前月份的，请更正当月报表")
	}
	if lost == 2 {
		return v, doubt("money_rounded", "「%s」小于一分的部分已四舍五入：%s", col.Title, t.quote(raw, 30)).mend("请按分填写")
	}
	return v, nil
}

func (t *typer) readPercent(c *sheet.Cell, raw string, col *forms.Column, facts columnFacts) (value, *fault) {
	s := strings.ReplaceAll(plain(raw), " ", "")
	sign := strings.HasSuffix(s, "%")
	if c.Kind == sheet.Number {
		s = c.Text
	}
	d, err := parseDecimal(strings.TrimSuffix(s, "%"))
	if err != nil || c.Kind == sheet.Date {
		return value{}, bad("type", "「%s」应填百分比，现为“%s”", col.Title, t.quote(raw, 30)).mend("请填如 85%% 的数值")
	}
	if sign && c.Kind != sheet.Number || !sign && !c.Percent && !facts.fractions {
		d.exp -= 2
	}
	n, _ := d.rounded(6)
	if n.Sign() < 0 || n.Cmp(big.NewInt(10_000_000)) > 0 {
		return value{}, bad("range", "「%s」应在 0 到 100%% 之间，现为 %s", col.Title, t.quote(raw, 30)).mend("请核对后填写")
	}
	v := value{set: true, text: fixed(n, 6)}
	if n.Cmp(big.NewInt(1_000_000)) > 0 {
		return v, doubt("over_100_percent", "「%s」超过 100%%：%s", col.Title, t.quote(raw, 30)).mend("请核实")
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
func (t *typer) readCode(c *sheet.Cell, raw string, col *forms.Column) (value, *fault) {
	s := strings.ReplaceAll(plain(raw), " ", "")
	if c.Kind == sheet.Date {
		if col.Type != forms.Code {
			return value{}, bad("type", "「%s」被 Excel 存成了日期", col.Title).mend("请把该格设为文本格式后重新填写")
		}
		return value{set: true, text: dateText(*c)}, doubt("code_is_date", "「%s」被 Excel 存成了日期 %s", col.Title, dateText(*c)).mend("请把该格设为文本格式后重新填写")
	}
	if c.Kind == sheet.Number && len(strings.TrimLeft(s, "-")) > 15 && col.Type != forms.Person && col.Type != forms.Firm {
		return value{}, bad("damaged_number", "「%s」被 Excel 当作数字保存，15位以后的数字已经丢失", col.Title).mend("请把该列设为文本格式，重新填写完整号码")
	}
	switch col.Type {
	case forms.USCC:
		s = strings.ToUpper(s)
		if !usccShape.MatchString(s) {
			return value{}, bad("pattern", "「%s」应为18位统一社会信用代码，现为“%s”", col.Title, t.quote(raw, 30)).mend("请对照营业执照填写18位数字和大写字母（不含 I、O、S、V、Z）")
		}
		if isPersonal(s) {
			return value{}, bad("pattern", "「%s」应为18位统一社会信用代码，现为身份证号", col.Title).mend("请对照营业执照填写；个体工商户也有自己的代码，不能用经营者的身份证号代替")
		}
		if usccCheck(s) != s[17] {
			f := doubt("check_character", "「%s」%s 的校验位不对", col.Title, t.quote(s, 30)).mend("请对照营业执照核对，多半是抄错了一位")
			return value{set: true, text: s}, f
		}
		return value{set: true, text: s}, nil
	case forms.ID:
		s = strings.ToUpper(s)
		if !idShape.MatchString(s) {
			return value{}, bad("pattern", "「%s」应为18位身份证号，现为%d位", col.Title, len(s)).mend("请核对后填写，并把该列设为文本格式")
		}
		if idCheck(s) != s[17] {
			return value{}, bad("check_character", "「%s」的校验位不对", col.Title).mend("请对照证件核对，多半是抄错了一位")
		}
	case forms.Phone:
		s = strings.NewReplacer("-", "", "(", "", ")", "").Replace(s)
		if !phoneShape.MatchString(s) {
			return value{}, bad("pattern", "「%s」不是有效的电话号码", col.Title).mend("请填11位手机号或带区号的固定电话")
		}
	case forms.TaxNo:
		s = strings.ToUpper(s)
		if !taxNoShape.MatchString(s) {
			return value{}, bad("pattern", "「%s」应为15至20位，现为%d位", col.Title, len([]rune(s))).mend("请对照税务登记填写")
		}
		v := t.sensitive(col, s)
		if len(s) == 18 && usccShape.MatchString(s) && usccCheck(s) != s[17] {
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
func (t *typer) code(c *sheet.Cell, s string, col *forms.Column) (value, *fault) {
	if c.Kind == sheet.Number {
		if d, err := parseDecimal(c.Text); err == nil {
			if n, lost := d.rounded(0); lost == 0 {
				s = n.String()
				if zeros.MatchString(c.Format) && len(s) < len(c.Format) {
					s = strings.Repeat("0", len(c.Format)-len(s)) + s
				}
			}
		}
	}
	if t.private && !strings.ContainsAny(s, "0123456789") { // a name in the wrong column, perhaps
		return value{}, bad("pattern", "「%s」应是含有数字的编号", col.Title).mend("请核对各列是否错位")
	}
	masked, found := maskNumbers(s, true)
	v := value{set: true, text: masked}
	if found { // rows must stay apart that only the hidden digits tell apart
		v.hash = t.keys.hash(t.form.HashScope, string(col.Type)+":"+squash(s))
	}
	return v, nil
}

// sensitive stores a mask and a keyed hash instead of the value.
func (t *typer) sensitive(col *forms.Column, s string) value {
	return value{set: true, text: mask(col.Type, s), hash: t.keys.hash(t.form.HashScope, string(col.Type)+":"+squash(s))}
}
