package finding

import "strings"

// Dates and months: findings of the rules in values.go. sample is a date, or month, as it may be written.

// NotDate is a text where a day or month (word) should be.
func NotDate(column, word, text, sample string) Finding {
	hint := "请按 " + sample + " 的样子填写"
	if word == "日期" {
		hint += "，或用 Excel 日期格式"
	}
	return mistyped.finds("「%s」应填%s，现为“%s”", column, word, text).mend("%s", hint)
}

// DateLunar is a day of the traditional calendar, and which day that is.
func DateLunar(column, text, day string) Finding {
	return mistyped.finds("「%s」“%s”是农历日期，应填公历", column, text).mend("这一天是公历 %s，核对后请填公历日期", day).suggest(day)
}

// DateLunarUnknown is one that its calendar doesn't have, or of years that are not known.
func DateLunarUnknown(column, text, sample string) Finding {
	return mistyped.finds("「%s」“%s”是农历日期，应填公历", column, text).mend("请查对万年历，填公历日期，如 %s", sample)
}

// DateFestival is a day named by a festival; sample is a day that may be meant.
func DateFestival(column, text, festival, day, sample string) Finding {
	return mistyped.finds("「%s」应填日期，现为“%s”", column, text).mend("%s是 %s；请写明到底是哪一天，如 %s", festival, day, sample)
}

// DateStretch is a time of several days: 3月上旬, 二季度. Of a deadline its last day is asked for.
func DateStretch(column, text, from, to, sample string, deadline bool) Finding {
	ask := "请填这段时间里具体的那一天"
	if deadline {
		ask = "请填最迟到哪一天"
	}
	return mistyped.finds("「%s」“%s”是一段时间（%s 至 %s），不是一天", column, text, from, to).mend("%s，如 %s", ask, sample)
}

// SeveralMonths is a time of several months where one should be.
func SeveralMonths(column, text, from, to string, last bool) Finding {
	f := mistyped.finds("「%s」“%s”是几个月（%s 至 %s），不是一个月", column, text, from, to)
	if last {
		return f.mend("请填最后一个月，如 %s", to)
	}
	return f.mend("请一行填一个月，如 %s；几个月合在一行的，请按月分成几行", from)
}

// YearOnly is a year where a day should be.
func YearOnly(column, text, sample string) Finding {
	return mistyped.finds("「%s」只有年份，缺少月和日：“%s”", column, text).mend("请填写到日，如 %s", sample)
}

// MonthMissing is a day of nobody knows which month: 5日.
func MonthMissing(column, text, sample string) Finding {
	return mistyped.finds("「%s」只有日，缺少年和月：“%s”", column, text).mend("请填写年月日，如 %s", sample)
}

// DateDuration is a length of time where a day should be.
func DateDuration(column, text, sample string) Finding {
	return mistyped.finds("「%s」“%s”说的是多长时间，不是哪一天", column, text).mend("请算出到期的那一天，填年月日，如 %s", sample)
}

// DateRelative is a day that depends on when it is read: 下周五前.
func DateRelative(column, text, sample string) Finding {
	return mistyped.finds("「%s」“%s”要看是哪天写的，读不出是哪一天", column, text).mend("请换算成年月日填写，如 %s", sample)
}

// DateStamp is a number of seconds since 1970, from a program, where a day should be.
func DateStamp(column, text, sample string) Finding {
	return mistyped.finds("「%s」应填日期，现为“%s”", column, text).mend("像是系统导出的时间戳，请按 %s 的样子填写", sample)
}

// NotDeadline is a text where a deadline should be, in a form whose status may say that there is none.
func NotDeadline(column, text, sample, status, openStatus string) Finding {
	return NotDate(column, "日期", text, sample).mend("请按 %s 的样子填写，或用 Excel 日期格式；没有具体期限的，「%s」填“%s”，本列填“长期”", sample, status, openStatus)
}

