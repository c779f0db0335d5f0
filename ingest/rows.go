package ingest

import (
	"regexp"
	"strings"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
)

// line is one row of data as written: a cell per field of the form.
type line struct {
	sheet string
	n     int // row number on the sheet
	cells []sheet.Cell
	at    []placed // by field; col 0 where the sheet has no such column
	part  int      // index of the table it stands in
}

// total is a 合计 row: what it claims for each column.
type total struct {
	sheet    string
	n        int
	from, to int // lines (indices) since the total before it
	cells    []sheet.Cell
	at       []placed
}

// table is all that was read of one form on one sheet.
type table struct {
	grid    *sheet.Grid
	heads   []*header // one for each block; usually one
	lines   []line
	totals  []total
	ignored int     // rows recognised as not data
	strays  []stray // rows with one lonely text that fits nowhere
	said    stated
	covered map[[2]int]int // rows and first row by block: for raw.return_column
	bounds  [][3]int       // by head: header row, first and last data row (sheet numbers)
}

type stray struct {
	n    int
	text string
	ref  string
}

var (
	totalWord   = regexp.MustCompile(`^(合计|总计|共计|总合计|累计|本月合计|本期合计|合计数|total)(\(.*\))?:?$`)
	subWord     = regexp.MustCompile(`^(.{0,12}小计|.{1,12}合计)(\(.*\))?:?$`)
	sectionWord = regexp.MustCompile(`^([(（]?[一二三四五六七八九十]+[)）、.．]|[0-9]+[、.．]?[^0-9.]*(片区|类|部分)$|第[一二三四五六七八九十]+(部分|类|批))`)
	noteWord    = regexp.MustCompile(`^(注|备注|说明|填表说明|填报说明|附注|注意事项|要求|温馨提示)\s*\d?\s*[:：.、]`)
	footWord    = regexp.MustCompile(`(填表人|填报人|制表人|经办人|审核人|复核人签字|负责人签字|单位负责人|分管领导|填报日期|填表日期|填报时间|制表日期|报送日期|联系电话|盖章|公章)\s*[:：(（]`)
	exampleWord = regexp.MustCompile(`^(示例|样例|例[:：]|填写示例)`)
	sameAbove   = map[string]bool{"同上": true, "〃": true, "″": true, "\"": true, "同前": true}
)

// readTable reads the data rows below a head.
func (v *vocabulary) readTable(p *page, h *header) *table {
	t := &table{grid: p.Grid, heads: []*header{h}}
	f := h.form
	at := t.place(h)
	for i := 0; i < h.row; i++ {
		t.said.labelled(p.Name, &p.Rows[i])
	}
	down := fillDown(p, p.Rows[h.row+h.height-1].N)
	start, last := h.row+h.height, 0
	t.bounds = append(t.bounds, [3]int{p.Rows[h.row].N, 0, 0})
	since := 0
	for i := start; i < len(p.Rows); i++ {
		row := &p.Rows[i]
		switch kind := v.classify(p, row, h, at, down); kind {
		case rowBlank:
		case rowHead:
			t.ignored++
			if nh := v.headAt(p, i, f); nh != nil {
				nh.row = i
				if !sameColumns(nh, h) {
					t.heads = append(t.heads, nh)
					t.bounds = append(t.bounds, [3]int{row.N, 0, 0})
					h, at = nh, t.place(nh)
				}
				i += nh.height - 1
				t.ignored += nh.height - 1
			}
		case rowTotal:
			t.ignored++
			cells := t.pick(p, row, at, nil, nil)
			t.totals = append(t.totals, total{sheet: p.Name, n: row.N, from: since, to: len(t.lines), cells: cells, at: at})
			since = len(t.lines)
		case rowSection, rowExample:
			t.ignored++
		case rowNote:
			t.ignored++
			t.said.labelled(p.Name, row)
		case rowNothing:
			t.ignored++
			t.said.nothing = true
		case rowStray:
			t.ignored++
			c := firstText(row)
			t.strays = append(t.strays, stray{row.N, c.Text, c.Ref()})
		case rowData:
			var above *line
			if len(t.lines) > 0 {
				above = &t.lines[len(t.lines)-1]
			}
			cells := t.pick(p, row, at, down, above)
			t.lines = append(t.lines, line{sheet: p.Name, n: row.N, cells: cells, at: at, part: len(t.heads) - 1})
			b := &t.bounds[len(t.bounds)-1]
			if b[1] == 0 {
				b[1] = row.N
			}
			b[2] = row.N
			last = i
		}
	}
	_ = last
	return t
}

