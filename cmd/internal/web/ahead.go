package web

import (
	"slices"
	"time"

	"taizhang/cmd/internal/web/shelf"
	"taizhang/internal/warehouse"
)

// warm makes of a new publication what most ask for: the first page always where pages are made ahead, the others where
// somebody looked at pages lately, those of figures that were looked at of the publication before.
func (s *Server) warm(rd *shelf.Reading) {
	wanted := s.readings.Wanted()
	if !wanted && !s.o.Ahead {
		return
	}
	side, err := rd.Beside()
	if err != nil {
		s.o.Log.Warn("read a new publication", "err", err)
		return
	}
	defer side.Close()
	p := side.Published()
	make := []func() error{
		func() error { _, err := s.owed(side, p, ""); return err },
		func() error { _, err := s.front(noContext, side, p); return err },
	}
	if wanted {
		make = append(make, func() error { _, err := s.allFigures(noContext, side, p); return err },
			func() error { _, err := s.figuresOfUnits(side, p); return err })
		for _, address := range s.viewsOf(side, p) {
			make = append(make, func() error { return s.makeFigure(side, address) })
		}
	}
	for _, f := range make {
		select {
		case <-s.ended:
			return
		default:
		}
		if err := f(); err != nil {
			s.o.Log.Warn("pages of a new publication", "err", err)
		}
	}
}

const (
	restQuiet = 8 * time.Second // how long a publication is shown before pages that nobody asked for are made of it
	restTime  = 2 * time.Minute // at most, of work
)

// makeRest makes, in the quiet after a publication, the pages of the figures that nobody has opened yet: whoever is the
// first to open one doesn't wait for it either. It stops for the next publication and lets those who hand in go first.
func (s *Server) makeRest() {
	rd, done := s.readings.Rest(restQuiet)
	if rd == nil {
		return
	}
	defer done()
	side, err := rd.Beside()
	if err != nil {
		s.o.Log.Warn("read a new publication", "err", err)
		return
	}
	defer side.Close()
	all, err := s.allFigures(noContext, side, side.Published())
	if err != nil {
		s.o.Log.Warn("pages of a new publication", "err", err)
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
		for (len(s.coming) > 0 || s.intake.busy()) && s.readings.Is(rd) && !s.over(lookEvery) {
		}
		if made == s.o.Rest || worked > restTime || !s.readings.Is(rd) || s.over(0) {
			return
		}
		begun := time.Now()
		if err := s.makeFigure(side, address); err != nil {
			s.o.Log.Warn("pages of a new publication", "metric", row.Metric, "err", err)
		}
		worked += time.Since(begun)
		made++
	}
}

// over waits for a time and says whether the page has ended.
func (s *Server) over(after time.Duration) bool {
	select {
	case <-s.ended:
		return true
	case <-time.After(after):
		return false
	}
}

// viewsOf are the pages of figures that are made before anybody asks: those that were looked at lately, and those that the
// first page leads to.
func (s *Server) viewsOf(rd *shelf.Reading, p warehouse.Point) []string {
	list := s.readings.ViewsLately()
	if !s.o.Ahead {
		return list
	}
	front, err := s.front(noContext, rd, p)
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
