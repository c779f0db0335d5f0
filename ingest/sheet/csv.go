package sheet

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

// openText reads what is neither zip nor OLE2: HTML, SpreadsheetML 2003, or
// separated values.
func openText(data []byte, lim Limits) (*Book, error) {
	cs, ok := detectCharset(data)
	if !ok {
		return nil, refuse(NotASheet, "binary")
	}
	head, _, err := cs.decodeAll(data[:min(len(data), 4096+cs.skip)/2*2])
	if err != nil {
		head = data
	}
	head = bytes.TrimLeft(head, " \t\r\n\f")
	if r := notText(head); r != nil {
		return nil, r
	}
	if bytes.HasPrefix(head, []byte("<?xml")) && bytes.Contains(head, []byte("schemas-microsoft-com:office:spreadsheet")) {
		return openXML2003(data, lim)
	}
	if bytes.HasPrefix(head, []byte("<?xml")) && bytes.Contains(head, []byte("opendocument:xmlns")) {
		return nil, refuseAs(Unsupported, "这是单个 XML 的 OpenDocument 表格（.fods），暂不支持。请另存为 .ods 或 .xlsx 再报送。", "fods")
	}
	if isHTML(head) {
		return openHTML(data, cs, lim)
	}
	if bytes.HasPrefix(head, []byte("<?xml")) {
		return nil, refuse(NotASheet, "XML of another kind")
	}
	if len(bytes.Trim(data[cs.skip:], "\x00 \t\r\n\x1a")) == 0 {
		return nil, refuseAs(EmptyFile, "文件里没有任何内容。请检查后重新报送。", "blank")
	}
	t := &csvText{data: data, cs: cs, lim: lim}
	t.sep, t.skipLine = separator(head)
	return &Book{Format: CSV, Charset: cs.name, lim: lim, src: t, sheets: []SheetInfo{{Name: "Sheet1"}}}, nil
}

// csvText is a file of separated values (RFC 4180, and what people make of it).
type csvText struct {
	data     []byte
	cs       charset
	lim      Limits
	sep      byte
	skipLine bool // the first line is Excel's "sep=;"
}

// separators in the order in which they win a tie.
var separators = []byte{'\t', ',', ';', '|'}

// separator finds the one that gives the most lines of the sample the same
// number of fields.
func separator(head []byte) (sep byte, skipLine bool) {
	if len(head) >= 5 && bytes.EqualFold(head[:4], []byte("sep=")) && (len(head) == 5 || head[5] == '\r' || head[5] == '\n') {
		return head[4], true
	}
	sep = ','
	best, bestCount := 0, 0
	for _, c := range separators {
		lines := map[int]int{}
		n, quoted, start := 0, false, true
		for i := 0; i <= len(head); i++ {
			if i == len(head) || head[i] == '\n' && !quoted {
				if n > 0 && i < len(head) || i == len(head) && len(lines) == 0 && n > 0 {
					lines[n]++
				}
				n, start = 0, true
				continue
			}
			switch ch := head[i]; {
			case ch == '"' && (quoted || start):
				quoted = !quoted
				start = false
			case ch == c && !quoted:
				n++
				start = true
			default:
				start = false
			}
		}
		for count, k := range lines {
			if k > best || k == best && count > bestCount {
				sep, best, bestCount = c, k, count
			}
		}
	}
	return sep, false
}

// each implements source.
func (t *csvText) each(_ int, fn func(*Row) error) ([]Range, error) {
	s := &csvScan{lim: t.lim, sep: t.sep, max: 4*t.lim.CellBytes + 16<<20}
	s.sure = t.cs.enc != nil || t.cs.skip == 0 // decoded, or looked at by detectCharset
	if body := t.data[t.cs.skip:]; t.cs.enc == nil {
		s.buf, s.eof = body, true
	} else {
		s.src = transform.NewReader(bytes.NewReader(body), t.cs.enc.NewDecoder())
		s.buf = make([]byte, 0, 2*windowSize)
	}
	if t.skipLine {
		if err := s.line(); err != nil {
			return nil, err
		}
	}
	for n := 1; ; n++ {
		s.row.N, s.row.Cells = n, s.row.Cells[:0]
		more, err := s.record()
		if err != nil || !more {
			return nil, err
		}
		if n > 64*t.lim.Rows { // a CSV may be longer than a sheet
			return nil, refuse(TooLarge, "more than %d rows", n)
		}
		if len(s.row.Cells) > 0 {
			if err := fn(&s.row); err != nil {
				return nil, err
			}
		}
	}
}

