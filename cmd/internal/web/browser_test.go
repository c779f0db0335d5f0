package web

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"taizhang/internal/tooltest"
)

// tab is a tab of a real browser.
type tab struct {
	t   *testing.T
	x   *site
	ctx context.Context

	mu     sync.Mutex
	faults []string // what the browser complained about: broken policy, errors of scripts, dialogs
}

// browser opens a page's site in Chromium, at a width and height of a screen.
func browser(t *testing.T, x *site, width, height int64) *tab {
	t.Helper()
	exe := tooltest.Path(t, "chromium", "chromium")
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(exe), chromedp.UserDataDir(t.TempDir()), chromedp.Flag("lang", "zh-CN"), chromedp.Flag("force-prefers-reduced-motion", true))
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
	alloc, endAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, end := chromedp.NewContext(alloc)
	t.Cleanup(func() { end(); endAlloc() })
	b := &tab{t: t, x: x, ctx: ctx}
	if err := chromedp.Listen(ctx, b.hear); err != nil { // starts the browser
		t.Fatal(err)
	}
	b.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		if _, err := cdp.Call(ctx, tab, cdplog.Enable, cdp.Empty{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, tab, network.Enable, network.EnableParams{})
		return err
	}), chromedp.EmulateViewport(width, height))
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, f := range b.faults {
			t.Errorf("the browser complains: %s", f)
		}
	})
	return b
}

// hear notes what is wrong with a page, as the browser tells.
func (b *tab) hear(ev any) {
	fault := ""
	switch ev := ev.(type) {
	case *cdplog.EventEntryAdded:
		if ev.Entry.Level == cdplog.EntryLevelError {
			fault = ev.Entry.Text + " " + ev.Entry.URL
		}
	case *cdpruntime.EventExceptionThrown:
		fault = ev.ExceptionDetails.Text
		if x := ev.ExceptionDetails.Exception; x != nil {
			fault += " " + x.Description
		}
	case *page.EventJavascriptDialogOpening:
		fault = "a dialog: " + ev.Message
	case *network.EventRequestWillBeSent:
		if u := ev.Request.URL; !strings.HasPrefix(u, b.x.url) && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "about:") {
			fault = "it asks elsewhere: " + u
		}
	}
	if fault != "" {
		b.mu.Lock()
		b.faults = append(b.faults, fault)
		b.mu.Unlock()
	}
}

// most is how long a step may take: far more than it does, so that a busy machine fails no test.
const most = 40 * time.Second

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, most)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		text, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.body.innerText`))
		b.t.Fatalf("%v\nthe page says:\n%.3000s\n%s", err, text, b.x.log)
	}
}

// tell evaluates an expression in the page.
func tell[T any](b *tab, expression string, opts ...chromedp.EvaluateOption) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, most)
	defer cancel()
	for tries := 0; ; tries++ {
		v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, opts...))
		switch {
		case err == nil:
			return v
		case tries < 50 && betweenPages(err):
			time.Sleep(20 * time.Millisecond)
		default:
			b.t.Fatalf("%s: %v", expression, err)
		}
	}
}

// betweenPages reports whether an expression found a page that was being left for the next one, as pages with news and
// clicked forms do: asked in the very moment, the browser gives up its context or has no body yet.
func betweenPages(err error) bool {
	for _, said := range []string{"properties of null", "Inspected target navigated", "Execution context was destroyed", "Cannot find context"} {
		if strings.Contains(err.Error(), said) {
			return true
		}
	}
	return false
}

func (b *tab) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.x.url + path))
}

// click follows a link or button by its text, and waits for the page that it leads to.
func (b *tab) click(text string) {
	b.t.Helper()
	b.clickOf(`//a[normalize-space()='` + text + `'] | //button[normalize-space()='` + text + `']`)
}

func (b *tab) clickOf(xpath string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, most)
	defer cancel()
	for {
		_, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.Search(xpath), chromedp.NodeVisible))
		if err == nil {
			return
		}
		if ctx.Err() == nil && strings.Contains(err.Error(), "Could not find node") { // shown anew between the search and the click
			continue
		}
		b.t.Fatalf("click %s: %v\n%.2000s", xpath, err, b.says())
	}
}

