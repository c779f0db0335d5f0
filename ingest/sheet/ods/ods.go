// Package ods reads OpenDocument spreadsheets (ODF 1.3).
//
// Words: a table is a sheet; a cell has a typed value and the text that is shown;
// a style names another it builds on.
//
// What a cell's type means is read in ods.go, its text in text.go; format.go
// tells from value and text together how the value is shown.
package ods

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/stored"
	"taizhang/internal/opc"
	"taizhang/internal/xmlscan"
)

// book is an OpenDocument spreadsheet (ODF 1.3 part 3, 9).
type book struct {
	pack   *opc.Package
	lim    sheet.Limits
	struck map[string]bool // styles with a line through the text
	inks   map[string]ink  // styles whose text has a colour, or whose cells have one
	said   []sheet.Comment // of the sheet read last
	unseen []sheet.Stretch // its hidden columns
}

// Open reads the list of tables.
func Open(p *opc.Package, lim sheet.Limits) (*sheet.Book, error) {
	if err := refusePassword(p); err != nil {
		return nil, err
	}
	o := &book{pack: p, lim: lim, struck: map[string]bool{}, inks: map[string]ink{}}
	l := &tableList{o: o, b: sheet.New(sheet.ODS, lim, o), hidden: map[string]bool{}}
	r, err := p.Part("content.xml")
	if err != nil {
		return nil, err
	}
	defer r.Close()
	size := r.Left()
	x, err := xmlscan.New(r, lim.XML())
	if err != nil {
		return nil, err
	}
	defer x.Release()
	x.DocType = true
	for {
		found, err := x.NextStart()
		if err != nil {
			return nil, err
		}
		if !found {
			break
		}
		if l.element(x); len(l.b.Sheets()) > lim.Sheets {
			return nil, sheet.Refuse(sheet.TooLarge, "more than %d sheets", lim.Sheets)
		}
	}
	switch {
	case !l.spreadsheet:
		return nil, sheet.RefuseAs(sheet.NotASheet, "这是 OpenDocument 文件，但不是电子表格。请报送表格文件（.ods、.xlsx）。", "no office:spreadsheet")
	case len(l.b.Sheets()) == 0:
		return nil, sheet.Damage("ods without sheets")
	case size*int64(len(l.b.Sheets())) > sheet.MaxRescan:
		return nil, sheet.Refuse(sheet.TooLarge, "%d sheets in %d bytes", len(l.b.Sheets()), size)
	}
	if p.Has("Basic/script-lc.xml") {
		l.b.Macros = true
	}
	return l.b, nil
}

// refusePassword refuses a workbook with a password, which the whole package or its parts may have.
func refusePassword(p *opc.Package) error {
	if p.Has("encrypted-package") {
		return sheet.Refuse(sheet.Password, "ods, whole package")
	}
	if !p.Has("META-INF/manifest.xml") {
		return nil
	}
	m, err := p.Read("META-INF/manifest.xml", sheet.MetaBytes)
	if err == nil && bytes.Contains(m, []byte("encryption-data")) {
		err = sheet.Refuse(sheet.Password, "ods")
	}
	return err
}

// ink is the colour of a style's text and of what stands behind it (ODF 20.182 fo:color, 20.179 fo:background-color).
type ink struct{ text, behind string }

// faint says whether a text is of the colour behind it.
func (k ink) faint() bool {
	behind := k.behind
	if behind == "" {
		behind = "#ffffff"
	}
	return strings.EqualFold(k.text, behind)
}

// tableList finds the tables of the content, and the styles that hide them or strike their cells through.
type tableList struct {
	o           *book
	b           *sheet.Book
	hidden      map[string]bool // styles of tables
	style       string          // the one at hand
	spreadsheet bool
}

func (l *tableList) element(x *xmlscan.Scanner) {
	switch string(x.Name) {
	case "style":
		l.style = x.AttrString("name")
	case "table-properties":
		if v, _ := x.Attr("display"); string(v) == "false" {
			l.hidden[l.style] = true
		}
	case "table-cell-properties":
		if v := x.AttrString("background-color"); v != "" && v != "transparent" {
			l.o.inks[l.style] = ink{l.o.inks[l.style].text, v}
		}
	case "text-properties":
		if v := x.AttrString("color"); v != "" {
			l.o.inks[l.style] = ink{v, l.o.inks[l.style].behind}
		}
		for _, name := range []string{"text-line-through-style", "text-line-through-type"} { // either alone will do
			if v, _ := x.Attr(name); len(v) > 0 && string(v) != "none" {
				l.o.struck[l.style] = true
			}
		}
	case "spreadsheet":
		l.spreadsheet = true
	case "table":
		if x.Depth == 4 {
			l.b.Add(sheet.SheetInfo{Name: x.AttrString("name"), Hidden: l.hidden[x.AttrString("style-name")]})
		}
	}
}

