package calendar

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// Date is a civil date without a time of day or a time zone: the number of
// days since 1970-01-01. Dates compare with < and ==, and d+7 is a week later.
// The zero value is 1970-01-01; "no date" is NoDate.
type Date int32

// NoDate stands for the absence of a date. It is before every other date, so
// test with Valid before comparing.
const NoDate Date = math.MinInt32

const secondsPerDay = 24 * 60 * 60

// NewDate returns the date of a year, month and day. Values out of range are
// normalised as time.Date does: NewDate(2022, 2, 31) is 2022-03-03, and day 0
// is the last day of the month before.
func NewDate(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// ParseDate reads a date written exactly as "2006-01-02". A day that does not
// exist, such as 2022-02-30, is refused.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || len(text) != len(time.DateOnly) {
		return NoDate, fmt.Errorf("%q is not a date like 2022-08-15", text)
	}
	return Of(t), nil
}

// Of returns the civil date that t shows in its own location.
func Of(t time.Time) Date {
	y, m, d := t.Date()
	return Date(floorDiv(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix(), secondsPerDay))
}

// Valid reports whether d is a date, not NoDate.
func (d Date) Valid() bool { return d != NoDate }

// Time returns the first instant of d in loc: midnight, or the instant after
// it where the clocks leave midnight out.
func (d Date) Time(loc *time.Location) time.Time {
	y, m, day := d.utc().Date()
	return time.Date(y, m, day, 0, 0, 0, 0, loc)
}

// String returns d as 2006-01-02, and "" for NoDate.
func (d Date) String() string {
	if !d.Valid() {
		return ""
	}
	y, m, day := d.utc().Date()
	if y < 0 || y > 9999 {
		return d.utc().Format(time.DateOnly)
	}
	two := func(n int) (byte, byte) { return byte('0' + n/10), byte('0' + n%10) }
	text := [len(time.DateOnly)]byte{4: '-', 7: '-'} // every date of every row is written: by hand, in a third of the time
	text[0], text[1] = two(y / 100)
	text[2], text[3] = two(y % 100)
	text[5], text[6] = two(int(m))
	text[8], text[9] = two(day)
	return string(text[:])
}

// Year returns the year of d; 0 for NoDate.
func (d Date) Year() int {
	if !d.Valid() {
		return 0
	}
	return d.utc().Year()
}

// Month returns the month of d; 0 for NoDate.
func (d Date) Month() time.Month {
	if !d.Valid() {
		return 0
	}
	return d.utc().Month()
}

// Day returns the day of the month of d; 0 for NoDate.
func (d Date) Day() int {
	if !d.Valid() {
		return 0
	}
	return d.utc().Day()
}

// Weekday returns the day of the week of d.
func (d Date) Weekday() time.Weekday {
	return time.Weekday(floorMod(int64(d)+4, 7)) // 1970-01-01 was a Thursday
}

// ISOWeek returns the ISO 8601 year and week of d. The ISO year differs from
// the calendar year around New Year: 2022-01-01 lies in week 52 of 2021.
func (d Date) ISOWeek() (year, week int) {
	if !d.Valid() {
		return 0, 0
	}
	return d.utc().ISOWeek()
}

// MarshalJSON writes d as an ISO string, NoDate as null.
func (d Date) MarshalJSON() ([]byte, error) {
	if !d.Valid() {
		return []byte("null"), nil
	}
	return json.Marshal(d.String())
}

// UnmarshalJSON reads what MarshalJSON writes; "" also means NoDate.
func (d *Date) UnmarshalJSON(text []byte) error {
	if bytes.Equal(text, []byte("null")) || bytes.Equal(text, []byte(`""`)) {
		*d = NoDate
		return nil
	}
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	parsed, err := ParseDate(s)
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// Value lets d be an argument of a query: a DATE, NoDate as NULL.
func (d Date) Value() (driver.Value, error) {
	if !d.Valid() {
		return nil, nil
	}
	return d.utc(), nil
}

// Scan reads a DATE or TIMESTAMP of a query; NULL becomes NoDate.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = NoDate
	case time.Time:
		*d = Of(v)
	case string:
		parsed, err := ParseDate(v)
		if err != nil {
			return err
		}
		*d = parsed
	default:
		return fmt.Errorf("calendar: cannot read a date from %T", src)
	}
	return nil
}

func (d Date) utc() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }
