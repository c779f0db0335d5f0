package finding

import (
	"fmt"
	"strings"
)

var ofValues chapter

var (
	repeatedKey         = ofValues.asks("repeated_key", "同一编号出现两次：内容相同只计一次，内容不同的后一行不计入（必须修改）。")
	keyAlike            = ofValues.asks("key_alike", "同一份报表里两行的编号只差开头的0，按两项计。")
	required            = ofValues.refuses("required", "必填的内容没有填。")
	mistyped            = ofValues.refuses("type", "内容不是该列应填的日期、数字或金额。")
	unitUnknown         = ofValues.asks("unit_unknown", "单位名称不在名单里，却与名单里的一个相像，或是本区没有的街道、乡镇；按所写的名称单独统计。")
	nameNoted           = ofValues.asks("name_noted", "企业名称前后带有说明或序号，会与不带的算成两家。")
	severalInCell       = ofValues.asks("several_in_cell", "一格里像是写了几个名称，只按一个计。")
	beforePeriod        = ofValues.asks("before_period", "多数行的日期早于报送期，可能与以前各期重复。")
	listValueText       = ofValues.asks("list_value_text", "可选内容后面带有文字，按可选内容读取。")
	listValue           = ofValues.refuses("list_value", "内容不在可选范围内。")
	pattern             = ofValues.refuses("pattern", "编号、代码或号码的样子不对，或与名称的一列填反了。")
	outOfRange          = ofValues.refuses("range", "数字或日期超出合理范围。")
	length              = ofValues.refuses("length", "内容太长。")
	checkCharacter      = ofValues.asks("check_character", "校验位不对（统一社会信用代码）；身份证号的必须修改。")
	damagedNumber       = ofValues.refuses("damaged_number", "长号码被当作数字保存，后几位已经丢失。")
	formulaWithoutValue = ofValues.refuses("formula_without_value", "公式没有存下计算结果。")
	cellError           = ofValues.refuses("cell_error", "单元格是错误值。")
	cellStruck          = ofValues.asks("cell_struck", "单元格画了删除线，仍按所写的读取。")
	partStruck          = ofValues.refuses("part_struck", "单元格里一部分画了删除线，新旧两个数连在一起，读不出是哪一个。")
	cellUnseen          = ofValues.asks("cell_unseen", "单元格里的内容看不见（字的颜色与底色相同，或数字格式把它隐藏了），仍照常读取。")
	codeIsDate          = ofValues.asks("code_is_date", "编号被存成了日期。")
	codePadded          = ofValues.tells("code_padded", "编号存成了数字，按格子里显示的读取：1.10 不读作 1.1。")
	dateSerial          = ofValues.asks("date_serial", "日期是一个数字，按序号读取。")
	dateDecimal         = ofValues.asks("date_decimal", "日期是一个小数，按年月读取。")
	dateRange           = ofValues.asks("date_range", "写的是一段时间、两个日期，或不是确切的一天，只取其中一天。")
	dateLunar           = ofValues.asks("date_lunar", "日期像是农历的写法（八月十五），按公历读取。")
	yearAssumed         = ofValues.asks("year_assumed", "日期没有写年份，读作上一年。")
	monthAssumed        = ofValues.asks("month_assumed", "日期只写了几日，没有写年月，周报里读作这一周的那一天。")
	dateFar             = ofValues.asks("date_far", "日期与报送期相差三年以上，时限相差十年以上。")
	yearSlip            = ofValues.asks("year_slip", "日期在报送期以外，换成报送期的年份却正好在期内，年份多半写错了。")
	afterCutoff         = ofValues.asks("after_cutoff", "已发生的日期晚于截至日期。")
	weekdayDiffers      = ofValues.asks("weekday_differs", "日期后面写的星期几与这一天不符，日期和星期总有一个写错了；按日期读取。")
	moneyRounded        = ofValues.asks("money_rounded", "小于一分的部分四舍五入。")
	unitUnreadable      = ofValues.refuses("unit_unreadable", "金额的单位不是人民币的元、千元、万元等，或计数的单位读不懂（K、W），不能计入。")
	formatScaled        = ofValues.asks("format_scaled", "数字格式使显示的数与存的数不一样，按存的数和表头的单位计。")
	unitHidden          = ofValues.asks("unit_hidden", "涉及个人的报表里，单位一栏写的像是人名或号码；按涉敏内容隐去。")
	numbersHidden       = ofValues.tells("numbers_hidden", "文字、名称里有身份证号、手机号、银行卡号、护照号，或本表的涉敏内容，入库时隐去。")
	outsidePeriod       = ofValues.asks("month_outside_period", "个别行填的月份不是报送期的。")
	percentSmall        = ofValues.asks("percent_small", "同列按百分数填，有一格不到1，读作百分之零点几。")
	over100Percent      = ofValues.asks("over_100_percent", "百分比超过 100%。")
)

