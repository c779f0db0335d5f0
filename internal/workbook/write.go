package workbook

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// writer is one book on its way into a file.
type writer struct {
	book   Book
	f      *excelize.File
	styles styles
	sheets []*canvas
	byName map[string]string      // declared sheet name → safe one
	tables map[string]placedTable // by ID
	names  map[string]bool        // defined names taken
	row    []any                  // reused
}

// Write writes the book as xlsx.
func (b Book) Write(out io.Writer) (err error) {
	if len(b.Sheets) == 0 {
		b.Sheets = []Sheet{{Name: "说明"}}
	}
	w := &writer{
		book: b, f: excelize.NewFile(), byName: map[string]string{},
		tables: map[string]placedTable{}, names: map[string]bool{},
	}
	defer func() {
		if cerr := w.f.Close(); err == nil {
			err = cerr
		}
	}()
	if err := w.f.SetDefaultFont(fontUnit); err != nil {
		return err
	}
	w.styles = styles{f: w.f, ids: map[style]int{}}
	if err := w.layout(); err != nil {
		return err
	}
	for _, c := range w.sheets {
		if err := w.sheet(c); err != nil {
			return fmt.Errorf("sheet %q: %w", c.name, err)
		}
	}
	if err := w.props(); err != nil {
		return err
	}
	w.f.SetActiveSheet(0)
	return w.f.Write(out)
}

// layout lays all sheets out before any is written.
func (w *writer) layout() error {
	taken := map[string]bool{}
	for i, s := range w.book.Sheets {
		name := uniqueName(s.Name, taken)
		if _, ok := w.byName[s.Name]; !ok {
			w.byName[s.Name] = name
		}
		if i == 0 {
			if err := w.f.SetSheetName("Sheet1", name); err != nil {
				return err
			}
		} else if _, err := w.f.NewSheet(name); err != nil {
			return err
		}
		c, err := lay(name, s)
		if err != nil {
			return err
		}
		for id, t := range c.tables {
			if _, ok := w.tables[id]; ok && id != "" {
				return fmt.Errorf("sheet %q: table %q is there twice", s.Name, id)
			}
			w.tables[id] = t
		}
		w.sheets = append(w.sheets, c)
	}
	for _, c := range w.sheets {
		c.dropEmpty(w.tables)
	}
	return nil
}

// sheet writes one sheet: what precedes the rows, the rows, what follows.
func (w *writer) sheet(c *canvas) error {
	if err := w.page(c); err != nil {
		return err
	}
	if len(c.trends) > 0 {
		return w.small(c)
	}
	sw, err := w.f.NewStreamWriter(c.name)
	if err != nil {
		return err
	}
	for i := len(c.widths); i > 0; i-- { // the stream puts the latest first, and the order must ascend
		if err := sw.SetColWidth(i, i, c.widths[i-1]); err != nil {
			return err
		}
	}
	if err := w.freeze(c, sw.SetPanes); err != nil {
		return err
	}
	if err := w.rows(sw, c); err != nil {
		return err
	}
	if err := w.around(c); err != nil {
		return err
	}
	return sw.Flush()
}

func (w *writer) rows(sw *excelize.StreamWriter, c *canvas) error {
	ids, err := w.ids(c)
	if err != nil {
		return err
	}
	for i, r := range c.rows {
		w.row = w.row[:0]
		for _, x := range r.cells {
			if x.style == 0 {
				w.row = append(w.row, nil)
				continue
			}
			w.row = append(w.row, excelize.Cell{StyleID: ids[x.style-1], Value: x.value})
		}
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := sw.SetRow(cell, w.row, excelize.RowOpts{Height: r.height}); err != nil {
			return err
		}
	}
	for _, m := range c.merges {
		from, to, _ := strings.Cut(m.String(), ":")
		if err := sw.MergeCell(from, to); err != nil {
			return err
		}
	}
	return nil
}

// small writes a sheet cell by cell: excelize's stream leaves out extensions,
// of which sparklines are one.
func (w *writer) small(c *canvas) error {
	for i, width := range c.widths {
		if err := w.f.SetColWidth(c.name, columnName(i+1), columnName(i+1), width); err != nil {
			return err
		}
	}
	if err := w.freeze(c, func(p *excelize.Panes) error { return w.f.SetPanes(c.name, p) }); err != nil {
		return err
	}
	ids, err := w.ids(c)
	if err != nil {
		return err
	}
	for i, r := range c.rows {
		if r.height > 0 {
			if err := w.f.SetRowHeight(c.name, i+1, r.height); err != nil {
				return err
			}
		}
		for j, x := range r.cells {
			if x.style == 0 {
				continue
			}
			cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
			if err := w.f.SetCellValue(c.name, cell, x.value); err != nil {
				return err
			}
			if err := w.f.SetCellStyle(c.name, cell, cell, ids[x.style-1]); err != nil {
				return err
			}
		}
	}
	for _, m := range c.merges {
		from, to, _ := strings.Cut(m.String(), ":")
		if err := w.f.MergeCell(c.name, from, to); err != nil {
			return err
		}
	}
	return w.around(c)
}