// place spreads a head's columns over the form's fields.
func (t *table) place(h *header) []placed {
	at := make([]placed, len(h.form.Columns))
	for i := range h.form.Columns {
		at[i].field = &h.form.Columns[i]
		if c := h.column(h.form.Columns[i].Field); c != nil {
			at[i] = *c
		}
	}
	return at
}

func sameColumns(a, b *header) bool {
	if len(a.columns) != len(b.columns) {
		return false
	}
	for i := range a.columns {
		if a.columns[i].field != b.columns[i].field || a.columns[i].col != b.columns[i].col {
			return false
		}
	}
	return true
}

// headAt reads a repeated head of a known form at row index i.
func (v *vocabulary) headAt(p *page, i int, f *forms.Form) *header {
	var best *header
	for height := 1; height <= 3 && i+height <= len(p.Rows); height++ {
		if height > 1 && p.Rows[i+height-1].N != p.Rows[i].N+height-1 {
			break
		}
		cols, extra, rollup := v.match(f, p.heads(i, height))
		if best == nil || len(cols) > len(best.columns) {
			best = &header{form: f, height: height, columns: cols, extra: extra, rollup: rollup}
		}
	}
	if best == nil || len(best.columns) < 3 {
		return nil
	}
	return best
}

// pick takes the cells of a row by field, through vertical merges and 同上.
func (t *table) pick(p *page, row *sheet.Row, at []placed, down map[[2]int]sheet.Cell, above *line) []sheet.Cell {
	cells := make([]sheet.Cell, len(at))
	for k := range at {
		col := at[k].col
		if col == 0 {
			if at[k].konst != "" {
				cells[k] = sheet.Cell{Row: row.N, Kind: sheet.Text, Text: at[k].konst}
			}
			continue
		}
		if c := cellIn(row, col); c != nil {
			cells[k] = *c
		} else if down != nil {
			if c, ok := down[[2]int{row.N, col}]; ok && at[k].field.Type != forms.Money && at[k].field.Type != forms.Int {
				cells[k] = c
			}
		}
		cells[k].Row, cells[k].Col = row.N, col
		if above != nil && cells[k].Kind == sheet.Text && sameAbove[tidy(cells[k].Text)] {
			ref := cells[k]
			cells[k] = above.cells[k]
			cells[k].Row, cells[k].Col = ref.Row, ref.Col
		}
	}
	return cells
}

// fillDown maps the cells covered by vertical merges below a row to the value they share.
func fillDown(p *page, below int) map[[2]int]sheet.Cell {
	out := map[[2]int]sheet.Cell{}
	byRow := map[int]*sheet.Row{}
	for _, m := range p.Merged {
		if m.Bottom <= m.Top || m.Top <= below {
			continue
		}
		if len(byRow) == 0 {
			for i := range p.Rows {
				byRow[p.Rows[i].N] = &p.Rows[i]
			}
		}
		top := byRow[m.Top]
		if top == nil {
			continue
		}
		c := cellIn(top, m.Left)
		if c == nil || m.Bottom-m.Top > 100000 {
			continue
		}
		for r := m.Top + 1; r <= m.Bottom; r++ {
			out[[2]int{r, m.Left}] = *c
		}
	}
	return out
}

type rowKind uint8

const (
	rowBlank rowKind = iota
	rowData
	rowHead
	rowTotal
	rowSection
	rowNote
	rowNothing
	rowExample
	rowStray
)

