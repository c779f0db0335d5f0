package main

import (
	"bufio"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/internal/decl"
	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/shell"
)

func (a *app) eraseCmd() *cobra.Command {
	var p office.Person
	var reason string
	var dryRun, yes bool
	c := &cobra.Command{
		Use:   "erase --person ID",
		Short: lang.Phrase("Leave a person's rows out of warehouse, published files and receipts", "把某人的记录从数据库、发布文件和回执中彻底清除"),
		Long: lang.Phrase("Removes the rows of one person from the warehouse and from what is published, for good: the journal notes it, so that\n"+
			"a rebuild doesn't bring them back. The person is named by 身份证号, or by a telephone number that belongs to nobody else;\n"+
			"- reads the number from standard input, which keeps it out of the shell's history.\n\n"+
			"Removed: rows and refused rows, also of superseded returns; what was found in them and what quotes the masked number;\n"+
			"kept publications; the receipts of the files that hold the number; extracts in summaries/by-submitter. 汇总台账 are\n"+
			"written anew. Not removed: the originals in archive/ and papers already issued, which are listed.\n\n"+
			"It concerns what was received so far. A later return that names the person again counts.",
			"把某人的记录从数据库和已发布的数据中永久清除：日志中有记载，重建时不会恢复。\n"+
				"以身份证号指定此人；也可用电话号码，但该号码只能属于一个人。\n"+
				"写 - 表示从标准输入读取号码，以免留在命令历史中。\n"+
				"\n"+
				"清除范围：记录和未计入的记录（包括已被取代的报表）、有关的审核意见、引用了掩码号码的内容、\n"+
				"保留的历次发布、含有该号码的回执、summaries/by-submitter 中的摘录；汇总台账重新生成。\n"+
				"不清除：archive/ 中的原件和已印发的材料，会逐一列出。\n"+
				"\n"+
				"只涉及此前收到的报表。以后报来的报表再次填写此人的，照常计入。"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if (p.ID == "") == (p.Phone == "") {
				return usagef("name the person by either --person or --phone", "请用 --person 或 --phone 指定此人，二者只用其一")
			}
			for _, s := range []*string{&p.ID, &p.Phone} {
				if *s == "-" {
					line, err := bufio.NewReader(a.in).ReadString('\n')
					if err != nil && line == "" {
						return usagef("no number on standard input: %w", "标准输入中没有号码：%w", err)
					}
					*s = strings.TrimSpace(line)
				}
			}
			if cmd.Flags().Changed("reason") && strings.TrimSpace(reason) == "" {
				return usagef("the reason is empty: --reason TEXT", "没有填写原因：请加 --reason 原因")
			}
			z, err := a.zone()
			if err != nil {
				return err
			}
			o := office.Options{Clock: a.now, Log: a.log()}
			if ask := !yes && shell.IsTerminal(a.in, a.out); dryRun || ask {
				err := a.ownedHere(cmd, z, args, map[string]string{"dry-run": "true"}, func() error {
					e, err := z.PlanErasure(cmd.Context(), p, o)
					if err != nil {
						return err
					}
					a.sayErasure(e, lang.Say("would be removed", "将清除"))
					return a.printErased(e)
				})
				if err != nil || dryRun {
					return err
				}
				if !a.confirmed(lang.Phrase("Erase for good? Type yes: ", "确定永久清除吗？请输入 yes：")) {
					return usagef("nothing was changed", "没有改动任何内容")
				}
			}
			return a.ownedHere(cmd, z, args, map[string]string{"yes": "true"}, func() error {
				e, out, err := z.Erase(cmd.Context(), p, reason, o)
				if err != nil && (out == nil || !out.Published) {
					return err
				}
				a.sayErasure(e, lang.Say("removed", "已清除"))
				a.sayOldBackups(z)
				if out.Deferred {
					a.tell("A reader keeps the published file locked; it still holds the person until it is closed and a run has replaced it.", "有读者正打开着发布文件，其中仍有此人的记录；请关闭后再执行一次 taizhang run。")
				}
				return errors.Join(a.printErased(e), err)
			})
		},
	}
	a.outputFlag(c)
	c.Flags().StringVar(&p.ID, "person", "", lang.Phrase("身份证号 of the person; - reads it from standard input", "此人的身份证号；写 - 则从标准输入读取"))
	c.Flags().StringVar(&p.Phone, "phone", "", lang.Phrase("telephone number of the person; - reads it from standard input", "此人的电话号码；写 - 则从标准输入读取"))
	c.Flags().StringVar(&reason, "reason", "未写明", lang.Phrase("why (kept in the journal)", "原因（记入日志）"))
	c.Flags().BoolVar(&dryRun, "dry-run", false, lang.Phrase("only list what would be removed", "只列出将清除的内容"))
	c.Flags().BoolVar(&yes, "yes", false, lang.Phrase("don't ask on a terminal", "在终端上不再询问"))
	return c
}

