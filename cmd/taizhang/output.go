package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/text/width"

	"taizhang/cmd/internal/sink"
	"taizhang/ingest/forms"
	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/shell"
)

// listing is a result ready to be written in any format.
type listing struct {
	records []result.Record
	columns []string
	types   map[string]string // SQL type by column, where it is known
	forms   *forms.Set        // whose titles stand for ids in a Chinese table
	own     bool              // the columns are keys of ours, not what somebody asked for in SQL
}

// formats are what -f takes.
var formats = []string{"table", "csv", "json", "md", "xlsx", "parquet"}

// print writes records in the format asked for. For csv, md and table the keys of the first record, then any new ones, are the columns.
func (a *app) print(records []result.Record, columns ...string) error {
	return a.emit(listing{records: records, columns: columns, own: true, forms: a.forms})
}

// printKeyed is print of records with these keys: they head a result without records, too.
func (a *app) printKeyed(records []result.Record, keys []string) error {
	if len(records) > 0 {
		keys = nil
	}
	return a.print(records, keys...)
}

// printResult writes the result of a query.
func (a *app) printResult(t result.Table) error { return a.emit(listingOf(t)) }

func listingOf(t result.Table) listing {
	l := listing{records: t.Records(), types: map[string]string{}}
	for _, c := range t.Columns {
		l.columns = append(l.columns, c.Name)
		l.types[c.Name] = c.Type
	}
	return l
}

// outputFlag gives a command that prints a result -o FILE.
func (a *app) outputFlag(c *cobra.Command) {
	c.Flags().StringVarP(&a.output, "output", "o", "", lang.Phrase("write the result to this file; without -f its name tells the format", "把结果写入此文件；不写 -f 时由扩展名决定格式"))
}

// formatFromName takes the format from the name of -o where -f doesn't give one, and refuses a name that tells none. Where both do, -f decides, which is
// said where they differ.
func (a *app) formatFromName(cmd *cobra.Command) error {
	flags := cmd.Flags()
	if f := formatOf(a.output); flags.Changed("format") && f != "" && f != a.format {
		a.tell("note: %[2]s is written as %[1]s, as -f says, although its name says otherwise", "注意：%[2]s 按 -f 写成 %[1]s 格式，与扩展名不一致", a.format, a.output)
	}
	if a.output == "" || flags.Changed("format") || flags.Lookup("remind") != nil && flags.Changed("remind") { // 催报 is a text
		return nil
	}
	f := formatOf(a.output)
	if f == "" {
		return usagef("-o %s: the name should end in .xlsx, .csv, .parquet, .json or .md\nhint: or -f FORMAT says what is written", "-o %s：文件名应以 .xlsx、.csv、.parquet、.json 或 .md 结尾\n建议：或用 -f 指定格式", a.output)
	}
	a.format = f
	return nil
}

// formatOf is the format that a file's name tells, empty for none.
func formatOf(file string) string {
	if ext := strings.TrimPrefix(strings.ToLower(filepath.Ext(file)), "."); ext != "table" && slices.Contains(formats, ext) {
		return ext
	}
	return ""
}

// emit writes a listing to where the command line says.
func (a *app) emit(l listing) error {
	a.settle()
	if err := a.checkTerminal(); err != nil {
		return err
	}
	err := a.writeResult(func(w io.Writer) error { return l.write(w, a.format, a.output != "", a.say) })
	if err == nil && len(l.records) == 0 && (a.format == "table" || a.format == "md") && a.output == "" {
		a.tell("Nothing to list.", "没有可列出的内容。")
	}
	return err
}

// checkTerminal refuses to write a binary format to a terminal.
func (a *app) checkTerminal() error {
	if a.output == "" && (a.format == "xlsx" || a.format == "parquet") && shell.IsTerminal(os.Stdin, a.out) {
		return usagef("%s can't be shown on a terminal\nhint: name a file: taizhang … -o result.%s", "%s 格式不能显示在终端上\n建议：指定文件名：taizhang … -o 结果.%s", a.format, a.format)
	}
	return nil
}

