package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/service"
	"taizhang/ingest/finding"
	"taizhang/internal/lang"
)

func (a *app) runCmd() *cobra.Command {
	var receivedAt string
	var clockOK bool
	c := &cobra.Command{
		Use:   "run",
		Short: lang.Phrase("Take in what lies in the inbox, compute the figures and publish them", "接收收件箱中的报表，计算数字并发布"),
		Long: lang.Phrase("Takes in what lies in the inbox, computes the figures and publishes them. Where nothing is new it does\n"+
			"nothing. Beside a running serve the work is handed over to it. Exit code 3: some returns were rejected.",
			"接收收件箱中的报表，计算数字并发布。没有新内容时什么也不做。\n"+
				"服务（serve）运行时交给服务处理。退出码3：有报表被退回。"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			z, err := a.zone()
			if err != nil {
				return err
			}
			var at time.Time
			if receivedAt != "" {
				if at, err = parseTime(receivedAt, z.Location); err != nil {
					return usagef("--received-at %v", "--received-at %v", err)
				}
				if at.After(a.now()) {
					return usagef("--received-at %s lies in the future: nothing can have been received then", "--received-at %s 晚于现在：不可能在那时收到", receivedAt)
				}
			}
			s, err := a.ownedOrHandedOver(cmd.Context(), z, service.Request{ReceivedAt: at, ClockOK: clockOK, Asker: service.Asks()}, func() (service.RunResult, error) {
				begun, m := a.now(), a.meter()
				out, err := z.Run(cmd.Context(), office.Options{ReceivedAt: at, Clock: a.now, ClockOK: clockOK, Pause: sleep, Log: a.log(), Progress: m.report})
				m.end()
				if e := service.NoteRun(cmd.Context(), z, a.serviceOptions(), begun, userName(), out, err); e != nil {
					a.log().Warn(lang.Phrase("the run can't be noted", "本次运行无法记下"), "err", e) // what it did is done
				}
				return service.Summarise(out), err
			})
			if err != nil {
				if len(s.Lines) > 0 {
					_ = a.printRun(z, s) // what was taken in until then; the error says more than a rejection
				}
				return err
			}
			return a.printRun(z, s)
		},
	}
	c.Flags().StringVar(&receivedAt, "received-at", "", lang.Phrase("for back-filling: count the returns as received then", "补录用：按此时间作为收到时间"))
	c.Flags().BoolVar(&clockOK, "clock-ok", false, lang.Phrase("the clock is right, although it is before the last return's arrival", "时钟是准的，尽管早于最后一份报表的收到时间"))
	return c
}

// printRun tells the operator what became of each file; rejected returns make exit code 3.
func (a *app) printRun(z *office.Zone, s service.RunResult) error {
	rejected := false
	counts := map[finding.Outcome]int{}
	for _, l := range s.Lines {
		outcome := l.Outcome
		if l.Uncounted != "" {
			outcome = finding.Warned // nothing of it counts in part
		}
		counts[outcome]++
		rejected = rejected || l.Outcome == finding.Rejected
		if !a.quiet {
			parts := []string{l.Return, orDash(l.Submitter), orDash(l.Form), orDash(l.Period)}
			switch { // as the receipt says it
			case l.Uncounted != "":
				parts = append(parts, "已接收，暂不计入", fmt.Sprintf("读取%d行", l.Rows), l.Uncounted)
			case l.Outcome.Counts():
				parts = append(parts, l.Outcome.Label(), fmt.Sprintf("%d行", l.Rows))
			default:
				parts = append(parts, l.Outcome.Label())
			}
			if l.Refused > 0 {
				parts = append(parts, fmt.Sprintf("未计入%d行", l.Refused))
			}
			if l.First != "" {
				parts = append(parts, l.First)
			}
			fmt.Fprintln(a.err, strings.Join(parts, "  ")+"  "+shown(l.File))
		}
	}
	for _, w := range s.Waiting {
		a.tell("waiting: %s  %s", "等待：%s  %s", shown(w.Path), w.Reason)
	}
	for _, w := range s.Warnings {
		a.tell("check: %s", "请核实：%s", w)
	}
	switch {
	case len(s.Lines) == 0 && !s.Published:
		a.tell("Nothing new; the published figures hold.", "没有新内容；已发布的数字不变。")
		a.sayRolledBack(z)
		a.sayUnread(z)
	default:
		a.tell("%d returns: %d accepted, %d with warnings, %d partially, %d rejected, %d duplicates. Receipts: %s", "报表%d份：已接收%d份，有提示%d份，部分计入%d份，退回%d份，重复%d份。回执在：%s", len(s.Lines),
			counts[finding.Accepted], counts[finding.Warned], counts[finding.Partial], counts[finding.Rejected], counts[finding.Duplicate], z.Outbox())
		if s.Published {
			a.tell("Published: %s", "已发布：%s", z.PublishedFile())
		}
		if s.Deferred {
			a.tell("A reader keeps the published file locked: this publication lies beside it until the next run.", "有读者正打开着发布文件：本次发布暂放在它旁边，下次运行时换上。")
		}
	}
	if rejected {
		return errRejected
	}
	return nil
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// sayUnread names declarations that nothing reads.
func (a *app) sayUnread(z *office.Zone) {
	for _, u := range z.Unread() {
		a.tell("check: %s", "请核实：%s", u.Say())
	}
}
