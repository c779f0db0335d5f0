package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/papers"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/queries"
)

// summaryOptions say which papers go out beside the workbook.
type summaryOptions struct {
	output string // write the workbook there, and nothing else
	text   bool
	pdf    bool
	mail   bool // send the workbook
	again  bool // also to those who have it
	dryRun bool // say what would be sent
}

func (a *app) summaryCmd() *cobra.Command {
	var o summaryOptions
	c := &cobra.Command{
		Use:   "summary",
		Short: lang.Phrase("Write the weekly workbook and what goes out with it", "生成周报工作簿及一同印发的材料"),
		Long: lang.Phrase("Writes into summaries/:\n"+
			"  <zone>周报_截至<date>.xlsx    the weekly workbook\n"+
			"  <zone>周报_截至<date>.docx    its 文字材料 as an official paper (GB/T 9704)\n"+
			"  一页通_截至<date>.html        its first sheet as a page for phone and A4; with --pdf as a PDF too\n"+
			"  督办单_<unit>_截至<date>.docx for every unit with overdue matters\n"+
			"  by-submitter/<unit>_截至<date>.xlsx  every submitter's own rows and debts\n"+
			"A file is written only where its content differs from the one issued for the same date, and under a new\n"+
			"name (_r2); nothing that was issued is ever overwritten. The workbook's path is printed, the others' are\n"+
			"named on stderr. -o writes the workbook alone, elsewhere; --text prints its 文字材料.\n"+
			"--mail then sends the workbook to the recipients under mail: in taizhang.yaml, with a short text; nobody gets\n"+
			"the same file twice unless --again asks for it, and --dry-run says what would go to whom. Where sending\n"+
			"fails the files stay, and the same command sends to those who haven't got it.",
			"在 summaries/ 中生成：\n"+
				"  <园区>周报_截至<日期>.xlsx      周报工作簿\n"+
				"  <园区>周报_截至<日期>.docx      其中的文字材料，按公文格式（GB/T 9704）\n"+
				"  一页通_截至<日期>.html          首页，可在手机上看、可用 A4 打印；加 --pdf 另出 PDF\n"+
				"  督办单_<单位>_截至<日期>.docx   每个有超期事项的单位一份\n"+
				"  by-submitter/<单位>_截至<日期>.xlsx  各单位自己的明细和欠报\n"+
				"内容与同一日期已印发的不同才写，并另用新名（_r2）；已印发的从不覆盖。\n"+
				"工作簿的路径输出在结果中，其余在提示中列出。-o 只把工作簿写到别处；--text 只输出文字材料。\n"+
				"--mail 把工作簿发给 taizhang.yaml 的 mail: 中的收件人，附简短正文；同一文件对同一人只发一次，\n"+
				"除非加 --again；--dry-run 只说明将发给谁。发送失败时文件保留，再执行同一命令会补发给没有收到的人。"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			z, err := a.zone()
			if err != nil {
				return err
			}
			if err := o.check(z); err != nil {
				return err
			}
			switch {
			case o.mail:
				if !o.dryRun {
					a.issuedByServe(cmd, z, args)
				}
				return a.issueAndMail(cmd.Context(), z, o)
			case o.text:
				text, err := a.desk(z).Text(cmd.Context())
				if err != nil {
					return asUsage(z, err)
				}
				_, err = fmt.Fprint(a.out, text)
				return err
			case o.output != "":
				if _, err := os.Stat(o.output); err == nil {
					a.tell("%s is replaced", "%s 已被替换", o.output)
				}
				if err := a.desk(z).Write(cmd.Context(), o.output); err != nil {
					return asUsage(z, err)
				}
				_, err = fmt.Fprintln(a.out, o.output)
				return err
			}
			a.issuing = true
			return a.here(cmd, z, args, nil, func() error {
				m := a.meter()
				m.report(0, 0, lang.Say("writing the weekly and what goes out with it", "生成周报及一同印发的材料"))
				issued, err := a.desk(z).Issue(cmd.Context(), papers.Options{PDF: o.pdf})
				m.end()
				if issued != nil {
					a.sayBeside(issued)
				}
				if err != nil {
					return asUsage(z, err)
				}
				_, err = fmt.Fprintln(a.out, issued.Path)
				return err
			})
		},
	}
	c.Flags().StringVarP(&o.output, "output", "o", "", lang.Phrase("write the workbook alone to this file", "只把工作簿写入此文件"))
	c.Flags().BoolVar(&o.text, "text", false, lang.Phrase("print the paragraphs of 文字材料 only", "只输出文字材料的各段"))
	c.Flags().BoolVar(&o.pdf, "pdf", false, lang.Phrase("also print 一页通 as a PDF (takes some seconds; needs Chromium, Edge or the like)", "另把一页通打印成 PDF（需几秒钟；要有 Chromium、Edge 等浏览器）"))
	c.Flags().BoolVar(&o.mail, "mail", false, lang.Phrase("send the workbook to the recipients in taizhang.yaml", "把工作簿发给 taizhang.yaml 中的收件人"))
	c.Flags().BoolVar(&o.again, "again", false, lang.Phrase("with --mail: also to those who have got this file", "与 --mail 同用：已收到此文件的人也再发"))
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, lang.Phrase("with --mail: print what would go to whom; write and send nothing", "与 --mail 同用：只显示将发给谁；不写文件、不发送"))
	return c
}

