package receipt

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"taizhang/ingest/finding"
)

// Colours of our marks. They are a little off the usual palette, because a fill
// of exactly this colour is known as ours and removed when the workbook comes in
// again. What the cell's own colour was stands as the background of the fill,
// which no program shows for a solid one.
var markColour = map[finding.Severity]string{
	finding.Error:   "FFFFC6C9",
	finding.Warning: "FFFFEA9D",
	finding.Info:    "FFD8E7F7",
}

// maxXfs is how many cell formats a workbook may have; past it nothing is coloured.
const maxXfs = 60_000

// styles is the part that says how cells look. Formats are only ever added:
// what cells refer to stays what it is.
type styles struct {
	data                  []byte
	ns                    string // xmlns attribute where the document uses a prefix, else ""
	fonts, fills, borders *list
	xfs                   *list
	addFonts, addFills    []string
	addBorders, addXfs    []string
	marked                map[[2]int]int // cell format, severity → format of the marked cell
	fillOf                map[[2]int]int
	paperStyle            int // format of the first role
}

// openStyles reads the part and turns the marks of an earlier receipt back into
// the fills that they covered.
func openStyles(data []byte, ns string) (*styles, error) {
	s := &styles{marked: map[[2]int]int{}, fillOf: map[[2]int]int{}}
	for range 2 {
		root, found, err := lists(data, "fonts", "fills", "borders", "cellXfs")
		if err != nil {
			return nil, err
		}
		if root.prefix != "" {
			s.ns = ` xmlns="` + ns + `"`
		}
		s.data, s.fonts, s.fills, s.borders, s.xfs = data, found["fonts"], found["fills"], found["borders"], found["cellXfs"]
		if s.fonts == nil || s.fills == nil || s.borders == nil || s.xfs == nil || len(s.xfs.children) == 0 {
			return nil, errXML
		}
		edits := s.unmark()
		if edits == nil {
			break
		}
		data = splice(data, edits)
	}
	return s, nil
}

// unmark gives the edits that turn our fills into those they covered.
func (s *styles) unmark() (edits []edit) {
	for _, f := range s.fills.children {
		pattern, fg, bg := s.fillParts(f)
		if pattern != "solid" || !isMark(fg) {
			continue
		}
		text := "<fill" + s.ns + `><patternFill patternType="none"/></fill>`
		if bg != "" && !strings.Contains(bg, `indexed="64"`) && !strings.Contains(bg, `indexed="65"`) {
			text = "<fill" + s.ns + `><patternFill patternType="solid"><fgColor ` + bg + `/><bgColor indexed="64"/></patternFill></fill>`
		}
		edits = append(edits, edit{f.start, f.end, text})
	}
	return edits
}

func isMark(colour string) bool {
	for _, c := range markColour {
		if strings.Contains(colour, `rgb="`+c+`"`) {
			return true
		}
	}
	return false
}

// fillParts gives a fill's pattern and the attributes of its two colours.
func (s *styles) fillParts(f element) (pattern, fg, bg string) {
	sc := &scanner{data: s.data[f.start:f.end]}
	for {
		t, ok := sc.next()
		if !ok {
			return pattern, fg, bg
		}
		if t.closing {
			continue
		}
		var b strings.Builder
		for name, at := range t.attrs(sc.data) {
			fmt.Fprintf(&b, ` %s="%s"`, name, bytes.ReplaceAll(sc.data[at[0]:at[1]], []byte(`"`), nil))
		}
		switch t.name {
		case "patternFill":
			pattern = t.value(sc.data, "patternType")
		case "fgColor":
			fg = strings.TrimSpace(b.String())
		case "bgColor":
			bg = strings.TrimSpace(b.String())
		}
	}
}

// mark gives the format of a cell that has the format xf and is to be coloured.
func (s *styles) mark(xf int, severity finding.Severity) int {
	if xf >= len(s.xfs.children) {
		xf = 0
	}
	key := [2]int{xf, rank(severity)}
	if n, ok := s.marked[key]; ok {
		return n
	}
	if len(s.xfs.children)+len(s.addXfs) >= maxXfs {
		return xf
	}
	el := s.xfs.children[xf]
	fill := s.markFill(el.tag.number(s.data, "fillId", 0), severity)
	text := s.data[el.start:el.end]
	t := el.tag
	t.start, t.end, t.nameEnd = t.start-el.start, t.end-el.start, t.nameEnd-el.start
	text = splice(text, []edit{setAttr(text, t, "fillId", strconv.Itoa(fill)), setAttr(text, t, "applyFill", "1")})
	n := len(s.xfs.children) + len(s.addXfs)
	s.addXfs = append(s.addXfs, string(text))
	s.marked[key] = n
	return n
}

