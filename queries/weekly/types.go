package weekly

import (
	"taizhang/internal/decl"
	"taizhang/internal/metric"
	"taizhang/internal/workbook"
)

// Declaration is the declared weekly workbook (weekly.yaml), checked.
type Declaration struct {
	title, footer *template
	signature     *template
	mailSubject   *template
	mailText      *template
	logo          *workbook.Picture
	sheets        []sheet
	metrics       map[string]*metric.Metric
	order         []string // metrics as declared
	rows          map[*metric.Fact]*rowsBlock
	details       int // at most so many rows stand in a list of rows, and in a table that says nothing of it
	words         []wordDecl
}

// wordDecl is a name for texts whose value a SELECT gives, as its first column.
type wordDecl struct {
	name, sql string
	at        *decl.Node
}

type sheet struct {
	name      *template
	plain     string // the name as declared, by which links find the sheet
	landscape bool
	onePage   bool
	cards     int
	blocks    []block
}

// block is one of its fields.
type block struct {
	title   *titleBlock
	heading *template
	note    *noteBlock
	text    *template
	box     *workbook.Box
	figures []item
	list    *listBlock
	charts  *chartsBlock
	table   *tableBlock
	rows    *rowsBlock
	movers  int
	worst   int
}

type titleBlock struct {
	text, sub *template
	back      string // sheet to go back to
}

type noteBlock struct {
	text                  *template
	strong, small, indent bool
}

// item is a headline figure.
type item struct {
	metric, label, unit string
	link                *workbook.Link
	goal                string // sheet to which it leads
	trend               *workbook.Trend
}

// listBlock shows figures as the rows of a table.
type listBlock struct {
	id, title string
	items     []item
}

type chartsBlock struct {
	height float64
	items  []workbook.Chart
}

// tableBlock is filled by a SELECT, by metrics over a dimension, or by one of
// the built-in sources: catalog (every metric) and changes (since the last issue).
type tableBlock struct {
	at         *decl.Node
	id, title  string
	note       *template
	empty      string
	main       bool
	filter     bool
	total      bool
	sql        string
	sqlAt      *decl.Node
	forms      []string // shown where the zone has one of them
	metrics    []string
	by         string
	axis       string // month: a column whose months are all there, also those without rows
	last       int    // only the last so many rows
	most       int    // at most so many rows are printed
	rest       string // where the others stand
	source     string
	columns    []column
	columnsSet bool
}

type column struct {
	title, from, format string
	kind                workbook.Kind
	width               float64
	span                int
	sum                 bool
	total               string            // metric that stands in the total row
	of                  []string          // columns of the result whose sums the total is the quotient of
	cell                bool              // rows: its cell's address is shown
	ranking             bool              // only where the zone asks for 位次
	words               map[string]string // shown instead of stored
}
