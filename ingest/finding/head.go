package finding

import "strings"

var ofHead chapter

var (
	missingColumn    = ofHead.rejects("missing_column", "表头缺少必填的一列。")
	cumulative       = ofHead.rejects("cumulative", "只有累计数，没有本期数。")
	whichPeriod      = ofHead.rejects("which_period", "按月（年）分成几列，看不出哪一列是本期。")
	tableBeside      = ofHead.tells("table_beside", "旁边并排着另一张小表，没有读取；如是同一张表的另一半，整份退回。")
	tableBelow       = ofHead.tells("table_below", "下面另有一张小表，没有读取。")
	crossTable       = ofHead.rejects("cross_table", "同一项按街道或类别分成几组列，一行里有几组数。")
	headingGuess     = ofHead.asks("heading_guess", "表头与表样的一列相近，或下面填的都是那一列的选项，按那一列读取；几列都相近的，都不读取。")
	headingByPlace   = ofHead.asks("heading_by_place", "模板的表头被改动，按模板中的位置读取；只是删去的仅作提示。")
	headingTwice     = ofHead.asks("heading_twice", "同一个意思的表头出现不止一次，只读一列。")
	columnJoint      = ofHead.refuses("column_joint", "两栏并成了一列，各是多少分不开，按没有填计；必填的整份退回。")
	columnsUnread    = ofHead.tells("columns_unread", "表样里没有的栏目没有读取。")
	deadlineAdjusted = ofHead.tells("deadline_adjusted", "时限分成原定的和调整后的两列，以调整后的为准，没有填的按原定的。")
	fromTitle        = ofHead.tells("from_title", "缺少或没有填的一列按标题、分节标题、工作表名称或报送期取值。")
	labelDiffers     = ofHead.asks("label_differs", "标题、工作表名称、文件名或分节标题写的批次（类别、街道、是否办结）与表中填的不同，按表中填的读取。")
	countDiffers     = ofHead.asks(CountRule, "标题、分节标题、合计或注写的件数与行数不同，可能漏了行。")
	titleDiffers     = ofHead.tells("title_differs", "标题写的是另一张报表，按表头读取。")
	sheetContinues   = ofHead.asks("sheet_continues", "一张工作表没有表头，各行与另一张工作表的列对得上，像是续表，没有读取。")
	countUnit        = ofHead.rejects("count_unit", "表外写着个数以百、千、万计，看不出是哪几列。")
	unitDiffers      = ofHead.asks("unit_differs", "金额单位写了两处，说法不同。")
	unitMissing      = ofHead.asks(UnitMissingRule, "金额没有写明单位，按元计算。")
)

// TitleDiffers is a table under the title of another form than its head is of.
func TitleDiffers(titled, form string) Finding {
	return titleDiffers.finds("标题写的是“%s”，表头是“%s”的，按“%s”读取", titled, form, form).mend("请核对标题；确是“%s”的，请改正标题", form)
}

// MissingColumn is a head without a required column.
func MissingColumn(column string) Finding {
	return missingColumn.finds("表头缺少「%s」一列", column).mend("请在表头增加“%s”一列", column)
}

// MissingColumnLike is a head without a required column, in which a heading comes close to it.
func MissingColumnLike(column, heading string) Finding {
	return missingColumn.finds("表头缺少「%s」一列", column).mend("请在表头增加“%s”一列；如“%s”就是这一列，请把表头改为“%s”", column, heading, column)
}

// MissingColumnNumbered is a head without a required column, in which it stands several times with a number: 第一次兑付金额, 第二次兑付金额.
func MissingColumnNumbered(column string, headings []string) Finding {
	return missingColumn.finds("表头缺少「%s」一列；“%s”各是其中一次的，一行里有几个", column, strings.Join(headings, "”“")).
		mend("请改成“%s”一列，一次填一行", column)
}

// MissingColumnParts is a head without a required column of numbers, in which several columns may each be a part of it.
func MissingColumnParts(column string, headings []string) Finding {
	return missingColumn.finds("表头缺少「%s」一列；“%s”都与它相近，看不出是其中一列，还是各是一部分", column, strings.Join(headings, "”“")).
		mend("各是一部分的，请增加“%s”一列，每行填这几列之和；其中一列就是的，请把它的表头改为“%s”", column, column)
}

// MissingColumnCorrected is a head that has a required column as it was and as it was corrected.
func MissingColumnCorrected(column string, headings []string, corrected string) Finding {
	return missingColumn.finds("表头缺少「%s」一列；“%s”是更正前后的两列", column, strings.Join(headings, "”“")).
		mend("请把“%s”的表头改为“%s”，删去更正前的一列；重报的一份代替原来的，没有更正的各行也要一起报送", corrected, column)
}

