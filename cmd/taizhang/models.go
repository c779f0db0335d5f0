package main

import (
	"context"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/ingest/forms"
	"taizhang/internal/pipeline"
	"taizhang/internal/warehouse"
	"taizhang/queries"
	"taizhang/transform"
)

func (a *app) modelsCmd() *cobra.Command {
	c := &cobra.Command{Use: "models", Short: "List the SQL models, build them anew, draw how they depend on each other"}
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
			var records []queries.Record
			for _, m := range models {
				records = append(records, queries.Record{{Key: "model", Value: m.Name}, {Key: "layer", Value: m.Layer}, {Key: "description", Value: m.Description},
					{Key: "grain", Value: strings.Join(m.Grain, ", ")}, {Key: "checks", Value: int64(len(m.Checks))}})
			}
			return a.print(records)
		},
	}
	build := &cobra.Command{
		Use:   "run",
		Short: "Build all models anew, check them, and publish",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			z, err := a.zone()
			if err != nil {
				return err
			}
			return a.owned(z, "models run", func(*warehouse.Owner) error {
				out, err := z.Run(cmd.Context(), pipeline.Options{Clock: a.now, Log: a.log(), Rebuild: true})
				if err != nil {
					return err
				}
				return a.printRun(z, summarise(out))
			})
		},
	}
	graph := &cobra.Command{
		Use:   "graph",
		Short: "Draw the dependencies (Mermaid)",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, r, err := a.reader()
			if err != nil {
				return err
			}
			defer r.Close()
			models, err := r.Models(cmd.Context())
			if err != nil {
				return err
			}
			fmt.Fprintln(a.out, "flowchart LR")
			for _, m := range models {
				for _, dep := range m.Reads {
					fmt.Fprintf(a.out, "  %s --> %s\n", dep, m.Name)
				}
			}
			return nil
		},
	}
	dictionary := a.dictionaryCmd("Print every model with its grain, its checks and what it reads (Markdown)", func(z *pipeline.Zone) (string, error) {
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
	c.AddCommand(list, build, graph, dictionary)
	return c
}
