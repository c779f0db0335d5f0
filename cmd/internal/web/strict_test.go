package web

import (
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"taizhang/cmd/internal/papers"
	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/handing"
)

// TestOddRequests: what an address doesn't know is refused rather than answered with something else, a method that it doesn't
// know with those that it does; who isn't logged in learns of no address whether it is there.
func TestOddRequests(t *testing.T) {
	dir := copyZone(t)
	withUsers(t, dir)
	x := open(t, dir, func(o *Options) { o.Alone = false })
	leader := x.as("leader")
	ask := func(who *site, method, path string) answerOf {
		t.Helper()
		req, err := http.NewRequest(method, x.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		return who.do(req)
	}
	for path, allow := range map[string]string{"/returns": "GET, HEAD", "/runs": "GET, HEAD, POST", "/learn": "POST", "/returns/000001-1/decide": "POST"} {
		for _, method := range []string{"PUT", "DELETE", "OPTIONS", "PROPFIND"} {
			if a := ask(leader, method, path); a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != allow || !strings.Contains(a.body, "不能这样访问") {
				t.Errorf("%s %s: status %d, allowed %q", method, path, a.status, a.header.Get("Allow"))
			}
			if a := ask(x, method, path); a.status == http.StatusMethodNotAllowed || a.header.Get("Allow") != "" {
				t.Errorf("%s %s tells without a login: status %d", method, path, a.status)
			}
		}
	}
	here, gone := x.get("/returns"), x.get("/nosuch")
	if here.status != http.StatusSeeOther || gone.status != here.status {
		t.Errorf("without a login: status %d where something is, %d where nothing is", here.status, gone.status)
	}
	if a := leader.get("/nosuch"); a.status != http.StatusNotFound || !strings.Contains(a.body, `href="/returns"`) {
		t.Errorf("nothing leads on from where nothing is: status %d\n%s", a.status, a.body)
	}
	for _, path := range []string{"/figures/closure_rate?steet=" + url.QueryEscape("双马街道"), "/returns?state=mising", "/returns?by=unit", "/returns?stat=missing", "/returns?state=late&as=xlsx&x=1"} {
		if a := leader.get(path); a.status != http.StatusBadRequest || !strings.Contains(a.body, "写错了") {
			t.Errorf("%s is answered: status %d", path, a.status)
		}
	}
	for _, path := range []string{"/api/metrics?as_of=x", "/api/status?as_of=2022-02-31", "/api/returns?known_at=x"} {
		req, err := http.NewRequest(http.MethodGet, x.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer token of leader")
		if a := x.do(req); a.status != http.StatusBadRequest || !strings.Contains(a.body, "as_of reads a date") {
			t.Errorf("%s: status %d, %s", path, a.status, a.body)
		}
	}
	ask(x, http.MethodGet, "/"+strings.Repeat("a", 20_000))
	if err := x.server.Audit.Log.Sync(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, account.Folder, "audit.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		if len(line) > 2000 {
			t.Errorf("a stranger fills the disk with %d bytes of audit by a request", len(line))
		}
	}
}

// TestFilteredTableIsTaken: the table of a filtered page is the filtered one.
func TestFilteredTableIsTaken(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	all, late := x.page("/returns?as=csv"), x.page("/returns?state=late&as=csv")
	if n := strings.Count(late, "\n"); n < 2 || n >= strings.Count(all, "\n") || strings.Contains(late, "已报") || strings.Count(late, "迟报") != n-1 {
		t.Errorf("%s", late)
	}
}

// TestNamesOfUsers: nobody is called by what can't be seen or isn't text.
func TestNamesOfUsers(t *testing.T) {
	dir := copyZone(t)
	store := withUsers(t, dir)
	x := open(t, dir, func(o *Options) { o.Alone = false })
	admin := x.as("admin")
	for _, name := range []string{"\xff", "王\u200b", "王\u202e", "a\x00b", "a\nb", strings.Repeat("王", 40)} {
		a := admin.post("/settings/users", url.Values{"do": {"add"}, "name": {name}, "role": {"leader"}, "password": {password}, "again": {password}})
		if a.status != http.StatusBadRequest || !strings.Contains(a.body, "用户名不能用") {
			t.Errorf("%q: status %d", name, a.status)
		}
	}
	if list, err := store.Users(t.Context()); err != nil || len(list) != 5 {
		t.Errorf("%d users, %v", len(list), err)
	}
}

// TestFaultsOfQueries: what is wrong with a query is told in Chinese, its place marked in the line; the engine's words are there
// for who looks them up. A query that would end at what can't be seen isn't run.
func TestFaultsOfQueries(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	a := x.post("/query", url.Values{"sql": {"select 问题编号\nfrom 问题台账 where 街道 = '双马<b>'"}})
	for _, want := range []string{"没有列“街道”，相近的有：", "第2行：from 问题台账 where <mark>街道</mark> = &#39;双马&lt;b&gt;&#39;", "数据库原文", "Binder Error"} {
		if a.status != http.StatusBadRequest || !strings.Contains(a.body, want) {
			t.Errorf("status %d, without %q\n%s", a.status, want, a.body)
		}
	}
	if before, _, _ := strings.Cut(a.body, "数据库原文"); strings.Contains(before, "Error") {
		t.Error("English before what the engine says")
	}
	if a := x.post("/query", url.Values{"sql": {"select 1\x00 from nosuch"}}); a.status != http.StatusBadRequest || !strings.Contains(a.body, "看不见的字符") {
		t.Errorf("NUL: status %d\n%s", a.status, a.body)
	}
}

// TestPointsThatAreNot: a known-at time that hasn't come is answered with what there is, and said to be that; a row that a sheet
// doesn't have isn't shown as an empty sheet.
func TestPointsThatAreNot(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	for _, path := range []string{"/", "/figures/closure_rate", "/returns"} {
		now, later := x.page(path), x.page(path+"?known_at=2099-01-01")
		if !strings.Contains(later, "按现有数据") || strings.Contains(later, "数据版本 2099") || strings.Contains(later, "数据版本：2099") || strings.Contains(later, "历史视图") {
			t.Errorf("%s shows what nobody knows yet", path)
		}
		if strings.Contains(now, "按现有数据") {
			t.Errorf("%s is said to be of another time", path)
		}
	}
	if a := x.get("/api/metrics?metric=closure_rate&known_at=2099-01-01"); a.status != http.StatusOK || !strings.Contains(a.body, `"known_at": "2099-01-01T`) {
		t.Errorf("programs get another point than they asked for: %s", a.body)
	}
	id := firstReturn(t, x.page("/units/cyj"))
	if a := x.get("/returns/" + id + "/sheet?row=99999999"); a.status != http.StatusNotFound || !strings.Contains(a.body, "没有第99999999行") {
		t.Errorf("status %d\n%s", a.status, a.body)
	}
}

// TestNothingInEnglish: figures by form, what was owed, and what tables hold are told in Chinese.
func TestNothingInEnglish(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	for path, want := range map[string]string{
		"/figures/items_overdue": ">专项问题清单</a>", "/figures/items_overdue?form=special_item": "报表＝专项问题清单", "/figures/items_overdue?table=form&as=csv": "专项问题清单",
		"/figures/return_timeliness?since=2022-08-01": "<td data-label=\"编号\">问题台账 2022-W3", "/figures/return_timeliness?since=2022-08-01&table=moved&as=csv": "问题台账 2022-W3",
	} {
		page := x.page(path)
		if !strings.Contains(page, want) {
			t.Errorf("%s lacks %s", path, want)
		}
		for _, id := range []string{">special_item<", ">key_task<", "＝special_item", ",special_item,", ">problem 2022", ",problem 2022"} {
			if strings.Contains(page, id) {
				t.Errorf("%s says %s", path, id)
			}
		}
	}
}

// TestTablesInChinese: every table of the program is told of in Chinese.
func TestTablesInChinese(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	tables := regexp.MustCompile(`<code>([^<]+)</code></a> <span class="small">([^<]*)</span>`).FindAllStringSubmatch(x.page("/query"), -1)
	if len(tables) < 100 {
		t.Fatalf("%d tables", len(tables))
	}
	for _, m := range tables {
		if !regexp.MustCompile(`^[“（]?(?:\p{Han}|\d)`).MatchString(m[2]) {
			t.Errorf("%s is told as %q", m[1], m[2])
		}
	}
}

// TestLinksOfFigures: every part of a figure opens, also a month, which has no last week, and what there wasn't a week ago.
func TestLinksOfFigures(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	link := regexp.MustCompile(`<th scope="row"><a href="(/figures/[^"]+)"`)
	opened, months := 0, 0
	for _, metric := range []string{"closure_rate", "items_overdue", "return_timeliness", "incentive_paid", "positions_offered"} {
		last := map[string]string{} // of each dimension
		for _, m := range link.FindAllStringSubmatch(x.page("/figures/"+metric), -1) {
			to := html.UnescapeString(m[1])
			u, err := url.Parse(to)
			if err != nil {
				t.Fatal(err)
			}
			for d := range u.Query() {
				last[d] = to
			}
		}
		for d, to := range last {
			opened++
			if d == "month" {
				months++
			}
			if a := x.get(to); a.status != http.StatusOK || !strings.Contains(a.body, "只看") {
				t.Errorf("%s: status %d", to, a.status)
			}
		}
	}
	if opened < 15 || months < 3 {
		t.Errorf("%d parts were opened, %d of them months", opened, months)
	}
}

// TestPackedOnlyForWhoUnpacks: what is packed goes to those who say that they can unpack it.
func TestPackedOnlyForWhoUnpacks(t *testing.T) {
	for accepted, want := range map[string]bool{"": false, "gzip": true, "deflate, gzip;q=0.5, br": true, "gzip;q=0": false, "br, gzip; q=0.0": false, "xgzip": false, "gzip;q=1": true} {
		if frame.TakesGzip(accepted) != want {
			t.Errorf("%q: %v", accepted, !want)
		}
	}
}

// TestAnotherDateKeepsConditions: whoever looks at a part of a figure at another date goes on looking at that part.
func TestAnotherDateKeepsConditions(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	street := url.QueryEscape("双马街道")
	page := x.page("/figures/closure_rate?street=" + street + "&as_of=+2022-08-07+&page=1")
	if !strings.Contains(page, `<input type="hidden" name="street" value="双马街道">`) || !strings.Contains(page, `<a href="/figures/closure_rate?street=`+street+`">回到现在</a>`) || strings.Contains(page, `type="hidden" name="page"`) {
		t.Errorf("%.3000s", page)
	}
	if page := x.page("/returns?state=late&known_at=2022-08-14"); !strings.Contains(page, `<input type="hidden" name="state" value="late">`) {
		t.Errorf("%.3000s", page)
	}
}

// TestIssuedPapers: the weekly's one page is looked at as it was issued, in a sandbox; what was moved into the folder of its year
// is still there to be taken.
func TestIssuedPapers(t *testing.T) {
	dir := copyZone(t)
	x := open(t, dir, nil)
	if a := x.post("/papers", nil); a.status != http.StatusSeeOther {
		t.Fatalf("issue: status %d\n%s", a.status, a.body)
	}
	page := x.page("/papers")
	a := x.get(linkTo(t, page, "预览", ".html"))
	if policy := a.header.Get("Content-Security-Policy"); a.status != http.StatusOK || !strings.Contains(policy, "sandbox") || strings.Contains(policy, "script-src") || !strings.Contains(a.body, "<svg") {
		t.Errorf("status %d, %s", a.status, policy)
	}
	weekly := regexp.MustCompile(`href="(/papers/issued/[^"]*\.xlsx)"`).FindStringSubmatch(page)[1]
	z := x.server.ZoneOf()
	if n, err := papers.Shelve(t.Context(), z, testClock().AddDate(3, 0, 0)); err != nil || n == 0 {
		t.Fatalf("%d papers were moved, %v", n, err)
	}
	if page := x.page("/papers"); strings.Contains(page, "文件已不在") || !strings.Contains(page, "预览") {
		t.Errorf("papers of years ago aren't there:\n%s", page)
	}
	if a := x.get(weekly); a.status != http.StatusOK || !strings.HasPrefix(a.body, "PK") {
		t.Errorf("a weekly of years ago: status %d", a.status)
	}
}

// TestReturnsOfAnEarlierDay: a unit's page of an earlier day lists the returns up to that day, as `returns list --as-of` does.
func TestReturnsOfAnEarlierDay(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	listed := func(path string) []string {
		_, list, _ := strings.Cut(x.page(path), `id="h-history"`)
		return regexp.MustCompile(`href="/returns/\d+-\d+`).FindAllString(list, -1)
	}
	now, early := listed("/units/cyj"), listed("/units/cyj?as_of=2022-08-08")
	if len(early) == 0 || len(early) >= len(now) {
		t.Errorf("%d returns up to 2022-08-08, %d in all", len(early), len(now))
	}
	if page := x.page("/units/cyj?as_of=2020-01-01"); !strings.Contains(page, "到这一天还没有报送过") {
		t.Error("nothing is said of a day before the first return")
	}
}

// TestLongHistory: a unit's history has an end on the page, however long it is; what isn't shown is said, and is in the download.
func TestLongHistory(t *testing.T) {
	defer func(n int) { handing.HistoryMost = n }(handing.HistoryMost)
	handing.HistoryMost = 2
	x := open(t, copyZone(t), nil)
	page := x.page("/units/smj?all=1")
	more := regexp.MustCompile(`另有(\d+)份更早的，下载可见全部`).FindStringSubmatch(page)
	if more == nil || strings.Count(page, `<th scope="row"><a href="/returns/`) != 2 {
		t.Fatalf("%v: %s", more, page)
	}
	lines := strings.Count(strings.TrimSpace(x.page("/units/smj?as=csv")), "\n")
	if rest, _ := strconv.Atoi(more[1]); rest != lines-2 {
		t.Errorf("%d more are told of, the download holds %d", rest, lines)
	}
}
