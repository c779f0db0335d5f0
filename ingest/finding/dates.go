package finding

import "strings"

// Dates and months: findings of the rules in values.go.

const (
	writeDay   = "请按 2022-07-05 的样子填写，或用 Excel 日期格式"
	writeMonth = "请按 2022-07 的样子填写"
)

// NotDate is a text where a day should be.
func NotDate(column, text string) Finding {
	return mistyped.finds("「%s」应填日期，现为“%s”", column, text).mend(writeDay)
}

// NotMonth is a text where a month should be.
func NotMonth(column, text string) Finding {
	return mistyped.finds("「%s」应填月份，现为“%s”", column, text).mend(writeMonth)
}

// NotDeadline is a text where a deadline should be, in a form whose status may say that there is none.
func NotDeadline(column, text, status, openStatus string) Finding {
	return mistyped.finds("「%s」应填日期，现为“%s”", column, text).mend("%s；没有具体期限的，「%s」填“%s”，本列填“长期”", writeDay, status, openStatus)
}

// OpenEndedNotAllowed is 长期 for a deadline although the status doesn't say so.
func OpenEndedNotAllowed(column, text, status string, openStatuses []string) Finding {
	return mistyped.finds("「%s」应填日期，现为“%s”", column, text).
		mend("只有「%s」为“%s”的才可以写长期；请改「%s」，或填一个具体日期，如 2022-07-05", status, strings.Join(openStatuses, "”或“"), status)
}

// DecimalDate is a number such as 7.1 where a day should be: it may be the 1st or the 10th.
func DecimalDate(column, text, number string) Finding {
	return mistyped.finds("「%s」应填日期，现为“%s”", column, text).mend("数字 %s 分不清是几日（末尾的0会被 Excel 去掉），请按 2022-07-05 的样子填写", number)
}

// DecimalMonth is a number such as 2022.1 where a month should be: it may be the first or the tenth.
func DecimalMonth(column, number string) Finding {
	return mistyped.finds("「%s」是数字 %s，分不清是1月还是10月", column, number).mend("请按 2022-10 的样子填写，并把该列设为文本格式")
}

// NoSuchDay is a date that no calendar has.
func NoSuchDay(column, text string) Finding {
	return mistyped.finds("「%s」%s 没有这一天", column, text).mend("请核对月份和日期")
}

// DayBeyondMonth is a date after the last day of its month.
func DayBeyondMonth(column, text string, month, days int) Finding {
	return mistyped.finds("「%s」%s 没有这一天，%d月只有%d天", column, text, month, days).mend("请核对月份和日期")
}

// DayMissing is a month where a day should be.
func DayMissing(column, text string) Finding {
	return mistyped.finds("「%s」只有月份，缺少“日”：“%s”", column, text).mend("请填写到日，如 2022-07-05")
}

// YearUnlikely is a date in another century.
func YearUnlikely(column, date string) Finding {
	return outOfRange.finds("「%s」年份不合理：%s", column, date).mend("请核对年份")
}

// DateRange is a stretch of time of which one day is taken.
func DateRange(column, text, day string) Finding {
	return dateRange.finds("「%s」写的是一段时间“%s”，按 %s 计", column, text, day).mend("请只填一个日期")
}

// DateDecimal is a number such as 2022.07 read as a date.
func DateDecimal(column, number, date string) Finding {
	return dateDecimal.finds("「%s」是小数 %s，读作 %s", column, number, date).mend("请按 2022-07-05 的样子填写，并把该列设为文本或日期格式")
}

// DateSerial is a number read as Excel counts days.
func DateSerial(column, number, date string) Finding {
	return dateSerial.finds("「%s」是数字 %s，按 Excel 日期序号读作 %s", column, number, date).mend("请把该格设为日期格式后核对")
}

// YearAssumed is a date without a year that is read as one of the year before.
func YearAssumed(column, text, cutoff, date string) Finding {
	return yearAssumed.finds("「%s」“%s”没有写年份，按当年则晚于截至日期 %s，读作 %s", column, text, cutoff, date).mend("请写明年份")
}

// AfterCutoff is a fact dated after the return's cut-off.
func AfterCutoff(column, date, cutoff string) Finding {
	return afterCutoff.finds("「%s」%s 晚于本报表的截至日期 %s", column, date, cutoff).mend("请核对日期，尤其是年份")
}
