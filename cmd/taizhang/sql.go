package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/internal/lang"
	"taizhang/internal/shell"
	"taizhang/queries"
	"taizhang/queries/fence"
)

func (a *app) sqlCmd() *cobra.Command {
	var saved bool
	c := &cobra.Command{
		Use:   "sql [QUERY|@SAVED [--PARAMETER VALUE]...]",
		Short: lang.Phrase("Query the published figures: an interactive prompt, or one SELECT", "查询已发布的数据：交互提示符，或一条 SELECT"),
		Long: lang.Phrase("Runs one SELECT against the published copy, in a process of its own with limits on memory, time and rows,\n"+
			"without access to files or the network. Without a query it opens a prompt on a terminal (history, completion,\n"+
			".help), and elsewhere reads the query from standard input. @name runs queries/saved/name.sql, whose parameters\n"+
			"are flags; --saved lists them. -o writes the result to a file whose name tells the format; --replace over an old one.\n"+
			"--as-of and --known-at show the models and the forms' views as they stood then.",
			"在独立进程中对已发布的数据执行一条 SELECT，限制内存、时间和行数，不能访问文件和网络。\n"+
				"不写语句时，在终端上打开提示符（历史、补全、.help），否则从标准输入读取语句。\n"+
				"@名称 执行 queries/saved/名称.sql，其参数写成选项；--saved 列出这些查询。\n"+
				"-o 把结果写入文件，由扩展名决定格式；加 --replace 覆盖旧文件。\n"+
				"--as-of 和 --known-at 按当时的状态显示模型和各表视图。"),
		DisableFlagParsing: true, // a saved query has flags of its own
		RunE: func(cmd *cobra.Command, args []string) error {
			args, values, err := a.parseSavedFlags(cmd, args)
			if err != nil {
				return err
			}
			switch help, err := cmd.Flags().GetBool("help"); {
			case err == nil && help:
				return cmd.Help()
			case saved:
				return a.listSaved(cmd, args)
			case a.replace && a.output == "":
				return usagef("--replace would change nothing without -o", "没有 -o 时 --replace 不起作用")
			case len(args) > 1:
				return usagef("sql takes one query, not %d", "sql 只执行一条语句，不是%d条", len(args))
			case len(args) == 0 && shell.IsTerminal(a.in, a.out):
				return a.sqlShell(cmd.Context())
			}
			return a.runSQL(cmd.Context(), args, values)
		},
	}
	a.outputFlag(c)
	c.Flags().BoolVar(&a.replace, "replace", false, lang.Phrase("write over the file of -o", "覆盖 -o 指定的文件"))
	c.Flags().BoolVar(&saved, "saved", false, lang.Phrase("list the saved queries with their parameters", "列出保存的查询及其参数"))
	return c
}

// listSaved lists the saved queries; flags that could only be meant for a query are refused.
func (a *app) listSaved(cmd *cobra.Command, args []string) error {
	if err := alone(cmd, "saved", "as-of", "known-at", "replace"); err != nil {
		return err
	}
	if len(args) > 0 {
		return usagef("sql --saved lists the saved queries: no query goes with it", "sql --saved 只列出保存的查询，不能同时写语句")
	}
	return cmp.Or(a.checkOutput(false), a.printSaved(a.zoneDir))
}

// runSQL runs the query that was given, or that standard input has, and prints or writes what it gives.
func (a *app) runSQL(ctx context.Context, args []string, values map[string]string) error {
	z, r, err := a.reader()
	if err != nil {
		return err
	}
	defer r.Close()
	query, bound, err := a.queryOf(z, args, values)
	if err != nil {
		return err
	}
	fence, err := a.fence(r)
	if err != nil {
		return err
	}
	a.sayUnmoved(query)
	if err := errors.Join(a.checkTerminal(), a.checkOutput(true)); err != nil {
		return err
	}
	if a.format != "table" || a.output != "" {
		return a.exportSQL(ctx, r, query, fence, bound)
	}
	t, err := r.SQL(ctx, query, fence, bound...)
	if err != nil {
		return err
	}
	if t.Truncated {
		a.tell("only the first %d rows are shown; -f csv, json or parquet, or -o FILE, has them all", "只显示前%d行；用 -f csv、json、parquet 或 -o 文件可得到全部", len(t.Rows))
	}
	return a.printResult(t)
}

// queryOf is the query to run: as typed, a saved one with its parameters bound, or what standard input has.
func (a *app) queryOf(z *office.Zone, args []string, values map[string]string) (query string, bound []string, err error) {
	switch {
	case len(args) == 0:
		text, err := io.ReadAll(a.in)
		if err != nil {
			return "", nil, err
		}
		query = string(text)
	case strings.HasPrefix(args[0], "@"):
		if query, bound, err = a.boundQuery(z, args[0][1:], values); err != nil {
			return "", nil, err
		}
	default:
		query = args[0]
	}
	if strings.TrimSpace(query) == "" {
		return "", nil, usagef("no query", "没有查询语句")
	}
	return query, bound, nil
}

// unmoved are tables that hold what was received whatever point is asked for.
var unmoved = regexp.MustCompile(`(?i)\braw\.\w+|\bctl\.check_(?:row|result)\b`)

// narrowed finds queries that ask themselves which returns were known, or counted.
var narrowed = regexp.MustCompile(`(?i)\bcore\.(?:known|received|counted)_return\b`)

// sayUnmoved names the tables of a query that another date or time leaves as they are.
func (a *app) sayUnmoved(query string) {
	if a.asOf == "" && a.knownAt == "" || narrowed.MatchString(query) {
		return
	}
	var names []string
	for _, n := range unmoved.FindAllString(query, -1) {
		if n = strings.ToLower(n); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	if len(names) > 0 {
		a.tell("note: --as-of and --known-at leave %[1]s as published, with all that was received; core.known_return has the returns that were known then", "注意：--as-of 和 --known-at 不影响 %[1]s，其中是发布时收到的全部内容；当时已知的报表见 core.known_return", strings.Join(names, lang.Phrase(", ", "、")))
	}
}

// fence is how typed queries are run: at the point of the command line.
func (a *app) fence(r *queries.Reader) (fence.Options, error) {
	p, err := a.pointIn(r)
	if err != nil {
		return fence.Options{}, err
	}
	return fence.Options{At: r.Elsewhere(p)}, nil
}