// csvScan reads records from a window of decoded text.
type csvScan struct {
	src io.Reader
	buf []byte
	p   int
	eof bool
	max int
	lim Limits
	sep byte
	row Row
	ar  arena
	tmp []byte

	sure bool // the text is known to be UTF-8
}

// fill reads on; text that could not be decoded is refused at once.
func (s *csvScan) fill() error {
	if err := s.lim.expired(); err != nil {
		return err
	}
	if s.p > 0 {
		n := copy(s.buf, s.buf[s.p:])
		s.buf, s.p = s.buf[:n], 0
	}
	if len(s.buf) == cap(s.buf) {
		if cap(s.buf) > s.max {
			return refuse(TooLarge, "row %d of more than %d bytes", s.row.N, s.max)
		}
		s.buf = append(make([]byte, 0, 2*cap(s.buf)), s.buf...)
	}
	for len(s.buf) < cap(s.buf) {
		at := len(s.buf)
		n, err := s.src.Read(s.buf[at:cap(s.buf)])
		s.buf = s.buf[:at+n]
		if bad := bytes.Index(s.buf[at:], []byte("\uFFFD")); bad >= 0 {
			line := s.row.N + bytes.Count(s.buf[:at+bad], []byte("\n"))
			return badCharacter(line)
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

func badCharacter(line int) *Refusal {
	return refuseAs(Charset, fmt.Sprintf("第 %d 行有读不出来的字符，文件的文字编码无法确定。请用 Excel/WPS 打开核对后另存为 .xlsx 再报送。", line), "undecodable character in line %d", line)
}

// line passes over one line.
func (s *csvScan) line() error {
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
func (s *csvScan) record() (bool, error) {
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
func (s *csvScan) fields(d []byte) (n int, whole bool, err error) {
	s.row.Cells = s.row.Cells[:0]
	p := 0
	for col := 1; ; col++ {
		if col > s.lim.Columns {
			return 0, false, refuse(TooLarge, "row %d has more than %d fields", s.row.N, s.lim.Columns)
		}
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
func (s *csvScan) quoted(d []byte, p int) (raw []byte, end int, err error) {
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

func (s *csvScan) openQuote() error {
	return refuseAs(Damaged, fmt.Sprintf("第 %d 行有一个没有成对的双引号，后面的行会被当成同一个单元格。请改正后重新报送，或另存为 .xlsx。", s.row.N), "open quote in record %d", s.row.N)
}

// field adds one field. It is a number only if writing the number gives the
// very same text: 007, 1.50, 1,234 and 18-digit ids stay text.
func (s *csvScan) field(col int, raw []byte) error {
	if len(raw) == 0 {
		return nil
	}
	c := Cell{Row: s.row.N, Col: col, Kind: Text}
	if first := raw[0]; first == '-' || first-'0' <= 9 {
		if m, end := scanDecimal(raw, 0); end == len(raw) && m.exact() && !m.tail && !(m.neg && m.mant == 0) {
			c.Kind, c.Num = Number, m.float()
		}
	}
	if c.Kind == Text {
		if len(raw) > s.lim.CellBytes {
			return refuse(TooLarge, "cell %s of %d bytes", c.Ref(), len(raw))
		}
		if bytes.IndexByte(raw, '\r') >= 0 {
			s.tmp = append(s.tmp[:0], raw...)
			raw = lineEnds(s.tmp)
		}
		if !s.sure && !utf8.Valid(raw) {
			return badCharacter(s.row.N)
		}
	}
	c.Text = s.ar.add(raw)
	s.row.Cells = append(s.row.Cells, c)
	return nil
}
