package main

import (
	"cmp"
	"errors"
	"fmt"
	"os/user"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/sink"
	"taizhang/internal/archive"
	"taizhang/internal/calendar"
	"taizhang/internal/decl"
	"taizhang/internal/result"
	"taizhang/queries"
)

func (a *app) returnsCmd() *cobra.Command {
	c := &cobra.Command{Use: "returns", Short: "List returns, show one, or decide about one"}
	var submitter, form, period, status string
	list := &cobra.Command{
		Use:   "list",
		Short: "List all returns with their outcomes",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			z, r, err := a.reader()
			if err != nil {
				return err
			}
			defer r.Close()
			ask := queries.ReturnsAsk{Submitter: submitter, Form: form, Period: period, Status: status}
			if ask.Point, err = a.point(z.Location); err != nil {
				return err
			}
			ask.UntilAsOf = a.asOf != ""
			if ask.Submitter, err = knownSubmitter(z, submitter); err != nil {
				return err
			}
			if ask.Form, err = knownForm(z, form); err != nil {
				return err
			}
			if ask.Period, err = knownPeriod(period); err != nil {
				return err
			}
			if outcomes := []string{"accepted", "accepted_with_warnings", "partially_accepted", "rejected", "duplicate"}; status != "" && !slices.Contains(outcomes, status) {
				return unknownName("outcome", status, outcomes)
			}
			records, err := r.Returns(cmd.Context(), ask)
			if err != nil {
				return err
			}
			return a.print(records)
		},
	}
	a.outputFlag(list)
	list.Flags().StringVar(&submitter, "submitter", "", "of one submitter")
	list.Flags().StringVar(&form, "form", "", "of one form")
	list.Flags().StringVar(&period, "period", "", "of one period")
	list.Flags().StringVar(&status, "status", "", "with one outcome")
	show := &cobra.Command{
		Use:   "show ID",
		Short: "Show a return with its findings",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			z, r, err := a.reader()
			if err != nil {
				return err
			}
			defer r.Close()
			p, err := a.point(z.Location)
			if err != nil {
				return err
			}
			rec, err := r.Return(cmd.Context(), args[0], p)
			var none *queries.ErrNoReturn
			if errors.As(err, &none) {
				return usageError{err}
			}
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printObject(rec)
			}
			findings, _ := rec.Get("findings").([]result.Record)
			if a.format == "csv" {
				return a.print(findings, "severity", "rule", "sheet", "cell", "value", "message", "hint")
			}
			for _, e := range rec {
				if _, list := e.Value.([]result.Record); !list {
					fmt.Fprintf(a.out, "%-15s %s\n", e.Key, shown(sink.Text(e.Value, a.format)))
				}
			}
			if len(findings) > 0 {
				fmt.Fprintln(a.out)
				if err := a.print(findings, "severity", "rule", "sheet", "cell", "value", "message", "hint"); err != nil {
					return err
				}
			}
			for _, more := range []struct {
				key     string
				columns []string
			}{{"explained", []string{"rule", "sheet", "cell", "value", "message", "explanation"}}, {"passed_over", []string{"sheet", "row", "kind"}}, {"unread", []string{"sheet", "cell", "value"}}} {
				if list, _ := rec.Get(more.key).([]result.Record); len(list) > 0 {
					fmt.Fprintf(a.out, "\n%s\n", more.key)
					if err := a.print(list, more.columns...); err != nil {
						return err
					}
				}
			}
			return nil
		},
	}
	c.AddCommand(list, show, a.returnsDiffCmd(),
		a.decideCmd(archive.Accept, "accept ID", "Count a rejected return all the same (放行)"),
		a.decideCmd(archive.Withdraw, "withdraw ID", "Stop counting a return (作废)"),
		a.decideCmd(archive.Clear, "clear SUBMITTER FORM", "Empty a submitter's ledger from today's business date on"),
		a.decideCmd(archive.Waive, "waive SUBMITTER FORM PERIOD", "Release a submitter from handing in one period (免报)"))
	undo := a.decideCmd(archive.Undo, "undo ID", "Take the last decision about a return back (撤销上一决定); see also its subcommands")
	undo.AddCommand(
		a.decideCmd(archive.Undo, "clear SUBMITTER FORM", "Take the last clear of a submitter's ledger back"),
		a.decideCmd(archive.Undo, "waive SUBMITTER FORM PERIOD", "Take the waiving of a period back"))
	c.AddCommand(undo)
	return c
}

// knownSubmitter is the name of a unit of the zone by name, code or alias; another one is refused.
func knownSubmitter(z *office.Zone, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	if s, ok := z.Match(name); ok {
		return s.Name, nil
	}
	var known []string
	for _, s := range z.Submitters {
		known = append(known, s.Name, s.Code)
	}
	return "", unknownName("submitter", name, known)
}

// knownForm is the id of a form by id or title.
func knownForm(z *office.Zone, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	if f := z.Forms.Lookup(name); f != nil {
		return f.ID, nil
	}
	var ids, titles []string
	for _, f := range z.Forms.Forms {
		ids, titles = append(ids, f.ID), append(titles, f.PlainTitle())
	}
	if decl.DidYouMean(name, ids).English == "" {
		ids = titles
	}
	return "", unknownName("form", name, ids)
}

// knownPeriod is a week or month as it is stored.
func knownPeriod(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	p, err := calendar.ParsePeriod(s)
	if err != nil {
		return "", usagef("--period %q: a week such as 2022-W33 or a month such as 2022-08 is expected", s)
	}
	return p.String(), nil
}

// userName is the name of the system's user, "" where the system doesn't tell.
func userName() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return cmp.Or(strings.TrimSpace(u.Name), u.Username)
}

// decideCmd makes one of the operator's decisions.
func (a *app) decideCmd(kind archive.Decision, use, short string) *cobra.Command {
	n := len(strings.Fields(use)) - 1
	var reason, by string
	var clockOK bool
	c := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.ExactArgs(n),
		RunE: func(cmd *cobra.Command, args []string) error {
			if reason == "" {
				return usagef("a decision needs a reason: --reason TEXT")
			}
			z, err := a.zone()
			if err != nil {
				return err
			}
			d := office.Decision{Kind: kind, Reason: reason, By: by}
			switch n {
			case 1:
				d.Return = args[0]
			case 2:
				d.Submitter, d.Form = args[0], args[1]
			case 3:
				d.Submitter, d.Form, d.Period = args[0], args[1], args[2]
			}
			return a.ownedHere(cmd, z, args, map[string]string{"by": by}, func() error {
				if _, err := z.Decide(cmd.Context(), d, office.Options{Clock: a.now, ClockOK: clockOK, Log: a.log()}); err != nil {
					return err
				}
				a.say("Decided and published: %s %v", strings.TrimPrefix(cmd.CommandPath(), "taizhang returns "), args)
				return nil
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why (required; kept in the journal)")
	c.Flags().BoolVar(&clockOK, "clock-ok", false, "the clock is right, although it is before the last return's arrival")
	c.Flags().StringVar(&by, "by", userName(), "who decides, as the sender's receipt says it")
	return c
}
