package sheet

import (
	"errors"
	"fmt"

	"taizhang/internal/offcrypto"
	"taizhang/internal/opc"
	"taizhang/internal/xmlscan"
)

// Reason is the id of a refusal; ids are stable, messages are not.
const (
	Password    = "password"           // encrypted, and not with Excel's default password
	NotASheet   = "not_a_spreadsheet"  // some other kind of file
	Damaged     = "damaged"            // cut off, overwritten, or inconsistent with itself
	TooLarge    = "too_large"          // beyond a limit
	Bomb        = "bomb"               // made to exhaust memory: entities, absurd compression
	EmptyFile   = "empty"              // 0 bytes
	LockFile    = "lock_file"          // ~$name.xlsx: somebody has the workbook open
	Frameset    = "frameset"           // an HTML page whose sheets are in a folder that was not sent
	Unsupported = "unsupported_format" // a spreadsheet, but of a kind that is not read (xlsb, Numbers)
	Charset     = "charset"            // text in an encoding that cannot be told for certain
	TooSlow     = "too_slow"           // not read within the time given
)

// ErrMemory is in the chain of a refusal that [Limits.GridBytes] made: with more of it the file may be readable.
var ErrMemory = errors.New("limit of memory")

// Refusal says why a file cannot be read and how its sender can mend that.
type Refusal struct {
	Reason  string // one of the ids above
	Message string // for the clerk, in Chinese
	Err     error  // for the log: what exactly was found, may be nil
}

func (r *Refusal) Error() string {
	if r.Err == nil {
		return r.Message
	}
	return r.Message + " [" + r.Err.Error() + "]"
}

func (r *Refusal) Unwrap() error { return r.Err }

// messages are what a clerk reads: what is wrong, then what to do.
var messages = map[string]string{
	Password:    "文件有打开密码，读不出内容。请取消密码，保存后重新报送：Excel 点“文件→信息→保护工作簿→用密码进行加密”，WPS 点“文件→文档加密→密码加密”，清空打开密码后确定。",
	NotASheet:   "这不是电子表格文件。请报送 Excel（.xlsx、.xls）、WPS 表格（.et）、.csv 或 .ods 文件。",
	Damaged:     "文件已损坏或没有复制完整。请用 Excel/WPS 打开原文件检查，另存为新的 .xlsx 后重新报送。",
	TooLarge:    "文件超出允许的大小。请删去多余的空白行列、图片和无关工作表后重新报送。",
	Bomb:        "文件内部结构异常（展开后体积过大或含实体定义），出于安全考虑没有读取。请把数据复制到新建的工作簿中另存后重新报送。",
	EmptyFile:   "文件是空的（0 字节），可能还没有复制完。请重新复制或重新报送。",
	LockFile:    "这是 Excel/WPS 打开文件时产生的临时文件（~$ 开头），不是报表。请关闭文件后报送原文件。",
	Frameset:    "这个网页文件只有框架，工作表内容在另一个没有一起发来的文件夹里。请用 Excel/WPS 打开后另存为 .xlsx 再报送。",
	Unsupported: "暂不支持这种表格格式。请用 Excel/WPS 打开后另存为 .xlsx 再报送。",
	TooSlow:     "文件内部结构异常，在规定时间内没有读完。请把数据复制到新建的工作簿中另存后重新报送。",
	Charset:     "文件的文字编码无法确定，有的字符读不出来。请用 Excel/WPS 打开核对后另存为 .xlsx 再报送。",
}

// Refuse is a refusal for one of the reasons; format and args say for the log what was found.
func Refuse(reason string, format string, args ...any) *Refusal {
	r := &Refusal{Reason: reason, Message: messages[reason]}
	if format != "" {
		r.Err = fmt.Errorf(format, args...)
	}
	return r
}

// RefuseAs is [Refuse] with a message of its own where the usual one says too little.
func RefuseAs(reason, message string, format string, args ...any) *Refusal {
	r := Refuse(reason, format, args...)
	r.Message = message
	return r
}

// Damage refuses a file that contradicts itself or its standard.
func Damage(format string, args ...any) *Refusal { return Refuse(Damaged, format, args...) }

// AsRefusal makes every error of a reader a refusal; an error that is none
// already comes from a library or a broken stream and means damage.
func AsRefusal(err error) error {
	if err == nil {
		return nil
	}
	var r *Refusal
	if errors.As(err, &r) {
		return err
	}
	if r = partRefusal(err); r != nil {
		return r
	}
	return &Refusal{Reason: Damaged, Message: messages[Damaged], Err: err}
}

// BadCharacter refuses a text of which a line holds what no character is.
func BadCharacter(line int) *Refusal {
	return RefuseAs(Charset, fmt.Sprintf("第 %d 行有读不出来的字符，文件的文字编码无法确定。请用 Excel/WPS 打开核对后另存为 .xlsx 再报送。", line), "undecodable character in line %d", line)
}

// packReasons are the refusals of files whose packages can't be read.
var packReasons = map[opc.Reason]string{opc.Damaged: Damaged, opc.Bomb: Bomb, opc.TooLarge: TooLarge, opc.Encrypted: Password}

var xmlReasons = map[xmlscan.Reason]string{xmlscan.Damaged: Damaged, xmlscan.Bomb: Bomb, xmlscan.TooLarge: TooLarge}

// partRefusal makes a refusal of what is wrong with a package or an XML part, or of its password; nil of any other error.
func partRefusal(err error) *Refusal {
	var pack *opc.Error
	var part *xmlscan.Error
	switch {
	case errors.As(err, &pack):
		return &Refusal{Reason: packReasons[pack.Reason], Message: messages[packReasons[pack.Reason]], Err: pack}
	case errors.Is(err, offcrypto.ErrPassword):
		return Refuse(Password, "%w", err)
	case errors.As(err, &part):
		return &Refusal{Reason: xmlReasons[part.Reason], Message: messages[xmlReasons[part.Reason]], Err: part}
	}
	return nil
}
