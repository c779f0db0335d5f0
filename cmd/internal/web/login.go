package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"taizhang/cmd/internal/web/account"
)

const (
	idleSession  = 2 * time.Hour  // without a request
	longSession  = 12 * time.Hour // at most
	seenEvery    = time.Minute    // how exactly it is kept when a session was last used
	mostFailures = 5              // wrong passwords of an account, before it is locked
	lockedFor    = 15 * time.Minute
	mostFromOne  = 30 // attempts to log in from one computer in a span of lockedFor
	hashesAtOnce = 2  // each takes 64 MB
	cookieName   = "taizhang"
	secureCookie = "__Host-taizhang"
)

// doors are where one logs in: accounts and computers. Failures at them are counted in the state, so that a restart
// opens none.
type doors struct {
	mu    sync.Mutex
	slots chan struct{}

	// What the state can't hold, as on a full disk: whoever has to look after the disk must be able to log in.
	failures map[string][]time.Time
	sessions map[string]account.Session
}

// closed says until when nobody is let in at one of the doors; the zero time where they are open.
func (s *Server) closed(ctx context.Context, name, computer string) (time.Time, error) {
	var until time.Time
	for door, most := range map[string]int{name: mostFailures, computer: mostFromOne} {
		at, err := s.lockedUntil(ctx, door, most)
		if err != nil {
			return until, err
		}
		if at.After(until) {
			until = at
		}
	}
	return until, nil
}

// lockedUntil says until when a door is locked after that many failures; the zero time where it isn't.
func (s *Server) lockedUntil(ctx context.Context, door string, most int) (time.Time, error) {
	since := s.o.Clock().Add(-lockedFor)
	at, err := s.o.Store.Failed(ctx, door, most, since)
	if err != nil {
		return time.Time{}, err
	}
	if more := s.doors.failed(door, most, since); more.After(at) {
		at = more
	}
	if at.IsZero() {
		return at, nil
	}
	return at.Add(lockedFor), nil
}

// turn bounds how many passwords are hashed at once.
func (d *doors) turn() func() {
	d.mu.Lock()
	if d.slots == nil {
		d.slots = make(chan struct{}, hashesAtOnce)
	}
	d.mu.Unlock()
	d.slots <- struct{}{}
	return func() { <-d.slots }
}

// whoAsks finds the person behind a request: by session, programs by token. A zone without users has its operator alone.
func (s *Server) whoAsks(w http.ResponseWriter, r *http.Request, api bool) (person, error) {
	users, err := s.users(r.Context())
	if err != nil {
		return person{}, err
	}
	if users == nil {
		return operator, nil
	}
	if api {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok {
			return person{}, nil
		}
		return s.whoseToken(r, users, token)
	}
	if name := s.o.Proxy.Named(r); name != "" { // it has asked for the password; whether there is such a user is decided here
		if i := slices.IndexFunc(users, func(u account.User) bool { return u.Name == name && !u.Disabled }); i >= 0 {
			return personFor(users[i]), nil
		}
		return person{}, nil
	}
	c, err := r.Cookie(s.cookie())
	if err != nil {
		return person{}, nil // none
	}
	found, ok, err := s.session(r.Context(), account.HashOfSecret(c.Value))
	if err != nil || !ok {
		return person{}, err
	}
	now := s.o.Clock()
	at := slices.IndexFunc(users, func(u account.User) bool { return u.Name == found.User })
	if at < 0 || users[at].Disabled || over(found, now) || found.Begun.Before(users[at].Since) {
		return person{}, nil
	}
	if now.Sub(found.Seen) > seenEvery {
		s.seen(r.Context(), found, now)
	}
	return personFor(users[at]), nil
}

