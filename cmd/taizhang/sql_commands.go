package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/shell"
	"taizhang/queries"
)

var promptHelp = lang.Text{English: `SELECT …;                run a query; it may go over several lines and ends with ;
@NAME --PARAMETER VALUE  run a saved query
.tables [all|TEXT]       the tables and views: by the forms' Chinese titles, mart, core (all: also stg, raw, ctl)
.describe TABLE          the columns of one
.saved                   the saved queries with their parameters
.export FILE             write the last result to FILE.xlsx, .csv, .parquet, .json or .md (--replace: over an old one)
.help                    this
.quit                    leave; so does Ctrl-D

Tab completes names and keywords, Ctrl-R searches the history, Ctrl-C cancels a query or drops what was typed.
Results longer than the screen come page by page, or through $PAGER. The history is kept in your own folder; statements
that hold identity or phone numbers, compare masked columns, or begin with a space are not.
`, Chinese: `SELECT …;                执行查询；可写多行，以 ; 结束
@名称 --参数 值           执行保存的查询
.tables [all|文字]       各表和视图：各表样的中文名、mart、core（all：连同 stg、raw、ctl）
.describe 表名           一张表的各列
.saved                   保存的查询及其参数
.export 文件             把上次的结果写入 文件.xlsx、.csv、.parquet、.json 或 .md（--replace：覆盖旧文件）
.help                    本说明
.quit                    退出；也可按 Ctrl-D

Tab 补全名称和关键字，Ctrl-R 查找历史，Ctrl-C 取消查询或丢弃已输入的内容。
结果超过一屏时分页显示，或用 $PAGER 显示。历史保存在您自己的文件夹中；含有证件号码、电话号码，
与掩码列比较，或以空格开头的语句不保存。
`}

// command runs a line that begins with a dot.
func (p *sqlPrompt) command(line string, out io.Writer) error {
	words := shell.Words(line)
	switch arg := words[1:]; words[0] {
	case ".help", ".h", ".?":
		_, err := io.WriteString(out, promptHelp.String())
		return err
	case ".quit", ".exit", ".q":
		return shell.ErrQuit
	case ".tables":
		return p.listTables(strings.Join(arg, " "), out)
	case ".describe", ".schema", ".d":
		if len(arg) != 1 {
			return lang.Errorf(".describe TABLE: one table is expected", ".describe 表名：要写一个表名")
		}
		return p.describe(arg[0], out)
	case ".saved":
		records := savedRecords(p.saved)
		_, err := printFitting(out, listing{own: true, records: records, columns: []string{"name", "description", "parameters"}}, 0)
		return err
	case ".export":
		replace := slices.Contains(arg, "--replace")
		arg = slices.DeleteFunc(arg, func(s string) bool { return s == "--replace" })
		if len(arg) != 1 {
			return lang.Errorf(".export FILE: one file is expected", ".export 文件名：要写一个文件名")
		}
		return p.export(arg[0], replace, out)
	}
	return lang.Errorf("%s is no command; see .help", "没有命令 %s；见 .help", words[0])
}

func (p *sqlPrompt) listTables(only string, out io.Writer) error {
	var records []result.Record
	for _, t := range p.tables {
		inner := t.Schema == "stg" || t.Schema == "raw" || t.Schema == "ctl"
		name := sqlName(t)
		if only == "" && inner || only != "" && only != "all" && !strings.Contains(name+t.Description, only) {
			continue
		}
		records = append(records, result.Record{{Key: "table", Value: name}, {Key: "columns", Value: int64(len(t.Columns))}, {Key: "description", Value: t.Description}})
	}
	_, err := printFitting(out, listing{own: true, records: records, columns: []string{"table", "columns", "description"}}, shell.Width(p.a.out))
	return err
}

func (p *sqlPrompt) describe(name string, out io.Writer) error {
	for _, t := range p.tables {
		if !strings.EqualFold(strings.ReplaceAll(name, `"`, ""), sqlName(t)) && !strings.EqualFold(name, t.Schema+"."+t.Name) {
			continue
		}
		var records []result.Record
		for _, c := range t.Columns {
			note := c.Field
			if c.Sensitive {
				note = strings.TrimSpace(note + lang.Phrase(" (masked; join by the hash)", "（已掩码；请用哈希列关联）"))
			}
			records = append(records, result.Record{{Key: "column", Value: c.Name}, {Key: "type", Value: c.Type}, {Key: "field", Value: note}})
		}
		if t.Description != "" {
			fmt.Fprintf(out, "%s: %s\n\n", sqlName(t), t.Description)
		}
		_, err := printFitting(out, listing{own: true, records: records, columns: []string{"column", "type", "field"}}, shell.Width(p.a.out))
		return err
	}
	return lang.Errorf("there is no table %s; .tables lists them", "没有表 %s；.tables 列出全部表", name)
}