// OpenEndedNotAllowed is 长期 for a deadline although the status doesn't say so.
func OpenEndedNotAllowed(column, text, sample, status string, openStatuses []string) Finding {
	return mistyped.finds("「%s」应填日期，现为“%s”", column, text).
		mend("只有「%s」为“%s”的才可以写长期；请改「%s」，或填一个具体日期，如 %s", status, strings.Join(openStatuses, "”或“"), status, sample)
}

// DecimalDate is a number such as 7.1 where a day should be: it may be the 1st or the 10th.
func DecimalDate(column, text, number, first, tenth string) Finding {
	hint := first
	if tenth != "" {
		hint = "是 " + first + " 还是 " + tenth
	}
	return mistyped.finds("「%s」应填日期，现为“%s”", column, text).mend("数字 %s 分不清是几日（末尾的0会被 Excel 去掉），请写明年月日：%s", number, hint)
}

// DecimalMonth is a number such as 2022.1 where a month should be: it may be the first or the tenth.
func DecimalMonth(column, number string, year int) Finding {
	return mistyped.finds("「%s」是数字 %s，分不清是1月还是10月", column, number).mend("请按 %d-10 的样子填写，并把该列设为文本格式", year)
}

// ZoneUnknown is a time with a zone that nobody knows.
func ZoneUnknown(column, text, sample string) Finding {
	return mistyped.finds("「%s」“%s”的时间或时区认不出来", column, text).mend("请只填当地的日期，如 %s", sample)
}

// YearUnsure is a date such as 11/3/26 that may be any of several days, or none near the period.
func YearUnsure(column, text string, days []string, sample string) Finding {
	what := "看不出哪一个是年"
	if len(days) > 0 {
		what = "分不清是 " + strings.Join(days, " 还是 ")
	}
	return mistyped.finds("「%s」“%s”%s", column, text, what).mend("请按年、月、日的顺序填写，年份写四位数，如 %s", sample)
}

// YearSlip is a date outside the period that would lie in it if its year were the period's.
func YearSlip(column, written, likely, period string) Finding {
	return yearSlip.finds("「%s」%s 不在报送期（%s）内，换成 %s 就在期内，年份可能写错了；现按所写的日期计", column, written, period, likely).
		mend("请核对年份；确是以前的，请写核实说明").suggest(likely)
}

// MonthOdd is a month typed in a row or two that is neither the return's nor that of the other rows.
func MonthOdd(column, month, period string, rows int) Finding {
	n := ""
	if rows > 1 {
		n = "（另有一行也不是本期）"
	}
	return outsidePeriod.finds("「%s」填的是 %s，不在报送期（%s）内，其他各行都在期内%s；现按所填的月份计", column, month, period, n).
		mend("请核对月份；确是补报以前各月的，请写核实说明")
}

const checkDay = "请核对月份和日期"

// NoSuchDay is a date that no calendar has.
func NoSuchDay(column, text string) Finding {
	return mistyped.finds("「%s」%s 没有这一天", column, text).mend(checkDay)
}

// MonthTooShort is a day that its month lacks; month as the sender may check it: 11月, 2026年2月.
func MonthTooShort(column, text, month string, days int) Finding {
	return mistyped.finds("「%s」%s 没有这一天：%s只有%d天", column, text, month, days).mend(checkDay)
}

// DayMissing is a month where a day should be.
func DayMissing(column, text, sample string) Finding {
	return mistyped.finds("「%s」只有月份，缺少“日”：“%s”", column, text).mend("请填写到日，如 %s", sample)
}

// YearUnlikely is a date in another century.
func YearUnlikely(column, text string, year int) Finding {
	return outOfRange.finds("「%s」“%s”的年份 %d 不合理", column, text, year).mend("请核对年份")
}

// DateRange is a stretch of time of which one day is taken.
func DateRange(column, text, day string) Finding {
	return dateRange.finds("「%s」写的是一段时间“%s”，按 %s 计", column, text, day).mend("请只填一个日期")
}

