package web

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/entry"
	"taizhang/internal/state"
)

var heldToken = regexp.MustCompile(`<code class="secret">([A-Za-z0-9_-]{43})</code>`)

// ask is what a program gets that asks /api with a token.
func (x *site) ask(token string) answerOf {
	x.t.Helper()
	req, err := http.NewRequest(http.MethodGet, x.url+"/api/status", nil)
	if err != nil {
		x.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return x.do(req)
}

// TestTokens: an analyst makes a token on their own page, sees it once, sees when and from where it was used, and takes it
// back; it reads no more than its user may at that moment, ends on its day, and is nobody else's to see or take back.
func TestTokens(t *testing.T) {
	dir := copyZone(t)
	store := withUsers(t, dir)
	if err := store.RemoveTokensOf(t.Context(), "analyst"); err != nil {
		t.Fatal(err)
	}
	now := testClock()
	x := open(t, dir, func(o *Options) { o.Alone, o.Clock = false, func() time.Time { return now } })
	analyst := x.as("analyst")
	if page := analyst.page("/"); !strings.Contains(page, `href="/account"`) {
		t.Error("no page leads to one's own account")
	}
	form := url.Values{"do": {"make"}, "name": {"取数脚本430302198807153215"}, "days": {"30"}}
	a := analyst.post("/account", form)
	m := heldToken.FindStringSubmatch(a.body)
	if a.status != http.StatusOK || m == nil || !strings.Contains(a.body, "只显示这一次") || !strings.Contains(a.header.Get("Cache-Control"), "no-store") {
		t.Fatalf("status %d, %s\n%s", a.status, a.header, a.body)
	}
	held := m[1]
	page := analyst.page("/account")
	if strings.Contains(page, held) || !strings.Contains(page, "取数脚本") || !strings.Contains(page, "2022-09-14") || !strings.Contains(page, "还没有用过") {
		t.Errorf("the page shows the token again, or not what is known of it:\n%s", page)
	}
	if a := analyst.post("/account", form); a.status != http.StatusBadRequest || heldToken.MatchString(a.body) {
		t.Errorf("a page that is loaded again makes another token: status %d", a.status)
	}
	for _, bad := range []url.Values{{"do": {"make"}, "name": {" "}, "days": {"30"}}, {"do": {"make"}, "name": {"b"}, "days": {"36500"}}, {"do": {"make"}, "name": {"b"}}, {"do": {"make"}, "name": {"a\x1b[2Jb"}, "days": {"30"}}, {"do": {"nix"}}} {
		if a := analyst.post("/account", bad); a.status != http.StatusBadRequest || heldToken.MatchString(a.body) {
			t.Errorf("%v: status %d", bad, a.status)
		}
	}
	program := x.as("")
	if a := program.ask(held); a.status != http.StatusOK {
		t.Fatalf("with the token: status %d %s", a.status, a.body)
	}
	if page := analyst.page("/account"); !strings.Contains(page, "2022-08-15 15:00，127.0.0.1") {
		t.Errorf("the page doesn't say when it was used:\n%s", page)
	}
	if a := program.get("/account"); a.status != http.StatusSeeOther {
		t.Errorf("without a login: status %d", a.status)
	}
	id := regexp.MustCompile(`name="id" value="([0-9a-f]{64})"`).FindStringSubmatch(analyst.page("/account"))[1]
	revoke := url.Values{"do": {"revoke"}, "id": {id}}
	leader := x.as("leader")
	for _, y := range []*site{leader, x.as("admin"), x.as("smj-clerk")} {
		if page := y.page("/account"); strings.Contains(page, id) || strings.Contains(page, "4303") {
			t.Error("somebody else's token is shown")
		}
		if a := y.post("/account", revoke); a.status != http.StatusBadRequest || program.ask(held).status != http.StatusOK {
			t.Errorf("somebody else takes it back: status %d", a.status)
		}
	}
	if a := leader.post("/account", form); a.status != http.StatusForbidden || heldToken.MatchString(a.body) || strings.Contains(leader.page("/account"), "生成令牌") {
		t.Errorf("a leader makes a token: status %d", a.status)
	}
	for header, value := range map[string]string{"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"} {
		req, _ := http.NewRequest(http.MethodPost, x.url+"/account", strings.NewReader(url.Values{"do": {"make"}, "name": {"foe"}, "days": {"30"}}.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set(header, value)
		if a := analyst.do(req); a.status != http.StatusForbidden || strings.Contains(analyst.page("/account"), "foe") {
			t.Errorf("a form of another site makes a token: status %d", a.status)
		}
	}

	// It is bound to what its user may now.
	role := func(change func(u *account.User)) {
		users, err := store.Users(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range users {
			if u.Name == "analyst" {
				if change(&u); store.PutUser(t.Context(), u) != nil {
					t.Fatal("can't change the user")
				}
			}
		}
	}
	for want, change := range map[int]func(u *account.User){http.StatusForbidden: func(u *account.User) { u.Role, u.Unit = string(account.Submitter), "smj" }, http.StatusUnauthorized: func(u *account.User) { u.Disabled = true }} {
		role(change)
		if a := program.ask(held); a.status != want {
			t.Errorf("the token of a changed user: status %d, not %d", a.status, want)
		}
		role(func(u *account.User) { u.Role, u.Unit, u.Disabled = string(account.Analyst), "", false })
	}
	now = now.AddDate(0, 0, 30)
	if a := program.ask(held); a.status != http.StatusUnauthorized || !strings.Contains(a.body, "expired on 2022-09-14") {
		t.Errorf("after its last day: status %d %s", a.status, a.body)
	}
	analyst = x.as("analyst")
	if page := analyst.page("/account"); !strings.Contains(page, "已过期") {
		t.Error("it isn't said that it expired")
	}
	now = now.AddDate(0, 0, -10)
	analyst = x.as("analyst")
	if program.ask(held).status != http.StatusOK {
		t.Error("it ends before its last day")
	}
	if a := analyst.post("/account", revoke); a.status != http.StatusSeeOther || program.ask(held).status != http.StatusUnauthorized {
		t.Errorf("taken back, it opens /api still: status %d", a.status)
	}
	lines := x.as("admin").get("/runs/audit").body
	for _, want := range []string{`"what":"make token 取数脚本`, `"what":"revoke token 取数脚本`, `"did":"GET /api/status"`, `"token":"取数脚本`} {
		if !strings.Contains(lines, want) {
			t.Errorf("the audit lacks %s", want)
		}
	}
	content, err := os.ReadFile(filepath.Join(dir, state.FileName))
	if err != nil || strings.Contains(lines, held) || strings.Contains(string(content), held) || strings.Contains(lines, "430302198807153215") {
		t.Errorf("the audit or the state hold the token, or the audit a number of a person (%v)", err)
	}
	// As many as a user needs.
	for i := range entry.MostTokens + 1 {
		a := analyst.post("/account", url.Values{"do": {"make"}, "name": {strings.Repeat("x", i+1)}, "days": {"90"}})
		if want := map[bool]int{false: http.StatusOK, true: http.StatusBadRequest}[i == entry.MostTokens]; a.status != want {
			t.Errorf("token %d: status %d", i+1, a.status)
		}
	}
	// The operator of a zone without users needs none.
	y := open(t, copyZone(t), nil)
	if page := y.page("/account"); !strings.Contains(page, "不需要令牌") || y.post("/account", form).status != http.StatusBadRequest {
		t.Error("a zone without users makes tokens")
	}
}
