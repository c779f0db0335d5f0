package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/lang"
)

// Model is a model as transform stored it in ctl.model: its text, and the
// tables it reads.
type Model struct {
	Name        string // core.fct_problem
	Kind        string // stg, core, mart
	Description string
	SQL         string
	Seq         int      // building order
	Reads       []string // qualified names, models and raw or ctl tables
}

// Models reads the stored models in building order.
func Models(ctx context.Context, q Querier) ([]Model, error) {
	var out []Model
	err := Each(ctx, q, "select name, kind, coalesce(description, ''), sql_text, seq, coalesce(reads, '') from ctl.model order by seq", func(v []any) error {
		m := Model{Name: v[0].(string), Kind: v[1].(string), Description: v[2].(string), SQL: v[3].(string), Seq: int(v[4].(int32))}
		if r := v[5].(string); r != "" {
			m.Reads = strings.Split(r, " ")
		}
		out = append(out, m)
		return nil
	})
	if err != nil {
		return nil, lang.Errorf("read ctl.model: %w", "读取 ctl.model：%w", err)
	}
	return out, nil
}

// Restated is what stands for models: temporary tables, and subqueries.
type Restated struct {
	names  map[string]string // model → a name or a subquery in brackets
	tables []string
}

// Name is what to read instead of a model. Models that don't depend on
// ctl.run keep their own name.
func (r *Restated) Name(model string) string {
	if n, ok := r.names[model]; ok {
		return n
	}
	return model
}

// Rewrite replaces the names of restated models in an SQL text.
func (r *Restated) Rewrite(sqlText string) string { return Rename(sqlText, r.names) }

// RestateOptions of [Restate].
type RestateOptions struct {
	// Edited are models whose texts are other than those the database was built
	// from: these, and what depends on them, are evaluated too.
	Edited map[string]bool
	// Inputs stand for plain tables: name → SELECT. Models that don't depend on
	// ctl.run go on reading the tables themselves.
	Inputs map[string]string
	// Tables are wanted models that several queries will read: they become tables.
	Tables map[string]bool
	// Pruned is for many points: of the models that hold rows for returns only those become tables that more than four others
	// read. The rest become subqueries, of which each query computes the columns that it needs; at a few points that costs
	// more, since their texts are bound wherever they stand.
	Pruned bool
	// Earlier is what was made of other models at the same points, with the same inputs: it is added to, and only what it
	// lacks is evaluated. It must not be used any more.
	Earlier *Restated
	// Inline makes no table at all: every name becomes a subquery. An engine that is only read from, such as Trino, needs
	// no connection then.
	Inline bool
}

// Restate evaluates the stored texts of the wanted models at the given points:
// it creates, under names that begin with prefix, a temporary ctl.run and one
// temporary table for each model that depends on it and that others read. The
// wanted ones become subqueries: a query prunes their columns, and DuckDB binds
// them once, while a view's text is bound where it is created and again where
// it is read. It works in a read-only database and within a transaction that
// writes another table.
func Restate(ctx context.Context, conn *sql.Conn, models []Model, o RestateOptions, prefix string, points []Point, wanted ...string) (*Restated, error) {
	byName := map[string]*Model{}
	for i := range models {
		byName[models[i].Name] = &models[i]
	}
	d := dependents{byName: byName, edited: o.Edited, needed: map[string]bool{}, readers: map[string]int{}}
	for _, w := range wanted {
		if byName[w] == nil {
			return nil, lang.Errorf("restate: no model %s in this database", "重算：数据库中没有模型 %s", w)
		}
		d.visit(w)
	}
	out := &Restated{names: map[string]string{}}
	if o.Earlier != nil {
		out = o.Earlier
	}
	isTable := func(model string) bool { return slices.Contains(out.tables, out.names[model]) }
	name := func(model string) string {
		n := "temp." + Ident(prefix+strings.ReplaceAll(model, ".", "_"))
		out.names[model] = n
		out.tables = append(out.tables, n)
		return n
	}
	var script []string
	switch {
	case o.Earlier != nil:
	case o.Inline:
		out.names["ctl.run"] = subquery(runs(points))
	default:
		script = append(script, createRuns(name("ctl.run"), points))
	}
	for table, query := range o.Inputs {
		out.names[table] = subquery(query)
	}
	for _, m := range models {
		if !d.needed[m.Name] || isTable(m.Name) {
			continue
		}
		text := out.Rewrite(m.SQL)
		if d.asTable(m.Name, o) { // also what was a subquery so far, and is read by others now
			script = append(script, "create or replace temp table "+name(m.Name)+" as "+text)
		} else {
			out.names[m.Name] = subquery(text)
		}
	}
	for _, s := range script {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			return nil, lang.Errorf("restate: %w\n%s", "重算：%w\n%s", err, s)
		}
	}
	return out, nil
}

