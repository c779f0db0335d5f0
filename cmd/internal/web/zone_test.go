package web

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/papers"
	"taizhang/cmd/internal/service"
	"taizhang/cmd/internal/web/account"
	"taizhang/data"
	"taizhang/ingest/forms"
	"taizhang/internal/state"
	"taizhang/internal/warehouse"
	"taizhang/internal/zone"
	"taizhang/queries"
	"taizhang/queries/fence"
)

// The tests share one zone: the demo's returns of its last weeks, taken in once. Those who change it work in a copy.

var shared struct {
	once sync.Once
	dir  string
	err  error
}

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == fence.ChildCommand {
		os.Exit(fence.ChildMain())
	}
	code := m.Run()
	if shared.dir != "" {
		os.RemoveAll(shared.dir)
	}
	os.Exit(code)
}

// sharedZone is the zone that tests only read.
func sharedZone(t testing.TB) string {
	t.Helper()
	shared.once.Do(func() { shared.dir, shared.err = makeZone() })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.dir
}

func makeZone() (dir string, err error) {
	if dir, err = os.MkdirTemp("", "taizhang-web-*"); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, zone.FileName), data.Config(), 0o644); err != nil {
		return dir, err
	}
	z, err := office.Load(dir)
	if err != nil {
		return dir, err
	}
	all, err := data.Deliveries()
	if err != nil {
		return dir, err
	}
	service := &testService{dir: dir, clock: testClock}
	_, err = service.locked(func(z *office.Zone) (*office.Outcome, error) {
		return z.Run(context.Background(), office.Options{Clock: testClock, Pause: func(time.Duration) {}, Deliver: func(take func(func(string) time.Time) error) error {
			at := map[string]time.Time{}
			for _, d := range all {
				if d.ReceivedAt.Before(time.Date(2022, 7, 25, 0, 0, 0, 0, time.UTC)) {
					continue
				}
				path := filepath.Join(z.Inbox(), filepath.FromSlash(d.Path))
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					return err
				}
				if err := os.WriteFile(path, d.Content, 0o644); err != nil {
					return err
				}
				settled := time.Now().Add(-time.Minute)
				if err := os.Chtimes(path, settled, settled); err != nil {
					return err
				}
				at[d.Path] = d.ReceivedAt
			}
			return take(func(path string) time.Time { return at[path] })
		}})
	})
	_ = z
	return dir, err
}

// testClock is the afternoon of the demo's day.
func testClock() time.Time { return time.Date(2022, 8, 15, 7, 0, 0, 0, time.UTC) }

// copyZone is a zone of a test's own.
func copyZone(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(sharedZone(t))); err != nil {
		t.Fatal(err)
	}
	os.RemoveAll(filepath.Join(dir, account.Folder))
	return dir
}

// testService is the service that serve is, without a schedule.
type testService struct {
	dir   string
	clock func() time.Time
	mu    sync.Mutex
	zone  *office.Zone  // as it was declared, until forget
	read  sync.Mutex    // of zone: whoever reads the declarations while they change reads them again
	hold  chan struct{} // where given, a run waits for it
	still bool          // nothing is taken in
}

func (s *testService) Zone() *office.Zone {
	s.read.Lock()
	defer s.read.Unlock()
	if s.zone == nil {
		z, err := office.Load(s.dir)
		if err != nil {
			panic(err)
		}
		s.zone = z
	}
	return s.zone
}

func (s *testService) forget() {
	s.read.Lock()
	defer s.read.Unlock()
	s.zone = nil
}

func (s *testService) locked(f func(z *office.Zone) (*office.Outcome, error)) (*office.Outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget() // as it is declared now
	owner, err := warehouse.Lock(s.dir, "serve", time.UTC)
	if err != nil {
		return nil, err
	}
	out, err := f(s.Zone())
	if e := owner.Release(); err == nil {
		err = e
	}
	return out, err
}

func (s *testService) options() office.Options {
	return office.Options{Clock: s.clock, Pause: func(time.Duration) {}}
}

func (s *testService) Run(ctx context.Context, _ string) error {
	if s.still {
		return nil
	}
	if s.hold != nil {
		<-s.hold
	}
	_, err := s.locked(func(z *office.Zone) (*office.Outcome, error) { return z.Run(ctx, s.options()) })
	return err
}

func (s *testService) Decide(ctx context.Context, d office.Decision) (*office.Outcome, error) {
	return s.locked(func(z *office.Zone) (*office.Outcome, error) { return z.Decide(ctx, d, s.options()) })
}

func (s *testService) Teach(_ context.Context, lessons []forms.Lesson) error {
	defer s.forget()
	_, err := s.locked(func(z *office.Zone) (*office.Outcome, error) { _, err := z.Teach(lessons); return nil, err })
	return err
}

func (s *testService) Forget(_ context.Context, lesson forms.Lesson) error {
	defer s.forget()
	_, err := s.locked(func(z *office.Zone) (*office.Outcome, error) { return nil, z.Forget(lesson) })
	return err
}

func (s *testService) Configure(_ context.Context, was, text []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.forget()
	return office.Configure(s.dir, was, text)
}

