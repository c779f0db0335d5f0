package frame

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/internal/durable"
)

// Options are what the page needs.
type Options struct {
	Service Service
	Clock   func() time.Time // time.Now unless set
	Log     *slog.Logger     // discarded unless set
	Store   *account.Users   // users and sessions; nil: none, whoever asks is this computer's operator
	Alone   bool             // only this computer reaches the page: as long as there are no users, whoever asks is its operator
	Secure  bool             // it is served over TLS
	Version string           // of the program
	Proxy   account.Proxy    // reverse proxies that log people in
	Ahead   bool             // pages are made before anybody has asked for one, from the start on
	Rest    int              // of how many figures that nobody opened yet pages are made too, in the quiet after a publication; 60 unless set
	Exe     string           // the program that runs fenced queries; "": this one
}

// Frame is what the rooms of one zone's page share.
type Frame struct {
	Options  Options
	Readings shelf.Shelf
	Audit    *Audit
	Ended    chan struct{} // closed when the page ends
	Coming   chan struct{} // uploads that are read and judged
	Intake   Turns         // of taking in what lies in the inbox
}

// uploadsAtOnce is how many uploads are read and judged at once; the others wait for their turn.
const uploadsAtOnce = 4

// New begins what the rooms share, as its folder of the zone has it. Close ends it.
func New(o Options) (*Frame, error) {
	if o.Service == nil {
		return nil, errors.New("the page needs a service")
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Rest == 0 {
		o.Rest = 60
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	dir := filepath.Join(o.Service.Zone().Dir, account.Folder)
	if err := durable.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the page's folder: %w", err)
	}
	if err := shelf.Tidy(dir); err != nil {
		return nil, fmt.Errorf("the page's folder: %w", err)
	}
	a, err := openAudit(filepath.Join(dir, "audit.jsonl"), o.Clock)
	if err != nil {
		return nil, fmt.Errorf("the page's audit: %w", err)
	}
	return &Frame{Options: o, Audit: a, Ended: make(chan struct{}), Coming: make(chan struct{}, uploadsAtOnce)}, nil
}

// Close closes what the rooms have open; they must have ended.
func (s *Frame) Close() error { return errors.Join(s.Readings.Close(), s.Audit.close()) }
