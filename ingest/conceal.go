package ingest

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"taizhang/ingest/cell"
	"taizhang/ingest/forms"
	"taizhang/ingest/read"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// Concealed is a column that was loaded as written before its form said that it holds persons, their numbers or taxpayers.
type Concealed struct {
	Title, Form string
	Rows        int64    // masked now
	Said        int      // findings, refused rows, explanations and receipts that quoted its values
	Values      []string // as they were written
}

// Conceal masks such columns where they are kept in tables: in rows, with the keyed hash, and in the keys that they are a
// part of, by which later returns are compared with them; in what was found, refused and explained of returns of the form.
func (in *Intake) Conceal(ctx context.Context, conn *sql.Conn, tell func(Concealed)) error {
	for _, f := range in.Forms.Forms {
		for i := range f.Columns {
			c := &f.Columns[i]
			if !c.Type.Sensitive() {
				continue
			}
			x := &concealing{in: in, conn: conn, form: f, column: c, table: RawTable(f).Name}
			plain, err := x.plain(ctx)
			if err != nil || len(plain) == 0 {
				if err != nil {
					return lang.Errorf("read %s: %w", "读取 %s：%w", x.table, err)
				}
				continue
			}
			if err := warehouse.Begin(ctx, conn); err != nil {
				return err
			}
			done, err := x.mask(ctx, plain)
			if err != nil {
				warehouse.Rollback(conn)
				return lang.Errorf("mask %s in %s: %w", "隐去 %[2]s 中的 %[1]s：%[3]w", c.Field, x.table, err)
			}
			if err := warehouse.Commit(ctx, conn); err != nil {
				return err
			}
			tell(done)
		}
	}
	return nil
}

// concealing is the masking of one column.
type concealing struct {
	in     *Intake
	conn   *sql.Conn
	form   *forms.Form
	column *forms.Column
	table  string
}

// plain are the values that rows hold as written, those of refused rows, which are kept by title, and those that findings
// quote: of a return that was rejected there are no rows.
func (x *concealing) plain(ctx context.Context) ([]string, error) {
	name := warehouse.Ident(x.column.Field)
	values, err := warehouse.Strings(ctx, x.conn, fmt.Sprintf("select distinct %[1]s from %[2]s where %[1]s is not null and %[3]s is null", name, x.table, x.hash()))
	if err != nil {
		return nil, err
	}
	refused, err := x.refused(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range refused {
		if v := r.cells[x.column.Title]; v != "" && v != x.mark(v) && !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	quoted, err := x.quoted(ctx)
	for _, v := range quoted {
		if !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	return values, err
}

func (x *concealing) hash() string { return warehouse.Ident(x.column.Field + "_hash") }

// mark is what stands for a value; what is masked already stays.
func (x *concealing) mark(v string) string {
	return cell.Conceal(x.in.Keys, x.form, x.column, v).Text
}

// mask masks the values wherever they are kept.
func (x *concealing) mask(ctx context.Context, plain []string) (done Concealed, err error) {
	done = Concealed{Title: x.column.Title, Form: x.form.PlainTitle(), Values: plain}
	if _, err := x.conn.ExecContext(ctx, "create or replace temp table concealed (plain varchar, masked varchar, hash varchar, folded varchar)"); err != nil {
		return done, err
	}
	into, err := x.conn.PrepareContext(ctx, "insert into concealed values (?, ?, ?, ?)")
	if err != nil {
		return done, err
	}
	defer into.Close()
	for _, value := range plain {
		v := cell.Conceal(x.in.Keys, x.form, x.column, value)
		if _, err := into.ExecContext(ctx, value, v.Text, v.Hash, spellingOf(value)); err != nil {
			return done, err
		}
	}
	if part, _ := x.keyPlace(); part >= 0 {
		for table, of := range map[string]string{x.table: "", "raw.quarantine": x.returns(), "raw.explanation": x.returns()} {
			// the place of the part in the key: another part may hold the same text
			at := fmt.Sprintf("string_split(t.key_text, %s)", warehouse.Quote(read.KeySep))
			_, err := x.conn.ExecContext(ctx, fmt.Sprintf("update %[1]s as t set key_text = array_to_string(list_transform(%[2]s, lambda v, i: case when i = %[3]d then c.hash else v end), %[4]s) from concealed as c where %[2]s[%[3]d] = c.folded%[5]s",
				table, at, part+1, warehouse.Quote(read.KeySep), of))
			if err != nil {
				return done, err
			}
		}
	}
	changed, err := x.conn.ExecContext(ctx, fmt.Sprintf("update %[2]s as t set %[1]s = c.masked, %[3]s = c.hash from concealed as c where t.%[1]s = c.plain and t.%[3]s is null", warehouse.Ident(x.column.Field), x.table, x.hash()))
	if err != nil {
		return done, err
	}
	if done.Rows, err = changed.RowsAffected(); err != nil {
		return done, err
	}
	if done.Said, err = x.said(ctx, plain); err != nil {
		return done, err
	}
	if _, err := x.conn.ExecContext(ctx, "drop table concealed"); err != nil {
		return done, err
	}
	// what was built from such rows holds them, too: it is built anew
	return done, warehouse.Empty(ctx, x.conn, "ctl.input_state", "ctl.metric_week_state")
}

// returns restricts a table to the returns of the form.
func (x *concealing) returns() string {
	return " and exists (select 1 from raw.return as r where r.zone = t.zone and r.return_id = t.return_id and r.form = " + warehouse.Quote(x.form.ID) + ")"
}
