//go:build linux

package trinotest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/engine"
	"taizhang/internal/lake"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/queries"
	"taizhang/transform"
)

// loaded is a publication that both engines have.
type loaded struct {
	publication string
	lake        string // folder
	trino       *engine.Trino
	plan        engine.Plan
}

// load exports a publication into the lake of a catalog and attaches it.
func load(t testing.TB, c *cluster, catalog, retry, publication string) *loaded {
	t.Helper()
	l := &loaded{publication: publication, lake: filepath.Join(c.lake, catalog)}
	if _, err := lake.Export(t.Context(), publication, lake.Options{Dir: l.lake, Program: "test", Clock: time.Now}); err != nil {
		t.Fatal(err)
	}
	var err error
	if l.trino, err = engine.OpenTrino(engine.Config{URL: c.url, Catalog: catalog, Session: map[string]string{"retry_policy": retry}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.trino.Close() })
	script, err := os.ReadFile(filepath.Join(l.lake, lake.AttachTrino))
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements(string(script)) {
		if catalog != "lake" {
			for _, schema := range []string{"raw", "ctl", "lake", "system"} {
				statement = strings.ReplaceAll(statement, "lake."+schema, catalog+"."+schema)
			}
		}
		if err := l.trino.Exec(t.Context(), statement); err != nil {
			t.Fatalf("attach: %v\n%s", err, statement)
		}
	}
	l.plan = planOf(t, publication)
	return l
}

func statements(script string) []string {
	var out []string
	var b strings.Builder
	for line := range strings.Lines(script) {
		if strings.HasPrefix(line, "--") {
			continue
		}
		b.WriteString(line)
		if strings.HasSuffix(strings.TrimSpace(line), ";") {
			out = append(out, strings.TrimSuffix(strings.TrimSpace(b.String()), ";"))
			b.Reset()
		}
	}
	return out
}

