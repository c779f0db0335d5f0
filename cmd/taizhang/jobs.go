package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/service"
	"taizhang/internal/lang"
	"taizhang/internal/logbook"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
)

func (a *app) jobsCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "jobs",
		Short: lang.Phrase("Show the jobs of serve: when each was last done, when it comes next, and why not", "显示定时任务：上次完成时间、下次执行时间、未执行的原因"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			z, err := a.zone()
			if err != nil {
				return err
			}
			v, err := service.Look(cmd.Context(), z, a.now())
			if err != nil {
				return err
			}
			var records []result.Record
			for _, j := range v.Jobs {
				r := result.Record{{Key: "job", Value: j.Name}, {Key: "title", Value: j.Title}, {Key: "schedule", Value: j.Schedule.String()},
					{Key: "last_done", Value: a.moment(z, j.Done)}, {Key: "last_result", Value: nil}, {Key: "message", Value: nil},
					{Key: "next", Value: a.moment(z, j.Next)}, {Key: "why", Value: nothing(j.Why.String())}}
				if j.Last != nil {
					r[4].Value, r[5].Value = j.Last.Result, nothing(shortly(j.Last.Message.String()))
				}
				if !j.Busy.IsZero() {
					r[4].Value = "running"
				}
				records = append(records, r)
			}
			return a.print(records, "job", "title", "schedule", "last_done", "last_result", "message", "next", "why")
		},
	}
	a.outputFlag(c)
	c.AddCommand(a.jobsRunCmd(), a.jobsListCmd())
	return c
}

// jobsListCmd lists what was done.
func (a *app) jobsListCmd() *cobra.Command {
	var n int
	c := &cobra.Command{
		Use:   "list [NAME]",
		Short: lang.Phrase("List the newest attempts at a job, or at all", "列出某项或全部任务最近的执行情况"),
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if n < 0 {
				return usagef("-n %d: a number from 0 on is expected", "-n %d：应为0或更大的数", n)
			}
			z, err := a.zone()
			if err != nil {
				return err
			}
			runs, err := service.Runs(cmd.Context(), z, strings.Join(args, ""), n)
			if err != nil {
				return err
			}
			var records []result.Record
			for _, r := range runs {
				records = append(records, result.Record{{Key: "run", Value: r.ID}, {Key: "job", Value: r.Job}, {Key: "due", Value: a.moment(z, r.Due)},
					{Key: "attempt", Value: int64(r.Attempt)}, {Key: "by", Value: r.By}, {Key: "started", Value: a.moment(z, r.Started)},
					{Key: "finished", Value: a.moment(z, r.Finished)}, {Key: "result", Value: cmp.Or(r.Result, "running")}, {Key: "message", Value: nothing(shortly(r.Message.String()))}})
			}
			return a.print(records, "run", "job", "due", "attempt", "by", "started", "finished", "result", "message")
		},
	}
	a.outputFlag(c)
	c.Flags().IntVarP(&n, "number", "n", 50, lang.Phrase("how many", "显示多少条"))
	return c
}

func (a *app) jobsRunCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "run NAME",
		Short: lang.Phrase("Do a job now, whatever its schedule says; beside a serve it is handed over", "立即执行一项任务，不论计划时间；服务运行时交给服务执行"),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			z, err := a.zone()
			if err != nil {
				return err
			}
			var said service.JobSaid
			err = a.besideServe(cmd.Context(), z, "jobs run", func(*warehouse.Owner) error {
				said, err = a.doJob(cmd.Context(), z, args[0])
				return err
			}, func(held *warehouse.HeldError) error {
				if err := handOver(cmd.Context(), held, service.JobPath, service.JobAsk{Name: args[0], By: userName(), Asker: service.Asks()}, &said); err != nil {
					return err
				}
				if said.Error == "" {
					return nil
				}
				if said.Code == exitUsage {
					return usageError{errors.New(said.Error)}
				}
				return errors.New(said.Error)
			})
			if err != nil {
				return err
			}
			a.say("%s", cmp.Or(said.Message, fmt.Sprint(lang.Say("Nothing to do.", "没有需要处理的内容。"))))
			return nil
		},
	}
}

