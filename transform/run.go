package transform

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// Options of a run.
type Options struct {
	Models []fs.FS // folders whose models add to the built-in ones or replace them
	Full   bool    // build everything, whether it changed or not

	only []string // of a case: build these and what they read, no form views
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
	Action Action
	Reason string // why it was built
	Took   time.Duration
}

// Action is what was done about a model.
type Action string

const (
	Kept    Action = "kept"    // nothing that it depends on has changed
	Updated Action = "updated" // the rows of some returns were replaced
	Rebuilt Action = "built"   // built as a whole
)

// CheckResult is a check (or a grain) that doesn't hold.
type CheckResult struct {
	Model     string
	Check     string // "grain" for the grain
	Predicate string
	Warning   bool
	Failing   int64    // rows, for the grain: keys that occur more than once
	Query     string   // lists the failing rows
	Rows      []string // the first of them, as JSON; of errors only
	Told      []string // the first of them in Chinese, of warnings that say how

	note string
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
			b.WriteString(lang.Phrase("\n  %s, %s: %d rows", "\n  %s，%s：%d行", c.Model, c.Check, c.Failing))
			if len(c.Rows) > 0 {
				b.WriteString(lang.Phrase(", such as %.300s", "，例如 %.300s", c.Rows[0]))
			}
			b.WriteString(lang.Phrase("; list them with: taizhang sql @failed --model %s", "；逐行查看：taizhang sql @failed --model %s", c.Model))
		}
	}
	if b.Len() == 0 {
		return nil
	}
	return lang.Errorf("checks of the models don't hold:%s", "模型的检查未通过：%s", b.String())
}

// Plan loads the models and orders them without building anything.
func Plan(ctx context.Context, conn *sql.Conn, o Options) ([]Model, error) {
	models, err := Load(o.Models...)
	if err != nil {
		return nil, err
	}
	return order(ctx, conn, models)
}

// Run brings all models up to date in the caller's transaction: it builds
// those whose text, inputs or business day have changed, stores the texts in
// ctl.model, writes the views named by form titles into main, and tests grain
// and checks of what it built. Models that the zone no longer has are dropped.
// The error is about what could not be built; failed checks are in the result.
func Run(ctx context.Context, conn *sql.Conn, o Options) (Result, error) {
	start := time.Now()
	var res Result
	models, err := Plan(ctx, conn, o)
	if err != nil {
		return res, err
	}
	if len(o.only) > 0 {
		models = ancestors(models, o.only)
	}
	b, err := newBuilder(ctx, conn, models, o.Full)
	if err != nil {
		return res, err
	}
	if err := b.dropStale(); err != nil {
		return res, err
	}
	if err := b.setRun(); err != nil {
		return res, err
	}
	for _, m := range models {
		built, err := b.model(m)
		if err != nil {
			return res, err
		}
		res.Models = append(res.Models, built)
	}
	if res.Checks, err = b.checks(); err != nil {
		return res, err
	}
	if len(o.only) == 0 {
		list, err := planAssertions(ctx, conn, models, o.Models)
		if err != nil {
			return res, err
		}
		failed, err := b.assertions(list)
		if err != nil {
			return res, err
		}
		res.Checks = append(res.Checks, failed...)
		b.asserted = list
	}
	if err := keepRows(ctx, conn, res.Checks); err != nil {
		return res, err
	}
	if err := storeChecks(ctx, conn, res.Checks); err != nil {
		return res, err
	}
	if b.texts {
		if err := store(ctx, conn, models); err != nil {
			return res, err
		}
	}
	if len(o.only) == 0 {
		if err := remember(ctx, conn, append(slices.Clone(models), b.asserted...)); err != nil {
			return res, err
		}
		if err := b.formViews(); err != nil {
			return res, err
		}
	}
	if err := b.writeState(); err != nil {
		return res, err
	}
	res.Took = time.Since(start)
	return res, nil
}

// ancestors are some models and all that they read, in building order.
func ancestors(models []Model, wanted []string) []Model {
	need := map[string]bool{}
	for _, w := range wanted {
		need[w] = true
	}
	for i := len(models) - 1; i >= 0; i-- {
		if need[models[i].Name] {
			for _, r := range models[i].Reads {
				need[r] = true
			}
		}
	}
	var out []Model
	for _, m := range models {
		if need[m.Name] {
			out = append(out, m)
		}
	}
	return out
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
	if err := replaceAll(ctx, conn, "ctl.check_result", rows); err != nil {
		return err
	}
	rows = nil
	for _, c := range failed {
		for _, r := range c.Rows {
			rows = append(rows, []any{c.Model, c.Check, r})
		}
	}
	return replaceAll(ctx, conn, "ctl.check_row", rows)
}

// keepRows reads the first rows that fail: they are gone once the caller rolls back.
func keepRows(ctx context.Context, conn *sql.Conn, failed []CheckResult) error {
	for i := range failed {
		c := &failed[i]
		var err error
		if c.Warning && c.note != "" {
			if c.Told, err = told(ctx, conn, c); err != nil {
				return lang.Errorf("name the rows that fail %s: %w", "列出未通过 %s 的行：%w", c.Model, err)
			}
		}
		if c.Warning || c.Query == "" {
			continue
		}
		if c.Rows, err = warehouse.Strings(ctx, conn, "select cast(to_json(wrong) as varchar) from ("+c.Query+"\n) as wrong limit 100"); err != nil {
			return lang.Errorf("list the rows that fail %s of %s: %w", "列出 %[2]s 中未通过 %[1]s 的行：%[3]w", c.Check, c.Model, err)
		}
	}
	return nil
}

const toldRows = 3 // rows of a warning that are named

// told names the first rows that fail a check in the words of its note.
func told(ctx context.Context, conn *sql.Conn, c *CheckResult) (out []string, err error) {
	names := map[string]map[string]string{"form": {}, "submitter": {}}
	for column, query := range map[string]string{"form": "select form, title from ctl.form", "submitter": "select code, name from ctl.submitter"} {
		if err := warehouse.Each(ctx, conn, query, func(v []any) error {
			names[column][fmt.Sprint(v[0])] = fmt.Sprint(v[1])
			return nil
		}); err != nil {
			return nil, err
		}
	}
	rows, err := warehouse.Strings(ctx, conn, fmt.Sprintf("select cast(to_json(wrong) as varchar) from (%s\n) as wrong order by 1 limit %d", c.Query, toldRows))
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		var row map[string]any
		if err := json.Unmarshal([]byte(r), &row); err != nil {
			return nil, err
		}
		pairs := make([]string, 0, 2*len(row))
		for column, v := range row {
			text := fmt.Sprint(v)
			if n, ok := v.(float64); ok {
				text = strconv.FormatFloat(math.Round(n), 'f', -1, 64)
			}
			if name := names[column][text]; name != "" {
				text = name
			}
			pairs = append(pairs, "{"+column+"}", text)
		}
		out = append(out, strings.NewReplacer(pairs...).Replace(c.note))
	}
	return out, nil
}

func replaceAll(ctx context.Context, conn *sql.Conn, name string, rows [][]any) error {
	if err := warehouse.Empty(ctx, conn, name); err != nil {
		return err
	}
	return warehouse.Load(ctx, conn, warehouse.FixedTable(name), rows)
}