// HeadingsClose is the same of a column that may be left out: none of them is read.
func HeadingsClose(column string, headings []string) Finding {
	return headingGuess.finds("“%s”都与「%s」相近，看不出是其中一列，还是各是一部分，都没有读取", strings.Join(headings, "”“"), column).
		mend("各是一部分的，请增加“%s”一列，每行填这几列之和；其中一列就是的，请把它的表头改为“%s”", column, column)
}

// MissingColumnTicks is a head without a required column whose listed values stand there as headings, with no ticks below.
func MissingColumnTicks(column string, values []string) Finding {
	list := strings.Join(values, "」「")
	return missingColumn.finds("表头缺少「%s」一列；「%s」各栏下面没有读到“√”", column, list).
		mend("请在「%s」各栏里每行打一个“√”；或改成“%s”一列，每行填其中一项", list, column)
}

// MissingColumnSplit is a head without a required column, in which a group of that name has several columns; amount where they
// are numbers, and their sum is wanted.
func MissingColumnSplit(column, group string, parts []string, amount bool) Finding {
	f := missingColumn.finds("表头缺少「%s」一列，“%s”分成了“%s”%d列", column, group, strings.Join(parts, "”“"), len(parts))
	if amount {
		return f.mend("请在“%s”下面增加“小计”一列，每行填这几列之和，按“小计”读取", group)
	}
	return f.mend("请把这%d列合并成“%s”一列，每行填写完整", len(parts), column)
}

// MissingColumnJoint is a column headed by several of a form's numbers at once.
func MissingColumnJoint(heading string, columns []string) Finding {
	return missingColumn.finds("“%s”把「%s」并成了一列，各是多少分不开", heading, strings.Join(columns, "」「")).
		mend("请分成“%s”%d列，各填各的数", strings.Join(columns, "”“"), len(columns))
}

// ColumnJoint is the same of fields that may be empty: they are.
func ColumnJoint(heading string, columns []string) Finding {
	return columnJoint.finds("“%s”把「%s」并成了一列，各是多少分不开，按没有填计", heading, strings.Join(columns, "」「")).
		mend("请分成“%s”%d列，各填各的数", strings.Join(columns, "”“"), len(columns))
}

// MissingCode is a head without a column of codes, but with one of running numbers.
func MissingCode(column string) Finding {
	return missingColumn.finds("表头缺少「%s」一列", column).
		mend("请在表头增加“%s”一列；“序号”会随行的增删变动，不能当作编号，编号要一经编定不再改变", column)
}

// CumulativeTitle is a title over sums of several periods, on a form that is handed in for each (周, 月).
func CumulativeTitle(title, per string) Finding {
	return cumulative.finds("“%s”是几期的累计数，这张报表要按%s报送", title, per).mend("请只报本期发生的明细，标题写明报送期；以前各期有变化的，请更正当期报表")
}

// CumulativeColumn is a column of which only the sum over several periods stands there.
func CumulativeColumn(column string) Finding {
	return cumulative.finds("「%s」只有累计数，没有本月（本期）数", column).mend("请增加本月（本期）一列，只填本期发生数")
}

// WhichPeriod is a column that stands there once for each of several months or years.
func WhichPeriod(column string) Finding {
	return whichPeriod.finds("「%s」按月（年）分成几列，看不出哪一列是本期", column).mend("请在标题写明月份，或只保留本期一列")
}

// PeriodsUnread are the amounts that a form asks for below several months or years and nothing else.
func PeriodsUnread(column string) Finding {
	return whichPeriod.finds("没有「%s」一列，数填在按月（年）分的几列里，没有读取", column).mend("请只保留本期一列，把它的表头改为“%s”", column)
}

// TableBeside is another table to the right; needed where it holds a column that the table lacks.
func TableBeside(column, titles string, needed bool) Finding {
	f := tableBeside.finds("%s列起并排着另一张小表（%s），没有读取", column, titles).mend("如果这几列属于本表，请删去中间的空列")
	if needed {
		f = f.as(Warning)
	}
	return f
}

// FormBeside is another form beside the table of one.
func FormBeside(column, form string) Finding {
	return tableBeside.finds("%s列起并排着另一张报表（%s），没有读取", column, form).mend("请把%s移到另一张工作表或另一个文件里报送，在此之前它仍算没有报送", form).as(Warning)
}

const oneHead = "请把右边的内容接到左边表的下面，所有行用同一组表头"

