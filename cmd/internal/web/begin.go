package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/settings"
	"taizhang/ingest/forms"
	"taizhang/internal/calendar"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// Beginning is the page of a folder that isn't a zone yet: it asks what a zone needs and makes it. It answers this computer
// alone.
type Beginning struct {
	dir     string
	clock   func() time.Time
	log     *slog.Logger
	version string
	forms   *forms.Set
	once    sync.Mutex // one makes it
	made    chan struct{}
	ready   *prepared // answers that were understood and wait for somebody to say that they were understood rightly
}

// MayBegin says whether a zone may be made in a folder: there is none, or nothing is in it.
func MayBegin(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(entries, func(e os.DirEntry) bool { return !strings.HasPrefix(e.Name(), ".") }), nil
}

// NewBeginning is the page of a folder where a zone may be made.
func NewBeginning(dir string, clock func() time.Time, log *slog.Logger, version string) (*Beginning, error) {
	set, err := forms.Load()
	if err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	return &Beginning{dir: abs, clock: clock, log: log, version: version, forms: set, made: make(chan struct{})}, nil
}

// Made is closed once the zone is there.
func (b *Beginning) Made() <-chan struct{} { return b.made }

// Handler serves the questions.
func (b *Beginning) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { b.show(w, http.StatusOK, b.blank()) })
	mux.HandleFunc("POST /{$}", b.answer)
	mux.HandleFunc("GET /assets/{file}", frame.ServeAsset)
	mux.HandleFunc("GET /favicon.ico", frame.ServeIcon)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusSeeOther) })
	inner := http.NewCrossOriginProtection().Handler(mux)
	return frame.Headers(false, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !frame.IsLoopback(r.Host) {
			http.Error(w, "请用 127.0.0.1 或 localhost 打开本页。", http.StatusMisdirectedRequest)
			return
		}
		inner.ServeHTTP(w, r)
	}))
}

// prepared is a zone that is made once somebody has looked at it.
type prepared struct {
	id   string
	view startView
	text []byte       // of taizhang.yaml
	user account.User // its Hash is "" where nobody logs in
}

// startView are the five questions, with what was answered.
type startView struct {
	Ready                   string // of the answers to be confirmed, "" while they are asked for
	Found                   settings.Pasted
	Dir                     string
	Name, Units, User, With string
	Owed                    []startOwed
	Faults                  frame.Mistakes
	Done                    bool
}

type startOwed struct {
	ID, Title, Period, From, Due string
	Chosen                       bool
}

// owed is what was chosen.
func (v startView) owed() (out []settings.Owed) {
	for _, o := range v.Owed {
		if o.Chosen {
			out = append(out, settings.Owed{Form: o.ID, From: o.From, Due: o.Due, Monthly: o.Period == "月报"})
		}
	}
	return out
}

func (b *Beginning) blank() startView {
	v := startView{Dir: b.dir, With: "user", Done: b.isDone()}
	for _, f := range b.forms.Forms {
		if f.OptIn {
			continue // with private persons: it is declared on purpose, in 设置
		}
		o := startOwed{ID: f.ID, Title: f.PlainTitle(), Period: "周报", From: "全部", Due: "次周一 12:00", Chosen: f.ID == "problem"}
		if f.Frequency == calendar.Month {
			o.Period, o.Due = "月报", "5个工作日"
		}
		v.Owed = append(v.Owed, o)
	}
	return v
}

func (b *Beginning) isDone() bool {
	select {
	case <-b.made:
		return true
	default:
		return false
	}
}

