package sheet

import "taizhang/internal/cfb"

// openOLE reads an OLE2 container: a binary workbook, or the envelope of an
// encrypted one.
func openOLE(data []byte, lim Limits) (*Book, error) {
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
		return nil, refuseAs(NotASheet, "这是 Word 文档，不是电子表格。请把其中的表格复制到 Excel/WPS 表格里，存为 .xlsx 后报送，或按模板填写。", "doc")
	case root["powerpoint document"] != nil:
		return nil, refuseAs(NotASheet, "这是演示文稿，不是电子表格。请报送 Excel 工作簿（.xlsx）。", "ppt")
	default:
		return nil, refuse(NotASheet, "ole2 without a workbook")
	}
	s, err := c.Read(f)
	if err != nil {
		return nil, err
	}
	b, err := openBIFF(s, lim)
	if err != nil {
		return nil, err
	}
	b.Macros = b.Macros || c.HasMacros()
	return b, nil
}
