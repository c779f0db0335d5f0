package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/rounded"
	"taizhang/queries"
)

// metricsDiffCmd is `metrics diff`.
func (a *app) metricsDiffCmd() *cobra.Command {
	var from, to string
	var by, where []string
	c := &cobra.Command{
		Use:   "diff [NAME...]",
		Short: lang.Phrase("List the figures that corrections and decisions moved between two known-at times", "列出两个时点之间因更正和操作员决定而变动的数字"),
		Long: lang.Phrase("Compares the figures of one as-of date as they were known at two times: which differ, from what to what,\n"+
			"through which returns (corrections, operators' decisions) and which rows. --to defaults to the publication's own time.",
			"比较同一截至日期的数字在两个时点的差别：哪些数字变了、由多少变为多少、\n"+
				"因哪些报表（更正、操作员决定）和哪些行而变。不写 --to 时取发布的时间。"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if from == "" {
				return usagef("--from TIME is missing: the earlier known-at time", "缺 --from 时间：较早的时点")
			}
			if cmd.Flags().Changed("known-at") {
				return usagef("--known-at is one time: metrics diff compares --from with --to", "--known-at 只是一个时点：metrics diff 比较的是 --from 与 --to")
			}
			z, ask, r, err := a.ask(args, by, where)
			if err != nil {
				return err
			}
			defer r.Close()
			q := queries.DiffAsk{Ask: ask}
			if q.Before, err = a.knownTime("--from", from, z.Location); err != nil {
				return err
			}
			if to != "" {
				if q.After, err = a.knownTime("--to", to, z.Location); err != nil {
					return err
				}
			}
			changes, err := r.MetricsDiff(cmd.Context(), q)
			if err != nil {
				return usageError{err}
			}
			return a.printChanges(changes, by)
		},
	}
	c.Flags().StringVar(&from, "from", "", lang.Phrase("the earlier known-at time (RFC 3339, or 2022-08-08 12:00)", "较早的时点（RFC 3339，或 2022-08-08 12:00）"))
	c.Flags().StringVar(&to, "to", "", lang.Phrase("the later known-at time (default: the publication's)", "较晚的时点（默认：发布的时间）"))
	c.Flags().StringSliceVar(&by, "by", nil, lang.Phrase("break down by dimensions", "按维度分组"))
	c.Flags().StringSliceVar(&where, "where", nil, lang.Phrase("only rows with DIM=VALUE", "只计维度=值的各行"))
	return c
}

// printChanges prints changed figures; people see how many rows moved, machines see each.
func (a *app) printChanges(changes []queries.Change, by []string) error {
	records := make([]result.Record, len(changes))
	for i, c := range changes {
		records[i] = c.Record()
	}
	if a.format != "table" && a.format != "md" {
		return a.printKeyed(records, queries.ChangeKeys(by))
	}
	shown, cut := make([]result.Record, len(changes)), false
	few := func(list []string, sep string) string {
		if len(list) <= 2*namedInTable {
			return strings.Join(list, sep)
		}
		cut = true
		return strings.Join(list[:namedInTable], sep) + lang.Phrase(" … (%d)", " …（共%d项）", len(list))
	}
	for i, c := range changes {
		r := records[i]
		rec := result.Record{{Key: "metric", Value: r.Get("metric")}, {Key: "label", Value: r.Get("label")}}
		for _, d := range by {
			v := r.Get(d)
			if v == nil {
				v = queries.NoValue
			}
			rec = append(rec, result.Entry{Key: d, Value: v})
		}
		before, after, change := shownChange(c)
		var causes []string
		for _, x := range c.Causes {
			word := causeWords[x.Kind].String() + " " + x.Submitter
			if x.Return != "" {
				word += " " + x.Return
			}
			causes = append(causes, word)
		}
		shown[i] = append(rec, result.Entry{Key: "before", Value: before}, result.Entry{Key: "after", Value: after},
			result.Entry{Key: "change", Value: change}, result.Entry{Key: "rows", Value: int64(len(c.Rows))},
			result.Entry{Key: "returns", Value: few(c.Returns, " ")}, result.Entry{Key: "causes", Value: few(causes, lang.Phrase(", ", "，"))})
	}
	err := a.print(shown, append(append([]string{"metric", "label"}, by...), "before", "after", "change", "rows", "returns", "causes")...)
	if err == nil && cut {
		a.tell("Of long lists the first %d are shown; -f json and -f csv have all.", "较长的清单只列前%d项，全部内容用 -f json 或 -f csv 查看。", namedInTable)
	}
	return err
}

// namedInTable is how many returns and causes of a figure a table names where they are more than twice as many: a week moves a
// figure by those of every unit, and a line of them is as wide as a dozen screens.
const namedInTable = 4

var causeWords = map[string]lang.Text{
	"new": lang.Say("new:", "新报"), "correction": lang.Say("corrected:", "更正重报"), "accept": lang.Say("accepted:", "放行"), "withdraw": lang.Say("withdrawn:", "作废"),
	"clear": lang.Say("cleared:", "清空"), "waive": lang.Say("waived:", "免报"), "undo": lang.Say("undone:", "撤销"),
}

// shownChange is a figure before and after, and how far it moved; of a ratio that stayed what it was made of.
func shownChange(c queries.Change) (before, after, change string) {
	r, unit := c.Record(), string(c.After.Metric.Unit)
	before, after, change = shownValue(r.Get("before"), unit), shownValue(r.Get("after"), unit), shownValue(r.Get("change"), unit)
	f := result.Float(r.Get("change"))
	switch {
	case f == nil:
	case unit == "ratio" && *f == 0:
		before += fmt.Sprintf(" %v/%v", c.Before.Num, c.Before.Den)
		after += fmt.Sprintf(" %v/%v", c.After.Num, c.After.Den)
		change = lang.Phrase("unchanged", "持平")
	case unit == "ratio":
		before, after, change = shownRatios(result.Float(r.Get("before")), result.Float(r.Get("after")), *f)
	case *f > 0:
		change = "+" + change
	}
	return before, after, change
}

// shownRatios shows two ratios that differ with as many decimals as it takes to see it: 8.93% and 8.90%, not 8.9% twice and -0.0.
// How far they moved is the difference of what is shown, as in the weekly: who takes 80.5 from 84.1 gets 3.6.
func shownRatios(before, after *float64, change float64) (was, is, moved string) {
	decimals := 1
	show := func(v *float64) string {
		if v == nil {
			return "—"
		}
		return rounded.Percent(*v, decimals)
	}
	for decimals < 6 && show(before) == show(after) {
		decimals++
	}
	points := change * 100
	if before != nil && after != nil {
		points = rounded.Half(*after*100, decimals) - rounded.Half(*before*100, decimals)
	}
	return show(before), show(after), fmt.Sprintf("%+.*f%s", decimals, points, lang.Phrase(" points", "百分点"))
}