// TwinBeside is the same table again to the right.
func TwinBeside(column string) Finding {
	return tableBeside.finds("%s列起并排着另一张同样的表，同一张工作表上只能读一张", column).mend(oneHead).rejecting()
}

// Folded is a table whose head stands twice beside itself.
func Folded() Finding {
	return tableBeside.finds("表头左右重复了两遍，像是两半并排的同一张表，同一张工作表上只能读一张").mend(oneHead).rejecting()
}

// TableBelow is another small table below this one.
func TableBelow(row, rows int, titles string) Finding {
	return tableBelow.finds("第%d行起的%d行是另一张小表（%s），没有读取", row, rows, titles).mend("如果是本表的数据，请接在表中，按本表的列填写")
}

// CrossTable is a heading that stands under two groups, each a value of the same column.
func CrossTable(heading, group, other, column string) Finding {
	return crossTable.finds("“%s”在“%s”“%s”下各有一列，一行里有几个%s的数，无法读取", heading, group, other, column).
		mend("请改成一行只填一个%s：增加“%s”一列，把各组的数逐行填写", column, column)
}

// HeadingClose is a heading taken for a column that it is spelled like.
func HeadingClose(heading, column string) Finding {
	return headingGuess.finds("表头“%s”与「%s」相近，按「%s」读取", heading, column, column).mend("请把表头改为“%s”", column).suggest(column)
}

// HeadingByValues is a heading taken for a column whose listed values stand below it.
func HeadingByValues(heading, column string) Finding {
	return headingGuess.finds("没有「%s」一列，“%s”下面填的都是它的选项，按「%s」读取", column, heading, column).mend("请把表头改为“%s”", column).suggest(column)
}

// HeadingByState is a heading taken for the day on which an item was done, since it is filled in those rows only.
func HeadingByState(heading, column, state string, done []string) Finding {
	return headingGuess.finds("没有「%s」一列，“%s”下面只有「%s」为“%s”的行填了日期，按「%s」读取", column, heading, state, strings.Join(done, "、"), column).
		mend("请把表头改为“%s”", column).suggest(column)
}

// HeadingOfOpen is a column of dates whose heading may mean when something was done, and that is filled where it is open.
func HeadingOfOpen(heading, column, state string, done []string) Finding {
	return headingGuess.finds("没有「%s」一列，“%s”下面「%s」不是“%s”的行也都填了日期，按「%s」读取", column, heading, state, strings.Join(done, "、"), column).
		mend("请把表头改为“%s”", column).suggest(column)
}

// HeadingOfYear is a column that is read by another word, beside one of a year's part that is called as the form calls it.
func HeadingOfYear(read, column, ofYear string) Finding {
	return headingTwice.finds("「%s」按“%s”一列读取，“%s”没有读取", column, read, ofYear).
		mend("应读“%s”的，请把它的表头改为“%s”；读得对的，请写核实说明", ofYear, column)
}

// HeadingDeleted is a column of a template whose heading is gone.
func HeadingDeleted(column string) Finding {
	return headingByPlace.finds("表头「%s」被删去了，按模板中的位置读取", column).mend("请保留模板的表头").suggest(column).as(Info)
}

// HeadingChanged is a column of a template over which something else stands now.
func HeadingChanged(column, heading string) Finding {
	return headingByPlace.finds("模板中这一列是「%s」，表头改成了“%s”，仍按「%s」读取", column, heading, column).
		mend("这一列填的如果不是「%s」，请把内容移到其他列，并把表头改回“%s”", column, column).suggest(column)
}

// HeadingInGroups is a heading that stands under two groups, of which one is read.
func HeadingInGroups(heading, read string) Finding {
	return headingTwice.finds("“%s”和“%s”各有一列，只读取“%s”一列", heading, read, read).mend("如果应读另一列，请只保留那一列的表头，或在表头写明各列的区别")
}

// HeadingTwice is a heading that stands there twice, over the same content; here is read.
func HeadingTwice(heading, here, there string) Finding {
	return headingTwice.finds("表头“%s”出现了不止一次（%s列、%s列），按%s列读取，%s列没有另外的内容", heading, here, there, here, there).mend("请删去多余的列").as(Info)
}

// EmptyTwin is a heading that stands there twice, the column here being empty: there is read.
func EmptyTwin(heading, here, there string) Finding {
	return headingTwice.finds("“%s”有两列（%s列、%s列），%s列是空的，按%s列读取", heading, here, there, here, there).mend("请删去空的一列").as(Info)
}

// TwinUnlike is a heading that stands there twice, the column here holding nothing of its kind: there is read.
func TwinUnlike(heading, here, there, column string) Finding {
	return headingTwice.finds("“%s”有两列（%s列、%s列），%s列填的不是「%s」，按%s列读取", heading, here, there, here, column, there).mend("请只保留正确的一列，或在表头写明各列的区别")
}

