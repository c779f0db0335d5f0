package warehouse

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// Column of a table that rows are loaded into.
type Column struct {
	Name    string
	SQLType string // such as VARCHAR, DATE, DECIMAL(18,2)
}

// Table that rows are loaded into: Name is qualified, such as raw.problem.
type Table struct {
	Name    string
	Columns []Column
}

// Create writes the statement that creates the table where it is missing.
func (t Table) Create() string {
	cols := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		cols[i] = Ident(c.Name) + " " + c.SQLType
	}
	return "create table if not exists " + qualified(t.Name) + " (" + strings.Join(cols, ", ") + ")"
}

// Load appends rows to a table within the caller's transaction. Values are
// texts or nil and go through an all-VARCHAR temporary table and a CAST: the
// driver's appender silently corrupts decimals, large integers and wrong UTF-8
// (docs/tables.md), a CAST refuses them, with a *RowFault. The count is verified.
//
// The temporary table is kept on the connection and used again by the next
// Load into the same table, so a batch of returns pays for it once.
func Load(ctx context.Context, conn *sql.Conn, t Table, rows [][]any) error {
	return LoadEach(ctx, conn, t, len(rows), slices.Values(rows))
}

// LoadEach is Load of n rows that are made one by one, so that a large return is not held once more. A row may be used
// again for the next.
func LoadEach(ctx context.Context, conn *sql.Conn, t Table, n int, rows iter.Seq[[]any]) (err error) {
	defer func() {
		if err != nil {
			err = lang.Errorf("load %d rows into %s: %w", "把%d行写入 %s：%w", n, t.Name, err)
		}
	}()
	if n == 0 {
		return nil
	}
	stage := "load_" + strings.ReplaceAll(t.Name, ".", "_")
	cols := make([]string, len(t.Columns))
	casts := make([]string, len(t.Columns))
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = Ident(c.Name)
		cols[i] = names[i] + " VARCHAR"
		casts[i] = "cast(" + names[i] + " as " + c.SQLType + ")"
	}
	if _, err := conn.ExecContext(ctx, "create or replace temp table "+Ident(stage)+" ("+strings.Join(cols, ", ")+")"); err != nil {
		return err
	}
	insert := "insert into " + qualified(t.Name) + " (" + strings.Join(names, ", ") + ") select " + strings.Join(casts, ", ") + " from temp." + Ident(stage)
	next, stop := iter.Pull(rows)
	defer stop()
	for done := 0; done < n; {
		some := min(n-done, staged)
		if err := appendSome(conn, stage, t, done, some, next); err != nil {
			return err
		}
		if err := moveStaged(ctx, conn, stage, insert, some); err != nil {
			return err
		}
		done += some
	}
	if _, more := next(); more {
		return lang.Errorf("more rows than that were given", "行数超出给定的数目")
	}
	return nil
}

// staged is how many rows lie in the temporary table at a time, as texts: a group of DuckDB's rows.
const staged = 122_880

// moveStaged moves what lies in the temporary table to where it belongs.
func moveStaged(ctx context.Context, conn *sql.Conn, stage, insert string, n int) error {
	var arrived int64
	if err := conn.QueryRowContext(ctx, "select count(*) from temp."+Ident(stage)).Scan(&arrived); err != nil {
		return err
	}
	if arrived != int64(n) {
		return lang.Errorf("%d rows of %d arrived", "%d行，应有%d行", arrived, n)
	}
	res, err := conn.ExecContext(ctx, insert)
	if err != nil {
		return asRowFault(err)
	}
	if inserted, err := res.RowsAffected(); err != nil || inserted != int64(n) {
		return lang.Errorf("%d rows of %d inserted (%v)", "写入%d行，应有%d行（%v）", inserted, n, err)
	}
	_, err = conn.ExecContext(ctx, "truncate temp."+Ident(stage))
	return err
}

