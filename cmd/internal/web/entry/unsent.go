package entry

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
)

// Unsent are forms that came in after the login had ended: what was typed is kept a while, so that it can be sent after
// the next login.
type Unsent struct {
	mu   sync.Mutex
	List []*UnsentForm // oldest first
}

type UnsentForm struct {
	id, Who  string // who typed it, "" where that isn't known any more
	From     string // address of the computer
	browser  string // the secret that the browser holds in which it was typed
	At       time.Time
	to, back string
	fields   url.Values
}

const (
	unsentAge     = 15 * time.Minute
	unsentBytes   = 64 << 10 // as much as the longest form, that of a query, may have
	MostUnsentOf  = 10       // kept of one person, or of one computer of which nobody is known
	MostUnsent    = 200
	MostStrangers = 50 // of those of whom nobody is known: they may be anybody's, and put out no one else's
)

// endedNotes say on the page of the login what became of what was sent after the last one had ended.
var endedNotes = map[string]string{
	"form":  "登录已过期，刚才填写的内容没有提交。登录以后可以接着提交，不必重填。",
	"files": "登录已过期，刚才的内容没有提交：登录以后请再做一次，文件要重新选择。",
}

// ToLogin leads whoever hasn't logged in, or hasn't any more, to the login, and from there back to where they were.
func (s *Pages) ToLogin(w http.ResponseWriter, r *http.Request) error {
	q := url.Values{}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		q.Set("to", r.URL.RequestURI())
	} else {
		q.Set("to", cameFrom(r))
		c, err := r.Cookie(s.cookie())
		if err == nil { // there was a login once
			q.Set("ended", "files")
			who := ""
			if x, ok, err := s.logins.Session(r.Context(), account.HashOfSecret(c.Value)); ok && err == nil {
				who = x.User
			}
			if f := s.Unsent.Keep(w, r, &UnsentForm{Who: who, From: frame.HostOf(r), back: q.Get("to"), At: s.Options.Clock()}); f != nil {
				http.SetCookie(w, &http.Cookie{Name: s.unsentCookie(f.id), Value: f.browser, Path: "/", MaxAge: int(unsentAge / time.Second), HttpOnly: true, Secure: s.Options.Secure, SameSite: http.SameSiteLaxMode})
				q.Set("ended", "form")
				q.Set("to", "/unsent/"+f.id)
			}
		}
	}
	http.Redirect(w, r, "/login?"+q.Encode(), http.StatusSeeOther)
	return nil
}

// unsentCookie is held by the browser in which something was typed. In another one an address of what was typed shows nothing:
// a form that somebody else filled in is not to be sent in one's own name. Each form has a cookie of its own, so that several
// of one browser can be sent.
func (s *Pages) unsentCookie(id string) string {
	return s.cookie() + "_unsent_" + id[:min(12, len(id))]
}

// cameFrom is the page of this site that a request was made from, else the start.
func cameFrom(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host {
		return "/"
	}
	return frame.LocalPath(u.RequestURI())
}

// Keep keeps a form, nil where it isn't one that may be kept: files would be too much, and passwords are nobody's. Of
// one person, and of one computer of which nobody is known, some are kept, so that nobody puts out what others typed.
func (l *Unsent) Keep(w http.ResponseWriter, r *http.Request, f *UnsentForm) *UnsentForm {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return nil
	}
	r.Body = http.MaxBytesReader(w, r.Body, unsentBytes)
	if r.ParseForm() != nil || r.PostForm.Has("password") {
		return nil
	}
	f.id, _ = account.Secret()
	f.browser, _ = account.Secret()
	f.to, f.fields = r.URL.RequestURI(), r.PostForm
	l.mu.Lock()
	defer l.mu.Unlock()
	l.List = slices.DeleteFunc(l.List, func(o *UnsentForm) bool { return f.At.Sub(o.At) >= unsentAge })
	l.List = append(l.List, f)
	l.bound(MostUnsentOf, func(o *UnsentForm) bool { return o.Who == f.Who && (f.Who != "" || o.From == f.From) })
	l.bound(MostStrangers, func(o *UnsentForm) bool { return o.Who == "" })
	l.bound(MostUnsent, func(*UnsentForm) bool { return true })
	return f
}

// bound lets go of the oldest of some forms where they are too many.
func (l *Unsent) bound(most int, of func(*UnsentForm) bool) {
	n := 0
	for _, o := range l.List {
		if of(o) {
			n++
		}
	}
	l.List = slices.DeleteFunc(l.List, func(o *UnsentForm) bool {
		if !of(o) || n <= most {
			return false
		}
		n--
		return true
	})
}

func (l *Unsent) find(id, who, held string, now time.Time) *UnsentForm {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.List, func(f *UnsentForm) bool {
		return f.id == id && subtle.ConstantTimeCompare([]byte(f.browser), []byte(held)) == 1 && (f.Who == "" || f.Who == who) && now.Sub(f.At) < unsentAge
	})
	if i < 0 {
		return nil
	}
	return l.List[i]
}

// unsentView is a form that wasn't sent.
type unsentView struct {
	To, Back string
	Fields   [][2]string
	Typed    []string // what somebody typed, to be looked at
}

// ShowUnsent shows what was typed before the login, to be sent now.
func (s *Pages) ShowUnsent(w http.ResponseWriter, r *http.Request, who account.Person) error {
	held := ""
	if c, err := r.Cookie(s.unsentCookie(r.PathValue("form"))); err == nil {
		held = c.Value
	}
	f := s.Unsent.find(r.PathValue("form"), who.Name, held, s.Options.Clock())
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
	s.Render(w, r, who, http.StatusOK, "unsent", frame.Layout{Title: "刚才的内容还没有提交", Body: v})
	return nil
}
