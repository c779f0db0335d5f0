package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"taizhang/cmd/internal/web/asking"
	"taizhang/cmd/internal/web/running"
	"taizhang/internal/lang"
)

// TestLargeTexts: a result is bounded by what it takes, not by its rows alone, and so is its page; what is cut says so.
func TestLargeTexts(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	a := x.post("/query", url.Values{"sql": {"select repeat('字', 20000 + range::int) as v from range(3000)"}})
	if a.status != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", a.status, a.body)
	}
	page := x.page(a.header.Get("Location"))
	if len(page) > 12<<20 || !strings.Contains(page, "还有更多") {
		t.Errorf("the page has %d bytes", len(page))
	}
	kept := x.server.asking.Results.List[0]
	if kept.Size > asking.QueryBytes || len(kept.Table.Rows) < 100 || !strings.HasSuffix(kept.Table.Rows[0][0].(string), "……（共20000字）") {
		t.Errorf("%d rows of %d bytes are kept", len(kept.Table.Rows), kept.Size)
	}
	for range 20 {
		x.server.asking.Results.Keep(&asking.Asked{Who: "x", At: testClock(), Size: asking.QueryBytes})
	}
	if n := len(x.server.asking.Results.List); n > asking.ResultBytes/asking.QueryBytes {
		t.Errorf("%d results of that size are kept", n)
	}
}

// TestPageSpeaksChinese: what is wrong with a query is said in Chinese, and in words of the page.
func TestPageSpeaksChinese(t *testing.T) {
	lang.Speak(lang.English)
	defer lang.SpeakAsSystem()
	x := open(t, sharedZone(t), nil)
	for query, want := range map[string]string{"create table t as select 1": "网页点结果上方的“下载”", "select ?": "网页在“常用查询”里填写", "select 1; select 2": "这里只能执行一条 SELECT"} {
		a := x.post("/query", url.Values{"sql": {query}})
		if a.status != http.StatusBadRequest || !strings.Contains(a.body, want) {
			t.Errorf("%s: status %d, without %q\n%.1500s", query, a.status, want, a.body)
		}
	}
	for d, want := range map[time.Duration]string{200 * time.Millisecond: "0.2秒", 95 * time.Second: "1分35秒", 3*time.Hour + 5*time.Minute: "3小时5分"} {
		if got := running.TookWords(d); got != want {
			t.Errorf("%v is %s", d, got)
		}
	}
	if got := running.ByWords("watch"); got != "自动（收件箱有新文件）" {
		t.Errorf("watch is %s", got)
	}
	if a := x.get("/returns/%00"); a.status != http.StatusNotFound {
		t.Errorf("a return that can't be: status %d", a.status)
	}
}

