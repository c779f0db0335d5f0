package warehousetest

import (
	"context"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"taizhang/internal/warehouse"
)

// New is an empty warehouse in memory with all tables, the forms described in
// ctl.form, ctl.form_column and ctl.form_value, and a calendar whose working days are Monday
// to Friday from 2021 to 2023.
func New(t testing.TB) *warehouse.DB {
	t.Helper()
	db, err := warehouse.OpenMemory(warehouse.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	Fill(t, db)
	return db
}

// Fill gives a warehouse the tables and control rows that New describes.
func Fill(t testing.TB, db *warehouse.DB) {
	t.Helper()
	ctx := context.Background()
	if err := warehouse.Schema(ctx, db.Conn); err != nil {
		t.Fatal(err)
	}
	var forms, columns [][]any
	for i, f := range Forms(t) {
		Exec(t, db, f.RawTable().Create())
		forms = append(forms, []any{f.ID, f.Title, f.Mode, f.Frequency, fmt.Sprint(i + 1)})
		for j, c := range f.Fields {
			columns = append(columns, []any{f.ID, fmt.Sprint(j + 1), c.Name, "标题" + c.Name, c.Type, fmt.Sprint(c.Required), "false", fmt.Sprint(c.Sensitive()), nil})
		}
	}
	load(t, db, "ctl.form", forms)
	load(t, db, "ctl.form_column", columns)
	load(t, db, "ctl.form_value", Meanings(t))
	Exec(t, db, `insert into ctl.calendar
		select 'xt', cast(d as date), isodow(d) <= 5, sum(case when isodow(d) <= 5 then 1 else 0 end) over (order by d)
		from (select unnest(generate_series(date '2021-01-01', date '2023-12-31', interval 1 day)) as d)`)
}

func load(t testing.TB, db *warehouse.DB, name string, rows [][]any) {
	t.Helper()
	if err := warehouse.Load(context.Background(), db.Conn, warehouse.FixedTable(name), rows); err != nil {
		t.Fatal(err)
	}
}

// Exec runs a statement.
func Exec(t testing.TB, db *warehouse.DB, statement string) {
	t.Helper()
	if _, err := db.Conn.ExecContext(context.Background(), statement); err != nil {
		t.Fatalf("%v\n%s", err, statement)
	}
}

// InsertCSV inserts rows written as CSV with a header that names some of the
// table's columns. Empty values are null, columns not named too.
func InsertCSV(ctx context.Context, db *warehouse.DB, table, text string) error {
	r := csv.NewReader(strings.NewReader(text))
	r.TrimLeadingSpace = true
	r.Comment = '#'
	lines, err := r.ReadAll()
	if err != nil || len(lines) == 0 {
		return fmt.Errorf("%s: %w", table, err)
	}
	for _, line := range lines[1:] {
		var names, values []string
		for i, v := range line {
			if v == "" {
				continue
			}
			names = append(names, warehouse.Ident(strings.TrimSpace(lines[0][i])))
			values = append(values, warehouse.Quote(strings.TrimSpace(v)))
		}
		q := "insert into " + table + " (" + strings.Join(names, ", ") + ") values (" + strings.Join(values, ", ") + ")"
		if _, err := db.Conn.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	return nil
}

// Run sets the one row of ctl.run.
func Run(t testing.TB, db *warehouse.DB, asOf string, knownAt time.Time, from string) {
	t.Helper()
	Exec(t, db, "delete from ctl.run")
	Exec(t, db, fmt.Sprintf("insert into ctl.run values ('%s', '%s', '%s')", asOf, knownAt.Format("2006-01-02 15:04:05"), from))
}
