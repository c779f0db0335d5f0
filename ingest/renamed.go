package ingest

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"taizhang/ingest/forms"
	"taizhang/ingest/read"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// Rename brings the keys of rows up to the names that listed values have now: where a form renames one that is a part of the
// key, and lists the old name among its spellings, an item stays the item that it was. The value in the row stays as it was
// read. Rows whose new key another row of their return has already keep theirs: who makes one value of two can't tell which.
func (in *Intake) Rename(ctx context.Context, conn *sql.Conn) error {
	for _, f := range in.Forms.Forms {
		for place, part := range f.Key {
			c := f.Column(part[0])
			if len(part) > 1 || c == nil || c.Type != forms.List {
				continue
			}
			if err := rename(ctx, conn, f, c, place+1); err != nil {
				return lang.Errorf("rename values of %[1]s in the keys of %[2]s: %[3]w", "更新 %[2]s 关键列中 %[1]s 的名称：%[3]w", c.Field, f.ID, err)
			}
		}
	}
	return nil
}

// rename does so for one column, which is that part of the key.
func rename(ctx context.Context, conn *sql.Conn, f *forms.Form, c *forms.Column, place int) (err error) {
	table, name := RawTable(f).Name, warehouse.Ident(c.Field)
	were, err := warehouse.Strings(ctx, conn, fmt.Sprintf("select distinct %[1]s from %[2]s where %[1]s is not null", name, table))
	if err != nil {
		return err
	}
	listed, err := warehouse.Strings(ctx, conn, "select value from ctl.form_value where name = value and form = "+warehouse.Quote(f.ID)+" and field = "+warehouse.Quote(c.Field))
	if err != nil {
		return err
	}
	for _, was := range were {
		now := c.Written(was)
		if now == nil || now.Name == was && slices.Contains(listed, was) { // it was called so all the time
			continue
		}
		x := renaming{field: c.Field, was: was, to: spellingOf(now.Name), place: place}
		for _, v := range now.Variants {
			if other := c.Written(v); other != nil && other.Name == now.Name {
				x.from = append(x.from, warehouse.Quote(spellingOf(v)))
			}
		}
		if stale, err := x.stale(ctx, conn, f); err != nil || !stale {
			if err != nil {
				return err
			}
			continue
		}
		if err := warehouse.Begin(ctx, conn); err != nil {
			return err
		}
		if err := renameKeys(ctx, conn, f, x); err != nil {
			warehouse.Rollback(conn)
			return err
		}
		if err := warehouse.Commit(ctx, conn); err != nil {
			return err
		}
	}
	return nil
}

// renaming is a value as rows hold it, how its name of now stands in keys, how others of its names do (as SQL), and where.
type renaming struct {
	field, was, to string
	from           []string
	place          int
}

// parts are those of a row's key, as SQL.
var parts = "string_split(t.key_text, " + warehouse.Quote(read.KeySep) + ")"

// rows are, by table, those whose value it is, as SQL.
func (x *renaming) rows(f *forms.Form) map[string]string {
	which := map[string]string{RawTable(f).Name: fmt.Sprintf("t.%s = %s", warehouse.Ident(x.field), warehouse.Quote(x.was))}
	if len(x.from) > 0 { // of a refused row only the key says what its value is
		which["raw.quarantine"] = fmt.Sprintf("%s[%d] in (%s) and exists (select 1 from raw.return as r where r.zone = t.zone and r.return_id = t.return_id and r.form = %s)", parts, x.place, strings.Join(x.from, ", "), warehouse.Quote(f.ID))
	}
	for of, rows := range which {
		which[of] = fmt.Sprintf("%s and %s[%d] <> %s", rows, parts, x.place, warehouse.Quote(x.to))
	}
	return which
}

// stale says whether the key of any row has an older name. Rows keep the value as read, so each later run finds it again.
func (x *renaming) stale(ctx context.Context, conn *sql.Conn, f *forms.Form) (bool, error) {
	for of, rows := range x.rows(f) {
		found, err := warehouse.Strings(ctx, conn, "select t.key_text from "+of+" as t where "+rows+" limit 1")
		if err != nil || len(found) > 0 {
			return len(found) > 0, err
		}
	}
	return false, nil
}

func renameKeys(ctx context.Context, conn *sql.Conn, f *forms.Form, x renaming) error {
	key := fmt.Sprintf("array_to_string(list_transform(%s, lambda v, i: case when i = %d then %s else v end), %s)", parts, x.place, warehouse.Quote(x.to), warehouse.Quote(read.KeySep))
	changed := int64(0)
	for of, rows := range x.rows(f) {
		done, err := conn.ExecContext(ctx, fmt.Sprintf("update %[1]s as t set key_text = %[2]s where %[3]s and not exists (select 1 from %[1]s as o where o.zone = t.zone and o.return_id = t.return_id and o.key_text = %[2]s)",
			of, key, rows))
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if changed += n; err != nil {
			return err
		}
	}
	if changed == 0 {
		return nil
	}
	// what was built from such rows holds their keys, too
	return warehouse.Empty(ctx, conn, "ctl.input_state", "ctl.metric_week_state")
}
