// Package xls reads binary workbooks, BIFF2 to BIFF8, as they stand in the stream
// of a container or bare ([MS-XLS]).
//
// Words: a record is a number, a length and data; the globals are the records
// before the first sheet; a cell format (XF) names a font and a number format.
//
// A record of a cell gets its case in rows.go, one of the workbook in biff.go,
// one of looks in looks.go.
package xls

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"

	"taizhang/ingest/numfmt"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/stored"

	"golang.org/x/text/encoding"
)

// Record types of [MS-XLS] 2.3 and, with other numbers, of BIFF2 to BIFF5.
const (
	recEOF        = 0x0a
	recDate1904   = 0x22
	recFilePass   = 0x2f
	recContinue   = 0x3c
	recCodePage   = 0x42
	recBoundSheet = 0x85
	recSheetName  = 0x8f // BIFF4 workbooks
	recMulRK      = 0xbd
	recRString    = 0xd6
	recXF         = 0xe0
	recMerged     = 0xe5
	recSST        = 0xfc
	recLabelSST   = 0xfd
	recNumber     = 0x203
	recLabel      = 0x204
	recBoolErr    = 0x205
	recString     = 0x207
	recRow        = 0x208
	recRK         = 0x27e
	recFormat     = 0x41e
)

func u16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func u32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

// biffBook is a binary workbook: BIFF8, BIFF5, or a bare BIFF2 to BIFF4 stream.
type biffBook struct {
	s        []byte
	ver      int
	lim      sheet.Limits
	dec      *encoding.Decoder // of 8-bit text before BIFF8
	date1904 bool
	formats  map[int]string
	xfs      []int  // number format of each cell format
	fonts    []bool // whether each is struck through
	xfFonts  []int  // font of each cell format
	inks     biffLooks
	faint    []bool // by cell format: whether it is written in the colour behind it
	listed   int    // sheets of all kinds
	styles   []numfmt.Format
	sheets   []biffSheet
	sst      [][]byte // its record and continuations, until it is read
	shared   *stored.Strings
	noted    bool            // the sheet read last has comments or text boxes
	unseen   []sheet.Stretch // its hidden columns
}

type biffSheet struct {
	info sheet.SheetInfo
	at   int // of its BOF, then of the first record after it
	nth  int // place in the list of sheets of all kinds
}

// record is one record; next is where the following begins.
type record struct {
	id   int
	data []byte
	next int
}

// rec reads the record at p. A record that runs past the stream is damage.
func (b *biffBook) rec(p int) (record, error) {
	if p < 0 || p+4 > len(b.s) {
		return record{}, sheet.Damage("biff: stream ends at %d without its end record", p)
	}
	n := int(u16(b.s[p+2:]))
	if p+4+n > len(b.s) {
		return record{}, sheet.Damage("biff: record at %d runs past the end", p)
	}
	return record{int(u16(b.s[p:])), b.s[p+4 : p+4+n], p + 4 + n}, nil
}

func isBOF(id int) bool { return id&0xff == 9 && id <= 0x809 && id != 0x109 }

// Raw knows a BIFF stream without a container by its BOF record.
func Raw(d []byte) bool {
	if len(d) < 8 || d[0] != 9 {
		return false
	}
	n := u16(d[2:])
	switch d[1] {
	case 0, 2, 4:
		return n >= 4 && n <= 16 && (d[6] == 0x10 || d[6] == 0x20 || d[6] == 0x40 || d[7] == 1)
	case 8:
		return n >= 4 && n <= 16 && (u16(d[4:]) == 0x500 || u16(d[4:]) == 0x600)
	}
	return false
}