// KeyAlike is a key that differs from that of another row only by leading noughts; count of all such rows.
func KeyAlike(key, other string, row, count int) Finding {
	more := ""
	if count > 1 {
		more = fmt.Sprintf("；这样的一共有%d行", count)
	}
	return keyAlike.finds("“%s”与第%d行的“%s”只差开头的0，按两项计入%s", key, row, other, more).
		mend("请核对：是同一项的，请删去多余的一行；是两项的，请改成不易混淆的编号，或写核实说明")
}

// CellUnseen is a value that counts and that nobody can see: white on white, or hidden by its number format.
func CellUnseen(title string) Finding {
	return cellUnseen.finds("「%s」一格里有内容但看不见（字的颜色与底色相同，或单元格格式设成了不显示），仍照常读取", title).
		mend("有效的请把字改成黑色、单元格格式改为常规，使内容看得见；无效的请删去")
}

// CellStruck is a cell, or a part of a text, with a line through it. It is read all the same.
func CellStruck(part bool) Finding {
	if part {
		return cellStruck.finds("该单元格里有画了删除线的字，仍连同其余文字一并读取").mend("不要的字请删去，有效的请去掉删除线")
	}
	return cellStruck.finds("该单元格画了删除线，仍按所写的读取").mend("作废的内容请删去，有效的请去掉删除线")
}

// PartStruck is a number, date or listed value a part of which has a line through it: the old and the new together.
func PartStruck(title string) Finding {
	return partStruck.finds("「%s」一格里有一部分画了删除线，读不出以哪个为准", title).mend("请删去画了删除线的部分，只留有效的内容")
}

// RepeatedRow is a row that stands there twice, word for word; where names the first.
func RepeatedRow(where, row string) Finding {
	return repeatedKey.finds("与%s完全相同（%s），只计一次", where, row).mend("请删去重复的行")
}

// RepeatedKey is a row with the key of another one that says something else.
func RepeatedKey(where, row string) Finding {
	return repeatedKey.finds("与%s的编号相同（%s），内容却不同，按先出现的一行计入", where, row).mend("请改正编号，或删去其中一行").as(Error)
}

// RepeatedParts is the same in a form without numbers, whose rows are told apart by several columns; text is the last of these
// in which a difference can be written, number the one that numbers them, "" if there is none.
func RepeatedParts(where, row string, parts []string, text, number string) Finding {
	f := RepeatedKey(where, row)
	f.Message = fmt.Sprintf("与%s的「%s」相同（%s），其余内容却不同，按先出现的一行计入", where, strings.Join(parts, "」「"), row)
	hint := "重复的，请删去其中一行；是同一项的几笔，请合并成一行"
	switch {
	case number != "":
		hint += "；确是两项的，请改正其中一行的「" + number + "」"
	case text != "":
		hint += "；确是两项的，请在「" + text + "」里写出区别"
	}
	return f.mend("%s", hint)
}

// RepeatedRefused is a row with the key of another one, of which at least one doesn't count for another fault: mended, they
// would be two rows with one key.
func RepeatedRefused(where, row string) Finding {
	return repeatedKey.finds("与%s的编号相同（%s），其中有一行因其他问题没有计入", where, row).mend("改正时请一并核对：同一编号只能有一行，请改正编号，或删去其中一行")
}

const fillAndResend = "请补填后重新报送；补填前该行不计入统计"

// Required is a required cell that is empty.
func Required(column string) Finding {
	return required.finds("「%s」不能为空", column).mend(fillAndResend)
}

// RequiredColumn is a required column that no row fills.
func RequiredColumn(column string, rows int) Finding {
	return required.finds("「%s」%d行都没有填", column, rows).mend("请逐行补填后重新报送；填在了别的列里的，请把那一列的表头改为“%s”", column)
}

