package anyfile_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"
)

// TestHiddenColumns reads a sheet whose columns B and C nobody sees, in each format that can hide columns.
func TestHiddenColumns(t *testing.T) {
	const ns = `<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s" xmlns:calcext="c">`
	cell := `<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>`
	ods := sheettest.Zip(
		sheettest.Part{Name: "mimetype", Body: "application/vnd.oasis.opendocument.spreadsheet"},
		sheettest.Part{Name: "content.xml", Body: ns + `<office:body><office:spreadsheet><table:table table:name="甲"><table:table-column/><table:table-column-group><table:table-column table:number-columns-repeated="2" table:visibility="collapse"/></table:table-column-group><table:table-column/><table:table-row>` + cell + cell + cell + cell + `</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>`})
	xls := sheettest.XLS([]string{"x"}, func(w *sheettest.Writer) {
		w.Rec(0x7d, sheettest.LE16(0, 0, 2048, 0, 0, 0))
		w.Rec(0x7d, sheettest.LE16(1, 2, 2048, 0, 1, 0))
		for col := range 4 {
			w.Rec(sheettest.RecLabelSST, sheettest.LE16(0, col, 0), sheettest.LE32(0))
		}
	})
	xml := []byte(`<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="甲"><Table><Column ss:Index="2" ss:Span="1" ss:Hidden="1"/><Column/><Row>` + strings.Repeat(`<Cell><Data ss:Type="String">x</Data></Cell>`, 4) + `</Row></Table></Worksheet></Workbook>`)
	for name, data := range map[string][]byte{"ods": ods, "xls": xls, "xml2003": xml} {
		b := sheettest.Must(anyfile.Open(context.Background(), "x", data, sheet.Limits{}))
		g := sheettest.Must(b.Grid(0))
		var hidden []int
		for col := 1; col <= 5; col++ {
			if g.ColumnHidden(col) {
				hidden = append(hidden, col)
			}
		}
		if want := []int{2, 3}; !slices.Equal(hidden, want) || len(g.Rows) != 1 || len(g.Row(0).Cells) != 4 {
			t.Errorf("%s: hidden columns %v of %d rows, want %v, all cells read", name, hidden, len(g.Rows), want)
		}
	}
}
