package frame

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/settings"
)

//go:embed pages/*.html
var pageFiles embed.FS

// Layout is what every page shows around its own content.
type Layout struct {
	Title  string
	Body   any
	Across bool   // it is printed on paper that lies across
	Seen   string // which publication it shows, as events tell it
	Behind bool   // newer figures are being made
	Live   bool   // it is to be shown anew when something was published
	Again  int    // seconds after which it is to be asked for again; 0: never
	// Scripts are assets that this page needs beside its own.
	Scripts []string
	Nonce   string // of styles that a script of this page makes; "": none may

	Zone    string
	Who     account.Person
	Did     string // what was done just now
	Login   bool   // there are users, so that one can leave
	Nav     []navItem
	Needs   []string // what needs the operator, for whoever may do something about it
	Point   PointView
	Stale   []string // why the figures are not the newest there could be
	Path    string
	Version string
	query   url.Values
}

type navItem struct {
	Title, Href string
	Here        bool
	Count       int // of what needs somebody there
}

// Href is an address within the page that keeps its point; pairs of names and values are added to it.
func (l Layout) Href(to string, pairs ...any) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if v := fmt.Sprint(pairs[i+1]); v != "" {
			q.Set(fmt.Sprint(pairs[i]), v)
		}
	}
	l.Point.into(q)
	if len(q) == 0 {
		return to
	}
	return to + "?" + q.Encode()
}

var Templates = sync.OnceValue(func() map[string]*template.Template {
	funcs := template.FuncMap{"seg": url.PathEscape, "add": func(a, b int) int { return a + b }, "join": strings.Join, "first": firstOf, "in": within, "told": told, "field": fieldOf, "asset": AssetAddress, "address": Address,
		"pair": func(id string, v settings.Field) any {
			return struct {
				L string
				V settings.Field
			}{id, v}
		},
		"settingsForm": func(mark string, f settings.Form) any {
			return struct {
				Mark string
				F    settings.Form
			}{mark, f}
		}}
	base := template.Must(template.New("").Funcs(funcs).ParseFS(pageFiles, "pages/layout.html", "pages/parts.html"))
	files, err := pageFiles.ReadDir("pages")
	if err != nil {
		panic(err) // embedded
	}
	out := map[string]*template.Template{}
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".html")
		if name != "layout" && name != "parts" {
			out[name] = template.Must(template.Must(base.Clone()).ParseFS(pageFiles, "pages/"+f.Name()))
		}
	}
	return out
})

// Address is a path on this page to something that is called by any name, also by one with ? or # in it.
func Address(parts ...string) string {
	u := url.URL{Path: strings.Join(parts, "")}
	return u.EscapedPath()
}

// firstOf is the first of some names with commas between.
func firstOf(list string) string {
	first, _, _ := strings.Cut(list, ",")
	return first
}

// inside is a part of a page with the page around it, for templates of parts.
type inside struct {
	L Layout
	V any
}

func within(l Layout, v any) inside { return inside{l, v} }

// fieldOf is a field of a form for the templates of fields: its id is its name with a prefix.
func fieldOf(list Mistakes, label, prefix, name string) any {
	return struct {
		Mistake
		Label, Name string
	}{list.Of(prefix + name), label, name}
}

// told are mistakes under their heading, for the template that lists them.
func told(heading string, list Mistakes) any {
	return struct {
		Heading string
		List    Mistakes
	}{heading, list}
}

