package finding

import "strings"

var ofRows chapter

var (
	cellsUnread     = ofRows.tells("cells_unread", "有内容的单元格不在任何表头之下，没有读取。")
	commentsUnread  = ofRows.tells("comments_unread", "单元格上的批注、浮在表上的文本框不作数据，没有读取。")
	columnHeadless  = ofRows.asks("column_without_heading", "一列没有表头，却填着内容，没有读取。")
	totalUnlabelled = ofRows.tells("total_unlabelled", "没有写明的一行，各数等于各行之和，按合计处理。")
	exampleMarked   = ofRows.asks("example_marked", "标着“示例”的一行各必填栏都填了，请确认是不是数据。")
	cumulativeNoted = ofRows.asks("cumulative_noted", "备注写着金额或数量是累计数，仍按本期数计入。")
	zoneBeside      = ofRows.asks("zone_beside_streets", "一行填的是全区（区本级），同一项另有各街道的行，看不出是不是各街道的合计，可能重复计算。")
	filledDown      = ofRows.asks("filled_down", "一组只在第一行写了单位或名称，小计证明其余各行同属，按第一行补上。")
	mergedAmount    = ofRows.refuses("merged_amount", "一个数合并在几行或几栏上，不知道各是多少，请拆开填写。")
	fieldsBeyond    = ofRows.refuses("fields_beyond_heading", "CSV 的一行与表头的栏目数不同，内容与列对不上，多半是内容里有没加引号的逗号，或分隔用了中文逗号。")
	tick            = ofRows.refuses("tick", "几栏选项里没有打勾，或打了不止一个勾。")
	rowsAboveHead   = ofRows.asks("rows_above_head", "表头上面有像数据的行，没有读取。")
	lineIgnored     = ofRows.asks("line_ignored", "有的行不成一行数据，没有读取；表尾的仅作提示。")
	rowVoid         = ofRows.asks("row_void", "写着作废、取消、重复一类的话，或者整行画了删除线，该行仍计入。")
	rowsNotFilled   = ofRows.tells("rows_not_filled", "只有编号、没有内容的行，没有读取。")
	rowsUnaccounted = ofRows.rejects("rows_unaccounted", "有行没有着落：这是系统的差错，请交给管理员。")
	nilReturn       = ofRows.tells("nil_return", "本期无数据，按零报告登记。")
	nilAhead        = ofRows.asks("nil_ahead", "当月还早，空表按零报告登记，可能只是还没有填。")
	nilDoubtful     = ofRows.rejects("nil_doubtful", "没有数据行，却写着别的文字，不能按零报告登记。")
	nilAfterRows    = ofRows.asks("nil_after_rows", "零报告不清空已报的内容。")
	tooManyRefused  = ofRows.rejects("too_many_refused", "不能计入的行超过两成。")
	rowsJoined      = ofRows.tells("rows_joined", "一项占了几行，其余各格合并，文字并成一行读取。")
	totalUnchecked  = ofRows.tells("total_unchecked", "合计是公式，文件里没有存下结果，没有与各行核对。")
	totalMismatch   = ofRows.asks("total_mismatch", "合计与各行相加不符；资金类报表退回。")
)

// RowAboveHead is a row over the head that looks like data.
func RowAboveHead(row int) Finding {
	return rowsAboveHead.finds("第%d行在表头上面，像是数据，没有读取", row).mend("数据都要填在表头下面；如是其他说明，请忽略本条")
}

// Unfilled begins what is said of a sheet that nobody filled in.
const Unfilled = "未填，不作为零报告"

// LineIgnored is a row that is no row of data; below where it stands under all of them: a signature, a remark.
func LineIgnored(row int, below bool) Finding {
	f := lineIgnored.finds("第%d行不成一行数据，没有读取", row).mend("如是数据，请补齐该行各列；如是说明，请移到表格下方，写成“注：…”")
	if below {
		f = f.as(Info)
	}
	return f
}

