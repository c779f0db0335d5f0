package frame

import (
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/grid"
	"taizhang/ingest/secret"
	"taizhang/internal/durable"
)

// Audit is who saw, sent, queried and decided what: a file of lines that only grows. It names no private person: what
// people type is masked, and who is told by the name of their account.
type Audit struct {
	mu    sync.Mutex
	Log   *durable.Log
	clock func() time.Time
}

// line is one line of the audit.
type line struct {
	At     time.Time    `json:"at"`
	Who    string       `json:"who"`
	Role   account.Role `json:"role,omitempty"`
	Token  string       `json:"token,omitempty"` // name of the token, where a program asks
	From   string       `json:"from,omitempty"`  // address of the computer
	Did    string       `json:"did"`             // the route
	Path   string       `json:"path,omitempty"`
	Unit   string       `json:"unit,omitempty"`
	What   string       `json:"what,omitempty"` // masked
	Status int          `json:"status"`
}

func openAudit(path string, clock func() time.Time) (*Audit, error) {
	log, err := durable.OpenLog(path, 0o600)
	if err != nil {
		return nil, err
	}
	return &Audit{Log: log, clock: clock}, nil
}

func (a *Audit) close() error { return a.Log.Close() }

// Note writes a request down. What changes something is on the disk before the answer ends; of what was only seen the
// last lines may be lost with the power.
func (a *Audit) Note(r *http.Request, did string, who account.Person, said *Watched) {
	l := line{At: a.clock().UTC().Truncate(time.Millisecond), Who: who.Name, Role: who.Role, Token: secret.MaskText(who.Token), From: HostOf(r), Did: did,
		Path: secret.MaskText(grid.Clip(r.URL.Path, 500)), Unit: said.Unit, What: secret.MaskText(said.what), Status: said.status}
	if l.Status == 0 {
		l.Status = http.StatusOK
	}
	a.write(l, r.Method != http.MethodGet && r.Method != http.MethodHead)
}

func (a *Audit) write(l line, settle bool) {
	text, err := json.Marshal(l)
	if err != nil {
		return // plain values
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.Log.Append(append(text, '\n')); err == nil && settle {
		_ = a.Log.Sync()
	}
}

// Export copies the audit as it stands.
func (a *Audit) Export(w io.Writer) error {
	size, err := a.Log.Size()
	if err != nil {
		return err
	}
	_, err = io.Copy(w, io.LimitReader(a.Log.Reader(), size))
	return err
}

// Watched notes how a request ended, and what it was about.
type Watched struct {
	http.ResponseWriter
	status     int
	Unit, what string
}

func (w *Watched) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *Watched) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

func (w *Watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// About says what a request was about, for the audit.
func About(w http.ResponseWriter, what string) {
	if x, ok := w.(*Watched); ok {
		x.what = what
	}
}
