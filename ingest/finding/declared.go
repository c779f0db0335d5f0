package finding

import (
	"fmt"
	"strings"
)

// Rules that a form declares: id is the form's own name for the rule.

func declared(id string, s Severity, format string, args ...any) Finding {
	return Finding{Severity: s, Rule: id, Message: fmt.Sprintf(format, args...)}
}

// RequiredWhen is an empty cell that the value of another column makes required.
func RequiredWhen(id, when, value, column string) Finding {
	return declared(id, Error, "「%s」为“%s”时，「%s」不能为空", when, value, column).mend(fillAndResend)
}

// ExpectedWhen is an empty cell that the value of another column lets expect filled.
func ExpectedWhen(id, when, value, column string) Finding {
	return declared(id, Warning, "「%s」为“%s”，但没有填「%s」", when, value, column).mend("请补填「%s」，或改正「%s」", column, when)
}

// ExpectedColumn is a table without a column that the value of another lets some rows expect filled.
func ExpectedColumn(id, when, value, column string, rows int) Finding {
	which := fmt.Sprintf("等的%d行都", rows)
	if rows == 1 {
		which = "的一行"
	}
	return declared(id, Warning, "表中没有「%s」一列，「%s」为“%s”%s没有填「%s」", column, when, value, which, column).
		mend("请增加“%s”一列，这些行填上「%s」", column, column)
}

// UnexpectedWhen is a filled cell that the value of another column lets expect empty.
func UnexpectedWhen(id, when, value, column, text string) Finding {
	return declared(id, Warning, "「%s」为“%s”，却填了「%s」%s", when, value, column, text).mend("请改正「%s」，或删去「%s」", when, column)
}

// Before is a date before another one that must come first.
func Before(id, column, date, than, other string) Finding {
	return declared(id, Warning, "「%s」%s 早于「%s」%s", column, date, than, other).mend("请核对两个日期")
}

// Exceeds is a number above another one that holds it.
func Exceeds(id, column, number, than, other string) Finding {
	return declared(id, Warning, "「%s」（%s）大于「%s」（%s）", column, number, than, other).mend("请核对两个数")
}

// NotWhole is a percentage below 100 % of what is said to be done.
func NotWhole(id, when, value, column, text string) Finding {
	return declared(id, Warning, "「%s」为“%s”，「%s」却是 %s", when, value, column, text).mend("请改正「%s」，或把「%s」改为 100%%", when, column)
}

// SaidDone is a text that says of a matter that is open that it is done.
func SaidDone(id, when, value, column string) Finding {
	return declared(id, Warning, "「%s」为“%s”，「%s」却写着已经办完", when, value, column).mend("请核对：已经办完的，请改正「%s」并填上办完的日期；没有办完的，请改正「%s」", when, column)
}

// SaidOpen is a text that says of a matter that is done that it is not.
func SaidOpen(id, when, value, column string) Finding {
	return declared(id, Warning, "「%s」为“%s”，「%s」却写着还没有办完", when, value, column).mend("请核对：没有办完的，请改正「%s」；已经办完的，请改正「%s」", when, column)
}

// NotKnown is a name that the rows of another form don't hold; closest is the one most like it, "" if none is.
func NotKnown(id, name, form, closest string) Finding {
	f := declared(id, Warning, "“%s”不在%s里", name, form)
	if closest == "" {
		return f.mend("请核对全称；如属新增，请先报%s", form)
	}
	return f.mend("是否为“%s”？请核对全称", closest).suggest(closest)
}

// Unusual is a number far from what the submitter handed in before; low to high holds most of that.
type Unusual struct {
	ID, Column, Value, Median, Low, High string
	Others                               bool   // usual with other units, since this one has handed in too little yet
	Below                                bool   // less than usual
	Money                                bool   // so the unit may be wrong
	LikelyUnit                           string // by which the number would be usual, "" if none
}

const orExplain = "确实如此的，请写核实说明"

// Finding says it of one row.
func (u Unusual) Finding() Finding {
	way := "远高于"
	if u.Below {
		way = "远低于"
	}
	whose := "本单位"
	if u.Others {
		whose = "各单位"
	}
	usual := fmt.Sprintf("通常约 %s，多在 %s 到 %s 之间", u.Median, u.Low, u.High)
	if u.Low == u.High {
		usual = "通常都是 " + u.Low
	}
	f := declared(u.ID, Warning, "「%s」%s %s%s以往所报（%s）", u.Column, u.Value, way, whose, usual)
	switch {
	case u.LikelyUnit != "":
		return f.mend("如果单位应为%s，就与以往相当：请核对单位；%s", u.LikelyUnit, orExplain)
	case u.Money:
		return f.mend("请核对数字和单位（元、万元）；%s", orExplain)
	}
	return f.mend("请核对数字；%s", orExplain)
}

// Implausible is a number above what the form declares for any row; asYuan is what it would be if it was typed in yuan
// under another unit, "" where that would not explain it.
func Implausible(id, column, value, most, asYuan string) Finding {
	f := declared(id, Warning, "「%s」%s 超出了通常的范围（一般不超过 %s）", column, value, most)
	if asYuan != "" {
		return f.mend("像是把以“元”为单位的数填进了别的单位的列，那样就是 %s：请核对单位；%s", asYuan, orExplain)
	}
	return f.mend("请核对数字和单位；%s", orExplain)
}

// UnusualColumn says it once of many rows; first is the finding of the first of them.
func UnusualColumn(column string, rows, unusual int, first Finding) Finding {
	first.Row, first.Value = 0, fmt.Sprintf("%d行", unusual)
	first.Message = fmt.Sprintf("「%s」%d行中有%d行与通常所报相差很大，例如 %s：%s", column, rows, unusual, first.Cell, strings.TrimPrefix(first.Message, "「"+column+"」"))
	return first
}