// RowVoid is a row whose remark says that it is void. It counts all the same.
func RowVoid(remark string) Finding {
	return rowVoid.finds("该行写着“%s”，仍按一行计入", remark).mend("确已作废的，请删去该行后重新报送；仍然有效的，请改正这句话")
}

// PartTakenBack is a row whose remark takes a part of its amount back. The whole of it counts all the same.
func PartTakenBack(remark string) Finding {
	return rowVoid.finds("该行写着“%s”，金额仍按所填的全数计入", remark).mend("所填金额没有扣去这一部分的，请改正金额，并在这句话后写明“已扣除”；已经扣去的，只写明“已扣除”")
}

// RowUnderVoid is a row in a section whose heading says that its rows are void. It counts all the same.
func RowUnderVoid(heading string) Finding {
	return rowVoid.finds("该行列在“%s”之下，仍按一行计入", heading).mend("确已作废的，请删去该行后重新报送；仍然有效的，请写核实说明")
}

// NoteVoids is a note beside the table that says that some of its rows are void. They count all the same.
func NoteVoids(note string) Finding {
	return rowVoid.finds("表外注明“%s”，所说的行仍照常计入", note).mend("确已作废的，请删去那些行后重新报送；仍然有效的，请改正这句话")
}

// NoteAbout is a note beside the table that says otherwise of one of its rows than the row does.
func NoteAbout(note string, row int) Finding {
	return lineIgnored.finds("表外写着“%s”，说的是第%d行，没有采用，按该行所填的计入", note, row).mend("请把这句话的意思改到第%d行里，再删去这句话；第%d行无误的，只删去这句话", row, row)
}

// RowStruck is a row that somebody drew a line through. It counts all the same.
func RowStruck() Finding {
	return rowVoid.finds("该行整行画了删除线，仍按一行计入").mend("确已作废的，请删去该行后重新报送；仍然有效的，请去掉删除线")
}

// RowsNotFilled is a table of prepared rows, none of which is filled in.
func RowsNotFilled(row, rows int) Finding {
	return rowsNotFilled.finds("第%d行起的%d行只有编号，没有填写内容", row, rows).mend("没有数据的行可以留空")
}

const askOperator = "请把本表交给系统管理员；数据没有计入"

// RowsUnrecognised is a table with rows that became nothing: this program's fault.
func RowsUnrecognised(below, lines, others int) Finding {
	return rowsUnaccounted.finds("表头下有%d行，只认出%d行数据和%d行其他内容，有行没有着落", below, lines, others).mend(askOperator)
}

// RowsLost is a return of whose lines some became nothing: this program's fault.
func RowsLost(rows, loaded, refused, repeated int) Finding {
	return rowsUnaccounted.finds("%d行数据中计入%d行、未计入%d行、重复%d行，有行没有着落", rows, loaded, refused, repeated).mend(askOperator)
}

// NilReturn is a return without rows.
func NilReturn() Finding { return nilReturn.finds("本期无数据，按零报告登记") }

// NilAhead is a return without rows, of a month that has long to run.
func NilAhead(period string) Finding {
	return nilAhead.finds("%s还没有结束，这张空表已按零报告登记", period).mend("如只是暂时没有填写，请在月末填好后重新报送；不报的工作表可以从工作簿中删去")
}

// NilDoubtful is a return without rows, in which something else is written in their place.
func NilDoubtful(text string) Finding {
	return nilDoubtful.finds("表里没有数据行，写的是“%s”，不能按零报告登记", text).mend("请填好数据后重新报送；本期确实没有的，请写“本期无”")
}

// NilPictured is a return without rows, with a picture in its workbook.
func NilPictured() Finding {
	return nilDoubtful.finds("表里没有数据行，工作簿里却有图片；图片里的内容读不出来，不能按零报告登记").mend("请把图片里的内容逐行录入表中后重新报送；本期确实没有的，请在表头下写“本期无”")
}

