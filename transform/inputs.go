package transform

import (
	"fmt"
	"sort"
	"strings"

	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// input is a plain table that models read.
type input struct {
	change
	fingerprint string
	rows        int64
}

// readInputs compares the plain tables that models read with what the build
// before saw of them. Typed rows are never changed: of raw.<form> only the
// returns that are new, or changed in raw.return, can differ.
func (b *builder) readInputs() error {
	b.inputs = map[string]input{}
	was := map[string]input{}
	err := warehouse.Each(b.ctx, b.conn, "select name, fingerprint, row_count from ctl.input_state", func(v []any) error {
		was[v[0].(string)] = input{fingerprint: fmt.Sprint(v[1]), rows: v[2].(int64)}
		return nil
	})
	if err != nil {
		return err
	}
	names := map[string]bool{"raw.return": true}
	for _, m := range b.models {
		for _, r := range m.Reads {
			if b.byName[r] == nil && r != "ctl.run" {
				names[r] = true
			}
		}
	}
	b.first = len(was) == 0
	newReturns, err := b.returnNews()
	if err != nil {
		return err
	}
	columns := map[string]string{}
	err = warehouse.Each(b.ctx, b.conn, "select table_schema || '.' || table_name, string_agg(column_name || ' ' || data_type, ',' order by ordinal_position) from information_schema.columns where table_schema in ('raw', 'ctl') group by 1", func(v []any) error {
		columns[v[0].(string)] = v[1].(string)
		return nil
	})
	if err != nil {
		return err
	}
	sorted := make([]string, 0, len(names))
	for n := range names {
		sorted = append(sorted, n)
	}
	sort.Strings(sorted)
	for _, n := range sorted {
		in := input{}
		form, isRaw := strings.CutPrefix(n, "raw.")
		switch {
		case n == "raw.return":
			in.fingerprint = columns[n]
			in.change = change{any: len(newReturns) > 0, delta: true}
		case isRaw && warehouseForm(form):
			in.fingerprint = columns[n]
			if in.rows, err = b.count("select count(*) from " + n); err != nil {
				return err
			}
			in.change, err = b.formChange(n, form, in.rows, was[n].rows, newReturns[form])
		default:
			var got []string
			if got, err = warehouse.Strings(b.ctx, b.conn, "select count(*) || ':' || coalesce(sum(cast(hash(t) as hugeint)), 0) from "+n+" as t"); err == nil {
				in.fingerprint = columns[n] + " " + got[0]
			}
		}
		if err != nil {
			return err
		}
		if in.fingerprint != was[n].fingerprint {
			in.change = change{any: true, why: lang.Phrase("%s has changed", "%s 有变化", n)}
		}
		b.inputs[n] = in
	}
	return nil
}

// warehouseForm says whether raw.<name> holds a form's typed rows.
func warehouseForm(name string) bool {
	for _, t := range warehouse.Tables() {
		if t.Name == "raw."+name {
			return false
		}
	}
	return true
}

// returnNews notes the returns whose row in raw.return is new, changed or gone,
// and counts them by form.
func (b *builder) returnNews() (map[string]int64, error) {
	out := map[string]int64{}
	if b.first || b.full {
		return out, nil
	}
	err := b.exec(`create or replace temp table run_return as
		select coalesce(r.zone, s.zone) as zone, coalesce(r.return_id, s.return_id) as return_id, coalesce(r.form, s.form) as form
		from (select zone, return_id, form, hash(t) as fingerprint from raw.return as t) as r
		full join ctl.return_state as s on s.zone = r.zone and s.return_id = r.return_id
		where s.fingerprint is distinct from r.fingerprint`)
	if err != nil {
		return nil, err
	}
	if err := b.exec("insert into run_delta select 'raw.return', zone, return_id from run_return"); err != nil {
		return nil, err
	}
	err = warehouse.Each(b.ctx, b.conn, "select coalesce(form, ''), count(*) from run_return group by 1", func(v []any) error {
		out[v[0].(string)] = v[1].(int64)
		return nil
	})
	return out, err
}

// formChange says what is new in a form's typed rows.
func (b *builder) formChange(table, form string, rows, before, returns int64) (change, error) {
	if b.first || b.full {
		return change{any: true, why: lang.Phrase("it was never built", "从未构建过")}, nil
	}
	if rows != before {
		// Rows that came or went with a return that nobody announced (erased ones, say) mean that anything may differ. What new
		// returns brought came for sure; a return that has changed, or was decided about, may have brought its rows now or before.
		var came, may int64
		err := warehouse.Each(b.ctx, b.conn, `select count(*) filter (where is_new), count(*) filter (where not is_new) from (
			select exists (select 1 from run_return as r where r.zone = t.zone and r.return_id = t.return_id)
				and not exists (select 1 from ctl.return_state as s where s.zone = t.zone and s.return_id = t.return_id) as is_new
			from `+table+` as t
			where exists (select 1 from run_return as r where r.zone = t.zone and r.return_id = t.return_id)
				or return_id in (select return_id from raw.decision where return_id is not null))`, func(v []any) error {
			came, may = v[0].(int64), v[1].(int64)
			return nil
		})
		if err != nil {
			return change{}, err
		}
		if gained := rows - before; gained < came || gained > came+may {
			return change{any: true, why: lang.Phrase("%s has changed", "%s 有变化", table)}, nil
		}
	}
	if returns == 0 && rows == before {
		return change{}, nil
	}
	err := b.exec("insert into run_delta select " + warehouse.Quote(table) + ", zone, return_id from run_return where form = " + warehouse.Quote(form))
	return change{any: true, delta: true}, err
}

func (b *builder) writeInputs() error {
	rows := [][]any{}
	for n, in := range b.inputs {
		rows = append(rows, []any{n, in.fingerprint, fmt.Sprint(in.rows)})
	}
	if err := replaceAll(b.ctx, b.conn, "ctl.input_state", rows); err != nil {
		return err
	}
	if b.first || b.full {
		return b.exec("delete from ctl.return_state; insert into ctl.return_state select zone, return_id, form, hash(t) from raw.return as t")
	}
	return b.exec(`delete from ctl.return_state as s where exists (select 1 from run_return as r where r.zone = s.zone and r.return_id = s.return_id);
		insert into ctl.return_state select zone, return_id, form, hash(t) from raw.return as t where exists (select 1 from run_return as r where r.zone = t.zone and r.return_id = t.return_id)`)
}
