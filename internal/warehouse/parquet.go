package warehouse

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"taizhang/internal/lang"
)

// parquetTypes are the types that a Parquet file keeps as they are. Whole
// numbers beyond 64 bits become decimals, anything else text.
var parquetTypes = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(BOOLEAN|U?TINYINT|U?SMALLINT|U?INTEGER|U?BIGINT|FLOAT|DOUBLE|DECIMAL\(\d+,\s*\d+\)|DATE|TIME|TIMESTAMP|TIMESTAMP WITH TIME ZONE|TIMESTAMPTZ|VARCHAR|UUID)$`)
})

// Parquet writes rows of texts (nil: null) as a Parquet file. It works in a
// database in a folder of its own, so that memory doesn't grow with the rows:
// no database of a zone is touched.
type Parquet struct {
	dir   string
	db    *DB
	table Table
	batch [][]any
}

// NewParquet begins a file with these columns.
func NewParquet(ctx context.Context, columns []Column) (p *Parquet, err error) {
	p = &Parquet{table: Table{Name: "result"}}
	if p.dir, err = os.MkdirTemp("", "taizhang-parquet-"); err != nil {
		return nil, err
	}
	for _, c := range columns {
		kind := strings.ToUpper(c.SQLType)
		if kind != "HUGEINT" && !parquetTypes().MatchString(kind) {
			kind = "VARCHAR"
		}
		p.table.Columns = append(p.table.Columns, Column{c.Name, kind})
	}
	if p.db, err = Open(filepath.Join(p.dir, "result.duckdb"), Options{MemoryLimit: "512MB"}); err == nil {
		_, err = p.db.Conn.ExecContext(ctx, p.table.Create())
	}
	if err != nil {
		p.Close()
		return nil, lang.Errorf("write Parquet: %w", "写 Parquet 文件：%w", err)
	}
	return p, nil
}

// WriteParquet writes rows as a Parquet file.
func WriteParquet(ctx context.Context, w io.Writer, columns []Column, rows [][]any) error {
	p, err := NewParquet(ctx, columns)
	if err != nil {
		return err
	}
	defer p.Close()
	for _, r := range rows {
		if err := p.Append(ctx, r); err != nil {
			return err
		}
	}
	return p.WriteTo(ctx, w)
}

// Append adds a row, which is not kept.
func (p *Parquet) Append(ctx context.Context, row []any) error {
	p.batch = append(p.batch, append([]any(nil), row...))
	if len(p.batch) < 50_000 {
		return nil
	}
	return p.load(ctx)
}

func (p *Parquet) load(ctx context.Context) error {
	if err := Load(ctx, p.db.Conn, p.table, p.batch); err != nil {
		return lang.Errorf("write Parquet: %w", "写 Parquet 文件：%w", err)
	}
	p.batch = p.batch[:0]
	return nil
}

// WriteTo writes the file. Whole numbers of 128 bits, which sum() gives, become
// 64 bits where all fit, else decimals.
func (p *Parquet) WriteTo(ctx context.Context, w io.Writer) (err error) {
	if err := p.load(ctx); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = lang.Errorf("write Parquet: %w", "写 Parquet 文件：%w", err)
		}
	}()
	sel := make([]string, len(p.table.Columns))
	for i, c := range p.table.Columns {
		sel[i] = Ident(c.Name)
		if c.SQLType != "HUGEINT" {
			continue
		}
		big, err := Strings(ctx, p.db.Conn, "select 'x' from result where try_cast("+sel[i]+" as bigint) is null and "+sel[i]+" is not null limit 1")
		if err != nil {
			return err
		}
		kind := "BIGINT"
		if len(big) > 0 {
			kind = "DECIMAL(38,0)"
		}
		sel[i] = "cast(" + sel[i] + " as " + kind + ") as " + sel[i]
	}
	path := filepath.Join(p.dir, "result.parquet")
	if _, err := p.db.Conn.ExecContext(ctx, "copy (select "+strings.Join(sel, ", ")+" from result) to "+Quote(path)+" (format parquet, compression zstd)"); err != nil {
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

// Close removes what was made on the way.
func (p *Parquet) Close() error { return errors.Join(p.db.Close(), os.RemoveAll(p.dir)) }
