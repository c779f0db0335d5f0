// Package reading is what people read of a zone: the overview, figures and why they moved, the returns that came and that
// are owed, a return with its findings and its sheet, the papers that were issued.
//
// Words: a view is the typed data that a page's template is filled with; a lesson is a spelling that a finding asks about;
// what is made ahead are pages of a new publication that nobody has asked for yet.
//
// A page that changes nothing belongs here, unless it is about the service itself (running) or asks a query that somebody
// typed (asking).
package reading

import (
	"sync/atomic"

	"taizhang/cmd/internal/web/frame"
)

// Pages are the pages of this room.
type Pages struct {
	*frame.Frame
	journal journal
	hasCome atomic.Bool // something was received once
}

// New makes the pages of this room.
func New(f *frame.Frame) *Pages { return &Pages{Frame: f} }
