package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/office/trino"
	"taizhang/internal/decl"
	"taizhang/internal/engine"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/queries"
	"taizhang/transform"
)

// The engines of --engine.
const (
	onDuckDB = "duckdb"
	onTrino  = "trino"
)

// eitherEngine are the commands that DuckDB and Trino carry out alike.
var eitherEngine = []string{"models run", "models test", "metrics", "trace", "summary"}

// embeddedOnly are the commands that read, or serve, the zone's own publication, which only DuckDB opens: where Trino is the zone's
// engine they are refused unless --engine duckdb asks for it, since the two may be of different days. All other commands
// have to do with the zone's own files, whatever its engine.
var embeddedOnly = []string{"status", "sql", "serve", "service install", "returns list", "returns show", "returns diff", "models plan", "models graph", "models rollback",
	"metrics diff", "trace --cell", "forms learn", "forms template"}

// checkEngine refuses --engine where it would do nothing.
func (a *app) checkEngine(path string) error {
	engines := []string{onDuckDB, onTrino}
	switch {
	case !slices.Contains(engines, a.engine):
		return usageError{decl.Say("unknown engine %[1]q%[2]s: duckdb or trino", "没有引擎 %[1]q%[2]s：应为 duckdb 或 trino", a.engine, decl.DidYouMean(a.engine, engines))}
	case !slices.Contains(eitherEngine, path) && !slices.Contains(embeddedOnly, path):
		return usageError{decl.Say("%[1]s asks no engine: --engine would change nothing", "%[1]s 不经过计算引擎：--engine 不起作用", path)}
	}
	return nil
}

// onTrino says whether a command is carried out by Trino.
func (a *app) onTrino(z *office.Zone) bool {
	if a.engine != "" {
		return a.engine == onTrino
	}
	return z.Trino != nil && (slices.Contains(eitherEngine, a.path) || slices.Contains(embeddedOnly, a.path))
}

// refuseEngine refuses what Trino can't be asked, rather than answer it from a publication that may be of another day.
func (a *app) refuseEngine(z *office.Zone) error {
	if !a.onTrino(z) || slices.Contains(eitherEngine, a.path) {
		return nil
	}
	return usageError{lang.Say("%[1]s can't be had from Trino: it reads the publication of the zone's own folder, which may be of another day\nhint: %[1]s --engine duckdb asks that; from Trino there are %[2]s",
		"%[1]s 不能由 Trino 完成：它读取园区文件夹中自己的发布，那可能是另一天的\n建议：用 %[1]s --engine duckdb 查它；Trino 能完成的有 %[2]s", a.path, strings.Join(eitherEngine, lang.Phrase(", ", "、")))}
}

// trinoReader opens what Trino has published.
func (a *app) trinoReader(z *office.Zone) (*queries.Reader, error) {
	if err := a.refuseEngine(z); err != nil {
		return nil, err
	}
	m, own := a.innermost(), false
	if m == nil {
		m, own = a.meter(), true
		m.report(0, 0, lang.Say("asking Trino", "向 Trino 查询"))
	}
	end := func() error {
		if own {
			m.end()
		}
		return nil
	}
	r, err := trino.Read(a.ctx, z, m.watch(nil))
	if err != nil {
		return nil, errors.Join(err, end())
	}
	r.OnClose(end)
	return r, nil
}

// innermost is the meter that runs now, nil where none does.
func (a *app) innermost() *meter {
	if len(a.meters) == 0 {
		return nil
	}
	return a.meters[len(a.meters)-1]
}

// settle ends all meters: something is about to be printed.
func (a *app) settle() {
	for len(a.meters) > 0 {
		a.innermost().end()
	}
}

// watch tells, beside what is reported, how far the statement on Trino is: its splits and stages. what, where given, says
// what the statement is for.
func (m *meter) watch(what func() lang.Text) func(engine.Progress) {
	return func(p engine.Progress) {
		if p.State == engine.Ended {
			m.aside(lang.Text{})
			return
		}
		says := lang.Say("%s", "%s", strings.ToLower(p.State))
		if p.All > 0 {
			says = lang.Say("%d of %d splits, stage %d of %d, %d nodes", "分片%d/%d，阶段%d/%d，%d个节点", p.Done, p.All, p.DoneStages, p.Stages, p.Nodes)
		}
		if what != nil {
			says = lang.Say("%s: %s", "%s：%s", what(), says)
		}
		m.aside(says)
	}
}

// spoken is what a statement is for, which is set by another goroutine than tells of it.
type spoken struct{ atomic.Value }

func (s *spoken) say(what lang.Text) { s.Store(what) }

func (s *spoken) said() lang.Text { return s.Load().(lang.Text) }

// testTrino is `models test` on Trino.
func (a *app) testTrino(ctx context.Context, z *office.Zone, empty func() (*warehouse.DB, error), models []string) ([]transform.CaseResult, error) {
	m := a.meter()
	defer m.end()
	testing := lang.Say("testing models on Trino", "在 Trino 上测试模型")
	m.report(0, 0, testing)
	var now spoken
	now.say(testing)
	cases := int64(0)
	return trino.Test(ctx, z, trino.Options{Clock: a.now, Watch: m.watch(now.said)}, empty, func(c transform.Case) {
		m.report(cases, 0, testing)
		cases++
		now.say(lang.Say("%s", "%s", c.Name+" ("+c.File+")"))
	}, models...)
}

// runTrino is `models run` on Trino.
func (a *app) runTrino(cmd *cobra.Command, z *office.Zone) error {
	if cmd.Flags().Changed("full") {
		return usageError{lang.Say("on Trino everything is built anew every time: --full would change nothing", "在 Trino 上每次都全部重新构建：--full 不起作用")}
	}
	m := a.meter()
	building := lang.Say("building models on Trino", "在 Trino 上构建模型")
	m.report(0, 0, building)
	var now spoken
	now.say(lang.Say("looking at what is there", "查看已有的内容"))
	begun := a.now()
	out, err := trino.Run(cmd.Context(), z, trino.Options{Clock: a.now, Watch: m.watch(now.said), Step: func(s engine.Step) {
		m.report(int64(s.Done), int64(s.All), building)
		now.say(lang.Say("%s", "%s", s.Model))
	}})
	m.end()
	if out == nil {
		return err
	}
	if out.Healed {
		a.tell("An earlier run had ended while it published: its views were put back first.", "以前有一次构建在发布途中中断：已先恢复其视图。")
	}
	for _, w := range out.Warnings {
		a.tell("check: %s", "请核实：%s", w)
	}
	a.tell("Trino: %d models built, %d checks made, published as %s, figures as of %s, %s.", "Trino：构建模型%d个，检查%d项，已发布为 %s，数字截至%s，用时%s。",
		out.Models, out.Checks, out.Run, out.Point.AsOf, spanOf(a.now().Sub(begun)))
	if len(out.Dropped) > 0 {
		a.tell("Cleared away: %s", "已清除：%s", strings.Join(out.Dropped, ", "))
	}
	return err
}
