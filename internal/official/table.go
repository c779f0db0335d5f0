package official

import (
	"fmt"
	"math"
	"strings"
)

const borders = `<w:tblBorders><w:top w:val="single" w:sz="8" w:space="0" w:color="000000"/><w:left w:val="single" w:sz="8" w:space="0" w:color="000000"/>` +
	`<w:bottom w:val="single" w:sz="8" w:space="0" w:color="000000"/><w:right w:val="single" w:sz="8" w:space="0" w:color="000000"/>` +
	`<w:insideH w:val="single" w:sz="4" w:space="0" w:color="000000"/><w:insideV w:val="single" w:sz="4" w:space="0" w:color="000000"/></w:tblBorders>`

// openTable begins a table over the whole type area, with columns of fixed widths.
func (b *body) openTable(widths []int) {
	fmt.Fprintf(b, `<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:jc w:val="center"/>%s<w:tblLayout w:type="fixed"/>`+
		`<w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="%d" w:type="dxa"/><w:bottom w:w="40" w:type="dxa"/><w:right w:w="%[3]d" w:type="dxa"/></w:tblCellMar>`+
		`</w:tblPr><w:tblGrid>`, textWidth, borders, cellPad)
	for _, w := range widths {
		fmt.Fprintf(b, `<w:gridCol w:w="%d"/>`, w)
	}
	b.WriteString(`</w:tblGrid>`)
}

// closeTable ends it, with the paragraph that must stand between two tables.
func (b *body) closeTable() {
	b.WriteString(`</w:tbl>`)
	b.gap(20) // a point: it must not open a page of its own
}

// gap is an empty line of so many twips beside a table.
func (b *body) gap(height int) {
	fmt.Fprintf(b, `<w:p><w:pPr><w:pStyle w:val="TableText"/><w:spacing w:line="%d" w:lineRule="exact"/></w:pPr></w:p>`, height)
}

// answerHeight is room for two lines of handwriting.
const answerHeight = 850

func (b *body) cell(w, span int, style string, align Align, text string) {
	b.cellAt(w, span, "center", style, align, text)
}

