package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/sink"
	"taizhang/ingest/forms"
	"taizhang/internal/decl"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/zone"
	"taizhang/queries"
	"taizhang/queries/fence"
)

// exportTime is how long a query whose result goes to a file or another program may take.
const exportTime = 15 * time.Minute

// exportSQL runs a query and writes every row of its result.
func (a *app) exportSQL(ctx context.Context, r *queries.Reader, query string, fence fence.Options, bound []string) error {
	fence.MaxRows, fence.Deadline = 1<<62, exportTime
	cut, rows := false, int64(0)
	err := a.writeResult(func(w io.Writer) (err error) {
		var s sink.Sink
		discard := func() error { return nil }
		defer func() { err = errors.Join(err, discard()) }()
		m := a.meter()
		defer m.end()
		err = r.StreamSQL(ctx, query, fence, func(columns []result.Column) (err error) {
			if a.format == "table" || a.format == "md" {
				long := newLongText(w, a.format, columns)
				discard, s = long.discard, long
				return nil
			}
			s, err = sink.New(ctx, w, a.format, columns, sink.ToFile(a.output != ""), r.Location(), a.say)
			return err
		}, func(row []any) error {
			if rows++; rows%1000 == 0 {
				m.report(rows, 0, lang.Say("writing rows", "写出各行"))
			}
			return s.Row(row)
		}, func() { cut = true }, bound...)
		switch {
		case err != nil:
			return err
		case cut:
			return lang.Errorf("the result is longer than can be written", "结果太长，写不下")
		}
		return s.End()
	})
	if err == nil && rows == 0 && a.format == "md" && a.output == "" {
		a.tell("Nothing to list.", "没有可列出的内容。")
	}
	return err
}

// writeResult writes to -o, wholly or not at all, or to standard output.
func (a *app) writeResult(write func(io.Writer) error) error {
	if a.output == "" {
		return write(a.out)
	}
	if err := durable.Write(a.output, 0o644, write); err != nil {
		return unwritten(a.output, err)
	}
	if a.replaces {
		a.tell("%s is replaced", "%s 已被替换", a.output)
	}
	return nil
}

// unwritten says in both languages that a file can't be written.
func unwritten(file string, err error) error {
	if err == nil || !strings.HasPrefix(err.Error(), "write "+file+": ") || errors.Unwrap(err) == nil {
		return err
	}
	return lang.Errorf("%[1]w", "写不进 %[2]s：%[3]w", err, file, errors.Unwrap(err))
}

// checkPlace refuses an -o into what the zone itself keeps: an issued paper, an original, a publication would be written over,
// and a result in the inbox would be taken for a return.
func (a *app) checkPlace(cmd *cobra.Command) error {
	f := cmd.Flags().Lookup("output")
	if f == nil || !f.Changed || a.zoneDir == "" {
		return nil
	}
	zoneDir, err := filepath.Abs(a.zoneDir)
	if err != nil {
		return err
	}
	file, err := filepath.Abs(f.Value.String())
	if err != nil {
		return err
	}
	in, ok := inside(zoneDir, file)
	if !ok {
		return nil
	}
	first, _, below := strings.Cut(filepath.ToSlash(in), "/")
	kept := below && slices.Contains(keptFolders, first) ||
		!below && (first == zone.FileName || first == forms.LearnedFile || strings.HasPrefix(first, "warehouse.duckdb") || strings.HasPrefix(first, "state.sqlite"))
	if !kept {
		return nil
	}
	return usagef("-o %s: what lies there is the zone's own; give a name elsewhere", "-o %s：那里存放的是台账自己的文件，请写到别处", f.Value.String())
}

// keptFolders are those that the zone itself fills.
var keptFolders = []string{"inbox", "outbox", "archive", "published", "summaries", "logs"}

// inside is where a path lies in a folder, as far as both are there.
func inside(folder, path string) (in string, ok bool) {
	for _, p := range []*string{&folder, &path} {
		if dir, err := filepath.EvalSymlinks(filepath.Dir(*p)); err == nil {
			*p = filepath.Join(dir, filepath.Base(*p))
		}
	}
	in, err := filepath.Rel(folder, path)
	return in, err == nil && filepath.IsLocal(in)
}

// keptByZone says whether a folder is the zone's own, or one that it fills.
func (a *app) keptByZone(dir string) bool {
	zoneDir, err := filepath.Abs(a.zoneDir)
	if err == nil {
		dir, err = filepath.Abs(dir)
	}
	if err != nil {
		return false
	}
	in, ok := inside(zoneDir, dir)
	first, _, _ := strings.Cut(filepath.ToSlash(in), "/")
	return ok && (in == "." || slices.Contains(keptFolders, first))
}

// noSuchUnit refuses a name that no unit has, and says which was meant.
func noSuchUnit(z *office.Zone, name string) error {
	var names []string
	for _, s := range z.Submitters {
		names = append(names, s.Name)
	}
	return usagef("no such submitter: %s%s", "没有填报单位“%s”%s", name, decl.DidYouMean(name, names))
}

// checkOutput says that a file that is there is replaced; where it is to be kept, as what took somebody a query, it is refused
// without --replace.
func (a *app) checkOutput(keep bool) error {
	if a.output == "" {
		return nil
	}
	info, err := os.Stat(a.output)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if info, err := os.Stat(filepath.Dir(a.output)); err != nil || !info.IsDir() {
			return lang.Errorf("write %s: there is no folder %s", "写不进 %s：没有文件夹 %s", a.output, filepath.Dir(a.output))
		}
		return nil
	case err != nil:
		return err
	case info.IsDir():
		return usagef("-o %s is a folder\nhint: name a file in it, such as %s", "-o %s 是文件夹\n建议：写其中的文件名，如 %s", a.output, filepath.Join(a.output, lang.Phrase("result.xlsx", "结果.xlsx")))
	case keep && !a.replace:
		return usagef("%s is there already\nhint: --replace writes over it", "%s 已存在\n建议：加 --replace 可覆盖", a.output)
	case !keep && !a.served: // whoever handed it over has said so
		a.replaces = true
	}
	return nil
}

// unknownName refuses a name and says which was meant.
func unknownName(what lang.Text, name string, known []string) error {
	return usagef("unknown %s %q%s", "没有%s %q%s", what, name, decl.DidYouMean(name, known))
}