// says is the text of the page.
func (b *tab) says() string {
	b.t.Helper()
	return tell[string](b, `document.body ? document.body.innerText : ""`)
}

func (b *tab) wants(texts ...string) {
	b.t.Helper()
	says := b.says()
	for _, want := range texts {
		if !strings.Contains(says, want) {
			b.t.Errorf("the page doesn't say %q:\n%.3000s", want, says)
		}
	}
}

// waits waits for the page to say something by itself.
func (b *tab) waits(text string) {
	b.t.Helper()
	for end := time.Now().Add(most); !strings.Contains(b.says(), text); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatalf("the page never says %q:\n%.3000s", text, b.says())
		}
	}
}

// inSight wants a cell to be seen whole within the box that scrolls its sheet.
func (b *tab) inSight(css string) {
	b.t.Helper()
	if !tell[bool](b, `(e => { const at = e.getBoundingClientRect(), room = e.closest(".scroll").getBoundingClientRect();
		return at.left >= room.left - 1 && at.right <= Math.min(room.right, innerWidth) + 1 })(document.querySelector("`+css+`"))`) {
		b.t.Errorf("one has to look for %s at %s", css, tell[string](b, `location.href`))
	}
}

// scripts turns the page's scripts on or off.
func (b *tab) scripts(on bool) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	}))
}

