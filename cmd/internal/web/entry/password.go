package entry

import (
	"net/http"
	"slices"

	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
)

// changePassword gives who asks another password, for the one they have. As with every new password, whatever the old one
// opened is over, other logins and tokens too; this browser stays logged in. Wrong guesses lock the account as they do at
// the login.
func (s *Pages) changePassword(w http.ResponseWriter, r *http.Request, who account.Person) error {
	if !s.hasPassword(r) {
		return frame.BadAsk("您由统一登录进入，密码在那里更改。")
	}
	users, err := s.Options.Store.Users(r.Context())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(users, func(u account.User) bool { return u.Name == who.Name })
	if i < 0 {
		return frame.Forbidden("账号已删除。")
	}
	door, computer, now := account.Door(who.Name), "computer "+frame.HostOf(r), s.Options.Clock()
	if until, err := s.logins.Closed(r.Context(), door, computer); err != nil {
		return err
	} else if !until.IsZero() {
		return frame.BadAsk("密码错误次数过多，请在" + until.In(s.ZoneOf().Location).Format("15:04") + "以后再试。")
	}
	done := s.logins.Turn()
	ok, err := account.Matches(users[i].Hash, r.PostForm.Get("now"))
	done()
	if err != nil {
		return err
	}
	if !ok {
		s.logins.Guessed(r.Context(), door, computer)
		return frame.BadField("now", "现在的密码不对。")
	}
	hash, err := s.newHash(r)
	if err != nil {
		return err
	}
	s.logins.Open(who.Name)
	s.logins.Drop(who.Name)
	if err := account.Reset(r.Context(), s.Options.Store, users[i], hash, now); err != nil {
		return err
	}
	s.enter(w, r, who.Name)
	return nil
}

// hasPassword says whether who asks has come by a password, not by a proxy that logs people in.
func (s *Pages) hasPassword(r *http.Request) bool {
	return s.Options.Proxy.Named(r) == "" && s.Options.Store != nil
}

// enter begins a login of a user in the browser that asks.
func (s *Pages) enter(w http.ResponseWriter, r *http.Request, user string) {
	held, id := account.Secret()
	now := s.Options.Clock()
	s.logins.Begin(r.Context(), account.Session{ID: id, User: user, Begun: now, Seen: now, From: frame.HostOf(r)})
	http.SetCookie(w, &http.Cookie{Name: s.cookie(), Value: held, Path: "/", HttpOnly: true, Secure: s.Options.Secure, SameSite: http.SameSiteLaxMode})
}
