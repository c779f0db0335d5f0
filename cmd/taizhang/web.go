package main

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/service"
	"taizhang/cmd/internal/web"
	"taizhang/cmd/internal/web/account"
	"taizhang/ingest/forms"
	"taizhang/internal/decl"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/internal/zone"
)

// pageOptions say where serve shows the page.
type pageOptions struct {
	listen      string   // address; "off": nowhere
	open        bool     // in this computer's browser
	proxyHeader string   // in which reverse proxies name who asks; "": none does
	proxyFrom   []string // their addresses
	begun       *begun   // the page that the zone was made on; it goes on as the zone's
	cert, key   string   // of TLS; without them one is made where the network reaches the page
}

const pageAddress = "127.0.0.1:8765"

// page is the page as serve shows it.
type page struct {
	web      *web.Server
	store    *account.Users
	http     *http.Server
	listener net.Listener
	address  string // to open
}

// showPage shows the page of the zone that s serves; nil where it is off.
func (a *app) showPage(s *service.Service, o pageOptions) (*page, error) {
	if o.listen == "off" {
		return nil, nil
	}
	host, _, err := net.SplitHostPort(o.listen)
	if err != nil {
		return nil, usageError{decl.Say("--listen %q: an address such as %s is expected, or off", "--listen %q：请写成 %s 这样的地址，或 off", o.listen, pageAddress)}
	}
	ip := net.ParseIP(host)
	alone := host == "localhost" || ip != nil && ip.IsLoopback()
	store, err := account.OpenUsers(context.Background(), s.Zone().Dir)
	if err != nil {
		return nil, err
	}
	p, err := a.pageOf(s, store, o, host, alone)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	s.ShowsPage(p.address)
	a.say("%s", decl.Say("Page: %s", "页面：%s", p.address))
	if o.open && o.begun == nil {
		a.openPage(p.address)
	}
	return p, nil
}

// openPage shows the page in the browser.
func (a *app) openPage(address string) {
	if err := openBrowser(address); err != nil {
		a.say("%s", decl.Say("no browser could be opened: %v", "没能打开浏览器：%v", err))
	}
}

// openRunning shows the page of the serve that is at work in the zone already: who starts it a second time, by a double click,
// wants to see it. false where it shows none.
func (a *app) openRunning(ctx context.Context, err error) bool {
	var held *warehouse.HeldError
	if !errors.As(err, &held) || held.Command != "serve" || held.Address == "" {
		return false
	}
	var said service.PageSaid
	if handOver(ctx, held, service.PagePath, struct{}{}, &said) != nil || said.Address == "" {
		return false
	}
	a.say("%s", decl.Say("serve is at work here already (process %d). Page: %s", "服务已在运行（进程%d）。页面：%s", held.PID, said.Address))
	a.openPage(said.Address)
	return true
}

