package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/web"
	"taizhang/internal/decl"
)

// begun is a page on which a zone was made.
type begun struct {
	http     *http.Server
	listener net.Listener
	handler  atomic.Pointer[http.Handler] // of the zone, once it is served
}

// show has h answer from now on.
func (p *begun) show(h http.Handler) { p.handler.Store(&h) }

// beginPage shows, where the zone's folder is empty (or, with --open, not there yet), the page that makes a zone in it,
// and returns once it is made; nil where there is something in the folder.
func (a *app) beginPage(ctx context.Context, o pageOptions) (*begun, error) {
	may, err := web.MayBegin(a.zoneDir)
	if err != nil || !may {
		return nil, err
	}
	if _, err := os.Stat(a.zoneDir); err != nil && !o.open {
		// misspelt, or by a service: nobody sits before the page
		return nil, usageError{decl.Say("%s is not a zone: there is no such folder. A new zone is made on a page by taizhang serve --zone %[2]s --open, or by taizhang init %[2]s",
			"没有文件夹 %s，是不是写错了？要新建台账：用 taizhang serve --zone %[2]s --open 在网页上建，或用 taizhang init %[2]s", a.zoneDir, office.Typed(a.zoneDir))}
	}
	host, _, err := net.SplitHostPort(o.listen)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, usageError{decl.Say("%s is empty. A zone is made on this computer: taizhang serve --zone %[2]s, without --listen; or taizhang init %[2]s",
			"%s 是空文件夹。请先在本机建好：taizhang serve --zone %[2]s（不带 --listen），或 taizhang init %[2]s", a.zoneDir, office.Typed(a.zoneDir))}
	}
	b, err := web.NewBeginning(a.zoneDir, a.now, a.log(), version)
	if err != nil {
		return nil, err
	}
	p := &begun{}
	if p.listener, err = a.listen(o.listen); err != nil {
		return nil, err
	}
	p.show(b.Handler())
	p.http = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*p.handler.Load()).ServeHTTP(w, r) }),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 15 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	go func() {
		if err := p.http.Serve(p.listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			a.log().Error("page", "err", err)
		}
	}()
	address := "http://" + p.listener.Addr().String() + "/"
	a.say("%s", decl.Say("%s is empty: open %s to make a zone in it", "%s 是空文件夹：请打开 %s 建立台账", a.zoneDir, address))
	if o.open {
		if err := openBrowser(address); err != nil {
			a.say("%s", decl.Say("no browser could be opened: %v", "没能打开浏览器：%v", err))
		}
	}
	select {
	case <-b.Made():
		return p, nil
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), p.http.Close())
	}
}
