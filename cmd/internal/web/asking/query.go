package asking

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/ingest/secret"
	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/queries"
	"taizhang/queries/fence"
)

const (
	queriesAtOnce = 2                // each is a process of its own
	queryRows     = 10_000           // shown; an export has them all
	queryPage     = 100              // rows of one page
	queryTime     = 60 * time.Second // of one that is shown
	exportTime    = 15 * time.Minute // of one that is taken along
	QueryBytes    = 16 << 20         // of rows that are shown
	queryText     = 10_000           // characters of a text that is shown
	MostResults   = 40               // kept of all people
	ResultBytes   = 96 << 20         // of all of them
	resultAge     = time.Hour
	SqlBytes      = 64 << 10
)

// Results are what was asked lately, in memory: a query that somebody typed stands in no address and no file.
type Results struct {
	mu   sync.Mutex
	List []*Asked
}

// Asked is a query with what came out.
type Asked struct {
	id, Who string
	At      time.Time
	saved   string // name of a saved query; "" of one that was typed
	sql     string
	values  map[string]string
	point   frame.PointView
	Table   result.Table
	widths  []int // of its columns
	Size    int   // about how many bytes it takes
	took    time.Duration
	far     atomic.Pointer[fence.Progress] // while it is at work; nil before it has said anything
	begun   atomic.Bool                    // its turn has come
}

func (l *Results) Keep(a *Asked) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a.id, _ = account.Secret()
	l.List = append(l.List, a)
	size := 0
	for _, a := range l.List {
		size += a.Size
	}
	for len(l.List) > 1 && (len(l.List) > MostResults || size > ResultBytes) {
		size -= l.List[0].Size
		l.List = l.List[1:]
	}
}

func (l *Results) find(id, who string, now time.Time) (*Asked, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.List, func(a *Asked) bool { return a.id == id && a.Who == who && now.Sub(a.At) < resultAge })
	if i < 0 {
		return nil, &frame.Fault{Status: http.StatusNotFound, Says: "这个结果已经不在了（只保留一小时），请重新查询。", Back: "/query"}
	}
	return l.List[i], nil
}

// queryView is 查询: what was typed, what came out, and what there is to ask.
type queryView struct {
	SQL         string
	Saved       []savedView
	Schemas     []schemaView
	Fault, Hint string
	Place       *fence.Place // where it is wrong
	Original    string       // as the engine says it, where that is something else
	Note        string       // what became of the query before
	Result      *resultView
	AsOf        string
	KnownAt     string
}

type savedView struct {
	Name, Description string
	Params            []paramView
	Text              string
}

type paramView struct{ Name, Label, Type, Value string }

// schemaView is a layer of tables.
type schemaView struct {
	Name, Title string
	Tables      []tableView
}

type tableView struct {
	ID, Name, About string
	Columns         []columnView
}

type columnView struct{ Name, Type, About string }

// Query shows the page to type into.
func (s *Pages) Query(w http.ResponseWriter, r *http.Request, who account.Person) error {
	return s.showQuery(w, r, who, http.StatusOK, queryView{})
}

func (s *Pages) showQuery(w http.ResponseWriter, r *http.Request, who account.Person, status int, v queryView) error {
	rd, done, l, err := s.Reads(r)
	if err != nil {
		return s.reading.OrBegin(w, r, who, err)
	}
	defer done()
	if v.Saved, err = savedViews(s.ZoneOf()); err != nil {
		return err
	}
	if v.Schemas, err = schemasOf(r, rd); err != nil {
		return err
	}
	l.Title, l.Body, l.Across = "查询", v, v.Result != nil
	l.Point = frame.PointView{}
	l.Scripts, l.Nonce = []string{"query.js", "editor.js"}, frame.NewNonce()
	s.Render(w, r, who, status, "query", l)
	return nil
}

