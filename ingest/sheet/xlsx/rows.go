package xlsx

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"taizhang/ingest/numfmt"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/stored"
	"taizhang/internal/xmlscan"
)

// rowScan reads the rows of one worksheet part. Rows in the shape that nearly
// all writers use are read by quick (quick.go), directly from the window;
// whatever quick does not know is read again, token by token, by slow.
type rowScan struct {
	w    *workbook
	x    *xmlscan.Scanner
	fn   func(*sheet.Row) error
	ar   stored.Arena
	row  sheet.Row
	last int    // number of the row before
	free bool   // the row doesn't give its number: its first cell may
	tmp  []byte // text of the cell being read

	merged []sheet.Range
	unseen []sheet.Stretch
}

// HiddenColumns implements [sheet.Concealing].
func (w *workbook) HiddenColumns() []sheet.Stretch { return w.unseen }

// Each implements [sheet.Source].
func (w *workbook) Each(i int, fn func(*sheet.Row) error) ([]sheet.Range, error) {
	if err := w.load(); err != nil {
		return nil, err
	}
	r, err := w.pack.Part(w.parts[i])
	if err != nil {
		return nil, err
	}
	defer r.Close()
	x, err := xmlscan.New(r, w.lim.XML())
	if err != nil {
		return nil, err
	}
	defer x.Release()
	s := &rowScan{w: w, x: x, fn: fn}
	if err := s.sheet(); err != nil {
		return nil, err
	}
	w.unseen = s.unseen
	return s.merged, nil
}

// sheet reads a CT_Worksheet (ECMA-376 18.3.1.99): cols, sheetData and mergeCells.
func (s *rowScan) sheet() error {
	x := s.x
	for {
		t, err := x.Next()
		if err != nil || t == xmlscan.EOF {
			return err
		}
		if t != xmlscan.Start {
			continue
		}
		switch {
		case x.Depth == 1:
			if n := string(x.Name); n != "worksheet" {
				return sheet.Damage("worksheet part begins with <%s>", n)
			}
		case x.Depth == 2 && string(x.Name) == "sheetData":
			if err := s.data(); err != nil {
				return err
			}
		case x.Depth == 3 && string(x.Name) == "col": // ECMA-376 18.3.1.13
			if x.AttrBool("hidden") {
				s.unseen = sheet.AddStretch(s.unseen, x.AttrInt("min", 0), x.AttrInt("max", 0))
			}
		case string(x.Name) == "mergeCell":
			v, _ := x.Attr("ref")
			r, ok := parseRange(v)
			if !ok {
				continue // says nothing about a value
			}
			if s.merged = append(s.merged, r); len(s.merged) > s.w.lim.Merged {
				return sheet.Refuse(sheet.TooLarge, "more than %d merged ranges", s.w.lim.Merged)
			}
		}
	}
}

// data reads sheetData to its end.
func (s *rowScan) data() error {
	x := s.x
	for {
		if !x.Empty() {
			if err := s.quickRows(); err != nil {
				return err
			}
		}
		t, err := x.Next()
		if err != nil {
			return err
		}
		switch t {
		case xmlscan.End:
			if x.Depth == 1 {
				return nil
			}
		case xmlscan.Start:
			if string(x.Name) != "row" {
				if err := x.Skip(); err != nil {
					return err
				}
				continue
			}
			if err := s.slowRow(); err != nil {
				return err
			}
		}
	}
}

// begin starts a row; n is 0 where the file doesn't number it.
func (s *rowScan) begin(n int, hidden bool) {
	if n == 0 {
		n = s.last + 1
	}
	s.last = n
	s.row.N, s.row.Hidden, s.row.Cells = n, hidden, s.row.Cells[:0]
}

// finish hands the row out. Cells out of order are sorted.
func (s *rowScan) finish(sorted bool) (err error) {
	if len(s.row.Cells) == 0 {
		return nil
	}
	if s.row.N > s.w.lim.Rows {
		return sheet.Refuse(sheet.TooLarge, "row %d", s.row.N)
	}
	if !sorted {
		if s.row.Cells, err = sheet.SortCells(s.row.Cells); err != nil {
			return err
		}
	}
	return s.fn(&s.row)
}

// slowRow reads a CT_Row (18.3.1.73) whose start was just told.
func (s *rowScan) slowRow() error {
	x := s.x
	n := 0
	v, given := x.Attr("r")
	if s.free = !given; given {
		var err error
		if n, err = strconv.Atoi(stored.View(v)); err != nil || n < 1 {
			return sheet.Damage("row number %q", v)
		}
	}
	s.begin(n, x.AttrBool("hidden"))
	col, sorted := 0, true
	err := x.Elements(func() error {
		if string(x.Name) != "c" {
			return x.Skip()
		}
		at, err := s.slowCell(col + 1)
		if err != nil {
			return err
		}
		sorted = sorted && at > col
		col = at
		return nil
	})
	if err != nil {
		return err
	}
	return s.finish(sorted)
}

