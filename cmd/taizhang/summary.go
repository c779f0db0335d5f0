package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/papers"
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
		Short: "Write the weekly workbook and what goes out with it",
		Long: "Writes into summaries/:\n" +
			"  <zone>周报_截至<date>.xlsx    the weekly workbook\n" +
			"  <zone>周报_截至<date>.docx    its 文字材料 as an official paper (GB/T 9704)\n" +
			"  一页通_截至<date>.html        its first sheet as a page for phone and A4; with --pdf as a PDF too\n" +
			"  督办单_<unit>_截至<date>.docx for every unit with overdue matters\n" +
			"  by-submitter/<unit>_截至<date>.xlsx  every submitter's own rows and debts\n" +
			"A file is written only where its content differs from the one issued for the same date, and under a new\n" +
			"name (_r2); nothing that was issued is ever overwritten. The workbook's path is printed, the others' are\n" +
			"named on stderr. -o writes the workbook alone, elsewhere; --text prints its 文字材料.\n" +
			"--mail then sends the workbook to the recipients under mail: in taizhang.yaml, with a short text; nobody gets\n" +
			"the same file twice unless --again asks for it, and --dry-run says what would go to whom. Where sending\n" +
			"fails the files stay, and the same command sends to those who haven't got it.",
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
					return asUsage(err)
				}
				_, err = fmt.Fprint(a.out, text)
				return err
			case o.output != "":
				if err := a.desk(z).Write(cmd.Context(), o.output); err != nil {
					return asUsage(err)
				}
				_, err = fmt.Fprintln(a.out, o.output)
				return err
			}
			return a.here(cmd, z, args, nil, func() error {
				issued, err := a.desk(z).Issue(cmd.Context(), papers.Options{PDF: o.pdf})
				if issued != nil {
					a.sayBeside(issued)
				}
				if err != nil {
					return asUsage(err)
				}
				_, err = fmt.Fprintln(a.out, issued.Path)
				return err
			})
		},
	}
	c.Flags().StringVarP(&o.output, "output", "o", "", "write the workbook alone to this file")
	c.Flags().BoolVar(&o.text, "text", false, "print the paragraphs of 文字材料 only")
	c.Flags().BoolVar(&o.pdf, "pdf", false, "also print 一页通 as a PDF (takes some seconds; needs Chromium, Edge or the like)")
	c.Flags().BoolVar(&o.mail, "mail", false, "send the workbook to the recipients in taizhang.yaml")
	c.Flags().BoolVar(&o.again, "again", false, "with --mail: also to those who have got this file")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "with --mail: print what would go to whom; write and send nothing")
	return c
}

// check refuses what doesn't go together.
func (o summaryOptions) check(z *office.Zone) error {
	switch {
	case (o.again || o.dryRun) && !o.mail:
		return usagef("--again and --dry-run go with --mail")
	case o.text && (o.output != "" || o.pdf):
		return usagef("--text only prints; it doesn't go with -o or --pdf")
	case o.output != "" && o.pdf:
		return usagef("-o writes the workbook alone; it doesn't go with --pdf")
	case o.mail && (o.text || o.output != ""):
		return usagef("--mail sends what is issued into summaries/; it doesn't go with --text or -o")
	case o.mail && z.Mail == nil:
		return usagef("--mail: taizhang.yaml has no mail:\nhint: name server, sender and recipients there; every key is explained in the file that taizhang init writes")
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
		if err != nil {
			return nil, p, errors.Join(err, r.Close())
		}
		return r, p, nil
	}}
}

// issueAndMail issues the report and sends it; what fails beside the workbook doesn't keep it back.
func (a *app) issueAndMail(ctx context.Context, z *office.Zone, o summaryOptions) error {
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
			a.say("Mail to %s: sent to %d.", s.Role, s.Now)
		case s.Before > 0:
			a.say("Mail to %s: sent before (%d), not again without --again.", s.Role, s.Before)
		}
	}
	if mailErr != nil {
		mailErr = fmt.Errorf("%w\nhint: the files stay in %s; once that is mended, the same command sends to those who have not got it: taizhang summary --mail --zone %s",
			mailErr, z.Summaries(), a.zoneDir)
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
			a.say("… and %d more like that", n[f.Kind]-most)
		}
	}
}

// asUsage makes a fault in the weekly's own declaration a usage error.
func asUsage(err error) error {
	var bad *papers.BadDeclaration
	if errors.As(err, &bad) {
		return usageError{err}
	}
	return err
}
