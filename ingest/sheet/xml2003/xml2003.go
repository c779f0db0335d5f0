// Package xml2003 reads SpreadsheetML, the single XML document of Excel 2002 and
// 2003 that many report servers still write under the name .xls.
//
// Words: Worksheet, Table, Row, Cell and Data are its elements; an Index says
// where a row or cell stands that doesn't follow the one before.
package xml2003

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"taizhang/ingest/numfmt"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/stored"
	"taizhang/internal/charset"
	"taizhang/internal/xmlscan"
)

// book is a SpreadsheetML workbook of Excel 2002/2003 ("XML Spreadsheet
// Reference", urn:schemas-microsoft-com:office:spreadsheet), which many report
// servers still write under the name .xls.
type book struct {
	data   []byte
	lim    sheet.Limits
	styles map[string]numfmt.Format
	said   []sheet.Comment // of the sheet read last
	unseen []sheet.Stretch // its hidden columns
}

// Is knows the format by its root element, whatever stands before it:
// some report servers write no XML declaration.
func Is(head []byte) bool {
	for {
		head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
		end := ""
		switch {
		case bytes.HasPrefix(head, []byte("<?")):
			end = "?>"
		case bytes.HasPrefix(head, []byte("<!--")):
			end = "-->"
		case bytes.HasPrefix(head, []byte("<!DOCTYPE Workbook")):
			end = ">"
		}
		if end == "" {
			break
		}
		i := bytes.Index(head, []byte(end))
		if i < 0 {
			return false
		}
		head = head[i+len(end):]
	}
	if len(head) == 0 || head[0] != '<' {
		return false
	}
	n := bytes.IndexAny(head, " \t\r\n/>")
	return n > 0 && string(xmlscan.Local(head[1:n])) == "Workbook" &&
		(bytes.Contains(head, []byte("schemas-microsoft-com:office:spreadsheet")) || bytes.Contains(head, []byte("Worksheet")))
}

// Open reads the list of worksheets, and their styles.
func Open(data []byte, cs charset.Charset, lim sheet.Limits) (*sheet.Book, error) {
	data, err := decoded(data, cs)
	if err != nil {
		return nil, err
	}
	w := &book{data: bytes.TrimLeft(data, " \t\r\n"), lim: lim, styles: map[string]numfmt.Format{}}
	b := sheet.New(sheet.XML2003, lim, w)
	x, err := xmlscan.New(bytes.NewReader(w.data), lim.XML())
	if err != nil {
		return nil, err
	}
	defer x.Release()
	if err := w.readOutline(x, b); err != nil {
		return nil, err
	}
	switch {
	case len(b.Sheets()) == 0:
		return nil, sheet.Damage("SpreadsheetML without worksheets")
	case int64(len(data))*int64(len(b.Sheets())) > sheet.MaxRescan:
		return nil, sheet.Refuse(sheet.TooLarge, "%d sheets in %d bytes", len(b.Sheets()), len(data))
	}
	return b, nil
}

// readOutline reads which worksheets there are and what styles write numbers as; rows are passed over.
func (w *book) readOutline(x *xmlscan.Scanner, b *sheet.Book) error {
	style := ""
	for {
		found, err := x.NextStart()
		if err != nil || !found {
			return err
		}
		switch name := string(x.Name); {
		case name == "Style":
			style = x.AttrString("ID")
		case name == "NumberFormat" && x.Depth == 4:
			w.numberFormat(style, x.AttrString("Format"))
		case name == "Worksheet" && x.Depth == 2:
			b.Add(sheet.SheetInfo{Name: x.AttrString("Name")})
			if len(b.Sheets()) > w.lim.Sheets {
				return sheet.Refuse(sheet.TooLarge, "more than %d sheets", w.lim.Sheets)
			}
		case name == "Table" && x.Depth == 3:
			if err := x.Skip(); err != nil {
				return err
			}
		case name == "Visible":
			if err := readVisible(x, b); err != nil {
				return err
			}
		}
	}
}

// numberFormat keeps what a style writes numbers as, where it says so.
func (w *book) numberFormat(style, format string) {
	if format != "" {
		w.styles[style] = namedFormat(format)
	}
}

// readVisible reads whether the worksheet that the scanner is in is shown.
func readVisible(x *xmlscan.Scanner, b *sheet.Book) error {
	token, err := x.Next()
	if err != nil {
		return err
	}
	if n := len(b.Sheets()); n > 0 && token == xmlscan.CharData && bytes.HasPrefix(x.Text, []byte("Sheet")) {
		b.Sheets()[n-1].Hidden = string(x.Text) != "SheetVisible"
	}
	return nil
}

