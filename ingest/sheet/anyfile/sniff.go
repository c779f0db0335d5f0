package anyfile

import (
	"bytes"
	"path"
	"strings"

	"taizhang/ingest/sheet"
)

var (
	magicOLE = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	magicZip = []byte("PK\x03\x04")
)

// lockName knows the names of the files that Excel, WPS and LibreOffice keep
// beside an open workbook.
func lockName(name string) bool {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	return strings.HasPrefix(base, "~$") || strings.HasPrefix(base, ".~lock.")
}

// lockFile knows the 165 bytes that Excel and WPS keep beside an open workbook:
// the length of the user's name, the name padded with blanks, and again in UTF-16.
func lockFile(data []byte) bool {
	if len(data) != 165 && len(data) != 162 || data[0] == 0 || data[0] > 54 {
		return false
	}
	return len(bytes.TrimRight(data[1+int(data[0]):55], "\x00 ")) == 0 && data[55] <= 54
}

const photo = "这是图片（照片、截图），系统读不出里面的表格。请报送原来的 Excel/WPS 表格文件；只有纸质表的，请按模板录入后报送。"

// known are files that clerks send by mistake, by their first bytes.
var known = []struct{ magic, reason, message string }{
	{"%PDF", sheet.NotASheet, "这是 PDF 文件，不是电子表格。请报送转成 PDF 之前的 Excel/WPS 表格文件；原表找不到的，请按模板重新填写。"},
	{"{\\rtf", sheet.NotASheet, "这是 RTF 文档，不是电子表格。请把表格放进 Excel 工作簿（.xlsx）后报送。"},
	{"\x89PNG", sheet.NotASheet, photo},
	{"\xff\xd8\xff", sheet.NotASheet, photo},
	{"II*\x00", sheet.NotASheet, photo},
	{"MM\x00*", sheet.NotASheet, photo},
	{"GIF8", sheet.NotASheet, photo},
	{"Rar!\x1a", sheet.NotASheet, "这是压缩包（.rar），不是电子表格。请解压，再逐个报送里面的表格文件。"},
	{"7z\xbc\xaf", sheet.NotASheet, "这是压缩包（.7z），不是电子表格。请解压，再逐个报送里面的表格文件。"},
	{"\x1f\x8b", sheet.NotASheet, "这是压缩包（.gz），不是电子表格。请解压，再逐个报送里面的表格文件。"},
	{"MIME-Version:", sheet.Unsupported, "这是网页存档（.mht），系统不读取。请用 Excel 打开，点“文件→另存为”，保存类型选“Excel 工作簿（.xlsx）”后报送。"},
	{"version https://git-lfs", sheet.NotASheet, "这只是一个指向别处的占位文件，没有表格内容。请报送原文件。"},
	{"Content-Type: multipart", sheet.Unsupported, "这是网页存档（.mht），系统不读取。请用 Excel 打开，点“文件→另存为”，保存类型选“Excel 工作簿（.xlsx）”后报送。"},
	{"From: <Saved by", sheet.Unsupported, "这是网页存档（.mht），系统不读取。请用 Excel 打开，点“文件→另存为”，保存类型选“Excel 工作簿（.xlsx）”后报送。"},
	{"ID;P", sheet.Unsupported, "这是 SYLK 文件，暂不支持。请用 Excel/WPS 打开后另存为 .xlsx 再报送。"},
	{"TABLE\n0,1", sheet.Unsupported, "这是 DIF 文件，暂不支持。请用 Excel/WPS 打开后另存为 .xlsx 再报送。"},
	{"TABLE\r\n0,1", sheet.Unsupported, "这是 DIF 文件，暂不支持。请用 Excel/WPS 打开后另存为 .xlsx 再报送。"},
	{"SQLite format 3", sheet.NotASheet, ""},
	{"L\x00\x00\x00\x01\x14\x02\x00", sheet.NotASheet, "这是快捷方式，不是文件本身。请找到它指向的表格文件报送。"},
	{"[InternetShortcut]", sheet.NotASheet, "这是网址快捷方式，不是表格文件。请报送原来的 Excel/WPS 表格文件。"},
}

// boxed are such files that begin with a length or a size before what tells them apart.
var boxed = []struct {
	at             int
	magic, message string
}{
	{4, "ftyphei", photo}, {4, "ftyphev", photo}, {4, "ftypmif1", photo}, {4, "ftypmsf1", photo}, {4, "ftypavif", photo}, {8, "WEBP", photo},
	{4, "ftyp", "这是视频或录音文件，不是电子表格。请报送 Excel/WPS 表格文件。"},
}

// notText refuses what is known not to be a table, nor text at all.
func notText(data []byte) *sheet.Refusal {
	for _, k := range boxed {
		if len(data) > k.at && bytes.HasPrefix(data[k.at:], []byte(k.magic)) && (k.at != 8 || bytes.HasPrefix(data, []byte("RIFF"))) {
			return sheet.RefuseAs(sheet.NotASheet, k.message, "holds %q", k.magic)
		}
	}
	for _, k := range known {
		if bytes.HasPrefix(data, []byte(k.magic)) {
			r := sheet.Refuse(k.reason, "begins with %q", k.magic)
			if k.message != "" {
				r.Message = k.message
			}
			return r
		}
	}
	return nil
}
