package main

import (
	"context"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/office/meaning"
	"taizhang/cmd/internal/office/trino"
	"taizhang/cmd/internal/service"
	"taizhang/ingest/forms"
	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/transform"
)

func (a *app) modelsCmd() *cobra.Command {
	c := &cobra.Command{Use: "models", Short: lang.Phrase("List, plan, build, test and draw the SQL models; go back to an earlier publication", "列出、预演、构建、测试、绘制 SQL 模型；恢复到以前的发布")}
	list := &cobra.Command{
		Use:   "list",
		Short: lang.Phrase("List the models with what one row of each is", "列出模型以及每个模型的一行代表什么"),
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			z, err := a.zone()
			if err != nil {
				return err
			}
			models, err := transform.Load(z.Models...)
			if err != nil {
				return usageError{err}
			}
			var records []result.Record
			for _, m := range models {
				says := m.Description
				if a.format == "table" || a.format == "md" {
					says = meaning.Says(z.Forms, m.Name, m.Description)
				}
				records = append(records, result.Record{{Key: "model", Value: m.Name}, {Key: "layer", Value: m.Layer}, {Key: "description", Value: says},
					{Key: "grain", Value: strings.Join(m.Grain, ", ")}, {Key: "checks", Value: int64(len(m.Checks))}})
			}
			return a.print(records)
		},
	}
	var full bool
	build := &cobra.Command{
		Use:   "run",
		Short: lang.Phrase("Build the models that changed (text, returns read, business day), check them, and publish", "构建有变化的模型（模型文本、新报表、业务日期），检查并发布"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			z, err := a.zone()
			if err != nil {
				return err
			}
			if err := a.warnPortable(z); err != nil {
				return err
			}
			if a.onTrino(z) {
				return a.runTrino(cmd, z)
			}
			return a.ownedHere(cmd, z, args, nil, func() error {
				m := a.meter()
				out, err := z.Run(cmd.Context(), office.Options{Clock: a.now, Log: a.log(), Rebuild: full, Progress: m.report})
				m.end()
				if err != nil {
					return err
				}
				return a.printRun(z, service.Summarise(out))
			})
		},
	}
	build.Flags().BoolVar(&full, "full", false, lang.Phrase("build everything anew and publish, whether it changed or not", "不论是否有变化，全部重新构建并发布"))
	dictionary := a.dictionaryCmd(lang.Phrase("Print every model with its grain, its checks and what it reads (Markdown)", "输出各模型的主键、检查和来源（Markdown）"), func(z *office.Zone) (string, error) {
		var own []fs.FS
		var set *forms.Set
		var err error
		if z != nil {
			own, set = z.Models, z.Forms
		} else if set, err = forms.Load(); err != nil {
			return "", err
		}
		models, err := office.PlanModels(context.Background(), set, own...)
		if err != nil {
			return "", usageError{err}
		}
		return modelsDictionary(models), nil
	})
	c.AddCommand(list, build, a.modelsPlanCmd(), a.modelsTestCmd(), a.modelsGraphCmd(), a.modelsRollbackCmd(), dictionary)
	return c
}

// warnPortable names what another engine would read differently in the zone's own SQL.
func (a *app) warnPortable(z *office.Zone) error {
	list, err := trino.NotPortable(z)
	if err != nil {
		return usageError{err}
	}
	for _, e := range list {
		fmt.Fprintln(a.err, lang.Phrase("warning: %v", "注意：%v", e))
	}
	return nil
}
