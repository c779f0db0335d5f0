package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/queries"
)

func (a *app) sqlCmd() *cobra.Command {
	var saved bool
	c := &cobra.Command{
		Use:   "sql [QUERY|@SAVED [--PARAMETER VALUE]...]",
		Short: "Run one SELECT against the published figures, fenced",
		Long: "Runs one SELECT against the published copy, in a process of its own with limits on memory, time and rows,\n" +
			"without access to files or the network. Without an argument the query is read from standard input;\n" +
			"@name runs queries/saved/name.sql, whose parameters are flags; --saved lists them.",
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
				return a.printSaved(a.zoneDir)
			case len(args) > 1:
				return usagef("sql takes one query, not %d", len(args))
			}
			z, r, err := a.reader()
			if err != nil {
				return err
			}
			defer r.Close()
			query, bound := "", []string(nil)
			switch {
			case len(args) == 0:
				text, err := io.ReadAll(a.in)
				if err != nil {
					return err
				}
				query = string(text)
			case strings.HasPrefix(args[0], "@"):
				if query, bound, err = boundQuery(z.Dir, args[0][1:], values); err != nil {
					return err
				}
			default:
				query = args[0]
			}
			if strings.TrimSpace(query) == "" {
				return usagef("no query")
			}
			t, err := r.SQL(cmd.Context(), query, queries.Fence{}, bound...)
			if err != nil {
				return err
			}
			if t.Truncated {
				a.say("only the first %d rows are shown", len(t.Rows))
			}
			columns := make([]string, len(t.Columns))
			for i, c := range t.Columns {
				columns[i] = c.Name
			}
			return a.print(t.Records(), columns...)
		},
	}
	c.Flags().BoolVar(&saved, "saved", false, "list the saved queries with their parameters")
	return c
}
