package receipt

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"taizhang/ingest/sheet"
	"taizhang/internal/opc"
)

// gridBook draws a workbook from what was read of a file: values, number
// formats, merged cells and hidden rows. It is packed without compression, since
// it is only the base of a receipt.
func gridBook(grids []sheet.Grid) ([]byte, error) {
	var buf bytes.Buffer
	zw := opc.NewWriter(&buf, opc.Stored)
	put := func(name, content string) error { return zw.Put(name, []byte(content)) }
	formats := &formats{ids: map[string]int{}}
	var types, book, rels strings.Builder
	for i, g := range grids {
		part := fmt.Sprintf("worksheets/sheet%d.xml", i+1)
		if err := put("xl/"+part, gridSheet(g, formats)); err != nil {
			return nil, err
		}
		state := ""
		if g.Hidden {
			state = ` state="hidden"`
		}
		fmt.Fprintf(&types, `<Override PartName="/xl/%s" ContentType="%s"/>`, part, typeSheet)
		fmt.Fprintf(&book, `<sheet name="%s" sheetId="%d"%s r:id="rId%d"/>`, escape(g.Name), i+1, state, i+1)
		fmt.Fprintf(&rels, `<Relationship Id="rId%d" Type="%s/worksheet" Target="%s"/>`, i+1, nsRels, part)
	}
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + typeWorkbook + `"/><Override PartName="/xl/styles.xml" ContentType="` + typeStyles + `"/>` + types.String() + `</Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + nsPackageRels + `"><Relationship Id="rId1" Type="` + nsRels + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="` + nsMain + `" xmlns:r="` + nsRels + `"><bookViews><workbookView/></bookViews><sheets>` + book.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + nsPackageRels + `">` + rels.String() + `<Relationship Id="rIdStyles" Type="` + nsRels + `/styles" Target="styles.xml"/></Relationships>`},
		{"xl/styles.xml", formats.styles(nsMain)},
	} {
		if err := put(part[0], xmlHead+part[1]); err != nil {
			return nil, err
		}
	}
	if err := zw.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// named gives the grids names that Excel takes: a CSV has none, HTML may have
