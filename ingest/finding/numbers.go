package finding

import "strings"

// Numbers and codes: findings of the rules in values.go.

const columnsShifted = "请核对各列是否错位"

// PersonsNumber is the number of a person or telephone in a column of numbers; kind is what the column holds.
func PersonsNumber(column, kind, text string) Finding {
	return mistyped.finds("「%s」应填%s，现在像是一个手机号或身份证号：%s", column, kind, text).mend(columnsShifted)
}

// NumberWithGap is a number with a space among its digits.
func NumberWithGap(column, text string) Finding {
	return mistyped.finds("「%s」“%s”的数字中间有空格，看不出是多少", column, text).mend("请去掉空格，写成一个完整的数；如空格处漏了小数点，请补上")
}

// NotInteger is a text where a count should be.
func NotInteger(column, text string) Finding {
	return mistyped.finds("「%s」应填整数，现为“%s”", column, text).mend("请只填阿拉伯数字，不带文字说明")
}

// OrdinalUnsaid is one of several without its number: 尾款.
func OrdinalUnsaid(column, text string) Finding {
	return mistyped.finds("「%s」“%s”看不出是第几个", column, text).mend("请按先后填数字，如共三期的，首期填 1，尾款填 3")
}

// SeveralOrdinals is a cell that names several of them: 第一、二期.
func SeveralOrdinals(column, text string) Finding {
	return mistyped.finds("「%s」一格里写了几个：“%s”", column, text).mend("请一个一行，分行填写，本列只填一个数字，如 1")
}

// InexactInteger is a count that says only about how many: 约400.
func InexactInteger(column, text, number string) Finding {
	return mistyped.finds("「%s」应填准确的整数，现为“%s”", column, text).mend("请填准确数，只填阿拉伯数字").suggest(number)
}

// SeveralNumbers is a cell with counts of several things: 3户/12人.
func SeveralNumbers(column, text string) Finding {
	return mistyped.finds("「%s」一格里写了几个数：“%s”，看不出哪一个是本列的", column, text).mend("请分列填写，本列只填本列的数")
}

// IntegerTooLarge is a count beyond reason.
func IntegerTooLarge(column, text string) Finding {
	return outOfRange.finds("「%s」数字过大：%s", column, text).mend("请核对后填写")
}

// IntegerNegative is a count below zero.
func IntegerNegative(column string, n int64) Finding {
	return outOfRange.finds("「%s」不能是负数，现为 %d", column, n).mend("请核对后填写不小于 0 的整数")
}

// MoneyIsDate is a date or a truth value where an amount should be.
func MoneyIsDate(column string) Finding {
	return mistyped.finds("「%s」应填金额，现为日期或逻辑值", column).mend("请填数字，并检查单元格格式")
}

// NotMoney is a text where an amount should be.
func NotMoney(column, text, unit string) Finding {
	if unit != "" {
		return mistyped.finds("「%s」应填金额，现为“%s”", column, text).mend("请只填数字，按表头的单位（%s）换算", unit)
	}
	return mistyped.finds("「%s」应填金额，现为“%s”", column, text).mend("请只填数字，单位写在表头，如“%s（万元）”", column)
}

// MoneyTooLarge is an amount beyond reason.
func MoneyTooLarge(column, text string) Finding {
	return outOfRange.finds("「%s」金额过大：%s", column, text).mend("请核对金额和单位（元、万元、亿元）")
}

// MoneyNegative is an amount below zero.
func MoneyNegative(column, text string) Finding {
	return outOfRange.finds("「%s」不能是负数，现为 %s", column, text).mend("请核对后填写；冲减以前月份的，请更正当月报表")
}

// UnitUnreadable is an amount in a unit that is none of money in yuan, such as 万美元 or K, or in two: 元/万元.
func UnitUnreadable(column, unit string) Finding {
	if first, second, two := strings.Cut(unit, "/"); two && strings.HasSuffix(second, "元") {
		return unitUnreadable.finds("「%s」的单位既写了“%s”又写了“%s”，看不出是哪一种，不能计入", column, first, second).
			mend("请在表头只写一种单位，如“%s（万元）”", column)
	}
	return unitUnreadable.finds("「%s」的单位是“%s”，不是人民币元、千元、万元这样的单位，不能计入", column, unit).
		mend("请折算成人民币，并在表头写明单位，如“%s（万元）”", column)
}

// CountUnreadable is a count in a unit that nobody knows for certain, such as K.
func CountUnreadable(column, unit string) Finding {
	return unitUnreadable.finds("「%s」的单位是“%s”，看不出是千还是别的，不能计入", column, unit).
		mend("请按个位填写；要按千、万填写的，请在表头写明，如“%s（千）”", column)
}

// FormatScaled is a number whose format shows another size than the stored number, and doesn't say so in words; unit is 元 of
// an amount, nothing of a count.
func FormatScaled(column, stored, taken, unit string) Finding {
	return formatScaled.finds("「%s」的数字格式使显示的数与单元格里存的数不一样，按存的数 %s、表头的单位计为 %s%s", column, stored, taken, unit).
		mend("请把该格改为普通数字格式，核对数字和单位")
}

