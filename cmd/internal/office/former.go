package office

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"taizhang/ingest"
	"taizhang/ingest/forms"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// former is a listed value that rows were loaded with and that the form no longer lists: it was renamed, or given up.
type former struct {
	form  *forms.Form
	field *forms.Column
	value string
	now   *forms.Value // the one that is written so now, nil for none
}

// formerValues are those of all forms: figures are broken down by values, and some mean something to them.
func (z *Zone) formerValues(ctx context.Context, conn *sql.Conn) (out []former, err error) {
	for _, f := range z.Forms.Forms {
		for i := range f.Columns {
			c := &f.Columns[i]
			if c.Type != forms.List {
				continue
			}
			names := make([]string, len(c.Values))
			for k, v := range c.Values {
				names[k] = warehouse.Quote(v.Name)
			}
			field := warehouse.Ident(c.Field)
			values, err := warehouse.Strings(ctx, conn, fmt.Sprintf("select distinct %[1]s from %[2]s where %[1]s not in (%[3]s) order by 1", field, ingest.RawTable(f).Name, strings.Join(names, ", ")))
			if err != nil {
				return nil, lang.Errorf("read the values of %s: %w", "读取 %s 的取值：%w", ingest.RawTable(f).Name, err)
			}
			for _, v := range values {
				out = append(out, former{f, c, v, c.Written(v)})
			}
		}
	}
	return out, nil
}

// unexplained says which values, in rows that count, count for nothing or are groups of their own, since their form no longer
// knows them.
func (z *Zone) unexplained(ctx context.Context, conn *sql.Conn) (said []string, err error) {
	list, err := z.formerValues(ctx, conn)
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		if x.now != nil {
			continue
		}
		var n int
		err := conn.QueryRowContext(ctx, fmt.Sprintf("select count(*) from %s as t join core.counted_return as c on c.zone = t.zone and c.return_id = t.return_id where t.%s = ?", ingest.RawTable(x.form).Name, warehouse.Ident(x.field.Field)), x.value).Scan(&n)
		if err != nil {
			return nil, err
		}
		switch {
		case n == 0:
		case !x.field.HasMeanings():
			said = append(said, lang.Phrase("%[1]s, %[2]s: %[4]d rows of before say %[3]s, which the form no longer lists: figures by it show it as a group of its own; if it has another name now, list it as a spelling of that value",
				"%[1]s的%[2]s：以前的%[4]d行写的是“%[3]s”，表样已不列这个值，分组统计时单独成一组；如果只是改了名称，请把它写成现在那个值的别的写法",
				x.form.PlainTitle(), x.field.Title, x.value, n))
		default:
			said = append(said, lang.Phrase("%[1]s, %[2]s: %[4]d rows of before say %[3]s, which the form no longer lists: it counts as none of %[5]s; list it as a spelling of the value that took its place",
				"%[1]s的%[2]s：以前的%[4]d行写的是“%[3]s”，表样已不列这个值，在统计中不属于%[5]s；请把它写成现在某个值的别的写法",
				x.form.PlainTitle(), x.field.Title, x.value, n, strings.Join(x.field.Meanings(), "/")))
		}
	}
	return said, nil
}