// export writes the last result. It is done here, from what the query gave: the query's own process can write nothing.
func (p *sqlPrompt) export(file string, replace bool, out io.Writer) error {
	format := formatOf(file)
	switch {
	case p.last == nil:
		return lang.Errorf("there is no result yet to export", "还没有可导出的结果")
	case format == "":
		return lang.Errorf("%s: the name should end in .xlsx, .csv, .parquet, .json or .md", "%s：文件名应以 .xlsx、.csv、.parquet、.json 或 .md 结尾", file)
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) && !replace {
		if err != nil {
			return err
		}
		return lang.Errorf("%s is there already; .export --replace %s writes over it", "%s 已存在；用 .export --replace %s 覆盖", file, file)
	}
	l := listingOf(*p.last)
	if err := durable.Write(file, 0o644, func(w io.Writer) error { return l.write(w, format, true, p.a.say) }); err != nil {
		return err
	}
	note := lang.Text{}
	if p.last.Truncated {
		note = lang.Say(" (the query had more: they were cut off)", "（结果不止这些，其余已截去）")
	}
	_, err := fmt.Fprint(out, lang.Say("%s written to %s%s\n", "%s已写入 %s%s\n", rowsText(len(p.last.Rows)), file, note))
	return err
}

// sqlName is how a table is written in a query: views of forms without their schema.
func sqlName(t queries.TableInfo) string {
	if t.Schema == "main" {
		return ident(t.Name)
	}
	return t.Schema + "." + ident(t.Name)
}

var plainIdent = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z_\x{80}-\x{10FFFF}][A-Za-z0-9_$\x{80}-\x{10FFFF}]*$`)
})

// ident quotes a name that needs it; Chinese names don't.
func ident(name string) string {
	if plainIdent().MatchString(name) {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

var keywords = strings.Fields(`select from where group by order having limit offset join left inner full cross on using as and or not in is null like ilike
	between case when then else end distinct union all except intersect with asc desc nulls first last filter over partition exists cast date interval true false
	count( sum( avg( min( max( median( coalesce( round( date_diff( strftime( string_agg( row_number( nullif( any_value( max_by( length( substr( replace(`)

var commandNames = []string{".tables", ".describe", ".saved", ".export", ".help", ".quit"}

// aliases of tables: from 问题台账 as t, join core.fct_problem p.
var aliases = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(?:from|join)\s+([^\s,();]+)(?:\s+(?:as\s+)?([^\s,();]+))?`)
})

// candidates are what may stand where a word begins.
func (p *sqlPrompt) candidates(before, word string) []string {
	lead := strings.TrimSpace(before)
	switch {
	case strings.HasPrefix(lead, ".describe"):
		return p.tableNames()
	case strings.HasPrefix(lead, ".") || lead == "" && strings.HasPrefix(word, "."):
		return commandNames
	case strings.HasPrefix(lead, "@"):
		var out []string
		for _, q := range p.saved {
			if "@"+q.Name == shell.Words(lead)[0] {
				for _, prm := range q.Params {
					out = append(out, "--"+prm.Name)
				}
			}
		}
		return out
	case lead == "" && strings.HasPrefix(word, "@"):
		var out []string
		for _, q := range p.saved {
			out = append(out, "@"+q.Name)
		}
		return out
	}
	used := aliases().FindAllStringSubmatch(before+word, -1)
	if strings.HasSuffix(before, ".") {
		return p.membersOf(before[strings.LastIndexAny(before[:len(before)-1], " \t\n,(=<>+-*/")+1:len(before)-1], used)
	}
	return p.inStatement(before, word, used)
}

// membersOf are what may follow a point: schema.TABLE, table.COLUMN, alias.COLUMN. used are the statement's tables and aliases.
func (p *sqlPrompt) membersOf(owner string, used [][]string) (out []string) {
	for _, t := range p.tables {
		if strings.EqualFold(t.Schema, owner) {
			out = append(out, ident(t.Name))
		}
		isIt := strings.EqualFold(sqlName(t), owner)
		for _, u := range used {
			isIt = isIt || strings.EqualFold(u[2], owner) && strings.EqualFold(u[1], sqlName(t))
		}
		if isIt {
			for _, c := range t.Columns {
				out = append(out, ident(c.Name))
			}
		}
	}
	return out
}

// inStatement are tables after FROM and JOIN; elsewhere columns, keywords and tables.
func (p *sqlPrompt) inStatement(before, word string, used [][]string) (out []string) {
	last := ""
	if f := strings.Fields(strings.ToLower(before)); len(f) > 0 {
		last = f[len(f)-1]
	}
	if last == "from" || last == "join" {
		return p.tableNames()
	}
	named := map[string]bool{}
	for _, u := range used {
		named[strings.ToLower(u[1])] = true
	}
	for _, t := range p.tables { // columns of the tables that the statement names; where it names none yet, of all views
		if named[strings.ToLower(sqlName(t))] || len(used) == 0 && t.Schema == "main" {
			for _, c := range t.Columns {
				out = append(out, ident(c.Name))
			}
		}
	}
	if upper := strings.ToUpper(word); word != "" && word == upper && strings.ToLower(word) != upper {
		for _, k := range keywords {
			out = append(out, strings.ToUpper(k))
		}
	} else {
		out = append(out, keywords...)
	}
	return append(out, p.tableNames()...)
}

func (p *sqlPrompt) tableNames() []string {
	var out []string
	schemas := map[string]bool{}
	for _, t := range p.tables {
		out = append(out, sqlName(t))
		if t.Schema != "main" && !schemas[t.Schema] {
			schemas[t.Schema] = true
			out = append(out, t.Schema+".")
		}
	}
	return out
}