// MoneyRounded is an amount with parts of a fen.
func MoneyRounded(column, text string) Finding {
	return moneyRounded.finds("「%s」小于一分的部分已四舍五入：%s", column, text).mend("请按分填写")
}

// NotPercent is a text where a percentage should be.
func NotPercent(column, text string) Finding {
	return mistyped.finds("「%s」应填百分比，现为“%s”", column, text).mend("请填如 85%% 的数值")
}

// SmallPercent is a number of one at most among others that are percentages: 0.85 may be 85 %.
func SmallPercent(column, text string) Finding {
	return percentSmall.finds("「%s」是 %s，同列其他各格都按百分数填，读作 %s%%", column, text, text).mend("请核对：如是小数写法的比例，请改写成带百分号的，如 85%%；确是 %s%% 的，请写成“%s%%”", text, text)
}

// PercentOutOfRange is a percentage below 0 or far above 100.
func PercentOutOfRange(column, text string) Finding {
	return outOfRange.finds("「%s」应在 0 到 100%% 之间，现为 %s", column, text).mend("请核对后填写")
}

// Over100Percent is a percentage above 100.
func Over100Percent(column, text string) Finding {
	return over100Percent.finds("「%s」超过 100%%：%s", column, text).mend("请核实")
}

const asText = "请把该格设为文本格式后重新填写"

// NumberIsDate is a number of a person or firm that Excel took for a date.
func NumberIsDate(column string) Finding {
	return mistyped.finds("「%s」被 Excel 存成了日期", column).mend(asText)
}

// CodeIsDate is a code that Excel took for a date.
func CodeIsDate(column, date string) Finding {
	return codeIsDate.finds("「%s」被 Excel 存成了日期 %s", column, date).mend(asText)
}

// CodePadded is a code stored as a number that its format shows with noughts behind it.
func CodePadded(column, stored, shown string) Finding {
	return codePadded.finds("「%s」存的是数字 %s，按格子里显示的 %s 读取", column, stored, shown).mend("请把该列设为文本格式，编号写成 %s", shown)
}

// DamagedNumber is a long number that Excel kept the first 15 digits of.
func DamagedNumber(column string) Finding {
	return damagedNumber.finds("「%s」被 Excel 当作数字保存，15位以后的数字已经丢失", column).mend("请把该列设为文本格式，重新填写完整号码")
}

// CodeWithoutDigits is a text without a digit in a column of codes, in a form that holds persons.
func CodeWithoutDigits(column string) Finding {
	return pattern.finds("「%s」应是含有数字的编号", column).mend(columnsShifted)
}

// NotCreditCode is a text that is no 统一社会信用代码; likely is the one that was meant, where only letters stand for digits.
func NotCreditCode(column, text, likely string) Finding {
	f := pattern.finds("「%s」应为18位统一社会信用代码，现为“%s”", column, text)
	if likely != "" {
		return f.mend("代码里没有字母 I、O、S、V、Z，像是把数字写成了字母，请对照营业执照核对").suggest(likely)
	}
	return f.mend("请对照营业执照填写18位数字和大写字母（不含 I、O、S、V、Z）")
}

// CreditCodeIsPersons is an identity number where a 统一社会信用代码 should be.
func CreditCodeIsPersons(column string) Finding {
	return pattern.finds("「%s」应为18位统一社会信用代码，现为身份证号", column).mend("请对照营业执照填写；个体工商户也有自己的代码，不能用经营者的身份证号代替")
}

// CreditCodeCheck is a 统一社会信用代码 with a wrong check character.
func CreditCodeCheck(column, code string) Finding {
	return checkCharacter.finds("「%s」%s 的校验位不对", column, code).mend("请对照营业执照核对，多半是抄错了一位")
}

// NotIDNumber is a text that is no 身份证号; it is not quoted.
func NotIDNumber(column string, characters int) Finding {
	return pattern.finds("「%s」应为18位身份证号，现为%d位", column, characters).mend("请核对后填写，并把该列设为文本格式")
}

// IDNumberCheck is a 身份证号 with a wrong check character.
func IDNumberCheck(column string) Finding {
	return checkCharacter.finds("「%s」的校验位不对", column).mend("请对照证件核对，多半是抄错了一位").as(Error)
}

// NotPhone is a text that is no telephone number; it is not quoted.
func NotPhone(column string) Finding {
	return pattern.finds("「%s」不是有效的电话号码", column).mend("请填11位手机号或带区号的固定电话")
}

// NotTaxNumber is a text that is no taxpayer's number; it is not quoted.
func NotTaxNumber(column string, characters int) Finding {
	return pattern.finds("「%s」应为18位（旧号15位，或17、20位数字），现为%d位", column, characters).mend("请对照税务登记填写，注意不要漏写或多写一位，数字0、1不要写成字母O、I")
}

// TaxNumberCheck is a taxpayer's number with a wrong check character.
func TaxNumberCheck(column string) Finding {
	return checkCharacter.finds("「%s」的校验位不对", column).mend("请对照税务登记核对，多半是抄错了一位")
}
