package receipt

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"taizhang/ingest/finding"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
)

// looksBook is the workbook from which testdata/looks.xls and looks.ods were made: LOOKS_OUT=looks.xlsx writes it anew,
// and soffice --convert-to xls (ods) makes the others.
func looksBook(t *testing.T) []byte {
	f := excelize.NewFile()
	s := "问题台账"
	must(t, f.SetSheetName("Sheet1", s))
	style := func(st *excelize.Style) int { id, err := f.NewStyle(st); must(t, err); return id }
	var all []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		all = append(all, excelize.Border{Type: side, Style: 1, Color: "FF0000"})
	}
	title := style(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 18, Family: "黑体"}, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center"}})
	head := style(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 11}, Border: all, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}}, Alignment: &excelize.Alignment{Horizontal: "center", WrapText: true}})
	cell := style(&excelize.Style{Border: all, Alignment: &excelize.Alignment{WrapText: true}})
	money := "#,##0.00"
	amount := style(&excelize.Style{Border: all, CustomNumFmt: &money})
	must(t, f.SetCellValue(s, "A1", "示范区问题台账"))
	must(t, f.MergeCell(s, "A1", "D1"))
	must(t, f.SetCellStyle(s, "A1", "D1", title))
	must(t, f.SetRowHeight(s, 1, 40))
	must(t, f.SetSheetRow(s, "A3", &[]string{"编号", "内容", "金额", "备注"}))
	must(t, f.SetCellStyle(s, "A3", "D3", head))
	must(t, f.SetSheetRow(s, "A4", &[]any{"A-1", "路灯不亮", 1234.5}))
	must(t, f.SetCellStyle(s, "A4", "D8", cell)) // down to empty rows
	must(t, f.SetCellStyle(s, "C4", "C8", amount))
	must(t, f.SetColWidth(s, "A", "A", 8))
	must(t, f.SetColWidth(s, "B", "B", 40))
	must(t, f.SetColWidth(s, "C", "D", 16))
	size, orientation := 8, "landscape"
	must(t, f.SetPageLayout(s, &excelize.PageLayoutOptions{Size: &size, Orientation: &orientation}))
	margin := 0.4
	must(t, f.SetPageMargins(s, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin}))
	var out bytes.Buffer
	must(t, f.Write(&out))
	return out.Bytes()
}

// TestGridsKeepLooks: who sends .xls or .ods gets the sheet back as it looked, lines and widths and all, also of rows
// that are empty, and as it prints.
func TestGridsKeepLooks(t *testing.T) {
	if out := os.Getenv("LOOKS_OUT"); out != "" {
		must(t, os.WriteFile(out, looksBook(t), 0o600))
	}
	want := openBook(t, looksBook(t))
	for _, format := range []string{sheet.XLS, sheet.ODS} {
		content, err := os.ReadFile(filepath.Join("testdata", "looks."+format))
		must(t, err)
		book, err := anyfile.Open(t.Context(), "", content, sheet.DefaultLimits())
		must(t, err)
		grid, err := book.Grid(0)
		must(t, err)
		report := &finding.Report{Arrival: 1, File: "looks." + format, Returns: []*finding.Return{{ID: "000001-1", Outcome: finding.Warned, Rows: 1,
			Findings: []finding.Finding{{Severity: finding.Warning, Sheet: "问题台账", Cell: "B4", Message: "请核实"}}}}}
		_, out, err := Write(report, Source{Content: content, Format: format, Grids: []sheet.Grid{*grid}}, office)
		must(t, err)
		checkPackage(t, out)
		if dir := os.Getenv("RECEIPT_OUT"); dir != "" {
			must(t, os.WriteFile(dir+"looks_"+format+".xlsx", out, 0o600))
		}
		got := openBook(t, out)
		style := func(f *excelize.File, ref string) *excelize.Style {
			id, err := f.GetCellStyle("问题台账", ref)
			must(t, err)
			st, err := f.GetStyle(id)
			must(t, err)
			return st
		}
		for _, ref := range []string{"A1", "A3", "D3", "A4", "C4", "D4", "A8", "D8"} {
			w, g := style(want, ref), style(got, ref)
			if len(w.Border) != len(g.Border) || len(w.Border) > 0 && g.Border[0].Style != w.Border[0].Style {
				t.Errorf("%s %s: lines %+v, want %+v", format, ref, g.Border, w.Border)
			}
			if w.Font != nil && (g.Font == nil || g.Font.Bold != w.Font.Bold || w.Font.Size > 0 && g.Font.Size != w.Font.Size) {
				t.Errorf("%s %s: font %+v, want %+v", format, ref, g.Font, w.Font)
			}
			if len(w.Fill.Color) > 0 && g.Fill.Pattern != 1 {
				t.Errorf("%s %s: fill %+v, want %+v", format, ref, g.Fill, w.Fill)
			}
			if w.Alignment != nil && (g.Alignment == nil || g.Alignment.Horizontal != w.Alignment.Horizontal || g.Alignment.WrapText != w.Alignment.WrapText) {
				t.Errorf("%s %s: alignment %+v, want %+v", format, ref, g.Alignment, w.Alignment)
			}
		}
		if g := style(got, "C4"); g.CustomNumFmt == nil && g.NumFmt != 4 {
			if format == sheet.XLS {
				t.Errorf("%s: the amount is shown as %+v", format, g)
			}
		}
		styles, err := openPack(out)
		must(t, err)
		text, err := styles.get("xl/styles.xml")
		must(t, err)
		for _, colour := range []string{`<left style="thin"><color rgb="FFFF0000"/></left>`, `<fgColor rgb="FFDDEBF7"/>`} {
			if !strings.Contains(string(text), colour) {
				t.Errorf("%s: no %s", format, colour)
			}
		}
		scale := 1.0
		if format == sheet.ODS { // widths are lengths there, and LibreOffice took another font for the usual one
			a, err := got.GetColWidth("问题台账", "B")
			must(t, err)
			scale = a / 40
		}
		for col, w := range map[string]float64{"A": 8, "B": 40, "C": 16, "D": 16} {
			if g, err := got.GetColWidth("问题台账", col); err != nil || math.Abs(g/scale-w) > 1 {
				t.Errorf("%s: column %s is %g wide, want %g", format, col, g, w)
			}
		}
		if h, err := got.GetRowHeight("问题台账", 1); err != nil || math.Abs(h-40) > 0.5 {
			t.Errorf("%s: row 1 is %g high", format, h)
		}
		if m, err := got.GetMergeCells("问题台账"); err != nil || len(m) != 1 || m[0].GetStartAxis()+m[0].GetEndAxis() != "A1D1" {
			t.Errorf("%s: merged %v", format, m)
		}
		page, err := got.GetPageLayout("问题台账")
		must(t, err)
		if page.Orientation == nil || *page.Orientation != "landscape" || page.Size == nil || *page.Size != 8 {
			t.Errorf("%s: printed %v %v", format, page.Orientation, page.Size)
		}
		if m, err := got.GetPageMargins("问题台账"); err != nil || m.Left == nil || math.Abs(*m.Left-0.4) > 0.02 {
			t.Errorf("%s: margins %+v", format, m)
		}
	}
}
