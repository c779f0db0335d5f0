// Package html reads web pages with tables, which report servers like to call .xls.
//
// Words: all tables of a page make one sheet, one below the other, as in Excel;
// a span covers cells to the right and below.
package html

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/stored"
	"taizhang/internal/charset"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/encoding/htmlindex"
)

// Is knows a web page by its beginning.
func Is(head []byte) bool {
	h := bytes.ToLower(head[:min(len(head), 2048)])
	for _, tag := range []string{"<html", "<!doctype html", "<table", "<meta", "<head", "<body", "<style", "<div"} {
		if bytes.HasPrefix(h, []byte(tag)) {
			return true
		}
	}
	return (bytes.HasPrefix(h, []byte("<!--")) || bytes.HasPrefix(h, []byte("<?xml"))) &&
		(bytes.Contains(h, []byte("<html")) || bytes.Contains(h, []byte("<table")))
}

// page is a page with tables, which report servers like to call .xls. All
// tables make one sheet, one below the other, as in Excel. Text outside of
// tables is not read.
type page struct {
	text []byte
	lim  sheet.Limits
}

// Open reads a page in the charset that its bytes, or itself, tell.
func Open(data []byte, cs charset.Charset, lim sheet.Limits) (*sheet.Book, error) {
	if cs.Name == "gb18030" { // what isn't UTF-8 may say what it is
		if name := metaCharset(data); name != "" && !strings.HasPrefix(name, "gb") && name != "utf-8" {
			if enc, err := htmlindex.Get(name); err == nil {
				cs = charset.Charset{Name: name, Enc: enc}
			}
		}
	}
	text, bad, err := cs.Decode(data)
	if err != nil {
		return nil, sheet.Damage("%s: %w", cs.Name, err)
	}
	if bad > 0 {
		return nil, sheet.BadCharacter(bad)
	}
	if !hasCells(text) {
		if bytes.Contains(bytes.ToLower(text), []byte("frameset")) {
			return nil, sheet.Refuse(sheet.Frameset, "")
		}
		return nil, sheet.RefuseAs(sheet.NotASheet, "这个网页文件里没有表格。请报送 Excel/WPS 表格文件。", "html without a table")
	}
	b := sheet.New(sheet.HTML, lim, &page{text, lim})
	b.Charset = cs.Name
	b.Add(sheet.SheetInfo{Name: "Sheet1"})
	return b, nil
}

// hasCells looks for a table cell outside of scripts.
func hasCells(text []byte) bool {
	z := html.NewTokenizer(bytes.NewReader(text))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return false
		case html.StartTagToken:
			if name, _ := z.TagName(); string(name) == "td" || string(name) == "th" {
				return true
			}
		}
	}
}

// metaCharset reads the charset of a meta element.
func metaCharset(data []byte) string {
	h := bytes.ToLower(data[:min(len(data), 4096)])
	i := bytes.Index(h, []byte("charset="))
	if i < 0 {
		return ""
	}
	rest := bytes.TrimLeft(h[i+8:], `"' `)
	n := bytes.IndexAny(rest, "\"' />;")
	if n < 0 {
		return ""
	}
	return string(rest[:n])
}

// scan walks the tokens of a page.
type scan struct {
	z      *html.Tokenizer
	lim    sheet.Limits
	fn     func(*sheet.Row) error
	ar     stored.Arena
	row    sheet.Row
	n      int // rows so far
	merged []sheet.Range

	tables int   // open ones
	inRow  bool  // a tr is open
	col    int   // last column taken in the row
	down   []int // last row that a cell above covers, by column
	passed int   // columns passed over because of that

	inCell bool
	cell   sheet.Cell
	text   []byte
	skip   int // inside script or style
}

