package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/office/copies"
	"taizhang/cmd/internal/office/doctor"
	"taizhang/internal/backup"
	"taizhang/internal/lang"
	"taizhang/internal/result"
)

func (a *app) backupCmd() *cobra.Command {
	var o copies.Options
	var list bool
	c := &cobra.Command{
		Use:   "backup DIR",
		Short: lang.Phrase("Copy what can't be made again into a folder elsewhere, and read it back", "把无法重新生成的内容复制到另一处文件夹，并回读核对"),
		Long: lang.Phrase("Copies originals, journal, keys, declarations, receipts, papers, what waits in the inbox and what is published into\n"+
			"DIR, which should lie on another disk: a USB stick or a share will do. It works while run or serve is at work, copies\n"+
			"only what DIR doesn't hold yet, and reads back what it wrote, and a sixteenth of the rest (--verify: all). A backup\n"+
			"that was cut short is none; the next one goes on from it.\n\n"+
			"Left out: the warehouse, which restore makes anew, and the publications kept for models rollback.\n"+
			"DIR holds persons' numbers and the zone's keys: lock it away.",
			"把原件、日志、密钥、配置、回执、材料、收件箱中的文件和已发布的数据复制到指定的文件夹。\n"+
				"该文件夹应在另一块磁盘上，U盘或共享文件夹均可。run 或 serve 运行时也能备份；只复制其中\n"+
				"还没有的内容，写入的内容全部回读，其余抽查十六分之一（--verify：全部回读）。\n"+
				"中途断开的备份不算数，下次备份时接着做。\n"+
				"\n"+
				"不备份：数据库（恢复时重新生成）、供 models rollback 用的历次发布。\n"+
				"备份中有个人证件号码和本区密钥，请妥善保管。"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if list {
				if err := alone(cmd, "list", "keep", "keep-monthly", "verify", "new"); err != nil {
					return err
				}
				return a.listBackups(args[0])
			}
			z, err := a.zone()
			if err != nil {
				return err
			}
			o.Dir, o.Program, o.Clock, o.Pause, o.Log = args[0], version, a.now, sleep, a.log()
			m := a.meter()
			o.Progress = m.report
			r, err := copies.Make(cmd.Context(), z, o)
			m.end()
			if r == nil || r.Name == "" {
				return err
			}
			for _, w := range r.Warnings {
				fmt.Fprintln(a.err, lang.Say("warning: %s", "注意：%s", w))
			}
			if a.format != "table" {
				return errors.Join(a.print([]result.Record{backupRecord(r)}), err)
			}
			a.say("%s", lang.Say("Backup %[1]s: %[2]d files, %[3]s, of which %[4]s were copied; read back: %[5]s.", "备份 %[1]s：%[2]d个文件，共%[3]s，其中新复制%[4]s；已回读核对%[5]s。",
				r.Name, r.Files, megabytes(r.Bytes), megabytes(r.CopiedBytes), counted(r.ReadBack, "piece", "%d块")))
			if len(r.Removed) > 0 {
				a.say("%s", lang.Say("Removed: %[1]d older backups; %[2]d are kept.", "清除旧备份%[1]d个，保留%[2]d个。", len(r.Removed), r.Kept))
			}
			return err
		},
	}
	a.outputFlag(c)
	c.Flags().IntVar(&o.Keep, "keep", 0, lang.Phrase("how many of the newest backups stay (0: all)", "保留最近几份备份（0：全部保留）"))
	c.Flags().IntVar(&o.KeepMonthly, "keep-monthly", 0, lang.Phrase("of how many months the newest stays too", "另外每月保留最新一份，共保留几个月"))
	c.Flags().BoolVar(&o.Verify, "verify", false, lang.Phrase("read everything in DIR again", "把 备份文件夹中的内容全部重新核对一遍"))
	c.Flags().BoolVar(&o.New, "new", false, lang.Phrase("begin anew in DIR, although the last backup went there and is gone", "上次的备份已不在该文件夹中，仍在那里从头开始"))
	c.Flags().BoolVar(&list, "list", false, lang.Phrase("list the backups in DIR", "列出文件夹中的备份"))
	return c
}

