package fence

import (
	"bufio"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"
	"unicode/utf8"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
)

// ChildMain is the process of one fenced query: it reads the request from
// standard input, fences itself in and answers in lines of JSON. Its result is
// the exit code; errors of the query are part of the answer.
func ChildMain() int {
	signal.Ignore(os.Interrupt) // Ctrl-C reaches all processes of a terminal; the parent decides
	var req childRequest
	text, err := io.ReadAll(io.LimitReader(os.Stdin, 16<<20))
	if err == nil {
		err = json.Unmarshal(text, &req)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "no request:", err)
		return 2
	}
	if err := limitProcess(req.Memory, req.Seconds); err != nil {
		fmt.Fprintln(os.Stderr, "can't limit this process:", err)
		return 2
	}
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	if err := answer(req, enc, out); err != nil {
		var fe *Error
		if !errors.As(err, &fe) {
			fe = explain(err, req.Memory)
		}
		if err := enc.Encode(childLine{Error: &fe.Message, Hint: fe.Hint}); err != nil {
			return 1
		}
	}
	if err := out.Flush(); err != nil {
		return 1
	}
	return 0
}

func answer(req childRequest, enc *json.Encoder, out *bufio.Writer) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(req.Seconds*float64(time.Second)))
	defer cancel()
	conn, closeAll, err := fencedConn(ctx, req)
	if err != nil {
		return err
	}
	defer closeAll()
	asked, plan := explained(req.Query)
	if !plan {
		asked = req.Query
	}
	if err := onlySelect(conn, asked); err != nil {
		return err
	}
	args := make([]any, len(req.Args))
	for i, a := range req.Args {
		args[i] = a
	}
	told := func() {}
	if req.Progress {
		told = tell(conn, func(p Progress) error { return errors.Join(enc.Encode(childLine{Far: &p}), out.Flush()) })
	}
	rows, err := conn.QueryContext(ctx, req.Query, args...)
	told()
	if err != nil {
		return err
	}
	defer rows.Close()
	if plan {
		return answerPlan(rows, enc)
	}
	columns, err := columnsOf(rows)
	if err != nil {
		return err
	}
	if err := enc.Encode(childLine{Columns: columns}); err != nil {
		return err
	}
	cut, err := answerRows(rows, columns, &req, enc)
	if err != nil {
		return err
	}
	end := childLine{}
	end.End = &struct {
		Truncated bool `json:"truncated"`
	}{cut}
	return enc.Encode(end)
}

// columnsOf are the columns of a result, whose names differ.
func columnsOf(rows *sql.Rows) ([]result.Column, error) {
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	names := make([]string, len(types))
	for i, ct := range types {
		names[i] = ct.Name()
	}
	names = distinct(names)
	columns := make([]result.Column, len(types))
	for i, ct := range types {
		columns[i] = result.Column{Name: names[i], Type: ct.DatabaseTypeName()}
	}
	return columns, nil
}

// answerRows answers the rows of a result as far as the request allows; cut: there are more.
func answerRows(rows *sql.Rows, columns []result.Column, req *childRequest, enc *json.Encoder) (cut bool, err error) {
	into := make([]any, len(columns))
	values := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	var bytes int64
	for n := 0; rows.Next(); {
		if n == req.MaxRows {
			return true, nil
		}
		n++
		if err := rows.Scan(into...); err != nil {
			return false, err
		}
		row := make([]any, len(values))
		for i := range values {
			row[i] = cutText(result.Plain(values[i], columns[i].Type), req.MaxText)
		}
		bytes += sizeOf(row)
		if req.MaxBytes > 0 && bytes > req.MaxBytes && n > 1 {
			return true, nil
		}
		if err := enc.Encode(childLine{Row: row}); err != nil {
			return false, err
		}
	}
	return false, rows.Err()
}

// answerPlan answers EXPLAIN.
func answerPlan(rows *sql.Rows, enc *json.Encoder) error {
	columns, lines, err := planLines(rows)
	if err != nil {
		return err
	}
	if err := enc.Encode(childLine{Columns: columns}); err != nil {
		return err
	}
	for _, l := range lines {
		if err := enc.Encode(childLine{Row: []any{l}}); err != nil {
			return err
		}
	}
	return enc.Encode(childLine{End: &struct {
		Truncated bool `json:"truncated"`
	}{}})
}

// cutText cuts a long text and says how long it was; most 0 cuts none.
func cutText(v any, most int) any {
	text, ok := v.(string)
	if !ok || most <= 0 || len(text) <= most {
		return v
	}
	n := utf8.RuneCountInString(text)
	if n <= most {
		return v
	}
	end := 0
	for range most {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
	}
	return fmt.Sprintf("%s……（共%d字）", text[:end], n)
}

// sizeOf is about how much room a row takes.
func sizeOf(row []any) (n int64) {
	for _, v := range row {
		n += 16
		if text, ok := v.(string); ok {
			n += int64(len(text))
		}
	}
	return n
}

// distinct tells columns of the same name apart as DuckDB does in a table made of them: x, x_1.
func distinct(names []string) []string {
	taken := map[string]bool{}
	for _, n := range names {
		taken[n] = true
	}
	seen := map[string]bool{}
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n
		for k := 1; seen[out[i]] || out[i] != n && taken[out[i]]; k++ {
			out[i] = fmt.Sprintf("%s_%d", n, k)
		}
		seen[out[i]] = true
	}
	return out
}

