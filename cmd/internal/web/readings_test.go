package web

import (
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
	"taizhang/cmd/internal/web/reading"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/internal/tooltest"
	"taizhang/queries"
)

// TestNewPublicationIsRead: while somebody still reads the publication before, pages are made of the newest; whoever reads
// the old one goes on reading it, and nothing of either stays behind.
func TestNewPublicationIsRead(t *testing.T) {
	dir := copyZone(t)
	x := open(t, dir, nil)
	z := x.server.ZoneOf()
	old, done, err := x.server.Readings.Open(z)
	if err != nil {
		t.Fatal(err)
	}
	front := x.page("/")
	id := firstReturn(t, x.page("/units/smj"))
	if a := x.post("/returns/"+id+"/decide", url.Values{"kind": {"withdraw"}, "reason": {"报错了"}}); a.status != http.StatusSeeOther {
		t.Fatalf("withdraw: status %d\n%s", a.status, a.body)
	}
	if page := x.page("/returns/" + id); !strings.Contains(page, "已作废") {
		t.Error("a page doesn't know the newest publication")
	}
	if list, err := old.Returns(t.Context(), queries.ReturnsAsk{ID: id}); err != nil || len(list) != 1 || list[0].Get("decision") != nil {
		t.Errorf("the old publication answers otherwise than before: %v, %v", list, err)
	}
	eventually(t, 30*time.Second, "the front page stays as it was", func() bool { return x.page("/") != front })
	done()
	eventually(t, 30*time.Second, "more than two publications are kept open", func() bool {
		left, _ := filepath.Glob(filepath.Join(dir, account.Folder, shelf.Prefix+"*.duckdb"))
		return len(left) <= 2
	})
	x.close()
	if left, _ := filepath.Glob(filepath.Join(dir, account.Folder, shelf.Prefix+"*.duckdb")); len(left) > 0 {
		t.Errorf("%v stay behind", left)
	}
	if err := os.WriteFile(filepath.Join(dir, account.Folder, shelf.Prefix+"x.duckdb"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, dir, nil)
	if isThere(filepath.Join(dir, account.Folder, shelf.Prefix+"x.duckdb")) {
		t.Error("what a killed process left stays")
	}
}

// TestPagesWaitForNoFigures: while the figures of a new publication are computed, pages of figures come from the one
// before, at once, and say of when they are; what was looked at is made of the newest before it is shown.
func TestPagesWaitForNoFigures(t *testing.T) {
	x := open(t, copyZone(t), nil)
	const view = "/figures/return_completeness"
	x.page(view)
	before := x.page("/")
	shownNow := x.server.Readings.Showing
	rd := shownNow()
	id := firstReturn(t, x.page("/units/smj"))
	if a := x.post("/returns/"+id+"/decide", url.Values{"kind": {"withdraw"}, "reason": {"报错了"}}); a.status != http.StatusSeeOther {
		t.Fatalf("withdraw: status %d\n%s", a.status, a.body)
	}
	if page := x.page("/"); strings.Replace(page, "　<strong>新收到的正在计算，稍后自动显示</strong>", "", 1) != before && shownNow() == rd {
		t.Error("the page is of neither publication")
	}
	eventually(t, 30*time.Second, "the newest publication is never shown", func() bool { return shownNow() != rd })
	shown := shownNow()
	n := shown.Size()
	if page := x.page("/"); page == before {
		t.Error("the page stays as it was")
	}
	for _, path := range []string{view, "/figures", "/units/cyj"} {
		x.page(path)
	}
	if more := shown.Size() - n; more > 2 { // what a unit owes and has handed in is looked up for its page
		t.Errorf("%d results were made for requests, beside what was made before", more)
	}
}

// TestMadeAhead: the first page of a publication is made before anybody asks where pages are made ahead; else nothing is until
// somebody has looked at a page.
func TestMadeAhead(t *testing.T) {
	for _, ahead := range []bool{false, true} {
		x := open(t, sharedZone(t), func(o *Options) { o.Ahead = ahead })
		eventually(t, most, "the publication is never shown", func() bool { return x.server.Readings.Current() })
		if n := x.server.Readings.Showing().Size(); (n > 0) != ahead {
			t.Errorf("ahead %t: %d results were made for nobody", ahead, n)
		}
		x.close()
	}
}

// TestFiguresAhead: in the quiet after a publication the pages of all its figures are made, so that whoever opens one for
// the first time doesn't wait for it; whoever asks for none costs nothing.
func TestFiguresAhead(t *testing.T) {
	tooltest.Thorough(t)
	const figures = 5
	x := open(t, sharedZone(t), func(o *Options) { o.Ahead, o.Rest = true, figures })
	list := regexp.MustCompile(`href="(/figures/[a-z_]+)"`).FindAllStringSubmatch(x.page("/figures"), -1)
	if len(list) < 20 {
		t.Fatalf("only %d figures are listed", len(list))
	}
	front := x.page("/")
	list = slices.DeleteFunc(list, func(m []string) bool { return strings.Contains(front, m[0]) }) // these are made at once
	rd := x.server.Readings.Showing()
	n, last := 0, time.Now()
	eventually(t, 3*time.Minute, "it never ends", func() bool {
		if m := rd.Size(); m != n {
			n, last = m, time.Now()
		}
		return x.server.Readings.Current() && time.Since(last) > reading.RestQuiet+2*time.Second
	})
	for _, m := range list[:figures] {
		x.page(m[1])
	}
	if more := rd.Size() - n; more > 0 {
		t.Errorf("%d results were made for requests", more)
	}
}
