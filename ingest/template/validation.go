package template

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"taizhang/ingest/fit"
	"taizhang/ingest/heading"
	"taizhang/ingest/sheet"
	"taizhang/internal/calendar"
)

// validate says what a column's cells take, and tells so when one is chosen.
func (t *book) validate(name string, col int, c Column, day calendar.Date) {
	v := excelize.NewDataValidation(true)
	v.SetSqref(sheet.Ref(headRow+2, col) + ":" + sheet.Ref(lastRow, col))
	sample, month := "，写成“年-月-日”", "，写成“年-月”"
	if day > 0 {
		sample, month = "，如 "+day.String(), fmt.Sprintf("，如 %d-%02d", day.Year(), day.Month())
	}
	style, wrong := excelize.DataValidationErrorStyleStop, ""
	serial := func(y int) int { return int(calendar.NewDate(y, 1, 1) - calendar.NewDate(1899, 12, 30)) }
	between := excelize.DataValidationOperatorBetween
	if c.NamesOf != "" && len(t.directory) > 0 {
		t.offerNames(v)
		style, wrong = excelize.DataValidationErrorStyleWarning, "请从企业名录中选择，统一社会信用代码会自动带出；名录中没有的也可以直接填写。"
	}
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
		wrong = "请填日期" + sample + "。"
		if c.Type == "month" {
			wrong = "请填年月" + month + "。"
		}
		if len(c.List) > 0 { // words such as 长期 may stand instead
			style = excelize.DataValidationErrorStyleWarning
			wrong = "请填日期" + sample + "；也可以填：" + strings.Join(c.List, "、") + "。"
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
		v.SetInput(fit.Clip(c.Title, 30), fit.Clip(strings.Join(say, ""), maxPrompt))
	}
	if wrong != "" || len(say) > 0 {
		t.do(t.f.AddDataValidation(name, v))
	}
}

// dropList offers values: in the rule itself, or from the marker sheet where
// they are too long for that.
func (t *book) dropList(v *excelize.DataValidation, values []string) {
	all := strings.Join(values, ",")
	if utf8.RuneCountInString(all) <= 250 && strings.Count(all, ",") == len(values)-1 && !strings.Contains(all, `"`) {
		t.do(v.SetDropList(values))
		return
	}
	v.SetSqrefDropList(t.list("", values))
}

// list puts values into a column of the marker sheet and says where they stand.
func (t *book) list(title string, values []string) string {
	t.lists++
	col, first := sheet.ColumnName(t.lists), heading.MarkerLists+1
	if title != "" {
		t.do(t.f.SetCellStr(heading.MarkerSheet, sheet.Ref(heading.MarkerLists, t.lists), title))
	}
	for i, s := range values {
		t.do(t.f.SetCellStr(heading.MarkerSheet, sheet.Ref(first+i, t.lists), escapeless(s)))
	}
	return fmt.Sprintf("%s!$%s$%d:$%s$%d", heading.MarkerSheet, col, first, col, first+len(values)-1)
}

// offerNames lets a cell choose among the directory's names; any other may be written.
func (t *book) offerNames(v *excelize.DataValidation) {
	if t.names == "" {
		var names, codes []string
		for _, e := range t.directory {
			names, codes = append(names, e.Name), append(codes, e.Code)
		}
		t.names = t.list(heading.MarkerNames, names)
		_, end, _ := strings.Cut(t.list(heading.MarkerCodes, codes), ":")
		begin, _, _ := strings.Cut(t.names, ":")
		t.codes = begin + ":" + end
	}
	v.SetSqrefDropList(t.names)
}

// fillCodes looks the code of an enterprise up where its name is filled in. Cells that hold a code already keep it.
func (t *book) fillCodes(name string, form Form) {
	if t.names == "" {
		return
	}
	at := map[string]int{}
	for i, c := range form.Columns {
		at[c.Field] = i + 1
	}
	for i, c := range form.Columns {
		to := at[c.NamesOf]
		if c.NamesOf == "" || to == 0 {
			continue
		}
		for row := headRow + 2 + len(form.Rows); row <= lastRuled(form); row++ {
			from := "$" + sheet.Ref(row, i+1)
			t.do(t.f.SetCellFormula(name, sheet.Ref(row, to), fmt.Sprintf(`IF(%s="","",IFERROR(VLOOKUP(%s,%s,2,FALSE),""))`, from, from, t.codes)))
		}
	}
}

// prompt tells what a single cell takes.
func (t *book) prompt(name, ref, title, text string) {
	v := excelize.NewDataValidation(true)
	v.SetSqref(ref)
	v.SetInput(title, text)
	t.do(t.f.AddDataValidation(name, v))
}
