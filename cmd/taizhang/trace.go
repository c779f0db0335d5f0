package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/sink"
	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/queries"
)

// shownTime is a time as people read it.
func shownTime(rfc3339 string) string {
	t, err := time.Parse(time.RFC3339, rfc3339)
	if err != nil {
		return rfc3339
	}
	return t.Format("2006-01-02 15:04")
}

func (a *app) traceCmd() *cobra.Command {
	var where []string
	var cell string
	c := &cobra.Command{
		Use:   "trace METRIC | --cell FILE!SHEET!A1",
		Short: lang.Phrase("List the rows behind a figure: file, sheet, row, cells, and what each contributes; or the figures that a cell feeds", "列出数字背后的各行：文件、工作表、行、单元格、各行计入多少；或某个单元格影响哪些数字"),
		Args: func(cmd *cobra.Command, args []string) error {
			if cell != "" {
				return cobra.NoArgs(cmd, args)
			}
			return cobra.ExactArgs(1)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if cell != "" {
				if err := alone(cmd, "cell", "where"); err != nil {
					return err
				}
				return a.traceCell(cmd.Context(), cell)
			}
			_, ask, r, err := a.ask(args, nil, where)
			if err != nil {
				return err
			}
			defer r.Close()
			rows, err := r.Trace(cmd.Context(), ask)
			if err != nil {
				return usageError{err}
			}
			records := make([]result.Record, len(rows))
			for i, t := range rows {
				records[i] = t.Record()
			}
			if a.format == "table" || a.format == "md" {
				for i, t := range rows {
					var at []string
					for _, c := range t.Cells {
						at = append(at, c.Title+" "+c.Address)
					}
					var values []string
					for _, v := range t.Values {
						values = append(values, v.Title+" "+cmp.Or(sink.Text(v.Value, a.format), queries.NoValue))
					}
					for j := range records[i] {
						switch records[i][j].Key {
						case "cells":
							records[i][j].Value = strings.Join(at, " ")
						case "values":
							records[i][j].Value = strings.Join(values, " ")
						case "due_at":
							records[i][j].Value = shownTime(fmt.Sprint(records[i][j].Value))
						}
					}
				}
				if len(rows) > 0 && rows[0].Form != "" {
					return a.print(records, "submitter", "form", "period", "due_at", "contributes", "contributes_den")
				}
				return a.print(records, "return", "submitter", "file", "sheet", "row", "key", "values", "contributes", "contributes_den", "cells")
			}
			if a.format == "csv" {
				for i := range records {
					for j := range records[i] {
						if v, ok := records[i][j].Value.(result.Record); ok {
							text, err := json.Marshal(v)
							if err != nil {
								return err
							}
							records[i][j].Value = string(text)
						}
					}
				}
			}
			return a.printKeyed(records, r.TraceKeys(ask.Metrics[0]))
		},
	}
	a.outputFlag(c)
	c.Flags().StringVar(&cell, "cell", "", lang.Phrase("list the figures that a cell feeds: FILE!SHEET!A1, FILE being a file's name or a return's id", "列出某个单元格影响哪些数字：文件!工作表!A1，文件写文件名或报表编号"))
	c.Flags().StringSliceVar(&where, "where", nil, lang.Phrase("only rows with DIM=VALUE", "只计维度=值的各行"))
	c.Flags().StringVar(&a.from, "from", "", lang.Phrase("start of the window of period forms (default: 1 January)", "按期累计各表的起算日期（默认：1月1日）"))
	return c
}
