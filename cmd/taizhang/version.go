package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"taizhang/internal/lang"
)

// version of the program; the Makefile sets it from CHANGELOG.md.
var version = "dev"

func (a *app) versionCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: lang.Phrase("Print the version, and those of the engine and the toolchain", "显示版本，以及数据库引擎和工具链的版本"),
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			driver := "?"
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, d := range info.Deps {
					if d.Path == "github.com/duckdb/duckdb-go/v2" {
						driver = d.Version
					}
				}
			}
			_, err := fmt.Fprintf(a.out, "taizhang %s\nduckdb-go %s\n%s %s/%s\n", version, driver, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
