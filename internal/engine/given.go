package engine

import (
	"context"
	"fmt"
	"strings"

	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
)

// Given is a table whose rows are given instead of those of a lake: of a case that models are tested with.
type Given struct {
	Name string // such as raw.problem
	Rows result.Table
}

// give makes the tables given; they are views, since their rows are few.
func (t *Trino) give(ctx context.Context, b *Built, given []Given) error {
	for _, g := range given {
		b.names[g.Name] = t.in(b.Run, strings.ReplaceAll(g.Name, ".", "_"))
		if err := t.Exec(ctx, "create view "+b.names[g.Name]+" as "+Values(g.Rows, trinoType)); err != nil {
			return lang.Errorf("give %s: %w", "给出 %s：%w", g.Name, err)
		}
	}
	return nil
}

// BuiltRows are the rows of a model of a run, published or not.
func (t *Trino) BuiltRows(ctx context.Context, b *Built, model string) (result.Table, error) {
	return t.Table(ctx, "select * from "+b.names[model])
}

// GiveUp drops a run that is not published.
func (t *Trino) GiveUp(b *Built) error { return t.giveUp(b.Run) }

// Values is a query that gives a table's rows; spell spells its types, nil: as they are.
func Values(rows result.Table, spell func(string) string) string {
	columns, names := make([]string, len(rows.Columns)), make([]string, len(rows.Columns))
	for i, c := range rows.Columns {
		kind := c.Type
		if spell != nil {
			kind = spell(kind)
		}
		names[i] = fmt.Sprint("v", i)
		columns[i] = "cast(" + names[i] + " as " + kind + ") as " + warehouse.Ident(c.Name)
	}
	var lines []string
	for _, row := range rows.Rows {
		values := make([]string, len(row))
		for i, v := range row {
			values[i] = "null"
			if v != nil {
				values[i] = warehouse.Quote(fmt.Sprint(v))
			}
		}
		lines = append(lines, "("+strings.Join(values, ", ")+")")
	}
	none := ""
	if len(lines) == 0 {
		none = " where false"
		lines = []string{"(" + strings.TrimSuffix(strings.Repeat("null, ", len(names)), ", ") + ")"}
	}
	return "select " + strings.Join(columns, ", ") + " from (values " + strings.Join(lines, ", ") + ") as given(" + strings.Join(names, ", ") + ")" + none
}

// trinoType is a type as Trino spells it.
func trinoType(kind string) string {
	switch kind {
	case "TIMESTAMP":
		return "timestamp(6)"
	case "FLOAT":
		return "real"
	}
	return strings.ToLower(kind)
}
