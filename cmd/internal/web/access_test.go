package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/entry"
	"taizhang/cmd/internal/web/frame"
	"taizhang/internal/state"
)

// cheap is the hash of a password at costs that tests can bear; HashPassword's own costs are tested once.
func cheap(password string) string {
	return account.HashAt(password, []byte("0123456789abcdef"), 1, 8, 1)
}

const password = "correct horse battery"

// withUsers declares a user of each role; a submitter of each of two units.
func withUsers(t testing.TB, dir string) *state.Store {
	t.Helper()
	f := usersOf(t, dir)
	for _, u := range []account.User{
		{Name: "smj-clerk", Role: string(account.Submitter), Unit: "smj"}, {Name: "cyj-clerk", Role: string(account.Submitter), Unit: "cyj"},
		{Name: "leader", Role: string(account.Leader)}, {Name: "analyst", Role: string(account.Analyst)}, {Name: "admin", Role: string(account.Admin)},
	} {
		u.Hash = cheap(password)
		if err := errors.Join(f.PutUser(t.Context(), u), f.AddToken(t.Context(), account.Token{ID: account.HashOfSecret("token of " + u.Name), User: u.Name})); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// as is the page as somebody sees it who has logged in.
func (x *site) as(name string) *site {
	x.t.Helper()
	y := *x
	y.client = newClient(x.t)
	if name != "" {
		if a := y.post("/login", url.Values{"name": {name}, "password": {password}, "to": {"/"}}); a.status != http.StatusSeeOther {
			x.t.Fatalf("%s can't log in: status %d", name, a.status)
		}
	}
	return &y
}

// TestAccess walks every route as every role, about its own unit, another's and a return that nobody sent. A route that
// is added is walked too.
func TestAccess(t *testing.T) {
	dir := copyZone(t)
	withUsers(t, dir)
	x := open(t, dir, func(o *Options) { o.Alone = false })
	admin := x.as("admin")
	returns := map[string]string{"smj": firstReturn(t, admin.page("/units/smj")), "cyj": firstReturn(t, admin.page("/units/cyj"))}
	secrets := map[string]string{"smj": "SM2022-", "cyj": "CY2022-"} // what only its own rows hold
	people := map[string]account.Person{"": {}, "smj-clerk": {Name: "smj-clerk", Role: account.Submitter, Unit: "smj"}, "leader": {Name: "leader", Role: account.Leader},
		"analyst": {Name: "analyst", Role: account.Analyst}, "admin": {Name: "admin", Role: account.Admin}}
	walked := 0
	for name, who := range people {
		y := x.as(name)
		for _, rt := range x.server.routes {
			method, pattern, _ := strings.Cut(rt.pattern, " ")
			for _, unit := range []string{"smj", "cyj"} {
				if rt.about == nil && unit == "cyj" {
					continue
				}
				path := strings.NewReplacer("{unit}", unit, "{return}", returns[unit], "{metric}", "closure_rate", "{draft}", "nosuch", "{result}", "nosuch", "{query}", "nosuch", "{file...}", "nosuch", "{file}", "nosuch", "{table}", "mart.metric", "{$}", "").Replace(pattern)
				if method != http.MethodGet && who.May(rt.may, unit) {
					continue // what it does is tested elsewhere
				}
				if rt.pattern == eventsPattern && who.May(rt.may, unit) {
					continue // it doesn't end
				}
				req, err := http.NewRequest(method, x.url+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				if rt.api && name != "" {
					req.Header.Set("Authorization", "Bearer token of "+name)
				}
				a := y.do(req)
				walked++
				where := fmt.Sprintf("%q: %s %s", name, method, path)
				if who.May(rt.may, unit) {
					if a.status >= 500 || a.status == http.StatusForbidden || a.status == http.StatusUnauthorized || strings.HasPrefix(a.header.Get("Location"), "/login") {
						t.Errorf("%s may, but gets status %d", where, a.status)
					}
				} else {
					if !slices.Contains([]int{http.StatusForbidden, http.StatusNotFound, http.StatusUnauthorized, http.StatusSeeOther}, a.status) {
						t.Errorf("%s may not, but gets status %d", where, a.status)
					}
					if name == "" && !rt.api && !strings.HasPrefix(a.header.Get("Location"), "/login") {
						t.Errorf("%s isn't led to the login: status %d, %s", where, a.status, a.header.Get("Location"))
					}
				}
				if who.Role == account.Submitter && strings.Contains(a.body, secrets["cyj"]) {
					t.Errorf("%s shows another unit's rows", where)
				}
			}
		}
	}
	if walked < 120 {
		t.Errorf("only %d requests were made", walked)
	}
}

// TestSubmitterSeesOnlyItsOwn: neither pages of another unit nor what they hold, whatever an address says; and what isn't
// there looks like what one may not see.
func TestSubmitterSeesOnlyItsOwn(t *testing.T) {
	dir := copyZone(t)
	withUsers(t, dir)
	x := open(t, dir, func(o *Options) { o.Alone = false })
	other := firstReturn(t, x.as("leader").page("/units/cyj"))
	clerk := x.as("smj-clerk")
	own := clerk.page("/units/smj")
	if strings.Contains(own, "产业局") || strings.Contains(own, `href="/figures`) || strings.Contains(own, `href="/query`) {
		t.Error("a submitter's page names another unit, or leads where it may not go")
	}
	sheet := clerk.page("/returns/" + firstReturn(t, own) + "/sheet?row=5")
	if !strings.Contains(sheet, "SM2022-") {
		t.Errorf("its own sheet isn't shown:\n%s", sheet)
	}
	gone := regexp.MustCompile(`(?s)<main.*</main>`)
	for _, pair := range [][2]string{{"/units/cyj", "/units/nosuch"}, {"/returns/" + other, "/returns/999999-1"}, {"/returns/" + other + "/receipt", "/returns/999999-1/receipt"},
		{"/returns/" + other + "/sheet?row=5", "/returns/999999-1/sheet?row=5"}, {"/returns/%20" + other, "/returns/999999-1"}, {"/units/CYJ", "/units/nosuch"}, {"/units/" + url.PathEscape("产业局"), "/units/nosuch"}} {
		a, b := clerk.get(pair[0]), clerk.get(pair[1])
		if a.status != http.StatusNotFound || b.status != http.StatusNotFound || gone.FindString(a.body) != gone.FindString(b.body) {
			t.Errorf("%s: status %d, %s: status %d", pair[0], a.status, pair[1], b.status)
		}
	}
	if a := clerk.get("/"); a.status != http.StatusSeeOther || a.header.Get("Location") != "/units/smj" {
		t.Errorf("the start: status %d", a.status)
	}
	if a := clerk.upload("/units/cyj/check", upload{"x.csv", []byte(faulty)}); a.status != http.StatusNotFound {
		t.Errorf("checking for another unit: status %d", a.status)
	}
	// A draft is its maker's alone.
	draft := clerk.upload("/units/smj/check", upload{"x.csv", []byte(faulty)}).header.Get("Location")
	if a := x.as("admin").get(draft); a.status != http.StatusNotFound {
		t.Errorf("another one's draft: status %d", a.status)
	}
}

// TestLogin: sessions end when they are idle or old, when one leaves, and when the password changes; guessing is stopped.
func TestLogin(t *testing.T) {
	dir := copyZone(t)
	store := withUsers(t, dir)
	now := testClock()
	x := open(t, dir, func(o *Options) { o.Alone = false; o.Clock = func() time.Time { return now } })
	leader := x.as("leader")
	in := func(y *site) bool { return y.get("/figures").status == http.StatusOK }
	if !in(leader) {
		t.Fatal("a leader who has logged in isn't let in")
	}
	now = now.Add(time.Hour)
	if !in(leader) {
		t.Error("after an hour it is over")
	}
	now = now.Add(account.IdleSession + time.Minute)
	if in(leader) {
		t.Error("an idle session goes on")
	}
	leader = x.as("leader")
	for range 13 {
		now = now.Add(time.Hour)
		in(leader)
	}
	if in(leader) {
		t.Error("a session goes on for ever")
	}
	leader = x.as("leader")
	second := x.as("leader")
	leader.post("/logout", nil)
	if in(leader) || !in(second) {
		t.Error("leaving doesn't end this session alone")
	}
	if err := store.PutUser(t.Context(), account.User{Name: "leader", Role: string(account.Leader), Hash: cheap(password), Since: now.Add(time.Second)}); err != nil {
		t.Fatal(err)
	}
	if in(second) {
		t.Error("a new password leaves old sessions open")
	}

	// The session is made by the login, not brought along.
	y := x.as("")
	req, _ := http.NewRequest(http.MethodPost, x.url+"/login", strings.NewReader(url.Values{"name": {"admin"}, "password": {password}}.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Cookie", entry.CookieName+"=chosen-by-somebody")
	a := y.do(req)
	set := a.header.Get("Set-Cookie")
	if strings.Contains(set, "chosen-by-somebody") || !strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Lax") {
		t.Errorf("the login sets %q", set)
	}
	sessions, err := store.Sessions(t.Context())
	if held, _, _ := strings.Cut(strings.TrimPrefix(set, entry.CookieName+"="), ";"); err != nil || held == "" || strings.Contains(fmt.Sprint(sessions), held) || !strings.Contains(fmt.Sprint(sessions), account.HashOfSecret(held)) {
		t.Errorf("the sessions hold what browsers hold (%v)", err)
	}

	guess := func(y *site, name string) answerOf {
		return y.post("/login", url.Values{"name": {name}, "password": {"wrong password"}})
	}
	for range account.MostFailures {
		if a := guess(y, "analyst"); a.status != http.StatusForbidden || !strings.Contains(a.body, "用户名或密码不对") {
			t.Errorf("a wrong password: status %d", a.status)
		}
	}
	if a := y.post("/login", url.Values{"name": {"analyst"}, "password": {password}}); a.status != http.StatusTooManyRequests {
		t.Errorf("the right password of a locked account: status %d", a.status)
	}
	now = now.Add(account.LockedFor)
	if a := y.post("/login", url.Values{"name": {"analyst"}, "password": {password}}); a.status != http.StatusSeeOther {
		t.Errorf("it stays locked: status %d", a.status)
	}
	for i := range account.MostFromOne {
		guess(y, fmt.Sprint("guess ", i))
	}
	if a := y.post("/login", url.Values{"name": {"admin"}, "password": {password}}); a.status != http.StatusTooManyRequests {
		t.Errorf("one computer may guess on: status %d", a.status)
	}
	for to, want := range map[string]string{"/figures?as_of=2022-08-01": "/figures?as_of=2022-08-01", "//evil.example/": "/", "https://evil.example/": "/", `/\evil.example`: "/", "javascript:alert(1)": "/", "": "/", "/a\r\nb": "/"} {
		if got := frame.LocalPath(to); got != want {
			t.Errorf("after the login %q leads to %q", to, got)
		}
	}
}

// TestPasswords: hashes are argon2id at the costs of RFC 9106, differ for one password, and match it alone.
func TestPasswords(t *testing.T) {
	a, err := account.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(a, "$argon2id$v=19$m=65536,t=3,p=4$") {
		t.Errorf("the hash is %s", a)
	}
	b, _ := account.HashPassword(password)
	if a == b {
		t.Error("one password has one hash")
	}
	if ok, err := account.Matches(a, password); !ok || err != nil {
		t.Errorf("it doesn't match: %v", err)
	}
	if ok, _ := account.Matches(a, password+"!"); ok {
		t.Error("another one matches")
	}
	if _, err := account.HashPassword("short"); err != account.ErrShortPassword {
		t.Errorf("a short one: %v", err)
	}
	for _, bad := range []string{"", "x", "$argon2id$v=19$m=99999999,t=3,p=4$AA$AA", "$argon2id$v=19$m=8,t=0,p=1$AA$AA", "$2a$10$x$x$x"} {
		if ok, err := account.Matches(bad, password); ok || err == nil {
			t.Errorf("%q is taken for a hash", bad)
		}
	}
}

// TestAloneOnThisComputer: without users whoever sits there is the operator, but no page from elsewhere reaches it under
// another name; once somebody is declared everybody logs in.
func TestAloneOnThisComputer(t *testing.T) {
	dir := copyZone(t)
	x := open(t, dir, nil)
	x.page("/runs")
	req, _ := http.NewRequest(http.MethodGet, x.url+"/", nil)
	req.Host = "evil.example"
	if a := x.do(req); a.status != http.StatusMisdirectedRequest || strings.Contains(a.body, "办结率") {
		t.Errorf("under another name: status %d", a.status)
	}
	req, _ = http.NewRequest(http.MethodPost, x.url+"/runs", nil)
	req.Header.Set("Origin", "http://evil.example")
	if a := x.do(req); a.status != http.StatusForbidden {
		t.Errorf("a form of another site: status %d", a.status)
	}
	req, _ = http.NewRequest(http.MethodPost, x.url+"/runs", nil)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if a := x.do(req); a.status != http.StatusForbidden {
		t.Errorf("a form of another site: status %d", a.status)
	}
	store := withUsers(t, dir)
	if a := x.get("/runs"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/login") {
		t.Errorf("with users declared: status %d", a.status)
	}
	// Nobody is the operator where the network reaches the page.
	for _, u := range []string{"smj-clerk", "cyj-clerk", "leader", "analyst", "admin"} {
		if err := store.RemoveUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	y := open(t, dir, func(o *Options) { o.Alone = false })
	if a := y.get("/runs"); a.status != http.StatusSeeOther {
		t.Errorf("on the network, without users: status %d", a.status)
	}
}

// TestAudit: it says who saw, sent and decided what, and names no private person.
func TestAudit(t *testing.T) {
	dir := copyZone(t)
	withUsers(t, dir)
	x := open(t, dir, func(o *Options) { o.Alone = false })
	admin := x.as("admin")
	admin.page("/figures/closure_rate")
	admin.post("/query", url.Values{"sql": {"select '430302198807153215' as id"}})
	admin.upload("/units/smj/check", upload{"张三430302198807153215.csv", []byte("x")})
	a := admin.get("/runs/audit")
	for _, want := range []string{`"who":"admin"`, `"role":"admin"`, `"did":"GET /figures/{metric}"`, `"what":"closure_rate`, `"did":"POST /query"`, `"unit":"smj"`, `"did":"POST /login"`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the audit lacks %s:\n%s", want, a.body)
		}
	}
	for _, bad := range []string{"430302198807153215", password} {
		if strings.Contains(a.body, bad) {
			t.Errorf("the audit holds %s", bad)
		}
	}
	if strings.Contains(x.log.String(), "430302198807153215") {
		t.Error("the log holds a number of a person")
	}
}

// TestUsersMoveIn: users of an earlier program's files may still log in, once; the files are gone. Where the state was
// damaged and set aside nobody is let in: the page doesn't take a zone whose users are lost for one without.
func TestUsersMoveIn(t *testing.T) {
	dir := copyZone(t)
	if err := os.MkdirAll(filepath.Join(dir, account.Folder), 0o700); err != nil {
		t.Fatal(err)
	}
	old := fmt.Sprintf(`[{"name":"chief","role":"admin","hash":%q,"since":"2022-08-01T00:00:00Z"}]`, cheap(password))
	for name, text := range map[string]string{"users.json": old, "sessions.json": "[]"} {
		if err := os.WriteFile(filepath.Join(dir, account.Folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	x := open(t, dir, nil)
	x.as("chief").page("/runs")
	for _, name := range []string{"users.json", "sessions.json"} {
		if isThere(filepath.Join(dir, account.Folder, name)) {
			t.Errorf("%s stays", name)
		}
	}
	if err := x.server.Options.Store.RemoveUser(t.Context(), "chief"); err != nil {
		t.Fatal(err)
	}
	x.page("/runs") // nobody is declared any more
	if err := os.WriteFile(filepath.Join(dir, state.FileName+".damaged-20220815T000000"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if a := x.get("/runs"); a.status != http.StatusForbidden || !strings.Contains(a.body, "taizhang doctor") {
		t.Errorf("the users are lost, and whoever asks gets status %d", a.status)
	}
}

// TestProxy: a header that names a user logs in from the proxies' addresses alone, once in a request, and only users of
// the zone; behind a proxy nobody is the operator for want of users.
func TestProxy(t *testing.T) {
	dir := copyZone(t)
	withUsers(t, dir)
	const header = "X-Remote-User"
	with := func(from ...string) *site {
		list, bad := account.ParseProxies(from)
		if bad != "" {
			t.Fatal(bad)
		}
		return open(t, dir, func(o *Options) { o.Proxy = account.Proxy{Header: header, From: list} })
	}
	ask := func(x *site, names ...string) int {
		req, _ := http.NewRequest(http.MethodGet, x.url+"/runs", nil)
		for _, n := range names {
			req.Header.Add(header, n)
		}
		return x.do(req).status
	}
	near := with("10.1.0.0/16", "127.0.0.1")
	for _, c := range []struct {
		x     *site
		names []string
		want  int
	}{
		{near, []string{"admin"}, http.StatusOK}, {near, []string{"leader"}, http.StatusForbidden}, {near, []string{"nobody"}, http.StatusSeeOther},
		{near, []string{"admin", "leader"}, http.StatusSeeOther}, {near, []string{"leader", "admin"}, http.StatusSeeOther}, {near, nil, http.StatusSeeOther}, {near, []string{""}, http.StatusSeeOther},
		{with("10.1.0.0/16"), []string{"admin"}, http.StatusSeeOther}, {open(t, dir, nil), []string{"admin"}, http.StatusSeeOther},
	} {
		if got := ask(c.x, c.names...); got != c.want {
			t.Errorf("%q: status %d, want %d", c.names, got, c.want)
		}
	}
	if _, bad := account.ParseProxies([]string{"10.1.0.0/16", "proxy.example"}); bad != "proxy.example" {
		t.Error("a name is taken for an address")
	}
	bare := open(t, copyZone(t), func(o *Options) { o.Proxy = account.Proxy{Header: header, From: near.server.Options.Proxy.From} })
	if got := ask(bare); got != http.StatusSeeOther {
		t.Errorf("without users, behind a proxy: status %d", got)
	}
}