func backupRecord(r *copies.Report) result.Record {
	warnings := []string{}
	for _, w := range r.Warnings {
		warnings = append(warnings, w.Error())
	}
	return result.Record{{Key: "backup", Value: r.Name}, {Key: "at", Value: r.At.Format(time.RFC3339)}, {Key: "dir", Value: r.Dir}, {Key: "files", Value: int64(r.Files)}, {Key: "bytes", Value: r.Bytes},
		{Key: "copied_bytes", Value: r.CopiedBytes}, {Key: "read_back", Value: int64(r.ReadBack)}, {Key: "kept", Value: int64(r.Kept)}, {Key: "removed", Value: r.Removed},
		{Key: "lost", Value: r.Lost}, {Key: "warnings", Value: warnings}}
}

func (a *app) listBackups(dir string) error {
	store, err := backup.Open(dir)
	if errors.Is(err, backup.ErrNone) {
		return usageError{lang.Say("%[1]s holds no backups", "%[1]s 中没有备份", dir)}
	}
	if err != nil {
		return err
	}
	sets, damaged, err := store.Sets()
	if err != nil {
		return err
	}
	lacking, err := store.Lacking()
	if err != nil {
		return err
	}
	isLacking := map[string]bool{}
	for _, n := range lacking {
		isLacking[n] = true
	}
	records := []result.Record{}
	for _, s := range sets {
		records = append(records, result.Record{{Key: "backup", Value: s.Name}, {Key: "at", Value: s.At.Format(time.RFC3339)}, {Key: "zone", Value: store.Owner()}, {Key: "files", Value: int64(len(s.Files))},
			{Key: "bytes", Value: s.Bytes()}, {Key: "program", Value: s.Program}, {Key: "whole", Value: !isLacking[s.Name]}})
	}
	if err := a.print(records, "backup", "at", "zone", "files", "bytes", "program", "whole"); err != nil {
		return err
	}
	return errors.Join(damaged...)
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) }

func (a *app) restoreCmd() *cobra.Command {
	var o office.RestoreOptions
	c := &cobra.Command{
		Use:   "restore DIR [--to ZONE]",
		Short: lang.Phrase("Bring a zone back from a backup into an empty folder, and prove its figures", "从备份恢复到空文件夹，并核对数字"),
		Long: lang.Phrase("Writes every file of a backup in DIR into an empty folder and compares it with its hash; then makes the warehouse anew\n"+
			"from archive and journal and compares every return and every figure with what had been published. taizhang.yaml is\n"+
			"written last: a restore that was cut short leaves no zone, and goes on when it is begun again.",
			"把文件夹中一份备份的全部文件写入空文件夹，逐个核对；再由档案和日志重建数据库，\n"+
				"把每份报表、每个数字与当时发布的核对。taizhang.yaml 最后写入：\n"+
				"中途断开的恢复不会留下半个园区，再次执行即可接着恢复。"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Dir, o.Log = args[0], a.log()
			if o.To == "" {
				o.To = a.zoneDir
			}
			m := a.meter()
			o.Progress = m.report
			r, err := office.Restore(cmd.Context(), o)
			m.end()
			if r == nil {
				return err
			}
			for _, d := range r.Differences {
				fmt.Fprintln(a.err, d.Said)
			}
			if a.format != "table" {
				return errors.Join(a.print([]result.Record{restoreRecord(r)}), err)
			}
			if err == nil {
				a.sayRestored(r)
			}
			return err
		},
	}
	a.outputFlag(c)
	c.Flags().StringVar(&o.To, "to", "", lang.Phrase("empty or missing folder (default: that of --zone)", "空的或尚不存在的文件夹（默认：--zone 指定的文件夹）"))
	c.Flags().StringVar(&o.Name, "at", "", lang.Phrase("which backup, as backup --list names it (default: the newest)", "恢复哪一份备份，名称见 backup --list（默认：最新一份）"))
	return c
}

