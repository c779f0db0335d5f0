package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/user"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/sink"
	"taizhang/ingest/forms"
	"taizhang/ingest/written"
	"taizhang/internal/archive"
	"taizhang/internal/calendar"
	"taizhang/internal/decl"
	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/queries"
)

func (a *app) returnsCmd() *cobra.Command {
	c := &cobra.Command{Use: "returns", Short: lang.Phrase("List returns, show one, or decide about one", "列出报表、查看一份报表、对报表作出决定")}
	var submitter, form, period, status string
	list := &cobra.Command{
		Use:   "list",
		Short: lang.Phrase("List all returns with their outcomes", "列出全部报表及审核结果"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			z, r, err := a.reader()
			if err != nil {
				return err
			}
			defer r.Close()
			ask := queries.ReturnsAsk{Submitter: submitter, Form: form, Period: period}
			if ask.Point, err = a.point(z.Location); err != nil {
				return err
			}
			ask.UntilAsOf = a.asOf != ""
			if ask.Submitter, err = knownSubmitter(z, submitter); err != nil {
				return err
			}
			if ask.Form, err = knownForm(z, form); err != nil {
				return err
			}
			if ask.Period, err = knownPeriod(period, calendar.Of(a.now().In(z.Location))); err != nil {
				return err
			}
			if ask.Status, err = knownOutcome(status); err != nil {
				return err
			}
			records, err := r.Returns(cmd.Context(), ask)
			if err != nil {
				return err
			}
			return a.printKeyed(records, queries.ReturnKeys())
		},
	}
	a.outputFlag(list)
	list.Flags().StringVar(&submitter, "submitter", "", lang.Phrase("of one submitter", "只列一个填报单位"))
	list.Flags().StringVar(&form, "form", "", lang.Phrase("of one form", "只列一个表样"))
	list.Flags().StringVar(&period, "period", "", lang.Phrase("of one period", "只列一个报送期"))
	list.Flags().StringVar(&status, "status", "", lang.Phrase("with one outcome", "只列一种审核结果"))
	show := &cobra.Command{
		Use:   "show ID",
		Short: lang.Phrase("Show a return with its findings", "查看一份报表及其审核意见"),
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			z, r, err := a.reader()
			if err != nil {
				return err
			}
			defer r.Close()
			p, err := a.point(z.Location)
			if err != nil {
				return err
			}
			rec, err := r.Return(cmd.Context(), args[0], p)
			var none *queries.ErrNoReturn
			if errors.As(err, &none) {
				return noSuchReturn(cmd.Context(), r, none)
			}
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printObject(rec)
			}
			findings, _ := rec.Get("findings").([]result.Record)
			if a.format == "csv" {
				return a.print(findings, "severity", "rule", "sheet", "cell", "value", "message", "hint")
			}
			for _, e := range rec {
				if _, list := e.Value.([]result.Record); !list {
					head := heads([]string{e.Key})[0]
					fmt.Fprintf(a.out, "%s%s %s\n", head, strings.Repeat(" ", max(0, 15-textWidth(head))), worded(e.Key, listing{forms: a.forms}.titled(e.Key, shown(sink.Text(e.Value, a.format)))))
				}
			}
			if len(findings) > 0 {
				fmt.Fprintln(a.out)
				if err := a.print(findings, "severity", "rule", "sheet", "cell", "value", "message", "hint"); err != nil {
					return err
				}
			}
			for _, more := range []struct {
				key     string
				columns []string
			}{{"explained", []string{"rule", "sheet", "cell", "value", "message", "explanation"}}, {"passed_over", []string{"sheet", "row", "kind"}}, {"unread", []string{"sheet", "cell", "value", "kind"}}} {
				if list, _ := rec.Get(more.key).([]result.Record); len(list) > 0 {
					fmt.Fprintf(a.out, "\n%s\n", heads([]string{more.key})[0])
					if err := a.print(list, more.columns...); err != nil {
						return err
					}
				}
			}
			return nil
		},
	}
	c.AddCommand(list, show, a.returnsDiffCmd(),
		a.decideCmd(archive.Accept, "accept ID", lang.Phrase("Count a rejected return all the same (放行)", "退回的报表照样计入（放行）")),
		a.decideCmd(archive.Withdraw, "withdraw ID", lang.Phrase("Stop counting a return (作废)", "报表不再计入（作废）")),
		a.decideCmd(archive.Clear, "clear SUBMITTER FORM", lang.Phrase("Empty a submitter's ledger from today's business date on", "自今日业务日期起清空一个单位的台账")),
		a.decideCmd(archive.Waive, "waive SUBMITTER FORM PERIOD", lang.Phrase("Release a submitter from handing in one period (免报)", "某单位某一期不用报送（免报）")))
	undo := a.decideCmd(archive.Undo, "undo ID", lang.Phrase("Take the last decision about a return back (撤销上一决定); see also its subcommands", "撤销对一份报表的上一决定；另见其子命令"))
	undo.AddCommand(
		a.decideCmd(archive.Undo, "clear SUBMITTER FORM", lang.Phrase("Take the last clear of a submitter's ledger back", "撤销上一次清空台账")),
		a.decideCmd(archive.Undo, "waive SUBMITTER FORM PERIOD", lang.Phrase("Take the waiving of a period back", "撤销上一次免报")))
	c.AddCommand(undo)
	return c
}

// knownSubmitter is the name of a unit of the zone by name, code or alias; another one is refused.
func knownSubmitter(z *office.Zone, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	if s, ok := z.Match(name); ok {
		return s.Name, nil
	}
	var known []string
	for _, s := range z.Submitters {
		known = append(known, s.Name, s.Code)
	}
	return "", unknownName(lang.Say("submitter", "填报单位"), name, known)
}

