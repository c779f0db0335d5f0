package transform

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
)

var noon = time.Date(2022, 8, 15, 12, 0, 0, 0, time.UTC)

func zoneModels(files map[string]string) fs.FS {
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

const header = "-- One row per thing.\n-- grain: a\n"

func TestModelErrors(t *testing.T) {
	db := warehousetest.New(t)
	for want, files := range map[string]map[string]string{
		"models/core/x.sql:3: unknown table raw.problems; did you mean raw.problem?": {"core/x.sql": header + "select 1 as a from raw.problems"},
		"models/core/x.sql:5: unknown table core.fct_problm; did you mean core.fct_problem?": {
			"core/x.sql": header + "with 中文 as (select 1 as a)\nselect a from 中文\njoin core.fct_problm on true"},
		"models/core/x.sql:3: \"problem\" is no CTE":                                 {"core/x.sql": header + "select 1 as a from problem"},
		"models/core/x.sql:3: \"later\" is no CTE":                                   {"core/x.sql": header + "with a as (select * from later), later as (select 1) select * from a"},
		"models/core/x.sql:1: the grain is missing":                                  {"core/x.sql": "-- One row per thing.\nselect 1 as a"},
		"models/core/x.sql:1: the first line of a model says what one row is":        {"core/x.sql": "-- grain: a\nselect 1 as a"},
		"models/core/x.sql:3: a check reads":                                         {"core/x.sql": header + "-- check: a > 0\nselect 1 as a"},
		"models/core/x.sql:3: syntax error":                                          {"core/x.sql": header + "selct 1 as a"},
		"models/core/x.sql:1: a model is one SELECT, not 2 statements":               {"core/x.sql": header + "select 1 as a; select 2"},
		"models/core/x.sql:3: Only SELECT":                                           {"core/x.sql": header + "create table y as select 1"},
		"models/mart/x.sql:3: marts never read marts":                                {"mart/x.sql": header + "select unit as a from mart.overdue"},
		"models/stg/x.sql:3: staging reads raw and ctl tables only":                  {"stg/x.sql": header + "select unit as a from core.ledger_item"},
		"models/core/X y.sql:1: the name of a model is":                              {"core/X y.sql": header + "select 1 as a"},
		"models/core/x.sql:3: models read each other in a circle: core.":             {"core/x.sql": header + "select a from core.y", "core/y.sql": header + "select a from core.x"},
		"models/core/dim_submitter.sql:3: models read each other in a circle: core.": {"core/dim_submitter.sql": header + "select code as a from core.counted_return"},
	} {
		_, err := Plan(context.Background(), db.Conn, Options{Models: []fs.FS{zoneModels(files)}})
		var me *ModelError
		if !errors.As(err, &me) || !strings.Contains(err.Error(), want) && !strings.Contains(want, "circle") {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		if strings.Contains(want, "circle") && !strings.Contains(err.Error(), "circle: ") {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// TestZoneModels: a zone's model adds, replaces, is dropped again; its failed
// checks stop or warn, and name the query that lists the rows.
func TestZoneModels(t *testing.T) {
	ctx := context.Background()
	db := warehousetest.New(t)
	warehousetest.Run(t, db, "2022-08-15", noon, "2022-01-01")
	text := "-- One row per thing.\n-- grain: a\n-- check: positive: a > 0\n-- check(warning): small: a < 2\n" +
		"with v as (select 1 as a union all select 1 union all select -1 union all select 5)\nselect a from v"
	res, err := Run(ctx, db.Conn, Options{Models: []fs.FS{zoneModels(map[string]string{"mart/own.sql": text})}})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Checks) != 3 || !res.Failed() || res.Checks[2].Check != "small" || !res.Checks[2].Warning {
		t.Errorf("%+v", res.Checks)
	}
	if err := res.Err(); err == nil || !strings.Contains(err.Error(), "taizhang sql @failed --model mart.own") {
		t.Error(err)
	}
	for _, c := range res.Checks {
		rows, err := db.Conn.QueryContext(ctx, c.Query)
		if err != nil {
			t.Error(err)
			continue
		}
		rows.Close()
	}
	if got, err := warehouse.Strings(ctx, db.Conn, "select check_name from ctl.check_result order by 1"); err != nil || strings.Join(got, " ") != "grain positive small" {
		t.Error(got, err)
	}
	if res, err = Run(ctx, db.Conn, Options{}); err != nil || len(res.Checks) != 0 {
		t.Fatal(res.Checks, err)
	}
	if got, _ := warehouse.Strings(ctx, db.Conn, "select table_name from information_schema.tables where table_name = 'own'"); len(got) != 0 {
		t.Error("the model was not dropped")
	}
}

// TestFieldsReachTheFacts: every field of every form, and its hash, is in
// staging and in the form's fact under its own name.
func TestFieldsReachTheFacts(t *testing.T) {
	ctx := context.Background()
	db := warehousetest.New(t)
	warehousetest.Run(t, db, "2022-08-15", noon, "2022-01-01")
	if _, err := Run(ctx, db.Conn, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, f := range warehousetest.Forms(t) {
		for _, name := range []string{"stg." + f.ID, "core.fct_" + f.ID} {
			have, err := warehouse.Strings(ctx, db.Conn, "select column_name || ' ' || data_type from information_schema.columns where table_schema || '.' || table_name = '"+name+"'")
			if err != nil {
				t.Fatal(err)
			}
			all := " " + strings.Join(have, " , ") + " "
			for _, c := range f.RawTable().Columns {
				if !strings.Contains(all, " "+c.Name+" "+c.SQLType+" ") {
					t.Errorf("%s has no %s %s", name, c.Name, c.SQLType)
				}
			}
		}
	}
}

// TestFormViews: one view per form by its title, rows of the returns that
// count, of period forms every year's, units as names.
func TestFormViews(t *testing.T) {
	ctx := context.Background()
	db := warehousetest.New(t)
	warehousetest.Run(t, db, "2022-08-15", noon, "2022-01-01")
	for table, rows := range map[string]string{
		"ctl.submitter": "zone,code,name,kind,seq\nxt,cyj,产业局,department,1\nxt,smj,双马街道,street,2",
		"raw.return": "zone,return_id,arrival,file,submitter,form,mode,period,cutoff,status,is_nil,received_at\n" +
			"xt,a,1,产业局/a.xlsx,cyj,problem,ledger,2022-W31,2022-08-07,accepted,false,2022-08-08 09:00:00\n" +
			"xt,b,2,产业局/b.xlsx,cyj,problem,ledger,2022-W32,2022-08-14,accepted,false,2022-08-15 09:00:00\n" +
			"xt,c,3,产业局/c.xlsx,cyj,tax_refund,period,2021-12,2021-12-31,accepted,false,2022-01-08 09:00:00",
		"raw.problem":    "zone,return_id,sheet,row_no,problem_no,street\nxt,a,表1,4,1,smj\nxt,b,表1,5,1,smj",
		"raw.tax_refund": "zone,return_id,sheet,row_no,taxpayer,taxpayer_hash,refunded_on\nxt,c,表1,4,湘***,h1,2021-12-05",
	} {
		if err := warehousetest.InsertCSV(ctx, db, table, rows); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Run(ctx, db.Conn, Options{}); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		"select concat_ws('|', 标题problem_no, 标题street, 填报单位, 报送期, 来源文件, 工作表, 行号) from 问题台账":                "1|双马街道|产业局|2022-W32|产业局/b.xlsx|表1|5",
		"select concat_ws('|', 标题taxpayer, 标题taxpayer_哈希) from 留抵退税台账":                                     "湘***|h1",
		"select cast(count(*) as varchar) from 六个一批重点任务":                                                   "0",
		"select cast(count(*) as varchar) from duckdb_views() where schema_name = 'main' and not internal": "16",
	} {
		if got, err := warehouse.Strings(ctx, db.Conn, query); err != nil || strings.Join(got, ";") != want {
			t.Errorf("%s\n got %v (%v)\nwant %s", query, got, err, want)
		}
	}
}

// TestEmbedded: every model on disk is in the binary.
func TestEmbedded(t *testing.T) {
	disk, err := filepath.Glob("models/*/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	models, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	checks, err := LoadAssertions()
	if err != nil {
		t.Fatal(err)
	}
	if len(disk) != len(models)+len(checks) {
		t.Errorf("%d files, %d models and checks", len(disk), len(models)+len(checks))
	}
	if _, err := os.Stat("models/core/counted_return.sql"); err != nil {
		t.Error(err)
	}
}
