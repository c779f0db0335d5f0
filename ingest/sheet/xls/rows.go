package xls

import (
	"encoding/binary"
	"math"

	"taizhang/ingest/numfmt"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/stored"
)

// biffScan reads the cells of one sheet ([MS-XLS] 2.1.7.20.5).
type biffScan struct {
	b      *biffBook
	at     int
	fn     func(*sheet.Row) error
	ar     stored.Arena
	row    sheet.Row
	cols   bool // the cells of the row came in order
	hidden map[int]bool
	merged []sheet.Range
	sorted bool

	pending int // index of the cell whose text a String record will bring, -1 for none
	loose   []sheet.Row
	own     map[int]int // cell formats made for BIFF2's number formats
}

// HiddenColumns implements [sheet.Concealing].
func (b *biffBook) HiddenColumns() []sheet.Stretch { return b.unseen }

// Each implements [sheet.Source].
func (b *biffBook) Each(i int, fn func(*sheet.Row) error) ([]sheet.Range, error) {
	if b.ver <= 4 {
		if err := b.own(b.sheets[i].at); err != nil {
			return nil, err
		}
	}
	if err := b.loadShared(); err != nil {
		return nil, err
	}
	s := &biffScan{b: b, at: b.sheets[i].at, fn: fn, sorted: true, pending: -1, cols: true}
	b.noted, b.unseen = false, nil
	if err := s.survey(); err != nil {
		return nil, err
	}
	if !s.sorted {
		// Rows in disorder are collected and sorted; a sheet has at most 65,536.
		s.fn = func(r *sheet.Row) error {
			c := *r
			c.Cells = append([]sheet.Cell(nil), r.Cells...)
			s.loose = append(s.loose, c)
			return nil
		}
	}
	if err := s.cells(); err != nil {
		return nil, err
	}
	if !s.sorted {
		rows, err := sheet.MergeRows(s.loose)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			if err := fn(&rows[i]); err != nil {
				return nil, err
			}
		}
	}
	return s.merged, nil
}

// walk calls fn for each record of the sheet itself, not of charts within it.
func (s *biffScan) walk(fn func(r record) error) error {
	depth := 0
	for p, n := s.at, 1; ; n++ {
		if n&0xfff == 0 {
			if err := s.b.lim.Expired(); err != nil {
				return err
			}
		}
		r, err := s.b.rec(p)
		if err != nil {
			return err
		}
		p = r.next
		switch {
		case r.id == recEOF:
			if depth == 0 {
				return nil
			}
			depth--
		case isBOF(r.id) && len(r.data) >= 4:
			depth++
		case depth == 0:
			if err := fn(r); err != nil {
				return err
			}
		}
	}
}

// survey notes hidden rows, merged cells, and whether the rows are in order.
func (s *biffScan) survey() error {
	last := 0
	return s.walk(func(r record) error {
		d := r.data
		switch r.id {
		case recNumber, recLabel, recBoolErr, recRK, recMulRK, recLabelSST, recRString, 0x06, 0x206, 0x406, 0x02, 0x03, 0x04, 0x05:
			if len(d) >= 2 && (r.id > 5 || s.b.ver == 2) {
				n := int(u16(d))
				s.sorted = s.sorted && n >= last
				last = n
			}
		case recRow: // 2.4.221: fDyZero
			if len(d) >= 16 && d[12]&0x20 != 0 {
				if s.hidden == nil {
					s.hidden = map[int]bool{}
				}
				s.hidden[int(u16(d))+1] = true
			}
		case recColInfo: // 2.4.53: fHidden
			if len(d) >= 10 && d[8]&1 != 0 {
				s.b.unseen = sheet.AddStretch(s.b.unseen, int(u16(d))+1, int(u16(d[2:]))+1)
			}
		case recMerged: // 2.4.168
			for at := 2; at+8 <= len(d); at += 8 {
				m := sheet.Range{Top: int(u16(d[at:])) + 1, Left: int(u16(d[at+4:])) + 1, Bottom: int(u16(d[at+2:])) + 1, Right: int(u16(d[at+6:])) + 1}
				if m.Bottom >= m.Top && m.Right >= m.Left {
					s.merged = append(s.merged, m)
				}
			}
		case recNote, recTxO:
			s.b.noted = true
		case recFilePass:
			return sheet.Refuse(sheet.Password, "biff%d", s.b.ver)
		}
		return nil
	})
}

