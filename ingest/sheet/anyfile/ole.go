package anyfile

import (
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/xls"
	"taizhang/internal/cfb"
	"taizhang/internal/offcrypto"
)

// openEncrypted tries Excel's default password on an encrypted package. Whatever that doesn't open is refused as having a
// password.
func openEncrypted(c *cfb.File, root map[string]*cfb.Entry, lim sheet.Limits) (*sheet.Book, error) {
	info, pack := root["encryptioninfo"], root["encryptedpackage"]
	if info == nil || pack == nil {
		return nil, sheet.Damage("ole2: half an encrypted package")
	}
	head, err := c.Read(info)
	if err != nil {
		return nil, err
	}
	data, err := c.Read(pack)
	if err != nil {
		return nil, err
	}
	if data, err = offcrypto.Package(head, data); err != nil {
		return nil, err
	}
	return openZip(data, lim)
}

// openOLE reads an OLE2 container: a binary workbook, or the envelope of an
// encrypted one.
func openOLE(data []byte, lim sheet.Limits) (*sheet.Book, error) {
	c, err := cfb.Open(data)
	if err != nil {
		return nil, err
	}
	root := c.Root()
	if root["encryptedpackage"] != nil || root["encryptioninfo"] != nil {
		return openEncrypted(c, root, lim)
	}
	// A file may carry a BIFF8 Workbook and, for older programs, a BIFF5 Book.
	f := root["workbook"]
	if f == nil {
		f = root["book"]
	}
	switch {
	case f != nil:
	case root["worddocument"] != nil:
		return nil, sheet.RefuseAs(sheet.NotASheet, "这是 Word 文档，不是电子表格。请把其中的表格复制到 Excel/WPS 表格里，存为 .xlsx 后报送，或按模板填写。", "doc")
	case root["powerpoint document"] != nil:
		return nil, sheet.RefuseAs(sheet.NotASheet, "这是演示文稿，不是电子表格。请报送 Excel 工作簿（.xlsx）。", "ppt")
	default:
		return nil, sheet.Refuse(sheet.NotASheet, "ole2 without a workbook")
	}
	s, err := c.Read(f)
	if err != nil {
		return nil, err
	}
	b, err := xls.Open(s, lim)
	if err != nil {
		return nil, err
	}
	b.Macros = b.Macros || c.HasMacros()
	return b, nil
}
