package main

import (
	"encoding/json"
	"io"
	"strings"
	"time"

	"taizhang/internal/workbook"
)

// writeXLSX writes a listing as one sheet: a head with filters, numbers and dates as such.
func (l listing) writeXLSX(w io.Writer, columns []string) error {
	t := workbook.Table{ID: "t", Filter: true, Main: true, Empty: "没有数据行。"}
	for _, c := range columns {
		col := workbook.Column{Title: c, Kind: workbook.Text}
		for _, r := range l.records {
			v := r.Get(c)
			if v == nil {
				continue
			}
			kind, format := numberKind(v)
			if kind == "" {
				col.Kind, col.Format = workbook.Text, ""
				break
			}
			if col.Format != "" && col.Format != format { // whole numbers and others in one column
				kind, format = workbook.Num, "General"
			}
			col.Kind, col.Format = kind, format
		}
		if l.types[c] == "DATE" {
			col = workbook.Column{Title: c, Kind: workbook.Date}
		}
		t.Columns = append(t.Columns, col)
	}
	for _, r := range l.records {
		row := make([]any, len(columns))
		for i, c := range columns {
			switch v := r.Get(c).(type) {
			case nil:
			case string:
				row[i] = v
				if day, err := time.Parse(time.DateOnly, v); err == nil && l.types[c] == "DATE" {
					row[i] = day
				}
			case int:
				row[i] = int64(v)
			case int64, float64:
				row[i] = v
			case json.Number:
				f, err := v.Float64()
				if err != nil {
					return err
				}
				row[i] = f
			default:
				row[i] = cellText(v, "xlsx")
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return workbook.Book{Sheets: []workbook.Sheet{{Name: "Sheet1", Orientation: workbook.Landscape, Blocks: []workbook.Block{t}}}}.Write(w)
}

// numberKind is how a number is shown in a workbook; empty for what is none.
func numberKind(v any) (workbook.Kind, string) {
	switch v := v.(type) {
	case int, int64:
		return workbook.Int, "0"
	case float64:
		return workbook.Num, "General"
	case json.Number:
		if _, frac, ok := strings.Cut(v.String(), "."); ok && len(frac) == 2 {
			return workbook.Num, "#,##0.00"
		}
		return workbook.Num, "General"
	}
	return "", ""
}