func (a *app) sayRestored(r *office.RestoreReport) {
	a.say("%s", lang.Say("Restored backup %[1]s into %[2]s: %[3]d files, %[4]s, among them %[5]d receipts and %[6]d papers; each agrees with its hash.",
		"备份 %[1]s 已恢复到 %[2]s：%[3]d个文件，共%[4]s，其中回执%[5]d份、材料%[6]d份，逐个核对一致。", r.Name, r.To, r.Files, megabytes(r.Bytes), r.Receipts, r.Papers))
	switch {
	case r.Proven && r.Figures == 0: // the note says why
		a.say("%s", lang.Say("The warehouse was made anew from archive and journal: its %[1]d returns are those that were published.",
			"已由档案和日志重建数据库：%[1]d份报表与当时发布的完全一致。", r.Returns))
	case r.Proven:
		a.say("%s", lang.Say("The warehouse was made anew from archive and journal: %[1]d returns and %[2]d figures are those that were published.",
			"已由档案和日志重建数据库：%[1]d份报表、%[2]d个数字与当时发布的完全一致。", r.Returns, r.Figures))
	}
	for _, n := range r.Notes {
		a.say("%s", n)
	}
}

func restoreRecord(r *office.RestoreReport) result.Record {
	notes, differences := []string{}, []string{}
	for _, n := range r.Notes {
		notes = append(notes, n.Error())
	}
	for _, d := range r.Differences {
		differences = append(differences, fmt.Sprintf("%s: %s → %s", d.What, orDash(d.Before), orDash(d.After)))
	}
	return result.Record{{Key: "backup", Value: r.Name}, {Key: "at", Value: r.At.Format(time.RFC3339)}, {Key: "to", Value: r.To}, {Key: "files", Value: int64(r.Files)}, {Key: "bytes", Value: r.Bytes},
		{Key: "receipts", Value: int64(r.Receipts)}, {Key: "papers", Value: int64(r.Papers)}, {Key: "proven", Value: r.Proven}, {Key: "returns", Value: int64(r.Returns)},
		{Key: "figures", Value: int64(r.Figures)}, {Key: "differences", Value: differences}, {Key: "notes", Value: notes}}
}

func (a *app) doctorCmd() *cobra.Command {
	var o doctor.Options
	c := &cobra.Command{
		Use:   "doctor",
		Short: lang.Phrase("Look the zone over: archive, journal, warehouse, publication, disk, clock, backups", "全面检查：档案、日志、数据库、发布、磁盘、时钟、备份"),
		Long: lang.Phrase("Compares every original with its hash, the journal with warehouse and publication, reads every block of both, and looks\n"+
			"for lost papers, leftovers, room on the disk, the clock, permissions and the age of the last backup. Each fault comes\n"+
			"with the command that mends it. --mend mends what is safe: it puts back lost files from a backup, removes leftovers.\n\n"+
			"Exit code: 0 nothing is at fault, 1 something is.",
			"逐个核对原件，把日志与数据库、发布的数据核对，完整读取数据库和发布文件，并检查\n"+
				"遗失的材料、残留文件、磁盘空间、时钟、权限和备份的新旧。每处故障都给出修复命令。\n"+
				"--mend 只做安全的修复：从备份补回遗失的文件，清除残留文件。\n"+
				"\n"+
				"退出码：0 没有故障，1 有故障。"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.From != "" && !o.Mend {
				return usageError{lang.Say("--from would change nothing without --mend", "没有 --mend 时 --from 不起作用")}
			}
			o.Program, o.Clock, o.Log = version, a.now, a.log()
			found, err := doctor.Examine(cmd.Context(), a.zoneDir, o)
			if err != nil {
				return err
			}
			faults := 0
			records := make([]result.Record, len(found))
			for i, f := range found {
				if f.State == doctor.Faulty {
					faults++
				}
				records[i] = result.Record{{Key: "check", Value: f.Check}, {Key: "state", Value: string(f.State)}, {Key: "path", Value: f.Path}, {Key: "message", Value: f.Message.Error()}, {Key: "command", Value: f.Command}}
			}
			if err := a.print(records, "check", "state", "path", "message", "command"); err != nil {
				return err
			}
			if faults > 0 {
				return lang.Say("faults: %[1]d", "%[1]d处故障", faults)
			}
			return nil
		},
	}
	a.outputFlag(c)
	c.Flags().BoolVar(&o.Mend, "mend", false, lang.Phrase("mend what is safe to mend", "修复可以安全修复的故障"))
	c.Flags().StringVar(&o.From, "from", "", lang.Phrase("folder of backups to put lost files back from (default: that of the last backup)", "从哪个备份文件夹补回遗失的文件（默认：上次备份的文件夹）"))
	return c
}
