package ods

import (
	"math"
	"strconv"
	"strings"

	"taizhang/ingest/sheet"
	"taizhang/internal/xmlscan"
)

// odsStyle is a style:style of any family (ODF 1.3 part 3, 16.2) as far as looks go.
type odsStyle struct {
	parent, master string
	attrs          map[string]string // of its properties, by local name, the nearest set wins
}

// odsStyles are the styles of a document: automatic ones of its content and the common ones.
type odsStyles struct {
	byName  map[string]*odsStyle // family and name
	masters map[string]string    // master page → page layout
	pages   map[string]map[string]string
	index   map[string]int // of cell styles in Looks.Styles
}

// maxRepeat is how often a row that only looks like something is repeated.
const maxRepeat = 1000

// Looks reads how a table looks.
func (o *book) Looks(i int) (*sheet.Looks, error) {
	st := &odsStyles{byName: map[string]*odsStyle{}, masters: map[string]string{}, pages: map[string]map[string]string{}, index: map[string]int{}}
	if o.pack.Has("styles.xml") {
		if err := o.scan("styles.xml", func(x *xmlscan.Scanner) (bool, error) { st.element(x); return true, nil }); err != nil {
			return nil, err
		}
	}
	l := &sheet.Looks{Rows: map[int]*sheet.RowLook{}, Styles: []sheet.Look{{}}}
	t := &looksScan{st: st, out: l}
	at := -1
	err := o.scan("content.xml", func(x *xmlscan.Scanner) (bool, error) {
		if x.Depth == 4 && string(x.Name) == "table" {
			if at++; at == i {
				l.Page = st.page(x.AttrString("style-name"))
				return false, t.table(x)
			}
			return true, x.Skip()
		}
		if at < 0 {
			st.element(x)
		}
		return true, nil
	})
	return l, err
}

// scan goes through the elements of a part until see says that it has seen enough.
func (o *book) scan(part string, see func(x *xmlscan.Scanner) (more bool, err error)) error {
	r, err := o.pack.Part(part)
	if err != nil {
		return err
	}
	defer r.Close()
	x, err := xmlscan.New(r, o.lim.XML())
	if err != nil {
		return err
	}
	defer x.Release()
	x.DocType = true
	for {
		found, err := x.NextStart()
		if err != nil || !found {
			return err
		}
		if more, err := see(x); err != nil || !more {
			return err
		}
	}
}

// element takes in an element of the styles.
func (st *odsStyles) element(x *xmlscan.Scanner) {
	switch name := string(x.Name); name {
	case "style", "default-style":
		s := &odsStyle{parent: x.AttrString("parent-style-name"), master: x.AttrString("master-page-name"), attrs: map[string]string{}}
		if len(st.byName) < 20_000 {
			st.byName[x.AttrString("family")+"\x00"+x.AttrString("name")] = s
		}
		st.byName["\x00"] = s
	case "table-column-properties", "table-row-properties", "table-cell-properties", "paragraph-properties", "text-properties":
		if s := st.byName["\x00"]; s != nil {
			keep(x, s.attrs)
		}
	case "page-layout":
		st.pages["\x00"] = map[string]string{}
		st.pages[x.AttrString("name")] = st.pages["\x00"]
	case "page-layout-properties":
		if p := st.pages["\x00"]; p != nil {
			keep(x, p)
		}
	case "master-page":
		st.masters[x.AttrString("name")] = x.AttrString("page-layout-name")
	}
}

var odsProperties = []string{"column-width", "row-height", "use-optimal-row-height", "border", "border-left", "border-right", "border-top", "border-bottom", "background-color",
	"wrap-option", "vertical-align", "text-align", "font-weight", "font-style", "font-size", "color", "font-name", "font-name-asian",
	"page-width", "page-height", "print-orientation", "margin-left", "margin-right", "margin-top", "margin-bottom", "scale-to", "scale-to-X", "scale-to-Y", "scale-to-pages", "table-centering"}

