package engine

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// home is the schema of the pointer.
const home = "taizhang"

// runPrefix begins the names of run schemas.
const runPrefix = "run_"

// Plan is what a run builds: models in building order, and what must hold of them.
type Plan struct {
	Point  warehouse.Point
	Models []warehouse.Model
	Checks []Check
	Clock  func() time.Time
	Given  []Given // where given, models are built over these instead of the lake's; ctl.run is among them then
}

// Check is one statement about a model: a row of counts, one for each name, of
// what is wrong; 0 is good.
type Check struct {
	Model string
	Names []string
	Fatal []bool // of each: nothing is published where it fails
	Query string
}

// Failed is a check that doesn't hold.
type Failed struct {
	Model, Check string
	Fatal        bool
	Rows         int64
}

// Step says how far a run is.
type Step struct {
	Done, All int
	Model     string
}

// Built is a run that is not published yet.
type Built struct {
	Run    string // its schema
	Failed []Failed
	names  map[string]string
	views  []string // qualified names that other programs read
}

// Err names the failed checks that forbid a publication.
func (b *Built) Err() error {
	var list []string
	for _, f := range b.Failed {
		if f.Fatal {
			list = append(list, lang.Phrase("\n  %s, %s: %d rows", "\n  %s，%s：%d行", f.Model, f.Check, f.Rows))
		}
	}
	if len(list) == 0 {
		return nil
	}
	return lang.Errorf("checks of the models don't hold on Trino; the last publication stays:%s", "模型的检查在 Trino 上未通过，保留上一次发布：%s", strings.Join(list, ""))
}

// in is a name within a schema of the catalog.
func (t *Trino) in(schema, name string) string {
	return warehouse.Ident(t.Catalog) + "." + warehouse.Ident(schema) + "." + warehouse.Ident(name)
}

// names are what texts read in a run schema instead of models and ctl.run.
func (t *Trino) names(run string, models []warehouse.Model) map[string]string {
	out := map[string]string{"ctl.run": t.in(run, "ctl_run"), "ctl.model": t.in(run, "ctl_model")}
	for _, m := range models {
		out[m.Name] = t.in(run, strings.ReplaceAll(m.Name, ".", "_"))
	}
	return out
}

// Lake is the point that the lake of the catalog holds: the newest of its zones.
func (t *Trino) Lake(ctx context.Context) (p warehouse.Point, err error) {
	none := &Failure{lang.Errorf("no lake is attached to catalog %s: run its attach.trino.sql there first (taizhang export writes it)", "目录 %s 中没有挂载数据湖：请先在那里执行其中的 attach.trino.sql（由 taizhang export 写出）", t.Catalog)}
	got, err := t.Table(ctx, "select as_of, known_at, from_on from "+t.in("ctl", "run"))
	var refused *Refused
	switch {
	case errors.As(err, &refused) && (refused.Name == "TABLE_NOT_FOUND" || refused.Name == "SCHEMA_NOT_FOUND"):
		return p, none
	case err != nil:
		return p, err
	case len(got.Rows) != 1:
		return p, none
	}
	texts := make([]string, 3)
	for i, v := range got.Rows[0] {
		texts[i], _ = v.(string)
	}
	if texts[0] == "" || texts[1] == "" || texts[2] == "" { // the table is there, no zone is
		return p, none
	}
	if p.KnownAt, err = time.Parse(warehouse.Stamp, texts[1]); err != nil {
		return p, err
	}
	for i, into := range map[int]*calendar.Date{0: &p.AsOf, 2: &p.From} {
		if *into, err = calendar.ParseDate(texts[i]); err != nil {
			return p, err
		}
	}
	return p, nil
}

