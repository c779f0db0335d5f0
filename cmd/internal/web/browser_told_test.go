package web

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"taizhang/internal/tooltest"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// focus is what has the focus: its name, and the text of it.
const focus = `(e => e.className + ": " + e.innerText)(document.activeElement)`

// TestBrowserMistakes: whoever made a mistake is led to it, on every form: what is wrong has the focus and is read out first,
// the page's title says so, each mistake leads to its field, and the field says itself what is wrong with it. It needs no
// scripts.
func TestBrowserMistakes(t *testing.T) {
	tooltest.Thorough(t)
	start, _, _ := firstStart(t)
	dir := copyZone(t)
	withUsers(t, dir)
	x := open(t, dir, func(o *Options) { o.Alone = false })
	chief := x.as("admin")
	for _, c := range []struct {
		name      string
		x         *site
		open      string
		form      url.Values
		at        []string // fields that are led to
		heading   string
		linkWords string
	}{
		{"first start", start, "/", answers("zone", "", "units", " ", "owes-problem", "", "password", "short"), []string{"zone", "units", "owes-problem", "password"}, "请改正", "园区名称"},
		{"first start, due", start, "/", answers("due-problem", "irgendwann"), []string{"due-problem"}, "请改正", "irgendwann"},
		{"login", x, "/login", url.Values{"name": {"admin"}, "password": {"nonsense"}}, []string{"name"}, "没有登录", "用户名或密码不对"},
		{"user", chief, "/settings/users", url.Values{"do": {"add"}, "name": {"new"}, "role": {"submitter"}}, []string{"add-unit"}, "没有完成", "要选单位"},
		{"password of a user", chief, "/settings/users", url.Values{"do": {"password"}, "name": {"admin"}, "password": {password}, "again": {"x"}}, []string{"u4-again"}, "没有完成", "不一样"},
		{"own password", chief, "/account", url.Values{"do": {"password"}, "now": {"x"}, "password": {password}, "again": {password}}, []string{"password-now"}, "没有完成", "现在的密码不对"},
		{"token", chief, "/account", url.Values{"do": {"make"}, "name": {" "}, "days": {"90"}}, []string{"make-name"}, "没有完成", "哪个程序"},
		{"settings", chief, "/settings", url.Values{"mark": {formOf(t, chief.page("/settings"), "returns", "new").Get("mark")}, "part": {"returns"}, "item": {"new"}, "form": {"problem"}, "from": {""}, "due": {"irgendwann"}}, []string{"returns-new-from"}, "没有保存", "单位"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := browser(t, c.x, 1366, 768)
			b.carries(c.x)
			b.scripts(false)
			b.sends(c.open, c.form)
			b.mu.Lock()
			b.faults = without(b.faults, c.x.url) // that it is answered with 400 is what is wanted
			b.mu.Unlock()
			b.scripts(true)
			eventually(t, 10*time.Second, "what is wrong doesn't get the focus", func() bool { // a browser gives it once it draws the page
				has := tell[string](b, focus)
				return strings.HasPrefix(has, "errors: "+c.heading) && strings.Contains(has, c.linkWords)
			})
			if title := tell[string](b, `document.title`); !strings.HasPrefix(title, "没有完成：") {
				t.Errorf("the title is %q", title)
			}
			for _, at := range c.at {
				if !tell[bool](b, `(() => { const a = document.querySelector(".errors a[href='#`+at+`']"), f = document.getElementById("`+at+`"); if (!a || !f) return false; a.click();
					return f.offsetParent !== null && (f.type === "checkbox" || f.getAttribute("aria-invalid") === "true" && document.getElementById(f.getAttribute("aria-describedby")).innerText.length > 5) })()`) {
					t.Errorf("what is wrong with %s isn't led to, or not told there: %s", at, tell[string](b, `document.querySelector("main").innerHTML`))
				}
			}
			if c.name == "password of a user" && tell[string](b, `document.getElementById("add-name").value`) != "" {
				t.Error("the form for another user holds what was typed into this one's")
			}
			b.accessible(c.name)
			b.onPhone("mistake-" + strings.ReplaceAll(c.name, " ", "-"))
		})
	}
}

// carries gives the browser what a site's client holds: it is logged in as that one is.
func (b *tab) carries(x *site) {
	b.t.Helper()
	u, err := url.Parse(x.url)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range x.client.Jar.Cookies(u) {
		b.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: x.url})
			return err
		}))
	}
}