// TwinHidden is a heading that stands there twice, the column here being hidden: there is read.
func TwinHidden(heading, here, there string) Finding {
	return headingTwice.finds("“%s”有两列（%s列、%s列），%s列是隐藏的，按%s列读取", heading, here, there, here, there).mend("请只保留正确的一列，或在表头写明各列的区别")
}

// TwinFuller is a heading that stands there twice, the column there being filled in all rows of the one here and more: there is read.
func TwinFuller(heading, here, there string, inHere, inThere int) Finding {
	return headingTwice.finds("“%s”有两列（%s列、%s列），%s列填了%d行，%s列填了%d行，按%s列读取", heading, here, there, here, inHere, there, inThere, there).mend("请只保留正确的一列，或在表头写明各列的区别")
}

// TwinsDiffer is a heading that stands there twice, over different content in some rows; here is read.
func TwinsDiffer(heading, here, there string, rows int) Finding {
	return headingTwice.finds("表头“%s”出现了不止一次（%s列、%s列），有%d行的内容不同，按%s列读取", heading, here, there, rows, here).mend("请只保留正确的一列，或在表头写明各列的区别")
}

// CumulativeBeside is an optional column of which only the cumulative figures are there, beside others of the period.
func CumulativeBeside(column string) Finding {
	return cumulative.finds("「%s」只有累计数，没有本月（本期）数", column).mend("请增加本月（本期）一列，只填本期发生数").inPart()
}

// HeadingsAlike is two headings of one meaning, of which one is read.
func HeadingsAlike(heading, read string) Finding {
	return headingTwice.finds("“%s”和“%s”是同一个意思，按“%s”一列读取", heading, read, read).mend("如两列含义不同，请把表头写清楚").as(Info)
}

// HeadingsDiffer is two headings of one meaning with other values below, of which one is read.
func HeadingsDiffer(heading, read string, rows int) Finding {
	return headingTwice.finds("“%s”和“%s”按同一个意思对待，按“%s”一列读取，两列有%d行不同", heading, read, read, rows).mend("请核对读的是不是该读的一列；两列含义不同的，请把表头写清楚")
}

// ColumnsUnread names, in quotation marks, the headings that the form has no column for.
func ColumnsUnread(headings []string) Finding {
	return columnsUnread.finds("表样里没有这些栏目，没有读取：%s", strings.Join(headings, "、")).mend("如果其中有应报的内容，请把表头改成模板中的列名")
}

// AmountsUnread is the same where the amounts that the form asks for may stand below one of them: 本月, 10月.
func AmountsUnread(column string, headings []string) Finding {
	return ColumnsUnread(headings).as(Warning).mend("如果其中有「%s」，请把那一列的表头改为“%s”；不是的，请写核实说明", column, column)
}

// FromSheetName is a missing column whose value the sheet's name is.
func FromSheetName(column, value string) Finding {
	return fromTitle.finds("没有「%s」一列，按工作表名称取为“%s”", column, value)
}

// DeadlineAdjusted is a deadline in two columns, as it was set first and as it was put off.
func DeadlineAdjusted(column, first, later string) Finding {
	return deadlineAdjusted.finds("「%s」有“%s”“%s”两列，“%s”填了的按它读取，没有填的按“%s”读取", column, first, later, later, first)
}

// EmptyColumn is a column that nobody filled in and whose value the sheet's name, or the title, says for all rows.
func EmptyColumn(column, value string, bySheet bool) Finding {
	by := "标题"
	if bySheet {
		by = "工作表名称"
	}
	return fromTitle.finds("「%s」一列没有填，按%s取为“%s”", column, by, value)
}

// FromSections is a column whose value section rows say for rows that have none.
func FromSections(column string, rows int, sections []string) Finding {
	return fromTitle.finds("「%s」有%d行没有填，按分节的标题“%s”取值", column, rows, strings.Join(sections, "”“"))
}

// LabelDiffers is what a title, a sheet's or file's name says of a column in which every row says otherwise.
func LabelDiffers(what, label, column, value string, several bool) Finding {
	each := "各行填的都是"
	if several {
		each = "各行填的都不是它，如"
	}
	return labelDiffers.finds("%s是“%s”，「%s」%s“%s”，按各行填写的读取", what, label, column, each, value).
		mend("请核对：%s没有改的，请改正%s；「%s」填错的，请改正这一列", what, what, column)
}

