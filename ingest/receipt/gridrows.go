package receipt

import (
	"io"
	"maps"
	"math"
	"slices"
	"strconv"

	"taizhang/ingest/fit"
	"taizhang/ingest/sheet"
)

const (
	// flushed is how many bytes of a sheet are packed at once.
	flushed = 64 << 10
	// measured is how many rows decide how wide columns are: they stand before the rows in the file.
	measured = 2000
)

// drawer writes the rows of one sheet.
type drawer struct {
	out     io.Writer
	buf     []byte
	looks   *sheet.Looks
	formats *formats
	styled  []int // rows that look like something, ascending, as far as they are to come
	rows    int   // written
	started bool  // what stands before the rows is written
	widths  []int // of the columns so far, in characters
}

// drawSheet writes one sheet; looks may be nil.
func drawSheet(out io.Writer, g page, looks *sheet.Looks, formats *formats) error {
	if looks == nil {
		looks = &sheet.Looks{}
	}
	d := &drawer{out: out, looks: looks, formats: formats, styled: slices.Sorted(maps.Keys(looks.Rows))}
	merged, err := g.rows(func(r *sheet.Row) error {
		if r.N < 1 || r.N > maxRow {
			return nil
		}
		if err := d.until(r.N); err != nil {
			return err
		}
		return d.row(r.N, r)
	})
	if err == nil {
		err = d.until(maxRow + 1)
	}
	if err == nil && !d.started {
		err = d.start()
	}
	if err != nil {
		return err
	}
	d.buf = append(d.buf, `</sheetData>`...)
	d.merges(merged)
	d.buf = append(d.buf, gridPage(looks.Page)+`</worksheet>`...)
	return d.flush()
}

// until writes the rows before n that have no cells and only look like something.
func (d *drawer) until(n int) error {
	for len(d.styled) > 0 && d.styled[0] < n {
		if err := d.row(d.styled[0], nil); err != nil {
			return err
		}
	}
	return nil
}

// row writes a row. The first ones are held until they have shown how wide the columns are.
func (d *drawer) row(n int, r *sheet.Row) error {
	if len(d.styled) > 0 && d.styled[0] == n {
		d.styled = d.styled[1:]
	}
	d.cells(n, r)
	d.rows++
	switch {
	case !d.started && d.rows >= measured:
		return d.start()
	case d.started && len(d.buf) >= flushed:
		return d.flush()
	}
	return nil
}

// start writes what stands before the rows, and the rows held so far.
func (d *drawer) start() error {
	d.started = true
	head := xmlHead + `<worksheet xmlns="` + nsMain + `">`
	if d.looks.Page.Fit {
		head += `<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>`
	}
	head += gridColumns(d.looks, d.widths, d.formats) + `<sheetData>`
	if _, err := io.WriteString(d.out, head); err != nil {
		return err
	}
	return d.flush()
}

func (d *drawer) flush() error {
	_, err := d.out.Write(d.buf)
	d.buf = d.buf[:0]
	return err
}

// cells writes a row's cells, and blank ones that only look like something.
func (d *drawer) cells(n int, r *sheet.Row) {
	look := d.looks.Rows[n]
	if look == nil {
		look = &sheet.RowLook{}
	}
	d.buf = append(d.buf, `<row r="`...)
	d.buf = strconv.AppendInt(d.buf, int64(n), 10)
	d.buf = append(d.buf, '"')
	if look.Height > 0 {
		d.buf = append(d.buf, ` ht="`...)
		d.buf = strconv.AppendFloat(d.buf, min(look.Height, 409), 'g', -1, 64)
		d.buf = append(d.buf, `" customHeight="1"`...)
	}
	var cells []sheet.Cell
	if r != nil {
		cells = r.Cells
		if r.Hidden {
			d.buf = append(d.buf, ` hidden="1"`...)
		}
	}
	d.buf = append(d.buf, '>')
	blank := slices.Sorted(maps.Keys(look.Cells))
	style := func(col int) sheet.Look {
		if k := look.Cells[col]; k > 0 && k < len(d.looks.Styles) {
			return d.looks.Styles[k]
		}
		return sheet.Look{}
	}
	col, k := 0, 0
	fill := func(until int) { // blank cells before a column
		for ; k < len(blank) && blank[k] < until; k++ {
			if blank[k] > col && blank[k] <= maxCol {
				col = blank[k]
				if s := d.formats.id("", style(col)); s > 0 {
					d.begin(n, col, s)
					d.buf = append(d.buf, `/>`...)
				}
			}
		}
	}
	for i := range cells {
		c := &cells[i]
		if c.Col <= col && c.Col > 0 || c.Col < 1 || c.Col > maxCol {
			continue
		}
		fill(c.Col)
		col = c.Col
		d.cell(n, c, style(col))
		d.measure(c)
	}
	fill(maxCol + 1)
	d.buf = append(d.buf, `</row>`...)
}

