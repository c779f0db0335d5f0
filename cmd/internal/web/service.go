package web

import (
	"context"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/ingest/forms"
	"taizhang/internal/zone"
)

// Service is the process that owns the zone. Whatever changes something goes
// through it; one job at a time is at work, the others wait for their turn.
type Service interface {
	// Zone is the zone as it was last loaded.
	Zone() *office.Zone
	// Run takes in what lies in the inbox, computes and publishes.
	Run(ctx context.Context) (*office.Outcome, error)
	// Decide records an operator's decision and publishes.
	Decide(ctx context.Context, d office.Decision) error
	// Teach writes down spellings that somebody confirmed; they hold from the next run on.
	Teach(ctx context.Context, lessons []forms.Lesson) error
	// Issue issues the weekly papers and gives the workbook's path.
	Issue(ctx context.Context) (string, error)
	// Template makes the workbook with everything that a unit owes, filled in from what it handed in before.
	Template(ctx context.Context, unit zone.Submitter) (name string, content []byte, err error)
	// Jobs lists what the service did, newest first, and what it is at.
	Jobs() []Job
	// Troubles says what holds returns up until somebody mends it.
	Troubles(z *office.Zone) ([]string, error)
}

// Job is a piece of the service's work.
type Job struct {
	Kind         string // run, decide, summary …
	By           string // who asked; empty: the schedule
	Begun, Ended time.Time
	Says         string // what came of it, or why it failed
	Failed       bool
}