// decoded gives the text in a charset that the scanner of XML can tell:
// UTF-32, and the GB18030 of writers that declare UTF-8 or nothing, are decoded.
func decoded(data []byte, cs charset.Charset) ([]byte, error) {
	switch cs.Name {
	case "utf-32le", "utf-32be":
	case "gb18030":
		if n := xmlscan.DeclaredEncoding(bytes.TrimLeft(data, " \t\r\n")); n != "" && n != "utf-8" || utf8.Valid(data) {
			return data, nil
		}
	default:
		return data, nil
	}
	text, bad, err := cs.Decode(data)
	if err != nil {
		return nil, sheet.Damage("%s: %w", cs.Name, err)
	}
	if bad > 0 {
		return nil, sheet.BadCharacter(bad)
	}
	return text, nil
}

// namedFormat knows the names that ss:Format has for common codes.
func namedFormat(f string) numfmt.Format {
	switch f {
	case "General Number", "Standard", "Fixed", "Scientific", "General":
		return numfmt.Format{}
	case "Percent":
		return numfmt.Format{Percent: true, Code: "0.00%"}
	case "General Date", "Long Date", "Medium Date", "Short Date":
		return numfmt.Format{Class: numfmt.Date, Code: f}
	case "Long Time", "Medium Time", "Short Time":
		return numfmt.Format{Class: numfmt.Time, Code: f}
	}
	return numfmt.Of(f)
}

// scan reads one worksheet.
type scan struct {
	w      *book
	x      *xmlscan.Scanner
	fn     func(*sheet.Row) error
	ar     stored.Arena
	row    sheet.Row
	text   []byte
	merged []sheet.Range
}

// HiddenColumns implements [sheet.Concealing].
func (w *book) HiddenColumns() []sheet.Stretch { return w.unseen }

// Each implements [sheet.Source].
func (w *book) Each(i int, fn func(*sheet.Row) error) ([]sheet.Range, error) {
	x, err := xmlscan.New(bytes.NewReader(w.data), w.lim.XML())
	if err != nil {
		return nil, err
	}
	defer x.Release()
	w.said, w.unseen = nil, nil
	s := &scan{w: w, x: x, fn: fn}
	at := -1
	for {
		if found, err := x.NextStart(); err != nil || !found {
			return s.merged, err
		}
		switch {
		case x.Depth == 2 && string(x.Name) == "Worksheet":
			at++
		case x.Depth == 3 && at == i && string(x.Name) == "Table":
			if err := s.table(); err != nil {
				return nil, err
			}
		}
	}
}

func (s *scan) table() error {
	x, n, col := s.x, 0, 0
	return x.Elements(func() error {
		switch string(x.Name) {
		case "Column":
			col = x.AttrInt("Index", col+1)
			to := min(col, sheet.MaxIndex) + min(max(0, x.AttrInt("Span", 0)), 1<<14)
			if x.AttrBool("Hidden") {
				s.w.unseen = sheet.AddStretch(s.w.unseen, col, to)
			}
			col = to
			return x.Skip()
		case "Row":
		default:
			return x.Skip()
		}
		if n = x.AttrInt("Index", n+1); n < 1 || n > sheet.MaxIndex {
			return sheet.Refuse(sheet.TooLarge, "row %d", n)
		}
		span := max(0, x.AttrInt("Span", 0))
		s.row.N, s.row.Hidden, s.row.Cells = n, x.AttrBool("Hidden"), s.row.Cells[:0]
		if err := s.cells(); err != nil {
			return err
		}
		n = min(n+span, sheet.MaxIndex)
		return nil
	})
}

// each calls do at the start of each element of a name within the one whose start was just told, and passes others over.
func (s *scan) each(name string, do func() error) error {
	return s.x.Elements(func() error {
		if string(s.x.Name) != name {
			return s.x.Skip()
		}
		return do()
	})
}