// fencedConn opens the publication read-only and locks DuckDB's own doors:
// no other file, no network, no temporary folder, no setting that opens them.
func fencedConn(ctx context.Context, req childRequest) (*sql.Conn, func(), error) {
	limit := req.Memory / 3 // DuckDB's own share; the process limit is the hard one
	o := warehouse.Options{TimeZone: req.TimeZone, MemoryLimit: fmt.Sprintf("%dMB", max(limit>>20, 64)), Threads: 2}
	var db *warehouse.DB
	var err error
	if req.At != nil {
		db, err = warehouse.OpenAt(ctx, req.Path, o, *req.At)
	} else {
		db, err = warehouse.ReadOnly(req.Path, o)
	}
	if err != nil {
		return nil, nil, err
	}
	settings := []string{
		"set temp_directory = ''",
		"set enable_external_access = false",
		"set allow_community_extensions = false",
		"set lock_configuration = true",
	}
	if req.Progress {
		settings = append([]string{"set enable_progress_bar = true", "set enable_progress_bar_print = false"}, settings...)
	}
	for _, s := range settings {
		if _, err := db.Conn.ExecContext(ctx, s); err != nil {
			db.Close()
			return nil, nil, lang.Errorf("fence: %w", "查询进程：%w", err)
		}
	}
	return db.Conn, func() { db.Close() }, nil
}

// onlySelect refuses all but one SELECT: preparing refuses several statements,
// and the statement's type everything that acts.
func onlySelect(conn *sql.Conn, query string) error {
	return conn.Raw(func(c any) error {
		// not PrepareContext: that one runs all statements but the last
		stmt, err := c.(driver.Conn).Prepare(query)
		if err != nil {
			return err
		}
		defer stmt.Close()
		kind, err := stmt.(*duckdb.Stmt).StatementType()
		if err != nil {
			return err
		}
		if kind != duckdb.STATEMENT_TYPE_SELECT {
			return noSelect()
		}
		return nil
	})
}

func noSelect() *Error {
	return &Error{lang.Say("only a single SELECT can be run here", "这里只能执行一条 SELECT"), lang.Say("the published file is read-only; a result is kept by -o FILE or .export at the command line, by its download links on the page; EXPLAIN, DESCRIBE, SUMMARIZE and SHOW can be asked too", "已发布的文件只能读；要保存结果，命令行用 -o 文件 或 .export，网页点结果上方的“下载”；EXPLAIN、DESCRIBE、SUMMARIZE、SHOW 也可以用")}
}

// explain turns DuckDB's error into words for the one who typed the query.
func explain(err error, memory int64) *Error {
	text := err.Error()
	low := strings.ToLower(text)
	switch {
	case errors.Is(err, context.DeadlineExceeded) || strings.Contains(low, "interrupted"):
		return &Error{lang.Say("the query took too long and was stopped", "查询时间太长，已停止"), lang.Say("add conditions, or aggregate fewer rows", "请加条件，或少汇总一些行")}
	case strings.Contains(low, "out of memory") || strings.Contains(low, "failed to allocate") || strings.Contains(low, "could not allocate"):
		return outOfMemory(memory)
	case strings.Contains(low, "empty query"):
		return &Error{lang.Say("there is no statement in the query", "没有写查询语句"), lang.Say("write a SELECT, for example: select * from 问题台账 limit 10", "请写一条 SELECT，例如：select * from 问题台账 limit 10")}
	case strings.Contains(low, "preparecontext"):
		return &Error{lang.Say("only a single SELECT can be run here", "这里只能执行一条 SELECT"), lang.Say("remove the semicolon and what follows it; PIVOT needs its values named: ON x IN (…)", "请去掉分号及其后的内容；PIVOT 要写明各值：ON x IN (…)")}
	case strings.Contains(low, "incorrect argument count"):
		return &Error{lang.Say("the query has a placeholder ($1, $name or ?) without a value", "语句中有占位符（$1、$名称 或 ?）没有给值"), lang.Say("only saved queries have parameters: sql @name --parameter VALUE, or the fields under it on the page", "只有保存的查询才有参数：命令行写 sql @名称 --参数 值，网页在“常用查询”里填写")}
	case strings.Contains(low, "file system operations are disabled") || strings.Contains(low, "external access") || strings.Contains(low, "disabled by configuration"):
		return &Error{lang.Say("a query can read the published tables only, no files and no network", "查询只能读已发布的表，不能读文件和网络"), lang.Text{English: firstLine(text), Chinese: "去掉 read_csv、copy、attach 等读写文件的部分；查已发布的表，例如：select * from 问题台账 limit 10"}}
	case strings.Contains(low, "base table"), strings.Contains(low, "is not an table"): // it would change what a view shows
		return noSelect()
	case strings.Contains(low, "read-only"):
		return &Error{lang.Say("the published file is read-only", "已发布的文件只能读"), lang.Text{English: firstLine(text), Chinese: "请只写 SELECT"}}
	}
	var hint lang.Text
	if strings.Contains(text, "mart.metric") && strings.Contains(low, "does not exist") {
		hint = lang.Say("with --as-of or --known-at there is no mart.metric and mart.metric_week: taizhang metrics --as-of … computes figures", "加 --as-of 或 --known-at 时没有 mart.metric 和 mart.metric_week：计算数字请用 taizhang metrics --as-of …")
	}
	message, also := spoken(shortened(strings.TrimSpace(text)))
	if hint == (lang.Text{}) {
		hint = also
	}
	return &Error{message, hint}
}

// shortened keeps the beginning of a message and its last lines, which point at the place: an engine quotes whole
// values and statements.
func shortened(s string) string {
	const most = 600
	r := []rune(s)
	if len(r) <= 2*most {
		return s
	}
	return string(r[:most]) + " … " + string(r[len(r)-most:])
}

func firstLine(s string) string {
	first, _, _ := strings.Cut(s, "\n")
	return first
}