func keep(x *xmlscan.Scanner, into map[string]string) {
	for _, p := range odsProperties {
		if v, ok := x.Attr(p); ok && len(v) < 100 {
			into[p] = string(v)
		}
	}
}

// get gives a property of a style, also of those it builds on.
func (st *odsStyles) get(family, name, property string) string {
	for range 8 {
		s := st.byName[family+"\x00"+name]
		if s == nil {
			break
		}
		if v, ok := s.attrs[property]; ok {
			return v
		}
		name = s.parent
	}
	if s := st.byName[family+"\x00"]; s != nil {
		return s.attrs[property]
	}
	return ""
}

// page reads how the table of a style is printed.
func (st *odsStyles) page(table string) sheet.Page {
	master := "Default"
	if s := st.byName["table\x00"+table]; s != nil && s.master != "" {
		master = s.master
	}
	p := st.pages[st.masters[master]]
	if p == nil {
		return sheet.Page{}
	}
	inch := func(name string) float64 { return points(p[name]) / 72 }
	out := sheet.Page{Landscape: p["print-orientation"] == "landscape", Left: inch("margin-left"), Right: inch("margin-right"), Top: inch("margin-top"), Bottom: inch("margin-bottom"),
		Centred: p["table-centering"] == "horizontal" || p["table-centering"] == "both"}
	w, h := points(p["page-width"]), points(p["page-height"])
	switch short := math.Min(w, h); {
	case math.Abs(short-595) < 3:
		out.Paper = 9 // A4
	case math.Abs(short-842) < 3:
		out.Paper = 8 // A3
	}
	if w > h {
		out.Landscape = true
	}
	if n, err := strconv.Atoi(strings.TrimSuffix(p["scale-to"], "%")); err == nil {
		out.Scale = n
	}
	if x, y := p["scale-to-X"], p["scale-to-Y"]; x != "" || y != "" {
		out.Fit = true
		out.FitWidth, _ = strconv.Atoi(x) // 0 where it isn't said: as many as needed
		out.FitHeight, _ = strconv.Atoi(y)
	}
	return out
}

// points reads a length (ODF 18.3.18), 0 where it is none.
func points(s string) float64 {
	for unit, size := range map[string]float64{"cm": 72 / 2.54, "mm": 72 / 25.4, "in": 72, "pt": 1, "pc": 12, "px": 0.75} {
		if n, ok := strings.CutSuffix(s, unit); ok {
			if v, err := strconv.ParseFloat(n, 64); err == nil && v >= 0 && v < 1e5 {
				return v * size
			}
		}
	}
	return 0
}

// cell gives the index of a cell's style in Looks.Styles.
func (st *odsStyles) cell(name string, l *sheet.Looks) int {
	if name == "" {
		return 0
	}
	if n, ok := st.index[name]; ok {
		return n
	}
	get := func(property string) string { return st.get("table-cell", name, property) }
	colour := func(s string) string {
		if len(s) == 7 && s[0] == '#' && strings.Trim(strings.ToLower(s[1:]), "0123456789abcdef") == "" {
			return strings.ToUpper(s[1:])
		}
		return ""
	}
	line := func(side string) sheet.Line {
		s := get("border-" + side)
		if s == "" {
			s = get("border")
		}
		var out sheet.Line
		width := 0.0
		for _, w := range strings.Fields(s) {
			if v := points(w); v > 0 {
				width = v
			} else if c := colour(w); c != "" {
				out.Color = c
			} else {
				out.Style = w
			}
		}
		out.Style = odsLine(out.Style, width)
		if out.Style == "" {
			return sheet.Line{}
		}
		return out
	}
	s := sheet.Look{Font: get("font-name-asian"), Size: points(get("font-size")), Bold: get("font-weight") == "bold", Italic: get("font-style") == "italic", Wrap: get("wrap-option") == "wrap",
		Color: colour(get("color")), Fill: colour(get("background-color")), Left: line("left"), Right: line("right"), Top: line("top"), Bottom: line("bottom")}
	if s.Font == "" {
		s.Font = get("font-name")
	}
	s.Horizontal = map[string]string{"start": "left", "left": "left", "center": "center", "end": "right", "right": "right", "justify": "justify"}[get("text-align")]
	s.Vertical = map[string]string{"top": "top", "middle": "center"}[get("vertical-align")]
	n := 0
	if s != (sheet.Look{}) {
		n = len(l.Styles)
		l.Styles = append(l.Styles, s)
	}
	st.index[name] = n
	return n
}

