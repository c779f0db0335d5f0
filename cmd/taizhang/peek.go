package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"taizhang/ingest/sheet"
	"taizhang/internal/zone"
	"taizhang/queries"
)

func (a *app) peekCmd() *cobra.Command {
	var which string
	c := &cobra.Command{
		Use:   "peek FILE",
		Short: "Show what the reader sees in a spreadsheet; no zone is needed",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			lim := sheet.DefaultLimits()
			ctx, cancel := context.WithTimeout(cmd.Context(), zone.DefaultLimits().Time)
			defer cancel()
			file, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			info, err := file.Stat()
			if err != nil {
				return err
			}
			if info.Size() > lim.FileBytes {
				return fmt.Errorf("%s: 文件有%dMB，超过%dMB的上限", args[0], info.Size()>>20, lim.FileBytes>>20)
			}
			book, err := sheet.OpenAt(ctx, info.Name(), file, info.Size(), lim)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			grids, err := chosen(book, which, a.format)
			if err != nil {
				return err
			}
			switch a.format {
			case "json":
				return a.peekJSON(grids)
			case "csv":
				return a.peekCSV(grids[0])
			case "table":
				return a.peekTable(grids)
			}
			return usagef("unknown format %q: table, csv or json", a.format)
		},
	}
	c.Flags().StringVar(&which, "sheet", "", "one sheet, by name or number from 1")
	return c
}

// chosen reads the sheets asked for: all, or the first visible one for csv.
func chosen(book *sheet.Book, which, format string) ([]*sheet.Grid, error) {
	sheets := book.Sheets()
	pick := func(i int) ([]*sheet.Grid, error) {
		g, err := book.Grid(i)
		if err != nil {
			return nil, err
		}
		return []*sheet.Grid{g}, nil
	}
	if which != "" {
		for i, s := range sheets {
			if s.Name == which {
				return pick(i)
			}
		}
		if n, err := strconv.Atoi(which); err == nil && n >= 1 && n <= len(sheets) {
			return pick(n - 1)
		}
		return nil, usagef("no sheet %q; there are %d", which, len(sheets))
	}
	if format == "csv" {
		for i, s := range sheets {
			if !s.Hidden {
				return pick(i)
			}
		}
		return nil, fmt.Errorf("the workbook has no visible sheet")
	}
	var out []*sheet.Grid
	for i := range sheets {
		g, err := book.Grid(i)
		if err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, nil
}

// extent is the last row and column that hold something.
func extent(g *sheet.Grid) (rows, columns int) {
	for _, r := range g.Rows {
		for _, c := range r.Cells {
			if c.Kind != sheet.Empty {
				rows, columns = max(rows, r.N), max(columns, c.Col)
			}
		}
	}
	return rows, columns
}

func cellValue(c sheet.Cell) any {
	switch c.Kind {
	case sheet.Number:
		if json.Valid([]byte(c.Text)) {
			return json.Number(c.Text)
		}
		return c.Num
	case sheet.Bool:
		return c.Num != 0
	}
	return c.Text
}

func (a *app) peekJSON(grids []*sheet.Grid) error {
	out := make([]queries.Record, 0, len(grids))
	for _, g := range grids {
		rows, columns := extent(g)
		cells := []queries.Record{}
		for _, r := range g.Rows {
			for _, c := range r.Cells {
				if c.Kind == sheet.Empty {
					continue
				}
				rec := queries.Record{{Key: "ref", Value: c.Ref()}, {Key: "type", Value: c.Kind.String()}, {Key: "value", Value: cellValue(c)}, {Key: "text", Value: c.Text}}
				if c.Formula {
					rec = append(rec, queries.Entry{Key: "formula", Value: true})
				}
				cells = append(cells, rec)
			}
		}
		out = append(out, queries.Record{{Key: "sheet", Value: g.Name}, {Key: "hidden", Value: g.Hidden}, {Key: "rows", Value: rows}, {Key: "columns", Value: columns}, {Key: "cells", Value: cells}})
	}
	return printJSON(a.out, out)
}

// rowTexts spreads a row over the sheet's columns.
func rowTexts(r sheet.Row, columns int) []string {
	out := make([]string, columns)
	for _, c := range r.Cells {
		if c.Col <= columns && c.Kind != sheet.Empty {
			out[c.Col-1] = c.Text
		}
	}
	return out
}

func (a *app) peekCSV(g *sheet.Grid) error {
	rows, columns := extent(g)
	w := csv.NewWriter(a.out)
	next := 1
	for _, r := range g.Rows {
		if r.N > rows {
			break
		}
		for ; next < r.N; next++ { // empty rows keep their place
			if err := w.Write(make([]string, max(columns, 1))); err != nil {
				return err
			}
		}
		if err := w.Write(rowTexts(r, columns)); err != nil {
			return err
		}
		next++
	}
	w.Flush()
	return w.Error()
}

const peekRows = 20

func (a *app) peekTable(grids []*sheet.Grid) error {
	for _, g := range grids {
		rows, columns := extent(g)
		hidden := ""
		if g.Hidden {
			hidden = ", hidden"
		}
		fmt.Fprintf(a.out, "%s: %d rows, %d columns%s\n", g.Name, rows, columns, hidden)
		head := []string{""}
		for c := 1; c <= columns; c++ {
			head = append(head, sheet.ColumnName(c))
		}
		var lines [][]string
		for i, r := range g.Rows {
			if i == peekRows {
				break
			}
			cells := rowTexts(r, columns)
			for j, t := range cells {
				if n := []rune(t); len(n) > 24 {
					cells[j] = string(n[:23]) + "…"
				}
			}
			lines = append(lines, append([]string{strconv.Itoa(r.N)}, cells...))
		}
		if err := printTable(a.out, head, lines, make([]bool, len(head))); err != nil {
			return err
		}
		if len(g.Rows) > peekRows {
			fmt.Fprintf(a.out, "… %d more rows\n", len(g.Rows)-peekRows)
		}
		fmt.Fprintln(a.out)
	}
	return nil
}
