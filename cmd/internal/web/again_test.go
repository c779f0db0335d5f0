package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/entry"
	"taizhang/internal/durable"
	"taizhang/internal/state"
	"taizhang/internal/tooltest"
)

// TestNothingIsToldBeforeTheLogin: whoever hasn't logged in can't find out what is there.
func TestNothingIsToldBeforeTheLogin(t *testing.T) {
	dir := copyZone(t)
	withUsers(t, dir)
	x := open(t, dir, func(o *Options) { o.Alone = false })
	id := firstReturn(t, x.as("admin").page("/units/smj"))
	for _, pair := range [][2]string{{"/units/smj", "/units/nosuch"}, {"/returns/" + id, "/returns/999999-1"}, {"/returns/" + id + "/receipt", "/returns/999999-1/receipt"}, {"/units/smj/template", "/units/nosuch/template"}} {
		here, gone := x.get(pair[0]), x.get(pair[1])
		if here.status != http.StatusSeeOther || gone.status != here.status || !strings.HasPrefix(gone.header.Get("Location"), "/login") {
			t.Errorf("%v: status %d and %d", pair, here.status, gone.status)
		}
	}
	if page := x.as("admin").get("/units/nosuch"); page.status != http.StatusNotFound {
		t.Errorf("whoever may read isn't told that it isn't there: status %d", page.status)
	}
}

