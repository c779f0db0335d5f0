package xlsx

import (
	"bytes"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/stored"
	"taizhang/internal/xmlscan"
)

// readShared reads the table in one pass over the part.
func readShared(p *pack, name string, lim sheet.Limits) (*stored.Strings, error) {
	r, err := p.Part(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	x, err := xmlscan.New(r, lim.XML())
	if err != nil {
		return nil, err
	}
	defer x.Release()
	guess := min(r.Size(), 1<<20)
	s := &sharedScan{Scanner: x, part: name, table: stored.NewStrings(int(guess/64 + 1)), block: make([]byte, 0, guess/2)}
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
	table *stored.Strings
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
			return false, sheet.Damage("part %s is no table of shared strings", s.part)
		case s.Depth > 1:
			if err := s.Skip(); err != nil {
				return false, err
			}
		}
	}
}

// rich reads a string in any other form, and notes what of it is struck through.
func (s *sharedScan) rich() (err error) {
	var r stored.Runs
	if s.block, r, err = richText(s.Scanner, s.block); err != nil {
		return err
	}
	if r.Some || r.Rest {
		s.table.Mark(r)
	}
	return nil
}

// keep takes the string of the last n bytes into the table.
func (s *sharedScan) keep(n int, lim sheet.Limits) error {
	s.total += int64(n)
	switch {
	case n > lim.CellBytes:
		return sheet.Refuse(sheet.TooLarge, "shared string of %d bytes", n)
	case s.table.Len() >= lim.SharedStrings || len(s.block) >= 1<<32:
		return sheet.Refuse(sheet.TooLarge, "more than %d shared strings", lim.SharedStrings)
	case s.total > lim.GridBytes:
		return sheet.Refuse(sheet.TooLarge, "more than %d bytes of shared strings: %w", lim.GridBytes, sheet.ErrMemory)
	}
	if full := s.table.End(uint32(len(s.block))); !full {
		return nil
	}
	err := s.table.Seal(s.block)
	s.block = make([]byte, 0, len(s.block)+len(s.block)/16)
	return err
}

// last seals the block that is not full.
func (s *sharedScan) last() error {
	if s.table.Len()%stored.BlockTexts == 0 {
		return nil
	}
	return s.table.Seal(s.block)
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
		dst, err := stored.AppendText(dst, d[i:i+e], false)
		return dst, true, err
	}
}