// ids are the file's styles for a canvas's looks.
func (w *writer) ids(c *canvas) ([]int, error) {
	out := make([]int, len(c.looks))
	for i, st := range c.looks {
		id, err := w.styles.id(st)
		if err != nil {
			return nil, err
		}
		out[i] = id
	}
	return out, nil
}

// freeze keeps a sheet's head on screen.
func (w *writer) freeze(c *canvas, set func(*excelize.Panes) error) error {
	if c.freeze == 0 || c.freeze >= len(c.rows) || c.sheet.Grid > 0 {
		return nil
	}
	cell := fmt.Sprintf("A%d", c.freeze+1)
	return set(&excelize.Panes{
		Freeze: true, YSplit: c.freeze, TopLeftCell: cell, ActivePane: "bottomLeft",
		Selection: []excelize.Selection{{SQRef: cell, ActiveCell: cell, Pane: "bottomLeft"}},
	})
}

// around adds what refers to cells: filter, links, charts, sparklines, names.
func (w *writer) around(c *canvas) error {
	if c.filter != nil {
		if err := w.f.AutoFilter(c.name, c.filter.String(), nil); err != nil {
			return err
		}
	}
	for _, r := range c.breaks {
		if err := w.f.InsertPageBreak(c.name, fmt.Sprintf("A%d", r)); err != nil {
			return err
		}
	}
	for _, l := range c.links {
		goal, ok := w.goal(l.link)
		if !ok {
			return fmt.Errorf("%s: link to unknown sheet %q or table %q", l.cell, l.link.Sheet, l.link.Table)
		}
		if err := w.f.SetCellHyperLink(c.name, l.cell, goal, "Location"); err != nil {
			return err
		}
	}
	for _, p := range c.charts {
		if err := w.chart(c, p); err != nil {
			return err
		}
	}
	for _, t := range c.trends {
		p, ok := w.tables[t.trend.Table]
		col := p.column(t.trend.Column)
		if !ok || col == 0 {
			return fmt.Errorf("%s: sparkline of unknown table %q or column %q", t.cell, t.trend.Table, t.trend.Column)
		}
		if p.first == p.last {
			continue
		}
		if err := w.f.AddSparkline(c.name, &excelize.SparklineOptions{
			Location: []string{t.cell}, Range: []string{at(p.sheet, area{col, p.first, col, p.last})},
			SeriesColor: "#" + blue, LastColor: "#" + red, Last: true, Weight: 1.25,
		}); err != nil {
			return err
		}
	}
	return w.definedNames(c)
}

func (w *writer) goal(l Link) (string, bool) {
	if l.Table != "" {
		t, ok := w.tables[l.Table]
		return quoteSheet(t.sheet) + fmt.Sprintf("!A%d", t.anchor), ok
	}
	name, ok := w.byName[l.Sheet]
	return quoteSheet(name) + "!A1", ok
}

func (w *writer) chart(c *canvas, p placedChart) error {
	t, ok := w.tables[p.chart.Table]
	if !ok {
		return fmt.Errorf("chart %q: no table %q", p.chart.Title, p.chart.Table)
	}
	x, err := p.chart.draw(t)
	if err != nil {
		return err
	}
	x.Dimension = excelize.ChartDimension{Width: uint(max(p.width, 60)), Height: uint(p.height*chartRowPixels - 6)}
	if highest := w.highest(t, p.chart); p.chart.Labels && highest > 0 {
		roof := highest * 1.18 // room for the label at the longest bar
		x.YAxis.Maximum = &roof
	}
	cell, _ := excelize.CoordinatesToCellName(p.col, p.row)
	return w.f.AddChart(c.name, cell, x)
}

// highest is the largest value that a chart draws.
func (w *writer) highest(t placedTable, ch Chart) float64 {
	out := 0.0
	first, last := ch.rows(t)
	for _, c := range w.sheets {
		if c.name != t.sheet {
			continue
		}
		for _, title := range ch.Series {
			col := t.column(title)
			for r := first; r <= last; r++ {
				if cells := c.rows[r-1].cells; len(cells) >= col {
					if f, ok := number(cells[col-1].value); ok {
						out = max(out, f)
					}
				}
			}
		}
	}
	return out
}

// props writes the document properties.
func (w *writer) props() error {
	p := w.book.Props
	created := p.Created.UTC().Format(time.RFC3339)
	if p.Created.IsZero() {
		created = "2000-01-01T00:00:00Z"
	}
	if err := w.f.SetDocProps(&excelize.DocProperties{
		Title: cellText(w.book.Title), Subject: cellText(p.Subject), Creator: cellText(p.Creator),
		LastModifiedBy: cellText(p.Creator), Description: cellText(p.Description), Keywords: cellText(p.Keywords),
		Category: cellText(p.Category), Created: created, Modified: created, Language: "zh-CN",
	}); err != nil {
		return err
	}
	for _, c := range p.Custom {
		if err := w.f.SetCustomProps(excelize.CustomProperty{Name: c.Name, Value: c.Value}); err != nil {
			return fmt.Errorf("document property %q: %w", c.Name, err)
		}
	}
	return nil
}