// cellAt is a cell whose text stands at its top or centre.
func (b *body) cellAt(w, span int, vertical, style string, align Align, text string) {
	fmt.Fprintf(b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>`, w)
	if span > 1 {
		fmt.Fprintf(b, `<w:gridSpan w:val="%d"/>`, span)
	}
	fmt.Fprintf(b, `<w:vAlign w:val="%s"/></w:tcPr>`, vertical)
	props := ""
	switch align {
	case Center:
		props = centered
	case Right:
		props = `<w:jc w:val="right"/>`
	}
	if b.together {
		props = `<w:keepNext/>` + props
	}
	all := lines(text)
	if len(all) == 0 {
		all = []string{""}
	}
	for _, l := range all {
		b.paragraph(style, props, l)
	}
	b.WriteString(`</w:tc>`)
}

func (b *body) table(t Table) {
	if len(t.Columns) == 0 {
		return
	}
	if t.Title != "" {
		b.paragraph("TableTitle", "", strings.Join(lines(t.Title), " "))
	} else {
		b.gap(120)
	}
	widths := t.widths()
	b.openTable(widths)
	b.WriteString(`<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="480" w:hRule="atLeast"/><w:tblHeader/></w:trPr>`)
	for i, c := range t.Columns {
		b.cell(widths[i], 1, "TableHead", Center, c.Title)
	}
	b.WriteString(`</w:tr>`)
	for _, row := range t.Rows {
		b.together = t.Answer != "" // room for an answer is no use on the page after what it answers
		b.WriteString(`<w:tr><w:trPr>`)
		// A row stays together unless it is so high that it would leave half a page empty.
		if tallest(row, widths) <= 16 {
			b.WriteString(`<w:cantSplit/>`)
		}
		b.WriteString(`<w:trHeight w:val="400" w:hRule="atLeast"/></w:trPr>`)
		for i, c := range t.Columns {
			text := ""
			if i < len(row) {
				text = row[i]
			}
			b.cell(widths[i], 1, "TableText", c.Align, text)
		}
		b.WriteString(`</w:tr>`)
		b.together = false
		if t.Answer != "" {
			fmt.Fprintf(b, `<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="%d" w:hRule="atLeast"/></w:trPr>`, answerHeight)
			b.cellAt(textWidth, len(widths), "top", "TableText", Left, t.Answer)
			b.WriteString(`</w:tr>`)
		}
	}
	if len(t.Rows) == 0 {
		empty := t.Empty
		if empty == "" {
			empty = "无"
		}
		b.WriteString(`<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="400" w:hRule="atLeast"/></w:trPr>`)
		b.cell(textWidth, len(t.Columns), "TableText", Center, empty)
		b.WriteString(`</w:tr>`)
	}
	b.closeTable()
}

const tableChar = sizeTable * 10 // width of a character in a table

// tallest is how many lines the highest cell of a row takes.
func tallest(row []string, widths []int) int {
	most := 0
	for i, text := range row {
		if i >= len(widths) {
			break
		}
		room := max(1, float64(widths[i]-2*cellPad)/tableChar)
		n := 0
		for _, l := range lines(text) {
			n += int(math.Ceil(width(l) / room))
		}
		most = max(most, n)
	}
	return most
}

// widths divides the type area. A declared width is kept; columns without one
// get what their content asks for, long texts sharing what is left. Where that
// is more than there is, texts that may be broken give way before numbers, whose
// halves nobody can read, in whatever font stands in for the one that is named.
func (t Table) widths() []int {
	const around = 2*cellPad + 20
	want, least, total := make([]float64, len(t.Columns)), make([]float64, len(t.Columns)), 0.0
	for i, c := range t.Columns {
		want[i] = c.Width
		least[i] = c.Width
		if c.Width <= 0 {
			want[i], least[i] = min(width(c.Title), 4), 2
			for _, row := range t.Rows {
				if i < len(row) {
					for _, l := range lines(row[i]) {
						want[i] = max(want[i], min(broad(l), 20))
						least[i] = max(least[i], min(broad(unbroken(l)), 20))
					}
				}
			}
			least[i] = max(least[i], want[i]/2) // two lines
		}
		want[i], least[i] = want[i]*tableChar+around, least[i]*tableChar+around
		total += want[i]
	}
	for total > textWidth {
		give := 0 // the column with the most to give
		for i := range want {
			if want[i]-least[i] > want[give]-least[give] {
				give = i
			}
		}
		less := min(total-textWidth, want[give]-least[give])
		if less < 1 {
			break
		}
		want[give] -= less
		total -= less
	}
	out, left := make([]int, len(want)), textWidth
	for i, w := range want {
		out[i] = int(w * textWidth / total)
		left -= out[i]
	}
	out[len(out)-1] += left
	return out
}

// broad is the width of a text in the widest font that may stand in for the one that is named, whose digits take two
// thirds of a character in place of half of one.
func broad(s string) float64 {
	w := width(s)
	ascii := 0
	for _, r := range clean(s) {
		if r < 0x80 {
			ascii++
		}
	}
	return w + float64(ascii)*0.15
}

// unbroken is the longest stretch of a text that has no place to break it: a number, a code.
func unbroken(s string) (longest string) {
	for _, part := range strings.FieldsFunc(clean(s), func(r rune) bool { return r >= 0x80 || r == ' ' || r == '-' }) {
		if len(part) > len(longest) {
			longest = part
		}
	}
	return longest
}

// form writes labelled fields: a label takes as much as its text, the room
// beside it the rest of its share of the line.
func (b *body) form(f Form) {
	// Twelve columns under all rows, so that lines of one, two, three, four or six fields align.
	const grid = 12
	unit := textWidth / grid
	widths := make([]int, grid)
	for i := range widths {
		widths[i] = unit
	}
	widths[grid-1] += textWidth - grid*unit
	spanWidth := func(from, n int) int {
		w := 0
		for _, x := range widths[from : from+n] {
			w += x
		}
		return w
	}
	any := false
	for r, row := range f.Rows {
		n := min(len(row.Fields), grid/2)
		if n == 0 {
			continue
		}
		if !any {
			b.gap(120)
			b.openTable(widths)
			any = true
		}
		fmt.Fprintf(b, `<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="%d" w:hRule="atLeast"/></w:trPr>`, twips(max(row.Height, 9)))
		at := 0
		b.together = r+1 < len(f.Rows) // a form that is cut by a page's end can't be torn off
		for i, field := range row.Fields[:n] {
			share := grid / n
			if i == n-1 {
				share = grid - at
			}
			label := min(2, share-1)
			b.cell(spanWidth(at, label), label, "TableHead", Center, field.Label)
			b.cell(spanWidth(at+label, share-label), share-label, "TableText", Left, field.Text)
			at += share
		}
		b.WriteString(`</w:tr>`)
	}
	b.together = false
	if any {
		b.closeTable()
	}
}