// sends has the browser send a form to an address, as a form of that page would.
func (b *tab) sends(path string, form url.Values) {
	b.t.Helper()
	b.scripts(true)
	b.open(path)
	fields := ""
	for name, values := range form {
		fields += `add(` + strconv.Quote(name) + `,` + strconv.Quote(values[0]) + `);`
	}
	tell[bool](b, `(() => { const f = document.createElement("form"); f.id = "sent"; f.method = "post"; f.action = `+strconv.Quote(path)+`;
		const add = (n, v) => { const i = document.createElement("input"); i.type = "hidden"; i.name = n; i.value = v; f.appendChild(i) };
		`+fields+`const go = document.createElement("button"); go.textContent = "送出"; f.appendChild(go); document.querySelector("main").prepend(f); return true })()`)
	b.scripts(false)
	b.click("送出")
}

// TestBrowserNews: what was published comes into the page that is open: what one has opened, and where one is, stays; it is
// said to those who only hear the page.
func TestBrowserNews(t *testing.T) {
	tooltest.Thorough(t)
	x := open(t, copyZone(t), nil)
	b := browser(t, x, 1366, 768)
	b.open("/units/cyj")
	tell[bool](b, `window.here = true; document.querySelector("#h-figures").closest("section").querySelector("details").open = true;
		window.at = document.querySelector("#h-history").closest("section").querySelector("tbody a"); at.focus(); window.was = at.innerText; true`)
	to := x.upload("/units/cyj/check", upload{"最新.csv", []byte(strings.ReplaceAll(mended, "政法办", "产业局"))}).header.Get("Location")
	x.post(to, nil)
	b.waits("最新.csv")
	for what, is := range map[string]string{
		"the page was loaded anew":       `window.here === true`,
		"what was open is closed":        `document.querySelector("#h-figures").closest("section").querySelector("details").open`,
		"the focus is elsewhere":         `document.activeElement === at && at.innerText === was`,
		"nobody says that it is another": `document.querySelector("[role=status]").innerText.includes("已更新")`,
		"a row stands there twice":       `(a => new Set(a).size === a.length)([...document.querySelectorAll("#h-history ~ div tbody th")].map(e => e.innerText))`,
	} {
		if !tell[bool](b, is) {
			t.Error(what)
		}
	}
	if shown, now := b.says(), x.page("/units/cyj"); !strings.Contains(now, "最新.csv") || strings.Contains(shown, "还没有报送过") {
		t.Errorf("it shows %s", shown)
	}
	file := filepath.Join(t.TempDir(), "问题台账.csv")
	if err := os.WriteFile(file, []byte(mended), 0o644); err != nil {
		t.Fatal(err)
	}
	b.isAsLoaded()
	// So does a figure, which is made a moment later; also where that moment passes while its page comes.
	b.open("/figures/problems_collected")
	b.wants("数据行（216）")
	tell[bool](b, `window.here = true`)
	to = x.upload("/units/zfb/check", upload{"政法.csv", []byte(mended)}).header.Get("Location")
	x.post(to, nil)
	b.waits("数据行（219）")
	if !tell[bool](b, `window.here === true`) || strings.Contains(b.says(), "正在计算") {
		t.Errorf("the page of the figure was loaded anew, or is still behind: %.300s", b.says())
	}
	b.isAsLoaded()
	x.post("/returns/"+regexp.MustCompile(`/returns/(\d{6}-1)"`).FindStringSubmatch(x.page("/units/zfb"))[1]+"/decide", url.Values{"kind": {"withdraw"}, "reason": {"试一试"}})
	b.open("/figures/problems_collected")
	b.waits("数据行（216）")
	b.open("/units/cyj")
	// Whoever types is not disturbed: they are told.
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#files"), []string{file}))
	tell[bool](b, `document.dispatchEvent(new Event("input"))`)
	to = x.upload("/units/smj/check", upload{"别的.csv", []byte(strings.ReplaceAll(mended, "政法办", "双马街道"))}).header.Get("Location")
	x.post(to, nil)
	b.waits("有新数据，点这里刷新")
	if n := tell[int](b, `document.querySelector("#files").files.length`); n != 1 {
		t.Errorf("%d files are left of what was chosen", n)
	}
}

