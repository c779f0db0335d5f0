package sheet

import (
	"bytes"
	"strconv"
	"unicode/utf8"
	"unsafe"

	"taizhang/internal/xmlscan"
)

// sharedStrings is a workbook's table of texts (ECMA-376 18.4.9), in blocks of
// blockTexts, so that a long table grows without being moved.
type sharedStrings struct {
	blocks []string
	ends   []uint32     // of each text in its block
	struck map[int]runs // by number: of texts with runs that have fonts of their own
}

const blockTexts = 4096

func (s *sharedStrings) len() int {
	if s == nil {
		return 0
	}
	return len(s.ends)
}

func (s *sharedStrings) at(i int) string {
	from := uint32(0)
	if i%blockTexts > 0 {
		from = s.ends[i-1]
	}
	return s.blocks[i/blockTexts][from:s.ends[i]]
}

// runs are the parts of a text: how much of those with a font of their own is struck through, and whether others have the
// cell's font.
type runs struct{ some, rest, own bool }

// strike is how much of a text is struck through in a cell that as a whole is, or isn't.
func (r runs) strike(cell Strike) Strike {
	some, rest := r.some || r.own && cell == AllStruck, r.rest || r.own && cell != AllStruck
	switch {
	case some && rest:
		return PartStruck
	case some:
		return AllStruck
	case rest:
		return NotStruck
	}
	return cell
}

// strike marks a cell that shows a text with runs.
func (s *sharedStrings) strike(n int, c *Cell) {
	if s.struck == nil {
		return
	}
	if r, ok := s.struck[n]; ok {
		c.Struck = r.strike(c.Struck)
	}
}

// newStrings begins a table of about so many texts.
func newStrings(guess int) *sharedStrings {
	return &sharedStrings{ends: make([]uint32, 0, guess)}
}

// mark notes of the next text that it has runs.
func (s *sharedStrings) mark(r runs) {
	if s.struck == nil {
		s.struck = map[int]runs{}
	}
	s.struck[len(s.ends)] = r
}

// end adds the text that ends there in the block at hand; full blocks are to be sealed.
func (s *sharedStrings) end(at uint32) (full bool) {
	s.ends = append(s.ends, at)
	return len(s.ends)%blockTexts == 0
}

// seal adds a block that is not touched again.
func (s *sharedStrings) seal(text []byte) error {
	if len(text) > 0 && !utf8.Valid(text) {
		return damaged("shared strings are not UTF-8")
	}
	s.blocks = append(s.blocks, unsafe.String(unsafe.SliceData(text), len(text)))
	return nil
}

