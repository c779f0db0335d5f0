package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"

	"taizhang/internal/result"
	"taizhang/internal/workbook"
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
	switch as {
	case "xlsx":
		attach(w, t.name+".xlsx", xlsxType)
		out := workbook.NewStream(w, t.columns)
		for _, r := range t.rows {
			if err := out.Row(r); err != nil {
				return abort(err)
			}
		}
		if err := out.Close(); err != nil {
			return abort(err)
		}
		return nil
	case "csv":
		attach(w, t.name+".csv", "text/csv; charset=utf-8")
		out, err := newCSV(w, t.columns)
		if err != nil {
			return abort(err)
		}
		for _, r := range t.rows {
			if err := out.row(r); err != nil {
				return abort(err)
			}
		}
		return out.end()
	}
	return badAsk("可以下载为 xlsx 或 csv。")
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// attach makes the answer a file to keep.
func attach(w http.ResponseWriter, name, contentType string) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": zone.SafeName(name)}))
}

// abort ends an answer that has begun: whoever asked sees that it isn't whole.
func abort(error) error { panic(http.ErrAbortHandler) }

// csvFile writes CSV that Excel opens as it is meant.
type csvFile struct{ w *csv.Writer }

func newCSV(w io.Writer, columns []string) (*csvFile, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	f := &csvFile{csv.NewWriter(w)}
	texts := make([]string, len(columns))
	for i, c := range columns {
		texts[i] = result.ForExcel(c)
	}
	return f, f.w.Write(texts)
}

func (f *csvFile) row(values []any) error {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = plain(v)
		if _, isText := v.(string); isText {
			texts[i] = result.ForExcel(texts[i])
		}
	}
	return f.w.Write(texts)
}

func (f *csvFile) end() error {
	f.w.Flush()
	return f.w.Error()
}

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
