package receipt

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/fit"
)

// sheetEdit is what is done to one sheet of the sender.
type sheetEdit struct {
	data  []byte
	ns    string // of the document
	edits []edit

	root      tag
	dimension tag
	dataTag   tag
	legacyID  string // relationship of the sheet's note boxes, "" if it has none
	legacyAt  int    // where legacyDrawing belongs
	colStyle  [][3]int
	byRow     map[int][]mark
	rows      []int // of byRow, ascending
	rowAt     map[int]int
	done      map[int]bool
	style     func(xf int, severity finding.Severity) int
	grown     [4]int // rectangle of the cells that were added: top, left, bottom, right
}

// after names the elements that follow legacyDrawing in a worksheet.
var after = []string{"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "AlternateContent", "extLst"}

// markCells colours cells of a sheet, adding those that don't exist, and sees to
// it that the sheet is not the one selected.
func markCells(data []byte, ns string, marks []mark, style func(int, finding.Severity) int) (*sheetEdit, error) {
	e := &sheetEdit{data: data, ns: ns, byRow: map[int][]mark{}, rowAt: map[int]int{}, done: map[int]bool{}, style: style}
	for _, m := range marks {
		if e.byRow[m.row] == nil {
			e.rows = append(e.rows, m.row)
		}
		e.byRow[m.row] = append(e.byRow[m.row], m)
	}
	slices.Sort(e.rows)
	s := &scanner{data: data}
	var ok bool
	if e.root, ok = s.next(); !ok || e.root.closing || e.root.empty {
		return nil, errXML
	}
	for {
		t, ok := s.next()
		if !ok {
			break
		}
		if !e.element(s, t) {
			return nil, errXML
		}
	}
	if s.depth != 0 || e.dataTag.end == 0 && len(marks) > 0 {
		return nil, errXML
	}
	if e.dataTag.empty {
		e.addMissingRows(-1)
	}
	e.growDimension()
	return e, nil
}

// element takes note of one element of a worksheet; false where its rows are no rows.
func (e *sheetEdit) element(s *scanner, t tag) bool {
	switch {
	case t.depth == 0: // the root's end
		e.legacyAt = cmp.Or(e.legacyAt, t.start)
	case t.closing:
	case t.name == "sheetView":
		if cut, ok := dropAttr(e.data, t, "tabSelected"); ok {
			e.edits = append(e.edits, cut)
		}
	case t.name == "col" && t.depth == 2:
		e.colStyle = append(e.colStyle, [3]int{t.number(e.data, "min", 0), t.number(e.data, "max", 0), t.number(e.data, "style", 0)})
	case t.depth != 1:
	case t.name == "dimension":
		e.dimension = t
	case t.name == "sheetData":
		e.dataTag = t
		return t.empty || e.sheetData(s)
	case t.name == "legacyDrawing":
		e.legacyID = t.relID(e.data)
	case e.dataTag.end > 0 && e.legacyAt == 0 && slices.Contains(after, t.name):
		e.legacyAt = t.start
	}
	return true
}

// deselected is a sheet without marks that is not the one selected. Only its head is looked at: the views stand before
// the rows (ECMA-376-1 18.3.1.99).
func deselected(data []byte) ([]byte, error) {
	s := &scanner{data: data}
	if root, ok := s.next(); !ok || root.closing {
		return nil, errXML
	}
	var edits []edit
	for {
		t, ok := s.next()
		if !ok || t.name == "sheetData" || t.depth == 0 {
			return splice(data, edits), nil
		}
		if t.name == "sheetView" && !t.closing {
			if cut, ok := dropAttr(data, t, "tabSelected"); ok {
				edits = append(edits, cut)
			}
		}
	}
}

// sheetData goes through the rows.
func (e *sheetEdit) sheetData(s *scanner) bool {
	row, next := 0, 0
	for {
		t, ok := s.next()
		if !ok {
			return false
		}
		if t.closing && t.depth == 1 {
			e.addMissingRows(t.start)
			return true
		}
		if t.name != "row" || t.closing {
			continue
		}
		row = t.number(e.data, "r", row+1)
		for ; next < len(e.rows) && e.rows[next] < row; next++ {
			if !e.done[e.rows[next]] {
				e.rowAt[e.rows[next]] = t.start
			}
		}
		marks := e.byRow[row]
		if e.done[row] {
			marks = nil
		}
		if len(marks) > 0 {
			e.done[row] = true
		}
		if t.empty {
			if len(marks) > 0 {
				open := strings.TrimRight(string(e.data[t.start:t.end-2]), " ") + ">"
				e.edits = append(e.edits, edit{t.start, t.end, open + e.newCells(marks, e.rowStyle(t)) + "</" + t.prefix + "row>"})
			}
			continue
		}
		if len(marks) > 0 && !e.rowCells(s, t, marks) {
			return false
		}
	}
}

// rowCells marks cells of one row, up to its end tag.
func (e *sheetEdit) rowCells(s *scanner, row tag, marks []mark) bool {
	marks = slices.Clone(marks)
	slices.SortFunc(marks, func(a, b mark) int { return a.col - b.col })
	at, found := make([]int, len(marks)), make([]bool, len(marks))
	col, next := 0, 0
	for {
		t, ok := s.next()
		if !ok {
			return false
		}
		if t.closing && t.depth == row.depth {
			added := false
			for i, m := range marks {
				if !found[i] {
					place := cmp.Or(at[i], t.start)
					e.edits = append(e.edits, edit{place, place, e.newCells([]mark{m}, e.rowStyle(row))})
					added = true
				}
			}
			if added {
				if cut, ok := dropAttr(e.data, row, "spans"); ok {
					e.edits = append(e.edits, cut)
				}
			}
			return true
		}
		if t.name != "c" || t.closing || t.depth != row.depth+1 {
			continue
		}
		if _, c, ok := parseRef(t.value(e.data, "r")); ok {
			col = c
		} else {
			col++
		}
		for ; next < len(marks) && marks[next].col < col; next++ {
			if !found[next] {
				at[next] = t.start
			}
		}
		for i, m := range marks {
			if m.col == col && !found[i] {
				found[i] = true
				xf := t.number(e.data, "s", 0)
				e.edits = append(e.edits, setAttr(e.data, t, "s", strconv.Itoa(e.style(xf, m.severity))))
			}
		}
	}
}

func (e *sheetEdit) rowStyle(row tag) int {
	if c := row.value(e.data, "customFormat"); c == "1" || c == "true" {
		return row.number(e.data, "s", -1)
	}
	return -1
}

// newCells writes cells that were not there: empty ones, marked.
func (e *sheetEdit) newCells(marks []mark, rowStyle int) string {
	marks = slices.Clone(marks)
	slices.SortFunc(marks, func(a, b mark) int { return a.col - b.col })
	var b strings.Builder
	for _, m := range marks {
		xf := rowStyle
		if xf < 0 {
			xf = 0
			for _, c := range e.colStyle {
				if c[0] <= m.col && m.col <= c[1] {
					xf = c[2]
				}
			}
		}
		b.WriteString("<c" + e.xmlns() + ` r="` + m.cellRef() + `" s="` + strconv.Itoa(e.style(xf, m.severity)) + `"/>`)
		e.grow(m)
	}
	return b.String()
}

// addMissingRows adds rows that the sheet doesn't have; end is where its data
// ends, -1 for an empty sheetData element.
func (e *sheetEdit) addMissingRows(end int) {
	var all strings.Builder
	for _, n := range e.rows {
		if e.done[n] {
			continue
		}
		e.done[n] = true
		text := "<row" + e.xmlns() + ` r="` + strconv.Itoa(n) + `">` + e.newCells(e.byRow[n], -1) + "</row>"
		if end < 0 {
			all.WriteString(text)
			continue
		}
		place := cmp.Or(e.rowAt[n], end)
		e.edits = append(e.edits, edit{place, place, text})
	}
	if all.Len() > 0 {
		name := e.dataTag.prefix + "sheetData"
		e.edits = append(e.edits, edit{e.dataTag.start, e.dataTag.end, "<" + name + ">" + all.String() + "</" + name + ">"})
	}
}

func (e *sheetEdit) xmlns() string {
	if e.root.prefix == "" {
		return ""
	}
	return ` xmlns="` + e.ns + `"`
}

func (e *sheetEdit) grow(m mark) {
	if e.grown == [4]int{} {
		e.grown = [4]int{m.row, m.col, m.row, m.col}
		return
	}
	e.grown = [4]int{min(e.grown[0], m.row), min(e.grown[1], m.col), max(e.grown[2], m.row), max(e.grown[3], m.col)}
}

// growDimension keeps the sheet's stated extent true.
func (e *sheetEdit) growDimension() {
	if e.grown == [4]int{} || e.dimension.end == 0 {
		return
	}
	from, to, _ := strings.Cut(e.dimension.value(e.data, "ref"), ":")
	top, left, ok := parseRef(from)
	if !ok {
		return
	}
	bottom, right, ok := parseRef(to)
	if !ok {
		bottom, right = top, left
	}
	ref := mark{row: min(top, e.grown[0]), col: min(left, e.grown[1])}.cellRef() + ":" +
		mark{row: max(bottom, e.grown[2]), col: max(right, e.grown[3])}.cellRef()
	e.edits = append(e.edits, setAttr(e.data, e.dimension, "ref", ref))
}

// merged moves marks inside merged cells to the cell that shows, and joins marks
// that meet there.
func merged(data []byte, marks []mark) []mark {
	var areas [][4]int
	s := &scanner{data: data, pos: max(0, bytes.Index(data, []byte("mergeCells")))}
	for s.pos > 0 {
		t, ok := s.next()
		if !ok {
			break
		}
		if t.name != "mergeCell" || t.closing {
			continue
		}
		from, to, _ := strings.Cut(t.value(data, "ref"), ":")
		top, left, ok1 := parseRef(from)
		bottom, right, ok2 := parseRef(to)
		if ok1 && ok2 {
			areas = append(areas, [4]int{top, left, bottom, right})
		}
	}
	var out []mark
	seen := map[[2]int]int{}
	for _, m := range marks {
		for _, a := range areas {
			if a[0] <= m.row && m.row <= a[2] && a[1] <= m.col && m.col <= a[3] {
				m.row, m.col = a[0], a[1]
				break
			}
		}
		i, ok := seen[[2]int{m.row, m.col}]
		if !ok {
			seen[[2]int{m.row, m.col}] = len(out)
			out = append(out, m)
			continue
		}
		if rank(m.severity) < rank(out[i].severity) {
			out[i].severity = m.severity
		}
		if !strings.Contains(out[i].comment, m.comment) {
			out[i].comment = fit.Clip(out[i].comment+"\n\n"+m.comment, maxComment)
		}
	}
	return out
}