func savedViews(z *office.Zone) ([]savedView, error) {
	list, err := queries.SavedQueries(savedFolder(z))
	if err != nil {
		return nil, err
	}
	var out []savedView
	for _, q := range list {
		v := savedView{Name: q.Name, Description: q.Description, Text: q.Text}
		for _, p := range q.Params {
			v.Params = append(v.Params, paramView{p.Name, p.Label, p.Type, p.Default})
		}
		out = append(out, v)
	}
	return out, nil
}

// savedFolder is a zone's own saved queries, nil where it has none.
func savedFolder(z *office.Zone) fs.FS {
	dir := filepath.Join(z.Dir, "queries", "saved")
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil
	}
	return os.DirFS(dir)
}

func schemasOf(r *http.Request, rd *shelf.Reading) ([]schemaView, error) {
	return shelf.Once(rd, "tables", func() ([]schemaView, error) { return schemaViews(r.Context(), rd) })
}

// Tables shows the columns of a table.
func (s *Pages) Tables(w http.ResponseWriter, r *http.Request, who account.Person) error {
	rd, done, err := s.Readings.Open(s.ZoneOf())
	if err != nil {
		return err
	}
	defer done()
	list, err := schemasOf(r, rd)
	if err != nil {
		return err
	}
	for _, x := range list {
		for _, t := range x.Tables {
			if t.ID == r.PathValue("table") {
				s.Render(w, r, who, http.StatusOK, "table", frame.Layout{Title: t.Name, Body: t})
				return nil
			}
		}
	}
	return frame.NotFound("没有这张表。")
}

var schemaTitles = map[string]string{"main": "各报表（中文视图，计入统计的行）", "mart": "统计结果", "core": "模型", "stg": "按报表整理的行", "raw": "原始记录", "ctl": "参数"}

func schemaViews(ctx context.Context, rd *shelf.Reading) ([]schemaView, error) {
	list, err := rd.Tables(ctx)
	if err != nil {
		return nil, err
	}
	comments, err := rd.Comments(ctx)
	if err != nil {
		return nil, err
	}
	var out []schemaView
	for _, t := range list {
		if n := len(out); n == 0 || out[n-1].Name != t.Schema {
			out = append(out, schemaView{Name: t.Schema, Title: schemaTitles[t.Schema]})
		}
		id := t.Schema + "." + t.Name
		v := tableView{ID: id, Name: id, About: cmp.Or(comments[id], t.Description)}
		if t.Schema == "main" {
			v.Name = t.Name
		}
		for _, c := range t.Columns {
			about := comments[id+"."+c.Name]
			if c.Sensitive && !strings.Contains(about, "遮") {
				about = strings.TrimSpace(about + "（已遮盖）")
			}
			v.Columns = append(v.Columns, columnView{c.Name, c.Type, about})
		}
		x := &out[len(out)-1]
		x.Tables = append(x.Tables, v)
	}
	return out, nil
}

// Ask runs what was typed, or a saved query, behind the fence.
func (s *Pages) Ask(w http.ResponseWriter, r *http.Request, who account.Person) error {
	if err := frame.ReadForm(w, r, SqlBytes, "查询太长，或没有读到。"); err != nil {
		return err
	}
	f := r.PostForm
	a := &Asked{Who: who.Name, At: s.Options.Clock(), saved: f.Get("saved"), sql: f.Get("sql"), values: map[string]string{}, point: frame.PointView{AsOf: strings.TrimSpace(f.Get("as_of")), KnownAt: strings.TrimSpace(f.Get("known_at"))}}
	for name := range f {
		if p, ok := strings.CutPrefix(name, "p-"); ok {
			a.values[p] = strings.TrimSpace(f.Get(name))
		}
	}
	frame.About(w, secret.MaskText(strings.TrimSpace("@"+a.saved+" "+a.sql)))
	if strings.ContainsRune(a.sql, 0) { // an engine's text would end there
		return frame.BadAsk("查询里有看不见的字符，请重新输入。")
	}
	v := queryView{SQL: a.sql, AsOf: a.point.AsOf, KnownAt: a.point.KnownAt}
	if a.saved == "" && strings.TrimSpace(a.sql) == "" {
		v.Fault = "还没有写查询。"
		return s.showQuery(w, r, who, http.StatusBadRequest, v)
	}
	q := s.beginQuery(a)
	patience := time.NewTimer(s.Patience)
	defer patience.Stop()
	select {
	case <-q.done:
		return s.answer(w, r, who, q)
	case <-r.Context().Done(): // whoever asked has gone
		q.stop()
		return r.Context().Err()
	case <-patience.C:
	}
	http.Redirect(w, r, "/query/working/"+q.id, http.StatusSeeOther)
	return nil
}