// TestAnalyst asks, pages, takes the whole result along, and is told what is wrong; what was asked stands in no address.
func TestAnalyst(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	x.page("/figures/closure_rate?as_of=2022-08-01") // what it is computed with on the way is no table of the zone
	page := x.page("/query")
	if strings.Contains(page, "_core_") {
		t.Error("tables are listed that a figure of the past is computed with")
	}
	for _, want := range []string{"问题台账", "mart.metric_week", "统计结果", "@overdue", "所属街道"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if page := x.page(linkTo(t, page, "", "/query/tables/mart.metric_week")); !strings.Contains(page, "现在已知") || !strings.Contains(page, "dimension_value") {
		t.Error("the columns of a layer aren't explained")
	}
	ask := func(form url.Values) (string, answerOf) {
		a := x.post("/query", form)
		to := a.header.Get("Location")
		if a.status == http.StatusSeeOther && strings.ContainsAny(to, "?&") {
			t.Errorf("the query stands in the address %s", to)
		}
		return to, a
	}
	to, a := ask(url.Values{"sql": {"select 所属街道, count(*) as n, '<b>x</b>' as html from 问题台账 group by 1 order by 1"}})
	if a.status != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", a.status, a.body)
	}
	page = x.page(to)
	if !strings.Contains(page, "<td>双马街道</td><td class=\"num\">82</td><td>&lt;b&gt;x&lt;/b&gt;</td>") {
		t.Errorf("the result isn't shown:\n%s", page)
	}
	if !strings.Contains(page, "没有图：结果有2列不是数字（所属街道、html）") {
		t.Error("it isn't said why there is no chart")
	}
	to, _ = ask(url.Values{"sql": {"select 所属街道, count(*) as 件数 from 问题台账 group by 1 order by 1"}})
	if page := x.page(to); !strings.Contains(page, `<figure class="plot"><figcaption>件数（按所属街道）</figcaption><svg`) || !strings.Contains(page, "双马街道 82") {
		t.Errorf("a result of labels and numbers isn't drawn:\n%.3000s", page)
	}
	alone := x.get(to + "?as=html")
	for _, want := range []string{"<svg", "件数（按所属街道）", `<td>双马街道</td><td class="num">82</td>`, "group by 1 order by 1", "严禁处理涉密信息"} {
		if !strings.Contains(alone.body, want) {
			t.Errorf("the exported page lacks %q", want)
		}
	}
	if !strings.Contains(alone.header.Get("Content-Disposition"), "attachment") || strings.Contains(alone.body, "<script") || strings.Contains(alone.body, "src=") {
		t.Error("the exported page is shown by the browser in the place of this one, or isn't alone")
	}
	for sql, says := range map[string]string{"-- nothing": "没有写查询语句", "attach 'x.duckdb' as x": "网页点结果上方的“下载”"} {
		if _, a := ask(url.Values{"sql": {sql}}); a.status != http.StatusBadRequest || !strings.Contains(a.body, says) {
			t.Errorf("%s: status %d, not %q", sql, a.status, says)
		}
	}
	to, _ = ask(url.Values{"sql": {"select i, '=1+1' as f, date '2022-08-15' as d from range(12345) as r(i)"}})
	page = x.page(to)
	if !strings.Contains(page, "结果：10000行（还有更多，下载可得全部）") || !strings.Contains(page, "第1页，共100页") {
		t.Errorf("it isn't said that rows are left out:\n%.2000s", page)
	}
	if page = x.page(link(t, page, "下一页")); !strings.Contains(page, "<td class=\"num\">100</td>") || strings.Contains(page, "<td class=\"num\">99</td>") {
		t.Error("the second page doesn't follow the first")
	}
	csv := x.page(to + "?as=csv")
	if n := strings.Count(csv, "\n"); n != 12346 || !strings.Contains(csv, `"=""=1+1"""`) {
		t.Errorf("the whole result has %d lines: %.100s", n, csv)
	}
	if xlsx := x.page(to + "?as=xlsx"); !strings.HasPrefix(xlsx, "PK") {
		t.Error("it can't be taken as a workbook")
	}

	to, a = ask(url.Values{"saved": {"problems"}, "p-street": {"双马街道"}})
	if a.status != http.StatusSeeOther {
		t.Fatalf("a saved query: status %d\n%s", a.status, a.body)
	}
	if page := x.page(to); !strings.Contains(page, "@problems：82行") {
		t.Error("a saved query isn't held to its parameter")
	}
	// A saved query holds to the point that stands beside it, as one that was typed does.
	rows := regexp.MustCompile(`(?:@problems|结果)：(\d+)行`)
	var before []string
	for _, form := range []url.Values{{"saved": {"problems"}, "p-street": {"双马街道"}}, {"sql": {"select * from 问题台账 where 所属街道 = '双马街道'"}}} {
		form.Set("known_at", "2022-08-09 12:00")
		to, a := ask(form)
		if a.status != http.StatusSeeOther {
			t.Fatalf("known on an earlier day: status %d\n%s", a.status, a.body)
		}
		page := x.page(to)
		n := rows.FindStringSubmatch(page)
		if n == nil || n[1] == "82" || n[1] == "0" || !strings.Contains(page, "2022-08-09 12:00") {
			t.Errorf("a query of what was known on 9 August: %q, or its page doesn't say so\n%.3000s", n, page)
			continue
		}
		before = append(before, n[1])
	}
	if len(before) == 2 && before[0] != before[1] {
		t.Errorf("saved it gives %s rows, typed %s", before[0], before[1])
	}
	if _, a := ask(url.Values{"saved": {"problems"}, "known_at": {"gestern"}}); a.status != http.StatusBadRequest || !strings.Contains(a.body, "查询没有执行") {
		t.Errorf("known at no time: status %d", a.status)
	}
	for what, form := range map[string]url.Values{
		"nothing": {"sql": {" "}}, "a table that isn't there": {"sql": {"select * from nosuch"}}, "writing": {"sql": {"create table x as select 1"}},
		"a file": {"sql": {"select * from read_csv('/etc/passwd')"}}, "two statements": {"sql": {"select 1; select 2"}},
		"an unknown saved query": {"saved": {"../../taizhang"}}, "a wrong day": {"sql": {"select 1"}, "as_of": {"gestern"}},
	} {
		if _, a := ask(form); a.status != http.StatusBadRequest || !strings.Contains(a.body, "查询没有执行") || strings.Contains(a.body, "root:") {
			t.Errorf("%s: status %d", what, a.status)
		}
	}
	if a := x.get("/query/results/nosuch"); a.status != http.StatusNotFound {
		t.Errorf("a result that isn't there: status %d", a.status)
	}
}

