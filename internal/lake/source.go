package lake

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// control are the tables that say what models need to know beside the returns. The others of schema ctl are the
// program's own record of what it built.
var control = []string{"ctl.run", "ctl.zone", "ctl.submitter", "ctl.submitter_alias", "ctl.form", "ctl.form_column", "ctl.form_value", "ctl.obligation", "ctl.calendar", "ctl.target"}

// orders are the columns that put the rows of a table into the one order in which they are written, so that the same rows
// make the same file. Other tables are those of forms.
var orders = map[string]string{
	"raw.return":          "arrival, return_id",
	"raw.return_column":   "return_id, sheet, header_row, col, field",
	"raw.finding":         "return_id, seq",
	"raw.passed_over":     "return_id, seq",
	"raw.unread":          "return_id, seq",
	"raw.explanation":     "return_id, seq",
	"raw.receipt":         "arrival",
	"raw.quarantine":      "return_id, sheet, row_no, key_text",
	"raw.decision":        "seq",
	"ctl.submitter":       "seq, code",
	"ctl.submitter_alias": "alias, code",
	"ctl.form":            "seq, form",
	"ctl.form_column":     "form, seq",
	"ctl.form_value":      "form, field, seq",
	"ctl.obligation":      "form, submitter, period_start, due_at",
	"ctl.calendar":        "zone, day",
	"ctl.target":          "metric",
	"ctl.run":             "as_of",
	"ctl.zone":            "zone",
}

