package trino

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/calendar"
	"taizhang/internal/engine"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/queries"
	"taizhang/transform"
)

// trinoLock keeps two builds on Trino from one folder apart. The zone's own warehouse has no part in them.
const trinoLock = "trino.lock"

// connect prepares a connection to the zone's Trino.
func connect(z *office.Zone, session map[string]string) (*engine.Trino, error) {
	if z.Trino == nil {
		return nil, office.Refuse("taizhang.yaml names no Trino\nhint: write engine: {trino: {url: https://…}} there; docs/scale-out.md tells how", "taizhang.yaml 中没有写 Trino\n建议：在其中写 engine: {trino: {url: https://…}}，说明见 docs/scale-out.md")
	}
	t := z.Trino
	return engine.OpenTrino(engine.Config{URL: t.URL, User: t.User, Catalog: t.Catalog, Grace: t.Grace, RetryFor: t.RetryFor, CAFile: t.CAFile,
		PasswordFile: t.PasswordFile, PasswordEnv: t.PasswordEnv, TokenFile: t.TokenFile, TokenEnv: t.TokenEnv, Session: session})
}

// Read opens what was published on the zone's Trino. watch, where given, is told how each question goes.
func Read(ctx context.Context, z *office.Zone, watch func(engine.Progress)) (*queries.Reader, error) {
	t, err := connect(z, map[string]string{"retry_policy": "NONE"}) // quick questions: to keep what a lost worker had done costs more than to ask again
	if err != nil {
		return nil, err
	}
	t.Watch = watch
	e, err := t.Read(ctx)
	if err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return queries.OpenEngine(ctx, e, z.Metrics) // which closes e where it fails
}

// Options of a build on Trino.
type Options struct {
	Clock func() time.Time
	Step  func(engine.Step)     // told which model is built
	Watch func(engine.Progress) // told how its statement goes
}

// Built is what a build on Trino did.
type Built struct {
	Run      string // the schema that it built, now published
	Point    warehouse.Point
	Models   int
	Checks   int
	Warnings []string // checks that warn
	Healed   bool     // an earlier run had been killed while it published; that was put right
	Dropped  []string // schemas of earlier runs, whose time had come
}

// Run builds the models on the zone's Trino, over the lake that is attached there, tests and publishes them. Where
// anything fails, what was published before stays, whole. The error is a *warehouse.HeldError where another one builds
// from the same folder.
func Run(ctx context.Context, z *office.Zone, o Options) (_ *Built, err error) {
	owner, err := warehouse.LockFile(filepath.Join(z.Dir, trinoLock), "models run --engine trino", z.Location)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, owner.Release()) }()
	t, err := connect(z, nil)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	t.Watch = o.Watch
	out := &Built{}
	if out.Healed, err = t.Heal(ctx); err != nil {
		return nil, err
	}
	p, err := trinoPlan(ctx, z, t)
	if err != nil {
		return nil, err
	}
	p.Clock = o.Clock
	out.Point, out.Models = p.Point, len(p.Models)
	for _, c := range p.Checks {
		out.Checks += len(c.Names)
	}
	b, err := t.Build(ctx, p, o.Step)
	if err != nil {
		return nil, err
	}
	for _, f := range b.Failed {
		if !f.Fatal {
			out.Warnings = append(out.Warnings, lang.Phrase("%s, %s: %d rows", "%s，%s：%d行", f.Model, f.Check, f.Rows))
		}
	}
	if err := t.Publish(ctx, b); err != nil {
		return nil, err
	}
	out.Run = b.Run
	out.Dropped, err = t.Tidy(ctx, o.Clock())
	if err != nil {
		return out, lang.Errorf("published, but what earlier runs left could not be cleared away: %w", "已发布，但以前构建的遗留清除不了：%w", err)
	}
	return out, nil
}

// Test runs the cases of the models, or of some models, on the zone's Trino: each in a schema of its own that goes again.
// empty opens a warehouse with empty tables.
func Test(ctx context.Context, z *office.Zone, o Options, empty func() (*warehouse.DB, error), step func(transform.Case), models ...string) (_ []transform.CaseResult, err error) {
	t, err := connect(z, map[string]string{"retry_policy": "NONE"})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	t.Watch = o.Watch
	if _, err := t.Current(ctx); err != nil { // else every case would say that there is no coordinator
		return nil, err
	}
	return transform.RunCasesOn(ctx, t, transform.Options{Models: z.Models}, empty, step, models...)
}

// trinoPlan is what is built there: the zone's models, at the point that the lake holds.
func trinoPlan(ctx context.Context, z *office.Zone, t *engine.Trino) (p engine.Plan, err error) {
	if p.Point, err = t.Lake(ctx); err != nil {
		return p, err
	}
	if z.AsOf.Valid() {
		p.Point.AsOf = z.AsOf
	}
	p.Point.From = calendar.NewDate(p.Point.AsOf.Year(), time.January, 1)
	models, err := office.PlanModels(ctx, z.Forms, z.Models...)
	if err != nil {
		return p, &office.Refusal{Err: err}
	}
	for i, m := range models {
		p.Models = append(p.Models, warehouse.Model{Name: m.Name, Kind: m.Layer, Description: m.Description, SQL: m.SQL, Seq: i + 1, Reads: m.Reads})
	}
	p.Checks, err = transform.Checks(models, z.Models...)
	return p, err
}
