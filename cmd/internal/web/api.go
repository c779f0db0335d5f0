package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/internal/calendar"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/queries"

	"taizhang/cmd/internal/web/account"
)

// The API gives other people's programs what the commands print with -f json: the same keys, the same meanings.

func (s *Server) failAPI(w http.ResponseWriter, r *http.Request, err error) {
	status, says := http.StatusInternalServerError, "internal error; the log has it"
	var f *frame.Fault
	var none *queries.ErrNoReturn
	switch {
	case errors.As(err, &f):
		status, says = f.Status, f.Says
	case errors.As(err, &none):
		status, says = http.StatusNotFound, none.Error()
	case s.Broken(err):
		s.Options.Log.Error("api", "pattern", r.Pattern, "err", err)
		status, says = http.StatusServiceUnavailable, "the published file was changed or cut while it was read; it is being published anew"
	case errors.Is(err, os.ErrNotExist):
		status, says = http.StatusNotFound, "nothing is published yet"
	default:
		s.Options.Log.Error("api", "pattern", r.Pattern, "err", err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": says})
}

func answer(w http.ResponseWriter, records []result.Record) error {
	if records == nil {
		records = []result.Record{}
	}
	text, err := json.MarshalIndent(records, "", " ")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(append(text, '\n'))
	return nil
}

// noticeHeader says why an answer's figures are not the newest there could be. The body stays what the commands print.
const noticeHeader = "Taizhang-Notice"

// readsAPI opens the publication, and says in a header where newer figures are held back or damaged.
func (s *Server) readsAPI(w http.ResponseWriter) (*shelf.Reading, func(), error) {
	rd, done, err := s.Readings.Open(s.ZoneOf())
	if err != nil {
		return nil, nil, err
	}
	if rd.Note() != "" {
		w.Header().Add(noticeHeader, "the newest publication is damaged; this is the last one that can be read")
	}
	if n := rd.HeldBack(); n > 0 {
		w.Header().Add(noticeHeader, fmt.Sprintf("%d checks failed in the last run; its figures were not published, these are the ones before", n))
	}
	if s.ZoneOf().RolledBack() {
		w.Header().Add(noticeHeader, "an earlier publication was put up again; these are not the newest figures")
	}
	return rd, done, nil
}

// apiPoint is pointOf for programs, which are told in their language.
func apiPoint(r *http.Request, rd *queries.Reader) (warehouse.Point, error) {
	p, v, err := frame.PointOf(r, rd)
	if !v.Later.IsZero() {
		p.KnownAt = v.Later
	}
	if err != nil {
		err = frame.BadAsk("as_of reads a date such as 2022-08-15, until " + rd.Reach().String() + "; known_at RFC 3339, or 2022-08-15 12:00")
	}
	return p, err
}

// apiAsk reads a question for figures: metric, by and where (DIM=VALUE) may be given several times, and as lists.
func apiAsk(r *http.Request, rd *shelf.Reading) (a queries.Ask, err error) {
	q := r.URL.Query()
	if err := onlyKnown(q, "metric", "by", "where", "as_of", "known_at", "from"); err != nil {
		return a, err
	}
	list := func(key string) (out []string) {
		for _, v := range q[key] {
			for _, x := range strings.Split(v, ",") {
				if x = strings.TrimSpace(x); x != "" {
					out = append(out, x)
				}
			}
		}
		return out
	}
	a = queries.Ask{Metrics: list("metric"), By: list("by"), Where: map[string]string{}}
	for _, w := range q["where"] {
		k, v, ok := strings.Cut(w, "=")
		if _, twice := a.Where[k]; !ok || twice {
			return a, frame.BadAsk("where reads DIM=VALUE, each dimension once")
		}
		a.Where[k] = v
	}
	if a.Point, err = apiPoint(r, rd.Reader); err != nil {
		return a, err
	}
	if from := q.Get("from"); from != "" {
		if a.From, err = calendar.ParseDate(from); err != nil {
			return a, frame.BadAsk("from: a date such as 2022-01-01 is expected")
		}
	}
	if a, err = rd.Named(a); err != nil {
		return a, frame.BadAsk(err.Error())
	}
	return a, nil
}

// onlyKnown refuses what an address asks for and nobody would honour.
func onlyKnown(q map[string][]string, known ...string) error {
	for k := range q {
		ok := false
		for _, x := range known {
			ok = ok || k == x
		}
		if !ok {
			return frame.BadAsk("unknown parameter " + k + "; known: " + strings.Join(known, ", "))
		}
	}
	return nil
}

// records answers a program with what of the publication it asks for.
func (s *Server) records(of func(r *http.Request, rd *shelf.Reading) ([]result.Record, error)) func(http.ResponseWriter, *http.Request, account.Person) error {
	return func(w http.ResponseWriter, r *http.Request, _ account.Person) error {
		rd, done, err := s.readsAPI(w)
		if err != nil {
			return err
		}
		defer done()
		list, err := of(r, rd)
		if err != nil {
			return err
		}
		return answer(w, list)
	}
}

func (s *Server) apiMetrics(r *http.Request, rd *shelf.Reading) ([]result.Record, error) {
	a, err := apiAsk(r, rd)
	if err != nil {
		return nil, err
	}
	figures, err := rd.Metrics(r.Context(), a)
	if err != nil {
		return nil, frame.BadAsk(err.Error())
	}
	records := make([]result.Record, len(figures))
	for i, f := range figures {
		records[i] = f.Record()
	}
	return records, nil
}

func (s *Server) apiTrace(r *http.Request, rd *shelf.Reading) ([]result.Record, error) {
	a, err := apiAsk(r, rd)
	if err != nil {
		return nil, err
	}
	if len(a.By) > 0 {
		return nil, frame.BadAsk("a trace has no by")
	}
	rows, err := rd.Trace(r.Context(), a)
	if err != nil {
		return nil, frame.BadAsk(err.Error())
	}
	records := make([]result.Record, len(rows))
	for i, t := range rows {
		records[i] = t.Record()
	}
	return records, nil
}

func (s *Server) apiStatus(r *http.Request, rd *shelf.Reading) (_ []result.Record, err error) {
	q := r.URL.Query()
	if err := onlyKnown(q, "period", "all", "submitter", "form", "as_of", "known_at"); err != nil {
		return nil, err
	}
	var a queries.StatusAsk
	if a.Period, err = askedPeriod(q.Get("period")); err != nil {
		return nil, err
	}
	switch all := q.Get("all"); all {
	case "true", "1":
		a.All = true
	case "", "false", "0":
	default:
		return nil, frame.BadAsk("all: true or false is expected, not " + all)
	}
	if a.Point, err = apiPoint(r, rd.Reader); err != nil {
		return nil, err
	}
	if a.Submitter, a.Form, err = s.named(q.Get("submitter"), q.Get("form")); err != nil {
		return nil, err
	}
	return rd.Status(r.Context(), a)
}

func (s *Server) apiReturns(r *http.Request, rd *shelf.Reading) (_ []result.Record, err error) {
	q := r.URL.Query()
	if err := onlyKnown(q, "submitter", "form", "period", "status", "as_of", "known_at"); err != nil {
		return nil, err
	}
	a := queries.ReturnsAsk{Status: q.Get("status"), UntilAsOf: q.Get("as_of") != ""}
	if a.Status != "" && !slices.Contains(queries.Outcomes(), a.Status) {
		return nil, frame.BadAsk("no such status: " + a.Status + "; there are " + strings.Join(queries.Outcomes(), ", "))
	}
	if a.Period, err = askedPeriod(q.Get("period")); err != nil {
		return nil, err
	}
	if a.Point, err = apiPoint(r, rd.Reader); err != nil {
		return nil, err
	}
	if a.Submitter, a.Form, err = s.named(q.Get("submitter"), q.Get("form")); err != nil {
		return nil, err
	}
	return rd.Returns(r.Context(), a)
}

// askedPeriod is a week or a month as it is stored.
func askedPeriod(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	p, err := calendar.ParsePeriod(text)
	if err != nil {
		return "", frame.BadAsk("period: a week such as 2022-W33 or a month such as 2022-08 is expected, not " + text)
	}
	return p.String(), nil
}

// noAPI answers an address under /api that isn't there.
func (s *Server) noAPI(w http.ResponseWriter, r *http.Request) {
	var known []string
	for _, rt := range s.routes {
		if path, ok := strings.CutPrefix(rt.pattern, "GET "); rt.api && ok {
			if path == r.URL.Path {
				w.Header().Set("Allow", "GET, HEAD")
				s.failAPI(w, r, &frame.Fault{Status: http.StatusMethodNotAllowed, Says: path + " is read by GET"})
				return
			}
			known = append(known, path)
		}
	}
	s.failAPI(w, r, frame.NotFound("no such address: "+r.URL.Path+"; there are "+strings.Join(known, ", ")))
}

// named are a unit's name and a form's id by any of their names; unknown ones are refused.
func (s *Server) named(unit, form string) (string, string, error) {
	z := s.ZoneOf()
	if unit != "" {
		u, ok := z.Match(unit)
		if !ok {
			return "", "", frame.BadAsk("no such submitter: " + unit)
		}
		unit = u.Name
	}
	if form != "" {
		f := z.Forms.Lookup(form)
		if f == nil {
			return "", "", frame.BadAsk("no such form: " + form)
		}
		form = f.ID
	}
	return unit, form, nil
}
