package sheet

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// maxRescan bounds what looking for a sheet inside one XML document may cost:
// every sheet is found by reading all those before it.
const maxRescan = 16 << 30

// odsBook is an OpenDocument spreadsheet (ODF 1.3 part 3, 9).
type odsBook struct {
	pack   *pack
	lim    Limits
	struck map[string]bool // styles with a line through the text
	said   []Comment       // of the sheet read last
}

func openODS(p *pack, lim Limits) (*Book, error) {
	if p.Has("encrypted-package") {
		return nil, refuse(Password, "ods, whole package")
	}
	if p.Has("META-INF/manifest.xml") {
		m, err := p.Read("META-INF/manifest.xml", metaBytes)
		if err != nil {
			return nil, err
		}
		if bytes.Contains(m, []byte("encryption-data")) {
			return nil, refuse(Password, "ods")
		}
	}
	o := &odsBook{pack: p, lim: lim, struck: map[string]bool{}}
	b := &Book{Format: ODS, lim: lim, src: o}
	r, err := p.Part("content.xml")
	if err != nil {
		return nil, err
	}
	defer r.Close()
	size := r.Left()
	x, err := newScan(r, lim)
	if err != nil {
		return nil, err
	}
	defer x.release()
	x.dtd = true
	hidden := map[string]bool{}
	styleName, sheets := "", false
	for {
		found, err := x.nextStart()
		if err != nil {
			return nil, err
		}
		if !found {
			break
		}
		switch string(x.name) {
		case "style":
			styleName = x.attrString("name")
		case "table-properties":
			if v, _ := x.attr("display"); string(v) == "false" {
				hidden[styleName] = true
			}
		case "text-properties":
			for _, name := range []string{"text-line-through-style", "text-line-through-type"} { // either alone will do
				if v, _ := x.attr(name); len(v) > 0 && string(v) != "none" {
					o.struck[styleName] = true
				}
			}
		case "spreadsheet":
			sheets = true
		case "table":
			if x.depth != 4 {
				continue
			}
			b.sheets = append(b.sheets, SheetInfo{x.attrString("name"), hidden[x.attrString("style-name")]})
			if len(b.sheets) > lim.Sheets {
				return nil, refuse(TooLarge, "more than %d sheets", lim.Sheets)
			}
		}
	}
	switch {
	case !sheets:
		return nil, refuseAs(NotASheet, "这是 OpenDocument 文件，但不是电子表格。请报送表格文件（.ods、.xlsx）。", "no office:spreadsheet")
	case len(b.sheets) == 0:
		return nil, damaged("ods without sheets")
	case size*int64(len(b.sheets)) > maxRescan:
		return nil, refuse(TooLarge, "%d sheets in %d bytes", len(b.sheets), size)
	}
	if p.Has("Basic/script-lc.xml") {
		b.Macros = true
	}
	return b, nil
}

// odsScan reads one table.
type odsScan struct {
	x      *xmlScan
	lim    Limits
	fn     func(*Row) error
	ar     arena
	row    Row
	text   []byte
	n      int // rows so far
	cells  int // cells made by repetition
	merged []Range

	struck map[string]bool // styles of cells and of spans (ODF 20.383 style:text-line-through-style)
	runs   runs            // of the text at hand
	said   []Comment
}

