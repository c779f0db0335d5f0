package judge

import (
	"context"
	"fmt"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/read"
	"taizhang/ingest/written"
	"taizhang/internal/lang"
	"taizhang/internal/spelling"
	"taizhang/internal/warehouse"
)

// oldRow is a typed row of an earlier return.
type oldRow struct {
	key, shown string
	sheet      string
	row        int
	vals       []oldValue // by column of the form as it is declared now
}

// oldValue is a value as SQL casts it; hash is of a sensitive one.
type oldValue struct{ text, hash string }

func (v oldValue) same(o oldValue) bool {
	if v.hash != "" || o.hash != "" {
		return v.hash == o.hash
	}
	return v.text == o.text || spelling.Fold(v.text) == spelling.Fold(o.text)
}

// rowsOf gives the rows of an earlier return: of one judged in this run and not stored yet, else from the tables.
func (h *History) rowsOf(ctx context.Context, f *forms.Form, id string) ([]oldRow, error) {
	if pt := h.unstored[id]; pt != nil {
		return rowsNow(pt), nil
	}
	if h.Conn == nil {
		return nil, nil
	}
	// A column that the form has gained since the tables were published is not there yet: whatever is there is taken by name.
	rows, err := h.Conn.QueryContext(ctx, fmt.Sprintf(`select cast(columns(*) as varchar) from raw.%s where zone = ? and return_id = ? order by sheet, row_no`, warehouse.Ident(f.ID)), h.zone, id)
	if err != nil {
		return nil, lang.Errorf("read the rows of return %s: %w", "读取报表 %s 的各行：%w", id, err)
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		return nil, lang.Errorf("read the rows of return %s: %w", "读取报表 %s 的各行：%w", id, err)
	}
	at := map[string]int{}
	for i, c := range cols {
		at[c] = i
	}
	texts := make([]*string, len(cols))
	into := make([]any, len(cols))
	for i := range texts {
		into[i] = &texts[i]
	}
	text := func(name string) string {
		if i, ok := at[name]; ok && texts[i] != nil {
			return *texts[i]
		}
		return ""
	}
	var out []oldRow
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, lang.Errorf("read the rows of return %s: %w", "读取报表 %s 的各行：%w", id, err)
		}
		o := oldRow{key: text("key_text"), sheet: text("sheet"), row: written.Atoi(text("row_no")), vals: make([]oldValue, len(f.Columns))}
		for k := range f.Columns {
			o.vals[k] = oldValue{text(f.Columns[k].Field), ""}
			if f.Columns[k].Type.Sensitive() {
				o.vals[k].hash = text(f.Columns[k].Field + "_hash")
			}
		}
		o.shown = shownKey(f, o.vals)
		out = append(out, o)
	}
	return out, rows.Err()
}

// rowsNow gives the rows of a return at hand in the same form.
func rowsNow(pt *read.Part) []oldRow {
	out := make([]oldRow, len(pt.Records))
	for i := range pt.Records {
		out[i] = rowNow(&pt.Records[i])
	}
	return out
}

func rowNow(r *read.Record) oldRow {
	now := r.Values(nil)
	vals := make([]oldValue, len(now))
	for k, v := range now {
		if v.Set {
			vals[k] = oldValue{text: v.Text}
			if r.Line.Head.Form.Columns[k].Type.Sensitive() { // the tables keep no other's
				vals[k].hash = v.Hash
			}
		}
	}
	return oldRow{key: r.Key, shown: r.Shown, sheet: r.Line.Sheet, row: r.Line.N, vals: vals}
}

// shownKey names a row by the parts of its key.
func shownKey(f *forms.Form, vals []oldValue) string {
	var words []string
	for _, part := range f.Key {
		for _, field := range part {
			found := false
			for k := range f.Columns {
				if f.Columns[k].Field == field && vals[k].text != "" {
					words = append(words, vals[k].text)
					found = true
				}
			}
			if found {
				break
			}
		}
	}
	return strings.Join(words, "·")
}

// changes compares a correction with the return it takes the place of, by business key, in the order of its own rows.
func (h *History) changes(ctx context.Context, pt *read.Part, superseded string) ([]finding.Change, error) {
	f := pt.Form
	before, err := h.rowsOf(ctx, f, superseded)
	if err != nil {
		return nil, err
	}
	old := map[string]*oldRow{}
	for i := range before {
		old[before[i].key] = &before[i]
	}
	var out []finding.Change
	now, kept := rowsNow(pt), map[string]bool{}
	for _, n := range now {
		kept[n.key] = true
	}
	var gone, fresh []string
	for k := range old {
		if !kept[k] {
			gone = append(gone, k)
		}
	}
	for k := range kept {
		if old[k] == nil {
			fresh = append(fresh, k)
		}
	}
	for _, same := range []map[string]string{sameKeys(gone, fresh), otherAmounts(f, gone, fresh)} {
		for k, was := range same {
			old[k], kept[was] = old[was], true
		}
	}
	for _, n := range now {
		o := old[n.key]
		if o == nil {
			out = append(out, finding.Change{Kind: finding.Added, Key: n.shown})
			continue
		}
		for k := range f.Columns {
			if !n.vals[k].same(o.vals[k]) {
				out = append(out, finding.Change{Kind: finding.Changed, Key: n.shown, Column: f.Columns[k].Title, Before: o.vals[k].text, After: n.vals[k].text})
			}
		}
	}
	refused := map[string]bool{}
	for i := range pt.Refused {
		refused[pt.Refused[i].Key] = true
	}
	for i := range before {
		kind := finding.Gone
		if refused[before[i].key] && before[i].key != "" { // the sender left it in; it is only refused
			kind = finding.Refused
		}
		if !kept[before[i].key] {
			out = append(out, finding.Change{Kind: kind, Key: before[i].shown})
		}
	}
	return out, nil
}
