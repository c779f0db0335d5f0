package main

import (
	"encoding/json"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/queries"
)

func (a *app) traceCmd() *cobra.Command {
	var where []string
	c := &cobra.Command{
		Use:   "trace METRIC",
		Short: "List the rows behind a figure: file, sheet, row, cells, and what each contributes",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			_, ask, r, err := a.ask(args, nil, where)
			if err != nil {
				return err
			}
			defer r.Close()
			rows, err := r.Trace(cmd.Context(), ask)
			if err != nil {
				return usageError{err}
			}
			records := make([]queries.Record, len(rows))
			for i, t := range rows {
				records[i] = t.Record()
			}
			if a.format == "table" || a.format == "md" {
				for i, t := range rows {
					var at []string
					for _, c := range t.Cells {
						at = append(at, c.Title+" "+c.Address)
					}
					for j := range records[i] {
						if records[i][j].Key == "cells" {
							records[i][j].Value = strings.Join(at, " ")
						}
					}
				}
				return a.print(records, "return", "submitter", "file", "sheet", "row", "contributes", "contributes_den", "cells")
			}
			if a.format == "csv" {
				for i := range records {
					for j := range records[i] {
						if v, ok := records[i][j].Value.(queries.Record); ok {
							text, err := json.Marshal(v)
							if err != nil {
								return err
							}
							records[i][j].Value = string(text)
						}
					}
				}
			}
			return a.print(records)
		},
	}
	c.Flags().StringSliceVar(&where, "where", nil, "only rows with DIM=VALUE")
	c.Flags().StringVar(&a.from, "from", "", "start of the window of period forms (default: 1 January)")
	return c
}