// isAsLoaded wants the page, into which news came, to be what it would be if it were loaded now.
func (b *tab) isAsLoaded() {
	b.t.Helper()
	const differs = `fetch(location.href).then(r => r.text()).then(t => {
		const plain = d => { const m = d.body.cloneNode(true); m.querySelector("#told").replaceChildren(); m.querySelectorAll("details").forEach(x => x.removeAttribute("open")); m.removeAttribute("data-live"); return m };
		const a = plain(document), f = plain(new DOMParser().parseFromString(t, "text/html"));
		if (a.isEqualNode(f)) return "";
		const x = a.innerHTML, y = f.innerHTML;
		for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return x.slice(i - 80, i + 80) + " INSTEAD OF " + y.slice(i - 80, i + 80);
		return x.length + " " + y.length })`
	differing := ""
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) { // the last news may be on its way
		if differing = tell[string](b, differs, chromedp.EvalAwaitPromise); differing == "" {
			return
		}
	}
	b.t.Errorf("the page isn't what it is when it is loaded: %s", differing)
}

// TestBrowserWaits: whoever waits for what they handed in hears when it is done, on the same page.
func TestBrowserWaits(t *testing.T) {
	x := open(t, copyZone(t), nil)
	hold := make(chan struct{})
	x.server.Options.Service.(*testService).hold = hold
	to := x.upload("/units/zfb/check", upload{"问题台账.csv", []byte(mended)}).header.Get("Location")
	b := browser(t, x, 1366, 768)
	b.open(x.post(to, nil).header.Get("Location"))
	b.wants("已收下，正在处理")
	tell[bool](b, `window.here = true`)
	close(hold)
	b.waits("计入3行")
	for end := time.Now().Add(most); !tell[bool](b, `document.querySelector("[role=status]").innerText === "报送结果"`); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("nobody says that it is done: %s", tell[string](b, `document.querySelector("#told").outerHTML`))
		}
	}
	if !tell[bool](b, `window.here && document.title.startsWith("报送结果")`) {
		t.Errorf("the page was loaded anew, or is called %q", tell[string](b, `document.title`))
	}
}

// TestBrowserConflict: whoever saves settings that somebody else has changed meanwhile is shown both, at the field, and can
// go on from there: by sight, by ear, on a phone.
func TestBrowserConflict(t *testing.T) {
	tooltest.Thorough(t)
	x := open(t, copyZone(t), nil)
	b := browser(t, x, 1366, 768)
	b.open("/settings")
	const field = "units-0-aliases"
	tell[bool](b, `document.getElementById("`+field+`").closest("details").open = true`)
	if a := x.post("/settings", change{"units", "0", []string{"aliases", "别人的写法", "until", "2023-06-30", "merged_into", "财政局"}}.into(formOf(t, x.page("/settings"), "units", "0"))); a.status != 303 {
		t.Fatalf("the first isn't saved: status %d", a.status)
	}
	tell[bool](b, `(document.getElementById("`+field+`").value = "我的写法") !== ""`)
	b.clickOf(`//input[@id="` + field + `"]/ancestor::form//button[normalize-space()="保存"]`)
	b.mu.Lock()
	b.faults = without(b.faults, "/settings") // that it is answered with 409 is what is wanted
	b.mu.Unlock()
	b.wants("没有保存", "为免覆盖没有写入", "改成了“别人的写法”，再保存就改成您填的", "改成了“2023-06-30”，您没有改它")
	if has := tell[string](b, focus); !strings.HasPrefix(has, "errors: 没有保存") {
		t.Errorf("%q has the focus", has)
	}
	for _, w := range unheard(b.tree()) {
		t.Error(w)
	}
	b.accessible("conflict")
	b.picture("conflict")
	b.onPhone("conflict")
	if got := tell[string](b, `(f => f.value + " " + document.getElementById(f.getAttribute("aria-describedby")).innerText)(document.getElementById("`+field+`"))`); !strings.HasPrefix(got, "我的写法 您填写期间") {
		t.Errorf("the field says %q", got)
	}
	b.do(chromedp.Click(chromedp.CSS(`.errors a[href="#` + field + `"]`)))
	if got := tell[string](b, `document.activeElement.id`); got != field {
		t.Errorf("the mistake leads to %q", got)
	}
	b.clickOf(`//input[@id="` + field + `"]/ancestor::form//button[normalize-space()="保存"]`)
	b.wants("已保存")
	if u := x.server.ZoneOf().Submitters[0]; len(u.Aliases) != 1 || u.Aliases[0] != "我的写法" {
		t.Errorf("it is saved as %v", u)
	}
}
