package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/internal/durable"
)

// Server serves the page of one zone.
type Server struct {
	o         Options
	mux       *http.ServeMux
	routes    []route
	readings  shelf.Shelf
	drafts    drafts
	unsent    unsent
	placing   sync.Mutex // held while a file gets its name in the inbox
	results   results
	audit     *audit
	logins    account.Logins
	underway  underway
	patience  time.Duration // that whoever asks waits for an answer
	asking    chan struct{} // queries at work
	coming    chan struct{} // uploads that are read and judged
	ended     chan struct{} // closed when the page ends
	followed  chan struct{} // closed when nothing is looked for any more
	news      news
	journal   journal
	lines     atomic.Int64 // live connections
	hasCome   atomic.Bool  // something was received once
	restoring restoring
	intake    turns  // of taking in what lies in the inbox
	nobody    string // hash of a password that nobody has
}

// New makes the page of a zone. Close ends it.
func New(o Options) (*Server, error) {
	if o.Service == nil {
		return nil, errors.New("the page needs a service")
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Rest == 0 {
		o.Rest = 60
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	dir := filepath.Join(o.Service.Zone().Dir, account.Folder)
	if err := durable.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the page's folder: %w", err)
	}
	if err := shelf.Tidy(dir); err != nil {
		return nil, fmt.Errorf("the page's folder: %w", err)
	}
	a, err := openAudit(filepath.Join(dir, "audit.jsonl"), o.Clock)
	if err != nil {
		return nil, fmt.Errorf("the page's audit: %w", err)
	}
	s := &Server{o: o, patience: queryPatience, mux: http.NewServeMux(), audit: a, asking: make(chan struct{}, queriesAtOnce), coming: make(chan struct{}, uploadsAtOnce), nobody: nobodysHash, ended: make(chan struct{}), followed: make(chan struct{})}
	s.drafts.clock = o.Clock
	s.logins.Store, s.logins.Clock, s.logins.Log = o.Store, o.Clock, o.Log
	s.routes = s.table()
	for _, r := range s.routes {
		s.mux.Handle(r.pattern, s.guard(r))
	}
	s.mux.Handle("GET /assets/{file}", http.HandlerFunc(serveAsset))
	s.mux.Handle("GET /favicon.ico", http.HandlerFunc(serveIcon))
	s.mux.HandleFunc("/api/", s.noAPI)
	s.mux.Handle("/", s.guard(route{pattern: "/", may: account.MayEnter, handle: s.nowhere}))
	if o.Ahead {
		s.readings.Want()
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
		return notFound("没有这个页面。")
	}
	w.Header().Set("Allow", strings.Join(may, ", "))
	return &fault{status: http.StatusMethodNotAllowed, says: "这个地址不能这样访问。"}
}

// Close ends the page: live connections end, what it has open is closed.
func (s *Server) Close() error {
	close(s.ended)
	<-s.followed
	s.underway.work.Wait()
	s.restoring.work.Wait()
	return errors.Join(s.readings.Close(), s.audit.close())
}

// Handler serves the page.
func (s *Server) Handler() http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, account.Person{}, forbidden("这个请求来自别的网站，没有执行。"))
	}))
	return s.recovered(headers(s.o.Secure, s.hosts(crossOrigin.Handler(s.mux))))
}

// hosts refuses names of this server that nobody gave it where no login protects it: a page elsewhere could have its own
// name point here.
func (s *Server) hosts(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if users, err := s.users(r.Context()); err == nil && users == nil && !isLoopback(r.Host) {
			s.fail(w, r, account.Person{}, &fault{status: http.StatusMisdirectedRequest, says: "请用 127.0.0.1 或 localhost 打开本页。"})
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
			s.fail(w, r, account.Person{}, fmt.Errorf("panic: %v", what))
		}()
		next.ServeHTTP(w, r)
	})
}

// ending is a context that ends with the request or with the page.
func (s *Server) ending(r *http.Request) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(r.Context())
	go func() {
		select {
		case <-s.ended:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
