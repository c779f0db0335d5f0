package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/ingest/forms"
	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/queries"
)

var returnID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\d+-\d+$`) })

func (a *app) formsLearnCmd() *cobra.Command {
	forget := false
	c := &cobra.Command{
		Use:   "learn RETURN | [FORM [COLUMN]] WRITTEN MEANT",
		Short: lang.Phrase("Confirm a spelling once, so that it is known from then on", "认定一种写法，今后都按此理解"),
		Long: lang.Phrase(`Keeps in the zone's learned.yaml that WRITTEN means MEANT:
  learn 产业科 产业局                        an alias of a submitter
  learn 问题台账 流转情况 办理状态           a heading of a column
  learn 问题台账 办理状态 已了结 已办结      a value of a column's list
  learn 000123-1                             every heading that was guessed in that return
It holds from the next run on. What was sent back for it may be handed in again as it is.
With --forget the same line takes it back, from the next run on: what was read by it stays as it was read.`,
			"在 learned.yaml 中记下某种写法的含义：\n"+
				"  learn 产业科 产业局                        填报单位的别名\n"+
				"  learn 问题台账 流转情况 办理状态           列的标题\n"+
				"  learn 问题台账 办理状态 已了结 已办结      可选值\n"+
				"  learn 000123-1                             该报表中猜测的全部标题\n"+
				"从下次接收起生效。因此被退回的报表可以原样再报。\n"+
				"同样的写法加 --forget 即收回，也从下次接收起生效；此前按它读取的不变。"),
		Args: cobra.RangeArgs(1, 4),
		RunE: func(cmd *cobra.Command, args []string) error {
			z, err := a.zone()
			if err != nil {
				return err
			}
			var lessons []forms.Lesson
			if len(args) == 1 {
				if !returnID().MatchString(args[0]) {
					return usagef("learn %s: the number of a return (000123-1), or WRITTEN and MEANT; see: taizhang forms learn --help", "learn %s：请写报表编号（000123-1），或写“写法”和“含义”；用法见：taizhang forms learn --help", args[0])
				}
				if lessons, err = a.guessed(cmd, z, args[0]); err != nil {
					return err
				}
			} else {
				lesson, err := lessonOf(z, args)
				if err != nil {
					return err
				}
				lessons = []forms.Lesson{lesson}
			}
			if forget {
				return a.forget(z, lessons)
			}
			learned, err := z.Teach(lessons)
			if err != nil {
				return err
			}
			if len(learned) == 0 {
				a.tell("Nothing new: that is known already.", "没有新内容：这种写法已经认定过。")
			}
			for _, x := range learned {
				if _, err := fmt.Fprintln(a.out, lessonLine(x)); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&forget, "forget", false, lang.Phrase("take back what was learned in error", "收回认错的写法"))
	return c
}

// lessonLine is a lesson as it is told.
func lessonLine(x forms.Lesson) string {
	return strings.Join(append(strings.Fields(x.Form+" "+x.Column), "“"+x.Written+"” = "+x.Meant), " ")
}

// forget takes lessons back; those that were never learned are refused, unless others of them were.
func (a *app) forget(z *office.Zone, lessons []forms.Lesson) error {
	var forgotten []string
	var unknown error
	for _, x := range lessons {
		var refusal *office.Refusal
		switch err := z.Forget(x); {
		case errors.As(err, &refusal):
			unknown = err
		case err != nil:
			return err
		default:
			forgotten = append(forgotten, lessonLine(x))
		}
	}
	if len(forgotten) == 0 {
		return lang.Errorf("%w\nhint: what was learned stands in %s", "%w\n建议：记住过的写法见 %s", unknown, forms.LearnedFile)
	}
	for _, line := range forgotten {
		if _, err := fmt.Fprintln(a.out, lang.Say("forgotten: %s", "已收回：%s", line)); err != nil {
			return err
		}
	}
	return nil
}

// lessonOf reads the arguments; titles stand for ids, and a submitter's own name for its code.
func lessonOf(z *office.Zone, args []string) (forms.Lesson, error) {
	n := len(args)
	x := forms.Lesson{Written: strings.TrimSpace(args[n-2]), Meant: args[n-1]}
	if x.Written == "" {
		return x, usagef("learn: WRITTEN is empty", "learn：没有填写写法")
	}
	if n == 2 {
		s, ok := z.Match(x.Meant)
		if !ok {
			return x, noSuchUnit(z, x.Meant)
		}
		x.Meant = s.Name
		return x, nil
	}
	f := z.Forms.Lookup(args[0])
	if f == nil {
		return x, noSuchForm(z.Forms, args[0])
	}
	x.Form = f.PlainTitle()
	if n == 4 {
		x.Column = titleOf(f, args[1])
	} else {
		x.Meant = titleOf(f, x.Meant)
	}
	return x, nil
}

func titleOf(f *forms.Form, name string) string {
	if c := f.Column(name); c != nil {
		return c.Title
	}
	return name
}

// guessed gives the headings that were guessed in a return.
func (a *app) guessed(cmd *cobra.Command, z *office.Zone, id string) ([]forms.Lesson, error) {
	r, err := a.readerOf(z)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	p, err := a.point(z.Location)
	if err != nil {
		return nil, err
	}
	rec, err := r.Return(cmd.Context(), id, p)
	var none *queries.ErrNoReturn
	if errors.As(err, &none) {
		return nil, usageError{err}
	}
	if err != nil {
		return nil, err
	}
	form, _ := rec.Get("form").(string)
	f := z.Forms.Get(form)
	if f == nil {
		return nil, usagef("return %s is of no form", "报表 %s 不属于任何表样", id)
	}
	found, _ := rec.Get("findings").([]result.Record)
	var out []forms.Lesson
	for _, x := range found {
		rule, _ := x.Get("rule").(string)
		written, _ := x.Get("value").(string)
		field, _ := x.Get("field").(string)
		c := f.Column(field)
		if rule != "heading_guess" || c == nil || written == "" || strings.HasSuffix(written, "…") {
			continue
		}
		out = append(out, forms.Lesson{Form: f.PlainTitle(), Written: written, Meant: c.Title})
		if levels := strings.ReplaceAll(written, "/", ""); levels != written { // headings above one another
			out = append(out, forms.Lesson{Form: f.PlainTitle(), Written: levels, Meant: c.Title})
		}
	}
	if len(out) == 0 {
		return nil, usagef("nothing was guessed in return %s", "报表 %s 中没有猜测的标题", id)
	}
	return out, nil
}