// slowCell reads a CT_Cell (18.3.1.4) whose start was just told; next is its
// column where it gives none.
func (s *rowScan) slowCell(next int) (col int, err error) {
	c, head, err := s.slowHead(next)
	if err != nil {
		return 0, err
	}
	in, err := s.slowBody(&c, &head)
	if err != nil {
		return 0, err
	}
	before := len(s.row.Cells)
	if err := s.value(c, head.kind, head.style, s.tmp, len(s.tmp) > 0, in.value); err != nil {
		return 0, err
	}
	if len(s.row.Cells) > before {
		s.row.Cells[before].Struck = in.runs.Strike(s.row.Cells[before].Struck)
	}
	if n := len(s.row.Cells); n > 0 && s.row.Cells[n-1].Col == c.Col && c.Col > s.w.lim.Columns {
		return 0, sheet.Refuse(sheet.TooLarge, "column %d", c.Col) // blank cells may stand anywhere
	}
	return c.Col, nil
}

// slowHead reads a cell's attributes.
func (s *rowScan) slowHead(next int) (c sheet.Cell, head cellHead, err error) {
	c, head = sheet.Cell{Row: s.row.N, Col: next}, cellHead{style: -1}
	for rest := s.x.Attrs; ; {
		var k, v []byte
		if k, v, rest = xmlscan.NextAttr(rest); k == nil {
			return c, head, nil
		}
		switch string(k) {
		case "r":
			row, col, ok := parseRef(v)
			if ok && s.free && row != s.row.N && len(s.row.Cells) == 0 {
				s.begin(row, s.row.Hidden)
				c.Row = row
			}
			if !ok || row != s.row.N {
				return c, head, sheet.Damage("cell %q in row %d", v, s.row.N)
			}
			s.free, c.Col = false, col
		case "s":
			if n, err := strconv.Atoi(stored.View(v)); err == nil {
				head.style = n // s="" is no style
			}
		case "t":
			if head.kind = cellType(v); head.kind == cellUnknown {
				return c, head, sheet.Damage("cell %s of type %q", c.Ref(), v)
			}
		}
	}
}

// cellBody is what was found between a cell's tags, beside the text in rowScan.tmp.
type cellBody struct {
	value bool        // there is one, be it empty
	runs  stored.Runs // of an inline string
}

// slowBody reads what stands between a cell's tags; the text of its value is left in s.tmp.
func (s *rowScan) slowBody(c *sheet.Cell, head *cellHead) (in cellBody, err error) {
	x := s.x
	s.tmp = s.tmp[:0]
	err = x.Elements(func() (err error) {
		switch string(x.Name) {
		case "v":
			in.value = true
			s.tmp, err = s.slowValue(s.tmp[:0], head.kind == cellFormulaText)
		case "f":
			c.Formula = true
			err = x.Skip()
		case "is":
			in.value = true
			s.tmp, in.runs, err = richText(x, s.tmp[:0])
			if head.kind == cellNumber {
				head.kind = cellInline
			}
		default:
			err = x.Skip()
		}
		return err
	})
	return in, err
}

// slowValue reads the text of <v>.
func (s *rowScan) slowValue(dst []byte, xstring bool) ([]byte, error) {
	x := s.x
	err := x.Within(func(t xmlscan.Token) (err error) {
		switch {
		case t != xmlscan.CharData:
		case xstring:
			dst, err = stored.AppendText(dst, x.Text, x.CDATA)
		case x.CDATA:
			dst = append(dst, x.Text...)
		default:
			dst, err = xmlscan.Unescape(dst, x.Text)
		}
		return err
	})
	return dst, err
}

// cellKind is the t attribute of a cell (ST_CellType, 18.18.11).
type cellKind uint8

const (
	cellNumber cellKind = iota
	cellShared
	cellFormulaText
	cellInline
	cellBool
	cellError
	cellISO
	cellUnknown
)

func cellType(v []byte) cellKind {
	switch string(v) {
	case "n", "":
		return cellNumber
	case "s":
		return cellShared
	case "str":
		return cellFormulaText
	case "inlineStr":
		return cellInline
	case "b":
		return cellBool
	case "e":
		return cellError
	case "d":
		return cellISO
	}
	return cellUnknown
}

