package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"taizhang/internal/decl"
	"taizhang/internal/durable"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/internal/workbook"
	"taizhang/queries"
	"taizhang/queries/fence"
)

// sink writes a result row by row, so that its length costs no memory.
type sink interface {
	row(values []any) error
	end() error
}

// toFile says that a result goes into a file, which people open with Excel: csv has a byte order mark then, and texts that
// Excel would take for formulas are quoted.
type toFile bool

// newSink begins a result in a format; nil for those that are laid out as a whole.
func newSink(ctx context.Context, w io.Writer, format string, columns []result.Column, file toFile, loc *time.Location, say func(string, ...any)) (sink, error) {
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
	return nil, usagef("unknown format %q: %s or %s", format, strings.Join(formats[:len(formats)-1], ", "), formats[len(formats)-1])
}

// csvSink writes csv.
type csvSink struct {
	w     *csv.Writer
	texts []string
	file  toFile
}

func newCSVSink(w io.Writer, columns []result.Column, file toFile) (*csvSink, error) {
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

func (s *csvSink) row(values []any) error {
	for i, v := range values {
		s.texts[i] = cellText(v, "csv")
		if _, isText := v.(string); isText {
			s.texts[i] = s.safe(s.texts[i])
		}
	}
	return s.w.Write(s.texts)
}

func (s *csvSink) end() error {
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

func (s *jsonSink) row(values []any) error {
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

func (s *jsonSink) end() error {
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

func (s *xlsxSink) row(values []any) error {
	cells := make([]any, len(values))
	for i, v := range values {
		cells[i] = xlsxCell(v, s.columns[i].Type, s.loc)
	}
	return s.Row(cells)
}

func (s *xlsxSink) end() error {
	err := s.Close()
	if n := s.Sheets(); err == nil && n > 1 {
		s.say("a sheet holds %d rows: the result goes over %d sheets", workbook.StreamRows, n)
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
	return cellText(v, "xlsx")
}

// parquetSink writes Parquet.
type parquetSink struct {
	ctx context.Context
	w   io.Writer
	p   *warehouse.Parquet
}

func (s *parquetSink) row(values []any) error {
	texts := make([]any, len(values))
	for i, v := range values {
		if v != nil {
			texts[i] = cellText(v, "parquet")
		}
	}
	return s.p.Append(s.ctx, texts)
}

func (s *parquetSink) end() error { return errors.Join(s.p.WriteTo(s.ctx, s.w), s.p.Close()) }

// exportTime is how long a query whose result goes to a file or another program may take.
const exportTime = 15 * time.Minute

// exportSQL runs a query and writes every row of its result.
func (a *app) exportSQL(ctx context.Context, r *queries.Reader, query string, fence fence.Options, bound []string) error {
	fence.MaxRows, fence.Deadline = 1<<62, exportTime
	return a.writeResult(func(w io.Writer) error {
		var s sink
		cut := false
		err := r.StreamSQL(ctx, query, fence, func(columns []result.Column) (err error) {
			s, err = newSink(ctx, w, a.format, columns, a.output != "", r.Location(), a.say)
			return err
		}, func(row []any) error { return s.row(row) }, func() { cut = true }, bound...)
		switch {
		case err != nil:
			return err
		case cut:
			return errors.New("the result is longer than can be written")
		}
		return s.end()
	})
}

// writeResult writes to -o, wholly or not at all, or to standard output.
func (a *app) writeResult(write func(io.Writer) error) error {
	if a.output == "" {
		return write(a.out)
	}
	return durable.Write(a.output, 0o644, write)
}

// checkOutput refuses a file whose name tells no format, and, where the command doesn't replace files, one that is there.
func (a *app) checkOutput(keep bool) error {
	if a.output == "" {
		return nil
	}
	_, err := os.Stat(a.output)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case keep && !a.replace:
		return usagef("%s is there already\nhint: --replace writes over it", a.output)
	case !keep && !a.served: // whoever handed it over has said so
		a.say("%s is replaced", a.output)
	}
	return nil
}

// unknownName refuses a name and says which was meant.
func unknownName(what, name string, known []string) error {
	return usagef("%s", fmt.Sprintf("unknown %s %q%s", what, name, decl.DidYouMean(name, known).English))
}