// picture keeps a picture of the page where TAIZHANG_PICTURES names a folder, to be looked at.
func (b *tab) picture(name string) {
	b.t.Helper()
	dir := os.Getenv("TAIZHANG_PICTURES")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// TestBrowserClerk: a clerk uploads a faulty workbook, reads the finding at its cell, hands in the mended one with a
// reason for what is doubted; what was typed into cells never runs.
func TestBrowserClerk(t *testing.T) {
	x := open(t, copyZone(t), nil)
	b := browser(t, x, 1366, 768)
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	b.open("/units/zfb")
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#files"), []string{put("问题台账.csv", faulty)}))
	b.click("检查")
	b.wants("还没有报送", "报送后：", "2022-02-31 没有这一天", "<script>alert(1)</script>路灯不亮")
	at := tell[string](b, `document.querySelector("td.error").title + " " + document.querySelector("td.error").innerText`)
	if !strings.HasPrefix(at, "K4 2022-02-31") {
		t.Errorf("the fault is marked at %q", at)
	}
	b.picture("check")
	b.do(chromedp.EmulateViewport(390, 844))
	b.open(tell[string](b, `location.pathname`))
	b.inSight("td.error")
	b.do(chromedp.EmulateViewport(1366, 768))
	b.do(chromedp.Click(chromedp.Search(`//li//a[normalize-space()='Sheet1!K4']`))) // what is said of a cell leads to it
	b.inSight("td.error")
	b.do(chromedp.Click(chromedp.CSS("td.error a"))) // the number in the cell leads to what is said of it
	finding := tell[string](b, `document.querySelector("li:target").innerText`)
	if !strings.Contains(finding, "2022年2月只有28天") {
		t.Errorf("the cell's number leads to %q", finding)
	}
	b.click("改好以后重新选择文件")
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#files"), []string{put("问题台账.csv", mended)}))
	b.click("检查")
	b.wants("1处请核实", "没有填错的，在下面写明原因", "报送后：已接收，有事项请核实")
	b.do(chromedp.SendKeys(chromedp.CSS(`input[name^="said-"]`), "经批准，补录的旧件"))
	b.clickOf(`//main//button[normalize-space()='报送']`)
	b.waits("已接收")
	b.wants("报送结果", "计入3行")
	b.picture("sent")
	b.click("看审核意见")
	b.wants("已说明", "补录的旧件")
	b.click("政法办")
	b.wants("问题台账.xlsx")
}

// TestBrowserLeader goes from the front page to the cell in four clicks, without scripts.
func TestBrowserLeader(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	b := browser(t, x, 1366, 768)
	b.scripts(false)
	b.open("/")
	b.picture("overview")
	b.click("办结率")
	b.picture("figure")
	b.clickOf(`//h3[starts-with(normalize-space(),'按街道')]/following-sibling::table//a[normalize-space()='双马街道']`)
	b.do(chromedp.EmulateViewport(768, 1024))
	b.click("CY2022-001")
	b.picture("sheet")
	b.clickOf(`//td[@class='mark']/a`)
	b.scripts(true)
	b.inSight("#L4")
	b.wants("单元格 L4", "影响的指标", "办结率", "产品外销物流受阻")
	at := tell[string](b, `location.pathname + location.search`)
	for _, width := range []int64{1366, 390} { // the cell is in sight without a search for it
		phone := browser(t, x, width, 844)
		phone.open(at)
		if hidden := tell[float64](phone, `(() => { const c = document.querySelector("td.mark").getBoundingClientRect(), s = document.querySelector("td.mark").closest(".scroll").getBoundingClientRect(); return Math.max(c.right - s.right, s.left - c.left) })()`); hidden > 1 {
			t.Errorf("at %d pixels the marked cell lies %.0f pixels outside of what is shown", width, hidden)
		}
	}
}

// TestBrowserLive: what somebody else hands in stands on an open page within two seconds.
func TestBrowserLive(t *testing.T) {
	tooltest.Thorough(t)
	x := open(t, copyZone(t), nil)
	b := browser(t, x, 1366, 768)
	b.open("/units/zfb")
	if strings.Contains(b.says(), "问题台账.csv") {
		t.Fatal("it is there already")
	}
	to := x.upload("/units/zfb/check", upload{"问题台账.csv", []byte(mended)}).header.Get("Location")
	x.post(to, nil) // it returns when the run has published
	limit := time.Now().Add(10 * time.Second)
	for {
		text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.body ? document.body.innerText : ""`))
		if err == nil && strings.Contains(text, "问题台账.csv") {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("the page doesn't show it: %v\n%.2000s", err, text)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// fits says of a page what doesn't fit the screen, what can be done there only after pushing a table aside (the sender's
// sheet and a query's result are as wide as they are), what has no name for those who can't see it, or too little contrast.
const fits = `(() => {
	const out = [];
	const opened = [...document.querySelectorAll("details:not([open])")];
	opened.forEach(d => d.open = true);
	for (const e of document.querySelectorAll(".scroll a,.scroll button,.scroll input:not([type=hidden]),.scroll select,.scroll summary")) {
		const box = e.closest(".scroll"), at = e.getBoundingClientRect(), room = box.getBoundingClientRect();
		if (!box.matches(".result") && !box.querySelector(".sheet") && at.width && at.right > room.right + 1) out.push("out of sight: " + (e.textContent.trim() || e.name));
	}
	opened.forEach(d => d.open = false);
	if (document.documentElement.scrollWidth > document.documentElement.clientWidth) out.push("wider than the screen: " + document.documentElement.scrollWidth);
	for (const e of document.querySelectorAll("input:not([type=hidden]),select,textarea")) {
		if (!e.labels.length && !e.getAttribute("aria-label")) out.push("no label: " + e.outerHTML);
	}
	for (const e of document.querySelectorAll("a,button")) {
		if (!e.textContent.trim() && !e.getAttribute("aria-label")) out.push("no name: " + e.outerHTML);
	}
	if (document.querySelectorAll("main").length !== 1 || document.querySelectorAll("h1").length !== 1) out.push("not one main and one h1");
	const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
	if (new Set(ids).size !== ids.length) out.push("an id twice");
	const rgb = s => (s.match(/[\d.]+/g) || []).map(Number);
	const lum = c => { const [r, g, b] = c.map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
	const seen = new Set();
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n; n = walk.nextNode();) {
		const e = n.parentElement;
		if (!n.data.trim() || !e.offsetParent || e.closest("svg,.off,.skip")) continue;
		let bg = [255, 255, 255];
		for (let p = e; p; p = p.parentElement) {
			const c = rgb(getComputedStyle(p).backgroundColor);
			if (c.length === 3 || c[3] === 1) { bg = c.slice(0, 3); break; }
		}
		const fg = rgb(getComputedStyle(e).color).slice(0, 3);
		const [a, b] = [lum(fg), lum(bg)].sort((x, y) => y - x);
		const ratio = (a + 0.05) / (b + 0.05);
		const key = fg + "/" + bg;
		if (ratio < 4.5 && !seen.has(key)) { seen.add(key); out.push("contrast " + ratio.toFixed(1) + ": " + n.data.trim().slice(0, 20)); }
	}
	return out;
})()`

// onPhone looks at the page as it is now on a phone's screen.
func (b *tab) onPhone(name string) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(390, 844))
	for _, w := range tell[[]string](b, fits) {
		b.t.Errorf("%s on a phone: %s", name, w)
	}
	b.picture(name + "-390")
	b.do(chromedp.EmulateViewport(1366, 768))
}

// TestBrowserFits looks at every page on a desk's, a small and a phone's screen.
func TestBrowserFits(t *testing.T) {
	tooltest.Thorough(t)
	x := open(t, sharedZone(t), nil)
	id := firstReturn(t, x.page("/units/cyj"))
	draft := x.upload("/units/smj/check", upload{"问题台账.csv", []byte(faulty)}).header.Get("Location")
	result := x.post("/query", url.Values{"sql": {"select * from 问题台账"}}).header.Get("Location")
	pages := map[string]string{"overview": "/", "figures": "/figures", "figure": "/figures/closure_rate?street=" + url.QueryEscape("双马街道"), "debts": "/figures/return_timeliness", "returns": "/returns", "byform": "/returns?by=form",
		"unit": "/units/cyj", "return": "/returns/" + id, "sheet": "/returns/" + id + "/sheet?row=5&cells=L5&cell=L5", "check": draft, "query": "/query", "result": result, "papers": "/papers", "runs": "/runs", "settings": "/settings", "people": "/settings/users", "error": "/nosuch"}
	b := browser(t, x, 1366, 768)
	for name, path := range pages {
		b.open(path)
		for _, size := range [][2]int64{{1366, 768}, {768, 1024}, {600, 960}, {390, 844}} {
			b.do(chromedp.EmulateViewport(size[0], size[1]))
			for _, w := range tell[[]string](b, fits) {
				t.Errorf("%s at %d: %s", name, size[0], w)
			}
			b.picture(fmt.Sprint(name, "-", size[0]))
		}
		b.accessible(name)
	}
	b.mu.Lock()
	b.faults = without(b.faults, "/nosuch") // it isn't there
	b.mu.Unlock()
}

// accessible has axe-core look at the page as it is now, opened out: labels, landmarks, contrast (4.5 at least), order. The
// file is axe.min.js of the npm package axe-core 4.14.1 as it was published (MPL-2.0, its licence lies beside it).
func (b *tab) accessible(name string) {
	b.t.Helper()
	script, err := os.ReadFile(filepath.Join("testdata", "axe", "axe.min.js"))
	if err != nil {
		b.t.Fatal(err)
	}
	if sum := fmt.Sprintf("%x", sha256.Sum256(script)); sum != axeHash {
		b.t.Fatalf("axe.min.js isn't what was published: %s", sum)
	}
	tell[bool](b, string(script)+`; document.querySelectorAll("details").forEach(d => d.open = true); true`)
	for _, v := range tell[[]string](b, axeRun, chromedp.EvalAwaitPromise) {
		b.t.Errorf("%s: %s", name, v)
	}
}

const (
	axeHash = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
	axeRun  = `axe.run(document, {resultTypes: ["violations"]}).then(r => r.passes.length < 10 ? ["axe looked at " + r.passes.length + " rules"] : r.violations.filter(v => v.impact === "serious" || v.impact === "critical")
		.map(v => v.impact + " " + v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + " " + n.failureSummary.replaceAll("\n", " ").slice(0, 200)).join(" | ")))`
)

func without(list []string, what string) (out []string) {
	for _, s := range list {
		if !strings.Contains(s, what) {
			out = append(out, s)
		}
	}
	return out
}
