package web

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"taizhang/cmd/internal/web/account"
)

// unsent are forms that came in after the login had ended: what was typed is kept a while, so that it can be sent after
// the next login.
type unsent struct {
	mu   sync.Mutex
	list []*unsentForm // oldest first
}

type unsentForm struct {
	id, who  string // who typed it, "" where that isn't known any more
	browser  string // the secret that the browser holds in which it was typed
	at       time.Time
	to, back string
	fields   url.Values
}

const (
	unsentAge  = 15 * time.Minute
	mostUnsent = 50
)

// endedNotes say on the page of the login what became of what was sent after the last one had ended.
var endedNotes = map[string]string{
	"form":  "登录已过期，刚才填写的内容没有提交。登录以后可以接着提交，不必重填。",
	"files": "登录已过期，刚才的内容没有提交：登录以后请再做一次，文件要重新选择。",
}

// toLogin leads whoever hasn't logged in, or hasn't any more, to the login, and from there back to where they were.
func (s *Server) toLogin(w http.ResponseWriter, r *http.Request) error {
	q := url.Values{}
	if r.Method == http.MethodGet {
		q.Set("to", r.URL.RequestURI())
	} else {
		q.Set("to", cameFrom(r))
		c, err := r.Cookie(s.cookie())
		if err == nil { // there was a login once
			q.Set("ended", "files")
			if f := s.unsent.keep(w, r, q.Get("to"), s.o.Clock()); f != nil {
				if x, ok, err := s.session(r.Context(), account.HashOfSecret(c.Value)); ok && err == nil {
					f.who = x.User
				}
				http.SetCookie(w, &http.Cookie{Name: s.unsentCookie(), Value: f.browser, Path: "/", MaxAge: int(unsentAge / time.Second), HttpOnly: true, Secure: s.o.Secure, SameSite: http.SameSiteLaxMode})
				q.Set("ended", "form")
				q.Set("to", "/unsent/"+f.id)
			}
		}
	}
	http.Redirect(w, r, "/login?"+q.Encode(), http.StatusSeeOther)
	return nil
}

// unsentCookie is held by the browser in which something was typed. In another one an address of what was typed shows nothing:
// a form that somebody else filled in is not to be sent in one's own name.
func (s *Server) unsentCookie() string { return s.cookie() + "_unsent" }

// cameFrom is the page of this site that a request was made from, else the start.
func cameFrom(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host {
		return "/"
	}
	return localPath(u.RequestURI())
}

// keep keeps a form, nil where it isn't one that may be kept: files would be too much, and passwords are nobody's.
func (l *unsent) keep(w http.ResponseWriter, r *http.Request, back string, now time.Time) *unsentForm {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return nil
	}
	r.Body = http.MaxBytesReader(w, r.Body, sqlBytes)
	if r.ParseForm() != nil || r.PostForm.Has("password") {
		return nil
	}
	id, _ := account.Secret()
	browser, _ := account.Secret()
	f := &unsentForm{id: id, browser: browser, at: now, to: r.URL.RequestURI(), back: back, fields: r.PostForm}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, f)
	l.list = l.list[max(0, len(l.list)-mostUnsent):]
	return f
}

func (l *unsent) find(id, who, held string, now time.Time) *unsentForm {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.list, func(f *unsentForm) bool {
		return f.id == id && subtle.ConstantTimeCompare([]byte(f.browser), []byte(held)) == 1 && (f.who == "" || f.who == who) && now.Sub(f.at) < unsentAge
	})
	if i < 0 {
		return nil
	}
	return l.list[i]
}

// unsentView is a form that wasn't sent.
type unsentView struct {
	To, Back string
	Fields   [][2]string
	Typed    []string // what somebody typed, to be looked at
}

// showUnsent shows what was typed before the login, to be sent now.
func (s *Server) showUnsent(w http.ResponseWriter, r *http.Request, who person) error {
	held := ""
	if c, err := r.Cookie(s.unsentCookie()); err == nil {
		held = c.Value
	}
	f := s.unsent.find(r.PathValue("form"), who.Name, held, s.o.Clock())
	if f == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return nil
	}
	v := unsentView{To: f.to, Back: f.back}
	for name, values := range f.fields {
		for _, x := range values {
			v.Fields = append(v.Fields, [2]string{name, x})
			if x = strings.TrimSpace(x); x != "" && (name == "sql" || name == "reason" || strings.HasPrefix(name, "said-")) {
				v.Typed = append(v.Typed, x)
			}
		}
	}
	slices.SortFunc(v.Fields, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	slices.Sort(v.Typed)
	s.render(w, r, who, http.StatusOK, "unsent", layout{Title: "刚才的内容还没有提交", Body: v})
	return nil
}