// NameNoted is a firm's name with a note beside it: 甲公司（已注销）.
func NameNoted(column, name, note string) Finding {
	return nameNoted.finds("「%s」在“%s”之外写了“%s”，会与只写名称的算成两家", column, name, note).mend("请只写名称，说明写到备注；确是名称的一部分的，请写核实说明").suggest(name)
}

// NotNumbered is a word in the place of a number that an item doesn't have yet: 新增, 待编.
func NotNumbered(column, text string) Finding {
	return required.finds("「%s」写的是“%s”，还没有编号", column, text).mend("请编上编号后重新报送，每行各用一个，以后各期不变；编号前该行不计入统计")
}

// NotNamed is such a word in the place of a firm or a person.
func NotNamed(column, text string) Finding {
	return required.finds("「%s」写的是“%s”，还没有确定", column, text).mend("请填上名称后重新报送；确定前该行不计入统计")
}

// RequiredMost is a row in which most of what is required is empty.
func RequiredMost(columns []string) Finding {
	return required.finds("这一行缺少%d项必填的内容：「%s」", len(columns), strings.Join(columns, "」「")).
		mend("请补齐这一行后重新报送；如是说明或没有填完的行，请删去整行")
}

// UnitUnknown is the name of a unit that is none of the zone's, but looks like one.
func UnitUnknown(column, name, like string) Finding {
	return unitUnknown.finds("「%s」“%s”不在单位名单里，像是“%s”，按所写的名称单独统计", column, name, like).
		mend("请改为“%s”；如是另一个单位，请忽略本条；如是它的另一名称，请管理员登记为别名", like).suggest(like)
}

// StreetUnknown is the name of a street or township that is none of the zone's, and like none of them.
func StreetUnknown(column, name string, streets []string) Finding {
	all := strings.Join(streets[:min(len(streets), streetsTold)], "、")
	if len(streets) > streetsTold {
		all += fmt.Sprintf("等%d个", len(streets))
	}
	return unitUnknown.finds("「%s」“%s”不是本区的街道（乡镇），按所写的名称单独统计", column, name).
		mend("本区有%s：请改为其中一个；确在本区以外的，请写核实说明；是其中一个的另一名称的，请管理员登记为别名", all)
}

const streetsTold = 20 // streets that a remedy lists

// UnitHidden is a text in the place of a unit that may name a person.
func UnitHidden(column, masked string) Finding {
	return unitHidden.finds("「%s」不是已知的单位，可能是人名或个人号码，按涉敏内容隐去，入库为“%s”", column, masked).mend("请改填单位名称；如确是单位，请写全称，或请管理员登记")
}

// NumbersHidden is a column with numbers of persons in its texts.
func NumbersHidden(column string, rows int) Finding {
	f := numbersHidden.finds("「%s」写有个人号码（身份证号、手机号、银行卡号、护照号）或本表的涉敏内容，入库和统计时已隐去", column)
	if rows > 1 {
		f.Message += fmt.Sprintf("；该列共有%d行如此", rows)
	}
	return f.mend("不必改动；如非必要，请不要在这里填写")
}

// NameHidden is the name of a file or sheet with numbers of persons in it.
func NameHidden(what string) Finding {
	return numbersHidden.finds("%s中有个人号码，入库、统计和回执中已隐去中间各位", what).mend("不必改动；今后命名时请不要带个人号码")
}

// NameTells is the name of a file or sheet in which a sensitive value of the return's own rows stands.
func NameTells(what string) Finding {
	return numbersHidden.finds("%s中有表内的涉敏内容（如姓名、企业名称），入库、统计和回执中已隐去", what).mend("不必改动；今后命名时请不要写入")
}

// SeveralInCell is a name's cell that holds several; names is 0 where it doesn't say how many. With amounts in the row, each
// name's own has to be told.
func SeveralInCell(column string, names int, amounts bool) Finding {
	f := severalInCell.finds("「%s」一格里像是不止写了一个名称，只按一个计", column)
	if names > 0 {
		f = severalInCell.finds("「%s」一格里像是写了%d个名称，只按一个计", column, names)
	}
	if amounts {
		return f.mend("请一行只写一个，各行填各自的数，不要把同一个数照抄到几行")
	}
	return f.mend("请一行只写一个，其他各列照抄")
}

// SeveralCodes is the cell of an item's number that holds several.
func SeveralCodes(column string, codes int) Finding {
	return severalInCell.finds("「%s」一格里像是写了%d个编号，只按一项计", column, codes).mend("请一项一行，各填各的编号")
}