// Each implements [sheet.Source].
func (p *page) Each(_ int, fn func(*sheet.Row) error) ([]sheet.Range, error) {
	s := &scan{z: html.NewTokenizer(bytes.NewReader(p.text)), lim: p.lim, fn: fn}
	s.z.SetMaxBuf(16*p.lim.CellBytes + 1<<20)
	for n := 1; ; n++ {
		if n&1023 == 0 {
			if err := p.lim.Expired(); err != nil {
				return nil, err
			}
		}
		switch s.z.Next() {
		case html.ErrorToken:
			if err := s.z.Err(); err != io.EOF {
				return nil, sheet.Refuse(sheet.TooLarge, "%w", err)
			}
			return s.merged, s.endRow()
		case html.TextToken:
			if s.inCell && s.skip == 0 {
				if s.text = append(s.text, blanks(s.z.Text())...); len(s.text) > 4*s.lim.CellBytes {
					return nil, sheet.Refuse(sheet.TooLarge, "cell in row %d", s.n)
				}
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			if err := s.start(); err != nil {
				return nil, err
			}
		case html.EndTagToken:
			name, _ := s.z.TagName()
			if err := s.end(atom.Lookup(name)); err != nil {
				return nil, err
			}
		}
	}
}

// maxPassed bounds the work that absurd rowspans make.
const maxPassed = 50 << 20

// blanks makes blanks of raw line breaks; <br> makes real ones.
func blanks(b []byte) []byte {
	for i, c := range b {
		if c == '\n' || c == '\r' || c == '\t' {
			b[i] = ' '
		}
	}
	return b
}

func (s *scan) start() error {
	name, more := s.z.TagName()
	tag := atom.Lookup(name)
	var attrs map[string]string
	if tag == atom.Td || tag == atom.Th || tag == atom.Tr {
		attrs = map[string]string{}
	} else {
		more = false
	}
	for more {
		var k, v []byte
		k, v, more = s.z.TagAttr()
		attrs[string(k)] = string(v)
	}
	switch tag {
	case atom.Script, atom.Style:
		s.skip = 1
	case atom.Table:
		s.tables++
		// A table inside a cell ends what the row has so far, and goes on below it.
		if err := s.endRow(); err != nil {
			return err
		}
		clear(s.down)
	case atom.Caption:
		if s.tables > 0 {
			if err := s.beginRow(attrs); err != nil {
				return err
			}
			return s.beginCell(attrs)
		}
	case atom.Tr:
		if s.tables > 0 {
			return s.beginRow(attrs)
		}
	case atom.Td, atom.Th:
		if s.tables == 0 {
			return nil
		}
		if !s.inRow {
			if err := s.beginRow(nil); err != nil {
				return err
			}
		}
		s.endCell()
		return s.beginCell(attrs)
	case atom.Br, atom.P, atom.Div, atom.Li:
		if s.inCell && (tag == atom.Br || len(bytes.TrimSpace(s.text)) > 0) {
			s.text = append(s.text, '\n')
		}
	}
	return nil
}

func (s *scan) end(tag atom.Atom) error {
	switch tag {
	case atom.Script, atom.Style:
		s.skip = 0
	case atom.Td, atom.Th:
		s.endCell()
	case atom.Tr, atom.Caption:
		return s.endRow()
	case atom.Table:
		s.tables = max(0, s.tables-1)
		return s.endRow()
	}
	return nil
}

func (s *scan) beginRow(attrs map[string]string) error {
	if err := s.endRow(); err != nil {
		return err
	}
	s.n++
	style := strings.ReplaceAll(strings.ToLower(attrs["style"]), " ", "")
	s.row.N, s.row.Hidden, s.row.Cells = s.n, strings.Contains(style, "display:none"), s.row.Cells[:0]
	s.inRow, s.col = true, 0
	return nil
}

func (s *scan) endRow() error {
	if !s.inRow {
		return nil
	}
	s.endCell()
	s.inRow = false
	n := len(s.row.Cells)
	if n == 0 {
		return nil
	}
	if last := s.row.Cells[n-1]; last.Row > s.lim.Rows || last.Col > s.lim.Columns {
		return sheet.Refuse(sheet.TooLarge, "cell %s", last.Ref())
	}
	return s.fn(&s.row)
}

// span reads a colspan or rowspan; what is no number counts as 1.
func span(v string, limit int) int {
	n, err := strconv.Atoi(strings.TrimSpace(v))
	if err != nil || n < 1 {
		return 1
	}
	return min(n, limit)
}

func (s *scan) beginCell(attrs map[string]string) error {
	s.col++
	for s.col < len(s.down) && s.down[s.col] >= s.n { // taken by a cell above
		s.col++
		if s.passed++; s.passed > maxPassed {
			return sheet.Refuse(sheet.TooLarge, "too many cells under merged ones")
		}
	}
	w, h := span(attrs["colspan"], 1000), span(attrs["rowspan"], 65534)
	s.cell = sheet.Cell{Row: s.n, Col: s.col}
	if (w > 1 || h > 1) && s.col <= s.lim.Columns { // beyond, only blank cells may stand
		if len(s.merged) >= s.lim.Merged {
			return sheet.Refuse(sheet.TooLarge, "more than %d merged ranges", s.lim.Merged)
		}
		s.merged = append(s.merged, sheet.Range{Top: s.n, Left: s.col, Bottom: s.n + h - 1, Right: s.col + w - 1})
		if h > 1 {
			if more := s.col + w - len(s.down); more > 0 {
				s.down = append(s.down, make([]int, more)...)
			}
			for c := s.col; c < s.col+w; c++ {
				s.down[c] = s.n + h - 1
			}
		}
	}
	s.col += w - 1
	s.inCell, s.text = true, s.text[:0]
	return nil
}

// endCell adds the open cell. As in CSV, it is a number if the number reads the
// same.
func (s *scan) endCell() {
	if !s.inCell {
		return
	}
	s.inCell = false
	t := tidy(s.text)
	if len(t) == 0 {
		return
	}
	c := s.cell
	c.Kind = sheet.Text
	if m, end := stored.ScanDecimal(t, 0); end == len(t) && m.Exact() && !m.Tail && !(m.Neg && m.Mant == 0) {
		c.Kind, c.Num = sheet.Number, m.Float()
	}
	c.Text = s.ar.Add(t)
	s.row.Cells = append(s.row.Cells, c)
}

// tidy trims lines and makes one blank of many; a no-break space is a blank.
func tidy(b []byte) []byte {
	var out []byte
	for i, line := range bytes.Split(bytes.ReplaceAll(b, []byte("\u00a0"), []byte(" ")), []byte("\n")) {
		if i > 0 {
			out = append(out, '\n')
		}
		out = append(out, bytes.Join(bytes.Fields(line), []byte(" "))...)
	}
	return bytes.TrimSpace(out)
}
