package finding

import (
	"fmt"
	"strings"
)

var ofIdentity chapter

var (
	unknownForm        = ofIdentity.rejects("unknown_form", "认不出是哪张报表。")
	formAmbiguous      = ofIdentity.rejects("form_ambiguous", "与两种表样同样相近，无法确定是哪张报表。")
	noHeader           = ofIdentity.rejects("no_header", "标题认得出，表头找不到。")
	transposed         = ofIdentity.rejects("transposed", "表头竖着排在一列，或与内容相间，没有排成一行。")
	firmCode           = ofIdentity.asks("firm_code", "同一家企业写了两个信用代码，或一个代码写了两家企业。")
	unknownSubmitter   = ofIdentity.rejects("unknown_submitter", "看不出是哪个单位报送的。")
	submitterMismatch  = ofIdentity.rejects("submitter_mismatch", "表中的填报单位与文件夹或其他工作表不一致。")
	notOwed            = ofIdentity.tells("not_owed", "这个单位不在应报这张报表的单位之列，仍照常计入。")
	severalPeriods     = ofIdentity.rejects("several_periods", "一份报表里写着不止一个报送期。")
	monthsKept         = ofIdentity.tells("months_kept", "按年保存的工作簿里以前各月的工作表，与已收到的相同，没有重复计入。")
	monthDiffers       = ofIdentity.asks("month_differs", "按年保存的工作簿里另一个月的工作表与已收到的不同，或那个月没有收到过，或还没有到期；只计入到期的一个月。")
	periodUnreadable   = ofIdentity.asks("period_unreadable", "报送期写得认不出来，按其他依据确定。")
	periodAssumed      = ofIdentity.asks("period_assumed", "没有写报送期，或写的时段比一期长（周报写三季度），按收到日期确定，或年份按标题确定。")
	periodAhead        = ofIdentity.asks("period_ahead", "报送期晚于收到的日期。")
	periodBegun        = ofIdentity.asks("period_begun", "报送期刚刚开始，前一期已到期、还没有收到。")
	asOfUnreadable     = ofIdentity.asks("as_of_unreadable", "截至日期写得认不出来，不采用。")
	asOfAfterReceived  = ofIdentity.asks("as_of_after_received", "截至日期晚于收到的日期，按收到日期计。")
	periodPart         = ofIdentity.asks("period_part", "标题只写了一个月的一部分，按全月登记。")
	periodBehind       = ofIdentity.asks("period_behind", "按前一期的更正登记，到期的一期还没有收到。")
	periodDiffers      = ofIdentity.asks(PeriodDiffersRule, "报送期在几处写得不一致，按规定的先后取其一。")
	periodContradicted = ofIdentity.rejects("period_contradicted", "报送期与表中其他内容矛盾，不能替换已收到的一份。")
	notFilled          = ofIdentity.rejects("not_filled", "表样里什么也没有填，也没有写本期无，不作为零报告。")
	sameRun            = ofIdentity.asks("same_run", "同时收到同一份报表的两个文件，只计入其中一份。")
	duplicate          = ofIdentity.tells("duplicate", "与已收到的文件完全相同，不重复计入。")
)

const useTemplate = "请使用下发的模板填报，标题写明报表名称，表头保留模板中的列名。"

// UnknownForm is a file none of whose sheets matches a form; owed says which forms the submitter owes.
func UnknownForm(sheets []string, owed string) Finding {
	return unknownForm.finds("认不出这是哪张报表：工作表「%s」的表头与各表样都对不上。", strings.Join(sheets, "」「")).mend("%s%s", useTemplate, owed)
}

// LettersLost is a sheet whose Chinese became question marks when the file was written.
func LettersLost(sheet string) Finding {
	return unknownForm.finds("工作表「%s」里的汉字都成了问号（?），是另存为这种格式时丢失的，已经认不出内容。", sheet).
		mend("请打开原来的表格，直接报送 .xlsx；要用 CSV 的，另存时选“CSV UTF-8（逗号分隔）”。")
}

