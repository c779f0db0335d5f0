package data

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// xlsx writes grids as a workbook.
func xlsx(grids []*grid, author, created string) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	w := &writer{f: f, styles: map[string]int{}}
	for i, g := range grids {
		if i == 0 {
			if err := f.SetSheetName("Sheet1", g.name); err != nil {
				return nil, err
			}
		} else if _, err := f.NewSheet(g.name); err != nil {
			return nil, err
		}
		if err := w.sheet(g); err != nil {
			return nil, fmt.Errorf("%s: %w", g.name, err)
		}
	}
	err := f.SetDocProps(&excelize.DocProperties{Creator: author, LastModifiedBy: author, Created: created, Modified: created})
	if err != nil {
		return nil, err
	}
	buf, err := f.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	if !w.formulas {
		return buf.Bytes(), nil
	}
	return numericFormulas(buf.Bytes())
}

type writer struct {
	f        *excelize.File
	styles   map[string]int
	formulas bool
}

func (w *writer) sheet(g *grid) error {
	f := w.f
	for i, width := range g.widths {
		name := columnName(i + 1)
		if err := f.SetColWidth(g.name, name, name, width); err != nil {
			return err
		}
	}
	for r, row := range g.rows {
		for c, cell := range row.cells {
			ref := columnName(c+1) + fmt.Sprint(r+1)
			if err := w.cell(g, ref, cell); err != nil {
				return err
			}
		}
		if row.height > 0 {
			if err := f.SetRowHeight(g.name, r+1, row.height); err != nil {
				return err
			}
		}
		if row.hidden {
			if err := f.SetRowVisible(g.name, r+1, false); err != nil {
				return err
			}
		}
	}
	for _, m := range g.merges {
		from, to := columnName(m[1])+fmt.Sprint(m[0]), columnName(m[3])+fmt.Sprint(m[2])
		if err := f.MergeCell(g.name, from, to); err != nil {
			return err
		}
	}
	// excelize leaves A1, and some readers believe it and lose the rest
	if err := f.SetSheetDimension(g.name, fmt.Sprintf("A1:%s%d", columnName(len(g.widths)), len(g.rows))); err != nil {
		return err
	}
	if g.hidden {
		return f.SetSheetVisible(g.name, false)
	}
	if g.head > 0 {
		top := fmt.Sprintf("A%d", g.head+1)
		err := f.SetPanes(g.name, &excelize.Panes{Freeze: true, YSplit: g.head, TopLeftCell: top, ActivePane: "bottomLeft"})
		if err != nil {
			return err
		}
	}
	a4, landscape, wide, tall, fit := 9, "landscape", 1, 0, true
	if err := f.SetPageLayout(g.name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &tall}); err != nil {
		return err
	}
	return f.SetSheetProps(g.name, &excelize.SheetPropsOptions{FitToPage: &fit})
}

func (w *writer) cell(g *grid, ref string, c gridCell) error {
	var err error
	switch v := c.v.(type) {
	case nil:
	case date:
		// days since 1899-12-30, as Excel counts
		err = w.f.SetCellInt(g.name, ref, int64(v)+25569)
	case int:
		err = w.f.SetCellInt(g.name, ref, int64(v))
	default:
		err = w.f.SetCellValue(g.name, ref, v)
	}
	if err == nil && c.formula != "" {
		w.formulas = true
		err = w.f.SetCellFormula(g.name, ref, c.formula)
	}
	if err == nil && c.style != "" {
		var id int
		if id, err = w.style(c.style, g.look); err == nil {
			err = w.f.SetCellStyle(g.name, ref, ref, id)
		}
	}
	return err
}

var numberFormats = map[string]string{
	"date:cn": `yyyy"年"m"月"d"日"`, "batch": `"第"0"批"`, "ym": `yyyy"年"m"月"`,
}

func (w *writer) style(name string, l look) (int, error) {
	key := name + l.font + l.fill
	if id, ok := w.styles[key]; ok {
		return id, nil
	}
	side := func(t string) excelize.Border { return excelize.Border{Type: t, Color: "000000", Style: 1} }
	s := &excelize.Style{
		Font:      &excelize.Font{Family: l.font, Size: 11},
		Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true},
		Border:    []excelize.Border{side("left"), side("right"), side("top"), side("bottom")},
	}
	switch name {
	case "title":
		s.Font = &excelize.Font{Family: l.titleFont, Size: l.titleSize}
		s.Border = nil
	case "meta", "foot":
		s.Border = nil
		s.Alignment.Horizontal, s.Alignment.WrapText = "left", false
	case "head":
		s.Font.Bold = true
		if l.fill != "" {
			s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{l.fill}}
		}
	case "section":
		s.Font.Bold = true
		s.Alignment.Horizontal = "left"
	case "text":
		s.Alignment.Horizontal = "left"
	case "center":
	case "right":
		s.Alignment.Horizontal = "right"
	case "date":
		s.NumFmt = 14
	case "date:31":
		s.NumFmt = 31
	case "0%":
		s.NumFmt = 9
	default:
		format := name
		if n, ok := numberFormats[name]; ok {
			format = n
		} else {
			s.Alignment.Horizontal = "right"
		}
		s.CustomNumFmt = &format
	}
	id, err := w.f.NewStyle(s)
	w.styles[key] = id
	return id, err
}

// numericFormulas mends a habit of excelize: it marks every formula's stored
// value as text, where Excel stores the sum as a number.
func numericFormulas(content []byte) ([]byte, error) {
	in, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	out := zip.NewWriter(&buf)
	for _, part := range in.File {
		r, err := part.Open()
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(part.Name, "xl/worksheets/sheet") {
			text = bytes.ReplaceAll(text, []byte(` t="str"><f>`), []byte(`><f>`))
		}
		w, err := out.Create(part.Name)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(text); err != nil {
			return nil, err
		}
	}
	if err := out.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