// cell begins a cell in a new or the current row; col is from 0.
func (s *biffScan) cell(row, col int) (*sheet.Cell, error) {
	row, col = row+1, col+1
	if row != s.row.N {
		if err := s.flush(); err != nil {
			return nil, err
		}
		s.row.N, s.row.Hidden = row, s.hidden[row]
	}
	n := len(s.row.Cells)
	if n > 0 && s.row.Cells[n-1].Col >= col {
		s.cols = false
	}
	s.row.Cells = append(s.row.Cells, sheet.Cell{Row: row, Col: col})
	return &s.row.Cells[n], nil
}

// flush hands the current row out.
func (s *biffScan) flush() (err error) {
	s.pending = -1
	if len(s.row.Cells) > 0 {
		kept := s.row.Cells[:0]
		for i := range s.row.Cells { // formulas whose text is empty are blank
			if c := &s.row.Cells[i]; c.Kind != sheet.Empty || c.NoValue {
				if len(kept) != i {
					kept = append(kept, *c)
				} else {
					kept = kept[:i+1]
				}
			}
		}
		s.row.Cells = kept
		if !s.cols {
			if s.row.Cells, err = sheet.SortCells(s.row.Cells); err != nil {
				return err
			}
		}
		if n := len(s.row.Cells); n > 0 {
			if last := s.row.Cells[n-1]; last.Row > s.b.lim.Rows || last.Col > s.b.lim.Columns {
				return sheet.Refuse(sheet.TooLarge, "cell %s", last.Ref())
			}
			err = s.fn(&s.row)
		}
	}
	s.row.Cells, s.cols = s.row.Cells[:0], true
	return err
}

// number sets a cell's number under a cell format.
func (s *biffScan) number(c *sheet.Cell, f float64, xf int) error {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		// Programs that know only IEEE 754's values write these; Excel shows #NUM!.
		c.Kind, c.Text = sheet.Error, "#NUM!"
		return nil
	}
	c.Struck = s.b.strike(xf)
	if xf < len(s.b.styles) {
		if st := &s.b.styles[xf]; st.Class != numfmt.Number {
			s.ar.SetNumber(c, f, st, s.b.date1904)
			if c.Kind != sheet.Number {
				c.Unseen = s.b.nobodySees(xf, false, f)
				return nil
			}
		} else {
			c.Format, c.Percent = st.Code, st.Percent
		}
	}
	c.Kind, c.Num, c.Text = sheet.Number, f, s.ar.Float(f)
	c.Unseen = s.b.nobodySees(xf, false, f)
	return nil
}

func (s *biffScan) boolErr(c *sheet.Cell, v, isErr byte) {
	switch {
	case isErr != 0:
		c.Kind, c.Text = sheet.Error, errorText(v)
	case v != 0:
		c.Kind, c.Num, c.Text = sheet.Bool, 1, "TRUE"
	default:
		c.Kind, c.Text = sheet.Bool, "FALSE"
	}
}

// text sets a cell's text; an empty one leaves it blank.
func (s *biffScan) text(c *sheet.Cell, t string, xf int) error {
	if t == "" {
		return nil
	}
	if len(t) > s.b.lim.CellBytes {
		return sheet.Refuse(sheet.TooLarge, "cell %s of %d bytes", c.Ref(), len(t))
	}
	c.Kind, c.Text, c.Struck = sheet.Text, t, s.b.strike(xf)
	if xf >= 0 && xf < len(s.b.styles) {
		c.Format = s.b.styles[xf].Code
	}
	c.Unseen = s.b.nobodySees(xf, true, 0)
	return nil
}