// scan reads one table.
type scan struct {
	x      *xmlscan.Scanner
	lim    sheet.Limits
	fn     func(*sheet.Row) error
	ar     stored.Arena
	row    sheet.Row
	text   []byte
	n      int // rows so far
	cells  int // cells made by repetition
	merged []sheet.Range

	columns int // declared so far
	unseen  []sheet.Stretch

	inks   map[string]ink
	struck map[string]bool // styles of cells and of spans (ODF 20.383 style:text-line-through-style)
	runs   stored.Runs     // of the text at hand
	said   []sheet.Comment
}

// HiddenColumns implements [sheet.Concealing].
func (o *book) HiddenColumns() []sheet.Stretch { return o.unseen }

// Each implements [sheet.Source].
func (o *book) Each(i int, fn func(*sheet.Row) error) ([]sheet.Range, error) {
	r, err := o.pack.Part("content.xml")
	if err != nil {
		return nil, err
	}
	defer r.Close()
	x, err := xmlscan.New(r, o.lim.XML())
	if err != nil {
		return nil, err
	}
	defer x.Release()
	x.DocType = true
	s := &scan{x: x, lim: o.lim, fn: fn, struck: o.struck, inks: o.inks}
	at := -1
	for {
		t, err := x.Next()
		if err != nil || t == xmlscan.EOF {
			o.said, o.unseen = s.said, s.unseen
			return s.merged, err
		}
		if t != xmlscan.Start || x.Depth != 4 || string(x.Name) != "table" {
			continue
		}
		if at++; at == i {
			if err := s.table(); err != nil {
				return nil, err
			}
		}
	}
}

// table reads a table:table whose start was just told.
func (s *scan) table() error {
	return s.x.Elements(func() error {
		switch string(s.x.Name) {
		case "table-row":
			return s.tableRow()
		case "table-column":
			n := min(max(1, s.x.AttrInt("number-columns-repeated", 1)), 1<<14)
			if v, _ := s.x.Attr("visibility"); string(v) == "collapse" || string(v) == "filter" {
				s.unseen = sheet.AddStretch(s.unseen, s.columns+1, s.columns+n)
			}
			s.columns += n
		case "table-header-rows", "table-rows", "table-row-group", "table-header-columns", "table-columns", "table-column-group": // what they hold is the table's
			return nil
		}
		return s.x.Skip()
	})
}

// tableRow reads a row and hands it out as often as it repeats.
func (s *scan) tableRow() error {
	x := s.x
	repeat := max(1, x.AttrInt("number-rows-repeated", 1))
	v, _ := x.Attr("visibility")
	s.row.Hidden = string(v) == "collapse" || string(v) == "filter"
	s.row.Cells = s.row.Cells[:0]
	s.row.N = s.n + 1
	col := 0
	err := x.Elements(func() error {
		switch string(x.Name) {
		case "table-cell", "covered-table-cell":
			return s.tableCell(&col)
		case "table-header-columns", "table-columns", "table-column-group":
			return nil
		}
		return x.Skip()
	})
	if err != nil {
		return err
	}
	if len(s.row.Cells) == 0 {
		s.n += min(repeat, 1<<30)
		return nil
	}
	if s.n+repeat > s.lim.Rows || repeat > s.lim.Rows {
		return sheet.Refuse(sheet.TooLarge, "row %d", s.n+repeat)
	}
	if repeat > 1 {
		if s.cells += repeat * len(s.row.Cells); s.cells > s.lim.Cells {
			return sheet.Refuse(sheet.TooLarge, "more than %d repeated cells", s.lim.Cells)
		}
	}
	for range repeat {
		s.n++
		s.row.N = s.n
		for i := range s.row.Cells {
			s.row.Cells[i].Row = s.n
		}
		if err := s.fn(&s.row); err != nil {
			return err
		}
	}
	return nil
}

