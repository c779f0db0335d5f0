// Package asking is where analysts ask what nobody declared: SQL that somebody typed, or a saved query, and what came out.
//
// Words: a query is asked once and kept with its result, in memory alone; it is under way until it has ended.
//
// Whatever runs SQL belongs here, and SQL runs in a process of its own: see queries/fence.
package asking

import (
	"time"

	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/reading"
)

// Pages are the pages of this room.
type Pages struct {
	*frame.Frame
	reading  *reading.Pages
	Patience time.Duration // that whoever asks waits for an answer
	Results  Results
	underway underway
	Asking   chan struct{} // queries at work
}

// New makes the pages of this room.
func New(f *frame.Frame, r *reading.Pages) *Pages {
	return &Pages{Frame: f, reading: r, Patience: queryPatience, Asking: make(chan struct{}, queriesAtOnce)}
}

// Wait returns when no query is at work any more.
func (s *Pages) Wait() { s.underway.work.Wait() }
