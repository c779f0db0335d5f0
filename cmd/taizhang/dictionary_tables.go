package main

import (
	"context"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"taizhang/cmd/internal/office/meaning"
	"taizhang/ingest"
	"taizhang/ingest/forms"
	"taizhang/internal/warehouse"
	"taizhang/transform"
	"taizhang/transform/mart"
)

// tablesHead is what stands above the tables: what no declaration and no comment says.
//
//go:embed tables.txt
var tablesHead string

// tablesDictionary lists the tables of a warehouse with their columns and comments, as a run makes them.
func tablesDictionary(ctx context.Context, set *forms.Set) (string, error) {
	db, err := warehouse.OpenMemory(warehouse.Options{})
	if err != nil {
		return "", err
	}
	defer db.Close()
	if err := warehouse.Schema(ctx, db.Conn); err != nil {
		return "", err
	}
	if err := ingest.EnsureTables(ctx, db.Conn, set); err != nil {
		return "", err
	}
	if _, err := db.Conn.ExecContext(ctx, "insert into ctl.run values ('2022-08-15', '2022-08-15 12:00:00', '2022-01-01')"); err != nil {
		return "", err
	}
	if _, err := transform.Run(ctx, db.Conn, transform.Options{Full: true}); err != nil {
		return "", err
	}
	if _, err := mart.Build(ctx, db.Conn, mart.Options{Full: true}); err != nil {
		return "", err
	}
	if err := meaning.Comment(ctx, db.Conn, set); err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(tablesHead)
	b.WriteString("\n## Fields of the forms\n\nType after the colon; `*` required, `~` names of enterprises or persons. Titles, synonyms and values are in [forms.md](forms.md).\n\n```\n")
	for _, f := range set.Forms {
		b.WriteString(fieldList(f))
	}
	b.WriteString("```\n\n## What listed values mean\n\nTo the figures; kept in `ctl.form_value`, and as `<field>_means` in `stg.<form>`.\n\n```\n")
	for _, f := range set.Forms {
		for _, c := range f.Columns {
			if c.HasMeanings() {
				fmt.Fprintf(&b, "%s.%s%s\n", f.ID, c.Field, meaningList(&c))
			}
		}
	}
	b.WriteString("```\n")
	models, err := warehouse.Models(ctx, db.Conn)
	if err != nil {
		return "", err
	}
	english := map[string]string{} // what models say of themselves; their comments are for who uses the database
	for _, m := range models {
		english[m.Name] = m.Description
	}
	above := ""
	err = warehouse.Each(ctx, db.Conn, `select c.schema_name || '.' || c.table_name, coalesce(t.comment, v.comment, ''), c.column_name, c.data_type, coalesce(c.comment, '')
		from duckdb_columns() as c
		left join duckdb_tables() as t on t.schema_name = c.schema_name and t.table_name = c.table_name
		left join duckdb_views() as v on v.schema_name = c.schema_name and v.view_name = c.table_name
		where not c.internal and (c.schema_name in ('core', 'mart', 'ctl') or c.schema_name = 'raw' and c.table_name not in (select form from (values `+formIDs(set)+`) as f(form)))
		order by array_position(['raw', 'ctl', 'core', 'mart'], c.schema_name), c.table_name, c.column_index`, func(v []any) error {
		name, about, column, sqlType, meaning := fmt.Sprint(v[0]), fmt.Sprint(v[1]), fmt.Sprint(v[2]), fmt.Sprint(v[3]), fmt.Sprint(v[4])
		if name != above {
			if says := english[name]; says != "" && says != about {
				about = says + "\n\n" + about
			}
			fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| column | type | 含义 |\n|---|---|---|\n", name, about)
			above = name
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", column, sqlType, cellMD(meaning))
		return nil
	})
	return b.String(), err
}

// meaningList gives the values of a column by what they mean.
func meaningList(c *forms.Column) (out string) {
	by := map[string][]string{}
	for _, v := range c.Values {
		if v.Means != "" {
			by[v.Means] = append(by[v.Means], v.Name)
		}
	}
	for _, means := range slices.Sorted(maps.Keys(by)) {
		out += " " + means + "=" + strings.Join(by[means], ",")
	}
	return out
}

// fieldList is a form's id and its fields with their types, in lines.
func fieldList(f *forms.Form) string {
	const width = 140
	indent := strings.Repeat(" ", 19)
	line := fmt.Sprintf("%-18s", f.ID)
	var b strings.Builder
	for _, c := range f.Columns {
		word := c.Field
		if c.Required {
			word += "*"
		}
		word += ":" + string(c.Type)
		if c.Names {
			word += "~"
		}
		if len(line)+1+len(word) > width {
			b.WriteString(line + "\n")
			line = indent[1:]
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
	return b.String()
}

func formIDs(set *forms.Set) string {
	var out []string
	for _, f := range set.Forms {
		out = append(out, "("+warehouse.Quote(f.ID)+")")
	}
	return strings.Join(out, ", ")
}