// NoSheetRead is a file all of whose sheets were skipped, with the reason of each.
func NoSheetRead(skipped []string, owed string) Finding {
	return unknownForm.finds("没有可以读取的工作表：%s。", strings.Join(skipped, "；")).mend("%s%s", useTemplate, owed)
}

// NoSheetVisible is a workbook without a visible sheet.
func NoSheetVisible() Finding {
	return unknownForm.finds("工作簿里没有可见的工作表。").mend("请取消隐藏工作表后重新报送。")
}

// FormAmbiguous is a sheet that two forms fit alike.
func FormAmbiguous(sheet string) Finding {
	return formAmbiguous.finds("工作表「%s」与两种表样同样相近，无法确定是哪张报表。", sheet).mend("请在标题中写明报表名称，如“问题台账”。")
}

// NoHeader is a sheet whose title names a form, and that has no head with the columns it needs.
func NoHeader(sheet, form string, needed []string) Finding {
	return noHeader.finds("工作表「%s」的标题是%s，但没有找到表头。", sheet, form).mend("表头应有以下各列：%s。", strings.Join(needed, "、"))
}

// HeadedAbroad is a sheet whose headings are in English alone, with what they seem to be.
func HeadedAbroad(sheet, form string, row int, headings []string, likely [][2]string, needed []string) Finding {
	var seem strings.Builder
	for _, l := range likely {
		fmt.Fprintf(&seem, "“%s”下面填的像是「%s」；", l[0], l[1])
	}
	return noHeader.finds("工作表「%s」的标题是%s，第%d行的表头是外文（“%s”），没有读取。", sheet, form, row, strings.Join(headings, "”“")).
		mend("%s请把表头改成中文列名，或在下面一行加上中文列名，应有以下各列：%s；金额一列写明单位。长期使用外文表头的，请管理员登记各列名的写法。", seem.String(), strings.Join(needed, "、"))
}

// HeadedByValues is a sheet whose head has a column for each of several values of one of its form's columns, instead of that column.
func HeadedByValues(sheet, form, column string, values, needed []string) Finding {
	return noHeader.finds("工作表「%s」的标题是%s，表头却把「%s」的各项（%s）排成了各列，一行里有几项的数，无法读取。", sheet, form, column, strings.Join(values, "、")).
		mend("请改成一行只填一个%s：增加“%s”一列，把各项的数逐行填写；表头应有以下各列：%s。", column, column, strings.Join(needed, "、"))
}

// NearForm is a sheet that comes close to a form and lacks too much of its head; named where its title says the form.
func NearForm(sheet, form string, understood, missing []string, named bool) Finding {
	f := unknownForm.finds("认不出这是哪张报表：工作表「%s」最接近%s，表头认出了“%s”，缺少「%s」。", sheet, form, strings.Join(understood, "”“"), strings.Join(missing, "」「"))
	if named {
		f = noHeader.finds("工作表「%s」的标题是%s，表头只认出了“%s”，缺少「%s」。", sheet, form, strings.Join(understood, "”“"), strings.Join(missing, "」「"))
	}
	return f.mend("如是%s，请在表头补上缺少的各列，列名与模板一致；如是其他报表，请使用下发的模板填报。", form)
}

// Transposed is a sheet whose headings stand below one another in a column.
func Transposed(sheet, column string) Finding {
	return transposed.finds("工作表「%s」的表头竖着排在%s列，一列是一条，无法读取。", sheet, column).
		mend("请把行列互换（复制后“选择性粘贴→转置”），表头排成一行，一行填一条，或使用下发的模板填报。")
}

// Carded is a sheet on which each item is a form of its own.
func Carded(sheet string) Finding {
	return transposed.finds("工作表「%s」一条占几行，栏目名和内容左右相间，没有排成一行的表头，无法读取。", sheet).
		mend("请把栏目名排成一行表头，下面一行填一条，或使用下发的模板填报。")
}

// SubmitterUntold is a return of which nothing says who hands it in.
func SubmitterUntold() Finding {
	return unknownSubmitter.finds("看不出是哪个单位报送的").mend(sayWhoReports)
}

