package cell

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/numfmt"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
)

const (
	farYears      = 3  // a date further from the period than this is asked about: 2016-03-05 in 2022 is mostly a slip
	deadlineYears = 10 // of a deadline: projects run for years, not for decades
	firstYear     = 1949
	lastYear      = 2100 // beyond, the year is the fault: 2206-11-03
)

// dating is a cell that is being read as a date or month.
type dating struct {
	*Typer
	c    *sheet.Cell
	col  *forms.Column
	raw  string // tidied
	text string // plain, without spaces
	w    written.Wrote

	guessed, stretch, stamped, alone bool
}

// dateWay is one way of writing a date. read says whether the cell is written so; a fault ends the matter.
type dateWay struct {
	name, example string
	read          func(*dating) (bool, *fault)
	written       bool // nothing that a cell holds as a date is written so
}

// dateWays are tried in this order; each example is read by its own way and by none before it.
var dateWays = []dateWay{
	{"a moment with a zone", "2026-11-02T16:00:00.000Z", (*dating).moment, true},
	{"seconds since 1970", "1793635200", (*dating).sinceEpoch, true},
	{"a moment whose zone nobody knows", "2026-11-02 16:00:00 PST", (*dating).zoneUnknown, true},
	{"the year of two digits, or last", "26/11/03", (*dating).yearAnywhere, true},
	{"a date, a month or a serial number", "2026年11月3日", (*dating).plain, false},
	{"a month's number", "7", (*dating).monthNumber, false},
	{"the end of a year", "2026年底", (*dating).yearEnd, false},
	{"a part of a month, a quarter", "9月中旬", (*dating).partOfMonth, true},
	{"a stretch of days", "8月10日—12日", (*dating).days, true},
	{"a stretch of months", "2024年7月至12月", (*dating).months, true}, // and 12月至次年2月
	{"a month in English", "Oct-26", (*dating).englishMonth, true},
	{"a day in English", "3-Nov", (*dating).englishDay, true},
	{"with spaces or in brackets", "(2026 11 03)", (*dating).apart, true},
	{"a day alone", "16日", (*dating).dayAlone, true},
}

// readDate reads a cell as a date or month, by the role its column has in time. What depends on its own cell and column
// alone is kept: columns repeat few dates.
func (t *Typer) readDate(c *sheet.Cell, raw string, col *forms.Column, facts Facts) (Value, *fault) {
	if facts.Tenths && c.Kind == sheet.Text && written.TenthText(written.Plain(raw)) { // as the numbers beside it are read
		number := *c
		number.Kind, number.Text, number.Num, number.Format = sheet.Number, written.Plain(raw), 0, ""
		c, raw = &number, number.Text
	}
	if c.Kind != sheet.Date && c.Kind != sheet.Text {
		v, f, _ := t.datedAs(c, raw, col)
		return v, f
	}
	day := dayOf(c, col)
	if v, ok := t.days[day]; ok {
		return v, nil
	}
	v, f, always := t.datedAs(c, raw, col)
	if f == nil && always && len(t.days) < knownDays {
		if t.days == nil {
			t.days = map[aDay]Value{}
		}
		t.days[day] = v
	}
	return v, f
}

// aDay is a cell that holds or spells a date, in a column: it is read the same wherever it stands.
type aDay struct {
	col          *forms.Column
	serial       float64
	format, text string
}

func dayOf(c *sheet.Cell, col *forms.Column) aDay {
	if c.Kind == sheet.Date {
		return aDay{col: col, serial: c.Num, format: c.Format}
	}
	return aDay{col: col, text: c.Text}
}

const knownDays = 10_000

// datedAs tries all ways. always says that the date has its year from the cell: one without it may go by its row.
func (t *Typer) datedAs(c *sheet.Cell, raw string, col *forms.Column) (v Value, f *fault, always bool) {
	if c.Kind == sheet.Date && numfmt.ShowsMonthOnly(c.Format) {
		raw = written.DateText(*c)
	}
	if c.Kind == sheet.Text && raw != "" {
		if bare := written.WithHyphens(written.Tidy(raw)); bare != raw {
			shown := *c
			shown.Text, raw, c = bare, bare, &shown
		}
	}
	d := &dating{Typer: t, c: c, col: col, raw: raw, text: strings.ReplaceAll(written.Plain(raw), " ", "")}
	for _, way := range dateWays {
		if way.written && c.Kind == sheet.Date {
			continue
		}
		ok, f := way.read(d)
		if f != nil {
			return Value{}, f, false
		}
		if ok {
			v, f := d.value()
			return v, f, d.w.Year != 0
		}
	}
	if bare := written.Until(d.text); d.deadline() && d.isText() && bare != d.text {
		said := *c
		said.Text = bare
		if v, f, always := t.datedAs(&said, bare, col); v.Set {
			return v, f, always
		}
	}
	return Value{}, d.unread(), false
}

