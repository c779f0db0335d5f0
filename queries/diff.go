package queries

import (
	"context"
	"fmt"
	"strings"

	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
)

// ReturnsDiff compares two returns of one form by business key: rows added,
// gone, and changed value by value, in the order of the later return's rows.
// Sensitive columns are compared by their keyed hash and shown masked. Returns that can't be compared are *ErrIncomparable.
func (r *Reader) ReturnsDiff(ctx context.Context, from, to string) ([]result.Record, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	form, title := "", ""
	for _, id := range []string{from, to} {
		t, err := r.table(ctx, "select coalesce(r.form, ''), coalesce(f.title, r.form) from raw.return as r left join ctl.form as f on f.form = r.form where r.return_id = ?", id)
		if err != nil {
			return nil, err
		}
		if len(t.Rows) == 0 {
			return nil, &ErrNoReturn{id}
		}
		f, called := fmt.Sprint(t.Rows[0][0]), fmt.Sprint(t.Rows[0][1])
		switch {
		case f == "":
			return nil, &ErrIncomparable{lang.Errorf("return %s is of no form", "报表 %s 不属于任何表样", id)}
		case form == "":
			form, title = f, called
		case f != form:
			return nil, &ErrIncomparable{lang.Errorf("only returns of one form can be compared: %[1]s is of form %[2]s, %[4]s of %[5]s", "只能比较同一表样的报表：%[1]s 是%[3]s，%[4]s 是%[6]s", from, form, title, to, f, called)}
		}
	}
	cols, err := r.table(ctx, "select field, title, is_sensitive from ctl.form_column where form = ? order by seq", form)
	if err != nil {
		return nil, err
	}
	old, err := r.rowsOf(ctx, form, from, cols)
	if err != nil {
		return nil, err
	}
	now, err := r.rowsOf(ctx, form, to, cols)
	if err != nil {
		return nil, err
	}
	before := map[string]diffRow{}
	for _, o := range old {
		before[o.key] = o
	}
	var out []result.Record
	rec := func(change string, key, title string, a, b any, rowA, rowB any) {
		out = append(out, result.Record{{Key: "change", Value: change}, {Key: "key", Value: key}, {Key: "column", Value: text(title)}, {Key: "before", Value: a}, {Key: "after", Value: b}, {Key: "row_before", Value: rowA}, {Key: "row_after", Value: rowB}})
	}
	kept := map[string]bool{}
	for _, n := range now {
		o, ok := before[n.key]
		kept[n.key] = true
		if !ok {
			rec("added", n.shown, "", nil, nil, nil, n.row)
			continue
		}
		for i, c := range cols.Rows {
			if n.compare[i] != o.compare[i] {
				rec("changed", n.shown, fmt.Sprint(c[1]), o.show[i], n.show[i], o.row, n.row)
			}
		}
	}
	for _, o := range old {
		if !kept[o.key] {
			rec("gone", o.shown, "", nil, nil, o.row, nil)
		}
	}
	return out, nil
}

// ErrIncomparable says why two returns can't be compared.
type ErrIncomparable struct{ error }

// diffRow is a typed row as it is compared and as it is shown.
type diffRow struct {
	key, shown string
	row        any
	compare    []any
	show       []any
}

func (r *Reader) rowsOf(ctx context.Context, form, id string, cols result.Table) ([]diffRow, error) {
	sel := []string{"key_text", "row_no"}
	for _, c := range cols.Rows {
		f := warehouse.Ident(fmt.Sprint(c[0]))
		sel = append(sel, "cast("+f+" as varchar)")
		if c[2] == true {
			f = warehouse.Ident(fmt.Sprint(c[0]) + "_hash")
		}
		sel = append(sel, "cast("+f+" as varchar)")
	}
	t, err := r.table(ctx, "select "+strings.Join(sel, ", ")+" from raw."+warehouse.Ident(form)+" where return_id = ? order by sheet, row_no", id)
	if err != nil {
		return nil, err
	}
	keys, err := r.table(ctx, "select seq from ctl.form_column where form = ? and is_key order by seq", form)
	if err != nil {
		return nil, err
	}
	var out []diffRow
	for _, row := range t.Rows {
		d := diffRow{key: fmt.Sprint(row[0]), row: row[1]}
		for i := range cols.Rows {
			d.show = append(d.show, row[2+2*i])
			d.compare = append(d.compare, row[3+2*i])
		}
		var parts []string
		for _, k := range keys.Rows {
			if i, ok := k[0].(int64); ok && d.show[i-1] != nil {
				parts = append(parts, fmt.Sprint(d.show[i-1]))
			}
		}
		d.shown = strings.Join(parts, "·")
		out = append(out, d)
	}
	return out, nil
}

func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}