// SubmitterUnknown is a 填报单位 that is no submitter of the zone.
func SubmitterUnknown(name, closest string) Finding {
	return unknownSubmitter.finds("填报单位“%s”不在单位名单里", name).mend(sayWhoReports).suggest(closest)
}

const sayWhoReports = "请在表中“填报单位”一格写明单位全称，或把文件放进以单位命名的文件夹"

// SheetsOfTwo is a return one sheet of which names another submitter than the others.
func SheetsOfTwo(sheet, unit, others string) Finding {
	return submitterMismatch.finds("工作表「%s」写的是%s，同一份报表的其他工作表写的是%s", sheet, unit, others).mend("一份报表只能由一个单位报送，请分开报送")
}

// FolderOfAnother is a return in another submitter's folder, or on its page, than it names. No unit is suggested: whose it
// is the sender knows, and a suggestion would invite to rename it.
func FolderOfAnother(unit, folder string) Finding {
	return submitterMismatch.finds("表中的填报单位是%s，文件却报在%s名下", unit, folder).
		mend("是%s的报表，请改由%s报送，不要改填报单位；是%s的报表而填错了单位的，请改正这一格", unit, unit, folder)
}

// FolderUnlikeName is a return that names no submitter of the zone, in a submitter's folder.
func FolderUnlikeName(name, folder string) Finding {
	return submitterMismatch.finds("表中的填报单位“%s”不在单位名单里，文件报在%s名下", name, folder).
		mend("是%s的报表，请把填报单位改为“%s”，或请管理员登记为别名；是别的单位的，请由该单位报送", folder, folder).suggest(folder)
}

// JointUnits is a 填报单位 that names several submitters; folder is the one in whose folder it lies, "" for none.
func JointUnits(text string, units []string, folder string) Finding {
	f := submitterMismatch.finds("填报单位“%s”写了%d个单位：%s", text, len(units), strings.Join(units, "、"))
	if folder != "" {
		return f.mend("一份报表只能由一个单位报送：是%s的，请在“填报单位”只写%s；几个单位的，请分开，各报各的", folder, folder)
	}
	return f.mend("一份报表只能由一个单位报送：请在“填报单位”只写一个单位；几个单位的，请分开，各报各的")
}

// NotOwed is a return of a form that others hand in, and not this submitter.
func NotOwed(unit, form string) Finding {
	return notOwed.finds("%s不在应报%s的单位之列，仍照常计入", unit, form).mend("报错了单位或报表的，请告知管理员作废，再由应报的单位报送；确应由%s报送的，请管理员登记", unit)
}

// SeveralPeriods is a return two sheets of which state different periods.
func SeveralPeriods(firstSheet, first, sheet, period string) Finding {
	return severalPeriods.finds("工作表「%s」是%s，工作表「%s」是%s，一份报表只能是一期", firstSheet, first, sheet, period).
		mend("请删去以前各期的工作表，只报本期；几期都要报的，请分成几个文件")
}

// SeveralPeriodsOn is a return above two tables of which different periods stand; the cells are those of the two statements.
func SeveralPeriodsOn(firstSheet, firstCell, first, sheet, cell, period string) Finding {
	return severalPeriods.finds("工作表「%s」%s 写的是%s，工作表「%s」%s 写的是%s，一份报表只能是一期", firstSheet, firstCell, first, sheet, cell, period).
		mend("请删去以前各期的内容，只报本期；几期都要报的，请分成几个文件；只是标题没有改的，请改正标题")
}

// TwoCodes is a firm whose code is another one than in an earlier row.
func TwoCodes(name, where, code string) Finding {
	return firmCode.finds("“%s”在%s的信用代码是 %s，与这一行不同，会算成两家企业", name, where, code).mend("请按营业执照核对，同一家企业各行只用一个代码；确是同名的两家企业，请写核实说明").suggest(code)
}

// TwoFirms is a code that stands with another firm in an earlier row.
func TwoFirms(code, where, name string) Finding {
	return firmCode.finds("信用代码 %s 在%s是“%s”的，与这一行的企业名称不同，会算成一家企业", code, where, name).
		mend("请按营业执照核对名称和代码；企业改了名的，请统一写现在的名称").as(Info)
}

