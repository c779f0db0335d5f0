// Package text reads tables of separated values (RFC 4180, and what people make
// of it) in any charset.
//
// Words: a record is a row, with its line ends in quotes; a field becomes a cell;
// the separator is what divides fields, found by looking at the first lines.
//
// A way in which programs keep Excel from reading a number belongs into shown;
// how fields are told apart into separator.go.
package text

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/stored"
	"taizhang/internal/charset"

	"golang.org/x/text/transform"
)

// file is a file of separated values (RFC 4180, and what people make of it).
type file struct {
	data     []byte
	cs       charset.Charset
	lim      sheet.Limits
	sep      byte
	skipLine bool // the first line is Excel's "sep=;"
}

// Each implements [sheet.Source].
func (t *file) Each(_ int, fn func(*sheet.Row) error) ([]sheet.Range, error) {
	s := &scan{lim: t.lim, sep: t.sep, max: 4*t.lim.CellBytes + 16<<20}
	s.sure = t.cs.Enc != nil || t.cs.Mark == 0 // decoded, or looked at by charset.Detect
	if body := t.data[t.cs.Mark:]; t.cs.Enc == nil {
		s.buf, s.eof = body, true
	} else {
		s.src = transform.NewReader(bytes.NewReader(body), t.cs.Enc.NewDecoder())
		s.buf = make([]byte, 0, 128<<10)
	}
	if t.skipLine {
		if err := s.line(); err != nil {
			return nil, err
		}
	}
	full := 0 // rows with content: blank lines cost nothing
	for n := 1; ; n++ {
		s.row.N, s.row.Cells = n, s.row.Cells[:0]
		more, err := s.record()
		if err != nil || !more {
			return nil, err
		}
		if len(s.row.Cells) == 0 {
			continue
		}
		if full++; full > 64*t.lim.Rows { // a CSV may be longer than a sheet
			return nil, sheet.Refuse(sheet.TooLarge, "more than %d rows", full)
		}
		if err := fn(&s.row); err != nil {
			return nil, err
		}
	}
}

// scan reads records from a window of decoded text.
type scan struct {
	src io.Reader
	buf []byte
	p   int
	eof bool
	max int
	lim sheet.Limits
	sep byte
	row sheet.Row
	ar  stored.Arena
	tmp []byte

	sure bool // the text is known to be UTF-8
}