// tableCell reads one cell and appends it as often as it repeats; col is the
// last column taken.
func (s *scan) tableCell(col *int) error {
	x := s.x
	repeat := min(max(1, x.AttrInt("number-columns-repeated", 1)), 1<<30)
	c := sheet.Cell{Row: s.n + 1, Col: *col + 1}
	at := *col + 1
	*col += repeat
	if *col > sheet.MaxIndex {
		return sheet.Refuse(sheet.TooLarge, "column %d", *col)
	}
	if w, h := x.AttrInt("number-columns-spanned", 1), x.AttrInt("number-rows-spanned", 1); w > 1 || h > 1 {
		if len(s.merged) >= s.lim.Merged {
			return sheet.Refuse(sheet.TooLarge, "merged cell %s", c.Ref())
		}
		w, h = min(w, s.lim.Columns), min(h, s.lim.Rows)
		s.merged = append(s.merged, sheet.Range{Top: c.Row, Left: at, Bottom: c.Row + max(h, 1) - 1, Right: at + max(w, 1) - 1})
	}
	style, _ := x.Attr("style-name")
	c.Struck, c.Unseen = sheet.StrikeIf(s.struck[string(style)]), s.inks[string(style)].faint()
	_, c.Formula = x.Attr("formula")
	typ, value := s.typedValue()
	if err := s.cellText(c.Row, at); err != nil {
		return err
	}
	c.Struck = s.runs.Strike(c.Struck)
	if err := s.read(&c, typ, value); err != nil {
		return err
	}
	if c.Kind == sheet.Empty && !c.NoValue || c.Kind == sheet.Text && c.Text == "" {
		return nil
	}
	return s.repeat(c, repeat, *col)
}

// typedValue gives the type of a cell and the attribute that holds a value of that type (ODF 1.3 part 3, 19.385 and following).
func (s *scan) typedValue() (typ, value string) {
	switch typ = s.x.AttrString("value-type"); typ {
	case "float", "percentage", "currency":
		return typ, s.x.AttrString("value")
	case "date", "time", "boolean", "string":
		return typ, s.x.AttrString(typ + "-value")
	}
	return typ, ""
}

// read fills in a cell of a type whose text has been collected.
func (s *scan) read(c *sheet.Cell, typ, value string) error {
	switch typ {
	case "float", "percentage", "currency":
		return s.readNumber(c, typ == "percentage", value)
	case "date", "time":
		var ok bool
		if c.Kind, c.Num, c.Text, ok = s.ar.ISOValue(value); !ok {
			c.Kind, c.Text = sheet.Text, s.ar.Add(s.text)
		} else if c.Kind == sheet.Date {
			c.Format = shownDate(s.text)
		}
		return nil
	case "boolean":
		c.Kind, c.Text = sheet.Bool, "FALSE"
		if value == "true" {
			c.Num, c.Text = 1, "TRUE"
		}
		return nil
	}
	return s.readText(c, typ, value)
}

func (s *scan) readNumber(c *sheet.Cell, percent bool, value string) error {
	num, t, ok := s.ar.Number([]byte(strings.TrimSpace(value)))
	switch text := s.text; {
	case value == "" && len(text) == 0:
		c.NoValue = c.Formula
	case len(text) > 0 && errorName(text) && string(text) != "#NAME?":
		// Programs store 0 beside an error. #NAME? only says that the last of
		// them didn't know the function, whose value may have been kept.
		c.Kind, c.Text = sheet.Error, s.ar.Add(text)
	case !ok && stored.NotANumber([]byte(strings.TrimSpace(value))):
		c.Kind, c.Text = sheet.Error, "#NUM!"
	case !ok:
		return sheet.Damage("number %.40q in cell %s", value, c.Ref())
	default:
		c.Kind, c.Num, c.Text, c.Percent = sheet.Number, num, t, percent
		if !percent {
			c.Format = shownNumber(num, text)
		}
	}
	return nil
}

func (s *scan) readText(c *sheet.Cell, typ, value string) error {
	text := s.text
	if len(text) == 0 && value != "" {
		text = []byte(value)
	}
	if len(text) == 0 {
		c.NoValue = c.Formula && typ == ""
		return nil
	}
	if !utf8.Valid(text) {
		return sheet.Damage("cell %s is not UTF-8", c.Ref())
	}
	c.Kind, c.Text = sheet.Text, s.ar.Add(text)
	if c.Formula && errorName(text) {
		c.Kind = sheet.Error
	}
	return nil
}

// repeat appends a cell as often as it repeats; last is its last column.
func (s *scan) repeat(c sheet.Cell, times, last int) error {
	if last > s.lim.Columns {
		return sheet.Refuse(sheet.TooLarge, "column %d", last)
	}
	if times > 1 {
		if s.cells += times; s.cells > s.lim.Cells {
			return sheet.Refuse(sheet.TooLarge, "more than %d repeated cells", s.lim.Cells)
		}
	}
	for range times {
		s.row.Cells = append(s.row.Cells, c)
		c.Col++
	}
	return nil
}

// errorName knows the errors a spreadsheet shows.
func errorName(t []byte) bool {
	switch string(t) {
	case "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!":
		return true
	}
	return bytes.HasPrefix(t, []byte("Err:"))
}