// roomOf is about how many bytes a result takes.
func roomOf(t result.Table) (n int) {
	for _, row := range t.Rows {
		for _, v := range row {
			n += 16
			if text, ok := v.(string); ok {
				n += len(text)
			}
		}
	}
	return n
}

// turn waits for a query's turn; few are at work at once.
func (s *Pages) turn(ctx context.Context) (func(), error) {
	select {
	case s.Asking <- struct{}{}:
		return func() { <-s.Asking }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(10 * time.Second):
		return nil, &frame.Fault{Status: http.StatusTooManyRequests, Says: "同时进行的查询太多，请稍候再试。", Back: "/query"}
	}
}

func (s *Pages) run(ctx context.Context, a *Asked) error {
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	a.begun.Store(true)
	return s.fenced(a, func(rd *shelf.Reading, query string, o fence.Options, args []string) error {
		o.Progress = func(p fence.Progress) { a.far.Store(&p) }
		o.MaxRows, o.MaxBytes, o.MaxText, o.Deadline = queryRows, QueryBytes, queryText, queryTime
		begun := time.Now()
		a.Table, err = rd.SQL(ctx, query, o, args...)
		a.took, a.widths, a.Size = time.Since(begun), widthsOf(a.Table), roomOf(a.Table)
		return err
	})
}

// fenced prepares a query: bound, at its point.
func (s *Pages) fenced(a *Asked, f func(rd *shelf.Reading, query string, o fence.Options, args []string) error) error {
	rd, done, err := s.Readings.Open(s.ZoneOf())
	if err != nil {
		return err
	}
	defer done()
	query, args := a.sql, []string(nil)
	if a.saved != "" {
		if query, args, err = bound(s.ZoneOf(), a.saved, a.values); err != nil {
			return err
		}
	}
	r := &http.Request{URL: frame.PointURL(a.point)}
	p, _, err := frame.PointOf(r, rd.Reader)
	if err != nil {
		return err
	}
	return f(rd, query, fence.Options{Exe: s.Options.Exe, At: elsewhere(rd, p)}, args)
}

func elsewhere(rd *shelf.Reading, p warehouse.Point) *warehouse.Point { return rd.Elsewhere(p) }

// bound finds a saved query and binds its parameters.
func bound(z *office.Zone, name string, values map[string]string) (string, []string, error) {
	list, err := queries.SavedQueries(savedFolder(z))
	if err != nil {
		return "", nil, err
	}
	i := slices.IndexFunc(list, func(q queries.SavedQuery) bool { return q.Name == name })
	if i < 0 {
		return "", nil, frame.BadAsk("没有名为“" + name + "”的常用查询。")
	}
	given := map[string]string{}
	for k, v := range values {
		if v != "" {
			given[k] = v
		}
	}
	text, args, err := list[i].Bind(given, z.Meant)
	var refused *office.Refusal
	if errors.As(err, &refused) {
		return "", nil, frame.BadAsk("条件不对：" + refused.In(lang.Chinese) + "。")
	}
	if errors.Is(err, queries.ErrParam) {
		return "", nil, frame.BadAsk("条件不对：日期请写成 2022-08-15，数字只写数字。")
	}
	return text, args, err
}
