//go:build unix

package main

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestServeShowsThePage: serve shows it at --listen or the next free port, hands out templates as `forms template` makes
// them, issues papers, and, once users are declared, on the network over TLS; without users it isn't shown there.
func TestServeShowsThePage(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	zone := crashZone(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if code, _, log := program(t, "serve", "--zone", zone, "--listen", "0.0.0.0:0"); code != 2 || !strings.Contains(log, "nobody may log in yet") {
		t.Errorf("on the network without users: exit code %d\n%s", code, log)
	}
	if code, _, log := program(t, "serve", "--zone", zone, "--listen", "nonsense"); code != 2 {
		t.Errorf("a wrong address: exit code %d\n%s", code, log)
	}
	server, log := start(t, "serve", "--zone", zone, "--listen", taken.Addr().String())
	waitFor(t, "serve has done its first round", func() bool { return strings.Contains(log.String(), "Serving ") })
	if !strings.Contains(log.String(), "is in use by another program") {
		t.Errorf("it isn't said that the port is in use:\n%s", log)
	}
	page := pageIn(t, log.String())
	get := func(c *http.Client, path string) (int, string) {
		resp, err := c.Get(page + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(text)
	}
	if status, text := get(http.DefaultClient, ""); status != http.StatusOK || !strings.Contains(text, "需要关注") {
		t.Errorf("the page: status %d", status)
	}
	// The template is the command's own.
	file := filepath.Join(t.TempDir(), "template.xlsx")
	if code, _, log := program(t, "forms", "template", "--due", "--submitter", "产业局", "--zone", zone, "-o", file); code != 0 {
		t.Fatal(log)
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if status, text := get(http.DefaultClient, "units/cyj/template"); status != http.StatusOK || len(text) < len(want)*9/10 || len(text) > len(want)*11/10 {
		t.Errorf("the template: status %d, %d bytes; the command's has %d", status, len(text), len(want))
	}
	resp, err := http.PostForm(page+"papers", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if status, text := get(http.DefaultClient, "papers"); status != http.StatusOK || !strings.Contains(text, "周报_截至") {
		t.Errorf("papers: status %d", status)
	}
	if status, text := get(http.DefaultClient, "runs"); status != http.StatusOK || !strings.Contains(text, "出周报") {
		t.Errorf("jobs: status %d", status)
	}
	// Who starts it a second time sees the page of the first.
	browser := t.TempDir()
	if err := os.WriteFile(filepath.Join(browser, "xdg-open"), []byte("#!/bin/sh\necho \"$1\" >'"+browser+"/seen.new' && mv '"+browser+"/seen.new' '"+browser+"/seen'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", browser+string(filepath.ListSeparator)+os.Getenv("PATH"))
	if code, _, log := program(t, "serve", "--zone", zone); code != 4 || exists(filepath.Join(browser, "seen")) {
		t.Errorf("a second serve: exit code %d\n%s", code, log)
	}
	if code, _, log := program(t, "serve", "--zone", zone, "--open"); code != 0 || !strings.Contains(log, page) {
		t.Errorf("a second serve --open: exit code %d\n%s", code, log)
	}
	waitFor(t, "the browser is opened", func() bool { return exists(filepath.Join(browser, "seen")) })
	if seen, err := os.ReadFile(filepath.Join(browser, "seen")); err != nil || strings.TrimSpace(string(seen)) != page {
		t.Errorf("the browser shows %s, not %s (%v)", seen, page, err)
	}
	if err := server.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("serve ends with %v\n%s", err, log)
	}

	for _, c := range []struct {
		code  int
		input string
		args  []string
	}{
		{2, "short\n", []string{"user", "add", "chief", "--role", "admin"}},
		{2, "a long password\n", []string{"user", "add", "chief", "--role", "chief"}},
		{2, "a long password\n", []string{"user", "add", "clerk", "--role", "submitter"}},
		{0, "a long password\n", []string{"user", "add", "chief", "--role", "admin"}},
		{2, "a long password\n", []string{"user", "add", "chief", "--role", "admin"}},
		{0, "a long password\n", []string{"user", "add", "clerk", "--role", "submitter", "--unit", "产业局"}},
		{0, "", []string{"user", "remove", "clerk"}},
		{2, "", []string{"user", "remove", "clerk"}},
		{0, "another password\n", []string{"user", "passwd", "chief"}},
	} {
		var out, says strings.Builder
		if code := run(append(c.args, "--zone", zone), strings.NewReader(c.input), &out, &says); code != c.code {
			t.Errorf("%v: exit code %d\n%s", c.args, code, says.String())
		}
	}
	code, token, says := program(t, "user", "token", "chief", "--zone", zone)
	if code != 0 {
		t.Fatal(says)
	}
	if list := mustJSON(t, "user", "list", "--zone", zone); len(list) != 1 || list[0]["name"] != "chief" || list[0]["token"] != true {
		t.Errorf("the users are %v", list)
	}
	text, err := os.ReadFile(filepath.Join(zone, "state.sqlite"))
	if info, e := os.Stat(filepath.Join(zone, "state.sqlite")); err != nil || e != nil || info.Mode().Perm() != 0o600 ||
		strings.Contains(string(text), "password") || strings.Contains(string(text), strings.TrimSpace(token)) {
		t.Errorf("the file of users: %v, %v\n%s", err, e, text)
	}

	_, log = start(t, "serve", "--zone", zone, "--listen", "0.0.0.0:0")
	waitFor(t, "serve shows the page", func() bool { return strings.Contains(log.String(), "Serving ") })
	if !strings.Contains(log.String(), "certificate, SHA-256: ") {
		t.Errorf("the fingerprint isn't said:\n%s", log)
	}
	u, err := url.Parse(pageIn(t, log.String()))
	if err != nil || u.Scheme != "https" {
		t.Fatalf("the page is at %v, %v", u, err)
	}
	page = "https://127.0.0.1:" + u.Port() + "/"
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} // made for this zone just now
	if _, text := get(client, ""); !strings.Contains(text, "登录") || strings.Contains(text, "需要关注") {
		t.Error("nobody has to log in")
	}
	resp, err = client.PostForm(page+"login", url.Values{"name": {"chief"}, "password": {"another password"}, "to": {"/"}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if _, text := get(client, ""); !strings.Contains(text, "需要关注") {
		t.Error("who has logged in isn't let in")
	}
	// Programs ask with a token, and get what the command prints.
	req, _ := http.NewRequest(http.MethodGet, page+"api/metrics?metric=closure_rate&by=street", nil)
	req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(token))
	resp, err = client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var got []map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if want := mustJSON(t, "metrics", "closure_rate", "--by", "street", "--zone", zone); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the API gives %v\nthe command %v", got, want)
	}
}

// pageIn is where serve says that the page is.
func pageIn(t *testing.T, log string) string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^Page: (\S+)$`).FindStringSubmatch(log)
	if m == nil {
		t.Fatalf("serve doesn't say where the page is:\n%s", log)
	}
	return m[1]
}
