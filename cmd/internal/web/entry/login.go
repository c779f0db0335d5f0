package entry

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
)

const (
	CookieName   = "taizhang"
	secureCookie = "__Host-taizhang"
)

// WhoAsks finds the person behind a request: by session, programs by token. A zone without users has its operator alone.
func (s *Pages) WhoAsks(w http.ResponseWriter, r *http.Request, api bool) (account.Person, error) {
	users, err := s.Users(r.Context())
	if err != nil {
		return account.Person{}, err
	}
	if users == nil {
		return account.Operator, nil
	}
	if api {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok {
			return account.Person{}, nil
		}
		return s.whoseToken(r, users, token)
	}
	if name := s.Options.Proxy.Named(r); name != "" { // it has asked for the password; whether there is such a user is decided here
		if i := slices.IndexFunc(users, func(u account.User) bool { return u.Name == name && !u.Disabled }); i >= 0 {
			return account.PersonOf(users[i]), nil
		}
		return account.Person{}, nil
	}
	c, err := r.Cookie(s.cookie())
	if err != nil {
		return account.Person{}, nil // none
	}
	found, ok, err := s.logins.Session(r.Context(), account.HashOfSecret(c.Value))
	if err != nil || !ok {
		return account.Person{}, err
	}
	now := s.Options.Clock()
	at := slices.IndexFunc(users, func(u account.User) bool { return u.Name == found.User })
	if at < 0 || users[at].Disabled || account.Over(found, now) || found.Begun.Before(users[at].Since) {
		return account.Person{}, nil
	}
	if now.Sub(found.Seen) > account.SeenEvery {
		s.logins.Seen(r.Context(), found, now)
	}
	return account.PersonOf(users[at]), nil
}

// Users are those who may log in; nil where whoever asks is this computer's operator: on the computer itself, as long as
// nobody is declared.
func (s *Pages) Users(ctx context.Context) ([]account.User, error) {
	if s.Options.Store == nil {
		return nil, nil
	}
	list, err := s.Options.Store.Users(ctx)
	if err != nil || len(list) > 0 {
		return list, err
	}
	if lost, err := s.Options.Store.Lost(); err != nil || lost {
		return []account.User{}, errors.Join(err, &frame.Fault{Status: http.StatusForbidden, Says: account.ErrUsersLost.Error()})
	}
	if !s.Options.Alone || s.Options.Proxy.Header != "" { // whoever a proxy lets through isn't at this computer
		return []account.User{}, nil
	}
	return nil, nil
}

func (s *Pages) cookie() string {
	if s.Options.Secure {
		return secureCookie
	}
	return CookieName
}

type loginView struct {
	To, Name, Note string
	Faults         frame.Mistakes
}

func (s *Pages) ShowLogin(w http.ResponseWriter, r *http.Request, who account.Person) error {
	if who.Role != "" {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return nil
	}
	q := r.URL.Query()
	s.Render(w, r, account.Person{}, http.StatusOK, "login", frame.Layout{Title: "登录", Body: loginView{To: frame.LocalPath(q.Get("to")), Note: endedNotes[q.Get("ended")]}})
	return nil
}

func (s *Pages) Login(w http.ResponseWriter, r *http.Request, _ account.Person) error {
	if err := frame.ReadForm(w, r, 16<<10, "登录信息没有读到，请再试一次。"); err != nil {
		return err
	}
	name, to := strings.TrimSpace(r.PostForm.Get("name")), frame.LocalPath(r.PostForm.Get("to"))
	frame.About(w, name)
	refuse := func(status int, at, says string) error {
		s.Render(w, r, account.Person{}, status, "login", frame.Layout{Title: "登录", Body: loginView{To: to, Name: name, Faults: frame.Mistakes{{At: at, Says: says}}}})
		return nil
	}
	door, computer := account.Door(name), "computer "+frame.HostOf(r)
	users, err := s.Users(r.Context())
	if err != nil {
		return err
	}
	if users == nil { // nobody needs to
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return nil
	}
	if until, err := s.logins.Closed(r.Context(), door, computer); err != nil {
		return err
	} else if !until.IsZero() {
		return refuse(http.StatusTooManyRequests, "", "密码错误次数过多，请在"+until.In(s.ZoneOf().Location).Format("15:04")+"以后再试。")
	}
	u := account.User{Hash: s.Nobody} // as much work as for somebody
	if i := slices.IndexFunc(users, func(x account.User) bool { return x.Name == name }); i >= 0 {
		u = users[i]
	}
	done := s.logins.Turn()
	ok, err := account.Matches(u.Hash, r.PostForm.Get("password"))
	done()
	if err != nil {
		return err
	}
	now := s.Options.Clock()
	if !ok || u.Name == "" || u.Disabled {
		s.logins.Guessed(r.Context(), door, computer)
		return refuse(http.StatusForbidden, "name", "用户名或密码不对。")
	}
	if err := errors.Join(s.Options.Store.Forgive(r.Context(), door), s.Options.Store.EndSessionsBefore(r.Context(), now.Add(-account.IdleSession), now.Add(-account.LongSession))); err != nil {
		s.Options.Log.Error("tidy logins", "err", err)
	}
	s.enter(w, r, u.Name)
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// nobodysHash is the hash of a password that nobody has.
const nobodysHash = "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func (s *Pages) Logout(w http.ResponseWriter, r *http.Request, _ account.Person) error {
	if c, err := r.Cookie(s.cookie()); err == nil && s.Options.Store != nil {
		if err := s.logins.End(r.Context(), account.HashOfSecret(c.Value)); err != nil {
			return err
		}
	}
	http.SetCookie(w, &http.Cookie{Name: s.cookie(), Path: "/", MaxAge: -1, HttpOnly: true, Secure: s.Options.Secure, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}