// SeveralUnits is a cell that names several streets, of which one counts.
func SeveralUnits(column, counted string, names int) Finding {
	return severalInCell.finds("「%s」一格里写了%d个单位，这一行全部计在“%s”名下", column, names, counted).mend("请一个单位一行，各填各的内容")
}

// BeforePeriod is a return most of whose rows are dated before its period.
func BeforePeriod(rows, before int, column, period string, first int) Finding {
	return beforePeriod.finds("%d行中有%d行的「%s」早于报送期（%s），第一处在第%d行", rows, before, column, period, first).
		mend("如以前各期已经报过，请删去这些行，否则会重复计算；当期漏报的，请更正当期报表")
}

// ListValueWithText is a listed value with a remark behind it.
func ListValueWithText(column, text, value string) Finding {
	return listValueText.finds("「%s」“%s”里带有文字，按“%s”读取", column, text, value).mend("请只选一项：%s；说明写到其他列", value)
}

// ListValueTakenBack is a listed value with a remark that says otherwise: 已办结（未通过验收）.
func ListValueTakenBack(column, text, remark, value string, others []string) Finding {
	return listValue.finds("「%s」“%s”中，“%s”与“%s”不一致，认不出是哪一项", column, text, remark, value).
		mend("确是“%s”的，只填“%s”，说明写到其他列；不是的，请改选：%s", value, value, strings.Join(others, "、"))
}

// ListValuesSeveral are several listed values in one cell; rows says that each of them may have a row of its own.
func ListValuesSeveral(column, text string, values []string, rows bool) Finding {
	hint := "请只留一项"
	if rows {
		hint = "请一行只写一项；确是几项的，请分成几行，各填各的内容"
	}
	return listValue.finds("「%s」“%s”写了%d项（%s），一格只能填一项", column, text, len(values), strings.Join(values, "、")).mend("%s", hint)
}

// NotListed is a text that is none of the listed values.
func NotListed(column, text string, values []string, closest string) Finding {
	return listValue.finds("「%s」的内容“%s”不在可选范围内", column, text).mend("请从以下选项中选一个：%s", strings.Join(values, "、")).suggest(closest)
}

// NoValue is a formula of which the file holds no result.
func NoValue(column string) Finding {
	return formulaWithoutValue.finds("「%s」是公式，但文件里没有存下它的计算结果", column).mend("请用 Excel 或 WPS 打开后重新保存，或把该格改成数值再报")
}

// FormulaText is a cell that shows the text of a formula.
func FormulaText(column string) Finding {
	return formulaWithoutValue.finds("「%s」里是公式的文字，没有算出结果", column).mend("该格设成了文本格式：请改为“常规”格式后重新输入公式，或直接填写内容")
}

// CellError is a cell that shows an error, such as #REF!.
func CellError(column, shown string) Finding {
	return cellError.finds("「%s」是错误值 %s", column, shown).mend("请改正公式，或直接填写内容")
}

// TooLong is a text of more characters than any column takes.
func TooLong(column string, most int) Finding {
	return length.finds("「%s」超过%d个字", column, most).mend("请精简内容")
}

// LongerThan is a text of more characters than its column takes.
func LongerThan(column string, most, has int) Finding {
	return length.finds("「%s」超过%d个字，现有%d个字", column, most, has).mend("请精简到%d个字以内", most)
}

// ShapeMismatch is a text that hasn't the shape that its column declares.
func ShapeMismatch(column, shape, text string) Finding {
	return pattern.finds("「%s」应为%s，现为“%s”", column, shape, text).mend("请按%s填写", shape)
}

const checkNumber = "请核对数字和单位"

// LessThan is a number below the least that its column declares.
func LessThan(column, least, text string) Finding {
	return outOfRange.finds("「%s」不应小于 %s，现为 %s", column, least, text).mend(checkNumber)
}

// MoreThan is a number above the most that its column declares.
func MoreThan(column, most, text string) Finding {
	return outOfRange.finds("「%s」不应大于 %s，现为 %s", column, most, text).mend(checkNumber)
}

// ColumnsSwapped is a table in which names of firms stand under codes and codes under names.
func ColumnsSwapped(name, code string, rows int) Finding {
	return pattern.finds("「%s」和「%s」两列填反了：%d行都是名称填在代码列、代码填在名称列", name, code, rows).mend("请把两列的内容对调，或改正表头")
}