// write writes the listing in one of the formats.
func (l listing) write(w io.Writer, format string, file sink.ToFile, say func(string, ...any)) error {
	columns := l.columns
	if len(columns) == 0 {
		columns = keysOf(l.records)
	} else if format != "table" && format != "md" && format != "json" {
		columns = merged(columns, keysOf(l.records))
	}
	switch format {
	case "json":
		return printJSON(w, l.records)
	case "md", "table":
		rows, right := l.texts(columns, format)
		if format == "md" {
			return printMarkdown(w, columns, rows, right)
		}
		return printTable(w, l.heads(columns), rows, right)
	}
	s, err := sink.New(context.Background(), w, format, l.typed(columns), file, nil, say)
	if err != nil {
		return err
	}
	row := make([]any, len(columns))
	for _, r := range l.records {
		for i, c := range columns {
			row[i] = r.Get(c)
		}
		if err := s.Row(row); err != nil {
			return err
		}
	}
	return s.End()
}

// titled is a form's title for its id, where a table is Chinese.
func (l listing) titled(column, value string) string {
	if column == "form" && l.forms != nil && lang.Spoken() == lang.Chinese {
		if f := l.forms.Get(value); f != nil {
			return f.PlainTitle()
		}
	}
	return value
}

// heads are the columns as a table heads them.
func (l listing) heads(columns []string) []string {
	if l.own {
		return heads(columns)
	}
	return columns
}

// texts are the cells as texts, and which columns hold numbers.
func (l listing) texts(columns []string, format string) (rows [][]string, right []bool) {
	rows = make([][]string, len(l.records))
	right = make([]bool, len(columns))
	for i, r := range l.records {
		for j, c := range columns {
			v := r.Get(c)
			right[j] = right[j] || isNumber(v)
			text := cellText(v, format)
			if format == "table" && l.own {
				text = worded(c, l.titled(c, text))
			}
			rows[i] = append(rows[i], text)
		}
	}
	return rows, right
}

// cellText is a value as it stands in a table or md, which people read: on one line, with what can't be seen shown.
func cellText(v any, format string) string {
	return shown(strings.ReplaceAll(sink.Text(v, format), "\n", " "))
}

func isNumber(v any) bool {
	switch v.(type) {
	case int64, int, float64, json.Number:
		return true
	}
	return false
}

func keysOf(records []result.Record) []string {
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

func printJSON(w io.Writer, records []result.Record) error {
	if records == nil {
		records = []result.Record{}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(records)
}

// printObject writes one object, as `returns show` does.
func (a *app) printObject(r result.Record) error {
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
	line := tableLines(w, widths, right)
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

// tableLines writes rows of a table, each on a line.
func tableLines(w io.Writer, widths []int, right []bool) func(cells []string) error {
	return func(cells []string) error {
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
}

func printMarkdown(w io.Writer, columns []string, rows [][]string, right []bool) error {
	line, err := beginMarkdown(w, columns, right)
	for _, r := range rows {
		if err == nil {
			err = line(r)
		}
	}
	return err
}

// beginMarkdown writes the head of a table in md, and gives what writes its rows.
func beginMarkdown(w io.Writer, columns []string, right []bool) (line func(cells []string) error, err error) {
	esc := strings.NewReplacer("|", `\|`, "\n", " ")
	line = func(cells []string) error {
		out := make([]string, len(cells))
		for j, c := range cells {
			out[j] = esc.Replace(c)
		}
		_, err := fmt.Fprintln(w, "| "+strings.Join(out, " | ")+" |")
		return err
	}
	rule := make([]string, len(columns))
	for j := range columns {
		rule[j] = "---"
		if right[j] {
			rule[j] = "---:"
		}
	}
	if err := line(columns); err != nil {
		return nil, err
	}
	return line, line(rule)
}