// users are those who may log in; nil where whoever asks is this computer's operator: on the computer itself, as long as
// nobody is declared.
func (s *Server) users(ctx context.Context) ([]account.User, error) {
	if s.o.Store == nil {
		return nil, nil
	}
	list, err := s.o.Store.Users(ctx)
	if err != nil || len(list) > 0 {
		return list, err
	}
	if lost, err := s.o.Store.Lost(); err != nil || lost {
		return []account.User{}, errors.Join(err, &fault{status: http.StatusForbidden, says: account.ErrUsersLost.Error()})
	}
	if !s.o.Alone || s.o.Proxy.Header != "" { // whoever a proxy lets through isn't at this computer
		return []account.User{}, nil
	}
	return nil, nil
}

func personFor(u account.User) person {
	return person{Name: u.Name, Role: account.Role(u.Role), Unit: u.Unit}
}

func over(x account.Session, now time.Time) bool {
	return now.Sub(x.Seen) > idleSession || now.Sub(x.Begun) > longSession
}

func (s *Server) cookie() string {
	if s.o.Secure {
		return secureCookie
	}
	return cookieName
}

type loginView struct {
	To, Name, Note string
	Faults         mistakes
}

func (s *Server) showLogin(w http.ResponseWriter, r *http.Request, who person) error {
	if who.Role != "" {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return nil
	}
	q := r.URL.Query()
	s.render(w, r, person{}, http.StatusOK, "login", layout{Title: "登录", Body: loginView{To: localPath(q.Get("to")), Note: endedNotes[q.Get("ended")]}})
	return nil
}

// localPath is a path of this page, else its start.
func localPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n") {
		return "/"
	}
	return to
}

func (s *Server) login(w http.ResponseWriter, r *http.Request, _ person) error {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	if err := r.ParseForm(); err != nil {
		return badAsk("登录信息没有读到，请再试一次。")
	}
	name, to := strings.TrimSpace(r.PostForm.Get("name")), localPath(r.PostForm.Get("to"))
	about(w, name)
	refuse := func(status int, at, says string) error {
		s.render(w, r, person{}, status, "login", layout{Title: "登录", Body: loginView{To: to, Name: name, Faults: mistakes{{at, says}}}})
		return nil
	}
	door, computer := account.Door(name), "computer "+hostOf(r)
	users, err := s.users(r.Context())
	if err != nil {
		return err
	}
	if users == nil { // nobody needs to
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return nil
	}
	if until, err := s.closed(r.Context(), door, computer); err != nil {
		return err
	} else if !until.IsZero() {
		return refuse(http.StatusTooManyRequests, "", "密码错误次数过多，请在"+until.In(s.zoneOf().Location).Format("15:04")+"以后再试。")
	}
	u := account.User{Hash: s.nobody} // as much work as for somebody
	if i := slices.IndexFunc(users, func(x account.User) bool { return x.Name == name }); i >= 0 {
		u = users[i]
	}
	done := s.doors.turn()
	ok, err := account.Matches(u.Hash, r.PostForm.Get("password"))
	done()
	if err != nil {
		return err
	}
	now := s.o.Clock()
	if !ok || u.Name == "" || u.Disabled {
		s.guessed(r, door, computer)
		return refuse(http.StatusForbidden, "name", "用户名或密码不对。")
	}
	if err := errors.Join(s.o.Store.Forgive(r.Context(), door), s.o.Store.EndSessionsBefore(r.Context(), now.Add(-idleSession), now.Add(-longSession))); err != nil {
		s.o.Log.Error("tidy logins", "err", err)
	}
	s.enter(w, r, u.Name)
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// nobodysHash is the hash of a password that nobody has.
const nobodysHash = "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func (s *Server) logout(w http.ResponseWriter, r *http.Request, _ person) error {
	if c, err := r.Cookie(s.cookie()); err == nil && s.o.Store != nil {
		if err := s.end(r.Context(), account.HashOfSecret(c.Value)); err != nil {
			return err
		}
	}
	http.SetCookie(w, &http.Cookie{Name: s.cookie(), Path: "/", MaxAge: -1, HttpOnly: true, Secure: s.o.Secure, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}

// hostOf is the address of the computer that asks.
func hostOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
