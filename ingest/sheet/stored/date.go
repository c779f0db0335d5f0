package stored

import (
	"math"
	"time"

	"taizhang/ingest/sheet"
)

const (
	maxSerial  = 2958466 // the day after 9999-12-31
	shift1904  = 1462    // days between the two systems (ECMA-376 18.17.4.1)
	daySeconds = 86400
)

// serialDate writes a serial of the 1900 system as ISO 8601, to the second.
//
// Excel holds 1900 to be a leap year, as Lotus did: serials below 60 lie one
// day later than days since 1899-12-30 say, and 60 itself is the 29 February
// that never was (ECMA-376 18.17.4.1); it becomes the 28th.
func (a *Arena) serialDate(serial float64) (string, bool) {
	if !(serial >= 0 && serial < maxSerial) {
		return "", false
	}
	sec := int64(math.Round(serial * daySeconds))
	day, sec := sec/daySeconds, sec%daySeconds
	if day < 60 {
		day++
	}
	y, m, d := civil(day)
	a.room(32)
	at := len(a.block)
	a.block = appendDate(a.block, y, m, d)
	if sec != 0 {
		a.block = append(a.block, 'T')
		a.block = append2(a.block, int(sec/3600))
		a.block = append(a.block, ':')
		a.block = append2(a.block, int(sec/60%60))
		a.block = append(a.block, ':')
		a.block = append2(a.block, int(sec%60))
	}
	return a.from(at), true
}

// Duration writes days as h:mm:ss, hours beyond 24 included; fractions of a
// second are kept to the millisecond.
func (a *Arena) Duration(days float64) string {
	ms := int64(math.Round(days * daySeconds * 1000))
	a.room(40)
	at := len(a.block)
	if ms < 0 {
		ms = -ms
		a.block = append(a.block, '-')
	}
	s := ms / 1000
	a.block = appendInt(a.block, s/3600)
	a.block = append(a.block, ':')
	a.block = append2(a.block, int(s/60%60))
	a.block = append(a.block, ':')
	a.block = append2(a.block, int(s%60))
	if ms %= 1000; ms != 0 {
		a.block = append(a.block, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
	}
	return a.from(at)
}

// civil turns days since 1899-12-30 into a date (after Howard Hinnant).
func civil(day int64) (y, m, d int) {
	z := day - 25569 + 719468
	era := z / 146097
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d = int(doy - (153*mp+2)/5 + 1)
	m = int(mp + 3)
	if m > 12 {
		m -= 12
	}
	y = int(yoe + era*400)
	if m <= 2 {
		y++
	}
	return y, m, d
}

// isoSerial gives the serial of a date in the 1900 system; see serialDate.
func isoSerial(t time.Time) float64 {
	day := float64(t.Unix())/daySeconds + 25569 + float64(t.Nanosecond())/1e9/daySeconds
	if day < 61 {
		day--
	}
	return day
}

// ISOValue reads what Strict workbooks, ODF and SpreadsheetML 2003 store: dates,
// dates with time, times of day (ISO 8601) and durations (PT10H10M10S).
func (a *Arena) ISOValue(s string) (k sheet.Kind, num float64, text string, ok bool) {
	if n := len(s); n > 1 && s[n-1] == 'Z' {
		s = s[:n-1]
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02", "2006-01-02T15:04", "2006-01-02 15:04:05"} {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		num = isoSerial(t.Round(time.Second))
		if num < 0 || num >= maxSerial { // before 1900: no serial, the text is exact all the same
			b := appendDate(nil, t.Year(), int(t.Month()), t.Day())
			if h, m, sec := t.Clock(); h+m+sec > 0 {
				b = t.AppendFormat(b, "T15:04:05")
			}
			return sheet.Date, num, a.Add(b), true
		}
		if text, ok = a.serialDate(num); ok {
			return sheet.Date, num, text, true
		}
	}
	for _, layout := range []string{"15:04:05", "T15:04:05", "15:04", "T15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			h, m, sec := t.Clock()
			num = (float64(h*3600+m*60+sec) + float64(t.Nanosecond())/1e9) / daySeconds
			return sheet.Time, num, a.Duration(num), true
		}
	}
	if days, isDur := isoDuration(s); isDur {
		return sheet.Time, days, a.Duration(days), true
	}
	return sheet.Empty, 0, "", false
}

// isoDuration reads [-]P[nD]T[nH][nM][n.nS] as days.
func isoDuration(s string) (days float64, ok bool) {
	sign := 1.0
	if len(s) > 0 && s[0] == '-' {
		sign, s = -1, s[1:]
	}
	if len(s) < 3 || s[0] != 'P' {
		return 0, false
	}
	var sec float64
	inTime := false
	for i := 1; i < len(s); {
		if s[i] == 'T' {
			inTime = true
			i++
			continue
		}
		n, div, at := 0.0, 0.0, i
		for ; i < len(s) && (s[i]-'0' <= 9 || s[i] == '.' || s[i] == ','); i++ {
			if s[i]-'0' > 9 {
				div = 1
				continue
			}
			n = n*10 + float64(s[i]-'0')
			div *= 10
		}
		if div > 0 {
			n /= div
		}
		if i == at || i == len(s) {
			return 0, false
		}
		switch {
		case s[i] == 'D' && !inTime:
			sec += n * daySeconds
		case s[i] == 'H' && inTime:
			sec += n * 3600
		case s[i] == 'M' && inTime:
			sec += n * 60
		case s[i] == 'S' && inTime:
			sec += n
		default:
			return 0, false
		}
		i++
	}
	return sign * sec / daySeconds, !math.IsInf(sec, 0) && sec < 1e13
}

func appendDate(b []byte, y, m, d int) []byte {
	b = append2(b, y/100)
	b = append2(b, y%100)
	b = append(b, '-')
	b = append2(b, m)
	b = append(b, '-')
	return append2(b, d)
}

func append2(b []byte, n int) []byte { return append(b, byte('0'+n/10%10), byte('0'+n%10)) }

func appendInt(b []byte, n int64) []byte {
	var t [20]byte
	i := len(t)
	for {
		i--
		t[i] = byte('0' + n%10)
		if n /= 10; n == 0 {
			return append(b, t[i:]...)
		}
	}
}
