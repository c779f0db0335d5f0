// Package entry is how people and programs come in: the login, passwords, users, tokens, and what was typed when a login
// had ended.
//
// Words: a session is one login of a user in one browser; a token lets a program read; a form is unsent when it came after
// its login had ended.
//
// Who somebody is gets decided here; what they may do stands with the route.
package entry

import (
	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
)

// Pages are the pages of this room.
type Pages struct {
	*frame.Frame
	logins account.Logins
	Unsent Unsent
	Nobody string // hash of a password that nobody has
}

// New makes the pages of this room.
func New(f *frame.Frame) *Pages {
	o := f.Options
	return &Pages{Frame: f, logins: account.Logins{Store: o.Store, Clock: o.Clock, Log: o.Log}, Nobody: nobodysHash}
}
