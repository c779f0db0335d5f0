package receipt

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"taizhang/ingest/finding"
)

// Colours of our marks. They are a little off the usual palette, because a fill
// of exactly this colour is known as ours and removed when the workbook comes in
// again. A shade of it stands for each colour that marks cover in a workbook;
// which is which is kept in hidden names of the workbook, where Excel, WPS and
// LibreOffice leave it alone.
var markColour = map[finding.Severity]string{
	finding.Error:   "FFFFC6C9",
	finding.Warning: "FFFFEA9D",
	finding.Info:    "FFD0E4F7",
}

// shades is how many colours marks of one severity can cover and give back.
const shades = 30

// markShade gives shade k of a severity's colour.
func markShade(severity finding.Severity, k int) string {
	n, _ := strconv.ParseUint(markColour[severity], 16, 32)
	if severity == finding.Info {
		return fmt.Sprintf("%08X", n+uint64(k)<<16) // its blue is full
	}
	return fmt.Sprintf("%08X", n+uint64(k))
}

// isMark tells whether a colour is one of a mark of ours.
var isMark = func() map[string]bool {
	all := map[string]bool{}
	for severity := range markColour {
		for k := range shades + 1 {
			all[markShade(severity, k)] = true
		}
	}
	return all
}()

// coverName begins the hidden names that say which colour a mark covers.
const coverName = "_tz_"

// coverText is what such a name may hold: it goes into the styles as it is.
var coverText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?: ?(?:rgb|theme|tint|indexed|auto)='[-+.0-9A-Fa-f]{1,24}')+$`)
})

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
	covered               map[string]string // colour of a mark → attributes of the colour under it
	paperStyle            int               // format of the first role
	done                  []byte            // the part with the paper's looks, of a workbook without marks
}

// openStyles reads the part and turns the marks of an earlier receipt back into
// the fills that they covered.
func openStyles(data []byte, ns string, covered map[string]string) (*styles, error) {
	s := &styles{marked: map[[2]int]int{}, fillOf: map[[2]int]int{}, covered: map[string]string{}}
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
		edits := s.unmark(covered)
		if edits == nil {
			break
		}
		data = splice(data, edits)
	}
	return s, nil
}

// unmark gives the edits that turn our fills into those they covered.
func (s *styles) unmark(covered map[string]string) (edits []edit) {
	for _, f := range s.fills.children {
		pattern, rgb, _ := s.fillParts(f)
		if pattern != "solid" || !isMark[rgb] {
			continue
		}
		text := "<fill" + s.ns + `><patternFill patternType="none"/></fill>`
		if under := covered[rgb]; under != "" {
			text = "<fill" + s.ns + `><patternFill patternType="solid"><fgColor ` + under + `/><bgColor indexed="64"/></patternFill></fill>`
		}
		edits = append(edits, edit{f.start, f.end, text})
	}
	return edits
}

// fillParts gives a fill's pattern, its colour as RGB, and the attributes that
// give the colour, which may be by theme.
func (s *styles) fillParts(f element) (pattern, rgb, attrs string) {
	sc := &scanner{data: s.data[f.start:f.end]}
	for {
		t, ok := sc.next()
		switch {
		case !ok:
			return pattern, rgb, attrs
		case t.closing:
		case t.name == "patternFill":
			pattern = t.value(sc.data, "patternType")
		case t.name == "fgColor":
			rgb = strings.ToUpper(t.value(sc.data, "rgb"))
			var all []string
			for name, at := range t.attrs(sc.data) {
				all = append(all, name+`="`+string(sc.data[at[0]:at[1]])+`"`)
			}
			attrs = strings.Join(all, " ")
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
	colour := markColour[severity]
	if under < len(s.fills.children) {
		pattern, _, attrs := s.fillParts(s.fills.children[under])
		if pattern == "solid" && coverText().MatchString(strings.ReplaceAll(attrs, `"`, "'")) {
			for k := 1; k <= shades; k++ {
				if shade := markShade(severity, k); s.covered[shade] == "" {
					colour, s.covered[shade] = shade, attrs
					break
				}
			}
		}
	}
	n := s.addFill(colour)
	s.fillOf[key] = n
	return n
}

func (s *styles) addFill(rgb string) int {
	s.addFills = append(s.addFills, "<fill"+s.ns+`><patternFill patternType="solid"><fgColor rgb="`+rgb+`"/><bgColor indexed="64"/></patternFill></fill>`)
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
			fills[colour] = s.addFill(colour)
		}
		s.addXfs = append(s.addXfs, fmt.Sprintf(`<xf%s numFmtId="49" fontId="%d" fillId="%d" borderId="%d" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment %s wrapText="1"/></xf>`,
			s.ns, font+f, fills[colour], border+boxed, align))
	}
}

// unmarked keeps the styles of workbooks without marks, by what they were: those made from one template have the same.
var unmarked struct {
	sync.Mutex
	by   map[[2]string]*styles
	size int
}

// unmarkedKept is how many bytes of them are kept at most.
const unmarkedKept = 4 << 20

// openUnmarked is openStyles and addPaper for a workbook that gets no marks, nor has had any.
func openUnmarked(data []byte, ns string) (*styles, error) {
	k, key := &unmarked, [2]string{ns, string(data)}
	k.Lock()
	s := k.by[key]
	k.Unlock()
	if s != nil {
		return s, nil
	}
	full, err := openStyles(data, ns, nil)
	if err != nil {
		return nil, err
	}
	full.addPaper()
	s = &styles{paperStyle: full.paperStyle, done: full.bytes()}
	k.Lock()
	defer k.Unlock()
	if k.size += len(data) + len(s.done); k.by == nil || k.size > unmarkedKept {
		k.by, k.size = map[[2]string]*styles{}, len(data)+len(s.done)
	}
	k.by[key] = s
	return s, nil
}

// bytes gives the part with all that was added.
func (s *styles) bytes() []byte {
	if s.done != nil {
		return s.done
	}
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
