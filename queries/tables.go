package queries

import (
	"context"

	"taizhang/internal/lang"
	"taizhang/internal/result"
)

// TableInfo is a table or view that can be queried.
type TableInfo struct {
	Schema, Name, Description string
	Columns                   []ColumnInfo
}

// ColumnInfo is a column of one; Field is the form's field behind a Chinese title.
type ColumnInfo struct {
	result.Column
	Field     string
	Sensitive bool // holds a mask, or the keyed hash of what is masked
}

// Tables lists what the publication offers: the views by the forms' Chinese
// titles first, then the models, then raw and control tables.
func (r *Reader) Tables(ctx context.Context) ([]TableInfo, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, err := r.table(ctx, `
		with form_field as (
			select replace(replace(f.title, '“', ''), '”', '') as form_title, f.form, c.field, c.title, coalesce(c.is_sensitive, false) as hidden
			from ctl.form_column as c join ctl.form as f on f.form = c.form
		)
		select c.schema_name, c.table_name,
			coalesce(m.description, case when c.schema_name = 'main' then 'rows of the returns that count: ' || coalesce(any_value(ff.form) over (partition by c.schema_name, c.table_name), '') end, ''),
			c.column_name, c.data_type, coalesce(ff.field, ''), coalesce(ff.hidden, false)
		from duckdb_columns() as c
		left join ctl.model as m on m.name = c.schema_name || '.' || c.table_name
		left join form_field as ff on (c.schema_name = 'main' and ff.form_title = c.table_name and c.column_name in (ff.title, ff.title || '_哈希'))
			or (c.schema_name = 'raw' and ff.form = c.table_name and c.column_name in (ff.field, ff.field || '_hash'))
		where not c.internal and c.database_name <> 'temp' and c.schema_name in ('main', 'mart', 'core', 'stg', 'raw', 'ctl')
		order by case c.schema_name when 'main' then 1 when 'mart' then 2 when 'core' then 3 when 'stg' then 4 when 'raw' then 5 else 6 end, c.table_name, c.column_index`)
	if err != nil {
		return nil, lang.Errorf("list the tables: %w", "列出各表：%w", err)
	}
	var out []TableInfo
	for _, row := range t.Rows {
		s := make([]string, 6)
		for i := range s {
			s[i], _ = row[i].(string)
		}
		hidden, _ := row[6].(bool)
		if n := len(out); n == 0 || out[n-1].Schema != s[0] || out[n-1].Name != s[1] {
			out = append(out, TableInfo{Schema: s[0], Name: s[1], Description: s[2]})
		}
		last := &out[len(out)-1]
		last.Columns = append(last.Columns, ColumnInfo{result.Column{Name: s[3], Type: s[4]}, s[5], hidden})
	}
	return out, nil
}

// Comments are what the publication itself says (COMMENT ON) of its tables and
// views, by schema.name, and of their columns, by schema.name.column.
func (r *Reader) Comments(ctx context.Context) (map[string]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, err := r.table(ctx, `
		select schema_name || '.' || table_name, comment from duckdb_tables() where not internal and comment is not null
		union all select schema_name || '.' || view_name, comment from duckdb_views() where not internal and comment is not null
		union all select schema_name || '.' || table_name || '.' || column_name, comment from duckdb_columns() where not internal and comment is not null`)
	if err != nil {
		return nil, lang.Errorf("comments of the tables: %w", "各表的说明：%w", err)
	}
	out := map[string]string{}
	for _, row := range t.Rows {
		name, _ := row[0].(string)
		out[name], _ = row[1].(string)
	}
	return out, nil
}
