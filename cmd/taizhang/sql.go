package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/queries"
)

func (a *app) sqlCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "sql [QUERY|@SAVED]",
		Short: "Run one SELECT against the published figures, fenced",
		Long: "Runs one SELECT against the published copy, in a process of its own with limits on memory, time and rows,\n" +
			"without access to files or the network. Without an argument the query is read from standard input;\n" +
			"@name runs queries/saved/name.sql.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			z, r, err := a.reader()
			if err != nil {
				return err
			}
			defer r.Close()
			query := ""
			switch {
			case len(args) == 0:
				text, err := io.ReadAll(a.in)
				if err != nil {
					return err
				}
				query = string(text)
			case strings.HasPrefix(args[0], "@"):
				if query, err = savedQuery(z.Dir, args[0][1:]); err != nil {
					return err
				}
			default:
				query = args[0]
			}
			if strings.TrimSpace(query) == "" {
				return usagef("no query")
			}
			t, err := r.SQL(cmd.Context(), query, queries.Fence{})
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
}

// savedQuery reads a zone's own saved query, or one that comes with the program.
func savedQuery(dir, name string) (string, error) {
	if name == "" || strings.ContainsAny(name, `/\`) {
		return "", usagef("@%s: the name of a saved query is expected", name)
	}
	text, err := os.ReadFile(filepath.Join(dir, "queries", "saved", name+".sql"))
	if err == nil {
		return string(text), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("saved query %s: %w", name, err)
	}
	text, err = fs.ReadFile(queries.Saved(), name+".sql")
	if errors.Is(err, fs.ErrNotExist) {
		return "", usagef("no saved query %q", name)
	}
	return string(text), err
}
