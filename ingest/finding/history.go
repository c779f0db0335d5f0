package finding

import (
	"strconv"
	"strings"
)

var ofHistory chapter

var (
	cumulativeMismatch  = ofHistory.asks("cumulative_mismatch", "累计与今年各期已报的相加不符。")
	cumulativeUnchecked = ofHistory.tells("cumulative_unchecked", "有的月份没有收到，累计没有核对。")
	ledgerShrank        = ofHistory.rejects("ledger_shrank", "上一份台账的行少了两成以上，疑似只报了新增。")
	correctionShrank    = ofHistory.asks("correction_shrank", "更正把原报表的行去掉了两成以上，疑似只报了补报的部分；本表取代原报表，去掉的行不再计入。写着“其余不变”的退回。")
	amountsRescaled     = ofHistory.asks(RescaledRule, "各行金额都成了上一份的一万倍、一万分之一之类，多半是两份里有一份的金额单位不对。")
	rowVanished         = ofHistory.asks("row_vanished", "上一份台账里的一行这次没有了。")
	keySpelling         = ofHistory.asks("key_spelling", "编号与上一份只差开头的0或小数点后的0，按同一编号对待。")
	reopened            = ofHistory.asks("reopened", "上次已办结（或已授信），这次改回未办结（未授信）。")
	deadlineMoved       = ofHistory.asks("deadline_moved", "时限比上次推后，或改为长期。")
	notCounting         = ofHistory.asks("not_counting", "已接收，暂不计入：现在计入的是另一份。")
	keyElsewhere        = ofHistory.asks("key_elsewhere", "同一编号在其他单位或其他期的报表里也有。")
)

// CumulativeMismatch is a 累计 that isn't the sum of what was handed in for the year.
func CumulativeMismatch(column, claimed, sum, difference string) Finding {
	return cumulativeMismatch.finds("「%s」累计写的是 %s，今年各期已报的相加是 %s，相差 %s", column, claimed, sum, difference).
		mend("请核对本期数和累计数；以前的期有误的，请更正那一期的报表").suggest(sum)
}

// CumulativeUnchecked is a 累计 that can't be checked for want of the returns of some periods.
func CumulativeUnchecked(missing []string) Finding {
	return cumulativeUnchecked.finds("累计数没有核对：%s的报表没有收到", strings.Join(missing, "、"))
}

// LedgerShrank is a ledger that lacks many of the rows that the one before it had.
func LedgerShrank(before, gone int, named []string) Finding {
	return ledgerShrank.finds("上一份台账有%d行，其中%d行这次不见了（%s），疑似只报了本周新增", before, gone, strings.Join(named, "、")).
		mend("台账要报全部事项，已办结的也保留；请补齐后重新报送。确需删减的，请管理员放行")
}

// LedgerRenumbered is a ledger of as many rows as before, not one of which has a number that was there before.
func LedgerRenumbered(before, _ int, named []string) Finding {
	return ledgerShrank.finds("上一份台账有%d行，它们的编号这次一个也没有了（%s），像是重新编了号", before, strings.Join(named, "、")).
		mend("编号要一经编定不再改变：请改回上一份的编号后重新报送；确是另一批事项的，请管理员放行")
}

// CorrectionShrank is a correction of a period's return that lacks many of its rows, which count no longer.
func CorrectionShrank(before, gone int, named []string) Finding {
	return correctionShrank.finds("本表取代同一期的原报表，原报表有%d行，其中%d行这次没有，不再计入（%s），疑似只报了补报的部分", before, gone, strings.Join(named, "、")).
		mend("只是补报的，请把原来的行和补报的行放在一张表里重新报送；确已取消的，请写核实说明")
}

// CorrectionPart is such a correction that says itself that the rest stays as it was.
func CorrectionPart(said string, before, gone int, named []string) Finding {
	return correctionShrank.finds("写着“%s”，只报了更正的部分；重报的一份代替原报表，原报表有%d行，其中%d行这次没有（%s）", said, before, gone, strings.Join(named, "、")).
		mend("请在原报表上改好后，把全部的行放在一张表里重新报送").rejecting()
}

// RescaledRule is the rule of amounts that changed by a unit.
const RescaledRule = "amounts_rescaled"

// AmountsRescaled are amounts that are all the same power of ten of what the same rows had before.
func AmountsRescaled(column string, rows, power int, before, after string) Finding {
	times := map[int]string{2: "一百", 3: "一千", 4: "一万", 5: "十万", 6: "一百万", 7: "一千万", 8: "一亿"}
	by, n := "倍", power
	if n < 0 {
		by, n = "分之一", -n
	}
	word := times[n]
	if word == "" {
		word = "10的" + strconv.Itoa(n) + "次方"
	}
	return amountsRescaled.finds("「%s」有%d行正好是上一份的%s%s（如 %s，上一份是 %s），像是金额单位不同", column, rows, word, by, after, before).
		mend("请核对表头和标题里的金额单位（元、万元）；上一份写错、这一份改对了的，请写核实说明")
}

// RowVanished is a row of the ledger before this one that this one lacks.
func RowVanished(row string) Finding {
	return rowVanished.finds("上一份台账里的“%s”这次没有了", row).mend("请核实是否漏报；已办结的事项也要保留在台账里")
}

// KeySpelling is keys that differ from the earlier ones only by leading zeros or decimals of nothing; count of all of them.
func KeySpelling(was, now string, count int) Finding {
	return keySpelling.finds("上一份的编号“%s”这次写成“%s”，一共%d个编号只差开头的0或小数点后的0，按同一编号对待", was, now, count).
		mend("请把编号一列设为文本格式，照上一份的写法填写，以后也不要改变")
}

// Reopened is an item that was closed and no longer is.
func Reopened(row, was, now string) Finding {
	return reopened.finds("“%s”上次报为“%s”，这次改回“%s”", row, was, now).mend("请核实：填错了状态的请改正，确是这样的请写核实说明")
}

// DeadlineMoved is an item with a later deadline than before.
func DeadlineMoved(row, column, was, now string) Finding {
	return deadlineMoved.finds("“%s”的「%s」上次是 %s，这次推后到 %s", row, column, was, now).mend("请核实是否经批准延期")
}

// DeadlineGivenUp is an item with 长期 for a deadline, which was a day before.
func DeadlineGivenUp(row, column, was string) Finding {
	return deadlineMoved.finds("“%s”的「%s」上次是 %s，这次改为长期", row, column, was).mend("请核实是否经批准转为长期推进")
}

// NotCounting is an accepted return whose rows are not the ones that count, and why. onPurpose is the remedy where that
// is as it should be.
func NotCounting(why, remedy string) Finding { return notCounting.finds("%s", why).mend("%s", remedy) }

// KeyElsewhere is a key that stands in another submitter's or period's return too.
func KeyElsewhere(row, where string) Finding {
	return keyElsewhere.finds("“%s”与%s报表中的编号相同，两处都计入", row, where).mend("请核实是否重复报送")
}

// KeysElsewhere are the rows of a return most of which stand in another period's return of the same submitter: it was handed
// in again under another period, perhaps. number is that return's.
func KeysElsewhere(n, rows int, where, number string) Finding {
	return keyElsewhere.finds("%d行中有%d行与%s报表（%s）中的编号相同，两处都计入，会重复计算", rows, n, where, number).
		mend("这些行如是复制那一份时没有删去的，请删去后重新报送；如那一份的报送期写错了，请告知管理员将它作废（编号 %s）；确是两笔的，请写核实说明", number)
}
