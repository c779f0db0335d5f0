package frame

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"taizhang/cmd/internal/web/grid"
	"taizhang/internal/calendar"
	"taizhang/internal/warehouse"
	"taizhang/queries"
)

// PointView is the point of a page as its address has it; empty parts are the publication's own.
type PointView struct {
	AsOf, KnownAt string
	Shown         string // both in words, as they came out
	Elsewhere     bool   // it isn't the publication's own

	Later time.Time // the known-at time that was asked for, where it comes after the publication's
}

func (p PointView) into(q url.Values) {
	if p.AsOf != "" {
		q.Set("as_of", p.AsOf)
	}
	if p.KnownAt != "" {
		q.Set("known_at", p.KnownAt)
	}
}

// Everything is the point of what isn't bounded: as known now, whatever day it is of.
var Everything = warehouse.Point{AsOf: calendar.NoDate, From: calendar.NoDate}

// PointOf reads as_of and known_at from an address.
func PointOf(r *http.Request, rd *queries.Reader) (p warehouse.Point, v PointView, err error) {
	p = Everything
	q := r.URL.Query()
	if v.AsOf = strings.TrimSpace(q.Get("as_of")); v.AsOf != "" {
		if p.AsOf, err = calendar.ParseDate(v.AsOf); err != nil {
			return p, v, BadAsk("截至日期“" + v.AsOf + "”写法不对，请写成 2022-08-15。")
		}
		if p.AsOf > rd.Reach() {
			return p, v, BadAsk("截至日期太晚：应报哪些报表只排到" + rd.Reach().String() + "。")
		}
	}
	if v.KnownAt = strings.TrimSpace(q.Get("known_at")); v.KnownAt != "" {
		if p.KnownAt, err = ParseTime(v.KnownAt, rd.Location()); err != nil {
			return p, v, BadAsk("数据版本时点“" + v.KnownAt + "”写法不对，请写成 2022-08-15 12:00。")
		}
	}
	if p.KnownAt.After(rd.Published().KnownAt) { // nothing more is known then than now
		v.Later, p.KnownAt = p.KnownAt, time.Time{}
	}
	at := rd.At(p)
	v.Shown = "截至" + at.AsOf.String() + "　数据版本 " + at.KnownAt.Format("2006-01-02 15:04")
	if !v.Later.IsZero() {
		v.Shown += "（所填的 " + v.KnownAt + " 以前没有更新的数据，按现有数据）"
	}
	v.Elsewhere = rd.Elsewhere(p) != nil
	return p, v, nil
}

// Knows refuses what an address asks for that a page doesn't know: a misspelt condition would show everything as if it were
// the part that was asked for.
func Knows(r *http.Request, names ...string) error {
	for name := range r.URL.Query() {
		if name != "as_of" && name != "known_at" && name != "as" && name != "table" && !slices.Contains(names, name) {
			return BadAsk("地址里的“" + grid.Clip(name, 40) + "”不是这一页的条件，可能写错了。")
		}
	}
	return nil
}

// ParseTime reads RFC 3339, or a date with or without a time of day in the zone's time zone; a bare date is its end.
func ParseTime(s string, loc *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(layout, s, loc); err == nil {
			return t, nil
		}
	}
	t, err := time.ParseInLocation(time.DateOnly, s, loc)
	if err != nil {
		return t, err
	}
	return t.AddDate(0, 0, 1).Add(-time.Microsecond), nil
}

// PointURL is an address that has a point alone.
func PointURL(v PointView) *url.URL {
	q := url.Values{}
	v.into(q)
	return &url.URL{RawQuery: q.Encode()}
}
