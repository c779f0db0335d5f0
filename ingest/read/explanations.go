package read

import (
	"taizhang/ingest/receipt"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
)

// explanations reads what a sender wrote on the 回执 sheet of the workbook handed in, by mark.
func explanations(g *sheet.Grid) map[string]string {
	out := map[string]string{}
	for i := range g.Rows {
		row := g.Row(i)
		mark, said := sight.TextOf(sight.CellIn(row, receipt.MarkColumn)), sight.TextOf(sight.CellIn(row, receipt.ExplainColumn))
		if len(mark) == 16 && said != "" {
			out[mark] = written.Short(secret.MaskText(said), 500)
		}
	}
	return out
}
