package ingest

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"taizhang/ingest/forms"
	"taizhang/internal/lang"
	"taizhang/internal/spelling"
	"taizhang/internal/warehouse"
)

// folded is what a name is counted by, where that isn't the name as written.
func folded(name string) warehouse.Text {
	if key := spelling.Fold(name); key != name && key != "" {
		return column(key)
	}
	return warehouse.Null
}

// FoldNames gives what names are counted by to rows that were loaded without: by a form that didn't say yet that a column
// holds names. Nothing else of a row changes, and a row that has it keeps it.
func FoldNames(ctx context.Context, conn *sql.Conn, set *forms.Set) error {
	for _, f := range set.Forms {
		if err := foldNamesOf(ctx, conn, f); err != nil {
			return err
		}
	}
	return nil
}

func foldNamesOf(ctx context.Context, conn *sql.Conn, f *forms.Form) error {
	for _, c := range f.Columns {
		if !c.Names {
			continue
		}
		if err := foldColumn(ctx, conn, RawTable(f).Name, c.Field); err != nil {
			return lang.Errorf("fold the names in %s: %w", "统一 %s 中名称的写法：%w", RawTable(f).Name, err)
		}
	}
	return nil
}

func foldColumn(ctx context.Context, conn *sql.Conn, table, field string) error {
	name, by := warehouse.Ident(field), warehouse.Ident(field+"_folded")
	var pairs []string
	err := warehouse.Each(ctx, conn, fmt.Sprintf("select distinct %s from %s where %s is null and %s is not null", name, table, by, name), func(v []any) error {
		written, _ := v[0].(string)
		if key := folded(written); !key.IsNull {
			pairs = append(pairs, "("+warehouse.Quote(written)+", "+warehouse.Quote(key.S)+")")
		}
		return nil
	})
	for at := 0; err == nil && at < len(pairs); at += 1000 {
		some := pairs[at:min(at+1000, len(pairs))]
		_, err = conn.ExecContext(ctx, fmt.Sprintf("update %s as t set %s = names.key from (values %s) as names(written, key) where t.%s is null and t.%s = names.written",
			table, by, strings.Join(some, ", "), by, name))
	}
	return err
}