// measure lets a cell of the first rows say how wide its column is.
func (d *drawer) measure(c *sheet.Cell) {
	if d.started || c.Col > 256 {
		return
	}
	for len(d.widths) < c.Col {
		d.widths = append(d.widths, 8)
	}
	d.widths[c.Col-1] = max(d.widths[c.Col-1], min(fit.Width(fit.Clip(c.Text, 40))+2, 40))
}

// begin writes a cell up to its attributes' end.
func (d *drawer) begin(row, col, style int) {
	d.buf = append(d.buf, `<c r="`...)
	d.buf = append(d.buf, sheet.ColumnName(col)...)
	d.buf = strconv.AppendInt(d.buf, int64(row), 10)
	d.buf = append(d.buf, '"')
	if style > 0 {
		d.buf = append(d.buf, ` s="`...)
		d.buf = strconv.AppendInt(d.buf, int64(style), 10)
		d.buf = append(d.buf, '"')
	}
}

func (d *drawer) cell(row int, c *sheet.Cell, look sheet.Look) {
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
	d.begin(row, c.Col, d.formats.id(code, look))
	switch c.Kind {
	case sheet.Number:
		d.buf = append(d.buf, `><v>`+escape(c.Text)+`</v></c>`...)
	case sheet.Date, sheet.Time:
		d.buf = append(d.buf, `><v>`...)
		d.buf = strconv.AppendFloat(d.buf, c.Num, 'f', -1, 64)
		d.buf = append(d.buf, `</v></c>`...)
	case sheet.Bool:
		d.buf = append(d.buf, ` t="b"><v>`...)
		d.buf = strconv.AppendInt(d.buf, int64(c.Num), 10)
		d.buf = append(d.buf, `</v></c>`...)
	case sheet.Error:
		d.buf = append(d.buf, ` t="e"><v>`+escape(c.Text)+`</v></c>`...)
	case sheet.Text: // also text that looks like a formula
		d.buf = append(d.buf, ` t="inlineStr"><is><t xml:space="preserve">`...)
		d.buf = append(d.buf, escape(fit.Clip(c.Text, 32_000))...)
		d.buf = append(d.buf, `</t></is></c>`...)
	default:
		d.buf = append(d.buf, `/>`...)
	}
}

// merges writes the merged cells that lie within a sheet.
func (d *drawer) merges(merged []sheet.Range) {
	merged = slices.DeleteFunc(slices.Clone(merged), func(m sheet.Range) bool {
		return m.Top < 1 || m.Left < 1 || m.Bottom > maxRow || m.Right > maxCol || m.Top > m.Bottom || m.Left > m.Right || m.Top == m.Bottom && m.Left == m.Right
	})
	if len(merged) == 0 {
		return
	}
	d.buf = append(d.buf, `<mergeCells count="`+strconv.Itoa(len(merged))+`">`...)
	for _, m := range merged {
		d.buf = append(d.buf, `<mergeCell ref="`+sheet.Ref(m.Top, m.Left)+":"+sheet.Ref(m.Bottom, m.Right)+`"/>`...)
	}
	d.buf = append(d.buf, `</mergeCells>`...)
}
