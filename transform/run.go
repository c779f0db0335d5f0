package transform

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"taizhang/internal/warehouse"
)

// Options of a run.
type Options struct {
	Models []fs.FS // folders whose models add to the built-in ones or replace them
}

// Result of a run.
type Result struct {
	Models []Built
	Checks []CheckResult // those that failed
	Took   time.Duration
}

// Built is one model as it was built.
type Built struct {
	Model
	Took time.Duration
}

// CheckResult is a check (or a grain) that doesn't hold.
type CheckResult struct {
	Model     string
	Check     string // "grain" for the grain
	Predicate string
	Warning   bool
	Failing   int64  // rows, for the grain: keys that occur more than once
	Query     string // lists the failing rows
}

// Failed says whether a check of severity error failed: the caller then rolls
// back and leaves the published figures in place.
func (r Result) Failed() bool {
	for _, c := range r.Checks {
		if !c.Warning {
			return true
		}
	}
	return false
}

// Err is the failed checks as one error, nil if none of severity error failed.
func (r Result) Err() error {
	var b strings.Builder
	for _, c := range r.Checks {
		if !c.Warning {
			fmt.Fprintf(&b, "\n  %s, %s: %d rows; list them with: %s", c.Model, c.Check, c.Failing, c.Query)
		}
	}
	if b.Len() == 0 {
		return nil
	}
	return fmt.Errorf("checks of the models don't hold:%s", b.String())
}

// Plan loads the models and orders them without building anything.
func Plan(ctx context.Context, conn *sql.Conn, o Options) ([]Model, error) {
	models, err := Load(o.Models...)
	if err != nil {
		return nil, err
	}
	return order(ctx, conn, models)
}

// Run builds all models in the caller's transaction, stores their texts in
// ctl.model, writes the views named by form titles into main, and tests every
// grain and check. Models that the zone no longer has are dropped. The error
// is about what could not be built; failed checks are in the result.
func Run(ctx context.Context, conn *sql.Conn, o Options) (Result, error) {
	start := time.Now()
	var res Result
	models, err := Plan(ctx, conn, o)
	if err != nil {
		return res, err
	}
	if err := dropStale(ctx, conn, models); err != nil {
		return res, err
	}
	for _, m := range models {
		t := time.Now()
		kind := "table"
		if m.Layer == "stg" {
			kind = "view"
		}
		if _, err := conn.ExecContext(ctx, "create or replace "+kind+" "+m.Name+" as\n"+m.SQL); err != nil {
			return res, fmt.Errorf("%s: %w", m.File, err)
		}
		res.Models = append(res.Models, Built{m, time.Since(t)})
	}
	if err := store(ctx, conn, models); err != nil {
		return res, err
	}
	if err := FormViews(ctx, conn); err != nil {
		return res, err
	}
	if res.Checks, err = test(ctx, conn, models); err != nil {
		return res, err
	}
	if err := storeChecks(ctx, conn, res.Checks); err != nil {
		return res, err
	}
	res.Took = time.Since(start)
	return res, nil
}

// test runs the grain and the checks of the tables, one query per model.
// Staging is left out: its rows are the raw rows, and core has the same grain.
func test(ctx context.Context, conn *sql.Conn, models []Model) ([]CheckResult, error) {
	var out []CheckResult
	for _, m := range models {
		if m.Layer == "stg" {
			continue
		}
		grain := strings.Join(m.Grain, ", ")
		q := fmt.Sprintf("select (select count(*) from (select 1 from %s group by %s having count(*) > 1))", m.Name, grain)
		for _, c := range m.Checks {
			q += fmt.Sprintf(", count(*) filter (where not coalesce((%s), false))", c.Predicate)
		}
		if len(m.Checks) > 0 {
			q += " from " + m.Name
		}
		failing := make([]int64, 1+len(m.Checks))
		into := make([]any, len(failing))
		for i := range failing {
			into[i] = &failing[i]
		}
		if err := conn.QueryRowContext(ctx, q).Scan(into...); err != nil {
			return nil, fmt.Errorf("%s: its grain or a check can't be evaluated: %w", m.File, err)
		}
		if failing[0] > 0 {
			out = append(out, CheckResult{Model: m.Name, Check: "grain", Predicate: grain, Failing: failing[0],
				Query: fmt.Sprintf("select %s, count(*) from %s group by %s having count(*) > 1", grain, m.Name, grain)})
		}
		for i, c := range m.Checks {
			if n := failing[i+1]; n > 0 {
				out = append(out, CheckResult{Model: m.Name, Check: c.Name, Predicate: c.Predicate, Warning: c.Warning, Failing: n,
					Query: fmt.Sprintf("select * from %s where not coalesce((%s), false)", m.Name, c.Predicate)})
			}
		}
	}
	return out, nil
}

// dropStale drops models that an earlier run built and that exist no more.
func dropStale(ctx context.Context, conn *sql.Conn, models []Model) error {
	now := map[string]bool{}
	for _, m := range models {
		now[m.Name] = true
	}
	old, err := warehouse.Models(ctx, conn)
	if err != nil {
		return err
	}
	for _, m := range old {
		if now[m.Name] {
			continue
		}
		kind := "table"
		if m.Kind == "stg" {
			kind = "view"
		}
		if _, err := conn.ExecContext(ctx, "drop "+kind+" if exists "+m.Name); err != nil {
			return fmt.Errorf("drop %s: %w", m.Name, err)
		}
	}
	return nil
}

func store(ctx context.Context, conn *sql.Conn, models []Model) error {
	rows := make([][]any, len(models))
	for i, m := range models {
		rows[i] = []any{m.Name, m.Layer, m.Description, m.SQL, fmt.Sprint(i + 1), strings.Join(m.Reads, " ")}
	}
	return replaceAll(ctx, conn, "ctl.model", rows)
}

func storeChecks(ctx context.Context, conn *sql.Conn, failed []CheckResult) error {
	rows := make([][]any, len(failed))
	for i, c := range failed {
		severity := "error"
		if c.Warning {
			severity = "warning"
		}
		rows[i] = []any{c.Model, c.Check, severity, c.Predicate, fmt.Sprint(c.Failing)}
	}
	return replaceAll(ctx, conn, "ctl.check_result", rows)
}

func replaceAll(ctx context.Context, conn *sql.Conn, name string, rows [][]any) error {
	if err := warehouse.Empty(ctx, conn, name); err != nil {
		return err
	}
	return warehouse.Load(ctx, conn, warehouse.FixedTable(name), rows)
}
