package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/service"
	"taizhang/ingest/finding"
)

func (a *app) runCmd() *cobra.Command {
	var receivedAt string
	var clockOK bool
	c := &cobra.Command{
		Use:   "run",
		Short: "Take in what lies in the inbox, compute the figures and publish them",
		Long: "Takes in what lies in the inbox, computes the figures and publishes them. Where nothing is new it does\n" +
			"nothing. Beside a running serve the work is handed over to it. Exit code 3: some returns were rejected.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			z, err := a.zone()
			if err != nil {
				return err
			}
			var at time.Time
			if receivedAt != "" {
				if at, err = parseTime(receivedAt, z.Location); err != nil {
					return usagef("--received-at %v", err)
				}
				if at.After(a.now()) {
					return usagef("--received-at %s lies in the future: nothing can have been received then", receivedAt)
				}
			}
			s, err := a.ownedOrHandedOver(cmd.Context(), z, service.Request{ReceivedAt: at, ClockOK: clockOK}, func() (service.RunResult, error) {
				begun := a.now()
				out, err := z.Run(cmd.Context(), office.Options{ReceivedAt: at, Clock: a.now, ClockOK: clockOK, Pause: sleep, Log: a.log()})
				if e := service.NoteRun(cmd.Context(), z, a.serviceOptions(), begun, userName(), out, err); e != nil {
					a.log().Warn("the run can't be noted", "err", e) // what it did is done
				}
				return service.Summarise(out), err
			})
			if err != nil {
				if len(s.Lines) > 0 {
					_ = a.printRun(z, s) // what was taken in until then; the error says more than a rejection
				}
				return err
			}
			return a.printRun(z, s)
		},
	}
	c.Flags().StringVar(&receivedAt, "received-at", "", "for back-filling: count the returns as received then")
	c.Flags().BoolVar(&clockOK, "clock-ok", false, "the clock is right, although it is before the last return's arrival")
	return c
}

// printRun tells the operator what became of each file; rejected returns make exit code 3.
func (a *app) printRun(z *office.Zone, s service.RunResult) error {
	rejected := false
	counts := map[finding.Outcome]int{}
	for _, l := range s.Lines {
		counts[l.Outcome]++
		rejected = rejected || l.Outcome == finding.Rejected
		if !a.quiet {
			parts := []string{l.Return, orDash(l.Submitter), orDash(l.Form), orDash(l.Period), l.Outcome.Label()}
			if l.Outcome.Counts() {
				parts = append(parts, fmt.Sprintf("%d行", l.Rows))
			}
			if l.Refused > 0 {
				parts = append(parts, fmt.Sprintf("未计入%d行", l.Refused))
			}
			if l.First != "" {
				parts = append(parts, l.First)
			}
			fmt.Fprintln(a.err, strings.Join(parts, "  ")+"  "+shown(l.File))
		}
	}
	for _, w := range s.Waiting {
		a.say("waiting: %s  %s", shown(w.Path), w.Reason)
	}
	for _, w := range s.Warnings {
		a.say("check: %s", w)
	}
	switch {
	case len(s.Lines) == 0 && !s.Published:
		a.say("Nothing new; the published figures hold.")
	default:
		a.say("%d returns: %d accepted, %d with warnings, %d partially, %d rejected, %d duplicates. Receipts: %s", len(s.Lines),
			counts[finding.Accepted], counts[finding.Warned], counts[finding.Partial], counts[finding.Rejected], counts[finding.Duplicate], z.Outbox())
		if s.Published {
			a.say("Published: %s", z.PublishedFile())
		}
		if s.Deferred {
			a.say("A reader keeps the published file locked: this publication lies beside it until the next run.")
		}
	}
	if rejected {
		return errRejected
	}
	return nil
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}