// MonthPart is a part of a month where a month should be: 3月上旬.
func MonthPart(column, text, month string) Finding {
	return dateRange.finds("「%s」写的是“%s”，按 %s 计", column, text, month).mend("请只填月份，如 %s", month)
}

// StretchDiffers is a stretch of months where its beginning should stand, whose end is another one than the end's column has.
func StretchDiffers(begins, text, ends, until, says string) Finding {
	return dateRange.finds("「%s」写的是一段时间“%s”，止于 %s，「%s」却是 %s，按后者计", begins, text, until, ends, says).mend("请核对止于哪个月；「%s」请只填一个月份", begins)
}

// DateBesides is a date behind which another one stands in brackets, or that it became another: 2026-12-03（原11月10日）.
func DateBesides(column, text, day string) Finding {
	return dateRange.finds("「%s」写的是“%s”，括号里的没有采用，按 %s 计", column, text, day).mend("请只填现在有效的那一个日期，说明写到其他列")
}

// DateInexact is a date that says itself that the day is another: 10月8日左右, 2026-10-08（预计）.
func DateInexact(column, text, day string) Finding {
	return dateRange.finds("「%s」写的是“%s”，不是确切的一天，按 %s 计", column, text, day).mend("请填实际的日期，不带“左右”“预计”等字样")
}

// DayAlone is a day without its month, which the period gives: 16日.
func DayAlone(column, text, day string) Finding {
	return monthAssumed.finds("「%s」只写了“%s”，没有写年月，按报送期读作 %s", column, text, day).mend("请核对，并写全年月日，如 %s", day).suggest(day)
}

// DateMaybeLunar is 八月十五, of which nobody knows which calendar is meant. It is read as day.
func DateMaybeLunar(column, text, day, lunar string) Finding {
	return dateLunar.finds("「%s」“%s”没有写“日”，按公历读作 %s；如是农历，应为 %s", column, text, day, lunar).mend("请写成公历的年月日，如 %s", day)
}

// DateDecimal is a number such as 2022.07 read as a date.
func DateDecimal(column, number, date, sample string) Finding {
	return dateDecimal.finds("「%s」是小数 %s，读作 %s", column, number, date).mend("请按 %s 的样子填写，并把该列设为文本或日期格式", sample)
}

// DateSerial is a number read as Excel counts days.
func DateSerial(column, number, date string) Finding {
	return dateSerial.finds("「%s」是数字 %s，按 Excel 日期序号读作 %s", column, number, date).mend("请把该格设为日期格式后核对")
}

// DateFromStamp is a number of seconds since 1970 read as a date.
func DateFromStamp(column, number, date, sample string) Finding {
	return dateSerial.finds("「%s」%s 是系统导出的时间戳，读作 %s", column, number, date).mend("请按 %s 的样子填写", sample)
}

// WeekdayDiffers is a date beside which another weekday is written than it has.
func WeekdayDiffers(column, text, date, weekday string) Finding {
	return weekdayDiffers.finds("「%s」写的是“%s”，%s 却是%s", column, text, date, weekday).mend("请核对日期：写错的请改正；日期无误的，请改正或删去星期")
}

// YearAssumed is a date without a year that is read as one of the year before.
func YearAssumed(column, text, cutoff, date string) Finding {
	return yearAssumed.finds("「%s」“%s”没有写年份，按当年则晚于截至日期 %s，读作 %s", column, text, cutoff, date).mend("请写明年份")
}

// AfterCutoff is a fact dated after the return's cut-off.
func AfterCutoff(column, date, cutoff string) Finding {
	return afterCutoff.finds("「%s」%s 晚于本报表的截至日期 %s", column, date, cutoff).mend("请核对日期，尤其是年份")
}

// DateFar is a date years away from the period; years in words.
func DateFar(column, date, years string) Finding {
	return dateFar.finds("「%s」%s 与报送期相差%s以上", column, date, years).mend("请核对年份")
}
