package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"taizhang/ingest/forms"
	"taizhang/internal/spelling"
	"taizhang/internal/warehouse"
)

// spellingOf is how a value stands in a key.
func spellingOf(value string) string { return spelling.Fold(value) }

// refusedRow is a refused row of the form, as raw.quarantine keeps it.
type refusedRow struct {
	id, sheet, row string
	cells          map[string]string
	reason         string
}

func (x *concealing) refused(ctx context.Context) (out []refusedRow, err error) {
	err = warehouse.Each(ctx, x.conn, "select t.return_id, t.sheet, cast(t.row_no as varchar), t.row_text, coalesce(t.reason, '') from raw.quarantine as t where t.row_text is not null"+x.returns(), func(v []any) error {
		r := refusedRow{id: v[0].(string), sheet: v[1].(string), row: v[2].(string), reason: v[4].(string)}
		if json.Unmarshal([]byte(v[3].(string)), &r.cells) == nil {
			out = append(out, r)
		}
		return nil
	})
	return out, err
}

// quoted are the values that findings quote as written: those of cells of the column, and where it is a part of the key,
// those that stand in the keys of rows that had one twice.
func (x *concealing) quoted(ctx context.Context) (out []string, err error) {
	place, parts := x.keyPlace()
	const of = " where t.row_no > 0 and t.value is not null and not contains(t.value, '*') and (t.field = ? or ? and t.field is null and t.rule like 'repeated%')"
	query := "select coalesce(t.field, ''), t.value from raw.finding as t" + of + x.returns() + " union select coalesce(t.field, ''), t.value from raw.explanation as t" + of + x.returns()
	field, keyed := x.column.Field, place >= 0
	err = warehouse.Each(ctx, x.conn, query, func(v []any) error {
		values := []string{v[1].(string)}
		if v[0].(string) == "" {
			if values = strings.Split(values[0], "·"); len(values) == parts {
				values = values[place : place+1]
			}
		}
		for _, s := range values {
			if telling(s) && s != x.mark(s) && s != x.column.Title && !slices.Contains(x.column.Synonyms, s) {
				out = append(out, s)
			}
		}
		return nil
	}, field, keyed, field, keyed)
	return out, err
}

// keyPlace is the part of the key that the column is, -1 if none, of how many.
func (x *concealing) keyPlace() (place, parts int) {
	return slices.IndexFunc(x.form.Key, func(p forms.KeyPart) bool { return slices.Contains(p, x.column.Field) }), len(x.form.Key)
}

// telling says whether a text can be what tells somebody apart: a name, or a number of some length.
func telling(s string) bool {
	n := utf8.RuneCountInString(s)
	return n >= 7 || n >= 2 && strings.ContainsFunc(s, func(c rune) bool { return unicode.Is(unicode.Han, c) })
}

// said masks the values in what was said of returns of the form, and gives how many texts that were.
func (x *concealing) said(ctx context.Context, plain []string) (n int, err error) {
	refused, err := x.refused(ctx)
	if err != nil {
		return 0, err
	}
	hide := x.hide(plain)
	for _, r := range refused {
		before := maps.Clone(r.cells)
		for title, v := range r.cells {
			if r.cells[title] = hide.Replace(v); title == x.column.Title && v != "" {
				r.cells[title] = x.mark(v)
			}
		}
		reason := hide.Replace(r.reason)
		if maps.Equal(before, r.cells) && reason == r.reason {
			continue
		}
		text, err := json.Marshal(r.cells)
		if err != nil {
			return n, err
		}
		if _, err := x.conn.ExecContext(ctx, "update raw.quarantine as t set row_text = ?, reason = ? where t.return_id = ? and t.sheet = ? and t.row_no = cast(? as integer)"+x.returns(), string(text), reason, r.id, r.sheet, r.row); err != nil {
			return n, err
		}
		n++
	}
	for table, texts := range map[string][]string{"raw.finding": {"message", "hint"}, "raw.explanation": {"message", "said"}} {
		k, err := x.saidIn(ctx, table, texts, plain)
		if n += k; err != nil {
			return n, err
		}
	}
	k, err := x.receipts(ctx, plain)
	return n + k, err
}

// hide masks the values in texts, but those so short that they may be words of other meaning.
func (x *concealing) hide(plain []string) *strings.Replacer {
	sorted := slices.Clone(plain)
	slices.SortFunc(sorted, func(a, b string) int { return len(b) - len(a) }) // a value may begin another
	var pairs []string
	for _, v := range sorted {
		if utf8.RuneCountInString(v) >= 2 {
			pairs = append(pairs, v, x.mark(v))
		}
	}
	return strings.NewReplacer(pairs...)
}

// saidIn masks the values in a table of findings: of the column each, of others what they quote of it.
func (x *concealing) saidIn(ctx context.Context, table string, texts, plain []string) (n int, err error) {
	type key struct{ id, seq string }
	changed := map[key][]string{}
	some := x.hide(plain)
	headed := func(v string) bool { return v == x.column.Title || slices.Contains(x.column.Synonyms, v) }
	err = warehouse.Each(ctx, x.conn, fmt.Sprintf("select t.return_id, cast(t.seq as varchar), coalesce(t.field, ''), coalesce(t.value, ''), coalesce(t.%s, ''), coalesce(t.%s, '') from %s as t where true", texts[0], texts[1], table)+x.returns(), func(v []any) error {
		value, now := v[3].(string), []string{v[3].(string), v[4].(string), v[5].(string)}
		own := strings.NewReplacer()
		if v[2].(string) == x.column.Field && value != "" && !headed(value) {
			own = strings.NewReplacer(value, x.mark(value))
		}
		was := slices.Clone(now)
		for i := range now {
			now[i] = some.Replace(own.Replace(now[i]))
		}
		if !slices.Equal(was, now) {
			changed[key{v[0].(string), v[1].(string)}] = now
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for k, now := range changed {
		_, err := x.conn.ExecContext(ctx, fmt.Sprintf("update %[3]s as t set value = nullif(?, ''), %[1]s = nullif(?, ''), %[2]s = nullif(?, '') where t.return_id = ? and t.seq = cast(? as integer)", texts[0], texts[1], table)+x.returns(), now[0], now[1], now[2], k.id, k.seq)
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// receipts masks the values in what receipts are written from again.
func (x *concealing) receipts(ctx context.Context, plain []string) (n int, err error) {
	hide := x.hide(plain)
	changed := map[string]string{}
	err = warehouse.Each(ctx, x.conn, "select cast(t.arrival as varchar), t.report from raw.receipt as t where t.report is not null and exists (select 1 from raw.return as r where r.zone = t.zone and r.arrival = t.arrival and r.form = "+warehouse.Quote(x.form.ID)+")", func(v []any) error {
		if now := hide.Replace(v[1].(string)); now != v[1].(string) {
			changed[v[0].(string)] = now
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for arrival, report := range changed {
		if _, err := x.conn.ExecContext(ctx, "update raw.receipt set report = ? where arrival = cast(? as bigint)", report, arrival); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
