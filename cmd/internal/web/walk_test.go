package web

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"taizhang/internal/tooltest"
)

// walker goes over the page as a browser without scripts does: by its links and by the buttons of its forms alone.
type walker struct {
	x     *site
	seen  map[string]bool
	pages []string // that were seen, in the order in which they were found
	posts []posted // forms that change something, as they stand
}

type posted struct {
	from, to string
	form     url.Values
}

// sortOf is what tells pages apart that are of one kind: figures by their name, but not by street, returns not at all.
func sortOf(u *url.URL) string {
	path := regexp.MustCompile(`\d{6}-\d+|/[\w-]{20,}`).ReplaceAllString(u.Path, "…")
	if strings.HasPrefix(path, "/papers/") || strings.HasPrefix(path, "/query/tables/") || strings.HasPrefix(path, "/units/") {
		path = path[:strings.LastIndexByte(path, '/')] + "/…" + path[max(strings.LastIndexByte(path, '.'), strings.LastIndexByte(path, '/')):]
		path = regexp.MustCompile(`/…/[^/]*$`).ReplaceAllString(path, "/…")
	}
	q := u.Query()
	if strings.HasPrefix(u.Path, "/figures/") { // of one figure, and of each two conditions
		path = "/figures/…"
		for _, name := range []string{"as_of", "known_at", "since"} {
			q.Del(name)
		}
		if len(q) > 2 || q.Has("as") && len(q) > 1 {
			return ""
		}
	}
	if strings.HasPrefix(path, "/query/tables/") || strings.HasPrefix(path, "/returns/") || strings.HasPrefix(path, "/units/") {
		for _, name := range []string{"row", "cells", "cell", "sheet", "metric", "as_of", "known_at", "all"} {
			q.Del(name)
		}
	}
	return path + "?" + strings.Join(slices.Sorted(func(yield func(string) bool) {
		for name := range q {
			if !yield(name) {
				return
			}
		}
	}), "&")
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func eachNode(n *html.Node, visit func(n *html.Node)) {
	visit(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		eachNode(c, visit)
	}
}

// follow opens an address, and what it leads to.
func (w *walker) follow(from, to string) {
	base, err := url.Parse(from)
	if err != nil {
		w.x.t.Fatal(err)
	}
	u, err := base.Parse(to)
	if err != nil || u.Host != "" {
		w.x.t.Errorf("%s leads to %q: %v", from, to, err)
		return
	}
	fragment := u.Fragment
	u.Fragment = ""
	if w.seen[sortOf(u)] {
		return
	}
	w.seen[sortOf(u)] = true
	a := w.x.get(u.String())
	switch {
	case a.status == http.StatusSeeOther:
		w.follow(u.String(), a.header.Get("Location"))
		return
	case a.status != http.StatusOK:
		w.x.t.Errorf("%s leads to %s: status %d %.200s", from, u, a.status, strings.Join(strings.Fields(regexp.MustCompile(`(?s)<main.*</main>`).FindString(a.body)), " "))
		return
	}
	w.pages = append(w.pages, u.String())
	if strings.HasPrefix(a.header.Get("Content-Type"), "text/html") && !strings.HasPrefix(u.Path, "/papers/preview/") || strings.Contains(a.body, `id="main"`) {
		w.read(u.String(), fragment, a.body)
	}
}

// read follows what a page offers.
func (w *walker) read(at, fragment, text string) {
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		w.x.t.Errorf("%s: %v", at, err)
		return
	}
	ids := map[string]bool{}
	eachNode(doc, func(n *html.Node) {
		if id, ok := attr(n, "id"); ok {
			ids[id] = true
		}
	})
	if fragment != "" && !ids[fragment] {
		w.x.t.Errorf("a link leads to #%s of %s, which isn't there", fragment, at)
	}
	eachNode(doc, func(n *html.Node) {
		switch {
		case n.Type == html.ElementNode && n.Data == "a":
			to, ok := attr(n, "href")
			if !ok {
				w.x.t.Errorf("%s: a link that leads nowhere", at)
			}
			if strings.HasPrefix(to, "#") {
				if !ids[to[1:]] {
					w.x.t.Errorf("%s: %s isn't there", at, to)
				}
				return
			}
			w.follow(at, to)
		case n.Type == html.ElementNode && n.Data == "form":
			w.form(at, n)
		case n.Type == html.ElementNode && (n.Data == "button" || n.Data == "input"):
			in := n
			for in != nil && in.Data != "form" {
				in = in.Parent
			}
			if in == nil {
				w.x.t.Errorf("%s: a %s outside of any form does nothing without scripts", at, n.Data)
			}
		}
	})
}