// odsLine names a line of a style and width as Excel does.
func odsLine(style string, width float64) string {
	switch {
	case style == "" || style == "none" || style == "hidden" || width == 0:
		return ""
	case style == "dashed", style == "dotted", style == "double":
		return style
	case width >= 2:
		return "thick"
	case width >= 1.2:
		return "medium"
	}
	return "thin"
}

// looksScan reads the looks of one table.
type looksScan struct {
	st       *odsStyles
	out      *sheet.Looks
	row, col int
	cells    int
	lastCol  int
}

// table goes through the table whose start was just told.
func (t *looksScan) table(x *xmlscan.Scanner) error {
	return x.Elements(func() error {
		switch string(x.Name) {
		case "table-column":
			t.column(x)
		case "table-row":
			return t.tableRow(x)
		case "table-header-rows", "table-rows", "table-row-group", "table-header-columns", "table-columns", "table-column-group":
		default:
			return x.Skip()
		}
		return nil
	})
}

func (t *looksScan) column(x *xmlscan.Scanner) {
	n := min(max(1, x.AttrInt("number-columns-repeated", 1)), 1<<14)
	c := sheet.ColumnLook{From: t.lastCol + 1, To: t.lastCol + n, Style: t.st.cell(x.AttrString("default-cell-style-name"), t.out)}
	t.lastCol += n
	if w := points(t.st.get("table-column", x.AttrString("style-name"), "column-width")); w > 0 {
		c.Width = max((w*96/72-5)/7, 0.5) // pixels of the usual font's digits, ECMA-376 18.3.1.13
	}
	v, _ := x.Attr("visibility")
	c.Hidden = string(v) == "collapse"
	if c.To <= 1<<14 && len(t.out.Columns) < 1<<14 {
		t.out.Columns = append(t.out.Columns, c)
	}
}

func (t *looksScan) tableRow(x *xmlscan.Scanner) error {
	repeat := max(1, x.AttrInt("number-rows-repeated", 1))
	style := x.AttrString("style-name")
	height := points(t.st.get("table-row", style, "row-height"))
	if t.st.get("table-row", style, "use-optimal-row-height") == "true" {
		height = 0 // made from its texts, as receipts' readers do
	}
	from := t.row + 1
	t.row = min(t.row+repeat, 1<<20)
	t.col = 0
	err := x.Elements(func() error {
		name := string(x.Name)
		if name == "table-cell" || name == "covered-table-cell" {
			n := min(max(1, x.AttrInt("number-columns-repeated", 1)), 1<<14)
			s := t.st.cell(x.AttrString("style-name"), t.out)
			if s > 0 && n <= maxRepeat && repeat <= maxRepeat && t.cells+n*repeat <= sheet.MaxLooks {
				for k := range n * repeat {
					t.out.Set(from+k/n, t.col+1+k%n, s, &t.cells)
				}
			}
			t.col = min(t.col+n, 1<<14)
		}
		return x.Skip()
	})
	if err != nil {
		return err
	}
	if height > 0 && repeat <= maxRepeat && len(t.out.Rows) < sheet.MaxLooks {
		for r := from; r < from+repeat; r++ {
			t.out.Row(r).Height = height
		}
	}
	return nil
}
