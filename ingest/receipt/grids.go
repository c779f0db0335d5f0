package receipt

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"taizhang/ingest/fit"
	"taizhang/ingest/sheet"
	"taizhang/internal/opc"
)

// gridBook draws a workbook from what was read of a file: values, number
// formats, merged cells and hidden rows, and, where the format tells, how its
// sheets look (by name; may be nil). It is packed without compression, since it
// is only the base of a receipt.
func gridBook(grids []sheet.Grid, looks map[string]*sheet.Looks) ([]byte, error) {
	var buf bytes.Buffer
	zw := opc.NewWriter(&buf, opc.Stored)
	put := func(name, content string) error { return zw.Put(name, []byte(content)) }
	formats := &formats{ids: map[cellFormat]int{}}
	var types, book, rels strings.Builder
	for i, g := range grids {
		part := fmt.Sprintf("worksheets/sheet%d.xml", i+1)
		if err := put("xl/"+part, gridSheet(g, looks[g.Name], formats)); err != nil {
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
		name := fit.SheetName(g.Name, i+1)
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

// gridSheet writes one sheet; looks may be nil.
func gridSheet(g sheet.Grid, looks *sheet.Looks, formats *formats) string {
	var rows strings.Builder
	if looks == nil {
		looks = &sheet.Looks{}
	}
	byRow := map[int]*sheet.Row{}
	numbers := map[int]bool{}
	for i := range g.Rows {
		if n := g.Rows[i].N; n >= 1 && n <= maxRow && byRow[n] == nil {
			byRow[n], numbers[n] = &g.Rows[i], true
		}
	}
	for n := range looks.Rows {
		numbers[n] = true
	}
	widths := []int{}
	lastRow, lastCol := 0, 0
	for _, n := range slices.Sorted(maps.Keys(numbers)) {
		col := gridRow(&rows, n, byRow[n], looks, formats, &widths)
		lastRow, lastCol = n, max(lastCol, col)
	}
	var b strings.Builder
	b.WriteString(xmlHead + `<worksheet xmlns="` + nsMain + `">`)
	if looks.Page.Fit {
		b.WriteString(`<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>`)
	}
	if lastCol > 0 {
		b.WriteString(`<dimension ref="A1:` + sheet.Ref(lastRow, lastCol) + `"/>`)
	}
	b.WriteString(gridColumns(looks, widths, formats))
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
	b.WriteString(gridPage(looks.Page) + `</worksheet>`)
	return b.String()
}

// gridRow writes a row: its cells, and blank ones that only look like something. It gives the last column.
func gridRow(rows *strings.Builder, n int, r *sheet.Row, looks *sheet.Looks, formats *formats, widths *[]int) int {
	look := looks.Rows[n]
	if look == nil {
		look = &sheet.RowLook{}
	}
	attrs := ""
	if look.Height > 0 {
		attrs = fmt.Sprintf(` ht="%g" customHeight="1"`, min(look.Height, 409))
	}
	var cells []sheet.Cell
	if r != nil {
		cells = r.Cells
		if r.Hidden {
			attrs += ` hidden="1"`
		}
	}
	rows.WriteString(`<row r="` + strconv.Itoa(n) + `"` + attrs + `>`)
	blank := slices.Sorted(maps.Keys(look.Cells))
	style := func(col int) sheet.Look {
		if k := look.Cells[col]; k > 0 && k < len(looks.Styles) {
			return looks.Styles[k]
		}
		return sheet.Look{}
	}
	col, k := 0, 0
	fill := func(until int) { // blank cells before a column
		for ; k < len(blank) && blank[k] < until; k++ {
			if blank[k] > col && blank[k] <= maxCol {
				col = blank[k]
				if s := formats.id("", style(col)); s > 0 {
					rows.WriteString(`<c r="` + sheet.Ref(n, col) + `" s="` + strconv.Itoa(s) + `"/>`)
				}
			}
		}
	}
	for _, c := range cells {
		if c.Col <= col && c.Col > 0 || c.Col < 1 || c.Col > maxCol {
			continue
		}
		fill(c.Col)
		col = c.Col
		gridCell(rows, n, c, style(col), formats)
		for len(*widths) < col && len(*widths) < 256 {
			*widths = append(*widths, 8)
		}
		if col <= len(*widths) {
			(*widths)[col-1] = max((*widths)[col-1], min(fit.Width(fit.Clip(c.Text, 40))+2, 40))
		}
	}
	fill(maxCol + 1)
	rows.WriteString(`</row>`)
	return col
}

// gridColumns writes the columns as the file has them, or wide enough for what was read.
func gridColumns(looks *sheet.Looks, widths []int, formats *formats) string {
	var b strings.Builder
	if len(looks.Columns) == 0 {
		for i, w := range widths {
			fmt.Fprintf(&b, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, w)
		}
	}
	last := 0
	columns := slices.Clone(looks.Columns)
	slices.SortStableFunc(columns, func(a, b sheet.ColumnLook) int { return cmp.Compare(a.From, b.From) })
	for _, c := range columns {
		to := min(c.To, maxCol)
		if c.From <= last || to < c.From {
			continue
		}
		last = to
		attrs := ""
		if c.Width > 0 {
			attrs = fmt.Sprintf(` width="%g" customWidth="1"`, min(c.Width, 255))
		} else {
			attrs = ` width="8.43"`
		}
		if c.Style > 0 && c.Style < len(looks.Styles) {
			attrs += fmt.Sprintf(` style="%d"`, formats.id("", looks.Styles[c.Style]))
		}
		if c.Hidden {
			attrs += ` hidden="1"`
		}
		fmt.Fprintf(&b, `<col min="%d" max="%d"%s/>`, c.From, to, attrs)
	}
	if b.Len() == 0 {
		return ""
	}
	return `<cols>` + b.String() + `</cols>`
}

// gridPage writes how a sheet is printed.
func gridPage(p sheet.Page) string {
	var b strings.Builder
	if p == (sheet.Page{}) {
		return ""
	}
	if p.Centred {
		b.WriteString(`<printOptions horizontalCentered="1"/>`)
	}
	fmt.Fprintf(&b, `<pageMargins left="%g" right="%g" top="%g" bottom="%g" header="0.3" footer="0.3"/><pageSetup`,
		cmp.Or(p.Left, 0.7), cmp.Or(p.Right, 0.7), cmp.Or(p.Top, 0.75), cmp.Or(p.Bottom, 0.75))
	if p.Paper > 0 && p.Paper < 256 {
		fmt.Fprintf(&b, ` paperSize="%d"`, p.Paper)
	}
	if p.Scale >= 10 && p.Scale <= 400 && !p.Fit {
		fmt.Fprintf(&b, ` scale="%d"`, p.Scale)
	}
	if p.Fit && p.FitWidth >= 0 && p.FitWidth < 1000 && p.FitHeight >= 0 && p.FitHeight < 1000 {
		fmt.Fprintf(&b, ` fitToWidth="%d" fitToHeight="%d"`, p.FitWidth, p.FitHeight)
	}
	orientation := "portrait"
	if p.Landscape {
		orientation = "landscape"
	}
	b.WriteString(` orientation="` + orientation + `"/>`)
	return b.String()
}

func gridCell(b *strings.Builder, row int, c sheet.Cell, look sheet.Look, formats *formats) {
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
	if n := formats.id(code, look); n > 0 {
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
		b.WriteString(` t="inlineStr"><is><t xml:space="preserve">` + escape(fit.Clip(c.Text, 32_000)) + `</t></is></c>`)
	default:
		b.WriteString(`/>`)
	}
}