// form fills a form in as it stands.
func (w *walker) form(at string, f *html.Node) {
	form, button := url.Values{}, false
	eachNode(f, func(n *html.Node) {
		if n.Type != html.ElementNode {
			return
		}
		name, _ := attr(n, "name")
		value, given := attr(n, "value")
		kind, _ := attr(n, "type")
		_, checked := attr(n, "checked")
		switch n.Data {
		case "button":
			if !button && name != "" {
				form.Set(name, value)
			}
			button = true
		case "input":
			if kind == "checkbox" || kind == "radio" {
				if checked || kind == "radio" && !form.Has(name) {
					form.Set(name, value)
				}
			} else if kind != "file" {
				form.Set(name, value)
			}
		case "textarea":
			form.Set(name, textOf(n))
		case "option":
			s := n.Parent
			for s.Data != "select" {
				s = s.Parent
			}
			name, _ := attr(s, "name")
			if !given {
				value = textOf(n)
			}
			if _, chosen := attr(n, "selected"); chosen || !form.Has(name) {
				form.Set(name, value)
			}
		}
	})
	to, _ := attr(f, "action")
	method, _ := attr(f, "method")
	if !button || to == "" {
		w.x.t.Errorf("%s: a form to %q that can't be sent without scripts", at, to)
	}
	if strings.EqualFold(method, "post") {
		w.posts = append(w.posts, posted{at, to, form})
		return
	}
	w.follow(at, to+"?"+form.Encode())
}

func textOf(n *html.Node) string {
	text := ""
	eachNode(n, func(n *html.Node) {
		if n.Type == html.TextNode {
			text += n.Data
		}
	})
	return text
}

// TestWithoutScripts walks every link and every form of the page, as each role, as a browser does that runs no scripts:
// everything that is offered is there, is allowed, and can be used; what is sent as it stands is done and said, or refused in
// words.
func TestWithoutScripts(t *testing.T) {
	tooltest.Thorough(t)
	dir := copyZone(t)
	withUsers(t, dir)
	x := open(t, dir, func(o *Options) { o.Alone = false })
	x.as("admin").post("/papers", nil)
	for name, least := range map[string][2]int{"smj-clerk": {8, 3}, "leader": {60, 2}, "analyst": {150, 12}, "admin": {150, 30}} {
		t.Run(name, func(t *testing.T) {
			y := x.as(name)
			y.t = t
			w := &walker{x: y, seen: map[string]bool{"/events?": true, "": true}}
			w.follow("/", "/")
			if name == "smj-clerk" || name == "admin" { // a check that is not handed in yet
				w.follow("/", y.upload("/units/smj/check", upload{"问题台账.csv", []byte(strings.ReplaceAll(mended, "政法办", "双马街道"))}).header.Get("Location"))
			}
			done := map[string]bool{}
			for _, p := range w.posts {
				u := &url.URL{Path: p.to}
				key := sortOf(u)
				for _, of := range []string{"do", "part", "kind", "job", "saved"} {
					key += " " + p.form.Get(of)
				}
				if job := p.form.Get("job"); done[key] || p.to == "/logout" || p.to == "/login" || job != "" && job != "summary" {
					continue // the jobs themselves are tried elsewhere
				}
				done[key] = true
				if strings.HasSuffix(p.to, "/check") {
					continue // needs a file
				}
				a := y.post(p.to, p.form)
				switch {
				case a.status == http.StatusSeeOther:
					to := a.header.Get("Location")
					b := y.get(to)
					if b.status != http.StatusOK && b.status != http.StatusSeeOther {
						t.Errorf("%s: %s %v leads to %s: status %d", p.from, p.to, p.form, to, b.status)
					}
					if b.status == http.StatusOK && !strings.Contains(b.body, `role="status" tabindex`) && !regexp.MustCompile(`/sent/|/drafts/|/query/|/settings\?saved=`).MatchString(to) {
						t.Errorf("%s: %s %v is done silently: %s", p.from, p.to, p.form, to)
					}
				case a.status == http.StatusBadRequest || a.status == http.StatusConflict || a.status == http.StatusOK:
					if !strings.Contains(a.body, `role="alert"`) || !strings.ContainsFunc(a.body, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
						t.Errorf("%s: %s %v is refused without a word: status %d", p.from, p.to, p.form, a.status)
					}
				default:
					t.Errorf("%s: %s %v: status %d\n%.600s", p.from, p.to, p.form, a.status, a.body)
				}
			}
			if len(w.pages) < least[0] || len(done) < least[1] {
				t.Errorf("only %d pages and %d forms were found: %q %v", len(w.pages), len(done), w.pages, done)
			}
			t.Logf("%d pages, %d forms", len(w.pages), len(done))
		})
	}
}
