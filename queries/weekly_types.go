package queries

import (
	"taizhang/internal/decl"
	"taizhang/internal/workbook"
)

// WeeklyBook is the declared weekly workbook (weekly.yaml), checked.
type WeeklyBook struct {
	title, footer *weeklyTemplate
	signature     *weeklyTemplate
	mailSubject   *weeklyTemplate
	mailText      *weeklyTemplate
	logo          *workbook.Picture
	sheets        []weeklySheet
	metrics       map[string]*Metric
	order         []string // metrics as declared
	rows          map[*Fact]*weeklyRowsBlock
	words         []weeklyWord
}

// weeklyWord is a name for texts whose value a SELECT gives, as its first column.
type weeklyWord struct {
	name, sql string
	at        *decl.Node
}

type weeklySheet struct {
	name      *weeklyTemplate
	plain     string // the name as declared, by which links find the sheet
	landscape bool
	onePage   bool
	cards     int
	blocks    []weeklyBlock
}

// weeklyBlock is one of its fields.
type weeklyBlock struct {
	title   *weeklyTitle
	heading *weeklyTemplate
	note    *weeklyNote
	text    *weeklyTemplate
	box     *workbook.Box
	figures []weeklyItem
	list    *weeklyList
	charts  *weeklyCharts
	table   *weeklyTable
	rows    *weeklyRowsBlock
	movers  int
}

type weeklyTitle struct {
	text, sub *weeklyTemplate
	back      string // sheet to go back to
}

type weeklyNote struct {
	text                  *weeklyTemplate
	strong, small, indent bool
}

// weeklyItem is a headline figure.
type weeklyItem struct {
	metric, label, unit string
	link                *workbook.Link
	goal                string // sheet to which it leads
	trend               *workbook.Trend
}

// weeklyList shows figures as the rows of a table.
type weeklyList struct {
	id, title string
	items     []weeklyItem
}

type weeklyCharts struct {
	height float64
	items  []workbook.Chart
}

// weeklyTable is filled by a SELECT, by metrics over a dimension, or by one of
// the built-in sources: catalog (every metric) and changes (since the last issue).
type weeklyTable struct {
	at         *decl.Node
	id, title  string
	note       *weeklyTemplate
	empty      string
	main       bool
	filter     bool
	total      bool
	sql        string
	sqlAt      *decl.Node
	metrics    []string
	by         string
	source     string
	columns    []weeklyColumn
	columnsSet bool
}

type weeklyColumn struct {
	title, from, format string
	kind                workbook.Kind
	width               float64
	span                int
	sum                 bool
	total               string            // metric that stands in the total row
	cell                bool              // rows: its cell's address is shown
	ranking             bool              // only where the zone asks for 位次
	words               map[string]string // shown instead of stored
}
