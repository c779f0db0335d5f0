package service

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// Request is a run that is handed over, or that a schedule asks for.
type Request struct {
	ReceivedAt time.Time `json:"received_at,omitzero"`
	ClockOK    bool      `json:"clock_ok,omitempty"`
	Asker
}

// Asker is who hands work over: they are answered in their language, not in that of whoever started the service.
type Asker struct {
	Language *lang.Language `json:"language,omitempty"` // none: an earlier program asks, or nobody
}

// Asks is who asks with the language that is spoken here.
func Asks() Asker { return AsksIn(lang.Spoken()) }

// AsksIn is who asks in a language.
func AsksIn(l lang.Language) Asker { return Asker{&l} }

// while does their work in their language; nothing else works at the zone meanwhile.
func (a Asker) while(do func()) {
	if a.Language == nil {
		do()
		return
	}
	lang.While(*a.Language, do)
}

// told is what an error says to them.
func (a Asker) told(err error) string {
	if a.Language == nil {
		return err.Error()
	}
	return lang.In(err, *a.Language)
}

// Paths of what is handed over.
const (
	RunPath     = "/run"
	CommandPath = "/command"
	JobPath     = "/job"
	PagePath    = "/page"
)

// Handed is a command for the owner of a zone.
type Handed struct {
	Zone string   `json:"zone"` // absolute, as what it prints names it
	Line []string `json:"line"`
	Asker
}

// Said is what a command that was handed over printed, and its exit code.
type Said struct {
	Out  []byte `json:"out,omitempty"`
	Err  string `json:"err,omitempty"`
	Code int    `json:"code"`
}

// JobAsk is a job to be done by hand.
type JobAsk struct {
	Name string `json:"name"`
	By   string `json:"by"`
	Asker
}

// JobSaid is what came of it.
type JobSaid struct {
	Message string `json:"message"`
	Error   string `json:"error,omitempty"`
	Code    int    `json:"code"`
}

// PageSaid is where a service shows its page; "" where it shows none.
type PageSaid struct {
	Address string `json:"address"`
}

// ShowsPage notes where the page is shown, for those who start a second service to see it. It comes before Serve.
func (s *Service) ShowsPage(address string) { s.page = address }

// Serve serves until the context ends: it listens for work that is handed over, watches the inbox and does what is due.
// Once says that it ends when what is due now is done.
func (s *Service) Serve(ctx context.Context, owner *warehouse.Owner, once bool) (err error) {
	secret := make([]byte, 16)
	if _, err := rand.Read(secret); err != nil {
		return err
	}
	s.token = hex.EncodeToString(secret)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return lang.Errorf("listen on the loopback address: %w", "打开本机监听端口：%w", err)
	}
	srv := &http.Server{Handler: s.handler(ctx), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(listener) }()
	defer func() {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if e := srv.Shutdown(stop); e != nil {
			err = errors.Join(err, lang.Errorf("stop serving: %w", "停止服务：%w", e))
		}
		s.beside.Wait()
		s.work.Lock() // what was handed over ends first
		defer s.work.Unlock()
	}()
	if err := owner.Serve(listener.Addr().String(), s.token); err != nil {
		return err
	}
	s.o.Log.Info("serving", "address", listener.Addr().String())
	if !once {
		defer s.watch(ctx)()
	}
	for first := true; ; first = false {
		s.Tick(ctx)
		if once || ctx.Err() != nil {
			s.beside.Wait()
			s.Tick(ctx) // what waited for those beside
			return nil
		}
		if first {
			s.o.Say(lang.Phrase("Serving %s. Interrupt to stop.", "正在提供%s的服务。按 Ctrl+C 停止。", s.Zone().Name))
		}
		timer := time.NewTimer(s.pause())
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case err := <-failed:
			timer.Stop()
			return lang.Errorf("serve: %w", "服务：%w", err)
		case <-s.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// longest is how long the service sleeps at most: a clock that was set, or a computer that slept, is noticed by then.
const longest = 20 * time.Second

// pause is how long there is nothing to do.
func (s *Service) pause() time.Duration {
	now := s.o.Clock()
	wait := longest
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range s.jobs {
		if at, ok := j.schedule.Next(now); ok && !j.isOff() {
			wait = min(wait, at.Sub(now))
		}
	}
	return max(wait, 50*time.Millisecond)
}

// handler answers those who hand work over. The work is finished even if whoever asked for it goes away.
func (s *Service) handler(ctx context.Context) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+RunPath, func(w http.ResponseWriter, r *http.Request) {
		var ask Request
		if s.accepts(w, r, &ask) {
			s.answer(w, s.Intake(ctx, ask, "run"))
		}
	})
	mux.HandleFunc("POST "+CommandPath, func(w http.ResponseWriter, r *http.Request) {
		var line Handed
		if s.accepts(w, r, &line) {
			s.answer(w, s.carryOut(ctx, line))
		}
	})
	mux.HandleFunc("POST "+JobPath, func(w http.ResponseWriter, r *http.Request) {
		var ask JobAsk
		if s.accepts(w, r, &ask) {
			said := JobSaid{}
			report, err := s.Do(ctx, ask.Name, ask.By)
			if said.Message = report.Message; err != nil {
				said.Error, said.Code = ask.told(err), s.o.Code(err)
			}
			s.answer(w, said)
		}
	})
	mux.HandleFunc("POST "+PagePath, func(w http.ResponseWriter, r *http.Request) {
		var ask struct{}
		if s.accepts(w, r, &ask) {
			s.answer(w, PageSaid{s.page})
		}
	})
	s.health(mux)
	return mux
}

