package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/papers"
	"taizhang/cmd/internal/web"
	"taizhang/ingest/forms"
	"taizhang/internal/decl"
	"taizhang/internal/zone"
)

// pageOptions say where serve shows the page.
type pageOptions struct {
	listen    string // address; "off": nowhere
	open      bool   // in this computer's browser
	cert, key string // of TLS; without them one is made where the network reaches the page
}

const pageAddress = "127.0.0.1:8765"

// page is the page as serve shows it.
type page struct {
	web      *web.Server
	http     *http.Server
	listener net.Listener
	address  string // to open
}

// showPage opens the page of the zone that s serves; nil where it is off.
func (s *server) showPage(o pageOptions) (*page, error) {
	if o.listen == "off" {
		return nil, nil
	}
	host, _, err := net.SplitHostPort(o.listen)
	if err != nil {
		return nil, usageError{decl.Say("--listen %q: an address such as %s is expected, or off", "--listen %q：请写成 %s 这样的地址，或 off", o.listen, pageAddress)}
	}
	ip := net.ParseIP(host)
	alone := host == "localhost" || ip != nil && ip.IsLoopback()
	store := web.NewFiles(s.zone.Dir)
	users, err := store.Users()
	if err != nil {
		return nil, err
	}
	if !alone && len(users) == 0 {
		return nil, usageError{decl.Say("--listen %s: the network reaches the page there, but nobody may log in yet\nhint: taizhang user add NAME --role admin",
			"--listen %s：网络上的电脑能打开本页，但还没有用户\n提示：taizhang user add 用户名 --role admin", o.listen)}
	}
	p := &page{}
	scheme := "http"
	var conf *tls.Config
	if !alone || o.cert != "" {
		var fingerprint string
		if conf, fingerprint, err = web.Certificate(s.zone.Dir, o.cert, o.key, host, s.app.now()); err != nil {
			return nil, usageError{err}
		}
		scheme = "https"
		s.app.say("%s", decl.Say("certificate, SHA-256: %s", "证书 SHA-256 指纹：%s", fingerprint))
	}
	if p.listener, err = s.listen(o.listen); err != nil {
		return nil, err
	}
	p.web, err = web.New(web.Options{Service: newPageService(s), Clock: s.app.now, Log: s.app.log(), Store: store, Alone: alone, Secure: conf != nil, Version: version})
	if err != nil {
		return nil, errors.Join(err, p.listener.Close())
	}
	p.address = scheme + "://" + p.listener.Addr().String() + "/"
	p.http = &http.Server{Handler: p.web.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 15 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, TLSConfig: conf}
	go func() {
		serve := p.http.Serve
		if conf != nil {
			serve = func(l net.Listener) error { return p.http.ServeTLS(l, "", "") }
		}
		if err := serve(p.listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			s.app.log().Error("page", "err", err)
		}
	}()
	s.app.say("%s", decl.Say("Page: %s", "页面：%s", p.address))
	if o.open {
		if err := openBrowser(p.address); err != nil {
			s.app.say("%s", decl.Say("no browser could be opened: %v", "没能打开浏览器：%v", err))
		}
	}
	return p, nil
}

// close ends the page; what is being answered is answered.
func (p *page) close() error {
	if p == nil {
		return nil
	}
	end := p.web.Close()
	stop, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := p.http.Shutdown(stop); err != nil {
		return errors.Join(end, p.http.Close())
	}
	return end
}

// listen takes the address, or the next port of it that is free.
func (s *server) listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err == nil || !errors.Is(err, syscall.EADDRINUSE) {
		if err != nil {
			return nil, fmt.Errorf("--listen %s: %w", address, err)
		}
		return l, nil
	}
	host, text, _ := net.SplitHostPort(address)
	port, _ := strconv.Atoi(text)
	tries := []int{0} // any that is free
	for n := 20; n > 0; n-- {
		tries = slices.Insert(tries, 0, port+n)
	}
	for _, n := range tries {
		other := net.JoinHostPort(host, strconv.Itoa(n))
		l, e := net.Listen("tcp", other)
		if e == nil {
			s.app.say("%s", decl.Say("port %d is in use by another program: the page gets the next one that is free", "端口 %d 被别的程序占用，页面改用下一个空闲的端口", port))
			return l, nil
		}
	}
	return nil, fmt.Errorf("--listen %s: %w", address, err)
}

