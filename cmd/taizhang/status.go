package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/papers"
	"taizhang/cmd/internal/service"
	"taizhang/ingest"
	"taizhang/internal/calendar"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/queries"
	"taizhang/queries/weekly"
)

func (a *app) statusCmd() *cobra.Command {
	var period string
	var all, remind bool
	c := &cobra.Command{
		Use:   "status",
		Short: lang.Phrase("Show who has handed in what, and which files wait in the inbox", "显示各单位报送情况和收件箱中的文件"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if remind {
				if err := alone(cmd, "remind", "period", "all", "format"); err != nil {
					return err
				}
			}
			z, r, err := a.reader()
			if err != nil {
				return err
			}
			defer r.Close()
			p, err := a.pointIn(r)
			if err != nil {
				return err
			}
			if remind {
				return a.remind(cmd.Context(), z, r, p)
			}
			if period, err = knownPeriod(period, calendar.Of(a.now().In(z.Location))); err != nil {
				return err
			}
			records, err := r.Status(cmd.Context(), queries.StatusAsk{Point: p, Period: period, All: all})
			if err != nil {
				return usageError{err}
			}
			if err := a.printKeyed(records, queries.StatusKeys()); err != nil {
				return err
			}
			a.sayUnread(z)
			if z.Joined {
				return a.sayJoined(z)
			}
			if err := a.sayNotOwed(cmd.Context(), z, r, p); err != nil {
				return err
			}
			if err := a.sayToDo(cmd.Context(), z); err != nil {
				return err
			}
			return a.sayService(cmd.Context(), z)
		},
	}
	a.outputFlag(c)
	c.Flags().StringVar(&period, "period", "", lang.Phrase("one period: 2022-W33 or 2022-08", "只看一个报送期：2022-W33 或 2022-08"))
	c.Flags().BoolVar(&remind, "remind", false, lang.Phrase("print the 催报 text to paste into the work group", "输出催报文字，可粘贴到工作群"))
	c.Flags().BoolVar(&all, "all", false, lang.Phrase("every obligation so far", "至今应报的全部报表"))
	return c
}

// remind writes the text that reminds whoever owes something.
func (a *app) remind(ctx context.Context, z *office.Zone, r *queries.Reader, p warehouse.Point) error {
	text, err := weekly.Remind(ctx, r, p)
	if err != nil {
		return err
	}
	if text == "" {
		a.tell("Nothing is missing: nobody need be reminded. (没有缺报的报表，不必催报。)", "没有缺报的报表，不必催报。")
		return a.sayNotOwed(ctx, z, r, p)
	}
	if a.output != "" {
		return durable.WriteBytes(a.output, 0o644, []byte(text+"\n"))
	}
	_, err = fmt.Fprintln(a.out, text)
	return err
}

// sayToDo tells what waits for the next run or for somebody: files in the inbox, what is to be mended, papers that are
// gone or late.
func (a *app) sayToDo(ctx context.Context, z *office.Zone) error {
	files, err := ingest.Inbox(z.Inbox())
	if err != nil {
		return err
	}
	for _, f := range files {
		wait := f.WaitAt(a.now())
		if wait == (lang.Text{}) {
			wait = lang.Say("the next run reads it", "下次运行时读取")
		}
		a.tell("inbox: %s  %s", "收件箱：%s  %s", shown(f.Path), wait)
	}
	troubles, err := z.Troubles()
	if err != nil {
		return err
	}
	for _, t := range troubles {
		a.tell("to be mended: %s", "需处理：%s", shown(t))
	}
	lost, err := papers.Lost(z, 100)
	if err != nil {
		return err
	}
	for _, l := range lost {
		a.say("%s", lang.Say("issued paper: %s", "已印发材料：%s", shown(l)))
	}
	late, err := service.LateSummary(ctx, z, a.now())
	if err != nil {
		return err
	}
	if late.String() != "" {
		a.say("%s", late)
	}
	return nil
}

// sayNotOwed names the forms that nobody is chased for yet, and why.
func (a *app) sayNotOwed(ctx context.Context, z *office.Zone, r *queries.Reader, p warehouse.Point) error {
	if len(z.Returns) == 0 {
		a.say("%s", lang.Say("nothing is owed: taizhang.yaml has no returns:", "没有应报的报表：taizhang.yaml 没有写 returns:"))
		return nil
	}
	all, err := r.Status(ctx, queries.StatusAsk{Point: p, All: true})
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, o := range all {
		seen[fmt.Sprint(o.Get("form"))] = true
	}
	var titles []string
	for _, owed := range z.Returns {
		if f := z.Forms.Get(owed.Form); !seen[owed.Form] && !owed.Since.Valid() && f != nil {
			seen[owed.Form] = true
			titles = append(titles, f.PlainTitle())
		}
	}
	if len(titles) > 0 {
		a.say("%s", lang.Say("nothing is owed yet of %s: no return of it ever came in, and taizhang.yaml doesn't say since when (since: 2026-W48)",
			"%s暂无应报：还没有收到过报表，taizhang.yaml 也没有写从哪一期起报（since: 2026-W48）", strings.Join(titles, "、")))
	}
	return nil
}
