package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"taizhang/cmd/internal/web/frame"
)

// TestFourClicks: a leader goes from the front page's closure rate to the very cell that somebody typed.
func TestFourClicks(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	front := x.page("/")
	for _, want := range []string{"需要关注", "办结率", "82.9%", "严禁处理涉密信息", "179/216", "<svg"} {
		if !strings.Contains(front, want) {
			t.Errorf("the front page lacks %q", want)
		}
	}
	figure := x.page(link(t, front, "办结率")) // 1
	for _, want := range []string{"82.9%", "已办结问题数÷收集问题数", "按街道", "当时已知", "数据行（216）"} {
		if !strings.Contains(figure, want) {
			t.Errorf("the figure's page lacks %q", want)
		}
	}
	part := x.page(linkTo(t, figure, "双马街道", "street=")) // 2
	if !strings.Contains(part, "70/82") || !strings.Contains(part, "数据行（82）") {
		t.Errorf("the figure of a street isn't what its rows make")
	}
	sheet := x.page(link(t, part, "CY2022-001")) // 3
	if !regexp.MustCompile(`<td class="mark" id="L4" title="L4"><a href="[^"]*">已办结</a>`).MatchString(sheet) || !strings.Contains(sheet, "产品外销物流受阻") {
		t.Errorf("the cell that the figure reads isn't marked in the sender's sheet:\n%s", sheet)
	}
	cell := x.page(link(t, sheet, "已办结")) // 4
	if !strings.Contains(cell, "影响的指标") || !strings.Contains(cell, "按期办结率") {
		t.Errorf("the page doesn't say what the cell feeds")
	}
	if page := x.page(strings.Replace(link(t, sheet, "已办结"), "cell=L4", "cell=ZZ4", 1)); !strings.Contains(page, "ZZ列没有作为数据读取") {
		t.Errorf("a cell that feeds nothing isn't told in Chinese")
	}
}

// TestPointInTheAddress: a page of another point says so, and its links lead to pages of that point.
func TestPointInTheAddress(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	page := x.page("/figures/closure_rate?as_of=2022-08-08&known_at=" + url.QueryEscape("2022-08-09 12:00"))
	if !strings.Contains(page, "历史视图") || !strings.Contains(page, "截至2022-08-08") || !strings.Contains(page, "数据版本 2022-08-09 12:00") {
		t.Error("a page of an earlier point doesn't say that it is one")
	}
	if to := linkTo(t, page, "双马街道", "street="); !strings.Contains(to, "as_of=2022-08-08") || !strings.Contains(to, "known_at=2022-08-09+12") {
		t.Errorf("a link from it leads to %s", to)
	}
	if strings.Contains(page, "82.9%") {
		t.Error("the earlier figure is the present one")
	}
	for _, bad := range []string{"as_of=gestern", "as_of=2099-01-01", "known_at=x", "since=x", "street=" + url.QueryEscape("没有这条街")} {
		if a := x.get("/figures/closure_rate?" + bad); a.status != http.StatusBadRequest || !strings.Contains(a.body, "不能这样做") {
			t.Errorf("%s: status %d", bad, a.status)
		}
	}
}

// TestTablesAreTaken: every table can be taken along whole, and what Excel would run is quoted.
func TestTablesAreTaken(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	a := x.get("/figures/closure_rate?table=rows&as=csv")
	if n := strings.Count(a.body, "\n"); n != 217 || !strings.HasPrefix(a.body, "\ufeff报送编号,") {
		t.Errorf("the rows as CSV have %d lines: %.100s", n, a.body)
	}
	if d := a.header.Get("Content-Disposition"); !strings.Contains(d, "attachment") || strings.ContainsAny(d, "\r\n") {
		t.Errorf("it is sent as %q", d)
	}
	for _, path := range []string{"/figures?as=xlsx", "/figures/closure_rate?table=street&as=xlsx", "/figures/closure_rate?table=weeks&as=xlsx", "/figures/closure_rate?table=moved&as=xlsx",
		"/returns?as=xlsx", "/units/cyj?as=xlsx&table=history"} {
		if a := x.get(path); a.status != http.StatusOK || !strings.HasPrefix(a.body, "PK") {
			t.Errorf("%s: status %d, %.40q", path, a.status, a.body)
		}
	}
	if a := x.get("/figures/closure_rate?table=nosuch&as=csv"); a.status != http.StatusBadRequest {
		t.Errorf("a table that isn't there: status %d", a.status)
	}
}

