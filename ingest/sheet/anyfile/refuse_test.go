package anyfile_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"
)

// TestRefusalsFitTheFile: who sends something else than a table is told what it is and what to do with it.
func TestRefusalsFitTheFile(t *testing.T) {
	for file, c := range map[string]struct {
		content string
		says    []string
	}{
		"表.jpg":  {"\xff\xd8\xff\xe0\x00\x10JFIF\x00", []string{"图片", "模板"}},
		"表.png":  {"\x89PNG\r\n\x1a\n\x00\x00", []string{"图片", "模板"}},
		"表.heic": {"\x00\x00\x00\x28ftypheic\x00\x00\x00\x00mif1heic", []string{"图片", "模板"}},
		"表.HEIC": {"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic", []string{"图片", "模板"}},
		"表.webp": {"RIFF\x24\x00\x00\x00WEBPVP8 ", []string{"图片", "模板"}},
		"表.tif":  {"II*\x00\x08\x00\x00\x00", []string{"图片", "模板"}},
		"表.pdf":  {"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []string{"PDF", "原表", "模板"}},
		"表.rar":  {"Rar!\x1a\x07\x01\x00", []string{"压缩包", ".rar", "解压"}},
		"表.7z":   {"7z\xbc\xaf\x27\x1c\x00\x04", []string{"压缩包", ".7z", "解压"}},
		"表.zip":  {string(sheettest.Zip(sheettest.Part{Name: "问题台账.xlsx", Body: "x"})), []string{"压缩包", ".zip", "解压"}},
		"表.docx": {string(sheettest.Zip(sheettest.Part{Name: "[Content_Types].xml", Body: "<Types/>"}, sheettest.Part{Name: "word/document.xml", Body: "<w/>"})), []string{"Word", "复制"}},
		"表.ofd":  {string(sheettest.Zip(sheettest.Part{Name: "OFD.xml", Body: "<OFD/>"})), []string{"OFD", "模板"}},
		"表.mht":  {"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", []string{"网页存档", "另存为", ".xlsx"}},
		"录像.mp4": {"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00", []string{"视频"}},
	} {
		_, err := anyfile.Open(t.Context(), file, []byte(c.content), sheet.DefaultLimits())
		var r *sheet.Refusal
		if !errors.As(err, &r) {
			t.Errorf("%s: %v", file, err)
			continue
		}
		for _, s := range c.says {
			if !strings.Contains(r.Message, s) {
				t.Errorf("%s is told %q, nothing of %s", file, r.Message, s)
			}
		}
	}
	for _, menu := range []string{"Excel", "文件→信息→保护工作簿", "WPS", "文件→文档加密→密码加密"} {
		if !strings.Contains(sheet.Refuse(sheet.Password, "").Message, menu) {
			t.Errorf("the way out of a password doesn't name %s", menu)
		}
	}
}

func TestTextRefusals(t *testing.T) {
	tests := []struct{ name, file, data, reason string }{
		{"empty", "x.csv", "", sheet.EmptyFile},
		{"blank", "x.csv", " \r\n\r\n", sheet.EmptyFile},
		{"lock file by name", "inbox/~$台账.xlsx", "x", sheet.LockFile},
		{"lock file of LibreOffice", `C:\x\.~lock.台账.ods#`, "x", sheet.LockFile},
		{"lock file by content", "x.xlsx", "\x04user" + strings.Repeat(" ", 50) + "\x04\x00u\x00s\x00e\x00r\x00" + strings.Repeat(" \x00", 50), sheet.LockFile},
		{"zip without a member", "x.xlsx", string(sheettest.Zip()), sheet.Damaged},
		{"binary", "x.xls", "\x00\x01\x02\x03abc\x00\x00", sheet.NotASheet},
		{"control characters", "x.csv", "a\x01b\x02c", sheet.NotASheet},
		{"DIF", "x.dif", "TABLE\r\n0,1\r\n\"EXCEL\"\r\n", sheet.Unsupported},
		{"DIF with bare line feeds", "x.dif", "TABLE\n0,1\n\"x\"\n", sheet.Unsupported},
		{"SYLK", "x.slk", "ID;PWXL;N;E\r\n", sheet.Unsupported},
		{"shortcut", "台账.xlsx.lnk", "L\x00\x00\x00\x01\x14\x02\x00" + strings.Repeat("\x00", 68), sheet.NotASheet},
		{"address of a page", "台账.url", "[InternetShortcut]\r\nURL=http://x/\r\n", sheet.NotASheet},
		{"pdf", "x.xlsx", "%PDF-1.4", sheet.NotASheet},
		{"web archive", "x.xls", "MIME-Version: 1.0\r\n", sheet.Unsupported},
		{"flat ODS", "x.ods", `<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"><table:table/></office:document>`, sheet.Unsupported},
		{"git-lfs", "x.xlsx", "version https://git-lfs.github.com/spec/v1\n", sheet.NotASheet},
		{"windows-1252", "x.csv", "name,city\nM\xfcller\xff,Z\xfcrich\n", sheet.Charset},
		{"open quote", "x.csv", "a,b\n\"c,d\ne,f\n", sheet.Damaged},
		{"open quote closed much later", "x.csv", "a,b\n\"5寸屏,1\nc,2\n屏\"大,3\n", sheet.Damaged},
		{"other XML", "x.xml", "<?xml version=\"1.0\"?><a/>", sheet.NotASheet},
		{"page without a table", "x.xls", "<html><body>x</body></html>", sheet.NotASheet},
		{"frameset", "x.xls", `<html><head><meta name="Excel Workbook Frameset"><script>var s="<table><td>";</script></head><frameset rows="*"><frame src="x.files/sheet001.htm"></frameset></html>`, sheet.Frameset},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := anyfile.Open(context.Background(), tt.file, []byte(tt.data), sheet.Limits{})
			if err == nil {
				_, err = b.Grid(0)
			}
			sheettest.CheckRefusal(t, err, tt.reason)
		})
	}
}
