package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/ingest/forms"
	"taizhang/internal/lang"
	"taizhang/internal/result"
)

func (a *app) formsCmd() *cobra.Command {
	c := &cobra.Command{Use: "forms", Short: lang.Phrase("List the forms, write a fill-in template, check a declaration, learn a spelling", "列出表样、生成填报模板、检查表样文件、认定一种写法")}
	list := &cobra.Command{
		Use:   "list",
		Short: lang.Phrase("List the forms and who owes them", "列出表样以及由哪些单位报送"),
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			set, z, err := a.formSet()
			if err != nil {
				return err
			}
			var records []result.Record
			for _, f := range set.Forms {
				var from []string
				if z != nil {
					for _, s := range z.Submitters {
						if z.Owes(s.Code, f.ID) {
							from = append(from, s.Name)
						}
					}
				}
				records = append(records, result.Record{{Key: "form", Value: f.ID}, {Key: "title", Value: f.Title}, {Key: "mode", Value: string(f.Mode)},
					{Key: "frequency", Value: f.Frequency.String()}, {Key: "columns", Value: int64(len(f.Columns))}, {Key: "from", Value: strings.Join(from, "、")}})
			}
			return a.print(records)
		},
	}
	check := &cobra.Command{
		Use:   "check FILE",
		Short: lang.Phrase("Check a form declaration (YAML)", "检查一个表样文件（YAML）"),
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			f, err := forms.Parse(args[0], text)
			if err != nil {
				return usageError{err}
			}
			set, _, err := a.formSet()
			if err != nil {
				return err
			}
			if err := set.Check(f); err != nil {
				return usageError{err}
			}
			_, err = fmt.Fprint(a.out, lang.Say("%s %s: %d columns, %d rules\n", "%s %s：%d列，%d条规则\n", f.ID, f.Title, len(f.Columns), len(f.Rules)))
			return err
		},
	}
	dictionary := &cobra.Command{
		Use:   "dictionary",
		Short: lang.Phrase("Print the data dictionary of all forms (Markdown)", "输出全部表样的数据字典（Markdown）"),
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			set, _, err := a.formSet()
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(a.out, set.Dictionary())
			return err
		},
	}
	c.AddCommand(list, a.formsTemplateCmd(), check, a.formsLearnCmd(), dictionary)
	return c
}

// formSet gives the zone's forms, or the built-in ones outside a zone.
func (a *app) formSet() (*forms.Set, *office.Zone, error) {
	if isZone(a.zoneDir) {
		z, err := a.zone()
		if err != nil {
			return nil, nil, err
		}
		return z.Forms, z, nil
	}
	set, err := forms.Load()
	return set, nil, err
}