// doJob does a job as the zone's owner.
func (a *app) doJob(ctx context.Context, z *office.Zone, name string) (said service.JobSaid, err error) {
	o := a.serviceOptions()
	o.Log = a.bookLog() // a failure is the command's own
	s, err := service.New(ctx, z, o)
	if err != nil {
		return said, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	report, err := s.Do(ctx, name, userName())
	said.Message = report.Message
	return said, err
}

func (a *app) logsCmd() *cobra.Command {
	var n int
	var run string
	c := &cobra.Command{
		Use:   "logs",
		Short: lang.Phrase("Show the newest lines of the zone's log", "显示最近的运行日志"),
		Long: lang.Phrase("Shows the newest lines of the log that the zone's owner keeps in logs/, a file a day, for half a year. Beside each\nfile of lines lies one of JSON for programs. --run shows the lines of one attempt (its number is in `jobs list`).",
			"显示 logs/ 中最近的运行日志，每天一个文件，保留半年；旁边另有供程序读取的 JSON 文件。\n"+
				"--run 只显示某一次执行的日志（编号见 jobs list）。"),
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if n < 0 {
				return usagef("-n %d: a number from 0 on is expected", "-n %d：应为0或更大的数", n)
			}
			z, err := a.zone()
			if err != nil {
				return err
			}
			var containing []string
			if run != "" {
				containing = append(containing, " run="+run+" ")
			}
			lines, err := logbook.Entries(z.Logs(), n, containing...)
			if err != nil {
				return err
			}
			for _, l := range lines {
				if _, err := fmt.Fprintln(a.out, shown(l)); err != nil {
					return err
				}
			}
			if len(lines) == 0 {
				a.say("%s", lang.Say("No such lines in %s.", "%s 中没有这样的日志。", z.Logs()))
			}
			return nil
		},
	}
	c.Flags().IntVarP(&n, "number", "n", 50, lang.Phrase("how many lines; 0: all", "显示多少行；0：全部"))
	c.Flags().StringVar(&run, "run", "", lang.Phrase("only the lines of this attempt", "只显示这一次执行的日志"))
	return c
}

// moment is a time in the zone's own, nil where there is none.
func (a *app) moment(z *office.Zone, t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.In(z.Location).Format(time.RFC3339)
}

// nothing is nil for an empty text.
func nothing(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// shortly is the first line of a message, and of one that announces what follows also that.
func shortly(s string) string {
	line, rest, _ := strings.Cut(s, "\n")
	for rest != "" && (strings.HasSuffix(line, ":") || strings.HasSuffix(line, "：")) {
		var next string
		next, rest, _ = strings.Cut(rest, "\n")
		line += " " + strings.TrimSpace(next)
		for strings.HasPrefix(rest, "  ") { // the list goes on
			next, rest, _ = strings.Cut(rest, "\n")
			line += "; " + strings.TrimSpace(next)
		}
	}
	return line
}

// sayService tells how the zone's service stands: whether it is at work, what it did last and does next, what somebody
// has to do something about.
func (a *app) sayService(ctx context.Context, z *office.Zone) error {
	v, err := service.Look(ctx, z, a.now())
	if err != nil {
		return err
	}
	at := func(t time.Time) string {
		if t.IsZero() {
			return "—"
		}
		return t.In(z.Location).Format("2006-01-02 15:04")
	}
	used := v.Serving
	for _, j := range v.Jobs {
		used = used || j.Last != nil
	}
	if !used {
		return nil // a zone that nobody serves
	}
	if v.Serving {
		a.say("%s", lang.Say("serving since %s", "服务运行中，自 %s 起", at(v.Since)))
	} else {
		a.say("%s", lang.Say("not serving: nothing is done on schedule (taizhang serve)", "服务未运行，定时任务不会执行（taizhang serve）"))
	}
	for _, j := range v.Jobs {
		line := lang.Say("%[1]s: last done %[2]s, next %[3]s", "%[4]s：上次 %[2]s，下次 %[3]s", j.Name, at(j.Done), at(j.Next), j.Title)
		text := fmt.Sprint(line)
		if j.Failed {
			text += fmt.Sprint(lang.Say("; failed: %s", "；未成功：%s", shortly(j.Last.Message.String())))
		}
		if v.Serving && j.Why.String() != "" {
			text += fmt.Sprint(lang.Say("; %s", "；%s", j.Why))
		}
		a.say("  %s", text)
	}
	for _, x := range v.Alerts {
		a.say("%s", lang.Say("alert since %s: %s", "告警（自 %s）：%s", at(x.Since), shown(x.Text.String())))
	}
	return nil
}