// each implements source.
func (o *odsBook) each(i int, fn func(*Row) error) ([]Range, error) {
	r, err := o.pack.Part("content.xml")
	if err != nil {
		return nil, err
	}
	defer r.Close()
	x, err := newScan(r, o.lim)
	if err != nil {
		return nil, err
	}
	defer x.release()
	x.dtd = true
	s := &odsScan{x: x, lim: o.lim, fn: fn, struck: o.struck}
	at := -1
	for {
		t, err := x.next()
		if err != nil || t == tokEOF {
			o.said = s.said
			return s.merged, err
		}
		if t != tokStart || x.depth != 4 || string(x.name) != "table" {
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
func (s *odsScan) table() error {
	x := s.x
	base := x.depth
	for {
		t, err := x.next()
		if err != nil {
			return err
		}
		switch {
		case t == tokEnd && x.depth < base:
			return nil
		case t == tokEOF:
			return damaged("XML ends in the middle")
		case t != tokStart:
		default:
			switch string(x.name) {
			case "table-row":
				err = s.tableRow()
			case "table-header-rows", "table-rows", "table-row-group":
				// their rows are the table's
			default:
				err = x.skip()
			}
			if err != nil {
				return err
			}
		}
	}
}

// tableRow reads a row and hands it out as often as it repeats.
func (s *odsScan) tableRow() error {
	x := s.x
	repeat := max(1, x.attrInt("number-rows-repeated", 1))
	v, _ := x.attr("visibility")
	s.row.Hidden = string(v) == "collapse" || string(v) == "filter"
	s.row.Cells = s.row.Cells[:0]
	s.row.N = s.n + 1
	base, col := x.depth, 0
	for x.depth >= base {
		t, err := x.next()
		if err != nil {
			return err
		}
		if t == tokEOF {
			return damaged("XML ends in the middle")
		}
		if t != tokStart {
			continue
		}
		switch string(x.name) {
		case "table-cell", "covered-table-cell":
			if err := s.tableCell(&col); err != nil {
				return err
			}
		case "table-header-columns", "table-columns", "table-column-group":
		default:
			if err := x.skip(); err != nil {
				return err
			}
		}
	}
	if len(s.row.Cells) == 0 {
		s.n += min(repeat, 1<<30)
		return nil
	}
	if s.n+repeat > s.lim.Rows || repeat > s.lim.Rows {
		return refuse(TooLarge, "row %d", s.n+repeat)
	}
	if repeat > 1 {
		if s.cells += repeat * len(s.row.Cells); s.cells > s.lim.Cells {
			return refuse(TooLarge, "more than %d repeated cells", s.lim.Cells)
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
func (s *odsScan) tableCell(col *int) error {
	x := s.x
	repeat := min(max(1, x.attrInt("number-columns-repeated", 1)), 1<<30)
	c := Cell{Row: s.n + 1, Col: *col + 1}
	at := *col + 1
	*col += repeat
	if *col > maxIndex {
		return refuse(TooLarge, "column %d", *col)
	}
	if w, h := x.attrInt("number-columns-spanned", 1), x.attrInt("number-rows-spanned", 1); w > 1 || h > 1 {
		if len(s.merged) >= s.lim.Merged {
			return refuse(TooLarge, "merged cell %s", c.Ref())
		}
		w, h = min(w, s.lim.Columns), min(h, s.lim.Rows)
		s.merged = append(s.merged, Range{c.Row, at, c.Row + max(h, 1) - 1, at + max(w, 1) - 1})
	}
	style, _ := x.attr("style-name")
	c.Struck = strike(s.struck[string(style)])
	_, c.Formula = x.attr("formula")
	typ, value := s.typedValue()
	if err := s.cellText(c.Row, at); err != nil {
		return err
	}
	c.Struck = s.runs.strike(c.Struck)
	if err := s.read(&c, typ, value); err != nil {
		return err
	}
	if c.Kind == Empty && !c.NoValue || c.Kind == Text && c.Text == "" {
		return nil
	}
	return s.repeat(c, repeat, *col)
}

// typedValue gives the type of a cell and the attribute that holds a value of that type (ODF 1.3 part 3, 19.385 and following).
func (s *odsScan) typedValue() (typ, value string) {
	switch typ = s.x.attrString("value-type"); typ {
	case "float", "percentage", "currency":
		return typ, s.x.attrString("value")
	case "date", "time", "boolean", "string":
		return typ, s.x.attrString(typ + "-value")
	}
	return typ, ""
}

// read fills in a cell of a type whose text has been collected.
func (s *odsScan) read(c *Cell, typ, value string) error {
	switch typ {
	case "float", "percentage", "currency":
		return s.readNumber(c, typ == "percentage", value)
	case "date", "time":
		var ok bool
		if c.Kind, c.Num, c.Text, ok = s.ar.isoValue(value); !ok {
			c.Kind, c.Text = Text, s.ar.add(s.text)
		} else if c.Kind == Date {
			c.Format = shownDate(s.text)
		}
		return nil
	case "boolean":
		c.Kind, c.Text = Bool, "FALSE"
		if value == "true" {
			c.Num, c.Text = 1, "TRUE"
		}
		return nil
	}
	return s.readText(c, typ, value)
}

func (s *odsScan) readNumber(c *Cell, percent bool, value string) error {
	num, t, ok := s.ar.number([]byte(strings.TrimSpace(value)))
	switch text := s.text; {
	case value == "" && len(text) == 0:
		c.NoValue = c.Formula
	case len(text) > 0 && errorName(text) && string(text) != "#NAME?":
		// Programs store 0 beside an error. #NAME? only says that the last of
		// them didn't know the function, whose value may have been kept.
		c.Kind, c.Text = Error, s.ar.add(text)
	case !ok && notANumber([]byte(strings.TrimSpace(value))):
		c.Kind, c.Text = Error, "#NUM!"
	case !ok:
		return damaged("number %.40q in cell %s", value, c.Ref())
	default:
		c.Kind, c.Num, c.Text, c.Percent = Number, num, t, percent
		if !percent {
			c.Format = shownNumber(num, text)
		}
	}
	return nil
}

func (s *odsScan) readText(c *Cell, typ, value string) error {
	text := s.text
	if len(text) == 0 && value != "" {
		text = []byte(value)
	}
	if len(text) == 0 {
		c.NoValue = c.Formula && typ == ""
		return nil
	}
	if !utf8.Valid(text) {
		return damaged("cell %s is not UTF-8", c.Ref())
	}
	c.Kind, c.Text = Text, s.ar.add(text)
	if c.Formula && errorName(text) {
		c.Kind = Error
	}
	return nil
}

// repeat appends a cell as often as it repeats; last is its last column.
func (s *odsScan) repeat(c Cell, times, last int) error {
	if last > s.lim.Columns {
		return refuse(TooLarge, "column %d", last)
	}
	if times > 1 {
		if s.cells += times; s.cells > s.lim.Cells {
			return refuse(TooLarge, "more than %d repeated cells", s.lim.Cells)
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

// odsText collects the text of a cell.
type odsText struct {
	*odsScan
	row, col   int
	inP        int // depth of the paragraph, 0 outside
	paragraphs int
	span       int // depth of the struck span, 0 outside
}

// cellText collects the paragraphs of a cell in s.text, one line each, with
// white space as ODF 6.1.2 has it. Comments, drawings and ruby are not its text.
func (s *odsScan) cellText(row, col int) error {
	x, base := s.x, s.x.depth
	s.text, s.runs = s.text[:0], runs{}
	c := odsText{odsScan: s, row: row, col: col}
	for {
		t, err := x.next()
		if err != nil {
			return err
		}
		switch t {
		case tokEOF:
			return damaged("XML ends in the middle")
		case tokEnd:
			if x.depth < base {
				return nil
			}
			c.ends()
		case tokStart:
			err = c.begins()
		case tokText:
			err = c.says()
		}
		if err != nil {
			return err
		}
		if len(s.text) > s.lim.CellBytes {
			return refuse(TooLarge, "cell in row %d of more than %d bytes", s.n+1, s.lim.CellBytes)
		}
	}
}

// ends leaves the paragraph or span whose element has ended.
func (c *odsText) ends() {
	if c.x.depth < c.inP {
		c.inP = 0
	}
	if c.x.depth < c.span {
		c.span = 0
	}
}

// begins takes an element within a cell: a paragraph, white space, a span, a comment; others with all that is in them are none
// of its text.
func (c *odsText) begins() error {
	switch x := c.x; string(x.name) {
	case "p", "h":
		if c.inP == 0 {
			if c.inP = x.depth; c.paragraphs > 0 {
				c.text = append(c.text, '\n')
			}
			c.paragraphs++
		}
	case "s":
		for n := min(max(1, x.attrInt("c", 1)), 1024); n > 0; n-- {
			c.text = append(c.text, ' ')
		}
	case "tab":
		c.text = append(c.text, '\t')
	case "line-break":
		c.text = append(c.text, '\n')
	case "span":
		if v, _ := x.attr("style-name"); c.span == 0 && c.struck[string(v)] {
			c.span = x.depth
		}
	case "annotation":
		return c.annotation(c.row, c.col)
	case "a", "ruby", "ruby-base", "list", "list-item", "meta", "meta-field":
	case "sheet-name", "date", "time", "title", "page-number", "page-count", "file-name":
	default:
		return x.skip()
	}
	return nil
}

// says takes the text of a paragraph.
func (c *odsText) says() (err error) {
	if c.inP == 0 {
		return nil
	}
	at := len(c.text)
	if c.x.cdata {
		c.text = append(c.text, c.x.text...)
	} else if c.text, err = unescape(c.text, c.x.text); err != nil {
		return err
	}
	if c.text = collapse(c.text, at); len(bytes.TrimSpace(c.text[at:])) > 0 {
		c.runs.some, c.runs.own = c.runs.some || c.span > 0, c.runs.own || c.span == 0
	}
	return nil
}

// collapse makes one blank of each run of white space in b[at:].
func collapse(b []byte, at int) []byte {
	w := at
	for _, c := range b[at:] {
		if c == '\n' || c == '\t' || c == '\r' {
			c = ' '
		}
		if c == ' ' && w > at && b[w-1] == ' ' {
			continue
		}
		b[w] = c
		w++
	}
	return b[:w]
}
