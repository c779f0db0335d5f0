package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"taizhang/internal/tooltest"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// heard is what a screen reader is told of a page's element.
type heard struct {
	role, name string
	props      map[string]string
	inside     []*heard
}

// tree is the page as a screen reader is given it.
func (b *tab) tree() *heard {
	b.t.Helper()
	tell[bool](b, `document.querySelectorAll("details").forEach(d => d.open = true); true`)
	var nodes []*accessibility.Node
	b.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		out, err := cdp.Call(ctx, tab, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		if err == nil {
			nodes = out.Nodes
		}
		return err
	}))
	text := func(v *accessibility.Value) string {
		if v == nil {
			return ""
		}
		var s any
		if json.Unmarshal(v.Value, &s) != nil || s == nil {
			return ""
		}
		return strings.TrimSpace(fmt.Sprint(s))
	}
	byID := map[accessibility.NodeID]*heard{}
	for _, n := range nodes {
		h := &heard{role: text(n.Role), name: text(n.Name), props: map[string]string{}}
		if n.Ignored {
			h.role = ""
		}
		for _, p := range n.Properties {
			h.props[string(p.Name)] = text(p.Value)
		}
		byID[n.NodeID] = h
	}
	for _, n := range nodes {
		for _, c := range n.ChildIDs {
			if x := byID[c]; x != nil {
				byID[n.NodeID].inside = append(byID[n.NodeID].inside, x)
			}
		}
	}
	return byID[nodes[0].NodeID]
}

// all are the elements of some roles, in the order in which they are read.
func (h *heard) all(roles ...string) (out []*heard) {
	if slices.Contains(roles, h.role) {
		out = append(out, h)
	}
	for _, x := range h.inside {
		out = append(out, x.all(roles...)...)
	}
	return out
}

// unheard is what somebody who hears a page would miss.
func unheard(root *heard) (out []string) {
	miss := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if root.name == "" {
		miss("the page has no title")
	}
	for _, role := range []string{"main", "banner", "contentinfo"} {
		if n := len(root.all(role)); n != 1 {
			miss("%d of the landmark %s", n, role)
		}
	}
	names := map[string]bool{}
	for _, n := range root.all("navigation", "region", "search", "complementary") { // a form without a name is no landmark
		if n.name == "" || names[n.role+n.name] {
			miss("a landmark %s called %q: none or not one alone", n.role, n.name)
		}
		names[n.role+n.name] = true
	}
	level, first := "1", 0
	for _, h := range root.all("heading") {
		if h.name == "" {
			miss("a heading without words")
		}
		at := h.props["level"]
		if at == "1" {
			first++
		}
		if at > level && len(at) == 1 && at[0] > level[0]+1 {
			miss("the heading %q of level %s follows one of %s", h.name, at, level)
		}
		level = at
	}
	if first != 1 {
		miss("%d headings of level 1", first)
	}
	for _, c := range root.all("link", "button", "textbox", "combobox", "checkbox", "radio", "searchbox", "spinbutton", "menuitem", "listbox", "DisclosureTriangle", "image", "img") {
		if c.name == "" {
			miss("a %s without a name", c.role)
		}
	}
	for _, t := range root.all("table") {
		if t.name == "" {
			miss("a table without a name: %q", wordsOf(t.all("columnheader")))
		}
		if len(t.all("columnheader")) == 0 || len(t.all("row")) < 2 && len(t.all("rowheader")) == 0 {
			miss("the table %q has no headings", t.name)
		}
		for _, c := range t.all("columnheader") {
			if c.name == "" {
				miss("a column of the table %q has no heading", t.name)
			}
		}
	}
	return out
}

func wordsOf(list []*heard) (out []string) {
	for _, x := range list {
		out = append(out, x.name)
	}
	return out
}

