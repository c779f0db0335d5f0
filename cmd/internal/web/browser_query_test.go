package web

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taizhang/cmd/internal/web/asking"
	"taizhang/cmd/internal/web/frame"
	"taizhang/internal/tooltest"

	"github.com/chromedp/chromedp"
)

// TestBrowserQueryStops: a query at work says how far it is, once and without being loaded anew; stopped, it ends on the
// server too, and the page can be asked again.
func TestBrowserQueryStops(t *testing.T) {
	begun := time.Now()
	x := open(t, sharedZone(t), func(o *Options) { o.Clock = func() time.Time { return testClock().Add(time.Since(begun)) } })
	x.server.asking.Patience = 300 * time.Millisecond
	b := browser(t, x, 1366, 768)
	b.open("/query")
	asks := func(sql string) string {
		return fmt.Sprintf(`(() => {
			document.querySelector("#sql").value = %q;
			document.querySelector("form[action='/query'] button.button").click();
			return [...document.querySelectorAll("main [role=status]")].filter(e => e.offsetParent).map(e => e.innerText).join();
		})()`, sql)
	}
	if said := tell[string](b, asks("select sum(hash(repeat(a.行号::varchar || r.range, 3000))) from 问题台账 a, range(3000000) r")); said != "" {
		t.Errorf("the page says %q before the one that follows says it", said)
	}
	b.waits("已用")
	tell[bool](b, `window.stayed = true`)
	eventually(t, most, "it never goes on saying how far it is", func() bool {
		return !strings.Contains(tell[string](b, `document.querySelector("progress").parentNode.innerText`), "已用0秒")
	})
	if !tell[bool](b, `window.stayed === true`) {
		t.Error("the page is loaded anew to say how far it is")
	}
	if live := tell[int](b, `[...document.querySelectorAll("main [role=status], main [aria-live]")].filter(e => e.innerText).length`); live > 0 {
		t.Errorf("%d parts of the page are read out each time", live)
	}
	b.picture("working")
	b.accessible("working")
	b.clickOf(`//button[.="取消查询"]`)
	b.wants("查询已取消")
	eventually(t, most, "the query goes on", func() bool { return len(x.server.asking.Asking) == 0 })
	if tell[bool](b, `[...document.querySelectorAll("form[action='/query'] button")].some(b => b.disabled || b.textContent !== "查询")`) {
		t.Error("the page can't be asked again")
	}
	// A short one leads to its result by itself.
	x.server.asking.Patience = 0
	tell[string](b, asks("select 42 as 答案"))
	b.waits("结果：1行")
}

