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
	"taizhang/internal/result"
	"taizhang/queries"
)

var returnID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\d+-\d+$`) })

func (a *app) formsLearnCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "learn RETURN | [FORM [COLUMN]] WRITTEN MEANT",
		Short: "Confirm a spelling once, so that it is known from then on",
		Long: `Keeps in the zone's learned.yaml that WRITTEN means MEANT:
  learn 产业科 产业局                        an alias of a submitter
  learn 问题台账 流转情况 办理状态           a heading of a column
  learn 问题台账 办理状态 已了结 已办结      a value of a column's list
  learn 000123-1                             every heading that was guessed in that return
It holds from the next run on. What was sent back for it may be handed in again as it is.`,
		Args: cobra.RangeArgs(1, 4),
		RunE: func(cmd *cobra.Command, args []string) error {
			z, err := a.zone()
			if err != nil {
				return err
			}
			var lessons []forms.Lesson
			if len(args) == 1 {
				if !returnID().MatchString(args[0]) {
					return usagef("learn %s: the number of a return (000123-1), or WRITTEN and MEANT; see: taizhang forms learn --help", args[0])
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
			learned, err := z.Teach(lessons)
			if err != nil {
				return err
			}
			if len(learned) == 0 {
				a.say("Nothing new: that is known already.")
			}
			for _, x := range learned {
				line := append(strings.Fields(x.Form+" "+x.Column), "“"+x.Written+"” = "+x.Meant)
				if _, err := fmt.Fprintln(a.out, strings.Join(line, " ")); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// lessonOf reads the arguments; titles stand for ids, and a submitter's own name for its code.
func lessonOf(z *office.Zone, args []string) (forms.Lesson, error) {
	n := len(args)
	x := forms.Lesson{Written: strings.TrimSpace(args[n-2]), Meant: args[n-1]}
	if x.Written == "" {
		return x, usagef("learn: WRITTEN is empty")
	}
	if n == 2 {
		s, ok := z.Match(x.Meant)
		if !ok {
			return x, usagef("no such submitter: %s", x.Meant)
		}
		x.Meant = s.Name
		return x, nil
	}
	f := z.Forms.Lookup(args[0])
	if f == nil {
		return x, usagef("no such form: %s; see: taizhang forms list", args[0])
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
		return nil, usagef("return %s is of no form", id)
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
		return nil, usagef("nothing was guessed in return %s", id)
	}
	return out, nil
}
