package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/ingest"
	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/queries"
	"taizhang/transform"
)

// modelsPlanCmd is `models plan`.
func (a *app) modelsPlanCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "plan",
		Short: lang.Phrase("Say what the next run would build and why, and which published figures edited models would move", "说明下次运行将构建什么、为什么，以及改过的模型会使哪些数字变动"),
		Long: lang.Phrase("Says what the next run would do about each model and why. Where a model's text differs from the published one\n"+
			"(after it was edited in the zone's models folder), the edited texts are evaluated over the published data: which\n"+
			"figures would move and by how much, and how many rows of which models. Nothing is written.",
			"逐个说明下次运行如何处理各模型及原因。模型文本与已发布的不同时（在园区的 models 文件夹\n"+
				"中改过），用改后的文本对已发布的数据试算：哪些数字会变、变多少，哪些模型变多少行。不写入任何内容。"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			z, r, err := a.reader()
			if err != nil {
				return err
			}
			defer r.Close()
			if err := a.warnPortable(z); err != nil {
				return err
			}
			planned, err := pendingModels(ctx, z, r.Path(), z.Today(a.now()).String())
			if err != nil {
				return usageError{err}
			}
			if err := z.TryDeclared(ctx); err != nil { // also metrics, which name what the models have
				return usageError{err}
			}
			if files, err := ingest.Inbox(z.Inbox()); err != nil {
				return err
			} else if len(files) > 0 {
				a.tell("%d files wait in the inbox: what reads their forms would be updated too", "收件箱中有%d个文件待接收：读取这些表样的模型也会更新", len(files))
			}
			var models []warehouse.Model
			var records []result.Record
			moved := map[string]queries.MovedTable{}
			for _, m := range planned {
				models = append(models, warehouse.Model{Name: m.Name, Kind: m.Layer, Description: m.Description, SQL: m.SQL, Reads: m.Reads})
			}
			figures, tables, err := r.Edited(ctx, models)
			if err != nil {
				return usageError{err}
			}
			for _, t := range tables {
				moved[t.Model] = t
			}
			for _, m := range planned {
				if m.Action == transform.Kept && a.format == "table" {
					continue
				}
				t, changed := moved[m.Name]
				rec := result.Record{{Key: "model", Value: m.Name}, {Key: "action", Value: string(m.Action)}, {Key: "reason", Value: m.Reason},
					{Key: "rows_gone", Value: nil}, {Key: "rows_new", Value: nil}}
				if changed && t.Err == "" {
					rec[3].Value, rec[4].Value = t.Gone, t.Came
				}
				records = append(records, rec)
			}
			if a.format != "table" && a.format != "md" {
				for _, c := range figures {
					f := c.Record()
					records = append(records, result.Record{{Key: "metric", Value: f.Get("metric")}, {Key: "label", Value: f.Get("label")}, {Key: "unit", Value: f.Get("unit")},
						{Key: "dims", Value: dimsOf(c)}, {Key: "before", Value: f.Get("before")}, {Key: "after", Value: f.Get("after")}, {Key: "change", Value: f.Get("change")}})
				}
				return a.print(records)
			}
			if err := a.print(records, "model", "action", "rows_gone", "rows_new", "reason"); err != nil {
				return err
			}
			if len(figures) == 0 {
				a.tell("No published figure would move.", "已发布的数字都不会变动。")
				return nil
			}
			fmt.Fprintln(a.out)
			var shown []result.Record
			for _, c := range figures {
				f := c.Record()
				before, after, change := shownChange(c)
				shown = append(shown, result.Record{{Key: "metric", Value: f.Get("metric")}, {Key: "label", Value: f.Get("label")}, {Key: "group", Value: dimsOf(c)},
					{Key: "before", Value: before}, {Key: "after", Value: after}, {Key: "change", Value: change}})
			}
			return a.print(shown)
		},
	}
}

func dimsOf(c queries.Change) string {
	out := ""
	for _, d := range c.After.Dims {
		v := queries.NoValue
		if d.Value != nil {
			v = *d.Value
		}
		out += d.Dimension + "=" + v
	}
	return out
}