// TestBrowserAnalyst writes a query in the editor, which completes Chinese names, by their characters and by the first
// letters of their sounds, and takes its result along. Without scripts there is a text area.
func TestBrowserAnalyst(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	b := browser(t, x, 1366, 768)
	b.open("/query")
	written := func() string { return tell[string](b, `document.querySelector("#sql").value`) }
	offered := func(want string) {
		t.Helper()
		ctx := `[...document.querySelectorAll(".cm-tooltip-autocomplete li")].map(e => e.querySelector(".cm-completionLabel").innerText).join(" ")`
		for end := time.Now().Add(most); ; time.Sleep(50 * time.Millisecond) {
			if list := strings.Fields(tell[string](b, ctx)); len(list) > 0 && list[0] == want {
				return
			} else if time.Now().After(end) {
				t.Fatalf("after %q %q isn't offered first: %v", written(), want, list)
			}
		}
	}
	press := func(keys string) { b.do(chromedp.KeyEvent(keys)) }
	b.do(chromedp.Click(chromedp.CSS(".cm-content")))
	press("select ")
	press("责任清")
	offered("责任清单")
	b.picture("complete")
	time.Sleep(100 * time.Millisecond) // a list that has just appeared takes no key yet, so that nobody chooses by accident
	press("\t")
	press(", count(*) as 件数 from wtt")
	offered("问题台账")
	time.Sleep(100 * time.Millisecond)
	press("\t")
	press(" group by 1 order by 2 desc")
	if got, want := written(), "select 责任清单, count(*) as 件数 from 问题台账 group by 1 order by 2 desc"; got != want {
		t.Errorf("the form sends %q instead of %q", got, want)
	}
	b.clickOf(`//form[.//textarea]//button`)
	b.wants("结果：7行", "实事项目", "件数（按责任清单）")
	b.picture("query")
	b.accessible("result")
	if got := tell[string](b, `[...document.querySelectorAll(".cm-line span")].map(e => e.innerText).join(" ")`); !strings.HasPrefix(got, "select count as from group by") {
		t.Errorf("the words of SQL aren't coloured: %q", got)
	}
	if got := tell[string](b, `document.querySelector(".cm-content").innerText`); !strings.Contains(got, "from 问题台账") {
		t.Errorf("what was asked is gone from the editor: %q", got)
	}
	csv := tell[string](b, `(async () => { const a = [...document.querySelectorAll("a")].find(a => a.innerText === "CSV"); return await (await fetch(a.href)).text() })()`, chromedp.EvalAwaitPromise)
	if !strings.Contains(csv, "责任清单,件数\n实事项目,62\n") {
		t.Errorf("the export is %q", csv)
	}
	b.scripts(false)
	b.open("/query")
	b.do(chromedp.SendKeys(chromedp.CSS("#sql"), "select 42 as n"))
	b.clickOf(`//form[.//textarea]//button`)
	b.scripts(true)
	b.wants("结果：1行", "没有图：结果里没有名称列")
}

// TestBrowserScroll: ten thousand rows are one table to scroll through, of which the browser holds a few pages: the last
// row is reached at once and is the right one, and nothing holds the page up for long on the way.
func TestBrowserScroll(t *testing.T) {
	tooltest.Thorough(t)
	x := open(t, sharedZone(t), nil)
	to := x.post("/query", url.Values{"sql": {`select i as 号, i * i as 平方, '第' || i || '件' as 名称, case when i = 9999 then repeat('长', 100) end as 备注, ` +
		`date '2020-01-01' + i::int as 日期, a, b, c, d from range(12000) as r(i), (select 'a' as a, 2 as b, 3.5 as c, '东湖街道' as d) order by i`}}).header.Get("Location")
	b := browser(t, x, 1366, 768)
	b.open(to)
	tell[bool](b, `window.slow = []; new PerformanceObserver(l => l.getEntries().forEach(e => slow.push(Math.round(e.duration)))).observe({type: "longtask"}); true`)
	row := func(n int) string {
		return tell[string](b, fmt.Sprintf(`(document.querySelector("tr[aria-rowindex='%d']") || {innerText: ""}).innerText`, n+1))
	}
	waitFor := func(n int, text string) {
		t.Helper()
		for end := time.Now().Add(most); !strings.Contains(row(n), text); time.Sleep(50 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("row %d is %q, without %q", n, row(n), text)
			}
		}
	}
	waitFor(1, "第0件")
	if tell[bool](b, `[...document.querySelectorAll(".pages")].some(e => e.offsetParent)`) {
		t.Error("there are pages beside the scrolling")
	}
	// As with a wheel: steps of a screen, each as soon as the browser can.
	tell[bool](b, `new Promise(done => { const box = document.querySelector(".result"); let n = 0; const step = () => { box.scrollTop += 500; ++n < 120 ? requestAnimationFrame(step) : done(true) }; step() })`, chromedp.EvalAwaitPromise)
	tell[bool](b, `(() => { const box = document.querySelector(".result"); box.scrollTop = box.scrollHeight; return true })()`)
	waitFor(10000, "第9999件")
	if got := row(10000); !strings.Contains(got, "99980001") || !strings.Contains(got, "2047-05-18") {
		t.Errorf("row 10000 is %q", got)
	}
	b.picture("scroll")
	sees := tell[bool](b, `(() => { const box = document.querySelector(".result").getBoundingClientRect(), r = document.querySelector("tr[aria-rowindex='10001']").getBoundingClientRect(); return r.bottom <= box.bottom + 1 && r.top >= box.top })()`)
	if !sees {
		t.Error("the last row isn't where the scrolling ends")
	}
	if n := tell[int](b, `document.querySelectorAll(".result tbody tr").length`); n > 1000 {
		t.Errorf("the browser holds %d rows", n)
	}
	for _, ms := range tell[[]int](b, `slow`) {
		if ms > 2000 { // a twentieth of that on a computer with nothing else to do
			t.Errorf("the page stood still for %d ms", ms)
		}
	}
	t.Log("long tasks (ms):", tell[[]int](b, `slow`))
	tell[bool](b, `document.querySelector(".result").scrollTop = 5000 * document.querySelector(".result").scrollHeight / 10001; true`)
	waitFor(5001, "第5000件")
	// What can't be had is said.
	for range asking.MostResults {
		x.server.asking.Results.Keep(&asking.Asked{Who: "x", At: testClock()})
	}
	tell[bool](b, `document.querySelector(".result").scrollTop = 0; true`)
	b.waits("后面的行取不到了")
	b.mu.Lock()
	b.faults = without(b.faults, "part=rows") // it was taken away
	b.mu.Unlock()
}