// fill reads on; text that could not be decoded is refused at once.
func (s *scan) fill() error {
	if err := s.lim.Expired(); err != nil {
		return err
	}
	if s.p > 0 {
		n := copy(s.buf, s.buf[s.p:])
		s.buf, s.p = s.buf[:n], 0
	}
	if len(s.buf) == cap(s.buf) {
		if cap(s.buf) > s.max {
			return sheet.Refuse(sheet.TooLarge, "row %d of more than %d bytes", s.row.N, s.max)
		}
		s.buf = append(make([]byte, 0, 2*cap(s.buf)), s.buf...)
	}
	for len(s.buf) < cap(s.buf) {
		at := len(s.buf)
		n, err := s.src.Read(s.buf[at:cap(s.buf)])
		s.buf = s.buf[:at+n]
		if bad := bytes.Index(s.buf[at:], []byte("\uFFFD")); bad >= 0 {
			line := s.row.N + bytes.Count(s.buf[:at+bad], []byte("\n"))
			return sheet.BadCharacter(line)
		}
		if err == io.EOF {
			s.eof = true
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// line passes over one line.
func (s *scan) line() error {
	for {
		if i := bytes.IndexByte(s.buf[s.p:], '\n'); i >= 0 {
			s.p += i + 1
			return nil
		}
		if s.eof {
			s.p = len(s.buf)
			return nil
		}
		if err := s.fill(); err != nil {
			return err
		}
	}
}

// record reads one record; it is read again from its start when the window cuts it.
func (s *scan) record() (bool, error) {
	for {
		if s.eof && (s.p >= len(s.buf) || s.buf[s.p] == 0x1a && len(bytes.Trim(s.buf[s.p:], "\x1a\x00")) == 0) {
			return false, nil
		}
		n, whole, err := s.fields(s.buf[s.p:])
		if err != nil {
			return false, err
		}
		if whole {
			s.p += n
			return true, nil
		}
		if err := s.fill(); err != nil {
			return false, err
		}
	}
}

// fields splits the record at the start of d. whole is false when d ends first.
func (s *scan) fields(d []byte) (n int, whole bool, err error) {
	s.row.Cells = s.row.Cells[:0]
	p := 0
	for col := 1; ; col++ {
		s.row.Fields = col
		var raw []byte
		if p < len(d) && d[p] == '"' {
			var end int
			if raw, end, err = s.quoted(d, p); err != nil {
				return 0, false, err
			}
			if end < 0 {
				return 0, false, nil
			}
			p = end
		} else {
			at := p
			p = s.formulaText(d, p)
			for p < len(d) && d[p] != s.sep && d[p] != '\n' && d[p] != '\r' {
				p++
			}
			raw = d[at:p]
		}
		if p == len(d) && !s.eof || p+1 == len(d) && d[p] == '\r' && !s.eof {
			return 0, false, nil
		}
		if err := s.field(col, raw); err != nil {
			return 0, false, err
		}
		if p == len(d) {
			return p, true, nil
		}
		switch d[p] {
		case s.sep:
			p++
			continue
		case '\r':
			if p+1 < len(d) && d[p+1] == '\n' {
				p++
			}
		}
		return p + 1, true, nil
	}
}

// quoted reads a field in quotes; end is -1 when d ends before its quote does.
// A quote that nobody closes would swallow the rest of the file, so it is damage.
func (s *scan) quoted(d []byte, p int) (raw []byte, end int, err error) {
	s.tmp = s.tmp[:0]
	p++
	lines := false
	for {
		i := bytes.IndexByte(d[p:], '"')
		if i < 0 {
			if s.eof {
				return nil, 0, s.openQuote()
			}
			return nil, -1, nil
		}
		lines = lines || bytes.IndexByte(d[p:p+i], '\n') >= 0
		s.tmp = append(s.tmp, d[p:p+i]...)
		p += i + 1
		if p == len(d) && !s.eof {
			return nil, -1, nil
		}
		if p < len(d) && d[p] == '"' {
			s.tmp = append(s.tmp, '"')
			p++
			continue
		}
		break
	}
	at := p
	for p < len(d) && d[p] != s.sep && d[p] != '\n' && d[p] != '\r' {
		p++
	}
	if rest := d[at:p]; len(rest) > 0 {
		if lines && len(bytes.TrimSpace(rest)) > 0 {
			return nil, 0, s.openQuote()
		}
		s.tmp = append(s.tmp, rest...)
	}
	return s.tmp, p, nil
}

func (s *scan) openQuote() error {
	return sheet.RefuseAs(sheet.Damaged, fmt.Sprintf("第 %d 行有一个没有成对的双引号，后面的行会被当成同一个单元格。请改正后重新报送，或另存为 .xlsx。", s.row.N), "open quote in record %d", s.row.N)
}

// formulaText passes over ="a,b" at d[p], whose quotes hold separators as those
// of a quoted field do, though not line ends. It stays at p where the field is
// none.
func (s *scan) formulaText(d []byte, p int) int {
	if p+1 >= len(d) || d[p] != '=' || d[p+1] != '"' {
		return p
	}
	for i := p + 2; i < len(d) && d[i] != '\n' && d[i] != '\r'; i++ {
		if d[i] != '"' {
			continue
		}
		if i+1 < len(d) && d[i+1] == '"' {
			i++
			continue
		}
		return i + 1
	}
	return p
}

// shown turns what programs write to keep Excel from reading a number into what
// Excel then shows, as text: ="0012", '0012, and a tab before or after 0012.
// text tells that it isn't to be read as a number any more. raw may be changed.
func (s *scan) shown(raw []byte) (out []byte, text bool) {
	if s.sep != '\t' {
		raw = bytes.Trim(raw, "\t")
	}
	if len(raw) > 1 && raw[0] == '=' && raw[1] == '"' {
		raw = bytes.TrimRight(raw, " ")
	}
	switch n := len(raw); {
	case n >= 3 && raw[0] == '=' && raw[1] == '"' && raw[n-1] == '"':
		in := raw[2 : n-1]
		if one := bytes.ReplaceAll(in, []byte(`""`), nil); bytes.IndexByte(one, '"') >= 0 {
			return raw, false // ="a"&"b" is a formula of another kind
		}
		return bytes.ReplaceAll(in, []byte(`""`), []byte{'"'}), true
	case n >= 2 && raw[0] == '=' && (raw[1] == '-' || raw[1]-'0' <= 9):
		if m, end := stored.ScanDecimal(raw, 1); end == n && m.Exact() && !m.Tail && !(m.Neg && m.Mant == 0) {
			return raw[1:], false
		}
	case n >= 1 && raw[0] == '\'' && bytes.IndexByte(raw[1:], '\'') < 0: // 'a' is in quotes
		return raw[1:], true
	}
	return raw, false
}

// field adds one field. It is a number only if writing the number gives the
// very same text: 007, 1.50, 1,234 and 18-digit ids stay text.
func (s *scan) field(col int, raw []byte) error {
	if len(raw) == 0 {
		return nil
	}
	text := false
	if raw[0] == '=' || raw[0] == '\'' || raw[0] == '\t' || raw[len(raw)-1] == '\t' {
		if raw, text = s.shown(raw); len(raw) == 0 {
			return nil
		}
	}
	c := sheet.Cell{Row: s.row.N, Col: col, Kind: sheet.Text}
	if col > s.lim.Columns {
		return sheet.Refuse(sheet.TooLarge, "row %d has content in field %d", s.row.N, col)
	}
	if first := raw[0]; !text && (first == '-' || first-'0' <= 9) {
		if m, end := stored.ScanDecimal(raw, 0); end == len(raw) && m.Exact() && !m.Tail && !(m.Neg && m.Mant == 0) {
			c.Kind, c.Num = sheet.Number, m.Float()
		}
	}
	if c.Kind == sheet.Text {
		if len(raw) > s.lim.CellBytes {
			return sheet.Refuse(sheet.TooLarge, "cell %s of %d bytes", c.Ref(), len(raw))
		}
		if bytes.IndexByte(raw, '\r') >= 0 {
			s.tmp = append(s.tmp[:0], raw...)
			raw = stored.LineEnds(s.tmp)
		}
		if !s.sure && !utf8.Valid(raw) {
			return sheet.BadCharacter(s.row.N)
		}
	}
	c.Text = s.ar.Add(raw)
	s.row.Cells = append(s.row.Cells, c)
	return nil
}
