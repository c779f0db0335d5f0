package transform

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// buildFormat is part of every model's hash: raised when models are built otherwise.
const buildFormat = "1"

func timeReason() string {
	return lang.Phrase("it depends on the known-at time", "取决于所知时点")
}

// builder brings models up to date. A model <layer>.<name> other than staging
// is a table built.<layer>_<name> and a view of its own name over it, which
// says of what date and time it is: rows that nothing new concerns are the same
// at a later known-at time, and are not written again for it.
type builder struct {
	ctx      context.Context
	conn     *sql.Conn
	full     bool
	asserted []Model
	first    bool // nothing is known of an earlier build
	models   []Model
	byName   map[string]*Model

	oneRun     bool // ctl.run has one row, as it has outside of cases and history
	asOf, from string
	knownAt    string
	laid       map[string][]column // tables and views of models → their columns
	stamped    map[string]bool     // views that take their date and time from the run's macros
	state      map[string]modelState
	objects    map[string]string // qualified name → BASE TABLE or VIEW
	inputs     map[string]input
	hubs       map[string]bool // models that incremental models read
	readers    map[string]bool // models that other models read
	changes    map[string]change
	texts      bool              // ctl.model must be written
	failing    []CheckResult     // of the run before
	built      map[string]bool   // models whose checks must be tested as a whole
	partly     map[string]string // models of which only the rows of some returns are new: condition
}

type modelState struct {
	hash, asOf, from, fingerprint string
	version                       int64
}

// change says how the content of a table differs from the build before.
type change struct {
	any   bool
	delta bool   // only rows of the returns in run_delta differ
	why   string // in words
}

func tableOf(name string) string { return "built." + strings.ReplaceAll(name, ".", "_") }

