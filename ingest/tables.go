package ingest

import (
	"context"
	"database/sql"
	"fmt"

	"taizhang/ingest/forms"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// EnsureTables creates the raw tables that are missing and adds columns that a form has gained.
// A column that a form has dropped stays, so that history keeps it. What names are counted by is filled in where a column
// for it is gained, so that rows of before count as rows of after do.
func EnsureTables(ctx context.Context, conn *sql.Conn, set *forms.Set) error {
	have, err := typesOf(ctx, conn)
	if err != nil {
		return err
	}
	for _, f := range set.Forms {
		t := RawTable(f)
		if have[f.ID+".return_id"] == "" {
			if _, err := conn.ExecContext(ctx, t.Create()); err != nil {
				return lang.Errorf("create %s: %w", "建立 %s：%w", t.Name, err)
			}
			continue
		}
		var gained []warehouse.Column
		for _, c := range t.Columns {
			switch is := have[f.ID+"."+c.Name]; {
			case is == "":
				gained = append(gained, c)
			case !holds(is, c.SQLType):
				if err := retype(ctx, conn, f, t.Name, c, is); err != nil {
					return err
				}
			}
		}
		if err := gain(ctx, conn, f, t, gained); err != nil {
			return err
		}
	}
	return nil
}

// TypesFit says what EnsureTables would stop at, of tables that it leaves as they are: a column whose values are of another
// type than its form says now.
func TypesFit(ctx context.Context, conn *sql.Conn, set *forms.Set) error {
	have, err := typesOf(ctx, conn)
	if err != nil {
		return err
	}
	for _, f := range set.Forms {
		t := RawTable(f)
		for _, c := range t.Columns {
			if is := have[f.ID+"."+c.Name]; is != "" && !holds(is, c.SQLType) {
				if err := refuseFilled(ctx, conn, f, t.Name, c, is); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// typesOf gives the types of the raw tables' columns, by table and column.
func typesOf(ctx context.Context, conn *sql.Conn) (map[string]string, error) {
	have := map[string]string{}
	err := warehouse.Each(ctx, conn, "select table_name || '.' || column_name, data_type from information_schema.columns where table_schema = 'raw'", func(v []any) error {
		have[v[0].(string)] = v[1].(string)
		return nil
	})
	if err != nil {
		return nil, lang.Errorf("list raw columns: %w", "列出原始表的列：%w", err)
	}
	return have, nil
}

// gain adds columns to the table of a form, and what can be told of them of the rows that are there: both or neither.
func gain(ctx context.Context, conn *sql.Conn, f *forms.Form, t warehouse.Table, columns []warehouse.Column) error {
	if len(columns) == 0 {
		return nil
	}
	if err := warehouse.Begin(ctx, conn); err != nil {
		return err
	}
	for _, c := range columns {
		if _, err := conn.ExecContext(ctx, fmt.Sprintf("alter table %s add column %s %s", t.Name, warehouse.Ident(c.Name), c.SQLType)); err != nil {
			warehouse.Rollback(conn)
			return lang.Errorf("add column %s to %s: %w", "在 %[2]s 中加列 %[1]s：%[3]w", c.Name, t.Name, err)
		}
	}
	if err := foldNamesOf(ctx, conn, f); err != nil {
		warehouse.Rollback(conn)
		return err
	}
	return warehouse.Commit(ctx, conn)
}

// holds says whether a column of a type takes values of another as they are: a text takes any, an amount a whole number.
func holds(is, wanted string) bool {
	return is == wanted || is == "VARCHAR" || is == "DECIMAL(18,2)" && wanted == "BIGINT"
}

// retype gives a column another type where it holds nothing yet.
func retype(ctx context.Context, conn *sql.Conn, f *forms.Form, table string, c warehouse.Column, is string) error {
	if err := refuseFilled(ctx, conn, f, table, c, is); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("alter table %s alter column %s set data type %s", table, warehouse.Ident(c.Name), c.SQLType)); err != nil {
		return lang.Errorf("change the type of %s in %s: %w", "修改 %[2]s 中 %[1]s 的类型：%[3]w", c.Name, table, err)
	}
	return nil
}

// refuseFilled refuses another type for a column that holds values. They would be other values after it, or none, and what
// comes could not be stored: then the declaration is at fault, never a return.
func refuseFilled(ctx context.Context, conn *sql.Conn, f *forms.Form, table string, c warehouse.Column, is string) error {
	var filled int64
	if err := conn.QueryRowContext(ctx, fmt.Sprintf("select count(%s) from %s", warehouse.Ident(c.Name), table)).Scan(&filled); err != nil {
		return lang.Errorf("read %s: %w", "读取 %s：%w", table, err)
	}
	if filled > 0 {
		title := c.Name
		if column := f.Column(c.Name); column != nil {
			title = column.Title
		}
		return f.Fault("the type of 「%[1]s」 can't be changed: returns taken in hold %[2]d values of the type before (%[3]s, now %[4]s); leave the type, or give the column another field name than %[5]s, which begins anew",
			"「%[1]s」的类型不能改：已接收的报表里有%[2]d个按原类型存的值（原为 %[3]s，现为 %[4]s）；请改回原类型，或把字段名 %[5]s 换一个，从新的一列记起", title, filled, typeNames[is], typeNames[c.SQLType], c.Name)
	}
	return nil
}

// typeNames are the types of columns as declarations name them.
var typeNames = map[string]forms.Type{"BIGINT": forms.Int, "DECIMAL(18,2)": forms.Money, "DECIMAL(9,6)": forms.Percent, "DATE": forms.Date, "VARCHAR": forms.Text}
