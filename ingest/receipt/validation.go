package receipt

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"taizhang/ingest/sheet"
	"taizhang/internal/calendar"
)

// validate says what a column's cells take, and tells so when one is chosen.
func (t *template) validate(name string, col int, c TemplateColumn) {
	v := excelize.NewDataValidation(true)
	v.SetSqref(sheet.Ref(templateHead+2, col) + ":" + sheet.Ref(templateLast, col))
	style, wrong := excelize.DataValidationErrorStyleStop, ""
	serial := func(y int) int { return int(calendar.NewDate(y, 1, 1) - calendar.NewDate(1899, 12, 30)) }
	between := excelize.DataValidationOperatorBetween
	switch c.Type {
	case "list", "unit":
		if len(c.List) > 0 {
			t.dropList(v, c.List)
			wrong = "请从下拉列表中选择。"
			if c.Type == "unit" {
				style = excelize.DataValidationErrorStyleWarning
			}
		}
	case "date", "month":
		t.do(v.SetRange(serial(2000), serial(2100), excelize.DataValidationTypeDate, between))
		wrong = "请填日期，如 2022-08-15。"
		if c.Type == "month" {
			wrong = "请填年月，如 2022-08。"
		}
		if len(c.List) > 0 { // words such as 长期 may stand instead
			style = excelize.DataValidationErrorStyleWarning
			wrong = "请填日期，如 2022-08-15；也可以填：" + strings.Join(c.List, "、") + "。"
		}
	case "int":
		t.do(v.SetRange(0, 1_000_000_000, excelize.DataValidationTypeWhole, between))
		wrong = "请填不小于 0 的整数。"
	case "money":
		t.do(v.SetRange(-1e13, 1e13, excelize.DataValidationTypeDecimal, between))
		wrong = "请只填数字，不带单位。"
		if c.Unit != "" {
			wrong = "请只填数字，单位为" + c.Unit + "。"
		}
	case "percent":
		t.do(v.SetRange(0, 1, excelize.DataValidationTypeDecimal, between))
		wrong = "请填 0% 到 100% 之间的数，如 60%。"
	case "id", "uscc":
		t.do(v.SetRange(18, 18, excelize.DataValidationTypeTextLength, between))
		style, wrong = excelize.DataValidationErrorStyleWarning, "应为 18 位。"
	}
	if wrong != "" {
		v.SetError(style, "填写有误", wrong)
	}
	var say []string
	if c.Required {
		say = append(say, "必填。")
	}
	if wrong != "" {
		say = append(say, wrong)
	}
	if c.Note != "" {
		say = append(say, c.Note)
	}
	if len(say) > 0 {
		v.SetInput(clip(c.Title, 30), clip(strings.Join(say, ""), maxPrompt))
	}
	if wrong != "" || len(say) > 0 {
		t.do(t.f.AddDataValidation(name, v))
	}
}

// dropList offers values: in the rule itself, or from the marker sheet where
// they are too long for that.
func (t *template) dropList(v *excelize.DataValidation, values []string) {
	all := strings.Join(values, ",")
	if utf8.RuneCountInString(all) <= 250 && strings.Count(all, ",") == len(values)-1 && !strings.Contains(all, `"`) {
		t.do(v.SetDropList(values))
		return
	}
	const firstRow = 200 // below what the marker says of the sheets
	t.lists++
	col := sheet.ColumnName(t.lists)
	for i, s := range values {
		t.do(t.f.SetCellStr(MarkerSheet, sheet.Ref(firstRow+i, t.lists), escapeless(s)))
	}
	v.SetSqrefDropList(fmt.Sprintf("%s!$%s$%d:$%s$%d", MarkerSheet, col, firstRow, col, firstRow+len(values)-1))
}

// prompt tells what a single cell takes.
func (t *template) prompt(name, ref, title, text string) {
	v := excelize.NewDataValidation(true)
	v.SetSqref(ref)
	v.SetInput(title, text)
	t.do(t.f.AddDataValidation(name, v))
}