// sayOldBackups reminds of what was copied before.
func (a *app) sayOldBackups(z *office.Zone) {
	if last, err := z.LastBackup(); err == nil && last != nil {
		a.say("%s", decl.Say("Backups made before still hold the person: make a new one and let the others go with: taizhang backup %[1]s --keep 1",
			"此前的备份仍含该人信息：请重新备份并清除旧备份：taizhang backup %[1]s --keep 1", last.Dir))
	}
}

// confirmed asks on the terminal.
func (a *app) confirmed(question string) bool {
	fmt.Fprint(a.err, question)
	answer, _ := bufio.NewReader(a.in).ReadString('\n') // no answer is none
	return slices.Contains([]string{"yes", "是", "确定"}, strings.TrimSpace(answer))
}

// printErased lists the rows.
func (a *app) printErased(e *office.Erasure) error {
	records := make([]result.Record, len(e.Rows))
	for i, r := range e.Rows {
		state := "loaded"
		if !r.Loaded {
			state = "refused"
		}
		records[i] = result.Record{{Key: "return", Value: r.Return}, {Key: "form", Value: r.Form}, {Key: "submitter", Value: r.Submitter},
			{Key: "file", Value: r.File}, {Key: "sheet", Value: r.Sheet}, {Key: "row", Value: int64(r.Row)}, {Key: "state", Value: state}}
	}
	return a.print(records, "return", "form", "submitter", "file", "sheet", "row", "state")
}

// sayErasure tells what beside the rows goes, and what stays.
func (a *app) sayErasure(e *office.Erasure, done lang.Text) {
	a.tell("%[1]s: %[2]s %[3]s.", "%[1]s：%[3]s%[2]s。", e.Masked, rowsText(len(e.Rows)), done)
	list := func(what lang.Text, items []string) {
		if len(items) > 0 {
			a.tell("%s:", "%s：", what)
			for _, s := range items {
				a.say("  %s", s)
			}
		}
	}
	list(lang.Say("Receipts and extracts that hold the person, %s", "含有此人的回执和摘录，%s", done), e.Files)
	list(lang.Say("Earlier publications kept for models rollback, %s", "供 models rollback 保留的历次发布，%s", done), e.Kept)
	list(lang.Say("These quote the masked number and stay", "以下内容引用了掩码号码，保留不动"), e.Mentions)
	originals := func(from []office.Original) (out []string) {
		for _, o := range from {
			line := lang.Phrase("%s  %s/%s  received %s", "%s  %s/%s  收到于 %s", o.Path, o.Folder, o.File, o.Received)
			if len(o.Cells) > 0 {
				line += "  " + strings.Join(o.Cells[:min(len(o.Cells), 5)], " ")
			}
			out = append(out, line)
		}
		return out
	}
	list(lang.Say("Originals that hold the number. They are evidence of what was sent and stay untouched: keep archive/ closed to all\n"+
		"but the operator, ask the units for their own copies, and destroy it when its retention period ends",
		"含有该号码的原件。原件是报送凭证，保留不动：archive/ 只允许操作员进入，\n请各单位清除自己的副本，保存期满后销毁"), originals(e.Originals))
	list(lang.Say("Files of the archive that can't be looked into", "无法检查的档案文件"), originals(e.Unreadable))
}