// Open reads the workbook globals ([MS-XLS] 2.1.7.20.3).
func Open(s []byte, lim sheet.Limits) (*sheet.Book, error) {
	b := &biffBook{inks: biffLooks{palette: biffPalette}, s: s, lim: lim, formats: map[int]string{}, dec: codePage(1252).NewDecoder()}
	first, err := b.rec(0)
	if err != nil {
		return nil, err
	}
	typ := 5
	if len(first.data) >= 4 {
		typ = int(u16(first.data[2:]))
	}
	switch first.id {
	case 0x809:
		b.ver = 5
		if len(first.data) >= 2 {
			if v := u16(first.data); v == 0x600 {
				b.ver = 8
			} else if v >= 0x200 && v < 0x500 {
				b.ver = int(v >> 8)
			}
		}
	case 0x409:
		b.ver = 4
	case 0x209:
		b.ver = 3
	case 0x009:
		b.ver = 2
	default:
		return nil, sheet.Damage("biff: begins with record %#x", first.id)
	}
	book := sheet.New(sheet.XLS, lim, b)
	if b.ver <= 4 || typ == 0x10 {
		err = b.bare()
	} else {
		err = b.globals(first.next, book)
	}
	if err != nil {
		return nil, err
	}
	book.Date1904 = b.date1904
	for _, sh := range b.sheets {
		book.Add(sh.info)
	}
	if len(b.sheets) == 0 {
		return nil, sheet.Damage("biff: no worksheet")
	}
	return book, nil
}

// globals reads records up to the end of the globals, then finds each sheet.
func (b *biffBook) globals(p int, book *sheet.Book) error {
	for {
		r, err := b.rec(p)
		if err != nil {
			return err
		}
		p = r.next
		switch r.id {
		case recEOF:
			b.setStyles()
			b.faint = b.inks.faint()
			return b.place(p)
		case recFilePass:
			if err := b.decrypt(r); err != nil {
				return err
			}
		case recSST:
			b.sst = [][]byte{r.data}
			for {
				c, err := b.rec(p)
				if err != nil || c.id != recContinue {
					break
				}
				b.sst = append(b.sst, c.data)
				p = c.next
			}
		case recBoundSheet:
			if err := b.boundSheet(r.data, book); err != nil {
				return err
			}
		default:
			b.inks.global(r)
			b.setting(r)
		}
	}
}

// place finds where each sheet begins. The positions in the list are believed
// if each leads to a worksheet of its own; some writers and repair tools leave
// wrong ones, and then the substreams that follow the globals, which end at p,
// are the sheets in the order of the list ([MS-XLS] 2.1.7.20.1).
func (b *biffBook) place(p int) error {
	used, right := map[int]bool{}, true
	for _, sh := range b.sheets {
		bof, err := b.rec(sh.at)
		right = right && err == nil && isBOF(bof.id) && bofType(bof) == bofSheet && !used[sh.at]
		used[sh.at] = true
	}
	if !right {
		if err := b.placeInOrder(p); err != nil {
			return err
		}
	}
	for i := range b.sheets {
		bof, err := b.rec(b.sheets[i].at)
		if err != nil || !isBOF(bof.id) {
			return sheet.Damage("biff: no sheet at %d", b.sheets[i].at)
		}
		b.sheets[i].at = bof.next
	}
	return nil
}

// bofSheet is the type of a worksheet's substream ([MS-XLS] 2.4.21).
const bofSheet = 0x10

func bofType(bof record) int {
	if len(bof.data) < 4 {
		return bofSheet
	}
	return int(u16(bof.data[2:]))
}

// placeInOrder gives the sheets the substreams after p, if there are as many as
// sheets of all kinds, or as many worksheets as are listed. Else the positions
// stay as the list has them.
func (b *biffBook) placeInOrder(p int) error {
	var all, sheets []int
	depth := 0
	for n := 1; p+4 <= len(b.s); n++ {
		if n&0xfff == 0 {
			if err := b.lim.Expired(); err != nil {
				return err
			}
		}
		r, err := b.rec(p)
		if err != nil {
			break // padding, or the damage that a sheet then reports
		}
		switch {
		case isBOF(r.id):
			if depth == 0 {
				all = append(all, p)
				if bofType(r) == bofSheet {
					sheets = append(sheets, p)
				}
			}
			depth++
		case r.id == recEOF && depth > 0:
			depth--
		}
		p = r.next
	}
	for i := range b.sheets {
		switch {
		case len(all) == b.listed:
			b.sheets[i].at = all[b.sheets[i].nth]
		case len(sheets) == len(b.sheets):
			b.sheets[i].at = sheets[i]
		}
	}
	return nil
}

