package warehouse

import (
	"context"
	"database/sql"
	"strings"

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
// texts or nil and go through a CAST: the driver's appender silently corrupts
// decimals, large integers and wrong UTF-8 (docs/tables.md), a CAST refuses
// them, with a *RowFault. The count is verified.
func Load(ctx context.Context, conn *sql.Conn, t Table, rows [][]any) error {
	var line []Text
	i := 0
	return LoadEach(ctx, conn, t, len(rows), func() ([]Text, error) {
		if i == len(rows) {
			return nil, nil
		}
		line = line[:0]
		for j, v := range rows[i] {
			switch x := v.(type) {
			case nil:
				line = append(line, Null)
			case string:
				line = append(line, Text{S: x})
			default:
				return nil, lang.Errorf("row %d, value %d: a %T where a text was expected", "第%d行第%d个值：是 %T，应为文字", i+1, j+1, v)
			}
		}
		i++
		return line, nil
	})
}

// Text is a value on its way into a table, as SQL casts it.
type Text struct {
	S      string
	IsNull bool
}

// Null is no value.
var Null = Text{IsNull: true}

// LoadEach is Load of n rows that are made one by one, so that a large return is not held once more: next gives a row, which
// it may use again for the one after, and nil after the last.
func LoadEach(ctx context.Context, conn *sql.Conn, t Table, n int, next func() ([]Text, error)) (err error) {
	defer func() {
		if err != nil {
			err = lang.Errorf("load %d rows into %s: %w", "把%d行写入 %s：%w", n, t.Name, err)
		}
	}()
	if n == 0 {
		return nil
	}
	casts, names := make([]string, len(t.Columns)), make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = Ident(c.Name)
		casts[i] = "cast(" + Ident(incomingColumn(i)) + " as " + c.SQLType + ")"
	}
	in := &incoming{table: t, n: n, next: next}
	defer in.chunk.end()
	res, err := conn.ExecContext(context.WithValue(ctx, incomingKey{}, in),
		"insert into "+qualified(t.Name)+" ("+strings.Join(names, ", ")+") select "+strings.Join(casts, ", ")+" from "+incomingRows+"()")
	switch {
	case in.err != nil:
		return in.err
	case err != nil:
		return asRowFault(err)
	}
	if inserted, err := res.RowsAffected(); err != nil || inserted != int64(n) {
		return lang.Errorf("%d rows of %d inserted (%v)", "写入%d行，应有%d行（%v）", inserted, n, err)
	}
	if row, err := next(); err != nil || row != nil {
		return lang.Errorf("more rows than that were given (%v)", "行数超出给定的数目（%v）", err)
	}
	return nil
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
