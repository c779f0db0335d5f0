package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/papers"
	"taizhang/data"
	"taizhang/ingest/finding"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/internal/zone"
	"taizhang/queries"
)

// headline figures that the demo ends with.
var headline = []string{"problems_collected", "problems_closed", "closure_rate", "enterprise_resolution_rate", "incentive_paid", "tax_refunded",
	"pension_deferred", "job_fairs", "job_seekers", "job_intentions", "job_fair_conversion", "low_income_people", "return_completeness", "return_timeliness"}

func (a *app) demoCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "demo [DIR]",
		Short: lang.Phrase("Make the demo zone, take its returns in and show what comes out", "建立演示园区，接收其报表并显示结果"),
		Long: lang.Phrase("Makes the demo zone in DIR (default: demo), drops seven months of synthetic returns into its inbox, takes\n"+
			"them in as they would have arrived, computes, publishes and writes the weekly workbook.",
			"在指定的文件夹（默认：demo）建立演示园区，把七个月的模拟报表放入收件箱，\n"+
				"按当时的先后顺序接收、计算、发布，并生成周报工作簿。"),
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "demo"
			if len(args) > 0 {
				dir = args[0]
			}
			return a.demo(cmd.Context(), dir)
		},
	}
}

func (a *app) demo(ctx context.Context, dir string) error {
	config := filepath.Join(dir, zone.FileName)
	if err := folderFor(dir); err != nil {
		return err
	}
	if _, err := os.Stat(config); err == nil {
		return usagef("%s exists already: that folder is a zone, which the demo leaves alone; name a folder that is not there yet", "%s 已存在：该文件夹是一个园区，演示不会改动它；请换一个尚不存在的文件夹名", config)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if list, err := os.ReadDir(dir); err == nil && len(list) > 0 {
		return usagef("%s holds other files already (%s), among which the demo's would lie; name a folder that is not there yet", "%s 里已有别的文件（%s），演示的文件会混在其中；请换一个尚不存在的文件夹名", dir, list[0].Name())
	}
	if err := durable.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := durable.WriteBytes(config, 0o644, data.Config()); err != nil {
		return err
	}
	if err := durable.MkdirAll(filepath.Join(dir, "queries"), 0o755); err != nil {
		return err
	}
	if err := durable.WriteBytes(filepath.Join(dir, "queries", "weekly.yaml"), 0o644, data.Weekly()); err != nil {
		return err
	}
	a.zoneDir = dir
	z, err := a.zone()
	if err != nil {
		return err
	}
	a.tell("Writing the returns of the demo zone …", "正在生成演示园区的报表……")
	deliveries, err := data.Deliveries()
	if err != nil {
		return err
	}
	var out *office.Outcome
	err = a.owned(z, "demo", func(*warehouse.Owner) error {
		m := a.meter()
		defer m.end()
		before, taken := int64(0), int64(0) // the returns come in many groups, and are counted over all
		replay := deliver(z, deliveries)
		out, err = z.Run(ctx, office.Options{Clock: a.now, Pause: func(time.Duration) {}, Log: a.log(), Progress: func(done, total int64, what lang.Text) {
			if total > 0 {
				taken, total = done, int64(len(deliveries))
			}
			if total == 0 {
				before = 0
			}
			m.report(before+done, total, what)
		}, Deliver: func(take func(func(string) time.Time) error) error {
			return replay(func(at func(string) time.Time) error {
				err := take(at)
				before, taken = before+taken, 0
				return err
			})
		}})
		return err
	})
	if err != nil {
		return err
	}
	issued, err := a.desk(z).Issue(ctx, papers.Options{})
	if err != nil {
		return err
	}
	return a.printDemo(ctx, z, out, issued.Path)
}

// deliver drops the returns into the inbox in the order in which they came. The inbox is emptied whenever a file of
// the same name comes again, so that each is taken in.
func deliver(z *office.Zone, all []data.Delivery) func(func(func(string) time.Time) error) error {
	return func(take func(func(string) time.Time) error) error {
		at := map[string]time.Time{}
		flush := func() error {
			err := take(func(path string) time.Time { return at[path] })
			clear(at)
			return err
		}
		for _, d := range all {
			if _, waits := at[d.Path]; waits {
				if err := flush(); err != nil {
					return err
				}
			}
			path := filepath.Join(z.Inbox(), filepath.FromSlash(d.Path))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(path, d.Content, 0o644); err != nil {
				return err
			}
			settled := time.Now().Add(-time.Minute) // written whole: nothing is still copying it
			if err := os.Chtimes(path, settled, settled); err != nil {
				return err
			}
			at[d.Path] = d.ReceivedAt
		}
		return flush()
	}
}

func (a *app) printDemo(ctx context.Context, z *office.Zone, out *office.Outcome, summary string) error {
	r, err := a.readerOf(z)
	if err != nil {
		return err
	}
	defer r.Close()
	p := r.Published()
	figures, err := r.Metrics(ctx, queries.Ask{Metrics: headline, Point: p})
	if err != nil {
		return err
	}
	counts := map[finding.Outcome]int{}
	total := 0
	for _, rep := range out.Reports {
		for _, ret := range rep.Returns {
			counts[ret.Outcome]++
			total++
		}
	}
	fmt.Fprint(a.out, lang.Say("%s, as of %s: %d files, %d returns (%d accepted, %d with warnings, %d partially, %d rejected, %d duplicates)\n\n",
		"%s，截至 %s：文件%d个，报表%d份（已接收%d份，有提示%d份，部分计入%d份，退回%d份，重复%d份）\n\n", z.Name, p.AsOf,
		len(out.Reports), total, counts[finding.Accepted], counts[finding.Warned], counts[finding.Partial], counts[finding.Rejected], counts[finding.Duplicate]))
	records := make([]result.Record, len(figures))
	for i, f := range figures {
		records[i] = f.Record()
	}
	a.format = "table"
	if err := a.print(shownFigures(records, nil), "metric", "label", "value", "n/d", "coverage"); err != nil {
		return err
	}
	dir, exe := office.Typed(a.zoneDir), "taizhang"
	if len(os.Args) > 0 && strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe") == "taizhang" {
		exe = office.Typed(os.Args[0])
	}
	fmt.Fprint(a.out, lang.Say(`
Weekly workbook   %s
                  (beside it: the report as .docx, one page for the phone, reminders, each unit's own rows)
Figures (DuckDB)  %s
Receipts          %s
Drop returns into %s

Try next:
  %s trace closure_rate --zone %s --where street=双马街道
  %s metrics closure_rate --by week --zone %s
  %s sql "select 牵头单位, count(*) from 问题台账 group by 1 order by 2 desc" --zone %s
  %s serve --zone %s --open
`, `
周报工作簿        %s
                  （旁边有：.docx 文字材料、手机用的一页通、督办单、各单位明细）
数字（DuckDB）    %s
回执              %s
报表放入          %s

接下来可以试试：
  %s trace closure_rate --zone %s --where street=双马街道
  %s metrics closure_rate --by week --zone %s
  %s sql "select 牵头单位, count(*) from 问题台账 group by 1 order by 2 desc" --zone %s
  %s serve --zone %s --open
`, summary, z.PublishedFile(), z.Outbox(), z.Inbox(), exe, dir, exe, dir, exe, dir, exe, dir))
	return nil
}
