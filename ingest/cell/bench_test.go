package cell

import (
	"testing"

	"taizhang/ingest/sheet"
)

// BenchmarkCell types cells as ledgers have them by the thousand.
func BenchmarkCell(b *testing.B) {
	all := typers(b, "2022-07")
	for _, c := range []struct{ form, field, text string }{
		{"incentive", "paid_amount", "123456.78"}, {"incentive", "paid_amount", "12.5万元"}, {"problem", "assigned_on", "2022-07-05"}, {"problem", "assigned_on", "7月5日"},
		{"problem", "status", "已办结"}, {"problem", "lead_unit", "经发局"}, {"problem", "description", "某某路段路灯不亮，群众出行不便"}, {"problem", "problem_no", "WT-0001"},
	} {
		ty, col := column(b, all, c.form, c.field)
		at := sheet.Cell{Row: 1, Col: 1, Text: c.text, Kind: sheet.Text}
		b.Run(c.field+" "+c.text, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				ty.Read(&at, col, Facts{})
			}
		})
	}
}
