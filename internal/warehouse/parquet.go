package warehouse

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// parquetTypes are the types that a Parquet file keeps as they are. Whole
// numbers beyond 64 bits become decimals, anything else text.
var parquetTypes = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(BOOLEAN|U?TINYINT|U?SMALLINT|U?INTEGER|U?BIGINT|FLOAT|DOUBLE|DECIMAL\(\d+,\s*\d+\)|DATE|TIME|TIMESTAMP|TIMESTAMP WITH TIME ZONE|TIMESTAMPTZ|VARCHAR|UUID)$`)
})

// WriteParquet writes rows of texts (nil: null) as a Parquet file. It works in
// a database in memory and a folder of its own: no database of a zone is touched.
func WriteParquet(ctx context.Context, w io.Writer, columns []Column, rows [][]any) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("write Parquet: %w", err)
		}
	}()
	dir, err := os.MkdirTemp("", "taizhang-parquet-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	db, err := OpenMemory(Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	t := Table{Name: "result"}
	for i, c := range columns {
		kind := strings.ToUpper(c.SQLType)
		switch {
		case kind == "HUGEINT" && allInt64(rows, i): // what sum() of whole numbers gives
			kind = "BIGINT"
		case kind == "HUGEINT":
			kind = "DECIMAL(38,0)"
		case !parquetTypes().MatchString(kind):
			kind = "VARCHAR"
		}
		t.Columns = append(t.Columns, Column{c.Name, kind})
	}
	if _, err := db.Conn.ExecContext(ctx, t.Create()); err != nil {
		return err
	}
	if err := Load(ctx, db.Conn, t, rows); err != nil {
		return err
	}
	path := filepath.Join(dir, "result.parquet")
	if _, err := db.Conn.ExecContext(ctx, "copy result to "+Quote(path)+" (format parquet, compression zstd)"); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}

func allInt64(rows [][]any, column int) bool {
	for _, r := range rows {
		if s, ok := r[column].(string); ok {
			if _, err := strconv.ParseInt(s, 10, 64); err != nil {
				return false
			}
		}
	}
	return true
}
