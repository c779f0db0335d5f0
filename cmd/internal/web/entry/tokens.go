package entry

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
	"taizhang/ingest/secret"
)

const MostTokens = 20 // of one user

// span is how long a token may be used.
type span struct {
	Days  int
	Words string
}

// tokenSpans are those that a token made on the page may have.
var tokenSpans = []span{{30, "30天"}, {90, "90天"}, {365, "一年"}}

// accountPage is a user's own account: who they are here, and the tokens that programs ask /api with in their name.
type accountPage struct {
	Name, Role, Unit string
	Nobody           bool // there are no users: whoever asks is this computer's operator
	Makes            bool // they may make tokens
	Password         bool // they log in by one
	Least            int  // characters of a password
	Tokens           []tokenView
	Spans            []span
	Made             *madeView
	Faults           frame.Mistakes
	Typed            string // name that was typed
}

type tokenView struct {
	ID, Name, Made, Expires, Seen string
	Over                          bool
}

// madeView is a token that was just made: it is shown this once.
type madeView struct{ Name, Held, Expires, Address string }

// tokenOver says whether a token can't be used any more.
func tokenOver(t account.Token, now time.Time) bool {
	return !t.Expires.IsZero() && !now.Before(t.Expires)
}

func (s *Pages) accountPage(r *http.Request, who account.Person) (v accountPage, err error) {
	z := s.ZoneOf()
	v = accountPage{Name: who.Name, Role: accountView{Role: string(who.Role)}.RoleWord(), Nobody: who == account.Operator, Makes: who.Queries() && who != account.Operator, Spans: tokenSpans, Least: account.LeastPassword}
	if u, ok := z.Submitter(who.Unit); ok {
		v.Unit = u.Name
	}
	if v.Nobody {
		return v, nil
	}
	v.Password = s.hasPassword(r)
	list, err := s.Options.Store.TokensOf(r.Context(), who.Name)
	if err != nil {
		return v, err
	}
	for _, t := range list {
		x := tokenView{ID: t.ID, Name: t.Name, Made: t.Made.In(z.Location).Format("2006-01-02"), Expires: "不过期", Seen: "还没有用过", Over: tokenOver(t, s.Options.Clock())}
		if t.Name == "" {
			x.Name = "命令行生成"
		}
		if !t.Expires.IsZero() {
			x.Expires = t.Expires.In(z.Location).Format("2006-01-02")
		}
		if !t.Seen.IsZero() {
			x.Seen = t.Seen.In(z.Location).Format("2006-01-02 15:04") + "，" + t.From
		}
		v.Tokens = append(v.Tokens, x)
	}
	return v, nil
}

// Account shows who asks their own account.
func (s *Pages) Account(w http.ResponseWriter, r *http.Request, who account.Person) error {
	v, err := s.accountPage(r, who)
	if err != nil {
		return err
	}
	s.Render(w, r, who, http.StatusOK, "account", frame.Layout{Title: "我的账号", Body: v})
	return nil
}

// ChangeAccount makes a token in the name of who asks, or takes one back, or gives them another password.
func (s *Pages) ChangeAccount(w http.ResponseWriter, r *http.Request, who account.Person) error {
	if err := frame.ReadForm(w, r, 16<<10, "没有读到要做的事，请再试一次。"); err != nil {
		return err
	}
	if who == account.Operator {
		return frame.BadAsk("还没有用户：本机不需要密码和令牌。")
	}
	name := secret.MaskText(strings.TrimSpace(r.PostForm.Get("name")))
	do := r.PostForm.Get("do")
	var made *madeView
	var err error
	switch do {
	case "make":
		frame.About(w, "make token "+name)
		made, err = s.makeToken(r, who, name)
	case "revoke":
		err = s.revokeToken(w, r, who)
	case "password":
		frame.About(w, "password "+who.Name)
		err = s.changePassword(w, r, who)
	default:
		err = frame.BadAsk("没有这项操作。")
	}
	var f *frame.Fault
	if err != nil && !errors.As(err, &f) {
		return err
	}
	if err == nil && do != "make" {
		http.Redirect(w, r, "/account?done="+do, http.StatusSeeOther)
		return nil
	}
	v, e := s.accountPage(r, who)
	if e != nil {
		return e
	}
	v.Made = made
	status := http.StatusOK
	if f != nil {
		status, v.Faults, v.Typed = f.Status, frame.MistakesOf(f, do+"-"), name
	}
	s.Render(w, r, who, status, "account", frame.Layout{Title: "我的账号", Body: v})
	return nil
}