// planOf is what Trino builds: the texts that a publication was built from, the grain and checks of each, the assertions.
func planOf(t testing.TB, publication string) engine.Plan {
	t.Helper()
	db, err := warehouse.ReadOnly(publication, warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	models, err := warehouse.Models(t.Context(), db.Conn)
	if err != nil {
		t.Fatal(err)
	}
	var p engine.Plan
	p.Models = models
	err = warehouse.Each(t.Context(), db.Conn, "select as_of, known_at, from_on from ctl.run", func(v []any) error {
		p.Point = warehouse.Point{AsOf: calendar.Of(v[0].(time.Time)), KnownAt: v[1].(time.Time), From: calendar.Of(v[2].(time.Time))}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	declared, err := transform.Load()
	if err != nil {
		t.Fatal(err)
	}
	p.Checks, err = transform.Checks(declared)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sameModels compares every model that Trino built with DuckDB's, both ways, with duplicates, names and types.
func (l *loaded) sameModels(t *testing.T, b *engine.Built) {
	t.Helper()
	ctx := t.Context()
	db, err := warehouse.OpenMemory(warehouse.Options{MemoryLimit: "3GB"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Conn.ExecContext(ctx, "attach "+warehouse.Quote(l.publication)+" as publication (read_only)"); err != nil {
		t.Fatal(err)
	}
	compared, rows := 0, int64(0)
	for _, m := range l.plan.Models {
		if m.Kind == "stg" {
			continue
		}
		there := "\"" + l.trino.Catalog + "\".\"" + b.Run + "\".\"" + strings.ReplaceAll(m.Name, ".", "_") + "\""
		shape, err := l.trino.Table(ctx, "select * from "+there+" limit 0")
		if err != nil {
			t.Fatal(err)
		}
		here := "publication." + m.Name
		var want []string
		if err := warehouse.Each(ctx, db.Conn, "describe "+here, func(v []any) error {
			want = append(want, fmt.Sprint(v[0], " ", v[1]))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range shape.Columns {
			got = append(got, c.Name+" "+c.Type)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s has the columns\n  %s on Trino and\n  %s on DuckDB", m.Name, got, want)
			continue
		}
		paths, err := l.trino.Table(ctx, `select distinct "$path" from `+there)
		if err != nil {
			t.Fatal(err)
		}
		from := "(select * from " + here + " limit 0)"
		if len(paths.Rows) > 0 {
			var files []string
			for _, v := range paths.Rows {
				files = append(files, warehouse.Quote(filepath.Join(l.lake, strings.TrimPrefix(v[0].(string), "local:///"))))
			}
			from = "read_parquet([" + strings.Join(files, ", ") + "])"
		}
		var only, missing, all int64
		q := fmt.Sprintf("select (select count(*) from (select * from %[1]s except all select * from %[2]s)), (select count(*) from (select * from %[2]s except all select * from %[1]s)), (select count(*) from %[2]s)", from, here)
		if err := db.Conn.QueryRowContext(ctx, q).Scan(&only, &missing, &all); err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
		if only+missing > 0 {
			t.Errorf("%s: %d rows on Trino only, %d on DuckDB only, of %d", m.Name, only, missing, all)
		}
		compared++
		rows += all
	}
	if compared < 40 || rows == 0 {
		t.Errorf("%d models with %d rows were compared", compared, rows)
	}
	t.Logf("%d models with %d rows are the same", compared, rows)
}

// sameChecks compares what the grain and the checks of every model, and the assertions, count.
func (l *loaded) sameChecks(t *testing.T, b *engine.Built) {
	t.Helper()
	db, err := warehouse.ReadOnly(l.publication, warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	e, err := l.trino.ReadRun(t.Context(), b.Run)
	if err != nil {
		t.Fatal(err)
	}
	embedded := engine.Embedded(db)
	for _, c := range l.plan.Checks {
		want, err := embedded.Table(t.Context(), c.Query)
		if err != nil {
			t.Fatalf("%s on DuckDB: %v", c.Model, err)
		}
		got, err := e.Table(t.Context(), c.Query)
		if err != nil {
			t.Errorf("%s on Trino: %v", c.Model, err)
			continue
		}
		if fmt.Sprint(got.Rows) != fmt.Sprint(want.Rows) {
			t.Errorf("the checks %q of %s count %v on Trino and %v on DuckDB", c.Names, c.Model, got.Rows, want.Rows)
		}
	}
	t.Logf("%d check statements are the same", len(l.plan.Checks))
}

// both are readers of one publication on the two engines.
type both struct{ duck, trino *queries.Reader }

func (l *loaded) readers(t *testing.T) both {
	t.Helper()
	duck, err := queries.Open(l.publication, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { duck.Close() })
	config := l.trino.Config
	config.Session = map[string]string{"retry_policy": "NONE"} // quick questions
	again, err := engine.OpenTrino(config)
	if err != nil {
		t.Fatal(err)
	}
	e, err := again.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	on, err := queries.OpenEngine(t.Context(), e, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { on.Close() })
	return both{duck, on}
}

// ask puts one question to both and compares the answers to the byte.
func (b both) ask(t *testing.T, what string, question func(context.Context, *queries.Reader) (any, error)) {
	t.Helper()
	write := func(r *queries.Reader) string {
		v, err := question(t.Context(), r)
		if err != nil {
			return "error: " + err.Error()
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	want := write(b.duck)
	if strings.HasPrefix(want, "error") {
		t.Fatalf("%s on DuckDB: %s", what, want)
	}
	if got := write(b.trino); got != want {
		at := 0
		for at < len(got) && at < len(want) && got[at] == want[at] {
			at++
		}
		from := max(0, at-200)
		t.Errorf("%s:\nTrino  …%.500s\nDuckDB …%.500s", what, got[min(from, len(got)):], want[min(from, len(want)):])
	}
}

func figures(a queries.Ask) func(context.Context, *queries.Reader) (any, error) {
	return func(ctx context.Context, r *queries.Reader) (any, error) {
		list, err := r.Metrics(ctx, a)
		return records(list), err
	}
}

func records(list []queries.Figure) (out []result.Record) {
	for _, f := range list {
		out = append(out, f.Record())
	}
	return out
}

// sameFigures asks for every metric at the published point, by dimension, by week and month, as of an earlier date, as known
// at an earlier time, at several points at once, and for the rows behind each; where it isn't full, for some of that. A
// restated point costs Trino seconds for each fact, so each is asked in one way.
func (b both) sameFigures(t *testing.T, full bool) {
	t.Helper()
	own := b.duck.Published()
	past := warehouse.Point{AsOf: own.AsOf - 36}
	known := warehouse.Point{KnownAt: own.KnownAt.AddDate(0, 0, -10)}
	asked := 0
	ask := func(what string, a queries.Ask) {
		b.ask(t, what, figures(a))
		asked++
	}
	ask("now", queries.Ask{})
	for _, d := range b.duck.Catalogue.Dimensions {
		if full || d.ID == "submitter" || d.ID == "zone" {
			ask("now by "+d.ID, queries.Ask{By: []string{d.ID}})
		}
	}
	few := []string{"problems_collected", "closure_rate", "incentive_paid"}
	ask("by submitter and week", queries.Ask{By: []string{"submitter", "week"}, Metrics: few})
	var restated []string // all
	if !full {
		restated = few
	}
	ask("as of "+past.AsOf.String()+" by submitter", queries.Ask{By: []string{"submitter"}, Metrics: restated, Point: past})
	ask("known at "+known.KnownAt.Format(time.DateTime), queries.Ask{Metrics: restated, Point: known})
	metrics := b.duck.Catalogue.Metrics
	if full {
		several := []warehouse.Point{own, {AsOf: own.AsOf - 7, KnownAt: own.KnownAt, From: own.From}, {AsOf: own.AsOf, KnownAt: own.KnownAt.AddDate(0, 0, -7), From: own.From}}
		b.ask(t, "several points by submitter", func(ctx context.Context, r *queries.Reader) (any, error) {
			list, err := r.Figures(ctx, several, few, "submitter")
			return records(list), err
		})
	}
	for i, m := range metrics {
		for name, p := range map[string]warehouse.Point{"now": {}, "as of " + past.AsOf.String(): past, "known at " + known.KnownAt.Format(time.DateTime): known} {
			if name != "now" && (!full || i%16 != 0) || !full && i%8 != 0 {
				continue
			}
			b.ask(t, "trace "+m.ID+" "+name, func(ctx context.Context, r *queries.Reader) (any, error) {
				list, err := r.Trace(ctx, queries.Ask{Metrics: []string{m.ID}, Point: p})
				var out []result.Record
				for _, row := range list {
					out = append(out, row.Record())
				}
				return out, err
			})
			asked++
		}
	}
	t.Logf("%d questions are answered alike", asked)
}