const askToClear = "如台账确已清零，请联系管理员办理清零"

// NilAfterRows is a nil return of a ledger, rows of which were handed in for the same period.
func NilAfterRows(rows int) Finding {
	return nilAfterRows.finds("本期已报过%d行，这份零报告不会清空台账，仍按原来的%d行统计", rows, rows).mend(askToClear)
}

// NilAfterPaid is a nil return of a period form, rows of which were handed in for the same period.
func NilAfterPaid(rows int) Finding {
	return nilAfterRows.finds("本期已报过%d行，这份零报告不会撤回已报的内容，仍按原来的%d行统计", rows, rows).mend("如已报的内容确应撤回，请联系管理员作废那一份")
}

// NilAfterLedger is a nil return of a ledger, rows of which were handed in for an earlier period.
func NilAfterLedger(rows int) Finding {
	return nilAfterRows.finds("上一份台账有%d行，零报告表示没有新增，仍按原来的%d行统计", rows, rows).mend(askToClear)
}

// TooManyRefused is a return too many of whose rows are refused.
func TooManyRefused(rows, refused int) Finding {
	return tooManyRefused.finds("%d行中有%d行不能计入，超过两成，整份退回", rows, refused).mend("请改正“必须修改”的各行后整份重新报送；在此之前仍按上一份报表统计")
}

// TotalMismatch is a 合计 that isn't the sum of its rows, of amounts or of counts. It sends the return back where the form
// says so.
func TotalMismatch(column, claimed, sum, difference string, money, rejects bool) Finding {
	of := "的数"
	if money {
		of = "金额"
	}
	f := totalMismatch.finds("「%s」合计写的是 %s，各行相加是 %s，相差 %s", column, claimed, sum, difference).mend("请核对各行%s和合计，改正后重新报送", of).suggest(sum)
	if rejects {
		f = f.rejecting()
	}
	return f
}

// OfTexts is the same of a formula that comes to nothing, its rows being texts.
func (f Finding) OfTexts() Finding {
	return f.mend("合计是公式，各行的数存成了文本，公式没有加进去：请把这一列转换为数字后重新报送")
}

// TotalUnchecked is a 合计 that isn't the sum of those of its rows that can be read: what the others hold nobody knows.
func TotalUnchecked(column, claimed, sum string) Finding {
	return totalMismatch.finds("「%s」合计写的是 %s，读得出的各行相加是 %s，另有的行读不出来", column, claimed, sum).mend("请先改正读不出来的各行，再核对合计")
}

// RowsJoined are rows that go on with the texts of the item above, whose other cells are merged over them.
func RowsJoined(rows string, first int, columns []string) Finding {
	return rowsJoined.finds("第%s行与第%d行是同一项（其余各格合并），「%s」的文字并入第%d行", rows, first, strings.Join(columns, "」「"), first)
}

// TotalWithoutValue is a 合计 that is a formula without a stored result.
func TotalWithoutValue(column string) Finding {
	return totalUnchecked.finds("「%s」的合计是公式，但文件里没有存下它的计算结果，没有与各行核对", column).mend("请用 Excel 或 WPS 打开后重新保存再报，合计就会核对")
}

// TotalExplained is a 合计 that would be the sum of its rows if one of them were another power of ten: the row is likely
// what is wrong. at is the total's cell.
func TotalExplained(column, claimed, sum, at string, row int, meant string, rejects bool) Finding {
	f := totalMismatch.finds("「%s」合计（%s）写的是 %s，各行相加是 %s；第%d行如是 %s 就正好相符，像是单位或小数点填错了", column, at, claimed, sum, row, meant).
		mend("请核对第%d行的数和单位；该行无误的，请改正合计", row).suggest(meant)
	if rejects {
		f = f.rejecting()
	}
	return f
}

