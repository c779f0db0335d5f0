// Package handing is how a unit hands in: its own page, the template, files that are checked before they are sent, what was
// explained of a finding.
//
// Words: a draft is what somebody uploaded at once and has not handed in; it is handed in when its files lie in the inbox.
//
// What a unit can do about its returns belongs here; what the operator decides about them into running.
package handing

import (
	"sync"

	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/reading"
)

// Pages are the pages of this room.
type Pages struct {
	*frame.Frame
	reading *reading.Pages
	drafts  drafts
	placing sync.Mutex // held while a file gets its name in the inbox
}

// New makes the pages of this room.
func New(f *frame.Frame, r *reading.Pages) *Pages {
	return &Pages{Frame: f, reading: r, drafts: drafts{clock: f.Options.Clock}}
}