// boundSheet reads a BoundSheet8 (2.4.28).
func (b *biffBook) boundSheet(d []byte, book *sheet.Book) error {
	if len(d) < 7 {
		return sheet.Damage("biff: short BoundSheet")
	}
	b.listed++
	if d[5] == 1 || d[5] == 6 {
		book.Macros = true
	}
	if d[5] != 0 {
		return nil // macro, chart or module
	}
	name := ""
	if b.ver >= 8 {
		name = unicodeString(d[6:], 1)
	} else {
		name = b.text8(d[7:], int(d[6]))
	}
	b.sheets = append(b.sheets, biffSheet{sheet.SheetInfo{Name: name, Hidden: d[4]&3 != 0}, int(u32(d)), b.listed - 1})
	if len(b.sheets) > b.lim.Sheets {
		return sheet.Refuse(sheet.TooLarge, "more than %d sheets", b.lim.Sheets)
	}
	return nil
}

// setting takes in the records that globals share with the bare sheets of BIFF2 to BIFF4.
func (b *biffBook) setting(r record) {
	d := r.data
	switch r.id {
	case recCodePage:
		if len(d) >= 2 {
			b.dec = codePage(u16(d)).NewDecoder()
		}
	case recDate1904:
		b.date1904 = len(d) >= 2 && u16(d) == 1
	case recFormat, 0x1e:
		b.format(r)
	case recFont: // 2.4.122
		b.fonts = append(b.fonts, len(d) >= 4 && d[2]&8 != 0)
	case recXF, 0x243, 0x443, 0x43:
		b.cellFormat(r)
	}
}

// format takes in a number format.
func (b *biffBook) format(r record) {
	d := r.data
	switch {
	case b.ver >= 8 && len(d) > 4:
		b.formats[int(u16(d))] = unicodeString(d[2:], 2)
	case b.ver == 5 && len(d) > 2:
		b.formats[int(u16(d))] = b.text8(d[3:], int(d[2]))
	case r.id == recFormat && len(d) > 2: // BIFF4: in order
		b.formats[len(b.formats)] = b.text8(d[3:], int(d[2]))
	case r.id == 0x1e && len(d) > 0:
		b.formats[len(b.formats)] = b.text8(d[1:], int(d[0]))
	}
}

// cellFormat takes in a cell format: its number format and, where it is told, its font.
func (b *biffBook) cellFormat(r record) {
	d := r.data
	switch {
	case r.id == recXF && len(d) >= 4:
		b.xfs, b.xfFonts = append(b.xfs, int(u16(d[2:]))), append(b.xfFonts, int(u16(d)))
	case (r.id == 0x243 || r.id == 0x443) && len(d) >= 2:
		b.xfs = append(b.xfs, int(d[1]))
	case r.id == 0x43 && len(d) >= 3:
		b.xfs = append(b.xfs, int(d[2]&0x3f))
	}
}

// strike is whether a cell format's font is struck through. No font has the number 4 (2.5.129 FontIndex).
func (b *biffBook) strike(xf int) sheet.Strike {
	if xf < 0 || xf >= len(b.xfFonts) {
		return sheet.NotStruck
	}
	return sheet.StrikeIf(b.fontStruck(b.xfFonts[xf]))
}

func (b *biffBook) fontStruck(n int) bool {
	if n > 4 {
		n--
	}
	return n < len(b.fonts) && b.fonts[n]
}

// setStyles classifies the cell formats.
func (b *biffBook) setStyles() {
	b.styles = b.styles[:0]
	known := map[int]numfmt.Format{}
	for _, id := range b.xfs {
		st, ok := known[id]
		if !ok {
			st = b.formatStyle(id)
			known[id] = st
		}
		b.styles = append(b.styles, st)
	}
}