// Build builds all models in a schema of its own and tests them. What went
// wrong leaves nothing behind that anybody reads.
func (t *Trino) Build(ctx context.Context, p Plan, step func(Step)) (b *Built, err error) {
	now := time.Now
	if p.Clock != nil {
		now = p.Clock
	}
	salt := make([]byte, 3)
	if _, err := rand.Read(salt); err != nil {
		return nil, err
	}
	b = &Built{Run: runPrefix + now().UTC().Format("20060102t150405") + "_" + hex.EncodeToString(salt)}
	b.names = t.names(b.Run, p.Models)
	if err := t.Exec(ctx, "create schema "+warehouse.Ident(t.Catalog)+"."+warehouse.Ident(b.Run)); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.giveUp(b.Run))
			b = nil
		}
	}()
	if len(p.Given) > 0 {
		err = t.give(ctx, b, p.Given)
	} else {
		err = t.Exec(ctx, fmt.Sprintf("create table %s as select date %s as as_of, cast(%s as timestamp(6)) as known_at, date %s as from_on",
			b.names["ctl.run"], warehouse.Quote(p.Point.AsOf.String()), warehouse.Quote(p.Point.KnownAt.Format(warehouse.Stamp)), warehouse.Quote(p.Point.From.String())))
	}
	if err != nil {
		return b, err
	}
	for i, m := range p.Models {
		if step != nil {
			step(Step{i, len(p.Models), m.Name})
		}
		kind := "table"
		if m.Kind == "stg" {
			kind = "view"
		} else {
			b.views = append(b.views, m.Name)
		}
		if err := t.Exec(ctx, "create "+kind+" "+b.names[m.Name]+" as\n"+warehouse.Rename(m.SQL, b.names)); err != nil {
			return b, lang.Errorf("build %s: %w", "构建 %s：%w", m.Name, err)
		}
	}
	if err := t.store(ctx, b, p.Models); err != nil {
		return b, err
	}
	for _, c := range p.Checks {
		if step != nil {
			step(Step{len(p.Models), len(p.Models), c.Model})
		}
		got, err := t.Table(ctx, warehouse.Rename(c.Query, b.names))
		if err != nil {
			return b, lang.Errorf("check %s: %w", "检查 %s：%w", c.Model, err)
		}
		for _, row := range got.Rows {
			for i, v := range row {
				if n, _ := v.(int64); n > 0 {
					b.Failed = append(b.Failed, Failed{c.Model, c.Names[i], c.Fatal[i], n})
				}
			}
		}
	}
	return b, nil
}

// store keeps the texts that were built from, which other points are restated from.
func (t *Trino) store(ctx context.Context, b *Built, models []warehouse.Model) error {
	const most = 400_000 // characters of a statement; Trino takes a million
	create, rows, size := true, []string{}, 0
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		head := "insert into " + b.names["ctl.model"]
		if create {
			head = "create table " + b.names["ctl.model"] + " as"
		}
		create = false
		values := " select name, kind, description, sql_text, seq, reads from (values " + strings.Join(rows, ", ") + ") as t(name, kind, description, sql_text, seq, reads)"
		rows, size = nil, 0
		return t.Exec(ctx, head+values)
	}
	for i, m := range models {
		text := func(s string) string { return "cast(" + warehouse.Quote(s) + " as varchar)" }
		row := fmt.Sprintf("(%s, %s, %s, %s, cast(%d as integer), %s)", text(m.Name), text(m.Kind), text(m.Description), text(m.SQL), i+1, text(strings.Join(m.Reads, " ")))
		if size += len(row); size > most {
			if err := flush(); err != nil {
				return err
			}
			size = len(row)
		}
		rows = append(rows, row)
	}
	return flush()
}

// giveUp drops what a run has built: also where its own context has ended.
func (t *Trino) giveUp(run string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return t.Drop(ctx, run)
}

// Drop drops a run schema and all in it.
func (t *Trino) Drop(ctx context.Context, run string) error {
	if !strings.HasPrefix(run, runPrefix) {
		return lang.Errorf("%s is no run", "%s 不是一次构建", run)
	}
	if err := t.Exec(ctx, "drop schema if exists "+warehouse.Ident(t.Catalog)+"."+warehouse.Ident(run)+" cascade"); err != nil {
		return lang.Errorf("drop %s: %w", "清除 %s：%w", run, err)
	}
	return nil
}

// Publish swaps the views that other programs read, and then the pointer. Where
// a swap fails, the views of the run that still counts are put back.
func (t *Trino) Publish(ctx context.Context, b *Built) error {
	if err := b.Err(); err != nil {
		return errors.Join(err, t.giveUp(b.Run))
	}
	before, err := t.Current(ctx)
	if err != nil {
		return err
	}
	if err := t.publish(ctx, b); err != nil {
		back, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
		defer cancel()
		if before == "" {
			return errors.Join(err, t.giveUp(b.Run))
		}
		return errors.Join(err, t.swap(back, before), t.giveUp(b.Run))
	}
	return nil
}

