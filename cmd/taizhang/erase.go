package main

import (
	"bufio"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/internal/decl"
	"taizhang/internal/result"
	"taizhang/internal/shell"
)

func (a *app) eraseCmd() *cobra.Command {
	var p office.Person
	var reason string
	var dryRun, yes bool
	c := &cobra.Command{
		Use:   "erase --person ID",
		Short: "Leave a person's rows out of warehouse, published files and receipts",
		Long: "Removes the rows of one person from the warehouse and from what is published, for good: the journal notes it, so that\n" +
			"a rebuild doesn't bring them back. The person is named by 身份证号, or by a telephone number that belongs to nobody else;\n" +
			"- reads the number from standard input, which keeps it out of the shell's history.\n\n" +
			"Removed: rows and refused rows, also of superseded returns; what was found in them and what quotes the masked number;\n" +
			"kept publications; the receipts of the files that hold the number; extracts in summaries/by-submitter. 汇总台账 are\n" +
			"written anew. Not removed: the originals in archive/ and papers already issued, which are listed.\n\n" +
			"It concerns what was received so far. A later return that names the person again counts.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if (p.ID == "") == (p.Phone == "") {
				return usagef("name the person by either --person or --phone")
			}
			for _, s := range []*string{&p.ID, &p.Phone} {
				if *s == "-" {
					line, err := bufio.NewReader(a.in).ReadString('\n')
					if err != nil && line == "" {
						return usagef("no number on standard input: %w", err)
					}
					*s = strings.TrimSpace(line)
				}
			}
			if cmd.Flags().Changed("reason") && strings.TrimSpace(reason) == "" {
				return usagef("the reason is empty: --reason TEXT")
			}
			z, err := a.zone()
			if err != nil {
				return err
			}
			o := office.Options{Clock: a.now, Log: a.log()}
			if ask := !yes && shell.IsTerminal(a.in, a.out); dryRun || ask {
				err := a.ownedHere(cmd, z, args, map[string]string{"dry-run": "true"}, func() error {
					e, err := z.PlanErasure(cmd.Context(), p, o)
					if err != nil {
						return err
					}
					a.sayErasure(e, "would be removed")
					return a.printErased(e)
				})
				if err != nil || dryRun {
					return err
				}
				if !a.confirmed("Erase for good? Type yes: ") {
					return usagef("nothing was changed")
				}
			}
			return a.ownedHere(cmd, z, args, map[string]string{"yes": "true"}, func() error {
				e, out, err := z.Erase(cmd.Context(), p, reason, o)
				if err != nil && (out == nil || !out.Published) {
					return err
				}
				a.sayErasure(e, "removed")
				a.sayOldBackups(z)
				if out.Deferred {
					a.say("A reader keeps the published file locked; it still holds the person until it is closed and a run has replaced it.")
				}
				return errors.Join(a.printErased(e), err)
			})
		},
	}
	a.outputFlag(c)
	c.Flags().StringVar(&p.ID, "person", "", "身份证号 of the person; - reads it from standard input")
	c.Flags().StringVar(&p.Phone, "phone", "", "telephone number of the person; - reads it from standard input")
	c.Flags().StringVar(&reason, "reason", "未写明", "why (kept in the journal)")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "only list what would be removed")
	c.Flags().BoolVar(&yes, "yes", false, "don't ask on a terminal")
	return c
}

// sayOldBackups reminds of what was copied before.
func (a *app) sayOldBackups(z *office.Zone) {
	if last, err := z.LastBackup(); err == nil && last != nil {
		a.say("%s", decl.Say("Backups made before still hold the person: make a new one and let the others go with: taizhang backup %[1]s --keep 1",
			"此前的备份仍含该人信息：请重新备份并清除旧备份：taizhang backup %[1]s --keep 1", last.Dir))
	}
}

// confirmed asks on the terminal.
func (a *app) confirmed(question string) bool {
	fmt.Fprint(a.err, question)
	answer, _ := bufio.NewReader(a.in).ReadString('\n') // no answer is none
	return strings.TrimSpace(answer) == "yes"
}

// printErased lists the rows.
func (a *app) printErased(e *office.Erasure) error {
	records := make([]result.Record, len(e.Rows))
	for i, r := range e.Rows {
		state := "loaded"
		if !r.Loaded {
			state = "refused"
		}
		records[i] = result.Record{{Key: "return", Value: r.Return}, {Key: "form", Value: r.Form}, {Key: "submitter", Value: r.Submitter},
			{Key: "file", Value: r.File}, {Key: "sheet", Value: r.Sheet}, {Key: "row", Value: int64(r.Row)}, {Key: "state", Value: state}}
	}
	return a.print(records, "return", "form", "submitter", "file", "sheet", "row", "state")
}

// sayErasure tells what beside the rows goes, and what stays.
func (a *app) sayErasure(e *office.Erasure, done string) {
	a.say("%s: %s %s.", e.Masked, plural(len(e.Rows), "row"), done)
	list := func(what string, items []string) {
		if len(items) > 0 {
			a.say("%s:", what)
			for _, s := range items {
				a.say("  %s", s)
			}
		}
	}
	list("Receipts and extracts that hold the person, "+done, e.Files)
	list("Earlier publications kept for models rollback, "+done, e.Kept)
	list("These quote the masked number and stay", e.Mentions)
	originals := func(from []office.Original) (out []string) {
		for _, o := range from {
			line := fmt.Sprintf("%s  %s/%s  received %s", o.Path, o.Folder, o.File, o.Received)
			if len(o.Cells) > 0 {
				line += "  " + strings.Join(o.Cells[:min(len(o.Cells), 5)], " ")
			}
			out = append(out, line)
		}
		return out
	}
	list("Originals that hold the number. They are evidence of what was sent and stay untouched: keep archive/ closed to all\n"+
		"but the operator, ask the units for their own copies, and destroy it when its retention period ends", originals(e.Originals))
	list("Files of the archive that can't be looked into", originals(e.Unreadable))
}