// any; and which name of a grid became which. An earlier 回执 is left out.
func named(grids []sheet.Grid) (out []sheet.Grid, names map[string]string) {
	names, taken := map[string]string{}, map[string]bool{SheetName: true}
	for i, g := range grids {
		if g.Name == SheetName {
			continue
		}
		name := strings.Trim(strings.Map(func(r rune) rune {
			if strings.ContainsRune(`[]:*?/\`, r) || r < ' ' {
				return -1
			}
			return r
		}, g.Name), "'")
		if r := []rune(name); len(r) > 31 {
			name = string(r[:31])
		}
		if name == "" {
			name = "Sheet" + strconv.Itoa(i+1)
		}
		for n, base := 2, []rune(name); taken[strings.ToLower(name)]; n++ {
			name = string(base[:min(len(base), 27)]) + strconv.Itoa(n)
		}
		taken[strings.ToLower(name)] = true
		names[g.Name] = name
		g.Name = name
		out = append(out, g)
	}
	return out, names
}

// formats gives cell formats to number format codes.
type formats struct {
	codes []string
	ids   map[string]int
}

func (f *formats) id(code string) int {
	if code == "" || code == "General" {
		return 0
	}
	if n, ok := f.ids[code]; ok {
		return n
	}
	if len(f.codes) >= 1000 {
		return 0
	}
	f.codes = append(f.codes, code)
	f.ids[code] = len(f.codes)
	return len(f.codes)
}

// styles writes the styles part, in the namespace of the workbook.
func (f *formats) styles(ns string) string {
	var codes, xfs strings.Builder
	for i, c := range f.codes {
		fmt.Fprintf(&codes, `<numFmt numFmtId="%d" formatCode="%s"/>`, 164+i, escape(c))
		fmt.Fprintf(&xfs, `<xf numFmtId="%d" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`, 164+i)
	}
	numFmts := ""
	if len(f.codes) > 0 {
		numFmts = fmt.Sprintf(`<numFmts count="%d">%s</numFmts>`, len(f.codes), codes.String())
	}
	return `<styleSheet xmlns="` + ns + `">` + numFmts + `<fonts count="1"><font><sz val="11"/><name val="宋体"/><charset val="134"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		fmt.Sprintf(`<cellXfs count="%d"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>%s</cellXfs>`, len(f.codes)+1, xfs.String()) +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
}

// gridSheet writes one sheet.
func gridSheet(g sheet.Grid, formats *formats) string {
	var rows strings.Builder
	widths := []int{}
	lastRow, lastCol := 0, 0
	for _, r := range g.Rows {
		if r.N <= lastRow || r.N > maxRow {
			continue
		}
		lastRow = r.N
		hidden := ""
		if r.Hidden {
			hidden = ` hidden="1"`
		}
		rows.WriteString(`<row r="` + strconv.Itoa(r.N) + `"` + hidden + `>`)
		col := 0
		for _, c := range r.Cells {
			if c.Col <= col || c.Col > maxCol {
				continue
			}
			col = c.Col
			gridCell(&rows, r.N, c, formats)
			for len(widths) < col && len(widths) < 256 {
				widths = append(widths, 8)
			}
			if col <= len(widths) {
				widths[col-1] = max(widths[col-1], min(textWidth(clip(c.Text, 40))+2, 40))
			}
		}
		lastCol = max(lastCol, col)
		rows.WriteString(`</row>`)
	}
	var b strings.Builder
	b.WriteString(xmlHead + `<worksheet xmlns="` + nsMain + `">`)
	if lastCol > 0 {
		b.WriteString(`<dimension ref="A1:` + sheet.Ref(lastRow, lastCol) + `"/>`)
	}
	if len(widths) > 0 {
		b.WriteString(`<cols>`)
		for i, w := range widths {
			fmt.Fprintf(&b, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, w)
		}
		b.WriteString(`</cols>`)
	}
	b.WriteString(`<sheetData>` + rows.String() + `</sheetData>`)
	var merges strings.Builder
	count := 0
	for _, m := range g.Merged {
		if m.Top >= 1 && m.Left >= 1 && m.Bottom <= maxRow && m.Right <= maxCol && (m.Top < m.Bottom || m.Left < m.Right) && m.Top <= m.Bottom && m.Left <= m.Right {
			count++
			merges.WriteString(`<mergeCell ref="` + sheet.Ref(m.Top, m.Left) + ":" + sheet.Ref(m.Bottom, m.Right) + `"/>`)
		}
	}
	if count > 0 {
		fmt.Fprintf(&b, `<mergeCells count="%d">%s</mergeCells>`, count, merges.String())
	}
	b.WriteString(`</worksheet>`)
	return b.String()
}

func gridCell(b *strings.Builder, row int, c sheet.Cell, formats *formats) {
	code := c.Format
	switch c.Kind {
	case sheet.Date:
		if code == "" {
			code = "yyyy-mm-dd"
			if c.Num != math.Trunc(c.Num) {
				code = "yyyy-mm-dd hh:mm:ss"
			}
		}
	case sheet.Time:
		if code == "" {
			code = "[h]:mm:ss"
		}
	}
	b.WriteString(`<c r="` + sheet.Ref(row, c.Col) + `"`)
	if n := formats.id(code); n > 0 {
		b.WriteString(` s="` + strconv.Itoa(n) + `"`)
	}
	switch c.Kind {
	case sheet.Number:
		b.WriteString(`><v>` + escape(c.Text) + `</v></c>`)
	case sheet.Date, sheet.Time:
		b.WriteString(`><v>` + strconv.FormatFloat(c.Num, 'f', -1, 64) + `</v></c>`)
	case sheet.Bool:
		b.WriteString(` t="b"><v>` + strconv.Itoa(int(c.Num)) + `</v></c>`)
	case sheet.Error:
		b.WriteString(` t="e"><v>` + escape(c.Text) + `</v></c>`)
	case sheet.Text: // also text that looks like a formula
		b.WriteString(` t="inlineStr"><is><t xml:space="preserve">` + escape(clip(c.Text, 32_000)) + `</t></is></c>`)
	default:
		b.WriteString(`/>`)
	}
}
