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
)

// peopleView is who may log in, and who has.
type peopleView struct {
	Users []accountView
	Roles [][2]string
	Units [][2]string
	Alone bool              // nobody is declared: whoever asks is this computer's operator
	Form  map[string]string // what was typed

	Faults frame.Mistakes
	Open   string // the user whose form has them
}

type accountView struct {
	Name, Role, Unit, Since, Last string
	Sessions                      int
	Locked                        string // until when, empty if it isn't
	Tokens                        int
	Disabled, Self                bool
}

func (s *Pages) peopleView(r *http.Request, who account.Person) (v peopleView, err error) {
	z := s.ZoneOf()
	v.Roles, v.Form = account.RoleWords, map[string]string{}
	for _, u := range z.Submitters {
		v.Units = append(v.Units, [2]string{u.Code, u.Name})
	}
	if s.Options.Store == nil {
		v.Alone = true
		return v, nil
	}
	users, err := s.Options.Store.Users(r.Context())
	if err != nil {
		return v, err
	}
	sessions, err := s.Options.Store.Sessions(r.Context())
	if err != nil {
		return v, err
	}
	tokens, err := s.Options.Store.Tokens(r.Context())
	if err != nil {
		return v, err
	}
	v.Alone = len(users) == 0
	for _, u := range users {
		a := accountView{Name: u.Name, Role: u.Role, Since: u.Since.In(z.Location).Format("2006-01-02"), Disabled: u.Disabled, Self: u.Name == who.Name}
		if x, ok := z.Submitter(u.Unit); ok {
			a.Unit = x.Name
		}
		for _, t := range tokens {
			if t.User == u.Name && !tokenOver(t, s.Options.Clock()) {
				a.Tokens++
			}
		}
		until, err := s.logins.Locked(r.Context(), u.Name)
		if err != nil {
			return v, err
		}
		if until.After(s.Options.Clock()) {
			a.Locked = until.In(z.Location).Format("15:04")
		}
		var last time.Time
		for _, x := range sessions {
			if x.User == u.Name && !account.Over(x, s.Options.Clock()) && !x.Begun.Before(u.Since) {
				a.Sessions++
				if x.Seen.After(last) {
					last, a.Last = x.Seen, x.Seen.In(z.Location).Format("01-02 15:04")+"，"+x.From
				}
			}
		}
		v.Users = append(v.Users, a)
	}
	return v, nil
}

// RoleWord is a role in words.
func (a accountView) RoleWord() string {
	for _, r := range account.RoleWords {
		if r[0] == a.Role {
			return r[1]
		}
	}
	return a.Role
}

// People shows the users.
func (s *Pages) People(w http.ResponseWriter, r *http.Request, who account.Person) error {
	v, err := s.peopleView(r, who)
	if err != nil {
		return err
	}
	s.Render(w, r, who, http.StatusOK, "people", frame.Layout{Title: "用户", Body: v})
	return nil
}

