package official

import (
	"fmt"
	"strings"
)

// style is a paragraph style. ind and jc may be empty.
type style struct {
	id, name, base string
	font           font
	size           int
	before         string // elements of pPr that stand before the spacing, in order
	spacing        string
	after          string // ind, jc, outlineLvl, in order
}

func exact(line int) string {
	return fmt.Sprintf(`<w:spacing w:before="0" w:after="0" w:line="%d" w:lineRule="exact"/>`, line)
}

const (
	indentTwo = `<w:ind w:firstLineChars="200" w:firstLine="628"/>`
	centered  = `<w:jc w:val="center"/>`
	keep      = `<w:keepNext/><w:keepLines/>`
	noGrid    = `<w:snapToGrid w:val="0"/>`
)

func paragraphStyles() []style {
	list := []style{
		{"BodyText", "Body Text", "Normal", fangsong, sizeBody, "", "", indentTwo},
		{"Title", "Title", "Normal", xiaobiaosong, sizeTitle, keep, "", centered},
		{"Subtitle", "Subtitle", "Normal", kaiti, sizeBody, keep, "", centered},
		{"TableTitle", "Table Title", "Normal", heiti, sizeNumber, keep, "", centered},
		{"TableHead", "Table Head", "Normal", heiti, sizeTable, "", exact(tableLine), centered},
		{"TableText", "Table Text", "Normal", fangsong, sizeTable, "", exact(tableLine), `<w:jc w:val="left"/>`},
		{"Footer", "footer", "Normal", songti, sizeNumber, "", exact(footerLine), ""},
	}
	for i, f := range []font{heiti, kaiti, fangsong, fangsong} {
		list = append(list, style{fmt.Sprintf("Heading%d", i+1), fmt.Sprintf("heading %d", i+1), "Normal", f, sizeBody, keep, "",
			indentTwo + fmt.Sprintf(`<w:outlineLvl w:val="%d"/>`, i)})
	}
	return list
}

func styles() string {
	var b strings.Builder
	b.WriteString(xmlHead + `<w:styles ` + nsWord + `><w:docDefaults><w:rPrDefault><w:rPr>` + rFonts(fangsong) + size(sizeBody) +
		`<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>` +
		`<w:pPrDefault/></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>` +
		`<w:pPr><w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:adjustRightInd w:val="0"/>` + noGrid + exact(linePitch) + `<w:jc w:val="both"/></w:pPr>` +
		`<w:rPr>` + rFonts(fangsong) + fmt.Sprintf(`<w:snapToGrid w:val="0"/><w:spacing w:val="%d"/><w:kern w:val="0"/>`, closer) + size(sizeBody) + `</w:rPr></w:style>` +
		`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/>` +
		`<w:semiHidden/><w:unhideWhenUsed/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/>` +
		`<w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>`)
	for _, s := range paragraphStyles() {
		fmt.Fprintf(&b, `<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="%s"/><w:qFormat/>`, s.id, s.name, s.base)
		if p := s.before + s.spacing + s.after; p != "" {
			b.WriteString(`<w:pPr>` + p + `</w:pPr>`)
		}
		spacing := ""
		if s.size != sizeBody {
			spacing = `<w:spacing w:val="0"/>` // only 三号 is set closer
		}
		b.WriteString(`<w:rPr>` + rFonts(s.font) + spacing + size(s.size) + `</w:rPr></w:style>`)
	}
	b.WriteString(`</w:styles>`)
	return b.String()
}
