package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/internal/durable"
	"taizhang/internal/warehouse"
	"taizhang/queries"
	"taizhang/queries/weekly"
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
				return a.printText(cmd.Context(), z)
			case o.output != "":
				if err := a.writeSummary(cmd.Context(), z, o.output); err != nil {
					return err
				}
				_, err = fmt.Fprintln(a.out, o.output)
				return err
			}
			return a.here(cmd, z, args, nil, func() error {
				path, _, err := a.issueAll(cmd.Context(), z, o)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(a.out, path)
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

// issueAndMail issues the report and sends it; what fails beside the workbook doesn't keep it back.
func (a *app) issueAndMail(ctx context.Context, z *office.Zone, o summaryOptions) error {
	path, w, err := a.issueAll(ctx, z, o)
	if path == "" {
		return err
	}
	if o.dryRun {
		return a.previewMail(z, path, w, o)
	}
	if _, e := fmt.Fprintln(a.out, path); e != nil {
		return e
	}
	return errors.Join(err, a.mailSummary(ctx, z, path, w, o))
}

func (a *app) printText(ctx context.Context, z *office.Zone) error {
	r, p, o, err := a.weekly(z)
	if err != nil {
		return err
	}
	defer r.Close()
	t, err := weekly.Text(ctx, r, p, o)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(a.out, t)
	return err
}

func (a *app) writeSummary(ctx context.Context, z *office.Zone, path string) error {
	r, p, o, err := a.weekly(z)
	if err != nil {
		return err
	}
	b, err := weekly.Build(ctx, r, p, o)
	if e := r.Close(); err == nil { // what DuckDB holds is free for the writing
		err = e
	}
	if err != nil {
		return err
	}
	return durable.Write(path, 0o644, b.Write)
}

// weekly opens what a weekly report is made from. The point names what the command line left open.
func (a *app) weekly(z *office.Zone) (r *queries.Reader, p warehouse.Point, o weekly.Options, err error) {
	if o, err = weeklyOptions(z); err != nil {
		return nil, p, o, err
	}
	if r, err = a.readerOf(z); err != nil {
		return nil, p, o, err
	}
	if p, err = a.pointIn(r); err != nil {
		return nil, p, o, errors.Join(err, r.Close())
	}
	own := r.Published()
	if !p.AsOf.Valid() {
		p.AsOf = own.AsOf
	}
	if p.KnownAt.IsZero() {
		p.KnownAt = own.KnownAt
	}
	return r, p, o, nil
}

func weeklyOptions(z *office.Zone) (weekly.Options, error) {
	o := weekly.Options{Version: version, Ranking: z.Ranking}
	list, err := issues(z)
	if err != nil {
		return o, err
	}
	for _, i := range list {
		if i.Kind == "" {
			o.Issued = append(o.Issued, weekly.Previous{AsOf: i.AsOf, KnownAt: i.KnownAt, Said: i.Said})
		}
	}
	var folder fs.FS
	if dir := filepath.Join(z.Dir, "queries"); isFolder(dir) {
		folder = os.DirFS(dir)
	}
	if o.Declaration, err = weekly.LoadDir(folder, z.Metrics); err != nil {
		return o, usageError{err}
	}
	return o, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
