package main

import (
	"cmp"
	"context"
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
			return a.traceFigure(cmd.Context(), args, where)
		},
	}
	a.outputFlag(c)
	c.Flags().StringVar(&cell, "cell", "", lang.Phrase("list the figures that a cell feeds: FILE!SHEET!A1, FILE being a file's name or a return's id", "列出某个单元格影响哪些数字：文件!工作表!A1，文件写文件名或报表编号"))
	c.Flags().StringSliceVar(&where, "where", nil, lang.Phrase("only rows with DIM=VALUE", "只计维度=值的各行"))
	c.Flags().StringVar(&a.from, "from", "", lang.Phrase("start of the window of period forms (default: 1 January)", "按期累计各表的起算日期（默认：1月1日）"))
	return c
}

// traceFigure lists the rows behind a figure.
func (a *app) traceFigure(ctx context.Context, args, where []string) error {
	_, ask, r, err := a.ask(args, nil, where)
	if err != nil {
		return err
	}
	defer r.Close()
	rows, err := r.Trace(ctx, ask)
	if err != nil {
		return usageError{err}
	}
	records := make([]result.Record, len(rows))
	for i, t := range rows {
		records[i] = t.Record()
	}
	if a.format == "table" || a.format == "md" {
		for i, t := range rows {
			a.shorten(records[i], t)
		}
		if len(rows) > 0 && rows[0].Form != "" {
			return a.print(records, "submitter", "form", "period", "due_at", "contributes", "contributes_den")
		}
		return a.print(records, "return", "submitter", "file", "sheet", "row", "key", "values", "contributes", "contributes_den", "cells")
	}
	if a.format == "csv" {
		if err := flatten(records); err != nil {
			return err
		}
	}
	return a.printKeyed(records, r.TraceKeys(ask.Metrics[0]))
}

// shorten writes what a row of a trace holds as lists so that each is one text in a table read by people.
func (a *app) shorten(record result.Record, row queries.TraceRow) {
	var cells, values []string
	for _, c := range row.Cells {
		cells = append(cells, c.Title+" "+c.Address)
	}
	for _, v := range row.Values {
		values = append(values, v.Title+" "+cmp.Or(sink.Text(v.Value, a.format), queries.NoValue))
	}
	for i, f := range record {
		switch f.Key {
		case "cells":
			record[i].Value = strings.Join(cells, " ")
		case "values":
			record[i].Value = strings.Join(values, " ")
		case "due_at":
			record[i].Value = shownTime(fmt.Sprint(f.Value))
		}
	}
}

// flatten writes records within records as JSON: CSV has no other place for them.
func flatten(records []result.Record) error {
	for _, record := range records {
		for i, f := range record {
			if inner, ok := f.Value.(result.Record); ok {
				text, err := json.Marshal(inner)
				if err != nil {
					return err
				}
				record[i].Value = string(text)
			}
		}
	}
	return nil
}
