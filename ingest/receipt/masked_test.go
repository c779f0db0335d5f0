package receipt

import (
	"bytes"
	"strings"
	"testing"
)

// TestMaskedSheet: findings name a sheet masked; its marks and links are in the sheet all the same, whose own name stays.
func TestMaskedSheet(t *testing.T) {
	const name, masked = "台账13812345678", "台账138****5678"
	src := openBook(t, problemBook(t, 20))
	must(t, src.SetSheetName("问题台账", name))
	var buf bytes.Buffer
	must(t, src.Write(&buf))
	report := problemReport()
	for i := range report.Returns[0].Findings {
		report.Returns[0].Findings[i].Sheet = masked
	}
	_, content, err := Write(report, Source{Content: buf.Bytes(), Format: "xlsx"}, office)
	must(t, err)
	checkPackage(t, content)
	f := openBook(t, content)
	if c := comments(t, f, name); !strings.Contains(c["H6"], "在办ing") {
		t.Errorf("no mark in %v: %v", f.GetSheetList(), c)
	}
	if text := paperText(t, f); !strings.Contains(text, masked) || strings.Contains(text, name) {
		t.Error(text)
	}
	rows, err := f.GetRows(SheetName)
	must(t, err)
	linked := 0
	for i := range rows {
		ref := "C" + string(rune('0'+(i+1)/10)) + string(rune('0'+(i+1)%10))
		if ok, target, err := f.GetCellHyperLink(SheetName, strings.Replace(ref, "C0", "C", 1)); err == nil && ok && strings.Contains(target, name) {
			linked++
		}
	}
	if linked < 5 {
		t.Errorf("%d findings lead to the sheet", linked)
	}
}
