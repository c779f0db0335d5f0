package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"taizhang/internal/lake"
	"taizhang/internal/lang"
	"taizhang/internal/result"
)

func (a *app) exportCmd() *cobra.Command {
	var o lake.Options
	c := &cobra.Command{
		Use:   "export --to DIR",
		Short: lang.Phrase("Write what was received as Parquet files that other engines read", "把收到的数据写成 Parquet 文件，供其他数据库引擎使用"),
		Long: lang.Phrase("Writes the rows of all returns, with what the models need beside them, as Parquet files by zone and month into DIR: a\n"+
			"lake that DuckDB, Trino or Python read, and that other zones may share. Only what isn't there yet is written; a\n"+
			"correction is a new file. Names of private persons and numbers stay masked, as in the publication.\n\n"+
			"Every export reads the zone's files again and compares them with their hashes; a damaged one is written anew. It may be\n"+
			"cut short at any time: the next one goes on. Exit code 1: files lie there that no export wrote.",
			"把全部报表的数据行和模型需要的其他表，按园区、按月写成 Parquet 文件，放入指定的文件夹\n"+
				"（数据湖）。DuckDB、Trino、Python 都能读，多个园区可以共用。只写其中还没有的内容；\n"+
				"更正是新的文件。个人姓名、证件号码和发布的数据一样，都是掩码。\n"+
				"\n"+
				"每次导出都重读本园区的文件并核对哈希，损坏的重新写出。中途断开没有关系，下次接着做。\n"+
				"退出码1：其中有不是导出写入的文件。"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.Dir == "" {
				return usageError{lang.Say("--to is missing: the folder of the lake", "缺 --to：数据湖所在的文件夹")}
			}
			z, err := a.zone()
			if err != nil {
				return err
			}
			if a.keptByZone(o.Dir) {
				return usagef("--to %s: that folder is the zone's own; name another one for the lake", "--to %s：那是园区自己的文件夹；请为数据湖另取一个文件夹", o.Dir)
			}
			file, err := a.published(z)
			if err != nil {
				return err
			}
			m := a.meter()
			o.Program, o.Clock, o.Progress = version, a.now, m.report
			begun := a.now()
			reports, err := lake.Export(cmd.Context(), file, o)
			m.end()
			records := []result.Record{}
			for _, r := range reports {
				records = append(records, exportRecord(r, o.Dir))
			}
			if a.format != "table" {
				err = errors.Join(a.print(records), err)
			}
			for _, r := range reports {
				if e := a.sayExported(r, o.Dir, a.now().Sub(begun).Seconds()); e != nil {
					err = errors.Join(err, e)
				}
			}
			return err
		},
	}
	a.outputFlag(c)
	c.Flags().StringVar(&o.Dir, "to", "", lang.Phrase("folder of the lake", "数据湖所在的文件夹"))
	c.Flags().StringVar(&o.Location, "location", "", lang.Phrase("where Trino sees that folder, such as s3://bucket/lake (default: as before, or local:///)", "Trino 看到的该文件夹的位置，如 s3://bucket/lake（默认：与上次相同，或 local:///）"))
	return c
}

// sayExported tells what an export did for a zone; files that nobody knows are an error at its end.
func (a *app) sayExported(r lake.Report, dir string, seconds float64) error {
	for _, n := range r.Notes {
		fmt.Fprintln(a.err, lang.Say("warning: %s", "注意：%s", n))
	}
	for _, d := range r.Damaged {
		fmt.Fprintln(a.err, lang.Say("warning: %v; it was written anew", "注意：%v；已重新写出", d))
	}
	rows, bytes := r.Manifest.Rows()
	if a.format == "table" {
		if len(r.Written) == 0 && len(r.Removed) == 0 {
			a.tell("Nothing new for the lake: %d files of zone %s hold all %d rows.", "没有新内容：数据湖中园区 %[2]s 的%[1]d个文件已含全部%[3]d行。", r.Kept, r.Manifest.Zone, rows)
		} else {
			written := int64(0)
			for _, f := range r.Written {
				written += f.Rows
			}
			a.tell("Zone %s: %d files written (%d rows), %d kept, %d removed; %d rows, %s in all, %.1f s: %s", "园区 %s：写入文件%d个（%d行），沿用%d个，清除%d个；共%d行，%s，用时%.1f秒：%s",
				r.Manifest.Zone, len(r.Written), written, r.Kept, len(r.Removed), rows, megabytes(bytes), seconds, dir)
		}
	}
	if len(r.Foreign) > 0 {
		return lang.Errorf("%d files in the lake were not written by any export, such as %s: engines that read whole folders would take them for data of zone %s\nhint: move them elsewhere", "数据湖中有%d个文件不是导出写入的，例如 %s：按文件夹读取的引擎会把它们当作园区 %s 的数据\n建议：请移到别处", len(r.Foreign), shown(r.Foreign[0]), r.Manifest.Zone)
	}
	return nil
}

func exportRecord(r lake.Report, dir string) result.Record {
	rows, bytes := r.Manifest.Rows()
	var rowsWritten, bytesWritten int64
	for _, f := range r.Written {
		rowsWritten, bytesWritten = rowsWritten+f.Rows, bytesWritten+f.Bytes
	}
	damaged := []string{}
	for _, d := range r.Damaged {
		damaged = append(damaged, d.Error())
	}
	notes := []string{}
	for _, n := range r.Notes {
		notes = append(notes, n.Error())
	}
	foreign := append([]string{}, r.Foreign...)
	return result.Record{{Key: "zone", Value: r.Manifest.Zone}, {Key: "dir", Value: dir}, {Key: "files", Value: int64(len(r.Written) + r.Kept)}, {Key: "rows", Value: rows}, {Key: "bytes", Value: bytes},
		{Key: "files_written", Value: int64(len(r.Written))}, {Key: "rows_written", Value: rowsWritten}, {Key: "bytes_written", Value: bytesWritten}, {Key: "files_removed", Value: int64(len(r.Removed))},
		{Key: "damaged", Value: damaged}, {Key: "foreign", Value: foreign}, {Key: "warnings", Value: notes}, {Key: "exported_at", Value: r.Manifest.ExportedAt}}
}
