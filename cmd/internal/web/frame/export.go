package frame

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

func SheetOf(name string, columns ...string) *tableSheet {
	return &tableSheet{name: name, columns: columns}
}

func (t *tableSheet) Add(values ...any) { t.rows = append(t.rows, values) }

// Send answers with the table as a file.
func (t *tableSheet) Send(w http.ResponseWriter, as string) error {
	columns := make([]result.Column, len(t.columns))
	for i, c := range t.columns {
		columns[i] = result.Column{Name: c, Type: "VARCHAR"}
	}
	out, err := Begin(NoContext, w, t.name, as, columns, nil)
	if err != nil {
		return err
	}
	for _, r := range t.rows {
		if err := out.Row(r); err != nil {
			return Abort(err)
		}
	}
	if err := out.End(); err != nil {
		return Abort(err)
	}
	return nil
}

// Begin begins an answer that is a file of rows.
func Begin(ctx context.Context, w http.ResponseWriter, name, as string, columns []result.Column, loc *time.Location) (sink.Sink, error) {
	kind, ok := FileTypes[as]
	if !ok {
		return nil, BadAsk("可以下载为 xlsx、csv、json 或 parquet。")
	}
	Attach(w, name+"."+as, kind)
	return sink.New(ctx, w, as, columns, true, loc, func(string, ...any) {})
}

var FileTypes = map[string]string{"xlsx": XlsxType, "csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8", "parquet": "application/vnd.apache.parquet"}

const XlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// Attach makes the answer a file to keep.
func Attach(w http.ResponseWriter, name, contentType string) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": zone.SafeName(name)}))
}

// Abort ends an answer that has begun: whoever asked sees that it isn't whole.
func Abort(error) error { panic(http.ErrAbortHandler) }

// Plain writes a value of a result as text; nil is empty.
func Plain(v any) string {
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