// checked puts a row's values into line, and refuses what the appender would corrupt.
func checked(line []driver.Value, t Table, i int, row []any) error {
	if len(row) != len(t.Columns) {
		return lang.Errorf("row %d has %d values, the table %d columns", "第%d行有%d个值，该表有%d列", i+1, len(row), len(t.Columns))
	}
	for j, v := range row {
		switch x := v.(type) {
		case nil:
		case string:
			if !utf8.ValidString(x) {
				return &RowFault{lang.Errorf("row %d, %s: not valid UTF-8", "第%d行 %s：不是有效的 UTF-8 文字", i+1, t.Columns[j].Name)}
			}
		default:
			return lang.Errorf("row %d, %s: a %T where a text was expected", "第%d行 %s：是 %T，应为文字", i+1, t.Columns[j].Name, v)
		}
		line[j] = v
	}
	return nil
}

// appendSome appends the next n rows, of which done came before, to a temporary table; line by line, since the appender
// keeps chunks of its own.
func appendSome(conn *sql.Conn, stage string, t Table, done, n int, next func() ([]any, bool)) error {
	return conn.Raw(func(c any) error {
		app, err := duckdb.NewAppender(c.(driver.Conn), "temp", "main", stage)
		if err != nil {
			return err
		}
		line := make([]driver.Value, len(t.Columns))
		for i := range n {
			r, ok := next()
			if !ok {
				err = lang.Errorf("row %d is missing", "缺第%d行", done+i+1)
			} else if err = checked(line, t, done+i, r); err == nil {
				err = app.AppendRow(line...)
			}
			if err != nil {
				app.Close()
				return err
			}
		}
		return app.Close()
	})
}

func qualified(name string) string {
	parts := strings.Split(name, ".")
	for i, p := range parts {
		parts[i] = Ident(p)
	}
	return strings.Join(parts, ".")
}

// Begin starts a transaction on the connection.
func Begin(ctx context.Context, conn *sql.Conn) error {
	if err := durable.Ask(durable.Begin, role); err != nil {
		return lang.Errorf("begin: %w", "开始写入：%w", err)
	}
	_, err := conn.ExecContext(ctx, "begin transaction")
	return err
}

// CommitFolded is Commit of a transaction that writes much of the file anew and is to be folded into it anyway: it goes
// there at once, not into the write-ahead log before. Where it fails, or the program is killed, the file is what it was.
func CommitFolded(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, "set checkpoint_threshold = '1KB'"); err != nil {
		return lang.Errorf("commit: %w", "提交：%w", err)
	}
	err := Commit(ctx, conn)
	if _, e := conn.ExecContext(context.WithoutCancel(ctx), "set checkpoint_threshold = "+Quote(logLimit)); err == nil && e != nil {
		err = lang.Errorf("commit: %w", "提交：%w", e)
	}
	return err
}

// Rollback ends a transaction without effect; an error of the rollback itself
// adds nothing to the one that led here and is dropped.
func Rollback(conn *sql.Conn) {
	_, _ = conn.ExecContext(context.Background(), "rollback")
}

// Commit ends a transaction and proves that it took place: committing an
// aborted transaction returns no error and discards everything. It leaves a
// mark in ctl.commit within the transaction and reads it back after it.
func Commit(ctx context.Context, conn *sql.Conn) error {
	var mark int64
	if err := conn.QueryRowContext(ctx, "update ctl.commit set mark = mark + 1 returning mark").Scan(&mark); err != nil {
		Rollback(conn)
		return lang.Errorf("commit: %w", "提交：%w", err)
	}
	err := durable.Ask(durable.Commit, role)
	if err == nil {
		_, err = conn.ExecContext(ctx, "commit")
	}
	if err != nil {
		Rollback(conn)
		return lang.Errorf("commit: %w", "提交：%w", err)
	}
	var now int64
	if err := conn.QueryRowContext(ctx, "select mark from ctl.commit").Scan(&now); err != nil {
		return lang.Errorf("read back after commit: %w", "提交后回读：%w", err)
	}
	if now != mark {
		return lang.Errorf("commit: the transaction had been aborted and nothing of it was kept", "提交：写入中途作废，没有保存任何内容")
	}
	return nil
}
