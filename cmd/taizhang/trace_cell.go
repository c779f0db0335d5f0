package main

import (
	"cmp"
	"context"
	"strings"

	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/queries"
)

// traceCell prints the figures that a cell feeds.
func (a *app) traceCell(ctx context.Context, cell string) error {
	ask, err := queries.ParseCell(cell)
	if err != nil {
		return usageError{err}
	}
	a.path = "trace --cell"
	_, r, err := a.reader()
	if err != nil {
		return err
	}
	defer r.Close()
	if ask.Point, err = a.pointIn(r); err != nil {
		return err
	}
	cells, err := r.Cell(ctx, ask)
	if err != nil {
		return usageError{err}
	}
	var records []result.Record
	for _, c := range cells {
		if c.Note != "" {
			a.tell("%s %s!%s: %s", "%s %s!%s：%s", c.Return, c.Sheet, c.Cell, lang.Text{English: c.Note, Chinese: cmp.Or(c.Said, c.Note)})
		}
		records = append(records, c.Records()...)
	}
	if a.format == "table" || a.format == "md" {
		for i := range records {
			for j, e := range records[i] {
				if list, ok := e.Value.([]string); ok {
					records[i][j].Value = strings.Join(list, " ")
				}
			}
		}
		return a.print(records, "return", "submitter", "column", "value", "metric", "label", "parts", "dimensions", "contributes", "contributes_den")
	}
	return a.print(records)
}