func (s *testService) Do(ctx context.Context, job, _ string) (r service.Report, err error) {
	if job == zone.JobBackup && s.Zone().Backups.To == "" {
		return r, office.Refuse("taizhang.yaml has no backup:", "taizhang.yaml 没有写 backup:") // as the service does
	}
	if job != zone.JobSummary {
		return r, fmt.Errorf("the test's service doesn't do %s", job)
	}
	_, err = s.locked(func(z *office.Zone) (*office.Outcome, error) {
		d := papers.Desk{Zone: z, Clock: s.clock, Open: func(z *office.Zone) (*queries.Reader, warehouse.Point, error) {
			r, err := queries.Open(z.PublishedFile(), z.Metrics)
			if err != nil {
				return nil, warehouse.Point{}, err
			}
			return r, r.Published(), nil
		}}
		i, err := d.Issue(ctx, papers.Options{})
		if i != nil {
			r.Message = i.Path
		}
		return nil, err
	})
	return r, err
}

func (s *testService) Template(_ context.Context, u zone.Submitter) (string, []byte, error) {
	return "报送_" + u.Name + ".xlsx", []byte("template of " + u.Name), nil
}

// site is the page of a zone with a browser of a sort before it.
type site struct {
	t      testing.TB
	dir    string
	server *Server
	url    string
	client *http.Client
	log    *bytes.Buffer
	close  func()
}

// open shows the page of a zone. Without users whoever asks is its operator.
func open(t testing.TB, dir string, change func(*Options)) *site {
	t.Helper()
	log := &bytes.Buffer{}
	store := usersOf(t, dir)
	o := Options{Service: &testService{dir: dir, clock: testClock}, Clock: testClock, Store: store, Alone: true, Version: "test",
		Log: slog.New(slog.NewTextHandler(log, nil))}
	if change != nil {
		change(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	s.entry.Nobody = cheap("nobody")
	s.asking.Patience = most // a busy machine is no reason to be sent elsewhere
	h := httptest.NewServer(s.Handler())
	x := &site{t: t, dir: dir, server: s, url: h.URL, client: newClient(t), log: log}
	x.close = sync.OnceFunc(func() {
		<-s.Intake.Join(func() error { return nil }).Done // a run that the page began writes into the zone until then
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		h.Close()
	})
	t.Cleanup(x.close)
	return x
}

// eventually waits for what happens beside requests.
func eventually(t testing.TB, limit time.Duration, otherwise string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(otherwise)
		}
	}
}

// usersOf opens the users of a zone.
func usersOf(t testing.TB, dir string) *state.Store {
	t.Helper()
	s, err := account.OpenUsers(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// newClient is a browser of a sort: it keeps cookies and follows nothing by itself.
func newClient(t testing.TB) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// answerOf is what came back.
type answerOf struct {
	status int
	header http.Header
	body   string
}

func (x *site) do(req *http.Request) answerOf {
	x.t.Helper()
	resp, err := x.client.Do(req)
	if err != nil {
		x.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	return answerOf{resp.StatusCode, resp.Header, string(text)}
}

func (x *site) get(path string) answerOf {
	x.t.Helper()
	req, err := http.NewRequest(http.MethodGet, x.url+path, nil)
	if err != nil {
		x.t.Fatal(err)
	}
	return x.do(req)
}

// sent is the page of what was handed in, once that is taken in.
func (x *site) sent(a answerOf) string {
	x.t.Helper()
	to := a.header.Get("Location")
	if a.status != http.StatusSeeOther || !strings.Contains(to, "/sent/") {
		x.t.Fatalf("hand in: status %d, to %q\n%s\n%s", a.status, to, a.body, x.log)
	}
	for limit := time.Now().Add(2 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		page := x.page(to)
		if !strings.Contains(page, "正在处理") {
			return page
		}
		if time.Now().After(limit) {
			x.t.Fatalf("it is never taken in\n%s", x.log)
		}
	}
}

// page is get of what must be there.
func (x *site) page(path string) string {
	x.t.Helper()
	a := x.get(path)
	if a.status != http.StatusOK {
		x.t.Fatalf("%s: status %d\n%s\n%s", path, a.status, a.body, x.log)
	}
	return a.body
}

func (x *site) post(path string, form url.Values) answerOf {
	x.t.Helper()
	req, err := http.NewRequest(http.MethodPost, x.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		x.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return x.do(req)
}

type upload struct {
	name    string
	content []byte
}

func (x *site) upload(path string, files ...upload) answerOf {
	x.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range files {
		part, err := w.CreatePart(map[string][]string{"Content-Disposition": {fmt.Sprintf(`form-data; name="files"; filename=%q`, f.name)}})
		if err != nil {
			x.t.Fatal(err)
		}
		if _, err := part.Write(f.content); err != nil {
			x.t.Fatal(err)
		}
	}
	w.Close()
	req, err := http.NewRequest(http.MethodPost, x.url+path, &b)
	if err != nil {
		x.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return x.do(req)
}

var anchor = regexp.MustCompile(`<a [^>]*href="([^"]*)"[^>]*>([^<]*)<`)

// link finds where a link of a page leads, by its text.
func link(t testing.TB, page, text string) string {
	t.Helper()
	return linkTo(t, page, text, "")
}

// linkTo is link of several of one text: the one whose address holds something.
func linkTo(t testing.TB, page, text, holds string) string {
	t.Helper()
	for _, m := range anchor.FindAllStringSubmatch(page, -1) {
		if to := html.UnescapeString(m[1]); m[2] == text && strings.Contains(to, holds) {
			return to
		}
	}
	t.Fatalf("the page has no link %q:\n%s", text, page)
	return ""
}

func isThere(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
