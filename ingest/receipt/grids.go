package receipt

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"taizhang/ingest/fit"
	"taizhang/ingest/sheet"
	"taizhang/internal/opc"
)

// page is a sheet to be drawn again. Its rows come in ascending order, each
// valid during the call only; the merged cells are known after them.
type page struct {
	name   string
	hidden bool
	rows   func(func(*sheet.Row) error) ([]sheet.Range, error)
}

// errUnsorted: the rows of a broken file come out of order, so they have to be held and sorted first.
var errUnsorted = errors.New("receipt: rows out of order")

// ofGrid is a sheet that is held in memory.
func ofGrid(g *sheet.Grid) page {
	return page{g.Name, g.Hidden, func(do func(*sheet.Row) error) ([]sheet.Range, error) {
		for i := range g.Rows {
			if err := do(&g.Rows[i]); err != nil {
				return nil, err
			}
		}
		return g.Merged, nil
	}}
}

// ofBook is a sheet that is read as it is drawn.
func ofBook(b *sheet.Book, i int) page {
	s := b.Sheets()[i]
	return page{s.Name, s.Hidden, func(do func(*sheet.Row) error) ([]sheet.Range, error) {
		last := 0
		return b.Walk(i, func(r *sheet.Row) error {
			if r.N <= last || !slices.IsSortedFunc(r.Cells, byColumn) {
				return errUnsorted
			}
			last = r.N
			return do(r)
		})
	}}
}

// byColumn puts a cell that is given twice out of order, too.
func byColumn(a, b sheet.Cell) int {
	if a.Col == b.Col {
		return 1
	}
	return cmp.Compare(a.Col, b.Col)
}

// gridBook draws a workbook from what was read of a file: values, number
// formats, merged cells and hidden rows, and, where the format tells, how its
// sheets look (by name; may be nil). A million rows pass through it without
// being held.
func gridBook(pages []page, looks map[string]*sheet.Looks) ([]byte, error) {
	var buf bytes.Buffer
	zw := opc.NewWriter(&buf, opc.Fast)
	formats := &formats{ids: map[cellFormat]int{}}
	var types, book, rels strings.Builder
	for i, g := range pages {
		part := fmt.Sprintf("worksheets/sheet%d.xml", i+1)
		out, err := zw.Create("xl/" + part)
		if err == nil {
			err = drawSheet(out, g, looks[g.name], formats)
		}
		if err != nil {
			return nil, err
		}
		state := ""
		if g.hidden {
			state = ` state="hidden"`
		}
		fmt.Fprintf(&types, `<Override PartName="/xl/%s" ContentType="%s"/>`, part, typeSheet)
		fmt.Fprintf(&book, `<sheet name="%s" sheetId="%d"%s r:id="rId%d"/>`, escape(g.name), i+1, state, i+1)
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
		if err := zw.Put(part[0], []byte(xmlHead+part[1])); err != nil {
			return nil, err
		}
	}
	if err := zw.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// named gives the sheets names that Excel takes: a CSV has none, HTML may have
// any; and which name of a sheet became which. An earlier 回执 is left out.
func named(pages []page) (out []page, names map[string]string) {
	names, taken := map[string]string{}, map[string]bool{SheetName: true}
	for i, g := range pages {
		if g.name == SheetName {
			continue
		}
		name := fit.SheetName(g.name, i+1)
		for n, base := 2, []rune(name); taken[strings.ToLower(name)]; n++ {
			name = string(base[:min(len(base), 27)]) + strconv.Itoa(n)
		}
		taken[strings.ToLower(name)] = true
		names[g.name] = name
		g.name = name
		out = append(out, g)
	}
	return out, names
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
