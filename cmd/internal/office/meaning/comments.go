package meaning

import (
	"cmp"
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"taizhang/ingest/forms"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/transform"
)

// commentTexts are what tables and columns mean that no form or model has: schema.table, a column's name, or
// schema.table.column, and the text.
//
//go:embed comments.tsv
var commentTexts string

var meanings = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(commentTexts), "\n") {
		name, text, _ := strings.Cut(line, "\t")
		out[name] = text
	}
	return out
})

// layers are what schemas are for.
var layers = map[string]string{
	"main":  "计入统计的数据行，列名同报表",
	"mart":  "现成的统计结果",
	"core":  "事实表和维度表，计入统计的数据行",
	"stg":   "各报表全部数据行，含被更正的",
	"raw":   "收到的报表及其数据行，含被更正、作废的",
	"ctl":   "统计参数、单位、报表、日历、目标，以及程序的记录",
	"built": "程序存放计算结果的表，请查询 core、mart 中的同名视图",
}

// Comment says in the database itself what tables, views and columns mean, in which unit: of those that don't say it
// yet, since views are made anew by every run.
func Comment(ctx context.Context, conn *sql.Conn, set *forms.Set) error {
	var script []string
	add := func(kind, name, text string) {
		script = append(script, "comment on "+kind+" "+name+" is "+warehouse.Quote(text))
	}
	described := map[string]string{}
	models, err := warehouse.Models(ctx, conn)
	if err != nil {
		return err
	}
	for _, m := range models {
		described[m.Name] = m.Description
	}
	byView := map[string]*forms.Form{}
	for _, f := range set.Forms {
		byView["main."+transform.ViewName(f.Title)], byView["raw."+f.ID], byView["stg."+f.ID] = f, f, f
	}
	err = warehouse.Each(ctx, conn, `select 'table', schema_name, table_name from duckdb_tables() where not internal and not temporary and comment is null
		union all select 'view', schema_name, view_name from duckdb_views() where not internal and not temporary and comment is null`, func(v []any) error {
		kind, schema, table := fmt.Sprint(v[0]), fmt.Sprint(v[1]), fmt.Sprint(v[2])
		text := layers[schema]
		if f := byView[schema+"."+table]; f != nil {
			text = f.PlainTitle() + "：" + text
		} else if d := described[schema+"."+table]; inChinese(d) {
			text = d
		} else if d := cmp.Or(meanings()[schema+"."+table], d); d != "" {
			text = d
		}
		if text != "" {
			add(kind, warehouse.Ident(schema)+"."+warehouse.Ident(table), text)
		}
		return nil
	})
	if err != nil {
		return lang.Errorf("comment the tables: %w", "为各表加说明：%w", err)
	}
	err = warehouse.Each(ctx, conn, `select schema_name, table_name, column_name from duckdb_columns()
		where not internal and comment is null and schema_name in ('main', 'mart', 'core', 'stg', 'raw', 'ctl', 'built')`, func(v []any) error {
		schema, table, column := fmt.Sprint(v[0]), fmt.Sprint(v[1]), fmt.Sprint(v[2])
		in, of := schema, table
		if schema == "built" { // what the view over it says
			in, of, _ = strings.Cut(table, "_")
		}
		if text := meaning(set, byView[in+"."+of], in, of, column); text != "" {
			add("column", warehouse.Ident(schema)+"."+warehouse.Ident(table)+"."+warehouse.Ident(column), text)
		}
		return nil
	})
	if err != nil {
		return lang.Errorf("comment the columns: %w", "为各列加说明：%w", err)
	}
	if len(script) == 0 {
		return nil
	}
	// There is nothing to optimize in a comment, and of thousands it takes a third. As one query: the driver watches over each
	// statement of a script that it executes, over those of a query once.
	script = slices.Concat([]string{"pragma disable_optimizer"}, script, []string{"pragma enable_optimizer"})
	if err := warehouse.Each(ctx, conn, strings.Join(script, ";\n"), func([]any) error { return nil }); err != nil {
		_, e := conn.ExecContext(context.WithoutCancel(ctx), "pragma enable_optimizer")
		return errors.Join(lang.Errorf("comment the tables: %w", "为各表加说明：%w", err), e)
	}
	return nil
}

// Says is what a model is for, in the language spoken: the program's own are described in English in their texts and in
// Chinese in the database, a zone's own as whoever wrote them did.
func Says(set *forms.Set, model, description string) string {
	if lang.Spoken() != lang.Chinese || inChinese(description) {
		return description
	}
	layer, name, _ := strings.Cut(model, ".")
	if f := set.Get(name); layer == "stg" && f != nil {
		return f.PlainTitle() + "：" + layers[layer]
	}
	return cmp.Or(meanings()[model], description)
}

// inChinese says whether a description is meant for those who use the database: the program's own models are described in
// English, for engineers, and comments.tsv says it in Chinese.
func inChinese(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.Is(unicode.Han, r)
}

// meaning of a column: as its form says it, else as it is listed, else as some form has a field of that name.
func meaning(set *forms.Set, f *forms.Form, schema, table, column string) string {
	if f != nil {
		if text := formMeaning(f, column); text != "" {
			return text
		}
	}
	known := meanings()
	if text := known[schema+"."+table+"."+column]; text != "" {
		return text
	}
	if i := strings.Index(table, "fct_"); i >= 0 { // a fact keeps the fields of its form
		if f := set.Lookup(table[i+4:]); f != nil {
			if text := formMeaning(f, column); text != "" {
				return text
			}
		}
	}
	if text := known[column]; text != "" {
		return text
	}
	for _, f := range set.Forms {
		if text := formMeaning(f, column); text != "" {
			return text
		}
	}
	if column == "" {
		return ""
	}
	return "见 " + schema + "." + table + " 的说明"
}

// formMeaning is what a form says of a column, by its field or title.
func formMeaning(f *forms.Form, column string) string {
	for _, c := range f.Columns {
		switch strings.TrimRight(column, "_") {
		case c.Field, c.Title:
			return columnText(c)
		case c.Field + "_hash", c.Title + "_哈希":
			return c.Title + "的哈希：相同的值哈希相同，用于关联和计数，不能还原"
		case c.Field + "_folded":
			return c.Title + "的统一写法（全半角、空格、括号统一后），与原文相同的为空"
		}
	}
	return ""
}

// columnText is a column's title with its unit, its values and how it is stored.
func columnText(c forms.Column) string {
	text := c.Title
	switch c.Type {
	case forms.Money:
		text += "，元"
	case forms.Percent:
		text += "，1 = 100%"
	case forms.Month:
		text += "，当月第一天"
	case forms.List:
		var values []string
		for _, v := range c.Values {
			values = append(values, v.Name)
		}
		text += "：" + strings.Join(values, "、")
	}
	if c.Type.Sensitive() {
		text += "（掩码）"
	}
	if c.Required {
		text += "（必填）"
	}
	return text
}