// makeToken makes a token: what it shows is kept nowhere.
func (s *Pages) makeToken(r *http.Request, who account.Person, name string) (*madeView, error) {
	if !who.Queries() {
		return nil, frame.Forbidden("令牌由分析人员和管理员生成，请找管理员。")
	}
	if !account.Nameable(name) {
		return nil, frame.BadField("name", "请写明令牌给哪个程序用。")
	}
	i := slices.IndexFunc(tokenSpans, func(x span) bool { return fmt.Sprint(x.Days) == r.PostForm.Get("days") })
	if i < 0 {
		return nil, frame.BadField("days", "请选择有效期。")
	}
	list, err := s.Options.Store.TokensOf(r.Context(), who.Name)
	if err != nil {
		return nil, err
	}
	switch {
	case slices.ContainsFunc(list, func(t account.Token) bool { return t.Name == name }):
		return nil, frame.BadField("name", "已有名为“"+name+"”的令牌。令牌只在生成时显示一次；遗失了请先收回，再生成一个。")
	case len(list) >= MostTokens:
		return nil, frame.BadAsk(fmt.Sprintf("令牌最多%d个，请先收回不用的。", MostTokens))
	}
	held, id := account.Secret()
	now := s.Options.Clock()
	t := account.Token{ID: id, User: who.Name, Name: name, Made: now, Expires: now.AddDate(0, 0, tokenSpans[i].Days)}
	if err := s.Options.Store.AddToken(r.Context(), t); err != nil {
		return nil, err
	}
	scheme := "http"
	if s.Options.Secure {
		scheme = "https"
	}
	return &madeView{Name: name, Held: held, Expires: t.Expires.In(s.ZoneOf().Location).Format("2006-01-02"), Address: scheme + "://" + r.Host + "/api/metrics?metric=closure_rate"}, nil
}

func (s *Pages) revokeToken(w http.ResponseWriter, r *http.Request, who account.Person) error {
	t, ok, err := s.Options.Store.Token(r.Context(), r.PostForm.Get("id"))
	if err != nil {
		return err
	}
	if !ok || t.User != who.Name {
		frame.About(w, "revoke token")
		return frame.BadAsk("没有这个令牌，或已经收回。")
	}
	frame.About(w, "revoke token "+t.Name)
	return s.Options.Store.RemoveToken(r.Context(), who.Name, t.ID)
}

// whoseToken finds the user in whose name a program asks, and notes that its token was used.
func (s *Pages) whoseToken(r *http.Request, users []account.User, held string) (account.Person, error) {
	t, ok, err := s.Options.Store.Token(r.Context(), account.HashOfSecret(held))
	if err != nil || !ok {
		return account.Person{}, err
	}
	i := slices.IndexFunc(users, func(u account.User) bool { return u.Name == t.User && !u.Disabled })
	if i < 0 {
		return account.Person{}, nil
	}
	now := s.Options.Clock()
	if tokenOver(t, now) {
		return account.Person{}, &frame.Fault{Status: http.StatusUnauthorized, Says: "this token expired on " + t.Expires.In(s.ZoneOf().Location).Format("2006-01-02") + ": make another one under 我的账号"}
	}
	if from := frame.HostOf(r); now.Sub(t.Seen) > account.SeenEvery || t.From != from {
		if err := s.Options.Store.SeenToken(r.Context(), t.ID, from, now); err != nil { // whoever may ask goes on asking
			s.Options.Log.Error("note when a token was used", "err", err)
		}
	}
	who := account.PersonOf(users[i])
	who.Token = t.Name
	return who, nil
}
