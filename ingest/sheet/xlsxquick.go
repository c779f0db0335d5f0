package sheet

import (
	"bytes"
	"unicode/utf8"

	"taizhang/ingest/numfmt"
)

// quickRows reads rows for as long as they have the usual shape and lie whole
// in the window. What it leaves at x.p is for the token reader: an unusual row,
// the end of sheetData, or anything else.
func (s *rowScan) quickRows() error {
	x := s.x
	if s.w.slowOnly {
		return nil
	}
	for {
		n, st, err := s.quickRow(x.buf[x.p:])
		if err != nil {
			return err
		}
		switch st {
		case rowDone:
			x.p += n
		case rowCut:
			if x.eof {
				return nil
			}
			if err := x.fill(); err != nil {
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
	p += 4
	n, hidden, empty := 0, false, false
	for {
		if p+1 >= len(d) {
			return 0, rowCut, nil
		}
		c := d[p]
		if c == '>' {
			p++
			break
		}
		if c == '/' && d[p+1] == '>' {
			p += 2
			empty = true
			break
		}
		if c != ' ' {
			return 0, rowOdd, nil // rowBreaks, or white space of another kind
		}
		if p++; d[p] == ' ' {
			continue
		}
		at := p
		for p < len(d) && (letter(d[p]) || d[p] == ':' || d[p]-'0' <= 9) {
			p++
		}
		if p+1 >= len(d) {
			return 0, rowCut, nil
		}
		if d[p] != '=' {
			return 0, rowOdd, nil
		}
		name := d[at:p]
		p++
		if d[p] != '"' {
			return 0, rowOdd, nil
		}
		p++
		e := bytes.IndexByte(d[p:], '"')
		if e < 0 {
			return 0, rowCut, nil
		}
		v := d[p : p+e]
		p += e + 1
		if len(name) == 1 && name[0] == 'r' {
			if len(v) > 7 {
				return 0, rowOdd, nil
			}
			for _, c := range v {
				if c-'0' > 9 {
					return 0, rowOdd, nil
				}
				n = n*10 + int(c-'0')
			}
			if n == 0 {
				return 0, rowOdd, nil
			}
		} else if string(name) == "hidden" {
			hidden = string(v) == "1" || string(v) == "true"
		}
	}
	last := s.last
	s.begin(n, hidden)
	if empty {
		return p, rowDone, nil
	}
	p, st, err := s.quickCells(d, p)
	if st != rowDone || err != nil {
		s.last = last
		return 0, st, err
	}
	return p, rowDone, s.finish(true)
}

// quickCells reads cells from d[p] to the end of the row.
func (s *rowScan) quickCells(d []byte, p int) (int, rowState, error) {
	col, row := 0, s.row.N
	for {
		if len(d)-p < 6 {
			return 0, rowCut, nil
		}
		if d[p] != '<' {
			if d[p] <= ' ' {
				p++
				continue
			}
			return 0, rowOdd, nil
		}
		if d[p+1] == '/' {
			if string(d[p:p+6]) == "</row>" {
				return p + 6, rowDone, nil
			}
			return 0, rowOdd, nil
		}
		if d[p+1] != 'c' || d[p+2] != ' ' && d[p+2] != '>' && d[p+2] != '/' {
			return 0, rowOdd, nil
		}
		p += 2
		at, styleAt, typ, empty := col+1, 0, cellNumber, false
	attrs:
		for {
			if len(d)-p < 5 {
				return 0, rowCut, nil
			}
			switch {
			case d[p] == ' ':
				p++
			case d[p] == '>':
				p++
				break attrs
			case d[p] == '/' && d[p+1] == '>':
				p += 2
				empty = true
				break attrs
			case d[p+1] == '=' && d[p+2] == '"' && letter(d[p]):
				key := d[p]
				p += 3
				switch key {
				case 'r':
					c, r := 0, 0
					for p < len(d) && d[p]-'A' < 26 && c < 1<<15 {
						c = c*26 + int(d[p]-'A') + 1
						p++
					}
					for p < len(d) && d[p]-'0' <= 9 && r < 1<<24 {
						r = r*10 + int(d[p]-'0')
						p++
					}
					if p == len(d) {
						return 0, rowCut, nil
					}
					if c == 0 || r != row || d[p] != '"' {
						return 0, rowOdd, nil
					}
					at = c
				case 's':
					for p < len(d) && d[p]-'0' <= 9 && styleAt < 1<<24 {
						styleAt = styleAt*10 + int(d[p]-'0')
						p++
					}
					if p == len(d) {
						return 0, rowCut, nil
					}
					if d[p] != '"' {
						return 0, rowOdd, nil
					}
				case 't':
					e := bytes.IndexByte(d[p:], '"')
					if e < 0 {
						return 0, rowCut, nil
					}
					if typ = cellType(d[p : p+e]); typ == cellUnknown {
						return 0, rowOdd, nil
					}
					p += e
				default:
					e := bytes.IndexByte(d[p:], '"')
					if e < 0 {
						return 0, rowCut, nil
					}
					p += e
				}
				p++
			default:
				return 0, rowOdd, nil
			}
		}
		if at <= col {
			return 0, rowOdd, nil
		}
		col = at
		if empty {
			continue
		}
		if len(d)-p < 8 {
			return 0, rowCut, nil
		}
		s.row.Cells = append(s.row.Cells, Cell{Row: row, Col: col, Struck: strike(s.w.isStruck(styleAt))})
		c := &s.row.Cells[len(s.row.Cells)-1]
		q, st, err := s.quickCell(d, p, c, typ, styleAt)
		if st != rowDone || err != nil {
			return 0, st, err
		}
		if c.Kind == Empty && !c.NoValue {
			s.row.Cells = s.row.Cells[:len(s.row.Cells)-1]
		} else if at > s.w.lim.Columns {
			return 0, rowOdd, nil // slow refuses it
		}
		p = q
	}
}

// quickCell reads what stands between <c …> and </c>.
func (s *rowScan) quickCell(d []byte, p int, c *Cell, typ cellKind, styleAt int) (int, rowState, error) {
	if d[p] == '<' && d[p+1] == 'f' {
		g := bytes.IndexByte(d[p:], '>')
		if g < 0 {
			return 0, rowCut, nil
		}
		c.Formula = true
		if bytes.IndexByte(d[p:p+g], '\'') >= 0 {
			return 0, rowOdd, nil
		}
		if d[p+g-1] != '/' {
			e := bytes.IndexByte(d[p+g:], '<')
			if e < 0 || len(d)-p-g-e < 4 {
				return 0, rowCut, nil
			}
			if string(d[p+g+e:p+g+e+4]) != "</f>" {
				return 0, rowOdd, nil
			}
			g += e + 3
		}
		p += g + 1
		if len(d)-p < 8 {
			return 0, rowCut, nil
		}
	}
	if d[p] != '<' {
		return 0, rowOdd, nil
	}
	switch {
	case d[p+1] == 'v' && d[p+2] == '>':
		p += 3
	case d[p+1] == 'i' && d[p+2] == 's' && typ == cellInline:
		return s.quickInline(d, p, c, styleAt)
	case string(d[p:p+4]) == "</c>":
		if c.Formula {
			c.NoValue = true
			c.Format = s.w.style(styleAt).Code
		}
		return p + 4, rowDone, nil
	default:
		return 0, rowOdd, nil
	}
	// p is where the value begins; the three ways on agree on its end.
	switch typ {
	case cellNumber:
		at := p
		m, q := scanDecimal(d, p)
		if len(d)-q < 8 {
			return 0, rowCut, nil
		}
		if d[q] != '<' || !m.exact() {
			e := bytes.IndexByte(d[q:], '<')
			if e < 0 || len(d)-q-e < 8 {
				return 0, rowCut, nil
			}
			q += e
			num, text, ok := s.ar.number(d[at:q])
			if !ok {
				return 0, rowOdd, nil // blank, or damage that slow describes
			}
			c.Num, c.Text = num, text
		} else if m.mant == 0 {
			c.Text = "0"
		} else {
			raw := d[at:q]
			if m.tail {
				raw = trimDecimal(raw)
			}
			c.Num, c.Text = m.float(), ""
			s.numberText(c, raw, styleAt)
			return closeCell(d, q)
		}
		s.numberText(c, nil, styleAt)
		return closeCell(d, q)
	case cellShared:
		n, at := 0, p
		for p < len(d) && d[p]-'0' <= 9 && n < 1<<28 {
			n = n*10 + int(d[p]-'0')
			p++
		}
		if len(d)-p < 8 {
			return 0, rowCut, nil
		}
		if p == at || n >= s.w.shared.len() {
			return 0, rowOdd, nil
		}
		if c.Text = s.w.shared.at(n); c.Text != "" {
			c.Kind = Text
			c.Format = s.w.style(styleAt).Code
			s.w.shared.strike(n, c)
		}
		return closeCell(d, p)
	}
	e := bytes.IndexByte(d[p:], '<')
	if e < 0 || len(d)-p-e < 8 {
		return 0, rowCut, nil
	}
	raw := d[p : p+e]
	if typ == cellFormulaText {
		var err error
		if s.tmp, err = appendText(s.tmp[:0], raw, false); err != nil {
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
	if err := s.value(cell, typ, styleAt, raw, e > 0, true); err != nil {
		return 0, rowDone, err
	}
	if len(s.row.Cells) == n { // blank: the caller takes it off again
		s.row.Cells = append(s.row.Cells, Cell{})
	}
	return q, rowDone, nil
}

// numberText finishes a numeric cell; raw, where given, is its plain decimal.
func (s *rowScan) numberText(c *Cell, raw []byte, styleAt int) {
	if styleAt < len(s.w.styles) {
		st := &s.w.styles[styleAt]
		if st.Class != numfmt.Number {
			s.ar.setNumber(c, c.Num, st, s.w.date1904)
			if c.Kind != Number {
				return
			}
		}
		c.Format, c.Percent = st.Code, st.Percent
	}
	c.Kind = Number
	if raw != nil {
		c.Text = s.ar.add(raw)
	}
}

// quickInline reads <is><t>text</t></is></c>.
func (s *rowScan) quickInline(d []byte, p int, c *Cell, styleAt int) (int, rowState, error) {
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
	if s.tmp, err = appendText(s.tmp[:0], d[p:p+e], false); err != nil || !utf8.Valid(s.tmp) || len(s.tmp) > s.w.lim.CellBytes {
		return 0, rowOdd, nil // slow says what is wrong
	}
	if len(s.tmp) > 0 {
		c.Kind, c.Text, c.Format = Text, s.ar.add(s.tmp), s.w.style(styleAt).Code
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
