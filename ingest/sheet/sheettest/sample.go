package sheettest

// Workbooks with a number $ to be put in.
const (
	SampleNaN2003 = `<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet Name="x"><Table><Row><Cell><Data Type="Number">$</Data></Cell><Cell><Data Type="Number">1</Data></Cell></Row></Table></Worksheet></Workbook>`
	SampleNaNODS  = `<a><office:body><office:spreadsheet><table:table table:name="x"><table:table-row><table:table-cell office:value-type="float" office:value="$"/><table:table-cell office:value-type="float" office:value="1"/></table:table-row></table:table></office:spreadsheet></office:body></a>`
)

// SampleSheet is a sample of .xlsx, what stands in a worksheet part.
const SampleSheet = `<sheetData><row r="1" hidden="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><f>1</f><v>44564.5</v></c><c r="D1" t="inlineStr"><is><t xml:space="preserve"> 乙 </t></is></c></row>` +
	`<row><c><v>1E-3</v></c><c t="str"><f/><v>a&lt;</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="d"><v>2022-01-03</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells>`

// SampleODS is a sample of .ods, the content.
const SampleODS = `<a><office:body><office:spreadsheet><table:table table:name="x"><table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="2"><text:p>1</text:p></table:table-cell>` +
	`<table:table-cell office:value-type="string"><text:p>a<text:s text:c="2"/>b</text:p><text:p/></table:table-cell><table:table-cell office:value-type="date" office:date-value="2022-01-03"/></table:table-row></table:table></office:spreadsheet></office:body></a>`

// SampleXML2003 is a sample of SpreadsheetML.
const SampleXML2003 = `<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet Name="x"><Table><Row Index="2"><Cell><Data Type="Number">1</Data></Cell><Cell Index="4" MergeAcross="1"><Data Type="String">a</Data></Cell><Cell><Data Type="DateTime">2022-01-03T00:00:00</Data></Cell></Row></Table></Worksheet></Workbook>`

// SampleHTML is a sample of a page.
const SampleHTML = `<table><caption>t</caption><tr><td rowspan=2>a<td colspan=2>1<tr><td>b&nbsp;<br>c</table>`

// SampleBIFF is a sample of a binary workbook.
func SampleBIFF() []byte {
	return BIFF([]string{"甲", "乙"}, func(w *Writer) {
		w.Rec(RecRow, LE16(0, 0, 3, 0, 0, 0), LE32(0x20))
		w.Rec(RecLabelSST, LE16(0, 0, 0), LE32(1))
		w.Rec(RecNumber, LE16(0, 1, 1), LE64(44564.5))
		w.Rec(RecMulRK, LE16(1, 0), LE16(2), LE32(50<<2|3), LE16(0), LE32(7<<2|2), LE16(1))
		w.Rec(0x06, LE16(2, 0, 0), []byte{0, 0, 0, 0, 0, 0, 0xff, 0xff}, make([]byte, 8))
		w.Rec(RecString, Wide("结果", 2))
		w.Rec(RecBoolErr, LE16(2, 1, 0), []byte{7, 1})
		w.Rec(RecMerged, LE16(1, 0, 1, 0, 2))
	})
}