// pageOf begins to show the page.
func (a *app) pageOf(s *service.Service, store *account.Users, o pageOptions, host string, alone bool) (*page, error) {
	users, err := store.Users(context.Background())
	if err != nil {
		return nil, err
	}
	proxies, bad := account.ParseProxies(o.proxyFrom)
	switch {
	case bad != "":
		return nil, usageError{decl.Say("--proxy-from %q: an address or network is expected, such as 10.1.2.3 or 10.1.0.0/16", "--proxy-from %q：请写成地址或网段，如 10.1.2.3 或 10.1.0.0/16", bad)}
	case (o.proxyHeader == "") != (len(proxies) == 0):
		return nil, usageError{decl.Say("--proxy-header and --proxy-from go together: the header is believed from these addresses alone", "--proxy-header 和 --proxy-from 要一起写：只有这些地址发来的请求头才算数")}
	case o.proxyHeader != "" && len(users) == 0:
		return nil, usageError{decl.Say("--proxy-header: there are no users yet whom a proxy could name\nhint: taizhang user add NAME --role admin", "--proxy-header：还没有用户可供代理指明\n提示：taizhang user add 用户名 --role admin")}
	}
	if !alone && len(users) == 0 {
		return nil, usageError{decl.Say("--listen %s: the network reaches the page there, but nobody may log in yet\nhint: taizhang user add NAME --role admin",
			"--listen %s：网络上的电脑能打开本页，但还没有用户\n提示：taizhang user add 用户名 --role admin", o.listen)}
	}
	p := &page{store: store}
	scheme := "http"
	var conf *tls.Config
	if !alone || o.cert != "" {
		var fingerprint string
		if conf, fingerprint, err = account.Certificate(s.Zone().Dir, o.cert, o.key, host, a.now()); err != nil {
			if cause := errors.Unwrap(err); cause != nil { // what is wrong with it, without the English before
				err = cause
			}
			return nil, usageError{lang.Errorf("the page's certificate: %w", "网页的证书：%w", err)}
		}
		scheme = "https"
		a.say("%s", decl.Say("certificate, SHA-256: %s", "证书 SHA-256 指纹：%s", fingerprint))
	}
	if o.begun != nil {
		p.listener, p.http = o.begun.listener, o.begun.http
	} else if p.listener, err = a.listen(o.listen); err != nil {
		return nil, err
	}
	p.web, err = web.New(web.Options{Service: &pageService{s, a}, Clock: a.now, Log: a.log(), Store: store, Alone: alone, Secure: conf != nil, Proxy: account.Proxy{Header: o.proxyHeader, From: proxies}, Ahead: true, Version: version})
	if err != nil {
		return nil, errors.Join(err, p.listener.Close())
	}
	p.address = scheme + "://" + p.listener.Addr().String() + "/"
	if o.begun != nil {
		o.begun.show(p.web.Handler())
		return p, nil
	}
	p.http = &http.Server{Handler: p.web.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 15 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, TLSConfig: conf}
	go func() {
		serve := p.http.Serve
		if conf != nil {
			serve = func(l net.Listener) error { return p.http.ServeTLS(l, "", "") }
		}
		if err := serve(p.listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			a.log().Error("page", "err", err)
		}
	}()
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
		end = errors.Join(end, p.http.Close())
	}
	return errors.Join(end, p.store.Close())
}

// listen takes the address, or the next port of it that is free.
func (a *app) listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err == nil || !isTaken(err) {
		if err != nil {
			return nil, lang.Errorf("--listen %s: %w", "--listen %s：%w", address, err)
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
			a.say("%s", decl.Say("port %d is in use by another program: the page gets the next one that is free", "端口 %d 被别的程序占用，页面改用下一个空闲的端口", port))
			return l, nil
		}
	}
	return nil, lang.Errorf("--listen %s: %w", "--listen %s：%w", address, err)
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

// pageService does for the page what the commands do, as the service that owns the zone.
type pageService struct {
	*service.Service
	app *app
}

func (p *pageService) Run(ctx context.Context, by string) error {
	if r := p.Intake(ctx, service.Request{Asker: service.AsksIn(lang.Chinese)}, by); r.Error != "" {
		return errors.New(r.Error)
	}
	return nil
}

func (p *pageService) Decide(ctx context.Context, d office.Decision) (out *office.Outcome, err error) {
	err = p.Alone(func(z *office.Zone) (err error) {
		out, err = z.Decide(ctx, d, office.Options{Clock: p.app.now, Log: p.app.log()})
		return err
	})
	return out, err
}

func (p *pageService) Teach(_ context.Context, lessons []forms.Lesson) error {
	return p.Alone(func(z *office.Zone) error {
		_, err := z.Teach(lessons)
		return err
	})
}

func (p *pageService) Forget(_ context.Context, lesson forms.Lesson) error {
	if err := p.Alone(func(z *office.Zone) error { return z.Forget(lesson) }); err != nil {
		return err
	}
	return p.Alone(func(*office.Zone) error { return nil }) // the zone is read again, without it
}

func (p *pageService) Configure(_ context.Context, was, text []byte) error {
	return p.Service.Configure(was, text)
}

func (p *pageService) Template(ctx context.Context, unit zone.Submitter) (string, []byte, error) {
	z := p.Zone()
	a := &app{out: io.Discard, err: io.Discard, format: "table", zoneDir: z.Dir, now: p.app.now, quiet: true, served: true}
	t := &templates{a: a, set: z.Forms, z: z, due: true, on: z.Today(a.now()), submitter: unit}
	content, titles, err := t.write(ctx, nil)
	return t.fileName(titles), content, a.finish(err)
}
