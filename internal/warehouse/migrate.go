package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"taizhang/internal/lang"
)

// migrations are what warehouses of older programs lack, in order. A warehouse's format is how many of them it has. They
// are only ever added to: warehouses with any number of them are about.
var migrations = []struct{ what, sql string }{
	{"who decided, and what a form's columns are for", "alter table raw.decision add column if not exists decided_by VARCHAR; alter table ctl.form_column add column if not exists role VARCHAR"},
	{"whose working days", "alter table ctl.calendar add column if not exists zone VARCHAR; update ctl.calendar set zone = (select min(zone) from ctl.zone)"},
	{"since when units are there", "alter table ctl.submitter add column if not exists since_on DATE"},
	{"what names are counted by", unfolded},
	{"what values were called", "alter table ctl.form_value add column if not exists name VARCHAR"},
	{"since when it is known that something is owed", "alter table ctl.obligation add column if not exists known_from TIMESTAMP"},
}

// unfolded takes out the columns that an earlier program added without filling them for the rows that were there: whoever
// adds them now fills them. What was built and kept from such rows is built anew.
const unfolded = `alter table if exists raw.problem drop column if exists enterprise_folded;
	alter table if exists raw.financing drop column if exists enterprise_folded;
	alter table if exists raw.land_payment drop column if exists enterprise_folded;
	delete from ctl.input_state; delete from ctl.metric_week_state`

// formatTable notes a warehouse's format.
const formatTable = "ctl.format"

// Format is the format of warehouses that this program writes.
var Format = len(migrations)

// NewerError says that a warehouse was written by a newer program.
type NewerError struct{ Format int }

func (e *NewerError) Error() string {
	return lang.Phrase("the warehouse was written by a newer program (format %d, this one knows %d)", "数据库由较新的程序写成（格式%d，本程序只认识到%d）", e.Format, Format)
}

// FormatOf tells the format of an opened warehouse, -1 of an empty one.
func FormatOf(ctx context.Context, conn *sql.Conn) (int, error) {
	var old, noted bool
	err := conn.QueryRowContext(ctx, `select coalesce(bool_or(schema_name = 'raw' and table_name = 'return'), false), coalesce(bool_or(schema_name = 'ctl' and table_name = 'format'), false)
		from duckdb_tables() where database_name = current_database()`).Scan(&old, &noted)
	if err != nil {
		return 0, lang.Errorf("read the format of the warehouse: %w", "读取数据库格式：%w", err)
	}
	if !noted {
		if old {
			return 0, nil
		}
		return -1, nil
	}
	var n sql.NullInt64
	if err := conn.QueryRowContext(ctx, "select max(number) from ctl.format").Scan(&n); err != nil {
		return 0, lang.Errorf("read the format of the warehouse: %w", "读取数据库格式：%w", err)
	}
	if !n.Valid { // ended before it was noted
		return 0, nil
	}
	return int(n.Int64), nil
}

// migrate brings a warehouse of an older format to this program's, wholly or not at all.
func migrate(ctx context.Context, conn *sql.Conn, from int) error {
	if from == Format {
		return nil
	}
	if err := Begin(ctx, conn); err != nil {
		return err
	}
	for _, m := range migrations[max(from, 0):] {
		if _, err := conn.ExecContext(ctx, m.sql); err != nil {
			Rollback(conn)
			return lang.Errorf("migrate the warehouse (%s): %w", "升级数据库（%s）：%w", m.what, err)
		}
	}
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("delete from ctl.format; insert into ctl.format values (%d)", Format)); err != nil {
		Rollback(conn)
		return lang.Errorf("note the format of the warehouse: %w", "记下数据库格式：%w", err)
	}
	return Commit(ctx, conn)
}

// CanRead says why the tables of a publication can't be read by this program, nil where they can: a newer program made
// it, or one so old that tables are missing.
func CanRead(ctx context.Context, conn *sql.Conn) error {
	have, err := Strings(ctx, conn, "select schema_name || '.' || table_name from duckdb_tables() where database_name = current_database() and schema_name in ('raw', 'ctl')")
	if err != nil {
		return err
	}
	if slices.Contains(have, formatTable) {
		var n sql.NullInt64
		if err := conn.QueryRowContext(ctx, "select max(number) from "+formatTable).Scan(&n); err != nil {
			return err
		}
		if n.Int64 > int64(Format) {
			return lang.Errorf("it was published by a newer program (format %d, this one knows %d)", "由较新的程序发布（格式%d，本程序只认识到%d）", n.Int64, Format)
		}
	}
	for _, t := range Tables() {
		if t.Name != formatTable && !slices.Contains(have, t.Name) {
			return lang.Errorf("it was published by an older program; `taizhang run` publishes it anew", "由较旧的程序发布；执行 taizhang run 可重新发布")
		}
	}
	return nil
}
