package web

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	idleSession   = 2 * time.Hour  // without a request
	longSession   = 12 * time.Hour // at most
	seenEvery     = time.Minute    // how exactly it is kept when a session was last used
	mostFailures  = 5              // wrong passwords of an account, before it is locked
	lockedFor     = 15 * time.Minute
	mostFromOne   = 30 // attempts to log in from one computer in a span of lockedFor
	hashesAtOnce  = 2  // each takes 64 MB
	cookieName    = "taizhang"
	secureCookie  = "__Host-taizhang"
	mostDoorsKept = 10_000
)

// doors count attempts to log in: by account and by computer.
type doors struct {
	clock func() time.Time
	mu    sync.Mutex
	tries map[string][]time.Time
	slots chan struct{}
}

// closed says until when nobody is let in at a door; the zero time where it is open.
func (d *doors) closed(key string, most int) time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.clock()
	list := slices.DeleteFunc(d.tries[key], func(t time.Time) bool { return now.Sub(t) >= lockedFor })
	if len(list) < most {
		return time.Time{}
	}
	return list[len(list)-most].Add(lockedFor)
}

func (d *doors) failed(key string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.clock()
	if d.tries == nil || len(d.tries) > mostDoorsKept {
		kept := map[string][]time.Time{}
		for k, list := range d.tries {
			if len(list) > 0 && now.Sub(list[len(list)-1]) < lockedFor {
				kept[k] = list
			}
		}
		d.tries = kept
	}
	list := slices.DeleteFunc(d.tries[key], func(t time.Time) bool { return now.Sub(t) >= lockedFor })
	d.tries[key] = append(list, now)
}

func (d *doors) opened(key string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.tries, key)
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
	users, err := s.users()
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
		hash := hashOfSecret(token)
		for _, u := range users {
			if slices.Contains(u.Tokens, hash) {
				return u.person(), nil
			}
		}
		return person{}, nil
	}
	c, err := r.Cookie(s.cookie())
	if err != nil {
		return person{}, nil // none
	}
	sessions, err := s.o.Store.Sessions()
	if err != nil {
		return person{}, err
	}
	id := hashOfSecret(c.Value)
	i := slices.IndexFunc(sessions, func(x Session) bool { return x.ID == id })
	if i < 0 {
		return person{}, nil
	}
	found, now := sessions[i], s.o.Clock()
	at := slices.IndexFunc(users, func(u User) bool { return u.Name == found.User })
	if at < 0 || found.over(now) || found.Begun.Before(users[at].Since) {
		return person{}, nil
	}
	if now.Sub(found.Seen) > seenEvery {
		found.Seen = now
		if err := s.o.Store.PutSession(found); err != nil {
			return person{}, err
		}
	}
	return users[at].person(), nil
}

// users are those who may log in; nil where whoever asks is this computer's operator: on the computer itself, as long as
// nobody is declared.
func (s *Server) users() ([]User, error) {
	if s.o.Store == nil {
		return nil, nil
	}
	list, err := s.o.Store.Users()
	if err != nil {
		return nil, err
	}
	if len(list) == 0 && !s.o.Alone {
		return []User{}, nil
	}
	if len(list) == 0 {
		return nil, nil
	}
	return list, nil
}

func (u User) person() person { return person{Name: u.Name, Role: u.Role, Unit: u.Unit} }

func (x Session) over(now time.Time) bool {
	return now.Sub(x.Seen) > idleSession || now.Sub(x.Begun) > longSession
}

func (s *Server) cookie() string {
	if s.o.Secure {
		return secureCookie
	}
	return cookieName
}

type loginView struct{ To, Name, Says string }

func (s *Server) showLogin(w http.ResponseWriter, r *http.Request, who person) error {
	if who.Role != "" {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return nil
	}
	s.render(w, r, person{}, http.StatusOK, "login", layout{Title: "登录", Body: loginView{To: localPath(r.URL.Query().Get("to"))}})
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

// afterLogin is where a request goes on after the login.
func afterLogin(r *http.Request) string {
	if r.Method != http.MethodGet {
		return "/"
	}
	return url.QueryEscape(r.URL.RequestURI())
}

func (s *Server) login(w http.ResponseWriter, r *http.Request, _ person) error {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	if err := r.ParseForm(); err != nil {
		return badAsk("登录信息没有读到，请再试一次。")
	}
	name, to := strings.TrimSpace(r.PostForm.Get("name")), localPath(r.PostForm.Get("to"))
	about(w, name)
	refuse := func(status int, says string) error {
		s.render(w, r, person{}, status, "login", layout{Title: "登录", Body: loginView{To: to, Name: name, Says: says}})
		return nil
	}
	account, computer := "account "+name, "computer "+hostOf(r)
	if until := latest(s.doors.closed(account, mostFailures), s.doors.closed(computer, mostFromOne)); !until.IsZero() {
		return refuse(http.StatusTooManyRequests, "密码错误次数过多，请在"+until.In(s.zoneOf().Location).Format("15:04")+"以后再试。")
	}
	users, err := s.users()
	if err != nil {
		return err
	}
	if users == nil { // nobody needs to
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return nil
	}
	u := User{Hash: s.nobody} // as much work as for somebody
	if i := slices.IndexFunc(users, func(x User) bool { return x.Name == name }); i >= 0 {
		u = users[i]
	}
	done := s.doors.turn()
	ok, err := matches(u.Hash, r.PostForm.Get("password"))
	done()
	if err != nil {
		return err
	}
	if !ok || u.Name == "" {
		s.doors.failed(account)
		s.doors.failed(computer)
		return refuse(http.StatusForbidden, "用户名或密码不对。")
	}
	s.doors.opened(account)
	held, id := Secret()
	now := s.o.Clock()
	if err := s.o.Store.EndSessions(func(x Session) bool { return x.over(now) }); err != nil {
		return err
	}
	if err := s.o.Store.PutSession(Session{ID: id, User: u.Name, Begun: now, Seen: now}); err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: s.cookie(), Value: held, Path: "/", HttpOnly: true, Secure: s.o.Secure, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// nobodysHash is the hash of a password that nobody has.
const nobodysHash = "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func (s *Server) logout(w http.ResponseWriter, r *http.Request, _ person) error {
	if c, err := r.Cookie(s.cookie()); err == nil && s.o.Store != nil {
		id := hashOfSecret(c.Value)
		if err := s.o.Store.EndSessions(func(x Session) bool { return x.ID == id }); err != nil {
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

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