func (t *Trino) publish(ctx context.Context, b *Built) error {
	if err := t.Exec(ctx, "create schema if not exists "+warehouse.Ident(t.Catalog)+"."+home); err != nil {
		return err
	}
	if err := t.swap(ctx, b.Run); err != nil {
		return err
	}
	return t.Exec(ctx, "create or replace view "+t.in(home, "pointer")+" as select cast("+warehouse.Quote(b.Run)+" as varchar) as run")
}

// swap makes the views core.… and mart.… those of a run. Each swap is whole by
// itself; a reader of several that wants one run asks the pointer.
func (t *Trino) swap(ctx context.Context, run string) error {
	models, err := t.models(ctx, run)
	if err != nil {
		return err
	}
	made := map[string]bool{}
	names := t.names(run, models)
	for _, m := range models {
		schema, name, _ := strings.Cut(m.Name, ".")
		if schema == "stg" {
			continue
		}
		if !made[schema] {
			made[schema] = true
			if err := t.Exec(ctx, "create schema if not exists "+warehouse.Ident(t.Catalog)+"."+warehouse.Ident(schema)); err != nil {
				return err
			}
		}
		if err := t.Exec(ctx, "create or replace view "+t.in(schema, name)+" as select * from "+names[m.Name]); err != nil {
			return lang.Errorf("publish %s: %w", "发布 %s：%w", m.Name, err)
		}
	}
	return nil
}

// Current is the run schema that counts, empty where nothing was published yet.
func (t *Trino) Current(ctx context.Context) (string, error) {
	got, err := t.Table(ctx, "select run from "+t.in(home, "pointer"))
	var refused *Refused
	if errors.As(err, &refused) && (refused.Name == "TABLE_NOT_FOUND" || refused.Name == "SCHEMA_NOT_FOUND") {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if len(got.Rows) != 1 {
		return "", lang.Errorf("the pointer %s names %d runs", "指针 %s 指向 %d 次构建", t.in(home, "pointer"), len(got.Rows))
	}
	run, _ := got.Rows[0][0].(string)
	return run, nil
}

// models reads the texts that a run was built from.
func (t *Trino) models(ctx context.Context, run string) ([]warehouse.Model, error) {
	got, err := t.Table(ctx, "select name, kind, description, sql_text, seq, reads from "+t.in(run, "ctl_model")+" order by seq")
	if err != nil {
		return nil, err
	}
	out := make([]warehouse.Model, len(got.Rows))
	for i, v := range got.Rows {
		text := func(k int) string { s, _ := v[k].(string); return s }
		seq, _ := v[4].(int64)
		out[i] = warehouse.Model{Name: text(0), Kind: text(1), Description: text(2), SQL: text(3), Seq: int(seq), Reads: strings.Fields(text(5))}
	}
	return out, nil
}

// Heal puts right what a run left that was killed while it published: the
// views are again those of the run that the pointer names.
func (t *Trino) Heal(ctx context.Context) (healed bool, err error) {
	run, err := t.Current(ctx)
	if err != nil || run == "" {
		return false, err
	}
	got, err := t.Table(ctx, "select table_schema || '.' || table_name, view_definition from "+warehouse.Ident(t.Catalog)+".information_schema.views where table_schema in ('core', 'mart')")
	if err != nil {
		return false, err
	}
	if !slices.ContainsFunc(got.Rows, func(v []any) bool {
		text, _ := v[1].(string)
		return strings.Contains(text, runPrefix) && !strings.Contains(text, run)
	}) {
		return false, nil
	}
	return true, t.swap(ctx, run)
}

// Tidy drops the runs that count no longer: after the grace time, in which
// readers that resolved them may still be at work.
func (t *Trino) Tidy(ctx context.Context, now time.Time) (dropped []string, err error) {
	current, err := t.Current(ctx)
	if err != nil {
		return nil, err
	}
	got, err := t.Table(ctx, "select schema_name from "+warehouse.Ident(t.Catalog)+".information_schema.schemata order by 1")
	if err != nil {
		return nil, err
	}
	for _, v := range got.Rows {
		name, _ := v[0].(string)
		stamp, isRun := strings.CutPrefix(name, runPrefix)
		if !isRun || name == current || len(stamp) < 15 {
			continue
		}
		began, err := time.Parse("20060102t150405", stamp[:15])
		if err != nil || now.Sub(began) < t.Grace {
			continue
		}
		if err := t.Drop(ctx, name); err != nil {
			return dropped, err
		}
		dropped = append(dropped, name)
	}
	return dropped, nil
}
