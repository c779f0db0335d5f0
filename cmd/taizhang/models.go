package main

import (
	"context"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/service"
	"taizhang/ingest/forms"
	"taizhang/internal/result"
	"taizhang/transform"
)

func (a *app) modelsCmd() *cobra.Command {
	c := &cobra.Command{Use: "models", Short: "List, plan, build, test and draw the SQL models; go back to an earlier publication"}
	list := &cobra.Command{
		Use:   "list",
		Short: "List the models with what one row of each is",
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
				records = append(records, result.Record{{Key: "model", Value: m.Name}, {Key: "layer", Value: m.Layer}, {Key: "description", Value: m.Description},
					{Key: "grain", Value: strings.Join(m.Grain, ", ")}, {Key: "checks", Value: int64(len(m.Checks))}})
			}
			return a.print(records)
		},
	}
	var full bool
	build := &cobra.Command{
		Use:   "run",
		Short: "Build the models that changed (text, returns read, business day), check them, and publish",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			z, err := a.zone()
			if err != nil {
				return err
			}
			return a.ownedHere(cmd, z, args, nil, func() error {
				out, err := z.Run(cmd.Context(), office.Options{Clock: a.now, Log: a.log(), Rebuild: full})
				if err != nil {
					return err
				}
				return a.printRun(z, service.Summarise(out))
			})
		},
	}
	build.Flags().BoolVar(&full, "full", false, "build everything anew and publish, whether it changed or not")
	dictionary := a.dictionaryCmd("Print every model with its grain, its checks and what it reads (Markdown)", func(z *office.Zone) (string, error) {
		var own []fs.FS
		var set *forms.Set
		var err error
		if z != nil {
			own, set = z.Models, z.Forms
		} else if set, err = forms.Load(); err != nil {
			return "", err
		}
		models, err := plannedModels(context.Background(), set, own...)
		if err != nil {
			return "", usageError{err}
		}
		return modelsDictionary(models), nil
	})
	c.AddCommand(list, build, a.modelsPlanCmd(), a.modelsTestCmd(), a.modelsGraphCmd(), a.modelsRollbackCmd(), dictionary)
	return c
}
