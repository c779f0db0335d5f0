package sheet

import (
	"errors"
	"strings"
	"testing"
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
		"表.zip":  {string(zipOf(part{"问题台账.xlsx", "x"})), []string{"压缩包", ".zip", "解压"}},
		"表.docx": {string(zipOf(part{"[Content_Types].xml", "<Types/>"}, part{"word/document.xml", "<w/>"})), []string{"Word", "复制"}},
		"表.ofd":  {string(zipOf(part{"OFD.xml", "<OFD/>"})), []string{"OFD", "模板"}},
		"表.mht":  {"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", []string{"网页存档", "另存为", ".xlsx"}},
		"录像.mp4": {"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00", []string{"视频"}},
	} {
		_, err := Open(t.Context(), file, []byte(c.content), DefaultLimits())
		var r *Refusal
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
		if !strings.Contains(refuse(Password, "").Message, menu) {
			t.Errorf("the way out of a password doesn't name %s", menu)
		}
	}
}
