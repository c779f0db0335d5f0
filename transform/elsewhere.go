package transform

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"taizhang/internal/engine"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// Checks are what another engine tests of the models it built: their grain and
// checks, and the assertions, built-in and of the given folders.
func Checks(models []Model, folders ...fs.FS) ([]engine.Check, error) {
	out := modelChecks(models)
	list, err := LoadAssertions(folders...)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		out = append(out, engine.Check{Model: m.Name, Names: []string{m.Checks[0].Name}, Fatal: []bool{!m.Checks[0].Warning}, Query: "select count(*) from (" + m.SQL + "\n) as wrong"})
	}
	return out, nil
}

func modelChecks(models []Model) []engine.Check {
	var out []engine.Check
	for _, m := range models {
		if m.Layer == "stg" {
			continue
		}
		c := engine.Check{Model: m.Name, Names: []string{"grain"}, Fatal: []bool{true}, Query: CheckQuery(m, m.Name)}
		for _, x := range m.Checks {
			c.Names, c.Fatal = append(c.Names, x.Name), append(c.Fatal, !x.Warning)
		}
		out = append(out, c)
	}
	return out
}

// RunCasesOn is RunCases on Trino: each case is built in a run schema of its
// own, which is dropped again, over the rows given and nothing else. step,
// where given, is told which case is at work.
func RunCasesOn(ctx context.Context, t *engine.Trino, o Options, empty func() (*warehouse.DB, error), step func(Case), models ...string) ([]CaseResult, error) {
	return runCases(ctx, o, empty, func(c Case, db *warehouse.DB) error {
		if step != nil {
			step(c)
		}
		return c.checkOn(ctx, t, db, o)
	}, models)
}

func (c Case) checkOn(ctx context.Context, t *engine.Trino, db *warehouse.DB, o Options) (err error) {
	if err := c.give(ctx, db.Conn); err != nil {
		return c.at(err)
	}
	planned, err := Plan(ctx, db.Conn, o)
	if err != nil {
		return c.at(err)
	}
	var wanted []string
	for _, w := range c.Want {
		wanted = append(wanted, w.Table)
	}
	planned = ancestors(planned, wanted)
	p := engine.Plan{}
	for i, m := range planned {
		p.Models = append(p.Models, warehouse.Model{Name: m.Name, Kind: m.Layer, Description: m.Description, SQL: m.SQL, Seq: i + 1, Reads: m.Reads})
	}
	if p.Given, err = tablesRead(ctx, db.Conn, planned); err != nil {
		return c.at(err)
	}
	p.Checks = modelChecks(planned)
	b, err := t.Build(ctx, p, nil)
	if err != nil {
		return c.at(err)
	}
	defer func() { err = errors.Join(err, t.GiveUp(b)) }()
	if err := b.Err(); err != nil {
		return c.at(err)
	}
	for _, w := range c.Want {
		got, err := t.BuiltRows(ctx, b, w.Table)
		if err != nil {
			return c.at(err)
		}
		if err := c.compare(ctx, db.Conn, w, "("+engine.Values(got, nil)+")"); err != nil { // texts of values are DuckDB's on both
			return err
		}
	}
	return nil
}

// tablesRead are the raw and control tables that models read, with their rows.
func tablesRead(ctx context.Context, conn *sql.Conn, models []Model) (out []engine.Given, err error) {
	var names []string
	for _, m := range models {
		for _, name := range m.Reads {
			if (strings.HasPrefix(name, "raw.") || strings.HasPrefix(name, "ctl.")) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	embedded := engine.Embedded(&warehouse.DB{Conn: conn})
	for _, name := range names {
		rows, err := embedded.Table(ctx, "select * from "+name)
		if err != nil {
			return nil, lang.Errorf("read %s: %w", "读取 %s：%w", name, err)
		}
		out = append(out, engine.Given{Name: name, Rows: rows})
	}
	return out, nil
}
