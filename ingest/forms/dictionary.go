package forms

import (
	"fmt"
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
	}
	return b.String()
}
