package finding

import "strings"

var ofFile chapter

// What the readers of files refuse: the ids and sentences are those of ingest/sheet, see Unreadable.
var (
	_ = ofFile.rejects("password", "文件有密码，读不出内容。")
	_ = ofFile.rejects("not_a_spreadsheet", "不是表格文件。")
	_ = ofFile.rejects("unsupported_format", "是表格文件，但不是能读取的格式。")
	_ = ofFile.rejects("frameset", "网页格式的表格，各工作表的内容没有一起报送。")
	_ = ofFile.rejects("charset", "文字编码认不出来。")
)

var (
	damaged   = ofFile.rejects("damaged", "文件损坏，读不完整。")
	tooLarge  = ofFile.rejects("too_large", "文件、行列或内容超过上限。")
	_         = ofFile.rejects("too_slow", "在规定的时间内没有读完。")
	_         = ofFile.rejects("bomb", "文件展开后大得异常，不予读取。")
	empty     = ofFile.rejects("empty", "文件里没有任何内容。")
	notStored = ofFile.rejects("not_stored", "文件里有系统无法保存的内容。")
	macros    = ofFile.asks("macros", "文件带有宏；宏不运行，只读取单元格。")
)

// Unreadable is a file that its reader refuses: the reason is the rule's id, and the reader says in two sentences what is
// wrong and how its sender can mend that.
func Unreadable(reason, says string) Finding {
	message, hint, _ := strings.Cut(says, "。")
	return Finding{Severity: Error, Rule: reason, Rejects: true, Message: message + "。", Hint: hint}
}

// Unopened is a file that no reader can make anything of, nor say why.
func Unopened() Finding {
	return damaged.finds("文件无法读取。").mend("请用 Excel 或 WPS 打开后另存为 .xlsx 再报送。")
}

const copyOrAsk = "请把数据复制到新建的工作簿中重新报送；仍不行请联系管理员。"

// Unread is a file on which its reader broke down.
func Unread() Finding { return damaged.finds("文件内容异常，无法读取。").mend(copyOrAsk) }

// NotReadAgain is a file on which the whole program broke down each time.
func NotReadAgain() Finding {
	return damaged.finds("文件内容异常，读取时程序多次中断，不再读取。").mend(copyOrAsk)
}

// TooLarge is a file of more megabytes than the zone allows.
func TooLarge(mb, most int64) Finding {
	return tooLarge.finds("文件有%dMB，超过%dMB的上限。", mb, most).mend("请删去图片、多余的空白行列和无关工作表后重新报送。")
}

// Empty is a workbook whose sheets are all blank.
func Empty() Finding {
	return empty.finds("工作簿里没有任何内容。").mend("请检查是否保存后再报送；本期没有数据的，请保留标题和表头，写明“本期无”。")
}

// OnlyPictures is a workbook in which no cell holds anything, but pictures are.
func OnlyPictures() Finding {
	return empty.finds("工作簿里只有图片，单元格里没有任何内容；图片里的表格读不出来。").mend("请把内容录入表样的单元格后报送；本期没有数据的，请保留标题和表头，写明“本期无”。")
}

// NotStored is a file that the tables don't take.
func NotStored() Finding {
	return notStored.finds("文件中有系统无法保存的内容。").mend(copyOrAsk)
}

// Macros is a workbook with macros.
func Macros() Finding {
	return macros.finds("文件带有宏，宏不会运行，只读取单元格内容").mend("请另存为 .xlsx 后报送")
}
