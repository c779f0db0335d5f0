package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"taizhang/ingest"
	"taizhang/internal/durable"
	"taizhang/queries"
	"taizhang/queries/weekly"
)

func (a *app) statusCmd() *cobra.Command {
	var period string
	var all, remind bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Show who has handed in what, and which files wait in the inbox",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if remind {
				if err := alone(cmd, "remind", "period", "all", "format"); err != nil {
					return err
				}
			}
			z, r, err := a.reader()
			if err != nil {
				return err
			}
			defer r.Close()
			p, err := a.point(z.Location)
			if err != nil {
				return err
			}
			if remind {
				text, err := weekly.Remind(cmd.Context(), r, p)
				if err != nil {
					return err
				}
				if text == "" {
					a.say("没有缺报的报表，不必催报。")
					return nil
				}
				if a.output != "" {
					return durable.WriteBytes(a.output, 0o644, []byte(text+"\n"))
				}
				_, err = fmt.Fprintln(a.out, text)
				return err
			}
			if period, err = knownPeriod(period); err != nil {
				return err
			}
			records, err := r.Status(cmd.Context(), queries.StatusAsk{Point: p, Period: period, All: all})
			if err != nil {
				return usageError{err}
			}
			if err := a.print(records); err != nil {
				return err
			}
			files, err := ingest.Inbox(z.Inbox())
			if err != nil {
				return err
			}
			for _, f := range files {
				wait := f.WaitAt(a.now())
				if wait == "" {
					wait = "下次运行时读取"
				}
				a.say("inbox: %s  %s", f.Path, wait)
			}
			troubles, err := z.Troubles()
			if err != nil {
				return err
			}
			for _, t := range troubles {
				a.say("to be mended: %s", t)
			}
			late, err := lateSummary(z, a.now())
			if err == nil && late != "" {
				a.say("%s", late)
			}
			return err
		},
	}
	a.outputFlag(c)
	c.Flags().StringVar(&period, "period", "", "one period: 2022-W33 or 2022-08")
	c.Flags().BoolVar(&remind, "remind", false, "print the 催报 text to paste into the work group")
	c.Flags().BoolVar(&all, "all", false, "every obligation so far")
	return c
}