// TestBundle: the editor's bundle is the one of its sources and of the packages that the lock names, with their licences;
// it is an asset of its own that browsers keep, and only 查询 asks for it.
func TestBundle(t *testing.T) {
	sum := sha256.New()
	for _, name := range []string{"editor.js", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join("editor", name))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(sum, "%s %d\n%s", name, len(text), text)
	}
	bundle, licences := frame.Assets()["editor.js"], string(frame.Assets()["editor.LICENSES.txt"].Text)
	if !strings.HasPrefix(string(bundle.Text), fmt.Sprintf("/* %x ", sum.Sum(nil))) {
		t.Error("frame/assets/editor.js isn't made of editor/: run go generate ./cmd/internal/web/editor")
	}
	var lock struct {
		Packages map[string]struct{ Integrity string }
	}
	text, err := os.ReadFile(filepath.Join("editor", "package-lock.json"))
	if err != nil || json.Unmarshal(text, &lock) != nil {
		t.Fatalf("the lock can't be read: %v", err)
	}
	for path, p := range lock.Packages {
		name := strings.TrimPrefix(path, "node_modules/")
		if path != "" && (!strings.Contains(licences, "\n"+name+"\n") && !strings.HasPrefix(licences, name+"\n") || p.Integrity == "") {
			t.Errorf("%s: without its licence, or without a checksum", path)
		}
	}
	if n := len(bundle.Packed); n > 150<<10 {
		t.Errorf("the bundle has %d bytes on the wire", n)
	}
	x := open(t, sharedZone(t), nil)
	page := x.get("/query")
	if !strings.Contains(page.body, frame.AssetAddress("editor.js")) || strings.Contains(x.page("/"), "editor.js") {
		t.Error("another page than 查询 asks for the editor, or 查询 doesn't")
	}
	if a := x.get(frame.AssetAddress("editor.js")); !strings.Contains(a.header.Get("Cache-Control"), "immutable") {
		t.Errorf("browsers don't keep it: %v", a.header)
	}
	policies := []string{page.header.Get("Content-Security-Policy"), x.get("/query").header.Get("Content-Security-Policy")}
	if policies[0] == policies[1] || !strings.Contains(policies[0], "style-src 'self' 'nonce-") || !strings.Contains(policies[0], "script-src 'self';") || strings.Contains(policies[0], "unsafe") {
		t.Errorf("the policies of 查询 are %q", policies)
	}
	if a := x.get("/"); strings.Contains(a.header.Get("Content-Security-Policy"), "nonce") {
		t.Error("another page may make styles")
	}
}
