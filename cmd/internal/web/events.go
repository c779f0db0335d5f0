package web

import (
	"fmt"
	"net/http"
	"time"

	"taizhang/internal/warehouse"
)

const (
	lookEvery  = time.Second      // for a new publication
	aliveEvery = 20 * time.Second // so that proxies keep the line open
	mostLines  = 200              // live connections
)

// events tells a page that something was published, as server-sent events: nothing else, so that everybody may hear it.
func (s *Server) events(w http.ResponseWriter, r *http.Request, _ person) error {
	if s.lines.Add(1) > mostLines {
		s.lines.Add(-1)
		return &fault{status: http.StatusTooManyRequests, says: "同时打开的页面太多。"}
	}
	defer s.lines.Add(-1)
	out := http.NewResponseController(w)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	ctx, cancel := s.ending(r)
	defer cancel()
	was, quiet := s.mark(), time.Duration(0)
	if _, err := fmt.Fprint(w, "retry: 5000\n\n"); err != nil {
		return nil
	}
	for {
		if err := out.Flush(); err != nil {
			return nil // it has gone
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(lookEvery):
		}
		var err error
		if now := s.mark(); now != was && now != "" {
			was, quiet = now, 0
			_, err = fmt.Fprint(w, "event: published\ndata: 1\n\n")
		} else if quiet += lookEvery; quiet >= aliveEvery {
			quiet = 0
			_, err = fmt.Fprint(w, ": alive\n\n")
		}
		if err != nil {
			return nil
		}
	}
}

// mark tells publications apart; "" while there is none.
func (s *Server) mark() string {
	path, err := warehouse.Newest(s.zoneOf().Published())
	if err != nil {
		return ""
	}
	return markOf(path, s.zoneOf())
}
