package official

import (
	"fmt"
	"strings"
	"time"
)

const (
	nsWord = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	nsRel  = `xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relDoc = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	relPkg = "http://schemas.openxmlformats.org/package/2006/relationships"
	mime   = "application/vnd.openxmlformats-officedocument.wordprocessingml."
)

const contentTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
	`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
	`<Default Extension="xml" ContentType="application/xml"/>` +
	`<Override PartName="/word/document.xml" ContentType="` + mime + `document.main+xml"/>` +
	`<Override PartName="/word/styles.xml" ContentType="` + mime + `styles+xml"/>` +
	`<Override PartName="/word/settings.xml" ContentType="` + mime + `settings+xml"/>` +
	`<Override PartName="/word/fontTable.xml" ContentType="` + mime + `fontTable+xml"/>` +
	`<Override PartName="/word/footer1.xml" ContentType="` + mime + `footer+xml"/>` +
	`<Override PartName="/word/footer2.xml" ContentType="` + mime + `footer+xml"/>` +
	`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>` +
	`<Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/>` +
	`</Types>`

const packageRels = xmlHead + `<Relationships xmlns="` + relPkg + `">` +
	`<Relationship Id="rId1" Type="` + relDoc + `/officeDocument" Target="word/document.xml"/>` +
	`<Relationship Id="rId2" Type="` + relPkg + `/metadata/core-properties" Target="docProps/core.xml"/>` +
	`<Relationship Id="rId3" Type="` + relDoc + `/extended-properties" Target="docProps/app.xml"/>` +
	`</Relationships>`

const documentRels = xmlHead + `<Relationships xmlns="` + relPkg + `">` +
	`<Relationship Id="rId1" Type="` + relDoc + `/styles" Target="styles.xml"/>` +
	`<Relationship Id="rId2" Type="` + relDoc + `/settings" Target="settings.xml"/>` +
	`<Relationship Id="rId3" Type="` + relDoc + `/fontTable" Target="fontTable.xml"/>` +
	`<Relationship Id="rId4" Type="` + relDoc + `/footer" Target="footer1.xml"/>` +
	`<Relationship Id="rId5" Type="` + relDoc + `/footer" Target="footer2.xml"/>` +
	`</Relationships>`

// Characters keep to the grid: punctuation is not squeezed, and figures get no
// extra room beside Chinese.
const settings = xmlHead + `<w:settings ` + nsWord + `>` +
	`<w:zoom w:percent="100"/>` +
	`<w:evenAndOddHeaders/>` +
	`<w:drawingGridVerticalSpacing w:val="579"/>` +
	`<w:characterSpacingControl w:val="doNotCompress"/>` +
	`<w:compat><w:balanceSingleByteDoubleByteWidth/><w:useFELayout/>` +
	`<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>` +
	`</w:compat>` +
	`<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/>` +
	`</w:settings>`

const appProps = xmlHead + `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">` +
	`<Application>taizhang</Application></Properties>`

func fontTable() string {
	var b strings.Builder
	b.WriteString(xmlHead + `<w:fonts ` + nsWord + `>`)
	for _, f := range fonts {
		fmt.Fprintf(&b, `<w:font w:name="%s"><w:altName w:val="%s"/><w:panose1 w:val="%s"/><w:charset w:val="86"/>`+
			`<w:family w:val="%s"/><w:pitch w:val="%s"/></w:font>`, f.name, f.alt, f.panose, f.family, f.pitch)
	}
	b.WriteString(`</w:fonts>`)
	return b.String()
}

// footer is the page number: — 1 —, one character in from the outer edge.
func footer(side string) string {
	run := func(inner string) string {
		return `<w:r><w:rPr>` + rFonts(songti) + size(sizeNumber) + `</w:rPr>` + inner + `</w:r>`
	}
	return xmlHead + `<w:ftr ` + nsWord + `><w:p><w:pPr><w:pStyle w:val="Footer"/>` +
		fmt.Sprintf(`<w:ind w:%s="280"/><w:jc w:val="%s"/>`, side, side) + `</w:pPr>` +
		run(`<w:t xml:space="preserve">— </w:t>`) +
		run(`<w:fldChar w:fldCharType="begin"/>`) + run(`<w:instrText xml:space="preserve"> PAGE </w:instrText>`) +
		run(`<w:fldChar w:fldCharType="separate"/>`) + run(`<w:t>1</w:t>`) + run(`<w:fldChar w:fldCharType="end"/>`) +
		run(`<w:t xml:space="preserve"> —</w:t>`) + `</w:p></w:ftr>`
}

func core(d Document) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"` +
		` xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"` +
		` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`)
	for _, p := range []struct{ tag, text string }{
		{"dc:title", strings.Join(lines(d.Title), "")}, {"dc:subject", d.Props.Subject}, {"dc:creator", d.Props.Creator},
		{"cp:keywords", d.Props.Keywords}, {"dc:description", d.Props.Description}, {"cp:lastModifiedBy", d.Props.Creator},
	} {
		if p.text != "" {
			fmt.Fprintf(&b, "<%s>%s</%s>", p.tag, escape(p.text), p.tag)
		}
	}
	if t := d.Props.Created; !t.IsZero() {
		at := t.UTC().Format(time.RFC3339)
		fmt.Fprintf(&b, `<dcterms:created xsi:type="dcterms:W3CDTF">%s</dcterms:created>`, at)
		fmt.Fprintf(&b, `<dcterms:modified xsi:type="dcterms:W3CDTF">%s</dcterms:modified>`, at)
	}
	b.WriteString(`</cp:coreProperties>`)
	return b.String()
}

func rFonts(f font) string {
	// One face for Chinese and figures, as the standard has it; the hint keeps
	// “quotation marks” and — dashes full width.
	return fmt.Sprintf(`<w:rFonts w:hint="eastAsia" w:ascii="%[1]s" w:eastAsia="%[1]s" w:hAnsi="%[1]s" w:cs="%[1]s"/>`, f.name)
}

func size(halfPoints int) string {
	return fmt.Sprintf(`<w:sz w:val="%d"/><w:szCs w:val="%[1]d"/>`, halfPoints)
}
