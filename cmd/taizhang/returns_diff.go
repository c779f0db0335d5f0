package main

import (
	"errors"

	"github.com/spf13/cobra"

	"taizhang/internal/lang"
	"taizhang/queries"
)

func (a *app) returnsDiffCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "diff FROM TO",
		Short: lang.Phrase("Compare two returns of one form: rows added, gone, and changed value by value", "比较同一表样的两份报表：增加的行、减少的行、逐项改动"),
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			_, r, err := a.reader()
			if err != nil {
				return err
			}
			defer r.Close()
			records, err := r.ReturnsDiff(cmd.Context(), args[0], args[1])
			var none *queries.ErrNoReturn
			var differ *queries.ErrIncomparable
			switch {
			case errors.As(err, &none):
				return noSuchReturn(cmd.Context(), r, none)
			case errors.As(err, &differ):
				return usageError{err}
			}
			if err != nil {
				return err
			}
			return a.print(records, "change", "key", "column", "before", "after", "row_before", "row_after")
		},
	}
}