func (d *dating) isText() bool   { return d.c.Kind == sheet.Text }
func (d *dating) deadline() bool { return d.col.Role == forms.Deadline }

func (d *dating) moment() (bool, *fault) {
	if !d.isText() || d.Zone == nil {
		return false, nil
	}
	day, ok := written.Moment(d.raw, d.Zone)
	d.w = written.Wrote{Year: day.Year(), Month: int(day.Month()), Day: day.Day()}
	return ok, nil
}

// sinceEpoch reads what programs export for a date: seconds or thousandths since 1970, near the period.
func (d *dating) sinceEpoch() (bool, *fault) {
	if n := len(d.text); n != 10 && n != 13 || d.Zone == nil || !stamp().MatchString(d.text) {
		return false, nil
	}
	day := calendar.Of(time.Unix(int64(written.Atoi(d.text[:10])), 0).In(d.Zone))
	d.w = written.Wrote{Year: day.Year(), Month: int(day.Month()), Day: day.Day()}
	d.stamped = !d.far(day, farYears)
	return d.stamped, nil
}

func (d *dating) zoneUnknown() (bool, *fault) {
	if !d.isText() || !written.ZoneUnknown(d.raw) {
		return false, nil
	}
	if f := d.impossible(); f != nil {
		return false, f
	}
	return false, because(finding.ZoneUnknown(d.col.Title, d.Quote(d.raw, 40), d.sample()))
}

func (d *dating) yearAnywhere() (bool, *fault) {
	if !d.isText() {
		return false, nil
	}
	orders, ok := written.Orders(d.raw)
	if !ok {
		return false, nil
	}
	var near []calendar.Date
	for _, day := range orders {
		if !d.far(day, farYears) && !slices.Contains(near, day) {
			near = append(near, day)
		}
	}
	if len(near) != 1 {
		var may []string
		for _, day := range near {
			may = append(may, day.String())
		}
		return false, because(finding.YearUnsure(d.col.Title, d.Quote(d.raw, 30), may, d.sample()))
	}
	d.w = written.Wrote{Year: near[0].Year(), Month: int(near[0].Month()), Day: near[0].Day()}
	return true, nil
}

func (d *dating) plain() (ok bool, f *fault) {
	d.w, d.guessed, ok = written.CellDate(*d.c)
	if d.w.Day > d.w.Month && d.w.Day <= 12 && d.col.Type == forms.Month && d.isText() && bareMonths().MatchString(d.text) {
		return false, nil // 7-12 is a stretch where months are written
	}
	if !ok {
		return d.openStretch(), nil
	}
	if d.isText() && strings.Contains(d.text, "历") { // 2026年8月15日（农历）
		if day, ok := written.ReadLunar(d.text); ok && day.Sure {
			return false, d.lunar(day)
		}
	}
	if !d.w.Tenth {
		return true, nil
	}
	if d.w.Day = 1; d.Period.Contains(d.w.Date(d.w.Year)) { // 2022.1 saved as a number may be October
		d.guessed = true
		return true, nil
	}
	october := d.w.Date(d.w.Year)
	if d.w.Month = 1; d.Period.Contains(d.w.Date(d.w.Year)) || october > d.Cutoff && d.col.Role == forms.Fact {
		return true, nil
	}
	return false, because(finding.DecimalMonth(d.col.Title, d.Quote(d.raw, 20), d.w.Year))
}

func (d *dating) monthNumber() (bool, *fault) {
	n := monthNumbered(d.c, d.col)
	if n == 0 {
		return false, nil
	}
	d.w = written.Wrote{Month: n}
	return true, nil
}

// monthNumbered is the month of which a cell for months holds the number; 0 where it holds none.
func monthNumbered(c *sheet.Cell, col *forms.Column) int {
	n := int(c.Num)
	if col.Type != forms.Month || c.Kind != sheet.Number || c.Num != float64(n) || n < 1 || n > 12 {
		return 0
	}
	return n
}

