package frame

import (
	"context"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/service"
	"taizhang/ingest/forms"
	"taizhang/internal/zone"
)

// Service is the process that owns the zone. Whatever changes something goes
// through it; one job at a time is at work, the others wait for their turn.
type Service interface {
	// Zone is the zone by the declarations in force. It doesn't wait for the job at work.
	Zone() *office.Zone
	// Run takes in what lies in the inbox, computes and publishes.
	Run(ctx context.Context, by string) error
	// Decide records an operator's decision and publishes. The outcome's note is what whoever decided should know.
	Decide(ctx context.Context, d office.Decision) (*office.Outcome, error)
	// Teach writes down spellings that somebody confirmed; they hold from the next run on.
	Teach(ctx context.Context, lessons []forms.Lesson) error
	// Forget takes a spelling back that was learned; see office.Zone.Forget.
	Forget(ctx context.Context, lesson forms.Lesson) error
	// Configure replaces taizhang.yaml, see office.Configure; it holds from then on.
	Configure(ctx context.Context, was, text []byte) error
	// Do makes an attempt at one of the zone's jobs by hand.
	Do(ctx context.Context, job, by string) (service.Report, error)
	// Template makes the workbook with everything that a unit owes, filled in from what it handed in before.
	Template(ctx context.Context, unit zone.Submitter) (name string, content []byte, err error)
}
