package transform

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// dropStale drops models that an earlier run built and that exist no more.
func (b *builder) dropStale() error {
	old, err := warehouse.Models(b.ctx, b.conn)
	if err != nil {
		return err
	}
	for _, m := range old {
		if b.byName[m.Name] != nil {
			continue
		}
		b.texts = true
		for _, name := range []string{m.Name, tableOf(m.Name)} {
			if err := b.drop(name, ""); err != nil {
				return lang.Errorf("drop %s: %w", "清除 %s：%w", m.Name, err)
			}
		}
		delete(b.state, m.Name)
	}
	return nil
}

// DropBuilt drops the tables of all models. Done in a transaction of its own,
// with a checkpoint after it, before a run that builds them all anew, it lets
// that run write over their blocks: old and new tables side by side would make
// the file twice as large, and what a transaction has left free is copied with
// every publication. Views stay, and so does what is known of each build.
func DropBuilt(ctx context.Context, conn *sql.Conn) error {
	models, err := warehouse.Models(ctx, conn)
	if err != nil {
		return err
	}
	for _, m := range models {
		if m.Kind == "stg" {
			continue
		}
		if _, err := conn.ExecContext(ctx, "drop table if exists "+tableOf(m.Name)); err != nil {
			return lang.Errorf("drop %s before it is built anew: %w", "重建前清除 %s：%w", m.Name, err)
		}
	}
	return nil
}

// checks tests what was built, and keeps the results of what was not.
func (b *builder) checks() ([]CheckResult, error) {
	var out []CheckResult
	for _, m := range b.models {
		if m.Layer == "stg" {
			continue
		}
		failed := slices.ContainsFunc(b.failing, func(c CheckResult) bool { return c.Model == m.Name })
		switch part := b.partly[m.Name]; {
		case b.built[m.Name] || part != "" && failed:
			got, err := testModel(b.ctx, b.conn, m, "")
			if err != nil {
				return nil, err
			}
			out = append(out, got...)
		case part != "":
			got, err := testModel(b.ctx, b.conn, m, part)
			if err != nil {
				return nil, err
			}
			out = append(out, got...)
		default:
			for _, c := range b.failing {
				if c.Model == m.Name {
					c.Query = failingQuery(m, c)
					out = append(out, c)
				}
			}
		}
	}
	return out, nil
}

// formViewsState is the row of ctl.model_state about the views of forms.
const formViewsState = "main"

func (b *builder) formViews() error {
	was := b.state[formViewsState].hash
	if b.full {
		was = ""
	}
	now, err := formViews(b.ctx, b.conn, was)
	b.state[formViewsState] = modelState{hash: now, asOf: b.asOf, from: b.from}
	return err
}

// writeState notes what was built from what.
func (b *builder) writeState() error {
	rows := [][]any{}
	if !b.oneRun {
		return warehouse.Empty(b.ctx, b.conn, "ctl.model_state", "ctl.input_state", "ctl.return_state")
	}
	for _, m := range b.models {
		s, ok := b.state[m.Name]
		if !ok || s.hash != hashOf(m) {
			s = modelState{hash: hashOf(m), asOf: b.asOf, from: b.from, version: s.version + 1}
		}
		if m.Layer == "stg" {
			s.asOf, s.from = b.asOf, b.from
		}
		rows = append(rows, []any{m.Name, s.hash, s.asOf, s.from, fmt.Sprint(s.version), s.fingerprint})
	}
	for _, m := range b.asserted {
		rows = append(rows, []any{m.Name, hashOf(m), b.asOf, b.from, "0", ""})
	}
	rows = append(rows, []any{formViewsState, b.state[formViewsState].hash, b.asOf, b.from, "0", ""})
	if err := replaceAll(b.ctx, b.conn, "ctl.model_state", rows); err != nil {
		return err
	}
	return b.writeInputs()
}