// knownForm is the id of a form by id or title.
func knownForm(z *office.Zone, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	if f := z.Forms.Lookup(name); f != nil {
		return f.ID, nil
	}
	return "", noSuchForm(z.Forms, name)
}

// noSuchForm refuses the name of a form, with the one that it is like.
func noSuchForm(set *forms.Set, name string) error {
	var ids, titles []string
	for _, f := range set.Forms {
		ids, titles = append(ids, f.ID), append(titles, f.PlainTitle())
	}
	if decl.DidYouMean(name, ids).English == "" {
		ids = titles
	}
	return usagef("no such form: %s; see: taizhang forms list%s", "没有表样“%s”；表样见：taizhang forms list%s", name, decl.DidYouMean(name, ids))
}

// knownOutcome is an outcome by its name, or by the word that a table has for it.
func knownOutcome(name string) (string, error) {
	outcomes := queries.Outcomes()
	if name == "" || slices.Contains(outcomes, unworded("status", name)) {
		return unworded("status", name), nil
	}
	if lang.Spoken() == lang.Chinese {
		for i, o := range outcomes {
			outcomes[i] = worded("status", o)
		}
	}
	return "", usagef("unknown outcome %q; there are %s%s", "没有审核结果“%s”；可用：%s%s", name, strings.Join(outcomes, lang.Phrase(", ", "、")), decl.DidYouMean(name, outcomes))
}

// knownPeriod is a week or month as it is stored; it may be written as offices do (2026年第48周, 10月), the nearest one without a year.
func knownPeriod(s string, today calendar.Date) (string, error) {
	if s == "" {
		return "", nil
	}
	p, err := calendar.ParsePeriod(s)
	for _, kind := range []calendar.PeriodKind{calendar.Week, calendar.Month} {
		if err == nil {
			break
		}
		if q, ok := written.ReadPeriod(s, kind, today); ok {
			p, err = q, nil
		}
	}
	if err != nil {
		return "", usagef("--period %q: a week such as 2022-W33 or a month such as 2022-08 is expected", "--period %q：应写成 2022-W33、2022年第33周，或 2022-08、2022年8月", s)
	}
	return p.String(), nil
}

// userName is the name of the system's user, "" where the system doesn't tell.
func userName() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return cmp.Or(strings.TrimSpace(u.Name), u.Username)
}

// decisionWords are the decisions as a Chinese office calls them, by command.
var decisionWords = map[string]string{"accept": "放行", "withdraw": "作废", "clear": "清空台账", "waive": "免报",
	"undo": "撤销对报表的决定", "undo clear": "撤销清空台账", "undo waive": "撤销免报"}

// decideCmd makes one of the operator's decisions.
func (a *app) decideCmd(kind archive.Decision, use, short string) *cobra.Command {
	n := len(strings.Fields(use)) - 1
	var reason, by string
	var clockOK bool
	c := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.ExactArgs(n),
		RunE: func(cmd *cobra.Command, args []string) error {
			if reason == "" {
				return usagef("a decision needs a reason: --reason TEXT", "作出决定须说明原因：--reason 原因")
			}
			z, err := a.zone()
			if err != nil {
				return err
			}
			d := office.Decision{Kind: kind, Reason: reason, By: by}
			switch n {
			case 1:
				d.Return = args[0]
			case 2:
				d.Submitter, d.Form = args[0], args[1]
			case 3:
				d.Submitter, d.Form, d.Period = args[0], args[1], args[2]
			}
			return a.ownedHere(cmd, z, args, map[string]string{"by": by}, func() error {
				out, err := z.Decide(cmd.Context(), d, office.Options{Clock: a.now, ClockOK: clockOK, Log: a.log()})
				if err != nil {
					return err
				}
				if out.Note != (lang.Text{}) {
					a.tell("note: %s", "注意：%s", out.Note)
				}
				name := strings.TrimPrefix(cmd.CommandPath(), "taizhang returns ")
				a.say("%s", lang.Say("Decided and published: %[1]s %[2]s", "已决定并发布：%[3]s %[2]s", name, strings.Join(args, " "), decisionWords[name]))
				return nil
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", lang.Phrase("why (required; kept in the journal)", "原因（必填；记入日志）"))
	c.Flags().BoolVar(&clockOK, "clock-ok", false, lang.Phrase("the clock is right, although it is before the last return's arrival", "时钟是准的，尽管早于最后一份报表的收到时间"))
	c.Flags().StringVar(&by, "by", userName(), lang.Phrase("who decides, as the sender's receipt says it", "由谁决定，写入给填报单位的回执"))
	return c
}

// noSuchReturn refuses the number of a return that there is none of, with the one that was probably meant.
func noSuchReturn(ctx context.Context, r *queries.Reader, none *queries.ErrNoReturn) error {
	var ids []string
	if all, err := r.Returns(ctx, queries.ReturnsAsk{}); err == nil {
		for _, x := range all {
			if x.Get("return") == none.ID {
				return usagef("return %s isn't there at that point: it came in on %s, and its rows are as of %s", "按所问的日期和时点还没有报表 %s：它收到于 %s，数据截至 %s",
					none.ID, shownTime(fmt.Sprint(x.Get("received_at"))), cmp.Or(sink.Text(x.Get("cutoff"), "table"), queries.NoValue))
			}
			ids = append(ids, fmt.Sprint(x.Get("return")))
		}
	}
	return usagef("%w; see: taizhang returns list%s", "%w；报表见：taizhang returns list%s", none, office.NearReturn(none.ID, ids))
}
