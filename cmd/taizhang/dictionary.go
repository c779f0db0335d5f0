package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/metric"
	"taizhang/internal/zone"
	"taizhang/queries/weekly"
	"taizhang/transform"
)

// The models come first: the pages are written by a program that holds them.
//go:generate go run . docs --models ../..
//go:generate go run . docs ../..

// document is a generated file of the source tree.
type document struct {
	name string // from the root of the tree
	text func() (string, error)
}

var pages = []document{
	{"docs/forms.md", func() (string, error) {
		set, err := forms.Load()
		if err != nil {
			return "", err
		}
		return set.Dictionary(), nil
	}},
	{"docs/findings.md", func() (string, error) { return findingsDictionary(), nil }},
	{"docs/metrics.md", func() (string, error) {
		c, err := metric.Load()
		if err != nil {
			return "", err
		}
		return metricsDictionary(c), nil
	}},
	{"docs/tables.md", func() (string, error) {
		set, err := forms.Load()
		if err != nil {
			return "", err
		}
		return tablesDictionary(context.Background(), set)
	}},
	{"docs/models.md", func() (string, error) {
		set, err := forms.Load()
		if err != nil {
			return "", err
		}
		models, err := office.PlanModels(context.Background(), set)
		if err != nil {
			return "", err
		}
		return modelsDictionary(models), nil
	}},
}

// documents are written from the built-in declarations: the models of the forms' rows as loaded, the declarations' trees, then
// the pages. A test
// compares them with what is there.
func documents() ([]document, error) {
	set, err := forms.Load()
	if err != nil {
		return nil, err
	}
	var out []document
	for _, f := range set.Forms {
		out = append(out, document{"transform/models/stg/" + f.ID + ".sql", func() (string, error) { return f.Staging(), nil }})
	}
	trees, err := forms.Trees()
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(trees)) {
		out = append(out, document{"ingest/forms/trees/" + name, func() (string, error) { return trees[name], nil }})
	}
	out = append(out, document{"internal/metric/metrics.tree", metric.Tree}, document{"queries/weekly/weekly.tree", weekly.Tree})
	return append(out, pages...), nil
}

// findingsDictionary lists the rules by which returns are judged.
func findingsDictionary() string {
	var b strings.Builder
	b.WriteString("# 审核规则 (findings)\n\nGenerated from `ingest/finding` by `make generate`; do not edit.\n\n" +
		"These hold for every form; what a form declares itself stands in [forms.md](forms.md). `rule` in `returns show` and in `raw.finding` is the id.\n" +
		"必须修改 sends the whole return back where 整份 is marked, else refuses the row (a required field or part of the key) or empties the value. 请核实 counts, and can be explained on the receipt (核实说明).\n\n" +
		"| rule | 程度 | 整份 | 含义 |\n|---|---|---|---|\n")
	for _, r := range finding.Rules() {
		whole := ""
		if r.Whole {
			whole = "退回"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.ID, r.Severity.Label(), whole, r.Says)
	}
	return b.String()
}

// docsCmd writes the generated files; `go generate` calls it.
func (a *app) docsCmd() *cobra.Command {
	var models bool
	cmd := &cobra.Command{
		Use:    "docs DIR",
		Short:  lang.Phrase("Write the generated files of the source tree", "生成源代码中的文档和文件"),
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			all, err := documents()
			if err != nil {
				return err
			}
			for _, d := range all {
				if models && path.Ext(d.name) != ".sql" {
					continue
				}
				text, err := d.text()
				if err != nil {
					return fmt.Errorf("%s: %w", d.name, err)
				}
				if err := durable.WriteBytes(filepath.Join(args[0], d.name), 0o644, []byte(text)); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&models, "models", false, lang.Phrase("the models of the forms' rows alone", "只生成各表样的明细模型"))
	return cmd
}

// dictionaryCmd prints a page about a zone's own declarations, or the built-in ones outside a zone.
func (a *app) dictionaryCmd(short string, text func(z *office.Zone) (string, error)) *cobra.Command {
	return &cobra.Command{
		Use:   "dictionary",
		Short: short,
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			var z *office.Zone
			if isZone(a.zoneDir) {
				var err error
				if z, err = a.zone(); err != nil {
					return err
				}
			}
			t, err := text(z)
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(a.out, t)
			return err
		},
	}
}

