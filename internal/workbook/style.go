package workbook

import "github.com/xuri/excelize/v2"

// Fonts that both Excel and WPS bring along on Chinese systems: 宋体 for
// running text, 黑体 for headings, 等线 for tables and figures.
const (
	fontSong = "宋体"
	fontHei  = "黑体"
	fontDeng = "等线"

	// fontUnit is the default font, whose digits measure column widths. Arial
	// (or its twin Liberation Sans) is as wide everywhere, so that pages break
	// alike in Excel, WPS and LibreOffice.
	fontUnit = "Arial"
)

// The type scale, in points.
const (
	sizeTitle   = 20.0
	sizeFigure  = 18.0
	sizeHeading = 13.0
	sizeBody    = 10.5
	sizeSmall   = 9.0
)

// Five colours and their pale companions. Red and green differ in lightness
// too, and a word or an arrow always stands beside them.
const (
	ink   = "1F2933"
	blue  = "1F4E79"
	red   = "B3261E"
	amber = "E6A700"
	green = "1B7A5A"

	paleGreen = "DDF0E6" // of a light: green and red printed in grey are one dark field
	deepGreen = "0F5A40"

	grey     = "5B6670" // second voice; 5.9:1 on white
	rule     = "C3CAD1"
	paleBlue = "DFE9F3"
	paler    = "F4F7FA"
)

// chartColours are told apart by colour-blind readers (after Okabe & Ito) and in grey, where they lie a tenth apart.
var chartColours = []string{"1F4E79", "E6AC1F", "00A078", "9CCEF0", "C9443A", "959595"}

// style is everything about a cell's looks; equal styles share one record.
type style struct {
	font   string
	size   float64
	bold   bool
	color  string
	fill   string
	h, v   string
	wrap   bool
	indent int
	border border
	format string
	link   bool // underlined
	shrink bool // made smaller rather than ###
	quote  bool // text that looks like a formula
}

// border is a set of sides and how they are drawn.
type border uint8

const (
	borderGrid    border = 1 << iota // thin, all round
	borderTop                        // accent above
	borderBottom                     // accent below
	borderLeft                       // gap beside a card
	borderRight                      // gap beside a card
	borderBoxTop                     // thin, one side: an outline of merged parts
	borderBoxSide                    // thin, left and right
	borderBoxEnd                     // thin, below
)

// styles hands out style ids.
type styles struct {
	f   *excelize.File
	ids map[style]int
}

func (s *styles) id(st style) (int, error) {
	if id, ok := s.ids[st]; ok {
		return id, nil
	}
	id, err := s.f.NewStyle(st.excelize())
	if err != nil {
		return 0, err
	}
	if st.quote {
		// A clone that says “text, whatever it looks like”: editing the cell
		// doesn't turn it into a formula.
		yes := true
		xf := s.f.Styles.CellXfs.Xf[id]
		xf.QuotePrefix = &yes
		s.f.Styles.CellXfs.Xf = append(s.f.Styles.CellXfs.Xf, xf)
		id = len(s.f.Styles.CellXfs.Xf) - 1
		s.f.Styles.CellXfs.Count = len(s.f.Styles.CellXfs.Xf)
	}
	s.ids[st] = id
	return id, nil
}

func (st style) excelize() *excelize.Style {
	x := &excelize.Style{
		Font: &excelize.Font{Family: st.font, Size: st.size, Bold: st.bold, Color: st.color},
		Alignment: &excelize.Alignment{
			Horizontal: st.h, Vertical: st.v, WrapText: st.wrap, Indent: st.indent, ShrinkToFit: st.shrink,
		},
	}
	if st.link {
		x.Font.Underline = "single"
	}
	if st.fill != "" {
		x.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{st.fill}}
	}
	if st.format != "" {
		f := st.format
		x.CustomNumFmt = &f
	}
	add := func(on border, kind string, style int, color string) {
		if st.border&on != 0 {
			x.Border = append(x.Border, excelize.Border{Type: kind, Style: style, Color: color})
		}
	}
	for _, side := range []string{"left", "right", "top", "bottom"} {
		add(borderGrid, side, 1, rule)
	}
	add(borderTop, "top", 5, blue)
	add(borderBottom, "bottom", 2, blue)
	add(borderLeft, "left", 5, "FFFFFF")
	add(borderRight, "right", 5, "FFFFFF")
	add(borderBoxTop, "top", 1, grey)
	add(borderBoxSide, "left", 1, grey)
	add(borderBoxSide, "right", 1, grey)
	add(borderBoxEnd, "bottom", 1, grey)
	return x
}

// body is the style other styles start from.
func body() style {
	return style{font: fontDeng, size: sizeBody, color: ink, h: "left", v: "center"}
}

// lightStyle paints the field in which a light's word stands.
func lightStyle(st style, l Light) style {
	st.bold, st.h = true, "center"
	switch l {
	case Red:
		st.fill, st.color = red, "FFFFFF"
	case Amber:
		st.fill, st.color = amber, ink
	case Green:
		st.fill, st.color = paleGreen, deepGreen
	}
	return st
}

// toneColour colours a change that is for better or worse.
func toneColour(t Tone) string {
	switch t {
	case Better:
		return green
	case Worse:
		return red
	}
	return grey
}