// readShared reads the table in one pass over the part.
func readShared(p *pack, name string, lim Limits) (*sharedStrings, error) {
	r, err := p.Part(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	x, err := xmlscan.New(r, lim.xml())
	if err != nil {
		return nil, err
	}
	defer x.Release()
	guess := min(r.Size(), 1<<20)
	s := &sharedScan{Scanner: x, part: name, table: newStrings(int(guess/64 + 1)), block: make([]byte, 0, guess/2)}
	for {
		n := len(s.block)
		switch more, err := s.next(); {
		case err != nil:
			return nil, err
		case !more:
			return s.table, s.last()
		}
		if err := s.keep(len(s.block)-n, lim); err != nil {
			return nil, err
		}
	}
}

// sharedScan reads the table of shared strings.
type sharedScan struct {
	*xmlscan.Scanner
	part  string
	table *sharedStrings
	block []byte // the texts at hand
	total int64  // bytes
}

// next reads the next string behind the text; false at the end of the part.
func (s *sharedScan) next() (more bool, err error) {
	for {
		if s.Depth == 1 && !s.Empty() {
			var quick bool
			if s.block, quick, err = quickSI(s.Scanner, s.block); quick || err != nil {
				return true, err
			}
		}
		t, err := s.Scanner.Next()
		switch {
		case err != nil:
			return false, err
		case t == xmlscan.EOF:
			return false, nil
		case t != xmlscan.Start:
		case string(s.Name) == "si":
			return true, s.rich()
		case s.Depth == 1 && string(s.Name) != "sst":
			return false, damaged("part %s is no table of shared strings", s.part)
		case s.Depth > 1:
			if err := s.Skip(); err != nil {
				return false, err
			}
		}
	}
}

// rich reads a string in any other form, and notes what of it is struck through.
func (s *sharedScan) rich() (err error) {
	var r runs
	if s.block, r, err = richText(s.Scanner, s.block); err != nil {
		return err
	}
	if r.some || r.rest {
		s.table.mark(r)
	}
	return nil
}

// keep takes the string of the last n bytes into the table.
func (s *sharedScan) keep(n int, lim Limits) error {
	s.total += int64(n)
	switch {
	case n > lim.CellBytes:
		return refuse(TooLarge, "shared string of %d bytes", n)
	case s.table.len() >= lim.SharedStrings || len(s.block) >= 1<<32:
		return refuse(TooLarge, "more than %d shared strings", lim.SharedStrings)
	case s.total > lim.GridBytes:
		return refuse(TooLarge, "more than %d bytes of shared strings: %w", lim.GridBytes, ErrMemory)
	}
	if full := s.table.end(uint32(len(s.block))); !full {
		return nil
	}
	err := s.table.seal(s.block)
	s.block = make([]byte, 0, len(s.block)+len(s.block)/16)
	return err
}

// last seals the block that is not full.
func (s *sharedScan) last() error {
	if s.table.len()%blockTexts == 0 {
		return nil
	}
	return s.table.seal(s.block)
}

// quickSI reads <si><t>text</t></si>, the form nearly every string has. It
// leaves everything else, and strings cut by the window's edge, to richText.
func quickSI(x *xmlscan.Scanner, dst []byte) ([]byte, bool, error) {
	for {
		d := x.Window()
		i := 0
		for i < len(d) && (d[i] == '\n' || d[i] == '\r' || d[i] == ' ') {
			i++
		}
		if len(d)-i < 8 || string(d[i:i+6]) != "<si><t" {
			if len(d)-i < 8 && !x.Last() {
				if err := x.Fill(); err != nil {
					return dst, false, err
				}
				continue
			}
			return dst, false, nil
		}
		i += 6
		if d[i] == '>' {
			i++
		} else if len(d)-i > 21 && string(d[i:i+22]) == ` xml:space="preserve">` {
			i += 22
		} else {
			return dst, false, nil
		}
		e := bytes.IndexByte(d[i:], '<')
		if e < 0 || len(d)-i-e < 9 {
			return dst, false, nil
		}
		if string(d[i+e:i+e+9]) != "</t></si>" {
			return dst, false, nil
		}
		x.Advance(i + e + 9)
		dst, err := appendText(dst, d[i:i+e], false)
		return dst, true, err
	}
}

// richText joins the runs of a CT_Rst (si, is) whose start was just told. The
// phonetic runs (rPh) are how the text is pronounced, not what it says. A run may
// be struck through (18.4.10).
func richText(x *xmlscan.Scanner, dst []byte) (text []byte, seen runs, err error) {
	r := richScan{text: dst}
	for base := x.Depth; ; {
		t, err := x.Next()
		switch {
		case err != nil:
		case t == xmlscan.Start:
			r.start(x)
		case t == xmlscan.CharData:
			err = r.add(x)
		case t == xmlscan.End:
			if x.Depth < base {
				return r.text, r.seen, nil
			}
			r.end(x.Depth)
		case t == xmlscan.EOF:
			err = damaged("XML ends in the middle")
		}
		if err != nil {
			return r.text, runs{}, err
		}
	}
}

// richScan is where a CT_Rst is being read.
type richScan struct {
	text            []byte
	seen            runs
	inText, inSound int  // the depth of <t> and <rPh> while one is open, else 0
	font, struck    bool // of the run at hand: has a font of its own, struck through
}

func (r *richScan) start(x *xmlscan.Scanner) {
	switch string(x.Name) {
	case "r":
		r.font, r.struck = false, false
	case "rPr":
		r.font = true
	case "strike":
		v := x.AttrString("val")
		r.struck = v != "0" && v != "false"
	case "rPh":
		if r.inSound == 0 {
			r.inSound = x.Depth
		}
	case "t":
		if r.inSound == 0 {
			r.inText = x.Depth
		}
	}
}

func (r *richScan) add(x *xmlscan.Scanner) (err error) {
	if r.inText == 0 || x.Depth != r.inText {
		return nil
	}
	if len(bytes.TrimSpace(x.Text)) > 0 {
		r.seen.some, r.seen.rest, r.seen.own = r.seen.some || r.font && r.struck, r.seen.rest || r.font && !r.struck, r.seen.own || !r.font
	}
	r.text, err = appendText(r.text, x.Text, x.CDATA)
	return err
}

func (r *richScan) end(depth int) {
	if depth < r.inText {
		r.inText = 0
	}
	if depth < r.inSound {
		r.inSound = 0
	}
}

// appendText appends the text of an ST_Xstring (ECMA-376 22.9.2.19): line ends
// as XML has them, entities, _xHHHH_ escapes, and then line ends once more, for
// those that were written as entities or escapes.
func appendText(dst, src []byte, cdata bool) ([]byte, error) {
	at := len(dst)
	if bytes.IndexByte(src, '\r') >= 0 {
		src = lineEnds(bytes.Clone(src))
	}
	var err error
	if cdata || bytes.IndexByte(src, '&') < 0 {
		dst = append(dst, src...)
	} else if dst, err = xmlscan.Unescape(dst, src); err != nil {
		return dst, err
	}
	t := dst[at:]
	if bytes.IndexByte(t, '_') >= 0 && bytes.Contains(t, []byte("_x")) {
		t = unescapeX(t)
	}
	if bytes.IndexByte(t, '\r') >= 0 {
		t = lineEnds(t)
	}
	return dst[:at+len(t)], nil
}

// unescapeX resolves _xHHHH_ in place where it stands for a character that XML
// cannot hold, or for the underscore that protects such a sequence: these are
// what writers escape. Anything else of that look is somebody's text.
func unescapeX(t []byte) []byte {
	w := 0
	for p := 0; p < len(t); p++ {
		n, ok := hexEscape(t[p:])
		if ok && (n < ' ' || n == '_' || n >= 0xfffe) {
			w += utf8.EncodeRune(t[w:w+4], rune(n))
			p += 6
			continue
		}
		t[w] = t[p]
		w++
	}
	return t[:w]
}

func hexEscape(t []byte) (uint64, bool) {
	if len(t) < 7 || t[0] != '_' || t[1] != 'x' || t[6] != '_' {
		return 0, false
	}
	n, err := strconv.ParseUint(view(t[2:6]), 16, 32)
	return n, err == nil
}

// lineEnds turns \r\n and \r into \n in place.
func lineEnds(t []byte) []byte {
	w := 0
	for p := 0; p < len(t); p++ {
		c := t[p]
		if c == '\r' {
			c = '\n'
			if p+1 < len(t) && t[p+1] == '\n' {
				p++
			}
		}
		t[w] = c
		w++
	}
	return t[:w]
}