// TotalLeavesOut is a 合计 that is the sum of all rows but one.
func TotalLeavesOut(column, claimed, sum, at string, row int, rejects bool) Finding {
	f := totalMismatch.finds("「%s」合计（%s）写的是 %s，各行相加是 %s，正好少算了第%d行", column, at, claimed, sum, row).
		mend("请核对第%d行是否该报：该报的，请把合计改为 %s；不该报的，请删去该行", row, sum)
	if rejects {
		f = f.rejecting()
	}
	return f
}

// CellsLost are cells that were neither read nor named: a fault of this program.
func CellsLost(n int) Finding {
	return rowsUnaccounted.finds("表头下有%d个有内容的单元格没有着落：没有读取，也没有说明", n).mend(askOperator)
}

// CellsUnread are cells with content under no heading; which names some of them.
func CellsUnread(n int, which string) Finding {
	return cellsUnread.finds("%d个单元格（%s）不在任何表头之下，没有读取", n, which).mend("如是应报的内容，请填到有表头的列里；如是说明，可保留")
}

// CommentsUnread are comments on cells; which names some of these.
func CommentsUnread(n int, which string) Finding {
	return commentsUnread.finds("%d处批注（%s）没有读取", n, which).mend("批注不作数据；如有应报的内容，请写进单元格")
}

// BoxesUnread are text boxes above the cells; which names the cells at their corners.
func BoxesUnread(n int, which string) Finding {
	return commentsUnread.finds("%d个文本框（在%s处）没有读取", n, which).mend("文本框不作数据；如有应报的内容，请写进单元格")
}

// ColumnWithoutHeading is a column that is filled and has no heading.
func ColumnWithoutHeading(column string, cells int) Finding {
	return columnHeadless.finds("%s列没有表头，却有%d格内容，没有读取", column, cells).mend("如是应报的内容，请补上表头；否则请删去这一列")
}

// FilledDown is a block whose first row alone says whose it is; the subtotal proves that the others are its, too.
func FilledDown(column string, rows int, value string) Finding {
	return filledDown.finds("「%s」有%d行没有填，从小计看与上一行同属“%s”，按此补上", column, rows, value).mend("请逐行填写，或把同一组的单元格合并")
}

// TotalUnlabelled is a row of sums that doesn't say that it is one.
func TotalUnlabelled(row int) Finding {
	return totalUnlabelled.finds("第%d行没有写明是什么，各数等于各行之和，按合计处理，不作为数据", row).mend("请在该行写明“合计”或“小计”")
}

// ExampleTaken is a row marked as an example that has values of its own; alone is the title of the column in which nothing but
// the mark stands, if any. It counts.
func ExampleTaken(mark, alone string) Finding {
	f := exampleMarked.finds("该行标着“%s”，但必填的各栏都已填写，按数据计入", mark)
	if alone != "" {
		return f.mend("只是示例的，请删去该行后重新报送；是数据的，请把“%s”改为该行的「%s」", mark, alone)
	}
	return f.mend("只是示例的，请删去该行后重新报送；是数据的，请删去“%s”", mark)
}

// ExampleFilled is a row marked as an example that was partly typed over: what the template shows still stands in it. It does not count.
func ExampleFilled(row int) Finding {
	return exampleMarked.finds("第%d行是模板的示例行，改过一部分，必填的栏里仍是示例的内容，没有计入", row).mend("是数据的，请删去“示例”二字，把各栏都填上自己的内容后重新报送；只是示例的，请删去该行或忽略本条")
}

// CumulativeNoted is a remark beside rows that says that their figures are cumulative. They count as the period's.
func CumulativeNoted(remark string, rows int, columns []string) Finding {
	return cumulativeNoted.finds("%d行的备注写着“%s”，「%s」仍按本期发生数计入", rows, remark, strings.Join(columns, "」「")).
		mend("是累计数的，请改填本期发生数后重新报送；是本期数的，请删去这句备注")
}

