package web

import (
	"bufio"
	"net/http"
	"net/url"
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
			shown := x.server.readings.Showing()
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