// classify says what a row below the head is.
func (v *vocabulary) classify(p *page, row *sheet.Row, h *header, at []placed, down map[[2]int]sheet.Cell) rowKind {
	filled, fields, texts := 0, 0, 0
	numbers := false
	var first *sheet.Cell
	for i := range row.Cells {
		c := &row.Cells[i]
		if c.Kind == sheet.Empty && !c.NoValue || c.Kind == sheet.Text && tidy(c.Text) == "" {
			continue
		}
		filled++
		if c.Kind == sheet.Text {
			texts++
			if first == nil {
				first = c
			}
		} else if c.Kind == sheet.Number {
			numbers = true
		}
	}
	if filled == 0 {
		return rowBlank
	}
	for k := range at {
		if at[k].col == 0 {
			continue
		}
		if c := cellIn(row, at[k].col); c != nil && (c.Kind != sheet.Empty || c.NoValue) && !(c.Kind == sheet.Text && tidy(c.Text) == "") {
			fields++
		}
	}
	word := ""
	if first != nil {
		word = squash(first.Text)
	}
	if first != nil && len([]rune(word)) <= 16 {
		if totalWord.MatchString(word) || subWord.MatchString(word) && filled > 1 && fewKeys(row, at) {
			return rowTotal
		}
	}
	if first != nil && exampleWord.MatchString(word) {
		return rowExample
	}
	lonely := filled == 1 || texts == 1 && filled <= 2 && !numbers || widelyMerged(p, row, first)
	if first != nil && (noteWord.MatchString(word) || footWord.MatchString(word) && fields <= 3) {
		return rowNote
	}
	if first != nil && texts >= 1 && filled <= 4 && footWord.MatchString(squash(joined(row))) && fields <= 3 {
		return rowNote
	}
	if first != nil && fields <= 2 && isNothing(first.Text) && !numbers {
		return rowNothing
	}
	if first != nil && filled <= 3 && texts >= 1 && allNothing(row) {
		return rowNothing
	}
	if texts >= 3 && !numbers && v.looksLikeHead(p, row, h.form, fields) {
		return rowHead
	}
	if fields == 0 { // only columns the form doesn't know: a running number, a remark
		if numbers && texts == 0 {
			return rowBlank
		}
		if lonely && first != nil {
			if sectionWord.MatchString(word) {
				return rowSection
			}
			return rowStray
		}
		return rowBlank
	}
	if lonely && first != nil && texts == 1 {
		if sectionWord.MatchString(word) || widelyMerged(p, row, first) {
			return rowSection
		}
		if filled == 1 && len(at) > 2 && !p.mergedData(row, at, down) {
			return rowStray
		}
	}
	return rowData
}

// mergedData says whether the row takes other fields from merged cells above.
func (p *page) mergedData(row *sheet.Row, at []placed, down map[[2]int]sheet.Cell) bool {
	for k := range at {
		if _, ok := down[[2]int{row.N, at[k].col}]; ok {
			return true
		}
	}
	return false
}

func joined(row *sheet.Row) string {
	var b strings.Builder
	for _, c := range row.Cells {
		b.WriteString(c.Text)
		b.WriteByte(' ')
	}
	return b.String()
}

func allNothing(row *sheet.Row) bool {
	any := false
	for _, c := range row.Cells {
		if c.Kind != sheet.Text {
			return false
		}
		if t := squash(c.Text); isNothing(t) {
			any = true
		} else if t != "" && t != "/" && t != "-" && t != "—" {
			return false
		}
	}
	return any
}

// fewKeys says whether most of the fields that identify a row are empty, as in a subtotal.
func fewKeys(row *sheet.Row, at []placed) bool {
	have, all := 0, 0
	for k := range at {
		if at[k].col == 0 || !at[k].field.Required || at[k].field.Type == forms.Money || at[k].field.Type == forms.Int {
			continue
		}
		all++
		if c := cellIn(row, at[k].col); c != nil && c.Kind != sheet.Empty {
			have++
		}
	}
	return have*2 <= all
}

// widelyMerged says whether the row's text is merged across at least three columns.
func widelyMerged(p *page, row *sheet.Row, first *sheet.Cell) bool {
	if first == nil || len(row.Cells) > 1 {
		return false
	}
	for _, m := range p.Merged {
		if m.Top == row.N && m.Left == first.Col && m.Right-m.Left >= 2 {
			return true
		}
	}
	return false
}

// isHeading says whether a text is one of the form's headings; answers are kept, since columns repeat few texts.
func (p *page) isHeading(ns names, text string) bool {
	if known, ok := p.heading[text]; ok {
		return known
	}
	known := false
	keys, _, _ := headingForms(text)
	for _, k := range keys {
		if _, ok := ns[k]; ok {
			known = true
			break
		}
	}
	if len(p.heading) < 4096 {
		p.heading[text] = known
	}
	return known
}

// looksLikeHead says whether a row of texts repeats the form's headings.
func (v *vocabulary) looksLikeHead(p *page, row *sheet.Row, f *forms.Form, fields int) bool {
	ns := v.names[f.ID]
	hits := 0
	for _, c := range row.Cells {
		switch {
		case c.Kind == sheet.Date:
			return false
		case c.Kind == sheet.Text && len(c.Text) <= 60 && p.isHeading(ns, c.Text):
			hits++
		}
	}
	return hits >= 3 && hits*2 >= min(fields, len(row.Cells))
}

func firstText(row *sheet.Row) sheet.Cell {
	for _, c := range row.Cells {
		if c.Kind != sheet.Empty {
			return c
		}
	}
	return sheet.Cell{Row: row.N, Col: 1}
}
