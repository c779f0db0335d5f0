package ods_test

import (
	"fmt"
	"strings"
	"testing"

	"taizhang/ingest/numfmt"
	"taizhang/ingest/sheet/ods"
	"taizhang/ingest/sheet/sheettest"
)

// TestODSFormats: what an OpenDocument cell shows tells its format where that matters.
func TestODSFormats(t *testing.T) {
	for _, tt := range []struct{ typ, value, shown, want string }{
		{"float", "12345678", "1234.6万", `0!.0,"万"`},
		{"float", "12345678", "1,234.5678 万元", `0!.0000"万元"`},
		{"float", "-12345678", "-12,345.7千元", `0.0,"千元"`},
		{"float", "12345678", "12", `0,,`},
		{"float", "1234567800", "12.35亿", `0!.00,,"亿"`},
		{"float", "12.5", "12.5万元", `0.0"万元"`},
		{"currency", "1234.5", "¥1,234.50", ``},
		{"float", "1234.5", "1,234.50", ``},
		{"float", "1234.5", "1235", ``},
		{"float", "0", "0.0万", `0.0"万"`},
		{"float", "5", "第5批", `"第"0"批"`},
		{"float", "1", "CL-001", `"CL-"000`},
		{"float", "2022001", "2022-001", `0000"-"000`},
		{"float", "7", "A2-007", `"A2-"000`},
		{"float", "1234", "1234元", `0"元"`},
		{"float", "0.85", "85%", ``},
		{"float", "44562", "###", ``},
		{"float", "1.5", "1 1/2", ``},
		{"float", "7", "", ``},
		{"float", "12", "0012", `0000`},
		{"date", "2026-11-01", "2026年11月", numfmt.Builtin(27)},
		{"date", "2026-11-01", "2026-11", numfmt.Builtin(27)},
		{"date", "2026-11-01", "Nov-26", numfmt.Builtin(27)},
		{"date", "2026-11-01", "二〇二六年十一月", numfmt.Builtin(27)},
		{"date", "2026-11-01", "2026年11月1日", ``},
		{"date", "2026-11-01", "11月1日", ``},
		{"date", "2026-11-01", "1-Nov-26", ``},
	} {
		attr := "value"
		if tt.typ == "date" {
			attr = "date-value"
		}
		cell := fmt.Sprintf(`<table:table-cell office:value-type="%s" office:%s="%s"><text:p>%s</text:p></table:table-cell>`, tt.typ, attr, tt.value, tt.shown)
		i, j := strings.Index(sheettest.SampleNaNODS, "<table:table-cell"), strings.Index(sheettest.SampleNaNODS, "</table:table-row>")
		g, err := sheettest.First(sheettest.Zip(sheettest.Part{Name: "mimetype", Body: "x"}, sheettest.Part{Name: "content.xml", Body: sheettest.SampleNaNODS[:i] + cell + sheettest.SampleNaNODS[j:]}))
		if err != nil {
			t.Errorf("%s shown as %s: %v", tt.value, tt.shown, err)
			continue
		}
		c := g.Rows[0].Cells[0]
		if c.Format != tt.want {
			t.Errorf("%s shown as %s: %s", tt.value, tt.shown, c.Format)
		}
		if got := numfmt.ShowsMonthOnly(c.Format); tt.typ == "date" && got != (tt.want != "") {
			t.Errorf("%s shown as %s: month only %v", tt.value, tt.shown, got)
		}
	}
	if s := numfmt.ScalingOf(ods.ShownNumber(12345678, []byte("1234.6万")), 12345678); !s.Says() || s.Power != 4 {
		t.Errorf("%+v", s)
	}
}
