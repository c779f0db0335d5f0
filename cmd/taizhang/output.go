package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"taizhang/queries"
)

// print writes records in the format asked for. For csv, md and table the keys of the first record, then any new ones, are the columns.
func (a *app) print(records []queries.Record, columns ...string) error {
	switch a.format {
	case "json":
		return printJSON(a.out, records)
	case "csv", "md", "table", "xlsx":
		if len(columns) == 0 {
			columns = keysOf(records)
		} else if a.format == "csv" || a.format == "xlsx" {
			columns = merged(columns, keysOf(records))
		}
		if a.format == "xlsx" {
			return a.printXLSX(records, columns)
		}
		rows := make([][]string, len(records))
		right := make([]bool, len(columns))
		for i, r := range records {
			for j, c := range columns {
				v := r.Get(c)
				switch v.(type) {
				case int64, int, float64, json.Number:
					right[j] = true
				}
				rows[i] = append(rows[i], a.cellText(v))
			}
		}
		switch a.format {
		case "csv":
			w := csv.NewWriter(a.out)
			if err := w.Write(columns); err != nil {
				return err
			}
			if err := w.WriteAll(rows); err != nil {
				return err
			}
			w.Flush()
			return w.Error()
		case "md":
			return printMarkdown(a.out, columns, rows, right)
		}
		return printTable(a.out, columns, rows, right)
	}
	return usagef("unknown format %q: table, csv, json, md or xlsx", a.format)
}

func keysOf(records []queries.Record) []string {
	var keys []string
	seen := map[string]bool{}
	for _, r := range records {
		for _, e := range r {
			if !seen[e.Key] {
				seen[e.Key] = true
				keys = append(keys, e.Key)
			}
		}
	}
	return keys
}

func merged(a, b []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, k := range append(append([]string{}, a...), b...) {
		if !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	return out
}

// cellText is a value in csv, md and tables; nested values are JSON.
func (a *app) cellText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		if a.format == "table" {
			return strconv.FormatFloat(v, 'g', 6, 64)
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	case json.Number:
		return v.String()
	case int64, int:
		return fmt.Sprint(v)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

func printJSON(w io.Writer, records []queries.Record) error {
	if records == nil {
		records = []queries.Record{}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(records)
}

// printObject writes one object, as `returns show` does.
func (a *app) printObject(r queries.Record) error {
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(r)
}

// textWidth is how many columns a text takes on a terminal: two for each Chinese character.
func textWidth(s string) int {
	n := 0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

func printTable(w io.Writer, columns []string, rows [][]string, right []bool) error {
	widths := make([]int, len(columns))
	for j, c := range columns {
		widths[j] = textWidth(c)
		for i := range rows {
			rows[i][j] = strings.ReplaceAll(rows[i][j], "\n", " ")
			widths[j] = max(widths[j], textWidth(rows[i][j]))
		}
	}
	line := func(cells []string) error {
		var b strings.Builder
		for j, c := range cells {
			if j > 0 {
				b.WriteString("  ")
			}
			pad := strings.Repeat(" ", widths[j]-textWidth(c))
			if right[j] {
				b.WriteString(pad + c)
			} else {
				b.WriteString(c + pad)
			}
		}
		_, err := fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
		return err
	}
	if err := line(columns); err != nil {
		return err
	}
	for _, r := range rows {
		if err := line(r); err != nil {
			return err
		}
	}
	return nil
}

func printMarkdown(w io.Writer, columns []string, rows [][]string, right []bool) error {
	esc := strings.NewReplacer("|", `\|`, "\n", " ")
	rule := make([]string, len(columns))
	for j := range columns {
		rule[j] = "---"
		if right[j] {
			rule[j] = "---:"
		}
	}
	for _, cells := range append([][]string{columns, rule}, rows...) {
		out := make([]string, len(cells))
		for j, c := range cells {
			out[j] = esc.Replace(c)
		}
		if _, err := fmt.Fprintln(w, "| "+strings.Join(out, " | ")+" |"); err != nil {
			return err
		}
	}
	return nil
}
