package warehousetest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"taizhang/internal/warehouse"
)

// Big describes a large zone that is generated inside the database: every unit
// hands in every form, period after period, each ledger as long as the others.
type Big struct {
	Units    int    // default 25
	Rows     int    // rows of a return, default 20
	From, To string // default 2022-01-03 … 2023-12-17
}

func (o *Big) defaults() {
	if o.Units == 0 {
		o.Units = 25
	}
	if o.Rows == 0 {
		o.Rows = 20
	}
	if o.From == "" {
		o.From = "2022-01-03"
	}
	if o.To == "" {
		o.To = "2023-12-17"
	}
}

// Fill generates the zone in a warehouse that warehousetest.Fill made ready.
func (o Big) Fill(t testing.TB, db *warehouse.DB) {
	t.Helper()
	o.defaults()
	Exec(t, db, "insert into ctl.zone values ('xt', '湘潭高新区', 'Asia/Shanghai')")
	Exec(t, db, fmt.Sprintf("insert into ctl.submitter select 'xt', 'u' || i, '单位' || i, case when i %% 3 = 0 then 'street' else 'department' end, i + 1, null, null, null from range(%d) as t(i)", o.Units))
	Exec(t, db, fmt.Sprintf(`create temp table big_return as
		with periods as (
			select 'week' as frequency, strftime(d, '%%G-W%%V') as period, cast(d as date) as s, cast(d + interval 6 day as date) as e
			from (select unnest(generate_series(date '%[1]s', date '%[2]s', interval 7 day)) as d)
			union all
			select 'month', strftime(d, '%%Y-%%m'), cast(d as date), cast(d + interval 1 month - interval 1 day as date)
			from (select unnest(generate_series(date_trunc('month', date '%[1]s'), date '%[2]s', interval 1 month)) as d)
			where d + interval 1 month - interval 1 day <= date '%[2]s'
		)
		select row_number() over (order by p.e, f.seq, u.seq) as arrival, u.code as submitter, f.form, f.mode, p.period, p.s, p.e,
			cast(p.e + interval 1 day as timestamp) + interval 9 hour + interval 1 second * (u.seq + 100 * f.seq) as received_at,
			cast(p.e + interval 1 day as timestamp) + interval 12 hour as due_at
		from ctl.submitter as u cross join ctl.form as f join periods as p on p.frequency = f.frequency`, o.From, o.To))
	Exec(t, db, fmt.Sprintf(`insert into raw.return select 'xt', printf('%%06d-1', arrival), arrival, submitter || '/' || form || period || '.xlsx', 'ab/' || arrival, 'sha' || arrival,
		submitter, form, mode, period, s, e, e, 'accepted', false, %d, 0, 0, 0, 0, received_at, due_at, false from big_return`, o.Rows))
	Exec(t, db, "insert into ctl.obligation select 'xt', submitter, form, mode, period, s, e, due_at, null from big_return")
	for _, f := range Forms(t) {
		Exec(t, db, "insert into raw."+f.ID+" "+o.rows(f, "big_return"))
		var cols []string
		for i, c := range f.Fields {
			cols = append(cols, fmt.Sprintf("('%s', '%c', '标题%s')", c.Name, 'A'+i, c.Name))
		}
		Exec(t, db, fmt.Sprintf("insert into raw.return_column select 'xt', printf('%%06d-1', arrival), '表1', c.field, c.col, c.title, 1, 2, 100000 from big_return cross join (values %s) as c(field, col, title) where form = '%s'",
			strings.Join(cols, ", "), f.ID))
	}
	Exec(t, db, "drop table big_return")
}

// rows is the query that makes the typed rows of a form's returns.
func (o Big) rows(f Form, from string) string {
	sel := []string{"'xt'", "printf('%06d-1', arrival)", "'表1'", "i + 2", "'K' || i"}
	for _, c := range f.Fields {
		e := o.value(f, c)
		sel = append(sel, e)
		if c.Names {
			sel = append(sel, "null")
		}
		if c.Sensitive() {
			sel = append(sel, "md5("+e+")")
		}
	}
	return fmt.Sprintf("select %s from (select *, hash(submitter, form, i) as h, hash(arrival, i) as g from %s cross join range(%d) as t(i) where form = '%s')",
		strings.Join(sel, ", "), from, o.Rows, f.ID)
}

