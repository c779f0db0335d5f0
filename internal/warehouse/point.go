package warehouse

import (
	"time"

	"taizhang/internal/calendar"
)

// Stamp is how a TIMESTAMP is written, in SQL texts and in results.
const Stamp = "2006-01-02 15:04:05.999999"

// Point is what models are evaluated at, a row of ctl.run: an as-of date, a
// known-at time and the start of the window of period forms. The time is
// written as the wall clock of its own location, which is the zone's.
type Point struct {
	AsOf    calendar.Date
	KnownAt time.Time
	From    calendar.Date
}

// WallClock writes an instant as the zone's wall-clock TIMESTAMP text.
func WallClock(t time.Time, loc *time.Location) string { return t.In(loc).Format(Stamp) }

// FromWallClock reads a TIMESTAMP that the driver returned (as if it were
// UTC) as an instant in the zone's time zone.
func FromWallClock(t time.Time, loc *time.Location) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), loc)
}

// ParseWallClock reads the text of a TIMESTAMP as an instant in the zone's time zone.
func ParseWallClock(text string, loc *time.Location) (time.Time, error) {
	return time.ParseInLocation(Stamp, text, loc)
}
