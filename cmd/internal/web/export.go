package web

import (
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"time"

	"taizhang/cmd/internal/sink"
	"taizhang/internal/result"
	"taizhang/internal/zone"
)

// tableSheet is a table that is taken along, as xlsx or csv.
type tableSheet struct {
	name    string
	columns []string
	rows    [][]any
}

func sheetOf(name string, columns ...string) *tableSheet {
	return &tableSheet{name: name, columns: columns}
}

func (t *tableSheet) add(values ...any) { t.rows = append(t.rows, values) }

// send answers with the table as a file.
func (t *tableSheet) send(w http.ResponseWriter, as string) error {
	columns := make([]result.Column, len(t.columns))
	for i, c := range t.columns {
		columns[i] = result.Column{Name: c, Type: "VARCHAR"}
	}
	out, err := begin(noContext, w, t.name, as, columns, nil)
	if err != nil {
		return err
	}
	for _, r := range t.rows {
		if err := out.Row(r); err != nil {
			return abort(err)
		}
	}
	if err := out.End(); err != nil {
		return abort(err)
	}
	return nil
}

// begin begins an answer that is a file of rows.
func begin(ctx context.Context, w http.ResponseWriter, name, as string, columns []result.Column, loc *time.Location) (sink.Sink, error) {
	kind, ok := fileTypes[as]
	if !ok {
		return nil, badAsk("可以下载为 xlsx、csv、json 或 parquet。")
	}
	attach(w, name+"."+as, kind)
	return sink.New(ctx, w, as, columns, true, loc, func(string, ...any) {})
}

var fileTypes = map[string]string{"xlsx": xlsxType, "csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8", "parquet": "application/vnd.apache.parquet"}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// attach makes the answer a file to keep.
func attach(w http.ResponseWriter, name, contentType string) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": zone.SafeName(name)}))
}

// abort ends an answer that has begun: whoever asked sees that it isn't whole.
func abort(error) error { panic(http.ErrAbortHandler) }

// plain writes a value of a result as text; nil is empty.
func plain(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case json.Number:
		return x.String()
	case int64:
		return strconv.FormatInt(x, 10)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case bool:
		return map[bool]string{true: "是", false: "否"}[x]
	}
	return fmt.Sprint(v)
}
