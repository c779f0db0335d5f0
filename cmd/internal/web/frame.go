package web

import (
	"log/slog"
	"time"

	"taizhang/cmd/internal/web/account"
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
