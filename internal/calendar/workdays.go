package calendar

import (
	_ "embed"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed statecouncil.txt
var stateCouncilText string

// Epoch is the day from which WorkdayNo counts: 2015-01-01.
const Epoch Date = 16436

// Workdays knows which days are worked. It is made by New, never changes and
// may be used from several goroutines.
type Workdays struct {
	special map[Date]bool // days that differ from Monday to Friday: true = worked
	days    []Date        // the keys of special in order
	sums    []int         // sums[i]: working days gained (+) or lost (-) by days[:i]
	first   int           // covered years
	last    int
}

// stateCouncil is the calendar of the announcements alone.
type stateCouncil struct {
	rest, work  []Date
	first, last int
}

var builtin = sync.OnceValue(func() stateCouncil {
	c, err := parseStateCouncil(stateCouncilText)
	if err != nil {
		panic("calendar: statecouncil.txt: " + err.Error()) // a test reads the file
	}
	return c
})

// New returns the State Council's calendar with a zone's own holidays and
// make-up working days added. A zone's own days win over the announcements;
// a day given as both is a working day.
func New(holidays, workdays []Date) *Workdays {
	c := builtin()
	w := &Workdays{special: map[Date]bool{}, first: c.first, last: c.last}
	for _, list := range []struct {
		days   []Date
		worked bool
	}{{c.rest, false}, {c.work, true}, {holidays, false}, {workdays, true}} {
		for _, d := range list.days {
			if list.worked == plainWorkday(d) {
				delete(w.special, d) // as on any other such day of the week
			} else {
				w.special[d] = list.worked
			}
		}
	}
	for d := range w.special {
		w.days = append(w.days, d)
	}
	slices.Sort(w.days)
	w.sums = make([]int, len(w.days)+1)
	for i, d := range w.days {
		w.sums[i+1] = w.sums[i] - 1
		if w.special[d] {
			w.sums[i+1] = w.sums[i] + 1
		}
	}
	return w
}

// IsWorkday reports whether d is worked.
func (w *Workdays) IsWorkday(d Date) bool {
	if worked, ok := w.special[d]; ok {
		return worked
	}
	return plainWorkday(d)
}

// NextWorkday returns d if it is worked, else the first working day after it.
func (w *Workdays) NextWorkday(d Date) Date {
	for !w.IsWorkday(d) {
		d++
	}
	return d
}

// AddWorkdays returns the n-th working day after d (d itself not counted), for
// a negative n the n-th working day before it, and d for n = 0.
func (w *Workdays) AddWorkdays(d Date, n int) Date {
	step := Date(1)
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d += step
		if w.IsWorkday(d) {
			n--
		}
	}
	return d
}

// WorkdayNo returns the number of working days from 2015-01-01 up to and
// including d, zero or negative before. The difference of two numbers is the
// number of working days after the first day up to and including the second.
func (w *Workdays) WorkdayNo(d Date) int {
	return plainCount(d) - plainCount(Epoch-1) + w.sum(d) - w.sum(Epoch-1)
}

// sum is the effect of all special days up to and including d.
func (w *Workdays) sum(d Date) int {
	return w.sums[sort.Search(len(w.days), func(i int) bool { return w.days[i] > d })]
}

// Covered reports whether the State Council's announcement for a year is built
// in. In other years Monday to Friday count as worked, apart from a zone's own
// days: callers should say so.
func (w *Workdays) Covered(year int) bool { return year >= w.first && year <= w.last }

// CoveredYears returns the first and last year whose announcement is built in.
func (w *Workdays) CoveredYears() (first, last int) { return w.first, w.last }

func plainWorkday(d Date) bool {
	day := d.Weekday()
	return day != time.Saturday && day != time.Sunday
}

// plainCount counts Mondays to Fridays up to and including d from a fixed Monday.
func plainCount(d Date) int {
	const monday = 4 // 1970-01-05
	n := int64(d) - monday + 1
	return int(5*floorDiv(n, 7) + min(floorMod(n, 7), 5))
}

func parseStateCouncil(text string) (stateCouncil, error) {
	var c stateCouncil
	seen := map[Date]bool{}
	for i, line := range strings.Split(text, "\n") {
		f := strings.Fields(line)
		if len(f) == 0 || f[0][0] == '#' {
			continue
		}
		if err := c.add(f, seen); err != nil {
			return c, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	if c.first == 0 || c.last < c.first {
		return c, fmt.Errorf("no years covered")
	}
	return c, nil
}

func (c *stateCouncil) add(f []string, seen map[Date]bool) error {
	wrong := fmt.Errorf("cannot read %q", strings.Join(f, " "))
	switch {
	case f[0] == "covers" && len(f) == 3:
		var err1, err2 error
		c.first, err1 = strconv.Atoi(f[1])
		c.last, err2 = strconv.Atoi(f[2])
		if err1 != nil || err2 != nil {
			return wrong
		}
		return nil
	case f[0] == "work" && len(f) == 3:
		d, err := ParseDate(f[1])
		if err != nil {
			return err
		}
		if plainWorkday(d) || seen[d] {
			return fmt.Errorf("%s is worked anyway or stands twice", d)
		}
		seen[d] = true
		c.work = append(c.work, d)
		return nil
	case f[0] == "rest" && len(f) == 4:
		first, err := ParseDate(f[1])
		if err != nil {
			return err
		}
		last, err := ParseDate(f[2])
		if err != nil {
			return err
		}
		if last < first || last > first+15 {
			return wrong
		}
		for d := first; d <= last; d++ {
			if seen[d] {
				return fmt.Errorf("%s stands twice", d)
			}
			seen[d] = true
			c.rest = append(c.rest, d)
		}
		return nil
	}
	return wrong
}
