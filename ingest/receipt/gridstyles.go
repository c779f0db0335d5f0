package receipt

import (
	"fmt"
	"slices"
	"strings"

	"taizhang/ingest/sheet"
)

// cellFormat is a number format code and a look.
type cellFormat struct {
	code string
	look sheet.Look
}

// formats gives cell formats to number format codes and looks.
type formats struct {
	all []cellFormat
	ids map[cellFormat]int
}

// maxFormats is how many cell formats a drawn workbook gets; what comes after is plain.
const maxFormats = 4000

func (f *formats) id(code string, look sheet.Look) int {
	if code == "General" {
		code = ""
	}
	key := cellFormat{code, look}
	if key == (cellFormat{}) {
		return 0
	}
	if n, ok := f.ids[key]; ok {
		return n
	}
	if len(f.all) >= maxFormats {
		return 0
	}
	f.all = append(f.all, key)
	f.ids[key] = len(f.all)
	return len(f.all)
}

// elements numbers the elements of one list of the styles, equal ones alike.
type elements []string

func (e *elements) id(element string) int {
	if i := slices.Index(*e, element); i >= 0 {
		return i
	}
	*e = append(*e, element)
	return len(*e) - 1
}

func (e elements) list(name string) string {
	return fmt.Sprintf(`<%s count="%d">%s</%s>`, name, len(e), strings.Join(e, ""), name)
}

// styles writes the styles part, in the namespace of the workbook.
func (f *formats) styles(ns string) string {
	var codes elements
	fonts := elements{`<font><sz val="11"/><name val="宋体"/><charset val="134"/></font>`}
	fills := elements{`<fill><patternFill patternType="none"/></fill>`, `<fill><patternFill patternType="gray125"/></fill>`}
	borders := elements{`<border><left/><right/><top/><bottom/><diagonal/></border>`}
	xfs := elements{`<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>`}
	for _, c := range f.all {
		number := 0
		if c.code != "" {
			number = 164 + codes.id(c.code)
		}
		l := c.look
		xfs = append(xfs, fmt.Sprintf(`<xf numFmtId="%d" fontId="%d" fillId="%d" borderId="%d" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">%s</xf>`,
			number, fonts.id(fontElement(l)), fills.id(fillElement(l)), borders.id(borderElement(l)), alignmentElement(l)))
	}
	numFmts := ""
	if len(codes) > 0 {
		var b strings.Builder
		for i, c := range codes {
			fmt.Fprintf(&b, `<numFmt numFmtId="%d" formatCode="%s"/>`, 164+i, escape(c))
		}
		numFmts = fmt.Sprintf(`<numFmts count="%d">%s</numFmts>`, len(codes), b.String())
	}
	return `<styleSheet xmlns="` + ns + `">` + numFmts + fonts.list("fonts") + fills.list("fills") + borders.list("borders") +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` + xfs.list("cellXfs") +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
}

func fontElement(l sheet.Look) string {
	s := "<font>"
	if l.Bold {
		s += "<b/>"
	}
	if l.Italic {
		s += "<i/>"
	}
	size, name := l.Size, l.Font
	if size < 1 || size > 409 {
		size = 11
	}
	if name == "" {
		name = "宋体"
	}
	s += fmt.Sprintf(`<sz val="%g"/>`, size)
	if l.Color != "" {
		s += `<color rgb="FF` + l.Color + `"/>`
	}
	return s + `<name val="` + escape(name) + `"/><charset val="134"/></font>`
}

func fillElement(l sheet.Look) string {
	if l.Fill == "" {
		return `<fill><patternFill patternType="none"/></fill>`
	}
	return `<fill><patternFill patternType="solid"><fgColor rgb="FF` + l.Fill + `"/><bgColor indexed="64"/></patternFill></fill>`
}

func borderElement(l sheet.Look) string {
	side := func(name string, line sheet.Line) string {
		if line.Style == "" {
			return "<" + name + "/>"
		}
		colour := `<color auto="1"/>`
		if line.Color != "" {
			colour = `<color rgb="FF` + line.Color + `"/>`
		}
		return "<" + name + ` style="` + line.Style + `">` + colour + "</" + name + ">"
	}
	return "<border>" + side("left", l.Left) + side("right", l.Right) + side("top", l.Top) + side("bottom", l.Bottom) + "<diagonal/></border>"
}

func alignmentElement(l sheet.Look) string {
	s := "<alignment"
	if l.Horizontal != "" {
		s += ` horizontal="` + l.Horizontal + `"`
	}
	if l.Vertical != "" {
		s += ` vertical="` + l.Vertical + `"`
	}
	if l.Wrap {
		s += ` wrapText="1"`
	}
	return s + "/>"
}