// GroupTotal is a row that names a group and holds the sums of the rows above or below.
func GroupTotal(row int, name string) Finding {
	return totalUnlabelled.finds("第%d行“%s”没有写“小计”，各数等于这一组各行之和，按小计处理，不作为数据", row, name).mend("请在该行写明“小计”；如是一行数据，请补齐该行各列")
}

// ZoneBesideStreets is a row for the whole zone beside rows for its streets of which it is not the sum, or one for its own
// level that happens to be (equal). It counts all the same.
func ZoneBesideStreets(column, text string, equal bool) Finding {
	if equal {
		return zoneBeside.finds("「%s」写的是“%s”，同一项另有各街道的行，各数正好等于各街道之和，这一行仍另外计入", column, text).
			mend("是合计的，请在该行写明“合计”；确是“%s”自己的数，请忽略本条", text)
	}
	return zoneBeside.finds("「%s」写的是“%s”，同一项另有各街道的行，各数又不等于各街道之和，这一行仍另外计入", column, text).
		mend("是合计的，请核对各街道的数，并在该行写明“合计”；不是合计的，请写明是哪个单位的数")
}

// MergedAmount is one number merged over several rows.
func MergedAmount(column, where string, rows int, value string) Finding {
	return mergedAmount.finds("「%s」%s 合并成一格，%d行共用一个数（%s），不知道各行是多少", column, where, rows, value).mend("请取消合并单元格，把数拆开，逐行填写各自的数")
}

// MergedAcross is one cell merged over the columns of several fields.
func MergedAcross(columns []string, where, value string) Finding {
	return mergedAmount.finds("%s 合并成一格（%s），跨了「%s」，看不出是哪一栏的内容", where, value, strings.Join(columns, "」「")).mend("请取消合并单元格，在各栏分别填写")
}

const quoteCommas = "请给含有逗号的内容加上英文双引号，或把逗号改成中文逗号“，”，也可以改用 .xlsx 报送"

// FieldsShifted is a line of a CSV file with more fields than its heading, whose surplus is empty and whose cells don't fit
// the columns in which they stand.
func FieldsShifted(fields, headings int) Finding {
	return fieldsBeyond.finds("这一行有%d个栏目，表头只有%d个，内容与所在的列对不上，像是前面的内容里有没加引号的逗号（或其他分隔符），使后面的内容错了位", fields, headings).
		mend(quoteCommas)
}

// CommaWide is a line of a CSV file with fewer fields than its heading, in which a Chinese comma stands between two of them.
func CommaWide(fields, headings int) Finding {
	return fieldsBeyond.finds("这一行只有%d个栏目，表头有%d个，这一格里有中文逗号“，”，像是该用来分隔的英文逗号，后面的内容错了位", fields, headings).
		mend("请把分隔栏目的中文逗号“，”改成英文逗号，也可以改用 .xlsx 报送")
}

// FieldsBeyondHeading is a line of a CSV file with more fields than its heading.
func FieldsBeyondHeading(fields, headings int) Finding {
	return fieldsBeyond.finds("这一行有%d个栏目，表头只有%d个，像是内容里有没加引号的逗号（或其他分隔符），逗号后面的内容错了位", fields, headings).
		mend(quoteCommas)
}

// NotTicked is a row without a tick in the columns of a listed field.
func NotTicked(column string, values []string) Finding {
	return tick.finds("「%s」各栏（%s）里没有打勾", column, strings.Join(values, "、")).mend("请在一行里只打一个勾")
}

// TickedTwice is a row with more than one.
func TickedTwice(column string, ticked []string) Finding {
	return tick.finds("「%s」里打了不止一个勾（%s）", column, strings.Join(ticked, "、")).mend("请在一行里只打一个勾")
}

// TitleTotal is a title or note that gives a sum over the rows that they don't come to.
func TitleTotal(text, said, column, sum string) Finding {
	return totalMismatch.finds("“%s”写的是%s，「%s」各行相加是 %s", text, said, column, sum).mend("请核对是不是漏了行，或改正所写的数；所写的数另有所指的，请写核实说明")
}
