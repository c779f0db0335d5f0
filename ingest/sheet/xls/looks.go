package xls

import (
	"encoding/binary"
	"fmt"
	"math"

	"taizhang/ingest/sheet"
)

// Records of [MS-XLS] 2.3 that say how a sheet looks.
const (
	recLeftMargin   = 0x26
	recRightMargin  = 0x27
	recTopMargin    = 0x28
	recBottomMargin = 0x29
	recFont         = 0x31
	recColInfo      = 0x7d
	recWsBool       = 0x81
	recHCenter      = 0x83
	recPalette      = 0x92
	recSetup        = 0xa1
	recMulBlank     = 0xbe
	recBlank        = 0x201
)

// biffPalette are the colours 8 to 63 of a workbook that brings none ([MS-XLS] 2.5.161 Icv).
var biffPalette = [...]uint32{
	0x000000, 0xFFFFFF, 0xFF0000, 0x00FF00, 0x0000FF, 0xFFFF00, 0xFF00FF, 0x00FFFF, 0x800000, 0x008000, 0x000080, 0x808000, 0x800080, 0x008080, 0xC0C0C0, 0x808080,
	0x9999FF, 0x993366, 0xFFFFCC, 0xCCFFFF, 0x660066, 0xFF8080, 0x0066CC, 0xCCCCFF, 0x000080, 0xFF00FF, 0xFFFF00, 0x00FFFF, 0x800080, 0x800000, 0x008080, 0x0000FF,
	0x00CCFF, 0xCCFFFF, 0xCCFFCC, 0xFFFF99, 0x99CCFF, 0xFF99CC, 0xCC99FF, 0xFFCC99, 0x3366FF, 0x33CCCC, 0x99CC00, 0xFFCC00, 0xFF9900, 0xFF6600, 0x666699, 0x969696,
	0x003366, 0x339966, 0x003300, 0x333300, 0x993300, 0x993366, 0x333399, 0x333333,
}

var (
	lineStyles = [...]string{"", "thin", "medium", "dashed", "dotted", "thick", "double", "hair", "mediumDashed", "dashDot", "mediumDashDot", "dashDotDot", "mediumDashDotDot", "slantDashDot"}
	horizontal = [...]string{"", "left", "center", "right", "fill", "justify", "centerContinuous", "distributed"}
	vertical   = [...]string{"top", "center", "", "justify", "distributed"} // bottom is the plain one
)

// biffLooks reads looks from a stream of BIFF8.
type biffLooks struct {
	b       *biffBook
	fonts   []sheet.Look // of each, what a font says
	colours []int        // of each, its Icv: the palette stands behind the fonts
	xfs     [][]byte
	palette [56]uint32
	out     *sheet.Looks
	cells   int
}

// Looks reads how a sheet of BIFF8 looks; nil of older versions.
func (b *biffBook) Looks(i int) (*sheet.Looks, error) {
	if b.ver < 8 || i >= len(b.sheets) {
		return nil, nil
	}
	l := &biffLooks{b: b, palette: biffPalette, out: &sheet.Looks{Rows: map[int]*sheet.RowLook{}}}
	first, err := b.rec(0)
	if err != nil {
		return nil, err
	}
	for p := first.next; ; {
		r, err := b.rec(p)
		if err != nil {
			return nil, err
		}
		if r.id == recEOF {
			break
		}
		l.global(r)
		p = r.next
	}
	for _, d := range l.xfs {
		l.out.Styles = append(l.out.Styles, l.style(d))
	}
	if len(l.out.Styles) > 0 { // of a style, which no cell refers to
		l.out.Styles[0] = sheet.Look{}
	}
	s := &biffScan{b: b, at: b.sheets[i].at}
	return l.out, s.walk(func(r record) error {
		l.record(r)
		return nil
	})
}

func (l *biffLooks) global(r record) {
	d := r.data
	switch {
	case r.id == recFont && len(d) >= 16: // 2.4.122
		f := sheet.Look{Size: float64(u16(d)) / 20, Italic: d[2]&2 != 0, Bold: u16(d[6:]) >= 600, Font: unicodeString(d[14:], 1)}
		l.fonts, l.colours = append(l.fonts, f), append(l.colours, int(u16(d[4:])))
	case r.id == recXF && len(d) >= 20: // 2.4.353
		l.xfs = append(l.xfs, d)
	case r.id == recPalette && len(d) >= 2: // 2.4.188
		for k := 0; k < len(l.palette) && 2+4*k+3 < len(d); k++ {
			l.palette[k] = uint32(d[2+4*k])<<16 | uint32(d[3+4*k])<<8 | uint32(d[4+4*k])
		}
	}
}

// colour gives an Icv as RRGGBB, "" where it is automatic.
func (l *biffLooks) colour(icv int) string {
	switch {
	case icv < 8:
		return fmt.Sprintf("%06X", biffPalette[icv])
	case icv < 64:
		return fmt.Sprintf("%06X", l.palette[icv-8])
	}
	return ""
}

// faint says of each cell format whether what is written is of the colour behind it; nil before BIFF8.
func (l *biffLooks) faint() []bool {
	out := make([]bool, len(l.xfs))
	for i, d := range l.xfs {
		s := l.style(d)
		behind := s.Fill
		if behind == "" {
			behind = "FFFFFF"
		}
		out[i] = s.Color == behind && u32(d[14:])>>26 <= 1 // of other patterns nobody says
	}
	return out
}

// nobodySees says whether nobody can see what a cell holds.
func (b *biffBook) nobodySees(xf int, text bool, value float64) bool {
	return xf >= 0 && (xf < len(b.faint) && b.faint[xf] || xf < len(b.styles) && b.styles[xf].Hides.Hides(text, value))
}

