package ingest

import (
	"context"
	"database/sql"
	"fmt"

	"taizhang/ingest/cell"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// Conceal masks what was loaded as written before its form said that the column holds persons, their numbers or taxpayers,
// and gives it the keyed hash. It tells of which columns how many rows that were.
func (in *Intake) Conceal(ctx context.Context, conn *sql.Conn, tell func(title, form string, rows int64)) error {
	for _, f := range in.Forms.Forms {
		table := RawTable(f).Name
		for i := range f.Columns {
			c := &f.Columns[i]
			if !c.Type.Sensitive() {
				continue
			}
			name, hash := warehouse.Ident(c.Field), warehouse.Ident(c.Field+"_hash")
			plain, err := warehouse.Strings(ctx, conn, fmt.Sprintf("select distinct %[1]s from %[2]s where %[1]s is not null and %[3]s is null", name, table, hash))
			if err != nil || len(plain) == 0 {
				if err != nil {
					return lang.Errorf("read %s: %w", "读取 %s：%w", table, err)
				}
				continue
			}
			if err := warehouse.Begin(ctx, conn); err != nil {
				return err
			}
			rows := int64(0)
			for _, value := range plain {
				v := cell.Conceal(in.Keys, f, c, value)
				done, err := conn.ExecContext(ctx, fmt.Sprintf("update %[2]s set %[1]s = ?, %[3]s = ? where %[1]s = ? and %[3]s is null", name, table, hash), v.Text, v.Hash, value)
				if err != nil {
					warehouse.Rollback(conn)
					return lang.Errorf("mask %s in %s: %w", "隐去 %[2]s 中的 %[1]s：%[3]w", c.Field, table, err)
				}
				if n, err := done.RowsAffected(); err == nil {
					rows += n
				}
			}
			// what was built from such rows holds them, too: it is built anew
			if err := warehouse.Empty(ctx, conn, "ctl.input_state", "ctl.metric_week_state"); err != nil {
				warehouse.Rollback(conn)
				return err
			}
			if err := warehouse.Commit(ctx, conn); err != nil {
				return err
			}
			tell(c.Title, f.PlainTitle(), rows)
		}
	}
	return nil
}
