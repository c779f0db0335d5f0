package main

import (
	"fmt"
	"io"
	"strings"

	"taizhang/internal/lang"
)

// printFitting prints a table that fits the width of a terminal (0: none): if need be by shortening its longest texts,
// else row by row with a line for each column.
func printFitting(w io.Writer, l listing, width int) (shortened bool, err error) {
	rows, right := l.texts(l.columns, "table")
	columns := l.heads(l.columns)
	if width == 0 {
		return false, printTable(w, columns, rows, right)
	}
	shortened, fits := fit(columns, rows, right, width)
	if fits || len(rows) == 0 {
		return shortened, printTable(w, columns, rows, right)
	}
	widest := 0
	for _, c := range columns {
		widest = max(widest, textWidth(c))
	}
	whole, _ := l.texts(l.columns, "table")
	for i, row := range whole {
		fmt.Fprint(w, lang.Say("-- row %d --\n", "-- 第%d行 --\n", i+1))
		for j, c := range columns {
			if _, err := fmt.Fprintf(w, "%s%s  %s\n", strings.Repeat(" ", widest-textWidth(c)), c, strings.ReplaceAll(row[j], "\n", " ")); err != nil {
				return false, err
			}
		}
	}
	return false, nil
}

// fit shortens the texts of the widest columns until a row fits; numbers and heads stay whole.
func fit(columns []string, rows [][]string, right []bool, width int) (shortened, fits bool) {
	const least = 12
	widths := make([]int, len(columns))
	total := 2 * (len(columns) - 1)
	for j, c := range columns {
		widths[j] = textWidth(c)
		for i := range rows {
			widths[j] = max(widths[j], textWidth(rows[i][j]))
		}
		total += widths[j]
	}
	for total > width {
		widest := -1
		for j := range columns {
			if !right[j] && widths[j] > max(least, textWidth(columns[j])) && (widest < 0 || widths[j] > widths[widest]) {
				widest = j
			}
		}
		if widest < 0 {
			return false, false
		}
		widths[widest]--
		total--
	}
	for i := range rows {
		for j := range columns {
			if textWidth(rows[i][j]) > widths[j] {
				rows[i][j] = clip(rows[i][j], widths[j])
				shortened = true
			}
		}
	}
	return shortened, true
}

// clip cuts a text to a width, … included.
func clip(s string, width int) string {
	n := 0
	for i, r := range s {
		if n += textWidth(string(r)); n > width-1 {
			return s[:i] + "…"
		}
	}
	return s
}