// style reads a CellXF (2.5.20).
func (l *biffLooks) style(d []byte) sheet.Look {
	var s sheet.Look
	font := int(u16(d))
	if font > 4 {
		font-- // no font has the number 4
	}
	if font < len(l.fonts) {
		s = l.fonts[font]
		s.Color = l.colour(l.colours[font])
	}
	s.Horizontal, s.Wrap = horizontal[d[6]&7], d[6]&8 != 0
	if v := int(d[6]>>4) & 7; v < len(vertical) {
		s.Vertical = vertical[v]
	}
	a, b, c := u32(d[10:]), u32(d[14:]), u16(d[18:])
	line := func(style, icv uint32) sheet.Line {
		if style&15 == 0 || int(style&15) >= len(lineStyles) {
			return sheet.Line{}
		}
		return sheet.Line{Style: lineStyles[style&15], Color: l.colour(int(icv & 0x7f))}
	}
	s.Left, s.Right = line(a, a>>16), line(a>>4, a>>23)
	s.Top, s.Bottom = line(a>>8, b), line(a>>12, b>>7)
	if b>>26 == 1 { // solid
		s.Fill = l.colour(int(c & 0x7f))
	}
	return s
}

// looksRecords are the records of a sheet that say something of looks ([MS-XLS]).
var looksRecords = map[int]func(*biffLooks, []byte){
	recLeftMargin:   func(l *biffLooks, d []byte) { l.out.Page.Left = inches(d) },
	recRightMargin:  func(l *biffLooks, d []byte) { l.out.Page.Right = inches(d) },
	recTopMargin:    func(l *biffLooks, d []byte) { l.out.Page.Top = inches(d) },
	recBottomMargin: func(l *biffLooks, d []byte) { l.out.Page.Bottom = inches(d) },
	recHCenter:      func(l *biffLooks, d []byte) { l.out.Page.Centred = len(d) >= 2 && u16(d) == 1 },
	recWsBool:       func(l *biffLooks, d []byte) { l.out.Page.Fit = len(d) >= 2 && u16(d)&0x100 != 0 },
	recSetup:        (*biffLooks).setup,
	recColInfo:      (*biffLooks).columns,
	recRow:          (*biffLooks).row,
	recBlank:        (*biffLooks).cell,
	recNumber:       (*biffLooks).cell,
	recLabel:        (*biffLooks).cell,
	recBoolErr:      (*biffLooks).cell,
	recRK:           (*biffLooks).cell,
	recLabelSST:     (*biffLooks).cell,
	recRString:      (*biffLooks).cell,
	0x06:            (*biffLooks).cell, // Formula
	recMulBlank:     func(l *biffLooks, d []byte) { l.several(d, 2) },
	recMulRK:        func(l *biffLooks, d []byte) { l.several(d, 6) },
}

// record takes in what a record of the sheet says of looks.
func (l *biffLooks) record(r record) {
	if take := looksRecords[r.id]; take != nil {
		take(l, r.data)
	}
}

// inches is the width of a margin, 0 where it can't be one.
func inches(d []byte) float64 {
	if len(d) < 8 {
		return 0
	}
	if v := math.Float64frombits(binary.LittleEndian.Uint64(d)); v >= 0 && v < 50 {
		return v
	}
	return 0
}

// setup reads how the sheet is printed (2.4.257).
func (l *biffLooks) setup(d []byte) {
	page := &l.out.Page
	if len(d) >= 12 && d[10]&4 == 0 { // fNoPls: the fields before mean nothing
		page.Paper, page.Scale = int(u16(d)), int(u16(d[2:]))
		page.Landscape = d[10]&0x40 == 0 && d[10]&2 == 0
	}
	if len(d) >= 10 {
		page.FitWidth, page.FitHeight = int(u16(d[6:])), int(u16(d[8:]))
	}
}

// columns reads the width of columns (2.4.53).
func (l *biffLooks) columns(d []byte) {
	if len(d) >= 10 {
		l.out.Columns = append(l.out.Columns, sheet.ColumnLook{From: int(u16(d)) + 1, To: int(u16(d[2:])) + 1, Width: float64(u16(d[4:])) / 256, Hidden: d[8]&1 != 0, Style: l.known(u16(d[6:]))})
	}
}

// row reads the height of a row (2.4.221).
func (l *biffLooks) row(d []byte) {
	if len(d) >= 16 && d[12]&0x40 != 0 && u16(d[6:])&0x8000 == 0 {
		l.out.Row(int(u16(d)) + 1).Height = float64(u16(d[6:])&0x7fff) / 20
	}
}

// cell reads the style of a cell.
func (l *biffLooks) cell(d []byte) {
	if len(d) >= 6 {
		l.out.Set(int(u16(d))+1, int(u16(d[2:]))+1, l.known(u16(d[4:])), &l.cells)
	}
}

// several reads the styles of cells beside one another, each of which takes size bytes (2.4.174, 2.4.175).
func (l *biffLooks) several(d []byte, size int) {
	for k, at := 0, 4; at+size+2 <= len(d); k, at = k+1, at+size {
		l.out.Set(int(u16(d))+1, int(u16(d[2:]))+1+k, l.known(u16(d[at:])), &l.cells)
	}
}

// known gives the style of a cell format, the plain one where there is none.
func (l *biffLooks) known(xf uint16) int {
	if int(xf) >= len(l.out.Styles) || l.out.Styles[xf] == (sheet.Look{}) {
		return 0
	}
	return int(xf)
}
