package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"taizhang/ingest/finding"
	"taizhang/ingest/read"
	"taizhang/ingest/receipt"
	"taizhang/ingest/secret"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
)

func (a *app) checkCmd() *cobra.Command {
	var submitter, output string
	c := &cobra.Command{
		Use:   "check FILE",
		Short: lang.Phrase("Say what a return would get, touching nothing", "预先审核一份报表，不接收、不改动任何文件"),
		Long: lang.Phrase("Says what a return would get if it were handed in now, without handing it in. With -o it also writes the marked workbook\nthat would go back to the sender.",
			"说明一份报表现在报来会得到什么结果，但不接收。加 -o 时同时写出将退给填报单位的\n"+
				"批注回执。"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			z, err := a.zone()
			if err != nil {
				return err
			}
			info, err := os.Stat(args[0])
			if err := notFolder(info, err); err != nil {
				return err
			}
			if info.Size() > z.Limits.FileBytes {
				return lang.Errorf("%s: the file has %d MB, more than the %d MB that are read", "%s: 文件有%dMB，超过%dMB的上限", args[0], info.Size()>>20, z.Limits.FileBytes>>20)
			}
			content, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			f := read.File{Name: secret.MaskText(info.Name()), Content: content, ReceivedAt: a.now().In(z.Location), Folder: submitter}
			if z.AsOf.Valid() && !a.now().Before(z.EndOfDay(z.AsOf)) {
				f.ReceivedAt = z.AsOf.Time(z.Location).Add(12 * time.Hour)
			}
			if f.Folder == "" { // a file in a unit's folder belongs to that unit
				if abs, err := filepath.Abs(args[0]); err == nil {
					if s, ok := z.Match(filepath.Base(filepath.Dir(abs))); ok {
						f.Folder = s.Name
					}
				}
			}
			in, err := z.CheckIntake()
			if err != nil {
				return err
			}
			var db *warehouse.DB
			if path, err := a.published(z); err == nil {
				if db, err = warehouse.ReadOnly(path, warehouse.Options{TimeZone: z.Timezone}); err != nil {
					return err
				}
				defer db.Close()
			} else if !errors.Is(err, os.ErrNotExist) {
				return err
			}
			report, source, err := in.Check(cmd.Context(), db, f)
			if err != nil {
				return err
			}
			office := receipt.Office{Zone: z.Name, Contact: z.Contact}
			if output != "" {
				_, marked, err := receipt.Write(report, source, office)
				if err == nil {
					err = durable.WriteBytes(output, 0o644, marked)
				}
				if err != nil {
					return lang.Errorf("write the marked workbook: %w", "写批注回执：%w", err)
				}
			}
			if err := a.printReport(report, office); err != nil {
				return err
			}
			for _, r := range report.Returns {
				if r.Outcome == finding.Rejected {
					return errRejected
				}
			}
			return nil
		},
	}
	c.Flags().StringVarP(&output, "output", "o", "", lang.Phrase("write the marked workbook, too", "同时写出批注回执"))
	c.Flags().StringVar(&submitter, "submitter", "", lang.Phrase("the unit whose folder it would be put into", "按哪个填报单位的收件文件夹审核"))
	return c
}

// printReport writes a report as `returns show` would, or as the text of its receipt.
func (a *app) printReport(report *finding.Report, office receipt.Office) error {
	if a.format == "table" || a.format == "md" {
		_, err := fmt.Fprintln(a.out, receipt.Text(report, office))
		return err
	}
	var records []result.Record
	for _, r := range report.Returns {
		text := func(s string) any {
			if s == "" {
				return nil
			}
			return s
		}
		rec := result.Record{{Key: "return", Value: nil}, {Key: "file", Value: report.File}, {Key: "submitter", Value: text(r.SubmitterName)}, {Key: "form", Value: text(r.Form)}}
		var period, cutoff, due any
		if r.Period.Valid() {
			period = r.Period.String()
		}
		if r.Cutoff.Valid() {
			cutoff = r.Cutoff.String()
		}
		if !r.DueAt.IsZero() {
			due = r.DueAt.Format(time.RFC3339)
		}
		findings := []result.Record{}
		for _, f := range r.Findings {
			findings = append(findings, result.Record{{Key: "severity", Value: string(f.Severity)}, {Key: "rule", Value: f.Rule}, {Key: "sheet", Value: f.Sheet},
				{Key: "cell", Value: f.Cell}, {Key: "value", Value: text(f.Value)}, {Key: "message", Value: f.Message}, {Key: "hint", Value: text(f.Hint)}, {Key: "field", Value: text(f.Field)}})
		}
		rec = append(rec, result.Record{{Key: "period", Value: period}, {Key: "cutoff", Value: cutoff}, {Key: "status", Value: string(r.Outcome)},
			{Key: "rows", Value: int64(r.Rows)}, {Key: "rows_refused", Value: int64(r.RowsRefused)}, {Key: "values_emptied", Value: int64(r.ValuesEmptied)},
			{Key: "errors", Value: int64(r.Count(finding.Error))}, {Key: "warnings", Value: int64(r.Count(finding.Warning))},
			{Key: "received_at", Value: r.ReceivedAt.Format(time.RFC3339)}, {Key: "due_at", Value: due}, {Key: "late", Value: r.Late},
			{Key: "superseded_by", Value: nil}, {Key: "decision", Value: nil}, {Key: "findings", Value: findings}}...)
		records = append(records, rec)
	}
	return a.print(records)
}
