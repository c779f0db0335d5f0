package main

import (
	"time"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/queries"
)

// modelsRollbackCmd is `models rollback`.
func (a *app) modelsRollbackCmd() *cobra.Command {
	var list bool
	c := &cobra.Command{
		Use:   "rollback [NAME]",
		Short: lang.Phrase("Publish an earlier publication again: the one before what is shown, or one of --list", "重新发布以前的一次发布：现在显示的之前一次，或 --list 中的一次"),
		Long: lang.Phrase("Publishes an earlier publication again: the one before what is shown, so that doing it twice goes back two, or NAME\n"+
			"of --list. The last %d are kept in published/history. The publication that it replaces is kept too. Returns and the warehouse stay as they are: the\n"+
			"next run with news publishes from them again, so mend what was wrong (a model, a decision) first.",
			"重新发布以前的一次发布：现在显示的之前一次（执行两次就退回两次），或 --list 中的一次（写它的名称）。published/history 中保留最近%d次，\n"+
				"被替换的这次也保留。报表和数据库不变：下次有新内容时会再按它们发布，因此请先处理好原来的问题\n"+
				"（模型、决定）。", warehouse.KeptPublications),
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if list && len(args) > 0 {
				return usagef("--list lists all kept publications: leave %s out", "--list 列出保留的全部发布：不要写 %s", args[0])
			}
			if !list && cmd.Flags().Changed("format") {
				return usagef("-f goes with --list", "-f 要与 --list 同用")
			}
			z, err := a.zone()
			if err != nil {
				return err
			}
			if list {
				kept, err := warehouse.History(z.Published())
				if err != nil {
					return err
				}
				var records []result.Record
				shown := z.Shown()
				for _, k := range kept {
					rec := result.Record{{Key: "name", Value: k.Name}, {Key: "shown", Value: k.Name == shown}, {Key: "bytes", Value: k.Bytes}, {Key: "as_of", Value: nil}, {Key: "known_at", Value: nil}}
					if r, err := queries.Open(k.Path, z.Metrics); err == nil {
						p := r.Published()
						rec[3].Value, rec[4].Value = p.AsOf.String(), p.KnownAt.Format(time.RFC3339)
						r.Close()
					}
					records = append(records, rec)
				}
				return a.print(records, "name", "as_of", "known_at", "bytes", "shown")
			}
			name := ""
			if len(args) > 0 {
				name = args[0]
			}
			return a.ownedHere(cmd, z, args, nil, func() error {
				p, err := z.Rollback(cmd.Context(), name)
				if err != nil {
					return err
				}
				point := func(s office.Shown) lang.Text {
					if s.Point.KnownAt.IsZero() {
						return lang.Say("one that can't be read", "读不了的一份")
					}
					return lang.Say("%[1]s (as of %[2]s, known at %[3]s)", "%[1]s（截至%[2]s，按 %[3]s 前收到的报表）", s.Name, s.Point.AsOf, s.Point.KnownAt.In(z.Location).Format("2006-01-02 15:04"))
				}
				a.tell("Published again: %[1]s, in the place of %[2]s", "已重新发布：%[1]s，替换了 %[2]s", point(p.To), point(p.From))
				a.sayRolledBack(z)
				return nil
			})
		},
	}
	c.Flags().BoolVar(&list, "list", false, lang.Phrase("list the publications that are kept, newest first", "列出保留的历次发布，新的在前"))
	return c
}