// cells reads the cells of a Row whose start was just told.
func (s *scan) cells() error {
	x := s.x
	col, sorted := 0, true
	err := s.each("Cell", func() error {
		last := col
		if col = x.AttrInt("Index", col+1); col < 1 || col > sheet.MaxIndex {
			return sheet.Refuse(sheet.TooLarge, "column %d", col)
		}
		sorted = sorted && col > last
		c := sheet.Cell{Row: s.row.N, Col: col}
		across, down := x.AttrInt("MergeAcross", 0), x.AttrInt("MergeDown", 0)
		if across > 0 || down > 0 {
			if len(s.merged) >= s.w.lim.Merged {
				return sheet.Refuse(sheet.TooLarge, "merged cell %s", c.Ref())
			}
			across, down = min(max(across, 0), s.w.lim.Columns), min(max(down, 0), s.w.lim.Rows)
			s.merged = append(s.merged, sheet.Range{Top: c.Row, Left: col, Bottom: c.Row + down, Right: col + across})
			col += across
		}
		_, c.Formula = x.Attr("Formula")
		st := s.w.styles[x.AttrString("StyleID")]
		if err := s.cell(&c, st); err != nil {
			return err
		}
		if c.Kind != sheet.Empty || c.NoValue {
			s.row.Cells = append(s.row.Cells, c)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(s.row.Cells) == 0 {
		return nil
	}
	if !sorted {
		if s.row.Cells, err = sheet.SortCells(s.row.Cells); err != nil {
			return err
		}
	}
	if last := s.row.Cells[len(s.row.Cells)-1]; last.Row > s.w.lim.Rows || last.Col > s.w.lim.Columns {
		return sheet.Refuse(sheet.TooLarge, "cell %s", last.Ref())
	}
	return s.fn(&s.row)
}

// cell reads the Data of a Cell; comments and phonetic text are not its value.
func (s *scan) cell(c *sheet.Cell, st numfmt.Format) error {
	typ, has, err := s.data(c)
	if err != nil {
		return err
	}
	if len(s.text) > s.w.lim.CellBytes {
		return sheet.Refuse(sheet.TooLarge, "cell %s of %d bytes", c.Ref(), len(s.text))
	}
	if !utf8.Valid(s.text) {
		return sheet.Damage("cell %s is not UTF-8", c.Ref())
	}
	trim := bytes.TrimSpace(s.text)
	if c.Format = st.Code; !has || typ != "String" && len(trim) == 0 {
		c.NoValue = c.Formula
		return nil
	}
	switch {
	case typ == "Number":
		return s.number(c, trim, st)
	case typ == "DateTime":
		s.moment(c, string(trim), st)
	case typ == "Boolean":
		c.Kind, c.Text = sheet.Bool, "FALSE"
		if string(trim) == "1" || string(trim) == "true" {
			c.Num, c.Text = 1, "TRUE"
		}
	case typ == "Error":
		c.Kind, c.Text = sheet.Error, s.ar.Add(trim)
	case len(s.text) > 0:
		c.Kind, c.Text = sheet.Text, s.ar.Add(s.text)
	}
	return nil
}

// data collects the text of a Cell's Data, and gives its type.
func (s *scan) data(c *sheet.Cell) (typ string, has bool, err error) {
	err = s.x.Elements(func() error {
		switch string(s.x.Name) {
		case "Comment":
			return s.comment(c)
		case "Data":
			has, typ = true, s.x.AttrString("Type")
			return s.dataText()
		}
		return s.x.Skip()
	})
	return typ, has, err
}

func (s *scan) number(c *sheet.Cell, text []byte, st numfmt.Format) error {
	num, t, ok := s.ar.Number(text)
	switch {
	case ok:
		c.Text = t
		s.ar.SetNumber(c, num, &st, false)
	case stored.NotANumber(text):
		c.Kind, c.Text = sheet.Error, "#NUM!"
	default:
		return sheet.Damage("number %.40q in cell %s", text, c.Ref())
	}
	return nil
}

// moment reads a DateTime: a day, or a time of day, which is written as one of 1899-12-31 or the day before.
func (s *scan) moment(c *sheet.Cell, text string, st numfmt.Format) {
	var ok bool
	switch c.Kind, c.Num, c.Text, ok = s.ar.ISOValue(text); {
	case !ok:
		c.Kind, c.Text = sheet.Text, s.ar.Add(s.text)
	case st.Class == numfmt.Elapsed:
		c.Kind, c.Text = sheet.Time, s.ar.Duration(c.Num)
	case strings.HasPrefix(text, "1899-12-3"): // a time without a day
		if c.Num > 0 {
			c.Num -= float64(int(c.Num))
		}
		c.Kind, c.Text = sheet.Time, s.ar.Duration(c.Num)
	}
}

// dataText joins the text of ss:Data, marked up or not.
func (s *scan) dataText() error {
	x := s.x
	s.text = s.text[:0]
	return x.Within(func(t xmlscan.Token) (err error) {
		if t != xmlscan.CharData {
			return nil
		}
		at := len(s.text)
		if x.CDATA {
			s.text = append(s.text, x.Text...)
		} else if s.text, err = xmlscan.Unescape(s.text, x.Text); err != nil {
			return err
		}
		s.text = s.text[:at+len(stored.LineEnds(s.text[at:]))]
		return nil
	})
}
