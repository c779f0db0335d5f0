package transform

import (
	"slices"
	"strings"

	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// parts computes the rows anew of the returns that have news, or of the
// submitters of these returns, and replaces those of returns that differ.
func (b *builder) parts(m Model) (int64, error) {
	name := warehouse.Quote(m.Name)
	if some, err := b.pass(m); err != nil || !some {
		return 0, err
	}
	from := "run_delta as d where d.model = " + name
	if m.Incremental == bySubmitter {
		gone, err := b.count("select count(*) from run_delta as d where d.model = " + name + " and not exists (select 1 from raw.return as r where r.zone = d.zone and r.return_id = d.return_id)")
		if err != nil {
			return 0, err
		}
		if gone > 0 { // nobody knows whose they were
			return 1, b.whole(m, lang.Phrase("returns are gone", "有报表不再计入"))
		}
		from = "raw.return as r join run_delta as d on r.zone = d.zone and r.return_id = d.return_id where d.model = " + name
	}
	ids, err := warehouse.Strings(b.ctx, b.conn, "select distinct "+map[string]string{byReturn: "d.return_id", bySubmitter: "r.submitter"}[m.Incremental]+" from "+from)
	if err != nil {
		return 0, err
	}
	condition := m.Incremental + " in (" + quotedList(ids) + ")"
	if len(ids) > 500 {
		if err := b.exec("create or replace temp table run_part as select unnest([" + quotedList(ids) + "]) as id"); err != nil {
			return 0, err
		}
		condition = m.Incremental + " in (select id from run_part)"
	}
	table := tableOf(m.Name)
	cols := b.laid[table]
	if err := b.part(m, condition); err != nil {
		return 0, err
	}
	if err := b.exec("delete from run_delta where model = " + name); err != nil {
		return 0, err
	}
	n, err := b.differing(m, "(select * from "+table+" where "+condition+")", cols)
	if err != nil || n == 0 {
		return 0, err
	}
	if err := b.exchange(m); err != nil {
		return 0, err
	}
	s := b.state[m.Name]
	s.version++
	s.fingerprint = ""
	b.state[m.Name] = s
	b.changes[m.Name] = change{any: true, delta: true}
	return n, nil
}

// part computes into run_new the rows of a model that meet a condition on
// return_id or submitter_code. Of the models it reads those with such rows
// are restricted too: the staging where it reads nothing else by return.
func (b *builder) part(m Model, condition string) error {
	names := map[string]string{}
	for _, layer := range []string{"core", "stg"} {
		for _, r := range m.Reads {
			d, isModel := b.byName[r]
			if !isModel || (d.Layer == "stg") != (layer == "stg") || !slices.Contains(d.Grain, "return_id") {
				continue
			}
			if m.Incremental == bySubmitter {
				at := tableOf(r)
				if d.Layer == "stg" {
					at = r
				}
				cols, err := b.columns(at)
				if err != nil {
					return err
				}
				if !slices.ContainsFunc(cols, func(c column) bool { return c.name == bySubmitter }) {
					continue
				}
			}
			view := "part_" + strings.ReplaceAll(r, ".", "_")
			names[r] = "temp." + view
			if err := b.exec("create or replace temp view " + view + " as select * from " + r + " where " + condition); err != nil {
				return err
			}
		}
		if len(names) > 0 {
			break
		}
	}
	_, err := b.conn.ExecContext(b.ctx, "create or replace temp table run_new as select * from (\n"+warehouse.Rename(m.SQL, names)+"\n) as part where "+condition)
	return err
}

// exchange puts the rows of run_new in the place of those of the returns in run_delta.
func (b *builder) exchange(m Model) error {
	condition := "(zone, return_id) in (select zone, return_id from run_delta where model = " + warehouse.Quote(m.Name) + ")"
	b.partly[m.Name] = condition
	return b.exec("delete from " + tableOf(m.Name) + " where " + condition + "; insert into " + tableOf(m.Name) + " select * from run_new where " + condition)
}

// differing notes the returns of which run_new holds other rows than the table
// does, and counts them.
func (b *builder) differing(m Model, table string, cols []column) (int64, error) {
	sums := "select zone, return_id, count(*) as n, sum(cast(hash(" + content(cols) + ") as hugeint)) as h from "
	return b.affected("insert into run_delta select " + warehouse.Quote(m.Name) + ", coalesce(n.zone, o.zone), coalesce(n.return_id, o.return_id) from (" +
		sums + "run_new group by 1, 2) as n full join (" + sums + table + " as t group by 1, 2) as o on o.zone = n.zone and o.return_id = n.return_id where n.n is distinct from o.n or n.h is distinct from o.h")
}

// pass hands the returns with news of a model's inputs on, those of forms that
// it never reads left out. It says whether any are left.
func (b *builder) pass(m Model) (bool, error) {
	q := "insert into run_delta select distinct " + warehouse.Quote(m.Name) + ", zone, return_id from run_delta as d where model in (" + quotedList(m.Reads) + ")"
	if forms := b.forms(m, map[string]bool{}); len(forms) > 0 {
		q += " and not exists (select 1 from raw.return as r where r.zone = d.zone and r.return_id = d.return_id and r.form not in (" + quotedList(forms) + "))"
	}
	n, err := b.affected(q)
	return n > 0, err
}

// forms are those whose typed rows a model reads, directly or through staging
// and through models that are built by parts.
func (b *builder) forms(m Model, seen map[string]bool) []string {
	var out []string
	for _, r := range m.Reads {
		d := b.byName[r]
		form, isRaw := strings.CutPrefix(r, "raw.")
		switch {
		case seen[r]:
		case d != nil && (d.Layer == "stg" || d.Incremental != ""):
			seen[r] = true
			out = append(out, b.forms(*d, seen)...)
		case d == nil && isRaw && warehouseForm(form):
			seen[r] = true
			out = append(out, form)
		}
	}
	slices.Sort(out)
	return out
}
