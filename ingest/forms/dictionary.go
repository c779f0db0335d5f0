package forms

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"taizhang/internal/calendar"
)

var typeWords = map[Type]string{
	Text: "文本", Code: "编号", List: "选项", Unit: "单位", Int: "整数", Money: "金额（元）", Percent: "百分比", Date: "日期", Month: "月份",
	USCC: "统一社会信用代码（GB 32100）", Person: "姓名（敏感）", ID: "身份证号（敏感，GB 11643）", Phone: "电话（敏感）", Firm: "企业名称（敏感）", TaxNo: "纳税人识别号（敏感）",
}

// Dictionary writes the data dictionary of all forms as Markdown.
func (s *Set) Dictionary() string {
	var b strings.Builder
	b.WriteString("# 表样与数据字典 (forms)\n\nGenerated from `ingest/forms/*.yaml` by `make generate`; do not edit.\n\n")
	b.WriteString("Each form's rows are in `raw.<form>`; the rows that count, with Chinese titles, in the view named by its title.\n")
	for _, f := range s.Forms {
		mode, freq := "台账：每次报全部事项，新的一份代替旧的", "每周"
		if f.Mode == Period {
			mode = "期间表：各期相加，更正只换当期"
		}
		if f.Frequency == calendar.Month {
			freq = "每月"
		}
		fmt.Fprintf(&b, "\n## %s `%s`\n\n%s；%s。", f.Title, f.ID, mode, freq)
		var key []string
		for _, p := range f.Key {
			var names []string
			for _, field := range p {
				names = append(names, f.Column(field).Title)
			}
			key = append(key, strings.Join(names, "或"))
		}
		fmt.Fprintf(&b, "编号（主键）：%s。", strings.Join(key, "＋"))
		if f.TotalsReject {
			b.WriteString("合计不符则退回。")
		}
		b.WriteString("\n\n| 列名 | 字段 | 类型 | 必填 | 选项 | 也认作 |\n|---|---|---|---|---|---|\n")
		for _, c := range f.Columns {
			need := ""
			if c.Required {
				need = "是"
			}
			var values []string
			for _, v := range c.Values {
				values = append(values, v.Name)
			}
			fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %s | %s |\n", c.Title, c.Field, typeWords[c.Type], need, strings.Join(values, "、"), strings.Join(c.Synonyms, "、"))
		}
		var rules []string
		for _, c := range f.Columns {
			rules = append(rules, c.says()...)
		}
		for _, r := range f.Rules {
			rules = append(rules, fmt.Sprintf("%s（`%s`）", s.says(f, r), r.ID))
		}
		if len(rules) > 0 {
			b.WriteString("\n审核：\n\n- " + strings.Join(rules, "\n- ") + "\n")
		}
	}
	return b.String()
}

// says puts the bounds of a column into words.
func (c *Column) says() []string {
	out := c.saysMeanings()
	if c.Pattern != nil {
		out = append(out, fmt.Sprintf("「%s」应为%s（`pattern`）", c.Title, c.Shape))
	}
	if c.Min != nil {
		out = append(out, fmt.Sprintf("「%s」不小于 %s（`range`）", c.Title, c.Min.RatString()))
	}
	if c.Max != nil {
		out = append(out, fmt.Sprintf("「%s」不大于 %s（`range`）", c.Title, c.Max.RatString()))
	}
	if c.Length > 0 {
		out = append(out, fmt.Sprintf("「%s」不超过 %d 个字（`length`）", c.Title, c.Length))
	}
	return out
}

// mostText writes a bound as people say it.
func mostText(most *big.Rat, c *Column) string {
	n, _ := most.Float64()
	switch {
	case c.Type != Money:
		return most.RatString()
	case n >= 1e8:
		return strconv.FormatFloat(n/1e8, 'f', -1, 64) + "亿元"
	}
	return strconv.FormatFloat(n/1e4, 'f', -1, 64) + "万元"
}

// says puts a rule into words.
func (s *Set) says(f *Form, r Rule) string {
	title := func(field string) string {
		if c := f.Column(field); c != nil {
			return "「" + c.Title + "」"
		}
		return ""
	}
	values := strings.Join(r.Values, "、")
	switch r.Kind {
	case "present_exactly_when":
		return fmt.Sprintf("%s为%s时填%s，否则不填", title(r.When), values, title(r.Field))
	case "present_when":
		return fmt.Sprintf("%s为%s时填%s", title(r.When), values, title(r.Field))
	case "required_when":
		return fmt.Sprintf("%s为%s时，%s必填", title(r.When), values, title(r.Field))
	case "not_before":
		return fmt.Sprintf("%s不早于%s", title(r.Field), title(r.Than))
	case "at_most":
		return fmt.Sprintf("%s不大于%s", title(r.Field), title(r.Than))
	case "whole_when":
		return fmt.Sprintf("%s为%s时%s是100%%", title(r.When), values, title(r.Field))
	case "absent_when":
		return fmt.Sprintf("%s为%s时不填%s", title(r.When), values, title(r.Field))
	case "done_exactly_when":
		return fmt.Sprintf("%s为%s时%s不写没有办完，否则不写已经办完", title(r.When), values, title(r.Field))
	case KnownIn:
		if r.Loosely {
			return fmt.Sprintf("%s像是名称的，应在%s里", title(r.Field), s.Get(r.Form).PlainTitle())
		}
		return fmt.Sprintf("%s应在%s里", title(r.Field), s.Get(r.Form).PlainTitle())
	case Usual:
		if r.Most != nil {
			return fmt.Sprintf("%s与以往所报相差很大的，或超过 %s 的，请核实", title(r.Field), mostText(r.Most, f.Column(r.Field)))
		}
		return fmt.Sprintf("%s与以往所报相差很大的，请核实", title(r.Field))
	}
	return r.Kind
}