// TestEveryPage: pages come with the policy that forbids what they didn't bring, and hold no script and style of their own.
func TestEveryPage(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	for _, path := range []string{"/", "/figures", "/figures/closure_rate", "/figures/return_timeliness", "/figures/incentive_paid", "/figures/closure_rate?street=&department=" + url.QueryEscape("建设局"), "/returns", "/returns?by=form&state=late",
		"/units/cyj", "/units/smj?all=1", "/query", "/query/tables/main.问题台账", "/query/tables/mart.metric_week", "/papers", "/runs", "/nosuch", "/figures/nosuch", "/returns/nosuch", "/units/nosuch"} {
		a := x.get(path)
		want := http.StatusOK
		if strings.Contains(path, "nosuch") {
			want = http.StatusNotFound
		}
		if a.status != want {
			t.Errorf("%s: status %d\n%s", path, a.status, x.log)
		}
		csp := a.header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
		for _, bad := range []string{" style=", "<style", " onclick", "javascript:", "http://", "https://", "<no value>", "%!"} {
			if strings.Contains(a.body, bad) {
				t.Errorf("%s holds %q", path, bad)
			}
		}
		scripts := []string{"page.js"}
		if path == "/query" {
			scripts = append(scripts, "query.js", "editor.js")
		}
		for _, s := range scripts {
			if !strings.Contains(a.body, `<script src="`+frame.AssetAddress(s)+`" defer></script>`) {
				t.Errorf("%s lacks %s", path, s)
			}
		}
		if strings.Count(a.body, "<script") != len(scripts) {
			t.Errorf("%s has other scripts than the page's", path)
		}
		for _, want := range []string{`lang="zh-CN"`, `<main id="main"`, `href="#main"`, "严禁处理涉密信息"} {
			if !strings.Contains(a.body, want) {
				t.Errorf("%s lacks %s", path, want)
			}
		}
		if len(a.body) > 150<<10 {
			t.Errorf("%s has %d bytes", path, len(a.body))
		}
	}
	if a := x.get("/assets/page.css"); a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/css") {
		t.Errorf("the style sheet: %d", a.status)
	}
	for _, path := range []string{"/assets/..%2fserver.go", "/assets/", "/assets/..%2f..%2ftaizhang.yaml"} {
		if a := x.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s: status %d", path, a.status)
		}
	}
}

// TestIcon: a browser gets the icon by its old name too, also before anybody is logged in and before there is a zone; every
// page names it.
func TestIcon(t *testing.T) {
	dir := copyZone(t)
	withUsers(t, dir)
	first, _, _ := firstStart(t)
	for name, x := range map[string]*site{"a login": open(t, dir, nil), "the first start": first} {
		if a := x.get("/favicon.ico"); a.status != http.StatusOK || a.header.Get("Content-Type") != "image/svg+xml" || !strings.HasPrefix(a.body, "<svg") {
			t.Errorf("%s: status %d, %s", name, a.status, a.header.Get("Content-Type"))
		}
		for _, p := range []string{"/", "/login"} {
			page := x.get(p)
			if to := page.header.Get("Location"); page.status == http.StatusSeeOther {
				page = x.get(to)
			}
			m := regexp.MustCompile(`<link rel="icon" href="([^"]+)"`).FindStringSubmatch(page.body)
			if m == nil || x.get(html.UnescapeString(m[1])).status != http.StatusOK {
				t.Errorf("%s: %s names no icon that there is: %q", name, p, m)
			}
		}
	}
}
