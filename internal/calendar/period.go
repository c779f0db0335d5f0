package calendar

import (
	"encoding/json"
	"fmt"
	"time"
)

// PeriodKind says how long a period is.
type PeriodKind uint8

// The kinds of periods. The zero PeriodKind is none of them.
const (
	Week  PeriodKind = iota + 1 // an ISO week, Monday to Sunday
	Month                       // a calendar month
)

// String returns "week" or "month", and "" for no kind.
func (k PeriodKind) String() string {
	switch k {
	case Week:
		return "week"
	case Month:
		return "month"
	}
	return ""
}

// Period is the week or month that a return is for. Periods made by this
// package start on a Monday or on the first of a month, so they compare with
// == and serve as map keys. The zero Period is no period (Valid is false).
type Period struct {
	Kind  PeriodKind
	Start Date
}

// WeekOf returns the ISO week that holds d.
func WeekOf(d Date) Period {
	if !d.Valid() {
		return Period{}
	}
	return Period{Week, d - Date((int(d.Weekday())+6)%7)}
}

// MonthOf returns the month that holds d.
func MonthOf(d Date) Period {
	if !d.Valid() {
		return Period{}
	}
	return Period{Month, NewDate(d.Year(), d.Month(), 1)}
}

// Of returns the period of a kind that holds d, the zero Period where kind or
// d is none.
func (k PeriodKind) Of(d Date) Period {
	switch k {
	case Week:
		return WeekOf(d)
	case Month:
		return MonthOf(d)
	}
	return Period{}
}

// PeriodOf is kind.Of(d).
func PeriodOf(kind PeriodKind, d Date) Period { return kind.Of(d) }

// ParsePeriod reads "2022-W33" or "2022-08", exactly as String writes them.
func ParsePeriod(text string) (Period, error) {
	if p, ok := parsePeriod(text); ok {
		return p, nil
	}
	return Period{}, fmt.Errorf("%q is not a period like 2022-W33 or 2022-08", text)
}

func parsePeriod(text string) (Period, bool) {
	switch {
	case len(text) == len("2022-W33") && text[4:6] == "-W":
		year, ok := digits(text[:4])
		week, ok2 := digits(text[6:])
		if !ok || !ok2 || week < 1 {
			return Period{}, false
		}
		p := WeekOf(NewDate(year, time.January, 4) + Date(7*(week-1)))
		return p, p.String() == text // a year without a 53rd week has none
	case len(text) == len("2022-08") && text[4] == '-':
		year, ok := digits(text[:4])
		month, ok2 := digits(text[5:])
		if !ok || !ok2 || month < 1 || month > 12 {
			return Period{}, false
		}
		return MonthOf(NewDate(year, time.Month(month), 1)), true
	}
	return Period{}, false
}

func digits(text string) (int, bool) {
	n := 0
	for _, r := range text {
		if r < '0' || r > '9' {
			return 0, false
		}
		n = n*10 + int(r-'0')
	}
	return n, true
}

// Valid reports whether p is a period, not the zero value.
func (p Period) Valid() bool { return p.Kind != 0 && p.Start.Valid() }

// String returns p as 2022-W33 or 2022-08, and "" for no period.
func (p Period) String() string {
	if !p.Valid() {
		return ""
	}
	if p.Kind == Week {
		year, week := p.Start.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	}
	return fmt.Sprintf("%04d-%02d", p.Start.Year(), p.Start.Month())
}

// End returns the last day of p; NoDate for no period.
func (p Period) End() Date {
	if !p.Valid() {
		return NoDate
	}
	return p.Next().Start - 1
}

// Next returns the period that follows p.
func (p Period) Next() Period {
	switch p.Kind {
	case Week:
		return Period{Week, p.Start + 7}
	case Month:
		return Period{Month, NewDate(p.Start.Year(), p.Start.Month()+1, 1)}
	}
	return Period{}
}

// Prev returns the period before p.
func (p Period) Prev() Period {
	if !p.Valid() {
		return Period{}
	}
	return p.Kind.Of(p.Start - 1)
}

// Contains reports whether d lies within p.
func (p Period) Contains(d Date) bool {
	return p.Valid() && d >= p.Start && d <= p.End()
}

// MarshalJSON writes p as its String, no period as null.
func (p Period) MarshalJSON() ([]byte, error) {
	if !p.Valid() {
		return []byte("null"), nil
	}
	return json.Marshal(p.String())
}

// UnmarshalJSON reads what MarshalJSON writes; "" also means no period.
func (p *Period) UnmarshalJSON(text []byte) error {
	var s *string
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	if s == nil || *s == "" {
		*p = Period{}
		return nil
	}
	parsed, err := ParsePeriod(*s)
	if err != nil {
		return err
	}
	*p = parsed
	return nil
}

// Chinese returns p as offices write it: 2026年第48周（11月23日—29日），
// 2026年11月; "" for no period.
func (p Period) Chinese() string {
	switch {
	case !p.Valid():
		return ""
	case p.Kind == Month:
		return fmt.Sprintf("%d年%d月", p.Start.Year(), p.Start.Month())
	}
	year, week := p.Start.ISOWeek()
	end := p.End()
	until := fmt.Sprintf("%d日", end.Day())
	if end.Month() != p.Start.Month() {
		until = fmt.Sprintf("%d月", end.Month()) + until
	}
	if end.Year() != p.Start.Year() {
		until = fmt.Sprintf("%d年", end.Year()) + until
	}
	return fmt.Sprintf("%d年第%d周（%d月%d日—%s）", year, week, p.Start.Month(), p.Start.Day(), until)
}
