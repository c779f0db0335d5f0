package metric

import (
	"fmt"
	"strings"

	"taizhang/internal/calendar"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// Grain is a breakdown by time: the buckets of a point's window.
type Grain struct {
	Dim     string // week or month
	Buckets []Bucket
}

// Bucket is a week or month within the window.
type Bucket struct {
	Label string
	Start calendar.Date
	End   calendar.Date // capped at the as-of date
}

// Name is week or month, empty for no grain.
func (g *Grain) Name() string {
	if g == nil {
		return ""
	}
	return g.Dim
}

// Span sets the buckets: those of the window, or the one asked for in Where.
func (g *Grain) Span(p warehouse.Point, where map[string]string) error {
	kind := calendar.Week
	if g.Dim == "month" {
		kind = calendar.Month
	}
	if want, ok := where[g.Dim]; ok {
		w, err := calendar.ParsePeriod(want)
		if err != nil || w.Kind != kind {
			return lang.Errorf("%[1]s=%[2]q: a %[3]s such as %[4]s was expected", "%[1]s=%[2]q：应写成%[5]s，如 %[4]s", g.Dim, want, g.Dim, kind.Of(p.AsOf), map[string]string{"week": "周", "month": "月份"}[g.Dim])
		}
		g.Buckets = []Bucket{{w.String(), w.Start, min(w.End(), p.AsOf)}}
		return nil
	}
	g.Buckets = bucketsOf(kind, p.From, p.AsOf)
	return nil
}

func bucketsOf(kind calendar.PeriodKind, from, to calendar.Date) []Bucket {
	var out []Bucket
	for p := kind.Of(from); p.Start <= to; p = p.Next() {
		out = append(out, Bucket{p.String(), p.Start, min(p.End(), to)})
	}
	return out
}

// Points are the as-of dates of ledgers: each bucket's end.
func (g *Grain) Points(p warehouse.Point) []warehouse.Point {
	out := make([]warehouse.Point, 0, len(g.Buckets))
	for _, b := range g.Buckets {
		out = append(out, warehouse.Point{AsOf: min(b.End, p.AsOf), KnownAt: p.KnownAt, From: p.From})
	}
	return out
}

// labelOf is the SQL of the bucket in which a date lies.
func labelOf(dim, date string) string {
	if dim == "week" {
		thursday := "cast(date_trunc('week', " + date + ") + interval '3' day as date)" // of the year that the week belongs to
		return "cast(extract(year from " + thursday + ") as varchar) || '-W' || lpad(cast(extract(week from " + date + ") as varchar), 2, '0')"
	}
	return "substr(cast(" + date + " as varchar), 1, 7)"
}

// LabelOf is the bucket of a date.
func (g *Grain) LabelOf(d calendar.Date) string {
	if g.Dim == "week" {
		return calendar.WeekOf(d).String()
	}
	return calendar.MonthOf(d).String()
}

// Join puts returns and obligations into every bucket that their period touches.
func (g *Grain) Join() string {
	var b strings.Builder
	b.WriteString(" join (values ")
	for i, x := range g.Buckets {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "('%s', date '%s', date '%s')", x.Label, x.Start, x.End)
	}
	b.WriteString(") as b(label, bucket_start, bucket_end) on period_start <= bucket_end and period_end >= bucket_start")
	return b.String()
}