// ChangePeople does one thing about one user.
func (s *Pages) ChangePeople(w http.ResponseWriter, r *http.Request, who account.Person) error {
	if err := frame.ReadForm(w, r, 16<<10, "没有读到要做的事，请再试一次。"); err != nil {
		return err
	}
	if s.Options.Store == nil {
		return frame.BadAsk("这里不能管理用户。")
	}
	do, name := r.PostForm.Get("do"), strings.TrimSpace(r.PostForm.Get("name"))
	frame.About(w, do+" "+name)
	err := s.changeUser(r, do, name)
	var f *frame.Fault
	if errors.As(err, &f) && f.Status == http.StatusBadRequest {
		v, e := s.peopleView(r, who)
		if e != nil {
			return e
		}
		if do == "add" {
			v.Faults = frame.MistakesOf(f, "add-")
			for _, k := range []string{"name", "role", "unit"} {
				v.Form[k] = r.PostForm.Get(k)
			}
		} else {
			v.Open = name
			v.Faults = frame.MistakesOf(f, fmt.Sprintf("u%d-", slices.IndexFunc(v.Users, func(u accountView) bool { return u.Name == name })))
		}
		s.Render(w, r, who, http.StatusBadRequest, "people", frame.Layout{Title: "用户", Body: v})
		return nil
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/settings/users?done="+do, http.StatusSeeOther)
	return nil
}

func (s *Pages) changeUser(r *http.Request, do, name string) error {
	users, err := s.Options.Store.Users(r.Context())
	if err != nil {
		return err
	}
	if do == "add" {
		u, err := s.newUser(r, name, users)
		if err != nil {
			return err
		}
		return s.Options.Store.PutUser(r.Context(), u)
	}
	i := slices.IndexFunc(users, func(u account.User) bool { return u.Name == name })
	if i < 0 {
		return frame.BadAsk("没有用户“" + name + "”。")
	}
	u := users[i]
	switch do {
	case "role", "disable", "remove":
		return s.demote(r, do, u, users)
	case "password":
		hash, err := s.newHash(r)
		if err != nil {
			return err
		}
		s.logins.Open(name)
		return account.Reset(r.Context(), s.Options.Store, u, hash, s.Options.Clock())
	case "unlock":
		s.logins.Open(name)
		return s.Options.Store.Forgive(r.Context(), account.Door(name))
	case "token":
		return s.Options.Store.RemoveTokensOf(r.Context(), name)
	case "end":
		return s.logins.EndOf(r.Context(), name)
	case "enable":
		u.Disabled = false
		return s.Options.Store.PutUser(r.Context(), u)
	}
	return frame.BadAsk("没有这项操作。")
}

// demote gives a user another role, disables or removes them: none of it to the last who may undo it.
func (s *Pages) demote(r *http.Request, do string, u account.User, users []account.User) (err error) {
	name := u.Name
	switch do {
	case "role":
		if u.Role, u.Unit, err = s.roleOf(r); err != nil {
			return err
		}
	case "disable":
		u.Disabled = true
	}
	others := slices.ContainsFunc(users, func(x account.User) bool {
		return x.Role == string(account.Admin) && !x.Disabled && x.Name != name
	})
	if !others && (do != "role" || u.Role != string(account.Admin)) {
		return frame.BadAsk("“" + name + "”是最后一个能用的管理员，不能停用、删除或改作他用。请先添加另一个管理员。")
	}
	if do == "remove" {
		s.logins.Drop(name)
		return s.Options.Store.RemoveUser(r.Context(), name)
	}
	return errors.Join(s.Options.Store.PutUser(r.Context(), u), s.logins.EndOf(r.Context(), name))
}

// newUser reads a user that is to be added.
func (s *Pages) newUser(r *http.Request, name string, users []account.User) (u account.User, err error) {
	switch {
	case name == "":
		return u, frame.BadField("name", "请填写用户名。")
	case !account.Nameable(name):
		return u, frame.BadField("name", "用户名不能用：最多三十个汉字，不能有看不见的字符。")
	case slices.ContainsFunc(users, func(x account.User) bool { return x.Name == name }):
		return u, frame.BadField("name", "已有用户“"+name+"”。")
	}
	u = account.User{Name: name, Since: s.Options.Clock()}
	if u.Role, u.Unit, err = s.roleOf(r); err != nil {
		return u, err
	}
	if len(users) == 0 && u.Role != string(account.Admin) {
		return u, frame.BadField("role", "第一个用户须是管理员，否则没有人能进入设置。")
	}
	u.Hash, err = s.newHash(r)
	return u, err
}

func (s *Pages) roleOf(r *http.Request) (role, unit string, err error) {
	role, unit = r.PostForm.Get("role"), r.PostForm.Get("unit")
	if !slices.Contains(account.Roles(), account.Role(role)) {
		return "", "", frame.BadField("role", "请选择角色。")
	}
	if account.Role(role) != account.Submitter {
		return role, "", nil
	}
	if _, ok := s.ZoneOf().Submitter(unit); !ok {
		return "", "", frame.BadField("unit", "填报单位的用户要选单位。")
	}
	return role, unit, nil
}

func (s *Pages) newHash(r *http.Request) (string, error) {
	if r.PostForm.Get("password") != r.PostForm.Get("again") {
		return "", frame.BadField("again", "两次输入的密码不一样。")
	}
	defer s.logins.Turn()()
	hash, err := account.HashPassword(r.PostForm.Get("password"))
	if errors.Is(err, account.ErrShortPassword) {
		return "", frame.BadField("password", fmt.Sprintf("密码至少%d个字符。", account.LeastPassword))
	}
	return hash, err
}