// Intake takes in and publishes for somebody who waits for it, and notes it: an intake that is at work already ends first.
func (s *Service) Intake(ctx context.Context, ask Request, by string) RunResult {
	var result RunResult
	j, err := s.jobOf("intake")
	if err == nil {
		j.do = func(ctx context.Context, _ attempt) (Report, error) {
			_, out, err := s.run(ctx, ask)
			result = Summarise(out)
			return Report{Message: told(out), News: out != nil && len(out.Reports) > 0}, err
		}
		for { // an intake that is at work already ends first
			if _, err = s.try(ctx, attempt{job: j, no: 1, by: by}); !errors.Is(err, ErrBusy) {
				break
			}
			select {
			case <-ctx.Done():
			case <-time.After(50 * time.Millisecond):
				continue
			}
			break
		}
	}
	if err != nil {
		result.Error, result.Code = ask.told(err), s.o.Code(err)
	}
	return result
}

// Alone does something at the zone, by the declarations as they now stand; nothing else works at it meanwhile.
func (s *Service) Alone(f func(z *office.Zone) error) error {
	s.work.Lock()
	defer s.work.Unlock()
	z, err := s.reload()
	if err != nil {
		return err
	}
	return f(z)
}

// carryOut does a command that was handed over, between two jobs of the service.
func (s *Service) carryOut(ctx context.Context, h Handed) (said Said) {
	s.work.Lock()
	defer s.work.Unlock()
	h.while(func() { said = s.o.Command(ctx, s.Zone(), h) })
	return said
}

// accepts reads what is asked by somebody who knows the secret.
func (s *Service) accepts(w http.ResponseWriter, r *http.Request, into any) bool {
	if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+s.token)) != 1 {
		http.Error(w, "forbidden", http.StatusForbidden)
		return false
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(into); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}

func (s *Service) answer(w http.ResponseWriter, what any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(what); err != nil {
		s.o.Log.Warn("answer a hand-over", "err", err)
	}
}

// SameFolder says whether two paths lead to one folder.
func SameFolder(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// Configure replaces taizhang.yaml, between two jobs of the service, and goes on by it. It works also where the present
// file can't be read: it is how that is mended.
func (s *Service) Configure(was, text []byte) error {
	s.work.Lock()
	defer s.work.Unlock()
	if err := office.Configure(s.Zone().Dir, was, text); err != nil {
		return err
	}
	_, err := s.reload()
	return err
}
