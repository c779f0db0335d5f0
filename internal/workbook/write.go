package workbook

import (
	"fmt"
	"io"
	"strconv"
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
	number map[*canvas]int        // of a sheet's part
	parts  *parts
}

// Write writes the book as xlsx.
func (b Book) Write(out io.Writer) (err error) {
	if len(b.Sheets) == 0 {
		b.Sheets = []Sheet{{Name: "说明"}}
	}
	w := &writer{
		book: b, f: excelize.NewFile(), byName: map[string]string{},
		tables: map[string]placedTable{}, names: map[string]bool{}, number: map[*canvas]int{}, parts: newParts(out),
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
	if err := w.formulas(); err != nil {
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
	w.f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return w.parts })
	return w.f.Write(io.Discard)
}

// layout lays all sheets out before any is written.
func (w *writer) layout() error {
	taken, fixed := map[string]bool{}, w.book.fixed()
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
		c, err := lay(name, s, fixed)
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
		w.number[c] = i + 1
	}
	for _, c := range w.sheets {
		c.dropEmpty(w.tables)
	}
	return nil
}

// sheet makes one sheet's frame; its rows are written by parts.
func (w *writer) sheet(c *canvas) error {
	if err := w.page(c); err != nil {
		return err
	}
	for i, width := range c.widths {
		if err := w.f.SetColWidth(c.name, columnName(i+1), columnName(i+1), width); err != nil {
			return err
		}
	}
	if err := w.freeze(c); err != nil {
		return err
	}
	var err error
	if w.parts.ids[c], err = w.ids(c); err != nil {
		return err
	}
	w.parts.sheets[fmt.Sprintf("xl/worksheets/sheet%d.xml", w.number[c])] = c
	return w.around(c)
}

// fixed are the tables that are drawn from or calculated with.
func (b Book) fixed() map[string]bool {
	out := map[string]bool{}
	derived := func(n *Derived) {
		if n != nil {
			out[n.Table] = true
		}
	}
	for _, s := range b.Sheets {
		for _, block := range s.Blocks {
			switch x := block.(type) {
			case Charts:
				for _, ch := range x.Items {
					out[ch.Table] = true
				}
			case Figures:
				for _, f := range x.Items {
					derived(f.Value.From)
					if f.Trend != nil {
						out[f.Trend.Table] = true
					}
				}
			case Table:
				if len(x.Rows) > mostRepeats { // a list: nothing is calculated in it
					continue
				}
				for _, r := range x.Rows {
					for _, v := range r {
						if c, ok := v.(Cell); ok {
							derived(c.From)
						}
					}
				}
			}
		}
	}
	return out
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
func (w *writer) freeze(c *canvas) error {
	if c.freeze == 0 || c.freeze >= len(c.rows) || c.sheet.Grid > 0 {
		return nil
	}
	cell, pane := fmt.Sprintf("%s%d", columnName(c.keep+1), c.freeze+1), "bottomLeft"
	if c.keep > 0 {
		pane = "bottomRight"
	}
	return w.f.SetPanes(c.name, &excelize.Panes{
		Freeze: true, XSplit: c.keep, YSplit: c.freeze, TopLeftCell: cell, ActivePane: pane,
		Selection: []excelize.Selection{{SQRef: cell, ActiveCell: cell, Pane: pane}},
	})
}

// around adds what refers to cells: filter, links, charts, sparklines, names.
func (w *writer) around(c *canvas) error {
	if c.filter != nil {
		if err := w.f.AutoFilter(c.name, c.filter.String(), nil); err != nil {
			return err
		}
	}
	yes := true // after the filter, which would undo it
	props := excelize.SheetPropsOptions{FitToPage: &yes}
	if grey := "FF" + rule; c.dense() { // lists stand back behind what is read
		props.TabColorRGB = &grey
	}
	if err := w.f.SetSheetProps(c.name, &props); err != nil {
		return err
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
	for n, p := range c.logos {
		if err := w.picture(c, n, p); err != nil {
			return fmt.Errorf("logo: %w", err)
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
		if p.chart.Kind == Bars || p.chart.Kind == Funnel {
			roof = highest * max(1.22, 1+0.055*float64(len(Number{Value: highest, Format: p.chart.Format}.Show())))
		}
		x.YAxis.Maximum = &roof
	}
	w.remember(t, p.chart)
	cell, _ := excelize.CoordinatesToCellName(p.col, p.row)
	return w.f.AddChart(c.name, cell, x)
}

// canvasOf is the sheet on which a table stands.
func (w *writer) canvasOf(t placedTable) *canvas {
	for _, c := range w.sheets {
		if c.name == t.sheet {
			return c
		}
	}
	return nil
}

// value is what a cell of the canvas holds.
func (c *canvas) value(col, rowNo int) any {
	r := &c.rows[rowNo-1]
	if r.list != nil {
		return r.at(col - 1).value
	}
	if cells := r.cells; len(cells) >= col {
		return cells[col-1].value
	}
	return nil
}

// highest is the largest value that a chart draws.
func (w *writer) highest(t placedTable, ch Chart) float64 {
	out := 0.0
	first, last := ch.rows(t)
	c := w.canvasOf(t)
	for _, title := range ch.Series {
		col := t.column(title)
		for r := first; r <= last; r++ {
			if f, ok := number(c.value(col, r)); ok {
				out = max(out, f)
			}
		}
	}
	return out
}

// remember keeps the values of a chart's references.
func (w *writer) remember(t placedTable, ch Chart) {
	first, last := ch.rows(t)
	c := w.canvasOf(t)
	cat := t.column(ch.Category)
	w.cache("strCache", c, area{cat, first, cat, last})
	for _, title := range ch.Series {
		col := t.column(title)
		w.cache("strCache", c, area{col, t.head, col, t.head})
		w.cache("numCache", c, area{col, first, col, last})
	}
}

func (w *writer) cache(kind string, c *canvas, a area) {
	key := kind + " " + at(c.name, a)
	if w.parts.caches[key] != "" {
		return
	}
	var b []byte
	if kind == "numCache" {
		b = append(b, "<formatCode>General</formatCode>"...)
	}
	b = fmt.Appendf(b, `<ptCount val="%d"></ptCount>`, a.row2-a.row1+1)
	for r := a.row1; r <= a.row2; r++ {
		v := c.value(a.col1, r)
		f, isNumber := number(v)
		if v == nil || kind == "numCache" && !isNumber {
			continue
		}
		b = fmt.Appendf(b, `<pt idx="%d"><v>`, r-a.row1)
		if isNumber {
			b = strconv.AppendFloat(b, f, 'g', -1, 64)
		} else {
			b = appendText(b, textOf(Cell{Value: v}))
		}
		b = append(b, "</v></pt>"...)
	}
	w.parts.caches[key] = string(b)
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