// value gives cell c the value written as raw, and adds it to the row unless it
// is blank. hasV tells an empty stored value ("") from none at all.
func (s *rowScan) value(c sheet.Cell, typ cellKind, styleAt int, raw []byte, has, hasV bool) error {
	if typ != cellInline && typ != cellFormulaText {
		raw = bytes.TrimSpace(raw)
		has = has && len(raw) > 0
	}
	st := s.w.style(styleAt)
	c.Format, c.Struck = st.Code, sheet.StrikeIf(s.w.isStruck(styleAt))
	if !has {
		if c.Formula && !(hasV && (typ == cellFormulaText || typ == cellInline)) {
			c.NoValue = true
			s.row.Cells = append(s.row.Cells, c)
		}
		return nil
	}
	if err := [...]func(*rowScan, *sheet.Cell, []byte, *numfmt.Format) error{
		cellNumber: (*rowScan).numberValue, cellShared: (*rowScan).sharedValue, cellFormulaText: (*rowScan).textValue, cellInline: (*rowScan).textValue,
		cellBool: (*rowScan).boolValue, cellError: (*rowScan).errorValue, cellISO: (*rowScan).dateValue,
	}[typ](s, &c, raw, &st); err != nil {
		return err
	}
	if c.Kind != sheet.Empty {
		c.Unseen = s.w.nobodySees(styleAt, c.Kind == sheet.Text, c.Num)
		s.row.Cells = append(s.row.Cells, c)
	}
	return nil
}

func (s *rowScan) numberValue(c *sheet.Cell, raw []byte, st *numfmt.Format) error {
	num, text, ok := s.ar.Number(raw)
	switch {
	case ok:
		c.Text = text
		s.ar.SetNumber(c, num, st, s.w.date1904)
	case stored.NotANumber(raw):
		c.Kind, c.Text = sheet.Error, "#NUM!"
	default:
		return sheet.Damage("number %.40q in cell %s", raw, c.Ref())
	}
	return nil
}

// sharedValue leaves a cell with an empty text blank.
func (s *rowScan) sharedValue(c *sheet.Cell, raw []byte, _ *numfmt.Format) error {
	n, err := strconv.Atoi(stored.View(raw))
	if err != nil || n < 0 || n >= s.w.shared.Len() {
		return sheet.Damage("shared string %.20q of %d in cell %s", raw, s.w.shared.Len(), c.Ref())
	}
	if c.Text = s.w.shared.At(n); c.Text != "" {
		c.Kind = sheet.Text
		s.w.shared.Strike(n, c)
	}
	return nil
}

func (s *rowScan) textValue(c *sheet.Cell, raw []byte, _ *numfmt.Format) error {
	if len(raw) > s.w.lim.CellBytes {
		return sheet.Refuse(sheet.TooLarge, "cell %s of %d bytes", c.Ref(), len(raw))
	}
	if !utf8.Valid(raw) {
		return sheet.Damage("cell %s is not UTF-8", c.Ref())
	}
	c.Kind, c.Text = sheet.Text, s.ar.Add(raw)
	return nil
}

func (s *rowScan) boolValue(c *sheet.Cell, raw []byte, _ *numfmt.Format) error {
	c.Kind, c.Text = sheet.Bool, "FALSE"
	switch string(raw) {
	case "1", "true", "TRUE":
		c.Num, c.Text = 1, "TRUE"
	case "0", "false", "FALSE":
	default:
		return sheet.Damage("boolean %.20q in cell %s", raw, c.Ref())
	}
	return nil
}

func (s *rowScan) errorValue(c *sheet.Cell, raw []byte, _ *numfmt.Format) error {
	if !utf8.Valid(raw) || len(raw) > 64 {
		return sheet.Damage("error %.20q in cell %s", raw, c.Ref())
	}
	c.Kind, c.Text = sheet.Error, s.ar.Add(raw)
	return nil
}

// dateValue keeps what is no ISO 8601 date after all as it stands, for the reader to see.
func (s *rowScan) dateValue(c *sheet.Cell, raw []byte, st *numfmt.Format) error {
	kind, num, text, ok := s.ar.ISOValue(string(raw))
	if !ok {
		return s.textValue(c, raw, st)
	}
	c.Kind, c.Num, c.Text = kind, num, text
	return nil
}

// isStruck says whether a style's font is struck through.
func (w *workbook) isStruck(i int) bool { return i >= 0 && i < len(w.struck) && w.struck[i] }

// style is the cell format at an index; a wrong one means General, as in Excel.
func (w *workbook) style(i int) numfmt.Format {
	if i < 0 {
		i = 0
	}
	if i < len(w.styles) {
		return w.styles[i]
	}
	return numfmt.Format{}
}

// numberText finishes a numeric cell; raw, where given, is its plain decimal.
func (s *rowScan) numberText(c *sheet.Cell, raw []byte, styleAt int) {
	if styleAt < len(s.w.styles) {
		st := &s.w.styles[styleAt]
		if st.Class != numfmt.Number {
			s.ar.SetNumber(c, c.Num, st, s.w.date1904)
			if c.Kind != sheet.Number {
				return
			}
		}
		c.Format, c.Percent = st.Code, st.Percent
	}
	c.Kind = sheet.Number
	if raw != nil {
		c.Text = s.ar.Add(raw)
	}
}
