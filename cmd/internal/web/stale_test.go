package web

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/internal/tooltest"
	"taizhang/transform"
)

// TestPublicationIsLost: where the published file vanishes or is cut while the page is shown, the page goes on answering
// from what it has open, says so, and has the file published anew.
func TestPublicationIsLost(t *testing.T) {
	dir := copyZone(t)
	service := &testService{dir: dir, clock: testClock}
	x := open(t, dir, func(o *Options) { o.Service = service })
	id := firstReturn(t, x.page("/units/smj"))
	file := filepath.Join(dir, "published", "taizhang.duckdb")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	eventually(t, time.Minute, "nobody publishes anew", func() bool { return isThere(file) })
	eventually(t, time.Minute, "the page goes on calling the file lost", func() bool { return !strings.Contains(x.page("/returns"), `class="stale"`) })

	service.still = true
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, lose := range map[string]func() error{"cut": func() error {
		half := filepath.Join(dir, "half")
		return errors.Join(os.WriteFile(half, whole[:len(whole)/2], 0o644), os.Rename(half, file))
	}, "gone": func() error { return os.Remove(file) }} {
		if err := lose(); err != nil {
			t.Fatal(err)
		}
		eventually(t, time.Minute, "the page never says that the file is "+name, func() bool { return strings.Contains(x.page("/returns"), "已损坏或不见了") })
		for _, p := range []string{"/", "/returns", "/query", "/units/smj", "/figures/closure_rate"} {
			if page := x.page(p); strings.Contains(page, "等第一份报表") || strings.Contains(page, "还没有收到过报表") || p != "/query" && !strings.Contains(page, "已损坏或不见了") {
				t.Errorf("%s: %s says\n%.2000s", name, p, page)
			}
		}
		if !strings.Contains(x.page("/units/smj"), id) {
			t.Errorf("%s: the unit's returns aren't shown", name)
		}
		if got := x.get("/api/status"); got.status != http.StatusOK || got.header.Get("Taizhang-Notice") == "" {
			t.Errorf("%s: /api/status: %d, %q", name, got.status, got.header.Get("Taizhang-Notice"))
		}
	}
}

// TestStaleIsTold: where newer figures were held back, or the newest file is damaged, every page of figures says so.
func TestStaleIsTold(t *testing.T) {
	tooltest.Thorough(t)
	dir := copyZone(t)
	x := open(t, dir, nil)
	pages := []string{"/", "/figures/closure_rate", "/units/smj", "/returns"}
	for _, p := range pages {
		if strings.Contains(x.page(p), `class="stale"`) {
			t.Errorf("%s calls figures old that are the newest", p)
		}
	}
	if got := x.get("/api/status"); got.status != http.StatusOK || got.header.Get("Taizhang-Notice") != "" {
		t.Errorf("/api/status: %d, %q of figures that are the newest", got.status, got.header.Get("Taizhang-Notice"))
	}
	failed := transform.Result{Checks: []transform.CheckResult{{Model: "mart.own", Check: "few", Predicate: "n < 1", Failing: 1}}}
	file := filepath.Join(dir, "published", "taizhang.duckdb")
	if err := transform.NoteFailure(t.Context(), x.server.ZoneOf().Published(), failed); err != nil {
		t.Fatal(err)
	}
	const heldBack = "有1项检查未通过，新的数字没有发布"
	eventually(t, 30*time.Second, "the open page doesn't learn that newer figures are held back", func() bool { return strings.Contains(x.page("/"), heldBack) })
	for _, p := range pages {
		if page := x.page(p); !strings.Contains(page, heldBack) {
			t.Errorf("%s doesn't say that newer figures are held back", p)
		}
	}
	api := []string{"/api/metrics?metric=closure_rate", "/api/trace?metric=closure_rate", "/api/status", "/api/returns"}
	notice := func(path string) string { return x.get(path).header.Get("Taizhang-Notice") }
	for _, p := range api {
		if got := notice(p); !strings.HasPrefix(got, "1 checks failed") {
			t.Errorf("%s says %q of figures that are held back", p, got)
		}
	}
	id := firstReturn(t, x.page("/units/smj"))
	if a := x.post("/returns/"+id+"/decide", url.Values{"kind": {"withdraw"}, "reason": {"报错了"}}); a.status != http.StatusSeeOther { // it publishes
		t.Fatalf("withdraw: status %d\n%s", a.status, a.body)
	}
	x.close()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, info.Size()/2); err != nil {
		t.Fatal(err)
	}
	x = open(t, dir, nil)
	for _, p := range api {
		if got := notice(p); !strings.Contains(got, "is damaged") {
			t.Errorf("%s says %q of a damaged publication", p, got)
		}
	}
	for _, p := range pages {
		if page := x.page(p); !strings.Contains(page, "最新发布的数据文件已损坏或不见了") {
			t.Errorf("%s doesn't say that the newest publication is damaged", p)
		}
	}
}

