package official

import (
	"fmt"
	"strings"
)

// body collects the text of word/document.xml.
type body struct {
	strings.Builder
	count    counter
	together bool // the paragraphs of cells stay on a page with the next
}

func (b *body) document(d Document) {
	b.WriteString(xmlHead + `<w:document ` + nsWord + ` ` + nsRel + `><w:body>`)
	for _, l := range lines(d.Title) {
		b.paragraph("Title", "", l)
	}
	for _, l := range lines(d.Subtitle) {
		b.paragraph("Subtitle", "", l)
	}
	if d.Title != "" || d.Subtitle != "" {
		b.blank(true)
	}
	if to := strings.Join(lines(d.To), " "); to != "" {
		b.paragraph("Normal", "", strings.TrimRight(to, "：:")+"：")
	}
	signed := d.Signature.Unit != "" || d.Signature.Date != ""
	for i, block := range d.Blocks {
		b.block(block, signed && i == len(d.Blocks)-1)
	}
	if signed {
		b.sign(d.Signature)
	}
	if len(d.Tail) > 0 {
		b.blank(true)
	}
	for _, block := range d.Tail {
		b.block(block, false)
	}
	b.section()
	b.WriteString(`</w:body></w:document>`)
}

// block writes one block; a last paragraph stays with the signature that follows.
func (b *body) block(block Block, last bool) {
	switch t := block.(type) {
	case Heading:
		level := min(max(t.Level, 1), 4)
		if text := strings.Join(lines(t.Text), " "); text != "" {
			b.paragraph(fmt.Sprintf("Heading%d", level), "", b.count.mark(level, text))
		}
	case Paragraph:
		style := "BodyText"
		if t.Lead {
			style = "Normal"
		}
		all := lines(t.Text)
		for i, l := range all {
			props := ""
			if last && i == len(all)-1 {
				props = `<w:keepNext/>`
			}
			b.paragraph(style, props, l)
		}
	case Table:
		b.table(t)
	case Form:
		b.form(t)
	}
}

// paragraph writes one; props are the elements of pPr that follow the style.
func (b *body) paragraph(style, props, text string) {
	b.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + style + `"/>` + props + `</w:pPr>`)
	if text != "" {
		b.WriteString(`<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve">` + escape(text) + `</w:t></w:r>`)
	}
	b.WriteString(`</w:p>`)
}

func (b *body) blank(keepNext bool) {
	props := ""
	if keepNext {
		props = `<w:keepNext/>`
	}
	b.paragraph("Normal", props, "")
}

// sign writes the 落款 (GB/T 9704-2012, 7.3.5) under an empty line, and keeps it
// on the page of what it signs.
func (b *body) sign(s Signature) {
	unit, date := strings.Join(lines(s.Unit), " "), strings.Join(lines(s.Date), " ")
	u, d := signatureIndents(width(unit), width(date), s.Sealed)
	b.blank(true)
	if unit != "" {
		next := ""
		if date != "" {
			next = `<w:keepNext/>`
		}
		b.paragraph("Normal", next+fromRight(u), unit)
	}
	if date != "" {
		place := fromRight(d)
		if u == 2 && d == width(unit)-width(date) {
			// Told from the left: how wide figures are depends on the font that is found.
			place = fmt.Sprintf(`<w:ind w:left="%d"/><w:jc w:val="left"/>`, textWidth-int(width(unit)*bodyChar+0.5))
		}
		b.paragraph("Normal", place, date)
	}
}

// signatureIndents says how many characters unit and date stay from the right,
// being so many characters wide.
func signatureIndents(unit, date float64, sealed bool) (u, d float64) {
	switch {
	case unit == 0:
		return 0, 4
	case date == 0:
		return 2, 0
	case unit > 26: // more than one line
		return 2, 4
	case sealed:
		return max(0, 4+(date-unit)/2), 4
	case unit-date >= 2:
		return 2, unit - date
	}
	return 4 + date - unit, 2
}

func fromRight(chars float64) string {
	return fmt.Sprintf(`<w:ind w:rightChars="%d" w:right="%d"/><w:jc w:val="right"/>`, int(chars*100+0.5), int(chars*bodyChar+0.5))
}

func (b *body) section() {
	fmt.Fprintf(b, `<w:sectPr><w:footerReference w:type="default" r:id="rId4"/><w:footerReference w:type="even" r:id="rId5"/>`+
		`<w:pgSz w:w="%d" w:h="%d"/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="851" w:footer="%d" w:gutter="0"/>`+
		`<w:pgNumType w:fmt="decimal"/><w:cols w:space="425"/><w:docGrid w:type="linesAndChars" w:linePitch="%d" w:charSpace="%d"/></w:sectPr>`,
		pageWidth, pageHeight, marginTop, marginRight, marginBottom, marginLeft, footerFromEdge, linePitch, charSpace)
}
