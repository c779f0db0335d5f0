package web

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/internal/warehouse"

	"taizhang/cmd/internal/web/account"
)

const (
	aliveEvery = 20 * time.Second // so that proxies keep the line open
	healEvery  = time.Minute      // how often a lost publication is tried to be made anew
	mostLines  = 200              // live connections
)

// news tells everybody who listens that there is something new to see.
type news struct {
	mu   sync.Mutex
	wake chan struct{} // closed with the next news
}

// next is closed once there are news.
func (n *news) next() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.wake == nil {
		n.wake = make(chan struct{})
	}
	return n.wake
}

func (n *news) tell() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.wake != nil {
		close(n.wake)
		n.wake = nil
	}
}

// follow looks for new publications until the page ends, tells of them, and has their pages made before anybody asks.
func (s *Server) follow() {
	defer close(s.followed)
	var making sync.WaitGroup
	defer making.Wait()
	var busy, resting atomic.Bool
	tick := time.NewTicker(frame.LookEvery)
	defer tick.Stop()
	var healed time.Time
	for was := ""; ; {
		if now := s.mark(); now != was && now != "" {
			was = now
			s.news.tell()
		}
		if s.Readings.Lost() && time.Since(healed) > healEvery {
			healed = time.Now()
			s.Options.Log.Warn("the published file is gone or damaged: it is published anew")
			s.Intake.Join(func() error { return s.Options.Service.Run(frame.NoContext, "page 自动") })
		}
		if busy.CompareAndSwap(false, true) {
			making.Go(func() {
				defer busy.Store(false)
				if err := s.catchUp(); err != nil && !errors.Is(err, os.ErrNotExist) && !errors.Is(err, shelf.ErrBroken) {
					s.Options.Log.Warn("pages of a new publication", "err", err)
				}
			})
		}
		if s.Options.Ahead && resting.CompareAndSwap(false, true) {
			making.Go(func() {
				defer resting.Store(false)
				s.reading.MakeRest()
			})
		}
		select {
		case <-s.Ended:
			return
		case <-tick.C:
		}
	}
}

// catchUp makes the pages of the newest publication, and shows them from then on.
func (s *Server) catchUp() error {
	rd, done, err := s.Readings.Behind(s.ZoneOf())
	if rd == nil {
		return err
	}
	defer done()
	s.reading.Warm(rd)
	s.Readings.Show(rd)
	s.news.tell()
	return nil
}

// signs are those of the publication that pages show, those that may be behind last: a page that was made while another
// came would never hear of it otherwise.
func (s *Server) signs() string {
	calm := s.mark()
	if r := s.Readings.Showing(); r != nil {
		calm = r.Mark
	}
	return frame.SignOf(s.mark()) + " " + frame.SignOf(calm)
}

// events tells a page that something was published, as server-sent events: nothing else, so that everybody may hear it.
func (s *Server) events(w http.ResponseWriter, r *http.Request, _ account.Person) error {
	if s.lines.Add(1) > mostLines {
		s.lines.Add(-1)
		return &frame.Fault{Status: http.StatusTooManyRequests, Says: "同时打开的页面太多。"}
	}
	defer s.lines.Add(-1)
	out := http.NewResponseController(w)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	ctx, cancel := s.ending(r)
	defer cancel()
	fresh := s.news.next()
	say := "retry: 5000\nevent: at\ndata: " + s.signs() + "\n\n"
	for {
		if _, err := fmt.Fprint(w, say); err != nil {
			return nil
		}
		if err := out.Flush(); err != nil {
			return nil // it has gone
		}
		select {
		case <-ctx.Done():
			return nil
		case <-fresh:
			fresh = s.news.next()
			say = "event: published\ndata: 1\n\n"
		case <-time.After(aliveEvery):
			say = ": alive\n\n"
		}
	}
}

// mark tells publications apart; "" while there is none.
func (s *Server) mark() string {
	path, err := warehouse.Newest(s.ZoneOf().Published())
	if err != nil {
		return ""
	}
	return shelf.MarkOf(path, s.ZoneOf())
}