// LooseDate reads what a cell for dates or months may hold that is no date anywhere else: the number of a month, or a stretch,
// of which the first day is given, without a year where none is written.
func LooseDate(c sheet.Cell, col *forms.Column) (written.Wrote, bool) {
	if n := monthNumbered(&c, col); n > 0 {
		return written.Wrote{Month: n}, true
	}
	text := strings.ReplaceAll(written.Plain(c.Text), " ", "")
	if c.Kind != sheet.Text || len(text) > 60 || !dateStretch().MatchString(text) {
		return written.Wrote{}, false
	}
	if col.Type == forms.Month {
		text = monthsText(text)
	}
	d := &dating{Typer: &Typer{Cutoff: calendar.NewDate(2020, time.December, 31)}, col: col} // whose year is not asked
	ok := d.endOf(text)
	return d.w, ok
}

func (d *dating) yearEnd() (bool, *fault) {
	if !d.deadline() {
		return false, nil
	}
	m := written.YearEnd().FindStringSubmatch(written.Plain(d.raw))
	if m == nil {
		return false, nil
	}
	d.w = written.Wrote{Year: written.Atoi(m[1]), Month: 12, Day: 31}
	return true, nil
}

func (d *dating) partOfMonth() (ok bool, _ *fault) {
	if d.deadline() && d.isText() {
		if d.w, ok = written.LastOf(d.raw); !ok && strings.ContainsAny(d.text, "半季Qq") {
			d.w, ok = d.lastOfPart()
		}
	}
	return ok, nil
}

// days reads 8月10日—12日 in a cell for one date: a fact began on its first day, a deadline is its last.
func (d *dating) days() (bool, *fault) {
	if d.col.Type != forms.Date || !d.isText() || len(d.raw) > 60 || !dateStretch().MatchString(d.text) {
		return false, nil
	}
	d.stretch = d.endOf(d.text) || d.fromTo()
	return d.stretch, nil
}

// fromTo reads a stretch of which each end is written in its own way: 2026-10-10至12日.
func (d *dating) fromTo() bool {
	before, after, ok := cutAtMark(d.text)
	if !ok {
		return false
	}
	from, ok := written.ParseWritten(before)
	if !ok || from.Day == 0 {
		return false
	}
	to, ok := written.ParseWritten(after)
	if !ok {
		to = written.Wrote{Year: from.Year, Month: from.Month, Day: written.Atoi(strings.TrimRight(after, "日号"))}
	}
	if to.Year == 0 {
		to.Year = from.Year
	}
	if to.Day == 0 || !to.Exists(max(to.Year, 2020)) || to.Year > 0 && to.Date(to.Year) < from.Date(from.Year) {
		return false
	}
	if d.w = from; d.deadline() {
		d.w = to
	}
	return true
}

// cutAtMark cuts a stretch at the mark that stands between its ends and is no dash of a date.
func cutAtMark(s string) (before, after string, ok bool) {
	for _, mark := range []string{"至", "到", "~", "～", "—", "–"} {
		if before, after, ok = strings.Cut(s, mark); ok {
			return before, strings.TrimLeft(after, mark), before != "" && after != ""
		}
	}
	return "", "", false
}