// cells reads the values.
func (s *biffScan) cells() error {
	depth := 0
	for p := s.at; ; {
		r, err := s.b.rec(p)
		if err != nil {
			return err
		}
		p = r.next
		switch {
		case r.id == recEOF:
			if depth == 0 {
				return s.flush()
			}
			depth--
		case isBOF(r.id) && len(r.data) >= 4:
			depth++
		case depth > 0: // a chart's
		case r.id == recString || r.id == 0x07 && s.b.ver == 2:
			p, err = s.formulaText(r)
		case r.id == recMulRK:
			err = s.mulRK(r)
		default:
			if of := s.b.valueOf(r.id); of != nil {
				p, err = s.cellRecord(r, of)
			}
		}
		if err != nil {
			return err
		}
	}
}

// biffValue says how the value of a kind of cell record is read.
type biffValue struct {
	need int // bytes at least
	read func(s *biffScan, c *sheet.Cell, r record, v []byte, xf int) (next int, err error)
}

// biffValues are the records of one cell, by id; those below 0x06 are BIFF2's.
var biffValues = [0x407]biffValue{
	recLabelSST: {4, (*biffScan).sharedRecord}, // 2.4.149
	recNumber:   {8, (*biffScan).numberRecord},
	0x03:        {8, (*biffScan).numberRecord},
	recRK:       {4, (*biffScan).rkRecord},
	0x7e:        {4, (*biffScan).rkRecord},
	0x02:        {2, (*biffScan).integerRecord},
	recLabel:    {2, (*biffScan).labelRecord},
	recRString:  {2, (*biffScan).labelRecord},
	0x04:        {1, (*biffScan).labelRecord},
	recBoolErr:  {2, (*biffScan).boolErrRecord},
	0x05:        {2, (*biffScan).boolErrRecord},
	0x06:        {8, (*biffScan).formulaRecord},
	0x206:       {8, (*biffScan).formulaRecord},
	0x406:       {8, (*biffScan).formulaRecord},
}

// valueOf is how a record's value is read, nil where it holds no cell.
func (b *biffBook) valueOf(id int) *biffValue {
	if id < 0x06 && b.ver != 2 || id >= len(biffValues) || biffValues[id].read == nil {
		return nil
	}
	return &biffValues[id]
}

// place reads where a cell stands and its format; xf is -1 where a BIFF2 cell names none.
func (s *biffScan) place(r record) (row, col, xf, head int, err error) {
	d, biff2 := r.data, s.b.ver == 2
	head = 6 // row, column, cell format
	if biff2 {
		head = 7 // row, column, three bytes of attributes
	}
	if len(d) < head {
		return 0, 0, 0, 0, sheet.Damage("biff: short cell record %#x", r.id)
	}
	xf = int(u16(d[4:]))
	if biff2 {
		if xf = int(d[4] & 0x3f); len(s.b.xfs) == 0 {
			xf = -1
		}
	}
	return int(u16(d)), int(u16(d[2:])), xf, head, nil
}

// cellRecord reads a record of one cell.
func (s *biffScan) cellRecord(r record, of *biffValue) (next int, err error) {
	row, col, xf, head, err := s.place(r)
	if err != nil {
		return 0, err
	}
	v := r.data[head:]
	if len(v) < of.need {
		return 0, sheet.Damage("biff: short cell record %#x", r.id)
	}
	c, err := s.cell(row, col)
	if err != nil {
		return 0, err
	}
	return of.read(s, c, r, v, xf)
}

// mulRK reads a row's piece of numbers (2.4.175).
func (s *biffScan) mulRK(r record) error {
	row, col, _, _, err := s.place(r)
	if err != nil {
		return err
	}
	d := r.data
	for at := 4; at+8 <= len(d); at += 6 {
		c, err := s.cell(row, col+(at-4)/6)
		if err != nil {
			return err
		}
		if err := s.number(c, rk(u32(d[at+2:])), int(u16(d[at:]))); err != nil {
			return err
		}
	}
	return nil
}

