package web

import (
	"bufio"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"taizhang/internal/tooltest"
)

// TestNewsWithinTwoSeconds: an open page is told of what was published within two seconds of it, and a page that it then
// asks for knows it: somebody who looks for new publications more rarely breaks this.
func TestNewsWithinTwoSeconds(t *testing.T) {
	tooltest.Thorough(t)
	x := open(t, copyZone(t), nil)
	id := firstReturn(t, x.page("/units/smj"))
	for _, kind := range []string{"withdraw", "undo", "withdraw"} {
		eventually(t, time.Minute, "the publication is never shown", func() bool {
			shown := x.server.Readings.Showing()
			return shown != nil && shown.Mark == x.server.mark()
		})
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, x.url+"/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		told := make(chan struct{})
		begun := make(chan struct{})
		go func() {
			defer close(told)
			for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
				if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && !regexp.MustCompile(`^([0-9a-f]{12} [0-9a-f]{12}|1)$`).MatchString(data) {
					t.Errorf("whoever listens is told %q", data)
				}
				if strings.HasPrefix(lines.Text(), "retry") {
					close(begun)
				}
				if lines.Text() == "event: published" {
					return
				}
			}
		}()
		<-begun
		if a := x.post("/returns/"+id+"/decide", url.Values{"kind": {kind}, "reason": {"试一试"}}); a.status != http.StatusSeeOther {
			t.Fatalf("%s: status %d\n%s", kind, a.status, a.body)
		}
		published := time.Now() // the answer comes once it is published
		<-told
		if took := time.Since(published); took > 2*time.Second {
			t.Errorf("told %v after it was published", took)
		}
		resp.Body.Close()
		if page := x.page("/returns/" + id); strings.Contains(page, "已作废") != (kind == "withdraw") {
			t.Error("the page that is asked for then doesn't know what was published")
		}
	}
}

// TestManyAreWaiting: while hundreds of files wait, every page that tells of them goes on showing what it is for.
func TestManyAreWaiting(t *testing.T) {
	dir := copyZone(t)
	x := open(t, dir, nil)
	for i := range 300 {
		if err := os.WriteFile(filepath.Join(dir, "inbox", "双马街道", fmt.Sprintf("台账%04d.csv", i)), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"/returns", "/runs", "/units/smj"} {
		page := x.page(path)
		if n := len(regexp.MustCompile(`台账\d{4}\.csv`).FindAllString(page, -1)); n != 8 || !strings.Contains(page, "另有292个文件在等待读取") || len(page) > 150<<10 {
			t.Errorf("%s names %d of the files, in %d bytes", path, n, len(page))
		}
	}
}