// TestPublicationIsCutInPlace: whoever cuts or overwrites the published file under its own name changes what the page has
// open. It says so on every page, shows no other figures than were published, goes on where an earlier publication is
// kept, and has the file published anew.
func TestPublicationIsCutInPlace(t *testing.T) {
	tooltest.Thorough(t)
	dir := copyZone(t)
	service := &testService{dir: dir, clock: testClock, still: true}
	x := open(t, dir, func(o *Options) { o.Service = service })
	figure := regexp.MustCompile(`<p class="value">[^<]*</p>`)
	right := figure.FindAllString(x.page("/"), -1)
	id := firstReturn(t, x.page("/units/smj"))
	file := filepath.Join(dir, "published", "taizhang.duckdb")
	pages := []string{"/", "/figures", "/figures/closure_rate", "/figures/problems_overdue?as_of=2022-08-08", "/returns", "/units/smj", "/returns/" + id, "/query", "/api/metrics?metric=closure_rate", "/api/status"}
	cut := func() {
		t.Helper()
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(file, info.Size()/2); err != nil {
			t.Fatal(err)
		}
	}
	overwrite := func() {
		t.Helper()
		f, err := os.OpenFile(file, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.WriteAt(bytes.Repeat([]byte{7}, 1<<20), 1<<18)
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	cut() // the only publication
	for _, p := range pages {
		a := x.get(p)
		if a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "被改动或截断") && !strings.Contains(a.body, "changed or cut") {
			t.Errorf("%s of a file that was cut: status %d\n%.1500s", p, a.status, a.body)
		}
	}
	if a := x.post("/query", url.Values{"sql": {"select count(*) from 问题台账"}}); a.status != http.StatusServiceUnavailable {
		t.Errorf("a query: status %d\n%.1500s", a.status, a.body)
	}
	heal := func() {
		t.Helper()
		if err := (&testService{dir: dir, clock: testClock}).Run(t.Context(), "test"); err != nil {
			t.Fatal(err)
		}
		eventually(t, most, "published anew, it isn't shown", func() bool {
			a := x.get("/")
			return a.status == http.StatusOK && !strings.Contains(a.body, `class="stale"`)
		})
		if got := figure.FindAllString(x.page("/"), -1); !slices.Equal(got, right) {
			t.Errorf("the figures are %v instead of %v", got, right)
		}
	}
	heal()
	if a := x.post("/returns/"+id+"/decide", url.Values{"kind": {"withdraw"}, "reason": {"报错了"}}); a.status != http.StatusSeeOther { // now an earlier one is kept
		t.Fatalf("withdraw: status %d\n%s", a.status, a.body)
	}
	for name, spoil := range map[string]func(){"cut": cut, "overwritten": overwrite} {
		x.page("/returns") // reads the newest
		eventually(t, most, "the newest publication is never shown", x.server.Readings.Current)
		spoil()
		for _, p := range pages {
			a := x.get(p)
			told := strings.Contains(a.body, "已损坏或不见了") || a.header.Get("Taizhang-Notice") != "" || p == "/query" || strings.HasPrefix(p, "/returns/")
			if a.status != http.StatusOK || !told {
				t.Errorf("%s, an earlier one is kept: %s: status %d, told %v\n%.1500s", name, p, a.status, told, a.body)
			}
		}
		if !x.server.Readings.Lost() {
			t.Errorf("%s: nobody publishes it anew", name)
		}
		if err := (&testService{dir: dir, clock: testClock}).Run(t.Context(), "test"); err != nil {
			t.Fatal(err)
		}
		eventually(t, most, "published anew, it isn't shown", func() bool {
			return !x.server.Readings.Lost() && !strings.Contains(x.page("/returns"), `class="stale"`)
		})
	}
}
