package web

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"taizhang/queries"
)

// TestNewPublicationIsRead: while somebody still reads the publication before, pages are made of the newest; whoever reads
// the old one goes on reading it, and nothing of either stays behind.
func TestNewPublicationIsRead(t *testing.T) {
	dir := copyZone(t)
	x := open(t, dir, nil)
	z := x.server.zoneOf()
	old, done, err := x.server.readings.open(z)
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
	x.server.readings.mu.Lock() // as if it had been noticed a while ago
	x.server.readings.since = x.server.readings.since.Add(-2 * mostBehind)
	x.server.readings.mu.Unlock()
	if now := x.page("/"); now == front {
		t.Error("the front page stays as it was")
	}
	done()
	if left, _ := filepath.Glob(filepath.Join(dir, Folder, readingPrefix+"*")); len(left) > 2 {
		t.Errorf("%v are kept", left)
	}
	if err := x.server.readings.close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, Folder, readingPrefix+"*.duckdb")); len(left) > 0 {
		t.Errorf("%v stay behind", left)
	}
	if err := os.WriteFile(filepath.Join(dir, Folder, readingPrefix+"x.duckdb"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, dir, nil)
	if left, _ := filepath.Glob(filepath.Join(dir, Folder, readingPrefix+"*")); len(left) > 0 {
		t.Errorf("what a killed process left stays: %v", left)
	}
}