// value writes what a column holds: h is a number of the item, the same in every ledger; g is one of the row.
func (o Big) value(f Form, c Field) string {
	if pool := lists[f.ID+"."+c.Name]; pool != nil {
		var quoted []string
		for _, p := range pool {
			if p == "" {
				quoted = append(quoted, "null")
			} else {
				quoted = append(quoted, warehouse.Quote(p))
			}
		}
		return fmt.Sprintf("([%s])[cast(1 + (h >> 7) %% %d as bigint)]", strings.Join(quoted, ", "), len(pool))
	}
	switch c.Type {
	case "date":
		return o.date(f, c)
	case "month":
		return "s"
	case "int":
		return "1 + cast((g >> 3) % 9 as bigint)"
	case "money":
		return "cast((g >> 5) % 900000 as decimal(18, 2)) / 100"
	case "percent":
		return "cast((g >> 5) % 100 as decimal(9, 6)) / 100"
	case "unit":
		return fmt.Sprintf("'u' || cast((h >> 23) %% %d as bigint)", o.Units)
	case "code":
		return "'K' || i"
	case "uscc":
		return "'91430300MA' || cast(10000000 + (h >> 13) % 1000 as bigint)"
	}
	return words(c)
}

// date writes a date: of an item the same in every ledger, of a period's row within its period.
func (o Big) date(f Form, c Field) string {
	day := "cast(date '" + o.From + "' + interval 1 day * cast((h >> 11) % 700 as bigint) as date)"
	switch c.Name {
	case "assigned_on", "started_on":
		return day
	case "held_on", "paid_on", "refunded_on":
		if f.Mode == "period" {
			return "cast(s + interval 1 day * cast(g % (date_diff('day', s, e) + 1) as bigint) as date)"
		}
	}
	return "cast(" + day + " + interval 1 day * cast((h >> 17) % 60 as bigint) as date)"
}

// words writes what a column of texts holds.
func words(c Field) string {
	switch {
	case c.Name == "enterprise" && !c.Required:
		return "case when (h >> 29) % 5 = 0 then '企业' || cast((h >> 13) % 1000 as bigint) end"
	case c.Name == "enterprise" || c.Name == "target":
		return "'企业' || cast((h >> 13) % 1000 as bigint)"
	case c.Name == "progress_note":
		return "'正在协调，已会同有关部门现场研究第' || cast(g % 5 as bigint) || '次'"
	case c.Name == "description":
		return "'某某路段路灯不亮，群众出行不便，请有关单位尽快研究处理，编号' || cast(h % 100000 as bigint)"
	}
	return fmt.Sprintf("'%s' || cast((h >> 19) %% 600 as bigint)", c.Name)
}

// Correct hands in the newest ledger of the first unit's form anew, with other rows, as a correction: what one
// ordinary return costs.
func (o Big) Correct(t testing.TB, db *warehouse.DB, form string) {
	t.Helper()
	o.defaults()
	Exec(t, db, `create or replace temp table big_fix as
		select (select max(arrival) from raw.return) + 1 as arrival, submitter, form, mode, period, period_start as s, period_end as e,
			(select known_at from ctl.run) + interval 1 minute as received_at, due_at
		from raw.return where return_id = (select max_by(r.return_id, (r.period_start, r.arrival)) from raw.return as r where r.submitter = 'u0' and r.form = '`+form+`')`)
	Exec(t, db, fmt.Sprintf(`insert into raw.return select 'xt', printf('%%06d-1', arrival), arrival, submitter || '/更正' || form || period || '.xlsx', 'ab/' || arrival, 'sha' || arrival,
		submitter, form, mode, period, s, e, e, 'accepted', false, %d, 0, 0, 0, 0, received_at, due_at, false from big_fix`, o.Rows))
	for _, f := range Forms(t) {
		if f.ID == form {
			Exec(t, db, "insert into raw."+f.ID+" "+o.rows(f, "big_fix"))
		}
	}
	if _, err := db.Conn.ExecContext(context.Background(), "update ctl.run set known_at = (select max(received_at) from raw.return)"); err != nil {
		t.Fatal(err)
	}
}