// StreetOfAnother is a street's return in which every row is of one other street.
func StreetOfAnother(own, column, other string) Finding {
	return labelDiffers.finds("这份报表是%s报的，「%s」各行填的都是“%s”", own, column, other).
		mend("请核对：应由%s报送的，请放到它的文件夹；街道填错的，请改正这一列", other)
}

// OddInLabel is a cell that says otherwise than its title, sheet or file and all the other rows.
func OddInLabel(column, value, what, label string, same, odd int) Finding {
	n := ""
	if odd > 1 {
		n = "等"
	}
	return labelDiffers.finds("这里的「%s」填的是“%s”%s，%s是“%s”，其他%d行都与它一致", column, value, n, what, label, same).mend("请核对这一格；确是“%s”的，请写核实说明", value)
}

// SectionDiffers is a cell that says otherwise than the section row above it.
func SectionDiffers(section, column, value string) Finding {
	return labelDiffers.finds("这一行在“%s”下面，「%s」填的却是“%s”，按所填的读取", section, column, value).mend("请核对这一格和分节的标题，改正写错的一处")
}

// CountRule is the rule of numbers of rows that are said and are not how many there are.
const CountRule = "count_differs"

// CountDiffers is a section that says how many items it holds, and holds others.
func CountDiffers(section string, said, rows int) Finding {
	return countDiffers.finds("“%s”写的是%d件（条、项、笔），下面是%d行", section, said, rows).mend("请核对是不是漏了行，或改正所写的数")
}

// RowsDiffer is a title, total or note that says how many rows there are, where there are others; also are the cells that say
// the same, part that it speaks of a group of them.
func RowsDiffer(text string, also []string, said int, word string, rows int, part bool) Finding {
	here, where := "", "表中"
	if len(also) > 0 {
		here = "（" + strings.Join(also, "、") + "也是）"
	}
	if part {
		where = "这一组"
	}
	return countDiffers.finds("“%s”写的是%d%s%s，%s是%d行", text, said, word, here, where, rows).mend("请核对是不是漏了行或多了行，或改正所写的数；所写的数另有所指的，请写核实说明")
}

// NewDiffers is a ledger that says how many of its rows are new, where others are.
func NewDiffers(text string, said int, word string, fresh int) Finding {
	return countDiffers.finds("“%s”写的是新增%d%s，与上一份台账相比新增的是%d行", text, said, word, fresh).mend("请核对是不是漏了新增的行，或改正所写的数；所写的数另有所指的，请写核实说明")
}

// FromTitle is a missing column whose value the title names.
func FromTitle(column, value string) Finding {
	return fromTitle.finds("没有「%s」一列，按标题取为“%s”", column, value)
}

// FromIdentity is a missing column whose value the return's period or submitter gives.
func FromIdentity(column, value string) Finding {
	return fromTitle.finds("没有「%s」一列，取为“%s”", column, value)
}

// CountUnit is a statement beside the table that things are counted by the hundred, which no heading says.
func CountUnit(word string, columns []string) Finding {
	return countUnit.finds("计量单位写的是“%s”，看不出是「%s」中哪几列的单位", word, strings.Join(columns, "」「")).
		mend("请把单位写进表头，如“%s（%s）”，或一律按个位填写", columns[0], word)
}

// UnitDiffers is two statements of the money unit above a table that contradict each other.
func UnitDiffers(place, unit, other, otherUnit, taken string) Finding {
	return unitDiffers.finds("金额单位前后不一致：%s写的是%s，%s写的是%s，按%s计算", place, unit, other, otherUnit, taken).mend("请核对金额单位，只保留正确的一处")
}

// UnitHeading is a money unit above a table in which the headings of all amounts say another one.
func UnitHeading(place, unit, column, columnUnit string) Finding {
	return unitDiffers.finds("金额单位前后不一致：%s写的是%s，表头「%s」写的是%s，按表头计算", place, unit, column, columnUnit).mend("请核对金额单位，只保留正确的一处")
}

// UnitMissingRule is the rule of amounts of which nobody says the unit.
const UnitMissingRule = "unit_missing"

// UnitMissing is a column of money without a unit.
func UnitMissing(column string) Finding {
	return unitMissing.finds("「%s」没有写明金额单位，按“元”计算", column).mend("请在表头写明单位，如“%s（万元）”", column)
}

// SheetContinues is a sheet without a head whose rows fit the columns of another sheet: of is that sheet's name.
func SheetContinues(sheet, of string, rows int) Finding {
	return sheetContinues.finds("工作表「%s」没有表头，有%d行与「%s」的列对得上，像是续表，没有读取", sheet, rows, of).
		mend("如是续表，请把这些行接到「%s」的表中，或在这张工作表上补上同样的表头，重新报送", of)
}
