package asking

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
	"taizhang/queries/fence"
)

const (
	queryPatience = 2 * time.Second  // that whoever asks waits for the answer itself; then for a page that tells how far it is
	queryLeft     = 30 * time.Second // after which a query ends of which nobody looks how far it is
	mostUnderway  = 100              // kept of all people, those that are done with them
)

// underway are the queries at work, and those that ended while nobody looked.
type underway struct {
	mu   sync.Mutex
	list []*working
	work sync.WaitGroup
}

// working is a query at work.
type working struct {
	id     string
	asked  *Asked
	begun  time.Time
	cancel context.CancelFunc
	left   *time.Timer   // ends it where nobody asks for it any more
	done   chan struct{} // closed when it ended
	err    error         // once it is done

	mu        sync.Mutex
	cancelled bool
}

// errCancelled is a query that somebody cancelled.
var errCancelled = errors.New("the query was cancelled")

// beginQuery sets a query to work. It ends by itself, when it is cancelled, when nobody looks at it, and with the page.
func (s *Pages) beginQuery(a *Asked) *working {
	ctx, cancel := context.WithCancel(frame.NoContext)
	q := &working{asked: a, begun: s.Options.Clock(), cancel: cancel, left: time.AfterFunc(queryLeft, cancel), done: make(chan struct{})}
	q.id, _ = account.Secret()
	s.underway.keep(q)
	s.underway.work.Go(func() {
		defer close(q.done)
		defer cancel()
		defer q.left.Stop()
		defer func() {
			if what := recover(); what != nil {
				q.err = fmt.Errorf("panic in a query: %v", what)
			}
		}()
		stop := make(chan struct{})
		defer close(stop)
		go func() {
			select {
			case <-s.Ended:
				cancel()
			case <-stop:
			}
		}()
		q.err = s.run(ctx, a)
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.err != nil && q.cancelled {
			q.err = errCancelled
		}
		if q.err == nil {
			s.Results.Keep(a)
		}
	})
	return q
}

func (l *underway) keep(q *working) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, q)
	for i := 0; len(l.list) > mostUnderway && i < len(l.list); {
		if l.list[i].isDone() {
			l.list = append(l.list[:i], l.list[i+1:]...)
		} else {
			i++
		}
	}
}

// find gives somebody's own query, and notes that it is looked at.
func (l *underway) find(id, who string) *working {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, q := range l.list {
		if q.id == id && q.asked.Who == who {
			if !q.isDone() {
				q.left.Reset(queryLeft)
			}
			return q
		}
	}
	return nil
}

func (q *working) isDone() bool {
	select {
	case <-q.done:
		return true
	default:
		return false
	}
}

// stop ends a query because somebody wants it to.
func (q *working) stop() {
	q.mu.Lock()
	q.cancelled = true
	q.mu.Unlock()
	q.cancel()
}

// workingView is a query at work.
type workingView struct {
	ID, SQL, Saved string
	Took, Most     int    // seconds
	Percent        int    // done; -1: it can't be told
	Stage          string // what it does meanwhile
}

// stageOf says what a query at work does, as far as that can be told.
func stageOf(a *Asked) (percent int, stage string) {
	far := a.far.Load()
	switch {
	case !a.begun.Load():
		return -1, "前面有查询在执行，正在排队"
	case far == nil && (a.point.AsOf != "" || a.point.KnownAt != ""):
		return -1, "正在按所选日期重算各表"
	case far == nil:
		return -1, "正在执行"
	}
	percent, stage = -1, "正在执行"
	if far.Percent > 0 {
		percent = min(int(far.Percent), 99)
		stage = fmt.Sprintf("约完成%d%%", percent)
	}
	if far.Rows > 0 {
		stage += "，已读" + manyRows(far.Rows)
	}
	return percent, stage
}

// manyRows is a number of rows in round figures.
func manyRows(n uint64) string {
	if n >= 10_000 {
		return fmt.Sprintf("%d万行", n/10_000)
	}
	return fmt.Sprintf("%d行", n)
}

// Working shows how far a query is; it leads to the result once that is there.
func (s *Pages) Working(w http.ResponseWriter, r *http.Request, who account.Person) error {
	q := s.underway.find(r.PathValue("query"), who.Name)
	if q == nil {
		return &frame.Fault{Status: http.StatusNotFound, Says: "这个查询已经不在了，请重新查询。", Back: "/query"}
	}
	if q.isDone() {
		return s.answer(w, r, who, q)
	}
	a := q.asked
	v := workingView{ID: q.id, SQL: a.sql, Saved: a.saved, Took: int(s.Options.Clock().Sub(q.begun).Seconds()), Most: int(queryTime.Seconds())}
	v.Took = min(max(v.Took, 0), v.Most)
	v.Percent, v.Stage = stageOf(a)
	s.Render(w, r, who, http.StatusOK, "working", frame.Layout{Title: "正在查询", Body: v, Again: 2})
	return nil
}

// CancelQuery ends a query.
func (s *Pages) CancelQuery(w http.ResponseWriter, r *http.Request, who account.Person) error {
	q := s.underway.find(r.PathValue("query"), who.Name)
	if q == nil {
		return &frame.Fault{Status: http.StatusNotFound, Says: "这个查询已经不在了，请重新查询。", Back: "/query"}
	}
	q.stop()
	select {
	case <-q.done:
	case <-r.Context().Done():
		return r.Context().Err()
	}
	return s.answer(w, r, who, q)
}

// fault is what is wrong with a query: in Chinese, where, and, for who wants to look it up, as the engine says it.
func (v *queryView) fault(e *fence.Error) {
	v.Fault, _, _ = strings.Cut(e.Message.Chinese, "\n")
	v.Fault, v.Hint = strings.TrimRight(v.Fault, "。")+"。", e.Hint.Chinese
	if strings.Contains(e.Message.English, " Error: ") && e.Message.English != e.Message.Chinese {
		v.Original = e.Message.English
	}
	if p, ok := e.Place(); ok {
		v.Place = &p
	}
}

// answer is what became of a query that ended.
func (s *Pages) answer(w http.ResponseWriter, r *http.Request, who account.Person, q *working) error {
	a := q.asked
	v := queryView{SQL: a.sql, AsOf: a.point.AsOf, KnownAt: a.point.KnownAt}
	var says *fence.Error
	var wrong *frame.Fault
	switch {
	case q.err == nil:
		http.Redirect(w, r, "/query/results/"+a.id, http.StatusSeeOther)
		return nil
	case errors.Is(q.err, errCancelled):
		v.Note = "查询已取消，没有结果。"
		return s.showQuery(w, r, who, http.StatusOK, v)
	case errors.As(q.err, &says):
		v.fault(says)
		return s.showQuery(w, r, who, http.StatusBadRequest, v)
	case errors.As(q.err, &wrong) && wrong.Status == http.StatusBadRequest:
		v.Fault = wrong.Says
		return s.showQuery(w, r, who, http.StatusBadRequest, v)
	case errors.Is(q.err, context.Canceled):
		v.Fault = "有一阵没有人看它，查询已停止。请重新查询。"
		return s.showQuery(w, r, who, http.StatusBadRequest, v)
	}
	return q.err
}
