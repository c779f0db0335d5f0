package sheettest

import (
	"strconv"
	"strings"

	"taizhang/ingest/sheet"
)

// Row writes cells between bars as a row; what looks like a number is one.
func Row(n int, line string) sheet.Row {
	row := sheet.Row{N: n}
	for i, t := range strings.Split(line, "|") {
		t = strings.TrimSpace(t)
		if t == "" {
			continue
		}
		c := sheet.Cell{Row: n, Col: i + 1, Kind: sheet.Text, Text: t}
		if f, err := strconv.ParseFloat(t, 64); err == nil {
			c.Kind, c.Num = sheet.Number, f
		}
		row.Cells = append(row.Cells, c)
	}
	return row
}
