package layout

import (
	"fmt"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

const (
	valueRows  = 300 // rows below the head that are looked at
	valueLeast = 3   // filled cells that tell anything
)

// takeByValues takes an unmatched column for a required list whose values stand in it: 进展 over 已办结, 办理中, 办结 is
// 办理状态. It takes none where two columns qualify, and says what it did.
func (l *Reader) takeByValues(pg *Page, h *Head, c *forms.Column) *finding.Finding {
	if c.Type != forms.List {
		return nil
	}
	taken := map[int]bool{}
	for _, p := range h.Columns {
		taken[p.Col] = true
	}
	var best *Placed
	for col, head := range pg.heads(h.row, h.height) {
		if taken[col] || head.rollup || head.other || len(head.names) == 0 || !l.holdsValues(pg, h.row+h.height, col, c) {
			continue
		}
		if best != nil {
			return nil
		}
		best = &Placed{Field: c, Col: col, Title: head.title, guess: true}
	}
	if best == nil {
		return nil
	}
	h.take(best)
	return &finding.Finding{Severity: finding.Warning, Rule: "heading_guess", Sheet: pg.Name, Cell: sheet.Ref(pg.Rows[h.row+h.height-1].N, best.Col),
		Value: written.Short(best.Title, 30), Message: fmt.Sprintf("没有「%s」一列，“%s”下面填的都是它的选项，按「%s」读取", c.Title, written.Short(best.Title, 30), c.Title),
		Hint: fmt.Sprintf("请把表头改为“%s”", c.Title), Suggest: c.Title, Field: c.Field}
}

// holdsValues says whether a column below a head holds listed values, nine in ten of them at least.
func (l *Reader) holdsValues(pg *Page, from, col int, c *forms.Column) bool {
	filledCells, hits := 0, 0
	for i := from; i < min(len(pg.Rows), from+valueRows); i++ {
		cell := CellIn(&pg.Rows[i], col)
		if !filled(cell) {
			continue
		}
		filledCells++
		if _, ok := l.Vocab.Lists[c][written.Heading(cell.Text)]; ok && cell.Kind == sheet.Text {
			hits++
		}
	}
	return hits >= valueLeast && hits*10 >= filledCells*9
}
