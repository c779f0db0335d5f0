package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/asking"
	"taizhang/cmd/internal/web/entry"
	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/handing"
	"taizhang/cmd/internal/web/reading"
	"taizhang/cmd/internal/web/running"
)

// Options are what the page needs.
type Options = frame.Options

// Server serves the page of one zone: every room's pages, each for those who may see it.
type Server struct {
	*frame.Frame
	reading *reading.Pages
	handing *handing.Pages
	running *running.Pages
	asking  *asking.Pages
	entry   *entry.Pages

	mux      *http.ServeMux
	routes   []route
	followed chan struct{} // closed when nothing is looked for any more
	news     news
	lines    atomic.Int64 // live connections
}

// New makes the page of a zone. Close ends it.
func New(o Options) (*Server, error) {
	f, err := frame.New(o)
	if err != nil {
		return nil, err
	}
	r := reading.New(f)
	s := &Server{Frame: f, reading: r, handing: handing.New(f, r), running: running.New(f, r), asking: asking.New(f, r), entry: entry.New(f),
		mux: http.NewServeMux(), followed: make(chan struct{})}
	s.routes = s.table()
	for _, r := range s.routes {
		s.mux.Handle(r.pattern, s.guard(r))
	}
	s.mux.Handle("GET /assets/{file}", http.HandlerFunc(frame.ServeAsset))
	s.mux.Handle("GET /favicon.ico", http.HandlerFunc(frame.ServeIcon))
	s.mux.HandleFunc("/api/", s.noAPI)
	s.mux.Handle("/", s.guard(route{pattern: "/", may: account.MayEnter, handle: s.nowhere}))
	if o.Ahead {
		s.Readings.Want()
	}
	go s.follow()
	return s, nil
}

// nowhere answers for addresses that there aren't, and for what can't be done at those that there are.
func (s *Server) nowhere(w http.ResponseWriter, r *http.Request, _ account.Person) error {
	var may []string
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		if _, pattern := s.mux.Handler(&http.Request{Method: method, URL: r.URL, Host: r.Host}); pattern != "/" {
			may = append(may, method)
		}
	}
	if len(may) == 0 {
		return frame.NotFound("没有这个页面。")
	}
	w.Header().Set("Allow", strings.Join(may, ", "))
	return &frame.Fault{Status: http.StatusMethodNotAllowed, Says: "这个地址不能这样访问。"}
}

// Close ends the page: live connections end, what it has open is closed.
func (s *Server) Close() error {
	close(s.Ended)
	<-s.followed
	s.asking.Wait()
	s.running.Wait()
	return s.Frame.Close()
}

// Handler serves the page.
func (s *Server) Handler() http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Fail(w, r, account.Person{}, frame.Forbidden("这个请求来自别的网站，没有执行。"))
	}))
	return s.recovered(frame.Headers(s.Options.Secure, s.hosts(crossOrigin.Handler(s.mux))))
}

// hosts refuses names of this server that nobody gave it where no login protects it: a page elsewhere could have its own
// name point here.
func (s *Server) hosts(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if users, err := s.entry.Users(r.Context()); err == nil && users == nil && !frame.IsLoopback(r.Host) {
			s.Fail(w, r, account.Person{}, &frame.Fault{Status: http.StatusMisdirectedRequest, Says: "请用 127.0.0.1 或 localhost 打开本页。"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// recovered turns a panic into an error page: it costs one request.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			what := recover()
			if what == nil {
				return
			}
			if what == http.ErrAbortHandler {
				panic(what)
			}
			s.Fail(w, r, account.Person{}, fmt.Errorf("panic: %v", what))
		}()
		next.ServeHTTP(w, r)
	})
}

// ending is a context that ends with the request or with the page.
func (s *Server) ending(r *http.Request) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(r.Context())
	go func() {
		select {
		case <-s.Ended:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