// TestLoginEndsWhileTyping: what is sent after the login has ended is said not to be done; it is kept and can be sent by
// whoever typed it, and by nobody else.
func TestLoginEndsWhileTyping(t *testing.T) {
	dir := copyZone(t)
	withUsers(t, dir)
	now := testClock()
	x := open(t, dir, func(o *Options) { o.Alone, o.Clock = false, func() time.Time { return now } })
	clerk := x.as("smj-clerk")
	to := clerk.upload("/units/smj/check", upload{"问题台账.csv", []byte(strings.ReplaceAll(mended, "政法办", "双马街道"))}).header.Get("Location")
	now = now.Add(account.IdleSession - 30*time.Minute)
	open := clerk.page("/units/smj")
	if !strings.Contains(open, "还没有报送") || link(t, open, "问题台账.csv") != to {
		t.Errorf("the unit's page doesn't lead back to what was checked:\n%s", open)
	}
	if other := x.as("admin").page("/units/smj"); strings.Contains(other, to) {
		t.Error("somebody else's draft is shown")
	}
	now = now.Add(account.IdleSession + time.Minute)
	form := url.Values{"said-0123456789abcdef": {"时限以原件为准"}}
	a := clerk.post(to, form)
	login := a.header.Get("Location")
	if a.status != http.StatusSeeOther || !strings.HasPrefix(login, "/login?") {
		t.Fatalf("status %d, to %q", a.status, login)
	}
	if page := clerk.page(login); !strings.Contains(page, "登录已过期") || !strings.Contains(page, "没有提交") {
		t.Errorf("the login doesn't say that nothing was handed in:\n%s", page)
	}
	u, _ := url.Parse(login)
	unsent := u.Query().Get("to")
	if a := clerk.post("/login", url.Values{"name": {"smj-clerk"}, "password": {password}, "to": {unsent}}); a.header.Get("Location") != unsent {
		t.Fatalf("the login leads to %q", a.header.Get("Location"))
	}
	page := clerk.page(unsent)
	for _, want := range []string{"没有提交", "时限以原件为准", fmt.Sprintf("action=%q", to), `name="said-0123456789abcdef"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of what was typed lacks %q:\n%s", want, page)
		}
	}
	if a := x.as("smj-clerk").get(unsent); a.status != http.StatusSeeOther {
		t.Errorf("in another browser what was typed is shown: status %d", a.status)
	}
	foe := *x // fills in a form with a login that never was, for somebody else to send
	foe.client = newClient(t)
	req, _ := http.NewRequest(http.MethodPost, x.url+"/settings/users", strings.NewReader(url.Values{"do": {"role"}, "name": {"smj-clerk"}, "role": {"admin"}}.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Cookie", entry.CookieName+"=guess")
	if u, err := url.Parse(foe.do(req).header.Get("Location")); err != nil || !strings.HasPrefix(u.Query().Get("to"), "/unsent/") {
		t.Errorf("what was sent without a login leads to %v %v", u, err)
	} else if a := x.as("admin").get(u.Query().Get("to")); a.status != http.StatusSeeOther {
		t.Errorf("an admin is shown a form that somebody else filled in: status %d\n%s", a.status, a.body)
	}
	if a := x.as("cyj-clerk").get(unsent); a.status != http.StatusSeeOther {
		t.Errorf("somebody else sees what was typed: status %d", a.status)
	}
	now = now.Add(account.IdleSession + time.Minute)
	up := clerk.upload("/units/smj/check", upload{"问题台账.csv", []byte(mended)}).header.Get("Location")
	if page := clerk.page(up); !strings.Contains(page, "文件要重新选择") {
		t.Errorf("an upload that was not taken isn't told:\n%s", page)
	}
	admin := url.Values{"do": {"password"}, "name": {"leader"}, "password": {password}, "again": {password}}
	if to := clerk.post("/settings/users", admin).header.Get("Location"); strings.Contains(to, "unsent") {
		t.Errorf("a password is kept: %s", to)
	}
}

// TestUnsentOfOthers: whoever sends forms without a login, from however many computers, puts out nobody's whose login has
// just ended; and of two forms of one browser both can be sent.
func TestUnsentOfOthers(t *testing.T) {
	dir := copyZone(t)
	withUsers(t, dir)
	now := testClock()
	x := open(t, dir, func(o *Options) { o.Alone, o.Clock = false, func() time.Time { return now } })
	clerk := x.as("smj-clerk")
	now = now.Add(account.IdleSession + time.Minute)
	kept := func(y *site, word string) string {
		u, err := url.Parse(y.post("/units/smj/drafts/x", url.Values{"said-0123456789abcdef": {word}}).header.Get("Location"))
		if err != nil || !strings.HasPrefix(u.Query().Get("to"), "/unsent/") {
			t.Fatalf("what was typed isn't kept: %v %v", u, err)
		}
		return u.Query().Get("to")
	}
	first, second := kept(clerk, "第一份的说明"), kept(clerk, "第二份的说明")
	form := url.Values{"sql": {strings.Repeat("x", 1000)}}.Encode()
	for i := range 3 * entry.MostUnsent {
		req := httptest.NewRequest(http.MethodPost, "/query", strings.NewReader(form))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Cookie", entry.CookieName+"=guess")
		req.RemoteAddr = fmt.Sprintf("10.0.%d.%d:1", i%3, i/7%250)
		x.server.Handler().ServeHTTP(httptest.NewRecorder(), req)
	}
	strangers := map[string]int{}
	for _, f := range x.server.entry.Unsent.List {
		if f.Who == "" {
			strangers[f.From]++
			strangers[""]++
		}
	}
	for from, n := range strangers {
		if n > entry.MostStrangers || from != "" && n > entry.MostUnsentOf {
			t.Errorf("%d forms of %q are kept", n, from)
		}
	}
	if a := clerk.post("/login", url.Values{"name": {"smj-clerk"}, "password": {password}, "to": {first}}); a.header.Get("Location") != first {
		t.Fatalf("the login leads to %q", a.header.Get("Location"))
	}
	for at, word := range map[string]string{first: "第一份的说明", second: "第二份的说明"} {
		if page := clerk.page(at); !strings.Contains(page, word) {
			t.Errorf("%s can't be sent any more", word)
		}
	}
	for range entry.MostUnsentOf { // of one person too many: the oldest go
		now = now.Add(time.Second)
		x.server.entry.Unsent.Keep(nil, kindOf(form), &entry.UnsentForm{Who: "smj-clerk", At: now})
	}
	if a := clerk.get(first); a.status != http.StatusSeeOther || len(x.server.entry.Unsent.List) > entry.MostUnsent {
		t.Errorf("one person's forms are kept without end: status %d, %d kept", a.status, len(x.server.entry.Unsent.List))
	}
}

// kindOf is a request that sends a form.
func kindOf(form string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/query", strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// TestFullDiskLetsIn: on a full disk one still logs in and stays logged in, and wrong passwords go on being counted.
func TestFullDiskLetsIn(t *testing.T) {
	dir := copyZone(t)
	withUsers(t, dir)
	now := testClock()
	x := open(t, dir, func(o *Options) { o.Alone, o.Clock = false, func() time.Time { return now } })
	before := x.as("leader")
	restore := durable.SetHook(func(s durable.Step) error {
		if s.Op == durable.Begin && s.Path == state.FileName {
			return syscall.ENOSPC
		}
		return nil
	})
	defer restore()
	if err := x.server.Options.Store.Forgive(t.Context(), "x"); err == nil {
		t.Fatal("the state can be written: the test tries nothing")
	}
	now = now.Add(5 * time.Minute)
	before.page("/returns") // notes that it was seen
	admin := x.as("admin")
	admin.page("/runs")
	if a := admin.post("/logout", nil); a.status != http.StatusSeeOther {
		t.Errorf("logout: status %d", a.status)
	}
	if a := admin.get("/runs"); a.status != http.StatusSeeOther {
		t.Errorf("after the logout: status %d", a.status)
	}
	y := x.as("")
	wrong := url.Values{"name": {"analyst"}, "password": {"wrong"}}
	for i := range account.MostFailures + 1 {
		a := y.post("/login", wrong)
		if want := map[bool]int{false: http.StatusForbidden, true: http.StatusTooManyRequests}[i == account.MostFailures]; a.status != want {
			t.Errorf("wrong password %d: status %d, not %d", i+1, a.status, want)
		}
	}
}

// TestUnlock: an account that wrong passwords have locked is shown as that, and opened by whoever manages users: by a new
// password, or by itself. A token is taken back there too.
func TestUnlock(t *testing.T) {
	dir := copyZone(t)
	withUsers(t, dir)
	x := open(t, dir, func(o *Options) { o.Alone = false })
	admin := x.as("admin")
	lock := func() {
		for range account.MostFailures {
			x.post("/login", url.Values{"name": {"analyst"}, "password": {"wrong"}})
		}
		if a := x.post("/login", url.Values{"name": {"analyst"}, "password": {password}}); a.status != http.StatusTooManyRequests {
			t.Fatalf("it isn't locked: status %d", a.status)
		}
		if page := admin.page("/settings/users"); strings.Count(page, "锁定至") != 1 || !strings.Contains(page, "解除锁定") {
			t.Error("the page of users doesn't show who is locked")
		}
	}
	do := func(form url.Values) {
		t.Helper()
		form.Set("name", "analyst")
		if a := admin.post("/settings/users", form); a.status != http.StatusSeeOther {
			t.Fatalf("%v: status %d\n%s", form, a.status, a.body)
		}
	}
	lock()
	do(url.Values{"do": {"unlock"}})
	x.as("analyst")
	lock()
	const fresh = "a fresh password"
	do(url.Values{"do": {"password"}, "password": {fresh}, "again": {fresh}})
	if a := x.post("/login", url.Values{"name": {"analyst"}, "password": {fresh}, "to": {"/"}}); a.status != http.StatusSeeOther {
		t.Errorf("the new password isn't taken: status %d", a.status)
	}
	asks := func() int {
		req, _ := http.NewRequest(http.MethodGet, x.url+"/api/status", nil)
		req.Header.Set("Authorization", "Bearer token of analyst")
		return x.do(req).status
	}
	if got := asks(); got != http.StatusUnauthorized {
		t.Errorf("the token outlives the password: status %d", got)
	}
	if u, err := x.server.Options.Store.Users(t.Context()); err != nil || account.Role(u[3].Role) != account.Analyst {
		t.Errorf("%v, %v", u, err)
	}
}

// TestDecidedTwice: a decision that is sent twice is taken once, so that one undo takes it back.
func TestDecidedTwice(t *testing.T) {
	tooltest.Thorough(t)
	x := open(t, copyZone(t), nil)
	id := firstReturn(t, x.page("/units/smj"))
	decide := func(to string, pairs ...string) answerOf {
		form := url.Values{"reason": {"试"}}
		for i := 0; i < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		return x.post(to+"/decide", form)
	}
	for _, c := range []struct {
		to    string
		pairs []string
	}{{"/returns/" + id, []string{"kind", "withdraw"}}, {"/units/smj", []string{"kind", "waive", "form", "problem", "period", "2022-W40"}}, {"/units/smj", []string{"kind", "clear", "form", "problem"}}} {
		if a := decide(c.to, c.pairs...); a.status != http.StatusSeeOther {
			t.Fatalf("%v: status %d\n%s", c.pairs, a.status, a.body)
		}
		if a := decide(c.to, c.pairs...); a.status != http.StatusBadRequest || !strings.Contains(a.body, "已有这个决定") {
			t.Errorf("%v twice: status %d\n%s", c.pairs, a.status, a.body)
		}
	}
	if a := decide("/returns/"+id, "kind", "undo"); a.status != http.StatusSeeOther || strings.Contains(x.page("/returns/"+id), "已作废") {
		t.Errorf("one undo doesn't take it back: status %d", a.status)
	}
}

// TestAPIRefuses: what the API can't honour it refuses, and it says so to programs.
func TestAPIRefuses(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	for path, want := range map[string]int{"/api/returns?status=nix": 400, "/api/returns?period=nix": 400, "/api/status?period=2022-W99": 400, "/api/status?all=maybe": 400, "/api/nosuch": 404,
		"/api/status?all=1": 200, "/api/returns?status=rejected&period=2022-W31": 200} {
		a := x.get(path)
		if a.status != want || !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
			t.Errorf("%s: status %d, not %d, %s\n%.200s", path, a.status, want, a.header.Get("Content-Type"), a.body)
		}
	}
	if all, due := x.get("/api/status?all=1").body, x.get("/api/status").body; len(all) <= len(due) {
		t.Error("all=1 is not honoured")
	}
	if a := x.post("/api/metrics", nil); a.status != http.StatusMethodNotAllowed || !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
		t.Errorf("POST: status %d", a.status)
	}
}
