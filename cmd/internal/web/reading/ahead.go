package reading

import (
	"slices"
	"time"

	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/internal/warehouse"
)

// Warm makes of a new publication what most ask for: the first page always where pages are made ahead, the others where
// somebody looked at pages lately, those of figures that were looked at of the publication before.
func (s *Pages) Warm(rd *shelf.Reading) {
	wanted := s.Readings.Wanted()
	if !wanted && !s.Options.Ahead {
		return
	}
	side, err := rd.Beside()
	if err != nil {
		s.Options.Log.Warn("read a new publication", "err", err)
		return
	}
	defer side.Close()
	p := side.Published()
	make := []func() error{
		func() error { _, err := s.Owed(side, p, ""); return err },
		func() error { _, err := s.front(frame.NoContext, side, p); return err },
	}
	if wanted {
		make = append(make, func() error { _, err := s.allFigures(frame.NoContext, side, p); return err },
			func() error { _, err := s.FiguresOfUnits(side, p); return err })
		for _, address := range s.viewsOf(side, p) {
			make = append(make, func() error { return s.makeFigure(side, address) })
		}
	}
	for _, f := range make {
		select {
		case <-s.Ended:
			return
		default:
		}
		if err := f(); err != nil {
			s.Options.Log.Warn("pages of a new publication", "err", err)
		}
	}
}

const (
	RestQuiet = 8 * time.Second // how long a publication is shown before pages that nobody asked for are made of it
	restTime  = 2 * time.Minute // at most, of work
)

// MakeRest makes, in the quiet after a publication, the pages of the figures that nobody has opened yet: whoever is the
// first to open one doesn't wait for it either. It stops for the next publication and lets those who hand in go first.
func (s *Pages) MakeRest() {
	rd, done := s.Readings.Rest(RestQuiet)
	if rd == nil {
		return
	}
	defer done()
	side, err := rd.Beside()
	if err != nil {
		s.Options.Log.Warn("read a new publication", "err", err)
		return
	}
	defer side.Close()
	all, err := s.allFigures(frame.NoContext, side, side.Published())
	if err != nil {
		s.Options.Log.Warn("pages of a new publication", "err", err)
		return
	}
	already := s.viewsOf(side, side.Published())
	var worked time.Duration
	made := 0
	for _, row := range all.Rows {
		address := "/figures/" + row.Metric
		if slices.Contains(already, address) {
			continue
		}
		for (len(s.Coming) > 0 || s.Intake.Busy()) && s.Readings.Is(rd) && !s.over(frame.LookEvery) {
		}
		if made == s.Options.Rest || worked > restTime || !s.Readings.Is(rd) || s.over(0) {
			return
		}
		begun := time.Now()
		if err := s.makeFigure(side, address); err != nil {
			s.Options.Log.Warn("pages of a new publication", "metric", row.Metric, "err", err)
		}
		worked += time.Since(begun)
		made++
	}
}

// over waits for a time and says whether the page has ended.
func (s *Pages) over(after time.Duration) bool {
	select {
	case <-s.Ended:
		return true
	case <-time.After(after):
		return false
	}
}

// viewsOf are the pages of figures that are made before anybody asks: those that were looked at lately, and those that the
// first page leads to.
func (s *Pages) viewsOf(rd *shelf.Reading, p warehouse.Point) []string {
	list := s.Readings.ViewsLately()
	if !s.Options.Ahead {
		return list
	}
	front, err := s.front(frame.NoContext, rd, p)
	if err != nil {
		return list // it was said
	}
	for _, c := range front.Cards {
		if address := "/figures/" + c.Metric.ID; !slices.Contains(list, address) {
			list = append(list, address)
		}
	}
	return list
}