// PeriodUnreadable is a 报送期 that names no period; the return was taken for one that it may be of.
func PeriodUnreadable(text, period string) Finding {
	return periodUnreadable.finds("报送期“%s”读不出来，计为 %s", text, period).mend("请写成“%s”；不是这一期的，请照这个样子写明是哪一期", period)
}

// PeriodAssumed is a return that says nothing of its period.
func PeriodAssumed(received, period string) Finding {
	return periodAssumed.finds("表中没有写明报送期，按收到日期 %s 计为 %s", received, period).mend("请在标题下写明“报送期：%s”", period)
}

// PeriodWide is a return that names only a longer time than its periods are: a quarter above a weekly ledger.
func PeriodWide(where, text, received, period string) Finding {
	return periodAssumed.finds("%s写的“%s”看不出是哪一周，按收到日期 %s 计为 %s", where, text, received, period).mend("请写明“报送期：%s”；不是这一周的，请写明是哪一周", period)
}

// PeriodYearAssumed is a return that says nothing of its period but in its rows, whose dates have no year: the title's was taken,
// where a later one was possible.
func PeriodYearAssumed(year int, period string) Finding {
	return periodAssumed.finds("表中没有写明报送期，各行日期没有写年份，按标题的%d年计为 %s", year, period).
		mend("请在标题下写明“报送期：%s”；年份不对的，请改正标题", period)
}

// PeriodAhead is a period that begins after the return was received.
func PeriodAhead(period, received string) Finding {
	return periodAhead.finds("报送期 %s 在收到日期 %s 时还没有开始", period, received).mend("请核对报送期，尤其是年份")
}

// PeriodBegun is a ledger of a period that has just begun while the one before is due and has not come.
func PeriodBegun(period, due, remedy string) Finding {
	return periodBegun.finds("按%s登记，这一期刚刚开始；到期应报的是%s，还没有收到", period, due).
		mend("这一份如是%s的，请%s后重新报送，并请管理员将这一份作废，否则%s算作已报；确是%s的，请另报%s的", due, remedy, period, period, due)
}

// AsOfUnreadable is a 截至 that names no date.
func AsOfUnreadable(text, sample string) Finding {
	return asOfUnreadable.finds("“截至”日期读不出来：“%s”", text).mend("请按 %s 的样子填写", sample)
}

// AsOfAfterReceived is a 截至 after the day received.
func AsOfAfterReceived(asOf, received string) Finding {
	return asOfAfterReceived.finds("截至日期 %s 晚于收到日期 %s，按收到日期计算", asOf, received).mend("请核对截至日期")
}

// AsOfAhead is such a 截至 by which the return is of a period that hasn't begun.
func AsOfAhead(asOf, received, period string) Finding {
	return asOfAfterReceived.finds("截至日期 %s 晚于收到日期 %s，报送期按它定为%s，还没有开始；数据按收到日期截至", asOf, received, period).
		mend("请核对截至日期，改正后重新报送；否则到期的一期仍算没有报送")
}

// MonthsKept are the sheets of earlier months in a workbook kept for the year, which hold what was received.
func MonthsKept(sheets []string) Finding {
	return monthsKept.finds("工作表「%s」是以前各月的，与已收到的相同，没有重复计入", strings.Join(sheets, "」「"))
}

// MonthChanged is such a sheet that holds other rows than what was received.
func MonthChanged(sheet, month, now string) Finding {
	return monthDiffers.finds("工作表「%s」与已收到的%s报表不同；本次只计入%s的，%s的没有更正", sheet, month, now, month).
		mend("要更正%s的，请把这张工作表另存成一个文件报送；不更正的，请改回已报的内容，或写核实说明", month)
}

// MonthsAbsent are such sheets of months of which nothing was received.
func MonthsAbsent(sheets []string, now string) Finding {
	return monthDiffers.finds("没有收到过工作表「%s」所写月份的报表；本次只计入%s的，这些工作表没有计入", strings.Join(sheets, "」「"), now).
		mend("应报的，请把各张工作表分别另存成一个文件报送；不用报的，请写核实说明")
}

