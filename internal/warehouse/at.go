package warehouse

import (
	"context"
	"strings"

	"taizhang/internal/lang"
)

// publication is the name under which OpenAt attaches a publication.
const publication = "publication"

// OpenAt opens a publication as it stood at another point: a database in
// memory in which every model, and every view of the publication over models,
// is a view of the same name over the stored texts, with another ctl.run. What
// doesn't depend on the point is read as published. Tables that are neither
// raw, control, model nor core.dim_metric, such as the figures, are left out: they are of the
// publication's own point.
func OpenAt(ctx context.Context, path string, o Options, p Point) (db *DB, err error) {
	if db, err = OpenMemory(o); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			db.Close()
			db = nil
		}
	}()
	if _, err := db.Conn.ExecContext(ctx, "attach "+Quote(path)+" as "+publication+" (read_only)"); err != nil {
		return nil, asHeld(path, err)
	}
	if _, err := db.Conn.ExecContext(ctx, "use "+publication); err != nil {
		return nil, err
	}
	models, err := Models(ctx, db.Conn)
	if err != nil {
		return nil, err
	}
	if _, err := db.Conn.ExecContext(ctx, "use memory"); err != nil {
		return nil, err
	}
	script := []string{}
	for _, s := range []string{"raw", "ctl", "stg", "built", "core", "mart"} {
		script = append(script, "create schema if not exists "+s)
	}
	plain, err := Strings(ctx, db.Conn, `select schema_name || '.' || '"' || replace(table_name, '"', '""') || '"' from duckdb_tables()
		where database_name = '`+publication+`' and schema_name in ('raw', 'ctl', 'core') and table_name <> 'run' order by 1`)
	if err != nil {
		return nil, err
	}
	for _, t := range plain {
		script = append(script, "create view "+t+" as select * from "+publication+"."+t)
	}
	script = append(script, createRuns("ctl.run", []Point{p}))
	isTimed := map[string]bool{"ctl.run": true}
	for _, m := range models {
		for _, r := range m.Reads {
			isTimed[m.Name] = isTimed[m.Name] || isTimed[r]
		}
		switch {
		case !isTimed[m.Name]:
			script = append(script, "create view "+qualified(m.Name)+" as select * from "+publication+"."+qualified(m.Name))
		case strings.HasSuffix(m.Name, "_return"): // small, and everything reads them
			script = append(script, "create table "+qualified(m.Name)+" as "+m.SQL)
		default:
			script = append(script, "create view "+qualified(m.Name)+" as "+m.SQL)
		}
	}
	views, err := Strings(ctx, db.Conn, "select sql from duckdb_views() where database_name = '"+publication+"' and schema_name = 'main' and not internal order by view_name")
	if err != nil {
		return nil, err
	}
	for _, s := range append(script, views...) {
		if _, err := db.Conn.ExecContext(ctx, s); err != nil {
			return nil, lang.Errorf("the models as of %s: %w", "截至 %s 的模型：%w", p.AsOf, err)
		}
	}
	return db, nil
}