// Render writes a page whole or not at all.
func (s *Frame) Render(w http.ResponseWriter, r *http.Request, who account.Person, status int, name string, l Layout) {
	z := s.Options.Service.Zone()
	if status >= http.StatusBadRequest && name != "error" { // whoever hears the page hears it first, and sees it on the tab
		l.Title = "没有完成：" + l.Title
	}
	l.Did = did(r)
	l.Zone, l.Who, l.Login, l.Path, l.Version, l.query = z.Name, who, who.Role != "" && who != account.Operator, r.URL.Path, s.Options.Version, r.URL.Query()
	l.Nav, l.Needs = navOf(who, r.URL.Path), s.needs(r.Context(), who)
	for i := range l.Nav {
		if l.Nav[i].Href == "/runs" {
			l.Nav[i].Count = len(l.Needs)
		}
	}
	var b bytes.Buffer
	if err := Templates()[name].ExecuteTemplate(&b, "layout", l); err != nil {
		s.Options.Log.Error("page", "template", name, "err", err)
		http.Error(w, "页面出错，请告诉管理员。", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if l.Nonce != "" {
		w.Header().Set("Content-Security-Policy", policyWith(l.Nonce))
	}
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // whoever asked has gone
}

// needs are the alerts that last, for those who manage.
func (s *Frame) needs(ctx context.Context, who account.Person) (out []string) {
	if !who.Manages() || s.Options.Store == nil {
		return nil
	}
	alerts, err := s.Options.Store.Alerts(ctx)
	if err != nil {
		s.Options.Log.Error("look what needs the operator", "err", err)
		return []string{"需要处理的事项读不出来：程序的记录（state.sqlite）读取出错。请运行 taizhang doctor。"}
	}
	for _, a := range alerts {
		out = append(out, a.Text.Chinese)
	}
	return out
}

// RenderPart writes a part of a page alone, for a script that puts it into the page.
func (s *Frame) RenderPart(w http.ResponseWriter, _ *http.Request, name, part string, v any) error {
	var b bytes.Buffer
	if err := Templates()[name].ExecuteTemplate(&b, part, v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes()) // whoever asked has gone
	return nil
}

// navOf are the parts that a person may see.
func navOf(who account.Person, here string) []navItem {
	var out []navItem
	add := func(may account.Permission, title, href string, prefixes ...string) {
		if !who.May(may, "") {
			return
		}
		n := navItem{Title: title, Href: href}
		for _, p := range prefixes {
			n.Here = n.Here || here == p || p != "/" && strings.HasPrefix(here, p+"/")
		}
		out = append(out, n)
	}
	if who.Role == "" {
		return nil
	}
	add(account.MayRead, "总览", "/", "/", "/figures")
	if who.Role == account.Submitter {
		out = append(out, navItem{Title: "报送", Href: "/units/" + who.Unit, Here: true})
	}
	add(account.MayRead, "报送", "/returns", "/returns", "/units")
	add(account.MayQuery, "查询", "/query", "/query")
	add(account.MayRead, "汇总", "/papers", "/papers")
	add(account.MayManage, "运行", "/runs", "/runs")
	add(account.MayManage, "设置", "/settings", "/settings")
	return out
}

// With is the page's own address with one thing changed.
func (l Layout) With(name string, value any) string {
	q := maps.Clone(l.query)
	if q == nil {
		q = url.Values{}
	}
	if name != "page" {
		q.Del("page")
	}
	q.Set(name, fmt.Sprint(value))
	return l.Path + "?" + q.Encode()
}

// Kept are the conditions in the page's address that hold at another point too.
func (l Layout) Kept() (out [][2]string) {
	for _, name := range slices.Sorted(maps.Keys(l.query)) {
		if name != "as_of" && name != "known_at" && name != "page" {
			for _, v := range l.query[name] {
				out = append(out, [2]string{name, v})
			}
		}
	}
	return out
}

// Now is the page's own address at the publication's own point.
func (l Layout) Now() string {
	q := url.Values{}
	for _, kept := range l.Kept() {
		q.Add(kept[0], kept[1])
	}
	if len(q) == 0 {
		return l.Path
	}
	return l.Path + "?" + q.Encode()
}

// Take is the address of a table of this page as a file.
func (l Layout) Take(table, as string) string {
	l.query = maps.Clone(l.query)
	if l.query == nil {
		l.query = url.Values{}
	}
	if table != "" {
		l.query.Set("table", table)
	}
	return l.With("as", as)
}
