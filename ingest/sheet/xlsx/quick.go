package xlsx

import (
	"bytes"
	"unicode/utf8"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/stored"
)

// quickRows reads rows for as long as they have the usual shape and lie whole
// in the window. What it leaves in the window is for the token reader: an unusual row,
// the end of sheetData, or anything else.
func (s *rowScan) quickRows() error {
	x := s.x
	if s.w.slowOnly {
		return nil
	}
	for {
		n, st, err := s.quickRow(x.Window())
		if err != nil {
			return err
		}
		switch st {
		case rowDone:
			x.Advance(n)
		case rowCut:
			if x.Last() {
				return nil
			}
			if err := x.Fill(); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// rowState says how far quickRow came.
type rowState uint8

const (
	rowDone rowState = iota
	rowCut           // the window ends inside the row
	rowOdd           // not the usual shape
)

// quickRow reads one row at the start of d. It changes nothing that slowRow,
// reading the same row again, would not set anew.
func (s *rowScan) quickRow(d []byte) (int, rowState, error) {
	p := 0
	for p < len(d) && d[p] <= ' ' {
		p++
	}
	if len(d)-p < 12 {
		return 0, rowCut, nil
	}
	if d[p] != '<' || d[p+1] != 'r' || d[p+2] != 'o' || d[p+3] != 'w' {
		return 0, rowOdd, nil
	}
	var head rowHead
	p, st := head.quick(d, p+4)
	if st != rowDone {
		return 0, st, nil
	}
	last := s.last
	s.begin(head.n, head.hidden)
	if head.empty {
		return p, rowDone, nil
	}
	p, st, err := s.quickCells(d, p)
	if st != rowDone || err != nil {
		s.last = last
		return 0, st, err
	}
	return p, rowDone, s.finish(true)
}

// rowHead is what a row's start tag says.
type rowHead struct {
	n             int // 0: not numbered
	hidden, empty bool
}

// quick reads the attributes that begin at d[p], and the end of the tag.
func (h *rowHead) quick(d []byte, p int) (int, rowState) {
	for {
		if p+1 >= len(d) {
			return 0, rowCut
		}
		switch {
		case d[p] == '>':
			return p + 1, rowDone
		case d[p] == '/' && d[p+1] == '>':
			h.empty = true
			return p + 2, rowDone
		case d[p] != ' ':
			return 0, rowOdd // rowBreaks, or white space of another kind
		case d[p+1] == ' ':
			p++
			continue
		}
		name, v, next, st := quickAttr(d, p+1)
		if st != rowDone {
			return 0, st
		}
		p = next
		if string(name) == "hidden" {
			h.hidden = string(v) == "1" || string(v) == "true"
		} else if len(name) == 1 && name[0] == 'r' {
			if h.n = quickCount(v); h.n == 0 {
				return 0, rowOdd
			}
		}
	}
}

// quickAttr reads name="value" at d[p].
func quickAttr(d []byte, p int) (name, v []byte, next int, st rowState) {
	at := p
	for p < len(d) && (letter(d[p]) || d[p] == ':' || d[p]-'0' <= 9) {
		p++
	}
	if p+1 >= len(d) {
		return nil, nil, 0, rowCut
	}
	if d[p] != '=' || d[p+1] != '"' {
		return nil, nil, 0, rowOdd
	}
	name = d[at:p]
	p += 2
	e := bytes.IndexByte(d[p:], '"')
	if e < 0 {
		return nil, nil, 0, rowCut
	}
	return name, d[p : p+e], p + e + 1, rowDone
}

// quickCount reads a number of up to seven digits; 0 for anything else.
func quickCount(v []byte) (n int) {
	if len(v) > 7 {
		return 0
	}
	for _, c := range v {
		if c-'0' > 9 {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// quickCells reads cells from d[p] to the end of the row.
func (s *rowScan) quickCells(d []byte, p int) (int, rowState, error) {
	for col := 0; ; {
		for p < len(d) && d[p] <= ' ' {
			p++
		}
		if len(d)-p < 6 {
			return 0, rowCut, nil
		}
		if string(d[p:p+6]) == "</row>" {
			return p + 6, rowDone, nil
		}
		if d[p] != '<' || d[p+1] != 'c' || d[p+2] != ' ' && d[p+2] != '>' && d[p+2] != '/' {
			return 0, rowOdd, nil
		}
		head := cellHead{col: col + 1, row: s.row.N}
		next, st := head.quick(d, p+2)
		if st != rowDone {
			return 0, st, nil
		}
		if head.col <= col {
			return 0, rowOdd, nil
		}
		p, col = next, head.col
		if head.empty {
			continue
		}
		var err error
		if p, st, err = s.quickFull(d, p, &head); st != rowDone || err != nil {
			return 0, st, err
		}
	}
}

// cellHead is what a cell's start tag says.
type cellHead struct {
	row, col, style int
	kind            cellKind
	empty           bool
}

// quick reads the attributes that begin at d[p], and the end of the tag.
func (h *cellHead) quick(d []byte, p int) (int, rowState) {
	for {
		if len(d)-p < 5 {
			return 0, rowCut
		}
		switch {
		case d[p] == ' ':
			p++
			continue
		case d[p] == '>':
			return p + 1, rowDone
		case d[p] == '/' && d[p+1] == '>':
			h.empty = true
			return p + 2, rowDone
		case d[p+1] != '=' || d[p+2] != '"' || !letter(d[p]):
			return 0, rowOdd
		}
		st := rowDone
		switch d[p] {
		case 'r':
			p, st = h.quickRef(d, p+3)
		case 's':
			p, st = h.quickStyle(d, p+3)
		default:
			p, st = h.quickOther(d, p)
		}
		if st != rowDone {
			return 0, st
		}
		p++ // the quote
	}
}

// quickRef reads the address of a cell of the row, up to the quote.
func (h *cellHead) quickRef(d []byte, p int) (int, rowState) {
	col, row := 0, 0
	for p < len(d) && d[p]-'A' < 26 && col < 1<<15 {
		col = col*26 + int(d[p]-'A') + 1
		p++
	}
	for p < len(d) && d[p]-'0' <= 9 && row < 1<<24 {
		row = row*10 + int(d[p]-'0')
		p++
	}
	if p == len(d) {
		return 0, rowCut
	}
	if col == 0 || row != h.row || d[p] != '"' {
		return 0, rowOdd
	}
	h.col = col
	return p, rowDone
}

// quickStyle reads the number of a cell format, up to the quote.
func (h *cellHead) quickStyle(d []byte, p int) (int, rowState) {
	for p < len(d) && d[p]-'0' <= 9 && h.style < 1<<24 {
		h.style = h.style*10 + int(d[p]-'0')
		p++
	}
	if p == len(d) {
		return 0, rowCut
	}
	if d[p] != '"' {
		return 0, rowOdd
	}
	return p, rowDone
}

// quickOther reads any other attribute of one letter, whose name stands at d[p].
func (h *cellHead) quickOther(d []byte, p int) (int, rowState) {
	key := d[p]
	p += 3
	e := bytes.IndexByte(d[p:], '"')
	if e < 0 {
		return 0, rowCut
	}
	if key == 't' {
		if h.kind = cellType(d[p : p+e]); h.kind == cellUnknown {
			return 0, rowOdd
		}
	}
	return p + e, rowDone
}

// quickFull reads a cell that isn't <c/> from behind its start tag, and adds it to the row unless it is blank.
func (s *rowScan) quickFull(d []byte, p int, head *cellHead) (int, rowState, error) {
	if len(d)-p < 8 {
		return 0, rowCut, nil
	}
	s.row.Cells = append(s.row.Cells, sheet.Cell{Row: head.row, Col: head.col, Struck: sheet.StrikeIf(s.w.isStruck(head.style))})
	c := &s.row.Cells[len(s.row.Cells)-1]
	p, st, err := s.quickCell(d, p, c, head)
	if st != rowDone || err != nil {
		return 0, st, err
	}
	if c.Kind == sheet.Empty && !c.NoValue {
		s.row.Cells = s.row.Cells[:len(s.row.Cells)-1]
	} else if head.col > s.w.lim.Columns {
		return 0, rowOdd, nil // slow refuses it
	} else {
		c.Unseen = s.w.nobodySees(head.style, c.Kind == sheet.Text, c.Num)
	}
	return p, rowDone, nil
}

// quickCell reads what stands between <c …> and </c>.
func (s *rowScan) quickCell(d []byte, p int, c *sheet.Cell, head *cellHead) (int, rowState, error) {
	if d[p] == '<' && d[p+1] == 'f' {
		c.Formula = true
		next, st := quickFormula(d, p)
		if st != rowDone {
			return 0, st, nil
		}
		p = next
	}
	switch {
	case d[p] != '<':
	case d[p+1] == 'v' && d[p+2] == '>':
		switch head.kind {
		case cellNumber:
			return s.quickNumber(d, p+3, c, head.style)
		case cellShared:
			return s.quickShared(d, p+3, c, head.style)
		}
		return s.quickValue(d, p+3, c, head)
	case d[p+1] == 'i' && d[p+2] == 's' && head.kind == cellInline:
		return s.quickInline(d, p, c, head.style)
	case string(d[p:p+4]) == "</c>":
		if c.Formula {
			c.NoValue = true
			c.Format = s.w.style(head.style).Code
		}
		return p + 4, rowDone, nil
	}
	return 0, rowOdd, nil
}

// quickFormula passes over the formula at d[p].
func quickFormula(d []byte, p int) (int, rowState) {
	g := bytes.IndexByte(d[p:], '>')
	if g < 0 {
		return 0, rowCut
	}
	if bytes.IndexByte(d[p:p+g], '\'') >= 0 {
		return 0, rowOdd
	}
	if d[p+g-1] != '/' {
		e := bytes.IndexByte(d[p+g:], '<')
		if e < 0 || len(d)-p-g-e < 4 {
			return 0, rowCut
		}
		if string(d[p+g+e:p+g+e+4]) != "</f>" {
			return 0, rowOdd
		}
		g += e + 3
	}
	if p += g + 1; len(d)-p < 8 {
		return 0, rowCut
	}
	return p, rowDone
}

// quickNumber reads a number at d[p].
func (s *rowScan) quickNumber(d []byte, p int, c *sheet.Cell, style int) (int, rowState, error) {
	m, q := stored.ScanDecimal(d, p)
	if len(d)-q < 8 {
		return 0, rowCut, nil
	}
	switch {
	case d[q] != '<' || !m.Exact():
		e := bytes.IndexByte(d[q:], '<')
		if e < 0 || len(d)-q-e < 8 {
			return 0, rowCut, nil
		}
		q += e
		num, text, ok := s.ar.Number(d[p:q])
		if !ok {
			return 0, rowOdd, nil // blank, or damage that slow describes
		}
		c.Num, c.Text = num, text
		s.numberText(c, nil, style)
	case m.Mant == 0:
		c.Text = "0"
		s.numberText(c, nil, style)
	default:
		raw := d[p:q]
		if m.Tail {
			raw = stored.TrimDecimal(raw)
		}
		c.Num, c.Text = m.Float(), ""
		s.numberText(c, raw, style)
	}
	return closeCell(d, q)
}

// quickShared reads the number of a shared string at d[p].
func (s *rowScan) quickShared(d []byte, p int, c *sheet.Cell, style int) (int, rowState, error) {
	n, at := 0, p
	for p < len(d) && d[p]-'0' <= 9 && n < 1<<28 {
		n = n*10 + int(d[p]-'0')
		p++
	}
	if len(d)-p < 8 {
		return 0, rowCut, nil
	}
	if p == at || n >= s.w.shared.Len() {
		return 0, rowOdd, nil
	}
	if c.Text = s.w.shared.At(n); c.Text != "" {
		c.Kind = sheet.Text
		c.Format = s.w.style(style).Code
		s.w.shared.Strike(n, c)
	}
	return closeCell(d, p)
}

// quickValue reads any other value at d[p].
func (s *rowScan) quickValue(d []byte, p int, c *sheet.Cell, head *cellHead) (int, rowState, error) {
	e := bytes.IndexByte(d[p:], '<')
	if e < 0 || len(d)-p-e < 8 {
		return 0, rowCut, nil
	}
	raw := d[p : p+e]
	if head.kind == cellFormulaText {
		var err error
		if s.tmp, err = stored.AppendText(s.tmp[:0], raw, false); err != nil {
			return 0, rowOdd, nil
		}
		raw = s.tmp
	}
	q, st, err := closeCell(d, p+e)
	if st != rowDone {
		return 0, st, err
	}
	// value appends the cell itself.
	cell := *c
	s.row.Cells = s.row.Cells[:len(s.row.Cells)-1]
	n := len(s.row.Cells)
	if err := s.value(cell, head.kind, head.style, raw, e > 0, true); err != nil {
		return 0, rowDone, err
	}
	if len(s.row.Cells) == n { // blank: the caller takes it off again
		s.row.Cells = append(s.row.Cells, sheet.Cell{})
	}
	return q, rowDone, nil
}

// quickInline reads <is><t>text</t></is></c>.
func (s *rowScan) quickInline(d []byte, p int, c *sheet.Cell, styleAt int) (int, rowState, error) {
	if len(d)-p < 30 {
		return 0, rowCut, nil
	}
	if string(d[p:p+6]) != "<is><t" {
		return 0, rowOdd, nil
	}
	p += 6
	if d[p] == '>' {
		p++
	} else if string(d[p:p+22]) == ` xml:space="preserve">` {
		p += 22
	} else {
		return 0, rowOdd, nil
	}
	e := bytes.IndexByte(d[p:], '<')
	if e < 0 || len(d)-p-e < 13 {
		return 0, rowCut, nil
	}
	if string(d[p+e:p+e+13]) != "</t></is></c>" {
		return 0, rowOdd, nil
	}
	var err error
	if s.tmp, err = stored.AppendText(s.tmp[:0], d[p:p+e], false); err != nil || !utf8.Valid(s.tmp) || len(s.tmp) > s.w.lim.CellBytes {
		return 0, rowOdd, nil // slow says what is wrong
	}
	if len(s.tmp) > 0 {
		c.Kind, c.Text, c.Format = sheet.Text, s.ar.Add(s.tmp), s.w.style(styleAt).Code
	}
	return p + e + 13, rowDone, nil
}

// closeCell expects </v></c> at d[p].
func closeCell(d []byte, p int) (int, rowState, error) {
	if string(d[p:p+8]) != "</v></c>" {
		return 0, rowOdd, nil
	}
	return p + 8, rowDone, nil
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
