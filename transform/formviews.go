package transform

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strings"

	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// ViewName is the name of a form's view in the schema main: its title without quotes.
func ViewName(title string) string {
	return strings.NewReplacer("“", "", "”", "", "‘", "", "’", "", `"`, "", "'", "", "「", "", "」", "").Replace(title)
}

// formColumn is a row of ctl.form_column.
type formColumn struct {
	field, title, kind string
	sensitive          bool
	isDeadline         bool
	open               []string // values that say that a matter is not finished
}

// formViews writes one view per form into the schema main: the rows of the
// returns that count (of period forms those of every year) with the form's
// Chinese column titles, plus where each row comes from. Views of forms that
// are gone are dropped. It gives a fingerprint of their texts; where that is
// what it was and the views are there, they are left alone.
func formViews(ctx context.Context, conn *sql.Conn, was string) (fingerprint string, err error) {
	forms, err := formsWithTables(ctx, conn)
	if err != nil {
		return "", err
	}
	columns, err := formColumns(ctx, conn)
	if err != nil {
		return "", err
	}
	wanted := map[string]string{}
	h := sha256.New()
	for _, f := range forms {
		text := "create or replace view main." + warehouse.Ident(ViewName(f.title)) + " as\n" + formView(f.form, columns[f.form])
		wanted[ViewName(f.title)] = text
		fmt.Fprintln(h, text, columns[f.form])
	}
	fingerprint = hex.EncodeToString(h.Sum(nil))
	have, err := warehouse.Strings(ctx, conn, "select view_name from duckdb_views() where schema_name = 'main' and not internal and not temporary")
	if err != nil {
		return "", err
	}
	there := 0
	for _, n := range have {
		if wanted[n] != "" {
			there++
		} else if _, err := conn.ExecContext(ctx, "drop view main."+warehouse.Ident(n)); err != nil {
			return "", err
		}
	}
	if fingerprint == was && there == len(wanted) {
		return fingerprint, nil
	}
	for name, text := range wanted {
		if _, err := conn.ExecContext(ctx, text); err != nil {
			return "", lang.Errorf("view %s: %w", "视图 %s：%w", name, err)
		}
	}
	return fingerprint, nil
}

func formView(form string, cols []formColumn) string {
	var sel, joins []string
	taken := map[string]bool{}
	add := func(expr, title string) {
		for taken[title] {
			title += "_"
		}
		taken[title] = true
		sel = append(sel, expr+" as "+warehouse.Ident(title))
	}
	for i, c := range cols {
		field := "t." + warehouse.Ident(c.field)
		if c.kind == "unit" { // units read as names, whether a code or a name was stored
			alias := fmt.Sprintf("u%d", i)
			joins = append(joins, fmt.Sprintf("left join core.unit_name as %s on %s.zone = t.zone and %s.called = %s\n", alias, alias, alias, field))
			field = "coalesce(" + alias + ".name, " + field + ")"
		}
		if c.kind == "list" { // values read as they are called now
			alias := fmt.Sprintf("v%d", i)
			joins = append(joins, fmt.Sprintf("left join ctl.form_value as %[1]s on %[1]s.form = %[2]s and %[1]s.field = %[3]s and %[1]s.value = %[4]s\n", alias, warehouse.Quote(form), warehouse.Quote(c.field), field))
			field = "coalesce(" + alias + ".name, " + field + ")"
		}
		add(field, c.title)
		if c.sensitive {
			add("t."+warehouse.Ident(c.field+"_hash"), c.title+"_哈希")
		}
	}
	add("coalesce(s.name, r.submitter)", "填报单位")
	add("r.period", "报送期")
	add("r.file", "来源文件")
	add("t.sheet", "工作表")
	add("t.row_no", "行号")
	add("t.return_id", "报送编号")
	add("r.cutoff", "截至")
	if overdue := overdueOf(cols); overdue != "" {
		add(overdue, "是否超期")
	}
	return "select\n    " + strings.Join(sel, ",\n    ") + `
from raw.` + form + ` as t
join core.counted_return as c on c.zone = t.zone and c.return_id = t.return_id and c.form = ` + warehouse.Quote(form) + `
join raw.return as r on r.zone = t.zone and r.return_id = t.return_id
left join core.dim_submitter as s on s.zone = r.zone and s.code = r.submitter
` + strings.Join(joins, "") + "order by coalesce(s.seq, 9999), r.period_start, t.return_id, t.sheet, t.row_no"
}

// overdueOf is the SQL of whether a row is unfinished after its deadline; empty of forms that tell neither.
func overdueOf(cols []formColumn) string {
	status, deadline := "", ""
	for _, c := range cols {
		switch {
		case c.isDeadline && deadline == "":
			deadline = "t." + warehouse.Ident(c.field)
		case len(c.open) > 0 && status == "":
			values := make([]string, len(c.open))
			for i, v := range c.open {
				values[i] = warehouse.Quote(v)
			}
			status = "t." + warehouse.Ident(c.field) + " in (" + strings.Join(values, ", ") + ")"
		}
	}
	if status == "" || deadline == "" {
		return ""
	}
	return "coalesce(" + status + " and " + deadline + " < (select max(as_of) from ctl.run), false)"
}

type formTitle struct{ form, title string }

// formsWithTables are the forms whose raw table exists, in their own order.
func formsWithTables(ctx context.Context, conn *sql.Conn) ([]formTitle, error) {
	var out []formTitle
	err := warehouse.Each(ctx, conn, `select f.form, f.title from ctl.form as f
		join information_schema.tables as t on t.table_schema = 'raw' and t.table_name = f.form order by f.seq`, func(v []any) error {
		out = append(out, formTitle{v[0].(string), v[1].(string)})
		return nil
	})
	return out, err
}

func formColumns(ctx context.Context, conn *sql.Conn) (map[string][]formColumn, error) {
	out := map[string][]formColumn{}
	open := map[[2]string][]string{}
	err := warehouse.Each(ctx, conn, "select form, field, value from ctl.form_value where means = 'open' order by form, field, seq", func(v []any) error {
		k := [2]string{v[0].(string), v[1].(string)}
		open[k] = append(open[k], v[2].(string))
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = warehouse.Each(ctx, conn, "select form, field, title, type, coalesce(is_sensitive, false), type = 'date' and role = 'deadline' from ctl.form_column order by form, seq", func(v []any) error {
		form, field := v[0].(string), v[1].(string)
		out[form] = append(out[form], formColumn{field, v[2].(string), v[3].(string), v[4].(bool), v[5] == true, open[[2]string{form, field}]})
		return nil
	})
	return out, err
}
