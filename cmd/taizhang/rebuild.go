package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
)

func (a *app) rebuildCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "rebuild",
		Short: "Make the warehouse anew from the archive, and compare the figures",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			z, err := a.zone()
			if err != nil {
				return err
			}
			return a.ownedHere(cmd, z, args, nil, func() error {
				diff, compared, err := z.Rebuild(cmd.Context(), office.Options{Clock: a.now, Log: a.log()})
				if err != nil {
					for _, d := range diff {
						a.say("%s: %s → %s", d.What, orDash(d.Before), orDash(d.After))
					}
					return err
				}
				if !compared {
					a.say("Rebuilt from the archive and published; there was no publication of the same returns to compare with.")
					return nil
				}
				if len(diff) == 0 {
					a.say("Rebuilt from the archive; the figures are the same.")
					return nil
				}
				for _, d := range diff {
					fmt.Fprintf(a.err, "%s: %s → %s\n", d.What, orDash(d.Before), orDash(d.After))
				}
				return fmt.Errorf("rebuilt from the archive and published, but %d outcomes or figures differ from those published before", len(diff))
			})
		},
	}
}
