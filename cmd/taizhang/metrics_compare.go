package main

import (
	"context"
	"encoding/json"
	"fmt"

	"taizhang/internal/result"
	"taizhang/queries"
)

// printCompared prints figures beside what they are compared with.
func (a *app) printCompared(ctx context.Context, r *queries.Reader, ask queries.Ask) error {
	figures, with, err := r.Compare(ctx, ask)
	if err != nil {
		return usageError{err}
	}
	records := make([]result.Record, len(figures))
	for i, f := range figures {
		records[i] = append(f.Record(), with[i].Entries()...)
	}
	if a.format != "table" && a.format != "md" {
		return a.printKeyed(records, queries.ComparedKeys(ask.By))
	}
	shown := shownFigures(records, ask.By)
	for i, c := range with {
		unit := string(figures[i].Metric.Unit)
		goal := ""
		if c.Goal != nil {
			goal = shownValue(json.Number(fmt.Sprintf("%.4g", *c.Goal)), unit)
			if unit != "ratio" {
				goal = shownValue(json.Number(fmt.Sprintf("%.0f", *c.Goal)), unit)
			}
		}
		shown[i] = append(shown[i], result.Entry{Key: "last_week", Value: shownValue(c.LastWeek, unit)}, result.Entry{Key: "last_month", Value: shownValue(c.LastMonth, unit)},
			result.Entry{Key: "goal", Value: goal}, result.Entry{Key: "light", Value: c.Light})
	}
	return a.print(shown, append(append([]string{"metric", "label"}, ask.By...), "value", "n/d", "last_week", "last_month", "goal", "light", "coverage")...)
}