// check refuses what doesn't go together.
func (o summaryOptions) check(z *office.Zone) error {
	switch {
	case (o.again || o.dryRun) && !o.mail:
		return usagef("--again and --dry-run go with --mail", "--again 和 --dry-run 要与 --mail 同用")
	case o.text && (o.output != "" || o.pdf):
		return usagef("--text only prints; it doesn't go with -o or --pdf", "--text 只输出文字；不能与 -o 或 --pdf 同用")
	case o.output != "" && o.pdf:
		return usagef("-o writes the workbook alone; it doesn't go with --pdf", "-o 只写工作簿；不能与 --pdf 同用")
	case o.output != "" && !strings.EqualFold(filepath.Ext(o.output), ".xlsx"):
		return usagef("-o %s: the weekly is a workbook: its name ends in .xlsx", "-o %s：周报是工作簿，文件名应以 .xlsx 结尾", o.output)
	case o.mail && (o.text || o.output != ""):
		return usagef("--mail sends what is issued into summaries/; it doesn't go with --text or -o", "--mail 发送印发到 summaries/ 的文件；不能与 --text 或 -o 同用")
	case o.mail && z.Mail == nil:
		return usagef("--mail: taizhang.yaml has no mail:\nhint: name server, sender and recipients there; every key is explained in the file that taizhang init writes", "--mail：taizhang.yaml 中没有 mail:\n建议：在其中写明服务器、发件人和收件人；各项说明见 taizhang init 生成的文件")
	}
	return nil
}

// desk is where the zone's papers are issued.
func (a *app) desk(z *office.Zone) *papers.Desk {
	return &papers.Desk{Zone: z, Version: version, Clock: a.now, Open: func(z *office.Zone) (*queries.Reader, warehouse.Point, error) {
		r, err := a.readerOf(z)
		if err != nil {
			return nil, warehouse.Point{}, err
		}
		p, err := a.pointIn(r)
		if err == nil && a.issuing {
			err = a.refusePoint(z, r, p)
		}
		if err != nil {
			return nil, p, errors.Join(err, r.Close())
		}
		return r, p, nil
	}}
}

// refusePoint refuses to issue papers for a day to come, or for a time when nothing had been handed in: what is issued stays,
// under its number.
func (a *app) refusePoint(z *office.Zone, r *queries.Reader, p warehouse.Point) error {
	if today := z.Today(a.now()); p.AsOf.Valid() && p.AsOf > today {
		return usagef("--as-of %s lies after today (%s): papers are not issued ahead\nhint: -o FILE writes the workbook alone", "--as-of %s 晚于今天（%s）：不能提前印发\n建议：用 -o 文件名 只生成工作簿", p.AsOf, today)
	}
	cutoff, received, err := r.First(a.ctx)
	if err == nil && cutoff.Valid() && (p.AsOf.Valid() && p.AsOf < cutoff || !p.KnownAt.IsZero() && p.KnownAt.Before(received)) {
		err = usagef("nothing had been handed in then: there is nothing to issue\nhint: -o FILE writes the workbook alone", "那时还没有收到报表，没有可印发的内容\n建议：用 -o 文件名 只生成工作簿")
	}
	return err
}

// issueAndMail issues the report and sends it; what fails beside the workbook doesn't keep it back.
func (a *app) issueAndMail(ctx context.Context, z *office.Zone, o summaryOptions) error {
	a.issuing = true
	d := a.desk(z)
	issued, err := d.Issue(ctx, papers.Options{PDF: o.pdf, Dry: o.dryRun})
	if issued == nil {
		return err
	}
	if o.dryRun {
		text, err := d.Preview(issued, o.again)
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(a.out, text)
		return err
	}
	a.sayBeside(issued)
	if _, e := fmt.Fprintln(a.out, issued.Path); e != nil {
		return e
	}
	sent, mailErr := d.Send(ctx, issued, o.again)
	for _, s := range sent {
		switch {
		case s.Now > 0:
			a.tell("Mail to %s: sent to %d.", "给%s的邮件：已发给%d人。", s.Role, s.Now)
		case s.Before > 0:
			a.tell("Mail to %s: sent before (%d), not again without --again.", "给%s的邮件：此前已发过（%d人），不加 --again 不再发。", s.Role, s.Before)
		}
	}
	if mailErr != nil {
		mailErr = lang.Errorf("%w\nhint: the files stay in %s; once that is mended, the same command sends to those who have not got it: taizhang summary --mail --zone %s", "%w\n建议：文件保留在 %s；处理好后再执行同一命令，会补发给没有收到的人：taizhang summary --mail --zone %s",
			mailErr, z.Summaries(), office.Typed(a.zoneDir))
	}
	return errors.Join(err, mailErr)
}

// sayBeside names what was issued beside the workbook, a few of each kind.
func (a *app) sayBeside(i *papers.Issued) {
	const most = 3
	n := map[string]int{}
	for j, f := range i.Beside {
		if n[f.Kind]++; n[f.Kind] <= most {
			a.say("%s", f.Path)
		}
		if last := j+1 == len(i.Beside) || i.Beside[j+1].Kind != f.Kind; last && n[f.Kind] > most {
			a.tell("… and %d more like that", "……还有%d条类似的", n[f.Kind]-most)
		}
	}
}

// asUsage makes a fault in the weekly's own declaration a usage error; what the models of another version of the program lack
// is none.
func asUsage(z *office.Zone, err error) error {
	lacks := func(what string) bool { return err != nil && strings.Contains(err.Error(), what) }
	if (lacks("Binder Error") || lacks("Catalog Error")) && z.MadeByAnother() {
		return lang.Errorf("%v\nhint: what is published was made by another version of the program; publish it anew, then try again: taizhang run", "%v\n建议：已发布的数据由另一版本的程序生成；请先重新发布再试：taizhang run", err)
	}
	var bad *papers.BadDeclaration
	if errors.As(err, &bad) {
		return usageError{err}
	}
	return err
}
