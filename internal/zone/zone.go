package zone

import (
	"time"
	_ "time/tzdata" // Windows has no time zone files

	"taizhang/internal/calendar"
	"taizhang/internal/mail"
)

// FileName is the name of the configuration in the zone's folder.
const FileName = "taizhang.yaml"

// Zone is a zone's configuration, read and checked. It does not change after
// Load and may be used from several goroutines.
type Zone struct {
	Dir        string // the zone's folder
	Name       string
	Code       string // ASCII; "zone" by default
	Timezone   string
	Location   *time.Location
	Contact    string        // a line for every receipt: whom to ask; "" for none
	AsOf       calendar.Date // fixes "today"; NoDate where it is not fixed
	Submitters []Submitter   // in 机构序列
	Returns    []Return      // one for each submitter and form, as declared
	Targets    map[string]Target
	Calendar   *calendar.Workdays
	Jobs       map[string]Job // of serve, those of which the configuration says something
	Backups    Backup
	Alerts     Alerts
	Language   string // zh, en or "" for the system's
	Limits     Limits
	Joined     bool         // it holds what other zones received (taizhang join) and takes in nothing itself
	Ranking    bool         // the weekly workbook shows 位次
	Mail       *mail.Config // where summaries are sent; nil: all is files
	Trino      *Trino       // where models are built and figures computed; nil: here, by the embedded engine

	own       []string        // the zone's name in other ways, as it stands before its units' names
	plainName string          // the zone's name as it is compared
	names     map[string]int  // normalised name, code or alias → index of Submitters
	lasts     map[rune]bool   // the last letters of names
	codes     map[string]int  // code → index of Submitters
	owed      map[obligor]int // → index of Returns
	formSeq   map[string]int  // form → place in Known.Forms
}

type obligor struct{ submitter, form string }

// Kind says what a submitter is.
type Kind string

// The kinds of submitters.
const (
	Department Kind = "department" // 部门
	Street     Kind = "street"     // 街道
)

// Submitter is a unit that hands in returns.
type Submitter struct {
	Code       string
	Name       string
	Kind       Kind
	Aliases    []string
	Since      calendar.Date // its first day, of one that was founded or split off; NoDate: there from the beginning
	Until      calendar.Date // its last day; NoDate while it exists
	MergedInto string        // code of the submitter it became part of
	Seq        int           // place in 机构序列, from 1
}

// Return declares that a submitter hands in a form, and by when.
type Return struct {
	Submitter string // code
	Form      string // id
	Due       Rule
	Since     calendar.Period // first period owed; not valid: that of the form's first return
}

// Target is what a metric should reach.
type Target struct {
	Value        float64
	YearProgress bool // compare with Value × the share of the year gone by (序时进度)
}

// Limits bound what one file may cost.
type Limits struct {
	FileBytes     int64         // size of a file
	InflatedBytes int64         // size of all its parts unpacked
	Ratio         int           // unpacked : packed of one part
	Parts         int           // parts of one workbook
	Sheets        int           // sheets of one workbook
	Rows          int           // rows of one sheet
	Columns       int           // columns of one sheet
	CellBytes     int           // text of one cell
	SharedStrings int           // distinct texts of one workbook
	Depth         int           // nesting of elements
	Memory        int64         // bytes that the cells of the workbooks read at once take together
	Time          time.Duration // for reading one file
}

// DefaultLimits are the limits where the configuration names none.
func DefaultLimits() Limits {
	return Limits{
		FileBytes: 50 << 20, InflatedBytes: 512 << 20, Ratio: 400, Parts: 10_000,
		Sheets: 100, Rows: 200_000, Columns: 1_000, CellBytes: 256 << 10, SharedStrings: 2_000_000,
		Depth: 256, Memory: 512 << 20, Time: time.Minute,
	}
}

// Known tells the configuration's reader what may be named in it.
type Known struct {
	Forms   []FormInfo        // in the order in which lists show them
	Metrics []string          // nil: targets are not checked
	Ratios  []string          // metrics whose targets lie between 0 and 1
	Labels  map[string]string // what people call a metric → its name here
	// Archived: the configuration was in force once. What was accepted then is
	// accepted again, as it was meant then.
	Archived bool
}

// FormInfo is what the configuration's reader needs to know of a form.
type FormInfo struct {
	ID, Title string
	Frequency calendar.PeriodKind
	Mode      string // "ledger" or "period"
}

// Submitter returns the submitter with a code.
func (z *Zone) Submitter(code string) (Submitter, bool) {
	if i, ok := z.codes[code]; ok {
		return z.Submitters[i], true
	}
	return Submitter{}, false
}

// Today returns the business date: as_of where the configuration fixes it,
// else the date that now shows in the zone.
func (z *Zone) Today(now time.Time) calendar.Date {
	if z.AsOf.Valid() {
		return z.AsOf
	}
	return z.DateOf(now)
}

// DateOf returns the civil date that t shows in the zone.
func (z *Zone) DateOf(t time.Time) calendar.Date { return calendar.Of(t.In(z.Location)) }

// EndOfDay returns the last microsecond of a date in the zone.
func (z *Zone) EndOfDay(d calendar.Date) time.Time { return endOfDay(d, z.Location) }