func (b *Beginning) show(w http.ResponseWriter, status int, v startView) {
	var text bytes.Buffer
	l := frame.Layout{Title: "新建台账", Body: v, Version: b.version, Path: "/"}
	if len(v.Faults) > 0 {
		l.Title = "没有完成：" + l.Title
	}
	if err := frame.Templates()["start"].ExecuteTemplate(&text, "layout", l); err != nil {
		b.log.Error("page", "template", "start", "err", err)
		http.Error(w, "页面出错。", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if v.Done {
		w.Header().Set("Refresh", "1; url=/")
	}
	w.WriteHeader(status)
	_, _ = w.Write(text.Bytes()) // whoever asked has gone
}

// answer makes the zone from the answers.
func (b *Beginning) answer(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 256<<10)
	v := b.blank()
	if err := r.ParseForm(); err != nil {
		v.Faults = frame.Mistakes{{Says: "没有读到填写的内容，请再试一次。"}}
		b.show(w, http.StatusBadRequest, v)
		return
	}
	get := func(name string) string { return strings.TrimSpace(strings.ToValidUTF8(r.PostForm.Get(name), "?")) }
	v.Name, v.Units, v.User, v.With = get("zone"), get("units"), get("user"), get("with")
	for i := range v.Owed {
		o := &v.Owed[i]
		o.Chosen, o.From, o.Due = get("owes-"+o.ID) != "", get("from-"+o.ID), get("due-"+o.ID)
	}
	b.once.Lock()
	defer b.once.Unlock()
	if b.isDone() {
		v.Done = true
		b.show(w, http.StatusOK, v)
		return
	}
	if id := r.PostForm.Get("ready"); id != "" {
		b.confirm(w, r, id, r.PostForm.Get("back") != "")
		return
	}
	if v.Faults = b.prepare(&v, r.PostForm.Get("password"), r.PostForm.Get("again")); len(v.Faults) > 0 {
		b.show(w, http.StatusBadRequest, v)
		return
	}
	b.show(w, http.StatusOK, v)
}

// confirm makes the zone that somebody has looked at, or goes back to the questions.
func (b *Beginning) confirm(w http.ResponseWriter, r *http.Request, id string, back bool) {
	if b.ready == nil || b.ready.id != id {
		v := b.blank()
		v.Faults = frame.Mistakes{{Says: "这一页已经过时，请重新填写。"}}
		b.show(w, http.StatusBadRequest, v)
		return
	}
	p := b.ready
	v := p.view
	if back {
		b.show(w, http.StatusOK, v)
		return
	}
	if v.Faults = b.make(r.Context(), p); len(v.Faults) > 0 {
		b.show(w, http.StatusBadRequest, v)
		return
	}
	close(b.made)
	v.Done = true
	b.show(w, http.StatusOK, v)
}

// prepare understands the answers and keeps them until somebody confirms them, or says what is wrong with them. The
// password is kept as its hash, so that nobody has to type it twice.
func (b *Beginning) prepare(v *startView, password, again string) (faults frame.Mistakes) {
	found := settings.UnitsIn(v.Units)
	units := found.Units
	if v.Name == "" {
		faults = append(faults, frame.Mistake{At: "zone", Says: "1. 请填写园区名称。"})
	} else if !account.Nameable(v.Name) {
		faults = append(faults, frame.Mistake{At: "zone", Says: "1. 园区名称不能用：最多三十个汉字，不能有看不见的字符。"})
	}
	seen := map[string]bool{}
	for _, u := range units {
		for _, name := range append([]string{u.Name}, u.Aliases...) {
			if seen[name] {
				faults = append(faults, frame.Mistake{At: "units", Says: fmt.Sprintf("2. “%s”写了两次，请删去一个。", name)})
			}
			seen[name] = true
		}
	}
	if len(units) == 0 {
		faults = append(faults, frame.Mistake{At: "units", Says: "2. 请填写至少一个单位，一行一个。"})
	}
	if !slices.ContainsFunc(v.Owed, func(o startOwed) bool { return o.Chosen }) {
		faults = append(faults, frame.Mistake{At: "owes-" + v.Owed[0].ID, Says: "3. 请选至少一种报表。"})
	}
	hash := ""
	if v.With != "alone" {
		var err error
		switch hash, err = account.HashPassword(password); {
		case v.User == "":
			faults = append(faults, frame.Mistake{At: "user", Says: "5. 请填写管理员的用户名，或选“只在这台电脑上用”。"})
		case !account.Nameable(v.User):
			faults = append(faults, frame.Mistake{At: "user", Says: "5. 用户名不能用：最多三十个汉字，不能有看不见的字符。"})
		case errors.Is(err, account.ErrShortPassword):
			faults = append(faults, frame.Mistake{At: "password", Says: fmt.Sprintf("5. 密码至少%d个字符。", account.LeastPassword)})
		case err != nil:
			return append(faults, b.failed(err)...)
		case password != again:
			faults = append(faults, frame.Mistake{At: "again", Says: "5. 两次输入的密码不一样。"})
		}
	}
	if len(faults) > 0 {
		return faults
	}
	text, err := settings.Declare(v.Name, units, v.owed(), calendar.Of(b.clock().In(time.FixedZone("", 8*60*60))))
	if err != nil {
		return b.failed(err)
	}
	if err := office.Check(b.dir, text); err != nil {
		return b.wrong(v, err)
	}
	id, _ := account.Secret()
	b.ready = &prepared{id: id, view: *v, text: text, user: account.User{Name: v.User, Role: string(account.Admin), Hash: hash, Since: b.clock()}}
	v.Ready, v.Found = id, found
	return nil
}

// make makes the zone, or says why it can't be made.
func (b *Beginning) make(ctx context.Context, p *prepared) (faults frame.Mistakes) {
	if err := durable.MkdirAll(b.dir, 0o755); err != nil {
		return b.failed(err)
	}
	if err := office.Configure(b.dir, nil, p.text); err != nil {
		return b.wrong(&p.view, err)
	}
	if p.user.Hash == "" {
		return nil
	}
	if err := b.firstUser(ctx, p.user); err != nil {
		return b.failed(err)
	}
	return nil
}

// lineOf is the place of a fault in the file.
var lineOf = regexp.MustCompile(`第\d+行的?`)

// wrong says what is wrong with a declaration.
func (b *Beginning) wrong(v *startView, err error) (faults frame.Mistakes) {
	for _, f := range settings.FaultsIn(err) {
		says := lineOf.ReplaceAllString(f.Says.In(lang.Chinese), "") // nobody has seen the file yet
		faults = append(faults, frame.Mistake{At: v.holds(says), Says: says})
	}
	if len(faults) == 0 {
		faults = b.failed(err)
	}
	return faults
}

// holds is the field whose answer a fault names; "" where it names none.
func (v *startView) holds(says string) string {
	names := func(text string) bool { return text != "" && strings.Contains(says, "“"+text+"”") }
	for _, o := range v.Owed {
		switch {
		case o.Chosen && names(o.Due):
			return "due-" + o.ID
		case o.Chosen && slices.ContainsFunc(strings.Split(o.From, "、"), names):
			return "from-" + o.ID
		}
	}
	if slices.ContainsFunc(strings.Fields(v.Units), names) {
		return "units"
	}
	return ""
}

func (b *Beginning) firstUser(ctx context.Context, u account.User) error {
	store, err := account.OpenUsers(ctx, b.dir)
	if err != nil {
		return err
	}
	return errors.Join(store.PutUser(ctx, u), store.Close())
}

func (b *Beginning) failed(err error) frame.Mistakes {
	b.log.Error("make a zone for the page", "err", err)
	return frame.Mistakes{{Says: "没有完成：" + lang.In(err, lang.Chinese)}}
}