// TestCancelledQuery: a query ends with the request of who doesn't wait for it any more.
func TestCancelledQuery(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	form := url.Values{"sql": {"select count(*) from range(1000000000000) as a(i), range(1000000) as b(j) where i % 7 = j % 11"}}
	req, err := http.NewRequest(http.MethodPost, x.url+"/query", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := *x.client
	client.Timeout = 500 * time.Millisecond
	if resp, err := client.Do(req); err == nil {
		resp.Body.Close()
		t.Fatalf("it ended by itself: status %d", resp.StatusCode)
	}
	limit := time.Now().Add(20 * time.Second)
	for len(x.server.asking.Asking) > 0 {
		if time.Now().After(limit) {
			t.Fatal("the query goes on")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// TestQueryAtWork: a query that takes its time shows that it is at work, how long already, and can be cancelled by whoever
// asked it alone; a quick one leads to its result from there.
func TestQueryAtWork(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	x.server.asking.Patience = 0
	to := func(a answerOf) string {
		t.Helper()
		at := a.header.Get("Location")
		if a.status != http.StatusSeeOther || !strings.HasPrefix(at, "/query/working/") {
			t.Fatalf("status %d, to %q\n%s", a.status, at, a.body)
		}
		return at
	}
	long := to(x.post("/query", url.Values{"sql": {"select count(*) as 很久 from range(1000000000000) as a(i), range(1000000) as b(j) where i % 7 = j % 11"}}))
	a := x.get(long)
	for _, want := range []string{"正在查询", "最多60秒", "取消查询", "as 很久"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("its page lacks %q\n%s", want, a.body)
		}
	}
	if !strings.Contains(a.body, `<noscript><meta http-equiv="refresh" content="2"></noscript>`) || strings.Contains(long, "select") {
		t.Errorf("the page isn't asked for again, or its address tells the query: %s", long)
	}
	a = x.post(long, nil)
	if a.status != http.StatusOK || !strings.Contains(a.body, "查询已取消") || !strings.Contains(a.body, "as 很久") || len(x.server.asking.Asking) > 0 {
		t.Errorf("cancelled: status %d, %d at work\n%s", a.status, len(x.server.asking.Asking), a.body)
	}
	if a := x.get("/query/working/nosuch"); a.status != http.StatusNotFound {
		t.Errorf("a query that isn't there: status %d", a.status)
	}
	for sql, want := range map[string]string{"select 42 as n": "/query/results/", "select nosuch": "查询没有执行"} {
		short := to(x.post("/query", url.Values{"sql": {sql}}))
		eventually(t, most, "it is never done", func() bool {
			a = x.get(short)
			return !strings.Contains(a.body, "data-again")
		})
		if !strings.Contains(a.header.Get("Location")+a.body, want) {
			t.Errorf("%s: status %d without %q\n%s", sql, a.status, want, a.body)
		}
	}
}

// TestAPI gives what the contract says, to those with a token.
func TestAPI(t *testing.T) {
	dir := copyZone(t)
	withUsers(t, dir)
	x := open(t, dir, func(o *Options) { o.Alone = false })
	ask := func(token, path string) (int, []map[string]any) {
		req, err := http.NewRequest(http.MethodGet, x.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		a := x.do(req)
		var out []map[string]any
		if a.status == http.StatusOK {
			if err := json.Unmarshal([]byte(a.body), &out); err != nil {
				t.Fatalf("%s: %v\n%s", path, err, a.body)
			}
		} else if !strings.Contains(a.body, `"error"`) {
			t.Errorf("%s: status %d without a reason: %s", path, a.status, a.body)
		}
		return a.status, out
	}
	for path, keys := range map[string]string{
		"/api/metrics?metric=closure_rate&by=street":                               "metric label unit value num den as_of known_at returns_expected returns_received rows_refused values_emptied street",
		"/api/trace?metric=closure_rate&where=street%3D" + url.QueryEscape("双马街道"): "return file archive submitter sheet row cells contributes contributes_den",
		"/api/status": "submitter form period due_at state",
		"/api/returns?submitter=cyj&form=" + url.QueryEscape("问题台账") + "&as_of=2022-08-15":      "return file submitter form period cutoff status rows rows_refused values_emptied errors warnings received_at due_at late superseded_by decision",
		"/api/metrics?metric=closure_rate,problems_closed&as_of=2022-08-08&known_at=2022-08-09": "metric value",
	} {
		status, list := ask("token of leader", path)
		if status != http.StatusOK || len(list) == 0 {
			t.Errorf("%s: status %d, %d objects", path, status, len(list))
			continue
		}
		for _, k := range strings.Fields(keys) {
			if _, ok := list[0][k]; !ok {
				t.Errorf("%s lacks the key %s", path, k)
			}
		}
	}
	for _, c := range []struct {
		token, path string
		status      int
	}{
		{"", "/api/status", 401}, {"guess", "/api/status", 401}, {"token of smj-clerk", "/api/status", 403},
		{"token of leader", "/api/metrics?metric=nosuch", 400}, {"token of leader", "/api/metrics?metrics=closure_rate", 400},
		{"token of leader", "/api/trace?metric=closure_rate&where=street%3Dnosuch", 400}, {"token of leader", "/api/returns?submitter=nosuch", 400},
		{"token of leader", "/api/returns?status=nosuch", 400}, {"token of leader", "/api/returns?period=nosuch", 400}, {"token of leader", "/api/status?period=2022-W99", 400},
		{"token of leader", "/api/status?all=maybe", 400}, {"token of leader", "/api/status?all=1&period=2022-W32", 200}, {"token of leader", "/api/nosuch", 404},
	} {
		if status, _ := ask(c.token, c.path); status != c.status {
			t.Errorf("%s with %q: status %d instead of %d", c.path, c.token, status, c.status)
		}
	}
}
