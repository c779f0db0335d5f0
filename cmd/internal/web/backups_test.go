package web

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/office/copies"
	"taizhang/cmd/internal/web/account"
	"taizhang/internal/zone"
)

// TestBrowserRestore: an operator sees which backups there are and what each holds, and restores one with nothing but a
// browser: into a folder beside the zone, which stays as it is, with the figures proven and the next step told.
func TestBrowserRestore(t *testing.T) {
	dir := copyZone(t)
	to := t.TempDir()
	z, err := office.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	users := usersOf(t, dir)
	if err := users.PutUser(t.Context(), account.User{Name: "boss", Role: string(account.Admin), Hash: cheap(password), Since: testClock()}); err != nil {
		t.Fatal(err)
	}
	made, err := copies.Make(t.Context(), z, copies.Options{Dir: to, Clock: testClock, Program: "test", Pause: func(time.Duration) {}})
	if err != nil {
		t.Fatal(err)
	}
	if err := users.RemoveUser(t.Context(), "boss"); err != nil {
		t.Fatal(err)
	}
	x := open(t, dir, nil)
	before, err := os.ReadFile(filepath.Join(dir, zone.FileName))
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		form url.Values
		says string
	}{
		"not confirmed": {url.Values{"dir": {to}, "name": {made.Name}, "to": {"新"}}, "没有恢复"},
		"above":         {url.Values{"dir": {to}, "name": {made.Name}, "to": {"../x"}, "confirm": {"yes"}}, "新文件夹的名称"},
		"elsewhere":     {url.Values{"dir": {to}, "name": {made.Name}, "to": {t.TempDir()}, "confirm": {"yes"}}, "新文件夹的名称"},
		"no name":       {url.Values{"dir": {to}, "name": {made.Name}, "to": {" "}, "confirm": {"yes"}}, "新文件夹的名称"},
		"no backup":     {url.Values{"dir": {to}, "to": {"新"}, "confirm": {"yes"}}, "请选择"},
	} {
		if a := x.post("/runs/backups", c.form); a.status != http.StatusBadRequest || !strings.Contains(a.body, c.says) {
			t.Errorf("%s: status %d\n%.600s", what, a.status, a.body)
		}
	}
	if page := x.page("/runs/backups?dir=" + url.QueryEscape(t.TempDir())); !strings.Contains(page, "里没有备份") {
		t.Error("a folder without backups isn't told for one")
	}

	b := browser(t, x, 1366, 768)
	b.open("/runs")
	b.click("备份与恢复")
	b.wants("1份备份", "有当时发布的数字", "有用户名单", "恢复总是写进旁边的一个新文件夹", made.Name)
	b.accessible("backups")
	b.picture("backups")
	for _, w := range tell[[]string](b, fits) {
		t.Errorf("backups: %s", w)
	}
	name := tell[string](b, `document.querySelector("input[name=to]").value`)
	b.do(chromedp.Click(chromedp.CSS("input[name=confirm]")))
	b.click("恢复这份备份")
	b.waits("恢复完成")
	b.wants("逐个核对一致", "与当时发布的完全一致", "taizhang serve --zone", "停止现在的服务")
	b.picture("restored")

	again := filepath.Join(filepath.Dir(dir), name)
	if !strings.HasPrefix(name, filepath.Base(dir)) || !isThere(filepath.Join(again, zone.FileName)) || !isThere(filepath.Join(again, "published", "taizhang.duckdb")) {
		t.Fatalf("no zone is in %s", again)
	}
	if now, err := os.ReadFile(filepath.Join(dir, zone.FileName)); err != nil || string(now) != string(before) {
		t.Errorf("the zone itself was changed: %v", err)
	}
	if list, err := usersOf(t, again).Users(t.Context()); err != nil || len(list) != 1 || list[0].Name != "boss" {
		t.Errorf("the restored zone's users are %v, %v", list, err)
	}
	if a := x.post("/runs/backups", url.Values{"dir": {to}, "name": {made.Name}, "to": {name}, "confirm": {"yes"}}); a.status != http.StatusSeeOther {
		t.Fatalf("status %d", a.status)
	}
	b.open("/runs/backups")
	b.waits("恢复没有全部成功")
	b.wants("不是空文件夹")
}