// TestBrowserHeardByRoles walks what each role has before it as a screen reader is given it: also what stands there for one
// role alone, and the page of nobody yet.
func TestBrowserHeardByRoles(t *testing.T) {
	tooltest.Thorough(t)
	dir := copyZone(t)
	withUsers(t, dir)
	x := open(t, dir, func(o *Options) { o.Alone = false })
	id := firstReturn(t, x.as("leader").page("/units/smj"))
	for name, pages := range map[string][]string{
		"":          {"/login", "/login?ended=idle"},
		"smj-clerk": {"/units/smj", "/returns/" + id, "/returns/" + id + "/sheet?row=5", "/account", "/units/cyj"},
		"leader":    {"/", "/figures", "/figures/closure_rate", "/returns", "/units/smj", "/returns/" + id, "/papers", "/account", "/query"},
		"analyst":   {"/", "/figures/closure_rate", "/query", "/query/tables/main.问题台账", "/papers", "/account", "/settings"},
		"admin":     {"/", "/units/smj", "/returns/" + id, "/papers", "/runs", "/runs/backups", "/settings", "/settings/users", "/account"},
	} {
		t.Run(name, func(t *testing.T) {
			y := x.as(name)
			y.t = t
			if name == "smj-clerk" {
				pages = append(pages, y.upload("/units/smj/check", upload{"问题台账.csv", []byte(strings.ReplaceAll(faulty, "政法办", "双马街道"))}).header.Get("Location"))
				sent := y.upload("/units/smj/check", upload{"问题台账.csv", []byte(strings.ReplaceAll(mended, "政法办", "双马街道"))}).header.Get("Location")
				pages = append(pages, y.post(sent, nil).header.Get("Location"))
			}
			b := browser(t, y, 1366, 768)
			b.carries(y)
			for _, path := range pages {
				b.open(path)
				root := b.tree()
				for _, w := range unheard(root) {
					t.Errorf("%s: %s", path, w)
				}
				if n := len(root.all("status")); n == 0 {
					t.Errorf("%s has no place where news is told", path)
				}
				if name != "" {
					if nav := root.all("navigation"); len(nav) == 0 || nav[0].name != "主导航" {
						t.Errorf("%s: the menu isn't called one", path)
					}
				}
				b.accessible(name + " " + path)
			}
			b.mu.Lock()
			b.faults = without(b.faults, y.url) // what a role may not see isn't there
			b.mu.Unlock()
		})
	}
}

// TestBrowserHeard walks the pages as a screen reader is given them: landmarks, one title, headings in order, a name for
// everything that can be used and for every table, headings for its columns. Previews of
// workbooks fit a phone too.
func TestBrowserHeard(t *testing.T) {
	tooltest.Thorough(t)
	dir := copyZone(t)
	x := open(t, dir, nil)
	x.post("/papers", nil)
	id := firstReturn(t, x.page("/units/cyj"))
	draft := x.upload("/units/smj/check", upload{"问题台账.csv", []byte(faulty)}).header.Get("Location")
	result := x.post("/query", url.Values{"sql": {"select 牵头单位, count(*) n from 问题台账 group by 1"}}).header.Get("Location")
	papers := x.page("/papers")
	pages := []string{"/", "/figures", "/figures/closure_rate?street=" + url.QueryEscape("双马街道"), "/figures/return_timeliness", "/returns", "/returns?by=form", "/units/cyj", "/returns/" + id, "/returns/" + id + "/sheet?row=5&cells=L5&cell=L5",
		draft, "/query", result, "/query/tables/main.问题台账", "/papers", "/runs", "/runs/backups", "/settings", "/settings/users", "/nosuch",
		regexp.MustCompile(`/papers/preview/[^"]*\.xlsx`).FindString(papers), regexp.MustCompile(`/papers/ledgers/[^"]*/preview`).FindString(papers)}
	b := browser(t, x, 1366, 768)
	for _, path := range pages {
		b.open(path)
		for _, w := range unheard(b.tree()) {
			t.Errorf("%s: %s", path, w)
		}
		if strings.Contains(path, "preview") {
			b.onPhone("preview" + strconv.Itoa(len(path)))
		}
	}
	b.mu.Lock()
	b.faults = without(b.faults, "/nosuch") // it isn't there
	b.mu.Unlock()
}
