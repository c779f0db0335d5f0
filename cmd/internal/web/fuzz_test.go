package web

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzUpload: whatever is uploaded under whatever name, the page answers, nothing panics, and nothing lies in the inbox
// before it is handed in.
func FuzzUpload(f *testing.F) {
	dir := copyZone(f)
	x := open(f, dir, nil)
	f.Add("问题台账.csv", []byte(faulty))
	f.Add("../../taizhang.yaml", []byte("zone: x"))
	f.Add("a\r\nX-Evil: 1.xlsx", []byte("PK\x03\x04"))
	f.Add("", []byte{})
	f.Add("x.xls", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
	f.Add("x.ods", []byte("<html><table><tr><td onclick=alert(1)>"))
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		y := *x
		y.t = t
		a := y.upload("/units/smj/check", upload{name, content})
		if a.status >= 500 || a.header.Get("X-Evil") != "" {
			t.Errorf("status %d\n%s", a.status, x.log)
		}
		if to := a.header.Get("Location"); to != "" {
			if page := y.get(to); page.status != http.StatusOK || strings.Contains(page.body, "<td onclick") {
				t.Errorf("%s: status %d\n%s", to, page.status, x.log)
			}
		}
		if left, _ := os.ReadDir(filepath.Join(dir, "inbox", "双马街道")); len(left) > 0 {
			t.Errorf("%v lie in the inbox", left)
		}
	})
}

// FuzzAsk: whatever an address or a query says, the page answers with a sentence, never a fault of its own.
func FuzzAsk(f *testing.F) {
	x := open(f, copyZone(f), nil)
	f.Add("select 1", "street=双马街道&as_of=2022-08-08")
	f.Add("attach 'x' as y; drop table z", "as_of=%00&known_at=9999-99-99")
	f.Add("select '<script>'", "page=-1&page=2&since='%22%3E%3Cscript%3E")
	f.Add("", "table=rows&as=../../x")
	f.Add("with recursive t as (select 1", "week=2022-W99&submitter='; --")
	f.Fuzz(func(t *testing.T, query, address string) {
		y := *x
		y.t = t
		if q, err := url.ParseQuery(address); err == nil {
			for _, path := range []string{"/figures/closure_rate?", "/returns?", "/units/smj?", "/figures?"} {
				if a := y.get(path + q.Encode()); a.status >= 500 || strings.Contains(a.body, "<script>") {
					t.Errorf("%s%s: status %d\n%s", path, q.Encode(), a.status, x.log)
				}
			}
		}
		if a := y.post("/query", url.Values{"sql": {query}}); a.status >= 500 || strings.Contains(a.body, "<script>") {
			t.Errorf("%q: status %d\n%s", query, a.status, x.log)
		}
	})
}
