package heading

import (
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
)

const (
	valueRows  = 300 // rows below the head that are looked at: what they hold doesn't change further down
	valueLeast = 3   // filled cells that tell anything: two 无 stand in many a column
	longValue  = 5   // characters of a value that stands nowhere by chance: 建设领域历史遗留问题 tells where it stands alone
	valueShare = 90  // percent of them that are listed values: 进展 over 已办结, 办理中, and one 见备注 in ten
)

// takeByValues takes an unmatched column for a required list whose values stand in it: 进展 over 已办结, 办理中, 办结 is
// 办理状态. It takes none where two columns qualify, and says what it did.
func (l *Reader) takeByValues(pg *Page, h *Head, c *forms.Column) *finding.Finding {
	if c.Type != forms.List {
		return nil
	}
	best := h.only(pg, c, func(col int, _ columnHead) bool { return l.holdsValues(pg, h.Row+h.Height, col, c) })
	if best == nil {
		return nil
	}
	h.take(best)
	f := finding.HeadingByValues(written.Short(best.Title, 30), c.Title).At(pg.Under(h, best))
	return &f
}

// holdsValues says whether a column below a head holds listed values, nine in ten of them at least.
func (l *Reader) holdsValues(pg *Page, from, col int, c *forms.Column) bool {
	filledCells, hits, long := 0, 0, 0
	for i := from; i < min(len(pg.Rows), from+valueRows); i++ {
		cell := sight.CellIn(pg.Row(i), col)
		if !sight.Filled(cell) {
			continue
		}
		filledCells++
		word := written.Heading(cell.Text)
		_, ok := l.Vocab.Lists[c][word]
		if !ok { // 建设领域历史遗留问题（1件）
			_, ok = l.Vocab.Lists[c][sectionTail().ReplaceAllString(word, "")]
		}
		if ok && cell.Kind == sheet.Text {
			if hits++; len([]rune(word)) >= longValue {
				long++
			}
		}
	}
	return (hits >= valueLeast || long > 0 && long == filledCells) && hits*100 >= filledCells*valueShare
}
