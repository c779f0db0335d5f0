package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/internal/lang"
)

func (a *app) rebuildCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "rebuild",
		Short: lang.Phrase("Make the warehouse anew from the archive, and compare the figures", "由档案重新生成数据库，并核对数字"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			z, err := a.zone()
			if err != nil {
				return err
			}
			return a.ownedHere(cmd, z, args, nil, func() error {
				m := a.meter()
				diff, compared, err := z.Rebuild(cmd.Context(), office.Options{Clock: a.now, Log: a.log(), Progress: m.report})
				m.end()
				if err != nil {
					for _, d := range diff {
						a.say("%s", d.Said)
					}
					return err
				}
				if !compared {
					a.tell("Rebuilt from the archive and published. Not compared: there was no publication yet, or it was made from other returns or declarations, on another day or by another version of the program.", "已由档案重建并发布。未作核对：此前没有发布过，或上次发布所依据的报表、配置、日期或程序版本与现在不同。")
					return nil
				}
				if len(diff) == 0 {
					a.tell("Rebuilt from the archive; the figures are the same.", "已由档案重建，数字与原来完全一致。")
					return nil
				}
				for _, d := range diff {
					fmt.Fprintln(a.err, d.Said)
				}
				return lang.Errorf("rebuilt from the archive and published, but %d outcomes or figures differ from those published before", "已由档案重建并发布，但有%d项结果或数字与此前发布的不同", len(diff))
			})
		},
	}
}
