// Package sink writes results of any length as files that other programs read.
//
// Words: a sink takes the rows of one result, one after another, in one format.
//
// A new format is a Sink, a case in New and a name in Formats; in a browser a type in
// cmd/internal/web/frame/export.go too.
package sink

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/internal/workbook"
)

// Sink takes a result row by row, so that its length costs no memory.
type Sink interface {
	Row(values []any) error
	End() error
}

// ToFile says that a result goes into a file, which people open with Excel: csv has a byte order mark then, and texts that
// Excel would take for formulas are quoted.
type ToFile bool

// Formats are those that New knows.
var Formats = []string{"csv", "json", "xlsx", "parquet"}

// New begins a result in one of Formats, as pages and the command line write it. Times with a zone are shown in loc (nil:
// their own); say is told what the reader should know of the file.
func New(ctx context.Context, w io.Writer, format string, columns []result.Column, file ToFile, loc *time.Location, say func(string, ...any)) (Sink, error) {
	switch format {
	case "csv":
		return newCSVSink(w, columns, file)
	case "json":
		return &jsonSink{w: bufio.NewWriterSize(w, 1<<16), columns: columns}, nil
	case "xlsx":
		titles := make([]string, len(columns))
		for i, c := range columns {
			titles[i] = c.Name
		}
		return &xlsxSink{workbook.NewStream(w, titles), columns, loc, say}, nil
	case "parquet":
		cols := make([]warehouse.Column, len(columns))
		for i, c := range columns {
			cols[i] = warehouse.Column{Name: c.Name, SQLType: c.Type}
		}
		p, err := warehouse.NewParquet(ctx, cols)
		if err != nil {
			return nil, err
		}
		return &parquetSink{ctx, w, p}, nil
	}
	return nil, lang.Errorf("unknown format %q; known: %s", "没有 %q 这种格式；可用：%s", format, strings.Join(Formats, ", "))
}

// csvSink writes csv.
type csvSink struct {
	w     *csv.Writer
	texts []string
	file  ToFile
}

func newCSVSink(w io.Writer, columns []result.Column, file ToFile) (*csvSink, error) {
	if file {
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return nil, err
		}
	}
	s := &csvSink{csv.NewWriter(w), make([]string, len(columns)), file}
	for i, c := range columns {
		s.texts[i] = s.safe(c.Name)
	}
	return s, s.w.Write(s.texts)
}

func (s *csvSink) Row(values []any) error {
	for i, v := range values {
		s.texts[i] = Text(v, "csv")
		if _, isText := v.(string); isText {
			s.texts[i] = s.safe(s.texts[i])
		}
	}
	return s.w.Write(s.texts)
}

func (s *csvSink) End() error {
	s.w.Flush()
	return s.w.Error()
}

// safe is a text as it is, or as Excel shows it as it is.
func (s *csvSink) safe(text string) string {
	if !bool(s.file) {
		return text
	}
	return result.ForExcel(text)
}

// jsonSink writes an array of objects as an encoder with an indent of one would.
type jsonSink struct {
	w       *bufio.Writer
	columns []result.Column
	rows    int
}

func (s *jsonSink) Row(values []any) error {
	rec := make(result.Record, len(values))
	for i, v := range values {
		rec[i] = result.Entry{Key: s.columns[i].Name, Value: v}
	}
	text, err := indented(rec)
	if err != nil {
		return err
	}
	before := ",\n "
	if s.rows == 0 {
		before = "[\n "
	}
	s.rows++
	_, err = s.w.WriteString(before + text)
	return err
}

func (s *jsonSink) End() error {
	text := "\n]\n"
	if s.rows == 0 {
		text = "[]\n"
	}
	if _, err := s.w.WriteString(text); err != nil {
		return err
	}
	return s.w.Flush()
}

func indented(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent(" ", " ")
	err := e.Encode(v)
	return strings.TrimRight(b.String(), "\n"), err
}

// xlsxSink writes a workbook.
type xlsxSink struct {
	*workbook.Stream
	columns []result.Column
	loc     *time.Location // in which times with a zone are shown; nil: their own
	say     func(string, ...any)
}

func (s *xlsxSink) Row(values []any) error {
	cells := make([]any, len(values))
	for i, v := range values {
		cells[i] = xlsxCell(v, s.columns[i].Type, s.loc)
	}
	return s.Stream.Row(cells)
}

func (s *xlsxSink) End() error {
	err := s.Close()
	if n := s.Sheets(); err == nil && n > 1 {
		s.say("%s", lang.Say("a sheet holds %d rows: the result goes over %d sheets", "一张工作表最多%d行：结果分放在%d张工作表中", workbook.StreamRows, n))
	}
	return err
}

// xlsxCell is a value as a workbook takes it: dates and times as such.
func xlsxCell(v any, sqlType string, loc *time.Location) any {
	switch v := v.(type) {
	case nil, bool, int64, float64, json.Number:
		return v
	case int:
		return int64(v)
	case string:
		switch {
		case sqlType == "DATE":
			if t, err := time.Parse(time.DateOnly, v); err == nil {
				return workbook.Day(t)
			}
		case strings.HasPrefix(sqlType, "TIMESTAMP"):
			for _, layout := range []string{warehouse.Stamp, time.RFC3339Nano} {
				if t, err := time.Parse(layout, v); err == nil {
					if loc != nil && layout == time.RFC3339Nano {
						t = t.In(loc)
					}
					return workbook.Moment(time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC))
				}
			}
		}
		return v
	}
	return Text(v, "xlsx")
}

// parquetSink writes Parquet.
type parquetSink struct {
	ctx context.Context
	w   io.Writer
	p   *warehouse.Parquet
}

func (s *parquetSink) Row(values []any) error {
	texts := make([]any, len(values))
	for i, v := range values {
		if v != nil {
			texts[i] = Text(v, "parquet")
		}
	}
	return s.p.Append(s.ctx, texts)
}

func (s *parquetSink) End() error { return errors.Join(s.p.WriteTo(s.ctx, s.w), s.p.Close()) }

// Text is a value in csv, md and tables; nested values are JSON.
func Text(v any, format string) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		if format == "table" {
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