func (b *biffBook) formatStyle(id int) numfmt.Format {
	code, ok := b.formats[id]
	if !ok && b.ver < 5 {
		if len(b.formats) == 0 && id < len(builtin4) {
			return numfmt.Of(builtin4[id])
		}
		return numfmt.Format{}
	}
	return numfmt.OfID(id, code)
}

// builtin4 are the number formats that BIFF2 to BIFF4 take for granted where a
// file lists none (OpenOffice.org's "Excel file format" 5.49).
var builtin4 = []string{"", "0", "0.00", "#,##0", "#,##0.00", `"$"#,##0`, `"$"#,##0`, `"$"#,##0.00`, `"$"#,##0.00`,
	"0%", "0.00%", "0.00E+00", "# ?/?", "# ??/??", "m/d/yy", "d-mmm-yy", "d-mmm", "mmm-yy", "h:mm AM/PM", "h:mm:ss AM/PM", "h:mm", "h:mm:ss", "m/d/yy h:mm"}

// bare finds the sheets of a stream without globals: BIFF2 to BIFF4, where each
// sheet has settings of its own, or a workbook of several with a name before each.
func (b *biffBook) bare() error {
	name := ""
	for p, n := 0, 1; p+4 <= len(b.s); n++ {
		if n&0xfff == 0 {
			if err := b.lim.Expired(); err != nil {
				return err
			}
		}
		r, err := b.rec(p)
		if err != nil {
			if len(b.sheets) > 0 && len(bytes.Trim(b.s[p:], "\x00")) == 0 {
				break // padding
			}
			return err
		}
		p = r.next
		switch {
		case r.id == recFilePass:
			return sheet.Refuse(sheet.Password, "biff%d", b.ver)
		case r.id == recSheetName && len(r.data) > 5:
			name = b.text8(r.data[5:], int(r.data[4]))
		case isBOF(r.id):
			typ := 0x10
			if len(r.data) >= 4 {
				typ = int(u16(r.data[2:]))
			}
			if typ != 0x10 {
				continue
			}
			if name == "" {
				name = "Sheet" + strconv.Itoa(len(b.sheets)+1)
			}
			b.sheets = append(b.sheets, biffSheet{info: sheet.SheetInfo{Name: name}, at: r.next})
			name = ""
		case len(b.sheets) == 0:
			b.setting(r)
		}
	}
	return nil
}

// own reads the settings in a bare sheet.
func (b *biffBook) own(p int) error {
	clear(b.formats)
	b.xfs, b.fonts, b.xfFonts = b.xfs[:0], b.fonts[:0], b.xfFonts[:0]
	for {
		r, err := b.rec(p)
		if err != nil || r.id == recEOF {
			b.setStyles()
			return nil // each reports the damage
		}
		if r.id == recFilePass {
			return sheet.Refuse(sheet.Password, "biff%d", b.ver)
		}
		b.setting(r)
		p = r.next
	}
}

// rk is an RkNumber ([MS-XLS] 2.5.217): a short integer or float, in hundredths or not.
func rk(v uint32) float64 {
	var f float64
	if v&2 != 0 {
		f = float64(int32(v) >> 2)
	} else {
		f = math.Float64frombits(uint64(v&^3) << 32)
	}
	if v&1 != 0 {
		f /= 100
	}
	return f
}

// errorText names the BErr values ([MS-XLS] 2.5.10).
func errorText(v byte) string {
	switch v {
	case 0x00:
		return "#NULL!"
	case 0x07:
		return "#DIV/0!"
	case 0x0f:
		return "#VALUE!"
	case 0x17:
		return "#REF!"
	case 0x1d:
		return "#NAME?"
	case 0x24:
		return "#NUM!"
	case 0x2b:
		return "#GETTING_DATA"
	}
	return "#N/A"
}