func metricsDictionary(c *metric.Catalogue) string {
	var b strings.Builder
	b.WriteString("# 指标口径 (metrics)\n\nGenerated from `internal/metric/metrics.yaml` by `make generate`; do not edit.\n\n" +
		"Every figure is compiled from this one declaration: on the command line, in the weekly workbook, in `mart.metric` and in its trace.\n" +
		"Expressions are SQL over the rows of the fact's table that count.\n")
	for _, f := range c.Facts {
		first := true
		for _, m := range c.Metrics {
			if m.Fact != f {
				continue
			}
			if first {
				first = false
				about := "`" + f.Table + "`"
				switch len(f.Forms) {
				case 0:
				case 1:
					about = "form `" + f.Forms[0] + "`, rows of " + about
				default:
					about = "forms `" + strings.Join(f.Forms, "`, `") + "`, rows of " + about
				}
				fmt.Fprintf(&b, "\n## %s\n\n%s, %s.\n\n| metric | 名称 | unit | 口径 | computed as | dimensions |\n|---|---|---|---|---|---|\n", f.ID, about, modeWords[f.Mode])
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", m.ID, cellMD(m.Label), m.Unit, cellMD(m.Definition), cellMD(computed(m)), strings.Join(m.Dimensions, ", "))
		}
	}
	b.WriteString("\n## Dimensions\n\n| dimension | 名称 |\n|---|---|\n")
	for _, d := range c.Dimensions {
		fmt.Fprintf(&b, "| `%s` | %s |\n", d.ID, d.Label)
	}
	return b.String()
}

var modeWords = map[metric.Mode]string{
	metric.Ledger:     "the state at the as-of date",
	metric.Period:     "rows dated from 1 January to the as-of date",
	metric.Obligation: "what fell due in the week up to the as-of date",
}

// computed is a metric's expression in words and SQL.
func computed(m *metric.Metric) string {
	text := ""
	if m.IsRatio() {
		text = measure(m.Num) + " ÷ " + measure(m.Den)
	} else {
		text = measure(m.Value)
	}
	if m.Newest != nil {
		text += fmt.Sprintf(", rows with the newest `%s` per `%s`", m.Newest.Of, strings.Join(m.Newest.Per, ", "))
	}
	return text
}

func measure(m *metric.Measure) string {
	text := m.Agg
	if m.Expr != "" {
		text += " of `" + m.Expr + "`"
	}
	if m.Where != "" {
		text += " where `" + m.Where + "`"
	}
	return text
}

func cellMD(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "|", `\|`)), " ")
}

func modelsDictionary(models []transform.Model) string {
	var b strings.Builder
	b.WriteString("# 模型 (models)\n\nGenerated from `transform/models` by `make generate`; do not edit.\n\n" +
		"Staging renames and casts, core holds facts and dimensions, marts are what people ask for. A model whose grain or a check\n" +
		"doesn't hold stops the publication (warnings only tell). `mart.metric` and `mart.metric_week` come from `internal/metric/metrics.yaml`.\n")
	for _, layer := range transform.Layers {
		fmt.Fprintf(&b, "\n## %s\n", layer)
		for _, m := range models {
			if m.Layer != layer {
				continue
			}
			fmt.Fprintf(&b, "\n### %s\n\n%s\n\n- grain: %s\n", m.Name, m.Description, strings.Join(m.Grain, ", "))
			if len(m.Reads) > 0 {
				fmt.Fprintf(&b, "- reads: %s\n", strings.Join(m.Reads, ", "))
			}
			for _, c := range m.Checks {
				word := "check"
				if c.Warning {
					word = "check (warning)"
				}
				fmt.Fprintf(&b, "- %s %s: `%s`\n", word, c.Name, c.Predicate)
			}
		}
	}
	return b.String()
}

// isZone says whether a folder holds a zone.
func isZone(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, zone.FileName))
	return err == nil
}