func newBuilder(ctx context.Context, conn *sql.Conn, models []Model, full bool) (*builder, error) {
	b := &builder{ctx: ctx, conn: conn, full: full, models: models, byName: map[string]*Model{}, state: map[string]modelState{}, objects: map[string]string{}, laid: map[string][]column{}, stamped: map[string]bool{},
		hubs: map[string]bool{}, readers: map[string]bool{}, changes: map[string]change{}, built: map[string]bool{}, partly: map[string]string{}}
	for i := range models {
		b.byName[models[i].Name] = &models[i]
	}
	for i := range models {
		for _, r := range models[i].Reads {
			b.readers[r] = true
			if models[i].Incremental != "" {
				b.hubs[r] = true
			}
		}
	}
	if err := b.exec("create or replace temp table run_delta (model varchar, zone varchar, return_id varchar)"); err != nil {
		return nil, err
	}
	runs := 0
	err := warehouse.Each(ctx, conn, "select cast(as_of as varchar), cast(from_on as varchar), cast(known_at as varchar) from ctl.run", func(v []any) error {
		b.asOf, b.from, b.knownAt = fmt.Sprint(v[0]), fmt.Sprint(v[1]), fmt.Sprint(v[2])
		runs++
		return nil
	})
	if err != nil {
		return nil, err
	}
	b.oneRun = runs == 1
	if err := b.readViews(); err != nil {
		return nil, err
	}
	b.full = b.full || !b.oneRun
	err = warehouse.Each(ctx, conn, "select name, hash, cast(as_of as varchar), cast(from_on as varchar), coalesce(fingerprint, ''), version from ctl.model_state", func(v []any) error {
		b.state[v[0].(string)] = modelState{fmt.Sprint(v[1]), fmt.Sprint(v[2]), fmt.Sprint(v[3]), v[4].(string), v[5].(int64)}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = warehouse.Each(ctx, conn, "select table_schema || '.' || table_name, table_type from information_schema.tables where table_schema in ('stg', 'built', 'core', 'mart')", func(v []any) error {
		b.objects[v[0].(string)] = v[1].(string)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = warehouse.Each(ctx, conn, "select model, check_name, severity, predicate, failing from ctl.check_result", func(v []any) error {
		b.failing = append(b.failing, CheckResult{Model: fmt.Sprint(v[0]), Check: fmt.Sprint(v[1]), Predicate: fmt.Sprint(v[3]), Warning: v[2] == "warning", Failing: v[4].(int64)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return b, b.readInputs()
}

func (b *builder) exec(query string) error {
	if _, err := b.conn.ExecContext(b.ctx, query); err != nil {
		return fmt.Errorf("%w\n%s", err, query)
	}
	return nil
}

func (b *builder) count(query string) (n int64, err error) {
	if err = b.conn.QueryRowContext(b.ctx, query).Scan(&n); err != nil {
		err = fmt.Errorf("%w\n%s", err, query)
	}
	return n, err
}

func hashOf(m Model) string {
	h := sha256.Sum256([]byte(buildFormat + "\x00" + m.SQL))
	return hex.EncodeToString(h[:])
}

// reason says why a model must be built as a whole; empty: it need not. news
// says that something it reads has changed in a known set of returns only.
func (b *builder) reason(m Model) (reason string, news bool, err error) {
	if reason := b.ownReason(m); reason != "" {
		return reason, false, nil
	}
	if m.Layer != "stg" {
		a, err := analyse(b.ctx, b.conn, &m)
		if err != nil {
			return "", false, err
		}
		if a.timed {
			return timeReason(), false, nil
		}
	}
	for _, r := range m.Reads {
		c := b.changes[r]
		if _, isModel := b.byName[r]; !isModel && r != "ctl.run" {
			c = b.inputs[r].change
		}
		switch {
		case !c.any:
		case c.delta && (m.Layer == "stg" || m.Incremental != ""):
			news = true
		case c.why != "":
			return c.why, false, nil
		default:
			return lang.Phrase("%s has changed", "%s 有变化", r), false, nil
		}
	}
	return "", news, nil
}

// ownReason is why a model must be built as a whole whatever it reads; empty where nothing about itself asks for it.
func (b *builder) ownReason(m Model) string {
	old, known := b.state[m.Name]
	at := tableOf(m.Name)
	if m.Layer == "stg" {
		at = m.Name
	}
	switch {
	case b.full:
		return lang.Phrase("asked for", "指定重新构建")
	case known && old.hash != hashOf(m):
		return lang.Phrase("its text has changed", "模型文本有改动")
	case known && m.Layer != "stg" && (old.asOf != b.asOf || old.from != b.from):
		return lang.Phrase("the business day has changed", "业务日期已变")
	case !known || b.objects[at] == "" || b.objects[m.Name] != "VIEW":
		return lang.Phrase("it was never built", "从未构建过")
	}
	return ""
}

// model brings one model up to date.
func (b *builder) model(m Model) (Built, error) {
	start := time.Now()
	out := Built{Model: m, Action: Kept}
	reason, news, err := b.reason(m)
	if err != nil {
		return out, fmt.Errorf("%s: %w", m.File, err)
	}
	switch {
	case m.Layer == "stg":
		if reason != "" {
			err = b.view(m)
			out.Action, out.Reason = Rebuilt, reason
		}
		if err == nil && reason == "" && news {
			news, err = b.pass(m)
		}
		b.changes[m.Name] = change{any: reason != "" || news, delta: reason == "", why: reason}
	case reason != "":
		out.Action, out.Reason = Rebuilt, reason
		err = b.whole(m, reason)
	case news:
		var rows int64
		if rows, err = b.parts(m); rows > 0 {
			out.Action, out.Reason = Updated, lang.Phrase("news of some returns", "有新的报表")
		}
	}
	if err == nil && m.Layer != "stg" {
		err = b.stamp(m)
	}
	if err != nil {
		return out, fmt.Errorf("%s: %w", m.File, err)
	}
	out.Took = time.Since(start)
	return out, nil
}

// view makes a staging view.
func (b *builder) view(m Model) error {
	if err := b.drop(m.Name, "VIEW"); err != nil {
		return err
	}
	b.texts = true
	return b.exec("create or replace view " + m.Name + " as\n" + m.SQL)
}

// drop removes what bears a name unless it is of the kind wanted.
func (b *builder) drop(name, wanted string) error {
	switch b.objects[name] {
	case "", wanted:
		return nil
	case "VIEW":
		return b.exec("drop view " + name)
	}
	return b.exec("drop table " + name)
}

func quotedList(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = warehouse.Quote(n)
	}
	return strings.Join(out, ", ")
}

// whole builds a model as a whole and finds out what of it is new. Where it
// may well be what it was, it is first built aside: a table that is the same
// is not written again.
func (b *builder) whole(m Model, reason string) error {
	table := tableOf(m.Name)
	old, known := b.state[m.Name]
	b.texts = b.texts || !known || old.hash != hashOf(m)
	same := known && !b.full && old.hash == hashOf(m) && old.asOf == b.asOf && old.from == b.from && b.objects[table] != ""
	if reason == timeReason() {
		reason = ""
	}
	s := modelState{hash: hashOf(m), asOf: b.asOf, from: b.from, version: old.version + 1}
	c := change{any: true, why: reason}
	if !same {
		if err := b.replace(m, "\n"+m.SQL); err != nil {
			return err
		}
		b.state[m.Name], b.changes[m.Name], b.built[m.Name] = s, c, true
		return nil
	}
	if err := b.beside(m, &s, &c, old.fingerprint); err != nil {
		return err
	}
	if !c.any {
		s.version = old.version
	}
	b.state[m.Name], b.changes[m.Name] = s, c
	return b.exec("drop table temp.run_new")
}

// beside builds a model aside, says in c what of it differs from its table, and writes that alone. Of a table that
// incremental models read it finds the returns that differ; another is replaced where its fingerprint is other than it was.
func (b *builder) beside(m Model, s *modelState, c *change, fingerprint string) error {
	if _, err := b.conn.ExecContext(b.ctx, "create or replace temp table run_new as\n"+m.SQL); err != nil {
		return err
	}
	table := tableOf(m.Name)
	cols, err := b.columns("temp.run_new")
	if err != nil {
		return err
	}
	alike := slices.Equal(b.laid[table], cols)
	if alike && b.hubs[m.Name] && slices.Contains(m.Grain, "return_id") {
		n, err := b.differing(m, table, cols)
		if c.any, c.delta = n > 0, true; err != nil || n == 0 {
			return err
		}
		return b.exchange(m)
	}
	got, err := warehouse.Strings(b.ctx, b.conn, "select count(*) || ':' || coalesce(sum(cast(hash("+content(cols)+") as hugeint)), 0) from run_new")
	if err != nil {
		return err
	}
	s.fingerprint = got[0]
	if c.any = s.fingerprint != fingerprint || !alike; !c.any {
		return nil
	}
	b.built[m.Name] = true
	return b.replace(m, " from run_new")
}

type column struct{ name, kind string }

// columns of a table; information_schema would look at every table and view there is.
func (b *builder) columns(table string) ([]column, error) {
	var out []column
	err := warehouse.Each(b.ctx, b.conn, "select name, type from pragma_table_info("+warehouse.Quote(table)+")", func(v []any) error {
		out = append(out, column{v[0].(string), v[1].(string)})
		return nil
	})
	return out, err
}

// content lists columns other than the run's own.
func content(cols []column) string {
	var out []string
	for _, c := range cols {
		if !ofRun(c) {
			out = append(out, warehouse.Ident(c.name))
		}
	}
	return strings.Join(out, ", ")
}

// replace makes the table of a model anew.
func (b *builder) replace(m Model, as string) error {
	table := tableOf(m.Name)
	if _, err := b.conn.ExecContext(b.ctx, "create or replace table "+table+" as"+as); err != nil {
		return err
	}
	cols, err := b.columns(table)
	if err != nil {
		return err
	}
	b.laid[table] = cols
	return nil
}

func (b *builder) affected(query string) (int64, error) {
	res, err := b.conn.ExecContext(b.ctx, query)
	if err != nil {
		return 0, fmt.Errorf("%w\n%s", err, query)
	}
	return res.RowsAffected()
}