// pendingModels asks what a run on a business day would do about the models, over a publication.
func pendingModels(ctx context.Context, z *office.Zone, path, asOf string) ([]transform.Built, error) {
	db, err := warehouse.ReadOnly(path, warehouse.Options{TimeZone: z.Timezone})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return transform.Pending(ctx, db.Conn, transform.Options{Models: z.Models}, asOf)
}

// modelsTestCmd is `models test`.
func (a *app) modelsTestCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "test [MODEL...]",
		Short: lang.Phrase("Run the cases of the models: rows given, rows wanted (MODEL.txtar beside the model)", "运行模型的用例：给定的行和应得的行（模型旁的 .txtar 文件）"),
		Long: lang.Phrase("Runs the cases of the built-in models and of the zone's models folder: txtar files beside the models, whose files\n"+
			"are the rows given, by table (CSV), and the rows wanted. Working days are Monday to Friday of 2021 to 2023.",
			"运行内置模型和园区 models 文件夹中模型的用例：模型旁的 txtar 文件，\n"+
				"按表给出数据（CSV）和应得的结果。工作日按 2021 至 2023 年的周一至周五。"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			z, err := a.zone()
			if err != nil {
				return err
			}
			if err := a.warnPortable(z); err != nil {
				return err
			}
			empty := func() (*warehouse.DB, error) { return emptyWarehouse(ctx, z) }
			var results []transform.CaseResult
			if a.onTrino(z) {
				results, err = a.testTrino(ctx, z, empty, args)
			} else {
				results, err = transform.RunCases(ctx, transform.Options{Models: z.Models}, empty, args...)
			}
			if err != nil {
				return usageError{err}
			}
			if len(results) == 0 && len(args) > 0 {
				a.tell("%s has no cases: write %s.txtar beside it", "%s 没有用例：可在模型旁写 %s.txtar", strings.Join(args, ", "), args[0][strings.LastIndex(args[0], ".")+1:])
				if a.format == "table" {
					return nil
				}
			}
			var records []result.Record
			failed := 0
			for _, r := range results {
				state, message := "ok", ""
				if r.Err != nil {
					state, message = "failed", r.Err.Error()
					failed++
				}
				records = append(records, result.Record{{Key: "model", Value: r.Model}, {Key: "case", Value: r.Name}, {Key: "state", Value: state}, {Key: "message", Value: message}})
			}
			if a.format == "table" {
				for _, r := range results {
					if r.Err != nil {
						fmt.Fprintf(a.err, "%v\n\n", r.Err)
					}
				}
				err = a.print(records, "state", "model", "case")
			} else {
				err = a.printKeyed(records, []string{"model", "case", "state", "message"})
			}
			if err == nil && failed > 0 {
				err = lang.Errorf("%d of %d cases failed", "%d个用例未通过，共%d个", failed, len(results))
			}
			return err
		},
	}
}

// emptyWarehouse has the tables of a zone's forms, the forms described, and a plain calendar.
func emptyWarehouse(ctx context.Context, z *office.Zone) (*warehouse.DB, error) {
	db, err := warehouse.OpenMemory(warehouse.Options{})
	if err != nil {
		return nil, err
	}
	fill := func() error {
		if err := warehouse.Schema(ctx, db.Conn); err != nil {
			return err
		}
		if err := ingest.EnsureTables(ctx, db.Conn, z.Forms); err != nil {
			return err
		}
		for _, f := range z.Forms.Forms {
			if _, err := db.Conn.ExecContext(ctx, "insert into ctl.form values (?, ?, ?, ?, ?)", f.ID, f.Title, string(f.Mode), f.Frequency.String(), f.Seq); err != nil {
				return err
			}
			for _, c := range f.Columns {
				for i, v := range c.Values {
					if _, err := db.Conn.ExecContext(ctx, "insert into ctl.form_value values (?, ?, ?, ?, nullif(?, ''), ?)", f.ID, c.Field, i+1, v.Name, v.Means, v.Name); err != nil {
						return err
					}
				}
			}
		}
		_, err := db.Conn.ExecContext(ctx, `insert into ctl.calendar
			select 'xt', cast(d as date), isodow(d) <= 5, sum(case when isodow(d) <= 5 then 1 else 0 end) over (order by d)
			from (select unnest(generate_series(date '2021-01-01', date '2023-12-31', interval 1 day)) as d)`)
		return err
	}
	if err := fill(); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}