// kept are the types that a lake keeps as they are, in DuckDB and Trino alike. There is no type for anything else: 128-bit
// numbers become floating-point ones, times with a zone shift.
var kept = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(VARCHAR|BOOLEAN|INTEGER|BIGINT|DOUBLE|DECIMAL\(\d+,\s*\d+\)|DATE|TIMESTAMP)$`)
})

// source is a publication as an export reads it.
type source struct {
	db     *warehouse.DB
	engine string
	tables []Table // without files
}

func openSource(ctx context.Context, file, scratch string) (*source, error) {
	db, err := warehouse.OpenBeside(ctx, file, scratch, warehouse.Options{})
	if err != nil {
		return nil, err
	}
	s := &source{db: db}
	if err := s.load(ctx); err != nil {
		db.Close()
		return nil, lang.Errorf("read the tables of %s: %w", "读取 %s 中的表：%w", file, err)
	}
	return s, nil
}

func (s *source) load(ctx context.Context) (err error) {
	if s.engine, err = warehouse.EngineVersion(ctx, s.db.Conn); err != nil {
		return err
	}
	formats, err := warehouse.Strings(ctx, s.db.Conn, "select cast(coalesce(max(number), 0) as varchar) from "+warehouse.Beside+".ctl.format")
	if err != nil {
		return err
	}
	if len(formats) != 1 || formats[0] != fmt.Sprint(warehouse.Format) {
		return lang.Errorf("it was published by another version of the program (tables of version %s, here %d)\nhint: `taizhang run` publishes it anew", "由其他版本的程序发布（表结构版本%s，这里是%d）\n建议：执行 taizhang run 重新发布", strings.Join(formats, ""), warehouse.Format)
	}
	at := map[string]int{}
	return warehouse.Each(ctx, s.db.Conn, `select c.schema_name || '.' || c.table_name, c.column_name, c.data_type
		from duckdb_columns() as c where c.database_name = '`+warehouse.Beside+`' and c.schema_name in ('raw', 'ctl') order by 1, c.column_index`, func(v []any) error {
		name, column, kind := fmt.Sprint(v[0]), fmt.Sprint(v[1]), fmt.Sprint(v[2])
		if !strings.HasPrefix(name, "raw.") && !slices.Contains(control, name) {
			return nil
		}
		if !kept().MatchString(kind) {
			return lang.Errorf("%s.%s is of type %s, which Parquet doesn't keep", "%s.%s 的类型是 %s，Parquet 存不了", name, column, kind)
		}
		if column == MonthKey {
			return lang.Errorf("%s has a column %s, which the lake needs for itself", "%s 有名为 %s 的列，与数据湖自用的列重名", name, column)
		}
		i, ok := at[name]
		if !ok {
			i = len(s.tables)
			at[name] = i
			s.tables = append(s.tables, Table{Name: name, Files: []File{}})
		}
		s.tables[i].Columns = append(s.tables[i].Columns, Column{column, kind})
		return nil
	})
}

// has says whether the table has a column.
func (t Table) has(name string) bool {
	return slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Name == name })
}

// list are its columns as SQL names them.
func (t Table) list() string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = warehouse.Ident(c.Name)
	}
	return strings.Join(names, ", ")
}

// in is the table's name in a database, "" the one in use.
func (t Table) in(database string) string {
	schema, name, _ := strings.Cut(t.Name, ".")
	at := warehouse.Ident(schema) + "." + warehouse.Ident(name)
	if database == "" {
		return at
	}
	return database + "." + at
}

func (t Table) order() string {
	if o := orders[t.Name]; o != "" {
		return o
	}
	return "return_id, sheet, row_no, key_text"
}

// cutRows is a query for the rows of a zone with the month and the cut that each belongs to: lake_key holds both of every
// return, lake_arrival of every arrival.
func (t Table) cutRows(zone string) string {
	q := "from " + t.in(warehouse.Beside) + " as t "
	switch {
	case strings.HasPrefix(t.Name, "ctl."):
		q = "select t, '" + All + "' as month, 0 as cut, 0 as arrival " + q
		if !t.has("zone") {
			return q
		}
	case t.Name == "raw.decision":
		q = "select t, strftime(t.decided_at, '%Y-%m') as month, (select count(*) from lake_cut as c where c.decision < t.seq) as cut, t.seq as arrival " + q
	case t.Name == "raw.receipt":
		q = "select t, k.month, k.cut, t.arrival " + q + "left join lake_arrival as k on k.arrival = t.arrival "
	default:
		q = "select t, k.month, k.cut, k.arrival " + q + "left join lake_key as k on k.return_id = t.return_id "
	}
	return q + "where t.zone = " + warehouse.Quote(zone)
}

// prepare makes the tables that cutRows reads.
func (s *source) prepare(ctx context.Context, zone string, cuts []Cut) error {
	script := []string{"create or replace temp table lake_cut (arrival bigint, decision bigint)"}
	for _, c := range cuts {
		script = append(script, fmt.Sprintf("insert into lake_cut values (%d, %d)", c.Arrival, c.Decision))
	}
	script = append(script, `create or replace temp table lake_key as
		select r.return_id, r.arrival, strftime(coalesce(r.period_end, cast(r.received_at as date)), '%Y-%m') as month,
			(select count(*) from lake_cut as c where c.arrival < r.arrival) as cut
		from `+warehouse.Beside+`.raw."return" as r where r.zone = `+warehouse.Quote(zone),
		`create or replace temp table lake_arrival as
		select r.arrival, strftime(min(r.received_at), '%Y-%m') as month, (select count(*) from lake_cut as c where c.arrival < r.arrival) as cut
		from `+warehouse.Beside+`.raw."return" as r where r.zone = `+warehouse.Quote(zone)+` group by r.arrival`)
	for _, q := range script {
		if _, err := s.db.Conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// group is the rows of one table, month and cut: what a file holds.
type group struct {
	month       string
	cut         int
	rows        int64
	fingerprint string
	from, to    any // the first and last return, where the table goes by returns
}

// fingerprinted is the sum of the hashes of rows, as a text: it doesn't depend on their order.
const fingerprinted = "count(*), cast(sum(cast(hash(t) as hugeint)) as varchar)"

// groups finds what files a table of a zone should have.
func (s *source) groups(ctx context.Context, t Table, zone string) (out []group, err error) {
	bounds := "null, null"
	if t.has("return_id") && t.Name != "raw.decision" {
		bounds = "min(t.return_id), max(t.return_id)"
	}
	err = warehouse.Each(ctx, s.db.Conn, "select month, cut, "+fingerprinted+", "+bounds+" from ("+t.cutRows(zone)+") group by all order by 1, 2", func(v []any) error {
		month, ok := v[0].(string)
		if !ok {
			return lang.Errorf("%s has %v rows of returns that raw.return doesn't know", "%s 有%v行属于 raw.return 中没有的报表", t.Name, v[2])
		}
		var cut int64
		if _, err := fmt.Sscan(fmt.Sprint(v[1]), &cut); err != nil {
			return err
		}
		out = append(out, group{month, int(cut), v[2].(int64), fmt.Sprint(v[3]), v[4], v[5]})
		return nil
	})
	return out, err
}

// copyTo writes the rows of a group, in their order, as a Parquet file.
func (s *source) copyTo(ctx context.Context, t Table, zone string, g group, file string) error {
	of := fmt.Sprintf("where month = %s and cut = %d", warehouse.Quote(g.month), g.cut)
	q := "select " + t.list() + " from " + t.in(warehouse.Beside) + " as t where true"
	if t.has("zone") {
		q += " and t.zone = " + warehouse.Quote(zone)
	}
	switch {
	case strings.HasPrefix(t.Name, "ctl."):
	case t.Name == "raw.decision":
		q += " and t.seq in (select arrival from (" + t.cutRows(zone) + ") " + of + ")"
	case t.Name == "raw.receipt":
		q += " and t.arrival in (select arrival from lake_arrival " + of + ")"
	default: // the bounds let whole blocks be passed over
		q += " and t.return_id between " + warehouse.Quote(fmt.Sprint(g.from)) + " and " + warehouse.Quote(fmt.Sprint(g.to)) + " and t.return_id in (select return_id from lake_key " + of + ")"
	}
	q += " order by " + t.order()
	_, err := s.db.Conn.ExecContext(ctx, "copy ("+q+") to "+warehouse.Quote(file)+" (format parquet, compression zstd)")
	return err
}

// fingerprintOf is that of a file by the engine within this program.
func (s *source) fingerprintOf(ctx context.Context, t Table, file string) (string, error) {
	got, err := warehouse.Strings(ctx, s.db.Conn, "select cast(sum(cast(hash(t) as hugeint)) as varchar) from (select "+t.list()+" from read_parquet("+warehouse.Quote(file)+", hive_partitioning = false)) as t")
	if err != nil || len(got) == 0 {
		return "", err
	}
	return got[0], nil
}
