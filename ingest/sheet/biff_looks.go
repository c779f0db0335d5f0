package sheet

import (
	"encoding/binary"
	"fmt"
	"math"
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
	fonts   []Look // of each, what a font says
	xfs     [][]byte
	palette [56]uint32
	out     *Looks
	cells   int
}

// looks reads how a sheet of BIFF8 looks; nil of older versions.
func (b *biffBook) looks(i int) (*Looks, error) {
	if b.ver < 8 || i >= len(b.sheets) {
		return nil, nil
	}
	l := &biffLooks{b: b, palette: biffPalette, out: &Looks{Rows: map[int]*RowLook{}}}
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
		l.out.Styles[0] = Look{}
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
		f := Look{Size: float64(u16(d)) / 20, Italic: d[2]&2 != 0, Bold: u16(d[6:]) >= 600, Font: unicodeString(d[14:], 1)}
		f.Color = l.colour(int(u16(d[4:])))
		l.fonts = append(l.fonts, f)
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

// style reads a CellXF (2.5.20).
func (l *biffLooks) style(d []byte) Look {
	var s Look
	font := int(u16(d))
	if font > 4 {
		font-- // no font has the number 4
	}
	if font < len(l.fonts) {
		s = l.fonts[font]
	}
	s.Horizontal, s.Wrap = horizontal[d[6]&7], d[6]&8 != 0
	if v := int(d[6]>>4) & 7; v < len(vertical) {
		s.Vertical = vertical[v]
	}
	a, b, c := u32(d[10:]), u32(d[14:]), u16(d[18:])
	line := func(style, icv uint32) Line {
		if style&15 == 0 || int(style&15) >= len(lineStyles) {
			return Line{}
		}
		return Line{lineStyles[style&15], l.colour(int(icv & 0x7f))}
	}
	s.Left, s.Right = line(a, a>>16), line(a>>4, a>>23)
	s.Top, s.Bottom = line(a>>8, b), line(a>>12, b>>7)
	if b>>26 == 1 { // solid
		s.Fill = l.colour(int(c & 0x7f))
	}
	return s
}

// record takes in what a record of the sheet says of looks.
func (l *biffLooks) record(r record) {
	d, out := r.data, l.out
	double := func() float64 {
		if len(d) < 8 {
			return 0
		}
		if v := math.Float64frombits(binary.LittleEndian.Uint64(d)); v >= 0 && v < 50 {
			return v
		}
		return 0
	}
	switch r.id {
	case recLeftMargin:
		out.Page.Left = double()
	case recRightMargin:
		out.Page.Right = double()
	case recTopMargin:
		out.Page.Top = double()
	case recBottomMargin:
		out.Page.Bottom = double()
	case recHCenter:
		out.Page.Centred = len(d) >= 2 && u16(d) == 1
	case recWsBool:
		out.Page.Fit = len(d) >= 2 && u16(d)&0x100 != 0
	case recSetup: // 2.4.257
		if len(d) >= 12 && d[10]&4 == 0 { // fNoPls: the fields before mean nothing
			out.Page.Paper, out.Page.Scale = int(u16(d)), int(u16(d[2:]))
			out.Page.Landscape = d[10]&0x40 == 0 && d[10]&2 == 0
		}
		if len(d) >= 10 {
			out.Page.FitWidth, out.Page.FitHeight = int(u16(d[6:])), int(u16(d[8:]))
		}
	case recColInfo: // 2.4.53
		if len(d) >= 10 {
			out.Columns = append(out.Columns, ColumnLook{int(u16(d)) + 1, int(u16(d[2:])) + 1, float64(u16(d[4:])) / 256, d[8]&1 != 0, l.known(u16(d[6:]))})
		}
	case recRow: // 2.4.221
		if len(d) >= 16 && d[12]&0x40 != 0 && u16(d[6:])&0x8000 == 0 {
			out.row(int(u16(d)) + 1).Height = float64(u16(d[6:])&0x7fff) / 20
		}
	case recBlank, recNumber, recLabel, recBoolErr, recRK, recLabelSST, recRString, 0x06:
		if len(d) >= 6 {
			out.set(int(u16(d))+1, int(u16(d[2:]))+1, l.known(u16(d[4:])), &l.cells)
		}
	case recMulBlank: // 2.4.174
		for at := 4; at+4 <= len(d); at += 2 {
			out.set(int(u16(d))+1, int(u16(d[2:]))+1+(at-4)/2, l.known(u16(d[at:])), &l.cells)
		}
	case recMulRK:
		for at := 4; at+8 <= len(d); at += 6 {
			out.set(int(u16(d))+1, int(u16(d[2:]))+1+(at-4)/6, l.known(u16(d[at:])), &l.cells)
		}
	}
}

// known gives the style of a cell format, the plain one where there is none.
func (l *biffLooks) known(xf uint16) int {
	if int(xf) >= len(l.out.Styles) || l.out.Styles[xf] == (Look{}) {
		return 0
	}
	return int(xf)
}
