package layout

import (
	"fmt"

	"taizhang/ingest/finding"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// twin is a heading that was passed over for another one that means the same field.
type twin struct {
	title, by  string
	col, byCol int
	unit       int // of the one passed over
	hasUnit    bool
}

// settleTwins decides between columns that mean the same field, by what stands in them: where the one that was taken is
// empty and the other isn't, the other is read. It names both.
func (h *Head) settleTwins(pg *Page) (said Notes) {
	for _, d := range h.doubled {
		mine, other, differ := pg.compare(h, d.byCol, d.col)
		at := h.at(d.byCol)
		same := written.Heading(d.title) == written.Heading(d.by)
		f := finding.Finding{Severity: finding.Info, Rule: "heading_twice", Sheet: pg.Name, Value: written.Short(d.title, 30), Cell: sheet.Ref(pg.Rows[h.row+h.height-1].N, d.col)}
		here, there := sheet.ColumnName(d.byCol), sheet.ColumnName(d.col)
		switch g := levelsAbove(d.title); {
		case at != nil && mine == 0 && other > 0 && (same || at.Field.Required):
			at.Col, at.Title, at.Unit, at.HasUnit = d.col, d.title, d.unit, d.hasUnit
			f.Message = fmt.Sprintf("“%s”有两列（%s列、%s列），%s列是空的，按%s列读取", written.Short(d.by, 30), here, there, here, there)
			f.Hint = "请删去空的一列"
		case g != levelsAbove(d.by) && g != "" && levelsAbove(d.by) != "" && lastLevel(d.title) == lastLevel(d.by):
			f.Severity = finding.Warning
			f.Message = fmt.Sprintf("“%s”和“%s”各有一列，只读取“%s”一列", written.Short(d.title, 30), written.Short(d.by, 30), written.Short(d.by, 30))
			f.Hint = "如果应读另一列，请只保留那一列的表头，或在表头写明各列的区别"
		case same && differ > 0:
			f.Severity = finding.Warning
			f.Message = fmt.Sprintf("表头“%s”出现了不止一次（%s列、%s列），有%d行的内容不同，按%s列读取", written.Short(d.title, 30), here, there, differ, here)
			f.Hint = "请只保留正确的一列，或在表头写明各列的区别"
		case same:
			f.Message = fmt.Sprintf("表头“%s”出现了不止一次（%s列、%s列），按%s列读取，%s列没有另外的内容", written.Short(d.title, 30), here, there, here, there)
			f.Hint = "请删去多余的列"
		default:
			f.Message = fmt.Sprintf("“%s”和“%s”是同一个意思，按“%s”一列读取", written.Short(d.title, 30), written.Short(d.by, 30), written.Short(d.by, 30))
			f.Hint = "如两列含义不同，请把表头写清楚"
		}
		said.add(f)
	}
	return said
}

// at gives the field placed on a column; nil if none is.
func (h *Head) at(col int) *Placed {
	for i := range h.Columns {
		if h.Columns[i].Col == col {
			return &h.Columns[i]
		}
	}
	return nil
}

// compare counts the rows below a head in which one column, and the other one, holds something, and those in which the
// other one holds something that the first one doesn't say.
func (p *Page) compare(h *Head, a, b int) (inA, inB, differ int) {
	for i := h.row + h.height; i < len(p.Rows); i++ {
		row := &p.Rows[i]
		if len(row.Cells) < 3 {
			continue
		}
		x, y := CellIn(row, a), CellIn(row, b)
		if present(x) {
			inA++
		}
		if present(y) {
			if inB++; x == nil || written.Squash(x.Text) != written.Squash(y.Text) {
				differ++
			}
		}
	}
	return inA, inB, differ
}
