// Package running is what an operator does in a browser: jobs, backups, settings, decisions about returns, spellings that
// are learned.
//
// Words: a job is something that the service does on schedule or by hand; what was not done says why and what it lacks.
//
// What needs [account.MayManage] belongs here; users and passwords into entry.
package running

import (
	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/reading"
)

// Pages are the pages of this room.
type Pages struct {
	*frame.Frame
	reading   *reading.Pages
	restoring restoring
}

// New makes the pages of this room.
func New(f *frame.Frame, r *reading.Pages) *Pages { return &Pages{Frame: f, reading: r} }

// Wait returns when nothing is at work any more that this room began.
func (s *Pages) Wait() { s.restoring.work.Wait() }
