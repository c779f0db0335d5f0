package stored

import (
	"unicode/utf8"
	"unsafe"

	"taizhang/ingest/sheet"
)

// Strings is a workbook's table of texts (ECMA-376 18.4.9), in blocks of
// BlockTexts, so that a long table grows without being moved.
type Strings struct {
	blocks []string
	ends   []uint32     // of each text in its block
	struck map[int]Runs // by number: of texts with runs that have fonts of their own
}

// BlockTexts is how many texts a block has.
const BlockTexts = 4096

// Len is how many texts there are.
func (s *Strings) Len() int {
	if s == nil {
		return 0
	}
	return len(s.ends)
}

// At gives a text by its number.
func (s *Strings) At(i int) string {
	from := uint32(0)
	if i%BlockTexts > 0 {
		from = s.ends[i-1]
	}
	return s.blocks[i/BlockTexts][from:s.ends[i]]
}

// Strike marks a cell that shows a text with runs.
func (s *Strings) Strike(n int, c *sheet.Cell) {
	if s.struck == nil {
		return
	}
	if r, ok := s.struck[n]; ok {
		c.Struck = r.Strike(c.Struck)
	}
}

// NewStrings begins a table of about so many texts.
func NewStrings(guess int) *Strings {
	return &Strings{ends: make([]uint32, 0, guess)}
}

// Mark notes of the next text that it has runs.
func (s *Strings) Mark(r Runs) {
	if s.struck == nil {
		s.struck = map[int]Runs{}
	}
	s.struck[len(s.ends)] = r
}

// End adds the text that ends there in the block at hand; full blocks are to be sealed.
func (s *Strings) End(at uint32) (full bool) {
	s.ends = append(s.ends, at)
	return len(s.ends)%BlockTexts == 0
}

// Seal adds a block that is not touched again.
func (s *Strings) Seal(text []byte) error {
	if len(text) > 0 && !utf8.Valid(text) {
		return sheet.Damage("shared strings are not UTF-8")
	}
	s.blocks = append(s.blocks, unsafe.String(unsafe.SliceData(text), len(text)))
	return nil
}