// markFill gives the fill that marks a cell with the fill under.
func (s *styles) markFill(under int, severity finding.Severity) int {
	key := [2]int{under, rank(severity)}
	if n, ok := s.fillOf[key]; ok {
		return n
	}
	keep := `indexed="64"`
	if under < len(s.fills.children) {
		if pattern, fg, _ := s.fillParts(s.fills.children[under]); pattern == "solid" && fg != "" {
			keep = fg
		}
	}
	n := s.addFill(markColour[severity], keep)
	s.fillOf[key] = n
	return n
}

func (s *styles) addFill(rgb, bg string) int {
	s.addFills = append(s.addFills, "<fill"+s.ns+`><patternFill patternType="solid"><fgColor rgb="`+rgb+`"/><bgColor `+bg+`/></patternFill></fill>`)
	return len(s.fills.children) + len(s.addFills) - 1
}

// role is one of the looks on the 回执 sheet.
type role int

const (
	roleTitle role = iota
	roleGood
	roleCheck
	rolePartial
	roleBad
	roleSame
	roleLabel
	roleValue
	roleHeading
	roleHead
	roleText
	roleCentre
	roleLink
	roleError
	roleWarning
	roleInfo
	roleExplain
	roleNote
	roles
)

// addPaper adds the looks of the 回执 sheet. Role r has the format paperStyle + r.
func (s *styles) addPaper() {
	font := len(s.fonts.children) + len(s.addFonts)
	for _, f := range []string{
		`<sz val="10.5"/><color rgb="FF000000"/><name val="宋体"/>`,
		`<b/><sz val="20"/><color rgb="FF000000"/><name val="宋体"/>`,
		`<b/><sz val="13"/><color rgb="FF000000"/><name val="黑体"/>`,
		`<b/><sz val="10.5"/><color rgb="FF000000"/><name val="黑体"/>`,
		`<u/><sz val="10.5"/><color rgb="FF0B4FA0"/><name val="宋体"/>`,
	} {
		s.addFonts = append(s.addFonts, "<font"+s.ns+">"+f+`<family val="3"/><charset val="134"/></font>`)
	}
	const body, title, banner, bold, link = 0, 1, 2, 3, 4
	border := len(s.borders.children) + len(s.addBorders)
	side := func(name string) string {
		return "<" + name + ` style="thin"><color rgb="FF7F7F7F"/></` + name + ">"
	}
	s.addBorders = append(s.addBorders,
		"<border"+s.ns+"><left/><right/><top/><bottom/><diagonal/></border>",
		"<border"+s.ns+">"+side("left")+side("right")+side("top")+side("bottom")+"<diagonal/></border>")
	s.paperStyle = len(s.xfs.children) + len(s.addXfs)
	fills := map[string]int{"": 0}
	for r := role(0); r < roles; r++ {
		f, colour, boxed, align := body, "", 1, `horizontal="left" vertical="center"`
		centre := `horizontal="center" vertical="center"`
		switch r {
		case roleTitle:
			f, boxed, align = title, 0, centre
		case roleGood:
			f, colour = banner, "FFDDF0DC"
		case roleCheck:
			f, colour = banner, "FFFFF3C8"
		case rolePartial:
			f, colour = banner, "FFFCE0C4"
		case roleBad:
			f, colour = banner, "FFF9CFD0"
		case roleSame:
			f, colour = banner, "FFE9E9E9"
		case roleLabel, roleHead:
			f, colour, align = bold, "FFF0F0F0", centre
		case roleHeading:
			f, boxed = banner, 0
		case roleCentre:
			align = centre
		case roleLink:
			f = link
		case roleError:
			f, colour, align = bold, "FFF9CFD0", centre
		case roleWarning:
			f, colour, align = bold, "FFFFF3C8", centre
		case roleInfo:
			colour, align = "FFE3EDF8", centre
		case roleExplain:
			colour = "FFFFFDF0"
		case roleNote:
			boxed = 0
		}
		if _, ok := fills[colour]; !ok {
			fills[colour] = s.addFill(colour, `indexed="64"`)
		}
		s.addXfs = append(s.addXfs, fmt.Sprintf(`<xf%s numFmtId="49" fontId="%d" fillId="%d" borderId="%d" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment %s wrapText="1"/></xf>`,
			s.ns, font+f, fills[colour], border+boxed, align))
	}
}

// bytes gives the part with all that was added.
func (s *styles) bytes() []byte {
	var edits []edit
	for _, l := range []struct {
		list *list
		add  []string
	}{{s.fonts, s.addFonts}, {s.fills, s.addFills}, {s.borders, s.addBorders}, {s.xfs, s.addXfs}} {
		if len(l.add) > 0 {
			edits = append(edits, setAttr(s.data, l.list.tag, "count", strconv.Itoa(len(l.list.children)+len(l.add))),
				edit{l.list.closeAt, l.list.closeAt, strings.Join(l.add, "")})
		}
	}
	return splice(s.data, edits)
}
