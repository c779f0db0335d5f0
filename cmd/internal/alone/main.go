// Command alone runs single parts of taizhang by themselves, as whole
// processes that bench can measure beside other programs:
//
//	alone archive ZONE               put what lies in ZONE/inbox into ZONE's archive (a preparation, not measured)
//	alone intake ZONE DB             read, judge and store what is in ZONE's archive, into a new warehouse DB
//	alone read FILE|DIR              read the first sheet of each workbook, cell by cell
//	alone inflate FILE|DIR           unpack sheets and shared strings and do nothing with them: the floor of reading
//
// Intake alone is what a run does between archive and receipts; models, figures and publication are left out.
// TAIZHANG_CPUPROFILE=FILE writes a CPU profile of the part.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(args []string) (err error) {
	if name := os.Getenv("TAIZHANG_CPUPROFILE"); name != "" {
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	ctx := context.Background()
	switch {
	case len(args) == 2 && args[0] == "archive":
		return fill(args[1])
	case len(args) == 3 && args[0] == "intake":
		return intake(ctx, args[1], args[2])
	case len(args) == 2 && args[0] == "read":
		return each(args[1], func(file string, s *seen) error { return read(ctx, file, s) })
	case len(args) == 2 && args[0] == "inflate":
		return each(args[1], inflate)
	}
	return errors.New("usage: alone archive ZONE | intake ZONE DB | read FILE|DIR | inflate FILE|DIR")
}

// seen is what a reader saw, printed alike by all readers that are compared.
type seen struct{ files, rows, cells, dates, bytes int }

// each calls f with a file, or every workbook below a folder, in the order of their names.
func each(path string, f func(string, *seen) error) error {
	files, err := workbooks(path)
	if err != nil {
		return err
	}
	s := seen{files: len(files)}
	for _, file := range files {
		if err := f(file, &s); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	fmt.Println(s.files, s.rows, s.cells, s.dates, s.bytes)
	return nil
}

func workbooks(path string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && (name == path || strings.HasSuffix(name, ".xlsx")) {
			files = append(files, name)
		}
		return err
	})
	slices.Sort(files)
	return files, err
}