// MonthsLater are such sheets of months that are not due yet.
func MonthsLater(sheets []string, now string) Finding {
	return monthDiffers.finds("工作表「%s」所写的月份还没有到期；本次只计入%s的，这些工作表没有计入", strings.Join(sheets, "」「"), now).
		mend("到期时再报；现在就要报的，请把那张工作表另存成一个文件报送")
}

// PeriodPart is a month's return whose title is of a part of the month.
func PeriodPart(where, part, period string) Finding {
	return periodPart.finds("%s写的是%s（%s），这张报表按月报送，按%s登记；同月再报一份会取代这一份", where, period, part, period).
		mend("请报全月的；分几次报的，后一次要包括本月以前各次的行。已是全月的，请在%s只写%s", where, period)
}

// PeriodPartDays is a part of a month with the days of another part behind it.
func PeriodPartDays(where, part, days, period string) Finding {
	return periodDiffers.finds("%s写的是%s，后面的日期却是%s；这张报表按月报送，按%s登记", where, part, days, period).
		mend("请改正%s。请报全月的；分几次报的，后一次要包括本月以前各次的行", where)
}

// PeriodBehind is a correction of a ledger that came while a later period's return is due and has not come.
func PeriodBehind(period, due, remedy string) Finding {
	return periodBehind.finds("按%s的更正登记，取代原报表；%s的还没有收到", period, due).
		mend("这一份如是%s的，请%s后重新报送；确是更正%s的，请另报%s的", due, remedy, period, due)
}

// PeriodDiffers is a return that states several periods; says names every statement, remedy the one to change.
func PeriodDiffers(says, decided, remedy string) Finding {
	return periodDiffers.finds("报送期前后不一致：%s；按%s登记", says, decided).mend("%s", remedy)
}

// PeriodDiffersRule is its rule.
const PeriodDiffersRule = "period_differs"

// InsteadOf is the same of rows that were copied from another return: they are to be left out, the rest may be right.
func (f Finding) InsteadOf(rows int, whose string) Finding {
	return f.mend("%d行与%s报表中的相同，如是复制那一份时没有删去的，请只删去这%d行后重新报送；不是复制的，%s", rows, whose, rows, f.Hint)
}

// PeriodContradicted is such a return that would take the place of rows accepted before.
func PeriodContradicted(says, decided string, rows int, remedy string) Finding {
	return periodContradicted.finds("报送期前后不一致：%s；%s已收到过%d行，不能用这一份替换", says, decided, rows).
		mend("%s。改后重新报送", remedy)
}

// NotFilled is a file that holds nothing but forms that nobody filled in.
func NotFilled() Finding {
	return notFilled.finds("表里没有填写内容，不作为零报告。").mend("填好后重新报送；本期没有内容的，请在表头下写“本期无”。")
}

// SameRun is one of two files for one return that came at the same time; apart: no row of the one stands in the other.
func SameRun(one, other, counts string, apart bool) Finding {
	if apart {
		return sameRun.finds("同时收到同一单位同一期的两份：“%s”和“%s”，没有一行相同，按“%s”计入，另一份的各行没有计入", one, other, counts).mend("像是一份报表分成了两个文件，请合并成一个文件重新报送；不是的，请把定稿单独重新报送")
	}
	return sameRun.finds("同时收到同一单位同一期的两份：“%s”和“%s”，按“%s”计入", one, other, counts).mend("请核实计入的是定稿；不是的，请把定稿单独重新报送")
}

// GaveWay is the other one of SameRun, whose rows do not count.
func GaveWay(one, other, counts string, apart bool) Finding {
	f := SameRun(one, other, counts, apart)
	return NotCounting(f.Message, f.Hint)
}

// SameFile is a file with the bytes of one received before, and what became of that.
func SameFile(received, state string) Finding {
	return duplicate.finds("与 %s 收到的文件完全相同，那一份%s，这一份不再重复计入", received, state).mend("如需更正，请修改内容后重新报送")
}