// formulaText reads the text that the formula before it results in.
func (s *biffScan) formulaText(r record) (next int, err error) {
	if s.pending < 0 {
		return r.next, nil
	}
	c, d, b := &s.row.Cells[s.pending], r.data, s.b
	s.pending = -1
	t, next := "", r.next
	switch {
	case b.ver >= 8:
		t, next = b.continued(d, next)
	case b.ver == 2 && len(d) > 0:
		t = b.text8(d[1:], int(d[0]))
	case len(d) >= 2:
		t = b.text8(d[2:], int(u16(d)))
	}
	return next, s.text(c, t, -1)
}

func (s *biffScan) sharedRecord(c *sheet.Cell, r record, v []byte, xf int) (int, error) {
	n := int(u32(v))
	if n >= s.b.shared.Len() {
		return 0, sheet.Damage("biff: shared string %d of %d in cell %s", n, s.b.shared.Len(), c.Ref())
	}
	err := s.text(c, s.b.shared.At(n), xf)
	if c.Kind == sheet.Text {
		s.b.shared.Strike(n, c)
	}
	return r.next, err
}

func (s *biffScan) numberRecord(c *sheet.Cell, r record, v []byte, xf int) (int, error) {
	return r.next, s.number(c, math.Float64frombits(binary.LittleEndian.Uint64(v)), s.format2(r.data, xf))
}

func (s *biffScan) rkRecord(c *sheet.Cell, r record, v []byte, xf int) (int, error) {
	return r.next, s.number(c, rk(u32(v)), xf)
}

func (s *biffScan) integerRecord(c *sheet.Cell, r record, v []byte, xf int) (int, error) {
	return r.next, s.number(c, float64(u16(v)), s.format2(r.data, xf))
}

func (s *biffScan) labelRecord(c *sheet.Cell, r record, v []byte, xf int) (int, error) {
	t, next := "", r.next
	switch {
	case s.b.ver >= 8:
		t, next = s.b.continued(v, next)
	case r.id == 0x04:
		t = s.b.text8(v[1:], int(v[0]))
	default:
		t = s.b.text8(v[2:], int(u16(v)))
	}
	return next, s.text(c, t, xf)
}

func (s *biffScan) boolErrRecord(c *sheet.Cell, r record, v []byte, _ int) (int, error) {
	s.boolErr(c, v[0], v[1])
	return r.next, nil
}

func (s *biffScan) formulaRecord(c *sheet.Cell, r record, v []byte, xf int) (int, error) {
	c.Formula = true
	return r.next, s.formula(c, v, s.format2(r.data, xf))
}

// format2 gives the cell format of a number. BIFF2 cells without cell formats
// name their number format themselves.
func (s *biffScan) format2(d []byte, xf int) int {
	if xf >= 0 {
		return xf
	}
	id := int(d[5] & 0x3f)
	at, ok := s.own[id]
	if !ok {
		if s.own == nil {
			s.own = map[int]int{}
		}
		at = len(s.b.styles)
		s.own[id] = at
		s.b.styles = append(s.b.styles, s.b.formatStyle(id))
	}
	return at
}

// formula sets the stored result of a Formula record (2.5.133 FormulaValue).
func (s *biffScan) formula(c *sheet.Cell, v []byte, xf int) error {
	if u16(v[6:]) != 0xffff {
		return s.number(c, math.Float64frombits(binary.LittleEndian.Uint64(v)), xf)
	}
	switch v[0] {
	case 0:
		s.pending = len(s.row.Cells) - 1
	case 1:
		s.boolErr(c, v[2], 0)
	case 2:
		s.boolErr(c, v[2], 1)
	case 3: // empty text
	default:
		return sheet.Damage("biff: formula result of type %d in cell %s", v[0], c.Ref())
	}
	return nil
}
