package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"taizhang/cmd/internal/web/account"
)

// TestOwnPassword: somebody changes their own password for the one they have; this browser stays logged in, other logins,
// tokens and the old password are over. Wrong guesses change nothing and lock the account.
func TestOwnPassword(t *testing.T) {
	dir := copyZone(t)
	withUsers(t, dir)
	now := testClock()
	x := open(t, dir, func(o *Options) { o.Alone, o.Clock = false, func() time.Time { return now } })
	clerk, elsewhere := x.as("smj-clerk"), x.as("smj-clerk")
	if page := clerk.page("/account"); !strings.Contains(page, "更改密码") || strings.Contains(page, `value="make"`) {
		t.Errorf("a clerk's own page:\n%s", page)
	}
	const next = "another one 2022"
	change := func(old, new, again string) answerOf {
		return clerk.post("/account", url.Values{"do": {"password"}, "now": {old}, "password": {new}, "again": {again}})
	}
	for says, a := range map[string]answerOf{
		"现在的密码不对": change("not it at all", next, next), "两次输入的密码不一样": change(password, next, next+"x"), "密码至少": change(password, "short", "short"),
	} {
		if a.status != http.StatusBadRequest || !strings.Contains(a.body, says) || strings.Contains(a.body, next) {
			t.Errorf("%s: status %d\n%s", says, a.status, a.body)
		}
	}
	now = now.Add(time.Minute)
	if a := change(password, next, next); a.status != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", a.status, a.body)
	}
	if page := clerk.page("/account?done=password"); !strings.Contains(page, "密码已更改") {
		t.Errorf("this browser isn't told, or logged in no more:\n%s", page)
	}
	if a := elsewhere.get("/account"); a.status != http.StatusSeeOther {
		t.Errorf("another login goes on: status %d", a.status)
	}
	if a := x.ask("token of smj-clerk"); a.status != http.StatusUnauthorized {
		t.Errorf("a token goes on: status %d", a.status)
	}
	login := func(with string) int {
		y := *x
		y.client = newClient(t)
		return y.post("/login", url.Values{"name": {"smj-clerk"}, "password": {with}, "to": {"/"}}).status
	}
	if old, new := login(password), login(next); old != http.StatusForbidden || new != http.StatusSeeOther {
		t.Errorf("the old password gives %d, the new one %d", old, new)
	}
	for range account.MostFailures {
		change("not it at all", next, next)
	}
	if a := change(next, password, password); a.status != http.StatusBadRequest || !strings.Contains(a.body, "密码错误次数过多") {
		t.Errorf("after many guesses: status %d\n%s", a.status, a.body)
	}

	list, _ := account.ParseProxies([]string{"127.0.0.1"})
	behind := open(t, dir, func(o *Options) { o.Proxy = account.Proxy{Header: "X-Remote-User", From: list} })
	ask := func(method, body string) answerOf {
		req, err := http.NewRequest(method, behind.url+"/account", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Remote-User", "leader")
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return behind.do(req)
	}
	if a := ask(http.MethodGet, ""); a.status != http.StatusOK || strings.Contains(a.body, "更改密码") {
		t.Errorf("whoever a proxy logs in is offered another password: status %d", a.status)
	}
	form := url.Values{"do": {"password"}, "now": {password}, "password": {next}, "again": {next}}
	if a := ask(http.MethodPost, form.Encode()); a.status != http.StatusBadRequest || !strings.Contains(a.body, "统一登录") {
		t.Errorf("whoever a proxy logs in changes a password: status %d", a.status)
	}
}