// openBrowser shows an address in this computer's browser.
func openBrowser(address string) error {
	name, args := "xdg-open", []string{address}
	switch runtime.GOOS {
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", address}
	case "darwin":
		name = "open"
	}
	cmd := exec.Command(name, args...)
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // it is the browser's business from here on
	return nil
}

// pageService does for the page what serve does for the command line.
type pageService struct {
	s    *server
	zone atomic.Pointer[office.Zone]
	mu   sync.Mutex
	jobs []*web.Job // newest first
}

const mostJobs = 100

func newPageService(s *server) *pageService {
	p := &pageService{s: s}
	p.zone.Store(s.zone)
	return p
}

// Zone doesn't wait for the job at work.
func (p *pageService) Zone() *office.Zone {
	if p.s.mu.TryLock() {
		p.zone.Store(p.s.zone)
		p.s.mu.Unlock()
	}
	return p.zone.Load()
}

// do does a job in its turn and notes how it went.
func (p *pageService) do(kind, by string, f func(z *office.Zone) (string, error)) error {
	job := &web.Job{Kind: kind, By: by, Begun: p.s.app.now()}
	p.mu.Lock()
	p.jobs = slices.Insert(p.jobs, 0, job)
	p.jobs = p.jobs[:min(len(p.jobs), mostJobs)]
	p.mu.Unlock()
	says, err := f(p.Zone())
	p.mu.Lock()
	defer p.mu.Unlock()
	job.Ended, job.Says = p.s.app.now(), says
	if err != nil {
		job.Failed, job.Says = true, err.Error()
	}
	return err
}

// locked loads the zone as it is now declared and does f as the one job at work.
func (p *pageService) locked(f func(z *office.Zone) (string, error)) func(*office.Zone) (string, error) {
	return func(*office.Zone) (string, error) {
		p.s.mu.Lock()
		defer p.s.mu.Unlock()
		z, err := office.Load(p.s.zone.Dir)
		if err != nil {
			return "", usageError{err}
		}
		p.s.zone = z
		return f(z)
	}
}

func (p *pageService) Run(ctx context.Context) (out *office.Outcome, err error) {
	err = p.do("run", "", func(*office.Zone) (string, error) {
		out, err = p.s.run(ctx, request{})
		if out == nil {
			return "", err
		}
		return fmt.Sprintf("收到%d个文件", len(out.Reports)), err
	})
	return out, err
}

func (p *pageService) Decide(ctx context.Context, d office.Decision) error {
	return p.do("decide", d.By, p.locked(func(z *office.Zone) (string, error) {
		_, err := z.Decide(ctx, d, office.Options{Clock: p.s.app.now, Log: p.s.app.log()})
		return string(d.Kind), err
	}))
}

func (p *pageService) Teach(_ context.Context, lessons []forms.Lesson) error {
	return p.do("learn", "", p.locked(func(z *office.Zone) (string, error) {
		fresh, err := z.Teach(lessons)
		return fmt.Sprintf("记住%d种写法", len(fresh)), err
	}))
}

func (p *pageService) Issue(ctx context.Context) (path string, err error) {
	err = p.do("summary", "", p.locked(func(z *office.Zone) (string, error) {
		a, end := p.apart()
		issued, err := a.desk(z).Issue(ctx, papers.Options{})
		if issued != nil {
			path = issued.Path
		}
		return path, end(err)
	}))
	return path, err
}

func (p *pageService) Template(ctx context.Context, unit zone.Submitter) (string, []byte, error) {
	z := p.Zone()
	a, end := p.apart()
	t := &templates{a: a, set: z.Forms, z: z, due: true, on: z.Today(a.now()), submitter: unit}
	content, titles, err := t.write(ctx, nil)
	return t.fileName(titles), content, end(err)
}

// apart is what the commands share, for one piece of work; end clears away what it leaves.
func (p *pageService) apart() (a *app, end func(error) error) {
	a = &app{out: io.Discard, err: io.Discard, format: "table", zoneDir: p.s.zone.Dir, now: p.s.app.now, quiet: true, served: true}
	return a, a.finish
}

func (p *pageService) Jobs() []web.Job {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]web.Job, len(p.jobs))
	for i, j := range p.jobs {
		out[i] = *j
	}
	return out
}

func (p *pageService) Troubles(z *office.Zone) ([]string, error) { return z.Troubles() }