// dependents are the models among those visited that depend on ctl.run or on an edited model, and how many of them read each.
type dependents struct {
	byName  map[string]*Model
	edited  map[string]bool
	needed  map[string]bool
	readers map[string]int
}

// visit says whether a model depends on ctl.run or on an edited model.
func (d dependents) visit(name string) bool {
	if name == "ctl.run" {
		return true
	}
	m := d.byName[name]
	if m == nil {
		return false
	}
	if done, ok := d.needed[name]; ok {
		return done
	}
	d.needed[name] = false // cycles were refused when the models were stored
	depends := d.edited[name]
	for _, r := range m.Reads {
		if d.visit(r) {
			depends = true
			d.readers[r]++
		}
	}
	d.needed[name] = depends
	return depends
}

// asTable says whether a model becomes a table, else it becomes a subquery.
func (d dependents) asTable(name string, o RestateOptions) bool {
	if o.Inline || o.Tables[name] {
		return !o.Inline
	}
	readers := d.readers[name]
	return readers > 0 && !(o.Pruned && readers <= fewReaders && readsReturns(name, d.byName))
}

const fewReaders = 4

// readsReturns says whether a model's rows are as many as the returns or their rows are: whether it reads any raw table but
// that of decisions.
func readsReturns(name string, models map[string]*Model) bool {
	m := models[name]
	if m == nil {
		return strings.HasPrefix(name, "raw.") && name != "raw.decision"
	}
	return slices.ContainsFunc(m.Reads, func(r string) bool { return readsReturns(r, models) })
}

// subquery is a SELECT to read from; its last line may be a comment.
func subquery(text string) string { return "(" + text + "\n)" }

// Drop removes what was made for a restatement.
func (r *Restated) Drop(ctx context.Context, conn *sql.Conn) error {
	for _, n := range r.tables {
		if _, err := conn.ExecContext(ctx, "drop table if exists "+n); err != nil {
			return lang.Errorf("drop a restatement: %w", "清除重算结果：%w", err)
		}
	}
	return nil
}

func createRuns(name string, points []Point) string {
	temporary := ""
	if strings.HasPrefix(name, "temp.") {
		temporary = "temp "
	}
	return fmt.Sprintf("create or replace %stable %s as ", temporary, name) + runs(points)
}

// runs is the SELECT of ctl.run at some points.
func runs(points []Point) string {
	var b strings.Builder
	b.WriteString("select distinct cast(a as date) as as_of, cast(k as timestamp(6)) as known_at, cast(f as date) as from_on from (values ")
	for i, p := range points {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "(%s, %s, %s)", Quote(p.AsOf.String()), Quote(p.KnownAt.Format(Stamp)), Quote(p.From.String()))
	}
	if len(points) == 0 {
		b.WriteString("(null, null, null)) as t(a, k, f) where false")
		return b.String()
	}
	b.WriteString(") as t(a, k, f)")
	return b.String()
}

// Rename replaces qualified names (schema.name) in an SQL text, leaving
// strings, comments and quoted identifiers alone.
func Rename(text string, names map[string]string) string {
	var b strings.Builder
	b.Grow(len(text) + 64)
	for i := 0; i < len(text); {
		if n := skip(text[i:]); n > 0 {
			b.WriteString(text[i : i+n])
			i += n
			continue
		}
		if !identStart(text[i]) {
			b.WriteByte(text[i])
			i++
			continue
		}
		j := i
		for j < len(text) && (identStart(text[j]) || text[j] >= '0' && text[j] <= '9' || text[j] == '.') {
			j++
		}
		word := text[i:j]
		if to, ok := names[word]; ok {
			b.WriteString(to)
		} else {
			b.WriteString(word)
		}
		i = j
	}
	return b.String()
}

// skip is the length of the string, comment or quoted identifier that the
// text begins with, 0 if none.
func skip(s string) int {
	switch {
	case s[0] == '\'' || s[0] == '"':
		if end := strings.IndexByte(s[1:], s[0]); end >= 0 {
			return end + 2 // a doubled quote is two strings side by side: the same to us
		}
		return len(s)
	case strings.HasPrefix(s, "--"):
		if end := strings.IndexByte(s, '\n'); end >= 0 {
			return end + 1
		}
		return len(s)
	case strings.HasPrefix(s, "/*"):
		if end := strings.Index(s, "*/"); end >= 0 {
			return end + 2
		}
		return len(s)
	}
	return 0
}

func identStart(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
