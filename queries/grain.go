package queries

import (
	"fmt"
	"strings"

	"taizhang/internal/calendar"
)

// grain is a breakdown by time: the buckets of a point's window.
type grain struct {
	dim     string // week or month
	buckets []bucket
}

// bucket is a week or month within the window.
type bucket struct {
	label string
	start calendar.Date
	end   calendar.Date // capped at the as-of date
}

func (g *grain) name() string {
	if g == nil {
		return ""
	}
	return g.dim
}

// span sets the buckets: those of the window, or the one asked for in Where.
func (g *grain) span(p Point, where map[string]string) error {
	kind := calendar.Week
	if g.dim == "month" {
		kind = calendar.Month
	}
	if want, ok := where[g.dim]; ok {
		w, err := calendar.ParsePeriod(want)
		if err != nil || w.Kind != kind {
			return fmt.Errorf("%s=%q: a %s such as %s was expected", g.dim, want, g.dim, kind.Of(p.AsOf))
		}
		g.buckets = []bucket{{w.String(), w.Start, min(w.End(), p.AsOf)}}
		return nil
	}
	g.buckets = bucketsOf(kind, p.From, p.AsOf)
	return nil
}

func bucketsOf(kind calendar.PeriodKind, from, to calendar.Date) []bucket {
	var out []bucket
	for p := kind.Of(from); p.Start <= to; p = p.Next() {
		out = append(out, bucket{p.String(), p.Start, min(p.End(), to)})
	}
	return out
}

// points are the as-of dates of ledgers: each bucket's end.
func (g *grain) points(p Point) []Point {
	out := make([]Point, 0, len(g.buckets))
	for _, b := range g.buckets {
		out = append(out, Point{AsOf: min(b.end, p.AsOf), KnownAt: p.KnownAt, From: p.From})
	}
	return out
}

// labelOf is the SQL of the bucket in which a date lies.
func labelOf(dim, date string) string {
	if dim == "week" {
		return "strftime(" + date + ", '%G-W%V')"
	}
	return "strftime(" + date + ", '%Y-%m')"
}

// labelOf is the bucket of a date.
func (g *grain) labelOf(d calendar.Date) string {
	if g.dim == "week" {
		return calendar.WeekOf(d).String()
	}
	return calendar.MonthOf(d).String()
}

// join puts returns and obligations into every bucket that their period touches.
func (g *grain) join() string {
	var b strings.Builder
	b.WriteString(" join (values ")
	for i, x := range g.buckets {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "('%s', date '%s', date '%s')", x.label, x.start, x.end)
	}
	b.WriteString(") as b(label, bucket_start, bucket_end) on period_start <= bucket_end and period_end >= bucket_start")
	return b.String()
}