// weekdayFirst is a weekday before its date: 周二（11.24）.
var weekdayFirst = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(星期|周|礼拜)[一二三四五六日天]`) })

// apart reads a date in brackets, behind its weekday, or whose year, month and day stand apart.
func (d *dating) apart() (bool, *fault) {
	if !d.isText() || len(d.raw) > 40 {
		return false, nil
	}
	text := strings.TrimSpace(strings.Trim(weekdayFirst().ReplaceAllString(written.Plain(d.raw), ""), "()[] ,，、"))
	if parts := strings.Fields(text); len(parts) == 3 && len(parts[0]) == 4 {
		text = strings.Join(parts, "-")
	}
	if text == d.raw {
		return false, nil
	}
	w, ok := written.ParseWritten(text)
	if ok {
		d.w = w
	}
	return ok, nil
}

// dayAlone reads 16日 or 16号 in a form whose rows belong to one week: it is the day of the week that has that number. Within a
// month any number fits, also that of a row below 2022年7月.
func (d *dating) dayAlone() (bool, *fault) {
	n, ok := strings.CutSuffix(strings.Replace(d.text, "号", "日", 1), "日")
	if !ok || len(n) > 2 || !d.isText() || d.col.Type != forms.Date || d.col.Role != forms.Fact || d.Form.Mode != forms.Period || !d.Period.Valid() || d.Period.Kind != calendar.Week {
		return false, nil
	}
	day := written.Atoi(n)
	for _, at := range []calendar.Date{d.Period.Start, d.Period.End()} {
		w := written.Wrote{Year: at.Year(), Month: int(at.Month()), Day: day}
		if day > 0 && w.Exists(w.Year) && d.Period.Contains(w.Date(w.Year)) {
			d.w, d.alone = w, true
			return true, nil
		}
	}
	return false, nil
}

// endOf reads the day of a stretch that the column is for; without a year where none is written.
func (d *dating) endOf(text string) bool {
	sp, ok := written.ReadStretch(text, d.Cutoff)
	if !ok {
		return false
	}
	day := sp.From
	if d.deadline() {
		day = sp.To
	}
	d.w = written.Wrote{Year: day.Year(), Month: int(day.Month()), Day: day.Day()}
	if !fourDigits().MatchString(text) {
		d.w.Year = 0
	}
	return true
}

var (
	dateStretch = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\d年月日./\-—–~～至到]+$`) })
	fourDigits  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\d{4}`) })
)

// value makes a date of what was written, and doubts it where it is odd.
func (d *dating) value() (Value, *fault) {
	if d.w.Begins && d.deadline() && d.col.Type == forms.Month { // 2026年10月起, where the end is asked for: nobody says
		return Value{}, nil
	}
	year, moved, f := d.year()
	if f != nil {
		return Value{}, f
	}
	day := d.w.Date(year)
	if day.Year() < firstYear || day.Year() > lastYear {
		return Value{}, d.badYear(day.Year())
	}
	return Value{Set: true, Text: day.String(), Date: day}, d.doubts(day, moved)
}

// year settles year and day: of a month its first day or, as a deadline, its last; of a date without a year by the
// column's role. moved says that a fact was put a year before although it lies little ahead.
func (d *dating) year() (year int, moved bool, f *fault) {
	noDay := d.w.Day == 0
	settle := func(year int) calendar.Date {
		if noDay {
			d.w.Day = written.LastDay(year, d.w.Month)
		}
		return d.w.Date(year)
	}
	switch {
	case d.col.Type == forms.Month:
		d.w.Day, noDay = 1, false
	case noDay && !d.deadline():
		w := written.Wrote{Month: d.w.Month, Day: 5}
		if year = d.w.Year; year == 0 {
			year = d.periodYear()
		}
		return 0, false, because(finding.DayMissing(d.col.Title, d.Quote(d.raw, 30), w.Date(year).String()))
	}
	year = d.w.Year
	if year == 0 {
		year = d.periodYear()
	}
	day := settle(year)
	switch {
	case d.w.Year != 0:
	case d.col.Role == forms.Fact && day > d.Cutoff:
		moved = day <= d.Cutoff+31
		year--
		settle(year)
	case d.deadline():
		if assigned := d.assignedOn(); assigned.Valid() {
			if year = assigned.Year(); settle(year) < assigned {
				year++
			}
			settle(year)
		}
	}
	if !d.w.Exists(year) {
		return 0, false, d.noDay(year, d.w.Month)
	}
	return year, moved, nil
}

// periodYear is the year that dates without one are of.
func (d *dating) periodYear() int {
	switch d.Period.Kind {
	case calendar.Month:
		return d.Period.Start.Year()
	case calendar.Week:
		return d.Period.End().Year()
	}
	return d.Cutoff.Year()
}

// assignedOn is the day on which the item of the row was assigned. Only what reads a deadline may ask: the day is read itself.
func (d *dating) assignedOn() calendar.Date {
	if d.Assigned == nil {
		return calendar.NoDate
	}
	return d.Assigned()
}

var (
	threeParts = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})(?:[日号T].*|\d{1,2}:.*)?$`)
	})
	twoParts = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^()(\d{1,2})[-./月](\d{1,2})[日号]?$`) })
	compact  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`) })
	stamp    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\d{10}(\d{3})?$`) }) // seconds or thousandths since 1970, from a program
)

// Dated are what dates of a row are read by beside their own cells.
type Dated struct {
	Zone     *time.Location       // in which moments become days
	Assigned func() calendar.Date // when the item of the row was assigned; NoDate if nobody says
}
