package data

// layout is how one office lays out one form. Texts may hold the placeholders of part.fill.
type layout struct {
	sheet    string
	title    string
	meta     [][]string // lines between title and heading; "a\tb" is a label and its value in the next cell
	cols     []col
	say      map[string]map[string]string // column → the form's word → this office's word
	section  string                       // column by whose values rows stand under section lines
	total    string                       // "", "top", "bottom", "formula"
	subtotal string                       // column after whose runs of one value a 小计 stands
	repeat   int                          // the heading again after so many rows, for the printed pages
	merge    []string                     // columns whose repeated values are one merged cell
	split    func(row) string             // names the sheet a row goes to; nil: one sheet
	hide     func(row) bool               // rows filtered away (hidden, but data)
	foot     []string
	empty    string // what a nil return says in its first row; "" leaves the sheet bare
	help     string // text of a 填报说明 sheet
	hidden   bool   // a hidden helper sheet with the drop-down lists
	look     look
}

// col is one column: which of the form's columns it shows, under which heading, how.
type col struct {
	key   string  // "#" numbers the rows, "-" is a column of the office's own
	head  string  // "group/heading" makes a two-row heading
	width float64 // in characters
	as    string  // see cellValue; "" writes the value as it is
}

// look is an office's taste.
type look struct {
	font, fill string
	titleSize  float64
	titleFont  string
}

var (
	plain = look{font: "宋体", titleFont: "宋体", titleSize: 16}
	gov   = look{font: "仿宋_GB2312", titleFont: "方正小标宋简体", titleSize: 20}
	blue  = look{font: "等线", titleFont: "黑体", titleSize: 18, fill: "DDEBF7"}
	green = look{font: "微软雅黑", titleFont: "微软雅黑", titleSize: 16, fill: "E2EFDA"}
	grey  = look{font: "宋体", titleFont: "黑体", titleSize: 18, fill: "D9D9D9"}
)

// layoutOf finds an office's layout of a form.
func layoutOf(form, submitter string) layout {
	if l, ok := layouts[form+" "+submitter]; ok {
		return l
	}
	panic("data: " + submitter + " has no layout of " + form)
}
