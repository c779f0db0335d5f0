package heading

import (
	"slices"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
)

// joint is a column headed by two numbers of the form at once: 户数/人数 over 3户/12人. Its cells can be neither.
type joint struct {
	title  string
	at     string // its heading's cell
	fields []*forms.Column
	cells  int // how many cells below it hold something
}

// needed says whether a return can't do without one of its fields.
func (j *joint) needed() bool {
	return slices.ContainsFunc(j.fields, func(c *forms.Column) bool { return c.Required })
}

// findJoint finds such columns among those that match no field.
func (l *Reader) findJoint(pg *Page, h *Head) {
	known := l.Vocab.names[h.Form.ID]
	h.joint = nil
	for col, head := range pg.heads(h.Row, h.Height) {
		if !slices.Contains(h.extra, head.title) && !slices.Contains(h.extra, head.whole) {
			continue
		}
		leaf, _, _ := pg.Level(h.Row+h.Height-1, col)
		if i := strings.IndexAny(leaf, "(（"); i > 0 { // 户数/人数（户/人）
			leaf = leaf[:i]
		}
		var fields []*forms.Column
		parts := strings.FieldsFunc(leaf, func(r rune) bool { return strings.ContainsRune("/／、和及与\n", r) })
		for _, part := range parts {
			keys, _, _ := written.HeadingForms(part)
			for _, k := range keys {
				m, ok := known.find(k)
				if !ok {
					continue
				}
				if c := &h.Form.Columns[m.index]; IsNumber(c) && h.Column(c.Field) == nil && !slices.Contains(fields, c) {
					fields = append(fields, c)
				}
				break
			}
		}
		if len(fields) < 2 || len(fields) != len(parts) {
			continue
		}
		j := joint{head.whole, sheet.Ref(pg.Rows[h.Row+h.Height-1].N, col), fields, pg.filledBelow(h, col)}
		if j.cells > 0 || j.needed() { // an empty column loses nothing
			h.joint = append(h.joint, j)
		}
	}
	slices.SortFunc(h.joint, func(a, b joint) int { return strings.Compare(a.at, b.at) })
}

// filledBelow counts the cells of a column below a head that hold something, in rows of several cells.
func (p *Page) filledBelow(h *Head, col int) (n int) {
	for i := h.Row + h.Height; i < len(p.Rows); i++ {
		if len(p.Row(i).Cells) > 2 && fillsIn(sight.CellIn(p.Row(i), col)) {
			n++
		}
	}
	return n
}

// fillsIn says whether a cell holds more than a dash.
func fillsIn(c *sheet.Cell) bool {
	return sight.Present(c) && !(c.Kind == sheet.Text && (sight.NoValue[written.Heading(c.Text)] || written.Heading(c.Text) == ""))
}

// joins says whether a field stands in a column together with another one.
func (h *Head) joins(c *forms.Column) bool {
	return slices.ContainsFunc(h.joint, func(j joint) bool { return slices.Contains(j.fields, c) })
}

// JointColumns tells of the columns with a field that a return can't do without.
func JointColumns(h *Head, at finding.Place) Notes { return h.tellJoint(at, true) }

// JointBeside tells of the others, and how many values they leave empty.
func (h *Head) JointBeside(at finding.Place) (said Notes, emptied int) {
	for _, j := range h.joint {
		if !j.needed() {
			emptied += j.cells * len(j.fields)
		}
	}
	return h.tellJoint(at, false), emptied
}

func (h *Head) tellJoint(at finding.Place, needed bool) (said Notes) {
	for _, j := range h.joint {
		if j.needed() != needed {
			continue
		}
		var titles []string
		for _, c := range j.fields {
			titles = append(titles, c.Title)
		}
		at.Cell, at.Field, at.Value = j.at, j.fields[0].Field, written.Short(j.title, 30)
		f := finding.ColumnJoint(written.Short(j.title, 30), titles)
		if needed {
			f = finding.MissingColumnJoint(written.Short(j.title, 30), titles)
		}
		said.Add(f.At(at))
	}
	return said
}
